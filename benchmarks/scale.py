"""`python -m benchmarks.scale`: how fast a large corpus goes into an index, with a stub in the encoder's place.

With `--encoder --documents 200`: what everything but the encoder adds to the encoder's own time.

The documents are made of the words and names of the story that ships, shuffled: sentences of news length, quotations
with credits, dates, headings. Prints Markdown tables: rates, and the time of a second sync with nothing and with one
document changed, each as a ratio to the first one too; then what a question takes in a fresh process.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant import Assistant, Settings, resources
from assistant.changes import SyncReport
from assistant.documents import read_corpus
from assistant.embeddings import MiniLM, Vectors
from assistant.index import Index
from evals.suites import load_suite

from . import __main__ as speed

DIMENSIONS = 384


class Stub(MiniLM):
    """Vectors from a hash of the text: instant, deterministic, spread over the sphere; of a question a real one."""

    name = "stub"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text."""
        if len(texts) == 1:
            return super().encode(texts)
        seeds = np.array(
            [int.from_bytes(hashlib.blake2b(t.encode(), digest_size=4).digest()) for t in texts], np.uint32
        )
        values = (seeds[:, None] * np.arange(1, DIMENSIONS + 1, dtype=np.uint32)[None, :]).astype(np.float32)
        values = values / np.float32(2**31) - np.float32(1)
        return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


class Timed(MiniLM):
    """The encoder that ships, with the seconds that it took."""

    seconds = 0.0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does."""
        begun = time.perf_counter()
        vectors = super().encode(texts)
        self.seconds += time.perf_counter() - begun
        return vectors


def write_corpus(folder: Path, documents: int, passages: int) -> None:
    """Documents of about `passages` passages each, from sentences of the shipped story."""
    chance, held = random.Random(7), paragraphs()
    folder.mkdir(parents=True)
    for number in range(documents):
        drawn = [vary(chance, chance.choice(held)) for _ in range(passages)]
        text = "\n\n".join(
            f"## Part {n}\n\n{paragraph}" if n % 4 == 0 else paragraph for n, paragraph in enumerate(drawn)
        )
        head = f'---\nid: d{number}\ntitle: "Report {number}"\npublisher: "Wire {number % 40}"\npublished: 2026-01-02\n---\n\n'
        (folder / f"d{number}.md").write_text(f"{head}{text}\n", encoding="utf-8")


def paragraphs() -> list[str]:
    """The paragraphs of the shipped story."""
    shipped = read_corpus(resources.path("corpus"), max_bytes=10**7).documents.values()
    return [p for document in shipped for p in document.text.split("\n\n") if len(p) > 80 and not p.startswith("#")]


def vary(chance: random.Random, paragraph: str) -> str:
    """A paragraph with some of its words exchanged, so that no two are alike."""
    words = paragraph.split(" ")
    for _ in range(4):
        words[chance.randrange(len(words))] = chance.choice(words).strip('".,“”‘’:;')
    return " ".join(words)


def timed(call: Callable[[], SyncReport]) -> tuple[float, SyncReport]:
    """Seconds, and what the sync did."""
    begun = time.perf_counter()
    report = call()
    return time.perf_counter() - begun, report


def measured(root: Path, encoder: Timed | Stub, options: argparse.Namespace) -> list[str]:
    """The rows of the table of syncs."""
    corpus = root / "corpus"
    write_corpus(corpus, options.documents, options.passages)
    settings = settings_of(root)
    index = Index(settings, corpus, encoder.name)
    begun = time.perf_counter()
    read = read_corpus(corpus, max_bytes=settings.max_document_bytes)
    reading = time.perf_counter() - begun
    with Assistant(settings, read, index, encoder) as assistant:
        first, _ = timed(assistant.sync)
        encoding = getattr(encoder, "seconds", 0.0)
        again, _ = timed(assistant.sync)
        one = corpus / "d0.md"
        one.write_text(one.read_text(encoding="utf-8") + "\nThe end was added on 3 January 2026.\n", encoding="utf-8")
        changed, report = timed(assistant.sync)
        assert report.changed == ("d0",)
        count, size = index.catalog.count(), index.size()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows = [
        f"{options.documents:,} documents, {count:,} passages, {size / 1e6:,.0f} MB on disk, {memory:.2f} GiB at most\n",
        "| what | s | a second | of the first sync |\n|---|---|---|---|",
        f"| reading the corpus folder | {reading:.1f} | {options.documents / reading:,.0f} documents | {reading / first:.2f} |",
        f"| first sync | {first:.1f} | {count / first:,.0f} passages | 1 |",
    ]
    if encoding:
        rows += [
            f"| of that, the encoder | {encoding:.1f} | | {encoding / first:.2f} |",
            f"| all else | {first - encoding:.1f} | | {(first - encoding) / encoding:.2f} of the encoder's time |",
        ]
    rows += [
        f"| sync with nothing changed | {again:.1f} | | {again / first:.3f} |",
        f"| sync with one document changed | {changed:.1f} | | {changed / first:.3f} |",
    ]
    return rows


def ask(root: Path) -> list[str]:
    """The rows of the table of questions: the story's dev half, put to an index that is there."""
    settings, encoder = settings_of(root), Stub()
    corpus = Path(settings.corpus or "")
    questions = [case.question for case in load_suite("story").half("dev")]
    begun = time.perf_counter()
    read = read_corpus(corpus, max_bytes=settings.max_document_bytes)
    with Assistant(settings, read, Index(settings, corpus, encoder.name), encoder) as assistant:
        assistant.search(questions[0], k=5)
        opening = time.perf_counter() - begun
        for question in questions:
            assistant.search(question, k=5)
        searches = sorted(speed.timed(lambda q=question: assistant.search(q, k=5)) for question in questions)  # type: ignore[misc]
        answers, stages = speed.asked(assistant, questions)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows = ["\n| a process that only answers | median | 95th percentile |\n|---|---|---|"]
    for name, took in (("five passages for a question, ms", searches), ("an answer, ms", answers)):
        rows.append(f"| {name} | {1000 * statistics.median(took):.0f} | {1000 * took[int(0.95 * len(took))]:.0f} |")
    rows += [f"| of an answer, {stage}, ms, mean | {took:.0f} | |" for stage, took in stages.items()]
    return [*rows, f"| start to the first passages, s | {opening:.1f} | |", f"| memory at most, GiB | {memory:.2f} | |"]


def settings_of(root: Path) -> Settings:
    """The corpus and the index under one folder."""
    return Settings(corpus=str(root / "corpus"), data_dir=str(root / "data"))


def main() -> None:
    """Print two tables, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--passages", type=int, default=13, help="paragraphs of each document")
    parser.add_argument("--encoder", action="store_true", help="with the encoder that ships, and its share of the time")
    parser.add_argument("--keep", type=Path, help="make it in this folder, and leave it there")
    parser.add_argument("--ask", type=Path, help="only ask, of what --keep left")
    options = parser.parse_args()
    if options.ask:
        print("\n".join(ask(options.ask)), flush=True)
        return
    root = options.keep or Path(tempfile.mkdtemp())
    try:
        encoder = Timed() if options.encoder else Stub()
        print("\n".join(measured(root, encoder, options)), flush=True)
        if not options.encoder:  # in a process of its own, whose memory is then its own too
            subprocess.run([sys.executable, "-m", "benchmarks.scale", "--ask", str(root)], check=True)
    finally:
        if not options.keep:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
