"""Numbers in words and figures, with what stands around them: "about 25 minutes", "over 700 injured"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .dates import dates
from .words import STOP_WORDS, stem

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    "dozen": 12, "once": 1, "twice": 2, "thrice": 3, "half": 0.5, "double": 2, "triple": 3, "both": 2, "pair": 2, "couple": 2,
}  # fmt: skip
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "lakh": 100_000,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
_TOKEN = re.compile(r"\d+(?:[,.]\d+)*|[^\W\d_]+|%")
_BOUNDS = {
    "more": re.compile(r"\b(?:over|more than|at least|above|beyond|upwards of|exceed\w*|no fewer than"
    r"|no less than)\W+(?:\w+\W+)?\Z", re.IGNORECASE),
    "less": re.compile(r"\b(?:under|less than|fewer than|nearly|almost|up to|at most|below"
    r"|no more than)\W+(?:\w+\W+)?\Z", re.IGNORECASE),
    "about": re.compile(r"\b(?:about|around|roughly|some|approximately|circa)\W+\Z", re.IGNORECASE),
}  # fmt: skip
_MEASURES = frozenset(
    stem(word)
    for word in """second minute hour day week month year decade century percent per cent million billion thousand hundred
    lakh crore dollar euro pound rupee metre meter kilometre kilometer mile foot feet tonne ton kilogram km""".split()
)
NEAR = 2  # words after a number, of which one says what it counts
AROUND = 5  # words on either side that say what a number counts


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number: its value, where it stands, its bound ("more", "less", "about" or none), the measure that follows, and
    the stems of the words around it."""

    value: float
    start: int
    end: int
    bound: str
    measure: str
    around: frozenset[str]
    ordinal: bool = False
    counts: str = ""
    """Stem of the word after it that says what it counts, "" where none is near."""


def quantities(text: str) -> list[Quantity]:
    """The numbers of `text` outside its dates, in order; "one" by itself is none."""
    dated = [date.span for date in dates(text)]
    tokens = [m for m in _TOKEN.finditer(text) if not any(s.start <= m.start() < s.end for s in dated)]
    found, place = [], 0
    while place < len(tokens):
        value, after, ordinal = _value(tokens, place)
        if value is None:
            place += 1
            continue
        start, end = tokens[place].start(), tokens[after - 1].end()
        found.append(
            Quantity(
                value,
                start,
                end,
                _bound(text[:start]),
                _measure(tokens, after),
                _around(tokens, place, after),
                ordinal,
                _counted(tokens, after),
            )
        )
        place = after
    return found


def _value(tokens: Sequence[re.Match[str]], place: int) -> tuple[float | None, int, bool]:
    """The number that begins at a token, the token after it, and whether it is an ordinal."""
    word = tokens[place].group().lower()
    if word[0].isdigit():
        plain = word.replace(",", "")
        try:
            value = float(plain)
        except ValueError:  # "1.2.3": no number
            return None, place, False
        after = place + 1
    elif word in _ORDINALS:
        return float(_ORDINALS[word]), place + 1, True
    elif word in _WORDS:
        value, after = float(_WORDS[word]), place + 1
        if word in _TENS and after < len(tokens) and (unit := tokens[after].group().lower()) in _UNITS[1:10]:
            value, after = value + _WORDS[unit], after + 1
        if word == "one" and not (after < len(tokens) and tokens[after].group().lower() in _SCALES):
            return None, place, False
    else:
        return None, place, False
    while after < len(tokens) and (scale := tokens[after].group().lower()) in _SCALES:
        value, after = value * _SCALES[scale], after + 1
    return value, after, False


def _bound(before: str) -> str:
    return next((name for name, pattern in _BOUNDS.items() if pattern.search(before)), "")


def _measure(tokens: Sequence[re.Match[str]], after: int) -> str:
    following = tokens[after].group().lower() if after < len(tokens) else ""
    if following in ("%", "percent") or (following == "per" and tokens[after + 1 : after + 2]):
        return "%"
    return stem(following) if stem(following) in _MEASURES else ""


def _counted(tokens: Sequence[re.Match[str]], after: int) -> str:
    words = [m.group().lower() for m in tokens[after : after + NEAR]]
    found = next((word for word in words if word not in STOP_WORDS), "")
    return "" if found[:1].isdigit() or found == "%" else stem(found)


def _around(tokens: Sequence[re.Match[str]], place: int, after: int) -> frozenset[str]:
    words = [m.group().lower() for m in (*tokens[max(0, place - AROUND) : place], *tokens[after : after + AROUND])]
    return frozenset(stem(word) for word in words if word not in STOP_WORDS and not word.isdigit())
