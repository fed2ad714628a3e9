"""What counts as answered, refused and right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant import Answer, Citation, Document

from .suites import Case

FIRST = 2  # claims among which the answering sentence has to be
COVERED = 0.6  # share of a gold stretch's characters that citations must hold


@dataclass(frozen=True, slots=True)
class Result:
    """How one case went."""

    case: Case
    answer: Answer
    found: bool

    @property
    def answered(self) -> bool:
        """Whether there was an answer, right or wrong."""
        return self.answer.status == "answered"


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over a suite: found and refused of `answerable`, answered of `unanswerable`."""

    answerable: int
    found: int
    refused: int
    unanswerable: int
    answered: int

    def __str__(self) -> str:
        found, refused, answered = (
            f"{part}/{whole} ({_share(part, whole)})"
            for part, whole in (
                (self.found, self.answerable),
                (self.refused, self.answerable),
                (self.answered, self.unanswerable),
            )
        )
        return f"answer in the first {FIRST} claims: {found}; false refusals: {refused}; false answers: {answered}"


def figures(results: Sequence[Result]) -> Figures:
    """Two-sided abstention and recall of the answering sentence, always together."""
    asked = [result for result in results if result.case.expect == "answer"]
    rest = [result for result in results if result.case.expect == "abstain"]
    return Figures(
        len(asked),
        sum(result.found for result in asked),
        sum(not result.answered for result in asked),
        len(rest),
        sum(result.answered for result in rest),
    )


def is_found(case: Case, answer: Answer, documents: Mapping[str, Document]) -> bool:
    """Whether the first claims, taken together, cite a gold stretch (an answer may need two sentences)."""
    cited = [citation for claim in answer.claims[:FIRST] for citation in claim.citations]
    return any(_cites(cited, gold, documents) for gold in case.gold)


def _cites(citations: Sequence[Citation], gold: str, documents: Mapping[str, Document]) -> bool:
    for identity in {citation.document_id for citation in citations}:
        start = documents[identity].text.find(gold)
        held = set[int]()
        for citation in citations:
            if start >= 0 and citation.document_id == identity:
                held.update(range(max(start, citation.start), min(start + len(gold), citation.end)))
        if len(held) >= COVERED * len(gold):
            return True
    return False


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "-"
