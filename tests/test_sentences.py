"""Where sentences begin and end: news prose is hard, and every offset is exact in any text there is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Document, Span
from assistant.sentences import Block, blocks, sentences

# What trips splitters, and the marks of Markdown.
PIECES = (
    "# ", "## H #", "- ", "* ", "1. ", "12) ", "\n", "\n\n", "\r\n", "\r", "\t", " ", "   ", "---", "***", "=", "“",
    "”", '"', "’", "‘", "Dr.", "U.S.", "Rs.", " said.", "Ilyas said on Friday.", "He ", "the ", "cat.", "?", "!", "…",
    "...", "(", ")", "[", "]", ";", ":", "-", "_a_", "don't", "won't", "\u00ad", "\u200b", "\u2028", "\u2029", "\x85",
    "\x0b", "\u3000", "\ufeff", "\u2067", "。", "é", "e\u0301", "👨\u200d👩", "1967.", "5 lakh.", "http://x.y/z.html",
    "-\n", "A",
)  # fmt: skip
LINES = (
    "# One",
    "## Two ##",
    "",
    "  ",
    "- Item. More.",
    "3. Item",
    "A line. Another.",
    "It runs on",
    "on Friday.",
    "---",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=15).map("".join) | st.lists(
    st.sampled_from(LINES), max_size=15
).map("\n".join)


def split(text: str) -> list[str]:
    """The words of all sentences of a text."""
    return [span.of(text) for span in spans(text)]


def spans(text: str) -> list[Span]:
    """All sentences of a text."""
    return [span for block in blocks(text) for span in sentences(text, block.span)]


def visible(text: str) -> str:
    """Letters, marks, digits, punctuation and symbols: what a reader would miss."""
    return "".join(character for character in text if unicodedata.category(character)[0] in "LMNPS")


def without(text: str, taken: list[Span]) -> str:
    """What `taken` leaves of `text`; nothing may be taken twice."""
    left = list(text)
    for span in taken:
        assert all(left[span.start : span.end]), "spans overlap"
        left[span.start : span.end] = [""] * (span.end - span.start)
    return "".join(left)


# Properties of any text


@given(text=TEXTS)
def test_blocks_are_in_order_inside_the_text_and_apart(text: str) -> None:
    at = 0
    for block in blocks(text):
        assert at <= block.span.start < block.span.end <= len(text)
        at = block.span.end


@given(text=TEXTS)
def test_sentences_are_in_order_inside_their_block_and_apart(text: str) -> None:
    for block in blocks(text):
        at = block.span.start
        for span in sentences(text, block.span):
            assert at <= span.start < span.end <= block.span.end
            assert span.of(text).strip(" \t\r\n") == span.of(text)
            at = span.end


@given(text=TEXTS)
def test_sentences_hold_every_visible_character_of_their_block(text: str) -> None:
    for block in blocks(text):
        words = block.span.of(text)
        inside = [Span(s.start - block.span.start, s.end - block.span.start) for s in sentences(text, block.span)]
        assert visible(without(words, inside)) == ""


@given(text=st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="#-*+•_=)."), min_size=1))
def test_plain_words_are_one_block(text: str) -> None:
    assert [block.span for block in blocks(text)] == [Span(0, len(text))]


@given(text=TEXTS)
def test_the_text_before_a_block_does_not_move_its_sentences(text: str) -> None:
    before = "Something else.\n\n"
    assert [Span(s.start - len(before), s.end - len(before)) for s in spans(before + text)[1:]] == spans(text)


# News prose


@pytest.mark.parametrize(
    "wanted",
    [
        ["He was fined Rs 5 lakh.", "He paid."],
        ["He was fined Rs. 5 lakh.", "He paid."],
        ["The U.S. Senate met.", "It voted."],
        ["Dr. Umar Khalid met Mr. Rao and Prof. Das.", "Lt. Gov. Saxena signed; Sen. Cruz did not."],
        ["Jan. 2, 2026 was a Friday.", "P. Chidambaram spoke at 10 a.m. on Monday.", "Sec. 5 applies."],
        ["Adv. Rao appeared in Crl. Appeal No. 5 of 2025.", "It cost $3.5 million, or Rs. 31 crore."],
        ["Wait... what?", "Yes!"],
        ["He asked, “Why?” and left.", "Then he slept."],
        ["“Who made it public?” she asked.", "Nobody knew."],
        ["The Unlawful Activities (Prevention) Act, 1967, applies.", "It is harsh."],
        ["Read www.example.com/x.html first.", "Then write to a.b@example.com about it."],
    ],
)
def test_news_prose_is_split_where_a_reader_would(wanted: list[str]) -> None:
    assert split(" ".join(wanted)) == wanted


@pytest.mark.parametrize("credit", ["Ilyas said on Friday.", "Umar Khalid also wrote.", "Ms. Rao told the court."])
@pytest.mark.parametrize(("opening", "closing"), ["“”", '""'])
def test_a_credit_after_a_closing_quote_stays_with_the_quotation(credit: str, opening: str, closing: str) -> None:
    quoted = f"{opening}The matter is closed.{closing} {credit}"
    assert split(f"{quoted} He left.") == [quoted, "He left."]


def test_a_quotation_of_several_sentences_is_several_and_the_last_has_the_credit() -> None:
    assert split('"We met. He was kind. He has assured support," Ilyas said on Friday. He left.') == [
        '"We met.',
        "He was kind.",
        'He has assured support," Ilyas said on Friday.',
        "He left.",
    ]


def test_a_closing_quote_stays_with_its_sentence() -> None:
    assert split("He said: “Go now.” Then she left.") == ["He said: “Go now.”", "Then she left."]


@pytest.mark.parametrize(
    "sentence",
    [
        '"We met him for about 25 minutes.',
        'He has assured full support," Ilyas said on Friday.',
        "who posted it on X with the line, “When prisons try to isolate, words travel.”",
        "Khalid is accused under the Unlawful Activities (Prevention) Act, 1967, and IPC provisions of being among the "
        "“masterminds” of the February 2020 Delhi riots that left 53 people dead and over 700 injured.",
        "What serious charges have been imposed on him that he has been in jail for so long?",
        'he must have seen a ray of hope thereHe must have discussed with Mamdani what should be done," Azmi said.',
    ],
)
def test_the_storys_sentences_end_where_they_should(article: Document, sentence: str) -> None:
    assert [words for words in split(article.text) if words.endswith(sentence)]


def test_the_story_has_as_many_sentences_as_a_reader_counts(article: Document) -> None:
    assert len(list(blocks(article.text))) == 22
    assert len(split(article.text)) == 36


# Markdown


def test_headings_and_rules_are_no_content_and_head_what_follows() -> None:
    text = "Before.\n\n# The note #\n\nFirst.\n## Bail\nSecond\nruns on.\n***\n- - -\nThird."
    assert [(block.span.of(text), block.heading) for block in blocks(text)] == [
        ("Before.", ""),
        ("First.", "The note"),
        ("Second\nruns on.", "Bail"),
        ("Third.", "Bail"),
    ]


@pytest.mark.parametrize(
    ("line", "heading"),
    [("# C#", "C#"), ("# A  ##  ", "A"), ("###### six", "six"), ("# #", ""), ("#\tA # B", "A # B")],
)
def test_a_headings_own_marks_are_not_its_words(line: str, heading: str) -> None:
    assert [block.heading for block in blocks(f"{line}\nText.")] == [heading]


def test_a_hash_without_a_space_is_text() -> None:
    assert split("#FreeUmarKhalid was trending.") == ["#FreeUmarKhalid was trending."]


@pytest.mark.parametrize("mark", ["- ", "* ", "+ ", "• ", "1. ", "12) ", "  - "])
def test_each_list_item_is_a_block_without_its_mark(mark: str) -> None:
    text = f"{mark}One. Two.\n{mark}Three\nruns on."
    assert [block.span.of(text) for block in blocks(text)] == ["One. Two.", "Three\nruns on."]


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "- ", "- \u2028", "1. \n2. ", "---", "* * *", "# Heading alone"])
def test_what_holds_no_words_has_no_blocks(text: str) -> None:
    assert list(blocks(text)) == []


def test_year_at_the_start_of_a_line_is_no_list_mark() -> None:
    text = "It was in\n1967. The Act came later."
    assert list(blocks(text)) == [Block(Span(0, len(text)), "")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_are_line_ends(end: str) -> None:
    text = f"# H{end}{end}One{end}two.{end}{end}Three."
    assert [(block.span.of(text), block.heading) for block in blocks(text)] == [(f"One{end}two.", "H"), ("Three.", "H")]


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 50_000 + "b", "# " + "#" * 50_000 + "x", "- " * 50_000 + "x", "*" * 50_000 + "x",
        "=" + " " * 50_000 + "x", "." * 50_000, "“" * 50_000, "(" * 50_000, "a; " * 5_000, "x" * 50_000,
        "Rs. " * 5_000, "\n" * 50_000 + "x", "1" * 50_000 + ".",
    ],
    ids=range(13),
)  # fmt: skip
def test_hostile_lines_are_read_to_their_end(text: str) -> None:
    found = spans(text)
    assert not found or found[-1].end == len(text.rstrip())
