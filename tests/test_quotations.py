from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.quotations import Quotation, normal, outermost, quotations, single_quotations, stands_in

FINDERS = (quotations, single_quotations, outermost)
PIECES = (
    "“",
    "”",
    '"',
    "‘",
    "’",
    "'",
    "«",
    "»",
    "„",
    "s",
    "he said",
    ", ",
    ". ",
    " ",
    "\n",
    "\n\n",
    "(",
    "-",
    "1",
    "é",
    "[x]",
    "…",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)


def inner(text: str, find: Callable[[str], list[Quotation]] = quotations) -> list[str]:
    return [quote.inner.of(text) for quote in find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "no" and left.', ["no"]),
        ("He said “no” and left.", ["no"]),
        ('“No," he said', ["No,"]),
        ('"No,” he said', ["No,"]),
        ("He said «no» and „no“.", ["no", "no"]),
        ("(“No”) and –“yes”", ["No", "yes"]),
        ('"No," he said, "and no."', ["No,", "and no."]),
        ("“He said ‘no’ to us”", ["He said ‘no’ to us"]),
        ("“One.\n\n“Two.” Three", ["One.", "Two."]),
        ("“One.\nTwo.” Three", ["One.\nTwo."]),
        ("no” and no", []),
        ('5" long', []),
        ("", []),
    ],
)
def test_double_marks(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


def test_a_quotation_left_open_ends_with_its_paragraph() -> None:
    first, second = quotations("He said “one.\n\n“two”")
    assert not first.closed and first.outer.of("He said “one.\n\n“two”") == "“one."
    assert second.closed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said ‘no’ and left.", ["no"]),
        ("He said 'no' and left.", ["no"]),
        ("‘Don’t,’ he said", ["Don’t,"]),
        ("‘We own the boys’ club,’ he said", ["We own the boys’ club,"]),
        ("read ‘with interest’ but that ‘it’ was", ["with interest", "it"]),
        ("the players' 'home' ground", ["home"]),
        ("“he said, ‘Is this it?’ and”", ["Is this it?"]),
        ("‘One.\n\n‘Two.’ Three", ["One.", "Two."]),
        ("the ’90s, rock 'n' roll and 'em all", []),
        ("Khalid’s and the lawyers’ and James' day", []),
        ("o’clock, don't, I’d’ve", []),
        ("", []),
    ],
)
def test_single_marks(text: str, expected: list[str]) -> None:
    assert inner(text, single_quotations) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“he said ‘no’ twice,” and ‘yes’", ["he said ‘no’ twice,", "yes"]),
        ("‘he said “no” twice,’ and ‘yes’", ["he said “no” twice,", "yes"]),
        ("the lawyers' \"home\" and players' day", ["home"]),
        ("'Tis \"great\" at the players' home", ["great"]),
    ],
)
def test_outermost_marks_are_of_either_kind(text: str, expected: list[str]) -> None:
    assert inner(text, outermost) == expected


@pytest.mark.parametrize("find", FINDERS)
@given(text=TEXTS)
@example(text="‘a “b’ c”")
@example(text="“‘”’")
def test_spans_are_in_the_text_in_order_and_apart(find: Callable[[str], list[Quotation]], text: str) -> None:
    end = 0
    for quote in find(text):
        assert end <= quote.outer.start < quote.outer.end <= len(text)
        assert quote.outer.holds(quote.inner) and quote.inner.start <= quote.inner.end
        assert quote.inner.start == quote.outer.start + 1
        assert quote.inner.end == quote.outer.end - quote.closed
        assert "\n\n" not in quote.outer.of(text)
        end = quote.outer.end


@given(text=TEXTS)
def test_every_double_mark_that_opens_is_in_a_quotation(text: str) -> None:
    """Words after an opening mark never count as the document's own."""
    held = quotations(text)
    for match in re.finditer(r"(?<!\S)“(?=\w)", text):
        assert any(quote.outer.start <= match.start() < quote.outer.end for quote in held)


