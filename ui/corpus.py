"""The corpus for readers: its documents listed, and each in full with what was cited of it marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.types import Citation, Document, Span

from . import strings as say
from .markup import date, escape, foreign, outward
from .messages import tint

PART = 120_000
"""Characters of a long document that are shown at once."""
LISTED = 1000

_PARAGRAPH = re.compile(r"(?:(?!\n[ \t\r]*\n).)+", re.DOTALL)
_HEADING = re.compile(r"\A\s*(#{1,6})[ \t]+")


def listing(documents: Mapping[str, Document], cited: Iterable[Citation]) -> str:
    """Every document with its kind, publisher and date, and how often it was cited here: sources first, then briefs."""
    counts = Counter(identity for identity, _, _ in {(c.document_id, c.start, c.end) for c in cited})
    listed = sorted(documents.values(), key=lambda document: document.kind == "brief")
    rows = "".join(_row(document, counts[document.id]) for document in listed[:LISTED])
    head = "".join(
        f'<th scope="col">{escape(name)}</th>' for name in (say.TITLE, say.KIND, say.PUBLISHER, say.PUBLISHED)
    )
    return f'<table class="otr-documents"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def reader(document: Document, marked: Iterable[tuple[Span, int]], place: int = 0) -> str:
    """A document in full, or the part of a long one that `place` stands in; `marked` are spans with a colour's number.

    The first mark at or after `place` is where page.js scrolls to.
    """
    part = place // PART
    parts = (len(document.text) - 1) // PART + 1
    spans = _apart(marked)
    target = next((span for span, _ in spans if span.end > place), None)
    body = "".join(_paragraphs(document.text, part * PART, (part + 1) * PART, spans, target))
    told = f'<p class="otr-about">{escape(say.PART.format(number=part + 1, count=parts))}</p>' if parts > 1 else ""
    turning = _parts(document, part, parts) if parts > 1 else ""
    return (
        f'<p class="otr-links"><a href="#go-documents">‹ {escape(say.ALL_DOCUMENTS)}</a>'
        f' · <a href="#go-only-{escape(document.id)}">{escape(say.ASK_ALONE)}</a></p>'
        f'<article class="otr-document" tabindex="-1" id="otr-document"><h2>{foreign(document.title)}</h2>'
        f"{_about(document)}{told}{body}{turning}{_written_from(document)}</article>"
    )


def spans_of(document: Document, cited: Iterable[Citation]) -> list[tuple[Span, int]]:
    """What was cited of a document as it is now, with the number of each citation."""
    return [
        (Span(c.start, c.end), c.number)
        for c in cited
        if c.document_id == document.id and document.text[c.start : c.end] == c.quote
    ]


def _row(document: Document, count: int) -> str:
    told = say.CITED_HERE_ONE if count == 1 else say.CITED_HERE.format(count=count)
    cited = f' <span class="otr-near">{escape(told)}</span>' if count else ""
    day = escape(date(document.published)) if document.published else ""
    if document.evidence_to:
        day += f'<span class="otr-to">{escape(say.EVIDENCE_TO.format(day=date(document.evidence_to)))}</span>'
    return (
        f'<tr><th scope="row"><a href="#go-read-{escape(document.id)}/0">{foreign(document.title)}</a>{cited}</th>'
        f"<td>{escape(document.kind)}</td><td>{foreign(document.publisher)}</td><td>{day}</td></tr>"
    )


def _about(document: Document) -> str:
    parts = [escape(document.kind)]
    parts += [foreign(text) for text in (document.publisher, document.author) if text]
    parts += [escape(date(document.published))] if document.published else []
    parts += [escape(say.EVIDENCE_TO.format(day=date(document.evidence_to)))] if document.evidence_to else []
    parts += filter(None, [outward(document.url, say.ORIGINAL)])
    return f'<p class="otr-about">{" · ".join(parts)}</p>'


def _written_from(document: Document) -> str:
    """The sources of a brief."""
    if not document.sources:
        return ""
    items = []
    for source in document.sources:
        title, publisher, day = (str(source.get(name, "")) for name in ("title", "publisher", "date"))
        named = outward(str(source.get("url", "")), title or publisher) or foreign(title)
        items.append(
            f"<li>{' · '.join(filter(None, [foreign(publisher) if publisher else '', named, escape(day)]))}</li>"
        )
    return f'<h3>{escape(say.WRITTEN_FROM)}</h3><ul class="otr-from-list">{"".join(items)}</ul>'


def _parts(document: Document, part: int, parts: int) -> str:
    links = []
    for number in sorted({max(part - 1, 0), min(part + 1, parts - 1)} - {part}):
        label = say.PART.format(number=number + 1, count=parts)
        links.append(f'<a href="#go-read-{escape(f"{document.id}/{number * PART}")}">{escape(label)}</a>')
    return f'<p class="otr-links">{" · ".join(links)}</p>'


def _apart(marked: Iterable[tuple[Span, int]]) -> list[tuple[Span, int]]:
    """The spans in their order, without those that run into one before."""
    kept: list[tuple[Span, int]] = []
    for span, number in sorted(marked, key=lambda pair: (pair[0].start, -pair[0].end)):
        if span.end > span.start and (not kept or span.start >= kept[-1][0].end):
            kept.append((span, number))
    return kept


def _paragraphs(
    text: str, start: int, end: int, spans: Sequence[tuple[Span, int]], target: Span | None
) -> Iterator[str]:
    for match in _PARAGRAPH.finditer(text, start, min(end, len(text))):
        if not match.group().strip():
            continue
        heading = _HEADING.match(match.group())
        blank = len(match.group()) - len(match.group().lstrip())
        first = match.start() + (heading.end() if heading else blank)
        tag = "h3" if heading else "p"
        yield f'<{tag} dir="auto">{_marked(text, first, match.end(), spans, target)}</{tag}>'


def _marked(text: str, start: int, end: int, spans: Sequence[tuple[Span, int]], target: Span | None) -> str:
    parts, place = [], start
    for span, number in spans:
        first, last = max(span.start, place), min(span.end, end)
        if first >= last:
            continue
        anchor = ' id="otr-there" tabindex="-1"' if span == target and first == span.start else ""
        parts.append(
            f'{escape(text[place:first])}<mark class="{tint(number)}"{anchor}>{escape(text[first:last])}</mark>'
        )
        place = last
    return "".join(parts) + escape(text[place:end])
