"""Where in the passages the words stand that a model says it rests on: found exactly, or not at all.

Compared are letters after Unicode's compatibility forms; quotation marks, dashes and white space in one spelling. A map
leads each character back to its place in the document, so that what is cited is the document's own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .quotations import outermost
from .types import Span
from .views import View
from .words import content_words, stem

SHORTEST = 3  # words that a support must have, unless it is a whole sentence: fewer stand anywhere
_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "‹": "<",
        "›": ">",
    }
)
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_OUTER = " \t\r\n.,;:…\"'"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sentences of one document, by their numbers, that a claim rests on."""

    view: View
    numbers: tuple[int, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """What is cited: the sentences, those that follow one another in a paragraph as one."""
        spans: list[tuple[int, int]] = []
        for number in self.numbers:
            together = (
                spans and spans[-1][1] == number - 1 and self.view.paragraph(number) == self.view.paragraph(number - 1)
            )
            spans = [*spans[:-1], (spans[-1][0], number)] if together else [*spans, (number, number)]
        return tuple(Span(self.view.sentences[a].start, self.view.sentences[b].end) for a, b in spans)

    @property
    def text(self) -> str:
        """The words cited."""
        return "\n".join(span.of(self.view.document.text) for span in self.spans)


@lru_cache(maxsize=256)
def folded(text: str) -> tuple[str, tuple[int, ...]]:
    """`text` in the one spelling, and for each of its characters (and its end) the place in `text`."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character in _DROPPED:
            continue
        for plain in unicodedata.normalize("NFKC", character).translate(_SPELLINGS):
            if plain.isspace():
                if characters and characters[-1] == " ":
                    continue
                plain = " "
            characters.append(plain)
            places.append(place)
    return "".join(characters), (*places, len(text))


def occurrences(words: str, text: str) -> list[Span]:
    """Every place of `text` where `words` stand as whole words; marks at their ends are no matter."""
    wanted = folded(words)[0].strip(_OUTER)
    held, places = folded(text)
    found: list[Span] = []
    place = held.find(wanted) if wanted else -1
    while place >= 0:
        end = place + len(wanted)
        if not _cuts(held, place) and not _cuts(held, end):
            found.append(Span(places[place], places[end - 1] + 1))
        place = held.find(wanted, place + 1)
    return found


def _cuts(text: str, place: int) -> bool:
    """Whether a cut at `place` goes through a word."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def located(support: Sequence[str], passages: Sequence[tuple[View, Span]]) -> tuple[Evidence, ...] | None:
    """The sentences that hold the supporting words in `passages`, the first of these first; None if some are in none.

    Words that stand in several passages are taken from the first; a support of less than three words is none.
    """
    numbers: dict[str, tuple[View, set[int]]] = {}
    for words in support:
        found = next(((view, s) for view, span in passages if (s := _sentences(words, view, span))), None)
        if found is None:
            return None
        view, held = found
        numbers.setdefault(view.document.id, (view, set()))[1].update(held)
    return tuple(Evidence(view, tuple(sorted(held))) for view, held in numbers.values()) or None


def _sentences(words: str, view: View, within: Span) -> list[int]:
    """The sentences of a passage that hold `words` together."""
    for span in occurrences(words, view.document.text):
        if not within.holds(span):
            continue
        held = [i for i, s in enumerate(view.sentences) if s.start < span.end and span.start < s.end]
        whole = len(held) == 1 and len(view.text(held[0])) <= span.end - span.start + 2
        if len(words.split()) >= SHORTEST or whole:
            return held
    return []


def needed(text: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence without the sentences that hold no word of the claim which the others do not hold."""
    claimed = {stem(word) for word in content_words(text)}
    kept = [(e.view, n) for e in evidence for n in e.numbers]
    for view, number in sorted(kept, key=lambda pair: len(_shared(claimed, *pair))):
        others = frozenset().union(*(_shared(claimed, *pair) for pair in kept if pair != (view, number)))
        if len(kept) > 1 and _shared(claimed, view, number) <= others and not _holds_quoted(text, view, number):
            kept.remove((view, number))
    return gathered(kept)


def gathered(pairs: Iterable[tuple[View, int]]) -> tuple[Evidence, ...]:
    """Sentences as evidence, by document."""
    numbers: dict[str, tuple[View, set[int]]] = {}
    for view, number in pairs:
        numbers.setdefault(view.document.id, (view, set()))[1].add(number)
    return tuple(Evidence(view, tuple(sorted(held))) for view, held in numbers.values())


def _shared(claimed: set[str], view: View, number: int) -> frozenset[str]:
    return frozenset(claimed & view.held[number])


def _holds_quoted(text: str, view: View, number: int) -> bool:
    """Whether a sentence has part of a quotation that the claim gives."""
    sentence = folded(view.text(number))[0]
    return any(folded(quote.inner.of(text))[0].strip(_OUTER) in sentence for quote in outermost(text))
