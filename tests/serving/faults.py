"""What the tests of faults share: a small story, disks that are full or locked, `python -m ui` and its page."""

from __future__ import annotations

import contextlib
import html
import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from index_fakes import PATIENCE, CorpusFolder, free_port
from serving_fakes import ROOT

BRIDGE = (
    "The bridge over the Lend was opened on Friday by Mayor Ines Brandt. Some 300 people came.\n\n"
    '"We have waited for nine years," Brandt said at the ceremony.'
)
MILL = "The mill at Tross will close in March, its owner Karla Voss said on Saturday. It employs 45 people."
OPENED, EMPLOYS = "Who opened the bridge?", "How many people does the mill employ?"
TOLD = {OPENED: "Mayor Ines Brandt", EMPLOYS: "It employs 45 people."}
"""Questions, and words of the answers to them."""


def story(path: Path) -> CorpusFolder:
    """A corpus of two short documents."""
    folder = CorpusFolder(path)
    folder.write("bridge", BRIDGE, published="2026-01-02")
    folder.write("mill", MILL, published="2026-01-03")
    return folder


def long_text(number: int, sentences: int) -> str:
    """A document that takes some room: `number` tells one from another."""
    return " ".join(f"The warden of place {number} counted {n} boats in week {n}." for n in range(sentences))


# Disks


@contextlib.contextmanager
def mounted(*options: str, at: Path) -> Iterator[Path]:
    """`mount` with some options, until the block ends; the test is skipped where this user may not mount."""
    at.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(at)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user may not mount: {done.stderr.strip()}")
    try:
        yield at
    finally:
        # Lazily: Chroma and SQLite's threads may have files open for a moment longer.
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def small_disk(at: Path) -> contextlib.AbstractContextManager[Path]:
    """A disk of its own, of a few megabytes."""
    return mounted("-t", "tmpfs", "-o", "size=24m", "tmpfs", at=at)


@contextlib.contextmanager
def locked(folder: Path, at: Path) -> Iterator[Path]:
    """`folder`, read-only at another place, or at its own: not even root writes there."""
    with mounted("--bind", str(folder), at=at):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(at)], check=True)
        assert not os.access(at, os.W_OK)
        yield at


@dataclass
class Filling:
    """A file that takes what room a disk has."""

    path: Path

    def fill(self, room: int = 0) -> None:
        """Leave just `room` bytes; the disk refuses one more."""
        self.empty()
        with self.path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        os.truncate(self.path, self.path.stat().st_size - room)

    def empty(self) -> None:
        """Give the room back."""
        self.path.unlink(missing_ok=True)


# Programs


