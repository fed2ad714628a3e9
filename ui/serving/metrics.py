"""Counts and latencies in Prometheus' text format: numbers, routes and statuses, never a word of a question."""

from __future__ import annotations

import bisect
import threading
from collections.abc import Iterator

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the latencies' buckets, in seconds."""

Labels = tuple[tuple[str, str], ...]


class Counter:
    """Something that only grows, by labels."""

    kind = "counter"

    def __init__(self, name: str, told: str) -> None:
        self.name, self.told = name, told
        self._values: dict[Labels, float] = {}
        self._turn = threading.Lock()

    def add(self, amount: float = 1, **labels: str) -> None:
        """Count `amount` more."""
        key = tuple(sorted(labels.items()))
        with self._turn:
            self._values[key] = self._values.get(key, 0) + amount

    def lines(self) -> Iterator[str]:
        """The values, a line each."""
        with self._turn:
            values = sorted(self._values.items())
        for labels, value in values or [((), 0.0)]:
            yield f"{self.name}{_shown(labels)} {value:g}"


class Gauge(Counter):
    """Something that goes up and down."""

    kind = "gauge"


class Histogram:
    """Durations in seconds, by labels."""

    kind = "histogram"

    def __init__(self, name: str, told: str) -> None:
        self.name, self.told = name, told
        self._seen: dict[Labels, tuple[list[int], float]] = {}
        self._turn = threading.Lock()

    def observe(self, seconds: float, **labels: str) -> None:
        """Count one that took `seconds`."""
        key = tuple(sorted(labels.items()))
        with self._turn:
            counts, total = self._seen.get(key) or ([0] * (len(BUCKETS) + 1), 0.0)
            counts[bisect.bisect_left(BUCKETS, seconds)] += 1
            self._seen[key] = counts, total + seconds

    def lines(self) -> Iterator[str]:
        """Buckets, sum and count, a line each."""
        with self._turn:
            seen = sorted((labels, list(counts), total) for labels, (counts, total) in self._seen.items())
        for labels, counts, total in seen:
            below = 0
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                below += count
                yield f"{self.name}_bucket{_shown((*labels, ('le', bound)))} {below}"
            yield f"{self.name}_sum{_shown(labels)} {total:.6f}"
            yield f"{self.name}_count{_shown(labels)} {below}"


class Metrics:
    """Everything this server counts."""

    def __init__(self) -> None:
        self.requests = Counter("http_requests_total", "Requests, by route, method and status.")
        self.request_seconds = Histogram("http_request_duration_seconds", "Time to the end of a response, by route.")
        self.answers = Counter("on_the_record_answers_total", "Questions, by what became of them.")
        self.answer_seconds = Histogram("on_the_record_answer_seconds", "Time that an answer took, waiting included.")
        self.withheld = Counter("on_the_record_withheld_claims_total", "Draft claims that were not shown.")
        self.turned_away = Counter("on_the_record_turned_away_total", "Requests turned away, by reason.")
        self.running = Gauge("on_the_record_answering", "Questions being answered now.")
        self.waiting = Gauge("on_the_record_waiting", "Questions waiting for their turn now.")

    def text(self) -> str:
        """All of it, as Prometheus reads it."""
        lines = []
        for metric in vars(self).values():
            lines += [f"# HELP {metric.name} {metric.told}", f"# TYPE {metric.name} {metric.kind}", *metric.lines()]
        return "\n".join(lines) + "\n"


def _shown(labels: Labels) -> str:
    shown = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{shown}}}" if shown else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
