"""Who said what: each quotation and reported statement of a document with its speaker.

Rules over cue verbs and the names of the document (see `names`). A speaker who cannot be told
for certain stays empty: never guessed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from .contents import content
from .credits import Credit, clause_start, credits_in, may_be_one, outside
from .cues import BEHIND, CUES
from .names import People, Person, people
from .quotations import Quotation, outermost
from .reports import is_only_reporter, passes_on, reporters
from .types import Attribution, Document, Passage, Span

__all__ = ["CUES", "attributions", "is_clear", "may_be_one", "outside", "steps_back"]

_BESIDES = re.compile(r"\A[\"“‘'(]*(?:Asked|Questioned|Pressed|On|About|Of|As for|Speaking)\b")
_ASIDE = re.compile(r"(?!When|As|If|While|After|Before)(?:[\w’'-]+\s){0,3}[\w’'-]+,\s\Z")
_LOOK_BACK = 4  # steps back to whom "he said" can mean


def attributions(document: Document, passages: Sequence[Passage]) -> tuple[Attribution, ...]:
    """Every quotation and every reported statement of `document`, in its order."""
    text, who = document.text, people(document.text)
    quotes = outermost(text)
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    credits = _credits(text, sentences, quotes, who)
    told = _contents(text, sentences, quotes, credits)
    nested = {inner: outer for found in credits for inner, outer in reporters(found, told, who).items()}
    speaking = [[c for c in found if not is_only_reporter(c, nested, who)] for found in credits]
    whose = _whose(text, quotes, sentences, speaking)
    for quote, credit in zip(quotes, whose, strict=True):
        if credit:
            told[credit] = _joined([*told[credit], quote.outer])
    result = [
        _quoted(document, quote, credit, told, nested, sentences, who)
        for quote, credit in zip(quotes, whose, strict=True)
        if quote.inner.of(text).strip()  # between stray marks nothing is said
    ]
    used = {credit.span for credit in whose if credit}
    for sentence, found in zip(sentences, speaking, strict=True):
        quoting = any(quote.outer.start < sentence.end and sentence.start < quote.outer.end for quote in quotes)
        for number, credit in enumerate(found):
            if any(_repeats(credit, other, told) for other in found) or not (credit.speaker or told[credit]):
                continue
            span = sentence
            if (
                credit.follows
                or (number and not credit.speaker)
                or (quoting and (credit.span in used or not credit.speaker))
            ):
                # Beside a credit of the whole sentence, this one has but its own words.
                held = [part for part in told[credit] if not quoting or _is_own(part, quotes)]
                span = Span(held[0].start, held[-1].end) if held else Span(0, 0)
            if span.start < span.end and not (quoting and credit.span in used):
                result.append(
                    _attribution(
                        document.id, credit, span, "indirect", told[credit], next(iter(nested.get(credit, ())), None)
                    )
                )
    return tuple(sorted(result, key=lambda attribution: (attribution.start, attribution.end)))


def _whose(
    text: str, quotes: Sequence[Quotation], sentences: Sequence[Span], credits: Sequence[Sequence[Credit]]
) -> list[Credit | None]:
    """For each quotation, the credit that it has, if any."""
    result: list[Credit | None] = []
    for number, quote in enumerate(quotes):
        credit = _credit_of(text, quote, sentences, quotes, credits)
        if credit is None and number and _goes_on(text, quotes[number - 1], quote, result[-1], sentences):
            credit = result[-1]
        result.append(credit)
    return result


def _contents(
    text: str, sentences: Sequence[Span], quotes: Sequence[Quotation], credits: Sequence[Sequence[Credit]]
) -> dict[Credit, tuple[Span, ...]]:
    """What each credit reports of its own sentence that is not another's."""
    result: dict[Credit, tuple[Span, ...]] = {}
    for sentence, found in zip(sentences, credits, strict=True):
        for number, credit in enumerate(found):
            following = [clause_start(text, sentence, other) for other in found[number + 1 :]]
            # "X said on Friday, according to Y, that": what is said has not begun there.
            begun = [p for p in following if p is not None and not BEHIND.fullmatch(text[credit.cue_span.end : p])]
            stop = min(begun, default=sentence.end)
            result[credit] = content(text, sentence, credit, stop, quotes)
    return result


def _repeats(credit: Credit, other: Credit, told: Mapping[Credit, tuple[Span, ...]]) -> bool:
    """Whether a credit is but part of what its own speaker is reported to say: "linked it to what he called a plot"."""
    if credit == other or credit.speaker != other.speaker or not credit.speaker:
        return False
    inside, holds = (any(p.holds(c.cue_span) for p in told[o]) for c, o in ((credit, other), (other, credit)))
    return inside and not (holds and credit.span.start < other.span.start)


def _is_own(part: Span, quotes: Sequence[Quotation]) -> bool:
    """Whether no quotation stands in a part of a sentence."""
    return not any(quote.outer.start < part.end and part.start < quote.outer.end for quote in quotes)


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap made one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(span.end, result[-1].end))
        else:
            result.append(span)
    return tuple(result)


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


def _quoted(
    document: Document, quote: Quotation, credit: Credit | None, told: Mapping[Credit, tuple[Span, ...]],
    nested: Mapping[Credit, tuple[Credit, ...]], sentences: Sequence[Span], who: People,
) -> Attribution:  # fmt: skip
    text, words = document.text, quote.inner.of(document.text).split()
    kind: Literal["direct", "partial"] = "partial" if len(words) < 5 and not _ends_sentence(text, quote) else "direct"
    if credit is None:
        nobody = Span(quote.outer.end, quote.outer.end)
        held = (quote.outer,)
        return Attribution(
            document.id, "", "", "", quote.inner.start, quote.inner.end, kind, nobody, nobody, nobody, held
        )
    reporter = next(iter(nested.get(credit, ())), None)
    sentence = next((s for s in sentences if s.start <= credit.span.start < s.end), quote.outer)
    if reporter is None and passes_on(text, sentence, credit, who):
        # A paper has these words; whose they are is not to be told.
        reporter = credit
        said = dataclasses.replace(credit, speaker="", role="")
        return _attribution(document.id, said, quote.inner, kind, told[credit], reporter)
    return _attribution(document.id, credit, quote.inner, kind, told[credit], reporter)


def _attribution(
    identity: str, credit: Credit, span: Span, kind: Literal["direct", "partial", "indirect"],
    content: tuple[Span, ...], reporter: Credit | None,
) -> Attribution:  # fmt: skip
    via, via_credit = (reporter.speaker, reporter.span) if reporter else ("", Span(0, 0))
    return Attribution(
        identity, credit.speaker, credit.role, credit.cue, span.start, span.end, kind, credit.span,
        credit.source, credit.cue_span, content, via, via_credit,
    )  # fmt: skip


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
        for credit in credits_in(text, sentence, quotes, who):
            if credit.pronoun:
                person = _antecedent(text, sentences, number, quotes, [*result, found], credit, who)
                name, role = (person.name, person.role) if person else ("", "")
                credit = dataclasses.replace(credit, speaker=name, role=role)
            found.append(credit)
        result.append(found)
    return result


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
        if any(not c.speaker and may_be_one(c.source.of(text)) for c in said):
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
