"""Trees of HTML to paragraphs, and text to what can be seen of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# What a reader does not see and a document may not hold: controls, overrides, soft hyphens, zero widths, lone halves,
# and tag characters, in which whole sentences can be written that nobody sees.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
# The C1 controls are Windows' quotation marks and dashes, read as Latin-1: browsers show them so (WHATWG, Encoding).
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_INVISIBLE = re.compile(r"\b(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_BLOCKS = {"p", "li", "blockquote", "pre", "td", "th", "dd", "dt", "figcaption", "div", "section", "body", "item"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN = {"script", "style", "head", "nav", "template", "noscript", "svg", "title"}


def tidy(text: str) -> str:
    """`text` with what nobody can see taken out, spaces and empty lines made single."""
    text = _UNSEEN.sub(
        "",
        text.translate(_WINDOWS)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n\n"),
    )
    lines = (_SPACES.sub(" ", line).rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def marked_up(tree: Any) -> str:
    """The paragraphs, list items and headings (`#`) of an HTML tree, or of trafilatura's own."""
    return tidy("\n\n".join(_paragraphs(tree)))


def is_hidden(element: Any) -> bool:
    """Whether a page marks an element as one that its readers do not see."""
    unseen = element.tag in ("template", "noscript") or element.get("hidden") is not None
    return unseen or bool(_INVISIBLE.search(element.get("style") or ""))


def _paragraphs(element: Any) -> Iterator[str]:
    tag = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
    if not tag or tag in _HIDDEN or is_hidden(element):
        return
    level = _HEADINGS.get(tag) or (_HEADINGS.get(str(element.get("rend")), 2) if tag == "head" else 0)
    mark = "#" * level + " " if level else "- " if tag in ("li", "item") else ""
    run = [element.text or ""]
    for child in element:
        name = child.tag.rpartition("}")[2].lower() if isinstance(child.tag, str) else ""
        if name in ("br", "lb"):
            run.append(" ")
        elif any(True for node in child.iter() if _is_block(node)):
            yield from _flushed(run, mark)
            yield from _paragraphs(child)
            run = []
        elif name and name not in _HIDDEN:
            run.append(_words(child))
        run.append(child.tail or "")
    yield from _flushed(run, mark)


def _words(element: Any) -> str:
    """The words of an element that holds no block."""
    name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
    if not name or name in _HIDDEN or is_hidden(element):
        return ""
    if name in ("br", "lb"):
        return " "
    inner = (_words(child) + (child.tail or "") for child in element)
    return (element.text or "") + "".join(inner)


def _is_block(node: Any) -> bool:
    name = node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""
    return (
        name in _BLOCKS
        or name in _HEADINGS
        or name in ("head", "list", "ul", "ol", "table", "row", "tr", "cell", "quote")
    )


def _flushed(run: list[str], mark: str) -> Iterator[str]:
    words = " ".join("".join(run).split())
    if words:
        yield mark + words
