"""Files of the usual formats to plain text with what they tell of themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from .errors import CorpusError
from .markup import marked_up, tidy

EXPANSION = 20  # how many times its own size, or the limit if that is more, an archive may unpack to
SUFFIXES = {
    ".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".pdf": "pdf", ".docx": "docx", ".epub": "epub", ".eml": "e-mail", ".rss": "feed",
    ".atom": "feed", ".xml": "feed",
}  # fmt: skip
"""The format that a file's name promises."""
_BINARY = {b"%PDF-": "pdf", b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "office"}
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|article)\b", re.I | re.S
)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)?<(?:rss|feed|rdf:RDF)\b",
    re.I | re.S,
)
_MAIL = re.compile(
    r"(?:(?:From|To|Date|Subject|Received|Return-Path|Message-ID|MIME-Version|Delivered-To):[^\n]*\n)", re.I
)


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


def extract(data: bytes, name: str, *, url: str = "", max_bytes: int) -> tuple[Extracted, ...]:
    """The texts of a file: one, or one for each item of a feed.

    `name` may promise a format by its suffix; what is inside decides, and has to keep the promise.
    Raises CorpusError with the reason: empty, too large, encrypted, without text, of a wrong or unknown type.
    """
    if not data.strip():
        raise CorpusError("it is empty.")
    if len(data) > max_bytes:
        raise CorpusError(
            f"{len(data):,} bytes, over the limit of {max_bytes:,}: raise `max_document_bytes` or split it."
        )
    kind, promised = _kind(data, name, max_bytes), SUFFIXES.get(PurePosixPath(name).suffix.lower())
    if promised and kind != promised and not (kind == "text" and promised == "markdown"):
        raise CorpusError(f"it is named as {promised}, but is {kind}: give it the right suffix, or the right file.")
    try:
        found = _READERS[kind](data, url, max_bytes)
    except CorpusError:
        raise
    except Exception as error:  # parsers of foreign files fail in every way there is
        raise CorpusError(
            f"it cannot be read as {kind} ({type(error).__name__}: {error}): it may be damaged."
        ) from error
    if not any(re.search(r"\w", one.text) for one in found):
        raise CorpusError("there is no text in it.")
    return tuple(dataclasses.replace(one, url=one.url or url) for one in found if re.search(r"\w", one.text))


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


def _kind(data: bytes, name: str, max_bytes: int) -> str:
    start = data.lstrip()[:1024]
    kind = next((kind for sign, kind in _BINARY.items() if start.startswith(sign)), "")
    if kind == "office":
        raise CorpusError("it is an old or an encrypted Office file: save it as DOCX without a password.")
    if kind == "zip":
        with _archive(data, max_bytes) as archive:
            names = set(archive.namelist())
        kind = "docx" if "word/document.xml" in names else "epub" if "META-INF/container.xml" in names else ""
        if not kind:
            raise CorpusError("it is an archive that is neither DOCX nor EPUB: unpack it and add what is inside.")
    if kind:
        return kind
    text = _decoded(data)
    promised = SUFFIXES.get(PurePosixPath(name).suffix.lower(), "")
    if _FEED.match(text):
        return "feed"
    if _HTML.match(text):
        return "html"
    if promised in ("markdown", "text"):
        return promised
    if len(_MAIL.findall(text[:4000].split("\n\n")[0] + "\n")) >= 2:
        return "e-mail"
    if promised == "html" and re.search(r"<\w+[^>]*>", text):
        return "html"
    return "text"


def _decoded(data: bytes) -> str:
    """The bytes as text; raises CorpusError where they are none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:65536]:
        raise CorpusError(
            "it is of no type that can be read: give Markdown, text, HTML, PDF, DOCX, EPUB, e-mail or a feed."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(data).best()
        if best is None:
            raise CorpusError("its letters cannot be told (no known encoding): save it as UTF-8.") from None
        return str(best)


def _archive(data: bytes, max_bytes: int) -> zipfile.ZipFile:
    """A zip archive that unpacks to no more than is sane: `zipfile` reads no more of a member than it declares."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    if sum(member.file_size for member in archive.infolist()) > max(max_bytes, EXPANSION * len(data)):
        raise CorpusError("it unpacks to more than the limit: raise `max_document_bytes` if you trust it.")
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise CorpusError("it is encrypted: save it without a password.")
    return archive


def _read_text(data: bytes, _url: str, _max_bytes: int) -> list[Extracted]:
    text = tidy(_decoded(data))
    return [Extracted(text, title=_first_line(text))]


def _first_line(text: str) -> str:
    """The first line as a title, where it is a heading or as short as one."""
    line = text.lstrip().split("\n", 1)[0].strip()
    heading = line.lstrip("#").strip()
    return heading if heading and (line.startswith("#") or (len(line) <= 100 and line[-1:] not in ".,;:")) else ""


