"""Whether words meet: the same, akin, of one meaning, spelt out, or rare enough to be a name."""

from __future__ import annotations

import math
import re
from functools import cache

from . import resources
from .words import content_words, stem, synonyms

KIN = 5  # letters two words must share to count as kin ("politicisation", "politics")
SHORTEST_ABBREVIATION = 3  # letters
RARE = 0.7  # rarity from which a word in small letters is taken for a name


def rarity(word: str) -> float:
    """0 for the commonest words of English, 1 for rare ones and most names.

    From the rank in the encoder's word-piece vocabulary, which is in order of frequency
    (BERT, Devlin et al. 2019).
    """
    rank = _vocabulary().get(word)
    return 1.0 if rank is None else max(0.0, min(1.0, math.log(max(rank - 1990, 2)) / math.log(28500)))


@cache
def _vocabulary() -> dict[str, int]:
    from tokenizers import Tokenizer

    vocabulary: dict[str, int] = Tokenizer.from_file(str(resources.path("models/minilm/tokenizer.json"))).get_vocab()
    return vocabulary


def match(word: str, words: frozenset[str]) -> float:
    """How well `word` is met by stems: itself 1, a synonym or kin less, nothing 0."""
    root = stem(word)
    if root in words:
        return 1.0
    if synonyms().get(root, frozenset()) & words:
        return 0.85
    if len(root) >= KIN and any(other[:KIN] == root[:KIN] for other in words):
        return 0.85
    if len(root) == KIN - 1 and any(other[: KIN - 1] == root for other in words):
        return 0.7
    return 0.0


def spells(letters: str, text: str) -> bool:
    """Whether the capitals of `text` spell out an abbreviation: "Unlawful Activities (Prevention) Act", UAPA."""
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", text) if word[0].isupper())
    return len(letters) >= SHORTEST_ABBREVIATION and letters.isupper() and letters in initials


def mentions(name: str, words: frozenset[str]) -> bool:
    """Whether every word of a name that is no common one is met."""
    return all(match(word, words) for word in content_words(name) if rarity(word) > RARE)
