"""The Ask tab: the chat, its question box, its sources, and what their buttons do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.errors import OnTheRecordError, QuestionError
from assistant.filters import Filter

from . import messages, sources
from . import strings as say
from .chat import Chat, Source, is_to_mend, passing
from .markup import escape

CONCURRENT = 8
"""Questions answered at the same time, over all readers; the next ones wait their turn."""
LISTED = 500
"""Documents offered in a list to choose from."""
LINKED = "(link) => window.otr.link(link)"
COPIED = "(text) => window.otr.copy(text)"
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

Update = tuple[Any, ...]
NewChat = Callable[[], Chat]
Share = Callable[[Chat], str]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The components that say which documents a question may be answered from."""

    documents: gr.Dropdown
    publishers: gr.Dropdown
    kinds: gr.Dropdown
    after: gr.Textbox
    before: gr.Textbox

    @property
    def all(self) -> list[Any]:
        """Every one, in the order in which `narrowed` takes their values."""
        return [self.documents, self.publishers, self.kinds, self.after, self.before]


@dataclass(frozen=True, slots=True)
class Asking:
    """The components of the Ask tab, and the state that they share."""

    messages: gr.Chatbot
    box: gr.Textbox
    only: Narrowing
    on: gr.HTML
    clear: gr.Button
    tools: dict[str, gr.Button]
    link: gr.Textbox
    copied: gr.Textbox
    sources: gr.HTML
    chat: gr.State
    kept: gr.BrowserState

    @property
    def page(self) -> list[Any]:
        """What changes with every step of an answer."""
        return [self.box, self.messages, self.sources, self.chat, self.kept, self.link]


def talk(assistant: Source, examples: Sequence[str], kept: gr.BrowserState) -> Asking:
    """Lay out the chat with its box; the source panel is laid out by whoever calls `Asking.sources.render`."""
    chatbot = gr.Chatbot(
        elem_id="otr-chat", label=say.ASK, show_label=False, height=None, layout="bubble",
        sanitize_html=True, allow_tags=False, render_markdown=True, line_breaks=False, latex_delimiters=[],
        buttons=[], feedback_options=None, allow_file_downloads=False, autoscroll=False, group_consecutive_messages=False,
        placeholder=f'<p class="otr-start">{escape(say.START)}</p>',
        examples=[{"text": example} for example in examples] or None,
    )  # fmt: skip
    on = gr.HTML("", elem_id="otr-on", js_on_load=None, apply_default_css=False)
    box = gr.Textbox(
        label=say.QUESTION, show_label=False, placeholder=say.PLACEHOLDER, max_lines=6, submit_btn=say.SEND,
        elem_id="otr-box", container=False, html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
    )  # fmt: skip
    labels = {"edit": say.EDIT, "again": say.AGAIN, "copy": say.COPY, "share": say.SHARE, "new": say.NEW}
    with gr.Row(elem_id="otr-tools"):
        tools = {
            name: gr.Button(label, size="sm", min_width=0, elem_id=f"otr-{name}", elem_classes="otr-tool")
            for name, label in labels.items()
        }
    link = gr.Textbox(
        label=say.LINK, info=say.LINK_INFO, interactive=False, visible=False, elem_id="otr-link", buttons=["copy"]
    )
    copied = gr.Textbox(visible="hidden", label=say.COPY)
    with gr.Accordion(say.FILTER, open=False, elem_id="otr-filter") as accordion:
        only = _narrowing(assistant)
        clear = gr.Button(say.CLEAR_FILTER, size="sm", elem_classes="otr-tool", elem_id="otr-clear")
    accordion.expand(None, js="() => window.otr.reveal('otr-filter')")
    panel = gr.HTML(
        sources.panel(()), elem_id="otr-sources", js_on_load=None, apply_default_css=False, render=False
    )  # fmt: skip
    return Asking(chatbot, box, only, on, clear, tools, link, copied, panel, gr.State(None), kept)


