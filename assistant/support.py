"""How well some words bear out a claim: a score in [0, 1] from a checker that calls no model server.

With `models/entailment/model.onnx` a small cross-encoder reads claim and evidence together; without it the score is how
much of the claim, by weight, meets a word of the evidence, with the encoder's cosines for what is put in other words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from . import resources
from .embeddings import MiniLM, Vectors
from .errors import SettingsError
from .matching import match, rarity
from .quantities import quantities
from .words import LIGHT_VERBS, content_words, stem, tokens

MODEL = "models/entailment"
CLAIM_PIECES, EVIDENCE_PIECES = 64, 110  # word pieces read of each
SHORTEST = 4  # words that a sentence has at least
NAMED = 1.5  # what a name or number weighs beside a common word
LIGHT = 0.4
# Of the interim score, set on the dev parts of SummEdits and WiCE (`python -m benchmarks.support`).
COSINE = 0.25
# Scores from which on a claim counts as borne out: of the overlap, set on 250 claims of WiCE's dev part.
BORNE_OUT = {"overlap": 0.67, "cross-encoder": 0.5}
SOFT_FROM, SOFT_TO, SOFT_MOST = 0.40, 0.80, 0.8
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n+")
MOST, CLOSE = 120, 12  # sentences of evidence that are read, and read word by word


class Checker:
    """Scores claims; keeps the word vectors of evidence it has read."""

    def __init__(self, encoder: MiniLM | None = None) -> None:
        self._encoder = encoder or MiniLM()
        self._evidence = lru_cache(maxsize=64)(self._read)
        self._tokens = lru_cache(maxsize=2048)(self._vectors)
        self._cross = _cross_encoder()
        self.name = "cross-encoder" if self._cross else "overlap"
        self.bar = BORNE_OUT[self.name]

    def support(self, claim: str, evidence: str) -> float:
        """How far `evidence` says what `claim` says; each sentence of the claim has to be borne out."""
        parts = sentences(claim)
        if any(len(part.split()) < SHORTEST for part in parts) or not parts:
            parts = [claim]  # "D.Y. Chandrachud": no sentence ends there
        score = self._cross.score if self._cross else self._overlap
        return min(score(part, evidence) for part in parts)

    def _overlap(self, claim: str, evidence: str) -> float:
        """Aligned coverage (each word of the claim with its best word of the evidence), with the best sentence's cosine."""
        words = list(dict.fromkeys(content_words(claim)))
        if not words:
            return 0.0
        held = self._evidence(evidence)
        vector = self._encoder.encode([claim])[0]
        cosines = held.vectors @ vector
        near = [held.parts[i] for i in np.argsort(-cosines)[:CLOSE]]
        soft = _soft(*self._encoder.encode_tokens([claim])[0], [self._tokens(part) for part in near])
        counted = {claim[q.start : q.end].lower() for q in quantities(claim) if q.value in held.numbers}
        total = got = 0.0
        for word in words:
            weight = _weight(word, claim)
            met = 1.0 if word in counted else match(word, held.stems)
            if not word.isdigit():
                met = max(met, soft.get(word, 0.0))
            total, got = total + weight, got + weight * met
        cosine = float(max(cosines.max(), (held.pairs @ vector).max(initial=0.0)))
        return (1 - COSINE) * got / total + COSINE * max(0.0, cosine)

    def _read(self, evidence: str) -> _Read:
        parts = sentences(evidence)[:MOST] or [evidence]
        vectors = self._encoder.encode(parts)
        pairs = vectors[1:] + vectors[:-1]
        pairs /= np.linalg.norm(pairs, axis=1, keepdims=True) + 1e-9
        numbers = frozenset(q.value for q in quantities(evidence))
        return _Read(parts, frozenset(stem(word) for word in tokens(evidence)), numbers, vectors, pairs)

    def _vectors(self, sentence: str) -> Vectors:
        return self._encoder.encode_tokens([sentence])[0][1]


