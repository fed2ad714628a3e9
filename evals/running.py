"""Asking the questions of suites: in parallel, in a fixed order, gone on with where a run was killed."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant import Answer, Assistant, Attribution, Document, OnTheRecordError, QuestionError, Settings, resources
from assistant.types import NOT_IN_DOCUMENTS

from .metrics import Outcome, Stretch, measure, places
from .records import Record
from .runs import Keeper, Run, fingerprint, manifest, read_run
from .suites import Case, Split, Suite, read_documents

Open = Callable[[Settings], Assistant]
WORK = ".work"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run and how.

    root: where runs are kept. jobs: questions asked at a time. opener: what makes an assistant, so that a faulty one
    can be measured.
    """

    suites: tuple[Suite, ...]
    root: Path
    split: Split | None = None
    settings: Settings = field(default_factory=Settings)
    jobs: int = 2
    progress: bool = False
    opener: Open = Assistant.open

    @property
    def asked(self) -> list[tuple[Suite, Case]]:
        """Every case with its suite, in order."""
        return [(suite, case) for suite in self.suites for case in suite.half(self.split)]


def run(plan: Plan, name: str) -> Run:
    """Run `plan` under that name, or what a killed run of the name left; raises RunError where it was of another plan."""
    keeper = begun(plan, name)
    with tqdm(total=len(plan.asked), initial=len(keeper.done), disable=not plan.progress, unit="case") as bar:
        for _ in kept(plan, keeper):
            bar.update()
    return read_run(name, plan.root)


def begun(plan: Plan, name: str) -> Keeper:
    """What keeps a run of `plan` under that name, with what is there of it; raises RunError as `run` does."""
    folders = _lay_out(plan)
    made = manifest(plan.settings, [suite.name for suite in plan.suites], plan.split, len(plan.asked))
    made["corpora"] = {
        key: {identity: document.version[:16] for identity, document in read_documents(folder).items()}
        for key, folder in folders.items()
    }
    return Keeper(plan.root / name, made)


def kept(plan: Plan, keeper: Keeper) -> Iterator[Record]:
    """How each case of `plan` goes that is not done yet, once it is kept, in the order of the cases of each corpus."""
    done = {record.key for record in keeper.done}
    for key, folder in _lay_out(plan).items():
        rest = [(s, c) for s, c in plan.asked if s.corpus_key == key and (s.name, c.id) not in done]
        if not rest:
            continue
        with _desk(plan, folder) as desk, ThreadPoolExecutor(plan.jobs) as pool:
            # In the order of the cases, whichever is answered first.
            for record in pool.map(lambda pair, desk=desk: desk.record(*pair), rest):
                keeper.keep(record)
                yield record


@dataclass(frozen=True, slots=True)
class Desk:
    """An open assistant, and its corpus as the evals read it themselves."""

    assistant: Assistant
    documents: Mapping[str, Document]
    attributions: Mapping[str, Sequence[Attribution]]

    def record(self, suite: Suite, case: Case) -> Record:
        """Ask a case and measure the answer."""
        base = Record(suite.name, case.id, suite.split_of(case), "scored", described(case))
        if gone := stale(case, self.documents):
            return dataclasses.replace(base, state="stale", error=f"no document has the words “{gone}” any more")
        begun = time.perf_counter()
        try:
            answer = self.ask(case)
        except OnTheRecordError as error:
            return dataclasses.replace(base, state="error", error=f"{type(error).__name__}: {error}")
        times = {**answer.timings, "total": round((time.perf_counter() - begun) * 1000, 2)}
        outcome = self.outcome(suite, case, answer)
        given = answer.to_dict()
        del given["timings"]
        return dataclasses.replace(
            base,
            answer=given,
            scores=measure(outcome),
            expected=tuple(_expected(case, self.documents)),
            retrieved=tuple(dataclasses.asdict(piece) for piece in outcome.retrieved),
            times=times,
        )

    def ask(self, case: Case) -> Answer:
        """The answer to a case, its history asked first; a question that is refused as such is a refusal."""
        talk = self.assistant.conversation(case.filters)
        try:
            for earlier in case.history:
                talk.ask(earlier)
            return talk.ask(case.question)
        except QuestionError as error:
            said = str(error)
            return Answer(case.question, case.question, NOT_IN_DOCUMENTS, said, (), (), (), (), None, "none", note=said)

    def outcome(self, suite: Suite, case: Case, answer: Answer) -> Outcome:
        """What the metrics look at."""
        found: tuple[Stretch, ...] = ()
        if case.wanted:
            hits = self.assistant.search(answer.standalone, self.assistant.settings.retrieve, case.filters)
            found = tuple(Stretch(h.passage.document_id, h.passage.start, h.passage.end) for h in hits)
        twin = next((self.ask(other) for other in suite.cases if case.same_as and other.id == case.same_as), None)
        return Outcome(case, answer, self.documents, self.attributions, found, twin)


def stale(case: Case, documents: Mapping[str, Document]) -> str:
    """The first wanted words of a case that no document has any more, in any of their alternatives; "" if none."""
    return next((options[0] for options in case.wanted if not places(options, documents)), "")


def described(case: Case) -> dict[str, Any]:
    """A case as JSON-ready values, without what is empty and without its line, which moves."""
    values = dataclasses.asdict(case)
    values["filters"] = {k: v if isinstance(v, tuple) else str(v) for k, v in values["filters"].items() if v}
    del values["line"]
    return {name: value for name, value in values.items() if value}


def attributions(assistant: Assistant) -> dict[str, list[Attribution]]:
    """Who said what in each document, as the assistant has it."""
    public = getattr(assistant, "attributions", None)
    catalog = assistant._index.catalog
    said = public() if public else [a for i in assistant.documents for a in catalog.attributions(i)]
    result: dict[str, list[Attribution]] = {}
    for attribution in said:
        result.setdefault(attribution.document_id, []).append(attribution)
    return result


@contextmanager
def _desk(plan: Plan, folder: Path) -> Iterator[Desk]:
    data = folder.parent / f"{folder.name}-index"
    settings = plan.settings.replace(corpus=str(folder), data_dir=str(data))
    with plan.opener(settings) as assistant:
        yield Desk(assistant, read_documents(folder), attributions(assistant))


def _lay_out(plan: Plan) -> dict[str, Path]:
    """A folder for each corpus, anew; their indexes stay for the next run while the assistant's code is the same."""
    work = plan.root / WORK
    # An index made by other code is not used.
    here = work / fingerprint(Path(resources.__file__).parent)
    for other in work.glob("*") if work.is_dir() else ():
        if other != here:
            shutil.rmtree(other)
    result = {}
    for suite in plan.suites:
        folder = here / suite.corpus_key
        if suite.corpus_key not in result:
            shutil.rmtree(folder, ignore_errors=True)
            suite.lay_out(folder)
        result[suite.corpus_key] = folder
    return result


def _expected(case: Case, documents: Mapping[str, Document]) -> Iterator[dict[str, Any]]:
    for options in case.wanted:
        for place in places(options, documents)[:1]:
            words = documents[place.document_id].text[place.start : place.end]
            yield {**dataclasses.asdict(place), "words": words, "alternatives": len(options)}
