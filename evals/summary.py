"""A run's figures: each metric's mean over the cases that it applies to, with its 95% interval."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .metrics import METRICS
from .records import Record
from .statistics import interval

FIRST = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over cases: its mean, the 95% interval, and how many cases fail by it."""

    metric: str
    count: int
    mean: float
    low: float
    high: float
    failing: int

    def __str__(self) -> str:
        if self.metric in ("readability", "tokens"):
            return f"{self.mean:.1f}"
        return f"{self.mean:.1%} ({self.low:.0%}–{self.high:.0%}, n={self.count})"


def figures(records: Iterable[Record]) -> dict[str, Figure]:
    """Every metric that applies somewhere, in the order of METRICS."""
    scored = [record for record in records if record.state == "scored"]
    result = {}
    for name, metric in METRICS.items():
        values = [record.scores[name].value for record in scored if name in record.scores]
        if values:
            low, high = interval(values)
            failing = sum(metric.fails(value) for value in values)
            result[name] = Figure(name, len(values), statistics.fmean(values), low, high, failing)
    return result


def by(records: Iterable[Record], field: str) -> dict[str, list[Record]]:
    """Records by suite, category, split or tag, each group in order, the groups sorted."""
    result: dict[str, list[Record]] = {}
    for record in records:
        if field == "tags":
            names: Sequence[str] = record.case.get("tags", ())
        elif field == "category":
            names = [record.case["category"]]
        else:
            names = [getattr(record, field)]
        for name in names:
            result.setdefault(name, []).append(record)
    return dict(sorted(result.items()))


def latency(records: Sequence[Record]) -> Mapping[str, float]:
    """Milliseconds for an answer: half take at most p50, nineteen of twenty at most p95."""
    times = sorted(record.times["total"] for record in records if "total" in record.times)
    if not times:
        return {}
    return {"p50": statistics.median(times), "p95": times[min(len(times) - 1, int(0.95 * len(times)))]}


def cost(records: Sequence[Record], price_in: float, price_out: float) -> float:
    """Tokens in x their price + tokens out x theirs, prices by the million; 0 without a model."""
    used = [record.answer.get("usage", {}) for record in records]
    taken, given = (sum(int(u.get(name, 0)) for u in used) for name in ("input_tokens", "output_tokens"))
    return (taken * price_in + given * price_out) / 1_000_000


def line(name: str, records: Sequence[Record]) -> str:
    """A suite's figures in one line: what was found, and both sides of abstention, always together."""
    held = figures(records)
    parts = [
        f"answer in the first {FIRST} claims: {_count(held.get('found'))}",
        f"false refusals: {_count(held.get('false_refusal'))}",
        f"false answers: {_count(held.get('false_answer'))}",
    ]
    for state, words in (("stale", "stale (gold words gone)"), ("error", "errors")):
        if number := sum(record.state == state for record in records):
            parts.append(f"{words}: {number}")
    wrong = [
        f"{METRICS[n].title.lower()}: {f.failing} failing" for n, f in held.items() if METRICS[n].hard and f.failing
    ]
    return f"{name}: {'; '.join(parts + wrong)}"


def _count(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    part = round(figure.mean * figure.count)
    return f"{part}/{figure.count} ({100 * part / figure.count:.0f}%)"
