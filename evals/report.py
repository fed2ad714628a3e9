"""A run as one self-contained HTML page, for editors. Whatever comes from documents, questions or models is escaped."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from .agreement import Agreement, agreements
from .charts import bars, stacked
from .comparing import Comparison
from .markdown import comparison, summary
from .metrics import METRICS
from .records import Record
from .runs import Run
from .suites import SuiteError
from .summary import Figure, by, figures, latency

CSS = Path(__file__).with_name("report.css")
META = Path(__file__).with_name("meta.json")
NAME = "report.html"
HEADLINES = (
    "found false_refusal false_answer citation_recall citation_precision faithfulness quote_exactness "
    "speaker_correctness attribution_kept"
).split()
_EXPECTED = {
    "answer": "an answer",
    "abstain": "a refusal: the documents do not say",
    "correct": "a refusal, or the premise corrected",
    "sides": "an answer with all sides",
}


log = logging.getLogger(__name__)


def write(run: Run, compared: Comparison | None = None) -> Path:
    """Write the page, and the same in short as Markdown, into the run's folder; where the page is."""
    meta: dict[str, Any] = json.loads(META.read_text(encoding="utf-8")) if META.is_file() else {}
    try:
        agreed = agreements()
    except SuiteError as error:  # a checkout with suites of its own alone
        log.warning("The report is without the labelled answers: %s", error)
        agreed = []
    (run.folder / NAME).write_text(html(run, agreed, meta, compared), encoding="utf-8")
    (run.folder / "report.md").write_text(comparison(compared) if compared else summary(run), encoding="utf-8")
    return run.folder / NAME


def html(
    run: Run,
    agreed: Sequence[Agreement] = (),
    meta: Mapping[str, Any] | None = None,
    compared: Comparison | None = None,
) -> str:
    """The whole page."""
    parts = [
        _head(run),
        *_headlines(run),
        *(_compared(compared) if compared else ()),
        *_groups(run),
        *_trust(agreed, meta or {}),
        *_failing(run),
        *_passing(run),
        *_formulas(),
    ]
    css = CSS.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Evals: {escape(run.name)}</title><style>{css}</style></head><body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _head(run: Run) -> str:
    m = run.manifest
    passed = sum(record.passed for record in run.records)
    documents = sum(len(versions) for versions in m["corpora"].values())
    changed = ", with changes not committed" if m["changed"] else ""
    unfinished = "" if run.finished else f" <b class=bad>Unfinished: {m['cases']} were to be run.</b>"
    return (
        f"<h1>How well it answers</h1><p>{passed} of {len(run.records)} cases pass.{unfinished}</p>"
        f'<p class="small">Run {escape(run.name)}, version {escape(m["version"])}, commit {escape(m["commit"][:12])}'
        f"{changed}, half: {escape(m['split'])}, model: {escape(str(m['settings']['model'] or 'none, quoting'))}, "
        f"{documents} documents.</p>"
    )


def _headlines(run: Run) -> Iterator[str]:
    held = figures(run.records)
    yield "<h2>Figures</h2><p>With 95% intervals: what another set of cases of this kind may well have shown.</p>"
    shown = [(METRICS[name].title, held[name]) for name in HEADLINES if name in held]
    yield bars(shown, "Headline figures with confidence intervals")
    yield _table(
        ["figure", "mean", "95% interval", "cases", "failing"],
        (_figure_row(METRICS[name].title, figure) for name, figure in held.items()),
    )
    if times := latency(run.records):
        yield (
            f'<p class="small">Half of the answers took at most {times["p50"]:.0f} ms, nineteen of twenty at most '
            f"{times['p95']:.0f} ms.</p>"
        )


def _groups(run: Run) -> Iterator[str]:
    for field, title in (("suite", "By suite"), ("category", "By category")):
        groups = by(run.records, field)
        yield f"<h2>{title}</h2>"
        rows = [
            (name, sum(r.passed for r in group), sum(not r.passed for r in group)) for name, group in groups.items()
        ]
        yield stacked(rows, f"Cases that pass and fail, {title.lower()}")
        yield _table(
            [field, "cases", "pass", *(METRICS[name].title for name in HEADLINES)],
            (_group_row(name, group) for name, group in groups.items()),
        )


def _compared(compared: Comparison) -> Iterator[str]:
    yield f"<h2>What changed since {escape(compared.before.name)}</h2><p>{escape(compared.verdict)}</p>"
    yield _table(
        ["figure", "before", "after", "difference, 95%", "cases worse / better"],
        (
            [
                escape(METRICS[d.metric].title),
                f"{d.before:.3f}",
                f"{d.after:.3f}",
                f"<span class={'bad' if d.bad else 'good' if d.sure else 'small'}>{d.low:+.3f} to {d.high:+.3f}</span>",
                f"{d.worse} / {d.better}",
            ]
            for d in compared.differences
        ),
    )
    for title, records in (("Broke", compared.broke), ("Fixed", compared.fixed)):
        if records:
            yield f"<h3>{title}</h3>" + "".join(map(_case, records))


