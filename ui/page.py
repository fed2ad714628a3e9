"""The readers' page: what its parts are, and how they hang together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

from assistant.errors import OnTheRecordError
from assistant.types import Answer, Document

from . import asking, messages, records, reporting, sources, views
from . import strings as say
from .asking import QUIET, Asking, Update
from .chat import KEPT, Chat, Source
from .markup import date, escape, foreign
from .reports import Reports

BUS = "window.otr.bus = (event, data) => trigger(event, data)"
"""Lets page.js send what was pressed in an answer to the server: see gr.HTML's `trigger`."""
SHARED = "answer"
"""The name in the address under which a shared answer is asked for."""
_VOICE = re.compile(r"voice-(\d{1,6})-(\d{1,3})")


def build(assistant: Source, *, reports: Reports | None = None, mode: str = say.QUOTING_MODE) -> gr.Blocks:
    """The page over `assistant`: where reports go, and how answers are made."""
    title = story_title(assistant.documents)
    # Found once, before anybody comes: the first screen never waits for them, and the encoder is warm by then.
    examples = assistant.suggestions()
    page = gr.Blocks(title=f"{title} – {say.NAME}", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML(header(assistant.documents, mode), elem_id="otr-head", js_on_load=None)
        bus = gr.HTML("", elem_id="otr-bus", js_on_load=BUS)
        kept = gr.BrowserState([], storage_key=f"on-the-record-{_story(assistant)}", secret="on-the-record")
        said = None
        with gr.Tabs(elem_id="otr-tabs", overflow_behavior="wrap") as tabs:
            with gr.Tab(say.ASK, id="ask"), gr.Row(elem_id="otr-main"):
                with gr.Column(scale=3, min_width=300, elem_id="otr-talk"):
                    ask = asking.talk(assistant, examples, kept)
                with gr.Column(scale=2, min_width=300, elem_id="otr-side", elem_classes="otr-side"):
                    form = reporting.form()
                    ask.sources.render()  # type: ignore[no-untyped-call]  # Gradio's
            if hasattr(assistant, "attributions"):
                said = views.said(assistant)
            if hasattr(assistant, "timeline"):
                views.timeline(assistant)
            documents = views.documents(assistant, ask.chat)

        def new_chat() -> Chat:
            return Chat(assistant, examples, reportable=reports is not None)

        asking.wire(ask, assistant, bus, new_chat, _sharing(reports))
        if reports:
            reporting.wire(form, ask.chat, reports)
        _wire_presses(assistant, bus, tabs, ask, form, said, documents)
        opened = page.load(
            _opening(assistant, new_chat, reports), [kept], [ask.messages, ask.sources, ask.chat], **QUIET
        )
        asking.wire_offers(ask, opened)
    return page


def header(documents: Mapping[str, Document], mode: str) -> str:
    """The head of the page: the story's title, what this is, what it draws on, how answers are made."""
    draws = f"{say.DRAWS_ON.format(extent=extent(documents))} {mode}"
    return (
        f'<header class="otr-head"><p class="otr-kicker">{escape(say.NAME)}</p>'
        f"<h1>{foreign(story_title(documents))}</h1>"
        f'<p class="otr-what">{escape(say.WHAT_THIS_IS)}</p><p class="otr-draws">{escape(draws)}</p></header>'
    )


def main_story(documents: Mapping[str, Document]) -> Document | None:
    """The first article, or else the first document."""
    listed = list(documents.values())
    return next((document for document in listed if document.kind == "article"), listed[0] if listed else None)


def story_title(documents: Mapping[str, Document]) -> str:
    """The title of the main story."""
    story = main_story(documents)
    return story.title if story else say.NO_DOCUMENTS


def extent(documents: Mapping[str, Document]) -> str:
    """How many documents, and up to which day they speak."""
    count = say.DOCUMENT if len(documents) == 1 else say.DOCUMENTS.format(count=len(documents))
    dates = [document.as_of for document in documents.values() if document.as_of]
    return say.EXTENT.format(count=count, day=date(max(dates))) if dates else count


def _story(assistant: Source) -> str:
    """Keeps the conversations of two stories on one address apart."""
    story = main_story(assistant.documents)
    return hashlib.sha256((story.id if story else "").encode()).hexdigest()[:8]


def _sharing(reports: Reports | None) -> asking.Share | None:
    def share(chat: Chat) -> str:
        answer = chat.last.answer if chat.last else None
        try:
            return f"?{SHARED}={reports.share(answer)}" if reports and answer else ""
        except OnTheRecordError:
            gr.Warning(say.LINK_FAILED)
            return ""

    return share if reports else None


def _wire_presses(
    assistant: Source,
    bus: gr.HTML,
    tabs: gr.Tabs,
    ask: Asking,
    form: reporting.Form,
    said: views.Said | None,
    documents: views.Documents,
) -> None:
    """What is pressed in an answer or a view: a voice, a document, that a claim is wrong."""
    lists: list[Any] = [said.speaker, said.list] if said else []
    outputs = [tabs, documents.page, documents.reading, ask.only.documents, *form.all, *lists]

    def press(chat: Chat | None, event: gr.EventData) -> Update:
        pressed = str(event._data.get("go", ""))[:200]
        tab = page = reading = alone = gr.skip()
        report, voice = [gr.skip()] * len(form.all), [gr.skip()] * len(lists)
        if (name := _speaker(chat, pressed)) and said:
            tab, voice = gr.update(selected="said"), list(views.voice(assistant, name))
        elif (html := views.read(assistant, chat, pressed)) is not None:
            tab, page, reading = gr.update(selected="documents"), html, pressed
        elif pressed == "documents":
            page, reading = views.listed(assistant, chat), ""
        elif only := views.only(assistant, pressed):
            tab, alone = gr.update(selected="ask"), only
        elif opened := reporting.opened(chat, pressed):
            report = list(opened)
        return (tab, page, reading, alone, *report, *voice)

    bus.select(press, [ask.chat], outputs, **QUIET).then(None, js="() => window.otr.arrive()")


def _speaker(chat: Chat | None, pressed: str) -> str:
    match = _VOICE.fullmatch(pressed)
    turn = chat.turn(int(match.group(1))) if chat and match else None
    claims = turn.answer.claims if turn and turn.answer else turn.claims if turn else ()
    place = int(match.group(2)) if match else 0
    return (claims[place].speaker or "") if place < len(claims) else ""


def _texts(assistant: Source) -> records.Lookup:
    """Documents by id and version, as they are or once were."""

    def text(identity: str, version: str) -> Document | None:
        document = assistant.documents.get(identity)
        if document is not None and document.version == version:
            return document
        try:
            found: Document = assistant.version(identity, version)  # type: ignore[attr-defined]  # an assistant has it
        except (KeyError, AttributeError):
            return None
        return found

    return text


def _opening(assistant: Source, new_chat: asking.NewChat, reports: Reports | None) -> Any:
    """What a page shows when it is opened: the answer that its address names, else the conversation kept here."""
    lookup = _texts(assistant)

    def replies(answer: Answer) -> list[str]:
        try:
            return reports.replies(answer) if reports else []
        except OnTheRecordError:
            return []

    def open_page(kept: Any, request: gr.Request) -> Update:
        wanted = dict(request.query_params).get(SHARED)
        chat = new_chat()
        if wanted is not None:
            try:
                found = reports.shared(str(wanted)[:64]) if reports else None
            except OnTheRecordError:
                found = None
            answer = records.restored(found.answer, lookup) if found else None
            if found is None or answer is None:
                gone = [{"role": "assistant", "content": messages.notice(say.SHARED_GONE)}]
                return gone, sources.panel(()), chat
            banner = say.SHARED.format(day=date(found.at.date()))
            cited = (*answer.citations, *answer.nearest)
            if any(sources.is_stale(assistant.documents.get(c.document_id), c) for c in cited):
                banner += f" {say.SHARED_CHANGED}"
            chat.show(answer, banner, replies(answer))
        else:
            values = kept[-KEPT:] if isinstance(kept, list) else []
            for answer in filter(None, (records.restored(value, lookup) for value in values)):
                chat.show(answer, replies=replies(answer))
        return (chat.messages, chat.sources, chat) if chat.last else (gr.skip(), gr.skip(), None)

    return open_page
