"""Whether the evidence answers the question at all.

A similarity threshold cannot decide it: false premises score above true questions. So what a question
asks for and what it takes for granted (names, offices, numbers, who said it, what was done) have to meet in one
place of a document; only then does the score count.
"""

from __future__ import annotations

import itertools
import re

from .answer_kinds import SPEECH_STEMS, STRICT, topic_words
from .dates import Date
from .doers import doing, place
from .evidence import Candidate
from .features import acts, agents, unmatched_names
from .matching import RARE, match, rarity, spells
from .names import ROLES, Person
from .questions import Question
from .views import View
from .words import LIGHT_VERBS, STOP_WORDS, content_words, stem, synonyms, tokens

PREDICATE = 1.0
WHO_DID = 0.3
NOUN = 0.05
SURER = 0.06  # the same, for a sentence that leaves most of the question unmatched
CHANCE = 0.04  # that a sentence answers, from which it is shown; set on the dev halves
READ_SURE = 0.9  # what the cross-encoder is sure of may say it in other words than the question's
ABSENT, UNMET = 0.15, 0.3  # a match below which a word is absent; the score that a sentence without any needs
WELL_MATCHED = 0.5  # how well the evidence has to meet a word that stands for a fact
MISSING = 0.55  # share of the question's words, by weight, without a match, from which more is asked of it
MATCHED = 0.3  # how well it has to meet any other word that counts
# Family ties, each with what it is seen from the other side.
_PARENTS, _CHILDREN = ("father", "parent"), ("son", "daughter", "child")
_OF_A_PARENT = (*_CHILDREN, "parent")
_FAMILY = {
    "father": _OF_A_PARENT, "dad": _OF_A_PARENT, "mother": _OF_A_PARENT, "mum": _OF_A_PARENT, "mom": _OF_A_PARENT,
    "son": (*_PARENTS, "mother"), "daughter": (*_PARENTS, "mother"), "parents": (*_CHILDREN, "father", "mother"),
    "wife": ("husband",), "husband": ("wife",), "brother": (), "sister": (), "uncle": (), "aunt": (),
}  # fmt: skip
_OUTCOMES = frozenset(
    stem(word)
    for word in """convicted acquitted guilty sentenced pleaded arrested released resigned died killed killer murdered
    apologised apologized sued confessed retracted sacked suspended expelled deported extradited pardoned
    married divorced hanged bribed lied born rejected denied refused withdrew withdrawn withdraw won elected cancelled
    replied reply response visited educated studied""".split()
)
_NAMED_KIND = re.compile(
    r"\b(?:which|what|name of the|what(?:'s| is| was) the (?=\w+ called\b)) ?(?P<noun>"
    r"jails?|prisons?|hospitals?|schools?|universit(?:y|ies)|hotels?|stations?|churches|church|"
    r"mosques?|temples?|judges?|justices?|banks?|newspapers?|airlines?)\b",
    re.IGNORECASE,
)
_NAME_OF = re.compile(
    r"\bnames? of (?P<whom>[^?]+?)(?= (?:who|that|which|whose|in|at|on|from|behind)\b|[?]|\Z)", re.IGNORECASE
)
# "What colour", "X's nationality": an asked-for thing, named by the word for its kind.
_ASKED_NOUN = re.compile(
    r"\b(?:(?:what|which) (?!is|was|are|were|did|does|do|has|had|have|will|would|can|could)|(?:what|who)(?:'s| is| was| are) "
    r"(?:[\w’'.-]+ ){1,3}?(?<=['’]s ))(?P<noun>[A-Za-z]+)",
    re.IGNORECASE,
)
# Who accuses somebody of a crime where nobody is said to: "he is accused of".
_ACCUSERS = frozenset(
    "authorities police prosecution prosecutor prosecutors state government investigators officials".split()
)
_ACCUSED = re.compile(
    r"\b(?:is|are|was|were|been|being|stands?) (?:also |now )?(?:accused|charged|booked|indicted|alleged)\b"
)
# "Who criticised the note": somebody did.
_WHO_DID = re.compile(
    r"(?:\A\W*|[,;:] |\b(?:and|but|or|so|me|us|know|say|just|exactly) )"
    r"who (?:has |have |had |all |also |else |\w+ly )*(?P<verb>[a-z]{4,})\b",
    re.IGNORECASE,
)
_LIGHT = LIGHT_VERBS | {"hold", "holds"}  # a post, a passport
_NO_KIND = LIGHT_VERBS | frozenset(
    "sort kind type form platform part set led caused stopped way thing things else other more".split()
)
_STANDS_FOR = re.compile(
    r"\b(?P<letters>[A-Za-z]{2,8}) (?:stands? for|short for)\b|\b(?P<capitals>[A-Z]{2,8}) means?\b"
)


