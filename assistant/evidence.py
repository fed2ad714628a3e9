"""The sentences of retrieved passages, read against a question."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .answer_kinds import topic_words
from .catalog import Catalog
from .embeddings import Encoder, MiniLM, Vectors, similarities
from .features import Features, features_of, matches, rough_score, score
from .matching import rarity
from .questions import Question
from .relevance import Relevance
from .types import Document, Hit
from .views import View
from .words import LIGHT_VERBS, stem, tokens

SOFT_FROM, SOFT_TO, SOFT_MOST = (
    0.45,
    0.85,
    0.6,
)  # token cosine that begins to count, that counts in full, and for how much
UNKNOWN = 2  # words of a question, known to neither English nor the corpus, that make it one about something else
ALIKE, SHORTEST_SLIP = 0.8, 5  # likeness (difflib) and length from which a word may be another one misspelt
DATED = 1.0  # what a date counts for
LIGHT = 0.3  # what a light verb counts for beside another word
READ_FOR_LIST = 30  # the same, where everyone who says something is asked for
READ_CLOSELY = 12  # sentences that are read closely at most; the rest are too far behind
# And how far behind the first: e^-5 as likely by the first order. On the invented stories held out eight are then read
# on average in place of twelve, and of .731 of the questions with an answer among them .725 keep it.
BEHIND = 5.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One sentence (its number in its document) and what speaks for showing it, in [0, 1]."""

    document: Document
    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Candidate(Choice):
    """A sentence as a possible answer; `matched`, `own`: how well it meets each word asked, with and without what
    stands around it."""

    features: Features
    matched: Mapping[str, float]
    own: Mapping[str, float]


