"""The gate: thresholds that a change may not cross, and faults of which one is too many."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .metrics import METRICS
from .records import Record
from .runs import RunError
from .schema import SuiteError
from .suites import Split
from .summary import figures

GATE = Path(__file__).parent / "gate.toml"


@dataclass(frozen=True, slots=True)
class Gate:
    """What is run and what is asked of it.

    thresholds: by suite and metric, ("min" or "max", value). known: cases ("suite/id") that may fail by a hard metric,
    each by name; any other fails the gate.
    """

    suites: tuple[str, ...]
    split: Split | None
    thresholds: Mapping[str, Mapping[str, tuple[str, float]]]
    known: Mapping[str, tuple[str, ...]]


def read_gate(path: Path = GATE) -> Gate:
    """The gate of a TOML file; raises SuiteError for what it does not know."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SuiteError(f"{path.name}: {error}: mend the file.") from None
    if unknown := set(values) - {"suites", "split", "thresholds", "known"}:
        raise SuiteError(f"{path.name}: {', '.join(sorted(unknown))}: known are suites, split, thresholds, known.")
    thresholds = {
        suite: {name: _limit(path, suite, name, limit) for name, limit in limits.items()}
        for suite, limits in values.get("thresholds", {}).items()
    }
    for name in values.get("known", {}):
        _check_name(path, name)
    if missing := [suite for suite in thresholds if suite not in values.get("suites", ())]:
        raise SuiteError(f"{path.name}: thresholds for {missing[0]}, which is not among the suites: add it there.")
    known = {name: tuple(cases) for name, cases in values.get("known", {}).items()}
    return Gate(tuple(values["suites"]), values.get("split"), thresholds, known)


def faults(gate: Gate, records: Sequence[Record]) -> list[str]:
    """Why a run does not pass, each naming suite, metric and cases; empty if it does."""
    result = []
    for suite in gate.suites:
        mine = [record for record in records if record.suite == suite]
        if not mine:
            raise RunError(f"The run has no suite {suite}, which the gate asks for: run it, or mend gate.toml.")
        held = figures(mine)
        for name, (kind, limit) in gate.thresholds.get(suite, {}).items():
            if name not in held:
                result.append(f"{suite}: {name} applies to no case any more")
            elif held[name].mean < limit if kind == "min" else held[name].mean > limit:
                result.append(f"{suite}: {name} is {held[name].mean:.3f}, {kind} is {limit}")
    for record in records:
        if record.suite not in gate.suites:
            continue
        called = f"{record.suite}/{record.id}"
        if record.state == "error":
            result.append(f"{called}: error: {record.error}")
        result += [
            f"{called}: {name}: {reason}"
            for name, reason in record.failures.items()
            if name in METRICS and METRICS[name].hard and called not in gate.known.get(name, ())
        ]
    return result


def _limit(path: Path, suite: str, name: str, limit: Any) -> tuple[str, float]:
    _check_name(path, name)
    if not isinstance(limit, dict) or set(limit) not in ({"min"}, {"max"}):
        raise SuiteError(f"{path.name}: thresholds.{suite}.{name} is {limit!r}: write {{min = 0.85}} or {{max = 0.1}}.")
    ((kind, value),) = limit.items()
    return kind, float(value)


def _check_name(path: Path, name: str) -> None:
    if name not in METRICS:
        raise SuiteError(f"{path.name}: there is no metric {name}. Known: {', '.join(METRICS)}.")