def wire(ask: Asking, assistant: Source, offered: gr.HTML, new_chat: NewChat, share: Share | None) -> None:
    """Connect the tab: `offered` triggers `submit` with a question that the page offered."""

    def respond(question: str | None, chat: Chat | None, *only: Any) -> Iterator[Update]:
        yield from _answer(question or "", chat or new_chat(), only)

    def example(event: gr.SelectData, chat: Chat | None, *only: Any) -> Iterator[Update]:
        yield from _answer(str(event.value["text"]), chat or new_chat(), only)

    def offer(event: gr.EventData, chat: Chat | None, *only: Any) -> Iterator[Update]:
        yield from _answer(str(event._data.get("question", "")), chat or new_chat(), only)

    def again(chat: Chat | None, *only: Any) -> Iterator[Update]:
        if chat and chat.last:
            yield from _answer(chat.drop_last(), chat, only)

    common: dict[str, Any] = {
        **QUIET, "outputs": ask.page, "concurrency_limit": CONCURRENT, "concurrency_id": "ask",
        "trigger_mode": "multiple",  # "once" would drop a question that is asked just after a stop
    }  # fmt: skip
    asked: list[Any] = [
        ask.box.submit(respond, [ask.box, ask.chat, *ask.only.all], **common),
        ask.messages.example_select(example, [ask.chat, *ask.only.all], **common),
        offered.submit(offer, [ask.chat, *ask.only.all], **common),
        ask.tools["again"].click(again, [ask.chat, *ask.only.all], **common),
    ]
    ask.box.stop(_stopped, [ask.chat], ask.page, cancels=asked, **QUIET)
    wire_offers(ask, *asked)
    for component in ask.only.all:
        component.change(lambda *only: _told(assistant, only), ask.only.all, ask.on, **QUIET)
    ask.clear.click(lambda: ([], [], [], "", ""), None, ask.only.all, **QUIET)
    _wire_tools(ask, share)


def wire_offers(ask: Asking, *answered: Any) -> None:
    """Once an answer stands, find what can be asked next: checking that takes longer than the answer did."""

    def offer(chat: Chat | None) -> Any:
        return chat.messages if chat and chat.suggest() else gr.skip()

    for event in answered:
        # One at a time over all readers: answers come first.
        event.then(offer, [ask.chat], [ask.messages], concurrency_limit=1, concurrency_id="offers", **QUIET)


def _wire_tools(ask: Asking, share: Share | None) -> None:
    """Edit, copy, share, start anew."""
    edited = ask.tools["edit"].click(_edited, [ask.chat], ask.page, **QUIET)
    edited.then(None, js="() => window.otr.focus('#otr-box textarea')")
    copied = ask.tools["copy"].click(_text, [ask.chat], [ask.copied], **QUIET)
    copied.then(None, ask.copied, ask.copied, js=COPIED, **QUIET)
    ask.tools["new"].click(_cleared, [ask.chat], ask.page, **QUIET)
    if share is None:
        ask.tools["share"].visible = False
        return
    linked = ask.tools["share"].click(lambda chat: _link(chat, share), [ask.chat], [ask.link], **QUIET)
    linked.then(None, ask.link, ask.link, js=LINKED, **QUIET)


def _answer(question: str, chat: Chat, only: Sequence[Any]) -> Iterator[Update]:
    """Stream the answer; a question the reader must mend goes back into the box."""
    busy = gr.update(value="", submit_btn=False, stop_btn=say.STOP)
    hidden = gr.update(value="", visible=False)
    try:
        narrow = narrowed(*only)
    except QuestionError as mistake:
        yield question, [*chat.messages, *_notice(mistake)], chat.sources, chat, gr.skip(), hidden
        return
    if chat.busy and not question.strip():  # Enter pressed twice
        yield (gr.skip(),) * 6
        return
    chat.stop()
    left = ""
    for error in chat.ask(question, narrow):
        left = question if is_to_mend(error) else left
        yield busy, chat.messages, chat.sources, chat, gr.skip(), hidden
        busy = hidden = gr.skip()
    done: Any = gr.update(value=left, submit_btn=say.SEND, stop_btn=False) if left else _idle()
    yield done, chat.messages, chat.sources, chat, chat.kept(), gr.skip()