def objection(question: Question, view: View, candidate: Candidate) -> str | None:
    """Why `candidate` does not answer `question`, or None if it does."""
    number, features = candidate.number, candidate.features
    if question.kind in STRICT and not features.kind:
        return f"it does not say {question.kind}"
    if question.quoted:
        return None if features.quoted else "it does not hold the words quoted"
    missing = [] if features.names else unmatched_names(question, view, number)
    missing = missing or [str(date) for date in question.dates if not _is_dated(date, view, number)]
    if missing := missing or _unmatched_facts(question, view, number):
        return f"it does not speak of {', '.join(missing)}"
    predicate = _predicate(question, view)
    if predicate and features.agent == 0:
        return "whoever the question is about does nothing in it"
    if predicate and _is_done_by_another(question, predicate, view, number):
        return "somebody else does it, or nobody"
    if _is_said_by_another(question, view, number):
        return f"it is not said by {question.asked}"
    if features.read < READ_SURE and (missing := _unmatched_topic(question, predicate, view, candidate)):
        return f"nothing in it is about {', '.join(missing)}"
    # "X's salary", "how many lawyers X has": the sentence is of X, and of nothing that is asked about him.
    words = _asked_of(question, view) if candidate.score < UNMET and features.read < READ_SURE else []
    if words and all(candidate.matched.get(word, 1) < ABSENT for word in words):
        return f"nothing in it is about {', '.join(words)}"
    if candidate.score < (CHANCE if features.missing < MISSING else SURER):
        return "too little of the question is in it"
    return None


def _asked_of(question: Question, view: View) -> list[str]:
    """The words that say what is asked about whoever is named."""
    named = {word for person in view.people.persons for word in tokens(person.name)} | question.name_words
    empty = named | _LIGHT
    return [word for word in topic_words(question) if word not in empty and stem(word) not in SPEECH_STEMS]


def _is_dated(date: Date, view: View, number: int) -> bool:
    """Whether a sentence, one beside it, or its document is of a date."""
    if view.document.published and view.document.evidence_to is None and date.holds(view.document.published):
        return True
    around = view.dates[max(0, number - 1) : number + 2]
    return any(date.meets(other) for held in around for other in held)


def _unmatched_facts(question: Question, view: View, number: int) -> list[str]:
    """What must not be taken for granted, and neither the sentence nor those around it have: family ties, rarer
    offices, numbers, and what befell somebody (an arrest, a verdict, a death)."""
    near = view.held[number] | view.near(number)
    facts = [
        word
        for word in question.words
        if word.isdigit()
        or word in _FAMILY
        or stem(word) in _OUTCOMES
        or (word in ROLES and rarity(word) > RARE and f"to {word}" not in question.text)
    ]
    missing = [word for word in facts if max(match(tie, near) for tie in (word, *_FAMILY.get(word, ()))) < WELL_MATCHED]
    return missing or _unnamed_kind(question, view, number) or _unnamed_office(question, view, number)


def _unnamed_kind(question: Question, view: View, number: int) -> list[str]:
    """ "Which jail", "which judges": what has names, and no name of one is there."""
    asked = _NAMED_KIND.search(question.text)
    if not asked:
        return []
    noun = asked.group("noun").lower().rstrip("s")
    noun = "judge|justice" if noun in ("judge", "justice") else noun
    either = f"(?:{noun}|{noun.title()})"
    named = re.finditer(
        rf"(?P<name>[A-Z][\w’'-]+) {either}|(?:{noun}|{noun.title()})(?:s|es)? (?:(?:at|in|of|called|named) )?[A-Z]",
        view.text(number),
    )
    return [] if any((m.group("name") or "").lower() not in STOP_WORDS for m in named) else [asked.group("noun")]


def _unnamed_office(question: Question, view: View, number: int) -> list[str]:
    """ "The names of the lawmakers", "what X stands for": the office or the letters, and who or what they mean is not there."""
    if asked := _NAME_OF.search(question.text):
        offices = [word for word in content_words(asked.group("whom")) if word.rstrip("s") in ROLES or word in _FAMILY]
        persons = meant(asked.group("whom"), view)
        beside = rf"(?:{'|'.join(map(re.escape, offices))})\W+(?-i:[A-Z])"
        named = any(person in view.about[number] for person in persons) or re.search(beside, view.text(number), re.I)
        return offices if offices and not named else []
    if asked := _STANDS_FOR.search(question.text):
        letters = (asked.group("letters") or asked.group("capitals")).upper()
        return [] if spells(letters, view.text(number)) else [letters]
    return []


