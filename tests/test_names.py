from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import article, stories

from assistant.names import People, Person, people
from assistant.types import Span
from assistant.views import View


def names(text: str) -> dict[str, str]:
    return {person.name: person.role for person in people(text).persons}


def test_the_people_of_the_article() -> None:
    assert {person.name: person.role for person in article().people.persons if person.certain} == {
        "Zohran Mamdani": "New York City Mayor",
        "Umar Khalid": "jailed activist",
        "Syed Qasim Rasool Ilyas": "AIMPLB spokesperson and Khalid’s father",
        "Banojyotsna Lahiri": "Khalid’s partner",
        "Amit Malviya": "BJP IT cell chief",
        "Pradeep Bhandari": "BJP spokesperson",
        "Vinod Bansal": "VHP national spokesperson",
        "Vinay Kwatra": "Indian Ambassador",
        "Abu Azmi": "Samajwadi Party leader",
        "Bhai Jagtap": "Congress leader",
    }


@pytest.mark.parametrize("view", stories(), ids=lambda view: view.document.id)
def test_no_place_or_body_of_the_stories_is_surely_a_person(view: View) -> None:
    sure = {person.name for person in view.people.persons if person.certain}
    bodies = r"Castle|Lower|Lane|Deep|Hall|Bank|Trust|Holdings|Partners|Rovers|Weekly|Radio|Union|Grade|Marine|\bI\b"
    assert sure and not [name for name in sure if re.search(bodies, name)]


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("The mayor, Ann Bell, spoke.", "Ann Bell", "mayor"),
        ("Ann Bell, the mayor of Ely, spoke.", "Ann Bell", "mayor of Ely"),
        ("Ann Bell, chairman of the Ely Trust (ET), spoke.", "Ann Bell", "chairman of the Ely Trust"),
        ("“It is so,” Dr Ann Bell said.", "Ann Bell", "Dr"),
        ("Dr Ann Bell, the trust’s chief executive, spoke.", "Ann Bell", "trust’s chief executive"),
        ("His partner, Ann Bell, spoke.", "Ann Bell", "His partner"),
        ("But Professor Ann Bell spoke.", "Ann Bell", "Professor"),
        ("In the hall, where Senator Ann Bell spoke.", "Ann Bell", "Senator"),
        ("Mayor Zoë O’Hara-Böll Jr. spoke.", "Zoë O’Hara-Böll Jr.", "Mayor"),
        ("Asked by Ahmed al-Darbi, he left.", "Ahmed al-Darbi", ""),
        ("It was sold to Bell Holdings, the owner’s firm.", "", ""),
        ("the Supreme Court and New York City", "", ""),
        ("the Bell Growers’ Union and the Bell Growers’ League", "", ""),
        ("Many Americans and Mostly I", "", ""),
    ],
)
def test_a_name_and_its_role(text: str, name: str, role: str) -> None:
    assert names(text) == ({name: role} if name else {})


def test_initials_and_parts_are_the_same_person() -> None:
    assert list(names("Syed Qasim Ilyas came. S.Q. Ilyas left. Qasim Ilyas slept.")) == ["Syed Qasim Ilyas"]


def mentioned(text: str, words: str) -> list[str]:
    return [mention.person.name for mention in people(text).mentions(words)]


def test_mentions_by_name_surname_and_first_name() -> None:
    text = "Ann Bell met Carl Dow."
    assert mentioned(text, "Bell, Carl and Carl Dow; Bellamy, Ann-Marie") == ["Ann Bell", "Carl Dow", "Carl Dow"]


def test_a_surname_of_two_names_neither() -> None:
    assert mentioned("Ann Bell met Carl Bell.", "Bell met Ann and Carl Bell") == ["Ann Bell", "Carl Bell"]


@pytest.mark.parametrize(
    "text",
    [
        "President Obama spoke. Michelle Obama wept.",
        "Hillary Clinton spoke. Her husband, Bill Clinton, wept.",
        "Mrs Clinton spoke. Then came Chelsea Clinton.",
    ],
)
def test_a_surname_that_others_bear_too_names_nobody(text: str) -> None:
    assert not mentioned(text, "Obama and Clinton")


