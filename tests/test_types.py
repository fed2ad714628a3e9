from __future__ import annotations

import dataclasses
import datetime as dt
import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assistant
from assistant import Answer, Citation, Claim, Document, Span, Withheld, errors
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL

SPANS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ends: Span(min(ends), max(ends)))


@given(st.text(max_size=20), SPANS, SPANS)
def test_spans(text: str, one: Span, other: Span) -> None:
    assert one.of(text) == text[one.start : one.end]
    assert one.holds(one) and (one == other) == (one.holds(other) and other.holds(one))
    if one.holds(other):
        assert other.of(text) in one.of(text) or not other.of(text)


def test_nouns_are_frozen_and_compared_by_value() -> None:
    assert Span(1, 2) == Span(1, 2) and len({Span(1, 2), Span(1, 2)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        Span(1, 2).start = 3  # type: ignore[misc]  # that it may not is what is tested


def test_metadata_is_all_but_the_text() -> None:
    made = Document("id", "Title", "text", "v", published=dt.date(2026, 1, 2), sources=({"publisher": "P"},))
    metadata = json.loads(json.dumps(made.metadata()))
    assert (
        "text" not in metadata and metadata["published"] == "2026-01-02" and metadata["sources"] == [{"publisher": "P"}]
    )
    assert set(metadata) == {field.name for field in dataclasses.fields(Document)} - {"text"}
    assert Document("id", "Title", "text", "v").metadata()["published"] is None


CITATION = Citation(1, "d", "v", 0, 4, "text", "Title", "P", dt.date(2026, 1, 2), "u")


def test_an_answer_as_json_loses_nothing() -> None:
    claim = Claim("text", (CITATION,), "S", 0.5)
    made = Answer(
        "q?", "q?", ANSWERED, "text [1]", (claim,), (CITATION,), (), (Withheld("w", "r"),), dt.date(2026, 1, 2),
        "quoting", {"reading": 1.5}, {"tokens": 3},
    )  # fmt: skip
    plain = json.loads(json.dumps(made.to_dict()))
    assert set(plain) == {field.name for field in dataclasses.fields(Answer)}
    assert plain["as_of"] == "2026-01-02" and plain["timings"] == {"reading": 1.5} and plain["usage"] == {"tokens": 3}
    assert plain["withheld"] == [{"text": "w", "reason": "r"}]
    (cited,) = plain["citations"]
    assert Citation(**{**cited, "published": dt.date.fromisoformat(cited["published"])}) == CITATION
    assert plain["claims"] == [{"text": "text", "citations": [cited], "speaker": "S", "support": 0.5, "role": ""}]
    assert str(made) == made.text


def test_timings_take_no_part_in_comparison() -> None:
    made = Answer("q", "q", NOT_IN_DOCUMENTS, REFUSAL, (), (), (), (), None, "quoting", {"reading": 1.0})
    assert made == dataclasses.replace(made, timings={"reading": 2.0})
    assert made != dataclasses.replace(made, text="x")


def test_the_tree_of_errors_is_as_drawn() -> None:
    """The module's docstring names every error once, each below its base."""
    drawn = {
        name: depth for depth, name in re.findall(r"^( {4}[│├└─ ]*)([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    }
    kinds = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    assert set(drawn) == set(kinds)
    for name, kind in kinds.items():
        parents = [base.__name__ for base in kind.__mro__[1:] if base.__name__ in drawn]
        assert len(drawn[name]) == 4 + 4 * len(parents)
        assert not parents or parents[-1] == "OnTheRecordError"
        assert kind.__doc__


def test_all_errors_are_exported() -> None:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    assert kinds <= set(assistant.__all__)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_a_notebook_shows_an_answer_and_runs_nothing_of_it(text: str, quote: str, url: str) -> None:
    hostile = "<script>alert(1)</script>"
    cited = dataclasses.replace(CITATION, quote=quote + hostile, title=hostile, url=f"javascript:{url}")
    claim = Claim(text, (cited,))
    answer = Answer("?", "?", ANSWERED, f"{text}{hostile} [1]", (claim,), (cited,), (), (), None, "w", note=hostile)
    shown = answer._repr_html_()
    assert shown.count(html.escape(hostile)) == 4 and f"<mark>{html.escape(quote + hostile)}</mark>" in shown
    assert set(re.findall(r"<(\w+)", shown)) <= {"div", "p", "ul", "li", "mark"} and "javascript:" not in shown
    linked = dataclasses.replace(answer, citations=(dataclasses.replace(CITATION, url='https://x/"><b>'),))
    assert '<a href="https://x/&quot;&gt;&lt;b&gt;"' in linked._repr_html_()
