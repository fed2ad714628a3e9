"""Two runs, case by case: what broke, what was fixed, and whether the difference is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .metrics import METRICS
from .records import Record
from .runs import Run
from .statistics import mcnemar, paired_bootstrap

CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric in two runs over the cases of both: means, difference with its 95% interval, worse and better cases."""

    metric: str
    count: int
    before: float
    after: float
    low: float
    high: float
    worse: int
    better: int

    @property
    def sure(self) -> bool:
        """Whether the interval of the difference leaves out 0."""
        return self.low > 0 or self.high < 0

    @property
    def bad(self) -> bool:
        """Whether it is surely a change for the worse."""
        change = self.after - self.before
        return self.sure and (change > 0 if METRICS[self.metric].better == "lower" else change < 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paired cases of two runs: those that passed and do not any more, the other way round, and McNemar's p."""

    before: Run
    after: Run
    paired: int
    broke: tuple[Record, ...]
    fixed: tuple[Record, ...]
    p: float
    differences: tuple[Difference, ...]
    only_before: int
    only_after: int

    @property
    def verdict(self) -> str:
        """In one sentence."""
        if not self.broke and not self.fixed:
            return "No case passes in one run and fails in the other."
        sure = "more than chance" if self.p < CHANCE else "no more than chance may bring"
        return (
            f"{len(self.broke)} broke, {len(self.fixed)} fixed of {self.paired} paired cases: {sure} "
            f"(McNemar p = {self.p:.3f})."
        )


def compare(before: Run, after: Run) -> Comparison:
    """Pair the cases of two runs by suite and id. A case whose question or expectation changed is no pair."""
    earlier = {r.key: r for r in before.records if r.state == "scored"}
    later = {r.key: r for r in after.records if r.state == "scored"}
    keys = [key for key in earlier if key in later and earlier[key].case == later[key].case]
    pairs = [(earlier[key], later[key]) for key in keys]
    broke = tuple(new for old, new in pairs if old.passed and not new.passed)
    fixed = tuple(new for old, new in pairs if not old.passed and new.passed)
    return Comparison(
        before,
        after,
        len(pairs),
        broke,
        fixed,
        mcnemar(len(broke), len(fixed)),
        tuple(d for name in METRICS if (d := _difference(name, pairs))),
        len(earlier) - len(pairs),
        len(later) - len(pairs),
    )


def _difference(name: str, pairs: Sequence[tuple[Record, Record]]) -> Difference | None:
    values = [
        (old.scores[name].value, new.scores[name].value)
        for old, new in pairs
        if name in old.scores and name in new.scores
    ]
    if not values:
        return None
    old, new = [a for a, _ in values], [b for _, b in values]
    _, low, high = paired_bootstrap(old, new)
    sign = -1 if METRICS[name].better == "lower" else 1
    worse = sum(sign * (b - a) < 0 for a, b in values)
    better = sum(sign * (b - a) > 0 for a, b in values)
    return Difference(name, len(values), sum(old) / len(old), sum(new) / len(new), low, high, worse, better)
