"""`python -m benchmarks.readers`: thirty readers at once, each asking, reading and asking again, over loopback."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.suites import load_suite

from .page import served

SUITES = ("story", "article-dev", "article-dev-2", "article-dev-3", "article-dev-4", "article-dev-5", "article-dev-6")
AGAIN = 0.3
"""Share of the questions that are among the first ten: what the page offers, and what the day's news has all ask."""


class Reader:
    """One browser session, as the page's own client speaks to the server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = uuid.uuid4().hex[:11]
        config = self._get("config")
        box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "otr-box")
        submit = next(d for d in config["dependencies"] if [box, "submit"] in [list(t) for t in d["targets"]])
        self.submit, self.inputs = submit["id"], len(submit["inputs"])
        self.after = next(d["id"] for d in config["dependencies"] if d["trigger_after"] == self.submit)

    def ask(self, question: str) -> float:
        """Seconds until the answer is whole; raises RuntimeError where there is none."""
        begun = time.perf_counter()
        if not self._run(self.submit, [question, None, [], [], [], "", ""][: self.inputs]):
            raise RuntimeError("the answer is not whole")
        return time.perf_counter() - begun

    def look_on(self) -> None:
        """Have what can be asked next looked for, as the page does under every answer."""
        self._run(self.after, [None])

    def _run(self, function: int, data: list[Any]) -> bool:
        """Whether a whole answer was among what came; raises RuntimeError where something failed."""
        body = {"data": data, "fn_index": function, "session_hash": self.session, "trigger_id": None}
        request = urllib.request.Request(
            f"{self.url}/gradio_api/queue/join", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as joined:
            joined.read()
        whole = ended = False
        address = f"{self.url}/gradio_api/queue/data?session_hash={self.session}"
        with urllib.request.urlopen(address, timeout=60) as events:
            for line in events:
                if not line.startswith(b"data:"):
                    continue
                event = json.loads(line[5:])
                whole = whole or "otr-foot" in line.decode()
                if event["msg"] == "process_completed":
                    if not event["success"]:
                        raise RuntimeError(str(event)[:300])
                    ended = True
        if not ended:
            raise RuntimeError("the stream ended before the answer")
        return whole

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as response:
            return json.load(response)


def memory(pid: int) -> float:
    """Resident megabytes of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def reading(
    url: str, questions: Sequence[str], until: float, pause: float, times: list[float], errors: list[str], seed: int
) -> None:
    """A reader's visit: questions, with time to read between them; after a few, a new visit."""
    chance = random.Random(seed)
    reader, ready = Reader(url), 0.0
    while time.monotonic() < until:
        try:
            times.append(reader.ask(chance.choice(questions[:10] if chance.random() < AGAIN else questions)))
            ready = time.monotonic() + chance.uniform(0.5, 1.5) * pause
            reader.look_on()
        except (OSError, RuntimeError, ValueError) as error:
            errors.append(repr(error)[:300])
        if chance.random() < 0.1:
            reader = Reader(url)
        time.sleep(max(0.0, ready - time.monotonic()))


def main() -> None:
    """Print one table, in Markdown; exit 1 where a reader saw an error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readers", description=__doc__)
    parser.add_argument("--readers", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument(
        "--pause", type=float, default=10.0, help="seconds that a reader reads, on average (default: 10)"
    )
    options = parser.parse_args()
    questions = [case.question for suite in SUITES for case in load_suite(suite).half("dev")]
    folder = Path(tempfile.mkdtemp())
    times, errors, held = list[float](), list[str](), list[float]()
    try:
        with served(folder) as (url, _, pid):
            until = time.monotonic() + 60 * options.minutes
            readers = [
                threading.Thread(target=reading, args=(url, questions, until, options.pause, times, errors, number))
                for number in range(options.readers)
            ]
            for reader in readers:
                reader.start()
            while any(reader.is_alive() for reader in readers):
                held.append(memory(pid))
                time.sleep(min(5.0, max(0.5, 6 * options.minutes)))
            for reader in readers:
                reader.join()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    times.sort()
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.readers} readers, {options.minutes:g} minutes, "
        f"{len(questions)} questions\n"
    )
    print("| readers | | bar |\n|---|---|---|")
    print(f"| questions answered | {len(times)} |  |\n| errors | {len(errors)} | 0 |")
    if times:
        print(f"| an answer, median, s | {statistics.median(times):.2f} |  |")
        print(f"| an answer, 95th percentile, s | {times[int(0.95 * len(times))]:.2f} | 2 |")
    tenth = max(1, len(held) // 10)
    means = [statistics.mean(held[start : start + tenth]) for start in range(0, len(held), tenth)]
    print(f"| memory, MB, each tenth of the time | {', '.join(f'{mean:.0f}' for mean in means)} | flat |")
    for error in errors[:5]:
        print(error, file=sys.stderr)
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
