"""Quotation marks and what stands between them, in documents and in answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .types import Span

DOUBLE = '"“”„‟«»＂'
_OPENING = "“„‟«"
_CLOSING = "”»"
# An apostrophe has a letter or digit on its left, or stands for a cut beginning (’90s, ’em).
_SINGLE = re.compile(r"(?<![\w.,!?…;:)\]’'])(?P<open>[‘'])(?=[\w(\[…“\"])(?!\d0s\b|(?i:em|til|tis|twas|n)\b)")
_SINGLE_END = re.compile(r"(?<=[\w.,!?…;:)\]”\"])[’'](?!\w)")
BRACKETS = re.compile(r"\s*\[[^\[\]]*\]\s*")
_ELISION = re.compile(r"\s*(?:\.{3,}|…)\s*")
_SPELLING = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "}
)
_TURNS = re.compile(
    r"\b(?:no|not|nor|never|neither|none|nobody|nothing|without|cannot|hardly|unless|if|denied|denies|false)\b|n't\b|[.!?]\s",
    re.IGNORECASE,
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
            elif mark in _closing_marks(text[opened]) or not _may_open(text, place, start, end) or place + 1 == end:
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
    """The quotations in single marks (‘so’ or 'so'); apostrophes and possessives are none.

    One that runs on in the next paragraph, which then begins with ‘ again, ends with its own.
    """
    result = []
    place = 0
    while opening := _SINGLE.search(text, place):
        paragraph = _PARAGRAPH.search(text, opening.end())
        end = paragraph.start() if paragraph else len(text)
        place = opening.end()
        if closing := _closing(text, opening.end(), end):
            result.append(Quotation(Span(opening.start(), closing + 1), Span(opening.end(), closing)))
            place = closing + 1
        elif opening.group("open") == "‘" and paragraph and text[paragraph.end() :].lstrip(" \t").startswith("‘"):
            result.append(Quotation(Span(opening.start(), end), Span(opening.end(), end), closed=False))
            place = end
    return result


def outermost(text: str) -> list[Quotation]:
    """The quotations in marks of either kind that stand in no other, in order."""
    double, single = quotations(text), single_quotations(text)
    nested = [d for d in double if any(s.inner.holds(d.outer) for s in single)]
    if len(nested) < len(double):
        # Double marks come first here: single ones around them are no quotation but apostrophes.
        nested = []
    kept = [d for d in double if d not in nested]
    kept += [s for s in single if not any(d.outer.start < s.outer.end and s.outer.start < d.outer.end for d in kept)]
    return sorted(kept, key=lambda quote: quote.outer.start)


def _closing(text: str, start: int, end: int) -> int | None:
    """Where the single mark stands that ends a quotation: not that of "the boys’ club", if there is a later one."""
    found = None
    stop = _SINGLE.search(text, start, end)
    for match in _SINGLE_END.finditer(text, start, end):
        if stop and found is not None and match.start() > stop.start():
            break
        found = match.start()
        possessive = text[found - 1] == "s" and re.match(r"\s[a-z]", text[match.end() : match.end() + 2])
        if not possessive:
            break
    return found


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


def _closing_marks(opened: str) -> str:
    return "“”" if opened in "„‟" else _CLOSING


def _reopens(text: str, opened: int) -> bool:
    return text[opened] not in _OPENING


def stands_in(quoted: str, source: str) -> bool:
    """Whether `quoted`, parted at brackets and elisions, stands in `source` in order, word for word.

    What is left out between two parts may be no sentence end and no word that turns the sense round.
    """
    place, held = 0, normal(source)
    for part in re.split(r"\x00", _ELISION.sub("\x00", BRACKETS.sub("\x00", quoted))):
        words = normal(part).strip()
        if not words:
            continue
        found = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)").search(held, place)
        if not found or (place and _TURNS.search(_ELISION.sub(" ", BRACKETS.sub(" ", held[place : found.start()])))):
            return False
        place = found.end()
    return True


def normal(words: str) -> str:
    """One spelling of quotation marks, dashes and white space; letters stay as they are."""
    return " ".join(words.translate(_SPELLING).split())
