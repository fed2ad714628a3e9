"""The sentences that a draft rests on: those that hold its supporting words, and those that say who is meant in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .decoding import FreeDraft
from .locating import Evidence, gathered, located, needed
from .names import Person
from .types import Span
from .views import View

BACK = 3  # sentences before a cited one that may say who is meant in it


def evidence_of(draft: FreeDraft, passages: Sequence[tuple[View, Span]]) -> tuple[Evidence, ...] | None:
    """Check 1: the sentences that hold the draft's supporting words, and those before that say who is meant in them.

    Sought first in the passages that the draft names.
    """
    if not draft.support:
        return None
    named = [passages[n - 1] for n in draft.passages if 0 < n <= len(passages)]
    found = located(draft.support, [*named, *passages])
    return found and telling(draft.text, needed(draft.text, found))


def telling(text: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence with the sentences that name whom it means by "he", or carry the credit of what it quotes."""
    pairs = [(e.view, n) for e in evidence for n in e.numbers]
    for e in evidence:
        cited = e.text
        pairs += _meaning(text, e)
        for number in e.numbers:
            sentence = e.view.sentences[number]
            for a in e.view.attributions:
                if a.start < sentence.end and sentence.start < a.end and a.cue and not sentence.holds(a.credit):
                    pairs.append((e.view, e.view.number_at(a.credit.start)))
            meant = [*e.view.about[number], *filter(None, map(e.view.people.by_name, e.view.voices[number]))]
            for person in dict.fromkeys(meant):
                if person.surname not in cited and (person.surname in text):
                    pairs += _naming(e.view, number, person)
    return gathered(pairs)


def _meaning(text: str, evidence: Evidence) -> list[tuple[View, int]]:
    """The sentences before that name somebody whom the claim names and the words cited mean by a pronoun only.

    Only where they name nobody else who could be meant.
    """
    view, first = evidence.view, evidence.numbers[0]
    cited = {m.person for m in view.people.mentions(evidence.text)}
    speakers = {view.people.by_name(v) for n in evidence.numbers for v in view.voices[n]}
    wanted = {m.person for m in view.people.mentions(text)} - cited
    if len(wanted) != 1 or not re.search(r"\b(?:he|him|his|she|her|hers)\b", evidence.text, re.IGNORECASE):
        return []
    for before in range(first - 1, max(-1, first - BACK), -1):
        named = {m.person for m in view.people.mentions(view.text(before))} - speakers
        if named:
            return [(view, n) for n in range(before, first)] if named == wanted else []
    return []


def _naming(view: View, number: int, person: Person) -> list[tuple[View, int]]:
    """The nearest sentence before that names a person, and what stands between."""
    for before in range(number - 1, max(-1, number - 1 - BACK), -1):
        if person.surname in view.text(before):
            return [(view, n) for n in range(before, number)]
    return []
