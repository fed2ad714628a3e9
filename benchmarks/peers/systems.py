"""The systems, each as its own quickstart or tutorial has it; all with the weights of the encoder that ships.

Each class: `ingest(documents)` once, `search(question)` gives the ids and texts of five passages, best first,
`ask(question)` an answer by the model server at `url`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant import Assistant, Settings
from assistant.embeddings import MAX_TOKENS, MiniLM, Vectors

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

K = 5
PROMPT = "Answer the question from the context only.\n\nContext:\n{context}\n\nQuestion: {question}"
Document = dict[str, str]  # id, title, text
Passage = tuple[str, str]  # id of the document, text


def _lists(vectors: Vectors) -> list[list[float]]:
    return [[float(value) for value in row] for row in vectors]


def _written(model: ChatOpenAI, passages: Sequence[Passage], question: str) -> str:
    """An answer as the tutorial has it made: one prompt with the passages."""
    context = "\n\n".join(text for _, text in passages)
    return str(model.invoke(PROMPT.format(context=context, question=question)).content)


class Padded(MiniLM):
    """The encoder as Chroma's default embedding function runs it: every text padded to 256 word pieces.

    That function downloads its weights, which are those that ship here; its time is what it pads.
    """

    def _run(self, output: str, ids: list[list[int]]) -> Vectors:
        tokens = np.zeros((len(ids), MAX_TOKENS), np.int64)
        mask = np.zeros_like(tokens)
        for row, values in enumerate(ids):
            tokens[row, : len(values)], mask[row, : len(values)] = values, 1
        feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        vectors: Vectors = self._session.run([output], feed)[0]
        return vectors


class Ours:
    """On the Record: documents as Markdown files in a folder."""

    name = "On the Record"

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.settings = Settings(
            corpus=str(folder / "corpus"), data_dir=str(folder / "data"), model="openai:none", base_url=url
        )

    def ingest(self, documents: Sequence[Document]) -> None:
        (self.folder / "corpus").mkdir()
        for document in documents:
            title = json.dumps(document["title"])
            head = f"---\nid: {document['id']}\ntitle: {title}\npublisher: 'Bench'\npublished: 2026-01-02\n---\n\n"
            (self.folder / "corpus" / f"{document['id']}.md").write_text(head + document["text"] + "\n", "utf-8")
        self.assistant = Assistant.open(self.settings)

    def search(self, question: str) -> list[Passage]:
        hits = self.assistant.search(question, k=K)
        return [(hit.passage.document_id, hit.passage.text) for hit in hits]

    def ask(self, question: str) -> str:
        return self.assistant.ask(question).text


class OursQuoting(Ours):
    """The same without a model: answers are quoted, and checked."""

    name = "On the Record, no model"

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, url)
        self.settings = Settings(corpus=str(folder / "corpus"), data_dir=str(folder / "data"))


class LangChain:
    """The RAG tutorial: recursive splitter of 1,000 characters with 200 of overlap, Chroma, similarity search, one prompt."""

    name = "LangChain tutorial on Chroma"
    encoder: type[MiniLM] = Padded

    def __init__(self, folder: Path, url: str) -> None:
        from langchain_chroma import Chroma
        from langchain_core.embeddings import Embeddings
        from langchain_openai import ChatOpenAI

        encoder = self.encoder()

        class Wrapped(Embeddings):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return _lists(encoder.encode(texts))

            def embed_query(self, text: str) -> list[float]:
                return _lists(encoder.encode([text]))[0]

        self.store = Chroma("tutorial", embedding_function=Wrapped(), persist_directory=str(folder / "chroma"))
        self.model = ChatOpenAI(model="none", base_url=url, api_key="none")  # type: ignore[arg-type]

    def ingest(self, documents: Sequence[Document]) -> None:
        from langchain_core.documents import Document as Held
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        held = [Held(d["text"], metadata={"id": d["id"], "title": d["title"]}) for d in documents]
        splits = splitter.split_documents(held)
        for start in range(0, len(splits), 5000):  # Chroma takes 5,461 at once
            self.store.add_documents(splits[start : start + 5000])

    def search(self, question: str) -> list[Passage]:
        return [(d.metadata["id"], d.page_content) for d in self.store.similarity_search(question, k=K)]

    def ask(self, question: str) -> str:
        return _written(self.model, self.search(question), question)


class LangChainUnpadded(LangChain):
    """The same with the encoder run without padding, so that what is left is not the encoder's time."""

    name = "the same, encoder unpadded"
    encoder = MiniLM


class LlamaIndex:
    """The quickstart: VectorStoreIndex.from_documents with its own defaults, five passages in place of two."""

    name = "LlamaIndex quickstart"

    def __init__(self, folder: Path, url: str) -> None:
        from llama_index.core import Settings as Global
        from llama_index.core.base.embeddings.base import BaseEmbedding
        from llama_index.llms.openai_like import OpenAILike

        encoder = MiniLM()

        class Wrapped(BaseEmbedding):  # type: ignore[misc]
            def _get_text_embedding(self, text: str) -> list[float]:
                return _lists(encoder.encode([text]))[0]

            def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
                return _lists(encoder.encode(texts))

            def _get_query_embedding(self, query: str) -> list[float]:
                return self._get_text_embedding(query)

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return self._get_text_embedding(query)

        Global.embed_model = Wrapped()
        Global.llm = OpenAILike(model="none", api_base=url, api_key="none", is_chat_model=True)
        self.folder = folder

    def ingest(self, documents: Sequence[Document]) -> None:
        from llama_index.core import Document as Held
        from llama_index.core import VectorStoreIndex

        held = [Held(text=d["text"], metadata={"id": d["id"]}) for d in documents]
        for document in held:
            document.excluded_embed_metadata_keys = document.excluded_llm_metadata_keys = ["id"]
        index = VectorStoreIndex.from_documents(held)
        index.storage_context.persist(persist_dir=str(self.folder / "storage"))
        self.retriever = index.as_retriever(similarity_top_k=K)
        self.engine = index.as_query_engine(similarity_top_k=K)

    def search(self, question: str) -> list[Passage]:
        return [(n.node.metadata["id"], n.node.get_content()) for n in self.retriever.retrieve(question)]

    def ask(self, question: str) -> str:
        return str(self.engine.query(question))


class Txtai:
    """txtai: Embeddings with content, hybrid (BM25 and vectors), one row a paragraph."""

    name = "txtai, hybrid"

    def __init__(self, folder: Path, url: str) -> None:
        from langchain_openai import ChatOpenAI
        from txtai import Embeddings

        encoder = MiniLM()
        self.embeddings = Embeddings(
            method="external", transform=lambda texts: encoder.encode(texts), content=True, hybrid=True, backend="faiss"
        )
        self.folder = folder
        self.model = ChatOpenAI(model="none", base_url=url, api_key="none")  # type: ignore[arg-type]

    def ingest(self, documents: Sequence[Document]) -> None:
        rows = [(f"{d['id']}/{n}", paragraph) for d in documents for n, paragraph in enumerate(d["text"].split("\n\n"))]
        self.embeddings.index(rows)
        self.embeddings.save(str(self.folder / "txtai"))

    def search(self, question: str) -> list[Passage]:
        return [(row["id"].rsplit("/", 1)[0], row["text"]) for row in self.embeddings.search(question, K)]

    def ask(self, question: str) -> str:
        return _written(self.model, self.search(question), question)


SYSTEMS = {s.__name__: s for s in (Ours, OursQuoting, LangChain, LangChainUnpadded, LlamaIndex, Txtai)}
