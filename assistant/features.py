"""What speaks for a sentence as an answer, and the score made of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .answer_kinds import kind_matches
from .matching import RARE, match, mentions, rarity, spells
from .names import Person
from .questions import Question
from .views import View
from .words import content_words, tokens

# After a name: a verb, with or without what may stand between.
_DOES = re.compile(
    r"(?:, [^,]{3,40},)? (?:who |also |then |later |has |had |have |\w+ly )*(?!(?:and|or|of|in|as|to|at|by|on|with|for)\b)[a-z]+"
    r"|, (?:was|were|is|has|had|who|\w{3,}ed)\b"
)

# From training/calibrate.py, fitted on the dev halves of both stories' suites, the held-out invented stories and two
# articles of SQuAD 2.0's labelled dev part.
WEIGHTS = {
    "coverage": -3.135, "own": 3.674, "similarity": -0.375, "window": 0.323, "passage": 2.165, "missing": -0.730,
    "kind": 0.895, "speaker": 1.152, "agent": 0.757, "quoted": 2.161, "names": 1.918, "read": 0.484,
}  # fmt: skip
INTERCEPT = -6.430
# Fitted (softmax over a question's sentences) on 2,912 questions about training/stories, but for `quoted`, which few of
# them have. On 906 about the stories held out, 38 documents as one corpus, an answering sentence is among the first
# twelve for .731, with the weights set by hand before for .705.
ROUGH = {
    "coverage": 2.1, "own": 1.1, "similarity": 5.0, "window": 5.7, "passage": 2.3, "missing": -2.2, "kind": 2.3,
    "speaker": 2.0, "agent": 0.9, "quoted": 3.8, "names": 1.3,
}  # fmt: skip
FAINT = 0.001  # chances are not taken for fainter or surer than this


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence, each in [0, 1].

    coverage: share of the question's words, by weight, that stand in it, its credit or (for less) around it;
    own: the same without what stands around. similarity: cosine of question and sentence, window:
    the same with the sentence before. passage: its
    passage's score. missing: share of the question's words, by weight, that nothing matches. kind: it holds
    the kind of thing asked for. speaker: it is said by whom the question asks about. agent: whoever the
    question says does something does something in it (.5 if the question names nobody as doer).
    quoted: it holds the words quoted in the question (.5 if there are none). names: it, or what stands
    around it, mentions every name in the question. read: the chance that it answers, by the cross-encoder.
    """

    coverage: float
    own: float
    similarity: float
    window: float
    passage: float
    missing: float
    kind: float
    speaker: float
    agent: float
    quoted: float
    names: float
    read: float = 0.5


def rough_score(f: Features) -> float:
    """A first order of the sentences, by all but what the cross-encoder reads."""
    return sum(weight * float(getattr(f, name)) for name, weight in ROUGH.items())


def terms(f: Features) -> dict[str, float]:
    """What the regression adds up: the features, the cross-encoder's chance as log-odds."""
    odds = min(max(f.read, FAINT), 1 - FAINT)
    return {**{name: getattr(f, name) for name in Features.__slots__}, "read": math.log(odds / (1 - odds))}


def score(f: Features) -> float:
    """The chance that the sentence answers the question, in [0, 1]: a logistic regression over the features."""
    held = terms(f)
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weight * held[name] for name, weight in WEIGHTS.items()))))


