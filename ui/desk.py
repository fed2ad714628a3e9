"""The editors' desk: readers' reports, the evals, and old questions asked again. Its page is behind a login."""

from __future__ import annotations

from typing import Protocol

import gradio as gr

from assistant.errors import OnTheRecordError
from assistant.types import Answer

from . import desk_views, report_queue, suite_runs
from . import strings as say
from .asking import QUIET
from .evaluation import Evals
from .markup import escape
from .report_queue import told
from .reports import Reports


class Asked(Protocol):
    """What the desk needs of an assistant."""

    def ask(self, question: str) -> Answer:
        """The answer to a question."""


def build(assistant: Asked, reports: Reports, evals: Evals) -> gr.Blocks:
    """The desk over the readers' reports and the evals."""
    desk = gr.Blocks(title=f"{say.DESK} – {say.NAME}", analytics_enabled=False, fill_width=True)
    with desk:
        gr.HTML(
            f'<header class="otr-head"><p class="otr-kicker">{escape(say.NAME)}</p><h1>{escape(say.DESK)}</h1></header>',
            elem_id="otr-head", js_on_load=None,
        )  # fmt: skip
        with gr.Tabs(elem_id="otr-tabs", overflow_behavior="wrap"):
            with gr.Tab(say.QUEUE, id="queue"):
                report_queue.build(desk, reports, evals)
            suite_runs.build(evals)
            with gr.Tab(say.CASES, id="cases") as tab:
                _cases(tab, evals)
            with gr.Tab(say.REASK, id="again"):
                _again(assistant, reports)
    return desk


def changed(assistant: Asked, reports: Reports) -> tuple[list[tuple[str, str, str]], int]:
    """The questions on record whose answers are others now: question, answer then, answer now; and how many were asked."""
    found, asked = [], 0
    for given in reports.answers():
        question, then = str(given.answer["standalone"]), str(given.answer["text"])
        try:
            now = assistant.ask(question)
        except OnTheRecordError as error:
            now_text = str(error)
        else:
            now_text = now.text
        asked += 1
        if now_text != then:
            found.append((question, then, now_text))
    return found, asked


def _cases(tab: gr.Tab, evals: Evals) -> None:
    with gr.Row(elem_classes="otr-row"):
        suite = gr.Dropdown(evals.suites(), label=say.SUITE, elem_id="otr-case-suite")
        words = gr.Textbox(label=say.WORDS, max_lines=1, elem_id="otr-case-words")
    shown = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-cases")

    def show(name: str | None, having: str) -> str:
        try:
            return desk_views.cases(evals.cases(name), having) if name else ""
        except OnTheRecordError as error:
            return told(str(error), good=False)

    # The readers' suite is there from the first case that is made.
    tab.select(lambda: gr.update(choices=evals.suites()), None, suite, **QUIET)
    suite.input(show, [suite, words], shown, **QUIET)
    words.change(show, [suite, words], shown, trigger_mode="always_last", **QUIET)


def _again(assistant: Asked, reports: Reports) -> None:
    gr.HTML(f'<p class="otr-help">{escape(say.REASK_HELP)}</p>', js_on_load=None, apply_default_css=False)
    again = gr.Button(say.REASK_RUN, size="sm", variant="primary", elem_classes="otr-tool", elem_id="otr-reask")
    shown = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-changes")

    def ask_again() -> str:
        found, asked = changed(assistant, reports)
        return desk_views.changes(found, asked) if asked else f'<p role="status">{escape(say.NO_QUESTIONS)}</p>'

    again.click(ask_again, None, shown, concurrency_limit=1, concurrency_id="evals", **QUIET)
