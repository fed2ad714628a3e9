"""Files of the usual formats to plain text with what they tell of themselves."""

from __future__ import annotations

import dataclasses
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from urllib.parse import unquote

from .errors import CorpusError, brief
from .extracts import TYPES, Extracted, day, decoded, language
from .markup import is_hidden, marked_up, tidy
from .messages import read_feed, read_mail

EXPANSION = 20  # how many times its own size, or the limit if that is more, an archive may unpack to
SUFFIXES = {
    ".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".pdf": "pdf", ".docx": "docx", ".epub": "epub", ".eml": "e-mail", ".rss": "feed",
    ".atom": "feed", ".xml": "feed",
}  # fmt: skip
"""The format that a file's name promises."""
_BINARY = {b"%PDF-": "pdf", b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "office"}
# No part may end in two ways: a file of comments alone would keep the pattern busy for ever.
_PROLOGUE = r"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+"
_HTML = re.compile(_PROLOGUE + r"<(?:!doctype html|html|head|body|article)\b", re.I | re.S)
_FEED = re.compile(_PROLOGUE + r"(?:<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?\s*+>\s*+)?+<(?:rss|feed|rdf:RDF)\b", re.I | re.S)
_TYPE = re.compile(r"\.[a-z][a-z0-9]{0,7}")  # the end of a name that promises a type, known here or not
_MAIL = re.compile(
    r"(?:(?:From|To|Date|Subject|Received|Return-Path|Message-ID|MIME-Version|Delivered-To):[^\n]*\n)", re.I
)


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
    promised = SUFFIXES.get(PurePosixPath(name).suffix.lower())
    with _refusing(promised or "a file"):
        kind = _kind(data, name, max_bytes)
    if promised and kind != promised and not (kind == "text" and promised == "markdown"):
        raise CorpusError(f"it is named as {promised}, but is {kind}: give it the right suffix, or the right file.")
    with _refusing(kind):
        found = _READERS[kind](data, url, max_bytes)
    if not any(re.search(r"\w", one.text) for one in found):
        raise CorpusError("there is no text in it.")
    return tuple(dataclasses.replace(one, url=one.url or url) for one in found if re.search(r"\w", one.text))


@contextmanager
def _refusing(kind: str) -> Iterator[None]:
    """Turns whatever a parser fails with into a reason: those of foreign files fail in every way there is."""
    try:
        yield
    except CorpusError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {brief(error)}"
        raise CorpusError(f"it cannot be read as {kind} ({told}): it may be damaged.") from error


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
    text = decoded(data)
    promised = SUFFIXES.get(PurePosixPath(name).suffix.lower(), "")
    if _FEED.match(text):
        return "feed"
    if _HTML.match(text):
        return "html"
    if promised in ("markdown", "text"):
        return promised
    if len(_MAIL.findall(text[:4000].split("\n\n")[0] + "\n")) >= 2:
        return "e-mail"
    if promised == "html" and re.search(r"</?\w", text):
        return "html"
    suffix = PurePosixPath(name).suffix.lower()
    if not promised and _TYPE.fullmatch(suffix):
        raise CorpusError(f"{suffix} is no type that is read: if it is prose, name it .txt; {TYPES}.")
    return "text"


def _archive(data: bytes, max_bytes: int) -> zipfile.ZipFile:
    """A zip archive that unpacks to no more than is sane: `zipfile` reads no more of a member than it declares."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    if sum(member.file_size for member in archive.infolist()) > max(max_bytes, EXPANSION * len(data)):
        raise CorpusError("it unpacks to more than the limit: raise `max_document_bytes` if you trust it.")
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise CorpusError("it is encrypted: save it without a password.")
    return archive


def _read_text(data: bytes, _url: str, _max_bytes: int) -> list[Extracted]:
    text = tidy(decoded(data))
    return [Extracted(text, title=_first_line(text))]


def _first_line(text: str) -> str:
    """The first line as a title, where it is a heading or as short as one."""
    line = text.lstrip().split("\n", 1)[0].strip()
    heading = line.lstrip("#").strip()
    return heading if heading and (line.startswith("#") or (len(line) <= 100 and line[-1:] not in ".,;:")) else ""


def _read_html(data: bytes, url: str, _max_bytes: int) -> list[Extracted]:
    import trafilatura

    tree = trafilatura.load_html(data)
    for element in [] if tree is None else [e for e in tree.iterdescendants() if is_hidden(e)]:
        element.drop_tree()
    page = None if tree is None else trafilatura.bare_extraction(
        tree, url=url or None, with_metadata=True, include_comments=False, include_formatting=False,
        # What a page does not say of its date is not guessed from the year in its footer.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )  # fmt: skip
    if tree is None or page is None or isinstance(page, dict):
        raise CorpusError("no main text was found in it: it may be a list of links, or made by scripts.")
    text = marked_up(page.body) if page.body is not None else page.text or ""
    return [
        Extracted(
            text, tidy(page.title or ""), tidy(page.author or ""), tidy(page.sitename or ""), day(page.date),
            url, language(tree.get("lang")),
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
            None if blank else day(known.created), "", language(known.language),
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
        files = {
            item.get("id"): posixpath.normpath(place.parent / unquote(item.get("href", "").partition("#")[0]))
            for item in package.xpath("//*[local-name()='item']")
            if "nav" not in (item.get("properties") or "").split()  # a list of the chapters
        }
        order = [files.get(ref.get("idref")) for ref in package.xpath("//*[local-name()='itemref']")]
        chapters = [
            marked_up(html.document_fromstring(archive.read(name), parser=html.HTMLParser(encoding="utf-8")))
            for name in order
            if name
        ]
    told = {
        name: package.xpath(f"string(//*[local-name()='{name}'])").strip()
        for name in ("title", "creator", "publisher", "date", "language")
    }
    text = tidy("\n\n".join(chapter for chapter in chapters if chapter))
    title, creator, publisher = (tidy(told[name]) for name in ("title", "creator", "publisher"))
    return [Extracted(text, title, creator, publisher, day(told["date"]), "", language(told["language"]))]


def _read_pdf(data: bytes, _url: str, _max_bytes: int) -> list[Extracted]:
    from .pdf import read_pdf

    text, pages, told = read_pdf(data)
    return [
        Extracted(
            text, tidy(str(told.get("/Title") or "")), tidy(str(told.get("/Author") or "")), "",
            day(told.get("/CreationDate")), language=language(told.get("/Lang")), pages=pages,
        )
    ]  # fmt: skip


_READERS: dict[str, Callable[[bytes, str, int], list[Extracted]]] = {
    "text": _read_text, "markdown": _read_text, "html": _read_html, "pdf": _read_pdf, "docx": _read_docx,
    "epub": _read_epub, "e-mail": lambda data, *_: read_mail(data), "feed": lambda data, *_: read_feed(data),
}  # fmt: skip
