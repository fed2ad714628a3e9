"""Numbers and dates of a claim against the words it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .cited import Cited
from .dates import MONTHS, Date, dates
from .quantities import Quantity, quantities
from .types import Span
from .words import STOP_WORDS, stem

FIRST_YEAR = 1500  # what is read as a year, from here

LAST_YEAR = 2100
_UNIVERSAL = ("all", "every", "each", "everyone", "everybody", "always", "only", "solely")
_COUNT = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_SHARE = re.compile(rf"\b(?P<part>{_COUNT}) of the (?P<whole>{_COUNT})\b")
YEAR = 4  # figures
_SHARED = re.compile(r"(?<![\w.,/-])(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?: (?:to|and|or|until|through) |\s?[-–—]\s?)\Z")
_YEARLY = re.compile(r"(?P<number>\d[\d,]*)(?: [a-z]\w*| UAPA){0,4}? in (?P<year>(?:19|20)\d\d)\b")


def check_numbers(claim: Cited) -> str | None:
    """Its numbers stand in the words cited, with their bounds and measures, and count the same things."""
    cited, own = _numbers(claim.words), _numbers(claim.text)
    years, kept_years = _years(claim, cited), _yearly(claim.words) & _yearly(claim.text)
    marks = set(re.findall(r"[^\s,;()“”\"]*\d[^\s,;()“”\"]*", claim.words))
    for quantity in own:
        same = [
            q for q in cited if q.value == quantity.value and (q.measure == quantity.measure or not quantity.measure)
        ]
        shown = claim.text[quantity.start : quantity.end]
        mark = _mark_at(claim.text, quantity)
        if not same and not quantity.measure and (quantity.value in years or mark in marks):
            continue
        if "/" in mark and mark not in marks:
            return f"{mark} is not in the words cited"
        if not same:
            if quantity.value == 2 and not shown.isdigit() and _enumerates(claim.words):
                continue  # "both": two that are named
            return f"the number {shown} is not in the words cited"
        if shown[0].isdigit() and sum(q.value == quantity.value for q in own) > sum(
            q.value == quantity.value for q in cited
        ):
            return f"the number {shown} is given more often than in the words cited"
        if not any(q.ordinal == quantity.ordinal for q in same):
            return f"the words cited count with {shown} otherwise"
        if not any(q.bound == quantity.bound for q in same) and not (
            quantity.bound == "" and all(q.ordinal for q in same)
        ):
            bound = same[0].bound or "exact"
            return f"the words cited have {shown} as {bound!r}, the claim has not"
        if not any(shown == number for number, _ in kept_years) and _is_swapped(
            quantity, same, [q for q in cited if q.value != quantity.value]
        ):
            return f"the number {shown} counts something else in the words cited"
    return _check_years(claim)


def _numbers(text: str) -> list[Quantity]:
    """The numbers of some words, those of days left out: "from 16 to 29 December"."""
    days = [date.span for date in _dates(text)]
    return [q for q in quantities(text) if not any(day.start <= q.start < day.end for day in days)]


def _dates(text: str) -> list[Date]:
    """The dates of some words, and the days that share their month with one: "16 to 29 December"."""
    found = dates(text)
    for date in list(found):
        before = _SHARED.search(text[: date.span.start])
        if date.day and before:
            found.append(Date(Span(*before.span("day")), date.month, date.year, int(before["day"])))
    return sorted(found, key=lambda date: date.span.start)


def _check_years(claim: Cited) -> str | None:
    """Numbers that the words cited give year by year keep their years."""
    theirs = _yearly(claim.words)
    for number, year in _yearly(claim.text):
        years = {y for n, y in theirs if n == number}
        if years and year not in years:
            return f"the number {number} is of another year in the words cited"
    return None


def _yearly(text: str) -> set[tuple[str, str]]:
    """The numbers that some words give for a year: "1,948 arrests in 2019"."""
    return {(match["number"], match["year"]) for match in _YEARLY.finditer(text)}


def _years(claim: Cited, cited: Sequence[Quantity]) -> set[float]:
    """Years that may stand alone in the claim: those that do so in the words cited, of its dates, or the document's."""
    if any(FIRST_YEAR <= q.value <= LAST_YEAR for q in cited):
        return set()
    if named := {float(d.year) for d in dates(claim.words) if d.year}:
        return named
    documents = [e.view.document for e in claim.evidence if e.view.document.evidence_to is None]
    return {float(d.published.year) for d in documents if d.published}


