"""The chat without a browser: streaming, turns, and every way a question can fail."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from ui_fakes import FakeAssistant, FakeTalk

from assistant.errors import ModelUnavailable, OnTheRecordError, QuestionError
from assistant.filters import EVERYTHING, Filter
from assistant.types import Answer, Claim
from ui.chat import LATE, MAX_TURNS, Chat
from ui.strings import FAILED


class Failing(FakeAssistant):
    """An assistant whose answers break off with `error` after a claim."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self.error = error

    def conversation(self, only: Filter = EVERYTHING) -> FakeTalk:
        return BreaksOff(self)


class BreaksOff(FakeTalk):
    def __init__(self, assistant: Failing) -> None:
        super().__init__(assistant)
        self.error = assistant.error

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        yield Claim("An unfinished claim.", ())
        if self.error:
            raise self.error


def ask(chat: Chat, question: str) -> list[OnTheRecordError]:
    return [error for error in chat.ask(question) if error]


def test_claims_appear_one_by_one_with_their_sources() -> None:
    chat = Chat(FakeAssistant())
    pages = [(chat.messages[-1]["content"], chat.sources) for _ in chat.ask("What of Malviya?")]
    assert [page.count('class="otr-claim"') for page, _ in pages] == [0, 1, 2, 3, 3]
    assert [panel.count('class="otr-source"') for _, panel in pages] == [0, 1, 2, 3, 3]
    assert "Looking in the documents" in pages[0][0] and "otr-foot" in pages[-1][0]


def test_each_turn_has_anchors_of_its_own() -> None:
    chat = Chat(FakeAssistant())
    assert not ask(chat, "What of Malviya?") and not ask(chat, "And Bhandari?")
    assert [message["role"] for message in chat.messages] == ["user", "assistant"] * 2
    assert "#src-1-1" in chat.messages[1]["content"] and "#src-2-1" in chat.messages[3]["content"]
    assert 'id="src-1-1"' in chat.sources and 'id="src-2-1"' in chat.sources
    assert "Answered as" in chat.messages[3]["content"]


def test_a_refusal_lists_the_nearest_as_nearest() -> None:
    chat = Chat(FakeAssistant())
    ask(chat, "Xyzzy?")
    assert "otr-refused" in chat.messages[1]["content"]
    assert "Nearest&#44; not an answer" in chat.sources or "Nearest, not an answer" in chat.sources


@pytest.mark.parametrize("error", [QuestionError("Too long: ask less."), ModelUnavailable("It is down: try later.")])
def test_an_error_meant_for_readers_is_shown_and_no_claim_of_it(error: OnTheRecordError) -> None:
    chat = Chat(Failing(error))
    assert ask(chat, "Who?") == [error]
    assert "otr-notice" in chat.messages[-1]["content"] and "unfinished" not in chat.messages[-1]["content"]


@pytest.mark.parametrize("error", [RuntimeError("secret detail"), None])
def test_any_other_failure_is_logged_and_the_reader_told_no_more(
    error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    chat = Chat(Failing(error))
    with caplog.at_level(logging.ERROR, "ui.chat"):
        assert not ask(chat, "Who?")
    assert "Something went wrong" in FAILED and "Something went wrong" in chat.messages[-1]["content"]
    assert "secret" not in str(chat.messages) and "unfinished" not in str(chat.messages)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_an_empty_question_leaves_a_notice_and_no_question() -> None:
    chat = Chat(FakeAssistant())
    assert ask(chat, "  ")
    assert [message["role"] for message in chat.messages] == ["assistant"]
    assert not ask(chat, "What of Malviya?")


def test_what_to_ask_next_is_offered_once_the_answer_stands() -> None:
    chat = Chat(FakeAssistant())
    ask(chat, "What of Malviya?")
    assert "otr-offers" not in chat.messages[-1]["content"]
    assert chat.suggest() and not chat.suggest(), "once is enough"
    shown = chat.messages[-1]["content"]
    assert shown.count("otr-ask") == 1 and "And Bhandari" in shown, "what was asked is not offered"


def test_nothing_is_offered_where_it_was_not_checked_or_comes_too_late() -> None:
    chat = Chat(FakeAssistant())
    assert not chat.suggest()
    for _ in chat.ask("What of Malviya?", Filter(kinds=("article",))):
        pass
    assert not chat.suggest(), "they are checked against all documents"
    ask(chat, "And Bhandari?")


def test_a_conversation_that_is_ended_while_questions_are_looked_for_does_not_come_back() -> None:
    class Slow(FakeAssistant):
        def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
            chat.forget()
            return super().suggestions(answer)

    chat = Chat(Slow())
    ask(chat, "What of Malviya?")
    assert not chat.suggest() and not chat.messages


def test_what_comes_late_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(FakeAssistant())
    ask(chat, "What of Malviya?")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + LATE + 1)
    assert not chat.suggest()


def test_a_conversation_that_is_ended_in_mid_answer_stays_ended() -> None:
    chat = Chat(FakeAssistant())
    answering = chat.ask("What of Malviya?")
    next(answering), next(answering)
    chat.forget()
    assert not list(answering) and not chat.messages and not chat.kept()


def test_a_refusal_offers_what_is_answered() -> None:
    chat = Chat(FakeAssistant(), ("What of Malviya?",))
    ask(chat, "Xyzzy?")
    assert "What of Malviya" in chat.messages[1]["content"]
    chat = Chat(FakeAssistant(), ("What of Malviya?",))
    for _ in chat.ask("Xyzzy?", Filter(kinds=("article",))):
        pass
    assert "otr-offers" not in chat.messages[1]["content"]


def test_the_page_does_not_grow_for_ever() -> None:
    chat = Chat(FakeAssistant())
    for _ in range(MAX_TURNS + 5):
        ask(chat, "What of Malviya?")
    assert len(chat.messages) == 2 * MAX_TURNS
    assert f'id="src-{MAX_TURNS + 5}-1"' in chat.sources and 'id="src-1-1"' not in chat.sources
