"""What is taken out of a file of any format: a text, and what it tells of itself."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from .errors import CorpusError

TYPES = "give Markdown, text, HTML, PDF, DOCX, EPUB, e-mail or a feed"


@dataclass(frozen=True, slots=True)
class Extracted:
    """A text as readers will see it cited; `pages` are the offsets at which its pages begin, if it has any."""

    text: str
    title: str = ""
    author: str = ""
    publisher: str = ""
    published: dt.date | None = None
    url: str = ""
    language: str = ""
    pages: tuple[int, ...] = ()


def day(value: Any) -> dt.date | None:
    """A date out of what files hold: a date, or text that begins with an ISO one (PDF's "D:20260102" too)."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    match = re.match(r"\s*(?:D:)?(\d{4})-?(\d\d)-?(\d\d)", str(value or ""))
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def language(tag: Any) -> str:
    """The language of a tag such as "en-GB", without its country."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*\Z)", str(tag or ""))
    return match.group(1).lower() if match else ""


def decoded(data: bytes) -> str:
    """The bytes as text; raises CorpusError where they are none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:65536]:
        raise CorpusError(f"it is of no type that can be read: {TYPES}.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(data).best()
        if best is None:
            raise CorpusError("its letters cannot be told (no known encoding): save it as UTF-8.") from None
        return str(best)
