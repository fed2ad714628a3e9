"""The editors' desk: readers' reports, the evals, and old questions asked again. Its page is behind a login."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import gradio as gr

from assistant.errors import OnTheRecordError
from assistant.types import Answer

from . import desk_views, evaluation
from . import strings as say
from .asking import QUIET, Update
from .markup import escape
from .page import BUS
from .reports import LINE, Report, Reports

_CHOSEN = re.compile(r"report-(\d{1,9})")
_EVERY = "all"


class Asked(Protocol):
    """What the desk needs of an assistant."""

    def ask(self, question: str) -> Answer:
        """The answer to a question."""


def build(assistant: Asked, reports: Reports, folder: Path) -> gr.Blocks:
    """The desk over the reports; cases are kept in `folder`."""
    desk = gr.Blocks(title=f"{say.DESK} – {say.NAME}", analytics_enabled=False, fill_width=True)
    with desk:
        gr.HTML(
            f'<header class="otr-head"><p class="otr-kicker">{escape(say.NAME)}</p><h1>{escape(say.DESK)}</h1></header>',
            elem_id="otr-head", js_on_load=None,
        )  # fmt: skip
        with gr.Tabs(elem_id="otr-tabs", overflow_behavior="wrap"):
            with gr.Tab(say.QUEUE, id="queue"):
                _queue(desk, reports, folder)
            with gr.Tab(say.SUITES, id="suites"):
                _suites()
            with gr.Tab(say.CASES, id="cases"):
                _cases()
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


def _queue(desk: gr.Blocks, reports: Reports, folder: Path) -> None:
    bus = gr.HTML("", elem_id="otr-bus", js_on_load=BUS)
    chosen = gr.State(None)
    states = [(say.ALL, _EVERY), *((name, name) for name in (say.OPEN, say.ACCEPTED, say.REJECTED, say.ANSWERED))]
    state = gr.Radio(states, value=say.OPEN, label=say.STATE, elem_id="otr-state")
    listed = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-queue")
    shown = gr.HTML(_none(), js_on_load=None, apply_default_css=False, elem_id="otr-shown")
    with gr.Column(visible=False, elem_id="otr-deciding") as deciding:
        reply = gr.Textbox(
            label=say.REPLY, info=say.REPLY_INFO, lines=2, max_lines=5, max_length=LINE, elem_id="otr-reply"
        )
        with gr.Row(elem_classes="otr-row"):
            accept, reject, send, make = (
                gr.Button(label, size="sm", elem_classes="otr-tool", elem_id=f"otr-{label.split()[0].lower()}")
                for label in (say.ACCEPT, say.REJECT, say.SEND_REPLY, say.MAKE_CASE)
            )
        case = gr.Textbox(label=say.CASE_DRAFT, lines=8, max_lines=24, visible=False, elem_id="otr-case")
        keep = gr.Button(
            say.CASE_SAVE, size="sm", variant="primary", elem_classes="otr-tool", visible=False, elem_id="otr-keep"
        )
        told = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-told")
    everything = [listed, shown, chosen, deciding, reply, case, keep, told]

    def page(which: str, number: int | None, text: str = "") -> Update:
        value = reports.report(number) if number is not None else None
        return (
            _listed(reports, which), desk_views.report(value) if value else _none(), value.id if value else None,
            gr.update(visible=value is not None), value.reply if value else "", gr.update(visible=False),
            gr.update(visible=False), _told(text),
        )  # fmt: skip

    def choose(which: str, event: gr.EventData) -> Update:
        match = _CHOSEN.fullmatch(str(event._data.get("go", "")))
        return page(which, int(match.group(1)) if match else None)

    def decide(to: str) -> Any:
        def decided(which: str, number: int | None, text: str) -> Update:
            if number is not None:
                reports.decide(number, to, text)
            return page(which, number, f"{say.REPORT_CHOSEN} {number}: {to}")

        return decided

    def draft(number: int | None) -> Update:
        value = reports.report(number) if number is not None else None
        text = evaluation.draft(value) if value else ""
        return gr.update(value=text, visible=bool(text)), gr.update(visible=bool(text)), ""

    def kept(which: str, number: int | None, text: str) -> Update:
        value = reports.report(number) if number is not None else None
        if value is None:
            return page(which, None)
        try:
            name, path = evaluation.keep(text, value, folder)
        except OnTheRecordError as error:
            return (*(gr.skip() for _ in everything[:-1]), _told(str(error), good=False))
        reports.note_case(value.id, name)
        return page(which, number, say.CASE_KEPT.format(case=name, file=path))

    desk.load(lambda which: _listed(reports, which), [state], listed, **QUIET)
    state.input(lambda which: _listed(reports, which), [state], listed, **QUIET)
    bus.select(choose, [state], everything, **QUIET).then(None, js="() => window.otr.arrive()")
    for button, to in ((accept, say.ACCEPTED), (reject, say.REJECTED), (send, say.ANSWERED)):
        button.click(decide(to), [state, chosen, reply], everything, **QUIET)
    make.click(draft, [chosen], [case, keep, told], **QUIET)
    keep.click(kept, [state, chosen, case], everything, **QUIET)


def _suites() -> None:
    with gr.Row(elem_classes="otr-row"):
        suite = gr.Dropdown(evaluation.suites(), label=say.SUITE, elem_id="otr-suite")
        run = gr.Button(say.RUN, size="sm", variant="primary", elem_classes="otr-tool", elem_id="otr-run")
    shown = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-running")

    def running(name: str | None) -> Iterator[str]:
        steps: list[evaluation.Step] = []
        if not name:
            return
        try:
            for step in evaluation.run(name):
                if isinstance(step, str):
                    yield desk_views.running(steps, say.RUN_DONE.format(suite=name, figures=step))
                else:
                    steps.append(step)
                    yield desk_views.running(steps)
        except OnTheRecordError as error:
            yield _told(str(error), good=False)

    # One run at a time: two would only slow each other, and the readers' page, down.
    run.click(running, [suite], shown, concurrency_limit=1, concurrency_id="evals", **QUIET)


def _cases() -> None:
    with gr.Row(elem_classes="otr-row"):
        suite = gr.Dropdown(evaluation.suites(), label=say.SUITE, elem_id="otr-case-suite")
        words = gr.Textbox(label=say.WORDS, max_lines=1, elem_id="otr-case-words")
    shown = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-cases")

    def show(name: str | None, having: str) -> str:
        try:
            return desk_views.cases(evaluation.cases(name), having) if name else ""
        except OnTheRecordError as error:
            return _told(str(error), good=False)

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


def _listed(reports: Reports, which: str) -> str:
    found: list[Report] = reports.all(None if which == _EVERY else which)
    return desk_views.queue(found)


def _none() -> str:
    return f'<p class="otr-none">{escape(say.CHOOSE_REPORT)}</p>'


def _told(text: str, good: bool = True) -> str:
    return f'<p role="status" class="{"otr-done" if good else "otr-undone"}">{escape(text)}</p>' if text else ""
