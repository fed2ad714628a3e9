"""`python -m evals run SUITE...`: ask every question of a suite and print the figures; `attributions`: who said what."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant import Assistant, OnTheRecordError, Settings

from .attributions import agreement, labels
from .metrics import Figures, Result, figures, is_found
from .suites import Suite, load_suite


def run(suite: Suite) -> list[Result]:
    """Ask each question of `suite` afresh, of a corpus of just its documents."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, data = Path(folder) / suite.name, Path(folder) / "data"
        suite.lay_out(corpus)
        with Assistant.open(Settings(corpus=str(corpus), data_dir=str(data))) as assistant:
            results = []
            for case in suite.cases:
                answer = assistant.ask(case.question)
                results.append(Result(case, answer, is_found(case, answer, assistant.documents)))
            return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 1 when --gate is given and a suite misses the bars of the README, or 2 on an error."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    runner = commands.add_parser("run", help="ask the questions of suites and print the figures")
    runner.add_argument("suite", nargs="+")
    runner.add_argument("--failures", action="store_true", help="show each case that failed (for dev suites)")
    runner.add_argument("--gate", action="store_true", help="exit 1 below 85%% found or above 10%% refused or answered")
    said = commands.add_parser("attributions", help="compare who said what in the corpus with labels made by hand")
    said.add_argument("--failures", action="store_true", help="show each label that is not met")
    said.set_defaults(suite=())
    options = parser.parse_args(arguments)
    passed = True
    try:
        if not options.suite:
            return _attributions(options.failures)
        for name in options.suite:
            results = run(load_suite(name))
            if options.failures:
                _print_failures(results)
            measured = figures(results)
            passed = passed and _passes(measured)
            print(f"{name}: {measured}")
    except OnTheRecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 1 if options.gate and not passed else 0


def _attributions(failures: bool) -> int:
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Settings(data_dir=folder)) as assistant:
        documents = assistant.documents
        measured = agreement(documents, assistant.attributions(), labels(documents))
    for line in measured.missed if failures else ():
        print(line)
    print(f"attributions: {measured}")
    return 0


def _passes(measured: Figures) -> bool:
    return (
        measured.found >= 0.85 * measured.answerable
        and measured.refused <= 0.1 * measured.answerable
        and measured.answered <= 0.1 * measured.unanswerable
    )


def _print_failures(results: Sequence[Result]) -> None:
    for result in results:
        if result.found if result.case.expect == "answer" else not result.answered:
            continue
        print(f"{result.case.id} {result.case.category}: {result.case.question}")
        print(
            f"    expected {result.case.expect}, got: {' / '.join(claim.text for claim in result.answer.claims) or 'a refusal'}"
        )


if __name__ == "__main__":
    sys.exit(main())
