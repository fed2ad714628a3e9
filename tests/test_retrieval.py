"""Passages for a query: full text and vectors, fused; the same every time; never a passage that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from index_fakes import CorpusFolder, CountingEncoder, Overtaken, opened

from assistant import Assistant, QuestionError, Settings
from assistant.embeddings import MiniLM, similarities
from assistant.index import Index
from assistant.retrieval import DENSE_WEIGHT, LEXICAL_WEIGHT, SENTENCE_WEIGHT, WINDOW_WEIGHT, Retrieval
from assistant.sync import sync

TEXTS = {
    "bail": "The court will hear the bail plea on Friday.",
    "meeting": "Ilyas met the mayor for 25 minutes.",
    "note": "Lahiri made the note public on X.",
    "riots": "The riots of February 2020 left 53 people dead.",
    "twin-1": "Nothing else is known.",
    "twin-2": "Nothing else is known.",
}


@pytest.fixture
def index(folder: CorpusFolder, settings: Settings) -> Iterator[Index]:
    """An index of `TEXTS`, a passage each."""
    for identity, text in TEXTS.items():
        folder.write(identity, text, title="Story")
    with opened(settings, folder.path) as index:
        sync(index, folder.read().documents, CountingEncoder(), settings)
        yield index


@pytest.fixture
def retrieval(index: Index) -> Retrieval:
    return Retrieval(index, CountingEncoder())


def found(retrieval: Retrieval, query: str, k: int = 10) -> list[str]:
    """Ids of the documents found."""
    return [hit.passage.document_id for hit in retrieval.search(query, k)]


# On the story


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Who made the note public?", "Banojyotsna Lahiri"),
        ("How long did Ilyas meet Mamdani?", "25 minutes"),
        ("What is Khalid accused of?", "masterminds"),
        ("How many people died in the Delhi riots?", "53 people dead"),
        ("bail", "bail"),
        ("Who is Mamdani's chief counsel?", "Ramzi Kassem"),
        ("Does Khalid hold travel papers?", "passport"),
    ],
)
def test_the_story_is_found_by_its_words_and_by_their_meaning(assistant: Assistant, query: str, words: str) -> None:
    hits = assistant.search(query, k=5)
    assert any(words in hit.passage.text for hit in hits)
    for hit in hits:
        passage = hit.passage
        assert assistant.documents[passage.document_id].text[passage.start : passage.end] == passage.text


def test_five_passages_come_unless_more_or_fewer_are_asked_for(assistant: Assistant) -> None:
    everything = assistant.search("Khalid", k=1000)
    assert len(everything) == assistant.status()["passages"]
    assert len(assistant.search("Khalid")) == 5
    assert assistant.search("Khalid", k=2) == everything[:2]


@pytest.mark.parametrize("query", ["", "   ", "?!", "\u202e\u200b", "👍"])
def test_a_query_without_words_is_refused(assistant: Assistant, query: str) -> None:
    with pytest.raises(QuestionError):
        assistant.search(query)


def test_a_query_too_long_is_refused_with_both_figures(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match=r"has 2,501 characters, more than 2,000"):
        assistant.search("bail " * 500 + "?")


@examples(max_examples=30)
@given(query=st.text(min_size=1, max_size=60))
def test_any_query_finds_or_is_refused(assistant: Assistant, query: str) -> None:
    try:
        hits = assistant.search(query)
    except QuestionError:
        return
    assert len(hits) == 5


@pytest.mark.parametrize(
    "query", ["\ud800 bail", "bail\0", "bail OR NEAR(note) AND *", '"bail', "bail'); DROP TABLE documents"]
)
def test_a_hostile_query_is_words_like_any_other(assistant: Assistant, query: str) -> None:
    assert any("bail" in hit.passage.text for hit in assistant.search(query))


def test_the_longest_query_there_may_be_is_searched(retrieval: Retrieval) -> None:
    hits = retrieval.search(" ".join(f"word{number}" for number in range(20_000)) + " riots", 10)
    assert [hit.passage.document_id for hit in hits if hit.lexical] == ["riots"]


# Fusion


def test_scores_fall_and_lie_between_nothing_and_one(retrieval: Retrieval) -> None:
    hits = retrieval.search("When will the court hear the plea?", 10)
    assert hits[0].passage.document_id == "bail"
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_score_is_the_mean_of_all_sides_scaled(retrieval: Retrieval, index: Index) -> None:
    query = "the bail plea and the note"
    hits = retrieval.search(query, 10)
    lexical = dict(index.catalog.fulltext.search(["bail", "plea", "note"], 10))
    vector = CountingEncoder().encode([query])[0]
    dense = dict(index.nearest(vector, 10))

    def scaled(scores: dict[str, float], identity: str) -> float:
        low, high = min(scores.values()), max(scores.values())
        return (scores[identity] - low) / (high - low) if identity in scores else 0

    near = {i: similarities(index.catalog.vectors(i), vector) for i in {*lexical, *dense}}
    sentence = {i: max(alone for alone, _ in told) for i, told in near.items()}
    window = {i: max(pair for _, pair in told) for i, told in near.items()}
    assert lexical
    for hit in hits:
        identity = hit.passage.id
        assert hit.lexical == lexical.get(identity, 0)
        kept = CountingEncoder().encode([hit.passage.text])[0].astype(np.float16)
        assert hit.dense == pytest.approx(float(kept.astype(np.float32) @ vector), abs=1e-3)
        wanted = LEXICAL_WEIGHT * scaled(lexical, identity) + DENSE_WEIGHT * scaled(dense, identity)
        wanted += SENTENCE_WEIGHT * scaled(sentence, identity) + WINDOW_WEIGHT * scaled(window, identity)
        assert hit.score == pytest.approx(wanted, abs=1e-6)


def test_either_side_alone_is_enough(retrieval: Retrieval, index: Index) -> None:
    by_words = retrieval.search_vector("riots", np.zeros_like(CountingEncoder().encode(["x"])[0]), 1)
    assert by_words[0].passage.document_id == "riots"
    by_meaning = retrieval.search_vector("zebra", CountingEncoder().encode([TEXTS["meeting"]])[0], 1)
    assert (by_meaning[0].passage.document_id, by_meaning[0].lexical) == ("meeting", 0)


def test_stop_words_alone_still_search(retrieval: Retrieval) -> None:
    assert found(retrieval, "who was it for?")


def test_words_are_met_by_their_stems(retrieval: Retrieval) -> None:
    assert [hit.passage.document_id for hit in retrieval.search("rioting", 10) if hit.lexical] == ["riots"]


def test_accents_and_case_make_no_difference_to_words(folder: CorpusFolder, settings: Settings) -> None:
    folder.write("a", "Café Zürich closed.")
    folder.write("b", "Something else.")
    with opened(settings, folder.path) as index:
        sync(index, folder.read().documents, CountingEncoder(), settings)
        for query in ("CAFE", "cafe\u0301", "zurich"):
            hits = Retrieval(index, CountingEncoder()).search(query, 2)
            assert [hit.passage.document_id for hit in hits if hit.lexical] == ["a"]


def test_equals_come_in_order_of_their_ids(retrieval: Retrieval) -> None:
    assert found(retrieval, "Nothing else is known.", 2) == ["twin-1", "twin-2"]


def test_the_same_query_finds_the_same_again_and_in_many_threads(retrieval: Retrieval) -> None:
    queries = ["bail plea", "the mayor", "riots", "note"] * 8
    once = [retrieval.search(query, 10) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: retrieval.search(query, 10), queries)) == once


def test_a_fresh_index_of_the_same_corpus_finds_the_same(
    folder: CorpusFolder, settings: Settings, retrieval: Retrieval, minilm: MiniLM
) -> None:
    other = settings.replace(data_dir=f"{settings.data_dir}-2")
    with opened(other, folder.path) as index:
        sync(index, folder.read().documents, CountingEncoder(), other)
        again = Retrieval(index, CountingEncoder())
        for query in TEXTS.values():
            assert [(h.passage.id, round(h.score, 6)) for h in again.search(query, 10)] == [
                (h.passage.id, round(h.score, 6)) for h in retrieval.search(query, 10)
            ]


def test_vectors_of_passages_that_are_gone_are_no_hits(retrieval: Retrieval, index: Index) -> None:
    """As another process leaves them between publishing and clearing away."""
    vector = CountingEncoder().encode(["riots"])
    index.put(["gone:0123456789abcdef:0"], vector)
    hits = retrieval.search("riots", 100)
    assert len(hits) == len(TEXTS)
    assert "gone" not in {hit.passage.document_id for hit in hits}


def test_an_empty_index_finds_nothing(folder: CorpusFolder, settings: Settings) -> None:
    with opened(settings, folder.path) as index:
        assert Retrieval(index, CountingEncoder()).search("anything", 5) == []


@pytest.mark.usefixtures("index")
def test_a_search_that_a_sync_overtakes_shows_the_state_it_began_with(folder: CorpusFolder, settings: Settings) -> None:
    index = Overtaken(settings, folder.path, "counting")
    index.overtaken_by(folder, CountingEncoder())
    folder.write("riots", "The riots left many people dead.", title="Story")
    folder.remove("bail")
    retrieval = Retrieval(index, CountingEncoder())
    before, after = retrieval.search("riots bail", 10), retrieval.search("riots bail", 10)
    index.close()
    assert {hit.passage.text for hit in before if hit.lexical} == {TEXTS["riots"], TEXTS["bail"]}
    assert {hit.passage.text for hit in after if hit.lexical} == {"The riots left many people dead."}


def test_searches_in_one_thread_and_syncs_in_another_do_not_hinder_each_other(
    folder: CorpusFolder, settings: Settings, index: Index, retrieval: Retrieval
) -> None:
    allowed = sorted({TEXTS["riots"], "The riots left many people dead."})
    seen: set[str] = set()
    with ThreadPoolExecutor(1) as pool:
        for turn in range(4):
            folder.write("riots", allowed[turn % 2], title="Story")
            syncing = pool.submit(sync, index, folder.read().documents, CountingEncoder(), settings)
            while not syncing.done():
                seen |= {hit.passage.text for hit in retrieval.search("riots people dead", 1)}
            syncing.result()
    assert seen
    assert seen <= set(allowed)
