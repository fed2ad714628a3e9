"""Quotation marks and what stands between them, in documents and in answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .types import Span

DOUBLE = "\"“”„‟«»＂"
_OPENING = "“„‟«"
_CLOSING = "”»"
# An apostrophe has a letter or digit on its left, or stands for a cut beginning (’90s, ’em).
_SINGLE = re.compile(r"(?<![\w.,!?…;:)\]’'])(?P<open>[‘'])(?=[\w(\[…“\"])(?!\d0s\b|em\b|til\b|n\b)")
_SINGLE_END = re.compile(r"(?<=[\w.,!?…;:)\]”\"])[’'](?!\w)")
BRACKETS = re.compile(r"\s*\[[^\[\]]*\]\s*")
_ELISION = re.compile(r"\s*(?:\.{3,}|…)\s*")
_SPELLING = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "}
)
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation: `outer` has the marks, `inner` has not; `closed` is False where the end mark is missing."""

    outer: Span
    inner: Span
    closed: bool = True


def quotations(text: str) -> list[Quotation]:
    """The quotations in double marks (straight, curly, mixed, guillemets), in order, not nested ones.

    A mark opens after a space or an opening bracket, and closes after anything else. A quotation
    ends at the latest with its paragraph.
    """
    result: list[Quotation] = []
    for start, end in _paragraphs(text):
        opened = -1
        for place in range(start, end):
            mark = text[place]
            if mark not in DOUBLE:
                continue
            if opened < 0:
                if _may_open(text, place, start, end):
                    opened = place
            elif mark in _CLOSING or not _may_open(text, place, start, end) or place + 1 == end:
                result.append(Quotation(Span(opened, place + 1), Span(opened + 1, place)))
                opened = -1
            elif mark in _OPENING or _reopens(text, opened):
                # A second opening: the first was never closed.
                result.append(Quotation(Span(opened, place), Span(opened + 1, place), closed=False))
                opened = place
        if opened >= 0:
            result.append(Quotation(Span(opened, end), Span(opened + 1, end), closed=False))
    return result


def single_quotations(text: str) -> list[Quotation]:
    """The quotations in single marks (‘so’ or 'so'); apostrophes and possessives are none."""
    result = []
    place = 0
    while opening := _SINGLE.search(text, place):
        paragraph = _PARAGRAPH.search(text, opening.end())
        closing = _SINGLE_END.search(text, opening.end(), paragraph.start() if paragraph else len(text))
        place = opening.end()
        if closing:
            result.append(Quotation(Span(opening.start(), closing.end()), Span(opening.end(), closing.start())))
            place = closing.end()
    return result


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _PARAGRAPH.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text.rstrip())


def _may_open(text: str, place: int, start: int, end: int) -> bool:
    if text[place] in _CLOSING:
        return False
    before = text[place - 1] if place > start else " "
    after = text[place + 1] if place + 1 < end else " "
    opens_after = before.isspace() or before in "([{—–-/‘'" or before in _OPENING
    return (opens_after and not after.isspace()) or (text[place] in _OPENING and not after.isspace())


def _reopens(text: str, opened: int) -> bool:
    return text[opened] not in _OPENING


def stands_in(quoted: str, source: str) -> bool:
    """Whether `quoted`, parted at brackets and elisions, stands in `source` in order, word for word."""
    place, held = 0, normal(source)
    for part in re.split(r"\x00", _ELISION.sub("\x00", BRACKETS.sub("\x00", quoted))):
        words = normal(part).strip()
        if not words:
            continue
        found = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)").search(held, place)
        if not found:
            return False
        place = found.end()
    return True


def normal(words: str) -> str:
    """One spelling of quotation marks, dashes and white space; letters stay as they are."""
    return " ".join(words.translate(_SPELLING).split())
