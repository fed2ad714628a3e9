"""Texts to vectors: the shipped encoder exact and repeatable, a provider's failures ours and without its key."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from index_fakes import DIMENSIONS, KEY, EmbeddingServer, HashedWords, embedding_reply, free_port
from langchain_core.embeddings import Embeddings
from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from assistant import ModelUnavailable, Settings, SettingsError
from assistant.embeddings import MAX_TOKENS, MiniLM, Provided, encoder_name, open_encoder
from assistant.runnables import EncoderEmbeddings

NAME = "openai:text-embedding-3-small"
SENTENCES = (
    "The note was made public by Khalid’s partner, Banojyotsna Lahiri.",
    "Who made the note public?",
    "The court will hear the bail plea on Friday.",
    "bail",
    "उमर खालिद जेल में हैं।",
    "a " * 100,
)


# The encoder that ships


def test_vectors_are_float32_of_unit_length_one_a_text(minilm: MiniLM) -> None:
    vectors = minilm.encode(SENTENCES)
    assert vectors.shape == (len(SENTENCES), 384)
    assert vectors.dtype == np.dtype("float32")
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_like_meanings_are_near(minilm: MiniLM) -> None:
    note, question, court = minilm.encode(SENTENCES[:3])
    assert note @ question > 0.6 > 0.2 > court @ question


def test_vectors_are_those_of_the_model_as_published(minilm: MiniLM) -> None:
    """Against sentence-transformers/all-MiniLM-L6-v2 in fp32, from its model card's example."""
    one, other = minilm.encode(["This is an example sentence", "Each sentence is converted"])
    np.testing.assert_allclose(one[:5], [0.0676569, 0.0634959, 0.0487131, 0.0793049, 0.0374480], atol=0.004)
    np.testing.assert_allclose(other[:5], [0.0864386, 0.1027627, 0.0053946, 0.0020444, -0.0099633], atol=0.004)


@examples(max_examples=10)
@given(company=st.lists(st.text(max_size=200), max_size=40))
def test_a_text_has_the_same_vector_in_any_company(company: list[str], minilm: MiniLM) -> None:
    alone = minilm.encode([SENTENCES[0]])[0]
    np.testing.assert_allclose(minilm.encode([*company, SENTENCES[0]])[-1], alone, atol=1e-5)


def test_order_is_kept_over_several_batches(minilm: MiniLM) -> None:
    texts = [f"{'word ' * (n * 7 % 23)}{n}" for n in range(75)]
    together = minilm.encode(texts)
    for row in (0, 31, 32, 74):
        np.testing.assert_allclose(together[row], minilm.encode([texts[row]])[0], atol=1e-5)


def test_the_same_text_has_the_same_vector_in_another_encoder(minilm: MiniLM) -> None:
    np.testing.assert_allclose(MiniLM(threads=1).encode(SENTENCES), minilm.encode(SENTENCES), atol=1e-5)


def test_long_texts_are_read_up_to_256_word_pieces(minilm: MiniLM) -> None:
    start = "the " * (MAX_TOKENS - 2)  # two pieces mark both ends
    full, longer, shorter = minilm.encode([start, start + "Mamdani " * 50, start[:-4]])
    np.testing.assert_allclose(longer, full, atol=1e-5)
    assert np.abs(shorter - full).max() > 1e-5


def test_nothing_has_no_vectors_and_the_empty_text_has_one(minilm: MiniLM) -> None:
    assert minilm.encode([]).shape == (0, 384)
    empty = minilm.encode([""])
    assert math.isclose(np.linalg.norm(empty[0]), 1, abs_tol=1e-5)
    np.testing.assert_allclose(minilm.encode([" \n", "\u200b"])[0], empty[0], atol=1e-5)


@examples(max_examples=20)
@given(text=st.text())
def test_any_text_has_a_vector(text: str, minilm: MiniLM) -> None:
    vectors = minilm.encode([text])
    assert np.isfinite(vectors).all()
    assert math.isclose(np.linalg.norm(vectors[0]), 1, abs_tol=1e-5)


def test_each_word_piece_has_a_vector_and_company_does_not_change_it(minilm: MiniLM) -> None:
    together = minilm.encode_tokens(list(SENTENCES))
    assert together[3][0] == ["bail"]
    for text, (pieces, vectors) in zip(SENTENCES, together, strict=True):
        assert vectors.shape == (len(pieces), 384)
        ((same, alone),) = minilm.encode_tokens([text])
        assert same == pieces
        np.testing.assert_allclose(vectors, alone, atol=1e-5)
    assert minilm.encode_tokens([]) == []


@pytest.mark.usefixtures("no_network")
def test_the_encoder_that_ships_needs_no_network() -> None:
    assert open_encoder(Settings()).encode(["bail"]).shape == (1, 384)


def test_an_encoder_is_langchains_embeddings_too(minilm: MiniLM) -> None:
    embeddings = EncoderEmbeddings(minilm)
    assert isinstance(embeddings, Embeddings)
    vectors = embeddings.embed_documents(list(SENTENCES))
    assert np.array_equal(np.asarray(vectors, np.float32), minilm.encode(SENTENCES))
    assert isinstance(vectors[0][0], float)
    np.testing.assert_allclose(embeddings.embed_query("bail"), vectors[3], atol=1e-5)
    assert embeddings.embed_documents([]) == []


# Which encoder


