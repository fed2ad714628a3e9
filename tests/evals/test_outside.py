"""The outside sets' readers and the checks of the checkers, on made-up sets of the same form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import meta, outside
from evals.__main__ import main
from evals.metrics.support import overlap
from evals.running import stale
from evals.suites import read_documents

NEWS = """Senator Mary Holt said "the bridge will never be finished on time" on Monday.

Governor Tom Pike said "nobody has ever asked the crews".
"""
BENCH = """source,summary,LLM,worst-label,best-label
A cat sat.,A cat sat.,m,Consistent,Consistent
A cat sat.,A dog ran.,m,Unwanted,Unwanted
A,B,m,Questionable,Benign
"""
YEAR = [{"text": "1931", "answer_start": 30}]
SALT = ["Salt is made from sea water .", "It is white ."]
CONTEXT = "The bridge at Lorne opened in 1931 after nine years of work."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a little of every set."""

    def write(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    squad = {"data": [{"title": "The_Bridge", "paragraphs": [{"context": CONTEXT, "qas": [
        {"id": "q1", "question": "When did the bridge at Lorne open?", "is_impossible": False, "answers": YEAR},
        {"id": "q2", "question": "Who closed the bridge at Lorne?", "is_impossible": True, "answers": []},
    ]}]}]}  # fmt: skip
    clap = {
        "id": "7",
        "input": "how is salt made",
        "passages": [{"title": "Salt", "sentences": SALT}],
    }
    write("squad2/dev.json", json.dumps(squad))
    write(
        "clapnq/dev_answerable.jsonl",
        json.dumps({**clap, "output": [{"selected_sentences": ["Salt is made from sea water ."]}]}) + "\n",
    )
    write(
        "clapnq/dev_unanswerable.jsonl",
        json.dumps({**clap, "id": "8", "input": "who sells salt", "output": [{}]}) + "\n",
    )
    told = [
        "Ann Lee",
        "Career",
        "What did she build?",
        "She built the bridge at Lorne in nine years.",
        "When did she retire?",
        "She retired from the office in 1950.",
    ]
    turns = [
        {"History": told[: 2 * n], "QuAC_dialog_id": "C", "Question": told[2 * n], "Question_no": n} for n in (1, 2)
    ]
    turns.append({"History": told, "QuAC_dialog_id": "C", "Question": "Why?", "Question_no": 3})
    write("canard/dev.json", json.dumps(turns))
    for split in ("dev", "test"):
        rows = [
            {
                "doc": f"The bridge {n} opened in May.",
                "summary": f"The bridge {n} {'opened' if n % 2 else 'burned'} in May.",
                "label": n % 2,
            }
            for n in range(8)
        ]
        write(f"summedits/{split}/a.jsonl", "\n".join(map(json.dumps, rows)) + "\n")
        claims = [
            {
                "label": "supported" if n % 2 else "partially_supported",
                "claim": r["summary"],
                "evidence": [r["doc"]],
                "meta": {"id": f"d{n}"},
            }
            for n, r in enumerate(rows)
        ]
        write(f"wice/claim_{split}.jsonl", "\n".join(map(json.dumps, claims)) + "\n")
    write(
        "faithbench/FaithBench.csv",
        BENCH,
    )
    write("polnear/test/text/a.txt", NEWS)
    notes = []
    for number, (source, words) in enumerate(
        (
            ("Senator Mary Holt", "the bridge will never be finished on time"),
            ("Governor Tom Pike", "nobody has ever asked the crews"),
        )
    ):
        start, at = NEWS.index(source), NEWS.index(f'"{words}"')
        notes += [
            f"E{number}\tAttribution:T{number}9 Content:T{number}1 Source:T{number}2",
            f"T{number}1\tContent {at} {at + len(words) + 2}\t{words}",
            f"T{number}2\tSource {start} {start + len(source)}\t{source}",
        ]
    write("polnear/test/attributions/a_x1.ann", "\n".join(notes) + "\n")
    return tmp_path


@pytest.mark.parametrize(("name", "answerable", "all_"), [("squad2", 1, 2), ("clapnq", 1, 2), ("canard", 1, 1)])
def test_an_outside_set_is_a_suite(name: str, answerable: int, all_: int, data: Path) -> None:
    suite = outside.suite(data, name, "dev", 0)
    suite.lay_out(data / "corpus")
    documents = read_documents(data / "corpus")
    assert [case.expect for case in suite.cases].count("answer") == answerable and len(suite.cases) == all_
    assert suite.name == f"{name}-dev" and not any(stale(case, documents) for case in suite.cases)
    assert len(outside.suite(data, name, "dev", 1).cases) == 1


def test_follow_ups_carry_their_history(data: Path) -> None:
    (case,) = outside.suite(data, "canard", "dev", 0).cases
    assert case.history == ("What did she build?",) and case.question == "When did she retire?"
    assert case.gold == ("She retired from the office in 1950.",)


def test_an_outside_suite_runs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "squad2", "--data", str(data), "--runs", str(data / "runs")]) == 0
    assert "squad2-dev: answer in the first 2 claims: 1/1" in capsys.readouterr().out


def test_thresholds_come_from_dev_and_figures_from_test(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meta, "checkers", lambda: {"word overlap": overlap, "always": lambda evidence, claim: 1.0})
    rows = {(row.set, row.checker): row for row in meta.claims(data, 0, pytest.fail)}
    assert rows["SummEdits", "word overlap"].accuracy == 1 and rows["WiCE", "word overlap"].accuracy == 1
    assert rows["SummEdits", "always"].accuracy == 0.5 and rows["SummEdits", "always"].items == 8
    held = rows["FaithBench", "word overlap"]
    assert held.items == 2 and held.threshold == rows["SummEdits", "word overlap"].threshold
    assert "| WiCE | word overlap | 8 | 100.0% |" in meta.table(list(rows.values()))


def test_quotations_and_speakers_are_checked(data: Path) -> None:
    rows = {(row.set, row.checker): row for row in meta.speech(data, 0, pytest.fail)}
    assert rows["PolNeAR, a word changed", "quote_exactness"].accuracy == 1
    assert rows["PolNeAR, another's name", "speaker_correctness"].accuracy == 1


def test_absent_sets_are_told_of(tmp_path: Path) -> None:
    told: list[str] = []
    assert list(meta.claims(tmp_path, 0, told.append)) == [] == list(meta.speech(tmp_path, 0, told.append))
    assert len(told) == 4 and all("is skipped: there is no folder" in message for message in told)
