"""A document as evidence: its sentences with their words, speakers and the people they are about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .names import People, Person, people
from .quotations import quotations
from .types import Attribution, Document, Span
from .words import content_words, stem

LOOK_BACK = 3  # sentences that may hold whom a pronoun means
_PERSONAL = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)


class View:
    """Made once for each version of a document; sentences are known by their number."""

    def __init__(self, document: Document, sentences: Sequence[Span], attributions: Sequence[Attribution]) -> None:
        text = document.text
        self.document = document
        self.sentences = tuple(sentences)
        self.attributions = tuple(attributions)
        self.quotations = tuple(quotations(text))
        self.people: People = people(text)
        self.numbers = {sentence: number for number, sentence in enumerate(self.sentences)}
        self.words = [frozenset(stem(word) for word in content_words(s.of(text))) for s in self.sentences]
        self.speakers = [self._speaker(sentence) for sentence in self.sentences]
        self.about = [self._about(number) for number in range(len(self.sentences))]
        self.names = [frozenset(_stems(person) for person in about) for about in self.about]
        self.held = [words | frozenset().union(*names) for words, names in zip(self.words, self.names, strict=True)]

    def text(self, number: int) -> str:
        """The words of a sentence."""
        return self.sentences[number].of(self.document.text)

    def near(self, number: int, before: int = 2, after: int = 1) -> frozenset[str]:
        """Stems of the sentences around one."""
        around = range(max(0, number - before), min(len(self.sentences), number + after + 1))
        return frozenset().union(*(self.held[i] for i in around if i != number))

    def antecedent(self, number: int, place: int, speaker: str) -> Person | None:
        """The one person whom a pronoun at `place` of sentence `number` can mean; None if several or none.

        `speaker` is who speaks there: in a quotation, "he" is somebody else.
        """
        for attribution in self.attributions:
            inside = attribution.start <= place < attribution.end and attribution.kind != "indirect"
            if attribution.credit.start <= place < attribution.credit.end and not inside and attribution.speaker:
                return self.people.by_name(attribution.speaker)
        for back in range(number - 1, max(-1, number - 1 - LOOK_BACK), -1):
            named = {
                mention.person
                for mention in self.people.mentions(self.text(back))
                if not mention.possessive and mention.person.name != speaker
            }
            if named:
                return named.pop() if len(named) == 1 else None
        return None

    def _speaker(self, sentence: Span) -> str:
        for attribution in self.attributions:
            if attribution.speaker and attribution.start < sentence.end and sentence.start < attribution.end:
                return attribution.speaker
        return ""

    def _about(self, number: int) -> tuple[Person, ...]:
        """Whoever a sentence names, is said by, or means by a pronoun that can mean one person only."""
        sentence, speaker = self.sentences[number], self.speakers[number]
        found = {mention.person: None for mention in self.people.mentions(self.text(number))}
        if by := self.people.by_name(speaker):
            found[by] = None
        if pronoun := _PERSONAL.search(self.text(number)):
            if person := self.antecedent(number, sentence.start + pronoun.start(), speaker):
                found[person] = None
        return tuple(found)


def _stems(person: Person) -> frozenset[str]:
    return frozenset(stem(word) for word in content_words(f"{person.name} {person.role}"))