def _is_done_by_another(question: Question, predicate: str, view: View, number: int) -> bool:
    """Whether the verb of "did X do it" is there, and X is not its subject."""
    asked = agents(question, view)
    doers = doing(predicate, view, number) if asked else None
    if doers:
        return not doers & {person.name for person in asked}
    if doers is None or question.kind != "yes-no":
        return False
    # Who does it cannot be told: X, if it is named there, is named before it.
    text = view.text(number)
    before = text[: place(predicate, view, number)]
    return any(p.surname in text for p in asked) and all(p.surname not in before for p in asked)


def _is_said_by_another(question: Question, view: View, number: int) -> bool:
    """Whether somebody is asked for their words, and the sentence gives neither these nor (if not speech) what they did."""
    if not question.asked:
        return False
    persons = [] if _is_group(question.asked) else meant(question.asked, view)
    if persons and question.speech:
        return not any(person.name in view.voices[number] for person in persons)
    if persons:
        return not acts(view, number, persons)
    if _ACCUSERS & set(tokens(question.asked)) and _ACCUSED.search(view.text(number)):
        return False
    # A body goes by the last word of what it is: "India's foreign ministry" is not India, nor "critics of the act" the act.
    words = content_words(_kind(question.asked))[-1:]
    held = view.held[number] | (view.contexts[number] if view.voices[number] else frozenset())
    return bool(words) and match(words[0], held) < WELL_MATCHED


def _kind(phrase: str) -> str:
    """What somebody is, without whose, where or for what: "critics" of "critics of the act"."""
    return re.split(r"(?i)\s(?:of|in|at|from|for|on|to|with|who|that|within|behind)\s", phrase.strip())[0]


def _is_group(phrase: str) -> bool:
    """Whether several hold the office that is named: "US lawmakers", none of whom need be named."""
    last = (content_words(_kind(phrase)) or [""])[-1]
    return last.endswith("s") and last not in ROLES and last.rstrip("s") in ROLES


def meant(phrase: str, view: View) -> list[Person]:
    """Whom "Bansal", or "Khalid's father", means among the people of a document."""
    words = set(content_words(phrase))
    offices = {stem(word) for word in words if word.rstrip("s") in ROLES or word in _FAMILY}
    offices |= {other for office in offices for other in synonyms().get(office, ())}
    if offices:
        return [p for p in view.people.persons if offices & {stem(word) for word in tokens(p.role)}]
    return [person for person in view.people.persons if words & set(tokens(person.name))]


def _unmatched_topic(question: Question, predicate: str, view: View, candidate: Candidate) -> list[str]:
    """What a question says was done, was said about, or asks for by name, when nothing like it is in the sentence."""
    if question.asked and question.topic:
        # "What did X say about T": something of T has to be in X's own words.
        topic = set(content_words(question.topic))
        words = [word for word in topic_words(question) if word in topic]
        over = view.contexts[candidate.number]
        return words if words and all(max(candidate.own.get(w, 0), match(w, over)) < MATCHED for w in words) else []
    # Whether somebody did it may be told in other words: then it is enough that they do something, see `objection`.
    wanted = [(predicate, PREDICATE)] if question.kind != "yes-no" else []
    if deed := _WHO_DID.search(question.text):
        verb = deed.group("verb").lower()
        told = stem(verb) in SPEECH_STEMS and view.speakers[candidate.number]
        wanted += [] if told or verb in LIGHT_VERBS | STOP_WORDS else [(verb, WHO_DID)]
    noun = _ASKED_NOUN.search(question.text)
    if noun and noun.group("noun").lower() not in _NO_KIND:
        wanted.append((noun.group("noun").lower(), NOUN))
    return [w for w, sure in wanted if w and candidate.score < sure and candidate.matched.get(w, 1) < MATCHED]


def _predicate(question: Question, view: View) -> str:
    """What somebody named is said to have done: the word after "did X", "was X"; empty where that cannot be told."""
    named = tokens(question.agent or question.patient)
    names = {word for person in view.people.persons for word in tokens(person.name)} | question.name_words
    words = list(itertools.dropwhile(names.__contains__, named))
    if words == named:
        return ""
    words = [word for word in words if word not in STOP_WORDS and not word.endswith("ly")]
    if (
        not words
        or words[0] in _LIGHT
        or stem(words[0]) in SPEECH_STEMS
        or (question.patient and not words[0].endswith(("ed", "en")))
    ):
        return ""
    return words[0]
