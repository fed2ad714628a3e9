"""How well a sentence answers a question: its features, and the scores made of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from . import resources
from .catalog import Catalog
from .embeddings import Encoder, MiniLM, Vectors
from .names import People, people
from .questions import Question
from .quotations import quotations
from .types import Attribution, Document, Hit, Span
from .words import content_words, stem, synonyms, tokens

_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion lakh crore "
    "dozen dozens hundreds thousands half double twice several"
)
_NUMBER = re.compile(rf"(?<![\w.])(?:\d[\d,.]*|{'|'.join(_NUMBER_WORDS.split())})(?!\w)", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\Z")
_TIME = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:january|february|march|april|may|june|july|august|september|"
    r"october|november|december|jan|feb|aug|sept|oct|nov|dec)\.? \d|\b\d{1,2} (?:january|february|march|april|may|june|july|"
    r"august|september|october|november|december)|\b(?:1[5-9]|20)\d\d\b|\b(?:january|february|march|april|june|july|august|"
    r"september|october|november|december)\b|\b(?:yesterday|today|tonight|tomorrow|morning|evening|midnight|noon)\b|"
    r"\b(?:last|next|this|previous|following) (?:week|month|year|night|spring|summer|autumn|winter)|\bago\b|"
    r"\b\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m\.|p\.m\.)|\bcentury\b|\b(?:soon )?after taking\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"(?:\b\d[\d,.]*|\b(?:{'|'.join(_NUMBER_WORDS.split())}|an?|few|couple of))[- ]?(?:\w+ )?"
    r"(?:second|minute|hour|day|week|month|year|decade|centur)",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b\d{1,3}[- ]year[- ]old|\baged? (?:of )?\d|\bborn\b|, \d{1,3},|\bis \d{1,3}\b", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|near|from|to|on|across|outside|inside|of) (?:the )?[A-Z]|\babroad\b|\boverseas\b|\bcourt\b|\bonline\b")
_REASON = re.compile(
    r"\b(?:because|since|so that|in order|due to|owing|therefore|reasons?|as a result|to protest|making|unless|which is why|"
    r"hence|thus|cause[ds]?|for (?:his|her|its|their|it)|so we|and we)\b|\bto [a-z]+",
    re.IGNORECASE,
)
_PREFIX = 5  # letters two words must share to count as kin ("politicisation", "politics")
_SOFT_FROM, _SOFT_TO = 0.45, 0.85  # token cosine that begins to count, and that counts in full


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence, each in [0, 1].

    coverage: share of the question's words, by weight, that stand in it, its credit or (half) around it.
    similarity: cosine of question and sentence. weakest: match of the question's least matched key word.
    kind: it holds the kind of thing asked for. speaker: it is said by whom the question asks about.
    """

    coverage: float
    own: float
    similarity: float
    passage: float
    weakest: float
    kind: float
    speaker: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence (its number in its document) as a possible answer."""

    document: Document
    number: int
    features: Features
    score: float


class View:
    """A document as evidence: sentences with their words, credits and people, made once a version."""

    def __init__(self, document: Document, sentences: Sequence[Span], attributions: Sequence[Attribution]) -> None:
        self.document = document
        self.sentences = tuple(sentences)
        self.attributions = tuple(attributions)
        self.quotations = tuple(quotations(document.text))
        self.people: People = people(document.text)
        self.words = [frozenset(stem(w) for w in content_words(s.of(document.text))) for s in sentences]
        self.speakers = [self._speaker(sentence) for sentence in sentences]
        self.roles = [self._roles(number) for number in range(len(self.sentences))]

    def block(self, number: int, before: int, after: int) -> list[int]:
        """Numbers of the sentences around one, in its own paragraph and the one before."""
        return [i for i in range(max(0, number - before), min(len(self.sentences), number + after + 1)) if i != number]

    def _roles(self, number: int) -> frozenset[str]:
        """Stems of the full names and roles of everyone the sentence names or is said by."""
        words = self.sentences[number].of(self.document.text)
        named = [mention.person for mention in self.people.mentions(words)]
        if speaker := self.people.by_name(self.speakers[number]):
            named.append(speaker)
        return frozenset(stem(w) for person in named for w in content_words(f"{person.name} {person.role}"))

    def _speaker(self, sentence: Span) -> str:
        for attribution in self.attributions:
            if attribution.speaker and attribution.start < sentence.end and sentence.start < attribution.end:
                return attribution.speaker
        return ""


class Reader:
    """Reads the sentences of retrieved passages against a question."""

    def __init__(self, catalog: Catalog, encoder: Encoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._view = lru_cache(maxsize=512)(self._make_view)
        self._tokens = lru_cache(maxsize=4096)(self._encode_tokens)

    def view(self, document_id: str) -> View:
        """The document as evidence."""
        document = self._catalog.document(document_id)
        return self._view(document_id, document.version)

    def candidates(self, question: Question, vector: Vectors, hits: Sequence[Hit]) -> list[Candidate]:
        """Every sentence of `hits`, best first."""
        weights = {word: self._weight(word) for word in question.words}
        found: list[Candidate] = []
        for hit in hits:
            view = self.view(hit.passage.document_id)
            similarities = self._catalog.vectors(hit.passage.id) @ vector
            for span, similarity in zip(hit.passage.sentences, similarities, strict=True):
                number = view.sentences.index(span)
                features = self._features(question, weights, view, number, float(similarity), hit)
                found.append(Candidate(view.document, number, features, score(features)))
        return sorted(found, key=lambda c: (-c.score, c.document.id, c.number))

    def _features(
        self, question: Question, weights: dict[str, float], view: View, number: int, similarity: float, hit: Hit
    ) -> Features:
        own = view.words[number] | view.roles[number]
        around = frozenset().union(*(view.words[i] for i in view.block(number, 2, 1)))
        matched = {}
        mine = {}
        sentence = view.sentences[number].of(view.document.text)
        soft = self._soft(question.text, sentence)
        for word in weights:
            here = _match(word, own)
            mine[word] = max(here, soft.get(word, 0.0))
            matched[word] = max(mine[word], 0.6 * _match(word, around))
        total = sum(weights.values()) or 1.0
        return Features(
            coverage=sum(weights[w] * m for w, m in matched.items()) / total,
            own=sum(weights[w] * m for w, m in mine.items()) / total,
            similarity=max(0.0, similarity),
            passage=hit.score,
            weakest=min((m for w, m in matched.items() if weights[w] >= 0.5 * max(weights.values())), default=0.0),
            kind=_kind_matches(question, view, number),
            speaker=_speaker_matches(question, view, number),
        )

    def _weight(self, word: str) -> float:
        """How much a word of the question tells: rare in English, or rare here."""
        count = max(1, self._catalog.count())
        here = math.log((count + 1) / (self._catalog.frequency(stem(word)) + 0.5)) / math.log((count + 1) / 0.5)
        return 0.3 + 0.5 * rarity(word) + 0.4 * here

    def _soft(self, question: str, sentence: str) -> dict[str, float]:
        """For each word of the question, its best cosine to a word of the sentence, scaled to [0, 0.8]."""
        if not isinstance(self._encoder, MiniLM):
            return {}
        pieces, asked = self._tokens(question)
        told = self._tokens(sentence)[1]
        if not len(asked) or not len(told):
            return {}
        best = (asked @ told.T).max(axis=1)
        result: dict[str, float] = {}
        for word, rows in _pieces_by_word(pieces).items():
            value = (float(np.mean(best[rows])) - _SOFT_FROM) / (_SOFT_TO - _SOFT_FROM)
            result[word] = 0.8 * min(1.0, max(0.0, value))
        return result

    def _encode_tokens(self, text: str) -> tuple[list[str], Vectors]:
        assert isinstance(self._encoder, MiniLM)
        return self._encoder.encode_tokens(text)

    def _make_view(self, document_id: str, version: str) -> View:
        passages = self._catalog.passages_of(document_id)
        sentences = [sentence for passage in passages for sentence in passage.sentences]
        return View(self._catalog.document(document_id), sentences, self._catalog.attributions(document_id))


def score(f: Features) -> float:
    """One number to rank by."""
    return 0.40 * f.coverage + 0.20 * f.own + 0.35 * f.similarity + 0.05 * f.passage + 0.30 * f.kind + 0.2 * f.speaker


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


def _match(word: str, words: frozenset[str] | set[str]) -> float:
    root = stem(word)
    if root in words:
        return 1.0
    if synonyms().get(root, frozenset()) & words:
        return 0.85
    if len(root) >= _PREFIX and any(w[:_PREFIX] == root[:_PREFIX] for w in words):
        return 0.85
    if len(root) == 4 and any(w[:4] == root for w in words):
        return 0.7
    return 0.0


def _pieces_by_word(pieces: Sequence[str]) -> dict[str, list[int]]:
    words: dict[str, list[int]] = {}
    word, rows = "", []
    for row, piece in enumerate(pieces):
        if piece.startswith("##"):
            word += piece[2:]
            rows.append(row)
        else:
            if word:
                words[word] = rows
            word, rows = piece, [row]
    if word:
        words[word] = rows
    return words


def _kind_matches(question: Question, view: View, number: int) -> float:
    """Whether the sentence holds the kind of thing that is asked for."""
    text = view.sentences[number].of(view.document.text)
    asked = set(question.words)
    if question.kind in ("who", "identity"):
        named = [m.person.name for m in view.people.mentions(text)] + [view.speakers[number]]
        fresh = [name for name in named if name and not set(tokens(name)) & asked]
        return 1.0 if fresh or re.search(r"\b[A-Z][a-z]+ (?:leaders|groups|lawmakers)|\b[A-Z]{2,}\b", text) else 0.0
    if question.kind == "how many":
        numbers = [n.group() for n in _NUMBER.finditer(text)]
        return 1.0 if any(not _YEAR.match(n.rstrip(".,")) and n.lower().rstrip(".,") not in asked for n in numbers) else 0.0
    patterns = {"when": _TIME, "how long": _DURATION, "how old": _AGE, "where": _PLACE, "why": _REASON}
    pattern = patterns.get(question.kind)
    return 0.5 if pattern is None else float(bool(pattern.search(text)))


def _speaker_matches(question: Question, view: View, number: int) -> float:
    """Whether the one whose words are asked for says the sentence."""
    if not question.asked:
        return 0.0
    speaker = set(tokens(view.speakers[number]))
    return 1.0 if speaker & set(tokens(question.asked)) else 0.0


def unmatched_names(question: Question, view: View, number: int) -> list[str]:
    """Names of the question that neither the sentence, its credit, nor those around it mention."""
    near = frozenset().union(*(view.words[i] | view.roles[i] for i in (number, *view.block(number, 2, 1))))
    return [name for name in question.names if not all(_match(word, near) for word in content_words(name))]
