"""Answers as HTML: pure functions; whatever comes from outside is escaped and can only ever be text.

The chat reads a message as Markdown around HTML and the Sources panel reads its value as a template, so
`escape` leaves neither of them a character to work with: all ASCII punctuation becomes character references.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from assistant.types import NOT_IN_DOCUMENTS, REFUSAL, Answer, Citation, Claim, Document

EXCERPT = 500
"""Most characters of a paragraph shown on either side of the quoted words."""
QUESTION = 500
"""Most characters of a question shown back to its reader."""
WORKING = "Looking in the documents …"
QUOTING = "Quoting the documents; no model in use"

_LIVE = re.compile("[\x00-\x1f!-/:-@\\[-`{-\x7f\ud800-\udfff]")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def escape(text: str) -> str:
    """`text` as HTML in which nothing is live: no tag, no Markdown, no template, no formula, no raw line end."""
    return _LIVE.sub(_reference, text)


def foreign(text: str) -> str:
    """Escaped text that keeps its direction to itself, so that an override in it cannot reorder the page."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'


def date(value: dt.date) -> str:
    """A date as a newspaper writes it: 2 January 2026."""
    return f"{value.day} {value:%B %Y}"


def safe_url(url: str) -> str | None:
    """`url` where it is a plain http or https address, else None."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if plain and not re.search(r"[\s\x00-\x20\x7f<>\"\\]", url) else None


def excerpt(document: Document | None, citation: Citation) -> tuple[str, str, str]:
    """What stands before the quoted words in their paragraph, the words, what stands after.

    The words stand alone where the document is gone or has changed since it was cited.
    """
    start, end = citation.start, citation.end
    if document is None or _is_stale(document, citation):
        return "", citation.quote, ""
    breaks = [match.end() for match in _BLANK_LINE.finditer(document.text, 0, start)]
    after = _BLANK_LINE.search(document.text, end)
    before_text = document.text[breaks[-1] if breaks else 0 : start].lstrip()
    after_text = document.text[end : after.start() if after else None].rstrip()
    if len(before_text) > EXCERPT:
        before_text = "… " + before_text[-EXCERPT:].partition(" ")[2]
    if len(after_text) > EXCERPT:
        after_text = after_text[:EXCERPT].rpartition(" ")[0] + " …"
    return before_text, citation.quote, after_text


def _is_stale(document: Document | None, citation: Citation) -> bool:
    return (
        document is None
        or document.version != citation.version
        or document.text[citation.start : citation.end] != citation.quote
    )


def header(documents: Mapping[str, Document]) -> str:
    """The head of the page: the story's title, what this is, what it draws on."""
    return (
        '<header class="otr-head"><p class="otr-kicker">On the Record</p>'
        f"<h1>{foreign(story_title(documents))}</h1>"
        "<p>Ask about this story. Every answer comes from the documents and cites their exact words;"
        " where they do not say, it says so.</p>"
        f'<p class="otr-draws">Draws on {_extent(documents)}</p></header>'
    )


def story_title(documents: Mapping[str, Document]) -> str:
    """The title of the main story: the first article, or else the first document."""
    listed = list(documents.values())
    articles = [document for document in listed if document.kind == "article"]
    return next((document.title for document in articles or listed), "No documents yet")


def question(text: str) -> str:
    """A reader's question, cut where it is far too long to show."""
    shown = text if len(text) <= QUESTION else f"{text[:QUESTION]} … ({len(text):,} characters)"
    return f'<div class="otr-question">{foreign(shown)}</div>'


def working(turn: int, claims: Sequence[Claim]) -> str:
    """An answer on its way: the claims verified so far."""
    waiting = "" if claims else f'<p class="otr-working">{escape(WORKING)}</p>'
    return f'<div class="otr-answer">{_claims(turn, claims)}{waiting}</div>'


def answer(turn: int, value: Answer) -> str:
    """A whole answer, its citation marks linked to the sources of the same turn."""
    asked = value.standalone.strip() != value.question.strip()
    as_asked = f'<p class="otr-as">Answered as: {foreign(value.standalone)}</p>' if asked else ""
    if value.status == NOT_IN_DOCUMENTS:
        body, kind = _refusal(turn, value.nearest), "otr-answer otr-refused"
    else:
        lead = f'<p class="otr-lead">{escape(value.lead)}</p>' if value.lead else ""
        body, kind = lead + _claims(turn, value.claims), "otr-answer"
    return f'<div class="{kind}">{as_asked}{body}{_foot(value)}</div>'


def notice(text: str) -> str:
    """Something the reader should know that is not an answer."""
    return f'<div class="otr-notice" role="status"><p>{foreign(text)}</p></div>'


