from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import article

from assistant.locating import Evidence, folded, located, needed, occurrences
from assistant.quantities import quantities
from assistant.support import Checker
from assistant.types import Span


@given(st.text(max_size=80))
def test_the_map_leads_every_character_back(text: str) -> None:
    plain, places = folded(text)
    assert len(places) == len(plain) + 1 and list(places) == sorted(places)
    assert all(0 <= place < len(text) for place in places[:-1]) and places[-1] == len(text)


LINE = "When prisons try to isolate, words travel"
SPELLINGS = [
    f"“{LINE}.”",
    f'"{LINE}."',
    LINE.replace(" prisons ", "  prisons\n"),
    LINE.replace("isolate", "iso\u00adlate"),
]


@pytest.mark.parametrize("words", SPELLINGS)
def test_marks_and_white_space_are_no_matter(words: str) -> None:
    (span,) = occurrences(words, article().document.text)
    assert span.of(article().document.text).startswith("When prisons try to isolate, words travel")


@pytest.mark.parametrize(
    "words", ["When prisons try to isolate, words will travel.", "hen prisons try to isolate", "", "..."]
)
def test_other_words_are_not_found(words: str) -> None:
    assert occurrences(words, article().document.text) == []


def test_a_support_is_whole_sentences_of_the_passages_given() -> None:
    view = article()
    whole = [(view, Span(0, len(view.document.text)))]
    (evidence,) = located(["wanted to give a letter in Umar Khalid’s name"], whole) or ()
    assert [view.text(n) for n in evidence.numbers] == [span.of(view.document.text) for span in evidence.spans]
    assert located(["wanted to give a letter"], [(view, view.sentences[0])]) is None
    assert located(["Ilyas said"], whole) is None, "two words stand anywhere"


def test_sentences_that_add_nothing_are_not_cited() -> None:
    view = article()
    (evidence,) = needed(
        "Bhai Jagtap dismissed the backlash as politicisation.", [Evidence(view, (0, len(view.sentences) - 4))]
    )
    assert [view.text(n) for n in evidence.numbers] == [
        "Congress leader Bhai Jagtap dismissed the backlash as politicisation."
    ]


def test_numbers_are_read_with_bounds_and_measures() -> None:
    read = [
        (q.value, q.bound, q.measure)
        for q in quantities("over 700 people, about twenty-five minutes, 1.4 billion, 5%, on 2 May 2020")
    ]
    assert read == [(700, "more", ""), (25, "about", "minut"), (1.4e9, "", ""), (5, "", "%")]


def test_support_is_higher_for_what_is_said() -> None:
    checker = Checker()
    said = "The note itself was made public by Khalid’s partner, Banojyotsna Lahiri, who posted it on X."
    assert checker.support("Lahiri made the note public on X.", said) > 0.6
    assert checker.support("The Supreme Court will decide on bail in March.", said) < 0.4
    assert checker.support("Lahiri made the note public on X. The court will decide on bail in March.", said) < 0.4
