"""A run, or two compared, as Markdown for a pull request. Of test halves there are figures only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .comparing import Comparison
from .metrics import METRICS
from .records import Record
from .runs import Run
from .summary import by, figures

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@-])")


def summary(run: Run) -> str:
    """Figures and failing dev cases."""
    passed = sum(record.passed for record in run.records)
    parts = [
        f"## Evals: {run.name}",
        f"{passed} of {len(run.records)} cases pass; commit {run.manifest['commit'][:12]}.",
        _table(
            ["figure", "mean (95%, n)", "failing"],
            ([METRICS[name].title, str(f), str(f.failing)] for name, f in figures(run.records).items()),
        ),
        _table(
            ["suite", "cases", "pass"],
            ([name, str(len(g)), str(sum(r.passed for r in g))] for name, g in by(run.records, "suite").items()),
        ),
        *_cases("Failing cases (dev halves)", [r for r in run.records if not r.passed]),
    ]
    return "\n\n".join(parts) + "\n"


def comparison(compared: Comparison) -> str:
    """What broke, what was fixed, and whether it is more than chance."""
    parts = [
        f"## Evals: {compared.before.name} → {compared.after.name}",
        compared.verdict,
        _table(
            ["figure", "before", "after", "difference, 95%", "worse / better"],
            (
                [
                    METRICS[d.metric].title,
                    f"{d.before:.3f}",
                    f"{d.after:.3f}",
                    f"{d.low:+.3f} to {d.high:+.3f}{' **worse**' if d.bad else ' **better**' if d.sure else ''}",
                    f"{d.worse} / {d.better}",
                ]
                for d in compared.differences
            ),
        ),
        *_cases("Broke", compared.broke),
        *_cases("Fixed", compared.fixed),
    ]
    if compared.only_before or compared.only_after:
        parts.append(
            f"Not paired: {compared.only_before} cases of the first run, {compared.only_after} of the second "
            "(new, gone or changed)."
        )
    return "\n\n".join(parts) + "\n"


def _cases(title: str, records: Sequence[Record]) -> list[str]:
    if not records:
        return []
    rows = [
        f"- {r.suite}/{r.id}: {_escaped(r.case['question'])} ({', '.join(r.failures) or r.state})"
        for r in records
        if r.split != "test"
    ]
    hidden = sum(r.split == "test" for r in records)
    return [f"### {title}", "\n".join([*rows, *([f"- and {hidden} of the test half"] if hidden else [])])]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
