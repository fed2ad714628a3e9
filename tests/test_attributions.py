from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stories import article, document, said_in, splitter, stories

from assistant.attributions import attributions
from assistant.passages import passages
from assistant.quotations import outermost
from assistant.types import Attribution, Span
from assistant.views import View

ILYAS, BANSAL = "Syed Qasim Rasool Ilyas", "Vinod Bansal"
# Speaker, kind, credit and first words of all that the article credits or quotes, in its order; "" is nobody.
ARTICLE = [
    (ILYAS, "indirect", "Syed Qasim Rasool Ilyas, confirmed", "AIMPLB spokesperson"),
    (ILYAS, "direct", "Ilyas said on Friday", "We met him for about 25 minutes."),
    ("Banojyotsna Lahiri", "direct", "Banojyotsna Lahiri, who posted", "When prisons try to isolate"),
    ("", "partial", "", "bitterness"),
    ("Zohran Mamdani", "direct", "He mentioned", "we are all thinking of you."),
    (ILYAS, "direct", "Ilyas said", "The matter has recently been argued"),
    ("Amit Malviya", "indirect", "Amit Malviya linked", "BJP IT cell chief Amit Malviya"),
    ("Amit Malviya", "direct", "Malviya wrote on X", "Soon after taking oath"),
    ("Amit Malviya", "partial", "Malviya", "not coincidence"),
    ("Pradeep Bhandari", "direct", "Bhandari said", "Every time an anti India narrative"),
    (BANSAL, "indirect", "Vinod Bansal also targeted", "VHP national spokesperson"),
    (BANSAL, "partial", "He accused", "criminals"),
    (BANSAL, "partial", "Bansal said", "truth"),
    (BANSAL, "partial", "Bansal said", "standing by killers"),
    (BANSAL, "direct", "he said about Mamdani", "The newly elected mayor"),
    ("US lawmakers", "indirect", "The US lawmakers, for their part, have urged", "The US lawmakers"),
    ("", "partial", "", "masterminds"),
    ("Abu Azmi", "indirect", "Abu Azmi questioned", "Samajwadi Party leader"),
    ("Abu Azmi", "direct", "Azmi said", "When people are in distress"),
    (ILYAS, "indirect", "Ilyas rejected", "On claims that Khalid"),
    (ILYAS, "indirect", "he said", "Khalid, he said, does not"),
    ("Bhai Jagtap", "indirect", "Bhai Jagtap dismissed", "Congress leader"),
    ("Bhai Jagtap", "direct", "Jagtap said", "Umar Khalid is not a terrorist."),
]


def test_who_said_what_in_the_article() -> None:
    text = article().document.text
    found = [(a.speaker, a.kind, a.credit.of(text), text[a.start : a.end]) for a in article().attributions]
    assert [(*row[:3], row[3][: len(words)]) for row, (*_, words) in zip(found, ARTICLE, strict=True)] == ARTICLE


@pytest.mark.parametrize(
    ("story", "speaker", "words"),
    [
        ("aldercross-takeover", "Derek Stannard", "I've put in six and a half million"),
        ("aldercross-takeover", "Yusuf Bellamy", "and we got four answers"),
        ("aldercross-takeover", "Derek Stannard", "If the loan's paid"),
        ("aldercross-takeover", "Lena Garside", "I've got a squad of 22"),
        ("fennimore-school-fire", "Gareth Holloway", "There is nothing to suggest"),
        ("fennimore-school-fire", "Ines Dacombe", "an insult to the village"),
        ("fennimore-school-fire", "Miriam Shawcross", "We got the children's paintings out"),
        ("fennimore-school-fire", "Alastair Pyke", "The 2022 report had graded"),
        ("hollinvale-breach", "Priya Ellingham", "People tell us things"),
        ("hollinvale-breach", "Priya Ellingham", "She had asked, she added"),
        ("hollinvale-breach", "Joanna Pryce", "Joanna Pryce, regional secretary"),
        ("hollinvale-breach", "", "It wasn’t a folder."),
        ("orrin-seed-expedition", "Helen Marchetti", "I would like to say that I wept."),
        ("orrin-seed-expedition", "Leyla Orsen", "They came with clipboards"),
        ("orrin-seed-expedition", "", "He will be named as an author"),
        ("tarrowhaven-dredging", "Isolde Pennock", "Every winter another 20 centimetres"),
        ("tarrowhaven-dredging", "Rory Maddern", "and where they want to put it"),
        ("tarrowhaven-dredging", "Mr Maddern", "a fairy tale written in an office"),
        ("tarrowhaven-dredging", "Gwen Maddern", "What I want is a proper survey"),
        ("tarrowhaven-dredging", "Isolde Pennock", "There is no deal"),
        ("tarrowhaven-dredging", "", "Several speakers on Tuesday alleged"),
        ("tarrowhaven-dredging", "Rory Maddern", "Ask the last lot"),
    ],
)
def test_who_said_what_in_the_other_stories(story: str, speaker: str, words: str) -> None:
    (view,) = (view for view in stories() if view.document.id == story)
    found = [a.speaker for a in view.attributions if view.document.text.startswith(words, a.start)]
    assert found == [speaker]


