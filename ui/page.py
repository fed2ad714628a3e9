"""The readers' page: what its parts are, and how they hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gradio as gr

from assistant.types import Document

from . import asking
from . import strings as say
from .chat import Chat, Source
from .markup import date, escape, foreign
from .suggestions import main_story

BUS = "window.otr.bus = (event, data) => trigger(event, data)"
"""Lets page.js send what was pressed in an answer to the server: see gr.HTML's `trigger`."""


def build(assistant: Source, *, examples: Sequence[str] = ()) -> gr.Blocks:
    """The chat page over `assistant`, with questions to start from."""
    title = story_title(assistant.documents)
    page = gr.Blocks(title=f"{title} – {say.NAME}", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML(header(assistant.documents), elem_id="otr-head", js_on_load=None)
        bus = gr.HTML("", elem_id="otr-bus", js_on_load=BUS)
        kept = gr.BrowserState([], storage_key="on-the-record", secret="on-the-record")
        with gr.Row(elem_id="otr-main"):
            with gr.Column(scale=3, min_width=300, elem_id="otr-talk"):
                ask = asking.talk(assistant, examples, kept)
            with gr.Column(scale=2, min_width=300, elem_id="otr-side", elem_classes="otr-side"):
                ask.sources.render()
        asking.wire(ask, assistant, bus, lambda: Chat(assistant, examples), None)
    return page


def header(documents: Mapping[str, Document]) -> str:
    """The head of the page: the story's title, what this is, what it draws on."""
    draws = say.DRAWS_ON.format(extent=extent(documents))
    return (
        f'<header class="otr-head"><p class="otr-kicker">{escape(say.NAME)}</p>'
        f"<h1>{foreign(story_title(documents))}</h1>"
        f'<p>{escape(say.WHAT_THIS_IS)}</p><p class="otr-draws">{escape(draws)}</p></header>'
    )


def story_title(documents: Mapping[str, Document]) -> str:
    """The title of the main story."""
    story = main_story(documents)
    return story.title if story else say.NO_DOCUMENTS


def extent(documents: Mapping[str, Document]) -> str:
    """How many documents, and up to which day they speak."""
    count = say.DOCUMENT if len(documents) == 1 else say.DOCUMENTS.format(count=len(documents))
    dates = [document.as_of for document in documents.values() if document.as_of]
    return say.EXTENT.format(count=count, day=date(max(dates))) if dates else count
