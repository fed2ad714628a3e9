"""One reader's chat: questions in, the messages and sources to show out."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Protocol

from assistant.errors import OnTheRecordError
from assistant.types import NOT_IN_DOCUMENTS, Answer, Claim, Document

from . import render

MAX_TURNS = 50
"""Turns kept on the page; older ones scroll out of it for good."""
FAILED = "Something went wrong here and the question was not answered. Please ask it again."

log = logging.getLogger(__name__)


class Talk(Protocol):
    """What the chat needs of a conversation."""

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        """The claims as they are verified, then the whole answer."""


class Source(Protocol):
    """What the page needs of an assistant."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The corpus by document id."""

    def conversation(self) -> Talk:
        """A new conversation."""


class Chat:
    """The turns of one conversation as they stand on the page."""

    def __init__(self, assistant: Source) -> None:
        self._documents = assistant.documents
        self._talk = assistant.conversation()
        self._turn = 0
        self._turns: list[_Turn] = []

    @property
    def messages(self) -> list[dict[str, str]]:
        """Every turn as chat messages, oldest first."""
        return [message for turn in self._turns for message in turn.messages()]

    @property
    def sources(self) -> str:
        """The Sources panel."""
        return render.panel([turn.sources for turn in self._turns])

    def ask(self, question: str) -> Iterator[OnTheRecordError | None]:
        """Answer `question`, yielding at each change of the page; an error that was told to the reader is yielded too."""
        self._turn += 1
        turn = _Turn(question)
        self._turns = [*self._turns, turn][-MAX_TURNS:]
        turn.reply = render.working(self._turn, ())
        yield None
        try:
            yield from self._follow(turn, question)
        except OnTheRecordError as error:
            turn.reply, turn.sources = render.notice(str(error)), ""
            yield error
        except Exception:
            log.exception("a question was not answered")
            turn.reply, turn.sources = render.notice(FAILED), ""
            yield None

    def _follow(self, turn: _Turn, question: str) -> Iterator[None]:
        claims: list[Claim] = []
        for event in self._talk.stream(question):
            if isinstance(event, Answer):
                near = event.status == NOT_IN_DOCUMENTS
                cited = event.nearest if near else event.citations
                turn.reply = render.answer(self._turn, event)
                turn.sources = render.sources(self._turn, question, cited, self._documents, near)
                yield None
                return
            claims.append(event)
            cited = tuple({cite.number: cite for claim in claims for cite in claim.citations}.values())
            turn.reply = render.working(self._turn, claims)
            turn.sources = render.sources(self._turn, question, cited, self._documents, False)
            yield None
        raise RuntimeError("the answer ended before it was whole")


class _Turn:
    """One question with what is shown for it."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.reply = ""
        self.sources = ""

    def messages(self) -> list[dict[str, str]]:
        asked = [{"role": "user", "content": render.question(self.question)}] if self.question.strip() else []
        return [*asked, {"role": "assistant", "content": self.reply}]
