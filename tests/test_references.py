from __future__ import annotations

import pytest
from stories import view_of

from assistant.references import full_name, insertions
from assistant.types import Span
from assistant.views import View

MET = "The mayor, Ann Bell, met Mr Carl Dow, a baker, and his wife, Eve Dow.\n\n"


def read(text: str, words: str) -> tuple[list[str], bool]:
    """`words` of a document with the names put in, and whether they can be read alone."""
    view = view_of(text)
    start = view.document.text.index(words)
    span = Span(start, start + len(words))
    number = next(i for i, sentence in enumerate(view.sentences) if sentence.start <= start < sentence.end)
    names, alone = insertions(view, number, span)
    return [f"{text[start : name.place].split()[-1]} [{name.name}]" for name in names], alone


@pytest.mark.parametrize(
    ("before", "words", "names", "alone"),
    [
        ("Ann Bell left.", "She wept.", ["She [Ann Bell]"], True),
        ("Ann Bell left.", "In Ely her dog wept.", ["her [Ann Bell]"], True),
        ("Ann Bell left.", "Carl Dow said that he wept.", [], True),
        ("Ann Bell left.", "It rained.", [], False),
        ("Ann Bell left.", "They wept.", [], False),
        ("Ann Bell left.", "The bakers said they wept.", [], True),
        ("Ann Bell left.", "But Carl Dow wept.", [], False),
        ("Ann Bell left.", "Carl Dow denied it.", [], False),
        ("Ann Bell left.", "Carl Dow rejected that.", [], False),
        ("Ann Bell left.", "Carl Dow thought that this was wrong.", [], False),
        ("Ann Bell left.", "The bakers did not.", [], False),
        ("Ann Bell left.", "Until then Carl Dow wept.", [], False),
        ("Ann Bell left.", "The latter wept.", [], False),
        ("Ann Bell left.", "In court it rained.", [], False),
        ("Ann Bell left.", "The mayor wept.", ["mayor [Ann Bell]"], True),
        ("Ann Bell left.", "The deputy mayor wept.", [], True),
        ("Ann Bell left.", "The mayor of York wept.", [], True),
        ("Ann Bell left.", "A nurse said that she wept.", [], True),
        ("Ann Bell left.", "In her book, Eve Dow wept.", [], True),
        ("Ann Bell met Eve Dow.", "She wept.", [], False),
        ("Ann Bell’s dog bit.", "She wept.", [], False),
        ("A nurse left.", "She wept.", [], False),
        ("Ann Bell left the nurse.", "She wept.", [], False),
        ("Carl Dow met Ann Bell.", "He wept.", [], False),
        ("Carl Dow met Ann Bell.", "Carl Dow wept when she left.", ["she [Ann Bell]"], True),
        ("Ann Bell left.", "“She is mad,” Carl Dow said.", ["“She [Ann Bell]"], True),
        ("Ann Bell left.", "“She is mad,” Ann Bell said.", ["“She [Eve Dow]"], True),
        ("Ann Bell left.", "“I am mad,” she said.", ["she [Ann Bell]"], True),
        ("Ann Bell said it rained.", "Asked about Carl Dow, she said it poured.", ["she [Ann Bell]"], True),
        ("Ann Bell said it rained.", "When Eve Dow came, she said it poured.", [], False),
        ("Ann Bell said it rained.", "Eve Dow, she said, was mad.", ["she [Ann Bell]"], True),
        ("Mr Carl Dow met his wife, Eve Dow.", "He wept.", ["He [Carl Dow]"], True),
    ],
)
def test_names_for_pronouns(before: str, words: str, names: list[str], alone: bool) -> None:
    assert read(f"{MET}{before} {words}", words) == (names, alone)


def test_a_pronoun_is_told_by_what_is_shown_before_it() -> None:
    text = f"{MET}Ann Bell met Eve Dow. She wept."
    assert read(text, "Ann Bell met Eve Dow. She wept.") == ([], True)
    # The one sentence does not tell it, and the paragraph would.
    longer = f"{MET}Ann Bell came. It rained on Eve Dow and a nurse. She wept."
    assert not read(longer, "She wept.")[1]
    assert not read(longer, "It rained on Eve Dow and a nurse. She wept.")[1]


@pytest.mark.parametrize("between", ["\n\n## Later\n\n", "\n\n- ", "\n2. "])
def test_a_pronoun_is_not_explained_across_a_heading_or_items_of_a_list(between: str) -> None:
    item = "- " if "#" not in between else ""
    assert read(f"{MET}{item}Ann Bell left.{between}She wept.", "She wept.") == ([], False)


@pytest.mark.parametrize(
    ("words", "speaker", "expected"),
    [
        ("Bansal said on X", "Vinod Bansal", "[Vinod] Bansal said on X"),
        ("Ilyas said", "Syed Qasim Rasool Ilyas", "[Syed Qasim Rasool] Ilyas said"),
        ("Qasim Ilyas said", "Syed Qasim Ilyas", "[Syed] Qasim Ilyas said"),
        ("Vinod Bansal said", "Vinod Bansal", "Vinod Bansal said"),
        ("he said about Mamdani", "Vinod Bansal", "He [Vinod Bansal] said about Mamdani"),
        ("the harbour master replied", "Isolde Pennock", "The harbour master [Isolde Pennock] replied"),
        ("said Dr Priya Ellingham", "Priya Ellingham", "Said Dr Priya Ellingham"),
        ("the company said", "company", "The company said"),
        ("Bansalas said", "Vinod Bansal", "Bansalas said"),
        ("", "", ""),
    ],
)
def test_full_name(words: str, speaker: str, expected: str) -> None:
    assert full_name(words, speaker) == expected


def test_insertions_stand_after_a_word_of_the_span() -> None:
    view: View = view_of(f"{MET}Ann Bell left. She wept, and her dog too.")
    for number, sentence in enumerate(view.sentences):
        for name in insertions(view, number, sentence)[0]:
            assert sentence.start < name.place <= sentence.end
            assert view.document.text[name.place - 1].isalpha() and not view.document.text[name.place].isalpha()
