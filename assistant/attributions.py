"""Who said what: each quotation and reported statement of a document with its speaker.

Rules over cue verbs and the names of the document (see `names`). A speaker who cannot be told
for certain stays empty: never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .names import ROLES, Mention, People, Person, people
from .quotations import Quotation, outermost
from .types import Attribution, Document, Passage, Span
from .words import STOP_WORDS

# Verbs that report speech or writing, in the forms that news uses.
CUES = frozenset(
    """said says saying told tells wrote writes tweeted posted added adds asked asks argued argues claimed claims
    alleged alleges accused accuses called calls described describes confirmed confirms denied denies rejected
    rejects dismissed dismisses questioned questions urged urges demanded demands criticised criticized criticises
    condemned condemns praised praises stated states insisted insists noted notes explained explains warned warns
    suggested suggests announced announces mentioned mentions replied replies responded responds declared declares
    observed observes remarked commented claimed admitted admits acknowledged recalled recalls reported reports
    linked links targeted welcomed tweeted appealed complained countered maintained objected pledged promised
    predicted proposed quipped reiterated stressed testified thanked vowed joked conceded contended hoped believes
    believed thinks thought""".split()
)
# Nouns too: no report without a subject that is surely one.
_NOUNS = frozenset("claims calls reports notes demands links states questions urges mentions".split())
_PRONOUNS = frozenset(("he", "she", "they", "i", "we"))
# "saying" has no subject of its own: whoever the sentence credits before it goes on.
_CUE = re.compile(rf"(?<![\w’'-])(?:{'|'.join(sorted(CUES - {'saying'}, key=len, reverse=True))})(?![\w’'-])")
# What may stand between a subject and its verb.
_AUXILIARY = re.compile(
    r"(?:[,\s]+(?:also|later|then|earlier|further|had|has|have|who|too|themselves|himself|herself|\w+ly))*[,\s]*\Z"
)
_PASSIVE = re.compile(
    r"(?:\b(?:is|are|was|were|be|been|being|as|to|not|never)|[’'](?:s|re|m))\s+(?:(?:also|being|not|\w+ly)\s+)*\Z"
)
# The verb goes on with the subject before, or is none but a participle: "and questioned", "those accused".
_GOES_ON = re.compile(
    r"(?:\A|[,;]|\b(?:and|or|but|then|also|a|an|the|this|that|those|these|his|her|its|their|of|by|in|with|has|have|had))\s*\Z",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:of|to|in|on|at|by|from|with|for|about|against|between|over|under|after|before|near|than|like)\s+"
    r"(?:(?:the|his|her|its|their)\s+)?(?:(?!an?\b)[\w’'-]+\s+){0,3}\Z", re.IGNORECASE
)  # fmt: skip
_RELATIVE = re.compile(r"\b(?:who|which|that)\s+(?:\w+\s+)?\Z")
_ADVERB = re.compile(r"(?<=,)(?:\s+(?:also|later|then|earlier|further|had|has|have|\w+ly))+\s*\Z")
_APPOSITION = re.compile(r",(?=[^,“”\"]{3,90},\s*\Z)")
_ACCORDING = re.compile(r"(?:\b[Aa]ccording to|\A\s*(?:For|In the words of))\s+\Z")
_COLLECTIVE = re.compile(
    r"(?:\A|(?<=[\s,(“\"]))((?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)\s+(?:(?!the\b|an?\b|its\b)[\w’'.&-]+\s+){0,3}"
    r"|(?:[A-Z][\w’'.&-]*\s+){0,4}(?:[a-z]+\s+)?)"
    r"(?:lawmakers|ministry|government|court|police|party|officials?|spokespersons?|spokesman|spokeswoman|leaders?|"
    r"lawyers|prosecutors|protesters|activists|groups?|critics|supporters|authorities|council|committee|commission|"
    r"department|office|embassy|company|union|agency|residents|campaigners|parents|family|bench|judges?|minister|mayor|"
    r"president|chief|researchers|scientists|doctors|report|statement|paper|trust|service|board|club|fund|association|"
    r"authority|charity|firm|bank|university|school|newspaper|study|notice|team|speakers|witnesses|executive|director|"
    r"chair|chairman|master|headteacher|owner|secretary|manager|commissioner|governor|fishermen|workers|students))\Z"
)
_NAMED_BODY = re.compile(
    r"(?:\A|(?<=[\s,(“\"]))((?:[Tt]he\s+)?[A-Z][\w’'.&-]*(?:\s+(?:of\s+|and\s+)?[A-Z][\w’'.&-]*){0,5})\Z"
)
_TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december republican democratic""".split()
)
_BESIDES = re.compile(r"\A[\"“‘'(]*(?:Asked|Questioned|Pressed|On|About|Of|As for|Speaking)\b")
_ASIDE = re.compile(r"(?!When|As|If|While|After|Before)(?:[\w’'-]+\s){0,3}[\w’'-]+,\s\Z")
_LOOK_BACK = 4  # steps back to whom "he said" can mean


