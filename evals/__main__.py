"""`python -m evals`: ask the questions of suites, keep the run, report, compare, gate; without a command, all of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .commands import (
    check_attributions,
    check_gate,
    check_meta,
    compare_runs,
    draft_cases,
    everything,
    judge_run,
    run_suites,
    write_report,
)
from .runs import RUNS

DATA = RUNS.parent / "data"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, 1 where a gate fails or a comparison is surely for the worse, 2 on an error that says its remedy."""
    from assistant import OnTheRecordError

    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(given or ["all"])
    try:
        return int(options.does(options))
    except OnTheRecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--runs", type=Path, default=RUNS, help="where runs are kept (evals/runs)")
    asking = argparse.ArgumentParser(add_help=False, parents=[common])
    asking.add_argument("--jobs", type=int, default=2, help="questions asked at a time (2)")
    asking.add_argument("--split", choices=["dev", "test"], help="only that half of each suite")
    asking.add_argument("--name", help="the run's name; one that was killed is gone on with")
    outside = argparse.ArgumentParser(add_help=False)
    outside.add_argument("--data", type=Path, default=DATA, help="folder of the outside sets (evals/data)")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    whole = commands.add_parser(
        "all", parents=[asking, outside], help="run all suites, write the report, check the gate"
    )
    whole.set_defaults(does=everything)
    runner = commands.add_parser("run", parents=[asking, outside], help="ask the questions of suites and keep the run")
    runner.add_argument("suite", nargs="*", help="suites, or squad2, clapnq, canard; all suites if none is given")
    runner.add_argument("--failures", action="store_true", help="show each failing case (of dev halves alone)")
    runner.add_argument("--limit", type=int, default=300, help="most cases of an outside set; 0 is all (300)")
    runner.set_defaults(does=run_suites)
    gate = commands.add_parser("gate", parents=[asking], help="exit 1 if the suites of evals/gate.toml miss its bars")
    gate.add_argument("--run", help="judge a run that is there instead of making one")
    gate.set_defaults(does=check_gate)
    report = commands.add_parser("report", parents=[common], help="write a run as report.html and report.md")
    report.add_argument("run", nargs="?", default="latest")
    report.add_argument("--against", help="a run before it, to show what changed")
    report.set_defaults(does=write_report)
    comparison = commands.add_parser("compare", parents=[common], help="what broke and what was fixed between two runs")
    comparison.add_argument("before")
    comparison.add_argument("after", nargs="?", default="latest")
    comparison.set_defaults(does=compare_runs)
    meta = commands.add_parser(
        "meta", parents=[outside], help="check the checkers on labelled answers and outside sets"
    )
    meta.add_argument("--limit", type=int, default=0, help="most items of each half of a set; 0 is all")
    meta.add_argument("--save", action="store_true", help="keep the table in evals/meta.json, for the report")
    meta.set_defaults(does=check_meta)
    judging = commands.add_parser("judge", parents=[common], help="a model's marks for a run, beside the metrics")
    judging.add_argument("run", nargs="?", default="latest")
    judging.add_argument("--model", required=True, help="the judge, pinned, such as openai:gpt-5-mini-2025-08-07")
    judging.add_argument("--base-url", help="another server that speaks OpenAI's protocol")
    judging.set_defaults(does=judge_run)
    said = commands.add_parser("attributions", help="who said what in the corpus, against labels made by hand")
    said.add_argument("--failures", action="store_true", help="show each label that is not met")
    said.set_defaults(does=check_attributions)
    new = commands.add_parser("new", help="a draft case from a reader's report (.json, .jsonl) or a question")
    new.add_argument("source", help="the file, or the question itself")
    new.add_argument("--suite", default="story", help="which suite it is for (story)")
    new.add_argument("--add", action="store_true", help="append it to the suite instead of printing it")
    new.set_defaults(does=draft_cases)
    return top


if __name__ == "__main__":
    sys.exit(main())
