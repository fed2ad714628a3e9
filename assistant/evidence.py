"""How well a sentence answers a question: its features, and the scores made of them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from . import resources
from .answer_kinds import kind_matches, topic_words
from .catalog import Catalog
from .embeddings import Encoder, MiniLM, Vectors
from .names import Person
from .questions import Question
from .types import Document, Hit
from .views import View
from .words import content_words, stem, synonyms, tokens

KIN = 5  # letters two words must share to count as kin ("politicisation", "politics")
SOFT_FROM, SOFT_TO, SOFT_MOST = 0.45, 0.85, 0.6  # token cosine that begins to count, that counts in full, and for how much
RARE = 0.7  # rarity from which a word in small letters is taken for a name
READ_CLOSELY = 12  # sentences whose word vectors are compared; the rest are too far behind


# After a name: a verb, with or without what may stand between.
_DOES = re.compile(
    r"(?:, [^,]{3,40},)? (?:who |also |then |later |has |had |have |\w+ly )*(?!(?:and|or|of|in|as|to|at|by|on|with|for)\b)[a-z]+"
)


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence, each in [0, 1].

    coverage: share of the question's words, by weight, that stand in it, its credit or (for less) around it;
    own: the same without what stands around. similarity: cosine of question and sentence. passage: its
    passage's score. missing: share of the question's words, by weight, that nothing matches. kind: it holds
    the kind of thing asked for. speaker: it is said by whom the question asks about. agent: whoever the
    question says does something does something in it (.5 if the question names nobody as doer).
    quoted: it holds the words quoted in the question (.5 if there are none).
    """

    coverage: float
    own: float
    similarity: float
    passage: float
    missing: float
    kind: float
    speaker: float
    agent: float
    quoted: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence (its number in its document) as a possible answer."""

    document: Document
    number: int
    features: Features
    score: float


class Reader:
    """Reads the sentences of retrieved passages against a question."""

    def __init__(self, catalog: Catalog, encoder: Encoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._view = lru_cache(maxsize=512)(self._make_view)
        self._tokens: dict[str, Vectors] = {}

    def view(self, document_id: str) -> View:
        """The document as evidence."""
        return self._view(document_id, self._catalog.document(document_id).version)

    def candidates(self, question: Question, vector: Vectors, hits: Sequence[Hit]) -> list[Candidate]:
        """Every sentence of `hits`, best first."""
        weights = {word: self._weight(word) for word in topic_words(question)}
        rough = []
        for hit in hits:
            view = self.view(hit.passage.document_id)
            similarities = self._catalog.vectors(hit.passage.id) @ vector
            for span, similarity in zip(hit.passage.sentences, similarities, strict=True):
                number = view.numbers[span]
                features = _features(question, weights, view, number, float(similarity), hit.score, {})
                rough.append((score(features), view, number, float(similarity), hit.score))
        rough.sort(key=lambda row: (-row[0], row[1].document.id, row[2]))
        close = rough[:READ_CLOSELY]
        soft = self._soft(question.text, [view.text(number) for _, view, number, _, _ in close])
        found = []
        for (_, view, number, similarity, passage), near in zip(close, soft, strict=True):
            features = _features(question, weights, view, number, similarity, passage, near)
            found.append(Candidate(view.document, number, features, score(features)))
        return sorted(found, key=lambda c: (-c.score, c.document.id, c.number))

    def _weight(self, word: str) -> float:
        """How much a word of the question tells: rare in English, or rare here."""
        count = max(1, self._catalog.count())
        here = math.log((count + 1) / (self._catalog.frequency(stem(word)) + 0.5)) / math.log((count + 1) / 0.5)
        return 0.3 + 0.5 * rarity(word) + 0.4 * here

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

    def _make_view(self, document_id: str, version: str) -> View:
        passages = self._catalog.passages_of(document_id)
        sentences = [sentence for passage in passages for sentence in passage.sentences]
        return View(self._catalog.document(document_id), sentences, self._catalog.attributions(document_id))


def score(f: Features) -> float:
    """One number to rank by."""
    return (
        0.40 * f.coverage + 0.20 * f.own + 0.35 * f.similarity + 0.05 * f.passage + 0.30 * f.kind
        + 0.20 * f.speaker + 0.20 * f.agent + 0.50 * f.quoted
    )  # fmt: skip


def rarity(word: str) -> float:
    """0 for the commonest words of English, 1 for rare ones and most names.

    From the rank in the encoder's word-piece vocabulary, which is in order of frequency
    (BERT, Devlin et al. 2019).
    """
    rank = _vocabulary().get(word)
    return 1.0 if rank is None else max(0.0, min(1.0, math.log(max(rank - 1990, 2)) / math.log(28500)))


@cache
def _vocabulary() -> dict[str, int]:
    from tokenizers import Tokenizer

    vocabulary: dict[str, int] = Tokenizer.from_file(str(resources.path("models/minilm/tokenizer.json"))).get_vocab()
    return vocabulary


def _features(
    question: Question,
    weights: Mapping[str, float],
    view: View,
    number: int,
    similarity: float,
    passage: float,
    soft: Mapping[str, float],
) -> Features:
    near = view.near(number)
    mine = {word: max(match(word, view.held[number]), soft.get(word, 0.0)) for word in weights}
    every = {word: max(value, 0.6 * match(word, near)) for word, value in mine.items()}
    total = sum(weights.values()) or 1.0
    return Features(
        coverage=sum(weights[word] * value for word, value in every.items()) / total,
        own=sum(weights[word] * value for word, value in mine.items()) / total,
        similarity=max(0.0, similarity),
        passage=passage,
        missing=sum(weights[word] for word, value in every.items() if value < 0.3) / total,
        kind=kind_matches(question, view, number),
        speaker=_speaker_matches(question, view, number),
        agent=_agent_matches(question, view, number),
        quoted=_quoted_matches(question, view, number),
    )


def match(word: str, words: frozenset[str]) -> float:
    """How well `word` is met by stems: itself 1, a synonym or kin less, nothing 0."""
    root = stem(word)
    if root in words:
        return 1.0
    if synonyms().get(root, frozenset()) & words:
        return 0.85
    if len(root) >= KIN and any(other[:KIN] == root[:KIN] for other in words):
        return 0.85
    if len(root) == KIN - 1 and any(other[: KIN - 1] == root for other in words):
        return 0.7
    return 0.0


def unmatched_names(question: Question, view: View, number: int) -> list[str]:
    """Names in the question that neither the sentence, its credit, nor those around it mention."""
    near = view.held[number] | view.near(number)
    asked = set(tokens(question.text))
    # Readers leave capitals out: a surname of the document counts without them.
    known = [p.surname for p in view.people.persons if tokens(p.surname)[-1] in asked and rarity(tokens(p.surname)[-1]) > RARE]
    return [
        name for name in dict.fromkeys([*question.names, *known]) if not all(match(word, near) for word in content_words(name))
    ]


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


def _speaker_matches(question: Question, view: View, number: int) -> float:
    """Whether the one whose words are asked for says the sentence."""
    speaker = view.people.by_name(view.speakers[number])
    known = set(tokens(view.speakers[number])) | (set(tokens(speaker.role)) if speaker else set())
    return 1.0 if question.asked and known & set(content_words(question.asked)) else 0.0


def _agent_matches(question: Question, view: View, number: int) -> float:
    """Whether whoever the question has doing something is a doer in the sentence."""
    agents = [p for p in view.people.persons if _leads(p, tokens(question.agent))]
    if not agents:
        return 0.5
    text = view.text(number)
    for person in agents:
        if person.name == view.speakers[number]:
            return 1.0
        if person in view.about[number] and person.surname not in text:
            return 1.0  # meant by a pronoun
    for mention in view.people.mentions(text):
        if mention.person in agents and not mention.possessive and _DOES.match(text[mention.span.end :][:60]):
            return 1.0
    return 0.0


def _leads(person: Person, words: Sequence[str]) -> bool:
    """Whether `words` begin with the person's name or surname."""
    name = tokens(person.name)
    return bool(words) and (words[0] == name[-1] or (words[0] in name and len(words) > 1 and words[1] in name))


def _quoted_matches(question: Question, view: View, number: int) -> float:
    """Whether the sentence holds every stretch that the question quotes; commas and capitals are no matter."""
    if not question.quoted:
        return 0.5
    sentence, text = view.sentences[number], view.document.text
    # A credit may stand in the middle of a quotation: the quoted words alone count too.
    said = [quote.inner.of(text) for quote in view.quotations if sentence.holds(quote.outer)]
    held = [f" {' '.join(tokens(words))} " for words in (sentence.of(text), " ".join(said))]
    return 1.0 if all(any(f" {' '.join(tokens(q))} " in words for words in held) for q in question.quoted) else 0.0