MET = "Ann Bell, the mayor of Ely, met Carl Dow, 40, a baker.\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("“So it is,” Bell said.", ["Ann Bell"], id="after"),
        pytest.param("Bell said: “So it is.”", ["Ann Bell"], id="before"),
        pytest.param("“So it is,” said Bell.", ["Ann Bell"], id="inverted"),
        pytest.param("“So it is,” said the mayor, Ann Bell.", ["Ann Bell"], id="inverted with a role"),
        pytest.param("“So,” Bell said, “it is.”", ["Ann Bell", "Ann Bell"], id="in the middle"),
        pytest.param("“So,” Bell said. “It is.” It rained.", ["Ann Bell", "Ann Bell"], id="goes on"),
        pytest.param("“So,” Bell said. “It is,” Dow said.", ["Ann Bell", "Carl Dow"], id="is answered"),
        pytest.param("“So,” Bell said.\n\n“It is.”", ["Ann Bell", ""], id="another paragraph"),
        pytest.param("Bell said: “So.\n\n“It is.”", ["Ann Bell", "Ann Bell"], id="left open"),
        pytest.param("‘So it is,’ Bell said. ‘It isn’t the boys’ club.’", ["Ann Bell", "Ann Bell"], id="single marks"),
        pytest.param("Bell spoke. “So it is,” the mayor said.", ["Ann Bell"], id="by the role"),
        pytest.param("Bell spoke. “So it is,” the mayor of York said.", [""], id="another mayor"),
        pytest.param("Bell spoke. “So it is,” the deputy mayor said.", [""], id="a deputy"),
        pytest.param("Bell spoke. “So it is,” a nurse said.", [""], id="somebody"),
        pytest.param("Bell spoke. “So it is,” she said.", ["Ann Bell"], id="pronoun"),
        pytest.param("Bell met Dow. “So it is,” she said.", [""], id="pronoun for one of two"),
        pytest.param("A nurse met Bell. “So it is,” she said.", [""], id="pronoun for somebody else"),
        pytest.param(
            "Bell spoke. The nurse denied it. “So it is,” she said.", ["", ""], id="pronoun after somebody else"
        ),
        pytest.param("Bell said Dow lied. “So it is,” she said.", ["Ann Bell", "Ann Bell"], id="pronoun for who spoke"),
        pytest.param("Bell’s dog bit Dow’s. “So it is,” she said.", [""], id="pronoun for an owner"),
        pytest.param("“So it is,” Bell, who met Carl Dow, said.", ["Ann Bell"], id="relative clause"),
        pytest.param("“So it is,” Bell, a friend of Dow, said.", ["Ann Bell"], id="apposition with a name"),
        pytest.param("“So it is,” Bell and Dow said.", [""], id="two at once"),
        pytest.param("A letter to Dow said “so it is”.", [""], id="not the subject"),
        pytest.param("“So it is,” said a friend in a talk with Dow.", [""], id="inverted, not the subject"),
        pytest.param("Dow was told “so it is” often.", [""], id="passive"),
        pytest.param("Dow is accused of being a “thief” there.", [""], id="accused"),
        pytest.param("Bell called Dow “a thief” and Dow called Bell “a liar”.", ["Ann Bell", "Carl Dow"], id="two"),
        pytest.param("Bell said “yes” and denied that it was “no”.", ["Ann Bell", "Ann Bell"], id="two of one"),
        pytest.param("The Ely Trust said that it was “so”.", ["Ely Trust"], id="body"),
        pytest.param("On Tuesday said “so it is”.", [""], id="a day"),
        pytest.param("For Bell, it was “not chance”.", ["Ann Bell"], id="for"),
        pytest.param("It was painted by Bell in “a great hurry”.", [""], id="by"),
        pytest.param("It was “so”, according to Bell.", ["Ann Bell"], id="according to"),
        pytest.param("Bell said it rained.", ["Ann Bell"], id="indirect"),
        pytest.param("It rained, Bell said.", ["Ann Bell"], id="indirect, after"),
        pytest.param("Bell walked home.", [], id="no report"),
        pytest.param("Claims of “fraud” made Bell laugh.", [""], id="a noun"),
    ],
)
def test_speakers(text: str, expected: list[str]) -> None:
    assert [attribution.speaker for attribution in said_in(MET + text)] == expected


