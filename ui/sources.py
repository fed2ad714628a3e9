"""The source panel: each cited passage with the exact words marked in their paragraph."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.types import Citation, Document

from . import strings as say
from .markup import cut, date, escape, foreign, outward
from .messages import tint

EXCERPT = 500
"""Most characters of a paragraph shown on either side of the quoted words."""
ASKED = 120
"""Most characters of the question over its sources."""

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def excerpt(document: Document | None, citation: Citation) -> tuple[str, str, str]:
    """What stands before the quoted words in their paragraph, the words, what stands after.

    The words stand alone where the document is gone or has changed since it was cited.
    """
    if document is None or is_stale(document, citation):
        return "", citation.quote, ""
    before, after = around(document.text, citation.start, citation.end)
    return before, citation.quote, after


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands in a paragraph before and after some of its characters, cut where it is long."""
    low = max(0, start - 2 * EXCERPT)  # further back it would be cut anyway
    breaks = [match.end() for match in _BLANK_LINE.finditer(text, low, start)]
    closing = _BLANK_LINE.search(text, end)
    before = text[breaks[-1] if breaks else low : start].lstrip()
    after = text[end : closing.start() if closing else None].rstrip()
    if len(before) > EXCERPT:
        before = "… " + before[-EXCERPT:].partition(" ")[2]
    if len(after) > EXCERPT:
        after = after[:EXCERPT].rpartition(" ")[0] + " …"
    return before, after


def is_stale(document: Document | None, citation: Citation) -> bool:
    """Whether a document is no longer the one that was cited."""
    return (
        document is None
        or document.version != citation.version
        or document.text[citation.start : citation.end] != citation.quote
    )


def sources(
    turn: int, asked: str, citations: Sequence[Citation], documents: Mapping[str, Document], near: bool = False
) -> str:
    """The numbered sources of one turn; `near` when they are only the nearest the documents come to an answer."""
    if not citations:
        return ""
    numbers = [citation.number for citation in citations]
    items = "".join(
        _source(turn, citation, documents.get(citation.document_id), numbers, place)
        for place, citation in enumerate(citations)
    )
    label = f'<span class="otr-near">{escape(say.NEAR)}</span> ' if near else ""
    return f'<p class="otr-asked">{label}{foreign(cut(asked, ASKED))}</p><ol>{items}</ol>'


def panel(turns: Sequence[tuple[int, str]]) -> str:
    """The panel: one section of sources a turn, of which page.js shows one; at first the latest."""
    shown = [(turn, html) for turn, html in turns if html]
    sections = [
        f'<section class="otr-turn{" otr-on" if place == len(shown) else ""}" id="turn-{turn}">{html}</section>'
        for place, (turn, html) in enumerate(shown, 1)
    ]
    body = "".join(sections) or f'<p class="otr-empty">{escape(say.NO_SOURCES)}</p>'
    return (
        '<section class="otr-sources" aria-labelledby="otr-sources-h"><div class="otr-bar">'
        f'<h2 id="otr-sources-h">{escape(say.SOURCES)}</h2>'
        f'<button type="button" class="otr-close">{escape(say.CLOSE)}</button></div>{body}</section>'
    )


def passage(before: str, quote: str, after: str, colour: str = "otr-t1") -> str:
    """Words marked in their paragraph."""
    return (
        f'<blockquote><bdi dir="auto">{escape(before)}<mark class="{colour}">{escape(quote)}</mark>'
        f"{escape(after)}</bdi></blockquote>"
    )


def _source(turn: int, citation: Citation, document: Document | None, numbers: Sequence[int], place: int) -> str:
    stale = is_stale(document, citation)
    changed = f'<p class="otr-changed">{escape(say.CHANGED)}</p>' if stale else ""
    number = f"{turn}-{citation.number}"
    back = f'title="{escape(say.BACK)}" aria-label="{citation.number}: {escape(say.BACK)}"'
    return (
        f'<li class="otr-source" id="src-{number}" tabindex="-1">'
        f'<p class="otr-title"><a class="otr-back {tint(citation.number)}" href="#ref-{number}" {back}>{citation.number}</a> '
        f"{foreign(citation.title or citation.document_id)}</p>{_about(citation, document, stale)}{changed}"
        f"{passage(*excerpt(document, citation), tint(citation.number))}{_turning(turn, numbers, place)}</li>"
    )


def _about(citation: Citation, document: Document | None, stale: bool) -> str:
    origin = [foreign(citation.publisher)] if citation.publisher else []
    origin += [escape(date(citation.published))] if citation.published else []
    more = [escape(say.EVIDENCE_TO.format(day=date(document.evidence_to)))] if document and document.evidence_to else []
    more += [escape(say.PAGE.format(number=citation.page))] if citation.page else []
    links = [outward(citation.url, say.ORIGINAL)]
    if document is not None and not stale:
        place = f"{citation.document_id}/{citation.start}"
        links.append(f'<a href="#go-read-{escape(place)}">{escape(say.WHOLE)}</a>')
    about = " · ".join(filter(None, [f'<span class="otr-from">{" · ".join(origin)}</span>' if origin else "", *more]))
    return f'<p class="otr-about">{about}</p><p class="otr-links">{" · ".join(filter(None, links))}</p>'


def _turning(turn: int, numbers: Sequence[int], place: int) -> str:
    """Links to the citations before and after."""
    links = []
    if place:
        links.append(
            f'<a class="otr-turner" href="#src-{turn}-{numbers[place - 1]}">‹ {escape(say.PREVIOUS_CITATION)}</a>'
        )
    if place + 1 < len(numbers):
        links.append(f'<a class="otr-turner" href="#src-{turn}-{numbers[place + 1]}">{escape(say.NEXT_CITATION)} ›</a>')
    return f'<p class="otr-turning">{" ".join(links)}</p>' if links else ""