def _read_html(data: bytes, url: str, _max_bytes: int) -> list[Extracted]:
    import trafilatura

    page = trafilatura.bare_extraction(
        data, url=url or None, with_metadata=True, include_comments=False, include_formatting=False
    )
    if page is None or isinstance(page, dict):
        raise CorpusError("no main text was found in it: it may be a list of links, or made by scripts.")
    text = marked_up(page.body) if page.body is not None else page.text or ""
    return [
        Extracted(
            text, tidy(page.title or ""), tidy(page.author or ""), tidy(page.sitename or ""), day(page.date),
            url, page.language or "",
        )
    ]  # fmt: skip


def _read_docx(data: bytes, _url: str, max_bytes: int) -> list[Extracted]:
    import docx
    from docx.table import Table

    _archive(data, max_bytes).close()
    document = docx.Document(io.BytesIO(data))
    parts = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = [dict.fromkeys(cell.text.strip() for cell in row.cells) for row in block.rows]
            parts += [" | ".join(filter(None, row)) for row in rows]
            continue
        style = (block.style.name if block.style is not None else "") or ""
        words = " ".join(block.text.split())
        level = int(style[-1]) if re.fullmatch(r"Heading [1-6]", style) else 1 if style == "Title" else 0
        parts.append(
            ("#" * level + " " if level else "- " if style.startswith("List") else "") + words if words else ""
        )
    known, text = document.core_properties, tidy("\n\n".join(part for part in parts if part))
    # What python-docx puts into a new file is its template's, no writer's.
    blank = known.author == "python-docx"
    return [
        Extracted(
            text, tidy(known.title or "") or _first_line(text), "" if blank else tidy(known.author or ""), "",
            None if blank else day(known.created), "", known.language or "",
        )
    ]  # fmt: skip


def _read_epub(data: bytes, _url: str, max_bytes: int) -> list[Extracted]:
    from lxml import etree, html

    safe = etree.XMLParser(resolve_entities=False, no_network=True)
    with _archive(data, max_bytes) as archive:
        if "META-INF/encryption.xml" in archive.namelist() and b"adobe" in archive.read("META-INF/encryption.xml"):
            raise CorpusError("it is encrypted (DRM): give a copy without.")
        container = etree.fromstring(archive.read("META-INF/container.xml"), safe)
        place = PurePosixPath(container.xpath("string(//@full-path)"))
        package = etree.fromstring(archive.read(str(place)), safe)
        files = {item.get("id"): item.get("href") for item in package.xpath("//*[local-name()='item']")}
        order = [files.get(ref.get("idref")) for ref in package.xpath("//*[local-name()='itemref']")]
        chapters = [
            marked_up(
                html.document_fromstring(
                    archive.read(str(place.parent / href)), parser=html.HTMLParser(encoding="utf-8")
                )
            )
            for href in order
            if href
        ]
    told = {
        name: package.xpath(f"string(//*[local-name()='{name}'])").strip()
        for name in ("title", "creator", "publisher", "date", "language")
    }
    text = tidy("\n\n".join(chapter for chapter in chapters if chapter))
    return [Extracted(text, told["title"], told["creator"], told["publisher"], day(told["date"]), "", told["language"])]


def _read_mail(data: bytes, _url: str, _max_bytes: int) -> list[Extracted]:
    import email
    import email.policy
    from email.utils import parseaddr, parsedate_to_datetime

    message = email.message_from_bytes(data, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    if body is None:
        raise CorpusError("the message holds no text.")
    content = body.get_content()
    if body.get_content_type() == "text/html":
        from lxml import html

        text = marked_up(html.document_fromstring(content))
    else:
        text = tidy(content)
    name, address = parseaddr(str(message["From"] or ""))
    sent = parsedate_to_datetime(str(message["Date"])).date() if message["Date"] else None
    return [Extracted(text, tidy(str(message["Subject"] or "")), tidy(name or address), "", sent)]


def _read_feed(data: bytes, _url: str, _max_bytes: int) -> list[Extracted]:
    import feedparser
    from lxml import html

    feed = feedparser.parse(data)
    items = []
    for entry in feed.entries:
        parts = [part.get("value", "") for part in entry.get("content", [])] or [entry.get("summary", "")]
        words = "\n\n".join(marked_up(html.document_fromstring(f"<div>{part}</div>")) for part in parts if part.strip())
        told = entry.get("published_parsed") or entry.get("updated_parsed")
        items.append(
            Extracted(
                words, tidy(entry.get("title", "")), tidy(entry.get("author", "")), tidy(feed.feed.get("title", "")),
                dt.date(*told[:3]) if told else None, entry.get("link", "") or entry.get("id", ""),
                feed.feed.get("language", ""),
            )
        )  # fmt: skip
    return items


def _read_pdf(data: bytes, _url: str, _max_bytes: int) -> list[Extracted]:
    from .pdf import read_pdf

    text, pages, told = read_pdf(data)
    return [
        Extracted(
            text, tidy(str(told.get("/Title") or "")), tidy(str(told.get("/Author") or "")), "",
            day(told.get("/CreationDate")), pages=pages,
        )
    ]  # fmt: skip


_READERS: dict[str, Callable[[bytes, str, int], list[Extracted]]] = {
    "text": _read_text, "markdown": _read_text, "html": _read_html, "pdf": _read_pdf, "docx": _read_docx,
    "epub": _read_epub, "e-mail": _read_mail, "feed": _read_feed,
}  # fmt: skip
