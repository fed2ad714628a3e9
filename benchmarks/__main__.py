"""`python -m benchmarks`: how long the main job takes on this machine, in one run.

Absolute times move with the machine and what else it does; the ratio to a bare interpreter's start, measured in
the same run, moves less.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from assistant import Assistant, Settings
from evals.suites import load_suite

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "How long did Ilyas meet Mamdani?"


def timed(call: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def command(*arguments: str) -> Callable[[], object]:
    """A run of the interpreter on `arguments`, from the checkout."""
    return lambda: subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


def answering(data: Path, suite: str) -> tuple[list[float], dict[str, float]]:
    """Seconds for each question of a suite, in order, and the mean milliseconds of each stage; none is answered twice.

    The assistant holds the suite's documents.
    """
    load_suite(suite).lay_out(data / suite)
    with Assistant.open(Settings(corpus=str(data / suite), data_dir=str(data))) as assistant:
        return asked(assistant, [case.question for case in load_suite(suite).half("dev")])


def asked(assistant: Assistant, questions: Sequence[str]) -> tuple[list[float], dict[str, float]]:
    """As `answering`, of an open assistant.

    All are asked once before and forgotten again, so that documents are read and files are in memory, as on a page
    that runs.
    """
    for question in questions:
        assistant.ask(question)
    assistant._answerer.cache.clear()
    stages, times = dict[str, float](), list[float]()
    for question in questions:
        begun = time.perf_counter()
        answer = assistant.ask(question)
        times.append(time.perf_counter() - begun)
        for stage, took in answer.timings.items():
            stages[stage] = stages.get(stage, 0.0) + took / len(questions)
    return sorted(times), stages


def checking(data: Path) -> list[float]:
    """Seconds for each answer by a model that takes no time itself: what the checks and all else add; in order.

    The model is given every third of the good drafts, with a false one beside it to be checked, repaired and replaced.
    """
    drafts = yaml.safe_load((ROOT / "evals" / "drafts" / "good.yaml").read_text(encoding="utf-8"))
    settings = Settings(data_dir=str(data), model="openai:none", base_url="http://127.0.0.1:9/v1", second_opinion=False)
    times = []
    with Assistant.open(settings) as assistant:
        composer = assistant._answerer.composer
        assert composer
        for number, draft in enumerate([*drafts[::3], *drafts[::3]]):
            true = {"passages": [1], "support": draft["support"], "speaker": "", "text": draft["text"]}
            false = {**true, "text": draft["text"].replace(" ", " not ", 1)}
            written = json.dumps({"claims": [true, false]})
            composer.writer.model.stream = lambda *_, text=written: iter([text])  # type: ignore[method-assign]
            seconds = timed(lambda d=draft: assistant.ask(f"What is said: {d['text']}"))  # type: ignore[misc]
            if number >= len(drafts[::3]):  # the first time documents are read, which a page that runs has behind it
                times.append(seconds)
    return sorted(times)


def page_up(data: Path) -> float:
    """Seconds from the start of the chat to its first page."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "ui", "--data-dir", str(data), "--port", str(port)],
        cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while time.perf_counter() - begun < 120:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return time.perf_counter() - begun
            time.sleep(0.05)
        raise SystemExit("The page did not come up within 120 s.")
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    """Print one table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each command; the median is shown (default: 5)")
    runs = parser.parse_args().runs
    folder = Path(tempfile.mkdtemp())
    try:
        bare = statistics.median(timed(command("-c", "pass")) for _ in range(runs))
        ask = command("-m", "assistant", "ask", "--data-dir", str(folder), QUESTION)
        first = timed(ask)
        cold = statistics.median(timed(ask) for _ in range(runs))
        (article, _), (story, stages) = answering(folder, "article-dev"), answering(folder, "story")
        checked = checking(folder)
        page = statistics.median(page_up(folder) for _ in range(runs))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n")
    print("| what | s | x bare interpreter | bar, s |\n|---|---|---|---|")
    rows = [
        ("`ask` from a cold process, index made first", first, ""),
        ("`ask` from a cold process, indexed", cold, "3"),
        ("one question on the article to an open assistant, median", statistics.median(article), ""),
        ("the same, 95th percentile", article[int(0.95 * len(article))], ""),
        ("one question on the whole story, median", statistics.median(story), "0.150"),
        ("the same, 95th percentile", story[int(0.95 * len(story))], ""),
        ("added to a model's own time by checks and all else, median of answers", statistics.median(checked), "0.300"),
        ("the same, 95th percentile", checked[int(0.95 * len(checked))], ""),
        ("start of the chat to its first page", page, "12"),
    ]
    for name, seconds, bar in rows:
        print(f"| {name} | {seconds:.3f} | {seconds / bare:.1f} | {bar} |")
    print("\n| where a question on the whole story spends its time | ms, mean |\n|---|---|")
    for stage, took in stages.items():
        print(f"| {stage} | {took:.0f} |")


if __name__ == "__main__":
    main()
