"""The SQLite side of an index: documents, passages and sentence vectors; full text is in `fulltext`.

It decides what the index holds: a vector in Chroma whose passage is not live here does not exist
for a reader. So one SQLite transaction (`publish`) turns the old index into the new one.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import records
from .errors import REBUILD, IndexUnusable
from .fulltext import FullText
from .types import Attribution, Document, Passage

T = TypeVar("T")

SCHEMA = 8  # of the tables and of what is derived from a text (sentences, attributions): bump when either changes
SWITCH_ATTEMPTS, SWITCH_PAUSE = 200, 0.05  # tries, and seconds between them
# FTS5's own stemmer, so that "criticised" finds "criticise"; `context` is title and heading.
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, live INTEGER NOT NULL,
    position INTEGER NOT NULL, metadata TEXT NOT NULL, text TEXT NOT NULL, attributions TEXT NOT NULL,
    indexed TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (id, version));
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, tokens INTEGER NOT NULL, heading TEXT NOT NULL,
    sentences TEXT NOT NULL, vector BLOB NOT NULL, vectors BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of ON passages (document, start);
CREATE TABLE IF NOT EXISTS versions (
    id TEXT NOT NULL, version TEXT NOT NULL, metadata TEXT NOT NULL, text TEXT NOT NULL, replaced TEXT NOT NULL,
    PRIMARY KEY (id, version));
CREATE TABLE IF NOT EXISTS garbage (id TEXT PRIMARY KEY);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, context, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab (words, row);
"""
KNOWN, UNKNOWN = 20_000, object()  # facts kept of one publication; what stands for one that is not
_PASSAGE = """SELECT p.id, d.id, p.start, p.stop, p.tokens, p.heading, p.sentences, d.text
    FROM passages p JOIN documents d ON d.key = p.document AND d.live = 1"""