def environment(**values: str) -> dict[str, str]:
    """The environment without the tester's settings, and with `values`."""
    foreign = ("ON_THE_RECORD_", "OPENAI_", "OTEL_", "SERVE_", "API_KEYS", "READERS_", "DESK_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | values


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """`python -m assistant` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "assistant", *words], cwd=ROOT, env=environment(), capture_output=True, text=True,
        timeout=2 * PATIENCE, check=False,
    )  # fmt: skip


def one_line(told: str) -> str:
    """An error as the commands tell it: one line, a fact and its remedy."""
    assert told.startswith("error: ") and told.count("\n") == 1 and ": " in told.removeprefix("error: "), told
    return told


@dataclass
class Program:
    """A program that serves on loopback and says where: it can be killed."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def kill(self) -> None:
        """As `kill -9` does it."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def complaints(self) -> str:
        """What it wrote to stderr."""
        return self.log.read_text(encoding="utf-8")


@contextlib.contextmanager
def program(log: Path, *words: str, **values: str) -> Iterator[Program]:
    """`python WORDS`, once it has said its address; killed when the block ends."""
    paths = os.pathsep.join([str(ROOT / "tests"), str(ROOT)])
    with log.open("w", encoding="utf-8") as told, subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=environment(PYTHONPATH=paths, **values), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=told, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            found = re.search(r"http://127\.0\.0\.1:\d+\S*", process.stdout.readline())
            assert found, log.read_text(encoding="utf-8")
            yield Program(process, found.group(), log)
        finally:
            process.kill()


def page_server(log: Path, place: list[str], **values: str) -> contextlib.AbstractContextManager[Program]:
    """`python -m ui` over the corpus and the data directory that the flags `place` name."""
    return program(log, "-m", "ui", "--port", str(free_port()), *place, **values)


STALLING_MODEL = """
import sys
from model_server import PATIENCE, Reply, chat_server

with chat_server() as server:
    server.answer = lambda request: Reply(sys.argv[1], pieces=8, stall=PATIENCE, stall_at=int(sys.argv[2]))
    print(server.url, flush=True)
    sys.stdin.read()
"""
"""A model's server that falls silent in the middle of its answer: its arguments are the answer, and after how many
eighths of it."""


# What a reader sees


def get(address: str, body: object = None, key: str = "") -> tuple[int, Any]:
    """Status and JSON of a reply."""
    sent = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(address, sent, headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def ask(url: str, question: str, key: str = "") -> tuple[int, Any]:
    """Status and answer to a question at `/api/ask`."""
    return get(f"{url}/api/ask", {"question": question}, key)


@contextlib.contextmanager
def stream(url: str, question: str, key: str = "none") -> Iterator[Iterator[str]]:
    """What comes of an answer in OpenAI's protocol, piece by piece; "[DONE]" ends one that is whole."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)) as connection:
        asked = {"model": "on-the-record", "stream": True, "messages": [{"role": "user", "content": question}]}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        connection.request("POST", "/v1/chat/completions", json.dumps(asked), headers)
        with connection.getresponse() as response:
            assert response.status == 200
            yield _pieces(response)


def _pieces(response: http.client.HTTPResponse) -> Iterator[str]:
    with contextlib.suppress(http.client.HTTPException, ConnectionError):  # whoever sent it may have been killed
        for line in response:
            data = line.decode().removeprefix("data: ").strip()
            if data == "[DONE]":
                yield data
            elif data and (piece := json.loads(data)["choices"][0]["delta"].get("content")):
                yield piece


@dataclass
class Page:
    """A reader's page without a browser: its events, as Gradio's own script sends them, and what they change."""

    url: str
    _session: str = field(default_factory=lambda: secrets.token_hex(8))
    _events: Mapping[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _named: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        config = get(f"{self.url}/config")[1]
        self._named = {part["id"]: part["props"].get("elem_id") or "" for part in config["components"]}
        self._events = {
            (self._named.get(target, "page"), kind): event
            for event in config["dependencies"]
            for target, kind in event["targets"]
        }

    def ask(self, question: str) -> str:
        """The messages as they stand once `question` has been answered."""
        return _text(self._after("otr-box", "submit", question)["otr-chat"])

    def report(self, line: str) -> str:
        """What a reader is told who reports the first claim of the first answer."""
        self._after("otr-bus", "select", pressed="wrong-1-0")
        return _text(self._after("otr-send", "click", None, None, "misquote", line)["otr-told"])

    def share(self) -> str:
        """The link to the latest answer; empty where there is none."""
        return str(self._after("otr-share", "click")["otr-link"].get("value", ""))

    def opened(self, link: str) -> str:
        """The messages of a page opened by a link."""
        return _text(self._after("page", "load", [], link=link)["otr-chat"])

    def _after(self, part: str, kind: str, *given: object, pressed: str = "", link: str = "") -> dict[str, Any]:
        """What the parts of the page become by an event; what it is `given` goes to the event's first inputs."""
        event = self._events[part, kind]
        data = [*given, *[None] * (len(event["inputs"]) - len(given))]
        about = {"go": pressed} if pressed else None
        sent = {"fn_index": event["id"], "session_hash": self._session, "data": data, "event_data": about}
        get(f"{self.url}/gradio_api/queue/join{link}", sent)
        with urllib.request.urlopen(
            f"{self.url}/gradio_api/queue/data?session_hash={self._session}", timeout=PATIENCE
        ) as told:
            for line in told:
                message = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
                if message.get("msg") == "process_completed":
                    assert message["success"], message
                    names = [self._named[part] for part in event["outputs"]]
                    return dict(zip(names, message["output"]["data"], strict=True))
        raise AssertionError("the page was told nothing")


def _text(shown: object) -> str:
    return html.unescape(str(shown))
