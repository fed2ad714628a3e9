"""One reader's chat: questions in, the messages and sources to show out."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from assistant.errors import IndexUnusable, OnTheRecordError, QuestionError
from assistant.filters import EVERYTHING, Filter
from assistant.types import NOT_IN_DOCUMENTS, Answer, Citation, Claim, Document

from . import messages, records, sources
from . import strings as say

MAX_TURNS = 30
"""Turns kept on the page; older ones scroll out of it for good."""
KEPT = 15
"""Turns kept in the reader's browser."""
LATE = 5.0
"""Seconds after an answer from which on nothing more is offered: where many ask at once, answers come first."""

log = logging.getLogger(__name__)


class Talk(Protocol):
    """What the chat needs of a conversation."""

    turns: list[Answer]

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        """The claims as they are verified, then the whole answer."""


class Source(Protocol):
    """What the page needs of an assistant."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The corpus by document id."""

    def conversation(self, only: Filter = EVERYTHING) -> Talk:
        """A new conversation."""

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        """Questions that the documents answer, to be asked after `answer`, or first of all."""


class Turn:
    """One question with what came of it."""

    def __init__(self, question: str, only: Filter = EVERYTHING) -> None:
        self.question = question
        self.only = only
        self.claims: list[Claim] = []
        self.answer: Answer | None = None
        self.shown = messages.Shown(0)
        self.reply = ""
        self.sources = ""
        self.stopped = False
        self.settled = False
        self.answered = 0.0

    @property
    def cited(self) -> tuple[Citation, ...]:
        """What its answer cites, or comes nearest with."""
        return (*self.answer.citations, *self.answer.nearest) if self.answer else ()

    def fail(self, told: str) -> None:
        """No answer: the reader is told why."""
        self.reply, self.sources, self.settled = messages.notice(told), "", True

    def messages(self) -> list[dict[str, str]]:
        """The question and the answer, as the chat shows them."""
        asked = [{"role": "user", "content": messages.question(self.question)}] if self.question.strip() else []
        return [*asked, {"role": "assistant", "content": self.reply}]