@pytest.mark.parametrize(
    ("text", "speaker", "source", "content"),
    [
        pytest.param("Bell said that it rained.", "Ann Bell", "Bell", "that it rained", id="after that"),
        pytest.param("Bell said on Friday that it rained.", "Ann Bell", "Bell", "that it rained", id="after a day"),
        pytest.param("It rained, Bell said on Friday.", "Ann Bell", "Bell", "It rained", id="before"),
        pytest.param("Dow, she said, had lied.", "", "she", "Dow | had lied", id="on both sides"),
        pytest.param("“So,” Bell said. “It is.”", "Ann Bell", "Bell", "“So,” | “It is.”", id="several sentences"),
        pytest.param("Bell said it was “so” in Ely.", "Ann Bell", "Bell", "it was “so” in Ely", id="mixed"),
        pytest.param("It rained, according to Bell.", "Ann Bell", "Bell", "It rained", id="according to"),
        pytest.param("According to the Ely Trust, it rained.", "Ely Trust", "the Ely Trust", "it rained", id="opening"),
        pytest.param(
            "Several critics of Dow said it rained.", "", "Several critics of Dow", "it rained", id="a phrase"
        ),
        pytest.param("US lawmakers said it rained.", "US lawmakers", "US lawmakers", "it rained", id="collective"),
        pytest.param("Bell told reporters on Friday that it rained.", "Ann Bell", "Bell", "that it rained", id="told"),
        pytest.param("Bell wrote on X: “It rains here.”", "Ann Bell", "Bell", "“It rains here.”", id="a post"),
        pytest.param("Carl Dow, who denied it, slept.", "Carl Dow", "Carl Dow", "it", id="relative"),
    ],
)
def test_source_and_content(text: str, speaker: str, source: str, content: str) -> None:
    made = MET + text
    said = [a for a in said_in(made) if a.cue][-1]
    shown = (said.speaker, said.source.of(made), " | ".join(part.of(made) for part in said.content))
    assert shown == (speaker, source, content)


def test_a_participle_goes_on_with_the_speaker() -> None:
    made = f"{MET}Bell said it rained, adding that it was cold."
    said = [(a.speaker, a.cue, a.content[0].of(made)) for a in said_in(made)]
    assert ("Ann Bell", "adding", "that it was cold") in said


