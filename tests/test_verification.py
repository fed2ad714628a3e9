from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import Written, article, draft_of, stories, view_of, written

from assistant.names import ROLES
from assistant.quotations import outermost
from assistant.types import Span
from assistant.verification import (
    check_credits,
    check_marks,
    check_names,
    check_quotations,
    check_quoted,
    check_spans,
    check_speaker,
    check_words,
    failure,
)
from assistant.views import View
from assistant.writers import Draft, QuotingWriter

STRANGER = "Narendra Modi"


def test_true_drafts_pass() -> None:
    assert len(written()) > 150
    failed = {str(w): reason for w in written() if (reason := failure(w.draft, w.view))}
    assert not failed


@pytest.mark.parametrize("count", [2, 3])
def test_true_drafts_of_several_sentences_pass_or_are_withheld_for_a_cut_sentence(count: int) -> None:
    failed = {}
    for view in stories():
        for number in range(len(view.sentences) - count + 1):
            draft = QuotingWriter().write(view, range(number, number + count), 1.0)
            if draft and (reason := failure(draft, view)):
                failed[draft.text] = reason
    assert not failed


# Mutations: each takes a true draft and makes false ones of it, all of which have to be caught.


def words_dropped(w: Written) -> Iterator[Draft]:
    for match in re.finditer(r"\S+", w.draft.text):
        # "[Vinod] Bansal" is named without what stands in brackets too.
        if "[" not in match.group() or "]" not in match.group():
            yield changed(w, f"{w.draft.text[: match.start()]}{w.draft.text[match.end() :]}")


def words_added(w: Written) -> Iterator[Draft]:
    for match in re.finditer(r"(?<!\[)\b\w+", w.draft.text):
        yield changed(w, f"{w.draft.text[: match.start()]}not {w.draft.text[match.start() :]}")


def words_changed(w: Written) -> Iterator[Draft]:
    for match in re.finditer(r"\w+", w.draft.text):
        other = "never" if match.group() == "not" else "not"
        yield changed(w, f"{w.draft.text[: match.start()]}{other}{w.draft.text[match.end() :]}")


def quoted_words_changed(w: Written) -> Iterator[Draft]:
    for quote in outermost(w.draft.text):
        for match in re.finditer(r"\w+", quote.inner.of(w.draft.text)):
            place = quote.inner.start + match.start()
            yield changed(w, f"{w.draft.text[:place]}X{w.draft.text[place + 1 :]}")


def marks_of_sense_changed(w: Written) -> Iterator[Draft]:
    swaps = {"£": "$", "%": "", "?": ".", "(": "", ",": "", ".": ""}
    for place, mark in enumerate(w.draft.text):
        inside = mark in ".," and w.draft.text[place + 1 : place + 2].isdigit()
        if mark in "£%?(" or inside or (mark == "," and w.draft.text[place + 1 : place + 2] == " "):
            yield changed(w, f"{w.draft.text[:place]}{swaps[mark]}{w.draft.text[place + 1 :]}")


def speaker_swapped(w: Written) -> Iterator[Draft]:
    voices = {voice for span in w.draft.spans for voice in voices_of(w.view, span)}
    for other in [person.name for person in w.view.people.persons] + [STRANGER]:
        if other not in voices:
            yield dataclasses.replace(w.draft, speaker=other)


def speaker_dropped(w: Written) -> Iterator[Draft]:
    if w.draft.speaker and all(
        w.view.speakers[i] == w.draft.speaker for span in w.draft.spans for i in held(w.view, span)
    ):
        yield dataclasses.replace(w.draft, speaker=None)


def surname_swapped(w: Written) -> Iterator[Draft]:
    for mention in list(w.view.people.mentions(w.draft.text)):
        for other in w.view.people.persons:
            if other != mention.person:
                text = w.draft.text
                yield changed(w, f"{text[: mention.span.start]}{other.surname}{text[mention.span.end :]}")


def credit_dropped(w: Written) -> Iterator[Draft]:
    """A quotation alone, its credit neither shown nor cited."""
    for attribution in w.view.attributions:
        span = Span(attribution.start, attribution.end)
        if (
            attribution.kind == "direct"
            and attribution.cue
            and any(s.holds(span) or span.holds(s) for s in w.draft.spans)
        ):
            words = " ".join(span.of(w.view.document.text).split())
            yield Draft(w.draft.document_id, f"“{words}”", (span,), attribution.speaker or None)
            yield Draft(w.draft.document_id, words, (span,), attribution.speaker or None)


