"""All that the desk asks of the evals, in one place: suites, their cases, a run with its progress, a case from a report."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evals.running import Plan, recorded
from evals.suites import Case, SuiteError, known_suites, load_suite
from evals.summary import line

from .reports import Report

FILE = "reader-cases.yaml"


@dataclass(frozen=True, slots=True)
class Step:
    """One case of a run that is under way."""

    done: int
    total: int
    case: Case
    passed: bool
    given: str


def suites() -> list[str]:
    """The names of the suites there are."""
    return known_suites()


def cases(suite: str) -> Sequence[Case]:
    """The cases of a suite; raises SuiteError for one there is not."""
    return load_suite(suite).cases


def run(name: str) -> Iterator[Step | str]:
    """Ask the questions of a suite, one step each, then its figures in a line."""
    suite = load_suite(name)
    with tempfile.TemporaryDirectory() as folder:
        records = []
        for number, record in enumerate(recorded(Plan((suite,), Path(folder), jobs=1)), 1):
            records.append(record)
            given = str(record.answer.get("text") or record.error)
            yield Step(number, len(suite.cases), suite.cases[number - 1], record.passed, given)
        yield line(name, records)


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


def keep(text: str, report: Report, folder: Path) -> tuple[str, Path]:
    """Add a case to the readers' suite in `folder`; its id and the file. Raises SuiteError where it is no case."""
    case = _checked(text)
    path = folder / FILE
    held = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    held = held or {"suite": "reader-cases", "documents": [], "cases": []}
    documents = [*held["documents"], *(citation["document_id"] for citation in report.citations)]
    held["documents"] = list(dict.fromkeys(documents))
    held["cases"] = [old for old in held["cases"] if old["id"] != case["id"]] + [case]
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
    return str(case["id"]), path


def _checked(text: str) -> dict[str, Any]:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SuiteError(f"The case is not YAML: {str(error).splitlines()[0]}.") from None
    fields = {"id", "category", "question", "expect", "gold", "note"}
    if not isinstance(value, dict) or set(value) - fields or not all(value.get(name) for name in ("id", "question")):
        raise SuiteError(f"The case needs an id and a question, and only these fields: {', '.join(sorted(fields))}.")
    if value.get("expect") not in ("answer", "abstain"):
        raise SuiteError("expect is answer or abstain: write one of them.")
    if (value["expect"] == "answer") != bool(value.get("gold")):
        raise SuiteError("gold, the exact words that answer, belongs to a case to be answered, and to no other.")
    return value
