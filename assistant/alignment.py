"""A quoting writer's draft beside the words it cites, word by word: what is the document's, and what was put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .quotations import DOUBLE
from .views import View
from .writers import Draft

_TOKEN = re.compile(r"\w+(?:[.,:/’'–-]\w+)*|[^\w\s]")
_MARKS = frozenset(DOUBLE + "‘’'`")


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the draft and the same word of the document, by where they begin; `end` is the latter's end."""

    shown: int
    cited: int
    end: int


@dataclass(frozen=True, slots=True)
class Inserted:
    """A name in brackets and the words of the document that it stands after and before."""

    name: str
    after: Pair | None
    before: Pair | None


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    place: int
    first: bool = False
    last: bool = False


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    found = [_Token(m.group(), m.start()) for m in _TOKEN.finditer(text, start, end) if m.group() not in _MARKS]
    last = len(found) - 1
    return [_Token(token.word, token.place, i == 0, i == last) for i, token in enumerate(found)]


def aligned(draft: Draft, view: View) -> list[Pair] | None:
    """Each word of the draft with its word of the document; None where they differ.

    Of its own the draft may have: names in brackets, a colon between a credit and a quotation, a full stop
    after one, a capital at the beginning; it may lack the comma that leads from a quotation to its credit.
    """
    steps = list(_walk(draft, view))
    return None if None in steps else [step for step in steps if isinstance(step, Pair)]


def insertions(draft: Draft, view: View) -> list[Inserted]:
    """The names in brackets that the draft has of its own, each with the words it stands between."""
    steps = list(_walk(draft, view))
    result = []
    for number, step in enumerate(steps):
        if isinstance(step, str):
            pairs = [steps[i] if 0 <= i < len(steps) else None for i in (number - 1, number + 1)]
            after, before = (pair if isinstance(pair, Pair) else None for pair in pairs)
            result.append(Inserted(step, after, before))
    return result


def _walk(draft: Draft, view: View) -> Iterator[Pair | str | None]:
    """Pairs of words, names in brackets as they come, None at the first difference."""
    text = draft.text
    cited = [token for span in draft.spans for token in _tokens(view.document.text, span.start, span.end)]
    shown = _tokens(text, 0, len(text))
    i = j = 0
    while i < len(shown):
        token, other = shown[i], cited[j] if j < len(cited) else None
        if token.word == "[" and not (other and other.word == "["):
            close = text.find("]", token.place)
            yield text[token.place + 1 : close] if close > 0 else None
            i = next((k for k in range(i, len(shown)) if shown[k].place >= close), len(shown)) + 1
            continue
        if other and (
            token.word == other.word or (other.first and token.word == other.word[:1].upper() + other.word[1:])
        ):
            yield Pair(token.place, other.place, other.place + len(other.word))
            i, j = i + 1, j + 1
        elif other and other.word == "," and other.last:
            j += 1
        elif _is_own(text, token, other):
            i += 1
        else:
            yield None
            return
    if any(not (token.word == "," and token.last) for token in cited[j:]):
        yield None


def _is_own(text: str, token: _Token, other: _Token | None) -> bool:
    """Whether a mark between two cited spans is one that the writer may set."""
    between = other is None or other.first
    before, after = text[: token.place].rstrip()[-1:], text[token.place + 1 :].lstrip()[:1]
    return between and ((token.word == ":" and after in _MARKS) or (token.word == "." and before in _MARKS))
