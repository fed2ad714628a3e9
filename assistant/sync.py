"""Make the index match the corpus: only what changed is read again, all of it or nothing shows."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from tqdm import tqdm

from .attributions import attributions
from .changes import SyncReport, difference, stored_metadata
from .embeddings import Encoder
from .index import Index
from .passages import SentenceSplitter, passages
from .settings import Settings
from .types import Document, Passage

PASSAGES_AT_ONCE = 256  # staged together: what a crash may cost, and what memory holds


def sync(index: Index, documents: Mapping[str, Document], encoder: Encoder, settings: Settings) -> SyncReport:
    """Make `index` show exactly `documents`.

    Embeds what is new under the writer's lock, then publishes in one transaction: a process killed
    at any point leaves the old index or the new one, and the next sync goes on where it stopped.
    Shows a progress bar on stderr when it takes longer than a second. Raises IndexBusy.
    """
    # Before the lock and the recipe: an encoding that does not ship must leave no mark.
    splitter = SentenceSplitter.for_tokens(settings.token_encoding, settings.passage_tokens)
    with index.writing():
        report = difference(index, documents)
        index.record_recipe()
        _collect_garbage(index)
        _forget_stale(index, documents)
        _repair(index)
        staged = set(index.catalog.read("SELECT id, version FROM documents"))
        fresh = [document for document in documents.values() if (document.id, document.version) not in staged]
        with tqdm(total=len(fresh), unit="document", desc="Indexing", delay=1, disable=None) as progress:
            for batch in _batches(fresh, splitter):
                _stage(index, batch, encoder)
                progress.update(len(batch))
        _publish(index, documents)
        _collect_garbage(index)
    return report


def _batches(
    documents: Sequence[Document], splitter: SentenceSplitter
) -> Iterator[list[tuple[Document, tuple[Passage, ...]]]]:
    batch: list[tuple[Document, tuple[Passage, ...]]] = []
    held = 0
    for document in documents:
        batch.append((document, passages(document, splitter)))
        held += len(batch[-1][1])
        if held >= PASSAGES_AT_ONCE:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _stage(index: Index, batch: Sequence[tuple[Document, tuple[Passage, ...]]], encoder: Encoder) -> None:
    """Embed and store documents so that nobody sees them yet."""
    every = [passage for _, parts in batch for passage in parts]
    ids = [passage.id for passage in every]
    # Until the rows below are in, these vectors belong to nobody: the next sync clears them away.
    with index.catalog.transaction() as connection:
        connection.executemany("INSERT OR IGNORE INTO garbage VALUES (?)", [(identity,) for identity in ids])
    texts = {document.id: document.text for document, _ in batch}
    sentences = [span.of(texts[passage.document_id]) for passage in every for span in passage.sentences]
    # Halved before Chroma has them, so that the catalog's copy, from which Chroma can be made again, is the same.
    vectors = encoder.encode([passage.text for passage in every] + sentences).astype(np.float16)
    if ids:
        index.put(ids, vectors[: len(every)].astype(np.float32))
    own, rows = iter(vectors), iter(vectors[len(every) :])
    with index.catalog.transaction() as connection:
        for document, parts in batch:
            said = json.dumps([dataclasses.asdict(a) for a in attributions(document, parts)], ensure_ascii=False)
            key = connection.execute(
                "INSERT INTO documents (id, version, live, position, metadata, text, attributions) "
                "VALUES (?,?,0,0,?,?,?)",
                (document.id, document.version, stored_metadata(document), document.text, said),
            ).lastrowid
            for passage in parts:
                blob = np.stack([next(rows) for _ in passage.sentences]).tobytes()
                spans = json.dumps([(span.start, span.end) for span in passage.sentences])
                connection.execute(
                    "INSERT INTO passages (id, document, start, stop, tokens, heading, sentences, vector, vectors) "
                    "VALUES (?,?,?,?,?,?,?,?,?)",
                    (
                        *(passage.id, key, passage.start, passage.end, passage.tokens, passage.heading),
                        *(spans, next(own).tobytes(), blob),
                    ),
                )
        connection.executemany("DELETE FROM garbage WHERE id = ?", [(identity,) for identity in ids])


def _publish(index: Index, documents: Mapping[str, Document]) -> None:
    """The one step that readers see."""
    with index.catalog.transaction() as connection:
        live = connection.execute("SELECT key, id, version, metadata FROM documents WHERE live = 1").fetchall()
        for key, identity, version, metadata in live:
            document = documents.get(identity)
            if document is None or (document.version, stored_metadata(document)) != (version, metadata):
                connection.execute(
                    "DELETE FROM words WHERE rowid IN (SELECT key FROM passages WHERE document = ?)", (key,)
                )
                if document is None or document.version != version:
                    connection.execute(
                        "INSERT OR REPLACE INTO versions (id, version, metadata, text, replaced) "
                        "SELECT id, version, metadata, text, CURRENT_TIMESTAMP FROM documents WHERE key = ?",
                        (key,),
                    )
                    connection.execute(
                        "INSERT OR IGNORE INTO garbage SELECT id FROM passages WHERE document = ?", (key,)
                    )
                    connection.execute("DELETE FROM documents WHERE key = ?", (key,))
                else:
                    connection.execute("UPDATE documents SET live = 0 WHERE key = ?", (key,))
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('synced', CURRENT_TIMESTAMP)")
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('publication', ?)", (uuid.uuid4().hex,))
        for position, document in enumerate(documents.values()):
            row = connection.execute(
                "SELECT key, live FROM documents WHERE id = ? AND version = ?", (document.id, document.version)
            ).fetchone()
            if not row[1]:
                connection.execute(
                    "INSERT INTO words (rowid, text, context) "
                    "SELECT p.key, substr(d.text, p.start + 1, p.stop - p.start), ? || ' ' || p.heading "
                    "FROM passages p JOIN documents d ON d.key = p.document WHERE d.key = ?",
                    (document.title, row[0]),
                )
            connection.execute(
                "UPDATE documents SET live = 1, position = ?, metadata = ? WHERE key = ?",
                (position, stored_metadata(document), row[0]),
            )


def _forget_stale(index: Index, documents: Mapping[str, Document]) -> None:
    """Drop what an interrupted sync staged and the corpus no longer has."""
    wanted = {(document.id, document.version) for document in documents.values()}
    with index.catalog.transaction() as connection:
        for key, identity, version in connection.execute(
            "SELECT key, id, version FROM documents WHERE live = 0"
        ).fetchall():
            if (identity, version) not in wanted:
                connection.execute("INSERT OR IGNORE INTO garbage SELECT id FROM passages WHERE document = ?", (key,))
                connection.execute("DELETE FROM documents WHERE key = ?", (key,))


def _collect_garbage(index: Index) -> None:
    ids = [row[0] for row in index.catalog.read("SELECT id FROM garbage")]
    if ids:
        index.drop(ids)
        with index.catalog.transaction() as connection:
            connection.executemany("DELETE FROM garbage WHERE id = ?", [(identity,) for identity in ids])


def _repair(index: Index) -> None:
    """Put again what Chroma has lost (its server was replaced, an earlier sync was killed)."""
    lost = index.missing([row[0] for row in index.catalog.read("SELECT id FROM passages")])
    for start in range(0, len(lost), PASSAGES_AT_ONCE):
        ids = lost[start : start + PASSAGES_AT_ONCE]
        index.put(ids, index.catalog.passage_vectors(ids))
