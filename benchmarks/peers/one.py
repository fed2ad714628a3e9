"""`python -m benchmarks.peers.one SYSTEM WORK URL`: one system over the documents and questions in a folder.

Writes `SYSTEM.json` there: seconds and hits. In a process of its own, so that memory is its own too.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

WARM = 20  # questions before the clock runs


def main() -> None:
    """Ingest, search, ask; one file of figures."""
    name, work, url = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    documents = json.loads((work / "documents.json").read_text("utf-8"))
    questions = json.loads((work / "questions.json").read_text("utf-8"))
    from .systems import SYSTEMS

    folder = work / name
    folder.mkdir()
    system = SYSTEMS[name](folder, url)
    begun = time.perf_counter()
    system.ingest(documents)
    ingest = time.perf_counter() - begun
    for asked in questions[:WARM]:
        system.search(asked["question"])
    searches, hits = [], []
    for asked in questions:
        begun = time.perf_counter()
        found = system.search(asked["question"])
        searches.append(time.perf_counter() - begun)
        hits.append([
            document == asked["document"] and any(answer in text for answer in asked["answers"])
            for document, text in found
        ])  # fmt: skip
    answers = []
    for asked in questions[-(WARM + 80) :]:
        begun = time.perf_counter()
        system.ask(asked["question"])
        answers.append(time.perf_counter() - begun)
    (work / f"{name}.json").write_text(
        json.dumps(
            {
                "name": system.name, "ingest": ingest, "search": searches, "ask": answers[WARM:],
                "hits": hits, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "disk": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and "corpus" not in p.parts) / 1e6,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
