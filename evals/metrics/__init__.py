"""The metrics: each a small pure function of an outcome, returning a score, or None where it does not apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from . import behaviour, citations, retrieval, speech, support, wording
from .outcomes import Outcome, Score, Stretch, located, places

__all__ = ["METRICS", "Metric", "Outcome", "Score", "Stretch", "failures", "located", "measure", "places"]

HIGHER, LOWER, NEITHER = "higher", "lower", "neither"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by name. A case whose value is worse than `bar` fails by it; None never fails one.

    hard: one failing case is too many, whatever the averages.
    """

    name: str
    title: str
    function: Callable[[Outcome], Score | None]
    bar: float | None = None
    better: Literal["higher", "lower", "neither"] = "higher"
    hard: bool = False

    def fails(self, value: float) -> bool:
        """Whether a case with this value fails."""
        if self.bar is None:
            return False
        return value > self.bar if self.better == LOWER else value < self.bar

    @property
    def formula(self) -> str:
        """The function's own description."""
        return " ".join((self.function.__doc__ or "").split())


def tokens_used(outcome: Outcome) -> Score | None:
    """Tokens of the model, in and out, that the answer took; nothing without a model. Lower is cheaper."""
    total = sum(outcome.answer.usage.values())
    return Score(float(total)) if total else None


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("found", "Answer in the first two claims", citations.found, 1),
        Metric("false_refusal", "False refusals", behaviour.false_refusal, 0, "lower"),
        Metric("false_answer", "False answers", behaviour.false_answer, 0, "lower"),
        Metric("premise_handled", "False premises handled", behaviour.premise_handled, 1),
        Metric("sides_shown", "All sides shown", behaviour.sides_shown, 1),
        Metric("fact_recall", "Facts said", behaviour.fact_recall, 1),
        Metric("citation_recall", "Citation recall", citations.citation_recall, 1),
        Metric("citation_precision", "Citation precision", citations.citation_precision),
        Metric("citation_need", "Citations needed", support.citation_need),
        Metric("faithfulness", "Claims borne out", support.faithfulness, 1, hard=True),
        Metric("citation_exactness", "Citations exact", citations.citation_exactness, 1, hard=True),
        Metric("marks", "Marks in order", citations.marks, 1, hard=True),
        Metric("quote_exactness", "Quotations exact", speech.quote_exactness, 1, hard=True),
        Metric("speaker_correctness", "Speakers right", speech.speaker_correctness, 1, hard=True),
        Metric("speakers_credited", "Speakers credited", speech.speakers_credited, 1),
        Metric("attribution_kept", "Attribution kept", speech.attribution_kept, 1, hard=True),
        Metric("forbidden_absent", "Forbidden words absent", behaviour.forbidden_absent, 1, hard=True),
        Metric("filters_kept", "Filters kept", behaviour.filters_kept, 1, hard=True),
        Metric("as_of", "Day of the answer right", behaviour.as_of, 1),
        Metric("consistency", "Same question, same evidence", behaviour.consistency, 0.01),
        Metric("neutrality", "Neutral wording", wording.neutrality, 1),
        Metric("retrieval_recall", "Retrieval recall", retrieval.retrieval_recall),
        Metric("retrieval_mrr", "Retrieval MRR", retrieval.retrieval_mrr),
        Metric("retrieval_ndcg", "Retrieval nDCG", retrieval.retrieval_ndcg),
        Metric("readability", "Readability (LIX)", wording.readability, None, "neither"),
        Metric("tokens", "Tokens of the model", tokens_used, None, "lower"),
    )
}


def measure(outcome: Outcome) -> dict[str, Score]:
    """Every metric that applies to an outcome, by name, in the order of METRICS."""
    scores = {name: metric.function(outcome) for name, metric in METRICS.items()}
    return {name: score for name, score in scores.items() if score is not None}


def failures(scores: Mapping[str, Score]) -> dict[str, str]:
    """The metrics by which a case fails, each with the reason in words."""
    return {
        name: score.reason or f"{METRICS[name].title}: {score.value:.2f}"
        for name, score in scores.items()
        if METRICS[name].fails(score.value)
    }
