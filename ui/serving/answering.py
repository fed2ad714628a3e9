"""An assistant that many ask at once: bounded, counted, and with every citation checked once more on its way out."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from assistant.errors import QuestionError
from assistant.filters import EVERYTHING, Filter
from assistant.types import Answer, Citation, Claim, Document, Hit
from ui.chat import Source, Talk

from .gate import Gate
from .metrics import Metrics
from .problems import Busy, CitationsMoved, TimedOut
from .settings import ServerSettings

SLOW = "The answer took longer than this server lets one take: ask something narrower, or try again."
CHANGED = "The documents changed while the question was being answered: ask it again."
REMEMBERED = 1000
"""Answers kept so that a follow-up need not have the questions before it answered again."""

log = logging.getLogger(__name__)

Event = Claim | Answer


class Answering:
    """What the page and every protocol ask; whatever is not asking goes straight to the assistant."""

    def __init__(self, assistant: Source, settings: ServerSettings, metrics: Metrics) -> None:
        self._assistant = assistant
        self._settings = settings
        self._metrics = metrics
        self._gate = Gate(settings.running, settings.waiting, settings.patience, metrics)
        # Work is handed to a thread once it has its place, so that those who wait cost none: each thread
        # that asks keeps connections and buffers of its own.
        self._threads = ThreadPoolExecutor(settings.running, thread_name_prefix="answering")
        self._given: OrderedDict[bytes, Answer] = OrderedDict()
        self._turn = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    @property
    def documents(self) -> Mapping[str, Document]:
        """The corpus by document id."""
        return self._assistant.documents

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        """Questions that the documents answer, to be asked next."""
        return self._assistant.suggestions(answer)

    def conversation(self, only: Filter = EVERYTHING) -> Talk:
        """A new conversation, whose questions wait for their turn and are counted."""
        return _Talk(self, self._assistant.conversation(only))

    def ask(self, question: str, history: Sequence[str] = (), only: Filter = EVERYTHING) -> Answer:
        """The answer to `question` as one that follows the questions of `history`, oldest first."""
        *_, answer = self.stream(question, history, only)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, history: Sequence[str] = (), only: Filter = EVERYTHING) -> Iterator[Event]:
        """As `ask`: each claim as it is verified, then the answer."""
        talk = self._assistant.conversation(only)
        yield from self.gated(lambda: self._following(talk, question, history, only))

    async def aask(self, question: str, history: Sequence[str] = (), only: Filter = EVERYTHING) -> Answer:
        """As `ask`, without blocking the event loop."""
        *_, answer = [event async for event in self.astream(question, history, only)]
        assert isinstance(answer, Answer)
        return answer

    async def astream(
        self, question: str, history: Sequence[str] = (), only: Filter = EVERYTHING
    ) -> AsyncIterator[Event]:
        """As `stream`, without blocking the event loop; raises TimedOut for an answer that takes too long.

        A thread answers to the end at its own pace, so a client that reads slowly holds nobody's place.
        """
        loop, events = asyncio.get_running_loop(), asyncio.Queue[Event | BaseException | None]()
        left, began = threading.Event(), time.perf_counter()
        talk = self._assistant.conversation(only)

        def hand_on(event: Event | BaseException | None) -> None:
            if not left.is_set():
                loop.call_soon_threadsafe(events.put_nowait, event)

        def work() -> None:
            try:
                for event in self._checked(self._following(talk, question, history, only), began):
                    hand_on(event)
                    if left.is_set():
                        return
            except BaseException as error:  # handed to whoever waits
                hand_on(error)
            else:
                hand_on(None)
            finally:
                self._gate.leave()

        try:
            await self._gate.enter()
        except Busy:
            self._metrics.answers.add(status="busy")
            raise
        self._threads.submit(contextvars.copy_context().run, work)  # a trace goes on in the thread
        until = loop.time() + self._settings.answer_timeout
        try:
            while (event := await self._next(events, until)) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            left.set()

    async def _next(
        self, events: asyncio.Queue[Event | BaseException | None], until: float
    ) -> Event | BaseException | None:
        try:
            async with asyncio.timeout_at(until):
                return await events.get()
        except TimeoutError:
            self._metrics.turned_away.add(reason="timeout")
            raise TimedOut(SLOW) from None

    async def asearch(self, query: str, k: int) -> list[Hit]:
        """The `k` passages nearest to `query`, in its turn, without blocking the event loop."""

        def work() -> list[Hit]:
            try:
                hits: list[Hit] = self._assistant.search(query, k)  # type: ignore[attr-defined]  # an assistant has it
                return hits
            finally:
                self._gate.leave()

        await self._gate.enter()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def gated(self, answer: Callable[[], Iterator[Event]]) -> Iterator[Event]:
        """What `answer()` streams, in its turn, counted and checked."""
        began = time.perf_counter()
        try:
            with self._gate.place():
                yield from self._checked(answer(), began)
        except Busy:
            self._metrics.answers.add(status="busy")
            raise

    def _checked(self, events: Iterator[Event], began: float) -> Iterator[Event]:
        became = "stopped"
        try:
            for event in events:
                if isinstance(event, Answer):
                    self._check((*event.citations, *event.nearest))
                    became = event.status
                    self._metrics.withheld.add(len(event.withheld))
                else:
                    self._check(event.citations)
                yield event
        except Exception as error:
            became = "question_refused" if isinstance(error, QuestionError) else "failed"
            raise
        finally:
            self._metrics.answers.add(status=became)
            self._metrics.answer_seconds.observe(time.perf_counter() - began)

    def close(self) -> None:
        """Take no more questions."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _following(self, talk: Talk, question: str, history: Sequence[str], only: Filter) -> Iterator[Event]:
        for count in range(max(0, len(history) - self._settings.max_history), len(history)):
            key = _key(history[: count + 1], only)
            if remembered := self._remembered(key):
                talk.turns.append(remembered)
            elif answer := self._answered_before(talk, history[count]):
                self._remember(key, answer)
        for event in talk.stream(question):
            if isinstance(event, Answer):
                self._remember(_key((*history, question), only), event)
            yield event

    @staticmethod
    def _answered_before(talk: Talk, question: str) -> Answer | None:
        """The answer to an earlier question, or None for one that could not be asked."""
        try:
            *_, answer = talk.stream(question)
        except QuestionError:
            return None
        assert isinstance(answer, Answer)
        return answer

    def _remembered(self, key: bytes) -> Answer | None:
        with self._turn:
            answer = self._given.get(key)
        cited = (*answer.citations, *answer.nearest) if answer else ()
        current = all((held := self.documents.get(c.document_id)) and held.version == c.version for c in cited)
        return answer if current else None

    def _remember(self, key: bytes, answer: Answer) -> None:
        with self._turn:
            self._given[key] = answer
            self._given.move_to_end(key)
            while len(self._given) > REMEMBERED:
                self._given.popitem(last=False)

    def _check(self, citations: Sequence[Citation]) -> None:
        """Raise CitationsMoved where the words cited do not stand at their place: an answer fails closed."""
        for citation in citations:
            document = self.document(citation.document_id, citation.version)
            if document is None or document.text[citation.start : citation.end] != citation.quote:
                log.error("a citation of %s does not stand in it", citation.document_id)
                raise CitationsMoved(CHANGED)

    def document(self, identity: str, version: str = "") -> Document | None:
        """A document as it is, or as it was in an earlier version."""
        document = self.documents.get(identity)
        if document is None or version in ("", document.version):
            return document
        try:
            found: Document = self._assistant.version(identity, version)  # type: ignore[attr-defined]  # an assistant has it
        except (KeyError, AttributeError):
            return None
        return found


class _Talk:
    """A conversation whose questions pass the gate."""

    def __init__(self, answering: Answering, talk: Talk) -> None:
        self._answering = answering
        self._talk = talk
        self.turns = talk.turns

    def stream(self, question: str) -> Iterator[Event]:
        """The claims as they are verified, then the whole answer."""
        yield from self._answering.gated(lambda: self._talk.stream(question))


def _key(asked: Sequence[str], only: Filter) -> bytes:
    return hashlib.sha256(repr((*asked, only)).encode(errors="backslashreplace")).digest()