class Chat:
    """The turns of one conversation as they stand on the page."""

    def __init__(self, assistant: Source, examples: Sequence[str] = (), *, reportable: bool = False) -> None:
        self._assistant = assistant
        self._documents = assistant.documents
        self._examples = examples
        self.reported = 0
        self._reportable = reportable
        self._count = 0
        self._turns: list[Turn] = []

    @property
    def messages(self) -> list[dict[str, str]]:
        """Every turn as chat messages, oldest first."""
        return [message for turn in self._turns for message in turn.messages()]

    @property
    def sources(self) -> str:
        """The source panel."""
        return sources.panel([(turn.shown.turn, turn.sources) for turn in self._turns])

    @property
    def last(self) -> Turn | None:
        """The latest turn."""
        return self._turns[-1] if self._turns else None

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return bool(self.last and not self.last.settled)

    @property
    def cited(self) -> list[Citation]:
        """Everything cited in this conversation."""
        return [citation for turn in self._turns for citation in turn.cited]

    def turn(self, number: int) -> Turn | None:
        """A turn by the number it bears on the page."""
        return next((turn for turn in self._turns if turn.shown.turn == number), None)

    def ask(self, question: str, only: Filter = EVERYTHING) -> Iterator[OnTheRecordError | None]:
        """Answer `question`, yielding at each change of the page; an error that was told to the reader is yielded too."""
        turn = self._begin(question, only)
        try:
            turn.shown = dataclasses.replace(turn.shown, narrowed=self._narrowed(only))
            turn.reply = messages.working(turn.shown, ())
            yield None
            yield from self._follow(turn)
        except IndexUnusable as error:
            log.error("a question was not answered: %s", str(error))
            turn.fail(say.UNREADABLE)  # the error names files of this machine
            yield error
        except OnTheRecordError as error:
            turn.fail(str(error))
            yield error
        except Exception:
            log.exception("a question was not answered")
            turn.fail(say.FAILED)
            yield None

    def stop(self) -> None:
        """Break the latest answer off where it stands."""
        turn = self.last
        if turn and not turn.settled:
            turn.stopped = turn.settled = True
            turn.reply = messages.stopped(turn.shown, turn.claims)

    def drop_last(self) -> str:
        """Take the latest turn away, to be asked again; its question."""
        return self._turns.pop().question if self._turns else ""

    def forget(self) -> None:
        """Begin anew, whatever is still on its way."""
        self.stop()
        self._turns = []

    def suggest(self) -> bool:
        """Offer questions under the latest answer, unless it has some; whether there are any now that were not.

        They are checked against all documents, so a question that was narrowed to some of them gets none.
        """
        turn = self.last
        if not turn or not turn.answer or turn.shown.offers or turn.only or time.monotonic() - turn.answered > LATE:
            return False
        found = self._unasked(self._assistant.suggestions(turn.answer))
        if not found or turn is not self.last:  # the reader went on meanwhile
            return False
        turn.shown = dataclasses.replace(turn.shown, offers=found)
        turn.reply = messages.answer(turn.shown, turn.answer)
        return True

    def show(self, answer: Answer, banner: str = "", replies: Sequence[str] = ()) -> None:
        """An answer given before, as a turn of this conversation."""
        turn = self._begin(answer.question, EVERYTHING, banner, replies)
        self._finish(turn, answer)

    def kept(self) -> list[dict[str, Any]]:
        """The latest answers, for the reader's browser to keep."""
        return [records.plain(turn.answer) for turn in self._turns if turn.answer][-KEPT:]

    def _begin(self, question: str, only: Filter, banner: str = "", replies: Sequence[str] = ()) -> Turn:
        self._count += 1
        turn = Turn(question, only)
        turn.shown = messages.Shown(self._count, banner=banner, replies=tuple(replies), reportable=self._reportable)
        self._turns = [*self._turns, turn][-MAX_TURNS:]
        return turn

    def _narrowed(self, only: Filter) -> str:
        if not only:
            return ""
        count = sum(1 for _ in passing(self._documents, only))
        return say.NARROWED.format(count=count, total=len(self._documents))

    def _follow(self, turn: Turn) -> Iterator[None]:
        talk = self._assistant.conversation(turn.only) if turn.only else self._assistant.conversation()
        talk.turns.extend(before.answer for before in self._turns if before.answer and before is not turn)
        for event in talk.stream(turn.question):
            if turn.stopped:
                return
            if isinstance(event, Answer):
                self._finish(turn, event)
                yield None
                return
            turn.claims.append(event)
            cited = tuple({cite.number: cite for claim in turn.claims for cite in claim.citations}.values())
            turn.reply = messages.working(turn.shown, turn.claims)
            turn.sources = sources.sources(turn.shown.turn, turn.question, cited, self._documents)
            yield None
        raise RuntimeError("the answer ended before it was whole")

    def _finish(self, turn: Turn, answer: Answer) -> None:
        near = answer.status == NOT_IN_DOCUMENTS
        offers = answer.suggestions or (self._unasked(self._examples) if near and not turn.only else ())
        turn.answer, turn.settled, turn.answered = answer, True, time.monotonic()
        turn.shown = dataclasses.replace(turn.shown, offers=offers)
        turn.reply = messages.answer(turn.shown, answer)
        turn.sources = sources.sources(turn.shown.turn, turn.question, turn.cited, self._documents, near)

    def _unasked(self, questions: Sequence[str]) -> tuple[str, ...]:
        asked = {turn.question.casefold() for turn in self._turns}
        return tuple(question for question in questions if question.casefold() not in asked)


def passing(documents: Mapping[str, Document], only: Filter) -> Iterator[Document]:
    """The documents that a filter admits."""
    return (document for document in documents.values() if only.admits(document.metadata()))


def is_to_mend(error: OnTheRecordError | None) -> bool:
    """Whether it is the question that has to be changed."""
    return isinstance(error, QuestionError)
