"""How well a sentence answers a question: its features, and the scores made of them."""

from __future__ import annotations

import dataclasses
import difflib
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
from .relevance import Relevance
from .types import Document, Hit
from .views import View
from .words import LIGHT_VERBS, content_words, stem, synonyms, tokens

KIN = 5  # letters two words must share to count as kin ("politicisation", "politics")
SOFT_FROM, SOFT_TO, SOFT_MOST = (
    0.45,
    0.85,
    0.6,
)  # token cosine that begins to count, that counts in full, and for how much
UNKNOWN = 2  # words of a question, known to neither English nor the corpus, that make it one about something else
ALIKE, SHORTEST_SLIP = 0.8, 5  # likeness (difflib) and length from which a word may be another one misspelt
SHORTEST_ABBREVIATION = 3  # letters
DATED = 1.0  # what a date counts for
LIGHT = 0.3  # what a light verb counts for beside another word
RARE = 0.7  # rarity from which a word in small letters is taken for a name
READ_CLOSELY = 12  # sentences whose word vectors are compared; the rest are too far behind


# After a name: a verb, with or without what may stand between.
_DOES = re.compile(
    r"(?:, [^,]{3,40},)? (?:who |also |then |later |has |had |have |\w+ly )*(?!(?:and|or|of|in|as|to|at|by|on|with|for)\b)[a-z]+"
)


# From training/calibrate.py, fitted on the dev halves of both stories' suites and on SQuAD 2.0's labelled dev part.
WEIGHTS = {
    "coverage": 0.083, "own": 3.571, "similarity": 1.153, "window": 0.429, "passage": 2.636, "missing": -0.470,
    "kind": 2.083, "speaker": 0.985, "agent": 0.739, "quoted": 1.853, "names": 1.288,
}  # fmt: skip
INTERCEPT = -10.748
FAINT = 0.001  # chances are not taken for fainter or surer than this


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence, each in [0, 1].

    coverage: share of the question's words, by weight, that stand in it, its credit or (for less) around it;
    own: the same without what stands around. similarity: cosine of question and sentence, window:
    the same with the sentence before. passage: its
    passage's score. missing: share of the question's words, by weight, that nothing matches. kind: it holds
    the kind of thing asked for. speaker: it is said by whom the question asks about. agent: whoever the
    question says does something does something in it (.5 if the question names nobody as doer).
    quoted: it holds the words quoted in the question (.5 if there are none). names: it, or what stands
    around it, mentions every name in the question. read: the chance that it answers, by the cross-encoder.
    """

    coverage: float
    own: float
    similarity: float
    window: float
    passage: float
    missing: float
    kind: float
    speaker: float
    agent: float
    quoted: float
    names: float
    read: float = 0.5


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

    def candidates(self, question: Question, vector: Vectors, hits: Sequence[Hit]) -> list[Candidate]:
        """Every sentence of `hits`, best first."""
        count = max(1, self._catalog.count())
        weights = {word: self._weight(word, count) for word in topic_words(question)}
        weights |= {str(date): DATED for date in question.dates}
        rough = []
        for hit in hits:
            view = self.view(hit.passage.document_id)
            for span, similarity in zip(hit.passage.sentences, self._similarities(hit, vector), strict=True):
                number = view.numbers[span]
                matched = _matched(question, weights, view, number, {})
                features = _features(question, weights, matched, view, number, similarity, hit.score)
                rough.append((rough_score(features), view, number, similarity, hit.score))
        rough.sort(key=lambda row: (-row[0], row[1].document.id, row[2]))
        close = rough[:READ_CLOSELY]
        soft = self._soft(question.text, [view.text(number) for _, view, number, _, _ in close])
        read = self._relevance.chances(question.text, [_readable(view, number) for _, view, number, _, _ in close])
        found = []
        for (_, view, number, similarity, passage), near, chance in zip(close, soft, read, strict=True):
            matched = _matched(question, weights, view, number, near)
            features = _features(question, weights, matched, view, number, similarity, passage)
            features = dataclasses.replace(features, read=chance)
            around = {word: value for word, (_, value) in matched.items()}
            own = {word: value for word, (value, _) in matched.items()}
            found.append(Candidate(view.document, number, score(features), features, around, own))
        return sorted(found, key=lambda c: (-c.score, c.document.id, c.number))

    def _similarities(self, hit: Hit, vector: Vectors) -> list[tuple[float, float]]:
        """For each sentence of a passage the question's cosine to it, and to it with the one before."""
        vectors = self._catalog.vectors(hit.passage.id)
        windows = vectors.copy()
        windows[1:] += vectors[:-1]
        windows /= np.linalg.norm(windows, axis=1, keepdims=True) + 1e-9
        return [(float(alone), float(wide)) for alone, wide in zip(vectors @ vector, windows @ vector, strict=True)]

    def respelt(self, question: Question) -> Question:
        """The question with words that the corpus does not know put right: "Malvia" to "malviya".

        Only words rare in English, five letters or longer, with one stem in the corpus that begins alike.
        """
        unknown = [word for word in question.words if rarity(word) == 1.0 and not self._catalog.frequency(stem(word))]
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
        if len(word) < SHORTEST_SLIP or rarity(word) < 1.0 or self._catalog.frequency(root):
            return ""
        close = difflib.get_close_matches(root, self._catalog.stems(root[:2]), n=1, cutoff=ALIKE)
        return close[0] if close else ""

    def _weight(self, word: str, count: int) -> float:
        """How much a word of the question tells: rare in English, or rare in the `count` passages here."""
        here = math.log((count + 1) / (self._catalog.frequency(stem(word)) + 0.5)) / math.log((count + 1) / 0.5)
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