def matches(
    question: Question, weights: Mapping[str, float], view: View, number: int, soft: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """For each word and date of the question how well the sentence meets it: alone, and with what stands around it."""
    near, text, over = view.near(number), view.text(number), view.contexts[number]
    result = {}
    dated = {str(date): date for date in question.dates}
    for word in weights:
        if word in dated:
            mine = 1.0 if any(dated[word].meets(date) for date in view.dates[number]) else 0.0
            result[word] = (mine, mine)
            continue
        mine = max(match(word, view.held[number]), soft.get(word, 0.0))
        if rarity(word) > RARE and spells(word.upper(), text):
            mine = 1.0
        result[word] = (mine, max(mine, 0.6 * match(word, near), 0.5 * match(word, over)))
    return result


def features_of(
    question: Question,
    weights: Mapping[str, float],
    matched: Mapping[str, tuple[float, float]],
    view: View,
    number: int,
    similarity: tuple[float, float],
    passage: float,
) -> Features:
    """The features of a sentence, without what the cross-encoder reads."""
    total = sum(weights.values()) or 1.0
    return Features(
        coverage=sum(weights[word] * value for word, (_, value) in matched.items()) / total,
        own=sum(weights[word] * value for word, (value, _) in matched.items()) / total,
        similarity=max(0.0, similarity[0]),
        window=max(0.0, similarity[1]),
        passage=passage,
        missing=sum(weights[word] for word, (_, value) in matched.items() if value < 0.3) / total,
        kind=kind_matches(question, view, number),
        speaker=_speaker_matches(question, view, number),
        agent=_agent_matches(question, view, number),
        quoted=_quoted_matches(question, view, number),
        names=0.0 if unmatched_names(question, view, number) else 1.0,
    )


def unmatched_names(question: Question, view: View, number: int) -> list[str]:
    """Names in the question that neither the sentence, its credit, nor those around it mention."""
    near = view.held[number] | view.near(number)
    asked = set(tokens(question.text))
    # Readers leave capitals out, and put them where none belong: a surname of the document counts without,
    # a common word does not count with.
    known = [word for person in view.people.persons if (word := tokens(person.surname)[-1]) in asked]
    named = [*(name for name in question.names if any(rarity(word) > RARE for word in tokens(name))), *known]
    # What a document is about, a place or a body, need not be named in each of its sentences; a person must.
    persons = frozenset(word for person in view.people.persons for word in tokens(person.name))
    over = near | view.contexts[number]
    return [
        name
        for name in dict.fromkeys(named)
        if not (
            mentions(name, near if persons & set(tokens(name)) else over)
            or spells(name, f"{view.text(number)}\n{view.document.title}")
        )
    ]


def _speaker_matches(question: Question, view: View, number: int) -> float:
    """Whether the one whose words are asked for says the sentence."""
    speaker = view.people.by_name(view.speakers[number])
    known = set(tokens(view.speakers[number])) | (set(tokens(speaker.role)) if speaker else set())
    return 1.0 if question.asked and known & set(content_words(question.asked)) else 0.0


def _agent_matches(question: Question, view: View, number: int) -> float:
    """Whether whoever the question has doing something is a doer in the sentence."""
    doers = agents(question, view)
    return float(acts(view, number, doers)) if doers else 0.5


def agents(question: Question, view: View) -> list[Person]:
    """Whom the question has doing something, among the people of a document."""
    return [person for person in view.people.persons if _leads(person, tokens(question.agent))]


def acts(view: View, number: int, persons: Sequence[Person]) -> bool:
    """Whether one of `persons` speaks or does something in the sentence, by name or by pronoun."""
    text = view.text(number)
    for person in persons:
        if person.name in view.voices[number] or (person in view.about[number] and person.surname not in text):
            return True
    ends = [m.span.end for m in view.people.mentions(text) if m.person in persons and not m.possessive]
    # Where two people share a name it names nobody for certain; here it is enough that it may be them.
    ends += [m.end() for p in persons for m in re.finditer(rf"\b{re.escape(p.surname)}\b(?![’'])", text)]
    return any(_DOES.match(text[end:][:60]) for end in ends)


def _leads(person: Person, words: Sequence[str]) -> bool:
    """Whether `words` begin with the person's name or surname."""
    name = tokens(person.name)
    return bool(words) and (words[0] == name[-1] or (words[0] in name and len(words) > 1 and words[1] in name))


def _quoted_matches(question: Question, view: View, number: int) -> float:
    """Whether the sentence holds every stretch that the question quotes; commas and capitals are no matter."""
    if not question.quoted:
        return 0.5
    sentence, text = view.sentences[number], view.document.text
    # A credit may stand in the middle of a quotation: the quoted words alone count too.
    said = [quote.inner.of(text) for quote in view.quotations if sentence.holds(quote.outer)]
    held = [f" {' '.join(tokens(words))} " for words in (sentence.of(text), " ".join(said))]
    return 1.0 if all(any(f" {' '.join(tokens(q))} " in words for words in held) for q in question.quoted) else 0.0