@dataclass(frozen=True, slots=True)
class Credit:
    """Who a sentence says spoke: the name as resolved ("" if it cannot be), and the words that say so."""

    speaker: str
    role: str
    cue: str
    span: Span
    subject: Span
    pronoun: bool


def attributions(document: Document, passages: Sequence[Passage]) -> tuple[Attribution, ...]:
    """Every quotation and every reported statement of `document`, in its order."""
    text, who = document.text, people(document.text)
    quotes = outermost(text)
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    credits = _credits(text, sentences, quotes, who)
    result: list[Attribution] = []
    used: list[Span] = []
    last: tuple[Quotation, Credit | None] | None = None
    for quote in quotes:
        credit = _credit_of(text, quote, sentences, quotes, credits)
        if credit is None and last and _goes_on(text, last[0], quote, last[1], sentences):
            credit = last[1]
        last = (quote, credit)
        used += [credit.span] if credit else []
        result.append(_quoted(document.id, text, quote, credit))
    for sentence, found in zip(sentences, credits, strict=True):
        quoting = any(quote.outer.start < sentence.end and sentence.start < quote.outer.end for quote in quotes)
        told = found[:1] if not quoting else [c for c in found if c.speaker and c.span not in used]
        result += [
            Attribution(document.id, c.speaker, c.role, c.cue, sentence.start, sentence.end, "indirect", c.span)
            for c in told
        ]
    return tuple(sorted(result, key=lambda attribution: (attribution.start, attribution.end)))


def steps_back(text: str, sentences: Sequence[Span], quotes: Sequence[Quotation], number: int) -> Iterator[range]:
    """Sentences before one, backwards; those of a quotation that it is not itself part of are one step.

    They end at a heading or the mark of a list's item: what stands beyond is of something else.
    """
    last = number - 1
    while last >= 0 and not text[sentences[last].end : sentences[last + 1].start].strip():
        first, place = last, sentences[last].start
        for quote in quotes:
            if quote.outer.start < place < quote.outer.end <= sentences[number].start:
                first = next(i for i, sentence in enumerate(sentences) if quote.outer.start < sentence.end)
        yield range(first, last + 1)
        last = first - 1


def outside(text: str, span: Span, quotes: Sequence[Quotation]) -> str:
    """The words of `span` that stand in no quotation."""
    return " ".join(text[start:end] for start, end in _outside(span, quotes))


def _quoted(identity: str, text: str, quote: Quotation, credit: Credit | None) -> Attribution:
    words = quote.inner.of(text).split()
    kind: Literal["direct", "partial"] = "partial" if len(words) < 5 and not _ends_sentence(text, quote) else "direct"
    if credit is None:
        return Attribution(
            identity, "", "", "", quote.inner.start, quote.inner.end, kind, Span(quote.outer.end, quote.outer.end)
        )
    return Attribution(
        identity, credit.speaker, credit.role, credit.cue, quote.inner.start, quote.inner.end, kind, credit.span
    )


def _credit_of(
    text: str,
    quote: Quotation,
    sentences: Sequence[Span],
    quotes: Sequence[Quotation],
    credits: Sequence[Sequence[Credit]],
) -> Credit | None:
    """Whom the sentences that `quote` begins and ends in credit with it: the nearest, of several."""
    touching = [i for i, s in enumerate(sentences) if s.start < quote.outer.end and quote.outer.start < s.end]
    if not touching:
        return None
    nearby = [credit for i in dict.fromkeys((touching[0], touching[-1])) for credit in credits[i]]
    before = [credit for credit in nearby if credit.span.end <= quote.outer.start]
    after = [credit for credit in nearby if credit.span.start >= quote.outer.end]
    adjoining = [c for c in after if not any(quote.outer.end <= q.outer.start < c.span.start for q in quotes)]
    if adjoining and _ends_sentence(text, quote) and len(text[quote.outer.end : adjoining[0].span.start].split()) <= 6:
        return adjoining[0]
    return before[-1] if before else after[0] if after else None


def _goes_on(text: str, before: Quotation, quote: Quotation, credit: Credit | None, sentences: Sequence[Span]) -> bool:
    """Whether `quote` has the speaker of the one before: ("A," he said. "B.") with nothing between but the credit.

    A quotation left open at the end of its paragraph goes on in the next.
    """
    between = text[before.outer.end : quote.outer.start]
    if not before.closed:
        return not between.strip()
    ends = next((s.end for s in sentences if s.start < before.outer.end <= s.end), before.outer.end)
    if credit:
        ends = max(ends, next((s.end for s in sentences if s.start <= credit.span.start < s.end), ends))
    alone = any(
        s.start <= quote.outer.start and not text[s.start : quote.outer.start].strip()
        for s in sentences
        if quote.outer.start < s.end
    )
    return alone and not re.search(r"\n[ \t\r]*\n", between) and not text[ends : quote.outer.start].strip()


