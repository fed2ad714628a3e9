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
from .quotations import Quotation, quotations
from .types import Attribution, Document, Passage, Span

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
_PRONOUNS = frozenset(("he", "she", "they", "i", "we"))
_CUE = re.compile(rf"(?<![\w’'-])(?:{'|'.join(sorted(CUES, key=len, reverse=True))})(?![\w’'-])")
# What may stand between a subject and its verb.
_AUXILIARY = re.compile(
    r"(?:[,\s]+(?:also|later|then|earlier|further|had|has|have|who|had also|has also|too|themselves|himself|herself|\w+ly))*[,\s]*\Z"
)
_APPOSITION = re.compile(r",[^,“”\"]{3,90},?\s*\Z")
_ACCORDING = re.compile(r"(?:\A|[\s“\"(])(?:According to|For|In the words of|By)\s+\Z", re.IGNORECASE)
_COLLECTIVE = re.compile(
    r"(?:\A|(?<=[\s,(“\"]))((?:[Tt]he\s+)?(?:[A-Z][\w’'.&-]*\s+){0,4}(?:[a-z]+\s+){0,1}"
    r"(?:lawmakers|ministry|government|court|police|party|officials?|spokespersons?|spokesman|spokeswoman|leaders?|"
    r"lawyers|prosecutors|protesters|activists|groups?|critics|supporters|authorities|council|committee|commission|"
    r"department|office|embassy|company|union|agency|residents|campaigners|parents|family|bench|judges?|minister|mayor|"
    r"president|chief|researchers|scientists|doctors|report|statement|paper))\Z"
)
_NAMED_BODY = re.compile(r"(?:\A|(?<=[\s,(“\"]))((?:[Tt]he\s+)?[A-Z][\w’'.&-]*(?:\s+(?:of\s+|and\s+)?[A-Z][\w’'.&-]*){0,5})\Z")
_NO_SUBJECT = frozenset("a an and as but by for from he her his if in it its of on or she that the their they this to".split())


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
    quotes = quotations(text)
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    credits = _credits(text, sentences, quotes, who)
    result = [_quoted(document.id, text, quote, sentences, credits) for quote in quotes]
    for sentence, credit in zip(sentences, credits, strict=True):
        if credit and not any(quote.outer.start < sentence.end and sentence.start < quote.outer.end for quote in quotes):
            result.append(
                Attribution(
                    document.id, credit.speaker, credit.role, credit.cue, sentence.start, sentence.end, "indirect", credit.span
                )
            )
    return tuple(sorted(result, key=lambda attribution: (attribution.start, attribution.end)))


def _quoted(
    identity: str, text: str, quote: Quotation, sentences: Sequence[Span], credits: Sequence[Credit | None]
) -> Attribution:
    """The attribution of one quotation: credited by the sentence it ends in, or begins in."""
    touching = [i for i, s in enumerate(sentences) if s.start < quote.outer.end and quote.outer.start < s.end]
    credit = next((credits[i] for i in (*touching[-1:], *touching[:1]) if credits[i]), None)
    words = quote.inner.of(text).split()
    kind: Literal["direct", "partial"] = "partial" if len(words) < 5 and not _ends_sentence(text, quote) else "direct"
    if credit is None:
        return Attribution(identity, "", "", "", quote.inner.start, quote.inner.end, kind, Span(quote.outer.end, quote.outer.end))
    return Attribution(
        identity, credit.speaker, credit.role, credit.cue, quote.inner.start, quote.inner.end, kind, credit.span
    )


def _ends_sentence(text: str, quote: Quotation) -> bool:
    return text[quote.inner.end - 1 : quote.inner.end] in tuple(".!?…,")


def _credits(
    text: str, sentences: Sequence[Span], quotes: Sequence[Quotation], who: People
) -> list[Credit | None]:
    """For each sentence, whom it says it has its content from; pronouns read against the sentences before."""
    result: list[Credit | None] = []
    for number, sentence in enumerate(sentences):
        credit = _credit(text, sentence, quotes, who)
        if credit and credit.pronoun:
            person = _antecedent(text, sentences[:number], result, credit, sentence, who)
            name, role = (person.name, person.role) if person else ("", "")
            credit = Credit(name, role, credit.cue, credit.span, credit.subject, True)
        result.append(credit)
    return result


