"""The whole way through: open an index, ask it questions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from . import resources
from .answers import Answerer
from .changes import SyncReport, is_current
from .conversation import Conversation
from .documents import Corpus, Refusal, read_corpus
from .embeddings import Encoder, encoder_name, open_encoder
from .errors import CorpusError, SettingsError
from .index import Index
from .settings import Settings
from .types import Answer, Claim, Document, Hit

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
        self._answerer = Answerer(settings, index, encoder)

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
        folder = corpus_folder(settings)
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
        return Conversation(self._answerer.answer)

    def search(self, query: str, k: int = 5) -> list[Hit]:
        """The `k` passages nearest to `query`, best first."""
        return self._answerer.search(query, k)

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

        Raises CorpusError for the story that ships, or where the corpus folder cannot be written.
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

    def status(self) -> dict[str, object]:
        """What the index holds and how it was made, JSON-ready."""
        documents = [document.metadata() for document in self.documents.values()]
        return {
            "corpus": str(self._folder),
            "index": str(self._index.folder),
            "chroma": self.settings.chroma_url or "embedded",
            "embedding": self._encoder.name,
            "writer": self._answerer.writer.name,
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


def corpus_folder(settings: Settings, *, to_write: bool = False) -> Path:
    """Where the documents are; raises CorpusError where the story that ships would be written."""
    if settings.corpus:
        return Path(settings.corpus)
    if to_write:
        raise CorpusError("The story that ships is not changed: set `corpus` (--corpus FOLDER) to a folder of yours.")
    return resources.path("corpus")
