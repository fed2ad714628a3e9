"""The assistant's LangChain faces: its embeddings, a retriever and a Runnable.

Kept apart since LangChain's callback machinery takes a second to import, which a plain question never needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from .embeddings import Encoder
from .errors import QuestionError
from .types import Answer, Document, Hit

if TYPE_CHECKING:
    from .assistant import Assistant


class EncoderEmbeddings(Embeddings):
    """An encoder as LangChain Embeddings; vectors are lists of floats of unit length."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text."""
        vectors: list[list[float]] = self._encoder.encode(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text."""
        return self.embed_documents([text])[0]


class PassageRetriever(BaseRetriever):
    """`k` passages of the corpus, or as many as `invoke` is given by `k`.

    Metadata holds document_id, version, start, end, score, title, publisher, published, url.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Callable[[str, int], list[Hit]]
    documents: Mapping[str, Document]
    k: int = 8

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  # LangChain passes it
        k: int | None = None,
    ) -> list[LangChainDocument]:
        return [self._plain(hit) for hit in self.search(query, self.k if k is None else k)]

    def _plain(self, hit: Hit) -> LangChainDocument:
        passage, document = hit.passage, self.documents[hit.passage.document_id]
        return LangChainDocument(
            id=passage.id,
            page_content=passage.text,
            metadata={
                "document_id": document.id,
                "version": document.version,
                "start": passage.start,
                "end": passage.end,
                "score": hit.score,
                "title": document.title,
                "publisher": document.publisher,
                "published": document.published.isoformat() if document.published else None,
                "url": document.url,
            },
        )


def as_runnable(assistant: Assistant) -> Runnable[Any, Answer]:
    """``str`` or ``{"question": str, "history": [Answer or str, ...]}`` to Answer; history is oldest first."""

    def answer(value: object) -> Answer:
        if isinstance(value, str):
            return assistant.ask(value)
        if not isinstance(value, Mapping) or "question" not in value:
            raise QuestionError("The input holds no question: pass a string or {'question': ..., 'history': [...]}.")
        talk = assistant.conversation()
        for turn in value.get("history") or ():
            if isinstance(turn, Answer):
                talk.turns.append(turn)
            else:
                talk.ask(turn)
        return talk.ask(value["question"])

    return RunnableLambda(answer, name="on-the-record")
