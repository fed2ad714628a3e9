"""Which candidates are shown: one answer, every voice, each side, or an outline."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .abstention import objection
from .answer_kinds import topic_words
from .evidence import Candidate, Reader
from .matching import match
from .plans import Stance, takes
from .questions import Question
from .redundancy import Statement, restates, statement
from .words import tokens


@dataclass(frozen=True, slots=True)
class Angle:
    """A side from which somebody is spoken of: the question that finds it, the words that tell it."""

    question: str
    words: re.Pattern[str]


DERIVED = 0.8  # what a brief's sentence counts for beside the same in a source
STALE, YEAR = 0.6, 365  # how much a sentence a year (in days) or more old loses where the present is asked for
RETOLD = 0.4  # what a sentence without somebody's very words counts for where these are asked for
SECOND, THIRD = 0.15, 0.3  # share of the best chance that a further claim needs
TOUCHED = 0.3  # how well a sentence, or what stands around it, has to meet what a stance is taken on
VOICES = 6  # most that a list shows
MET = 0.5  # how well the words of a question for a verdict have to be met by who speaks on it
SPOKEN_TO = 0.2  # chance from which a sentence answers the question that one of ANGLES asks
VOICE = 0.12  # share of the best chance that a further voice needs
# Where a verdict is asked for: who accuses, who denies, what courts held; each asked for itself.
ANGLES = tuple(
    Angle(question, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for question, words in (
        ("What is {0} accused of?", r"accus|alleg|charge(?:s|d)?\b|indict|blam"),
        (
            "Does {0} deny it, and who defends {0}?",
            r"den(?:y|ies|ied)\b|reject|innocen|not guilty|no evidence|never|defend|is not\b",
        ),
        (
            "Has a court convicted {0}?",
            r"convict|acquit|verdict|prima facie|found (?:that|no)|(?:court|bench|judge)s? (?:held|ruled|said)",
        ),
    )
)


class Selection:
    """Chooses among the candidates of a question, read by `reader`."""

    def __init__(self, reader: Reader, most: int) -> None:
        self._reader = reader
        self._most = most

    def weighed(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Best first: a source's own words before a brief's account of them, and the later before the earlier where
        a question asks how things stand."""
        days = [self._day(candidate) for candidate in candidates]
        newest = max((day for day in days if day), default=None)
        weighed = []
        for candidate, day in zip(candidates, days, strict=True):
            standing = DERIVED if candidate.document.kind == "brief" else 1.0
            if question.exact and not self._is_quoted(question, candidate):
                standing *= RETOLD
            if question.current and day and newest:
                standing *= 1 - STALE * min(1.0, (newest - day).days / YEAR)
            weighed.append(dataclasses.replace(candidate, score=candidate.score * standing))
        return sorted(weighed, key=lambda c: -c.score)

    def answering(self, question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The best candidate that nothing speaks against, and what comes close to it."""
        chosen, told = list[Candidate](), list[Statement]()
        for candidate in candidates:
            if len(chosen) == self._most:
                break
            if chosen and candidate.score < chosen[0].score * (SECOND if len(chosen) == 1 else THIRD):
                break
            if self._answers(question, candidate) and self._is_news(question, candidate, told):
                chosen.append(candidate)
        return chosen

    def voices(self, question: Question, stance: Stance, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The best candidate of everyone who speaks, or whom a sentence is about; at most VOICES, best first.

        Where those who take a stance are asked for, whoever says so in other words than the question's counts too.
        """
        chosen, told, heard = list[Candidate](), list[Statement](), set[str]()
        for candidate in candidates:
            if len(chosen) == VOICES or (chosen and candidate.score < VOICE * chosen[0].score):
                break
            voices = self._voices(candidate, said=bool(stance))
            answers = self._leans(question, stance, candidate) if stance else self._answers(question, candidate)
            if (voices and voices <= heard) or not answers:
                continue
            if self._is_news(question, candidate, told):
                chosen.append(candidate)
                heard |= voices
        if stance and not chosen:
            # "Who was defended by X" only reads as if a stance were asked for: then what else answers.
            return self.answering(question, [c for c in candidates if not self._turns(stance, c)])
        return chosen

    def judgements(
        self, question: Question, judged: str, candidates: Sequence[Candidate], angles: Sequence[Sequence[Candidate]]
    ) -> list[Candidate]:
        """What others say where a verdict is asked for: those who speak on the question, then on a person each of ANGLES.

        `angles` are the candidates of their questions, where a crime is asked about. Only somebody's words or a court's are shown.
        """
        chosen, told, heard = list[Candidate](), list[Statement](), set[str]()
        wanted = set(topic_words(question))
        for candidate in candidates:
            voices, met = self._voices(candidate, said=True), candidate.own
            if len(chosen) == self._most or not voices or voices <= heard or not candidate.features.names:
                continue
            if all(met.get(word, 0.0) >= MET for word in wanted) and self._is_news(question, candidate, told):
                chosen.append(candidate)
                heard |= voices
        for angle, found in zip(ANGLES, angles, strict=False):
            for candidate in found:
                view = self._reader.view(candidate.document.id)
                if candidate.score < SPOKEN_TO:
                    break
                if candidate.features.names and angle.words.search(view.text(candidate.number)):
                    if self._is_of(judged, candidate) and self._is_news(question, candidate, told):
                        chosen.append(candidate)
                    break
        return chosen

    def _leans(self, question: Question, stance: Stance, candidate: Candidate) -> bool:
        """Whether a sentence tells of a stance, on whomever and whatever the question names."""
        view = self._reader.view(candidate.document.id)
        text, context = view.text(candidate.number), view.contexts[candidate.number]
        if not takes(stance, text) or candidate.features.names < 1.0 or self._turns(stance, candidate):
            return False
        over = [word for word in topic_words(question) if not takes(stance, word)]
        return all(max(candidate.own.get(word, 0.0), match(word, context)) >= TOUCHED for word in over)

    def _turns(self, stance: Stance, candidate: Candidate) -> bool:
        """Whether a sentence speaks of support to criticise it: "accused them of backing criminals" backs nobody."""
        text = self._reader.view(candidate.document.id).text(candidate.number)
        return stance == "supportive" and takes("critical", text)

    def _is_quoted(self, question: Question, candidate: Candidate) -> bool:
        """Whether a sentence holds words in quotation marks of whoever's words are asked for."""
        view = self._reader.view(candidate.document.id)
        asked, sentence = set(tokens(question.asked)), view.sentences[candidate.number]
        spoken = (
            view.attribution(q)
            for q in view.quotations
            if q.outer.start < sentence.end and sentence.start < q.outer.end
        )
        return any(said and set(tokens(said.speaker)) & asked for said in spoken)

    def _is_of(self, judged: str, candidate: Candidate) -> bool:
        """Whether a sentence is about the person that is to be judged."""
        asked = set(tokens(judged))
        view = self._reader.view(candidate.document.id)
        return any(set(tokens(person.name)) & asked for person in view.about[candidate.number])

    def _answers(self, question: Question, candidate: Candidate) -> bool:
        return objection(question, self._reader.view(candidate.document.id), candidate) is None

    def _is_news(self, question: Question, candidate: Candidate, told: list[Statement]) -> bool:
        """Whether a candidate says what none before it did; it is then remembered in `told`."""
        said = statement(question, self._reader.view(candidate.document.id), candidate.number)
        if any(restates(said, shown) for shown in told):
            return False
        told.append(said)
        return True

    def _voices(self, candidate: Candidate, *, said: bool = False) -> set[str]:
        """Who speaks in a sentence, else (not where it has to be `said`) whom it is about."""
        view = self._reader.view(candidate.document.id)
        about = () if said else view.about[candidate.number]
        return set(view.voices[candidate.number]) or {person.name for person in about}

    def _day(self, candidate: Candidate) -> dt.date | None:
        """The last day that a sentence names, else the one when its document was published."""
        held = self._reader.view(candidate.document.id).dates[candidate.number]
        return max((date.last for date in held if date.last), default=candidate.document.published)