def _ends_sentence(text: str, quote: Quotation) -> bool:
    return (
        text[quote.inner.end - 1 : quote.inner.end] in tuple(".!?…,")
        or text[quote.outer.end : quote.outer.end + 1] == ","
    )


def _credits(text: str, sentences: Sequence[Span], quotes: Sequence[Quotation], who: People) -> list[list[Credit]]:
    """For each sentence, whom it says it has its content from; pronouns read against what stands before."""
    result: list[list[Credit]] = []
    for number, sentence in enumerate(sentences):
        found: list[Credit] = []
        for credit in _found(text, sentence, quotes, who):
            if credit.pronoun:
                person = _antecedent(text, sentences, number, quotes, [*result, found], credit, who)
                name, role = (person.name, person.role) if person else ("", "")
                credit = Credit(name, role, credit.cue, credit.span, credit.subject, True)
            found.append(credit)
        result.append(found)
    return result


def _found(text: str, sentence: Span, quotes: Sequence[Quotation], who: People) -> Iterator[Credit]:
    """The credits outside quotation marks, in order."""
    for start, end in _outside(sentence, quotes):
        part = text[start:end]
        for cue in _CUE.finditer(part):
            before = part[: cue.start()]
            if _PASSIVE.search(before):
                continue
            subject = _subject(before, cue.group(), who) or _inverted(part, cue.span(), start, quotes, who)
            if subject is None:
                if cue.group() in _NOUNS or _RELATIVE.search(before) or _GOES_ON.search(_bare(before)):
                    continue
                # Somebody reports here, but who is not to be told.
                subject = (cue.start(), cue.start(), "", "", False)
            begin, stop, speaker, role, pronoun = subject
            span = _clause(text, start, end, start + min(begin, cue.start()), start + max(stop, cue.end()), quotes)
            yield Credit(speaker, role, cue.group(), span, Span(start + begin, start + stop), pronoun)
        for mention in who.mentions(part):
            cited = _ACCORDING.search(part[: mention.span.start])
            if cited and not mention.possessive:
                span = Span(start + mention.span.start, start + mention.span.end)
                yield Credit(mention.person.name, mention.person.role, cited.group().strip(), span, span, False)


def _outside(sentence: Span, quotes: Sequence[Quotation]) -> Iterator[tuple[int, int]]:
    place = sentence.start
    for quote in quotes:
        if quote.outer.end <= sentence.start or quote.outer.start >= sentence.end:
            continue
        if quote.outer.start > place:
            yield place, quote.outer.start
        place = max(place, quote.outer.end)
    if place < sentence.end:
        yield place, sentence.end


Subject = tuple[int, int, str, str, bool]


def _subject(before: str, cue: str, who: People) -> Subject | None:
    """Who does the verb that follows `before`: (start, end, name, role, is a pronoun)."""
    trimmed = re.sub(r"\s\([\w-]+\)\Z", "", _bare(before))
    word = re.search(r"(?:\A|(?<=[\s,;(]))(\w+)\Z", trimmed)
    if word and word.group(1).lower() in _PRONOUNS - {"i", "we"}:
        return word.start(1), word.end(1), "", "", True
    for candidate in _without_appositions(before, trimmed):
        mention = _last(who, candidate)
        if mention and mention.span.end == len(candidate) and not mention.possessive:
            ahead = candidate[: mention.span.start]
            if _PREPOSITION.search(ahead) or re.search(r"[A-Z][\w-]+,?\s+(?:and|or)\s+\Z", ahead):
                return None
            return mention.span.start, mention.span.end, mention.person.name, mention.person.role, False
    if cue in _NOUNS:
        return None
    candidates = (trimmed, *[c for c in _without_appositions(before, trimmed) if c != trimmed][:1])
    found = ((c, body) for c in candidates if (body := _COLLECTIVE.search(c) or _NAMED_BODY.search(c)))
    trimmed, body = next(found, ("", None))
    if body is None:
        return None
    words = body.group(1).split()
    governed = _PREPOSITION.search(trimmed[: body.start(1)])
    if governed and (words[0].lower() not in ("the", "a", "an") or len(governed.group().split()) == 1):
        return None
    if words[-1].lower() in STOP_WORDS | _TIMES or (
        words[0].lower() in STOP_WORDS - {"the", "a", "an", "its", "their", "his", "her"}
    ):
        return None
    return _body(body, who)


def _bare(before: str) -> str:
    """Without the "also" or "has" at the end."""
    found = _AUXILIARY.search(before)
    return before[: found.start()] if found else before


