"""What comes from outside, made up and mutated: see `__main__`."""

from __future__ import annotations

from random import Random
from typing import Protocol


class Target(Protocol):
    """A part of the product."""

    name: str

    def ready(self) -> None:
        """Load what it needs."""

    def draw(self, draw: Random) -> bytes:
        """An input."""

    def run(self, data: bytes) -> None:
        """Give it to the product; raises AssertionError where a promise is broken."""


def same(one: object, other: object) -> None:
    """Two that have to be equal."""
    assert one == other, f"{one!r:.500} is not {other!r:.500}"
