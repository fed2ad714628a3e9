"""What turns or softens the words after it: "not", "accused of", "if", "may", "wants to"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .dates import MONTHS
from .words import LIGHT_VERBS, STOP_WORDS, root, stem

# Each operator with the class it is of.
_NEGATIONS = (
    "not no never nobody none nothing neither nor cannot without hardly barely impossible unlikely unable false untrue lacks lack "
    "lacked absence denied denies deny denying refused refuses refuse failed fails fail barred rejected rejects stopped "
)
_LEGAL = (
    "accused accuse accuses accusing alleged allege alleges alleging allegedly allegation allegations suspected suspect suspects "
    "charged charge charges purported purportedly supposed supposedly booked accusation accusations claimed claims claim defendant "
    "undertrial facing faces chargesheet charge-sheeted charge-sheet prima "
)
_CONDITIONS = "if unless whether provided once until"
_POSSIBLE = (
    "may might could can possible possibly perhaps potentially likely appear appears appeared seem seems seemed must "
)
_INTENT = (
    "should ought would will shall want wants wanted wanting hope hopes hoped hopeful hoping plan plans planned seek seeks sought "
    "seeking urge urges urged urging demand demands demanded demanding ask asks asked asking appeal appealed "
    "appeals call calls called "
    "calling expect expects expected expecting expectation promise promised promises pledge pledged offer offered "
    "threaten threatened intend "
    "intended aim aims aimed propose proposed proposes try tried tries attempt attempted request requested requests recommend "
    "recommended favour favoured need needs needed push pushed pushes press pressed due set wish wished believe believes "
)
_CLASSES: dict[str, str] = {
    **dict.fromkeys(_INTENT.split(), "intent"),
    **dict.fromkeys(_POSSIBLE.split(), "possible"),
    **dict.fromkeys(_CONDITIONS.split(), "condition"),
    **dict.fromkeys(_LEGAL.split(), "legal"),
    **dict.fromkeys(_NEGATIONS.split(), "negation"),
}
_TOKEN = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*|[.,;:!?()—–]")
_ENDS = frozenset(".;:!?()—–")
_CLAUSE = frozenset((",", "but", "while", "though", "although", "because"))
_OF_SOMETHING = frozenset("of under in men man women woman".split())
_BEFORE = _CLAUSE | frozenset("after before when that and as which since who until if".split())
CONTRACTED = re.compile(r"n[’']t\Z", re.IGNORECASE)
_REACHES = {"legal": 200, "negation": 16}
# Of whoever carries a report, and when: no part of what an operator bears on.
_OF_SOURCES = frozenset(("reported", "reports", "wrote", "according", *MONTHS))
REACH = 9  # tokens that an operator reaches, at most


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: its word, class, the heads it bears on (what follows it first) and all stems in its reach.

    `subject`: the stems right before it, of whoever refuses or denies; `clause`: those after it, up to the next clause.
    """

    word: str
    kind: str
    heads: frozenset[str]
    reach: frozenset[str]
    subject: frozenset[str]
    clause: frozenset[str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark; its stem is "" where it carries no topic. `name`: it has a capital within a sentence."""

    text: str
    stem: str
    name: bool


def operators(text: str) -> list[Operator]:
    """The operators of `text`, in order."""
    words = bare_words(text)
    found = []
    for place, word in enumerate(words):
        plain = word.text.lower()
        kind = "negation" if CONTRACTED.search(plain) else _CLASSES.get(plain, "")
        if not kind or _is_none(words, place, kind):
            continue
        subject = frozenset(word.stem for word in _subject_before(words, place) if word.stem)
        found.append(Operator(plain, kind, *_bearing(words, place, kind), subject, _clause(words[place + 1 :])))
    return found


def _is_none(words: Sequence[Word], place: int, kind: str) -> bool:
    """Whether a word that looks like an operator turns or softens nothing here."""
    word, plain = words[place].text, words[place].text.lower()
    after = words[place + 1].text if place + 1 < len(words) else ""
    if kind == "condition":
        return plain == "once"
    if plain in ("called", "calls", "call", "calling"):
        return after not in ("for", "on")
    if plain == "accused":
        return place > 0 and words[place - 1].text.lower() == "the" and after not in _OF_SOMETHING
    return (
        (plain in ("rejected", "rejects") and _as(words, place))
        or (plain == "no" and after in (",", "."))
        or (plain == "not" and after in ("only", "just"))
        or (plain == "stopped" and after != "short")
        or (plain == "may" and word[0].isupper())
    )


def _clause(words: Sequence[Word]) -> frozenset[str]:
    """Stems of some words up to where another clause begins."""
    end = next((i for i, word in enumerate(words) if word.text in _ENDS or word.text.lower() in _CLAUSE), len(words))
    return frozenset(word.stem for word in words[:end] if word.stem)


def _as(words: Sequence[Word], place: int) -> bool:
    return any(word.text == "as" for word in words[place + 1 : place + 8])


def _bearing(words: Sequence[Word], place: int, kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """The heads and the reach of an operator."""
    if kind == "legal" and [word.text for word in words[place + 1 : place + 2]] in (["against"], ["by"]):
        # "insults alleged against him": what stands before it
        before = [word.stem for word in _subject_before(words, _relative(words, place)) if word.stem and not word.name]
        return frozenset(before[:1]), frozenset(before)
    reach: list[Word] = []
    for number, word in enumerate(words[place + 1 : place + 1 + (_REACHES.get(kind, REACH))]):
        if kind == "legal" and word.text not in ".;!?" and not _is_told_of(words, place + 1 + number):
            reach.append(word)
            continue
        if kind == "legal":
            break
        if word.text in _ENDS or (word.text.lower() in _CLAUSE and (reach or kind != "condition")):
            break
        reach.append(word)
    bare = [word for word in reach if word.stem]
    if kind == "intent" and (to := next((i for i, word in enumerate(reach) if word.text == "to"), None)) is not None:
        # "wanted to give a letter": what is wanted is the giving, not the letter.
        verb = next((word for word in reach[to + 1 :] if word.text.lower() not in STOP_WORDS), None)
        if verb is not None:
            return frozenset([root(verb.text.lower())]), frozenset(word.stem for word in bare if not word.name)
    wide = 1 if kind in ("intent", "possible", "legal") else 3
    heads = [word.stem for word in bare if not word.name][:wide]
    if kind == "negation" and not heads:
        heads = [word.stem for word in _subject_before(words, place) if word.stem and not word.name][:1]
    return frozenset(heads), frozenset(word.stem for word in bare if not word.name)


def _is_told_of(words: Sequence[Word], place: int) -> bool:
    """Whether a clause begins that tells of what was named: "the riots that left", not "alleged that"."""
    return words[place].text in ("that", "which") and bool(
        words[place + 1 : place + 2]
        and re.fullmatch(r"left|killed|began|broke|saw|took|claimed|led|caused|\w+ed", words[place + 1].text)
    )


def _relative(words: Sequence[Word], place: int) -> int:
    """Where what a relative clause is about ends: "insults that were" in "insults that were alleged against him"."""
    start = place
    while start and words[start - 1].text.lower() in (
        "is",
        "are",
        "was",
        "were",
        "been",
        "being",
        "has",
        "had",
        "have",
    ):
        start -= 1
    return start - 1 if start and words[start - 1].text.lower() in ("that", "which", "who") else place


def _subject_before(words: Sequence[Word], place: int) -> Iterator[Word]:
    """The words before an operator, backwards to where its clause begins: "bail was refused"."""
    for word in reversed(words[max(0, place - 5) : place]):
        if word.text in _ENDS or word.text.lower() in _BEFORE:
            return
        yield word


def bare_words(text: str) -> list[Word]:
    """The words and marks of `text`, in order."""
    result = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        plain = word.lower()
        empty = (
            plain in STOP_WORDS
            or plain.isdigit()
            or plain in _OF_SOURCES
            or plain in LIGHT_VERBS
            or not word[0].isalnum()
            or plain in _CLASSES
            or "’" in plain
            or "'" in plain
        )
        result.append(Word(word, "" if empty else stem(plain), word[0].isupper() and match.start() > 0))
    return result
