"""The whole way through: open an index, ask it questions."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from . import resources
from .answers import Answerer
from .changes import SyncReport, difference, is_current
from .chronicle import Chronicle
from .conversation import Conversation
from .documents import Corpus, Refusal, read_corpus
from .embeddings import Encoder, encoder_name, open_encoder
from .errors import CorpusError
from .filters import EVERYTHING, Filter
from .history import History
from .index import Index
from .settings import Settings
from .types import Answer, Attribution, Citation, Claim, Document, Event, Hit
from .versions import Change, Correction, change

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

    from .additions import AddReport


class Assistant:
    """Answers questions from one corpus; make it with `open`."""

    def __init__(self, settings: Settings, corpus: Corpus, index: Index, encoder: Encoder) -> None:
        self.settings = settings
        self.refused: tuple[Refusal, ...] = corpus.refused
        self._folder = corpus.folder
        self._index = index
        self._encoder = encoder
        self._history = History(index.folder / "answers.db")
        self._answerer = Answerer(settings, index, encoder, self._history if settings.history else None)

    @classmethod
    def open(cls, settings: Settings | None = None, *, stale: bool = False) -> Assistant:
        """An assistant on `settings` (by default the environment's), its index made or brought up to date.

        With `stale`, an index that is there is left as it is. Raises CorpusError, EmbeddingMismatch,
        IndexUnusable, IndexBusy or SettingsError.
        """
        return cls.open_synced(settings, stale=stale)[0]

    @classmethod
    def open_synced(cls, settings: Settings | None = None, *, stale: bool = False) -> tuple[Assistant, SyncReport]:
        """As `open`, with what its sync added, changed and removed."""
        settings = settings or Settings.from_env()
        folder = corpus_folder(settings)
        corpus = read_corpus(folder, max_bytes=settings.max_document_bytes)
        # Chroma's import and the encoder's load take a second each, and one waits for the disk.
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(Index, settings, folder, encoder_name(settings))
            encoder = open_encoder(settings)
            index = opening.result()
        assistant = cls(settings, corpus, index, encoder)
        try:
            return assistant, SyncReport() if stale and index.catalog.live() else assistant._synced(corpus)
        except BaseException:
            assistant.close()  # else this process would go on with the files that are open, whatever takes their place
            raise

    def close(self) -> None:
        """Let go of the index's files."""
        self._index.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Asking

    def ask(self, question: str, only: Filter = EVERYTHING) -> Answer:
        """The answer to `question`, checked and cited, from the documents that pass `only`.

        Raises QuestionError for one that cannot be asked, or a filter that no document passes.
        """
        return self.conversation(only).ask(question)

    async def aask(self, question: str, only: Filter = EVERYTHING) -> Answer:
        """As `ask`, without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, only)

    def stream(self, question: str, only: Filter = EVERYTHING) -> Iterator[Claim | Answer]:
        """Each claim as it is verified, then the Answer that holds them all."""
        return self.conversation(only).stream(question)

    async def astream(self, question: str, only: Filter = EVERYTHING) -> AsyncIterator[Claim | Answer]:
        """As `stream`, without blocking the event loop."""
        stop = threading.Event()
        events = Conversation(functools.partial(self._answerer.answer, only=only, stop=stop)).stream(question)
        try:
            while (event := await asyncio.to_thread(next, events, None)) is not None:
                yield event
        finally:
            stop.set()  # whoever asked has left: what a model is still doing ends too

    def batch(self, questions: Iterable[str]) -> list[Answer]:
        """The answers to `questions`, in their order."""
        return [self.ask(question) for question in questions]

    def conversation(self, only: Filter = EVERYTHING) -> Conversation:
        """A new conversation, in which follow-up questions are understood."""
        return Conversation(functools.partial(self._answerer.answer, only=only))

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        """Questions that the documents answer, to be asked after `answer`, or first of all; each has been checked."""
        return self._answerer.suggestions(answer)

    def search(self, query: str, k: int = 5, only: Filter = EVERYTHING) -> list[Hit]:
        """The `k` passages nearest to `query`, best first, of the documents that pass `only`."""
        return self._answerer.search(query, k, only)

    # The record

    def attributions(
        self, speaker: str | None = None, about: str | None = None, document: str | None = None
    ) -> list[Attribution]:
        """Who said what, each an exact span, in the order of the documents' days and then of place.

        `speaker` is a full name, a surname or a body ("US lawmakers"), without regard to capitals; `about` words
        whose stems have to stand in the content or its sentence; `document` an id. Raises QuestionError for an
        unknown one.
        """
        return Chronicle(self._index.catalog).attributions(speaker, about, document)

    def timeline(self, about: str | None = None, document: str | None = None) -> list[Event]:
        """The dated events, each an exact span, by date; `about` and `document` as in `attributions`.

        A date of mere reporting ("NDTV reported on 2 January 2026") is no event's, and left out.
        """
        return Chronicle(self._index.catalog).timeline(about, document)

    # The corpus

    @property
    def documents(self) -> Mapping[str, Document]:
        """The indexed documents by id: what citations are offsets into."""
        return self._answerer.documents

    def sync(self) -> SyncReport:
        """Make the index match the corpus folder; says what was added, changed and removed."""
        corpus = read_corpus(self._folder, max_bytes=self.settings.max_document_bytes)
        self.refused = corpus.refused
        return self._synced(corpus)

    def add(self, *sources: str | Path) -> AddReport:
        """Read files, folders and addresses into the corpus, then sync; says what was added, changed and refused.

        Raises CorpusError for the story in an installed package, or where the corpus folder cannot be written.
        """
        from .additions import add

        report = add(sources, corpus_folder(self.settings, to_write=True), self.settings)
        self.sync()
        return report

    def remove(self, *ids: str) -> SyncReport:
        """Delete documents from the corpus, then sync; raises CorpusError for an unknown id."""
        from .additions import remove

        remove(ids, corpus_folder(self.settings, to_write=True))
        return self.sync()

    def version(self, document_id: str, version: str) -> Document:
        """A document as it is or once was: what old citations are offsets into. Raises KeyError for an unknown one."""
        return self._index.catalog.version(document_id, version)

    def changed_since(self, citation: Citation) -> Change | None:
        """What became of the words of a citation; None if the document is still the one that was cited."""
        return change(citation, self._index.catalog)

    def corrections(self) -> list[Correction]:
        """The citations of answers given before whose words have changed or gone since, oldest answer first.

        Empty where no history is kept: see the setting `history`.
        """
        found = [(given, self.changed_since(citation)) for given in self._history for citation in given.citations]
        return [Correction(given.at, given.question, c) for given, c in found if c and c.state != "moved"]

    def status(self) -> dict[str, object]:
        """What the index holds, how it was made, and where the corpus has gone on since; JSON-ready.

        `size` is in bytes on disk, `synced` the time of the last sync that changed something, `evidence_to` the last
        day that any document speaks of, `versions` the number of earlier texts kept.
        """
        catalog, sizes, composer = self._index.catalog, self._index.catalog.sizes(), self._answerer.composer
        documents = list(self.documents.values())
        corpus = read_corpus(self._folder, max_bytes=self.settings.max_document_bytes)
        last = max((document.as_of for document in documents if document.as_of), default=None)
        return {
            "corpus": str(self._folder),
            "index": str(self._index.folder),
            "chroma": self.settings.chroma_url or "embedded",
            "embedding": self._encoder.name,
            "writer": composer.writer.name if composer else self._answerer.writer.name,
            "model": {
                "address": composer.writer.model.address,
                "format": composer.writer.form,
                "prompt": composer.writer.prompt,
                "checker": composer.checker.name,
            }
            if composer
            else None,
            "documents": [
                {**document.metadata(), **dict(zip(("passages", "tokens", "indexed"), sizes[document.id], strict=True))}
                for document in documents
            ],
            "passages": catalog.count(),
            "tokens": sum(tokens for _, tokens, _ in sizes.values()),
            "versions": int(catalog.read("SELECT count(*) FROM versions")[0][0]),
            "size": self._index.size(),
            "synced": catalog.meta().get("synced"),
            "evidence_to": last.isoformat() if last else None,
            "stale": dataclasses.asdict(difference(self._index, corpus.documents)),
            "history": self.settings.history,
            "refused": [str(refusal) for refusal in corpus.refused],
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


def corpus_folder(settings: Settings, *, to_write: bool = False) -> Path:
    """Where the documents are; raises CorpusError where an installed package's own story would be written."""
    if settings.corpus:
        return Path(settings.corpus)
    shipped = resources.path("corpus")
    if to_write and shipped.parent == Path(__file__).parent:
        raise CorpusError(
            "The story that ships with the package is not changed: set `corpus` (--corpus FOLDER) to a folder of yours."
        )
    return shipped
