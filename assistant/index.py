"""The index of a corpus: passage vectors in Chroma, everything else in the catalog beside it."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tqdm import tqdm

from . import chroma
from .catalog import SCHEMA, Catalog
from .chroma_files import ChromaFiles
from .errors import REBUILD, EmbeddingMismatch, IndexBusy, IndexUnusable
from .locks import LOCK, WriteLock
from .settings import Settings
from .types import Document

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

    from .embeddings import Vectors

T = TypeVar("T")

log = logging.getLogger(__name__)

_GRAPH = {"hnsw:space": "cosine", "hnsw:M": 32, "hnsw:construction_ef": 200}
"""Twice Chroma's links: with its own 16, one collection in twenty had a vector that no search reached."""
_WORN = 0.25  # of the vectors: once as many have been dropped, those that are left are put into a new Chroma
_PATIENCE, _PAUSE = 10.0, 0.02  # seconds that an opening waits for a write to end, and between looks


class Index:
    """One corpus's index, opened; made empty if there is none yet.

    Raises EmbeddingMismatch if it was made with another embedding, IndexUnusable if it was cut
    otherwise, is damaged, or its folder or server is out of reach.
    """

    def __init__(self, settings: Settings, corpus: Path, embedding: str) -> None:
        self.embedding = embedding
        self.name = name_of(corpus)
        self.folder = settings.data_path() / "indexes" / self.name
        self._settings = settings
        self._is_embedded = settings.chroma_url is None
        self._recipe = {
            "schema": str(SCHEMA),
            "embedding": embedding,
            "passage_tokens": str(settings.passage_tokens),
            "token_encoding": settings.token_encoding,
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexUnusable(
                f"The data directory {self.folder} cannot be made ({error.strerror}): point `data_dir` at one that can."
            ) from error
        if self._is_embedded and not os.access(self.folder, os.W_OK):
            raise IndexUnusable(
                f"The data directory {self.folder} cannot be written, which Chroma has to even where it only reads: "
                "make it writable, or point `data_dir` at one that is."
            )
        self.catalog = Catalog(self.folder / "catalog.db")
        self._files = ChromaFiles(self.folder)
        self._opened = 0
        self._lock = WriteLock(self.folder)
        self._turn = threading.RLock()
        self._generation = self.catalog.generation()
        made = self._made()
        # A first sync that failed binds nobody: its settings may be the very thing that was wrong.
        unfinished = bool(made) and made != self._recipe and not self.catalog.live()
        if not unfinished:
            self._check(made)
        if made and not unfinished and (settings.chroma_url or self._files.build()):
            self._open()
            return
        # Chroma's own first steps fail where two processes take them at once.
        with self.writing():
            made = self._made()
            forget = bool(made) and made != self._recipe and not self.catalog.live()
            if not forget:
                self._check(made)
            self._open(forget)

    def _made(self) -> dict[str, str]:
        """How the index on disk says it was made."""
        return {name: value for name, value in self.catalog.meta().items() if name in self._recipe}

    def close(self) -> None:
        """Let go of the files."""
        self.catalog.close()
        self._client.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock: two writing processes would corrupt an embedded Chroma.

        Raises IndexBusy after `lock_timeout` seconds.
        """
        with self._lock.held(self._settings.lock_timeout):
            self._count_change()
            try:
                yield
            finally:
                self._count_change()

    def record_recipe(self) -> None:
        """Remember how this index is made, at its first sync."""
        with self.catalog.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", self._recipe.items())

    def state(self) -> tuple[str, int]:
        """Equal for as long as the index answers alike: which publication it is, and how often it was written."""
        return self.catalog.publication(), self.catalog.generation()

    def size(self) -> int:
        """Bytes on disk; what a Chroma server holds is not counted."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    # Vectors

    def nearest(self, vector: Vectors, k: int, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` passages nearest to `vector` by cosine: (id, similarity); some may not be live.

        Of the passages `within` alone, if given. Where Chroma fails meanwhile (its server is gone, the disk is full),
        the catalog's own vectors are searched: slower, and with the same outcome.
        """
        # A server may have been put in another's place, with none or few of the vectors.
        least = 0 if self._is_embedded else self.catalog.count()
        try:
            return self._read(lambda collection: chroma.nearest(collection, vector, k, within, least))
        except IndexUnusable as error:
            log.warning("the catalog was searched instead: %s", str(error))  # kept, the error would keep sockets open
            return self.catalog.nearest(vector, k, within)

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Store passage vectors; the same id again replaces."""
        self._write(lambda collection: chroma.put(self._client, collection, ids, vectors))

    def drop(self, ids: Sequence[str]) -> None:
        """Remove passage vectors, of which the catalog must have none; ids that are not there are no matter."""
        if self._is_embedded and self._is_worn(len(ids)):
            self._rebuild()
            return
        self._write(lambda collection: chroma.drop(collection, ids))

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that have no vector."""
        return self._read(lambda collection: chroma.missing(collection, ids))

    def _read(self, look: Callable[[Collection], T]) -> T:
        """What `look` finds; once more, opened anew, where it fails or another Chroma took this one's place meanwhile."""
        try:
            with self._vectors() as collection:
                found = look(collection)
            if not self._is_replaced():
                return found
        except IndexUnusable:
            self._reopen()
        with self._vectors() as collection:
            return look(collection)

    def _write(self, act: Callable[[Collection], None]) -> None:
        """Do `act`, which done twice is as done once; once more, opened anew, where it fails.

        A client that met a full or a locked disk may go on failing when there is room again.
        """
        try:
            with self._vectors() as collection, self._marked():
                act(collection)
        except IndexUnusable:
            self._reopen()
            with self._vectors() as collection, self._marked():
                act(collection)

    def _reopen(self) -> None:
        with self._turn, chroma.guarded(self._where()):
            now = self.catalog.generation()
            self._client.close()
            self._open()
            self._generation = now

    @contextmanager
    def _vectors(self) -> Iterator[Collection]:
        """The collection as it now is, for one thread at a time.

        An open client of an embedded Chroma does not see what other processes write, and corrupts it by
        writing over it; so each change is counted in the catalog, and the client opened anew after another's.
        """
        with self._turn, chroma.guarded(self._where()):
            if self.catalog.generation() != self._generation or self._is_replaced():
                self._reopen()
            yield self._collection

    def _count_change(self) -> None:
        with self._turn:
            before, after = self.catalog.count_change()
            if self._generation == before:
                self._generation = after

    # An embedded Chroma's files

    def _marked(self) -> AbstractContextManager[None]:
        return self._files.marked() if self._is_embedded else nullcontext()

    def _settle(self) -> None:
        """Make an embedded Chroma anew whose files are not as the last write left them, unless one is under way."""
        waited = 0.0
        while self._is_in_doubt() and waited < _PATIENCE:
            try:
                with self._lock.held(timeout=0):
                    if self._is_in_doubt():
                        self._rebuild()
            except IndexBusy:
                time.sleep(_PAUSE)
                waited += _PAUSE

    def _is_in_doubt(self) -> bool:
        if self._files.build():
            return self._files.are_in_doubt()
        return bool(self.catalog.read("SELECT 1 FROM passages LIMIT 1"))

    def _is_worn(self, dropping: int) -> bool:
        """Whether so much has been dropped that Chroma is to be made anew.

        What is deleted stays in its graph for good (chroma issue 2963), and may take away every path to
        what is left: a vector that `get` shows and no search finds (chroma issue 7758).
        """
        ((left,),) = self.catalog.read("SELECT count(*) FROM passages")
        dropped = int(self.catalog.meta().get("dropped", 0)) + dropping
        worn: bool = dropped > _WORN * left
        with self.catalog.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('dropped', ?)", (str(0 if worn else dropped),))
        return worn

    def _rebuild(self) -> None:
        """Put the vectors that the catalog keeps into a new Chroma, and that in the old one's place."""
        ids = [row[0] for row in self.catalog.read("SELECT id FROM passages ORDER BY key")]
        with chroma.guarded(self._where()), self._files.next_build() as fresh:
            client = chroma.connect(self._settings, fresh)
            try:
                collection = self._collection_or_new(client)
                with tqdm(total=len(ids), unit="passage", desc="Storing vectors", delay=1, disable=None) as progress:
                    for start in range(0, len(ids), chroma.AT_ONCE):
                        part = ids[start : start + chroma.AT_ONCE]
                        chroma.put(client, collection, part, self.catalog.passage_vectors(part))
                        progress.update(len(part))
            finally:
                client.close()

    # Opening

    def _check(self, made: Mapping[str, str]) -> None:
        if not made:
            return
        if made.get("embedding") != self.embedding:
            raise EmbeddingMismatch(
                f"The index {self.folder} was made with the embedding {made.get('embedding')!r}, the settings ask for "
                f"{self.embedding!r}: {REBUILD}, or set `embedding` or `data_dir` back."
            )
        for name, value in self._recipe.items():
            if made.get(name) != value:
                raise IndexUnusable(
                    f"The index {self.folder} was made with {name} {made.get(name)}, this is {value}: {REBUILD}."
                )

    def _open(self, forget: bool = False) -> None:
        """Connect to Chroma; `forget` what a first sync with other settings left there and in the catalog."""
        if self._is_embedded:
            self._settle()
        self._opened = self._files.build()
        self._client = chroma.connect(self._settings, self._files.place())
        try:
            with chroma.guarded(self._where()), self._marked() if forget else nullcontext():
                if forget:
                    chroma.delete_collection(self._client, self.name)
                    self.catalog.clear()
                self._collection = self._open_collection()
        except BaseException:
            self._client.close()
            raise

    def _open_collection(self) -> Collection:
        collection = self._collection_or_new(self._client)
        if (collection.metadata or {}).get("embedding") != self.embedding and not collection.count():
            self._client.delete_collection(self.name)
            collection = self._collection_or_new(self._client)
        made_by = (collection.metadata or {}).get("embedding")
        if made_by != self.embedding:
            raise EmbeddingMismatch(
                f"The Chroma collection {self.name} was made with the embedding {made_by!r}, the settings ask for "
                f"{self.embedding!r}: {REBUILD}, or set `embedding` back."
            )
        return collection

    def _collection_or_new(self, client: Client) -> Collection:
        from chromadb.errors import NotFoundError

        try:
            return client.get_collection(self.name, embedding_function=None)
        except NotFoundError:
            return client.get_or_create_collection(
                self.name, metadata={"embedding": self.embedding} | _GRAPH, embedding_function=None
            )

    def _is_replaced(self) -> bool:
        return self._is_embedded and self._opened != self._files.build()

    def _where(self) -> str:
        return chroma.place(self._settings, self._files.place())


class Documents(Mapping[str, Document]):
    """The indexed documents by id, in the corpus's order: what citations are offsets into."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __getitem__(self, identity: str) -> Document:
        return self._catalog.document(identity)

    def __iter__(self) -> Iterator[str]:
        return iter(self._catalog.live())

    def __len__(self) -> int:
        return len(self._catalog.live())


def remove(settings: Settings, corpus: Path) -> None:
    """Delete a corpus's index, whatever made it: its files, and its vectors where a Chroma server has them.

    Raises IndexBusy while another process writes it, IndexUnusable if the server is out of reach.
    """
    folder = settings.data_path() / "indexes" / name_of(corpus)
    if not folder.is_dir():
        return
    with WriteLock(folder).held(settings.lock_timeout):
        if settings.chroma_url is not None:
            _drop_collection(settings, folder)
        try:
            for path in folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != LOCK:
                    path.unlink()
        except OSError as error:
            raise IndexUnusable(
                f"The index {folder} cannot be deleted ({error.strerror}): mend its rights, "
                "or point `data_dir` elsewhere."
            ) from error


def _drop_collection(settings: Settings, folder: Path) -> None:
    client = chroma.connect(settings, folder)
    try:
        with chroma.guarded(chroma.place(settings, folder)):
            chroma.delete_collection(client, folder.name)
    finally:
        client.close()


def name_of(corpus: Path) -> str:
    """A collection and folder name: readable, and one for each corpus path."""
    path = str(corpus.resolve())
    readable = re.sub(r"[^a-z0-9]+", "-", corpus.resolve().name.lower()).strip("-")[:30] or "corpus"
    return f"{readable}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"
