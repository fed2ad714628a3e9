"""What a corpus is about, in a few of its own sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .catalog import Catalog
from .embeddings import Vectors
from .evidence import Choice, Reader

SENTENCES = 4  # of an outline
LEADS = 200  # most documents whose openings are weighed, the latest first
SPREAD = 0.5  # how much likeness to what is chosen already counts against a sentence
DERIVED = 0.9  # what a brief's opening counts for beside a source's


class Outlines:
    """Chooses the sentences that stand nearest the middle of it all, each unlike those before.

    Maximal marginal relevance (Carbonell and Goldstein 1998) over the index's sentence vectors. Of several documents
    their opening sentences are weighed, which in news say what the rest is about; of a single one all its sentences.
    """

    def __init__(self, catalog: Catalog, reader: Reader) -> None:
        self._catalog = catalog
        self._reader = reader

    def outline(self, documents: Sequence[str]) -> list[Choice]:
        """Up to SENTENCES sentences of `documents`, the most telling first; those of one document in reading order."""
        known = self._catalog.metadata()
        latest = sorted(documents, key=lambda i: (known[i]["published"] or "", i), reverse=True)[:LEADS]
        rows = [row for identity in latest for row in self._sentences(identity, alone=len(latest) == 1)]
        if not rows:
            return []
        vectors = np.stack([vector for _, vector in rows])
        middle = vectors.mean(axis=0)
        central = vectors @ (middle / (np.linalg.norm(middle) + 1e-9))
        standing = np.array([DERIVED if choice.document.kind == "brief" else 1.0 for choice, _ in rows])
        chosen = _spread(vectors, central * standing)
        found = [Choice(rows[i][0].document, rows[i][0].number, float(max(0.0, central[i]))) for i in chosen]
        return sorted(found, key=lambda c: c.number) if len(latest) == 1 else found

    def _sentences(self, identity: str, *, alone: bool) -> list[tuple[Choice, Vectors]]:
        """The first sentence of a document, or all of them, with their vectors."""
        view, found = self._reader.view(identity), list[tuple[Choice, Vectors]]()
        for passage in self._catalog.passages_of(identity):
            vectors = self._catalog.vectors(passage.id)
            for span, vector in zip(passage.sentences, vectors, strict=True):
                found.append((Choice(view.document, view.numbers[span], 0.0), vector))
                if not alone:
                    return found
        return found


def _spread(vectors: Vectors, weights: Vectors) -> list[int]:
    """The rows to take, in turn: each the weightiest that is least like those before."""
    taken: list[int] = []
    while len(taken) < min(SENTENCES, len(vectors)):
        like = (vectors @ vectors[taken].T).max(axis=1) if taken else np.zeros(len(vectors))
        worth = weights - SPREAD * like
        worth[taken] = -np.inf
        taken.append(int(np.argmax(worth)))
    return taken
