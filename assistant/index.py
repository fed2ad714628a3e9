"""The index of a corpus: passage vectors in Chroma, everything else in the catalog beside it."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from . import chroma
from .catalog import SCHEMA, Catalog
from .errors import EmbeddingMismatch, IndexBusy, IndexUnusable
from .locks import LOCK, WriteLock
from .settings import Settings
from .types import Document

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

    from .embeddings import Vectors

_AT_ONCE = 1000  # passages read, checked or deleted together
_MARK = "vectors.json"  # what Chroma's files were like after the last write
_PATIENCE, _PAUSE = 10.0, 0.02  # seconds that an opening waits for a write to end, and between looks


class Index:
    """One corpus's index, opened; made empty if there is none yet.

    Raises EmbeddingMismatch if it was made with another embedding, IndexUnusable if it was cut
    otherwise, is damaged, or its folder or server is out of reach.
    """

    def __init__(self, settings: Settings, corpus: Path, embedding: str) -> None:
        self.embedding = embedding
        self.name = _name(corpus)
        self.folder = settings.data_path() / "indexes" / self.name
        self._settings = settings
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
        self.catalog = Catalog(self.folder / "catalog.db")
        self._lock = WriteLock(self.folder)
        self._turn = threading.RLock()
        self._generation = self.catalog.generation()
        made = self._made()
        # A first sync that failed binds nobody: its settings may be the very thing that was wrong.
        unfinished = bool(made) and made != self._recipe and not self.catalog.live()
        if not unfinished:
            self._check(made)
        if made and not unfinished and (settings.chroma_url or (self.folder / "chroma").is_dir()):
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

    def size(self) -> int:
        """Bytes on disk; what a Chroma server holds is not counted."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    # Vectors

    def nearest(self, vector: Vectors, k: int, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` passages nearest to `vector` by cosine: (id, similarity); some may not be live.

        Of the passages `within` alone, if given.
        """
        with self._vectors() as collection:
            held = collection.count()
            held = held if within is None else min(held, len(within))
            if not held:
                return []
            found = collection.query(
                query_embeddings=np.asarray([vector], np.float32),
                n_results=min(k, held),
                include=["distances"],
                ids=None if within is None else list(within),
            )
        distances = found["distances"] or [[]]
        return [(identity, 1.0 - float(d)) for identity, d in zip(found["ids"][0], distances[0], strict=True)]

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Store passage vectors; the same id again replaces."""
        with self._vectors() as collection, self._marked():
            chroma.put(self._client, collection, ids, vectors)

    def drop(self, ids: Sequence[str]) -> None:
        """Remove passage vectors; ids that are not there are no matter."""
        with self._vectors() as collection, self._marked():
            for start in range(0, len(ids), _AT_ONCE):
                collection.delete(ids=list(ids[start : start + _AT_ONCE]))

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that have no vector."""
        with self._vectors() as collection:
            if collection.count() >= len(ids):
                return []
            held: set[str] = set()
            for start in range(0, len(ids), _AT_ONCE):
                held.update(collection.get(ids=list(ids[start : start + _AT_ONCE]), include=[])["ids"])
        return [identity for identity in ids if identity not in held]

    @contextmanager
    def _vectors(self) -> Iterator[Collection]:
        """The collection as it now is, for one thread at a time.

        An open client of an embedded Chroma does not see what other processes write, and corrupts it by
        writing over it; so each change is counted in the catalog, and the client opened anew after another's.
        """
        with self._turn, chroma.guarded(self._where()):
            now = self.catalog.generation()
            if now != self._generation or self._opened != self._identity():
                self._client.close()
                self._open()
                self._generation = now
            yield self._collection

    def _count_change(self) -> None:
        with self._turn:
            before, after = self.catalog.count_change()
            if self._generation == before:
                self._generation = after

    # A writer that was killed

    @contextmanager
    def _marked(self) -> Iterator[None]:
        """Around a write: an embedded Chroma writes its files in place, and killed at it leaves them half written.

        Such files may fail, lack vectors without a word, or crash whoever reads them (chromadb 1.5). So a file
        beside them tells what they were like after the last write that ended; see `_settle`.
        """
        if self._settings.chroma_url is not None:
            yield
            return
        (self.folder / _MARK).unlink(missing_ok=True)
        yield
        self._mark()

    def _mark(self) -> None:
        written = self.folder / f"{_MARK}.new"
        written.write_text(chroma.fingerprint(self.folder / "chroma"))
        written.replace(self.folder / _MARK)

    def _settle(self) -> None:
        """Make an embedded Chroma anew whose files are not as the last write left them, unless one is under way."""
        waited = 0.0
        while self._in_doubt() and waited < _PATIENCE:
            try:
                with self._lock.held(timeout=0):
                    if self._in_doubt():
                        self._mend()
            except IndexBusy:
                time.sleep(_PAUSE)
                waited += _PAUSE

    def _in_doubt(self) -> bool:
        place = self.folder / "chroma"
        try:
            return (self.folder / _MARK).read_text() != chroma.fingerprint(place)
        except FileNotFoundError:
            return any(place.glob("*/*"))

    def _mend(self) -> None:
        """Put the vectors that the catalog keeps into a new Chroma, and that in the old one's place."""
        place, fresh = self.folder / "chroma", self.folder / "chroma.new"
        shutil.rmtree(fresh, ignore_errors=True)
        ids = [row[0] for row in self.catalog.read("SELECT id FROM passages ORDER BY key")]
        client = chroma.connect(self._settings, fresh)
        try:
            with chroma.guarded(str(fresh)):
                collection = self._collection_or_new(client)
                with tqdm(total=len(ids), unit="passage", desc="Mending the index", delay=1, disable=None) as progress:
                    for start in range(0, len(ids), _AT_ONCE):
                        part = ids[start : start + _AT_ONCE]
                        chroma.put(client, collection, part, self.catalog.passage_vectors(part))
                        progress.update(len(part))
        finally:
            client.close()
        shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
        self._mark()

    # Opening

    def _check(self, made: Mapping[str, str]) -> None:
        if not made:
            return
        if made.get("embedding") != self.embedding:
            raise EmbeddingMismatch(
                f"The index {self.folder} was made with the embedding {made.get('embedding')!r}, the settings ask for "
                f"{self.embedding!r}: {chroma.REBUILD}, or set `embedding` or `data_dir` back."
            )
        for name, value in self._recipe.items():
            if made.get(name) != value:
                raise IndexUnusable(
                    f"The index {self.folder} was made with {name} {made.get(name)}, this is {value}: {chroma.REBUILD}."
                )

    def _open(self, forget: bool = False) -> None:
        """Connect to Chroma; `forget` what a first sync with other settings left there and in the catalog."""
        if self._settings.chroma_url is None:
            self._settle()
        self._client = chroma.connect(self._settings, self.folder / "chroma")
        self._opened = self._identity()
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
                f"{self.embedding!r}: {chroma.REBUILD}, or set `embedding` back."
            )
        return collection

    def _collection_or_new(self, client: Client) -> Collection:
        from chromadb.errors import NotFoundError

        try:
            return client.get_collection(self.name, embedding_function=None)
        except NotFoundError:
            return client.get_or_create_collection(
                self.name, metadata={"embedding": self.embedding, "hnsw:space": "cosine"}, embedding_function=None
            )

    def _identity(self) -> int:
        """The embedded Chroma's, that another process may have replaced (see `_mend`)."""
        return 0 if self._settings.chroma_url is not None else chroma.identity(self.folder / "chroma")

    def _where(self) -> str:
        return chroma.place(self._settings, self.folder / "chroma")


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
    folder = settings.data_path() / "indexes" / _name(corpus)
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
    client = chroma.connect(settings, folder / "chroma")
    try:
        with chroma.guarded(chroma.place(settings, folder / "chroma")):
            chroma.delete_collection(client, folder.name)
    finally:
        client.close()


def _name(corpus: Path) -> str:
    """A collection and folder name: readable, and one for each corpus path."""
    path = str(corpus.resolve())
    readable = re.sub(r"[^a-z0-9]+", "-", corpus.resolve().name.lower()).strip("-")[:30] or "corpus"
    return f"{readable}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"
