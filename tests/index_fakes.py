"""What the index's tests share: a corpus folder, an encoder that counts, servers on loopback, processes to kill."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant import index as index_module
from assistant.documents import Corpus, read_corpus
from assistant.embeddings import Provided, Vectors
from assistant.index import Index
from assistant.settings import Settings
from assistant.sync import SyncReport, sync

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
"""Seconds after which something that should have happened counts as a failure."""


@dataclass
class CorpusFolder:
    """A corpus in a temporary folder."""

    path: Path

    def write(self, identity: str, text: str, *, file: str = "", **front: str) -> Path:
        """A document with `text`; `front` adds to its front matter; `file` names it otherwise than its id does."""
        values = {"id": identity, "title": json.dumps(f"About {identity}"), **front}
        block = "".join(f"{name}: {value}\n" for name, value in values.items())
        return self.write_bytes(file or f"{identity}.md", f"---\n{block}---\n\n{text}\n".encode())

    def write_bytes(self, file: str, raw: bytes) -> Path:
        """A file as it is."""
        path = self.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    def remove(self, identity: str) -> None:
        """Delete a document."""
        (self.path / f"{identity}.md").unlink()

    def read(self, max_bytes: int = 1_000_000) -> Corpus:
        """The corpus as the library reads it."""
        return read_corpus(self.path, max_bytes=max_bytes)


class HashedWords(Embeddings):
    """A text as how often each of its words falls into each of a few dozen dimensions: deterministic, instant."""

    def __init__(self, dimensions: int = 32) -> None:
        self.dimensions = dimensions

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        counts = np.zeros(self.dimensions)
        for word in re.findall(r"\w+", text.lower()):
            counts[zlib.crc32(word.encode()) % self.dimensions] += 1
        return [float(count) for count in counts]


class CountingEncoder(Provided):
    """The library's own wrapper around `HashedWords`; remembers every text that it was given."""

    def __init__(self, name: str = "counting") -> None:
        super().__init__(name, HashedWords())
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().encode(texts)


@contextlib.contextmanager
def opened(settings: Settings, corpus: Path, embedding: str = "counting") -> Iterator[Index]:
    """An index, closed afterwards."""
    index = Index(settings, corpus, embedding)
    try:
        yield index
    finally:
        index.close()


def synced(settings: Settings, folder: CorpusFolder, encoder: CountingEncoder | None = None) -> SyncReport:
    """One sync in an index opened for it alone."""
    encoder = encoder or CountingEncoder()
    with opened(settings, folder.path, encoder.name) as index:
        return sync(index, folder.read().documents, encoder, settings)


@dataclass(frozen=True)
class Contents:
    """What stands in an index: texts by id, passages by the catalog and vectors by Chroma."""

    texts: dict[str, str]
    passages: frozenset[str]
    vectors: frozenset[str]
    found: frozenset[str]

    @property
    def whole(self) -> bool:
        """Whether each live passage has its vector and each vector its live passage."""
        return self.passages == self.vectors


def contents(settings: Settings, corpus: Path, word: str = "the", embedding: str = "counting") -> Contents:
    """All of an index, Chroma asked without the library's help; `found` are the ids that full text has for `word`."""
    with opened(settings, corpus, embedding) as index:
        documents = {identity: index.catalog.document(identity) for identity in index.catalog.live()}
        passages = {passage.id for identity in documents for passage in index.catalog.passages_of(identity)}
        assert index.catalog.count() == len(passages)
        found = frozenset(identity for identity, _ in index.catalog.search([word], 10_000))
        name, folder = index.name, index.folder
    return Contents(
        {identity: document.text for identity, document in documents.items()},
        frozenset(passages),
        frozenset(stored_vectors(folder / "chroma", name)),
        found,
    )


def stored_vectors(folder: Path, name: str) -> dict[str, Vectors]:
    """Ids and vectors of an embedded Chroma collection; fails if it counts others than it gives."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    with chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False)) as client:  # type: ignore[attr-defined]
        collection = client.get_collection(name, embedding_function=None)
        found = collection.get(include=["embeddings"])
        assert collection.count() == len(found["ids"])
    return dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
