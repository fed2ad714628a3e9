"""Runs: the same from time to time, gone on with when killed, compared with what chance explains."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import cast

import pytest
from evals_fakes import SUITE, Faulty

from assistant import Answer, Assistant
from evals import suites
from evals.comparing import compare
from evals.gating import faults, read_gate
from evals.metrics import Score
from evals.records import Record, answer_from
from evals.running import Plan, run
from evals.runs import RunError, read_run
from evals.schema import SuiteError
from evals.suites import Suite, load_suite
from evals.summary import cost, figures, latency, line

ROOT = Path(__file__).resolve().parents[2]


def plan(assistant: Assistant, suite: Suite, root: Path, jobs: int = 2) -> Plan:
    return Plan((suite,), root, jobs=jobs, opener=lambda _: cast(Assistant, Faulty(assistant)))


def test_two_runs_are_the_same_byte_for_byte(tiny: Suite, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(Plan((tiny,), tmp_path, jobs=4), name)
    assert (tmp_path / "one" / "results.jsonl").read_bytes() == (tmp_path / "two" / "results.jsonl").read_bytes()
    one, two = (json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8")) for name in ("one", "two"))
    # Whoever edits the README while this runs changes nothing else.
    assert {**one, "changed": 0, "commit": 0} == {**two, "changed": 0, "commit": 0}


def test_a_run_goes_on_where_it_stopped(tiny: Suite, harbour: Assistant, tmp_path: Path) -> None:
    whole = run(plan(harbour, tiny, tmp_path), "whole")
    results = (tmp_path / "whole" / "results.jsonl").read_text(encoding="utf-8")
    half = tmp_path / "half"
    half.mkdir()
    (half / "manifest.json").write_bytes((tmp_path / "whole" / "manifest.json").read_bytes())
    # Five lines, and one that was being written.
    (half / "results.jsonl").write_text(results[: results.index('"id": "t06"')], encoding="utf-8")
    assert not read_run_without_tail(half)
    asked: list[str] = []

    def note(answer: Answer) -> Answer:
        asked.append(answer.question)
        return answer

    plan_ = dataclasses.replace(
        plan(harbour, tiny, tmp_path, 1), opener=lambda _: cast(Assistant, Faulty(harbour, note))
    )
    resumed = run(plan_, "half")
    assert (half / "results.jsonl").read_text(encoding="utf-8") == results
    assert resumed.finished and resumed.records == whole.records
    assert tiny.cases[0].question not in asked and tiny.cases[-1].question in asked


def read_run_without_tail(folder: Path) -> bool:
    return (folder / "results.jsonl").read_text(encoding="utf-8").endswith("\n")


def test_a_killed_run_resumes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evals", "run", "other-dev", "--runs", str(tmp_path), "--name", "k", "--jobs", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    results = tmp_path / "k" / "results.jsonl"
    while process.poll() is None and not (results.is_file() and results.stat().st_size):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = results.read_bytes()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = read_run("k", tmp_path)
    whole = before[: before.rfind(b"\n") + 1]
    assert results.read_bytes().startswith(whole) and after.finished
    assert [record.id for record in after.records] == [case.id for case in load_suite("other-dev").cases]


def test_a_run_of_something_else_is_not_gone_on_with(tiny: Suite, harbour: Assistant, tmp_path: Path) -> None:
    run(plan(harbour, tiny, tmp_path), "one")
    other = dataclasses.replace(plan(harbour, tiny, tmp_path), split="dev")
    with pytest.raises(RunError, match=r"begun with other cases, split: give the new one another --name"):
        run(other, "one")
    with pytest.raises(RunError, match=r"no run nine .* Known: one"):
        read_run("nine", tmp_path)


def test_lost_gold_words_are_stale_not_failed(
    tiny: Suite, harbour: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SUITE.replace('gold: ["We have waited nine years for this wall"]', 'gold: ["We have waited ten years"]')
    (tmp_path / "tiny.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(suites, "SUITES", tmp_path)
    done = run(plan(harbour, load_suite("tiny"), tmp_path / "runs"), "one")
    gone = next(record for record in done.records if record.id == "t03")
    assert gone.state == "stale" and "We have waited ten years" in gone.error and not gone.failures
    assert "stale (gold words gone): 1" in line("tiny", done.records)
    assert figures(done.records)["found"].count == 12


def test_an_answer_survives_its_line(tiny: Suite, harbour: Assistant, tmp_path: Path) -> None:
    done = run(plan(harbour, tiny, tmp_path), "one")
    record = done.records[0]
    assert answer_from(record.answer) == harbour.ask(tiny.cases[0].question)
    assert Record.from_line(record.line()) == record
    assert set(latency(done.records)) == {"p50", "p95"} and cost(done.records, 1, 1) == 0


def refuse_some(answer: Answer) -> Answer:
    from test_mutations import refused

    return refused(answer) if "say" in answer.question else answer


def test_a_comparison_names_what_broke(tiny: Suite, harbour: Assistant, tmp_path: Path) -> None:
    before = run(plan(harbour, tiny, tmp_path), "before")
    worse = dataclasses.replace(
        plan(harbour, tiny, tmp_path), opener=lambda _: cast(Assistant, Faulty(harbour, refuse_some))
    )
    after = run(worse, "after")
    compared = compare(before, after)
    assert {record.id for record in compared.broke} == {"t02", "t03", "t07", "t13", "t15", "t16"}
    assert not compared.fixed and compared.p == pytest.approx(2 / 64) and "more than chance" in compared.verdict
    changed = {d.metric: d for d in compared.differences}
    assert changed["false_refusal"].bad and changed["found"].bad and not changed["false_answer"].sure
    assert compare(before, before).verdict.startswith("No case passes in one run")


def test_a_changed_case_is_no_pair(tiny: Suite, harbour: Assistant, tmp_path: Path) -> None:
    before = run(plan(harbour, tiny, tmp_path), "before")
    records = tuple(
        dataclasses.replace(r, case={**r.case, "question": "another"}) if r.id == "t01" else r for r in before.records
    )
    compared = compare(before, dataclasses.replace(before, records=records))
    assert (compared.paired, compared.only_before, compared.only_after) == (15 + 1, 1, 1)


GATE = """suites = ["tiny"]
[thresholds.tiny]
found = {min = 0.9}
[known]
quote_exactness = ["tiny/t03"]
"""


def test_the_gate_reads_its_file_and_knows_the_known(tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(GATE, encoding="utf-8")
    gate = read_gate(path)
    bad = Record(
        "tiny",
        "t03",
        "dev",
        "scored",
        {"category": "who"},
        scores={"quote_exactness": Score(0, "why"), "found": Score(1)},
    )
    assert faults(gate, [bad]) == []
    new = dataclasses.replace(bad, id="t04")
    assert faults(gate, [bad, new]) == ["tiny/t04: quote_exactness: why"]
    low = dataclasses.replace(bad, scores={"found": Score(0)})
    assert faults(gate, [low]) == ["tiny: found is 0.000, min is 0.9"]
    failed = dataclasses.replace(bad, state="error", error="IndexBusy: wait")
    assert "tiny/t03: error: IndexBusy: wait" in faults(gate, [failed, new])
    with pytest.raises(RunError, match="has no suite tiny"):
        faults(gate, [])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("found =", "fuond =", "there is no metric fuond"),
        ("{min = 0.9}", "0.9", "write {min = 0.85}"),
        ("[known]", "[knwon]", "knwon: known are suites"),
        ('suites = ["tiny"]', 'suites = ["big"]', "thresholds for tiny, which is not among the suites"),
        ("[known]", "[known", "mend the file"),
    ],
)
def test_a_typing_error_in_the_gate_is_named(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(GATE.replace(old, new), encoding="utf-8")
    with pytest.raises(SuiteError) as raised:
        read_gate(path)
    assert told in str(raised.value)


def test_the_gate_that_ships_can_be_read() -> None:
    gate = read_gate()
    assert gate.suites and json.dumps(gate.thresholds)
