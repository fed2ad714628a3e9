"""How an answer reads: loaded words and length of sentences."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from assistant.quotations import outermost
from assistant.words import tokens

from .outcomes import Outcome, Score, plain

LOADED = Path(__file__).with_name("loaded_words.txt")
_MARK = re.compile(r"\[\d{1,3}\]")
_SENTENCE = re.compile(r"[.!?]+[\"”’']?(?:\s|\Z)")
LONG = 6  # letters; a word with more is long to LIX


@cache
def loaded_words() -> tuple[str, ...]:
    """The word list: one entry a line, `#` begins a comment that says where a group comes from."""
    lines = (line.split("#")[0].strip() for line in LOADED.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


def loaded(text: str) -> list[str]:
    """Loaded or editorialising words of `text` that stand in no quotation."""
    for quote in reversed(outermost(text)):
        text = f"{text[: quote.outer.start]} {text[quote.outer.end :]}"
    own = plain(text)
    return [word for word in loaded_words() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", own)]


def neutrality(outcome: Outcome) -> Score | None:
    """Claims without a loaded word outside quotation marks / claims.

    A word that the cited source itself credits to somebody counts as well: the answer could have quoted it.
    """
    if not outcome.answer.claims:
        return None
    said = [loaded(claim.text) for claim in outcome.answer.claims]
    words = sorted({word for found in said for word in found})
    return Score(sum(not found for found in said) / len(said), f"loaded: {', '.join(words)}" if words else "")


def readability(outcome: Outcome) -> Score | None:
    """LIX = words / sentences + 100 x words of more than six letters / words (Björnsson 1968).

    Below 30 reads easily, above 60 hard; newspapers lie around 45. No share: lower is easier.
    """
    if not outcome.answered:
        return None
    text = _MARK.sub(" ", outcome.answer.text)
    words = tokens(text)
    if not words:
        return None
    sentences = max(1, len(_SENTENCE.findall(text)))
    lix = len(words) / sentences + 100 * sum(len(word) > LONG for word in words) / len(words)
    return Score(round(lix, 2))