def _mark_at(text: str, quantity: Quantity) -> str:
    """The number with what it is grown together with ("101/2020", "43D"); "" for one that stands alone."""
    found = (m for m in re.finditer(r"[^\s,;()“”\"]+", text) if m.start() <= quantity.start < m.end())
    mark = next((m.group() for m in found), "")
    return mark if len(mark.strip(".")) > quantity.end - quantity.start else ""


def _enumerates(words: str) -> bool:
    return bool(re.search(r"\band\b", words))


def _is_swapped(mine: Quantity, same: Sequence[Quantity], cited: Sequence[Quantity]) -> bool:
    """Whether another number of the words cited, a year beside years only, has more of the same around it."""
    if mine.counts and any(mine.counts == q.counts for q in same):
        return False
    others = [q for q in cited if q.value != mine.value and _is_year(q) == _is_year(mine)]
    near = max(len(mine.around & q.around) for q in same)
    return any(len(mine.around & q.around) > near for q in others)


def _is_year(quantity: Quantity) -> bool:
    return quantity.end - quantity.start == YEAR and FIRST_YEAR <= quantity.value <= LAST_YEAR and not quantity.measure


def check_shares(claim: Cited) -> str | None:
    """It says "all" and "only" where the words cited do, and not of five what they say of four of the five."""
    own = claim.statement.own.lower()
    for word in _UNIVERSAL:
        if re.search(rf"\b{word}\b(?! but\b)", own) and not re.search(rf"\b{word}\b(?! but\b)", claim.words.lower()):
            return f"{word!r} is not in the words cited"
    for match in _SHARE.finditer(claim.words.lower()):
        part, whole = match["part"], match["whole"]
        if re.search(rf"\b{whole}\b", own) and not re.search(rf"\b{part}\b", own):
            return f"the words cited say it of {part} of the {whole}"
    return None


def check_dates(claim: Cited) -> str | None:
    """Its dates stand in the words cited, or are those of the document."""
    cited = _dates(claim.words)
    documents = [e.view.document for e in claim.evidence]
    published = [d.published for d in documents if d.published and d.evidence_to is None]
    for date in _dates(claim.text):
        same = [
            d
            for d in cited
            if d.meets(date)
            and (date.day is None or d.day == date.day)
            and (not date.year or not d.year or d.year == date.year)
        ]
        if not same:
            if not cited and any(date.holds(day) for day in published):
                continue
            return f"the date {date} is not in the words cited"
        if (
            date.year
            and not any(d.year == date.year for d in same)
            and str(date.year) not in claim.words
            and not any(day.year == date.year for day in published)
        ):
            return f"the year {date.year} is not in the words cited"
        day = (date.day, date.month)
        if date.day and sum((d.day, d.month) == day for d in _dates(claim.text)) > sum(
            (d.day, d.month) == day for d in same
        ):
            return f"the date {date} is given more often than in the words cited"
        others = [d for d in cited if not d.meets(date)]
        mine = _near(claim.text, date.span)
        if others and max(len(mine & _near(claim.words, d.span)) for d in same) < max(
            len(mine & _near(claim.words, d.span)) for d in others
        ):
            return f"{date} is the date of something else in the words cited"
    return None


def _near(text: str, span: Span) -> frozenset[str]:
    """Stems of the words around a date, other dates among them apart."""
    before = [w for w in re.findall(r"\w+", re.split(r"[.;!?]\s|\n", text[: span.start])[-1].lower()) if _is_word(w)][
        -7:
    ]
    after = re.findall(r"\w+", re.split(r"[.;!?]\s|\n|,", text[span.end :].lower())[0])[:4]
    return frozenset(stem(w) for w in (*before, *after) if w not in STOP_WORDS and _is_word(w))


def _is_word(word: str) -> bool:
    return not word.isdigit() and word not in MONTHS
