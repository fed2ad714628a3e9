"""Finished answers, kept for as long as the index that gave them stands."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence

from .types import Answer, Claim

KEPT = 512  # answers; some 10 KB each

Events = Sequence[Claim | Answer]


class AnswerCache:
    """The latest answers by whatever they depend on: the state of the index, the question, the filter.

    Many readers ask the same things, above all the questions that the page offers, each of which was answered when it
    was checked.
    """

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._held = OrderedDict[Hashable, Events]()
        self._turn = threading.Lock()

    def events(self, key: Hashable, make: Callable[[], Events]) -> Events:
        """The claims and the answer kept under `key`, else what `make` makes; an answer's timings say which."""
        begun = time.perf_counter()
        with self._turn:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
        if held is not None:
            timings = {"cache": 1000 * (time.perf_counter() - begun)}
            return [dataclasses.replace(e, timings=timings) if isinstance(e, Answer) else e for e in held]
        made = make()
        with self._turn:
            self._held[key] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget them all."""
        with self._turn:
            self._held.clear()
