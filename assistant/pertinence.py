"""Whether a claim's sentences answer the question: what speaks against a quotation speaks against a claim too."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from .abstention import MISSING, objection
from .evidence import Candidate
from .locating import Evidence
from .matching import match
from .questions import Question
from .words import LIGHT_VERBS

UNREAD = 0.5  # share of the question's words that sentences have to meet which were not read closely


class Pertinence:
    """The objections to sentences as answers to one question.

    A model may find an answer where quoting finds none, in a sentence that scores too low; but what the question
    takes for granted has to be there all the same, and most of its words.
    """

    def __init__(self, question: Question, candidates: Mapping[tuple[str, int], Candidate], quotable: bool) -> None:
        """`quotable`: whether quoting answers the question."""
        self._question = question
        self._candidates = candidates
        self._quotable = quotable

    def objection(self, evidence: Sequence[Evidence]) -> str | None:
        """Why none of some sentences answers the question, or None."""
        reasons = [self._against(e, number) for e in evidence for number in e.numbers]
        return None if None in reasons or not reasons else str(reasons[0])

    def _against(self, evidence: Evidence, number: int) -> str | None:
        candidate = self._candidates.get((evidence.view.document.id, number))
        if candidate is None:
            words = [word for word in self._question.words if word not in LIGHT_VERBS]
            met = sum(match(word, evidence.view.held[number] | evidence.view.contexts[number]) > 0 for word in words)
            return None if words and met >= UNREAD * len(words) else "it is about something else"
        if not self._quotable and candidate.features.missing >= MISSING:
            return "too little of the question is in it"
        return objection(self._question, evidence.view, dataclasses.replace(candidate, score=1.0))