WORDS = st.sampled_from(
    [
        "don’t",
        "Khalid’s",
        "lawyers’",
        "James'",
        "o’clock",
        "’90s",
        "'90s",
        "'em",
        "I’d’ve",
        "rock",
        "the",
        "a",
        "won't",
        "so.",
    ]
)


@given(st.lists(WORDS, max_size=12))
def test_apostrophes_are_never_quotation_marks(words: list[str]) -> None:
    text = " ".join(words)
    assert not single_quotations(text) and not outermost(text)


@given(st.text())
def test_normal_is_one_spelling(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
    assert not set(once) & set("“”„«»‘’–—\u00a0\n\t")
    assert [c for c in once if c.isalnum()] == [c for c in text if c.isalnum()]


def test_normal_unites_spellings() -> None:
    assert normal("“Khalid’s”\u00a0– so") == normal('"Khalid\'s"  -\nso')


SOURCE = (
    "The note itself was made public by Khalid’s partner, Banojyotsna Lahiri, who posted it on X with the line, "
    "“When prisons try to isolate, words travel.”"
)
SOURCE_WORDS = [match.span() for match in re.finditer(r"[\w’]+", SOURCE)]
PLACES = st.integers(0, len(SOURCE_WORDS) - 1)


@given(PLACES, PLACES)
def test_words_of_the_source_stand_in_it(one: int, other: int) -> None:
    first, last = sorted((one, other))
    assert stands_in(SOURCE[SOURCE_WORDS[first][0] : SOURCE_WORDS[last][1]], SOURCE)


@given(PLACES, PLACES, PLACES)
def test_a_changed_word_does_not(one: int, other: int, wrong: int) -> None:
    first, last = sorted((one, other))
    words = [SOURCE[start:end] for start, end in SOURCE_WORDS[first : last + 1]]
    words[wrong % len(words)] = "never"
    assert not stands_in(" ".join(words), SOURCE)


@given(PLACES, PLACES, PLACES, PLACES)
def test_an_elided_quotation_stands_in_order(a: int, b: int, c: int, d: int) -> None:
    a, b, c, d = sorted((a, b, c, d))
    first = SOURCE[SOURCE_WORDS[a][0] : SOURCE_WORDS[b][1]]
    second = SOURCE[SOURCE_WORDS[c][0] : SOURCE_WORDS[d][1]]
    if b < c:
        for elision in ("...", " … ", " [...] ", " [the thing] "):
            assert stands_in(f"{first}{elision}{second}", SOURCE)


@pytest.mark.parametrize(
    ("quoted", "source", "expected"),
    [
        ("made public … on X", SOURCE, True),
        ("on X … made public", SOURCE, False),
        ("When prisons … words travel.", SOURCE, True),
        ("when prisons", SOURCE, False),
        ("public by Khalid's partner", SOURCE, True),
        ("ublic by Khalid", SOURCE, False),
        ("public, by", SOURCE, False),
        ("he is … a terrorist", "he is not a terrorist", False),
        ("he is [...] a terrorist", "he isn’t, he is never a terrorist", False),
        ("he is [a] terrorist", "he is no terrorist", False),
        ("he lied … and left", "he lied. She sang and left", False),
        ("he won ... the vote", "he won ... the vote", True),
        ("he doesn’t [...] know", "he doesn’t really know", True),
        ("...", "anything", True),
        ("", "anything", True),
    ],
)
def test_stands_in(quoted: str, source: str, expected: bool) -> None:
    assert stands_in(quoted, source) == expected


@given(TEXTS, TEXTS)
def test_stands_in_never_raises_and_holds_of_a_text_itself(quoted: str, source: str) -> None:
    stands_in(quoted, source)
    words = " ".join(re.findall(r"\w+", source))
    assert stands_in(words, words)
