"""Text from outside as HTML: escaped, so that it can only ever be text.

The chat reads a message as Markdown around HTML and `gr.HTML` reads its value as a template, so `escape` leaves
neither of them a character to work with: all ASCII punctuation becomes character references.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

_LIVE = re.compile("[\x00-\x1f!-/:-@\\[-`{-\x7f\ud800-\udfff]")


def escape(text: str) -> str:
    """`text` as HTML in which nothing is live: no tag, no Markdown, no template, no formula, no raw line end."""
    return _LIVE.sub(_reference, text)


def foreign(text: str) -> str:
    """Escaped text that keeps its direction to itself, so that an override in it cannot reorder the page."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'


def unseen(text: str) -> str:
    """Text for screen readers alone."""
    return f'<span class="otr-unseen">{escape(text)}</span>'


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


def outward(url: str, label: str) -> str:
    """A link out of the page, in a tab of its own; nothing where the address is no plain one."""
    if not (plain := safe_url(url)):
        return ""
    return f'<a href="{escape(plain)}" target="_blank" rel="noopener noreferrer">{escape(label)}</a>'


def cut(text: str, most: int) -> str:
    """`text` at its full length, or its beginning, up to the end of a word."""
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0] or text[:most]} …"


def _reference(match: re.Match[str]) -> str:
    code = ord(match.group())
    readable = code in (9, 10, 13) or 0x20 <= code < 0x7F
    return f"&#{code};" if readable else "\ufffd"
