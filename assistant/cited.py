"""A claim in a model's own words with its evidence, read once for all checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .locating import Evidence
from .statements import Statement
from .types import Attribution, Span
from .words import STOP_WORDS, stem, synonyms, tokens

SAME = [
    frozenset(stem(word) for word in group.split())
    for group in (
        "jailed imprisoned incarcerated jail prison behind prisons imprisonment detained custody",
        "killed dead died deaths death kill killing lost claimed toll",
        "injured wounded hurt", "accused alleged charged booked accuses allegation",
        "released freed free bail bailed",
        "criminal criminals", "mastermind masterminds masterminded", "attack attacks attacked", "riot riots rioting",
        "sacked fired dismissed", "granted grant given", "crime crimes", "led leading",
        "rejected dismissed denied denies", "evidence proof", "conspiracy conspired plot plotted", "killers "
        "killer", "threat threats threatened",
    )
]  # fmt: skip

REACH = 7  # words after a name in which a verb is surely its own


@dataclass(frozen=True)
class Cited:
    """A claim with its evidence, read once for all checks."""

    text: str
    evidence: tuple[Evidence, ...]
    speaker: str = ""

    @cached_property
    def statement(self) -> Statement:
        """The claim as read."""
        return Statement(self.text, [e.view for e in self.evidence], self.words)

    @cached_property
    def words(self) -> str:
        """All words cited."""
        return "\n".join(e.text for e in self.evidence)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of the words cited, of whom they are about, and of the titles they stand under."""
        held: set[str] = set()
        for e in self.evidence:
            for number in e.numbers:
                held |= e.view.held[number] | {stem(word) for word in tokens(e.view.text(number))}
                held |= {stem(word) for voice in e.view.voices[number] for word in tokens(voice)}
        return frozenset(held)

    @cached_property
    def publishers(self) -> frozenset[str]:
        """Stems of the documents' publishers and authors, where the claim says that somebody reports it."""
        if not DISTANCED_BY_SOURCE.search(self.text):
            return frozenset()
        documents = [e.view.document for e in self.evidence]
        return frozenset(stem(w) for d in documents for w in tokens(f"{d.publisher} {d.author}"))

    def attributions(self) -> Iterator[tuple[Evidence, int, Attribution]]:
        """Whatever the documents credit somebody with in each sentence cited."""
        for e in self.evidence:
            for number in e.numbers:
                sentence = e.view.sentences[number]
                for a in e.view.attributions:
                    if a.start < sentence.end and sentence.start < a.end:
                        yield e, number, a


def read_voices(e: Evidence, number: int) -> set[str]:
    """Whomever a sentence of a document credits, read as a claim is."""
    return Statement(e.view.text(number), [e.view]).credited()


def doers(e: Evidence, number: int) -> set[str]:
    """Whoever does or says something in a sentence of a document: the first one it names, or its pronoun means."""
    view, text = e.view, e.view.text(number)
    found = set(view.voices[number])
    first = next((m for m in view.people.mentions(text) if not m.possessive), None)
    opening = re.match(r"(?:[\w’'-]+\s+){0,4}?(?:he|she)\b", text, re.IGNORECASE)
    if first and not re.search(r"\b(?:of|to|by|with|from|about|against|for|on)\s+\Z", text[: first.span.start]):
        found.add(first.person.name)
    if opening and (person := view.referent(number, view.sentences[number].start + opening.end() - 2)[0]):
        found.add(person.name)
    return found


def alike(root: str, roots: frozenset[str] | set[str]) -> bool:
    """Whether a stem, or one that means the same, is among some stems."""
    return root in roots or bool(synonyms().get(root, frozenset()) & roots)


def content_words_all(text: str) -> list[str]:
    """The words of `text` but for stop words; verbs that say little are kept."""
    return [word for word in tokens(text) if word not in STOP_WORDS]


def is_aside(text: str, span: Span) -> bool:
    """Whether a credit is only a clause about somebody: "X, who calls himself a socialist, is"."""
    return bool(re.search(r"\bwho\b", text[span.start : span.end]))


DISTANCED_BY_SOURCE = re.compile(
    r"\b(?:according to|reported|reportedly|reports|accounts?)\b|(?<!\ba )\breport (?:by|in|of|from|says|that|carried)\b",
    re.IGNORECASE,
)

PASSING_ON = frozenset("reported reports report wrote according to".split())
"""What a newspaper does, that passes on somebody else's words."""

DISTANCED = re.compile(
    r"\b(?:accused|alleged|allegedly|according to|reported|reportedly|said to|charged)\b", re.IGNORECASE
)
