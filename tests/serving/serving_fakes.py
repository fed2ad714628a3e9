"""What the server's tests share: the server in a thread of this process, on a free loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

os.environ.update({"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"})

from assistant import Answer, Assistant, Citation, Claim, Document, Filter
from assistant.citations import marked
from assistant.filters import EVERYTHING
from assistant.types import ANSWERED
from ui import page
from ui.reports import Reports
from ui.serving import server
from ui.serving.access import Access
from ui.serving.answering import Answering
from ui.serving.app import Service, public
from ui.serving.keys import Keys
from ui.serving.metrics import Metrics
from ui.serving.settings import ServerSettings

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "Who made the note public?"
UNANSWERED = "What is the capital of Bolivia?"
UNLIMITED = ServerSettings(per_minute=0, key_per_minute=0)


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """What an error says; all of its fields are there."""
        error: dict[str, Any] = self.json["error"]
        assert set(error) == {"message", "type", "param", "code"} and error["message"]
        return error


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs, and what it is made of."""

    url: str
    answering: Answering
    metrics: Metrics
    keys: Path
    server: server.Server

    def ask(self, method: str, path: str, body: object = None, /, **headers: str) -> Reply:
        """Send a request as it stands: bytes are sent as they are, the rest as JSON; `_` in a header's name is `-`."""
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named = {"Content-Type": "application/json", **named}
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, sent, named)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def completion(self, *said: str, **fields: object) -> Reply:
        """Ask in OpenAI's protocol: the user's and the assistant's messages by turns, a question last."""
        roles = ("user", "assistant")
        messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)]
        return self.ask("POST", "/v1/chat/completions", {"model": "on-the-record", "messages": messages, **fields})


@contextlib.contextmanager
def running(
    assistant: Any,
    folder: Path,
    settings: ServerSettings = UNLIMITED,
    *,
    keys_required: bool = False,
    reports: Reports | None = None,
    **login: Any,
) -> Iterator[Running]:
    """The readers' server over `assistant`, with its keys in `folder`, until the block ends."""
    with server.listen("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        metrics, keys = Metrics(), folder / "keys"
        access = Access(settings, Keys(keys, {}), metrics, keys_required=keys_required)
        answering = Answering(assistant, settings, metrics)
        service = Service(settings, access, metrics, True, url)
        started, made = threading.Event(), list[server.Server]()

        async def serve() -> None:
            # Made where a loop runs: elsewhere Gradio makes loops of its own, and never closes them.
            app = public(page.build(answering, reports=reports), answering, service, **login)
            made.append(server.Server(app, settings, started.set))
            await made[0].serve([listening])

        thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        thread.start()
        assert started.wait(60)
        try:
            yield Running(url, answering, metrics, keys, made[0])
        finally:
            made[0].should_exit = True
            thread.join(30)
            assert not thread.is_alive()
            answering.close()


def check_citation(documents: Mapping[str, Any], cited: Mapping[str, Any]) -> None:
    """The promise: the words quoted stand at their place, in the document's version."""
    document = documents[cited["document_id"]]
    assert document.version == cited["version"]
    assert document.text[cited["start"] : cited["end"]] == cited["quote"]


def check_answer(assistant: Assistant, answer: Mapping[str, Any]) -> None:
    """An answer as it left: answered, with marks, and every citation exact."""
    assert answer["status"] == "answered" and answer["citations"]
    for cited in (*answer["citations"], *(c for claim in answer["claims"] for c in claim["citations"])):
        check_citation(assistant.documents, cited)
        assert f"[{cited['number']}]" in answer["text"]


class Held:
    """An assistant that answers when it is let, by repeating the question; its one document is made for it."""

    def __init__(self, text: str = "The wall stands, the mayor said.") -> None:
        version = hashlib.sha256(text.encode()).hexdigest()
        self.documents = {"wall": Document("wall", "The wall", text, version)}
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.asked: list[str] = []

    def conversation(self, only: Filter = EVERYTHING) -> HeldTalk:
        """A new conversation."""
        return HeldTalk(self)

    def suggestions(self, _answer: Answer | None = None) -> tuple[str, ...]:
        """None: it offers nothing."""
        return ()


class HeldTalk:
    """Answers once it may."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.turns: list[Answer] = []

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        """The one claim, then the answer to just this question."""
        self.held.asked.append(question)
        if question.startswith("fail"):
            raise RuntimeError("/srv/secret/path: the secret word is swordfish")
        self.held.begun.release()
        assert self.held.go.wait(60)
        document = self.held.documents["wall"]
        cited = (Citation(1, "wall", document.version, 0, 9, "The wall ", document.title),)
        if question.startswith("misquote"):
            cited = (dataclasses.replace(cited[0], quote="The mall "),)
        claim = Claim(f"You asked: {question}", cited)
        yield claim
        answer = Answer(
            question, question, ANSWERED, marked([claim]), (claim,), cited, (), (), None, "held"
        )  # fmt: skip
        self.turns.append(answer)
        yield answer
