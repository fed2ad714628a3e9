"""Suites of cases, read from YAML and checked."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from assistant import OnTheRecordError, resources

SUITES = Path(__file__).parent / "suites"
STORIES = Path(__file__).parent / "stories"
_FIELDS = {"id", "category", "question", "expect", "gold", "note"}


class SuiteError(OnTheRecordError):
    """A suite cannot be read as it stands."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question; `gold` are exact words of a document, any one of which answers it."""

    id: str
    category: str
    question: str
    expect: Literal["answer", "abstain"]
    gold: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases over a few documents."""

    name: str
    documents: tuple[str, ...]
    cases: tuple[Case, ...]

    def lay_out(self, folder: Path) -> None:
        """Copy the suite's documents into `folder`, to be served as a corpus of their own."""
        folder.mkdir(parents=True, exist_ok=True)
        for identity in self.documents:
            shutil.copy(_document(identity), folder / f"{identity}.md")


def load_suite(name: str) -> Suite:
    """The suite ``evals/suites/<name>.yaml``; raises SuiteError with file, case and remedy."""
    path = SUITES / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in SUITES.glob("*.yaml")))
        raise SuiteError(f"There is no suite {name}. Known: {known}.")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SuiteError(f"{path.name}: not YAML: {error}") from None
    cases = tuple(_case(path, number, value) for number, value in enumerate(values["cases"], 1))
    return Suite(values["suite"], tuple(values["documents"]), cases)


def _case(path: Path, number: int, value: Mapping[str, Any]) -> Case:
    where = f"{path.name}, case {value.get('id', number)}"
    if unknown := set(value) - _FIELDS:
        raise SuiteError(f"{where}: {', '.join(sorted(unknown))}: no such field. Known: {', '.join(sorted(_FIELDS))}.")
    if value.get("expect") not in ("answer", "abstain"):
        raise SuiteError(f"{where}: expect is {value.get('expect')!r}: write answer or abstain.")
    if (value["expect"] == "answer") != bool(value.get("gold")):
        raise SuiteError(f"{where}: gold belongs to every case to be answered, and to no other.")
    return Case(
        str(value["id"]),
        value["category"],
        value["question"],
        value["expect"],
        tuple(value.get("gold") or ()),
        value.get("note", ""),
    )


def _document(identity: str) -> Path:
    for path in (resources.path("corpus") / f"{identity}.md", *STORIES.glob(f"*/{identity}.md")):
        if path.is_file():
            return path
    raise SuiteError(f"There is no document {identity} in corpus/ or evals/stories/: add it, or mend the suite.")
