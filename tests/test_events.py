from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import article, document, splitter

from assistant.events import by_date, events
from assistant.passages import passages
from assistant.types import Document, Event, Span

FRIDAY = dt.date(2026, 1, 2)


def events_of(made: Document) -> tuple[Event, ...]:
    return events(made, [sentence for part in passages(made, splitter()) for sentence in part.sentences])


def dated(text: str, published: dt.date | None = FRIDAY, kind: str = "article") -> list[tuple[str, str, str]]:
    made = dataclasses.replace(document(text), published=published, kind=kind, publisher="The Hawk")
    return [(event.first.isoformat(), event.last.isoformat(), event.dated.of(text)) for event in events_of(made)]


def day(value: str, words: str) -> list[tuple[str, str, str]]:
    return [(value, value, words)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bell met Dow on 5 March 2025.", day("2025-03-05", "5 March 2025")),
        ("Bell met Dow on 30 December.", day("2025-12-30", "30 December")),
        ("Bell met Dow on 30 July.", []),
        ("Bell met Dow in early March 2025.", [("2025-03-01", "2025-03-31", "early March 2025")]),
        ("Bell met Dow in 2020.", [("2020-01-01", "2020-12-31", "2020")]),
        ("Bell was free from 20 to 30 March 2026.", [("2026-03-20", "2026-03-30", "20 to 30 March 2026")]),
        ("Bell met Dow on Friday.", day("2026-01-02", "Friday")),
        ("Bell met Dow on Monday.", day("2025-12-29", "Monday")),
        ("Bell will meet Dow on Monday.", []),
        ("Bell met Dow yesterday.", day("2026-01-01", "yesterday")),
        ("Bell met Dow three days ago.", day("2025-12-30", "three days ago")),
        ("Bell met Dow last month.", [("2025-12-01", "2025-12-31", "last month")]),
        ("Bell met Dow last week.", []),
        ("“I met Dow yesterday,” Bell said.", []),
        ("Bell met Dow on Friday 9 January 2026.", day("2026-01-09", "9 January 2026")),
        ("The letter of 30 December 2025 was read on 1 January 2026.", day("2026-01-01", "1 January 2026")),
        ("The letter of 30 December 2025 was long.", day("2025-12-30", "30 December 2025")),
        ("The Hawk reported on 2 January 2026 that Bell met Dow.", []),
        ("Bell met Dow on 1 January 2026, The Hawk reported on 2 January 2026.", day("2026-01-01", "1 January 2026")),
        ("Bell met Dow, according to The Hawk, carrying PTI, of 2 January 2026.", []),
        ("Bell met Dow, by reports of 2 January 2026.", []),
        ("As of 2 January 2026 nobody had met Dow.", []),
        ("Bell met Dow on 31 February 2025.", []),
    ],
)
def test_what_a_sentence_dates(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert dated(text) == expected


def test_nothing_is_read_against_a_day_that_is_not_known() -> None:
    assert dated("Bell met Dow on Friday.", None) == dated("Bell met Dow on 30 December.", None) == []
    assert dated("Bell met Dow on Friday.", kind="brief") == []


def test_the_events_of_the_article() -> None:
    text = article().document.text
    assert [(e.first.isoformat(), e.precision, e.dated.of(text)) for e in events_of(article().document)] == [
        ("2020-02-01", "month", "February 2020"),
        ("2026-01-02", "day", "Friday"),
    ]


PIECES = (
    "on Friday ", "yesterday ", "5 March 2025 ", "5 to 9 March ", "29 February ", "in 2020 ", "last month ", ". ", "“", "” ",
    "The Hawk reported ", "of ", "next year ", "0 days ago ", "\n\n", "- ", "early May 2024", "24 February and 25 February 2020 ",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join),
    st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
)
def test_spans_of_any_text(text: str, published: dt.date | None) -> None:
    made = dataclasses.replace(document(text), published=published, publisher="The Hawk")
    found = events_of(made)
    assert list(found) == sorted(found, key=by_date)
    for event in found:
        assert text[event.start : event.end] == event.text
        assert Span(event.start, event.end).holds(event.dated) and event.dated.of(text).strip()
        assert event.first <= event.last
        assert event.precision != "day" or (event.last - event.first).days < 31
