"""Documents to passages: whole sentences, exact offsets, never over the size but for one long sentence."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document as LangChainDocument
from langchain_text_splitters import TextSplitter
from test_sentences import TEXTS, spans, visible

from assistant import Document, Passage, SettingsError, resources
from assistant.passages import SentenceSplitter, passages
from assistant.sentences import blocks

SIZES = st.integers(1, 30)


def document(text: str, identity: str = "d") -> Document:
    return Document(identity, "T", text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def cut(text: str, tokens: int = 160) -> tuple[Passage, ...]:
    return passages(document(text), SentenceSplitter.for_tokens("o200k_base", tokens))


def length(text: str) -> int:
    return len(resources.token_encoding("o200k_base").encode_ordinary(text))


# Properties of any text


@given(text=TEXTS, tokens=SIZES)
def test_passages_are_exact_and_in_order_and_apart(text: str, tokens: int) -> None:
    at = 0
    for passage in cut(text, tokens):
        assert at <= passage.start < passage.end <= len(text)
        assert passage.text == text[passage.start : passage.end]
        at = passage.end


@given(text=TEXTS, tokens=SIZES)
def test_passages_are_whole_sentences_and_no_sentence_is_lost(text: str, tokens: int) -> None:
    found = cut(text, tokens)
    assert [span for passage in found for span in passage.sentences] == spans(text)
    for passage in found:
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)


@given(text=TEXTS, tokens=SIZES)
def test_what_passages_leave_out_is_white_space_headings_rules_and_list_marks(text: str, tokens: int) -> None:
    inside = {place for passage in cut(text, tokens) for place in range(passage.start, passage.end)}
    for block in blocks(text):
        places = range(block.span.start, block.span.end)
        assert visible("".join(text[place] for place in places if place not in inside)) == ""


@given(text=TEXTS, tokens=SIZES)
def test_a_passage_over_the_size_is_a_single_sentence(text: str, tokens: int) -> None:
    for passage in cut(text, tokens):
        assert passage.tokens == sum(length(span.of(text)) for span in passage.sentences)
        assert passage.tokens <= tokens or len(passage.sentences) == 1


@given(text=TEXTS, tokens=SIZES)
def test_no_passage_crosses_a_heading(text: str, tokens: int) -> None:
    headings = [(block.span, block.heading) for block in blocks(text)]
    for passage in cut(text, tokens):
        inside = {heading for span, heading in headings if span.start < passage.end and passage.start < span.end}
        assert inside == {passage.heading}


def test_a_passage_ends_where_a_heading_stands_and_knows_the_one_above_it() -> None:
    found = cut("One.\n\nTwo.\n\n# Bail\n\nThree.\n\n- Four.\n\n# Note\n\nFive.")
    assert [(passage.text, passage.heading) for passage in found] == [
        ("One.\n\nTwo.", ""),
        ("Three.\n\n- Four.", "Bail"),
        ("Five.", "Note"),
    ]


@given(text=TEXTS)
def test_passages_are_as_few_as_their_order_allows(text: str) -> None:
    tokens = 12
    found = cut(text, tokens)
    for one, other in pairwise(found):
        together = one.tokens + length(other.sentences[0].of(text))
        assert together > tokens or one.heading != other.heading


# The story


@pytest.mark.parametrize("tokens", [1, 40, 160, 10_000])
def test_the_story_is_cut_exactly(article: Document, tokens: int) -> None:
    found = passages(article, SentenceSplitter.for_tokens("o200k_base", tokens))
    assert [span for passage in found for span in passage.sentences] == spans(article.text)
    assert all(passage.text == article.text[passage.start : passage.end] for passage in found)
    assert len(found) == {1: 36, 10_000: 1}.get(tokens, len(found))
    assert all(passage.tokens <= max(tokens, 100) for passage in found) or tokens == 10_000


def test_ids_tell_document_version_and_place(article: Document) -> None:
    found = passages(article, SentenceSplitter.for_tokens("o200k_base", 160))
    assert [p.id for p in found] == [f"{article.id}:{article.version[:16]}:{number}" for number in range(len(found))]
    assert {passage.document_id for passage in found} == {article.id}


def test_changed_text_gets_new_ids_and_other_documents_have_their_own() -> None:
    splitter = SentenceSplitter.for_tokens("o200k_base", 160)
    ids = {passages(document(*parts), splitter)[0].id for parts in (("One.", "a"), ("Two.", "a"), ("One.", "b"))}
    assert len(ids) == 3


@pytest.mark.parametrize("text", ["# Heading alone", "---", "- ", ""])
def test_a_text_without_sentences_has_no_passages(text: str) -> None:
    assert cut(text) == ()


def test_what_looks_like_a_special_token_is_text() -> None:
    (passage,) = cut("Say <|endoftext|> and <|im_start|> aloud.")
    assert passage.tokens > 10


# The splitter as LangChain's


def test_the_splitter_is_langchains_and_gives_the_passages_words(article: Document) -> None:
    splitter = SentenceSplitter.for_tokens("cl100k_base", 60)
    assert isinstance(splitter, TextSplitter)
    assert splitter.split_text(article.text) == [passage.text for passage in passages(article, splitter)]
    split = splitter.split_documents([LangChainDocument(article.text, metadata={"source": "x"})])
    assert [piece.page_content for piece in split] == splitter.split_text(article.text)
    assert all(piece.metadata == {"source": "x"} for piece in split)


@given(text=TEXTS)
def test_the_splitter_counts_as_it_is_told(text: str) -> None:
    splitter = SentenceSplitter(chunk_size=10, chunk_overlap=0, length_function=len)
    for group, size, _ in splitter.split(text):
        assert size == sum(span.end - span.start for span in group)
        assert size <= 10 or len(group) == 1


def test_an_encoding_that_does_not_ship_is_refused() -> None:
    with pytest.raises(SettingsError, match="no token encoding 'gpt2' here"):
        SentenceSplitter.for_tokens("gpt2", 10)
