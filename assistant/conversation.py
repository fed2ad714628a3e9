"""A follow-up question read against what was asked and answered before it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from .names import People
from .types import Answer, Claim
from .words import LIGHT_VERBS, STOP_WORDS

_PRONOUN = re.compile(r"\b(he|she|him|her|his|hers)\b(?!['’])", re.IGNORECASE)
_ELLIPSIS = re.compile(
    r"\A\W*(?:and|but|or|so)?,?\s*(?:what about|how about|and)\s+(?P<who>[^?]{1,60}?)\s*\?*\Z", re.IGNORECASE
)
_LONGEST_ELLIPSIS = 5  # words after "and" that can still be a bare name or topic
_ASKING = "who|whom|what|when|where|why|how|which|how many|how long|how much"
# "Why?", "and when was that?", "since when?", "according to whom?": the last question again, asked otherwise.
_BARE = re.compile(
    rf"\A\W*(?:(?:and|but|so|ok|okay)\W+)?(?P<ask>(?:since |until |by |on |in |for |to |with |from )?(?:{_ASKING}))"
    r"(?: (?:was|is|did|were|are|does) (?:that|this|it|so)(?: happen(?:ed)?)?| exactly| else| not| so| then)?\W*\Z",
    re.IGNORECASE,
)
# What stands for a thing: "when was it published", "what does that mean", "who signed them".
_THING = re.compile(
    r"\b(?:it|that|this|them|they|these|those)\b(?! (?:true|possible|likely|fair|right|is|was|are|were)\b(?=.* (?:that|to)\b))"
    r"(?!['’]s (?:true|possible))",
    re.IGNORECASE,
)
# "That letter", "this bill": a thing that is named, and "the one that": not for something said before.
_NAMES_ITSELF = re.compile(
    r"\b(?:that|this|these|those) (?!(?:was|is|did|were|are|does|has|had|have|happen\w*|mean\w*)\b)\w|\w+ that \w",
    re.IGNORECASE,
)
_NOUN = re.compile(r"\b(?:the|an?|this|that|(?-i:[A-Z])[\w-]+['’]s?)\s+(?P<noun>(?:[\w’'-]+\s?){1,4})", re.IGNORECASE)
_ENDS = (
    STOP_WORDS | LIGHT_VERBS | frozenset("public respond react comment differ cover mean cost start end begin".split())
)


def standalone(question: str, turns: Sequence[Answer], people: People) -> str:
    """`question` as it can be asked alone; unchanged where it already can.

    "he" becomes the person last asked about, else the last speaker shown; "it" the thing; "and Jagtap?" repeats the
    last question about Jagtap, "why?" asks it otherwise. `people` are those of the documents last cited.
    """
    return follow_up(question, turns[-1].standalone, turns[-1].claims, people) if turns else question


def follow_up(question: str, last: str, claims: Sequence[Claim], people: People) -> str:
    """As `standalone`, of a question that follows `last` and the claims which answered it."""
    if bare := _BARE.match(question):
        return f"{bare.group('ask').capitalize()} {_unasked(last)}?"
    ellipsis = _ELLIPSIS.match(question)
    if ellipsis and len(ellipsis.group("who").split()) <= _LONGEST_ELLIPSIS and not _PRONOUN.search(question):
        return _repeat(last, ellipsis.group("who"), people)
    pronoun = _PRONOUN.search(question)
    focus = _focus(last, claims, people) if pronoun else ""
    # "Did Azmi say he knew?": whoever is named before it is meant.
    if pronoun and focus and not any(True for _ in people.mentions(question[: pronoun.start()])):
        return _PRONOUN.sub(lambda m: f"{focus}’s" if _is_possessive(m, question) else focus, question, count=1)
    thing = _THING.search(question)
    if thing and not pronoun and not _NAMES_ITSELF.search(question) and (noun := _thing(last)):
        return f"{question[: thing.start()]}{noun}{question[thing.end() :]}"
    return question


def _focus(last: str, claims: Sequence[Claim], people: People) -> str:
    asked = [mention.person.name for mention in people.mentions(last)]
    if asked:
        return asked[0]
    speakers = [claim.speaker for claim in claims if claim.speaker and people.by_name(claim.speaker)]
    if speakers:
        return speakers[0]
    named = [m.person.name for claim in claims for m in people.mentions(claim.text) if not m.possessive]
    return named[-1] if len(set(named)) == 1 else ""


def _repeat(question: str, who: str, people: People) -> str:
    """The question again, about someone or something else."""
    for mention in people.mentions(question):
        return question[: mention.span.start] + who + question[mention.span.end :]
    return f"{question.rstrip(' ?')} {who}?"


def _unasked(question: str) -> str:
    """A question without the word that asks."""
    return re.sub(rf"\A\W*(?:(?:and|but|so)\W+)?(?:{_ASKING})\b\s*", "", question, flags=re.IGNORECASE).rstrip(" ?.")


def _thing(question: str) -> str:
    """The last thing that a question names with an article or an owner: "the note", "the lawmakers’ letter"."""
    for match in reversed(list(_NOUN.finditer(question))):
        words = match.group("noun").split()
        kept = list(itertools.takewhile(lambda word: word.lower().strip("’'") not in _ENDS, words))
        if kept:
            return question[match.start() : match.start("noun")] + " ".join(kept)
    return ""


def _is_possessive(match: re.Match[str], question: str) -> bool:
    word = match.group().lower()
    return word in ("his", "hers") or (word == "her" and bool(re.match(r"\s+\w", question[match.end() :])))


class Conversation:
    """Questions in a row; each may lean on those before."""

    def __init__(self, stream: Callable[[str, Sequence[Answer]], Iterator[Claim | Answer]]) -> None:
        self._stream = stream
        self.turns: list[Answer] = []

    def ask(self, question: str) -> Answer:
        """The answer to `question`; raises QuestionError for one that cannot be asked."""
        *_, answer = self.stream(question)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        """The claims as they are verified, then the Answer, which joins the conversation."""
        for event in self._stream(question, self.turns):
            if isinstance(event, Answer):
                self.turns.append(event)
            yield event
