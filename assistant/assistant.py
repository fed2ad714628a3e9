"""The whole way through: open an index, ask it questions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from . import resources
from .abstention import objection
from .changes import SyncReport, is_current
from .citations import Numbering, marked
from .conversation import Conversation, standalone
from .documents import Corpus, Refusal, read_corpus
from .embeddings import Encoder, encoder_name, open_encoder
from .errors import SettingsError
from .evidence import Candidate, Reader
from .index import Documents, Index
from .names import people
from .questions import Question, analyse, clean
from .redundancy import Statement, restates, statement
from .references import readable
from .retrieval import Retrieval
from .settings import Settings
from .types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL, Answer, Claim, Document, Hit, Withheld
from .verification import failure
from .writers import Draft, QuotingWriter, runs

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable


CREDIT = 60  # characters; two claims may share a span up to this length: the words that say who spoke
NEAREST = 2  # passages offered when the documents do not say
SECOND, THIRD = 0.3, 0.7  # share of the best chance that a further claim needs


class Assistant:
    """Answers questions from one corpus; make it with `open`."""

    def __init__(self, settings: Settings, corpus: Corpus, index: Index, encoder: Encoder) -> None:
        self.settings = settings
        self.refused: tuple[Refusal, ...] = corpus.refused
        self._folder = corpus.folder
        self._index = index
        self._encoder = encoder
        self._retrieval = Retrieval(index, encoder)
        self._reader = Reader(index.catalog, encoder)
        self._writer = QuotingWriter()

    @classmethod
    def open(cls, settings: Settings | None = None) -> Assistant:
        """An assistant on `settings` (by default the environment's), its index made or brought up to date.

        Raises CorpusError, EmbeddingMismatch, IndexUnusable, IndexBusy or SettingsError.
        """
        return cls.open_synced(settings)[0]

    @classmethod
    def open_synced(cls, settings: Settings | None = None) -> tuple[Assistant, SyncReport]:
        """As `open`, with what its sync added, changed and removed."""
        settings = settings or Settings.from_env()
        if settings.model is not None:
            raise SettingsError(f"No chat model can be used yet, {settings.model!r} neither: leave `model` unset.")
        folder = Path(settings.corpus) if settings.corpus else resources.path("corpus")
        corpus = read_corpus(folder, max_bytes=settings.max_document_bytes)
        # Chroma's import and the encoder's load take a second each, and one waits for the disk.
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(Index, settings, folder, encoder_name(settings))
            encoder = open_encoder(settings)
            index = opening.result()
        assistant = cls(settings, corpus, index, encoder)
        return assistant, assistant._synced(corpus)

    def close(self) -> None:
        """Let go of the index's files."""
        self._index.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Asking

    def ask(self, question: str) -> Answer:
        """The answer to `question`, checked and cited; raises QuestionError for one that cannot be asked."""
        return self.conversation().ask(question)

    async def aask(self, question: str) -> Answer:
        """As `ask`, without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question)

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        """Each claim as it is verified, then the Answer that holds them all."""
        return self.conversation().stream(question)

    async def astream(self, question: str) -> AsyncIterator[Claim | Answer]:
        """As `stream`, without blocking the event loop."""
        events = self.stream(question)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def batch(self, questions: Iterable[str]) -> list[Answer]:
        """The answers to `questions`, in their order."""
        return [self.ask(question) for question in questions]

    def conversation(self) -> Conversation:
        """A new conversation, in which follow-up questions are understood."""
        return Conversation(self._answer)

    def search(self, query: str, k: int = 5) -> list[Hit]:
        """The `k` passages nearest to `query`, best first."""
        return self._retrieval.search(clean(query, self.settings.max_question_chars), k)

    # The corpus

    @property
    def documents(self) -> Mapping[str, Document]:
        """The indexed documents by id: what citations are offsets into."""
        return Documents(self._index.catalog)

    def sync(self) -> SyncReport:
        """Make the index match the corpus folder; says what was added, changed and removed."""
        corpus = read_corpus(self._folder, max_bytes=self.settings.max_document_bytes)
        self.refused = corpus.refused
        return self._synced(corpus)

    def status(self) -> dict[str, object]:
        """What the index holds and how it was made, JSON-ready."""
        documents = [document.metadata() for document in self.documents.values()]
        return {
            "corpus": str(self._folder),
            "index": str(self._index.folder),
            "chroma": self.settings.chroma_url or "embedded",
            "embedding": self._encoder.name,
            "writer": self._writer.name,
            "documents": documents,
            "passages": self._index.catalog.count(),
            "refused": [str(refusal) for refusal in self.refused],
        }

    # LangChain

    @property
    def embeddings(self) -> Embeddings:
        """The index's encoder as LangChain Embeddings."""
        from .runnables import EncoderEmbeddings

        return EncoderEmbeddings(self._encoder)

    @property
    def retriever(self) -> BaseRetriever:
        """Passages as a LangChain retriever."""
        from .runnables import PassageRetriever

        return PassageRetriever(search=self.search, documents=self.documents, k=self.settings.retrieve)

    def as_runnable(self) -> Runnable[object, Answer]:
        """Questions to Answers as a LangChain Runnable: ``str`` or ``{"question", "history"}`` in."""
        from .runnables import as_runnable

        return as_runnable(self)

    # Inside

    def _synced(self, corpus: Corpus) -> SyncReport:
        # The lock is taken only where there is something to write, so that readers never wait for one another.
        if is_current(self._index, corpus.documents):
            return SyncReport()
        # LangChain's splitters take half a second to import, which an index that is up to date never needs.
        from .sync import sync

        return sync(self._index, corpus.documents, self._encoder, self.settings)

    def _answer(self, asked: str, turns: Sequence[Answer]) -> Iterator[Claim | Answer]:
        # One state of the index for the whole answer, whatever a sync publishes meanwhile. A snapshot belongs
        # to its thread, and each claim may be fetched from another, so none is open while one is handed out.
        with self._index.catalog.snapshot():
            events = list(self._events(asked, turns))
        yield from events

    def _events(self, asked: str, turns: Sequence[Answer]) -> Iterator[Claim | Answer]:
        clock = Clock()
        asked = clean(asked, self.settings.max_question_chars)
        alone = self._standalone(asked, turns)
        question = self._reader.respelt(analyse(alone))
        vector = self._encoder.encode([alone])[0]
        hits = self._retrieval.search_vector(alone, vector, self.settings.retrieve)
        clock.lap("retrieval")
        candidates = self._reader.candidates(question, vector, hits)
        chosen = self._chosen(question, candidates)
        clock.lap("reading")
        numbering, withheld, claims = Numbering(self.documents), list[Withheld](), list[Claim]()
        for run in runs(chosen):
            view = self._reader.view(run[0].document.id)
            draft = self._writer.write(view, [c.number for c in run], max(c.features.coverage for c in run))
            if draft is None:
                words = view.sentences[run[0].number].of(view.document.text)
                withheld.append(Withheld(words, "it cannot be read alone"))
            elif _repeats(draft, claims):
                continue
            elif reason := failure(draft, view):
                withheld.append(Withheld(draft.text, reason))
            else:
                claims.append(numbering.claim(draft))
                yield claims[-1]
        clock.lap("writing and verification")
        yield self._finish(asked, alone, claims, numbering, withheld, candidates, clock)

    def _standalone(self, asked: str, turns: Sequence[Answer]) -> str:
        if not turns:
            return asked
        cited = [c.document_id for turn in turns[-1:] for c in (*turn.citations, *turn.nearest)]
        text = "\n\n".join(self.documents[i].text for i in dict.fromkeys(cited) if i in self.documents)
        return standalone(asked, turns, people(text))

    def _chosen(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates that answer: the best one that nothing speaks against, and what comes close to it."""
        standing, told = list[Candidate](), list[Statement]()
        for candidate in candidates:
            if len(standing) == self.settings.max_claims:
                break
            if standing and candidate.score < standing[0].score * (SECOND if len(standing) == 1 else THIRD):
                break
            view = self._reader.view(candidate.document.id)
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
        alone: str,
        claims: Sequence[Claim],
        numbering: Numbering,
        withheld: Sequence[Withheld],
        candidates: Sequence[Candidate],
        clock: Clock,
    ) -> Answer:
        if not claims:
            for candidate in candidates[:NEAREST]:
                view = self._reader.view(candidate.document.id)
                numbering.cite(candidate.document.id, readable(view, candidate.number))
        cited = numbering.citations
        dates = [day for c in cited if (day := self.documents[c.document_id].as_of)]
        return Answer(
            question=asked,
            standalone=alone,
            status=ANSWERED if claims else NOT_IN_DOCUMENTS,
            text=marked(claims) if claims else REFUSAL,
            claims=tuple(claims),
            citations=cited if claims else (),
            nearest=() if claims else cited,
            withheld=tuple(withheld),
            as_of=max(dates, default=None),
            writer=self._writer.name,
            timings=clock.laps,
        )


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
