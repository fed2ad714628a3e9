"""Which sentences answer: rules that hold of any story, on one that is invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, Settings
from assistant.questions import analyse
from assistant.types import NOT_IN_DOCUMENTS

TITLE = "Poet's sentence cut, publisher fined"
TEXT = """The poet Isolde Karimba was sentenced in Novaster to three years in prison for insulting the governor. Her publisher, \
Absolom Reiter, was fined 15,000 marks in the same judgment. The trial had lasted eleven days.

On 30 November Karimba was moved from Novaster to the women's jail at Hessel, 300 kilometres from her family.

The ruling divided the province. The guild's chairwoman, Imke Solano, was less resigned than others and called it "a gift wrapped \
in a footnote". The bishop, Teodor Vance, criticised the ruling in his sermon. The harbour master, Odo Pryce, criticised the \
new ferry timetable the same day. The mayor, Runa Castell, accused the guild of backing smugglers.

Solano wrote to Karimba that the members were behind her. In her letter she wrote that “a cell has no ceiling for a poem.”
"""


@pytest.fixture(scope="module")
def poet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("poet")
    (folder / "corpus").mkdir()
    head = f"---\nid: poet\ntitle: {json.dumps(TITLE)}\npublisher: The Larch Street Journal\npublished: 2024-12-02\n---\n\n"
    (folder / "corpus" / "poet.md").write_text(head + TEXT, encoding="utf-8")
    with Assistant.open(Settings(corpus=str(folder / "corpus"), data_dir=str(folder / "data"))) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much was Absolom Reiter fined?", "15,000 marks"),  # a coin that no list has
        ("To which jail was Karimba moved?", "jail at Hessel"),
        ("What did Imke Solano call the ruling?", "a gift wrapped in a footnote"),
    ],
)
def test_what_a_sentence_says_in_its_own_way_answers(poet: Assistant, question: str, words: str) -> None:
    assert words in poet.ask(question).claims[0].text


@pytest.mark.parametrize("question", ["How much does the governor earn?", "Which hospital was Karimba taken to?"])
def test_the_right_kind_of_thing_about_something_else_does_not(poet: Assistant, question: str) -> None:
    assert poet.ask(question).status == NOT_IN_DOCUMENTS


def test_who_criticised_something_is_not_who_criticised_something_else(poet: Assistant) -> None:
    said = " ".join(claim.text for claim in poet.ask("Who criticised the ruling?").claims)
    assert "Teodor Vance" in said and "Pryce" not in said


def test_who_accuses_others_of_backing_somebody_backs_nobody(poet: Assistant) -> None:
    assert "Castell" not in poet.ask("Who backed the smugglers?").text


def test_where_the_very_words_are_asked_for_they_come_first(poet: Assistant) -> None:
    assert "a cell has no ceiling for a poem" in poet.ask("What exactly did Solano write to Karimba?").claims[0].text


@pytest.mark.parametrize(
    ("question", "current"),
    [
        ("Is she out on bail?", True),
        ("Where is Karimba?", True),
        ("Has the trial started?", True),
        ("Is the mayor a poet?", False),
        ("Where was she moved?", False),
    ],
)
def test_a_question_in_the_present_asks_how_things_stand(question: str, current: bool) -> None:
    assert analyse(question).current == current


def test_whether_somebody_did_it_is_not_answered_by_who_names_them(story: Assistant) -> None:
    """ "Did Rahul Gandhi write the note?" was answered with a rival's hint at him."""
    said = story.ask("Did Rahul Gandhi write the note?").text
    assert "one name keeps recurring" not in said
    assert "Lahiri" in story.ask("Has Lahiri posted the note?").claims[0].text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What's the UAPA, in plain terms?", "(UAPA) dates from 1967"),
        ("Does Khalid hold a passport?", "passport"),
        ("Did Rahul Gandhi or his party answer the BJP's charge straight away?", "answered the BJP's accusation"),
        ("How far has the trial itself got?", "in the case"),
    ],
)
def test_how_it_is_asked_is_not_what_is_asked(story: Assistant, question: str, words: str) -> None:
    assert words in story.ask(question).text
