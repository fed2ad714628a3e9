"""What retrieval found, by rank.

Relevance is by characters: a passage is relevant to a wanted item if it holds at least 60% of one of its gold
stretches. Formulas as in Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), chapter 8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from .outcomes import Outcome, Score, holds, places

Relevance = Sequence[frozenset[int]]
"""For each passage, best first, the wanted items it is relevant to."""


def relevance(outcome: Outcome) -> Relevance:
    """Which wanted items each retrieved passage holds."""
    wanted = [places(options, outcome.documents) for options in outcome.case.wanted]
    return [
        frozenset(n for n, golds in enumerate(wanted) if any(holds([passage], gold) for gold in golds))
        for passage in outcome.retrieved
    ]


def recall_at(found: Relevance, wanted: int) -> float:
    """recall@k = wanted items held by the first k passages / wanted items; k is the length of `found`."""
    return len(frozenset().union(*found)) / wanted


def reciprocal_rank(found: Relevance) -> float:
    """1 / rank of the first relevant passage, 0 where there is none; its mean over cases is MRR."""
    return next((1 / rank for rank, items in enumerate(found, 1) if items), 0.0)


def ndcg(found: Relevance, wanted: int) -> float:
    """DCG / ideal DCG, where a passage gains one for each wanted item that none before it held.

    DCG = sum of gain / log2(rank + 1) (Järvelin and Kekäläinen 2002); ideally each item has a passage of its own
    at the top, so several items in one passage are capped at 1.
    """
    seen, gained = set[int](), 0.0
    for rank, items in enumerate(found, 1):
        gained += len(items - seen) / math.log2(rank + 1)
        seen |= items
    return min(1.0, gained / sum(1 / math.log2(rank + 1) for rank in range(1, wanted + 1)))


def retrieval_recall(outcome: Outcome) -> Score | None:
    """recall@k over the passages that the question was read against."""
    if not outcome.case.wanted or not outcome.retrieved:
        return None
    value = recall_at(relevance(outcome), len(outcome.case.wanted))
    return Score(value, "" if value == 1 else f"{len(outcome.retrieved)} passages hold {value:.0%} of what is wanted")


def retrieval_mrr(outcome: Outcome) -> Score | None:
    """Reciprocal rank of the first relevant passage."""
    return Score(reciprocal_rank(relevance(outcome))) if outcome.case.wanted and outcome.retrieved else None


def retrieval_ndcg(outcome: Outcome) -> Score | None:
    """nDCG over the passages that the question was read against."""
    if not outcome.case.wanted or not outcome.retrieved:
        return None
    return Score(ndcg(relevance(outcome), len(outcome.case.wanted)))
