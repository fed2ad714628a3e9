"""What a metric looks at, and what it returns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant import Answer, Attribution, Citation, Document
from evals.suites import Case

COVERED = 0.6  # share of a gold stretch's characters that has to be held
_SPELLING = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "})


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value for one case, in [0, 1] unless it says otherwise, and the reason in words where it is short."""

    value: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters ``[start, end)`` of a document."""

    document_id: str
    start: int
    end: int

    def overlaps(self, other: Stretch) -> bool:
        """Whether the two share a character."""
        return self.document_id == other.document_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, its answer, and the corpus to hold it to.

    documents: as read from the folder, never from the index. retrieved: the passages found, best first. twin: the
    answer to the case that this one has to have the same evidence as.
    """

    case: Case
    answer: Answer
    documents: Mapping[str, Document]
    attributions: Mapping[str, Sequence[Attribution]] = field(default_factory=dict)
    retrieved: Sequence[Stretch] = ()
    twin: Answer | None = None

    @property
    def answered(self) -> bool:
        """Whether there was an answer, right or wrong."""
        return self.answer.status == "answered"

    def cited(self, citation: Citation) -> str:
        """The words of the document that a citation points at; empty where it points at none."""
        document = self.documents.get(citation.document_id)
        return document.text[max(0, citation.start) : max(0, citation.end)] if document else ""


def stretch(citation: Citation) -> Stretch:
    """Where a citation points."""
    return Stretch(citation.document_id, citation.start, citation.end)


def located(words: str, documents: Mapping[str, Document]) -> list[Stretch]:
    """Every place where `words` stand, exactly, in any document."""
    return [
        Stretch(identity, match.start(), match.end())
        for identity, document in documents.items()
        for match in re.finditer(re.escape(words), document.text)
    ]


def holds(stretches: Sequence[Stretch], gold: Stretch, share: float = COVERED) -> bool:
    """Whether stretches, taken together, hold at least `share` of a gold stretch's characters."""
    held = set[int]()
    for piece in stretches:
        if piece.overlaps(gold):
            held.update(range(max(gold.start, piece.start), min(gold.end, piece.end)))
    return len(held) >= share * (gold.end - gold.start)


def places(options: Sequence[str], documents: Mapping[str, Document]) -> list[Stretch]:
    """Every place of any of the alternatives."""
    return [place for words in options for place in located(words, documents)]


def plain(words: str) -> str:
    """One spelling of capitals, quotation marks, dashes and spaces: how facts and forbidden words are compared."""
    return " ".join(words.translate(_SPELLING).split()).casefold()


def has_words(words: str, text: str) -> bool:
    """Whether `words` occur in `text` as whole words, by their plain spelling."""
    return bool(re.search(rf"(?<!\w){re.escape(plain(words))}(?!\w)", plain(text)))
