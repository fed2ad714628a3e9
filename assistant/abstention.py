"""Whether the evidence answers the question at all.

A similarity threshold cannot decide it: false premises score above true questions. So the asked-for
kind of thing, the names and the key words of the question have to meet in one place of a document.
"""

from __future__ import annotations

from .answer_kinds import STRICT
from .evidence import Candidate, unmatched_names
from .questions import Question
from .views import View

COVERAGE = 0.5


def objection(question: Question, view: View, candidate: Candidate) -> str | None:
    """Why `candidate` does not answer `question`, or None if it does."""
    features = candidate.features
    if question.kind in STRICT and not features.kind:
        return f"it does not say {question.kind}"
    if question.quoted and not features.quoted:
        return "it does not hold the words quoted"
    if missing := unmatched_names(question, view, candidate.number):
        return f"it does not speak of {', '.join(missing)}"
    if question.asked and features.speaker == 0 and view.people.by_name(question.asked.strip()):
        return f"it is not said by {question.asked}"
    if features.agent == 0:
        return f"{question.agent} does nothing in it"
    if 0.5 * features.coverage + 0.5 * features.similarity < COVERAGE:
        return "too little of the question is in it"
    return None
