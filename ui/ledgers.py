"""Who said what, and what happened when: lists of exact spans, each opening its passage. Pure functions to HTML."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from assistant.types import Attribution, Document

from . import strings as say
from .markup import date, escape, foreign, outward
from .sources import around, passage

SHOWN = 200
"""Entries shown at once."""
BARS = 12
FEW = 6
"""Bars on a phone, where the list comes after them."""


class Event(Protocol):
    """What the timeline needs of a dated event: characters of a document, and the days that they speak of."""

    @property
    def document_id(self) -> str:
        """Where it stands."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character after its last."""

    @property
    def first(self) -> dt.date | None:
        """The first day it can be of."""

    @property
    def last(self) -> dt.date | None:
        """The last day it can be of."""

    @property
    def precision(self) -> str:
        """How exactly it is dated: day, month or year."""


def said(found: Iterable[Attribution], documents: Mapping[str, Document], words: str = "") -> str:
    """The statements, with how many there are by document."""
    kept = [a for a in found if a.document_id in documents and _holds(documents[a.document_id], a, words)]
    entries = [_statement(a, documents[a.document_id]) for a in kept[:SHOWN]]
    counts = Counter(documents[a.document_id].title for a in kept)
    title = say.VOICES_BY_DOCUMENT if len(counts) <= BARS else say.BUSIEST_DOCUMENTS
    chart = bars(title, counts.most_common(BARS))
    return _ledger(entries, len(kept), (say.COUNT_SAID_ONE, say.COUNT_SAID), chart)


def timeline(found: Iterable[Any], documents: Mapping[str, Document], words: str = "") -> str:
    """The dated events in their order, with how many there are by month."""
    kept = [e for e in found if e.document_id in documents and _holds(documents[e.document_id], e, words)]
    kept.sort(key=lambda e: (e.first or dt.date.max, e.last or dt.date.max))
    entries = [_event(e, documents[e.document_id]) for e in kept[:SHOWN]]
    # What is dated by its year alone is of no month.
    months = Counter(e.first.replace(day=1) for e in kept if e.first and e.precision != "year")
    busiest = dict(months.most_common(BARS))
    title = say.MENTIONS_BY_MONTH if len(months) <= BARS else say.BUSIEST_MONTHS
    chart = bars(title, [(f"{month:%B %Y}", busiest[month]) for month in sorted(busiest)])
    return _ledger(entries, len(kept), (say.COUNT_EVENTS_ONE, say.COUNT_EVENTS), chart)


def bars(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """A small chart that is a table too; nothing where there is nothing to compare."""
    if len(counts) < 2:
        return ""
    ranked = sorted((count for _, count in counts), reverse=True)
    most, least = ranked[0], ranked[:FEW][-1]
    rows = "".join(_bar(label, count, most, minor=count < least) for label, count in counts)
    head = f'<tr class="otr-unseen"><th>{escape(say.BAR_LABEL)}</th><th></th><th>{escape(say.BAR_COUNT)}</th></tr>'
    return (
        f'<table class="otr-bars"><caption>{escape(title)}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>'
    )


def _bar(label: str, count: int, most: int, *, minor: bool) -> str:
    rod = f'<span class="otr-rod" style="width:{100 * count // most}%"></span>'
    row = '<tr class="otr-minor">' if minor else "<tr>"
    return f'{row}<th scope="row">{foreign(label)}</th><td>{rod}</td><td>{count}</td></tr>'


def when(first: dt.date | None, last: dt.date | None, precision: str = "") -> str:
    """The days as they are known: a day, a month, a year, or from one day to another."""
    if first is None:
        return ""
    if precision == "year":
        return f"{first.year}"
    if precision == "month":
        return f"{first:%B %Y}"
    if last is None or last == first:
        return date(first)
    return f"{date(first)} – {date(last)}"


def _ledger(entries: Sequence[str], total: int, counted: tuple[str, str], chart: str) -> str:
    if not entries:
        return f'<p class="otr-none" role="status">{escape(say.NOTHING)}</p>'
    count = counted[0] if total == 1 else counted[1].format(count=total)
    more = say.FIRST_OF.format(shown=len(entries), total=total) if total > len(entries) else ""
    told = f'<p class="otr-count" role="status">{escape(count)}</p>'
    rest = f'<p class="otr-count">{escape(more)}</p>' if more else ""
    listed = f'<ol class="otr-ledger">{"".join(f"<li>{entry}</li>" for entry in entries)}</ol>{rest}'
    aside = f"<aside>{chart}</aside>" if chart else ""
    return f'<div class="otr-view">{told}{aside}{listed}</div>'


def _statement(found: Attribution, document: Document) -> str:
    role = f' <span class="otr-role">{foreign(found.role)}</span>' if found.role else ""
    speaker = foreign(found.speaker) if found.speaker else escape(say.UNKNOWN_SPEAKER)
    how = {"direct": say.DIRECT, "partial": say.PARTIAL}.get(found.kind, say.INDIRECT)
    words = document.text[found.start : found.end]
    shown = f"“{words}”" if found.kind != "indirect" else words
    kind = "otr-words otr-direct" if found.kind == "direct" else "otr-words"
    summary = (
        f'<span class="otr-name">{speaker}{role}</span><span class="{kind}">{foreign(shown)}</span>'
        f'<span class="otr-from">{_origin(document)} · {escape(how)}</span>'
    )
    # Who is named stands beside the words: the passage opens with both.
    return _entry(summary, document, found.start, found.end)


def _event(found: Any, document: Document) -> str:
    day = escape(when(found.first, found.last, found.precision))
    summary = (
        f'<span class="otr-name">{day}</span>'
        f'<span class="otr-words">{foreign(document.text[found.start : found.end])}</span>'
        f'<span class="otr-from">{_origin(document)}</span>'
    )
    return _entry(summary, document, found.start, found.end)


def _entry(summary: str, document: Document, start: int, end: int) -> str:
    before, after = around(document.text, start, end)
    whole = f'<a href="#go-read-{escape(f"{document.id}/{start}/{end}")}">{escape(say.WHOLE)}</a>'
    links = " · ".join(filter(None, [outward(document.url, say.ORIGINAL), whole]))
    return (
        f"<details><summary>{summary}</summary>{passage(before, document.text[start:end], after)}"
        f'<p class="otr-links">{links}</p></details>'
    )


def _origin(document: Document) -> str:
    parts = [foreign(document.title)]
    parts += [foreign(document.publisher)] if document.publisher else []
    parts += [escape(date(document.published))] if document.published else []
    return " · ".join(parts)


def _holds(document: Document, span: Any, words: str) -> bool:
    """Whether a span of a document, or its speaker, has every one of some words."""
    wanted = words.casefold().split()
    text = f"{document.text[span.start : span.end]} {getattr(span, 'speaker', '')}".casefold()
    return all(word in text for word in wanted)
