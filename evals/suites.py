"""Suites of cases, read from YAML and checked."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from assistant import Document, Filter, resources
from assistant.documents import read_corpus
from assistant.settings import Settings

from .schema import SuiteError, Table, read, tables

__all__ = ["SUITES", "Case", "Split", "Suite", "SuiteError", "known_suites", "load_suite", "read_documents"]

SUITES = Path(__file__).parent / "suites"
STORIES = Path(__file__).parent / "stories"
STORY = "story"
"""What a suite calls the corpus that ships."""

Expect = Literal["answer", "abstain", "correct", "sides"]
Split = Literal["dev", "test"]
_CASE = frozenset(
    """id category question history filters expect facts gold gold_all speakers forbidden same_as tags note""".split()
)
_SUITE = frozenset("suite description corpus documents cases".split())
_FILTERS = frozenset("documents publishers kinds after before".split())


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what is expected of its answer.

    gold: exact words of a document; citing any one of them answers. gold_all: each item is wanted, an item being
    alternatives. facts: each is to be in the answer's text, in one of its wordings. speakers: everyone who has to be
    credited. forbidden: words that must not be in the answer's text. same_as: a case with the same evidence.
    """

    id: str
    category: str
    question: str
    expect: Expect
    gold: tuple[str, ...] = ()
    note: str = ""
    history: tuple[str, ...] = ()
    filters: Filter = field(default_factory=Filter)
    facts: tuple[tuple[str, ...], ...] = ()
    gold_all: tuple[tuple[str, ...], ...] = ()
    speakers: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    same_as: str = ""
    tags: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """What the citations should hold, each item alternatives: the gold, any of it, and each of gold_all."""
        return (*([self.gold] if self.gold else []), *self.gold_all)


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases over a corpus: a folder as it stands, a few documents, or texts brought along (the outside sets)."""

    name: str
    documents: tuple[str, ...]
    cases: tuple[Case, ...]
    corpus: str = ""
    description: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def split_of(self, case: Case) -> Split:
        """Which half a case is in: that of the suite's name, else by the sha256 of suite and id, even for dev."""
        if named := re.search(r"-(dev|test)(?:-\d+)?\Z", self.name):
            return cast(Split, named.group(1))
        return "dev" if hashlib.sha256(f"{self.name}/{case.id}".encode()).digest()[-1] % 2 == 0 else "test"

    def half(self, split: Split | None) -> tuple[Case, ...]:
        """The cases of one half, or all."""
        return tuple(case for case in self.cases if split is None or self.split_of(case) == split)

    def lay_out(self, folder: Path) -> None:
        """Copy the suite's documents into `folder`, to be served as a corpus of their own."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.corpus:
            shutil.copytree(corpus_folder(self.corpus), folder, dirs_exist_ok=True)
        for identity in self.documents:
            shutil.copy(_document(identity), folder / f"{identity}.md")
        for identity, text in self.texts.items():
            (folder / f"{identity}.md").write_text(text, encoding="utf-8")

    @property
    def corpus_key(self) -> str:
        """Equal for suites that can share an index."""
        if self.corpus:
            return self.corpus
        return hashlib.sha256("\n".join((*self.documents, *self.texts)).encode()).hexdigest()[:12]


def known_suites() -> list[str]:
    """The names of the suites there are, sorted."""
    return sorted(path.stem for path in SUITES.glob("*.yaml"))


def load_suite(name: str, folder: Path | None = None) -> Suite:
    """The suite ``<name>.yaml`` of `folder` (evals/suites); raises SuiteError with file, line, case and remedy."""
    path = (folder or SUITES) / f"{name}.yaml"
    if not path.is_file():
        raise SuiteError(f"There is no suite {name}. Known: {', '.join(known_suites())}.")
    table = read(path)
    table.known(_SUITE)
    if (called := table.text("suite")) != name:
        raise table.error(f"suite is {called!r}, the file {path.name}: give both the same name.", "suite")
    corpus, documents = table.text("corpus", ""), table.texts("documents")
    if bool(corpus) == bool(documents):
        raise table.error("write either `corpus: story` (or other), or `documents:` with a list of ids.", "corpus")
    if corpus:
        try:
            corpus_folder(corpus)
        except SuiteError as error:
            raise table.error(str(error), "corpus") from None
    cases = tuple(_case(case) for case in tables(table, "cases", "case"))
    _check_together(table, cases)
    return Suite(name, documents, cases, corpus, table.text("description", ""))


def corpus_folder(name: str) -> Path:
    """The folder that a suite's `corpus` names: the one that ships, or one of ``evals/stories/``."""
    if name == STORY:
        return resources.path("corpus")
    if (folder := STORIES / name).is_dir():
        return folder
    known = ", ".join([STORY, *sorted(path.name for path in STORIES.iterdir() if path.is_dir())])
    raise SuiteError(f"there is no corpus {name}. Known: {known}.")


