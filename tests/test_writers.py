from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import article, draft_of, stories, view_of, written

from assistant.verification import failure
from assistant.views import View
from assistant.writers import CONTEXT, ITEMS, Draft, QuotingWriter


def text_of(view: View, words: str) -> str | None:
    made = draft_of(view, words)
    return made.text if made else None


def story(identity: str) -> View:
    return next(view for view in stories() if view.document.id == identity)


@pytest.mark.parametrize(
    ("words", "expected", "speaker"),
    [
        (
            "25 minutes",
            "[Syed Qasim Rasool] Ilyas said on Friday: “We met him [Zohran Mamdani] for about 25 minutes.”",
            "Syed Qasim Rasool Ilyas",
        ),
        (
            "I am hopeful",
            "[Syed Qasim Rasool] Ilyas said: “I am hopeful that bail will be granted this time.”",
            "Syed Qasim Rasool Ilyas",
        ),
        (
            "made public",
            "The note itself was made public by Khalid’s partner, Banojyotsna Lahiri, who posted it on X with the "
            "line, “When prisons try to isolate, words travel.”",
            "Banojyotsna Lahiri",
        ),
        (
            "He mentioned meeting",
            "He [Zohran Mamdani] mentioned meeting Khalid’s parents and wrote that “we are all thinking of you.”",
            "Zohran Mamdani",
        ),
        (
            "is insulting it",
            '"The newly elected mayor, who took an oath on Quran, is insulting it," he [Vinod Bansal] said about '
            "Mamdani.",
            "Vinod Bansal",
        ),
        (
            "he traced meetings",
            "In a post on X, he [Pradeep Bhandari] traced meetings between US lawmakers and Rahul Gandhi, the "
            "reintroduction of a US bill naming India over Islamophobia, and a recent letter by American lawmakers "
            "raising concerns over Khalid.",
            None,
        ),
        (
            "does not even have a passport",
            "Khalid, he [Syed Qasim Rasool Ilyas] said, does not even have a passport and has been in jail for the "
            "past five years, making it impossible for him to have met foreign leaders or built overseas links.",
            "Syed Qasim Rasool Ilyas",
        ),
        ("is not a terrorist", "[Bhai] Jagtap said: “Umar Khalid is not a terrorist.”", "Bhai Jagtap"),
    ],
)  # fmt: skip
def test_sentences_of_the_article_alone(words: str, expected: str, speaker: str | None) -> None:
    made = draft_of(article(), words)
    assert made and (made.text, made.speaker) == (expected, speaker)


def test_an_allegation_keeps_its_charge() -> None:
    made = draft_of(article(), "masterminds")
    assert made and made.text.startswith("Khalid is accused under the Unlawful Activities (Prevention) Act, 1967")
    assert made.speaker is None


@pytest.mark.parametrize("words", ["What serious charges", "This was a social message", "He accused them"])
def test_what_leans_on_the_sentence_before_takes_it_along(words: str) -> None:
    made = text_of(article(), words)
    assert made and not made.startswith(words) and words.split()[-1] in made.split(". ", 1)[1]


@pytest.mark.parametrize(
    ("identity", "words", "expected"),
    [
        (
            "aldercross-takeover", "I'd do it again",
            "[Derek] Stannard told supporters after the count: “I'd do it again. But it needs someone younger and it "
            "needs someone richer.”",
        ),
        (
            "fennimore-school-fire", "The children do not",
            "She [Miriam Shawcross] said: “Some parents may disagree with me. The children do not.”",
        ),
        (
            "hollinvale-breach", "Nobody will be asked",
            "Said Dr Priya Ellingham: “Nobody will be asked to pay for putting it right.”",
        ),
        (
            "hollinvale-breach", "no record of such a warning",
            "The chief executive [Priya Ellingham] said that she had no record of such a warning.",
        ),
        (
            "tarrowhaven-dredging", "My father potted there",
            "Rory Maddern, chairman of the Tarrowhaven Inshore Fishermen’s Association (TIFA), told the meeting: “My "
            "father potted there.”",
        ),
        (
            "tarrowhaven-dredging", "In 1987",
            "The chairman [Rory Maddern] replied: “In 1987 we tied 40 boats across that entrance, and they went home.”",
        ),
    ],
)  # fmt: skip
def test_sentences_of_the_other_stories_alone(identity: str, words: str, expected: str) -> None:
    assert text_of(story(identity), words) == expected


@pytest.mark.parametrize(
    ("identity", "words", "before"),
    [
        ("fennimore-school-fire", "The chair denied this.", "Hugo Sarsby"),
        ("hollinvale-breach", "Mr Tove rejected that.", "In a statement the company"),
        ("tarrowhaven-dredging", "The harbour master denied it.", "Several speakers"),
        ("orrin-seed-expedition", "In Vallamere it will be dried", "The team took"),
    ],
)
def test_a_denial_shows_what_is_denied(identity: str, words: str, before: str) -> None:
    assert str(text_of(story(identity), words)).startswith(before)


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        ("fennimore-school-fire", "I stood on that drive"),
        ("hollinvale-breach", "It was where I live"),
        ("orrin-seed-expedition", "He was kneeling"),
        ("orrin-seed-expedition", "They left with six people"),
    ],
)
def test_what_cannot_be_credited_or_read_alone_is_not_shown(identity: str, words: str) -> None:
    assert draft_of(story(identity), words) is None


