"""How a question is to be answered: what it is made of, and the shape of its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from .words import STOP_WORDS, content_words, lines, tokens

Stance = Literal["", "critical", "supportive"]
Shape = Literal["plain", "list", "sides", "summary", "greeting"]

PARTS = 3  # most questions that are taken from one
LONGEST_GREETING = 60  # characters
SHORTEST_PART = 3  # words
# What a request for a summary is made of besides its topic.
_SUMMARY_WORDS = frozenset(
    """give write provide show want need short brief quick quickly please story stories row news controversy fuss article
    articles document documents issue dispute matter debate affair happening happened going deal situation date
    sentences sentence words word two three four five lines line paragraph explain""".split()
)
_ASKING = r"who|whom|whose|what|when|where|why|how|which|did|does|do|is|was|were|are|has|have"
_SECOND = re.compile(rf"(?:[?;,]?\s+(?:and|but|also|then)(?: also| then)?,?|[?;])\s+(?=(?:{_ASKING})\b)", re.IGNORECASE)
_HEADED = re.compile(rf"\A\W*(?:{_ASKING}|tell|list|name|give|explain|in|on|at|by|from|for|to)\b", re.IGNORECASE)
_COMMAND = re.compile(
    r"\A\W*(?:please )?(?:can you |could you )?(?:list|name|give me|show me|tell me) "
    r"(?:(?:a list of|the names of|all|every(?:one|body)?|the|some|those|each|of|people|persons) )*(?=(?:who|which|that)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a question asks, taken apart: `parts` are asked one after another, the later read after the earlier.

    plain: each part gets its answer. list: every voice that answers is shown. sides: each part is a party's own
    side. summary: an outline, of `topic` or, where that is empty, of the whole corpus. greeting: nothing is asked.
    `judged` is whom or what a question wants a verdict on, `charged` whether on a crime. `stance` tells those who are
    for or against something, where a list is of either.
    """

    shape: Shape
    parts: tuple[str, ...]
    topic: str = ""
    judged: str = ""
    charged: bool = False
    stance: Stance = ""


def plan(question: str) -> Plan:
    """The plan for a cleaned question."""
    plain = question.replace("’", "'")
    if _is_greeting(plain):
        return Plan("greeting", ())
    if asked := _compared(plain):
        return Plan("sides", asked)
    if judged := _judged().match(plain):
        return Plan("sides", (question,), judged=judged.group("who"), charged=bool(judged.group("crime")))
    if _shape("opinion").search(plain):
        return Plan("sides", (question,), judged=question)
    if _shape("summary").search(plain):
        return Plan("summary", (question,), topic=_topic(plain))
    parts = _parts(question)
    if len(parts) == 1 and _shape("list").search(plain):
        return Plan("list", (_COMMAND.sub("", question),), stance=_stance(plain))
    return Plan("plain", parts)


@cache
def _alternatives(name: str) -> str:
    pairs = (line.split(" = ", 1) for line in lines("shapes.txt"))
    return "|".join(pattern for shape, pattern in pairs if shape == name)


@cache
def _shape(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?<!\w)|(?=\W))(?:{_alternatives(name)})(?!\w)", re.IGNORECASE)


@cache
def _judged() -> re.Pattern[str]:
    """ "Is X really guilty": the whole question, so that "is X the right address" is none."""
    verdict = f"(?P<crime>{_alternatives('crime')})|{_alternatives('verdict')}"
    return re.compile(
        r"\A\W*(?:(?:so|but|and|then) )*(?:is|was|are|were|isn't|wasn't|aren't|isnt)(?: not)? (?P<who>.{2,60}?)"
        rf"(?: (?:really|actually|truly|just|also|not|in fact|even|indeed))* (?:{verdict})"
        r"(?: (?:of|to|in|for|about|on|when|because|that|as|by|or|and|from|with|at|under|if|towards?|after|then)\b[^,]*)?\W*\Z",
        re.IGNORECASE,
    )


def _topic(question: str) -> str:
    """What is to be summed up, in the question's own words; empty where it is everything."""
    rest = re.split(r"[.?!;,]\s|[.?!;,]\Z", _shape("summary").sub(" ", question))
    words = " ".join(part for part in rest if any(w not in _SUMMARY_WORDS for w in content_words(part))).split()
    empty = STOP_WORDS - frozenset(_ASKING.split("|"))
    while words and all(word in empty or word in _SUMMARY_WORDS for word in tokens(words[0])):
        words.pop(0)
    while words and all(word in _SUMMARY_WORDS for word in tokens(words[-1])):
        words.pop()
    return " ".join(words)


def _stance(question: str) -> Stance:
    stances: tuple[Stance, ...] = ("critical", "supportive")
    return next((stance for stance in stances if takes(stance, question)), "")


def takes(stance: Stance, words: str) -> bool:
    """Whether words tell that whoever says them is for or against something."""
    return bool(_leanings(stance).search(words))


@cache
def _leanings(stance: Stance) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_alternatives(stance).replace('|', ' ').split(' '))})", re.IGNORECASE)


def _is_greeting(question: str) -> bool:
    if len(question) > LONGEST_GREETING or not (met := _shape("greeting").match(question.strip())):
        return False
    left = _shape("greeting").sub(" ", _shape("filler").sub(" ", question[met.end() :]))
    return not re.search(r"\w", left)


@cache
def _comparisons() -> tuple[re.Pattern[str], ...]:
    over, stance = r"(?: (?:on|over|about|to|of|in|regarding) (?P<topic>[^?]{2,60}?))?", _alternatives("stance")
    patterns = (
        r"\bhow (?:do|does|did|are|is|were|was) (?P<a>.{2,60}?) (?:and|versus|vs\.?) (?P<b>.{2,60}?)"
        rf"{over} (?:differ|compare|disagree|diverge|contrast|clash)\w*{over.replace('topic', 'over')}\W*\Z",
        rf"\b(?:compare|contrast|differences?)\W+(?:(?:between|in|of|the) )*(?:(?:{stance}) (?:of|by|from|between) (?:the )?)?"
        rf"(?P<a>.{{2,60}}?) (?:and|with|versus|vs\.?|from) (?P<b>[^?]{{2,60}}?){over}\W*\Z",
        r"\A\W*(?P<a>[\w' -]{2,40}) (?:versus|vs\.?) (?P<b>[\w' -]{2,40})\W*\Z",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _compared(question: str) -> tuple[str, ...]:
    """A question for each of two parties that are compared; empty where none are."""
    for pattern in _comparisons():
        if found := pattern.search(question):
            named = found.groupdict()
            topic = named.get("topic") or named.get("over") or ""
            about = f" about {topic.strip(' ?.')}" if topic else ""
            sides = [
                re.sub(rf"(?:'s?)? (?:{_alternatives('stance')})\Z", "", named[side].strip()) for side in ("a", "b")
            ]
            return tuple(f"What did {side.removesuffix(chr(39) + 's').rstrip(chr(39))} say{about}?" for side in sides)
    return ()


def _parts(question: str) -> tuple[str, ...]:
    """Two questions in one, apart: "Who is X and what did Y say?" """
    cuts = list(_SECOND.finditer(question))[: PARTS - 1] if _HEADED.match(question) else []
    places = [0, *(place for cut in cuts for place in cut.span()), len(question)]
    parts = [question[a:b].strip(" ,;") for a, b in zip(places[::2], places[1::2], strict=True)]
    if len(parts) == 1 or any(len(tokens(part)) < SHORTEST_PART or not content_words(part) for part in parts):
        return (question,)
    return tuple(part if part[-1:] in "?.!" else f"{part}?" for part in parts)
