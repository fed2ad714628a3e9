"""A server on loopback that speaks OpenAI's chat protocol, frames and errors as a real llama.cpp server sends them."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL, KEY = "local", "sk-secret-1234567890"
PATIENCE = 20.0


@dataclass(frozen=True)
class Reply:
    """One answer of the server.

    text: what the model writes, in `pieces` of so many characters. status, body, headers: an error instead. cut: the
    connection ends after so many pieces, reset or merely closed. stall: seconds (or until the server stops) of silence
    before a piece. finish: the reason given at the end, None for none. done: whether `[DONE]` is sent.
    """

    text: str = ""
    status: int = 200
    body: object = None
    headers: tuple[tuple[str, str], ...] = ()
    pieces: int = 24
    cut: int | None = None
    reset: bool = False
    stall: float = 0.0
    stall_at: int = 0
    finish: str | None = "stop"
    done: bool = True
    model: str = MODEL
    tool: bool = False
    garbage: bytes = b""


def error(status: int, kind: str, message: str = "", **more: object) -> Reply:
    """An error as llama.cpp words it: `code` is a number."""
    headers = tuple((name.replace("_", "-"), str(value)) for name, value in more.items() if name == "retry_after")
    fields = {name: value for name, value in more.items() if name != "retry_after"}
    held = {"error": {"code": status, "message": message or f"{kind} {KEY}", "type": kind, **fields}}
    return Reply(status=status, body=held, headers=headers)


@dataclass
class ModelServer:
    """What the server does, and what it was asked; `answer` makes the reply to a request where none is queued."""

    url: str = ""
    queue: list[Reply] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Reply] = lambda request: Reply(json.dumps({"claims": []}))
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)
    formats: tuple[str, ...] = ("json_schema", "tools", "text")
    models: tuple[str, ...] = (MODEL,)
    key: str | None = None

    def reply(self, request: dict[str, Any]) -> Reply:
        """What comes next for `request`."""
        self.requests.append(request)
        if "response_format" in request and "json_schema" not in self.formats:
            return error(400, "invalid_request_error", "response_format json_schema is not supported")
        if "tools" in request and "tools" not in self.formats:
            return error(400, "invalid_request_error", "tools param requires --jinja flag")
        reply = self.queue.pop(0) if self.queue else self.answer(request)
        return reply if not reply.text or "tools" not in request else Reply(**{**_fields(reply), "tool": True})


def _fields(reply: Reply) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in reply.__dataclass_fields__}


def passages_in(request: dict[str, Any]) -> str:
    """The user's message of a request: the passages, then the question."""
    return str(request["messages"][-1]["content"])


def frames(reply: Reply) -> Iterator[bytes]:
    """The events of a stream."""

    def event(choices: list[dict[str, Any]], **more: object) -> bytes:
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": reply.model,
                 "choices": choices, **more}  # fmt: skip
        return f"data: {json.dumps(chunk)}\n\n".encode()

    yield event([{"index": 0, "finish_reason": None, "delta": {"role": "assistant", "content": None}}])
    for place in range(0, len(reply.text), reply.pieces):
        piece = reply.text[place : place + reply.pieces]
        if reply.tool:
            call: dict[str, Any] = {"index": 0, "function": {"arguments": piece}}
            if place == 0:
                call |= {"id": "call_1", "type": "function"}
                call["function"]["name"] = "answer"
            yield event([{"index": 0, "finish_reason": None, "delta": {"tool_calls": [call]}}])
        else:
            yield event([{"index": 0, "finish_reason": None, "delta": {"content": piece}}])
    if reply.finish:
        yield event([{"index": 0, "finish_reason": reply.finish, "delta": {}}])
        yield event([], usage={"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})
    if reply.done:
        yield b"data: [DONE]\n\n"


@contextlib.contextmanager
def chat_server() -> Iterator[ModelServer]:
    """A `ModelServer` in threads, on a free port."""
    state = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            held = {"object": "list", "data": [{"id": name, "object": "model",
            "created": 1, "owned_by": "me"} for name in state.models]}  # fmt: skip
            with contextlib.suppress(OSError):
                self._whole(200, held)

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Authorization"].removeprefix("Bearer ")
            state.keys.append(key)
            with contextlib.suppress(OSError):
                if state.key and key != state.key:
                    refused = error(401, "authentication_error", f"Invalid API Key {key}")
                    self._whole(refused.status, refused.body)
                    return
                self._send(state.reply(request))

        def _send(self, reply: Reply) -> None:
            if reply.status != 200 or reply.garbage:
                self._whole(reply.status, reply.garbage or reply.body, reply.headers)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number, frame in enumerate(frames(reply)):
                if reply.stall and number == reply.stall_at:
                    self._wait(reply.stall)
                if reply.cut is not None and number >= reply.cut:
                    self._cut(reply.reset)
                    return
                try:
                    self.wfile.write(f"{len(frame):x}\r\n".encode() + frame + b"\r\n")
                    self.wfile.flush()
                except OSError:
                    state.cancelled.set()
                    raise
            self.wfile.write(b"0\r\n\r\n")

        def _wait(self, seconds: float) -> None:
            """Silence, until the time is over or the other side has left."""
            end = time.monotonic() + min(seconds, PATIENCE)
            self.connection.settimeout(0.02)
            while time.monotonic() < end and not state.stopping.is_set():
                try:
                    if not self.connection.recv(1, socket.MSG_PEEK):
                        state.cancelled.set()
                        raise ConnectionResetError
                except TimeoutError:
                    continue
                except OSError:
                    state.cancelled.set()
                    raise
            self.connection.settimeout(None)

        def _cut(self, reset: bool) -> None:
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def _whole(self, status: int, body: object, headers: tuple[tuple[str, str], ...] = ()) -> None:
            out = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(out)))
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(out)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a cut connection is meant

    server = Server(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
