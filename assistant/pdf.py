"""The running text of a PDF: lines to paragraphs, without page furniture, and where each page begins."""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import CorpusError
from .markup import tidy

MOST_PAGES = 3000
EDGE = 2  # lines at either end of a page among which running headers and footers are sought
SHARE = 0.5  # of the pages a line has to stand on to be furniture
SHORT = 0.8  # of the usual width of a line, below which a line that ends a sentence ends its paragraph
_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.IGNORECASE)
_ENDS = re.compile(r"[.!?:…][\"”’')\]]*\Z")
_ITEM = re.compile(r"(?:[•▪◦‣–-]|\d{1,3}[.)])\s")


def read_pdf(data: bytes) -> tuple[str, tuple[int, ...], Mapping[str, Any]]:
    """Text, the offset at which each page begins in it, and the file's own information.

    Raises CorpusError for one that is encrypted, too long or without text (a scan).
    """
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise CorpusError("it is encrypted: save it without a password.")
    if len(reader.pages) > MOST_PAGES:
        raise CorpusError(f"it has {len(reader.pages):,} pages, more than {MOST_PAGES:,}: split it.")
    pages = [_lines(page.extract_text() or "") for page in reader.pages]
    if not any(pages):
        raise CorpusError("there is no text in it, only pictures of pages perhaps: run it through OCR first.")
    text, starts = flowing(without_furniture(pages))
    return text, starts, dict(reader.metadata or {})


def _lines(page: str) -> list[str]:
    # A soft hyphen at a line's end is one that was printed.
    page = re.sub("\xad(?=\\s*$)", "-", page, flags=re.MULTILINE)
    lines = (" ".join(tidy(line).split()) for line in page.splitlines())
    return [line for line in lines if line]


def without_furniture(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages without page numbers, and without the lines that run along the top or foot of most of them."""
    held = [page for page in pages if page]
    # A line of full width that recurs is text: nothing of that may be lost.
    width = SHORT * max((len(line) for page in held for line in page), default=0)
    edges = [{_pattern(line) for line in (*page[:EDGE], *page[-EDGE:]) if len(line) < width} for page in held]
    often = Counter(line for lines in edges for line in lines)
    running = {line for line, count in often.items() if len(held) > 2 and count > SHARE * len(held)}
    cleared = []
    for page in pages:
        body = list(page)
        for end in (0, -1):
            while body and (_NUMBER.fullmatch(body[end]) or _pattern(body[end]) in running):
                body.pop(end)
        cleared.append(body)
    return cleared


def _pattern(line: str) -> str:
    """A line as it recurs: "12 The Daily" and "13 The Daily" are one."""
    return re.sub(r"\d+", "#", line)


def flowing(pages: Sequence[Sequence[str]]) -> tuple[str, tuple[int, ...]]:
    """Lines joined to paragraphs, over page ends too, hyphenation undone; and where each page begins."""
    known = Counter(word for page in pages for line in page for word in re.findall(r"[\w-]+", line))
    widths = sorted(len(line) for page in pages for line in page)
    width = widths[int(0.9 * (len(widths) - 1))] if widths else 0
    text, starts, last = "", [], ""
    for page in pages:
        begun = False
        for line in page:
            text = _joined(text, last, line, width, known)
            if not begun:
                starts.append(max(0, len(text) - len(line)))
                begun = True
            last = line
        if not begun:
            starts.append(len(text))
    # A page without text begins where the next one does, though a hyphen may have gone in between.
    return text, tuple(itertools.accumulate(reversed(starts), min))[::-1]


def _joined(text: str, last: str, line: str, width: int, known: Counter[str]) -> str:
    if not text:
        return line
    if re.search(r"\w-\Z", last) and line[:1].islower():
        begun, rest = re.search(r"\w+-\Z", text), re.match(r"\w+", line)
        # "well-" and "known" keep their hyphen where the file writes "well-known" within a line.
        compound = bool(begun and rest and known[begun.group() + rest.group()])
        return (text if compound else text[:-1]) + line
    if _ITEM.match(line) or (_ENDS.search(last) and len(last) < SHORT * width) or _is_heading(last, line, width):
        return f"{text}\n\n{line}"
    return f"{text} {line}"


def _is_heading(last: str, line: str, width: int) -> bool:
    """Whether a short line without an end stands over one that begins anew."""
    return len(last) < SHORT * width / 1.5 and last[-1:].isalnum() and line[:1].isupper()
