"""What the index's tests share: a corpus folder, an encoder that counts, servers on loopback, processes to kill."""

from __future__ import annotations

import contextlib
import functools
import json
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings as ChromaSettings
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from tqdm import tqdm

from assistant.changes import SyncReport
from assistant.chroma_files import ChromaFiles
from assistant.documents import Corpus, read_corpus
from assistant.embeddings import Encoder, Provided, Vectors
from assistant.index import Index
from assistant.settings import Settings
from assistant.sync import sync

PATIENCE = 60.0
"""Seconds after which something that should have happened counts as a failure."""
KEY = "sk-test-0123456789-secret"
DIMENSIONS = 128


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
    """A text as the sum of its words, each a direction of its own: deterministic, instant."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        total = np.zeros(DIMENSIONS)
        for word in re.findall(r"\w+", text.lower()):
            total += direction(word)
        return [float(value) for value in total]


@functools.cache
def direction(word: str) -> NDArray[np.float64]:
    """A random direction, the same for the same word everywhere."""
    return np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIMENSIONS)


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


class Overtaken(Index):
    """An index that another thread brings up to date in the middle of the next search."""

    _overtake: Callable[[], object] | None = None

    def overtaken_by(self, folder: CorpusFolder, encoder: Encoder) -> None:
        """The sync to come: of `folder` as it will stand then."""
        self._overtake = lambda: sync(self, folder.read().documents, encoder, self._settings)

    def nearest(self, vector: Vectors, k: int, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        if overtake := self._overtake:
            self._overtake = None
            with ThreadPoolExecutor(1) as pool:
                pool.submit(overtake).result()
        return super().nearest(vector, k, within)


def synced(settings: Settings, folder: CorpusFolder, encoder: CountingEncoder | None = None) -> SyncReport:
    """One sync in an index opened for it alone."""
    encoder = encoder or CountingEncoder()
    with opened(settings, folder.path, encoder.name) as index:
        return sync(index, folder.read().documents, encoder, settings)


@dataclass(frozen=True)
class Contents:
    """What stands in an index: texts by id; its passages by the catalog, by full text and by Chroma."""

    texts: Mapping[str, str]
    passages: frozenset[str]
    found: frozenset[str]
    vectors: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """Whether each live passage has its vector and each vector its live passage."""
        return self.passages == self.vectors


def contents(settings: Settings, corpus: Path, word: str = "the", embedding: str = "counting") -> Contents:
    """All of an index as it stands, Chroma asked without the library; `found` has `word` in text or title."""
    with opened(settings, corpus, embedding) as index:
        catalog = index.catalog
        texts = {identity: catalog.document(identity).text for identity in catalog.live()}
        passages = frozenset(passage.id for identity in texts for passage in catalog.passages_of(identity))
        assert catalog.count() == len(passages)
        found = frozenset(identity for identity, _ in catalog.fulltext.search([word], 100_000))
        client = chroma_client(settings, index.folder)
        try:
            vectors = stored_vectors(client, index.name)
        finally:
            client.close()
    return Contents(texts, passages, found, frozenset(vectors))


def chroma_client(settings: Settings, folder: Path) -> Client:
    """A plain client of the Chroma that an index in `folder` uses."""
    quiet = ChromaSettings(anonymized_telemetry=False)
    if settings.chroma_url:
        port = int(settings.chroma_url.rpartition(":")[2])
        client = chromadb.HttpClient("127.0.0.1", port, settings=quiet)
    else:
        client = chromadb.PersistentClient(str(ChromaFiles(folder).place()), settings=quiet)
    assert isinstance(client, Client)
    return client


def stored_vectors(client: Client, name: str) -> dict[str, Vectors]:
    """Ids and vectors of a collection; fails where Chroma counts others than it gives."""
    collection = client.get_collection(name, embedding_function=None)
    found = collection.get(include=["embeddings"])
    assert collection.count() == len(found["ids"])
    return dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))


# Servers on loopback


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class EmbeddingServer:
    """A server that speaks OpenAI's `POST /v1/embeddings`, well or badly."""

    url: str = ""
    status: int = 200
    answer: Callable[[list[str]], object] | None = None
    hang: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def reply(self, request: dict[str, Any], key: str) -> tuple[int, object]:
        """Status and body for one request."""
        self.requests.append(request)
        self.keys.append(key)
        if self.hangs:
            self.hang.wait(PATIENCE)
        if self.status != 200:
            # As OpenAI does, the key is told back in part; here in full, which is the worst case.
            return self.status, {"error": {"message": f"Incorrect API key provided: {key}", "code": "x", "type": "x"}}
        if self.answer:
            return 200, self.answer(request["input"])
        return 200, embedding_reply(HashedWords().embed_documents(request["input"]))


def embedding_reply(vectors: Sequence[object]) -> dict[str, object]:
    """The body of OpenAI's answer that holds `vectors`."""
    data = [{"object": "embedding", "index": number, "embedding": vector} for number, vector in enumerate(vectors)]
    return {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


@contextlib.contextmanager
def loopback_embeddings() -> Iterator[EmbeddingServer]:
    """An `EmbeddingServer` in a thread, on a free port."""
    state = EmbeddingServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = 404, object()
            if self.path == "/v1/embeddings":
                status, body = state.reply(json.loads(raw), self.headers["Authorization"].removeprefix("Bearer "))
            out = body if isinstance(body, bytes) else json.dumps(body if status != 404 else {}).encode()
            with contextlib.suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(out)))
                self.send_header("retry-after-ms", "1")
                self.end_headers()
                self.wfile.write(out)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.hang.set()
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@dataclass
class ChromaServer:
    """A `chroma run` in a process of its own."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, for `Settings.chroma_url`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        chroma = Path(sys.executable).with_name("chroma")
        command = [str(chroma), "run", "--path", str(self.data), "--host", "127.0.0.1", "--port", str(self.port)]
        environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "`chroma run` ended at once"
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("`chroma run` did not come up")

    def stop(self) -> None:
        """End it, if it runs."""
        if self.process:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process = None


# Processes of their own


def processes() -> ForkServerContext:
    """Starts processes that share nothing with this one, but have the slow imports behind them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([
        "assistant.sync", "chromadb.api.client", "chromadb.api.rust", "filelock", "langchain_core.embeddings",
        "langchain_text_splitters", "pytest", "syntok.segmenter", "tiktoken_ext.openai_public",
    ])  # fmt: skip
    return context


def started(target: Callable[..., None], *args: object) -> ForkServerProcess:
    """A process that runs `target`, with this folder to import from."""
    process = processes().Process(target=_run, args=(target, *args), daemon=True)
    process.start()
    return process


def _run(target: Callable[..., None], *args: object) -> None:
    # tqdm's own lock is one between processes, which a killed process leaves behind.
    tqdm.set_lock(threading.RLock())
    target(*args)


def _report(results: Connection, function: Callable[..., object], *args: object) -> None:
    try:
        results.send(function(*args))
    except BaseException as error:
        results.send(error)


def elsewhere(function: Callable[..., Any], *args: object) -> Any:
    """What `function` returns or raises in a process of its own."""
    mine, theirs = processes().Pipe()
    process = started(_report, theirs, function, *args)
    assert mine.poll(PATIENCE)
    result = mine.recv()
    process.join(PATIENCE)
    if isinstance(result, BaseException):
        raise result
    return result
