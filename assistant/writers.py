"""From evidence to draft claims. Here: the quoting writer, which needs no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .attributions import outside
from .evidence import Choice
from .quotations import DOUBLE, Quotation
from .references import Insertion, full_name, insertions
from .types import Span
from .views import View

CONTEXT = 2  # most sentences taken along so that a claim can be read alone
ITEMS = 12  # most sentences of a list, its lead-in included
_MARKS = re.compile(r"[\"“„«‘'\s]+\Z")
# What takes back or turns round the words before it.
_TURNING = re.compile(
    r"[“\"‘']*(?:But|However|Yet|Not|No|Never|Nor|Nonsense|Rubbish|Wrong|False|Of course not|Only|Unless|Mostly|Rather"
    r"|Or so|So (?:they|we|I)"
    r"|(?:That|This)(?:’s|'s| is| was) (?:what|how|why|not|a lie|a joke|false|untrue|wrong|nonsense|rubbish))\b"
)


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
    alone: bool


class QuotingWriter:
    """Shows the sentences that answer as they stand, each with its credit.

    The only words of its own are names in square brackets, a colon after a credit and quotation marks.
    """

    name = "quoting"

    def write(self, view: View, numbers: Sequence[int], support: float) -> Draft | None:
        """One draft claim of adjacent sentences; None if they cannot be read alone, even with those before."""
        asked = range(min(numbers), max(numbers) + 1)
        first, last = _whole_list(view, asked)
        while _is_turned(view, last):
            last += 1
        if last - first >= ITEMS or view.text(last).endswith(":"):
            return None
        for start in range(first, max(-1, first - CONTEXT - 1), -1):
            if draft := _draft(view, range(start, last + 1), asked, support):
                return draft
        return None


def _whole_list(view: View, numbers: range) -> tuple[int, int]:
    """The sentences with the rest of the list that they are of: an item says nothing without its lead-in."""
    first, last = numbers.start, numbers.stop - 1
    while first > 0 and view.text(first)[:1].islower():
        first -= 1
    opening = view.paragraph(first)
    if opening > 0 and view.text(opening - 1).endswith(":") and view.quotation(view.sentences[first].start + 1) is None:
        # What a colon leads to is not the document's own statement.
        first = opening - 1
    if view.text(first).endswith(":"):
        while last + 1 < len(view.sentences) and view.text(last + 1)[:1].islower():
            last += 1
    return first, last


def _is_turned(view: View, number: int) -> bool:
    """Whether the next sentence of the same quotation takes back what this one says."""
    if number + 1 >= len(view.sentences):
        return False
    quote, after = view.quotation(view.sentences[number].end), view.sentences[number + 1]
    return (
        quote is not None
        and quote.inner.holds(Span(after.start, after.start + 1))
        and bool(_TURNING.match(view.text(number + 1)))
    )


def runs(candidates: Sequence[Choice]) -> list[list[Choice]]:
    """Candidates that stand next to one another, together and in reading order; best run first."""
    result: list[list[Choice]] = []
    for candidate in candidates:
        for run in result:
            if run[0].document.id == candidate.document.id and any(abs(c.number - candidate.number) == 1 for c in run):
                run.append(candidate)
                run.sort(key=lambda c: c.number)
                break
        else:
            result.append([candidate])
    return result


def _draft(view: View, numbers: range, asked: range, support: float) -> Draft | None:
    """The sentences `numbers` as one claim, if the first of them can be read alone."""
    parts: list[_Part] = []
    for quote, group in groupby(numbers, key=lambda number: _cut(view, number)):
        held = list(group)
        part = _quoted(view, held, quote, parts[-1].spans[-1] if parts else None) if quote else _narrated(view, held)
        if part is None:
            return None
        parts.append(part)
    if not parts[0].alone:
        return None
    # Where several people's words stand in a claim, it is nobody's alone.
    voices = {voice for number in numbers for voice in view.voices[number]}
    spoken = voices.pop() if len(voices) == 1 and all(view.voices[number] for number in asked) else None
    return Draft(
        view.document.id,
        " ".join(part.text for part in parts),
        tuple(span for part in parts for span in part.spans),
        spoken,
        support,
    )


def _cut(view: View, number: int) -> Quotation | None:
    """The quotation that runs on beyond the sentence, or is all of it: its credit stands elsewhere."""
    sentence = view.sentences[number]
    for quote in view.quotations:
        if not (quote.outer.start < sentence.end and sentence.start < quote.outer.end):
            continue
        if not sentence.holds(quote.outer) or not outside(view.document.text, sentence, [quote]).strip(" .,;:"):
            return quote
    return None


def _narrated(view: View, numbers: Sequence[int]) -> _Part:
    return _read(view, numbers[0], Span(view.sentences[numbers[0]].start, view.sentences[numbers[-1]].end))


def _read(view: View, number: int, span: Span) -> _Part:
    names, alone = insertions(view, number, span)
    return _Part(_bracketed(view, span, names), (span,), alone)


def _quoted(view: View, numbers: Sequence[int], quote: Quotation, shown: Span | None) -> _Part | None:
    """Some sentences of a longer quotation, with its credit, unless that is `shown` just before."""
    text, said = view.document.text, view.attribution(quote)
    if said is None or not said.speaker:
        return None
    span = Span(view.sentences[numbers[0]].start, view.sentences[numbers[-1]].end)
    inner = _trimmed(text, Span(max(span.start, quote.inner.start), min(span.end, quote.inner.end)))
    if not inner.of(text).strip():
        return None
    if span.holds(quote.outer) and span.holds(said.credit):
        return _read(view, numbers[0], span)
    content = _read(view, numbers[0], inner)
    words = _marked(content.text)
    if span.start <= said.credit.start and said.credit.end <= inner.start:
        lead = _read(view, numbers[0], Span(span.start, inner.start))
        opening = _MARKS.sub("", lead.text)
        return _Part(f"{opening} {words}", (Span(span.start, inner.end),), lead.alone and content.alone)
    if shown and shown.holds(said.credit):
        return _Part(words, (inner,), True)
    named = full_name(_spaced(said.credit.of(text)), said.speaker)
    stop = "" if words.rstrip("”’\"'")[-1:] in tuple(".!?…") else "."
    return _Part(f"{named}: {words}{stop}", (said.credit, inner), content.alone)


def _marked(words: str) -> str:
    """`words` in quotation marks: double ones, unless they hold such themselves."""
    return f"‘{words}’" if any(mark in words for mark in DOUBLE) else f"“{words}”"


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
