"""Who checks the checkers: their accuracy on sets that people labelled, thresholds from dev, figures from test."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant import Answer, Citation, Claim, Document
from assistant.attributions import attributions
from assistant.embeddings import MiniLM
from assistant.passages import SentenceSplitter, passages
from assistant.types import ANSWERED

from . import outside
from .metrics import METRICS, Outcome
from .metrics.support import SUPPORTED, Support, aligned_share, overlap, unsupported
from .outside import DataMissing, Item, Quotation
from .statistics import SEED, balanced_accuracy, best_threshold
from .suites import Case

DRAWS = 400
WINDOW = 120  # words of evidence that the encoder reads at once
SETS: Mapping[str, tuple[Callable[[Path, str], list[Item]], str]] = {
    "SummEdits": (outside.summedits, "SummEdits"),
    "WiCE": (outside.wice, "WiCE"),
    # It has no dev half: the thresholds are those of SummEdits, which is closest in kind.
    "FaithBench": (outside.faithbench, "SummEdits"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A checker on a set: items of the test half, balanced accuracy with its 95% interval by document, threshold."""

    set: str
    checker: str
    items: int
    accuracy: float
    low: float
    high: float
    threshold: float


def checkers() -> dict[str, Support]:
    """Each checker there is, by name; the assistant's own, once it has one."""
    result: dict[str, Support] = {
        "word overlap": overlap,
        "words in order": lambda evidence, claim: aligned_share(claim, evidence),
        "embedding similarity": Similarity(MiniLM()),
        "faithfulness rules": lambda evidence, claim: float(unsupported(claim, evidence) is None),
    }
    if own := assistant_support():
        result["assistant"] = own
    return result


def assistant_support() -> Support | None:
    """The assistant's entailment checker, if this version has one: `assistant.support`, by one of its usual names."""
    try:
        module = importlib.import_module("assistant.support")
    except ModuleNotFoundError:
        return None
    found = getattr(module, "support", None) or getattr(module, "score", None)
    return found if callable(found) else None


class Similarity:
    """The highest cosine between a claim and any window of its evidence."""

    def __init__(self, encoder: MiniLM) -> None:
        self._encode = lru_cache(maxsize=4096)(lambda words: encoder.encode([words])[0])

    def __call__(self, evidence: str, claim: str) -> float:
        """That cosine."""
        words = evidence.split()
        windows = [" ".join(words[at : at + WINDOW]) for at in range(0, max(1, len(words)), WINDOW)]
        return max(float(np.dot(self._encode(window), self._encode(claim))) for window in windows)


def claims(data: Path, limit: int, tell: Callable[[str], None]) -> Iterator[Row]:
    """Each checker on each set of claims; a set that is absent is told of and skipped."""
    scored: dict[tuple[str, str], float] = {}
    for name, (read, tuned) in SETS.items():
        try:
            dev, test = (_sample(read(data, split), limit) for split in ("dev", "test"))
        except DataMissing as error:
            tell(str(error))
            continue
        for checker, check in checkers().items():
            if dev:
                scores = [check(item.evidence, item.claim) for item in dev]
                scored[name, checker] = best_threshold([item.supported for item in dev], scores)
            # A checker that says yes or no by itself has no threshold to find.
            own = checker in ("faithfulness rules", "assistant")
            threshold = SUPPORTED if own else scored.get((tuned, checker), SUPPORTED)
            told = [check(item.evidence, item.claim) >= threshold for item in test]
            groups, labels = [i.group for i in test], [i.supported for i in test]
            yield _row(name, checker, groups, labels, told, threshold)


def speech(data: Path, limit: int, tell: Callable[[str], None]) -> Iterator[Row]:
    """The quote and speaker metrics on PolNeAR's quotations: as they are, with a word changed, with another's name.

    Beside ragas' quoted_spans on the same items, where ragas is installed.
    """
    try:
        found = outside.polnear(data, "test")
    except DataMissing as error:
        tell(str(error))
        return
    checks = {name: _metric_check(name) for name in ("quote_exactness", "speaker_correctness")}
    if theirs := ragas_check():
        checks["ragas quoted_spans"] = theirs
    kept = found[:limit] if limit else found
    for name, pairs in (("PolNeAR, a word changed", _reworded(kept)), ("PolNeAR, another's name", _renamed(kept))):
        other = "speaker_correctness" if "word" in name else "quote_exactness"
        for checker, check in checks.items():
            if checker == other:
                continue
            told = [check(quotation, words) for pair in pairs for quotation, words in pair]
            groups = [quotation.document for pair in pairs for quotation, _ in pair]
            yield _row(name, checker, groups, [True, False] * len(pairs), told, 1.0)


Check = Callable[[Quotation, str], bool]
"""Whether nothing is wrong with words, put between quotation marks and credited to the quotation's source."""
Pair = tuple[tuple[Quotation, str], tuple[Quotation, str]]


