"""What all tests share: no settings of the tester's, the story that ships, its encoder and an assistant on it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from index_fakes import CorpusFolder, EmbeddingServer, loopback_embeddings

from assistant import Assistant, Document, Settings, resources
from assistant.documents import read_document
from assistant.embeddings import MiniLM

FOREIGN = ("ON_THE_RECORD_", "OPENAI_", "CHROMA_", "LANGSMITH_", "LANGCHAIN_", "OTEL_", "TIKTOKEN_")

# A slow machine is no defect; what fails once fails again, since the examples are derived from the test alone.
hypothesis_settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def without_the_testers_settings() -> Iterator[None]:
    """Take every variable out of the environment that would change what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(FOREIGN):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def shipped_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The article of the story that ships, alone: what most tests ask about, whatever is written around it."""
    folder = tmp_path_factory.mktemp("shipped") / "corpus"
    folder.mkdir()
    return Path(shutil.copy(resources.path("corpus/mamdani-letter-row.md"), folder)).parent


@pytest.fixture(scope="session")
def assistant(shipped_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant on the article that ships; shared, so leave its corpus as it is."""
    data = tmp_path_factory.mktemp("shipped-data")
    with Assistant.open(Settings(corpus=str(shipped_corpus), data_dir=str(data))) as opened:
        yield opened


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant on the whole story that ships, as everybody meets it first."""
    with Assistant.open(Settings(data_dir=str(tmp_path_factory.mktemp("story-data")))) as opened:
        yield opened


@pytest.fixture(scope="session")
def article(shipped_corpus: Path) -> Document:
    """The article that ships."""
    return read_document(shipped_corpus / "mamdani-letter-row.md", max_bytes=1_000_000)


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    """The encoder that ships, loaded once."""
    return MiniLM()


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    """An empty corpus folder to write documents into."""
    path = tmp_path / "corpus"
    path.mkdir()
    return CorpusFolder(path)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def settings(folder: CorpusFolder, data_dir: Path) -> Settings:
    """Settings for `folder` and `data_dir`; a second writer is given up on soon."""
    return Settings(corpus=str(folder.path), data_dir=str(data_dir), lock_timeout=0.2)


@pytest.fixture
def embedding_server() -> Iterator[EmbeddingServer]:
    """A server on loopback that speaks OpenAI's embeddings."""
    with loopback_embeddings() as server:
        yield server


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way out of this process fails at once, look-ups of names too."""

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise AssertionError(f"the network was touched: {args[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
