"""How sure a figure is, and whether two differ by more than chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
SEED = 20260102  # fixed, so that a report is the same from run to run


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a proportion (Wilson 1927): sound for few cases and near 0 and 1."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, z * z
    middle = share + square / (2 * whole)
    width = z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(0.0, (middle - width) / (1 + square / whole)), min(1.0, (middle + width) / (1 + square / whole))


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """The 95% percentile interval of a mean over resampled cases (Efron 1979)."""
    if not values:
        return 0.0, 0.0
    means = _resampled(values)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Wilson's interval where every value is 0 or 1, else the bootstrap's."""
    if all(value in (0, 1) for value in values):
        return wilson(int(sum(values)), len(values))
    return bootstrap(values)


def paired_bootstrap(before: Sequence[float], after: Sequence[float]) -> tuple[float, float, float]:
    """The mean difference of paired values and its 95% interval."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    if not differences:
        return 0.0, 0.0, 0.0
    low, high = bootstrap(differences)
    return sum(differences) / len(differences), low, high


def mcnemar(broke: int, fixed: int) -> float:
    """Exact two-sided p that as lopsided a split of changed cases comes by chance (McNemar 1947, binomial form)."""
    changed = broke + fixed
    if not changed:
        return 1.0
    tail = sum(math.comb(changed, k) for k in range(min(broke, fixed) + 1)) / 2**changed
    return min(1.0, 2.0 * float(tail))


def kappa(one: Sequence[object], other: Sequence[object]) -> float:
    """Cohen's kappa: (agreement - agreement by chance) / (1 - agreement by chance) (Cohen 1960).

    1 where both give one and the same label throughout.
    """
    pairs = list(zip(one, other, strict=True))
    if not pairs:
        return math.nan
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    chance = (
        sum(sum(a == label for a, _ in pairs) * sum(b == label for _, b in pairs) for label in {*one, *other})
        / len(pairs) ** 2
    )
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def balanced_accuracy(labels: Sequence[bool], told: Sequence[bool]) -> float:
    """The mean of the recalls of the two classes."""
    recalls = []
    for value in (True, False):
        of = [t == value for label, t in zip(labels, told, strict=True) if label == value]
        recalls.append(sum(of) / len(of) if of else math.nan)
    return sum(recalls) / 2


def best_threshold(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """The threshold (label is true from it on) with the best balanced accuracy; the lowest of equals."""
    options = sorted(set(scores))
    if len(options) > 200:
        options = [float(v) for v in np.quantile(np.array(scores), np.linspace(0, 1, 200))]
    return max(options, key=lambda limit: (balanced_accuracy(labels, [s >= limit for s in scores]), -limit))


def _resampled(values: Sequence[float]) -> NDArray[np.float64]:
    held = np.array(values, dtype=np.float64)
    picks = np.random.default_rng(SEED).integers(0, len(held), size=(DRAWS, len(held)))
    means: NDArray[np.float64] = held[picks].mean(axis=1)
    return means
