"""The running text of a PDF: lines to paragraphs, without page furniture, and where each page begins."""

from __future__ import annotations

import functools
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from . import resources
from .errors import CorpusError
from .markup import tidy

MOST_PAGES = 3000
EDGE = 2  # lines at either end of a page among which running headers and footers are sought
SHARE = 0.5  # of the pages a line has to stand on to be furniture
SHORT = 0.8  # of the usual width of a line, below which a line that ends a sentence ends its paragraph
GUTTER = 3  # blank characters between columns
ROWS = 4  # with text on both sides of a gutter, from which it is one
COLUMN = 24  # characters in the usual line of a column: what is narrower is a table's, whose rows belong together
_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.IGNORECASE)
_GAP = re.compile(rf"(?<=\S) {{{GUTTER},}}(?=\S)")
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
    pages = [_page(page) for page in reader.pages]
    if not any(pages):
        raise CorpusError("there is no text in it, only pictures of pages perhaps: run it through OCR first.")
    text, starts = flowing(without_furniture(pages))
    return text, starts, {"/Lang": reader.root_object.get("/Lang"), **(reader.metadata or {})}


def _page(page: Any) -> list[str]:
    """The lines of a page in the order in which they are read: column after column where it has columns.

    A file may draw them row by row, and text joined across a gutter would be nobody's.
    """
    try:
        laid_out = str(page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False))
    except Exception:  # it fails on fonts that plain extraction reads
        laid_out = ""
    rows = [row.expandtabs().rstrip() for row in laid_out.splitlines()]
    columns = in_columns([row for row in rows if row])
    return _lines("\n".join(columns) if columns else page.extract_text() or "")


def in_columns(rows: Sequence[str]) -> list[str] | None:
    """Rows as a page shows them, columns one under the other; None where there is one column alone."""
    gutter = _gutter(rows)
    if gutter is None:
        return None
    lines: list[str] = []
    left: list[str] = []
    right: list[str] = []
    for row in (*rows, None):
        if row is not None and not row[gutter : gutter + GUTTER].strip():
            left.append(row[:gutter].rstrip())
            right.append(row[gutter:])
            continue
        for column in (left, right):
            held = [line for line in column if line.strip()]
            lines += in_columns(held) or [line.strip() for line in held]
            column.clear()
        if row is not None:
            lines.append(row)
    return lines


def _gutter(rows: Sequence[str]) -> int | None:
    """Where a blank strip begins that most rows have text on both sides of, as wide as columns of prose."""
    gaps = [gap for row in rows for gap in _GAP.finditer(row)]
    often = Counter(place for gap in gaps for place in range(gap.start(), gap.end() - GUTTER + 1))
    for place, count in sorted(often.items(), key=lambda held: (-held[1], held[0])):
        if count < ROWS:
            break
        crossed = sum(bool(row[place : place + GUTTER].strip()) for row in rows)
        split = [(row[:place].strip(), row[place + GUTTER :].strip()) for row in rows if len(row) > place + GUTTER]
        sides = zip(*((left, right) for left, right in split if left and right), strict=True)
        if count > 3 * crossed and all(sorted(map(len, side))[len(side) // 2] >= COLUMN for side in sides):
            return place
    return None


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
    if re.search(r"\w-\Z", last) and re.match(r"\w", line):
        begun, rest = re.search(r"\w+-\Z", text), re.match(r"\w+", line)
        compound = not line[0].islower() or bool(begun and rest and _is_compound(begun[0], rest[0], known))
        return (text if compound else text[:-1]) + line
    if _ITEM.match(line) or (_ENDS.search(last) and len(last) < SHORT * width) or _is_heading(last, line, width):
        return f"{text}\n\n{line}"
    return f"{text} {line}"


def _is_compound(begun: str, rest: str, known: Counter[str]) -> bool:
    """Whether "well-" and "known" are one word with a hyphen: as the file writes it elsewhere, or as words are."""
    whole = begun[:-1] + rest
    if known[begun + rest] or known[whole]:
        return not known[whole] or known[begun + rest] > known[whole]
    words = _vocabulary()
    return whole.lower() not in words and begun[:-1].lower() in words and rest.lower() in words


@functools.cache
def _vocabulary() -> frozenset[str]:
    """The words that the encoder knows whole, without accents: some 20,000 of English."""
    file = resources.path("models/minilm/tokenizer.json")
    return frozenset(json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"])


def _is_heading(last: str, line: str, width: int) -> bool:
    """Whether a short line without an end stands over one that begins anew."""
    return len(last) < SHORT * width / 1.5 and last[-1:].isalnum() and line[:1].isupper()
