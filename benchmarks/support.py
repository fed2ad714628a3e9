"""`python -m benchmarks.support --data FOLDER`: the claim checker on sets that people have labelled.

Balanced accuracy, the mean of the recalls of both classes; thresholds are set on the dev parts and used on the test
parts. The interval is a bootstrap of 1,000 by document. Beside it: overlap of words, and the encoder's cosine.

Sets, in FOLDER (none of them ships: several carry the publishers' text):
SummEdits (Laban et al. 2023), summedits/{dev,test}/*.jsonl. WiCE (Kamoi et al. 2023), wice/claim_{dev,test}.jsonl;
supported against the rest. FaithBench (Bao et al. 2024), faithbench/FaithBench.csv; its worst label, "Questionable"
left out; it has no dev part: the threshold of SummEdits is used.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embeddings import MiniLM
from assistant.support import Checker, sentences
from assistant.words import content_words, stem

Score = Callable[[str, str], float]
BOOTSTRAPS = 1000


@dataclass(frozen=True)
class Item:
    """A claim with its evidence, whether people found it borne out, and the document it is of."""

    claim: str
    evidence: str
    true: bool
    document: str
    domain: str = ""


def summedits(folder: Path, part: str) -> list[Item]:
    """SummEdits' items of a part; a domain is a file."""
    found = []
    for path in sorted((folder / "summedits" / part).glob("*.jsonl")):
        rows = _lines(path)
        found += [Item(r["summary"], r["doc"], int(r["label"]) == 1, r["doc"], path.stem) for r in rows]
    return found


def wice(folder: Path, part: str) -> list[Item]:
    """WiCE's claims of a part, each with its chunk of evidence."""
    rows = _lines(folder / "wice" / f"claim_{part}.jsonl")
    return [Item(r["claim"], "\n".join(r["evidence"]), r["label"] == "supported", str(r["meta"]["id"])) for r in rows]


def faithbench(folder: Path) -> list[Item]:
    """FaithBench's summaries by their worst label."""
    with (folder / "faithbench" / "FaithBench.csv").open(encoding="utf-8", newline="") as file:
        rows = {(r["source"], r["summary"]): r["worst-label"] for r in csv.DictReader(file)}
    return [Item(s, d, label != "Unwanted", d) for (d, s), label in rows.items() if label != "Questionable"]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def balanced_accuracy(true: Sequence[bool], said: Sequence[bool]) -> float:
    """The mean of the recalls of both classes."""
    truth, guess = np.asarray(true, bool), np.asarray(said, bool)
    recalls = [float((guess[truth == side] == side).mean()) for side in (True, False) if (truth == side).any()]
    return sum(recalls) / len(recalls)


def threshold(true: Sequence[bool], scores: Sequence[float]) -> float:
    """The score from which on a claim counts as borne out that makes the balanced accuracy highest."""
    order = sorted(set(scores))
    cuts = [(a + b) / 2 for a, b in itertools.pairwise(order)] or order
    cuts = cuts[:: max(1, len(cuts) // 400)]
    return max(cuts, key=lambda cut: balanced_accuracy(true, [score >= cut for score in scores]))


def interval(items: Sequence[Item], said: Sequence[bool], seed: int = 0) -> tuple[float, float]:
    """95% of a bootstrap by document."""
    groups: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        groups.setdefault(item.document, []).append(number)
    keys, draw = list(groups), np.random.default_rng(seed)
    truth = np.asarray([item.true for item in items])
    guess = np.asarray(said)
    values = []
    for _ in range(BOOTSTRAPS):
        rows = [i for k in draw.integers(0, len(keys), len(keys)) for i in groups[keys[k]]]
        values.append(balanced_accuracy(truth[rows].tolist(), guess[rows].tolist()))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def scorers(encoder: MiniLM | None = None) -> dict[str, Score]:
    """The checker and what it is held against."""
    encoder = encoder or MiniLM()

    def overlap(claim: str, evidence: str) -> float:
        told, held = {stem(w) for w in content_words(claim)}, {stem(w) for w in content_words(evidence)}
        return len(told & held) / len(told) if told else 0.0

    def cosine(claim: str, evidence: str) -> float:
        vectors = encoder.encode([claim, *(sentences(evidence) or [evidence])])
        return float((vectors[1:] @ vectors[0]).max())

    return {"checker": Checker(encoder).support, "token overlap": overlap, "embedding similarity": cosine}


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    part: str
    scorer: str
    count: int
    accuracy: float
    low: float
    high: float
    cut: float


def measure(folder: Path, score: Score, name: str, limit: int = 0) -> list[Result]:
    """One scorer on every set: thresholds from dev, figures on test. Raises FileNotFoundError without the sets."""

    def some(items: list[Item]) -> list[Item]:
        return items[:: max(1, len(items) // limit)] if limit else items

    cuts, results = dict[str, float](), []
    for family, dev in (("SummEdits", some(summedits(folder, "dev"))), ("WiCE", some(wice(folder, "dev")))):
        cuts[family] = threshold([i.true for i in dev], [score(i.claim, i.evidence) for i in dev])
    parts: Mapping[str, tuple[str, list[Item]]] = {
        **{f"SummEdits {d}": ("SummEdits", [i for i in summedits(folder, "test") if i.domain == d])
           for d in sorted({i.domain for i in summedits(folder, "test")})},
        "WiCE test": ("WiCE", wice(folder, "test")),
        "FaithBench": ("SummEdits", faithbench(folder)),
    }  # fmt: skip
    for part, (family, held) in parts.items():
        items = some(held)
        said = [score(i.claim, i.evidence) >= cuts[family] for i in items]
        accuracy = balanced_accuracy([i.true for i in items], said)
        results.append(Result(part, name, len(items), accuracy, *interval(items, said), cuts[family]))
    return results


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.support", description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with summedits/, wice/ and faithbench/")
    parser.add_argument("--limit", type=int, default=0, help="items of each part, drawn evenly (default: all)")
    options = parser.parse_args()
    folder = options.data
    if missing := [name for name in ("summedits", "wice", "faithbench") if not (folder / name).is_dir()]:
        raise SystemExit(f"{folder} has no {', '.join(missing)}: get the sets from their authors, see the docstring.")
    print("| set | n | scorer | balanced accuracy | 95% | threshold |\n|---|---|---|---|---|---|")
    for name, score in scorers().items():
        begun, results = time.perf_counter(), measure(folder, score, name, options.limit)
        for r in results:
            print(f"| {r.part} | {r.count} | {name} | {r.accuracy:.1%} | {r.low:.1%}-{r.high:.1%} | {r.cut:.3f} |")
        mean = np.mean([r.accuracy for r in results if r.part.startswith("SummEdits")])
        print(f"| SummEdits, mean of its test domains | | {name} | {mean:.1%} | | |", flush=True)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
