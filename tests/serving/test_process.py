"""`python -m ui` as a process: keys and logins by its flags, one address for all, a clean stop."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving_fakes import QUESTION, ROOT

READY = re.compile(r"On the Record is at (http://127\.0\.0\.1:\d+) \(Ctrl\+C stops it\)\n")
FOREIGN = ("ON_THE_RECORD_", "SERVE_", "API_KEYS", "READERS_", "DESK_")


def environment(**values: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)} | values


def run(*flags: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui", *flags]
    return subprocess.run(
        command, cwd=ROOT, env=environment(), input=given, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def corpus(shipped_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The flags that name the article alone, and a data directory of its own."""
    return ["--corpus", str(shipped_corpus), "--data-dir", str(tmp_path_factory.mktemp("process"))]


@pytest.fixture(scope="module")
def key(corpus: list[str]) -> str:
    """An API key, as its flag prints it."""
    done = run("--add-key", "newsroom", "--per-minute", "100", *corpus)
    assert done.returncode == 0, done.stderr
    assert "shown this once" in done.stderr and done.stdout.count("\n") == 1
    return done.stdout.strip()


@pytest.fixture(scope="module")
def process(corpus: list[str], key: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The server for readers with a login; it is stopped as an operator would."""
    assert run("--add-reader", "ana", *corpus, given="a long password\n").returncode == 0
    # Port by port from the usual one, as `python -m ui` does without --port.
    command = [sys.executable, "-m", "ui", "--login", *corpus]
    running = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    assert running.stdout
    ready = READY.fullmatch(running.stdout.readline())
    assert ready
    yield ready.group(1), running
    running.kill()
    running.communicate()


def get(address: str, body: object = None, key: str = "") -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    sent = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, sent, headers), timeout=60) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_key_is_kept_as_a_hash_alone(corpus: list[str], key: str) -> None:
    file = Path(corpus[-1]) / "ui" / "keys"
    assert key not in file.read_text() and file.stat().st_mode & 0o777 == 0o600


def test_one_address_serves_all_of_it(process: tuple[str, subprocess.Popen[str]], key: str) -> None:
    address, _ = process
    assert get(f"{address}/healthz")[0] == get(f"{address}/readyz")[0] == get(f"{address}/docs")[0] == 200
    assert get(f"{address}/api/ask", {"question": QUESTION})[0] == 401
    status, body = get(f"{address}/api/ask", {"question": QUESTION}, key)
    assert status == 200 and json.loads(body)["citations"]
    assert get(f"{address}/config")[0] == 401
    assert key.encode() not in get(f"{address}/metrics")[1]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_the_web_component_is_valid_script(process: tuple[str, subprocess.Popen[str]], tmp_path: Path) -> None:
    address, _ = process
    script = tmp_path / "embed.mjs"
    script.write_bytes(get(f"{address}/embed.js")[1])
    subprocess.run(["node", "--check", str(script)], check=True, timeout=60)


def test_it_stops_when_it_is_told_although_a_page_is_open(process: tuple[str, subprocess.Popen[str]]) -> None:
    address, running = process
    with urllib.request.urlopen(f"{address}/gradio_api/heartbeat/abc", timeout=60) as page:
        assert page.status == 200
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0


def test_without_readers_a_login_cannot_be_asked_for(tmp_path: Path) -> None:
    done = run("--login", "--data-dir", str(tmp_path))
    assert done.returncode == 2 and "--add-reader" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value"), [("SERVE_NOTHING", "1"), ("SERVE_ORIGINS", "*"), ("API_KEYS", "nonsense")]
)
def test_a_setting_that_will_not_do_is_one_line(variable: str, value: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ui", "--data-dir", str(tmp_path)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(**{variable: value}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2 and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
