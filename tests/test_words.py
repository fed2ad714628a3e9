from __future__ import annotations

import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import stories

from assistant.words import STOP_WORDS, content_words, idioms, stem, stems, synonyms, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Khalid’s note, al-Darbi!", ["khalid", "s", "note", "al", "darbi"]),
        ("São Paulo's café", ["sao", "paulo", "s", "cafe"]),
        ("U.S. lawmakers in the US and the USA", ["usa", "lawmakers", "in", "the", "usa", "and", "the", "usa"]),
        ("tell us", ["tell", "us"]),
        ("£3.75m in 2025_26", ["3", "75m", "in", "2025", "26"]),
        ("उमर 木村", ["उमर", "木村"]),
        ("😀 … —", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.text())
def test_tokens_are_words_of_any_text(text: str) -> None:
    for word in tokens(text):
        assert word and word == word.lower() and "_" not in word and not word.isspace()


def test_content_words_leave_out_function_words_but_not_negation_or_numbers() -> None:
    assert content_words("Why has he not met the 5 lawmakers of the US?") == ["not", "met", "5", "lawmakers", "usa"]
    assert "not" not in STOP_WORDS and all(word == word.lower() for word in STOP_WORDS)


def test_stems_are_those_of_full_text_search() -> None:
    """What FTS5 makes of each word of the stories; but for two letters, and "-logy", where Snowball departs."""
    found = {word for view in stories() for word in tokens(view.document.text)}
    words = sorted(word for word in found if word.isascii() and len(word) > 2 and "log" not in word)
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE found USING fts5(word, tokenize='porter unicode61')")
        database.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(found, instance)")
        database.executemany("INSERT INTO found (rowid, word) VALUES (?, ?)", enumerate(words))
        theirs = dict(database.execute("SELECT doc, term FROM vocabulary"))
    assert len(words) > 1000
    assert {word: stem(word) for word in words} == {word: theirs[number] for number, word in enumerate(words)}


def test_stems_of_a_text() -> None:
    assert stems("The lawmakers questioned the lawyers") == ["lawmak", "question", "lawyer"]


def test_synonyms_go_both_ways_and_never_to_opposites() -> None:
    known = synonyms()
    for root, others in known.items():
        assert root not in others
        assert all(root in known[other] for other in others)
    assert stem("slam") in known[stem("criticise")]
    assert stem("convicted") not in known[stem("accused")]
    assert stem("mother") not in known.get(stem("father"), frozenset())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("when did she take office", "when did she sworn"),
        ("who brushed the whole row off", "who dismissed"),
        ("Is he out of jail", "Is he released"),
        ("on which social network", "on which platform"),
        ("a taken office", "a sworn"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_an_idiom_is_the_word_it_means(text: str, plain: str) -> None:
    assert idioms(text) == plain


def test_threads_do_not_mix_up_their_stems() -> None:
    words = [f"{start}{end}" for start in ("nation", "relat", "hop", "gener") for end in STEM_ENDS] * 40
    stem.cache_clear()
    alone = {word: stem.__wrapped__(word) for word in words}
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(stem.__wrapped__, words)) == [alone[word] for word in words]
    finally:
        sys.setswitchinterval(before)


STEM_ENDS = ("alization", "ational", "ization", "alizations", "efulness", "ousness", "iveness", "ements", "ication")
