"""Passages for a query: full text and vectors, fused."""

from __future__ import annotations

from collections.abc import Mapping

from .embeddings import Encoder, Vectors, similarities
from .errors import QuestionError
from .filters import EVERYTHING, Filter
from .index import Index
from .types import Hit
from .words import content_words, tokens

CANDIDATES = 50  # from each side
# Fitted (softmax over a question's candidates) on 2,080 questions about training/stories. On 906 about the stories held
# out, 38 documents as one corpus, R@5 rose from .688 (.5, .2, .3 and 0) to .727; on 400 of SQuAD 2.0's dev half it stayed .968.
LEXICAL_WEIGHT, DENSE_WEIGHT, SENTENCE_WEIGHT, WINDOW_WEIGHT = 0.25, 0.05, 0.42, 0.28


class Retrieval:
    """Hybrid search over one index: BM25, cosine to the passage, to its nearest sentence and to its nearest pair of
    sentences, each min-max scaled, then averaged by weight.

    Source of the fusion: Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid
    Retrieval", https://arxiv.org/abs/2210.11934 (convex combination).
    """

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder

    def search(self, query: str, k: int, only: Filter = EVERYTHING) -> list[Hit]:
        """The `k` best passages for `query`, best first; fewer if the corpus holds fewer.

        Raises QuestionError where no document passes `only`.
        """
        return self.search_vector(query, self._encoder.encode([query])[0], k, only)

    def search_vector(self, query: str, vector: Vectors, k: int, only: Filter = EVERYTHING) -> list[Hit]:
        """As `search`, with the query's vector given."""
        wide = max(CANDIDATES, 2 * k)
        terms = dict.fromkeys(content_words(query) or tokens(query))
        if "usa" in terms:
            terms |= dict.fromkeys(("us", "united", "states"))  # as full text holds it
        with self._index.catalog.snapshot():
            documents = self.admitted(only) if only else None
            within = None if documents is None else self._index.catalog.ids_within(documents)
            lexical = dict(self._index.catalog.fulltext.search(terms, wide, documents))
            dense = dict(self._index.nearest(vector, wide, within))
            passages = self._index.catalog.passages([*dict.fromkeys([*lexical, *dense])])
            near = {i: similarities(self._index.catalog.vectors(i), vector) for i in passages}
        by_words, by_vector = _scaled(lexical), _scaled(dense)
        by_sentence = _scaled({i: max(alone for alone, _ in told) for i, told in near.items()})
        by_window = _scaled({i: max(window for _, window in told) for i, told in near.items()})
        hits = [
            Hit(
                passage,
                LEXICAL_WEIGHT * by_words.get(identity, 0.0)
                + DENSE_WEIGHT * by_vector.get(identity, 0.0)
                + SENTENCE_WEIGHT * by_sentence[identity]
                + WINDOW_WEIGHT * by_window[identity],
                lexical.get(identity, 0.0),
                dense.get(identity, 0.0),
            )
            for identity, passage in passages.items()
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:k]

    def admitted(self, only: Filter) -> list[str]:
        """The ids of the documents that pass `only`; raises QuestionError where none does, or one is unknown."""
        held = self._index.catalog.metadata()
        if unknown := [identity for identity in only.documents if identity not in held]:
            raise QuestionError(f"There is no document {', '.join(unknown)}: `status` lists what there is.")
        if not (admitted := [identity for identity, metadata in held.items() if only.admits(metadata)]):
            raise QuestionError("No document passes the filter: loosen it, or ask without.")
        return admitted


def _scaled(scores: Mapping[str, float]) -> dict[str, float]:
    """Min-max to [0, 1]; a lone or constant score becomes 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high - low < 1e-9:
        return dict.fromkeys(scores, 1.0)
    return {identity: (score - low) / (high - low) for identity, score in scores.items()}