def brackets_refilled(w: Written) -> Iterator[Draft]:
    for match in re.finditer(r"\[([^\[\]]+)\]", w.draft.text):
        for other in [person.name for person in w.view.people.persons] + [STRANGER, "the killer", ""]:
            if other != match.group(1):
                yield changed(w, f"{w.draft.text[: match.start(1)]}{other}{w.draft.text[match.end(1) :]}")


def brackets_added(w: Written) -> Iterator[Draft]:
    for match in re.finditer(r"(?<![\[\w])[a-z]+(?= [a-z])", w.draft.text):
        if match.group() not in ("he", "him", "his", "she", "her", *ROLES):
            yield changed(
                w, f"{w.draft.text[: match.end()]} [{w.view.people.persons[0].name}]{w.draft.text[match.end() :]}"
            )


def spans_shifted(w: Written) -> Iterator[Draft]:
    for number, span in enumerate(w.draft.spans):
        for start, end in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)):
            moved = Span(span.start + start, span.end + end)
            if not same_words(w, span, moved):
                yield dataclasses.replace(w.draft, spans=(*w.draft.spans[:number], moved, *w.draft.spans[number + 1 :]))


def spans_of_others(w: Written) -> Iterator[Draft]:
    for number, span in enumerate(w.draft.spans):
        for sentence in w.view.sentences:
            if not same_words(w, span, sentence):
                yield dataclasses.replace(
                    w.draft, spans=(*w.draft.spans[:number], sentence, *w.draft.spans[number + 1 :])
                )


def spans_left_out(w: Written) -> Iterator[Draft]:
    for number in range(len(w.draft.spans)):
        yield dataclasses.replace(w.draft, spans=(*w.draft.spans[:number], *w.draft.spans[number + 1 :]))
    if len(w.draft.spans) > 1:
        yield dataclasses.replace(w.draft, spans=w.draft.spans[::-1])


def quotation_marks_left_out(w: Written) -> Iterator[Draft]:
    for quote in outermost(w.draft.text):
        text = w.draft.text
        yield changed(w, f"{text[: quote.outer.start]}{quote.inner.of(text)}{text[quote.outer.end :]}")
        yield changed(w, f"{text[: quote.inner.end]}{text[quote.outer.end :]}")
        yield changed(w, f"{text[: quote.outer.start]}{text[quote.inner.start :]}")


def quotation_marks_moved(w: Written) -> Iterator[Draft]:
    for quote in outermost(w.draft.text):
        text, words = w.draft.text, quote.inner.of(w.draft.text).split()
        if len(words) > 1:
            kept = " ".join(words[1:])
            yield changed(w, f"{text[: quote.outer.start]}{words[0]} “{kept}{text[quote.inner.end :]}")
            kept = " ".join(words[:-1])
            yield changed(w, f"{text[: quote.inner.start]}{kept}” {words[-1]}{text[quote.outer.end :]}")


def quotation_marks_added(w: Written) -> Iterator[Draft]:
    if not outermost(w.draft.text):
        yield changed(w, f"“{w.draft.text}”")
        for match in re.finditer(r"(?<=\s)\w+(?=\s)", w.draft.text):
            yield changed(w, f"{w.draft.text[: match.start()]}“{match.group()}”{w.draft.text[match.end() :]}")


def of_another_document(w: Written) -> Iterator[Draft]:
    yield dataclasses.replace(w.draft, document_id="another")


def same_words(w: Written, one: Span, other: Span) -> bool:
    """Whether two spans differ in no more than quotation marks around them, or the comma before a credit."""
    text, marks = w.view.document.text, "\"“”‘’',"
    inner, outer = (one, other) if other.holds(one) else (other, one)
    return outer.holds(inner) and not (text[outer.start : inner.start] + text[inner.end : outer.end]).strip(marks)


def changed(w: Written, text: str) -> Draft:
    return dataclasses.replace(w.draft, text=text)


def held(view: View, span: Span) -> list[int]:
    return [i for i, sentence in enumerate(view.sentences) if sentence.start < span.end and span.start < sentence.end]


def voices_of(view: View, span: Span) -> list[str]:
    return [voice for i in held(view, span) for voice in view.voices[i]]


MUTATIONS: tuple[Callable[[Written], Iterator[Draft]], ...] = (
    words_dropped,
    words_added,
    words_changed,
    quoted_words_changed,
    marks_of_sense_changed,
    speaker_swapped,
    speaker_dropped,
    surname_swapped,
    credit_dropped,
    brackets_refilled,
    brackets_added,
    spans_shifted,
    spans_of_others,
    spans_left_out,
    quotation_marks_left_out,
    quotation_marks_moved,
    quotation_marks_added,
    of_another_document,
)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: str(mutation.__name__))
def test_mutation_is_caught(mutation: Callable[[Written], Iterator[Draft]]) -> None:
    """Each false draft fails, and there are some."""
    made = 0
    for w in written():
        for draft in mutation(w):
            made += 1
            assert failure(draft, w.view), (str(w), draft)
    assert made >= 40