def ragas_check() -> Check | None:
    """ragas' own check of quotations, which needs no model; None where ragas is not installed."""
    try:
        aligned = importlib.import_module("ragas.metrics.quoted_spans").quoted_spans_alignment
    except ModuleNotFoundError:
        return None

    def check(quotation: Quotation, words: str) -> bool:
        cited = quotation.text[quotation.start - 1 : quotation.end + 1]
        found = aligned([f"{quotation.source} said: “{words}”"], [[cited]])
        return bool(found["matched"] == found["total"])

    return check


def _reworded(found: Sequence[Quotation]) -> list[Pair]:
    return [((q, q.text[q.start : q.end]), (q, _altered(q))) for q in found]


def _renamed(found: Sequence[Quotation]) -> list[Pair]:
    """Each quotation with its own source and with the first other source of its article."""
    result: list[Pair] = []
    for quotation in found:
        others = sorted({q.source for q in found if q.document == quotation.document and _differ(q, quotation)})
        words = quotation.text[quotation.start : quotation.end]
        if others:
            result.append(((quotation, words), (dataclasses.replace(quotation, source=others[0]), words)))
    return result


def _metric_check(metric: str) -> Check:
    splitter = SentenceSplitter.for_tokens("o200k_base", 160)
    corpora: dict[str, Outcome] = {}

    def check(quotation: Quotation, words: str) -> bool:
        if quotation.document not in corpora:
            corpora[quotation.document] = _corpus(quotation, splitter)
        return _passes(metric, corpora[quotation.document], quotation, words)

    return check


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    heads = "| set | checker | items | balanced accuracy | 95% |\n|---|---|---|---|---|"
    lines = [f"| {r.set} | {r.checker} | {r.items} | {r.accuracy:.1%} | {r.low:.1%} to {r.high:.1%} |" for r in rows]
    return "\n".join([heads, *lines])


def _row(
    name: str, checker: str, groups: Sequence[str], labels: Sequence[bool], told: Sequence[bool], threshold: float
) -> Row:
    low, high = _interval(groups, labels, told)
    return Row(name, checker, len(labels), balanced_accuracy(labels, told), low, high, round(threshold, 4))


def _interval(groups: Sequence[str], labels: Sequence[bool], told: Sequence[bool]) -> tuple[float, float]:
    """The 95% interval over resampled documents, since items of one document stand and fall together."""
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    names, chance = sorted(members), random.Random(SEED)
    values = []
    for _ in range(DRAWS):
        picked = [place for name in chance.choices(names, k=len(names)) for place in members[name]]
        values.append(balanced_accuracy([labels[i] for i in picked], [told[i] for i in picked]))
    return float(np.nanquantile(values, 0.025)), float(np.nanquantile(values, 0.975))


def _sample(items: list[Item], limit: int) -> list[Item]:
    ordered = sorted(items, key=lambda item: hashlib.sha256(item.id.encode()).hexdigest())
    return ordered[:limit] if limit else items


def _corpus(quotation: Quotation, splitter: SentenceSplitter) -> Outcome:
    digest = hashlib.sha256(quotation.text.encode()).hexdigest()
    document = Document(quotation.document, quotation.document, quotation.text, digest)
    said = attributions(document, passages(document, splitter))
    empty = Answer("", "", ANSWERED, "", (), (), (), (), None, "meta")
    return Outcome(Case("meta", "quotes", "?", "answer"), empty, {document.id: document}, {document.id: said})


def _passes(metric: str, base: Outcome, quotation: Quotation, words: str) -> bool:
    """Whether a metric finds nothing wrong with `words` credited to the quotation's source."""
    start, end = quotation.start - 1, quotation.end + 1
    version = base.documents[quotation.document].version
    cited = Citation(1, quotation.document, version, start, end, quotation.text[start:end])
    text = f"{quotation.source} said: “{words}”"
    answer = dataclasses.replace(base.answer, text=f"{text} [1]", claims=(Claim(text, (cited,)),), citations=(cited,))
    score = METRICS[metric].function(dataclasses.replace(base, answer=answer))
    return score is None or score.value == 1


def _altered(quotation: Quotation) -> str:
    """The quotation with its longest word replaced by another of the article."""
    words = quotation.text[quotation.start : quotation.end].split(" ")
    longest = max(range(len(words)), key=lambda n: len(words[n]))
    others = sorted(
        {w for w in quotation.text.split() if w.isalpha() and w.lower() not in words[longest].lower()}, key=len
    )
    words[longest] = others[-1] if others else "other"
    return " ".join(words)


def _differ(one: Quotation, other: Quotation) -> bool:
    return not set(one.source.lower().split()) & set(other.source.lower().split())
