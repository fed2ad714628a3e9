"""Texts to vectors: the shipped encoder, or a provider's through LangChain."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from . import resources
from .errors import ModelUnavailable, SettingsError
from .settings import Settings

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
MAX_TOKENS = 256  # what all-MiniLM-L6-v2 was trained to read
BATCH = 32  # texts a batch, measured fastest on two cores


class MiniLM:
    """all-MiniLM-L6-v2 as one ONNX file: 384 dimensions, unit length, no network.

    Weights are int8, expanded when loaded, so a text's vector does not depend on its batch.
    Texts over 256 word pieces are read up to there. Source: Reimers and Gurevych 2019,
    https://arxiv.org/abs/1908.10084; built by training/minilm_onnx.py.
    """

    name = "minilm-l6-v2-int8"

    def __init__(self, folder: Path | None = None, threads: int = 2) -> None:
        folder = folder or resources.path("models/minilm")
        self._tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._session = load_session(folder / "model.onnx", threads)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, 384), float32, unit length."""
        result = np.zeros((len(texts), 384), np.float32)
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            result[rows] = self._run("sentence_embedding", [encoded[row] for row in rows])
        return result

    def encode_tokens(self, texts: Sequence[str]) -> list[tuple[list[str], Vectors]]:
        """For each text its word pieces, without the marks at both ends, and their unit vectors (pieces, 384)."""
        encoded = self._tokenizer.encode_batch(list(texts))
        result: list[tuple[list[str], Vectors]] = []
        for start in range(0, len(encoded), BATCH):
            batch = encoded[start : start + BATCH]
            vectors = self._run("token_embeddings", [encoding.ids for encoding in batch])
            result += [(e.tokens[1:-1], rows[1 : len(e.ids) - 1]) for e, rows in zip(batch, vectors, strict=True)]
        return result

    def _run(self, output: str, ids: list[list[int]]) -> Vectors:
        width = max(len(row) for row in ids)
        tokens = np.zeros((len(ids), width), np.int64)
        mask = np.zeros_like(tokens)
        for row, values in enumerate(ids):
            tokens[row, : len(values)] = values
            mask[row, : len(values)] = 1
        feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        vectors: Vectors = self._session.run([output], feed)[0]
        return vectors


def load_tokenizer(path: Path) -> Tokenizer:
    """The word pieces of a model; cuts texts at MAX_TOKENS, pads nothing."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()  # the file pads and truncates at 128
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def load_session(path: Path, threads: int) -> InferenceSession:
    """A model of ours, on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Provided:
    """A provider's embeddings through LangChain, with its errors mapped to ours."""

    def __init__(self, name: str, embeddings: Embeddings) -> None:
        self.name = name
        self._embeddings = embeddings

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimensions), float32, unit length; raises ModelUnavailable."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        try:
            vectors = np.asarray(self._embeddings.embed_documents(list(texts)), np.float32)
            if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.size or not np.isfinite(vectors).all():
                raise ValueError("not one vector of numbers for each text")
        except Exception as error:
            # Whatever a provider's client raises means the same here; its text may hold the key.
            raise ModelUnavailable(
                f"The embedding server for {self.name} failed ({type(error).__name__}): "
                "check its address and key, or use the embedding `minilm`."
            ) from None
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        norms[norms == 0] = 1
        unit: Vectors = (vectors / norms).astype(np.float32)
        return unit


Encoder = MiniLM | Provided


def encoder_name(settings: Settings) -> str:
    """What an index made with this embedding is marked with, without loading the encoder."""
    return MiniLM.name if settings.embedding == "minilm" else settings.embedding


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that `settings.embedding` names; raises SettingsError for one there is not."""
    if settings.embedding == "minilm":
        return MiniLM()
    provider, _, model = settings.embedding.partition(":")
    if provider != "openai" or not model:
        raise SettingsError(f"There is no embedding {settings.embedding!r}: use `minilm` or `openai:<model>`.")
    key = os.environ.get("OPENAI_API_KEY") or ("unused" if settings.base_url else "")
    if not key:
        raise SettingsError(f"{settings.embedding} needs a key: set OPENAI_API_KEY, or use the embedding `minilm`.")
    from langchain_openai import OpenAIEmbeddings
    from pydantic import SecretStr

    # Plain strings instead of token ids: servers other than OpenAI's take nothing else.
    return Provided(
        settings.embedding,
        OpenAIEmbeddings(
            model=model,
            api_key=SecretStr(key),
            base_url=settings.base_url,
            check_embedding_ctx_length=False,
            timeout=30,
            max_retries=2,
        ),
    )


def similarities(sentences: Vectors, vector: Vectors) -> list[tuple[float, float]]:
    """For each sentence of a passage the cosine of `vector` to it, and to it with the one before."""
    windows = sentences.copy()
    windows[1:] += sentences[:-1]
    windows /= np.linalg.norm(windows, axis=1, keepdims=True) + 1e-9
    return [(float(alone), float(wide)) for alone, wide in zip(sentences @ vector, windows @ vector, strict=True)]
