"""What the index and the corpus differ in: told without reading or embedding anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .index import Index
from .types import Document


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Ids of the documents that a sync added, changed and removed."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def difference(index: Index, documents: Mapping[str, Document]) -> SyncReport:
    """What a sync would do, by text and metadata."""
    live = index.catalog.live()
    return SyncReport(
        added=tuple(identity for identity in documents if identity not in live),
        changed=tuple(
            identity
            for identity, document in documents.items()
            if identity in live and live[identity] != (document.version, stored_metadata(document))
        ),
        removed=tuple(identity for identity in live if identity not in documents),
    )


def is_current(index: Index, documents: Mapping[str, Document]) -> bool:
    """Whether the index shows just these documents, in this order, has every vector, and nothing left to clear away."""
    catalog = index.catalog
    in_order = list(catalog.live()) == list(documents)
    cleared = not catalog.read("SELECT 1 FROM garbage UNION ALL SELECT 1 FROM documents WHERE live = 0 LIMIT 1")
    return in_order and cleared and not difference(index, documents) and not index.missing(live_ids(index))


def live_ids(index: Index) -> list[str]:
    """The ids of all live passages."""
    query = "SELECT p.id FROM passages p JOIN documents d ON d.key = p.document AND d.live = 1"
    return [row[0] for row in index.catalog.read(query)]


def stored_metadata(document: Document) -> str:
    """Metadata as the catalog keeps it, so that two can be compared."""
    return json.dumps(document.metadata(), ensure_ascii=False, sort_keys=True)
