"""The kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re

from .questions import Question
from .views import View
from .words import LIGHT_VERBS, content_words, idioms, stem, synonyms, tokens

_NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion lakh crore dozen "
    "dozens hundreds thousands half double twice several both"
).replace(" ", "|")
_NUMBER = re.compile(rf"(?<![\w.])(?:\d[\d,.]*|{_NUMBER_WORDS})(?!\w)", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow many (?P<things>(?:[\w’'-]+ ?){1,3})")
COUNTED_WITHIN = 40  # characters from a number to what it counts: "eight members of the US Congress"
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\Z")
_MONTH = "(?:jan|febr)uary|march|april|may|june|july|august|(?:sept|nov|dec)ember|october"
_SHORT_MONTH = rf"(?:{_MONTH}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_PATTERNS: dict[str, tuple[str, ...]] = {
    "when": (
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
        rf"\b{_SHORT_MONTH}\.? \d|\b\d{{1,2}} {_SHORT_MONTH}\b",
        rf"\b(?:1[5-9]|20)\d\d\b|\b(?!march\b|may\b)(?:{_MONTH})\b",
        r"\b(?:yesterday|today|tonight|tomorrow|morning|afternoon|evening|midnight|noon|overnight)\b",
        r"\b(?:last|next|this|previous|following) (?:week|month|year|night|spring|summer|autumn|winter)\b",
        r"\bago\b|\bcentury\b|\b(?:soon|shortly|days|weeks|hours) (?:after|before)\b",
        r"\b\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|a\.m\.|p\.m\.)",
    ),
    "how long": (
        rf"(?:\b\d[\d,.]*|\b(?:{_NUMBER_WORDS}|an?|one|few|couple of))[- ](?:\w+ )?"
        r"(?:second|minute|hour|day|week|month|year|decade|centur)",
        r"\bovernight\b|\bsince\b",
    ),
    "how old": (
        r"\b\d{1,3}[- ]year[- ]old|\baged? (?:of )?\d|\bborn\b|, \d{1,3},",
        r"\b(?:is|was|turned) \d{1,3}\b|\bin (?:his|her|their) \w+ies\b",
    ),
    "where": (
        r"\b(?:in|at|near|from|to|on|across|outside|inside|of|off|behind|beside) (?:the )?(?:\w+ )?[A-Z]",
        r"\babroad\b|\boverseas\b|\bcourts?\b|\bonline\b|\bon X\b",
    ),
    "why": (r"\b(?:making|unless|after|for|so|as)\b|\bto [a-z]+|\band (?:we|he|she|they)\b",),
}
_DATE = rf"(?:\d{{1,2}} )?(?:{_SHORT_MONTH})\.?,? (?:\d{{1,2}},? )?(?:1[5-9]|20)\d\d"
_DATES = re.compile(rf"\b(?:{_DATE}|\d{{1,2}} (?:{_MONTH}))\b", re.IGNORECASE)
_REPORTING = "report|wrote|recount|record|relay|list|publish|carr(?:y|ied)|not(?:ed|ing)|quoted|said|told"
# When something was said or printed, not when it happened: "NDTV reported on 2 January 2026",
# "The Telegraph of 2 January 2026".
_REPORTED_ON = re.compile(
    rf"(?:\b(?:{_REPORTING})\w*(?: \w+){{0,2}} (?:on|in|of)"
    rf"|[A-Z][\w.’')]* of) (?:about |early |mid-|late |around )?(?i:{_DATE})"
)
_CAUSE = re.compile(
    r"\b(?:because|since (?!\d|\w+ \d)|so that|in order|due to|owing|therefore|reasons?|reasoned|as a result|which is why"
    r"|hence|thus|caused?|grounds?|citing|cited|on account|in response|protest(?:ed|ing)? (?:against|at|over)"
    r"|aim(?:ed|s)? (?:to|at)|purpose|motive|explain(?:ed|s)|blamed?|held that|found that|given (?:that|the))\b",
    re.IGNORECASE,
)
_COMPILED = {
    kind: re.compile("|".join(patterns), re.IGNORECASE if kind != "where" else 0)
    for kind, patterns in _PATTERNS.items()
}
STRICT = frozenset(("when", "how many", "how long", "how old"))
"""Kinds that a sentence visibly holds or not: without it, it is no answer."""

# Words of a question that only say its kind: no evidence has to repeat them.
_ASKING = {
    "when": "day date year month time week happen take place",
    "how long": "many spent spend long time last minutes hours days weeks months years length take",
    "how many": "number many much total percentage share amount count figure",
    "how old": "old age born birth",
    "where": "place country city town location where happen",
    "why": "reason come explain",
    "who": "name names person people man woman group groups",
    "said-what": "exactly words word",
}
_ALWAYS = frozenset(
    """exactly exact phrase phrases used use word words article story question answer document documents
    report""".split()
)
_SPEECH = frozenset(
    """say says said saying speak speaks spoke spoken tell told talk talked comment think thought claim statement respond reply
    react describe quote quoted remark view opinion""".split()
)
SPEECH_STEMS = frozenset(
    stem(word) for word in (*_SPEECH, "argued", "insisted", "added", "believe", "reckon", "wrote", "posted")
)
"""Verbs of saying, as stems: whoever says something does what they ask about."""


def topic_words(question: Question) -> tuple[str, ...]:
    """The question's words that evidence has to match: those that only say its kind taken out."""
    asking = frozenset(_ASKING.get(question.kind, "").split()) | _ALWAYS
    if question.asked or question.quoted or question.kind in ("said-what", "who", "when", "where"):
        asking |= _SPEECH
    return tuple(word for word in question.words if word not in asking) or question.words