@pytest.mark.parametrize("view", stories(), ids=lambda view: view.document.id)
def test_words_are_never_put_into_another_mouth(view: View) -> None:
    """The credit of one beside the words of another, both cited exactly: the worst that a writer can do."""
    said = [a for a in view.attributions if a.cue and a.speaker]
    text, made = view.document.text, 0
    for theirs in said:
        words = " ".join(Span(theirs.start, theirs.end).of(text).removesuffix(",").split())
        for other in said:
            if other.speaker == theirs.speaker or theirs.kind == "indirect":
                continue
            credit = " ".join(other.credit.of(text).split())
            for speaker in (other.speaker, theirs.speaker, None):
                end = theirs.end - text[theirs.start : theirs.end].endswith(",")
                draft = Draft(
                    view.document.id, f"{credit}: “{words}”", (other.credit, Span(theirs.start, end)), speaker
                )
                assert failure(draft, view), draft
                made += 1
    assert made >= 15


def draft(view: View, text: str, *cited: str, speaker: str | None = None) -> Draft:
    """A draft that cites stretches of the document by their words."""
    starts = [view.document.text.index(words) for words in cited]
    spans = tuple(Span(start, start + len(words)) for start, words in zip(starts, cited, strict=True))
    return Draft(view.document.id, text, spans, speaker)


ALLEGED = (
    "Khalid is accused under the Unlawful Activities (Prevention) Act, 1967, and IPC provisions of being among the "
    "“masterminds” of the February 2020 Delhi riots that left 53 people dead and over 700 injured."
)
JAGTAP = "Umar Khalid is not a terrorist."
AZMI = "I believe Umar Khalid has never intentionally done anything wrong."


@pytest.mark.parametrize(
    ("text", "cited", "speaker", "reason"),
    [
        pytest.param(ALLEGED, [ALLEGED], "Amit Malviya", "it credits Amit Malviya", id="nobody's sentence credited"),
        pytest.param(
            ALLEGED.replace("is accused under", "is guilty under"), [ALLEGED], None, "not the words", id="to guilty"
        ),
        pytest.param(
            "Khalid is [Umar Khalid] accused under", ["Khalid is accused under"], None, "cuts a sentence", id="piece"
        ),
        pytest.param(
            "masterminds” of the February 2020 Delhi riots", ["masterminds” of the February 2020 Delhi riots"], None,
            "has no fellow", id="fragment with half a quotation",
        ),
        pytest.param(f"“{JAGTAP}”", [JAGTAP], "Bhai Jagtap", "is not beside it", id="no credit"),
        pytest.param(JAGTAP, [JAGTAP], None, "leaves out quotation marks", id="opinion to fact"),
        pytest.param(f"Azmi said: “{JAGTAP}”", ["Azmi said", JAGTAP], "Abu Azmi", "not beside it", id="other's credit"),
        pytest.param(
            f"Jagtap said: “{JAGTAP}” “{AZMI}”", ["Jagtap said", JAGTAP, AZMI], "Bhai Jagtap", "is not beside it",
            id="one credit for two",
        ),
        pytest.param(f"Jagtap said: {JAGTAP}", ["Jagtap said", JAGTAP], "Bhai Jagtap", "not the words", id="no marks"),
        pytest.param(
            "Azmi said: “Umar Khalid has never intentionally done anything wrong.”",
            ["Azmi said", "Umar Khalid has never intentionally done anything wrong."], "Abu Azmi", "cuts a sentence",
            id="belief to fact",
        ),
        pytest.param(
            "Jagtap said: “Umar Khalid is [...] a terrorist.”", ["Jagtap said", JAGTAP], "Bhai Jagtap",
            "is not in the words cited", id="negation elided",
        ),
        pytest.param(
            f"[Bhai Jagtap] said: “{JAGTAP}”", ["Jagtap said", JAGTAP], "Bhai Jagtap", "not the words",
            id="name of the credit only in brackets",
        ),
        pytest.param("", ["Jagtap said"], None, "not the words", id="nothing"),
        pytest.param(ALLEGED, [], None, "cites nothing", id="no span"),
    ],
)  # fmt: skip
def test_attack_is_caught(text: str, cited: list[str], speaker: str | None, reason: str) -> None:
    assert reason in str(failure(draft(article(), text, *cited, speaker=speaker), article()))


