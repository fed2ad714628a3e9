"""How likely a sentence answers a question: the shipped cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import resources
from .embeddings import load_session, load_tokenizer

QUESTION, CONTEXT, SENTENCE = 40, 24, 72  # word pieces read of each part, as in training/cross_encoder.py
START, BREAK = 101, 102  # BERT's marks at the start of a text and after each of its parts
TOGETHER = 6  # pairs read in one batch
Pair = tuple[str, str]


class Relevance:
    """all-MiniLM-L6-v2 trained on to read a question and a sentence together (Nogueira and Cho 2019, arXiv:1901.04085).

    Weights are int8, expanded when loaded. Recipe, data and licences: training/cross_encoder.py.
    """

    def __init__(self, path: Path | None = None, threads: int = 2) -> None:
        self._tokenizer = load_tokenizer(resources.path("models/minilm/tokenizer.json"))
        self._session = load_session(path or resources.path("models/relevance/model.onnx"), threads)

    def chances(self, question: str, pairs: Sequence[Pair]) -> list[float]:
        """For each context and sentence the chance, in [0, 1], that the sentence answers `question`.

        The context (what stands before the sentence, or its document's title; it may be empty) only helps to read it.
        """
        if not pairs:
            return []
        asked = self._pieces([question])[0][:QUESTION]
        contexts, sentences = (
            self._pieces([context for context, _ in pairs]),
            self._pieces([words for _, words in pairs]),
        )
        heads = [[START, *asked, BREAK, *before[-CONTEXT:], BREAK] for before in contexts]
        rows = [(head, [*held[:SENTENCE], BREAK]) for head, held in zip(heads, sentences, strict=True)]
        # Those of like length together, so that little of a batch is padding.
        order = sorted(range(len(rows)), key=lambda number: sum(map(len, rows[number])))
        logits = np.zeros(len(rows), np.float32)
        for start in range(0, len(order), TOGETHER):
            batch = order[start : start + TOGETHER]
            logits[batch] = self._logits([rows[number] for number in batch])
        return [float(chance) for chance in 1 / (1 + np.exp(-logits))]

    def _logits(self, rows: Sequence[tuple[list[int], list[int]]]) -> NDArray[np.float32]:
        ids = np.zeros((len(rows), max(len(head) + len(held) for head, held in rows)), np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for number, (head, held) in enumerate(rows):
            row = head + held
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
            types[number, len(head) : len(row)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        logits: NDArray[np.float32] = self._session.run(["score"], feed)[0]
        return logits

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]
