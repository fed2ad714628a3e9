"""How many questions are answered at once, and how many may wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .metrics import Metrics
from .problems import Busy

FULL = "This server is answering as many questions as it takes at once: try again in a moment."
TOO_LONG = "The question waited too long for its turn: try again in a moment."


class Gate:
    """Admits `running` at a time; `waiting` more may wait up to `patience` seconds; the rest are turned away."""

    def __init__(self, running: int, waiting: int, patience: float, metrics: Metrics) -> None:
        self._free = running
        self._room = waiting
        self._patience = patience
        self._metrics = metrics
        self._changed = threading.Condition()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place while answering; raises Busy where there is none."""
        self._enter()
        self._metrics.running.add(1)
        try:
            yield
        finally:
            self._metrics.running.add(-1)
            with self._changed:
                self._free += 1
                self._changed.notify()

    def _enter(self) -> None:
        with self._changed:
            if self._free > 0:
                self._free -= 1
                return
            if self._room <= 0:
                raise self._refusal("full", FULL)
            self._room -= 1
            self._metrics.waiting.add(1)
            try:
                if not self._changed.wait_for(lambda: self._free > 0, self._patience):
                    raise self._refusal("patience", TOO_LONG)
                self._free -= 1
            finally:
                self._room += 1
                self._metrics.waiting.add(-1)

    def _refusal(self, reason: str, told: str) -> Busy:
        self._metrics.turned_away.add(reason=reason)
        return Busy(told)


class Buckets:
    """Token buckets by name: each fills `per_minute` a minute, and holds as many; the longest unused go first."""

    MOST = 10_000

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float]] = {}
        self._turn = threading.Lock()

    def take(self, name: str, per_minute: int) -> float:
        """Take one; 0.0 if there was one, else the seconds until there is."""
        if per_minute <= 0:
            return 0.0
        now = time.monotonic()
        with self._turn:
            level, at = self._levels.pop(name, (float(per_minute), now))
            level = min(float(per_minute), level + (now - at) * per_minute / 60)
            taken = level >= 1
            self._levels[name] = (level - 1 if taken else level, now)
            while len(self._levels) > self.MOST:
                del self._levels[next(iter(self._levels))]
        return 0.0 if taken else (1 - level) * 60 / per_minute
