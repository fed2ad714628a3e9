"""A document as evidence: its sentences with their words, speakers and the people they are about."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from .attributions import is_clear, may_be_one, outside, steps_back
from .dates import dates
from .names import People, Person, people
from .quotations import Quotation, outermost
from .types import Attribution, Document, Span
from .words import content_words, stem

LOOK_BACK = 3  # steps back that may hold whom a pronoun means
_BREAK = re.compile(r"\n[ \t\r]*\n|\n[ \t]*\S")  # an empty line, or the mark of a list's item
_PERSONAL = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)

_OPENING = re.compile(r"[\"“‘']*(?P<he>he|she)\b", re.IGNORECASE)


class View:
    """Made once for each version of a document; sentences are known by their number."""

    def __init__(
        self,
        document: Document,
        sentences: Sequence[Span],
        attributions: Sequence[Attribution],
        headings: Sequence[str] = (),
    ) -> None:
        text = document.text
        over = headings or [""] * len(sentences)
        self.contexts = [frozenset(stem(word) for word in content_words(f"{document.title} {h}")) for h in over]
        """Stems of the title and the heading that each sentence stands under."""
        self.document = document
        self.sentences = tuple(sentences)
        self.attributions = tuple(attributions)
        self.quotations = tuple(outermost(text))
        self.people: People = people(text)
        self._ends = [sentence.end for sentence in self.sentences]
        self.numbers = {sentence: number for number, sentence in enumerate(self.sentences)}
        self.dates = [tuple(dates(s.of(text))) for s in self.sentences]
        self.words = [frozenset(stem(word) for word in content_words(s.of(text))) for s in self.sentences]
        self.voices = [self._voices(sentence) for sentence in self.sentences]
        self.speakers = [next(iter(voices)) if len(voices) == 1 else "" for voices in self.voices]
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

    def quotation(self, place: int) -> Quotation | None:
        """The quotation that `place` of the document stands in."""
        return next((quote for quote in self.quotations if quote.inner.start <= place < quote.inner.end), None)

    def attribution(self, quote: Quotation) -> Attribution | None:
        """Whose words a quotation holds, as far as that is known."""
        return next((a for a in self.attributions if (a.start, a.end) == (quote.inner.start, quote.inner.end)), None)

    def number_at(self, place: int) -> int:
        """The sentence that `place` of the document stands in, or the next one."""
        return min(bisect.bisect_left(self._ends, place + 1), len(self.sentences) - 1)

    def paragraph(self, number: int) -> int:
        """The first sentence of the paragraph that a sentence stands in."""
        text = self.document.text
        while number > 0 and not _BREAK.search(text[self.sentences[number - 1].end : self.sentences[number].start]):
            number -= 1
        return number

    def passage(self, number: int) -> Span:
        """The paragraph around a sentence: whoever speaks in it is named there, as a rule."""
        first, last = self.paragraph(number), number
        while last + 1 < len(self.sentences) and self.paragraph(last + 1) == first:
            last += 1
        return Span(self.sentences[first].start, self.sentences[last].end)

    def credit_at(self, place: int) -> Attribution | None:
        """The attribution whose credit begins at `place`: "he" in "he said"."""
        return next((a for a in self.attributions if a.credit.start == place and a.cue), None)

    def referent(self, number: int, place: int) -> tuple[Person | None, int]:
        """The one person whom a pronoun at `place` of sentence `number` can mean, None if several or none.

        And the first sentence of those that tell. Who speaks there is not meant: in a quotation, "he" is
        somebody else.
        """
        text, sentence = self.document.text, self.sentences[number]
        if (said := self.credit_at(place)) and (person := self.people.by_name(said.speaker)):
            return person, number
        pronoun = match.group() if (match := _PERSONAL.match(text, place)) else "he"
        speaker, beside = None, set[Person | None]()
        if quote := self.quotation(place):
            attribution = self.attribution(quote)
            speaker = self.people.by_name(attribution.speaker) if attribution else None
            # "He is a liar," she said of Khalid.
            beside = self.people.meant(outside(text, sentence, self.quotations), pronoun) - {speaker}
        for _, group in zip(range(LOOK_BACK), steps_back(text, self.sentences, self.quotations, number), strict=False):
            meant = {who for i in group for who in self._meant(i, pronoun)} | beside
            meant -= {speaker} if speaker else set()
            if meant:
                one = meant.pop() if len(meant) == 1 and not said else None
                clear = one is not None and is_clear(one, outside(text, sentence, self.quotations))
                return (one if clear else None), group.start
        return None, 0

    def _meant(self, number: int, pronoun: str) -> set[Person | None]:
        """Whom a pronoun after a sentence can mean: who is named there, or speaks there."""
        found = self.people.meant(self.text(number), pronoun)
        sentence = self.sentences[number]
        for attribution in self.attributions:
            if attribution.cue and attribution.start < sentence.end and sentence.start < attribution.end:
                person = self.people.by_name(attribution.speaker)
                if person is None and (
                    attribution.speaker or not may_be_one(attribution.source.of(self.document.text))
                ):
                    continue  # a body, or several: neither he nor she
                if person is None or person.may_be(pronoun):
                    found.add(person)
        return found

    def _voices(self, sentence: Span) -> tuple[str, ...]:
        """Everybody whose words or statements a sentence holds."""
        held = (a for a in self.attributions if a.start < sentence.end and sentence.start < a.end)
        return tuple(dict.fromkeys(attribution.speaker for attribution in held if attribution.speaker))

    def _about(self, number: int) -> tuple[Person, ...]:
        """Whoever a sentence names, is said by, or means by a pronoun that can mean one person only."""
        sentence = self.sentences[number]
        found = {mention.person: None for mention in self.people.mentions(self.text(number))}
        for speaker in self.voices[number]:
            if by := self.people.by_name(speaker):
                found[by] = None
        pronoun = _PERSONAL.search(self.text(number))
        if pronoun and (person := self.referent(number, sentence.start + pronoun.start())[0] or self._goes_on(number)):
            found[person] = None
        return tuple(found)

    def _goes_on(self, number: int) -> Person | None:
        """Whom a sentence begins with that begins with "he", as the one before did: likely the same.

        Sure enough to find a sentence by, not to name somebody in it ("continue" of centering theory, Grosz et al. 1995).
        """
        first, meant = number, None
        while meant is None and first > self.paragraph(number) and (opening := _OPENING.match(self.text(first))):
            first -= 1
            before = _OPENING.match(self.text(first))
            if not before or before.group("he").lower() != opening.group("he").lower():
                return None
            meant = self.referent(first, self.sentences[first].start + before.start("he"))[0]
        return meant


def _stems(person: Person) -> frozenset[str]:
    return frozenset(stem(word) for word in content_words(f"{person.name} {person.role}"))
