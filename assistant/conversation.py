"""A follow-up question read against what was asked and answered before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from .names import People
from .types import Answer, Claim

_PRONOUN = re.compile(r"\b(he|she|him|her|his|hers)\b(?!['’])", re.IGNORECASE)
_ELLIPSIS = re.compile(
    r"\A(?:and|what about|how about|and what about|and how about)\s+(?P<who>[^?]{1,60}?)\s*\?*\Z", re.IGNORECASE
)
_LONGEST_ELLIPSIS = 5  # words after "and" that can still be a bare name or topic


def standalone(question: str, turns: Sequence[Answer], people: People) -> str:
    """`question` as it can be asked alone; unchanged where it already can.

    "he" becomes the person last asked about, else the last speaker shown; "and Jagtap?" repeats the last
    question about Jagtap. `people` are those of the documents last cited.
    """
    if not turns:
        return question
    last = turns[-1]
    focus = _focus(last, people)
    ellipsis = _ELLIPSIS.match(question)
    if ellipsis and len(ellipsis.group("who").split()) <= _LONGEST_ELLIPSIS and not _PRONOUN.search(question):
        return _repeat(last.standalone, ellipsis.group("who"), people)
    pronoun = _PRONOUN.search(question)
    # "Did Azmi say he knew?": whoever is named before it is meant.
    if focus and pronoun and not any(True for _ in people.mentions(question[: pronoun.start()])):
        return _PRONOUN.sub(lambda m: f"{focus}’s" if _is_possessive(m, question) else focus, question, count=1)
    return question


def _focus(last: Answer, people: People) -> str:
    asked = [mention.person.name for mention in people.mentions(last.standalone)]
    if asked:
        return asked[0]
    speakers = [claim.speaker for claim in last.claims if claim.speaker]
    if speakers:
        return speakers[0]
    named = [m.person.name for claim in last.claims for m in people.mentions(claim.text) if not m.possessive]
    return named[-1] if len(set(named)) == 1 else ""


def _repeat(question: str, who: str, people: People) -> str:
    """The question again, about someone or something else."""
    for mention in people.mentions(question):
        return question[: mention.span.start] + who + question[mention.span.end :]
    return f"{question.rstrip(' ?')} {who}?"


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
