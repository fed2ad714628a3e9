"""Numbers and dates of a claim against the words it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .cited import Cited
from .dates import dates
from .quantities import Quantity, quantities
from .types import Span
from .words import STOP_WORDS, stem

FIRST_YEAR = 1500  # what is read as a year, from here

LAST_YEAR = 2100


def check_numbers(claim: Cited) -> str | None:
    """Its numbers stand in the words cited, with their bounds and measures, and count the same things."""
    cited, own = quantities(claim.words), quantities(claim.text)
    years = _years(claim, cited)
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
        if _is_swapped(quantity, same, [q for q in cited if q.value != quantity.value]):
            return f"the number {shown} counts something else in the words cited"
    return None


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


def _is_swapped(mine: Quantity, same: Sequence[Quantity], others: Sequence[Quantity]) -> bool:
    """Whether another number of the words cited has more of the same around it."""
    near = max(len(mine.around & q.around) for q in same)
    return any(len(mine.around & q.around) > near for q in others)


def check_dates(claim: Cited) -> str | None:
    """Its dates stand in the words cited, or are those of the document."""
    cited = dates(claim.words)
    documents = [e.view.document for e in claim.evidence]
    published = [d.published for d in documents if d.published and d.evidence_to is None]
    for date in dates(claim.text):
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
        if date.day and sum((d.day, d.month) == day for d in dates(claim.text)) > sum(
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
    before = re.findall(r"\w+", re.split(r"[.;!?]\s|\n", text[: span.start])[-1])[-7:]
    after = re.findall(r"\w+", re.split(r"[.;!?]\s|\n|,", text[span.end :])[0])[:4]
    return frozenset(stem(w.lower()) for w in (*before, *after) if w.lower() not in STOP_WORDS and not w.isdigit())
