"""What the commands of `python -m evals` do; each takes the parsed options and returns an exit code."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from assistant import Assistant, Settings

from . import drafts, outside, suites
from .agreement import agreements
from .attributions import agreement, labels
from .comparing import compare
from .gating import faults, read_gate
from .markdown import comparison
from .records import Record
from .report import META, write
from .running import Plan, run
from .runs import Run, next_name, read_run
from .suites import Suite, known_suites, load_suite
from .summary import by, line


def everything(options: argparse.Namespace) -> int:
    """Run all suites, write the report beside the run, check the gate on it."""
    made = _made(options, [load_suite(name) for name in known_suites()])
    _print_lines(made.records)
    for name in outside.NAMES:
        with contextlib.suppress(outside.DataMissing):
            outside.folder(options.data, name)
            print(f"{name} is at hand: `python -m evals run {name} --data {options.data}` measures it.")
    print(f"report: {write(made)}")
    asked = read_gate()
    if asked.split not in (None, options.split) and options.split is not None:
        return 0
    return _told(faults(asked, made.records), len(made.records))


def run_suites(options: argparse.Namespace) -> int:
    """Run the named suites and print a line of figures for each."""
    chosen = []
    for name in options.suite or known_suites():
        if name not in outside.NAMES:
            chosen.append(load_suite(name))
            continue
        try:
            chosen.append(outside.suite(options.data, name, options.split or "dev", options.limit))
        except outside.DataMissing as error:
            print(error)
    if not chosen:
        return 0
    made = _made(options, chosen)
    if options.failures:
        _print_failures(made.records)
    _print_lines(made.records)
    return 0


def check_gate(options: argparse.Namespace) -> int:
    """Run the gate's suites, or take a run that is there, and say what does not pass."""
    asked = read_gate()
    begun = time.perf_counter()
    options.split = asked.split
    held = (
        read_run(options.run, options.runs)
        if options.run
        else _made(options, [load_suite(name) for name in asked.suites])
    )
    _print_lines([record for record in held.records if record.suite in asked.suites])
    print(f"gate: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return _told(faults(asked, held.records), len(held.records))


def write_report(options: argparse.Namespace) -> int:
    """Write a run as HTML and Markdown into its folder."""
    made = read_run(options.run, options.runs)
    compared = compare(read_run(options.against, options.runs), made) if options.against else None
    print(write(made, compared))
    return 0


def compare_runs(options: argparse.Namespace) -> int:
    """Print what changed, as Markdown; 1 where a figure is surely worse or more broke than chance explains."""
    compared = compare(read_run(options.before, options.runs), read_run(options.after, options.runs))
    print(comparison(compared), end="")
    worse = compared.p < 0.05 and len(compared.broke) > len(compared.fixed)
    return 1 if worse or any(difference.bad for difference in compared.differences) else 0


def check_meta(options: argparse.Namespace) -> int:
    """Print how the metrics agree with the labelled answers, and how the checkers do on the outside sets."""
    from . import meta  # loads the encoder

    print("| label | metric | compared | agree | kappa |\n|---|---|---|---|---|")
    for agreed in agreements():
        print(f"| {agreed.label} | {agreed.metric} | {agreed.count} | {agreed.agreed:.1%} | {agreed.kappa:.2f} |")
        for differing in agreed.differing:
            print(f"  differs: {differing}", file=sys.stderr)
    rows = [
        *meta.claims(options.data, options.limit, _tell),
        *meta.speech(options.data, options.limit, _tell),
    ]
    if rows:
        print(f"\n{meta.table(rows)}")
    if options.save and rows:
        kept = {"limit": options.limit, "rows": [dataclasses.asdict(row) for row in rows]}
        META.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def judge_run(options: argparse.Namespace) -> int:
    """Print a judge's marks for a run, with their spread over three times and their agreement with the metric."""
    from .judging import MARKS, judge, open_judge

    made = read_run(options.run, options.runs)
    judged = judge(made.records, open_judge(options.model, options.base_url), options.model)
    (made.folder / "judged.json").write_text(json.dumps(dataclasses.asdict(judged), indent=1) + "\n", encoding="utf-8")
    print(f"{len(judged.judgements)} answers judged by {judged.judge}, {judged.unread} with marks that cannot be read")
    if judged.judgements:
        for mark in MARKS:
            print(f"{mark}: {judged.mean(mark):.3f}, the judge differs from itself by {judged.spread(mark):.3f}")
        print(f"agreement of faithfulness with the metric: kappa {judged.agreement(made.records):.2f}")
    return 0


def draft_cases(options: argparse.Namespace) -> int:
    """Print a draft case for each question of a report, or append them to the suite."""
    rows = drafts.questions(options.source)
    suite = load_suite(options.suite)
    taken = len(suite.cases)
    made = []
    with tempfile.TemporaryDirectory() as folder:
        suite.lay_out(Path(folder) / "corpus")
        with Assistant.open(Settings(corpus=f"{folder}/corpus", data_dir=f"{folder}/data")) as assistant:
            for number, row in enumerate(rows, taken + 1):
                talk = assistant.conversation()
                for earlier in row.get("history", ()):
                    talk.ask(earlier)
                made.append(drafts.draft(row, talk.ask(row["question"]), number))
    if options.add:
        drafts.add(suites.SUITES / f"{options.suite}.yaml", made)
        print(f"{len(made)} drafts added to {options.suite}.yaml: finish them there, then `python -m evals run`.")
    else:
        print("\n".join(made), end="")
    return 0


def _made(options: argparse.Namespace, chosen: Sequence[Suite]) -> Run:
    shown = sys.stderr.isatty()
    plan = Plan(tuple(chosen), options.runs, options.split, jobs=options.jobs, progress=shown)
    made = run(plan, options.name or next_name(options.runs))
    print(f"run: {made.folder}", file=sys.stderr)
    return made


def _told(found: Sequence[str], cases: int) -> int:
    for fault in found:
        print(f"gate: {fault}")
    print(f"gate: {'failed' if found else 'passed'} ({cases} cases)")
    return 1 if found else 0


def _tell(message: str) -> None:
    print(message, file=sys.stderr)


def _print_lines(records: Sequence[Record]) -> None:
    for name, group in by(records, "suite").items():
        print(line(name, group))


def _print_failures(records: Sequence[Record]) -> None:
    for record in records:
        if record.passed or record.split == "test":
            continue
        print(f"{record.suite}/{record.id} {record.case['category']}: {record.case['question']}")
        claims = " / ".join(claim["text"] for claim in record.answer.get("claims", ()))
        print(f"    expected {record.case['expect']}, got: {claims or 'a refusal'}")
        for name, reason in (record.failures or {record.state: record.error}).items():
            print(f"    {name}: {reason}")


def check_attributions(options: argparse.Namespace) -> int:
    """Print how who said what in the shipped corpus agrees with the labels."""
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Settings(data_dir=folder)) as assistant:
        documents = assistant.documents
        measured = agreement(documents, assistant.attributions(), labels(documents))
    for missed in measured.missed if options.failures else ():
        print(missed)
    print(f"attributions: {measured}")
    return 0
