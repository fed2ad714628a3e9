"""The desk's evals: a suite is run with its progress in sight, and the report of any run is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.errors import OnTheRecordError

from . import desk_views
from . import strings as say
from .asking import QUIET, Update
from .evaluation import Done, Evals, Step
from .report_queue import told

HTML: dict[str, Any] = {"js_on_load": None, "apply_default_css": False}


@dataclass(frozen=True, slots=True)
class Parts:
    """The tab's components."""

    tab: gr.Tab
    suite: gr.Dropdown
    run: gr.Button
    running: gr.HTML
    report: gr.Dropdown
    page: gr.HTML


def build(evals: Evals) -> None:
    """Lay the tab out and connect it."""
    parts = _lay_out(evals)

    def running(name: str | None) -> Iterator[Update]:
        steps: list[Step] = []
        try:
            for event in evals.run(name) if name else ():
                if isinstance(event, Done):
                    line = say.RUN_DONE.format(run=event.run, figures=event.figures)
                    yield desk_views.running(steps, line), *read(event.run)
                else:
                    steps.append(event)
                    yield desk_views.running(steps), gr.skip(), gr.skip()
        except OnTheRecordError as error:
            yield told(str(error), good=False), gr.skip(), gr.skip()

    def read(run: str | None) -> Update:
        """The list of runs with `run` chosen, or the latest; and its report."""
        runs = evals.reports()
        chosen = run if run in runs else next(iter(runs), None)
        return gr.update(choices=runs, value=chosen), shown(chosen)

    def shown(run: str | None) -> str:
        try:
            return desk_views.framed(run, evals.report(run)) if run else desk_views.none(say.NO_RUNS)
        except OnTheRecordError as error:
            return told(str(error), good=False)

    # One run at a time: two would only slow each other, and the readers' page, down.
    parts.run.click(
        running, [parts.suite], [parts.running, parts.report, parts.page], concurrency_limit=1, concurrency_id="evals",
        **QUIET,
    )  # fmt: skip
    parts.tab.select(lambda: gr.update(choices=evals.suites()), None, parts.suite, **QUIET)
    parts.tab.select(read, [parts.report], [parts.report, parts.page], **QUIET)
    parts.report.input(shown, [parts.report], parts.page, **QUIET)


def _lay_out(evals: Evals) -> Parts:
    with gr.Tab(say.SUITES, id="suites") as tab:
        with gr.Row(elem_classes="otr-row"):
            suite = gr.Dropdown(evals.suites(), label=say.SUITE, elem_id="otr-suite")
            run = gr.Button(say.RUN, size="sm", variant="primary", elem_classes="otr-tool", elem_id="otr-run")
        running = gr.HTML("", elem_id="otr-running", **HTML)
        report = gr.Dropdown([], label=say.REPORT_OF, info=say.REPORT_INFO, elem_id="otr-report-of")
        page = gr.HTML("", elem_id="otr-report-page", **HTML)
    return Parts(tab, suite, run, running, report, page)