@pytest.mark.parametrize(
    ("text", "speaker", "via"),
    [
        ("NDTV reported on 2 January 2026 that Bell said it rained.", "Ann Bell", "NDTV"),
        ("Bell said it rained, as The Hawk, carrying PTI, reported on 2 January 2026.", "Ann Bell", "The Hawk"),
        ("Bell said, according to The Hawk of 2 January 2026: “It rains here.”", "Ann Bell", "The Hawk"),
        ("It was “a great day”, Bell said, The Hawk reported on 2 January 2026.", "Ann Bell", "The Hawk"),
        ("The Hawk reported that it rained.", "Hawk", ""),
        ("Bell ate “the best soup”, according to The Hawk.", "", "The Hawk"),
        ("Bell accused the lawmakers, according to NDTV, of backing thieves.", "Ann Bell", "NDTV"),
        ("Bell supposed that it was so, NDTV reported.", "Ann Bell", "NDTV"),
    ],
)
def test_a_report_of_a_report_keeps_both(text: str, speaker: str, via: str) -> None:
    made = MET + text
    (said,) = (a for a in said_in(made) if a.cue)
    assert (said.speaker, said.via) == (speaker, via)
    assert said.via_credit.of(made).startswith(via)


@pytest.mark.parametrize(
    "text",
    [
        "Neither Dow nor Bell said so.",
        "Dow had no evidence that Bell had asked for it.",
        "None of the papers, from Mint to The Hawk, says that Bell lied.",
        "It rained, and no paper consulted says that Bell lied.",
        "The two accused slept.",
        "It was reported by nobody.",
    ],
)
def test_what_nobody_says_is_no_attribution(text: str) -> None:
    assert [(a.speaker, a.cue) for a in said_in(MET + text)] == []


def test_a_sentence_of_two_speakers_is_nobodys() -> None:
    (view,) = (view for view in stories() if view.document.id == "tarrowhaven-dredging")
    (number,) = (i for i in range(len(view.sentences)) if "a fairy tale" in view.text(i))
    assert set(view.voices[number]) == {"Mr Maddern", "commissioners’ own environmental statement"}
    assert view.speakers[number] == ""


@pytest.mark.parametrize("view", stories(), ids=lambda view: view.document.id)
def test_spans_of_the_stories(view: View) -> None:
    check(view.document.text, view.attributions)
    for attribution in view.attributions:
        person = view.people.by_name(attribution.speaker)
        assert attribution.role == (person.role if person else "")


PIECES = (
    "“So it is,” ", "“", "”", "‘", "’", '"', "Ann Bell ", "Bell ", "Carl Dow ", "he ", "she ", "said", " said.",
    "according to ", ", the mayor, ", "the mayor ", "accused ", "For ", ". ", ", ", "\n\n", "\n", "(", ") ", "# ", "- ",
    ": ", "is told ", "a nurse ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)


@example("““So it is,” ")
@given(TEXTS)
def test_spans_of_any_text(text: str) -> None:
    made = document(text)
    parts = passages(made, splitter())
    found = attributions(made, parts)
    check(text, found)
    View(made, [sentence for part in parts for sentence in part.sentences], found)


def check(text: str, found: tuple[Attribution, ...]) -> None:
    quotes = outermost(text)
    assert [(a.start, a.end) for a in found] == sorted((a.start, a.end) for a in found)
    spoken = [q.inner for q in quotes if q.inner.of(text).strip()]
    assert {(inner.start, inner.end) for inner in spoken} == {(a.start, a.end) for a in found if a.kind != "indirect"}
    for attribution in found:
        content, credit = Span(attribution.start, attribution.end), attribution.credit
        assert Span(0, len(text)).holds(content) and Span(0, len(text)).holds(credit)
        assert all(word in text for word in attribution.speaker.split())
        assert attribution.cue in text and bool(attribution.cue) == (credit.start < credit.end)
        # The credit is the document's own word, never the quoted one's.
        assert not any(quote.inner.holds(credit) for quote in quotes if credit.start < credit.end)
        if not attribution.cue:
            assert not attribution.speaker
        assert attribution.cue_span.of(text) == attribution.cue
        assert all(Span(0, len(text)).holds(part) and part.start < part.end for part in attribution.content)
        assert all(one.end < two.start for one, two in pairwise(attribution.content))
        assert Span(0, len(text)).holds(attribution.source)
        assert bool(attribution.via) == bool(attribution.via_credit.of(text))
        assert all(word in text for word in attribution.via.split())
        assert Attribution.from_dict(json.loads(json.dumps(dataclasses.asdict(attribution)))) == attribution