def _body(match: re.Match[str], who: People) -> Subject:
    """A body or office as speaker; an office that one person of the text holds is that person."""
    words = match.group(1)
    noun = words.split()[-1].lower()
    if noun in ROLES:
        # "a spokesman" is anybody.
        person = who.holder(words[4:]) if words.lower().startswith("the ") else None
        name, role = (person.name, person.role) if person else ("", "")
        return match.start(1), match.end(1), name, role, False
    return (
        match.start(1),
        match.end(1),
        re.sub(r"\A(?:the|an?|its|their|his|her)\s+", "", words, flags=re.IGNORECASE),
        "",
        False,
    )


def _without_appositions(before: str, trimmed: str) -> Iterator[str]:
    """`before`, cut back to what may end with the subject: first past ", the mayor,", then as it is, then past more."""
    cuts = []
    rest = _ADVERB.sub("", before)
    while found := _APPOSITION.search(rest):
        cuts.append(rest[: found.start()])
        rest = f"{rest[: found.start()]},"
    yield from cuts[:1]
    yield trimmed
    yield from cuts[1:3]


def _inverted(part: str, cue: tuple[int, int], start: int, quotes: Sequence[Quotation], who: People) -> Subject | None:
    """`..., said Zohran Mamdani`: only straight after a quotation."""
    if part[: cue[0]].strip(" ,") or not any(quote.outer.end == start for quote in quotes):
        return None
    mention = next(who.mentions(part[cue[1] :], cue[1]), None)
    if mention is None or mention.possessive:
        return None
    between = part[cue[1] : mention.span.start]
    # "said Dr X", "said its chair, X"; but not "said in a talk with X".
    plain = re.fullmatch(r"\s+(?:(?:the|its|their|his|her|a|an)\s+)?(?:[\w’'-]+\.?,?\s+){0,5}", between)
    if plain is None or _PREPOSITION.search(between):
        return None
    return mention.span.start, mention.span.end, mention.person.name, mention.person.role, False


def _clause(text: str, part_start: int, part_end: int, start: int, end: int, quotes: Sequence[Quotation]) -> Span:
    """The credit's own words: from the subject to the quotation, or to the end of the sentence after one."""
    if any(quote.outer.end == part_start for quote in quotes):
        stop = part_end
        if comma := re.search(r"[,;]", text[end:part_end]):
            stop = end + comma.start()
        return Span(start, max(end, _trim(text, start, stop)))
    return Span(start, end)


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip().rstrip(".,;:"))


def _last(who: People, words: str) -> Mention | None:
    return next(reversed([*who.mentions(words)]), None)


def _antecedent(
    text: str, sentences: Sequence[Span], number: int, quotes: Sequence[Quotation],
    credits: Sequence[Sequence[Credit]], credit: Credit, who: People,
) -> Person | None:  # fmt: skip
    """Whom "he said" means: who spoke or was spoken of last, if that can be one person only."""
    pronoun, sentence = credit.subject.of(text).lower(), sentences[number]
    if pronoun not in ("he", "she"):
        return None
    words = outside(text, sentence, quotes)
    before = outside(text, Span(sentence.start, credit.subject.start), quotes)
    if mine := [c for c in credits[number] if c.span.end <= credit.span.start]:
        person = who.by_name(mine[-1].speaker)
        clear = person and person.may_be(pronoun) and is_clear(person, words)
        return person if clear else None
    # "On Khalid, he said", "Khalid, he said, has": whom it is about does not speak.
    about = _BESIDES.match(before) or (_ASIDE.match(before) and text[credit.span.end : credit.span.end + 1] == ",")
    here = set() if about else who.meant(before, pronoun)
    person = _spoke_before(text, sentences, number, quotes, credits, pronoun, who)
    if person is None or here - {person} or not is_clear(person, words):
        return None
    return person


def _spoke_before(
    text: str, sentences: Sequence[Span], number: int, quotes: Sequence[Quotation],
    credits: Sequence[Sequence[Credit]], pronoun: str, who: People,
) -> Person | None:  # fmt: skip
    for _, group in zip(range(_LOOK_BACK), steps_back(text, sentences, quotes, number), strict=False):
        said = [c for i in group for c in credits[i]]
        if any(not c.speaker for c in said):
            return None
        meant = {person for c in said if (person := who.by_name(c.speaker)) and person.may_be(pronoun)}
        found: set[Person | None] = {*meant} or {
            p for i in group for p in who.meant(outside(text, sentences[i], quotes), pronoun)
        }
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def is_clear(person: Person, words: str) -> bool:
    """Whether a pronoun in `words` can be told to mean `person`: beside "she", "he" says that there are two."""
    he, she = (re.search(rf"\b(?:{forms})\b", words, re.IGNORECASE) for forms in ("he|him|his", "she|her|hers"))
    return bool(person.gender) or not (he and she)