def test_a_list_is_shown_whole_with_its_lead() -> None:
    view = story("hollinvale-breach")
    drafts = {text_of(view, words) for words in ("the folder held:", "dates of birth", "about 19,000", "2,312")}
    (shown,) = drafts
    assert shown and shown.startswith("According to a notice") and shown.endswith("for 2,312 patients")


def test_a_list_too_long_is_not_shown() -> None:
    items = "\n".join(f"- thing {number}" for number in range(ITEMS + 1))
    view = view_of(f"The folder held:\n\n{items}\n\nIt rained.")
    assert text_of(view, "thing 3") is None


def test_what_follows_a_colon_is_not_the_documents_own() -> None:
    view = view_of("Ann Bell, the mayor, spoke. Bell added:\n\nCarl Dow is a thief. So much is known.")
    assert text_of(view, "a thief") == "Bell added: Carl Dow is a thief."
    assert text_of(view_of("Bell added:\n\n“Carl Dow is a thief.”"), "a thief") is None


TAKEN_BACK = """Ann Bell, the mayor, came. “Carl Dow is a thief. {} It is not for me to say,” Bell said."""


@pytest.mark.parametrize(
    "after",
    [
        "That is what they say.", "That’s a lie, of course.", "But he never stole.", "Not that he stole.", "No!",
        "Or so I am told.", "Nonsense!", "Never.",
    ],
)  # fmt: skip
def test_a_quotation_is_not_cut_before_it_is_taken_back(after: str) -> None:
    assert f"Carl Dow is a thief. {after}" in str(text_of(view_of(TAKEN_BACK.format(after)), "a thief"))


def test_a_quotation_is_cut_elsewhere() -> None:
    assert (
        text_of(view_of(TAKEN_BACK.format("The town knows.")), "a thief") == "[Ann] Bell said: “Carl Dow is a thief.”"
    )


def test_single_marks_are_quotation_marks() -> None:
    view = view_of("Ann Bell, the mayor, came. ‘The boys’ club is shut. It rained “cats and dogs” there,’ Bell said.")
    assert text_of(view, "shut") == "[Ann] Bell said: “The boys’ club is shut.”"
    assert text_of(view, "rained") == "‘The boys’ club is shut. It rained “cats and dogs” there,’ Bell said."


def test_marks_within_are_told_from_those_around() -> None:
    view = view_of("Ann Bell, the mayor, came. ‘The club is shut. Dow rained “cats and dogs” there. Fine,’ Bell said.")
    made = draft_of(view, "rained")
    assert made and made.text == "[Ann] Bell said: ‘Dow rained “cats and dogs” there.’"
    assert failure(made, view) is None


def test_the_speaker_of_a_draft_is_that_of_what_was_asked_for() -> None:
    view = story("hollinvale-breach")
    made = draft_of(view, "He declined to publish them")
    assert made and "Marcus Tove] said" in made.text and made.speaker is None
    two = draft_of(story("tarrowhaven-dredging"), "a fairy tale")
    assert two and two.speaker is None


def test_a_draft_gives_the_sentence_asked_for_and_little_before_it() -> None:
    for w in written():
        shown = [
            number
            for span in w.draft.spans
            for number, sentence in enumerate(w.view.sentences)
            if sentence.start < span.end and span.start < sentence.end
        ]
        assert w.number in shown, w
        listed = w.view.text(w.number)[:1].islower() or w.view.text(w.number).endswith(":")
        # The credit of a quotation stands up to its length away.
        quote = any(w.view.quotation(w.view.sentences[number].start + 1) for number in shown)
        assert listed or quote or w.number - min(shown) <= CONTEXT, w
        assert max(shown) - w.number <= (ITEMS if listed or quote else 0), w


PIECES = (
    "“So it is", "”", "“", "‘", "’", '"', " Ann Bell", " Bell said", ", said Bell", " he said", " He wept", ". ", ", ",
    "\n\n", ": ", "\n- item", " The mayor, Ann Bell, ", "But ", " She", "Carl Dow", " [x] ", "..", "(",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join))
def test_any_document_makes_drafts_that_say_nothing_of_their_own(text: str) -> None:
    """Whatever the document: no exception, and what passes verification gives its words."""
    view = view_of(text)
    for number in range(len(view.sentences)):
        made: Draft | None = QuotingWriter().write(view, [number], 0.5)
        if made is None or failure(made, view):
            continue
        assert made.support == 0.5 and made.spans
        shown = re.findall(r"\w", re.sub(r"\[[^\[\]]*\]", "", made.text).casefold())
        cited = "".join(span.of(text) for span in made.spans)
        assert shown == re.findall(r"\w", re.sub(r"\[[^\[\]]*\]", "", cited).casefold())
