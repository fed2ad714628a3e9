"""The form in which a reader says what is wrong with a claim."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.errors import OnTheRecordError

from . import strings as say
from .asking import QUIET, Update
from .chat import Chat
from .markup import cut, escape, foreign
from .reports import LINE, Reports

TARGET = re.compile(r"wrong-(\d{1,6})-(\d{1,3}|all)")
MOST = 20
"""Reports from one conversation: a queue that anybody can fill is no queue."""
_CLAIM = 300  # characters of the claim shown over the form

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Form:
    """The form's components; hidden until a claim is chosen."""

    frame: gr.Column
    about: gr.HTML
    kind: gr.Radio
    line: gr.Textbox
    send: gr.Button
    cancel: gr.Button
    told: gr.HTML
    target: gr.State

    @property
    def all(self) -> list[Any]:
        """What changes when it is opened or closed."""
        return [self.frame, self.about, self.kind, self.line, self.told, self.target, self.send, self.cancel]


def form() -> Form:
    """Lay the form out where it stands."""
    with gr.Column(visible=False, elem_id="otr-report") as frame:
        about = gr.HTML("", js_on_load=None, apply_default_css=False)
        kind = gr.Radio([(label, name) for name, label in say.KINDS.items()], label=say.REPORT_KIND, elem_id="otr-kind")
        line = gr.Textbox(label=say.REPORT_LINE, lines=2, max_lines=4, max_length=LINE, elem_id="otr-line")
        told = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-told")
        with gr.Row(elem_classes="otr-row"):
            send = gr.Button(say.REPORT_SEND, variant="primary", size="sm", elem_classes="otr-tool", elem_id="otr-send")
            cancel = gr.Button(say.REPORT_CANCEL, size="sm", elem_classes="otr-tool", elem_id="otr-cancel")
    return Form(frame, about, kind, line, send, cancel, told, gr.State(None))


def wire(form: Form, chat: gr.State, reports: Reports) -> None:
    """Send what is filled in to the store."""

    def send(talk: Chat | None, target: tuple[int, int | None] | None, kind: str | None, line: str) -> Update:
        return _told(*_sent(reports, talk, target, kind, line))

    outputs = [form.told, form.send, form.kind, form.line, form.cancel]
    form.send.click(send, [chat, form.target, form.kind, form.line], outputs, **QUIET)
    form.cancel.click(closed, None, form.all, **QUIET).then(None, js="() => window.otr.close()")


def opened(talk: Chat | None, pressed: str) -> Update | None:
    """The form, open on the claim that was pressed; None if it was none."""
    match = TARGET.fullmatch(pressed)
    turn = talk.turn(int(match.group(1))) if talk and match else None
    if match is None or turn is None or turn.answer is None:
        return None
    place = None if match.group(2) == "all" else int(match.group(2))
    if place is not None and place >= len(turn.answer.claims):
        return None
    label = say.REPORT_ANSWER if place is None else say.REPORT_ABOUT
    text = turn.answer.text if place is None else turn.answer.claims[place].text
    about = (
        f'<h2 class="otr-label" tabindex="-1" id="otr-report-h">{escape(say.REPORT)}</h2>'
        f'<p class="otr-label">{escape(label)}</p><blockquote>{foreign(cut(text, _CLAIM))}</blockquote>'
    )
    return _form(visible=True, about=about, target=(turn.shown.turn, place))


def closed() -> Update:
    """The form, hidden and empty."""
    return _form(visible=False)


def _form(visible: bool, about: str = "", target: tuple[int, int | None] | None = None) -> Update:
    kind, line = gr.update(value=None, visible=True), gr.update(value="", visible=True)
    send, cancel = gr.update(visible=True), gr.update(value=say.REPORT_CANCEL)
    return gr.update(visible=visible), about, kind, line, "", target, send, cancel


def _sent(
    reports: Reports, talk: Chat | None, target: tuple[int, int | None] | None, kind: str | None, line: str
) -> tuple[str, bool]:
    """What to tell the reader, and whether it is done."""
    turn = talk.turn(target[0]) if talk and target else None
    if kind not in say.KINDS:
        return say.REPORT_WHICH, False
    if talk is None or turn is None or turn.answer is None or target is None:
        return say.REPORT_FAILED, False
    if talk.reported >= MOST:
        return say.REPORT_ENOUGH, True
    try:
        reports.add(turn.answer, target[1], kind, line or "")
    except OnTheRecordError:
        return say.REPORT_FAILED, False
    talk.reported += 1
    return say.REPORT_SENT, True


def _told(text: str, done: bool) -> Update:
    kind = "otr-done" if done else "otr-undone"
    left = gr.update(visible=not done)
    label = say.CLOSE if done else say.REPORT_CANCEL
    return f'<p role="status" class="{kind}">{escape(text)}</p>', left, left, left, gr.update(value=label)