def _idle() -> Any:
    """The box, ready for a question; what is being typed in it stays."""
    return gr.update(submit_btn=say.SEND, stop_btn=False)


def _notice(error: OnTheRecordError) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": messages.notice(str(error))}]


def _stopped(chat: Chat | None) -> Update:
    if chat:
        chat.stop()
    return _idle(), chat.messages if chat else [], chat.sources if chat else gr.skip(), chat, gr.skip(), gr.skip()


def _edited(chat: Chat | None) -> Update:
    """The last question back in the box, its turn gone."""
    if not chat or not chat.last:
        return (gr.skip(),) * 6
    question = chat.drop_last()
    return question, chat.messages, chat.sources, chat, chat.kept(), gr.update(value="", visible=False)


def _cleared(chat: Chat | None) -> Update:
    if chat:
        chat.forget()
    return gr.skip(), [], sources.panel(()), None, [], gr.update(value="", visible=False)


def _text(chat: Chat | None) -> str:
    """The latest answer to be pasted elsewhere, with its sources."""
    answer = chat.last.answer if chat and chat.last else None
    if answer is None:
        return ""
    listed = [
        f"[{c.number}] {', '.join(filter(None, [c.title, c.publisher, str(c.published or '')]))} {c.url}".rstrip()
        for c in (*answer.citations, *answer.nearest)
    ]
    return "\n\n".join([answer.question, answer.text, "\n".join(listed)])


def _link(chat: Chat | None, share: Share) -> Any:
    link = share(chat) if chat and chat.last and chat.last.answer else ""
    return gr.update(value=link, visible=bool(link))


def _told(assistant: Source, only: Sequence[Any]) -> str:
    """Over the box: from how many documents the next question is answered."""
    try:
        narrow = narrowed(*only)
    except QuestionError as error:
        return f'<p role="status">{escape(str(error))}</p>'
    if not narrow:
        return ""
    count = sum(1 for _ in passing(assistant.documents, narrow))
    return f'<p role="status">{escape(say.FILTER_ON.format(count=count, total=len(assistant.documents)))}</p>'


def _narrowing(assistant: Source) -> Narrowing:
    listed = list(assistant.documents.values())
    choices = [(document.title, document.id) for document in listed[:LISTED]]
    publishers = sorted({document.publisher for document in listed if document.publisher})
    kinds = sorted({document.kind for document in listed})
    return Narrowing(
        gr.Dropdown(choices, multiselect=True, label=say.FROM_DOCUMENTS, value=[], elem_id="otr-only-documents"),
        gr.Dropdown(publishers[:LISTED], multiselect=True, label=say.FROM_PUBLISHERS, value=[]),
        gr.Dropdown(kinds, multiselect=True, label=say.FROM_KINDS, value=[]),
        gr.Textbox(label=say.AFTER, info=say.DAY_INFO, max_lines=1),
        gr.Textbox(label=say.BEFORE, info=say.DAY_INFO, max_lines=1),
    )


def narrowed(
    documents: Sequence[str], publishers: Sequence[str], kinds: Sequence[str], after: str, before: str
) -> Filter:
    """The filter that the reader set; raises QuestionError for a day that is none."""
    return Filter(tuple(documents or ()), tuple(publishers or ()), tuple(kinds or ()), _day(after), _day(before))


def _day(value: str | None) -> dt.date | None:
    if not (text := (value or "").strip()):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise QuestionError(say.BAD_DAY.format(value=text[:40])) from None
