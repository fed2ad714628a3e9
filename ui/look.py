"""How the pages look and are served: Gradio's plain theme, our styles, nothing fetched from anywhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from . import strings as say

STATIC = Path(__file__).parent / "static"
STYLES = ("page.css", "chat.css", "sources.css", "views.css")
HEAD_STYLES = ("drawer.css",)
SCRIPTS = ("page.js", "citations.js")


def launch_options() -> dict[str, Any]:
    """What `Blocks.launch` needs to look and behave like our pages, all of it local."""
    words = {"copied": say.COPIED}
    head = f"<style>{_static(HEAD_STYLES)}</style>"
    head += f"<script>window.otr = {{ words: {json.dumps(words)} }}; {_static(SCRIPTS)}</script>"
    return {
        "theme": _theme(),
        "css": _static(STYLES),
        "head": head,
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


def _static(names: tuple[str, ...]) -> str:
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)


def _theme() -> gr.themes.Base:
    """Gradio's plain theme in the reader's own fonts: `Font`, unlike a bare name, asks for no font file."""
    sans = [gr.themes.Font(name) for name in ("system-ui", "sans-serif")]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "monospace")]
    theme = gr.themes.Base(primary_hue="slate", neutral_hue="stone", radius_size="sm", font=sans, font_mono=mono)
    return theme.set(
        body_background_fill="#faf8f3", body_background_fill_dark="#171614",
        body_text_color="#1c1a17", body_text_color_dark="#ece7dc",
        body_text_color_subdued="#5c564b", body_text_color_subdued_dark="#b5ad9e",
        background_fill_primary="#fffdf8", background_fill_primary_dark="#1f1d1a",
        block_background_fill="#fffdf8", block_background_fill_dark="#1f1d1a",
        block_label_text_color="#1c1a17", block_label_text_color_dark="#ece7dc",
        block_title_text_color="#1c1a17", block_title_text_color_dark="#ece7dc",
        block_info_text_color="#5c564b", block_info_text_color_dark="#b5ad9e",
        panel_background_fill="#fffdf8", panel_background_fill_dark="#1f1d1a",
        border_color_primary="#d8d2c4", border_color_primary_dark="#3b372f",
        input_background_fill="#fffdf8", input_background_fill_dark="#1f1d1a",
        input_border_width="1px", input_border_width_dark="1px",
        input_border_color="#857d6d", input_border_color_dark="#8b8271",
        input_placeholder_color="#5c564b", input_placeholder_color_dark="#b5ad9e",
        button_primary_background_fill="#1c1a17", button_primary_background_fill_dark="#ece7dc",
        button_primary_text_color="#faf8f3", button_primary_text_color_dark="#171614",
        button_secondary_background_fill="#efebe1", button_secondary_background_fill_dark="#2a2722",
        button_secondary_text_color="#1c1a17", button_secondary_text_color_dark="#ece7dc",
        link_text_color="#16507e", link_text_color_dark="#93c1ea",
    )  # fmt: skip
