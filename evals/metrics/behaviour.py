"""Whether the assistant did what the case expects: answered, refused, corrected, showed all sides."""

from __future__ import annotations

import re

from .citations import citation_recall
from .outcomes import Outcome, Score, has_words, stretch
from .speech import speakers_credited

_AS_OF = re.compile(r"\b(\d{1,2}) (\w+) (\d{4})\b")


def false_refusal(outcome: Outcome) -> Score | None:
    """1 if what the documents answer was refused, else 0; always read beside `false_answer` (promise 5)."""
    if outcome.case.expect not in ("answer", "sides"):
        return None
    return Score(float(not outcome.answered), "" if outcome.answered else "refused, and the documents do say")


def false_answer(outcome: Outcome) -> Score | None:
    """1 if what the documents do not answer was answered, else 0; always read beside `false_refusal`."""
    if outcome.case.expect != "abstain":
        return None
    return Score(float(outcome.answered), "answered, and the documents do not say" if outcome.answered else "")


def premise_handled(outcome: Outcome) -> Score | None:
    """For a question whose premise is false: 1 if refused, or answered without repeating it; else 0.

    Answered well means: none of the forbidden words, and, where the case names gold, at least one item of it cited.
    """
    if outcome.case.expect != "correct":
        return None
    if not outcome.answered:
        return Score(1)
    if said := _forbidden(outcome):
        return Score(0, f"repeats the premise: “{said[0]}”")
    recall = citation_recall(outcome)
    beside = recall is not None and recall.value == 0
    return Score(float(not beside), "answered beside what the documents do say" if beside else "")


def sides_shown(outcome: Outcome) -> Score | None:
    """For a question with several sides: the lower of the shares of sides cited and of speakers credited."""
    if outcome.case.expect != "sides":
        return None
    if not outcome.answered:
        return Score(0, "refused")
    parts = [score for score in (citation_recall(outcome), speakers_credited(outcome)) if score]
    return min(parts, key=lambda score: score.value, default=Score(1))


def fact_recall(outcome: Outcome) -> Score | None:
    """Facts of the case that the answer's text has in one of their wordings / facts.

    Capitals, spaces and the style of quotation marks do not count. Of a refused false premise it says nothing.
    """
    facts = outcome.case.facts
    if not facts or (outcome.case.expect == "correct" and not outcome.answered):
        return None
    text = outcome.answer.text
    missed = [options[0] for options in facts if not any(has_words(words, text) for words in options)]
    return Score(1 - len(missed) / len(facts), "; ".join(f"not said: “{words}”" for words in missed))


def forbidden_absent(outcome: Outcome) -> Score | None:
    """1 if none of the case's forbidden words is in the answer's text, else 0."""
    if not outcome.case.forbidden:
        return None
    said = _forbidden(outcome)
    return Score(float(not said), f"says “{said[0]}”" if said else "")


def consistency(outcome: Outcome) -> Score | None:
    """For a pair of questions that mean the same: Jaccard overlap of the characters they cite (1 if both refused)."""
    if outcome.twin is None:
        return None
    mine = {(c.document_id, i) for c in outcome.answer.citations for i in range(c.start, c.end)}
    theirs = {(c.document_id, i) for c in outcome.twin.citations for i in range(c.start, c.end)}
    if not mine and not theirs:
        return Score(1)
    value = len(mine & theirs) / len(mine | theirs)
    shared = any(
        stretch(one).overlaps(stretch(other)) for one in outcome.answer.citations for other in outcome.twin.citations
    )
    return Score(value, "" if shared else f"nothing in common with the answer to {outcome.case.same_as}")


def as_of(outcome: Outcome) -> Score | None:
    """For answers that cite dated documents: 1 if the answer carries the last day they speak of, else 0.

    In a case of the category "latest" the text has to say a day, so that the reader sees how fresh it is.
    """
    cited = {c.document_id for c in (*outcome.answer.citations, *outcome.answer.nearest)}
    days = [day for i in cited if i in outcome.documents and (day := outcome.documents[i].as_of)]
    if not days:
        return None
    if outcome.answer.as_of != max(days):
        return Score(0, f"as of {outcome.answer.as_of}, its documents speak up to {max(days)}")
    told = bool(_AS_OF.search(outcome.answer.text))
    if outcome.answered and outcome.case.category == "latest" and not told:
        return Score(0, "does not say of what day it speaks")
    return Score(1)


def filters_kept(outcome: Outcome) -> Score | None:
    """For a case with filters: 1 if every document cited or offered passes them, else 0."""
    if not outcome.case.filters:
        return None
    given = (*outcome.answer.citations, *outcome.answer.nearest)
    held = {c.document_id: outcome.documents[c.document_id] for c in given if c.document_id in outcome.documents}
    outside = [i for i, document in held.items() if not outcome.case.filters.admits(document.metadata())]
    return Score(float(not outside), f"cites {outside[0]}, which the filters leave out" if outside else "")


def _forbidden(outcome: Outcome) -> list[str]:
    return [words for words in outcome.case.forbidden if has_words(words, outcome.answer.text)]
