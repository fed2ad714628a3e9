"""From a question to its answer: plan, retrieve, choose, write, verify, cite."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import traces
from .abstention import meant
from .answer_cache import AnswerCache, Events
from .citations import marked
from .composer import Composer, Material
from .composition import Composition
from .conversation import follow_up, standalone
from .embeddings import Encoder
from .evidence import READ_CLOSELY, READ_FOR_LIST, Candidate, Choice, Reader
from .filters import EVERYTHING, Filter
from .history import History
from .index import Documents, Index
from .names import people
from .outlines import Outlines
from .pertinence import Pertinence
from .plans import Plan, plan
from .questions import Question, analyse, clean
from .references import readable
from .retrieval import Retrieval
from .selection import ANGLES, Selection
from .settings import Settings
from .suggestions import Suggestions
from .types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL, Answer, Citation, Claim, Document, Hit, Span
from .views import View
from .writers import QuotingWriter

NEAREST = 2  # passages offered when the documents do not say
SURE = 0.3  # chance of the best sentence from which it is quoted although a model found no answer
WIDE = 3  # times as many passages are read for a list as for one answer
EACH = 2  # most claims for each of several parts
GREETING = "Ask a question about what is in the documents."
UNSAID = "The documents do not say: {}"
SIDES = "No verdict is given here; these are the words of those who speak in the documents."


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
        self._selection = Selection(self.reader, settings.max_claims)
        self._outlines = Outlines(index.catalog, self.reader)
        self._suggestions = Suggestions(self.reader)
        self.cache = AnswerCache()
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
        events = self._answered(asked, turns, only, stop)
        return traces.asked(events, turns=len(turns), content=self._settings.trace_content)

    def _answered(
        self, asked: str, turns: Sequence[Answer], only: Filter, stop: threading.Event | None
    ) -> Iterator[Claim | Answer]:
        if self.composer:
            yield from self._composed(self.composer, asked, turns, only, stop)
            return
        # One state of the index for the whole answer, whatever a sync publishes meanwhile. A snapshot belongs
        # to its thread, and each claim may be fetched from another, so none is open while one is handed out.
        with self._index.catalog.snapshot():
            *claims, answer = self._quoted(asked, turns, only)
            assert isinstance(answer, Answer)
            answer = self._helped(answer, only)
        if self._history:
            self._history.keep(answer)
        yield from (*claims, answer)

    def _quoted(self, asked: str, turns: Sequence[Answer], only: Filter) -> Events:
        """As `answer`, by quoting, in a snapshot; what was answered before on this state of the index comes again."""
        asked = clean(asked, self._settings.max_question_chars)
        alone = self._standalone(asked, turns)
        key = (self._index.state(), asked, alone, only)
        return self.cache.events(key, lambda: list(self._events(asked, alone, only)))

    def _composed(
        self, composer: Composer, asked: str, turns: Sequence[Answer], only: Filter, stop: threading.Event | None
    ) -> Iterator[Claim | Answer]:
        """As `answer`, by a chat model: its claims are handed on while it writes, so no snapshot is open meanwhile."""
        clock = Clock()
        asked = clean(asked, self._settings.max_question_chars)
        allowance = composer.writer.allowance(stop)
        with traces.stage("conversation"):
            alone = (composer.standalone(asked, turns, allowance) if turns else "") or self._standalone(asked, turns)
        with self._index.catalog.snapshot():
            readings: list[Reading] = []
            *claims, quoting = self._events(alone, alone, only, readings)
            assert isinstance(quoting, Answer)
            quoting = dataclasses.replace(quoting, question=asked)
            planned = plan(alone)
            material = None
            if not _is_quoted(planned):
                # It has been read as one already, unless in parts or for its topic.
                read = len(readings) == 1 and not planned.topic
                reading = readings[0] if read else self._read(quoting.standalone, planned, only, clock)
                material = self._material(quoting, reading)
        clock.lap("reading")
        for event in composer.compose(material, allowance) if material else (*claims, quoting):
            if isinstance(event, Answer):
                clock.lap("writing and verification")
                with self._index.catalog.snapshot():
                    event = self._helped(event, only)
                event = dataclasses.replace(event, timings={**clock.laps, **event.timings})
                if self._history:
                    self._history.keep(event)
            yield event

    def _material(self, quoting: Answer, reading: Reading) -> Material:
        """What a model is given: the passages, and what quoting alone makes of them."""
        passages = [
            (self.reader.view(hit.passage.document_id), Span(hit.passage.start, hit.passage.end))
            for hit in reading.hits
        ]

        def lead(claims: Sequence[Claim], day: object) -> str:
            return _as_of(day) if isinstance(day, dt.date) and claims and reading.question.current else ""

        held = {(c.document.id, c.number): c for c in reading.candidates}
        pertinence = Pertinence(reading.question, held, quoting.status == ANSWERED)
        best = max((c.score for c in reading.candidates), default=0.0)
        question = reading.question.text
        return Material(quoting.question, question, passages, pertinence.objection, quoting, lead, best >= SURE)

    def _events(
        self,
        asked: str,
        alone: str,
        only: Filter,
        readings: list[Reading] | None = None,
    ) -> Iterator[Claim | Answer]:
        """As `_quoted`, from the question as it stands alone; `readings` takes what was read for each part of it."""
        clock = Clock()
        planned = plan(alone)
        made = Composition(self.documents, self.reader, self.writer)
        unsaid, readings = list[str](), [] if readings is None else readings
        for part in planned.parts:
            reading, chosen = self._chosen(self._resolved(part, alone, made), planned, only, clock)
            yield from traces.within("writing", made.add(chosen, planned.shape), made.trace)
            clock.lap("writing and verification")
            readings.append(reading)
            if not made.parts[-1]:
                unsaid.append(part)
        yield self._finish(asked, alone, planned, made, unsaid, readings, clock)

    def _helped(self, answer: Answer, only: Filter) -> Answer:
        """A refusal with what can be asked instead, near the passages that came nearest."""
        if answer.claims:
            return answer
        clock = Clock()
        near = [*self._cited(answer.nearest), *self._outlines.outline(self.retrieval.admitted(only))]
        with traces.stage("suggestions", alone=True) as stage:
            suggestions = self._suggested(near, only, (answer.question, answer.standalone))
            stage.count(suggestions=len(suggestions))
        clock.lap("suggestions")
        return dataclasses.replace(answer, suggestions=suggestions, timings={**answer.timings, **clock.laps})

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        """Questions that the documents answer, to be asked after `answer`, or first of all; each has been checked."""
        with self._index.catalog.snapshot():
            near = self._cited(answer.citations if answer else ()) or self._outlines.outline(list(self.documents))
            return self._suggested(near, EVERYTHING, (answer.question, answer.standalone) if answer else ())

    def _cited(self, citations: Sequence[Citation]) -> list[Choice]:
        return [Choice(view.document, view.number_at(c.start), 1.0) for c in citations if (view := self._live(c))]

    def _live(self, citation: Citation) -> View | None:
        """The document of a citation, if it is still the one that was cited."""
        held = self.documents.get(citation.document_id)
        return self.reader.view(held.id) if held and held.version == citation.version else None

    def _suggested(self, near: Sequence[Choice], only: Filter, asked: Sequence[str]) -> tuple[str, ...]:
        def is_answered(question: str) -> bool:
            *_, answer = self._quoted(question, (), only)
            return isinstance(answer, Answer) and bool(answer.claims)

        return self._suggestions.near(near, is_answered, asked)

    def _standalone(self, asked: str, turns: Sequence[Answer]) -> str:
        if not turns:
            return asked
        cited = [c.document_id for turn in turns[-1:] for c in (*turn.citations, *turn.nearest)]
        text = "\n\n".join(self.documents[i].text for i in dict.fromkeys(cited) if i in self.documents)
        return standalone(asked, turns, people(text))

    def _resolved(self, part: str, alone: str, made: Composition) -> str:
        """A later part of a question read as what follows the earlier ones."""
        if not made.claims or part == alone:
            return part
        cited = dict.fromkeys(c.document_id for claim in made.claims for c in claim.citations)
        return follow_up(part, alone, made.claims, people("\n\n".join(self.documents[i].text for i in cited)))

    def _chosen(self, part: str, planned: Plan, only: Filter, clock: Clock) -> tuple[Reading, Sequence[Choice]]:
        """Of one part of a question: how it was read, with all that were weighed, and the sentences to show."""
        if planned.shape == "summary" and not planned.topic:
            return Reading(analyse(part), (), []), self._outlines.outline(self.retrieval.admitted(only))
        reading = self._read(planned.topic or part, planned, only, clock)
        question, candidates = reading.question, reading.candidates
        if planned.judged:
            asked = [angle.question.format(planned.judged) for angle in ANGLES] if planned.charged else []
            found = [self._read(text, planned, only, clock).candidates for text in asked]
            chosen = self._selection.judgements(question, planned.judged, candidates, found)
        elif planned.shape == "list":
            chosen = self._selection.voices(question, planned.stance, candidates)
        else:
            chosen = self._selection.answering(question, candidates)[: EACH if len(planned.parts) > 1 else None]
        clock.lap("reading")
        return reading, chosen

    def _read(self, text: str, planned: Plan, only: Filter, clock: Clock) -> Reading:
        question = self.reader.respelt(analyse(text))
        wide = planned.shape == "list"
        with traces.stage("retrieval") as stage:
            vector = self._encoder.encode([question.text])[0]
            hits = self.retrieval.search_vector(
                question.text, vector, self._settings.retrieve * (WIDE if wide else 1), only
            )
            hits = [*hits, *self._spoken(question, hits)]
            stage.count(passages=len(hits), documents=len({hit.passage.document_id for hit in hits}))
        clock.lap("retrieval")
        with traces.stage("reading") as stage:
            read = self.reader.candidates(question, vector, hits, READ_FOR_LIST if wide else READ_CLOSELY)
            candidates = self._selection.weighed(question, read)
            stage.count(candidates=len(candidates))
        clock.lap("reading")
        return Reading(question, hits, candidates)

    def _spoken(self, question: Question, hits: Sequence[Hit]) -> list[Hit]:
        """Where somebody's words are asked for: what else holds words of theirs in the documents that were found."""
        if not question.asked:
            return []
        found, more = {hit.passage.id for hit in hits}, list[Hit]()
        for identity in dict.fromkeys(hit.passage.document_id for hit in hits):
            view = self.reader.view(identity)
            asked = {person.name for person in meant(question.asked, view)}
            for passage in self._index.catalog.passages_of(identity) if asked else ():
                spoken = any(asked & set(view.voices[view.numbers[span]]) for span in passage.sentences)
                if spoken and passage.id not in found:
                    more.append(Hit(passage, 0.0, 0.0, 0.0))
        return more

    def _finish(
        self,
        asked: str,
        alone: str,
        planned: Plan,
        made: Composition,
        unsaid: Sequence[str],
        readings: Sequence[Reading],
        clock: Clock,
    ) -> Answer:
        claims, numbering = made.claims, made.numbering
        questions = [reading.question for reading in readings]
        if not claims:
            seen = (candidate for reading in readings for candidate in reading.candidates)
            for candidate in sorted(seen, key=lambda c: -c.score)[:NEAREST]:
                view = self.reader.view(candidate.document.id)
                numbering.cite(candidate.document.id, readable(view, candidate.number))
        cited = numbering.citations
        as_of = max((day for c in cited if (day := self.documents[c.document_id].as_of)), default=None)
        current = any(question.current for question in questions)
        since = _as_of(as_of) if as_of and claims and (current or planned.judged) else ""
        lead = " ".join(filter(None, [since, SIDES if claims and planned.judged else ""]))
        note = GREETING if planned.shape == "greeting" else UNSAID.format(" ".join(unsaid)) if claims and unsaid else ""
        return Answer(
            question=asked,
            standalone=alone,
            status=ANSWERED if claims else NOT_IN_DOCUMENTS,
            text="\n\n".join(filter(None, [lead, marked(claims)])) if claims else REFUSAL,
            claims=tuple(claims),
            citations=cited if claims else (),
            nearest=() if claims else cited,
            withheld=tuple(made.withheld),
            as_of=as_of,
            writer=self.writer.name,
            timings=clock.laps,
            lead=lead,
            sides=made.sides(planned, questions[0].kind if questions else ""),
            note=note,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A question, the passages found for it and their sentences, best first."""

    question: Question
    hits: Sequence[Hit]
    candidates: list[Candidate]


def _is_quoted(planned: Plan) -> bool:
    """Whether no model is asked: nothing is, or for a verdict, or for the outline of it all."""
    return planned.shape == "greeting" or bool(planned.judged) or (planned.shape == "summary" and not planned.topic)


def _as_of(day: dt.date) -> str:
    return f"As of {day.day} {day:%B %Y}:"


class Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Add the time since the last lap to a stage."""
        now = time.perf_counter()
        self.laps[stage] = self.laps.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now
