"""The evals' own parts: suites that can be mended, figures that count right."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Document
from evals import suites
from evals.metrics import Figures, Result, figures, is_found
from evals.suites import Case, SuiteError, load_suite

NAMES = sorted(path.stem for path in suites.SUITES.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_gold_words_stand_in_the_documents(name: str, tmp_path: Path) -> None:
    suite = load_suite(name)
    suite.lay_out(tmp_path)
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.md")]
    assert len({case.id for case in suite.cases}) == len(suite.cases)
    for case in suite.cases:
        for gold in case.gold:
            assert any(gold in text for text in texts), (case.id, gold)


@pytest.mark.parametrize("test", [name for name in NAMES if name.endswith("-test")])
def test_dev_and_test_ask_different_things(test: str) -> None:
    dev = {
        case.question.casefold()
        for name in NAMES
        if name.startswith(test.removesuffix("test") + "dev")
        for case in load_suite(name).cases
    }
    assert dev and not dev & {case.question.casefold() for case in load_suite(test).cases}


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (
            "{id: x1, category: who, question: q, expect: answr, gold: [a]}",
            "x1: expect is 'answr': write answer or abstain",
        ),
        ("{id: x1, category: who, question: q, expect: answer}", "x1: gold belongs to every case to be answered"),
        ("{id: x1, category: who, question: q, expect: abstain, golds: [a]}", "x1: golds: no such field. Known:"),
    ],
)
def test_a_typing_error_is_named(case: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.yaml").write_text(f"suite: mine\ndocuments: [a]\ncases:\n  - {case}\n", encoding="utf-8")
    monkeypatch.setattr(suites, "SUITES", tmp_path)
    with pytest.raises(SuiteError, match=r"mine\.yaml") as raised:
        load_suite("mine")
    assert told in str(raised.value)


def test_an_unknown_suite_names_the_known() -> None:
    with pytest.raises(SuiteError, match="article-dev"):
        load_suite("artcle-dev")


def _result(expect: str, status: str, found: bool) -> Result:
    case = Case("c", "who", "q", "answer" if expect == "answer" else "abstain", ("a",) if expect == "answer" else ())
    answered = status == "answered"
    answer = Answer("q", "q", "answered" if answered else "not_in_documents", "", (), (), (), (), None, "quoting")
    return Result(case, answer, found)


def test_figures_count_both_sides() -> None:
    results = [
        _result("answer", "answered", True),
        _result("answer", "answered", False),
        _result("answer", "refused", False),
        _result("abstain", "answered", False),
        _result("abstain", "refused", False),
    ]
    assert figures(results) == Figures(answerable=3, found=1, refused=1, unanswerable=2, answered=1)


def test_found_needs_the_words_cited(assistant: Assistant) -> None:
    answer = assistant.ask("Who made the note public?")
    gold = "The note itself was made public by Khalid’s partner, Banojyotsna Lahiri"
    case = Case("c", "who", answer.question, "answer", (gold,))
    documents: dict[str, Document] = dict(assistant.documents)
    assert is_found(case, answer, documents)
    assert not is_found(dataclasses.replace(case, gold=("Congress leader Bhai Jagtap dismissed",)), answer, documents)
    assert not is_found(case, dataclasses.replace(answer, claims=()), documents)