def kind_matches(question: Question, view: View, number: int) -> float:
    """1 if the sentence holds the kind of thing asked for, 0 if not, .5 where that cannot be told."""
    text, asked = view.text(number), set(tokens(question.text))
    if question.kind == "identity":
        return _introduces(view, number, asked)
    if question.kind == "who":
        fresh = [person.name for person in view.about[number] if not set(tokens(person.name)) & asked]
        return 1.0 if fresh or view.speakers[number] else 0.5 if re.search(r"(?<!\A)\b[A-Z]", text[1:]) else 0.0
    if question.kind == "how many":
        return _counts(question, _DATES.sub(" ", text), asked) if _measures(question, text) else 0.0
    if question.kind == "why":
        return 1.0 if _CAUSE.search(text) else 0.6 if _COMPILED["why"].search(text) else 0.0
    pattern = _COMPILED.get(question.kind)
    if pattern is None:
        return 0.5
    if question.kind == "when":
        if _TO_COME.search(question.text) and not _COMING.search(text):
            return 0.0
        if _is_told_beside(text, question):
            return 0.5
        text = _REPORTED_ON.sub(" ", text)
    return 1.0 if any(not set(tokens(match.group())) <= asked for match in pattern.finditer(text)) else 0.0


# What a question measures, and the units that its answer comes in.
_MEASURES = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(told, re.IGNORECASE))
    for asked, told in (
        (
            r"\bhow much\b.*\b(?:pa(?:y|id|ys|ying)|costs?|spen[dt]|price|worth|fees?|money|sold|sell|b(?:uy|ought)|earn(?:s|ed)?"
            r"|salary|fine[ds]?|lent|lend|owe[ds]?|cash|charged?|raised?|donated?)\b|\bwhat (?:price|fee|salary)\b",
            # Or a number of something that is neither time, distance, share nor a count of people: a coin we do not know.
            r"[£$€₹¥]|\b(?:Rs|rupees?|dollars?|euros?|pounds?|pence|cents|lakhs?|crores?|million|billion|free)\b"
            r"|\b(?:\d[\d,.]{2,}|thousand|hundred) (?!(?:seconds|minutes|hours|days|weeks|months|years|persons|votes|met(?:re|er)s"
            r"|kilomet(?:re|er)s|miles|tons|tonnes|words|pages|points)\b)[a-z]+s\b",
        ),
        (
            r"\bhow (?:tall|deep|wide|high|long is the|thick)\b|\bhow far (?:is|was|are|away|apart|from|off|out|had|have|has)\b",
            r"\d\s?(?:m|km|cm|mm|ft|in)\b|\b(?:met(?:re|er)s?|kilomet(?:re|er)s?|centimet(?:re|er)s?|feet|foot|inch(?:es)?|yards?"
            r"|miles?|fathoms?|stor(?:ey|eys|ies|y))\b",
        ),
        (r"\bhow heavy\b", r"\d\s?(?:kg|g|t|lb)\b|\b(?:kilo(?:gram)?s?|grams?|tonnes?|tons?|pounds?|stone|ounces?)\b"),
        (r"\bhow fast\b", r"\b(?:mph|km/h|kph|knots?|an hour|a second|per hour|minutes?|seconds?|hours?|days?)\b"),
        (r"\bhow (?:hot|cold|warm)\b", r"°|\bdegrees?\b"),
    )
)
_TO_COME = re.compile(r"\bwhen (?:will|shall|is|are)\b(?!.*\b(?:was|were|been|did)\b)", re.IGNORECASE)
_BESIDE = re.compile(r"\b(?:before|after|ahead of|prior to) (?P<what>(?:[\w’'-]+ ?){1,4})", re.IGNORECASE)
_COMING = re.compile(
    r"\b(?:will|would|shall|due|scheduled|expected|next|plans?|planned|set (?:to|for)|until|tomorrow|later|coming|hopes?|upcoming"
    r"|from|by|may|is to|are to|deadline|closes?|opens?|ends?|begins?|starts?)\b",
    re.IGNORECASE,
)


def _is_told_beside(text: str, question: Question) -> bool:
    """Whether what is asked about only dates something else there: "announced on Tuesday, before taking office"."""
    asked = {stem(word) for word in topic_words(question) if word not in LIGHT_VERBS}
    beside = (stem(word) for found in _BESIDE.finditer(idioms(text)) for word in tokens(found.group("what")))
    return bool(asked & set(beside))


def _measures(question: Question, text: str) -> bool:
    """Whether a sentence holds the unit of what is measured, if the question measures something."""
    asked = [told for ask, told in _MEASURES if ask.search(question.text)]
    return not asked or any(told.search(text) for told in asked)


def _counts(question: Question, text: str, asked: set[str]) -> float:
    """1 if a number stands before what the question counts, .7 if there is some number, 0 if none but years."""
    counted = _COUNTED.search(question.text.lower())
    things = [stem(word) for word in content_words(counted.group("things"))] if counted else []
    things = [other for thing in things for other in (thing, *synonyms().get(thing, ()))]
    best = 0.0
    for number in _NUMBER.finditer(text):
        value = number.group().lower().rstrip(".,")
        if _YEAR.match(value) or value in asked:
            continue
        after = {stem(word) for word in tokens(text[number.end() : number.end() + COUNTED_WITHIN])}
        best = max(best, 1.0 if after & set(things) else 0.7)
    return best


def _introduces(view: View, number: int, asked: set[str]) -> float:
    """Whether the sentence gives the role of the person asked about, or is about them."""
    text = view.text(number)
    for person in view.about[number]:
        if set(tokens(person.name)) & asked:
            called = re.search(rf"\b{re.escape(person.surname)}(?:,| is| was) (?:an?|the|one)\b", text)
            return 1.0 if called or (person.role and person.role in text and person.name in text) else 0.5
    return 0.0