def _credit(text: str, sentence: Span, quotes: Sequence[Quotation], who: People) -> Credit | None:
    """The first credit outside quotation marks."""
    for start, end in _outside(sentence, quotes):
        part = text[start:end]
        for cue in _CUE.finditer(part):
            if subject := _subject(part[: cue.start()], who) or _inverted(part[cue.end() :], cue.end(), start, quotes, who):
                begin, stop, speaker, role, pronoun = subject
                span = _clause(text, start, end, start + min(begin, cue.start()), start + max(stop, cue.end()), quotes)
                return Credit(speaker, role, cue.group(), span, Span(start + begin, start + stop), pronoun)
        for mention in who.mentions(part):
            if _ACCORDING.search(part[: mention.span.start]):
                span = Span(start + mention.span.start, start + mention.span.end)
                return Credit(mention.person.name, mention.person.role, "according to", span, span, False)
    return None


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


def _subject(before: str, who: People) -> Subject | None:
    """Who does the verb that follows `before`: (start, end, name, role, is a pronoun)."""
    trimmed = before[: (_AUXILIARY.search(before) or re.search(r"\Z", before)).start()]  # type: ignore[union-attr]  # \Z matches
    for candidate in (trimmed, _without_apposition(before, who)):
        if candidate is None:
            continue
        if word := re.search(r"(?:\A|(?<=[\s,;(]))(\w+)\Z", candidate):
            if word.group(1).lower() in _PRONOUNS - {"i", "we"}:
                return word.start(1), word.end(1), "", "", True
        mention = _last(who, candidate)
        if mention and mention.span.end == len(candidate) and not mention.possessive:
            return mention.span.start, mention.span.end, mention.person.name, mention.person.role, False
        if body := _COLLECTIVE.search(candidate):
            return _body(body, who)
        if (body := _NAMED_BODY.search(candidate)) and body.group(1).split()[-1].lower() not in _NO_SUBJECT:
            return _body(body, who)
    return None


def _body(match: re.Match[str], who: People) -> Subject:
    """A body or office as speaker; an office that one person of the text holds is that person."""
    words = match.group(1)
    noun = words.split()[-1].lower()
    person = who.holder(noun) if noun in ROLES and words.lower().startswith("the ") else None
    if person:
        return match.start(1), match.end(1), person.name, person.role, False
    if noun in ROLES and noun.lower() == words.split()[-1]:
        return match.start(1), match.end(1), "", "", True
    return match.start(1), match.end(1), words.removeprefix("The ").removeprefix("the "), "", False


def _without_apposition(before: str, who: People) -> str | None:
    """`before` cut back to a name that ", the mayor," or ", who" follows."""
    if found := _APPOSITION.search(before):
        return before[: found.start()]
    return None


def _inverted(after: str, offset: int, start: int, quotes: Sequence[Quotation], who: People) -> Subject | None:
    """`..., said Zohran Mamdani`: only straight after a quotation."""
    if not any(quote.outer.end == start for quote in quotes):
        return None
    for mention in who.mentions(after):
        between = after[: mention.span.start].split()
        if len(between) <= 6 and not any(mark in after[: mention.span.start] for mark in ".;:"):
            return offset + mention.span.start, offset + mention.span.end, mention.person.name, mention.person.role, False
        break
    return None


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
    last = None
    for last in who.mentions(words):
        pass
    return last


def _antecedent(
    text: str, before: Sequence[Span], credits: Sequence[Credit | None], credit: Credit, sentence: Span, who: People
) -> Person | None:
    """Whom "he said" means: the speaker of the sentence before, if nobody else is named there as a doer."""
    if text[credit.subject.start : credit.subject.end].lower() not in ("he", "she"):
        return None
    for number in range(len(before) - 1, max(-1, len(before) - 4), -1):
        named = {m.person for m in who.mentions(before[number].of(text), before[number].start) if not m.possessive}
        said = credits[number]
        if said and said.speaker and (speaker := who.by_name(said.speaker)):
            return speaker
        if named:
            return named.pop() if len(named) == 1 else None
    return None