def read_documents(folder: Path) -> Mapping[str, Document]:
    """A corpus folder's documents, read by the evals themselves: what an index holds may be stale."""
    return read_corpus(folder, max_bytes=Settings().max_document_bytes).documents


def _case(table: Table) -> Case:
    table.known(_CASE)
    case = Case(
        id=table.text("id"),
        category=table.text("category"),
        question=table.text("question"),
        expect=cast(Expect, table.choice("expect", get_args(Expect))),
        gold=table.texts("gold"),
        note=table.text("note", ""),
        history=table.texts("history"),
        filters=_filters(table),
        facts=table.alternatives("facts"),
        gold_all=table.alternatives("gold_all"),
        speakers=table.texts("speakers"),
        forbidden=table.texts("forbidden"),
        same_as=table.text("same_as", ""),
        tags=table.texts("tags"),
        line=table.line,
    )
    told = bool(case.wanted or case.facts)
    if case.expect in ("answer", "sides") and not told:
        raise table.error("gold belongs to every case to be answered: add the exact words of a document that do.")
    if case.expect == "abstain" and told:
        raise table.error("gold and facts belong to no case with expect: abstain: take them out, or expect an answer.")
    return case


def _filters(table: Table) -> Filter:
    entry = table.entries.get("filters")
    if entry is None or entry.value is None:
        return Filter()
    if not isinstance(entry.value, Table):
        raise table.error("filters is no mapping: write `filters: {documents: [id]}`.", "filters")
    values = Table(table.file, entry.line, entry.value.entries, f"{table.name}, filters")
    values.known(_FILTERS)
    days: dict[str, dt.date | None] = {}
    for name in ("after", "before"):
        day = values.entries[name].value if name in values.entries else None
        if day is not None and (not isinstance(day, dt.date) or isinstance(day, dt.datetime)):
            raise values.error(f"{name} is {day!r}: write a day as 2026-01-31.", name)
        days[name] = day
    return Filter(
        values.texts("documents"), values.texts("publishers"), values.texts("kinds"), days["after"], days["before"]
    )


def _check_together(table: Table, cases: Iterable[Case]) -> None:
    """Raises SuiteError for an id that stands twice, and a pair with a case that is not there."""
    seen: dict[str, Case] = {}
    for case in cases:
        if case.id in seen:
            raise SuiteError(
                f"{table.file}, line {case.line}, case {case.id}: the id is that of the case on line "
                f"{seen[case.id].line} too: give this one its own."
            )
        seen[case.id] = case
    for case in seen.values():
        if case.same_as and case.same_as not in seen:
            raise SuiteError(
                f"{table.file}, line {case.line}, case {case.id}: same_as is {case.same_as!r}, and no case here "
                "has that id: write one that is in this suite."
            )


def _document(identity: str) -> Path:
    for path in (resources.path("corpus") / f"{identity}.md", *STORIES.glob(f"*/{identity}.md")):
        if path.is_file():
            return path
    raise SuiteError(f"There is no document {identity} in corpus/ or evals/stories/: add it, or mend the suite.")
