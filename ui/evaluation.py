"""All that the desk asks of the evals, in one place: suites, their cases, a run with its report, a case from a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evals import report as reporting
from evals.running import Plan, begun, kept
from evals.runs import RUNS, known_runs, next_name, read_run
from evals.suites import Case, Suite, SuiteError, known_suites, load_suite
from evals.summary import line

from . import files
from .reports import Report

READERS = "reader-cases"
"""The suite of cases made of readers' reports."""


@dataclass(frozen=True, slots=True)
class Step:
    """One case of a run that is under way."""

    done: int
    total: int
    case: Case
    passed: bool
    given: str


@dataclass(frozen=True, slots=True)
class Done:
    """A run that is over: its name, and its figures in a line."""

    run: str
    figures: str


@dataclass(frozen=True, slots=True)
class Evals:
    """The evals as the desk has them: the readers' cases are kept in `folder`, runs in `runs`."""

    folder: Path
    runs: Path = RUNS

    def suites(self) -> list[str]:
        """The names of the suites there are, the readers' first if there is one."""
        return [*([READERS] if self._readers.is_file() else []), *known_suites()]

    def cases(self, suite: str) -> Sequence[Case]:
        """The cases of a suite; raises SuiteError for one there is not."""
        return self._suite(suite).cases

    def run(self, name: str) -> Iterator[Step | Done]:
        """Ask the questions of a suite, one step each; the run is kept, with its report, as one of `python -m evals` is."""
        suite = self._suite(name)
        plan = Plan((suite,), self.runs, jobs=1)
        called = next_name(self.runs)
        for number, record in enumerate(kept(plan, begun(plan, called)), 1):
            given = str(record.answer.get("text") or record.error)
            yield Step(number, len(suite.cases), suite.cases[number - 1], record.passed, given)
        made = read_run(called, self.runs)
        reporting.write(made)
        yield Done(called, line(name, made.records))

    def reports(self) -> list[str]:
        """The runs whose reports can be read, the latest first."""
        return known_runs(self.runs)

    def report(self, run: str) -> str:
        """The report of a run as a page of HTML, written now if it was not; raises RunError for a run there is not."""
        made = read_run(run, self.runs)
        page = made.folder / reporting.NAME
        if not page.is_file() or page.stat().st_mtime < (made.folder / "results.jsonl").stat().st_mtime:
            reporting.write(made)
        return page.read_text(encoding="utf-8")

    def keep(self, text: str, report: Report) -> tuple[str, Path]:
        """Add a case to the readers' suite; its id and the file. Raises SuiteError where it is no case."""
        case = _checked(text)
        held = yaml.safe_load(self._readers.read_text(encoding="utf-8")) if self._readers.is_file() else None
        held = held or {"suite": READERS, "documents": [], "cases": []}
        documents = [*held["documents"], *(citation["document_id"] for citation in report.citations)]
        held["documents"] = list(dict.fromkeys(documents))
        held["cases"] = [old for old in held["cases"] if old["id"] != case["id"]] + [case]
        files.write(self._readers, yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=110))
        return str(case["id"]), self._readers

    @property
    def _readers(self) -> Path:
        return self.folder / f"{READERS}.yaml"

    def _suite(self, name: str) -> Suite:
        return load_suite(name, self.folder if name == READERS else None)


def draft(report: Report) -> str:
    """A case as YAML, made of a reader's report for an editor to check: what should have been answered, from where."""
    quotes = [citation["quote"] for citation in report.citations]
    note = f"Report {report.id}, {report.kind}" + (f": {report.line}" if report.line else "")
    case: dict[str, Any] = {
        "id": f"reader-{report.id}",
        "category": report.kind.replace(" ", "-"),
        "question": report.question,
        "expect": "answer",
        "gold": quotes,
        "note": note,
    }
    return yaml.safe_dump(case, allow_unicode=True, sort_keys=False, width=110)


def _checked(text: str) -> dict[str, Any]:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SuiteError(f"The case is not YAML: {str(error).splitlines()[0]}.") from None
    fields = {"id", "category", "question", "expect", "gold", "note"}
    needed = ("id", "category", "question")
    if not isinstance(value, dict) or set(value) - fields or not all(value.get(name) for name in needed):
        raise SuiteError(
            f"The case needs an id, a category and a question, and only these fields: {', '.join(sorted(fields))}."
        )
    if value.get("expect") not in ("answer", "abstain"):
        raise SuiteError("expect is answer or abstain: write one of them.")
    if (value["expect"] == "answer") != bool(value.get("gold")):
        raise SuiteError("gold, the exact words that answer, belongs to a case to be answered, and to no other.")
    return value
