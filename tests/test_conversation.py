from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from stories import article

from assistant import Answer, Claim, Conversation, QuestionError
from assistant.conversation import standalone
from assistant.types import ANSWERED


def answer(question: str, *claims: Claim, standalone: str = "") -> Answer:
    return Answer(question, standalone or question, ANSWERED, "", claims, (), (), (), None, "quoting")


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("Who is Amit Malviya?", "What did he say about Kassem?", "What did Amit Malviya say about Kassem?"),
        ("Who is Amit Malviya?", "What is his party?", "What is Amit Malviya’s party?"),
        ("Who is Amit Malviya?", "Who wrote to her?", "Who wrote to Amit Malviya?"),
        ("Who is Lahiri?", "What is her name?", "What is Banojyotsna Lahiri’s name?"),
        ("Who is Amit Malviya?", "What did Azmi say about him?", "What did Azmi say about him?"),
        ("Who is Amit Malviya?", "Where is the note?", "Where is the note?"),
        ("What did Malviya say?", "And Jagtap?", "What did Jagtap say?"),
        ("What did Malviya say?", "what about Bhai Jagtap ?", "What did Bhai Jagtap say?"),
        ("What is the law?", "And bail?", "What is the law bail?"),
        ("What did Malviya say?", "And what was it that he said?", "And what was it that Amit Malviya said?"),
        ("What is the law?", "Who is he?", "Who is he?"),
        ("Who made the note public?", "When was it published?", "When was the note published?"),
        ("Who made the note public?", "when?", "When made the note public?"),
        ("Why was he jailed in Delhi?", "and since when was that?", "Since when was he jailed in Delhi?"),
        ("What is in the lawmakers’ letter?", "Who signed it?", "Who signed the lawmakers’ letter?"),
        ("Who made the note public?", "Is it true that he was jailed?", "Is it true that he was jailed?"),
        ("Who made the note public?", "Who wrote that letter?", "Who wrote that letter?"),
    ],
)
def test_a_follow_up_is_read_against_the_question_before(before: str, question: str, expected: str) -> None:
    assert standalone(question, [answer(before)], article().people) == expected


def test_the_first_question_stands_alone() -> None:
    assert standalone("What did he say?", [], article().people) == "What did he say?"


def test_he_is_the_last_speaker_where_nobody_was_asked_about() -> None:
    turn = answer("Who dismissed it?", Claim("Congress leader Bhai Jagtap dismissed it.", (), "Bhai Jagtap"))
    assert standalone("What did he say?", [turn], article().people) == "What did Bhai Jagtap say?"


def test_he_is_the_one_person_named_where_nobody_spoke() -> None:
    turn = answer("Who was jailed?", Claim("Umar Khalid was.", ()))
    assert standalone("Is he free?", [turn], article().people) == "Is Umar Khalid free?"
    two = answer("Who was jailed?", Claim("Umar Khalid and Abu Azmi were.", ()))
    assert standalone("Is he free?", [two], article().people) == "Is he free?"


def test_follow_ups_of_follow_ups() -> None:
    turns = [answer("Who is Malviya?"), answer("And Jagtap?", standalone="Who is Jagtap?")]
    assert standalone("What did he say?", turns, article().people) == "What did Bhai Jagtap say?"


def test_a_conversation_keeps_its_turns_in_order() -> None:
    seen: list[int] = []

    def stream(question: str, turns: Sequence[Answer]) -> Iterator[Claim | Answer]:
        seen.append(len(turns))
        if question == "bad":
            raise QuestionError("The question is bad: ask another.")
        yield Claim("c", ())
        yield answer(question, Claim("c", ()))

    talk = Conversation(stream)
    assert talk.ask("one").question == "one"
    with pytest.raises(QuestionError):
        talk.ask("bad")
    events = list(talk.stream("two"))
    assert [type(event) for event in events] == [Claim, Answer]
    assert [turn.question for turn in talk.turns] == ["one", "two"] and seen == [0, 1, 1]


def test_a_stream_not_read_to_its_end_is_no_turn() -> None:
    def stream(question: str, turns: Sequence[Answer]) -> Iterator[Claim | Answer]:
        yield Claim("c", ())
        yield answer(question)

    talk = Conversation(stream)
    next(talk.stream("one"))
    assert talk.turns == []