@pytest.mark.parametrize("name", ["minilm", NAME])
def test_the_name_is_known_without_the_encoder(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    settings = Settings(embedding=name)
    assert encoder_name(settings) == open_encoder(settings).name


@pytest.mark.parametrize("name", ["", "bert", "openai", "openai:", "cohere:embed-v4", "MiniLM"])
def test_an_unknown_embedding_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(SettingsError, match=f"no embedding {name!r}: use `minilm` or `openai:<model>`"):
        open_encoder(Settings(embedding=name))


def test_a_missing_key_is_said_with_both_ways_out() -> None:
    with pytest.raises(SettingsError, match=f"{NAME} needs a key: set OPENAI_API_KEY, or use the embedding `minilm`"):
        open_encoder(Settings(embedding=NAME))


# A provider's


@pytest.fixture
def provided(embedding_server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch) -> Provided:
    """The encoder for OpenAI's embeddings, at the loopback server."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    encoder = open_encoder(Settings(embedding=NAME, base_url=embedding_server.url))
    assert isinstance(encoder, Provided)
    return encoder


def failure(encoder: Provided) -> str:
    """What a failing server is told to the user as: never the key, always a remedy."""
    with pytest.raises(ModelUnavailable) as failed:
        encoder.encode(["bail", "note"])
    message = str(failed.value)
    assert message.startswith(f"The embedding server for {NAME} failed (")
    assert message.endswith("check its address and key, or use the embedding `minilm`.")
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__, "a traceback would show the provider's own text"
    assert KEY not in message
    return message


def test_a_providers_vectors_come_back_in_order_and_of_unit_length(
    provided: Provided, embedding_server: EmbeddingServer
) -> None:
    texts = ["bail bail note", "note", "the letter"]
    vectors = provided.encode(texts)
    raw = np.asarray(HashedWords().embed_documents(texts))
    np.testing.assert_allclose(vectors, raw / np.linalg.norm(raw, axis=1, keepdims=True), atol=1e-6)
    assert vectors.dtype == np.dtype("float32")
    assert embedding_server.keys == [KEY]
    (request,) = embedding_server.requests
    assert request["model"] == "text-embedding-3-small"
    assert request["input"] == texts, "servers other than OpenAI's take text alone, no token ids"


def test_many_texts_are_sent_in_several_requests(provided: Provided, embedding_server: EmbeddingServer) -> None:
    texts = [f"text {number}" for number in range(1500)]
    assert provided.encode(texts).shape == (1500, DIMENSIONS)
    assert [text for request in embedding_server.requests for text in request["input"]] == texts
    assert len(embedding_server.requests) > 1


def test_a_local_server_needs_no_key(embedding_server: EmbeddingServer) -> None:
    encoder = open_encoder(Settings(embedding=NAME, base_url=embedding_server.url))
    assert encoder.encode(["bail"]).shape == (1, DIMENSIONS)
    assert embedding_server.keys == ["unused"]


def test_no_text_asks_nothing_of_the_server(provided: Provided, embedding_server: EmbeddingServer) -> None:
    assert len(provided.encode([])) == 0
    assert not embedding_server.requests


def test_a_vector_of_nothing_stays_one(provided: Provided) -> None:
    assert not provided.encode(["!?"]).any()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_refusal_or_failure_of_the_server_is_ours(
    status: int, provided: Provided, embedding_server: EmbeddingServer
) -> None:
    embedding_server.status = status
    failure(provided)
    # Tried again only where that may help.
    assert len(embedding_server.requests) == (3 if status in (429, 500, 503) else 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>not JSON</html>",
        b"",
        b"null",
        {},
        {"data": None},
        embedding_reply([]),
        embedding_reply([[1.0, 0.0]]),
        embedding_reply([[1.0, 0.0], [1.0]]),
        embedding_reply([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]),
        embedding_reply([[1.0, "x"], [1.0, 0.0]]),
        embedding_reply([[], []]),
        embedding_reply([None, None]),
        embedding_reply([[1.0, math.nan], [1.0, 0.0]]),
    ],
    ids=range(13),
)
def test_an_answer_that_is_none_is_a_failure(
    answer: object, provided: Provided, embedding_server: EmbeddingServer
) -> None:
    embedding_server.answer = lambda texts: answer
    failure(provided)


def test_a_server_that_is_not_there_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    url = f"http://127.0.0.1:{free_port()}/v1"
    embeddings = OpenAIEmbeddings(
        model="m", api_key=SecretStr(KEY), base_url=url, check_embedding_ctx_length=False, max_retries=0
    )
    assert "Connection" in failure(Provided(NAME, embeddings))


def test_a_server_that_hangs_is_a_failure(embedding_server: EmbeddingServer) -> None:
    embedding_server.hangs = True
    embeddings = OpenAIEmbeddings(
        model="m", api_key=SecretStr(KEY), base_url=embedding_server.url, check_embedding_ctx_length=False,
        timeout=0.2, max_retries=0,
    )  # fmt: skip
    assert "Timeout" in failure(Provided(NAME, embeddings))


def test_the_key_is_in_no_text_of_the_encoder(provided: Provided, embedding_server: EmbeddingServer) -> None:
    assert KEY not in repr(provided) + str(provided) + repr(vars(provided))


def test_a_model_folder_may_be_given(minilm: MiniLM, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"tokenizer.json|No such file"):
        MiniLM(tmp_path)
