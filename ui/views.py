"""The tabs beside the chat: who said what, the timeline, the documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.types import Attribution, Span

from . import corpus, ledgers
from . import strings as say
from .asking import QUIET
from .chat import Chat, Source

READ = re.compile(r"read-([a-z0-9][a-z0-9._-]{0,99})/(\d{1,10})(?:/(\d{1,10}))?")
ONLY = re.compile(r"only-([a-z0-9][a-z0-9._-]{0,99})")
LISTED = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """Who said what."""

    tab: gr.Tab
    speaker: gr.Dropdown
    document: gr.Dropdown
    words: gr.Textbox
    list: gr.HTML


@dataclass(frozen=True, slots=True)
class Documents:
    """The corpus."""

    tab: gr.Tab
    page: gr.HTML
    reading: gr.State


def said(assistant: Any) -> Said:
    """The tab of statements; `assistant` has `attributions`."""
    with gr.Tab(say.SAID, id="said") as tab:
        gr.HTML(_help(say.SAID_HELP), js_on_load=None, apply_default_css=False)
        with gr.Row(elem_classes="otr-row"):
            speaker = gr.Dropdown(
                [(say.EVERYBODY, "")], label=say.SPEAKER, value="", elem_id="otr-speaker", min_width=160
            )
            document = _documents(assistant)
            words = gr.Textbox(label=say.WORDS, max_lines=1, min_width=160, elem_id="otr-said-words")
        shown = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-said")
    inputs = [speaker, document, words]

    def show(who: str | None, where: str | None, having: str | None) -> str:
        found = statements(assistant, who or None, where or None)
        return ledgers.said(found, assistant.documents, having or "")

    def first(who: str | None, where: str | None, having: str | None) -> tuple[Any, str]:
        return gr.update(choices=_speakers(assistant), value=who or ""), show(who, where, having)

    tab.select(first, inputs, [speaker, shown], **QUIET)
    for component in (speaker, document):
        component.input(show, inputs, shown, **QUIET)
    words.change(show, inputs, shown, trigger_mode="always_last", **QUIET)
    return Said(tab, speaker, document, words, shown)


def voice(assistant: Any, name: str) -> tuple[Any, str]:
    """The tab of statements, narrowed to one speaker: the list to choose from, and what they said."""
    choices = _speakers(assistant)
    if name not in [value for _, value in choices]:
        choices.append((name, name))
    shown = ledgers.said(statements(assistant, name), assistant.documents)
    return gr.update(choices=choices, value=name), shown


def statements(assistant: Any, speaker: str | None = None, document: str | None = None) -> Iterable[Attribution]:
    """Who said what, those first that are credited to somebody."""
    found = list(assistant.attributions(speaker=speaker, document=document))
    return sorted(found, key=lambda a: not a.speaker)


def timeline(assistant: Any) -> None:
    """The tab of dated events; `assistant` has `timeline`."""
    with gr.Tab(say.TIMELINE, id="timeline") as tab:
        gr.HTML(_help(say.TIMELINE_HELP), js_on_load=None, apply_default_css=False)
        with gr.Row(elem_classes="otr-row"):
            about = gr.Dropdown([(say.EVERYBODY, "")], label=say.ABOUT, value="", min_width=160, elem_id="otr-about")
            document = _documents(assistant)
            words = gr.Textbox(label=say.WORDS, max_lines=1, min_width=160, elem_id="otr-timeline-words")
        shown = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-timeline")

    inputs = [about, document, words]

    def show(whom: str | None, where: str | None, having: str | None) -> str:
        found = assistant.timeline(about=whom or None, document=where or None)
        return ledgers.timeline(found, assistant.documents, having or "")

    def first(whom: str | None, where: str | None, having: str | None) -> tuple[Any, str]:
        people = _speakers(assistant) if hasattr(assistant, "attributions") else []
        names = [(name, name) for _, name in people[1:]]
        return gr.update(choices=[(say.EVERYBODY, ""), *names], value=whom or ""), show(whom, where, having)

    tab.select(first, inputs, [about, shown], **QUIET)
    for component in (about, document):
        component.input(show, inputs, shown, **QUIET)
    words.change(show, inputs, shown, trigger_mode="always_last", **QUIET)


def documents(assistant: Source, chat: gr.State) -> Documents:
    """The tab of documents: the list, or the one that is being read."""
    with gr.Tab(say.CORPUS, id="documents") as tab:
        reading = gr.State("")  # in the tab: between two tabs it would be counted as one
        page = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="otr-corpus")

    def show(talk: Chat | None, pressed: str) -> str:
        return read(assistant, talk, pressed) or listed(assistant, talk)

    tab.select(show, [chat, reading], page, **QUIET)
    return Documents(tab, page, reading)


def listed(assistant: Source, chat: Chat | None) -> str:
    """The list of documents."""
    return _help(say.CORPUS_HELP) + corpus.listing(assistant.documents, chat.cited if chat else ())


def read(assistant: Source, chat: Chat | None, pressed: str) -> str | None:
    """The document that was pressed, in full; None if there is none such."""
    match = READ.fullmatch(pressed)
    document = assistant.documents.get(match.group(1)) if match else None
    if match is None or document is None:
        return None
    place = min(int(match.group(2)), max(len(document.text) - 1, 0))
    marked = corpus.spans_of(document, chat.cited if chat else ())
    if match.group(3):
        marked = [(Span(place, min(int(match.group(3)), len(document.text))), 1), *marked]
    return corpus.reader(document, marked, place)


def only(assistant: Source, pressed: str) -> list[str]:
    """The document that was pressed to be asked alone, if there is one such."""
    match = ONLY.fullmatch(pressed)
    return [match.group(1)] if match and match.group(1) in assistant.documents else []


def _speakers(assistant: Any) -> list[tuple[str, str]]:
    counts = Counter(a.speaker for a in assistant.attributions() if a.speaker)
    listed = [(f"{name} ({count})", name) for name, count in counts.most_common(LISTED)]
    return [(say.EVERYBODY, ""), *listed]


def _documents(assistant: Source) -> gr.Dropdown:
    choices = [(document.title, document.id) for document in list(assistant.documents.values())[:LISTED]]
    return gr.Dropdown([(say.EVERY_DOCUMENT, ""), *choices], label=say.IN_DOCUMENT, value="", min_width=160)


def _help(text: str) -> str:
    return f'<p class="otr-help">{text}</p>'