class Reader:
    """Reads the sentences of retrieved passages against a question."""

    def __init__(self, catalog: Catalog, encoder: Encoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._relevance = Relevance()
        self._view = lru_cache(maxsize=512)(self._make_view)
        self._tokens: dict[str, Vectors] = {}

    def view(self, document_id: str) -> View:
        """The document as evidence."""
        return self._view(document_id, self._catalog.document(document_id).version)

    def candidates(
        self, question: Question, vector: Vectors, hits: Sequence[Hit], closely: int = READ_CLOSELY
    ) -> list[Candidate]:
        """The sentences of `hits` that come near the best, up to `closely` of them, best first.

        Where more than READ_CLOSELY are wanted, each of them, however far behind.
        """
        count = max(1, self._catalog.count())
        weights = {word: self._weight(word, count) for word in topic_words(question)}
        weights |= {str(date): DATED for date in question.dates}
        rough = []
        for hit in hits:
            view = self.view(hit.passage.document_id)
            told = similarities(self._catalog.vectors(hit.passage.id), vector)
            for span, similarity in zip(hit.passage.sentences, told, strict=True):
                number = view.numbers[span]
                matched = matches(question, weights, view, number, {})
                features = features_of(question, weights, matched, view, number, similarity, hit.score)
                rough.append((rough_score(features), view, number, similarity, hit.score))
        rough.sort(key=lambda row: (-row[0], row[1].document.id, row[2]))
        close = rough[:closely]
        if closely <= READ_CLOSELY:
            close = [row for row in close if row[0] >= close[0][0] - BEHIND]
        soft = self._soft(question.text, [view.text(number) for _, view, number, _, _ in close])
        read = self._relevance.chances(question.text, [_readable(view, number) for _, view, number, _, _ in close])
        found = []
        for (_, view, number, similarity, passage), near, chance in zip(close, soft, read, strict=True):
            matched = matches(question, weights, view, number, near)
            features = features_of(question, weights, matched, view, number, similarity, passage)
            features = dataclasses.replace(features, read=chance)
            around = {word: value for word, (_, value) in matched.items()}
            own = {word: value for word, (value, _) in matched.items()}
            found.append(Candidate(view.document, number, score(features), features, around, own))
        return sorted(found, key=lambda c: (-c.score, c.document.id, c.number))

    def respelt(self, question: Question) -> Question:
        """The question with words that the corpus does not know put right: "Malvia" to "malviya".

        Only words rare in English, five letters or longer, with one stem in the corpus that begins alike.
        """
        unknown = [
            word for word in question.words if rarity(word) == 1.0 and not self._catalog.fulltext.frequency(stem(word))
        ]
        changes = {word: put for word in question.words if (put := self._respelling(word))}
        if len(foreign := [word for word in unknown if word not in changes]) >= UNKNOWN:
            # Neither English nor of this corpus: names of something else, or no words at all.
            question = dataclasses.replace(question, names=(*question.names, *foreign))
        if not changes:
            return question
        words = tuple(changes.get(word, word) for word in question.words)
        names = tuple(" ".join(changes.get(word, word) for word in tokens(name)) for name in question.names)
        return dataclasses.replace(question, words=words, names=names)

    def _respelling(self, word: str) -> str:
        root = stem(word)
        if len(word) < SHORTEST_SLIP or rarity(word) < 1.0 or self._catalog.fulltext.frequency(root):
            return ""
        close = difflib.get_close_matches(root, self._catalog.fulltext.stems(root[:2]), n=1, cutoff=ALIKE)
        return close[0] if close else ""

    def _weight(self, word: str, count: int) -> float:
        """How much a word of the question tells: rare in English, or rare in the `count` passages here."""
        here = math.log((count + 1) / (self._catalog.fulltext.frequency(stem(word)) + 0.5)) / math.log(
            (count + 1) / 0.5
        )
        return (0.3 + 0.5 * rarity(word) + 0.4 * here) * (LIGHT if word in LIGHT_VERBS else 1.0)

    def _soft(self, question: str, sentences: Sequence[str]) -> list[dict[str, float]]:
        """For each sentence: the question's words with their best cosine to a word of it, scaled to [0, SOFT_MOST].

        Late interaction over the encoder's own token vectors (Khattab and Zaharia 2020, ColBERT).
        """
        if not isinstance(self._encoder, MiniLM):
            return [{} for _ in sentences]
        pieces, asked = self._encoder.encode_tokens([question])[0]
        rows = _pieces_by_word(pieces)
        fresh = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._tokens]
        if len(self._tokens) + len(fresh) > 4096:
            self._tokens.clear()
            fresh = list(dict.fromkeys(sentences))
        for sentence, (_, vectors) in zip(fresh, self._encoder.encode_tokens(fresh), strict=True):
            self._tokens[sentence] = vectors
        result = []
        for sentence in sentences:
            told = self._tokens[sentence]
            best = (asked @ told.T).max(axis=1) if len(asked) and len(told) else np.zeros(len(asked))
            scaled = np.clip((best - SOFT_FROM) / (SOFT_TO - SOFT_FROM), 0, 1) * SOFT_MOST
            result.append({word: float(scaled[places].mean()) for word, places in rows.items()})
        return result

    def _make_view(self, document_id: str, _version: str) -> View:
        passages = self._catalog.passages_of(document_id)
        sentences = [(sentence, passage.heading) for passage in passages for sentence in passage.sentences]
        return View(
            self._catalog.document(document_id),
            [sentence for sentence, _ in sentences],
            self._catalog.attributions(document_id),
            [heading for _, heading in sentences],
        )


def _readable(view: View, number: int) -> tuple[str, str]:
    """A sentence, after what helps to read it: the one before, else the title."""
    before = view.text(number - 1) if number > view.paragraph(number) else view.document.title
    return before, view.text(number)


def _pieces_by_word(pieces: Sequence[str]) -> dict[str, list[int]]:
    words: dict[str, list[int]] = {}
    word, rows = "", list[int]()
    for row, piece in enumerate([*pieces, ""]):
        if piece.startswith("##"):
            word += piece[2:]
            rows.append(row)
            continue
        if word:
            words[word] = rows
        word, rows = piece, [row]
    return words
