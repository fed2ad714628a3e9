"""LangChain's own standard tests, as its integrations have to pass them."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from assistant import Assistant
from assistant.embeddings import MiniLM
from assistant.runnables import EncoderEmbeddings, PassageRetriever


class Shipped:
    """What is tested: the shipped encoder."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return EncoderEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"encoder": MiniLM()}


class TestEmbeddingsAlone(Shipped, EmbeddingsUnitTests):
    pass


class TestEmbeddings(Shipped, EmbeddingsIntegrationTests):
    pass


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _opened(self, assistant: Assistant) -> None:
        self.assistant = assistant

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PassageRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        retriever = self.assistant.retriever
        return {name: getattr(retriever, name) for name in ("search", "documents", "k")}

    @property
    def retriever_query_example(self) -> str:
        return "Who made the note public?"