def test_owners_are_told_from_doers() -> None:
    who = people("Umar Khalid met Abu Ilyas.")
    words = "Khalid’s note, Khalid's, Ilyas’ note, Khalid, ‘Khalid’ and Ilyas"
    assert [mention.possessive for mention in who.mentions(words)] == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("text", "role", "name"),
    [
        ("The mayor, Ann Bell, spoke.", "mayor", "Ann Bell"),
        ("Captain Ann Bell, the harbour master, spoke.", "harbour master", "Ann Bell"),
        ("Captain Ann Bell, the harbour master, spoke.", "master", "Ann Bell"),
        ("The mayor, Ann Bell, spoke.", "deputy mayor", ""),
        ("A former mayor, Ann Bell, spoke.", "mayor", ""),
        ("The deputy mayor, Ann Bell, spoke.", "mayor", ""),
        ("The mayor, Ann Bell, met another mayor, Carl Dow.", "mayor", ""),
        ("Ann Bell, the president, met President Obama.", "president", ""),
        ("Ann Bell spoke.", "mayor", ""),
    ],
)
def test_who_holds_an_office(text: str, role: str, name: str) -> None:
    held = people(text).holder(role)
    assert (held.name if held else "") == name


@pytest.mark.parametrize(
    ("text", "words", "pronoun", "expected"),
    [
        ("Mayor Ann Bell met Carl Dow, 40.", "Bell spoke.", "she", {"Ann Bell"}),
        ("Mayor Ann Bell met Carl Dow, 40.", "Bell met Dow.", "she", {"Ann Bell", "Carl Dow"}),
        ("Mr Carl Dow met his wife, Ann Bell.", "Bell met Dow.", "she", {"Ann Bell"}),
        ("Mr Carl Dow met his wife, Ann Bell.", "Bell met Dow.", "his", {"Carl Dow"}),
        ("Mayor Ann Bell met Carl Dow, 40.", "Dow’s note pleased Bell.", "he", {"Ann Bell"}),
        ("Mayor Ann Bell met Carl Dow, 40.", "Dow’s note came.", "he", {None}),
        ("Mayor Ann Bell met Carl Dow, 40.", "A nurse came.", "he", {None}),
        ("Mayor Ann Bell met Carl Dow, 40.", "A spokesman came.", "she", set()),
        ("Mayor Ann Bell met Carl Dow, 40.", "The mayor came.", "she", {"Ann Bell"}),
        ("Mayor Ann Bell met Carl Dow, 40.", "Bell is a nurse.", "she", {"Ann Bell"}),
        ("Mayor Ann Bell met Carl Dow, 40.", "The book is by Dow.", "he", {None}),
        ("Mayor Ann Bell met Carl Dow, 40.", "It shows him, but Dow left.", "he", {"Carl Dow", None}),
        ("Mayor Ann Bell met Carl Dow, 40.", "It is a Dow caricature.", "he", {None}),
        ("Mayor Ann Bell met Carl Dow, 40.", "Mr Smith left.", "he", {None}),
        ("Mayor Ann Bell came. Smith said so.", "Smith met Bell.", "he", {"Ann Bell", None}),
        ("Mayor Ann Bell saw Ebden Deep.", "Ebden Deep slept.", "she", {None}),
        ("Mayor Ann Bell met Carl Dow, 40.", "It rained.", "she", set()),
    ],
)  # fmt: skip
def test_whom_a_pronoun_can_mean(text: str, words: str, pronoun: str, expected: set[str | None]) -> None:
    assert {person.name if person else None for person in people(text).meant(words, pronoun)} == expected


def test_titles_and_roles_tell_he_from_she() -> None:
    who = people("His daughter, Ann Bell, met Carl Dow. Mr Dow met Mayor Eve Fox. Mr Hay and Mrs Hay met Gil Hay.")
    genders = {person.name: person.gender for person in who.persons}
    assert genders == {"Ann Bell": "she", "Carl Dow": "he", "Eve Fox": "", "Gil Hay": ""}


PIECES = (
    "Ann Bell", "Bell", "Carl Dow", "Mr ", "Mayor ", ", the mayor, ", "the mayor ", "a ", "’s ", "'s ", ". ", "\n\n",
    " he ", "Dr. ", "J. ", "I ", "said ", "“", "”", "al-", "É", " of ", "’ ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


@given(TEXTS, TEXTS)
def test_any_text_has_people_and_mentions_of_them(text: str, words: str) -> None:
    who = people(text)
    for person in who.persons:
        assert person.name in text and (not person.role or person.role in text)
        assert who.by_name(person.name) in (person, None)
    for mention in who.mentions(words, offset=5):
        assert Span(mention.span.start - 5, mention.span.end - 5).of(words) in mention.person.name
    for span, noun, _ in who.described(words):
        assert noun in span.of(words).lower()
    for pronoun in ("he", "her"):
        who.meant(words, pronoun)


def test_nobody() -> None:
    nobody = People(())
    assert not list(nobody.mentions("Ann Bell")) and nobody.by_name("Bell") is None and nobody.holder("mayor") is None
    assert Person("Ann Bell", "chair of the bar council").role_noun == "chair"
    assert Person("Ann Bell").role_noun == ""
