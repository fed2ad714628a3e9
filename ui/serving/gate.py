"""How many questions are answered at once, and how many may wait."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from .metrics import Metrics
from .problems import Busy

FULL = "This server is answering as many questions as it takes at once: try again in a moment."
TOO_LONG = "The question waited too long for its turn: try again in a moment."


class Gate:
    """Admits `running` at a time; `waiting` more may wait up to `patience` seconds; the rest are turned away."""

    def __init__(self, running: int, waiting: int, patience: float, metrics: Metrics) -> None:
        self._free = running
        self._most_waiting = waiting
        self._patience = patience
        self._metrics = metrics
        self._waiting = deque[Future[None]]()
        self._turn = threading.Lock()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place while answering; raises Busy where there is none."""
        ticket = self._ticket()
        try:
            ticket.result(self._patience)
        except TimeoutError:
            raise self._given_up(ticket) from None
        self._metrics.running.add(1)
        try:
            yield
        finally:
            self.leave()

    async def enter(self) -> None:
        """Take a place without holding a thread while waiting, to be given back by `leave`; raises Busy for none."""
        ticket = self._ticket()
        try:
            await asyncio.wait_for(asyncio.wrap_future(ticket), self._patience)
        except TimeoutError:
            raise self._given_up(ticket) from None
        except asyncio.CancelledError:
            self._given_up(ticket)
            raise
        self._metrics.running.add(1)

    def leave(self) -> None:
        """Give a place back."""
        self._metrics.running.add(-1)
        self._pass_on()

    def _ticket(self) -> Future[None]:
        """Done once the place is there."""
        ticket = Future[None]()
        with self._turn:
            if self._free > 0:
                self._free -= 1
                ticket.set_result(None)
            elif len(self._waiting) < self._most_waiting:
                self._waiting.append(ticket)
                self._metrics.waiting.add(1)
            else:
                raise self._refusal("full", FULL)
        return ticket

    def _pass_on(self) -> None:
        with self._turn:
            while self._waiting:
                ticket = self._waiting.popleft()
                self._metrics.waiting.add(-1)
                if ticket.set_running_or_notify_cancel():
                    ticket.set_result(None)
                    return
            self._free += 1

    def _given_up(self, ticket: Future[None]) -> Busy:
        if ticket.cancel():
            with self._turn, contextlib.suppress(ValueError):  # it may be on its way out of the line
                self._waiting.remove(ticket)
                self._metrics.waiting.add(-1)
        else:
            self._pass_on()  # the place came at the last moment: the next in line gets it
        return self._refusal("patience", TOO_LONG)

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