def rough_score(f: Features) -> float:
    """A first order of the sentences, by weights set by hand on the dev halves."""
    return (
        0.40 * f.coverage + 0.20 * f.own + 0.35 * f.similarity + 0.05 * f.passage + 0.30 * f.kind
        + 0.20 * f.speaker + 0.20 * f.agent + 0.50 * f.quoted
    )  # fmt: skip


def terms(f: Features) -> dict[str, float]:
    """What the regression adds up: the features, the cross-encoder's chance as log-odds."""
    odds = min(max(f.read, FAINT), 1 - FAINT)
    return {**{name: getattr(f, name) for name in Features.__slots__}, "read": math.log(odds / (1 - odds))}


def score(f: Features) -> float:
    """The chance that the sentence answers the question, in [0, 1]: a logistic regression over the features."""
    held = terms(f)
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weight * held[name] for name, weight in WEIGHTS.items()))))


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


def _matched(
    question: Question, weights: Mapping[str, float], view: View, number: int, soft: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """For each word and date of the question how well the sentence meets it: alone, and with what stands around it."""
    near, text, over = view.near(number), view.text(number), view.contexts[number]
    result = {}
    dated = {str(date): date for date in question.dates}
    for word in weights:
        if word in dated:
            mine = 1.0 if any(dated[word].meets(date) for date in view.dates[number]) else 0.0
            result[word] = (mine, mine)
            continue
        mine = max(match(word, view.held[number]), soft.get(word, 0.0))
        if rarity(word) > RARE and spells(word.upper(), text):
            mine = 1.0
        result[word] = (mine, max(mine, 0.6 * match(word, near), 0.5 * match(word, over)))
    return result


def _features(
    question: Question,
    weights: Mapping[str, float],
    matched: Mapping[str, tuple[float, float]],
    view: View,
    number: int,
    similarity: tuple[float, float],
    passage: float,
) -> Features:
    total = sum(weights.values()) or 1.0
    return Features(
        coverage=sum(weights[word] * value for word, (_, value) in matched.items()) / total,
        own=sum(weights[word] * value for word, (value, _) in matched.items()) / total,
        similarity=max(0.0, similarity[0]),
        window=max(0.0, similarity[1]),
        passage=passage,
        missing=sum(weights[word] for word, (_, value) in matched.items() if value < 0.3) / total,
        kind=kind_matches(question, view, number),
        speaker=_speaker_matches(question, view, number),
        agent=_agent_matches(question, view, number),
        quoted=_quoted_matches(question, view, number),
        names=0.0 if unmatched_names(question, view, number) else 1.0,
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
    # Readers leave capitals out, and put them where none belong: a surname of the document counts without,
    # a common word does not count with.
    known = [word for person in view.people.persons if (word := tokens(person.surname)[-1]) in asked]
    named = [*(name for name in question.names if any(rarity(word) > RARE for word in tokens(name))), *known]
    # What a document is about, a place or a body, need not be named in each of its sentences; a person must.
    persons = frozenset(word for person in view.people.persons for word in tokens(person.name))
    over = near | view.contexts[number]
    return [
        name
        for name in dict.fromkeys(named)
        if not (
            _mentions(name, near if persons & set(tokens(name)) else over)
            or spells(name, f"{view.text(number)}\n{view.document.title}")
        )
    ]


def spells(letters: str, text: str) -> bool:
    """Whether the capitals of `text` spell out an abbreviation: "Unlawful Activities (Prevention) Act", UAPA."""
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", text) if word[0].isupper())
    return len(letters) >= SHORTEST_ABBREVIATION and letters.isupper() and letters in initials


def _mentions(name: str, words: frozenset[str]) -> bool:
    return all(match(word, words) for word in content_words(name) if rarity(word) > RARE)


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
    agents = [person for person in view.people.persons if _leads(person, tokens(question.agent))]
    return float(acts(view, number, agents)) if agents else 0.5


def acts(view: View, number: int, persons: Sequence[Person]) -> bool:
    """Whether one of `persons` speaks or does something in the sentence, by name or by pronoun."""
    text = view.text(number)
    for person in persons:
        if person.name in view.voices[number] or (person in view.about[number] and person.surname not in text):
            return True
    return any(
        mention.person in persons and not mention.possessive and _DOES.match(text[mention.span.end :][:60])
        for mention in view.people.mentions(text)
    )


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
