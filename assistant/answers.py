"""From a question to its answer: retrieve, choose, write, verify, cite."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .abstention import objection
from .citations import Numbering, marked
from .claim_checks import speaks_to_machines
from .composition import Composer, Material
from .conversation import standalone
from .embeddings import Encoder
from .evidence import Candidate, Reader
from .filters import EVERYTHING, Filter
from .history import History
from .index import Documents, Index
from .names import people
from .questions import Question, analyse, clean
from .redundancy import Statement, restates, statement
from .references import readable
from .relevance import Relevance
from .retrieval import Retrieval
from .settings import Settings
from .types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL, Answer, Claim, Document, Hit, Span, Withheld
from .verification import failure
from .writers import Draft, QuotingWriter, runs

CREDIT = 60  # characters; two claims may share a span up to this length: the words that say who spoke
NEAREST = 2  # passages offered when the documents do not say
DERIVED = 0.8  # what a brief's sentence counts for beside the same in a source
STALE, YEAR = 0.6, 365  # how much a sentence a year (in days) or more old loses where the present is asked for
SURE = 0.3  # chance of the best sentence from which it is quoted although a model found no answer
SECOND, THIRD = 0.3, 0.7  # share of the best chance that a further claim needs


class Answerer:
    """Answers questions from an open index."""

    def __init__(self, settings: Settings, index: Index, encoder: Encoder, history: History | None = None) -> None:
        self._history = history
        self.writer = QuotingWriter()
        self.documents: Mapping[str, Document] = Documents(index.catalog)
        self._settings = settings
        self._index = index
        self._encoder = encoder
        self.retrieval = Retrieval(index, encoder)
        self.reader = Reader(index.catalog, encoder)
        self.composer = Composer(settings, encoder) if settings.model else None

    def search(self, query: str, k: int, only: Filter) -> list[Hit]:
        """The `k` passages nearest to `query`, best first, of the documents that pass `only`."""
        return self.retrieval.search(clean(query, self._settings.max_question_chars), k, only)

    def answer(
        self, asked: str, turns: Sequence[Answer], only: Filter = EVERYTHING, stop: threading.Event | None = None
    ) -> Iterator[Claim | Answer]:
        """Each claim that passes verification, then the Answer to `asked`, read as what follows `turns`.

        From the documents that pass `only`. Setting `stop` ends what a model is doing for it.
        """
        if self.composer:
            yield from self._composed(self.composer, asked, turns, only, stop)
            return
        # One state of the index for the whole answer, whatever a sync publishes meanwhile. A snapshot belongs
        # to its thread, and each claim may be fetched from another, so none is open while one is handed out.
        with self._index.catalog.snapshot():
            events = list(self._events(asked, turns, only))
        if self._history:
            self._history.keep(*(event for event in events if isinstance(event, Answer)))
        yield from events

    def _composed(
        self, composer: Composer, asked: str, turns: Sequence[Answer], only: Filter, stop: threading.Event | None
    ) -> Iterator[Claim | Answer]:
        """As `answer`, by a chat model: its claims are handed on while it writes, so no snapshot is open meanwhile."""
        clock = Clock()
        asked = clean(asked, self._settings.max_question_chars)
        allowance = composer.writer.allowance(stop)
        alone = composer.standalone(asked, turns, allowance) if turns else asked
        with self._index.catalog.snapshot():
            reading = self._read(alone or self._standalone(asked, turns), only, clock)
            *_, quoting = self._quoted(asked, reading, clock)
            material = self._material(asked, reading, quoting)
        clock.lap("reading")
        for event in composer.compose(material, allowance):
            if isinstance(event, Answer):
                clock.lap("writing and verification")
                event = dataclasses.replace(event, timings={**clock.laps, **event.timings})
                if self._history:
                    self._history.keep(event)
            yield event

    def _material(self, asked: str, reading: Reading, quoting: Claim | Answer) -> Material:
        assert isinstance(quoting, Answer)
        passages = [
            (self.reader.view(hit.passage.document_id), Span(hit.passage.start, hit.passage.end))
            for hit in reading.hits
        ]

        def lead(claims: Sequence[Claim], day: object) -> str:
            return (
                f"As of {day.day} {day:%B %Y}:"
                if isinstance(day, dt.date) and claims and reading.question.current
                else ""
            )

        held = {(c.document.id, c.number): c for c in reading.candidates}
        relevance = Relevance(reading.question, held, quoting.status == ANSWERED)
        best = max((c.score for c in reading.candidates), default=0.0)
        return Material(asked, reading.question.text, passages, relevance.objection, quoting, lead, best >= SURE)

    def _read(self, alone: str, only: Filter, clock: Clock) -> Reading:
        question = self.reader.respelt(analyse(alone))
        vector = self._encoder.encode([alone])[0]
        hits = self.retrieval.search_vector(alone, vector, self._settings.retrieve, only)
        clock.lap("retrieval")
        return Reading(question, hits, self._weighed(question, self.reader.candidates(question, vector, hits)))

    def _events(self, asked: str, turns: Sequence[Answer], only: Filter) -> Iterator[Claim | Answer]:
        clock = Clock()
        asked = clean(asked, self._settings.max_question_chars)
        return self._quoted(asked, self._read(self._standalone(asked, turns), only, clock), clock)

    def _quoted(self, asked: str, reading: Reading, clock: Clock) -> Iterator[Claim | Answer]:
        """The answer by quoting alone: it needs no model, and stands in for one that fails."""
        question, candidates = reading.question, reading.candidates
        chosen = self._chosen(question, candidates)
        clock.lap("reading")
        numbering, withheld, claims = Numbering(self.documents), list[Withheld](), list[Claim]()
        for run in runs(chosen):
            view = self.reader.view(run[0].document.id)
            draft = self.writer.write(view, [c.number for c in run], max(c.features.coverage for c in run))
            if draft is None:
                words = view.sentences[run[0].number].of(view.document.text)
                withheld.append(Withheld(words, "it cannot be read alone"))
            elif _repeats(draft, claims):
                continue
            elif speaks_to_machines(draft.text):
                withheld.append(Withheld(draft.text, "it is an instruction, not a report"))
            elif reason := failure(draft, view):
                withheld.append(Withheld(draft.text, reason))
            else:
                claims.append(numbering.claim(draft))
                yield claims[-1]
        clock.lap("writing and verification")
        yield self._finish(asked, question, claims, numbering, withheld, candidates, clock)

    def _standalone(self, asked: str, turns: Sequence[Answer]) -> str:
        if not turns:
            return asked
        cited = [c.document_id for turn in turns[-1:] for c in (*turn.citations, *turn.nearest)]
        text = "\n\n".join(self.documents[i].text for i in dict.fromkeys(cited) if i in self.documents)
        return standalone(asked, turns, people(text))

    def _weighed(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Best first: a source's own words before a brief's account of them, and the later before the earlier where
        a question asks how things stand."""
        days = [self._day(candidate) for candidate in candidates]
        newest = max((day for day in days if day), default=None)
        weighed = []
        for candidate, day in zip(candidates, days, strict=True):
            standing = DERIVED if candidate.document.kind == "brief" else 1.0
            if question.current and day and newest:
                standing *= 1 - STALE * min(1.0, (newest - day).days / YEAR)
            weighed.append(dataclasses.replace(candidate, score=candidate.score * standing))
        return sorted(weighed, key=lambda c: -c.score)

    def _day(self, candidate: Candidate) -> dt.date | None:
        """The last day that a sentence names, else the one when its document was published."""
        held = self.reader.view(candidate.document.id).dates[candidate.number]
        return max((date.last for date in held if date.last), default=candidate.document.published)

    def _chosen(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates that answer: the best one that nothing speaks against, and what comes close to it."""
        standing, told = list[Candidate](), list[Statement]()
        for candidate in candidates:
            if len(standing) == self._settings.max_claims:
                break
            if standing and candidate.score < standing[0].score * (SECOND if len(standing) == 1 else THIRD):
                break
            view = self.reader.view(candidate.document.id)
            if objection(question, view, candidate) is not None:
                continue
            said = statement(question, view, candidate.number)
            if not any(restates(said, shown) for shown in told):
                standing.append(candidate)
                told.append(said)
        return standing

    def _finish(
        self,
        asked: str,
        question: Question,
        claims: Sequence[Claim],
        numbering: Numbering,
        withheld: Sequence[Withheld],
        candidates: Sequence[Candidate],
        clock: Clock,
    ) -> Answer:
        if not claims:
            for candidate in candidates[:NEAREST]:
                view = self.reader.view(candidate.document.id)
                numbering.cite(candidate.document.id, readable(view, candidate.number))
        cited = numbering.citations
        dates = [day for c in cited if (day := self.documents[c.document_id].as_of)]
        as_of = max(dates, default=None)
        lead = f"As of {as_of.day} {as_of:%B %Y}:" if as_of and claims and question.current else ""
        return Answer(
            question=asked,
            standalone=question.text,
            status=ANSWERED if claims else NOT_IN_DOCUMENTS,
            text="\n\n".join(filter(None, [lead, marked(claims)])) if claims else REFUSAL,
            claims=tuple(claims),
            citations=cited if claims else (),
            nearest=() if claims else cited,
            withheld=tuple(withheld),
            as_of=as_of,
            writer=self.writer.name,
            timings=clock.laps,
            lead=lead,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A question, the passages found for it and their sentences, best first."""

    question: Question
    hits: Sequence[Hit]
    candidates: Sequence[Candidate]


def _repeats(draft: Draft, claims: Sequence[Claim]) -> bool:
    """Whether a claim that is shown already has some of the draft's words, a credit apart."""
    shown = [c for claim in claims for c in claim.citations if c.document_id == draft.document_id]
    return any(
        span.end - span.start > CREDIT and span.start < c.end and c.start < span.end
        for span in draft.spans
        for c in shown
        if c.end - c.start > CREDIT
    )


class Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Close a stage."""
        now = time.perf_counter()
        self.laps[stage] = round((now - self._last) * 1000, 2)
        self._last = now
