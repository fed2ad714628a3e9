"""From evidence to draft claims. Here: the quoting writer, which needs no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .evidence import Candidate
from .quotations import Quotation
from .references import Insertion, full_name, insertions
from .types import Span
from .views import View

CONTEXT = 2  # most sentences taken along so that a claim can be read alone
_MARKS = re.compile(r"[\"“„«\s]+\Z")


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before it is checked: its words and the spans of one document they rest on."""

    document_id: str
    text: str
    spans: tuple[Span, ...]
    speaker: str | None = None
    support: float = 1.0


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    spans: tuple[Span, ...]
    speaker: str
    alone: bool


class QuotingWriter:
    """Shows the sentences that answer as they stand, each with its credit.

    The only words of its own are names in square brackets, a colon after a credit and quotation marks.
    """

    name = "quoting"

    def write(self, view: View, numbers: Sequence[int], support: float) -> Draft | None:
        """One draft claim of adjacent sentences; None if they cannot be read alone, even with those before."""
        last = max(numbers)
        for first in range(min(numbers), max(-1, min(numbers) - CONTEXT - 1), -1):
            if draft := _draft(view, range(first, last + 1), support):
                return draft
        return None


def runs(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates that stand next to one another, together and in reading order; best run first."""
    result: list[list[Candidate]] = []
    for candidate in candidates:
        for run in result:
            if run[0].document.id == candidate.document.id and any(abs(c.number - candidate.number) == 1 for c in run):
                run.append(candidate)
                run.sort(key=lambda c: c.number)
                break
        else:
            result.append([candidate])
    return result


def _draft(view: View, numbers: Sequence[int], support: float) -> Draft | None:
    """The sentences `numbers` as one claim, if the first of them can be read alone."""
    marks = view.quotations
    parts: list[_Part] = []
    for quote, group in groupby(numbers, key=lambda number: _cut(view.sentences[number], marks)):
        held = list(group)
        part = _quoted(view, held, quote) if quote else _narrated(view, held)
        if part is None:
            return None
        parts.append(part)
    if not parts[0].alone:
        return None
    speakers = {part.speaker for part in parts if part.speaker}
    return Draft(
        view.document.id,
        " ".join(part.text for part in parts),
        tuple(span for part in parts for span in part.spans),
        speakers.pop() if len(speakers) == 1 else None,
        support,
    )


def _cut(sentence: Span, marks: Sequence[Quotation]) -> Quotation | None:
    """The quotation that runs on beyond the sentence."""
    for quote in marks:
        if quote.outer.start < sentence.end and sentence.start < quote.outer.end and not sentence.holds(quote.outer):
            return quote
    return None


def _narrated(view: View, numbers: Sequence[int]) -> _Part:
    span = Span(view.sentences[numbers[0]].start, view.sentences[numbers[-1]].end)
    names = insertions(view, numbers[0], span, view.speakers[numbers[0]], quoted=False)
    speakers = {view.speakers[number] for number in numbers} - {""}
    speaker = speakers.pop() if len(speakers) == 1 else ""
    return _Part(_bracketed(view, span, names or ()), (span,), speaker, names is not None)


def _quoted(view: View, numbers: Sequence[int], quote: Quotation) -> _Part | None:
    """Some sentences of a longer quotation, with the credit that the document gives it."""
    text = view.document.text
    credit = next((a for a in view.attributions if a.start == quote.inner.start and a.speaker), None)
    if credit is None:
        return None
    span = Span(view.sentences[numbers[0]].start, view.sentences[numbers[-1]].end)
    inner = _trimmed(text, Span(max(span.start, quote.inner.start), min(span.end, quote.inner.end)))
    names = insertions(view, numbers[0], inner, credit.speaker, quoted=True)
    words = _bracketed(view, inner, names or ())
    if span.holds(quote.outer) and span.holds(credit.credit):
        return _Part(_bracketed(view, span, names or ()), (span,), credit.speaker, names is not None)
    if span.start <= credit.credit.start and credit.credit.end <= inner.start:
        lead = Span(span.start, inner.start)
        before = insertions(view, numbers[0], lead, credit.speaker, quoted=False)
        opening = _MARKS.sub("", _bracketed(view, lead, before or ()))
        return _Part(f"{opening} “{words}”", (Span(span.start, inner.end),), credit.speaker, before is not None and names is not None)
    named = full_name(view, _spaced(credit.credit.of(text)), credit.speaker)
    return _Part(f"{named}: “{words}”", (credit.credit, inner), credit.speaker, names is not None)


def _trimmed(text: str, span: Span) -> Span:
    """Without the comma that only leads over to a credit."""
    words = span.of(text).rstrip()
    return Span(span.start, span.start + len(words.removesuffix(",")))


def _bracketed(view: View, span: Span, names: Sequence[Insertion]) -> str:
    text, parts, place = view.document.text, [], span.start
    for insertion in sorted(names, key=lambda i: i.place):
        parts.append(f"{text[place : insertion.place]} [{insertion.name}]")
        place = insertion.place
    return _spaced("".join([*parts, text[place : span.end]]))


def _spaced(words: str) -> str:
    return " ".join(words.split())