def test_spans_have_to_be_in_the_document() -> None:
    length = len(article().document.text)
    for span in (Span(-5, 3), Span(3, 3), Span(9, 3), Span(length - 3, length + 1), Span(length, length + 5)):
        assert check_spans(Draft(article().document.id, "a", (span,)), article())


RETORT = """Ann Bell met Carl Dow on Monday. Ann Bell, a surgeon, spoke first.

“He is a liar,” Bell said. “Or so they tell me.”

Carl Dow said: “She is mad.” And so Dow laughed."""


def test_a_pronoun_is_never_explained_by_the_speaker() -> None:
    view = view_of(RETORT)
    said = "“He is a liar,” Bell said."
    assert check_names(draft(view, said.replace("He is", "He [Carl Dow] is"), said), view) is None
    for wrong in ("Ann Bell", "Bell", "Dow", "Carl", "a liar", "Monday", ""):
        assert check_names(draft(view, said.replace("He is", f"He [{wrong}] is"), said), view)


def test_a_name_is_completed_only_by_its_own_first_name() -> None:
    view = article()
    for first, right in (("Vinod", True), ("Pradeep", False), ("Narendra", False), ("not", False)):
        text = f"[{first}] Azmi said: “{AZMI}”".replace("Azmi", "Bansal") if right else f"[{first}] Azmi said: “{AZMI}”"
        made = draft(view, text, "Bansal said" if right else "Azmi said", AZMI)
        assert (check_names(made, view) is None) == right


@pytest.mark.parametrize(
    "text",
    [
        'He said "no',
        "no” he said",
        "he said ‘no",
        "‘a “b’ c”",
        "so. ’ and",
        "''so'' he said",
        "``so`` he said",
        "so.' he",
    ],
)
def test_quotation_marks_without_fellow(text: str) -> None:
    assert check_marks(Draft("a", text, ()))


@pytest.mark.parametrize(
    "text",
    [
        'He said "no".',
        "“no,” he said",
        "‘no’",
        "“a ‘b’ c”",
        "‘a “b” c’",
        "the lawyers’ day",
        "rock 'n' roll",
        "in the ’90s",
    ],
)
def test_quotation_marks_with_fellow(text: str) -> None:
    assert check_marks(Draft("a", text, ())) is None


def test_an_unbalanced_document_is_not_shown() -> None:
    view = view_of("Ann Bell spoke on Monday.\n\nHe represents our greatest shame.” That was all.")
    assert "no fellow" in str(
        failure(draft(view, "He represents our greatest shame.”", "He represents our greatest shame.”"), view)
    )


def test_quotations_are_checked_in_every_kind_of_mark() -> None:
    source = "The mayor said that he would not resign."
    view = view_of(source)
    for opening, closing in ('""', "“”", "”“", '“"', '"”', "‘’", "''", "„“", "«»"):
        for words, right in (("would not resign", True), ("would resign", False), ("will not resign", False)):
            made = draft(view, f"The mayor said that he {opening}{words}{closing}.", source)
            if opening + closing not in ("”“",):
                assert (check_quotations(made, view) is None) == right, made


def test_every_part_of_a_true_draft_passes_each_check() -> None:
    view = article()
    made = draft_of(view, "25 minutes")
    assert made and made.speaker == "Syed Qasim Rasool Ilyas"
    assert check_marks(made) is None
    for check in (check_spans, check_quotations, check_words, check_quoted, check_credits, check_speaker, check_names):
        assert check(made, view) is None


SENTENCES = [sentence.of(article().document.text) for sentence in article().sentences]


@given(st.data())
def test_nothing_that_is_not_cited_passes(data: st.DataObject) -> None:
    """Any text, any spans: no exception, and what passes has the letters of what it cites, in order."""
    view = article()
    length = len(view.document.text)
    pieces = st.sampled_from(SENTENCES) | st.sampled_from(
        ["Jagtap said: ", "“", "”", "[", "]", "[Umar Khalid]", "‘", "’", "..."]
    )
    text = "".join(data.draw(st.lists(pieces | st.text(max_size=6), max_size=4)))
    sentence = st.sampled_from(view.sentences)
    anywhere = st.tuples(st.integers(-9, length + 9), st.integers(-9, length + 9)).map(lambda ends: Span(*ends))
    spans = tuple(data.draw(st.lists(sentence | anywhere, max_size=3)))
    made = Draft(view.document.id, text, spans, data.draw(st.none() | st.sampled_from(["Umar Khalid", "Bhai Jagtap"])))
    if failure(made, view) is None:
        shown = re.sub(r"\[[^\[\]]*\]", "", text)
        cited = "".join(span.of(view.document.text) for span in spans)
        assert re.findall(r"\w", shown) == re.findall(r"\w", cited)
