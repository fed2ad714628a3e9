"""Dates as newspapers write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import MONTHS, Date, dates
from assistant.types import Span


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("on 5 January 2026, NDTV said", [(2026, 1, 5)]),
        ("on January 5, 2026", [(2026, 1, 5)]),
        ("on Jan. 5", [(None, 1, 5)]),
        ("the 22nd of May", [(None, 5, 22)]),
        ("since September 2020", [(2020, 9, None)]),
        ("in May 2026 it may", [(2026, 5, None)]),
        ("fetched 2026-11-24", [(2026, 11, 24)]),
        ("by 2026 they may march 500 strong, 31 April", []),
        ("2 January 2026 and 9 January 2026", [(2026, 1, 2), (2026, 1, 9)]),
        ("a 25 mayor’s", []),
    ],
)
def test_a_date_is_read(text: str, wanted: list[tuple[int | None, int, int | None]]) -> None:
    assert [(date.year, date.month, date.day) for date in dates(text)] == wanted


@given(st.dates(dt.date(1500, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["{d} {m} {y}", "{m} {d}, {y}", "{i}"]))
def test_every_day_is_read_back(day: dt.date, form: str) -> None:
    text = form.format(d=day.day, m=MONTHS[day.month - 1].title(), y=day.year, i=day.isoformat())
    (found,) = dates(f"It was on {text}.")
    assert found.first == found.last == day
    assert found.holds(day) and found.span.of(f"It was on {text}.") == text


def test_what_one_leaves_out_the_other_may_say() -> None:
    may, day = Date(Span(0, 0), 5, 2026), Date(Span(0, 0), 5, None, 22)
    assert may.meets(day) and day.meets(may)
    assert not may.meets(Date(Span(0, 0), 5, 2025)) and not may.meets(Date(Span(0, 0), 6, 2026))
    assert (may.first, may.last, day.first) == (dt.date(2026, 5, 1), dt.date(2026, 5, 31), None)
