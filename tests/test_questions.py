from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from assistant import QuestionError
from assistant.questions import analyse, clean

SUITES = Path(__file__).resolve().parents[1] / "evals" / "suites"
QUESTIONS = [
    case["question"]
    for path in sorted(SUITES.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))["cases"]
    if not case.get("history")  # a follow-up may hold no words of its own: "why?"
]
ODD = st.sampled_from("\x00\x1b\x7f\u200b\u202e\u2066\ufeff\ud800\ue000\t\r\n\u2028\xa0<>&'\"“?a1é木😀\u0301")


@given(st.text() | st.lists(ODD, max_size=30).map("".join), st.integers(1, 40))
@example("\x00", 10)
@example("\u202e\u202d", 10)
@example("a" * 41, 40)
def test_a_question_is_cleaned_or_refused(text: str, longest: int) -> None:
    try:
        plain = clean(text, longest)
    except QuestionError:
        return
    assert plain == plain.strip() and 0 < len(plain) <= longest
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") for c in plain)
    assert "  " not in plain and any(c.isalnum() for c in plain)
    assert clean(plain, longest) == plain
    plain.encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n\t\x00\u202e\u200b", "is empty"),
        ("😀 👍🏽 …?!", "holds no words"),
        ("why " * 5000, "has 19,999 characters, more than 2,000"),
        (None, "is not text"),
        (b"why", "is not text"),
        (7, "is not text"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_remedy(text: str, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        clean(text, 2000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  who\nis\tKhalid ", "who is Khalid"),
        ("who\x00 is \u202eKhalid\u202c?", "who is Khalid?"),
        ("<script>alert(1)</script> who?", "<script>alert(1)</script> who?"),
        ("उमर ख़ालिद कौन है?", "उमर ख़ालिद कौन है?"),
        ("a\u0301", "a\u0301"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text, 100) == expected


@given(
    st.text(min_size=1)
    | st.lists(st.sampled_from(["who ", "when ", "“", "”", "did ", "Khalid", "say ", "’s "]), min_size=1).map("".join)
)
def test_any_cleaned_question_is_read(text: str) -> None:
    try:
        plain = clean(text, 500)
    except QuestionError:
        return
    question = analyse(plain)
    assert question.text == plain and question == analyse(plain)
    assert all(word == word.lower() for word in question.words)
    assert all(name in plain for name in question.names)
    assert all(quoted in plain for quoted in question.quoted)


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_evals_questions_are_read(text: str) -> None:
    question = analyse(clean(text, 2000))
    assert question.words


def test_quoted_words_are_told_in_any_marks() -> None:
    for marked in ("“not coincidence”", '"not coincidence"', "‘not coincidence’", "'not coincidence'"):
        assert analyse(f"Who said {marked}?").quoted == ("not coincidence",)
    assert analyse("What is Khalid’s father's name?").quoted == ()


def test_names_are_the_capitals_that_tell_something() -> None:
    assert analyse("What did Amit Malviya say about Kassem?").names == ("Amit", "Malviya", "Kassem")
    assert analyse("WHO IS KHALID").names == ()
    assert analyse("What is Khalid’s law?").names == ("Khalid",)


def test_a_question_names_its_dates_and_asks_how_things_stand() -> None:
    asked = analyse("What happened in May 2026?")
    assert [str(date) for date in asked.dates] == ["May 2026"] and "2026" not in asked.words
    assert not asked.current and asked.names == ()
    assert analyse("Is Khalid still in jail?").current and analyse("what's the latest?").current
    assert [str(date) for date in analyse("who got bail on 5 January").dates] == ["5 January"]
    assert analyse("What did Valerie June say?").names == ("Valerie", "June")


def test_a_reaction_is_to_something() -> None:
    assert analyse("How did Republicans react to the note?").topic == "the note?"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Who made the note public????", "Who made the note public?"),
        ("Who made the note public ?!", "Who made the note public?"),
        ("Answer me!!", "Answer me!"),
        ("Is he in the U.S.??", "Is he in the U.S.?"),
        ("Is he in the U.S.?", "Is he in the U.S.?"),
    ],
)
def test_how_often_a_mark_is_typed_makes_no_other_question(typed: str, read: str) -> None:
    assert analyse(typed).text == read


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("so where is umar these days", ("umar",)),
        ("Where is Umar Khalid right now?", ("umar", "khalid")),
        ("remind me who ramzi kassem is", ("ramzi", "kassem")),
        ("I was wondering when the oath was taken", ("oath", "taken")),
        ("Who said that now is the time?", ("said", "time")),
    ],
)
def test_words_of_the_present_and_of_talk_are_no_topic(typed: str, words: tuple[str, ...]) -> None:
    assert analyse(typed).words == words
