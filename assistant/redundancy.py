"""Whether a sentence tells a reader anything that one shown before does not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .matching import match
from .questions import Question
from .views import View
from .words import stems, tokens

RESTATED = 0.5  # share of what a sentence adds to the question, from which saying it again is no news
_DATE = re.compile(r"\b(?:\d{1,2} )?(?:[A-Z][a-z]{2,8} )?(?:19|20)\d\d\b")
_NOT = frozenset("no not never nor none denied denies deny rejected refused without".split())


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a document as far as it goes beyond the question.

    added: stems, those of dates and of the question left out; figures: numbers that are no date; denials: words that say no.
    """

    document_id: str
    added: frozenset[str]
    figures: frozenset[str]
    denials: frozenset[str]


def statement(question: Question, view: View, number: int) -> Statement:
    """What a sentence says beyond the question."""
    words = _DATE.sub(" ", view.text(number))
    asked = frozenset(stems(question.text))
    held = tokens(words)
    added = frozenset(stem for stem in stems(words) if not match(stem, asked))
    figures = frozenset(word for word in held if word.isdigit())
    return Statement(view.document.id, added, figures, _NOT & frozenset(held))


def restates(statement: Statement, shown: Statement) -> bool:
    """Whether `statement`, of another document, says what `shown` said: no new figure, no new denial, few new words."""
    if (
        statement.document_id == shown.document_id
        or statement.figures - shown.figures
        or statement.denials - shown.denials
    ):
        return False
    return len(statement.added & shown.added) >= RESTATED * len(statement.added)
