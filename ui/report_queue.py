"""The desk's queue of readers' reports: what an editor can do with one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.errors import OnTheRecordError

from . import desk_views, evaluation
from . import strings as say
from .asking import QUIET, Update
from .evaluation import Evals
from .markup import escape
from .page import BUS
from .reports import LINE, Report, Reports

_CHOSEN = re.compile(r"report-(\d{1,9})")
_EVERY = "all"


@dataclass(frozen=True, slots=True)
class Parts:
    """The queue's components."""

    bus: gr.HTML
    state: gr.Radio
    listed: gr.HTML
    shown: gr.HTML
    deciding: gr.Column
    reply: gr.Textbox
    accept: gr.Button
    reject: gr.Button
    answer: gr.Button
    make: gr.Button
    case: gr.Textbox
    keep: gr.Button
    told: gr.HTML
    chosen: gr.State

    @classmethod
    def lay_out(cls) -> Parts:
        """The list of reports, the one that is chosen, and what can be done with it."""
        bus = gr.HTML("", elem_id="otr-bus", js_on_load=BUS)
        states = [(say.ALL, _EVERY), *((name, name) for name in (say.OPEN, say.ACCEPTED, say.REJECTED, say.ANSWERED))]
        state = gr.Radio(states, value=say.OPEN, label=say.STATE, elem_id="otr-state")
        listed, shown = _html("otr-queue"), _html("otr-shown", desk_views.none(say.CHOOSE_REPORT))
        with gr.Column(visible=False, elem_id="otr-deciding") as deciding:
            reply = gr.Textbox(
                label=say.REPLY, info=say.REPLY_INFO, lines=2, max_lines=5, max_length=LINE, elem_id="otr-reply"
            )
            with gr.Row(elem_classes="otr-row"):
                labels = (say.ACCEPT, say.REJECT, say.SEND_REPLY, say.MAKE_CASE)
                accept, reject, answer, make = (
                    gr.Button(label, size="sm", elem_classes="otr-tool") for label in labels
                )
            case = gr.Textbox(label=say.CASE_DRAFT, lines=8, max_lines=24, visible=False, elem_id="otr-case")
            keep = gr.Button(
                say.CASE_SAVE, size="sm", variant="primary", elem_classes="otr-tool", visible=False, elem_id="otr-keep"
            )
            told = _html("otr-told")
        chosen = gr.State(None)
        return cls(bus, state, listed, shown, deciding, reply, accept, reject, answer, make, case, keep, told, chosen)

    @property
    def all(self) -> list[Any]:
        """What changes when a report is chosen or decided."""
        return [self.listed, self.shown, self.chosen, self.deciding, self.reply, self.case, self.keep, self.told]


class Queue:
    """What is done with the reports; cases are kept with the `evals`."""

    def __init__(self, reports: Reports, evals: Evals) -> None:
        self._reports = reports
        self._evals = evals

    def listed(self, state: str) -> str:
        """The reports in a state."""
        return desk_views.queue(self._reports.all(None if state == _EVERY else state))

    def page(self, state: str, number: int | None, text: str = "") -> Update:
        """Everything, with a report open if there is one of the number."""
        value = self._of(number)
        gone = gr.update(visible=False)
        shown = desk_views.report(value) if value else desk_views.none(say.CHOOSE_REPORT)
        return (
            self.listed(state), shown, value.id if value else None,
            gr.update(visible=value is not None), value.reply if value else "", gone, gone, told(text),
        )  # fmt: skip

    def choose(self, state: str, event: gr.EventData) -> Update:
        """Open the report that was pressed."""
        match = _CHOSEN.fullmatch(str(event._data.get("go", "")))
        return self.page(state, int(match.group(1)) if match else None)

    def decide(self, to: str) -> Callable[[str, int | None, str], Update]:
        """What brings the open report into another state, with an answer to its reader if one is written."""

        def decided(state: str, number: int | None, reply: str) -> Update:
            if number is not None:
                self._reports.decide(number, to, reply)
            return self.page(state, number, f"{say.REPORT_CHOSEN} {number}: {to}")

        return decided

    def draft(self, number: int | None) -> Update:
        """A case to be checked."""
        value = self._of(number)
        text = evaluation.draft(value) if value else ""
        return gr.update(value=text, visible=bool(text)), gr.update(visible=bool(text)), ""

    def keep(self, state: str, number: int | None, text: str) -> Update:
        """Keep the case as it was checked."""
        value = self._of(number)
        if value is None:
            return self.page(state, None)
        try:
            name, path = self._evals.keep(text, value)
        except OnTheRecordError as error:
            return *(gr.skip() for _ in range(7)), told(str(error), good=False)
        self._reports.note_case(value.id, name)
        return self.page(state, number, say.CASE_KEPT.format(case=name, file=path))

    def _of(self, number: int | None) -> Report | None:
        return self._reports.report(number) if number is not None else None


def build(desk: gr.Blocks, reports: Reports, evals: Evals) -> None:
    """Lay the queue out and connect it."""
    parts, queue = Parts.lay_out(), Queue(reports, evals)
    desk.load(queue.listed, [parts.state], parts.listed, **QUIET)
    parts.state.input(queue.listed, [parts.state], parts.listed, **QUIET)
    parts.bus.select(queue.choose, [parts.state], parts.all, **QUIET).then(None, js="() => window.otr.arrive()")
    for button, to in ((parts.accept, say.ACCEPTED), (parts.reject, say.REJECTED), (parts.answer, say.ANSWERED)):
        button.click(queue.decide(to), [parts.state, parts.chosen, parts.reply], parts.all, **QUIET)
    parts.make.click(queue.draft, [parts.chosen], [parts.case, parts.keep, parts.told], **QUIET)
    parts.keep.click(queue.keep, [parts.state, parts.chosen, parts.case], parts.all, **QUIET)


def told(text: str, good: bool = True) -> str:
    """A line to the editor, on what was done or could not be."""
    return f'<p role="status" class="{"otr-done" if good else "otr-undone"}">{escape(text)}</p>' if text else ""


def _html(name: str, value: str = "") -> gr.HTML:
    return gr.HTML(value, js_on_load=None, apply_default_css=False, elem_id=name)
