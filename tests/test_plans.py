from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.plans import PARTS, plan, takes


@pytest.mark.parametrize(
    "words", ["hi", "Hello there!", "thank you so much", "ok thanks", "good morning", "who are you?", "bye"]
)
def test_a_greeting_asks_nothing(words: str) -> None:
    assert plan(words).shape == "greeting"


@pytest.mark.parametrize(
    "words", ["hi, who made the note public?", "Who said hello?", "no evidence", "cool the engine how?"]
)
def test_what_only_begins_like_a_greeting_is_none(words: str) -> None:
    assert plan(words).shape != "greeting"


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("what is this about?", ""),
        ("Summarise the row in brief", ""),
        ("tl;dr", ""),
        ("What's going on?", ""),
        ("give me an overview of the dredging", "dredging"),
        ("summarize the lawmakers' letter", "lawmakers' letter"),
        ("Sum up what the port's unions wanted.", "what the port's unions wanted"),
        ("How did the fishermen take it? A short overview, please.", "How did the fishermen take it"),
        ("Brief me on the failed bids of 2022", "failed bids of 2022"),
    ],
)
def test_a_summary_is_of_the_whole_or_of_a_topic(words: str, topic: str) -> None:
    made = plan(words)
    assert (made.shape, made.topic) == ("summary", topic)


@pytest.mark.parametrize(
    ("words", "judged", "charged"),
    [
        ("is umar khalid guilty?", "umar khalid", True),
        ("Was Stannard really a fraudster?", "Stannard", True),
        ("Is the mayor antisemitic", "the mayor", False),
        ("Is the law unfair?", "the law", False),
    ],
)
def test_a_verdict_asked_for_is_told(words: str, judged: str, charged: bool) -> None:
    made = plan(words)
    assert (made.shape, made.judged, made.charged) == ("sides", judged, charged)


@pytest.mark.parametrize("words", ["Was the note handwritten?", "Is Bansal the VHP spokesperson?", "Is he the mayor?"])
def test_a_fact_asked_for_is_no_verdict(words: str) -> None:
    assert not plan(words).judged


@pytest.mark.parametrize(
    "words", ["Do you think he is right?", "Should Khalid get bail?", "Who is to blame?", "what's your view"]
)
def test_an_opinion_asked_for_is_told(words: str) -> None:
    assert plan(words).shape == "sides"


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("How do the VHP and the BJP differ over the note?", ("the VHP", "the BJP")),
        ("How do the BJP's and the Opposition's reactions differ?", ("the BJP", "the Opposition")),
        ("compare the views of Orsen and Abara on the plums", ("Orsen", "Abara")),
        ("Bansal vs Azmi", ("Bansal", "Azmi")),
        ("What is the difference between Tove and Garrity?", ("Tove", "Garrity")),
    ],
)
def test_a_comparison_asks_for_each_party(words: str, parts: tuple[str, str]) -> None:
    made = plan(words)
    assert made.shape == "sides" and len(made.parts) == 2
    assert all(f"What did {party} say" in asked for party, asked in zip(parts, made.parts, strict=True))


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("Who is Kassem and what did Malviya say about him?", ("Who is Kassem?", "what did Malviya say about him?")),
        ("When was he jailed? Why was he jailed?", ("When was he jailed?", "Why was he jailed?")),
        ("who got bail and who didn't?", ("who got bail and who didn't?",)),
        ("What did Ilyas and Lahiri say?", ("What did Ilyas and Lahiri say?",)),
        ("Who made it public and when?", ("Who made it public and when?",)),
    ],
)
def test_two_questions_in_one_are_taken_apart(words: str, parts: tuple[str, ...]) -> None:
    assert plan(words).parts == parts


def test_a_list_keeps_what_is_listed_and_the_stance() -> None:
    made = plan("list everyone who criticised the note")
    assert (made.shape, made.parts, made.stance) == ("list", ("who criticised the note",), "critical")
    assert plan("Who supported the strike?").stance == "supportive"
    assert plan("Which parties reacted?").stance == ""
    assert plan("Who made the note public?").shape == "plain"


def test_a_stance_is_told_by_the_words_of_it() -> None:
    assert takes("critical", "He accused them of meddling") and not takes("supportive", "He accused them of meddling")
    assert takes("supportive", "She thanked the mayor")


@given(st.text(min_size=1, max_size=200))
def test_any_question_has_a_plan(words: str) -> None:
    made = plan(words)
    assert len(made.parts) <= PARTS and bool(made.parts) == (made.shape != "greeting")


def test_a_fair_trial_is_no_verdict_on_whoever_asks_for_it() -> None:
    assert plan("Are the lawmakers calling for a fair trial?").shape == "plain"
    assert plan("Was the trial fair to him?").judged == "the trial"
