"""`python -m evals`: ask the questions of suites, keep the run, report, compare, gate; without a command, all of it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from assistant import OnTheRecordError

from .gating import faults, read_gate
from .records import Record
from .running import Plan, run
from .runs import RUNS, Run, next_name, read_run
from .suites import known_suites, load_suite
from .summary import by, line


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, 1 where a gate or comparison fails, 2 on an error that says its remedy."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.does(options))
    except OnTheRecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--runs", type=Path, default=RUNS, help="where runs are kept (evals/runs)")
    common.add_argument("--jobs", type=int, default=2, help="questions asked at a time (2)")
    commands = parser.add_subparsers(metavar="COMMAND")
    runner = commands.add_parser("run", parents=[common], help="ask the questions of suites and keep the run")
    runner.add_argument("suite", nargs="*", help="names of suites; all if none is given")
    runner.add_argument("--split", choices=["dev", "test"], help="only that half of each suite")
    runner.add_argument("--name", help="the run's name; one that was killed is gone on with")
    runner.add_argument("--failures", action="store_true", help="show each failing case (of dev halves alone)")
    runner.set_defaults(does=_run)
    gate = commands.add_parser("gate", parents=[common], help="exit 1 if the suites of evals/gate.toml miss its bars")
    gate.add_argument("--run", help="judge a run that is there instead of making one")
    gate.set_defaults(does=_gate)
    return parser


def _run(options: argparse.Namespace) -> int:
    made = _made(options, options.suite or known_suites(), options.name)
    if options.failures:
        _print_failures(made.records)
    for name, records in by(made.records, "suite").items():
        print(line(name, records))
    return 0


def _gate(options: argparse.Namespace) -> int:
    asked = read_gate()
    begun = time.perf_counter()
    options.split = asked.split
    held = read_run(options.run, options.runs) if options.run else _made(options, asked.suites, None)
    found = faults(asked, held.records)
    for fault in found:
        print(f"gate: {fault}")
    seconds = time.perf_counter() - begun
    print(f"gate: {'failed' if found else 'passed'} ({len(held.records)} cases, {seconds:.0f} s)")
    return 1 if found else 0


def _made(options: argparse.Namespace, suites: Sequence[str], name: str | None) -> Run:
    plan = Plan(
        tuple(load_suite(suite) for suite in suites),
        options.runs,
        options.split,
        jobs=options.jobs,
        progress=sys.stderr.isatty(),
    )
    made = run(plan, name or next_name(options.runs))
    print(f"run: {made.folder}", file=sys.stderr)
    return made


def _print_failures(records: Sequence[Record]) -> None:
    for record in records:
        if record.passed or record.split == "test":
            continue
        print(f"{record.suite}/{record.id} {record.case['category']}: {record.case['question']}")
        claims = " / ".join(claim["text"] for claim in record.answer.get("claims", ()))
        print(f"    expected {record.case['expect']}, got: {claims or 'a refusal'}")
        for name, reason in (record.failures or {record.state: record.error}).items():
            print(f"    {name}: {reason}")


if __name__ == "__main__":
    sys.exit(main())