@dataclass(frozen=True, slots=True)
class _Read:
    """Evidence as read: its sentences, stems and numbers; the vectors of the sentences, and of each with the next."""

    parts: Sequence[str]
    stems: frozenset[str]
    numbers: frozenset[float]
    vectors: Vectors
    pairs: Vectors


def _soft(pieces: Sequence[str], vectors: Vectors, rows: Sequence[Vectors]) -> dict[str, float]:
    """For each word of the claim the best cosine to a word of the evidence, scaled."""
    full = [row for row in rows if len(row)]
    told = np.concatenate(full) if full else np.zeros((0, vectors.shape[1] if vectors.ndim == 2 else 1), np.float32)
    best = (vectors @ told.T).max(axis=1) if len(vectors) and len(told) else np.zeros(len(vectors))
    scaled = np.clip((best - SOFT_FROM) / (SOFT_TO - SOFT_FROM), 0, 1) * SOFT_MOST
    result: dict[str, float] = {}
    word, values = "", list[float]()
    for piece, value in zip([*pieces, ""], [*scaled, 0.0], strict=True):
        if piece.startswith("##"):
            word, values = word + piece[2:], [*values, float(value)]
            continue
        if word:
            result[word] = max(result.get(word, 0.0), sum(values) / len(values))
        word, values = piece, [float(value)]
    return result


class _CrossEncoder:
    """A cross-encoder in ONNX: claim and a window of evidence in, one logit out; the best window counts."""

    def __init__(self, path: Any) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._names = {held.name for held in self._session.get_inputs()}
        tokenizer = self._tokenizer = Tokenizer.from_file(str(resources.path("models/minilm/tokenizer.json")))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._cls = tokenizer.token_to_id("[CLS]") or 0
        self._sep = tokenizer.token_to_id("[SEP]") or 0

    def score(self, claim: str, evidence: str) -> float:
        """The chance that the evidence bears the claim out."""
        told = self._ids(claim)[:CLAIM_PIECES]
        rows = [([self._cls, *told, self._sep, self._sep], [*window, self._sep]) for window in self._windows(evidence)]
        logits = [self._logit(*row) for row in rows]
        return float(1 / (1 + np.exp(-max(logits)))) if logits else 0.0

    def _windows(self, evidence: str) -> list[list[int]]:
        """Runs of whole sentences that fit, each beginning with the second half of the one before."""
        parts = [ids for part in sentences(evidence) if (ids := self._ids(part)[:EVIDENCE_PIECES])]
        windows, first = list[list[int]](), 0
        while first < len(parts):
            last, size = first, 0
            while last < len(parts) and size + len(parts[last]) <= EVIDENCE_PIECES:
                size, last = size + len(parts[last]), last + 1
            windows.append([i for part in parts[first:last] for i in part])
            first = last if last == len(parts) else max(first + 1, (first + last) // 2)
        return windows

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _logit(self, first: Sequence[int], second: Sequence[int]) -> float:
        ids = np.asarray([[*first, *second]], np.int64)
        types = np.asarray([[0] * len(first) + [1] * len(second)], np.int64)
        feed = {"input_ids": ids, "token_type_ids": types, "attention_mask": np.ones_like(ids)}
        return float(np.ravel(self._session.run(None, {n: v for n, v in feed.items() if n in self._names})[0])[0])


def sentences(text: str) -> list[str]:
    """The sentences of some text, cut plainly: for scoring, where offsets are no matter."""
    return [part.strip() for part in _SENTENCE.split(text) if part and re.search(r"\w", part)]


def _weight(word: str, claim: str) -> float:
    if word in LIGHT_VERBS:
        return LIGHT
    named = word.isdigit() or re.search(rf"\b{re.escape(word[0].upper() + word[1:])}\b", claim) is not None
    return NAMED if named else 0.4 + 0.6 * rarity(word)


def _cross_encoder() -> _CrossEncoder | None:
    try:
        return _CrossEncoder(resources.path(f"{MODEL}/model.onnx"))
    except SettingsError:
        return None


@cache
def _checker() -> Checker:
    return Checker()


def support(claim: str, evidence: str) -> float:
    """As `Checker.support`, with a checker made at the first call."""
    return _checker().support(claim, evidence)