def sources(turn: int, asked: str, citations: Iterable[Citation], documents: Mapping[str, Document], near: bool) -> str:
    """The numbered sources of one turn; `near` when they are only the nearest the documents come to an answer."""
    items = "".join(_source(turn, citation, documents.get(citation.document_id)) for citation in citations)
    if not items:
        return ""
    shown = asked if len(asked) <= 120 else f"{asked[:120]} …"
    label = '<span class="otr-near">Nearest, not an answer</span> ' if near else ""
    return f"<summary>{label}{foreign(shown)}</summary><ol>{items}</ol>"


def panel(turns: Sequence[str]) -> str:
    """The Sources panel: the latest turn's sources open, those of earlier turns folded under it."""
    shown = [turn for turn in turns if turn]
    folded = [
        f'<details class="otr-turn"{" open" if latest else ""}>{turn}</details>'
        for latest, turn in ((index == len(shown) - 1, turn) for index, turn in enumerate(shown))
    ]
    body = "".join(reversed(folded)) or '<p class="otr-empty">The passages an answer quotes appear here.</p>'
    return f'<section class="otr-sources" aria-labelledby="otr-sources-h"><h2 id="otr-sources-h">Sources</h2>{body}</section>'


def _reference(match: re.Match[str]) -> str:
    code = ord(match.group())
    readable = code in (9, 10, 13) or 0x20 <= code < 0x7F
    return f"&#{code};" if readable else "\ufffd"


def _extent(documents: Mapping[str, Document]) -> str:
    count = f"{len(documents):,} document{'' if len(documents) == 1 else 's'}"
    dates = [document.as_of for document in documents.values() if document.as_of]
    return f"{count}, to {date(max(dates))}" if dates else count


def _claims(turn: int, claims: Sequence[Claim]) -> str:
    seen: set[int] = set()
    return "".join(_claim(turn, claim, seen) for claim in claims)


def _claim(turn: int, claim: Claim, seen: set[int]) -> str:
    numbers = list(dict.fromkeys(citation.number for citation in claim.citations))
    marks = "".join(_mark(turn, number, seen) for number in numbers)
    return f'<p class="otr-claim">{foreign(claim.text)}{marks}</p>'


def _mark(turn: int, number: int, seen: set[int]) -> str:
    """A citation mark; the first of its number is where the source links back to."""
    anchor = "" if number in seen else f' id="ref-{turn}-{number}"'
    seen.add(number)
    return (
        f'&#8288;<a class="otr-cite"{anchor} href="#src-{turn}-{number}" title="Source {number}">&#91;{number}&#93;</a>'
    )


def _refusal(turn: int, nearest: Sequence[Citation]) -> str:
    sentence = f'<p class="otr-refusal">{escape(REFUSAL)}</p>'
    if not nearest:
        return sentence
    seen: set[int] = set()
    items = "".join(f"<li>{foreign(near.quote)}{_mark(turn, near.number, seen)}</li>" for near in nearest)
    return f'{sentence}<p class="otr-nearest">Nearest in the documents:</p><ul>{items}</ul>'


def _foot(value: Answer) -> str:
    parts = [f"As of {date(value.as_of)}"] if value.as_of else []
    quoting = value.writer == "quoting"
    parts.append(
        QUOTING if quoting else f"Written by {foreign(value.writer)}; each claim checked against the documents"
    )
    return f'<p class="otr-foot">{" · ".join(parts)}</p>'


def _source(turn: int, citation: Citation, document: Document | None) -> str:
    before, quote, after = excerpt(document, citation)
    changed = (
        '<p class="otr-changed">The text has changed since it was cited.</p>' if _is_stale(document, citation) else ""
    )
    number = f"{turn}-{citation.number}"
    about = [foreign(citation.publisher)] if citation.publisher else []
    about += [escape(date(citation.published))] if citation.published else []
    about += [escape(f"evidence to {date(document.evidence_to)}")] if document and document.evidence_to else []
    about += [f"page {citation.page}"] if citation.page else []
    if url := safe_url(citation.url):
        link = f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">Read the original</a>'
        about.append(link)
    return (
        f'<li class="otr-source" id="src-{number}" tabindex="-1">'
        f'<p class="otr-title"><a class="otr-back" href="#ref-{number}" title="Back to the answer">{citation.number}</a> '
        f"{foreign(citation.title or citation.document_id)}</p>"
        f'<p class="otr-about">{" · ".join(about)}</p>{changed}'
        f'<blockquote><bdi dir="auto">{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}</bdi></blockquote></li>'
    )