def _trust(agreed: Sequence[Agreement], meta: Mapping[str, Any]) -> Iterator[str]:
    if agreed:
        yield (
            "<h2>How far to trust these figures</h2><p>Against sixty answers that a person labelled claim by claim "
            "(evals/labels): kappa is 1 where the metric always says what the reader said, 0 where it might as well guess.</p>"
        )
        yield _table(
            ["of", "metric", "compared", "agree", "Cohen’s kappa"],
            (
                [a.label, a.metric, str(a.count), f"{a.agreed:.0%}", f"{a.kappa:.2f}"]
                for a in agreed
            ),
        )  # fmt: skip
    if meta:
        yield (
            "<h3>On labelled sets from outside</h3><p>Balanced accuracy: the mean of the shares of good and of bad items told "
            "right; 50% is guessing. Thresholds from the dev half, figures from the test half.</p>"
        )
        yield _table(
            ["set", "checker", "items", "balanced accuracy", "95% interval"],
            (
                [
                    escape(r["set"]), escape(r["checker"]), str(r["items"]), f"{r['accuracy']:.1%}",
                    f"{r['low']:.1%}–{r['high']:.1%}",
                ]
                for r in meta["rows"]
            ),
        )  # fmt: skip


def _failing(run: Run) -> Iterator[str]:
    failing = [record for record in run.records if not record.passed]
    yield f"<h2>Cases that fail ({len(failing)})</h2>"
    yield from map(_case, failing)


def _passing(run: Run) -> Iterator[str]:
    passing = [record for record in run.records if record.passed]
    yield f"<h2>Cases that pass ({len(passing)})</h2>"
    rows = "".join(
        f"<li>{escape(r.suite)}/{escape(r.id)} <b>{escape(r.case['question'])}</b><br>{escape(r.answer['text'])}</li>"
        for r in passing
    )
    yield f"<details><summary>Show them</summary><ol>{rows}</ol></details>"


def _formulas() -> Iterator[str]:
    yield "<h2>What the figures mean</h2><dl>"
    for metric in METRICS.values():
        hard = " <b>One failing case fails the gate.</b>" if metric.hard else ""
        yield f"<dt><b>{escape(metric.title)}</b> ({metric.name})</dt><dd>{escape(metric.formula)}{hard}</dd>"
    yield "</dl>"


def _case(record: Record) -> str:
    case, answer = record.case, record.answer
    why = record.failures or {record.state: record.error}
    reasons = "".join(
        f"<li>{escape(METRICS[name].title if name in METRICS else name)}: {escape(reason)}</li>"
        for name, reason in why.items()
    )
    history = "".join(f"<p class=small>before: {escape(earlier)}</p>" for earlier in case.get("history", ()))
    note = f'<p class="small">{escape(case["note"])}</p>' if case.get("note") else ""
    wanted = _quotes((e["document_id"], e["words"]) for e in record.expected) or "<p>nothing in particular</p>"
    cited = _quotes((c["document_id"], c["quote"]) for c in answer.get("citations", ())) or "<p>nothing</p>"
    return (
        f"<details{' open' if record.state == 'error' else ''}><summary>{escape(record.suite)}/{escape(record.id)} "
        f"<span class=small>{escape(case['category'])}</span> <b>{escape(case['question'])}</b></summary>"
        f"<ul class=why>{reasons}</ul>{history}<p>Expected: {_EXPECTED[case['expect']]}.</p>"
        f"<blockquote>{escape(answer.get('text', 'not asked'))}</blockquote>{note}"
        f"<div class=sides><div><h4>Expected words</h4>{wanted}</div><div><h4>Cited words</h4>{cited}</div></div></details>"
    )


def _quotes(pieces: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f"<p class=small>{escape(document)}</p><blockquote>{escape(words)}</blockquote>" for document, words in pieces
    )


def _figure_row(title: str, figure: Figure) -> list[str]:
    if METRICS[figure.metric].better == "neither" or figure.metric == "tokens":
        mean, between = f"{figure.mean:.1f}", f"{figure.low:.1f}–{figure.high:.1f}"
    else:
        mean, between = f"{figure.mean:.1%}", f"{figure.low:.1%}–{figure.high:.1%}"
    return [escape(title), mean, between, str(figure.count), str(figure.failing)]


def _group_row(name: str, group: Sequence[Record]) -> list[str]:
    held = figures(group)
    cells = [f"{held[metric].mean:.0%}" if metric in held else "" for metric in HEADLINES]
    return [escape(name), str(len(group)), str(sum(r.passed for r in group)), *cells]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are markup already: whoever makes a row escapes it."""
    top = "".join(f"<th>{escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>" + "".join(f"<td{' class=n' if n else ''}>{cell}</td>" for n, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
