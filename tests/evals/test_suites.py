"""Suites that can be read, extended and mended without code."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant import Filter
from evals import suites
from evals.running import stale
from evals.suites import Case, Suite, SuiteError, known_suites, load_suite, read_documents


@pytest.mark.parametrize("name", known_suites())
def test_gold_words_stand_in_the_documents(name: str, tmp_path: Path) -> None:
    suite = load_suite(name)
    suite.lay_out(tmp_path)
    documents = read_documents(tmp_path)
    assert not {case.id: gone for case in suite.cases if (gone := stale(case, documents))}
    filtered = {identity for case in suite.cases for identity in case.filters.documents}
    assert filtered <= set(documents)


@pytest.mark.parametrize("test", [name for name in known_suites() if name.endswith("-test")])
def test_dev_and_test_ask_different_things(test: str) -> None:
    dev = {
        case.question.casefold()
        for name in known_suites()
        if name.startswith(test.removesuffix("test") + "dev")
        for case in load_suite(name).cases
    }
    assert dev and not dev & {case.question.casefold() for case in load_suite(test).cases}


GOOD = """suite: mine
corpus: tiny
cases:
  - id: m1
    category: who
    question: "Who?"
    history: ["What?"]
    filters: {documents: [harbour-row], after: 2026-01-01}
    expect: sides
    facts: [["25 minutes", "twenty-five minutes"], "half an hour"]
    gold: "words"
    gold_all: [["one", "other"], "third"]
    speakers: [Ada Quill]
    forbidden: [convict]
    same_as: m2
    tags: [a]
    note: why
  - {id: m2, category: what, question: q, expect: abstain}
"""


def written(text: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Suite:
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(suites, "SUITES", folder)
    return load_suite("mine")


@pytest.mark.usefixtures("tiny")
def test_every_field_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = written(GOOD, monkeypatch, tmp_path).cases[0]
    assert case == Case(
        "m1", "who", "Who?", "sides", ("words",), "why", ("What?",),
        Filter(("harbour-row",), after=dt.date(2026, 1, 1)), (("25 minutes", "twenty-five minutes"), ("half an hour",)),
        (("one", "other"), ("third",)), ("Ada Quill",), ("convict",), "m2", ("a",),
    )  # fmt: skip
    assert case.wanted == (("words",), ("one", "other"), ("third",))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "expect: sides",
            "expect: answr",
            "line 9, case m1: expect is 'answr': write answer, abstain, correct or sides. Did you mean",
        ),
        ("note: why", "notes: why", "line 17, case m1: notes: no such field. Did you mean note? Known:"),
        ("expect: abstain}", "expect: abstain, gold: [a]}", "line 18, case m2: gold and facts belong to no case with"),
        ("expect: abstain}", "expect: answer}", "line 18, case m2: gold belongs to every case to be answered"),
        ("speakers: [Ada Quill]", "speakers: [12]", "line 13, case m1: speakers holds 12, which is no text"),
        ('gold_all: [["one", "other"], "third"]', "gold_all: [[]]", "line 12, case m1: gold_all holds []"),
        ("id: m1", "id: m2", "line 18, case m2: the id is that of the case on line 4 too"),
        ("same_as: m2", "same_as: m3", "line 4, case m1: same_as is 'm3', and no case here has that id"),
        ("2026-01-01", "soon", "line 8, case m1, filters: after is 'soon': write a day as 2026-01-31."),
        (
            "documents: [harbour-row]",
            "document: [harbour-row]",
            "filters: document: no such field. Did you mean documents?",
        ),
        ('question: "Who?"', 'question: "Who?', "line 7: not YAML"),
        (
            'question: "Who?"',
            "question: 7",
            'question is 7, which is no text: put the words between quotation marks, as in `question: "7"`',
        ),
        ('question: "Who?"\n', "category: x\n", "line 6: category stands twice"),
        ("corpus: tiny", "corpus: tinny", "line 2: there is no corpus tinny. Known: story, tiny."),
        ("corpus: tiny\n", "", "line 1: write either `corpus: story`"),
        ("suite: mine", "suite: yours", "line 1: suite is 'yours', the file mine.yaml"),
        (
            "  - {id: m2, category: what, question: q, expect: abstain}",
            "  - just words",
            "line 3: case 2 of cases is no mapping",
        ),
        ("id: m1", "id: 007", "line 4, case 7: id is 7, which is no text"),
    ],
)
@pytest.mark.usefixtures("tiny")
def test_a_typing_error_is_named_with_its_line_and_remedy(
    old: str, new: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SuiteError) as raised:
        written(GOOD.replace(old, new), monkeypatch, tmp_path)
    assert str(raised.value).startswith("mine.yaml")
    assert told in str(raised.value)


def test_an_unknown_suite_names_the_known() -> None:
    with pytest.raises(SuiteError, match="article-dev"):
        load_suite("artcle-dev")


HALVES = ["dev", "dev", "test", "test", "dev", "test"]


def test_halves_follow_the_name_or_the_id() -> None:
    cases = tuple(Case(f"c{n}", "who", "q", "abstain") for n in range(100))
    mixed = Suite("story", (), cases, "story")
    dev, test = mixed.half("dev"), mixed.half("test")
    assert len(dev) + len(test) == 100 and 35 < len(dev) < 65
    assert Suite("x-dev-3", (), cases).half("test") == () == Suite("x-test", (), cases).half("dev")
    # The rule is fixed: a case never changes its half.
    assert [mixed.split_of(case) for case in cases[:6]] == HALVES
