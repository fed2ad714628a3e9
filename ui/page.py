"""The page: a chat, its Sources beside it, nothing fetched from anywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import QuestionError

from . import render
from .chat import Chat, Source

STATIC = Path(__file__).parent / "static"
CONCURRENT = 8
"""Questions answered at the same time, over all readers; the next ones wait their turn."""


def build(assistant: Source, *, examples: Sequence[str] = ()) -> gr.Blocks:
    """The chat page over `assistant`, with questions to start from."""
    title = render.story_title(assistant.documents)
    page = gr.Blocks(title=f"{title} – On the Record", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML(render.header(assistant.documents), elem_id="otr-head", js_on_load=None)
        chat = gr.State(None)
        with gr.Row(elem_id="otr-main"):
            with gr.Column(scale=3, min_width=300, elem_id="otr-talk"):
                messages = _chatbot(examples)
                box = gr.Textbox(
                    label="Your question", show_label=False, placeholder="Ask about this story", max_lines=6,
                    submit_btn="Ask", elem_id="otr-box", container=False,
                )  # fmt: skip
                again = gr.Button("Start a new conversation", size="sm", elem_id="otr-again")
            with gr.Column(scale=2, min_width=300, elem_id="otr-side"):
                sources = gr.HTML(render.panel(()), elem_id="otr-sources", js_on_load=None, apply_default_css=False)
        _wire(assistant, box, again, messages, sources, chat)
    return page


def launch_options() -> dict[str, Any]:
    """What `Blocks.launch` needs to look and behave like this page, all of it local."""
    return {
        "theme": _theme(),
        "css": (STATIC / "page.css").read_text(encoding="utf-8"),
        "head": f"<script>{(STATIC / 'page.js').read_text(encoding='utf-8')}</script>",
        "favicon_path": STATIC / "favicon.svg",
        "footer_links": [],
        "share": False,
        "run_history": False,
        "mcp_server": False,
        "ssr_mode": False,
        "pwa": False,
        "enable_monitoring": False,
        "show_error": False,
    }


def _chatbot(examples: Sequence[str]) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="otr-chat", label="Questions and answers", show_label=False, height=None, layout="bubble",
        sanitize_html=True, allow_tags=False, render_markdown=True, line_breaks=False, latex_delimiters=[],
        buttons=[], feedback_options=None, allow_file_downloads=False, autoscroll=False, group_consecutive_messages=False,
        placeholder='<p class="otr-start">What would you like to know?</p>',
        examples=[{"text": example} for example in examples] or None,
    )  # fmt: skip


def _wire(
    assistant: Source, box: gr.Textbox, again: gr.Button, messages: gr.Chatbot, sources: gr.HTML, chat: gr.State
) -> None:
    outputs = [box, messages, sources, chat]

    def respond(question: str | None, talk: Chat | None) -> Iterator[tuple[Any, ...]]:
        """Stream the answer; a question the reader must mend goes back into the box."""
        talk = talk or Chat(assistant)
        text = question or ""
        left: Any = ""
        for error in talk.ask(text):
            left = text if isinstance(error, QuestionError) else left
            yield left, talk.messages, talk.sources, talk
            left = gr.skip()

    def example(talk: Chat | None, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from respond(event.value["text"], talk)

    def start_over() -> tuple[Any, ...]:
        return gr.skip(), [], render.panel(()), None

    common: dict[str, Any] = {
        "outputs": outputs, "api_visibility": "private", "show_progress": "hidden",
        "concurrency_limit": CONCURRENT, "concurrency_id": "ask",
    }  # fmt: skip
    box.submit(respond, [box, chat], **common)
    messages.example_select(example, [chat], **common)
    again.click(start_over, None, outputs, api_visibility="private", show_progress="hidden")


def _theme() -> gr.themes.Base:
    """Gradio's plain theme in the reader's own fonts: `Font`, unlike a bare name, asks for no font file."""
    sans = [gr.themes.Font(name) for name in ("system-ui", "sans-serif")]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "monospace")]
    theme = gr.themes.Base(primary_hue="slate", neutral_hue="stone", radius_size="sm", font=sans, font_mono=mono)
    return theme.set(
        body_background_fill="#faf8f3", body_background_fill_dark="#171614",
        body_text_color="#1c1a17", body_text_color_dark="#ece7dc",
    )  # fmt: skip