class Catalog:
    """Documents and passages under one file; many readers, one writer (see `sync`).

    Raises IndexUnusable where the file is not a catalog, is damaged or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._documents = lru_cache(maxsize=256)(self._read_document)
        self.fulltext = FullText(self.read, self._known)
        self._found: tuple[str, dict[Hashable, Any]] = ("", {})  # what is worked out once for each publication
        with self.guarded():
            self._connection().executescript(_TABLES)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Maps SQLite's errors to ours."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:  # a damaged file's error may hold any bytes
            raise self._unusable(error) from error

    def _unusable(self, reason: object) -> IndexUnusable:
        return IndexUnusable(
            f"The index file {self.path} cannot be used ({reason}): check the disk and its rights; "
            f"{REBUILD} if it is damaged."
        )

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of one query."""
        with self.guarded():
            return self._connection().execute(sql, parameters).fetchall()

    def _made(self, make: Callable[..., T], sql: str, parameters: Sequence[Any] = ()) -> list[T]:
        """What `make` makes of each row of a query; one that it cannot be made of is damaged."""
        rows = self.read(sql, parameters)
        try:
            return [make(*row) for row in rows]
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise self._unusable(f"{type(error).__name__}: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing."""
        with self.guarded():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                _end(connection, "ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What this thread reads inside is one state of the index, whatever a sync publishes meanwhile; nests."""
        with self.guarded():
            connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with self.guarded():
            connection.execute("BEGIN")
        try:
            yield
        finally:
            with self.guarded():
                _end(connection, "COMMIT")

    def close(self) -> None:
        """Close this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            del self._local.connection

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        return connection

    # What is in it

    def meta(self) -> dict[str, str]:
        """What the index remembers of how it was made."""
        return dict(self.read("SELECT name, value FROM meta"))

    def generation(self) -> int:
        """How often the index was written; it grows with every `count_change`."""
        return int(self.read("PRAGMA user_version")[0][0])

    def publication(self) -> str:
        """A name for the documents as they are live now; each publication gives itself a new one."""
        return str(self.read("SELECT value FROM meta WHERE name = 'publication' UNION ALL SELECT '' LIMIT 1")[0][0])

    def count_change(self) -> tuple[int, int]:
        """Let every process know that the index is being written: the generation before and after."""
        with self.transaction() as connection:
            before = int(connection.execute("PRAGMA user_version").fetchone()[0])
            after = (before + 1) % 2**31
            connection.execute(f"PRAGMA user_version = {after}")
        return before, after

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction() as connection:
            for table in ("words", "passages", "documents", "versions", "garbage", "meta"):
                connection.execute(f"DELETE FROM {table}")

    def live(self) -> dict[str, tuple[str, str]]:
        """(version, metadata as JSON) of each document by id, in the corpus's order."""
        rows = self.read("SELECT id, version, metadata FROM documents WHERE live = 1 ORDER BY position")
        return {identity: (version, metadata) for identity, version, metadata in rows}

    def document(self, identity: str) -> Document:
        """The live document; raises KeyError for an id there is not."""
        with self.snapshot():
            versions = self.read("SELECT version, metadata FROM documents WHERE id = ? AND live = 1", (identity,))
            if not versions:
                raise KeyError(identity)
            return self._documents(identity, *versions[0])

    def version(self, identity: str, version: str) -> Document:
        """A document's text as it is or once was; raises KeyError for a version that was never shown."""
        with self.snapshot():
            for table in ("documents", "versions"):
                query = f"SELECT metadata, text FROM {table} WHERE id = ? AND version = ?"
                if found := self._made(records.document, query, (identity, version)):
                    return found[0]
        raise KeyError(identity, version)

    def replaced(self, identity: str, version: str) -> dt.datetime | None:
        """When (UTC) a version stopped being the one shown; None for one that was never replaced."""
        rows = self.read("SELECT replaced FROM versions WHERE id = ? AND version = ?", (identity, version))
        return dt.datetime.fromisoformat(rows[0][0]).replace(tzinfo=dt.UTC) if rows else None

    def _read_document(self, identity: str, version: str, metadata: str) -> Document:
        query = "SELECT ?, text FROM documents WHERE id = ? AND version = ?"
        return self._made(records.document, query, (metadata, identity, version))[0]

    def sizes(self) -> dict[str, tuple[int, int, str]]:
        """(passages, tokens, when indexed, in UTC) of each live document by id."""
        rows = self.read(
            """SELECT d.id, count(p.key), coalesce(sum(p.tokens), 0), d.indexed FROM documents d
               LEFT JOIN passages p ON p.document = d.key WHERE d.live = 1 GROUP BY d.key ORDER BY d.position"""
        )
        return {identity: (passages, tokens, indexed) for identity, passages, tokens, indexed in rows}

    def attributions(self, identity: str) -> tuple[Attribution, ...]:
        """Who said what in a live document, in its order."""
        query = "SELECT attributions FROM documents WHERE id = ? AND live = 1"
        return tuple(said for found in self._made(records.attributions, query, (identity,)) for said in found)

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """The live passages among `ids`."""
        marks = ",".join("?" * len(ids))
        return {
            passage.id: passage for passage in self._made(records.passage, f"{_PASSAGE} WHERE p.id IN ({marks})", ids)
        }

    def passages_of(self, identity: str) -> tuple[Passage, ...]:
        """A live document's passages, in its order."""
        return tuple(self._made(records.passage, f"{_PASSAGE} WHERE d.id = ? ORDER BY p.start", (identity,)))

    def ids_within(self, documents: Sequence[str]) -> list[str]:
        """The ids of the live passages of some documents."""
        query = """SELECT p.id FROM passages p JOIN documents d ON d.key = p.document AND d.live = 1
            WHERE d.id IN (SELECT value FROM json_each(?))"""
        return [row[0] for row in self.read(query, (json.dumps(documents),))]

    def count(self) -> int:
        """How many live passages there are."""
        query = "SELECT count(*) FROM passages p JOIN documents d ON d.key = p.document AND d.live = 1"
        return int(self._known("count", lambda: self.read(query)[0][0]))

    def metadata(self) -> Mapping[str, dict[str, Any]]:
        """What is known of each live document beside its text, by id, in the corpus's order."""
        held: Mapping[str, dict[str, Any]] = self._known(
            "metadata", lambda: {identity: json.loads(values) for identity, (_, values) in self.live().items()}
        )
        return held

    def _known(self, what: Hashable, find: Callable[[], Any]) -> Any:
        """What `find` found when it was asked first since the live documents last changed.

        Another thread may read another publication, or clear what is kept, at any line of this: each thing is taken once.
        """
        with self.snapshot():
            publication = self.publication()
            kept, found = self._found
            if kept != publication:
                found = {}
                self._found = (publication, found)
            value = found.get(what, UNKNOWN)
            if value is UNKNOWN:
                value = find()
                if len(found) >= KNOWN:
                    found.clear()
                found[what] = value
            return value

    def vectors(self, passage_id: str) -> NDArray[np.float32]:
        """The vectors of a passage's sentences, shape (sentences, dimensions)."""
        return self._made(records.vectors, "SELECT vectors, sentences FROM passages WHERE id = ?", (passage_id,))[0]

    def passage_vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, live or not, as Chroma has them: shape (ids, dimensions)."""
        marks = ",".join("?" * len(ids))
        held = dict(self.read(f"SELECT id, vector FROM passages WHERE id IN ({marks})", ids))
        return np.stack([np.frombuffer(held[identity], np.float16) for identity in ids]).astype(np.float32)

    def nearest(self, vector: NDArray[np.float32], k: int, within: Sequence[str] | None) -> list[tuple[str, float]]:
        """The `k` live passages nearest to `vector` by cosine, as Chroma finds them; reads every vector there is."""
        only = "WHERE p.id IN (SELECT value FROM json_each(?))" if within is not None else ""
        rows = self.read(
            "SELECT p.id, p.vector FROM passages p JOIN documents d ON d.key = p.document AND d.live = 1 " + only,
            [json.dumps(within)] if within is not None else [],
        )
        if not rows:
            return []
        held = np.frombuffer(b"".join(blob for _, blob in rows), np.float16).reshape(len(rows), -1).astype(np.float32)
        scores = held @ vector / np.maximum(np.linalg.norm(held, axis=1), 1e-9)
        return [(rows[place][0], float(scores[place])) for place in np.argsort(-scores, kind="stable")[:k]]


def _end(connection: sqlite3.Connection, how: str) -> None:
    """End a transaction, unless an error (a full disk's, say) has ended it already."""
    if connection.in_transaction:
        connection.execute(how)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; of processes that open a new file at once, each waits its turn.

    SQLite calls no busy handler for this one statement: it fails at once where another holds the file.
    """
    for _ in range(SWITCH_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(SWITCH_PAUSE)
    connection.execute("PRAGMA journal_mode = WAL")
