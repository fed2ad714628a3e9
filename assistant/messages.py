"""E-mail and the items of feeds to text."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from .errors import CorpusError
from .extracts import Extracted, decoded, language
from .markup import marked_up, tidy


def read_mail(data: bytes) -> list[Extracted]:
    """The text of a message; raises CorpusError where it has none."""
    import email
    import email.policy
    from email.utils import parseaddr

    message = email.message_from_bytes(data, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    if body is None:
        raise CorpusError("the message holds no text.")
    try:
        content = str(body.get_content())
    except LookupError:  # letters of a name that Python does not know
        content = decoded(bytes(body.get_payload(decode=True)))
    text = _fragment(content) if body.get_content_type() == "text/html" else tidy(content)
    name, address = parseaddr(str(message["From"] or ""))
    return [
        Extracted(
            text, tidy(str(message["Subject"] or "")), tidy(name or address), "", _sent(message["Date"]),
            language=language(message["Content-Language"]),
        )
    ]  # fmt: skip


def _sent(date: Any) -> dt.date | None:
    """The day in a message's own time; None where its date is none."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(str(date)).date() if date else None
    except ValueError:
        return None


def _fragment(words: str) -> str:
    """A piece of HTML as text."""
    from lxml import html

    return marked_up(html.document_fromstring(f"<div>{words}</div>")) if words.strip() else ""


def read_feed(data: bytes) -> list[Extracted]:
    """The items of an RSS or Atom feed, each a text of its own."""
    import feedparser

    feed = feedparser.parse(data)
    items = []
    for entry in feed.entries:
        parts = [part.get("value", "") for part in entry.get("content", [])] or [entry.get("summary", "")]
        words = "\n\n".join(filter(None, map(_fragment, parts)))
        told = entry.get("published_parsed") or entry.get("updated_parsed")
        place = next((at for at in (entry.get("link", ""), entry.get("id", "")) if _is_web(at)), "")
        items.append(
            Extracted(
                words, _fragment(entry.get("title", "")), tidy(entry.get("author", "")),
                _fragment(feed.feed.get("title", "")), dt.date(*told[:3]) if told else None, place,
                language(feed.feed.get("language")),
            )
        )  # fmt: skip
    return items


def _is_web(address: str) -> bool:
    try:
        return urlsplit(address).scheme in ("http", "https")
    except ValueError:
        return False
