"""`python -m benchmarks.page`: the page in a real browser: its start, its first paint, an answer after Enter."""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from evals.suites import load_suite

ROOT = Path(__file__).resolve().parent.parent
EACH = 8
"""Questions asked on one visit; none is asked twice of one server, which would answer from its cache."""
READ = 2000
"""Milliseconds before the next question: meanwhile the page looks for what can be asked next."""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# From the press of Enter to the painted frame in which the answer is whole.
ANSWERED = """(before) => new Promise((done) => {
  const begun = performance.now();
  const look = () => {
    const rows = document.querySelectorAll("#otr-chat .bot-row");
    if (rows.length > before && rows[rows.length - 1].querySelector(".otr-foot")) done(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  look();
})"""


@contextlib.contextmanager
def served(data: Path) -> Iterator[tuple[str, float, int]]:
    """The page's address, the seconds from its start until it was printed, and the server's process id."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begun = time.perf_counter()
    command = [sys.executable, "-m", "ui", "--data-dir", str(data), "--port", str(port)]
    # All readers come from one address here: its limit is not what is measured.
    alone = {**os.environ, "SERVE_PER_MINUTE": "0"}
    server = subprocess.Popen(
        command, cwd=ROOT, env=alone, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout
        if not server.stdout.readline():
            raise SystemExit("The page did not start.")
        yield f"http://127.0.0.1:{port}", time.perf_counter() - begun, server.pid
    finally:
        server.terminate()
        server.wait(20)


def answer(page: Page, question: str) -> float:
    """Milliseconds from Enter to the whole answer."""
    before = page.locator("#otr-chat .bot-row").count()
    page.locator("#otr-box textarea").fill(question)
    page.evaluate(f"window.__took = null; document.querySelector('#otr-box textarea').addEventListener('keydown', () => "
                  f"({ANSWERED})({before}).then((took) => (window.__took = took)), {{once: true}})")  # fmt: skip
    page.locator("#otr-box textarea").press("Enter")
    page.wait_for_function("window.__took !== null", timeout=30_000)
    took = float(page.evaluate("window.__took"))
    page.locator("#otr-box button", has_text="Ask").wait_for()
    page.wait_for_timeout(READ)
    return took


def main() -> None:
    """Print one table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="times that each is done; medians are shown (default: 3)")
    runs = parser.parse_args().runs
    questions = [case.question for case in load_suite("story").half("dev")][: EACH * runs]
    browser_path = subprocess.run(["sh", "scripts/browser.sh"], cwd=ROOT, check=True, capture_output=True, text=True)
    folder = Path(tempfile.mkdtemp())
    starts, paints, answers = list[float](), list[float](), list[float]()
    try:
        with served(folder):
            pass  # makes the index
        for _ in range(runs - 1):
            with served(folder) as (_, seconds, _):
                starts.append(seconds)
        with served(folder) as (url, seconds, _), sync_playwright() as driver:
            starts.append(seconds)
            browser = driver.chromium.launch(executable_path=browser_path.stdout.strip(), args=FLAGS)
            for visit in range(runs):
                page = browser.new_page()
                page.goto(url)
                page.locator("#otr-box textarea").wait_for()
                paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
                page.wait_for_function("window.otr.bus.length === 2")
                answers += [answer(page, question) for question in questions[visit::runs]]
                page.close()
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    answers.sort()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n")
    print("| the page | ms | bar, ms |\n|---|---|---|")
    print(f"| start to a page that answers, median | {1000 * statistics.median(starts):.0f} | 10000 |")
    print(f"| first contentful paint, median | {statistics.median(paints):.0f} | 1500 |")
    print(f"| a quoted answer whole after Enter, median | {statistics.median(answers):.0f} | 400 |")
    print(f"| the same, 95th percentile | {answers[int(0.95 * len(answers))]:.0f} |  |")


if __name__ == "__main__":
    main()
