"""Chroma, embedded or a server: how it is reached, and its errors mapped to ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np

from .errors import REBUILD, IndexUnusable
from .settings import Settings

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

    from .embeddings import Vectors

AT_ONCE = 1000  # ids asked for, stored or deleted together: a server has `chroma_timeout` for them


def place(settings: Settings, folder: Path) -> str:
    """The server's address, or the folder of an embedded Chroma."""
    return settings.chroma_url or str(folder)


def connect(settings: Settings, folder: Path) -> Client:
    """A client of the server that is set, else of the Chroma in `folder`; raises IndexUnusable."""
    # 1 to 2 s to import, so only when an index is opened.
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    with guarded(place(settings, folder)):
        if settings.chroma_url is None:
            try:
                return cast("Client", chromadb.PersistentClient(str(folder), settings=quiet))
            except BaseException:
                _forget_unstarted(folder)
                raise
        address = urlsplit(settings.chroma_url)
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 8000)
        # Its client waits without end (chromadb 1.5), from its very first request on.
        beat = f"{address.scheme}://{address.hostname}:{port}/api/v2/heartbeat"
        urlopen(beat, timeout=settings.chroma_timeout).close()
        client = cast("Client", chromadb.HttpClient(address.hostname or "", port, ssl=secure, settings=quiet))
        client._server._session.timeout = settings.chroma_timeout  # type: ignore[attr-defined]
        return client


def _forget_unstarted(folder: Path) -> None:
    """Chroma keeps what it could not start, and would hand it out at the next try (chromadb 1.5)."""
    from chromadb.api.shared_system_client import SharedSystemClient as Shared

    if str(folder) not in Shared._identifier_to_refcount:
        Shared._identifier_to_system.pop(str(folder), None)


def put(client: Client, collection: Collection, ids: Sequence[str], vectors: Vectors) -> None:
    """Store vectors, as many at once as Chroma takes; the same id again replaces."""
    batch = min(AT_ONCE, client.get_max_batch_size())
    for start in range(0, len(ids), batch):
        part = slice(start, start + batch)
        collection.upsert(ids=list(ids[part]), embeddings=vectors[part])


def drop(collection: Collection, ids: Sequence[str]) -> None:
    """Remove vectors; ids that are not there are no matter."""
    for start in range(0, len(ids), AT_ONCE):
        collection.delete(ids=list(ids[start : start + AT_ONCE]))


def nearest(
    collection: Collection, vector: Vectors, k: int, within: Sequence[str] | None, least: int = 0
) -> list[tuple[str, float]]:
    """The `k` nearest to `vector` by cosine: (id, similarity); raises IndexUnusable if there are not `least` to look at."""
    held = collection.count()
    if held < least:
        raise IndexUnusable(f"Chroma has {held:,} of {least:,} vectors: run `python -m assistant sync`.")
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


def missing(collection: Collection, ids: Sequence[str]) -> list[str]:
    """Those of `ids` that are not there."""
    if collection.count() >= len(ids):
        return []
    held: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        held.update(collection.get(ids=list(ids[start : start + AT_ONCE]), include=[])["ids"])
    return [identity for identity in ids if identity not in held]


def delete_collection(client: Client, name: str) -> None:
    """Delete a collection, if it is there."""
    from chromadb.errors import NotFoundError

    with suppress(NotFoundError):
        client.delete_collection(name)


@contextmanager
def guarded(where: str) -> Iterator[None]:
    """Maps what Chroma and its client raise to IndexUnusable; ours pass through."""
    try:
        yield
    except (IndexUnusable, KeyboardInterrupt):
        raise
    except Exception as error:
        raise IndexUnusable(
            f"Chroma at {where} failed ({type(error).__name__}: {error}): check that it is there and writable; "
            f"{REBUILD} if it is damaged."
        ) from error
