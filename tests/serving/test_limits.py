"""How much, how often and how many at once; and what a client is told when it is too much."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from serving_fakes import Held, Reply, Running, running
from starlette.routing import Mount

from benchmarks.readers import Reader
from ui.serving import keys
from ui.serving.gate import Buckets, Gate
from ui.serving.metrics import Metrics
from ui.serving.problems import Busy
from ui.serving.settings import ServerSettings

Serve = Callable[..., Running]


@pytest.fixture
def held() -> Iterator[Held]:
    """An assistant that waits to be let; when the test ends it is."""
    assistant = Held()
    yield assistant
    assistant.go.set()


@pytest.fixture
def serve(held: Held, tmp_path: Path) -> Iterator[Serve]:
    """Starts a server over it with some settings."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Running:
            chosen = ServerSettings(**{"per_minute": 0, "key_per_minute": 0, **settings})
            return stack.enter_context(running(held, tmp_path, chosen))

        yield start
        held.go.set()


def ask(server: Running, question: str, **headers: str) -> Reply:
    return server.ask("POST", "/api/ask", {"question": question}, **headers)


def test_what_is_beyond_the_places_is_told_at_once_to_come_again(serve: Serve, held: Held) -> None:
    server = serve(running=1, waiting=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, server, "first")
        assert held.begun.acquire(timeout=60)
        second = pool.submit(ask, server, "second")
        while "on_the_record_waiting 1" not in server.metrics.text():
            assert not second.done()
        turned_away = ask(server, "third")
        assert turned_away.status == 503 and int(turned_away.headers["retry-after"]) > 0
        assert turned_away.error["code"] == "overloaded"
        held.go.set()
        assert [(r.result().status, r.result().json["question"]) for r in (first, second)] == [
            (200, "first"), (200, "second"),
        ]  # fmt: skip
    assert ask(server, "fourth").status == 200
    assert 'turned_away_total{reason="full"} 1' in server.metrics.text()


def test_a_turn_that_does_not_come_is_told(serve: Serve, held: Held) -> None:
    server = serve(running=1, waiting=1, patience=0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, server, "first")
        assert held.begun.acquire(timeout=60)
        late = ask(server, "second")
        assert late.status == 503 and "waited too long" in late.error["message"]
        held.go.set()
        assert first.result().status == 200


def test_an_answer_that_does_not_come_is_given_up(serve: Serve) -> None:
    server = serve(answer_timeout=0.05, patience=0.05)
    slow = ask(server, "slow")
    assert slow.status == 504 and slow.error["code"] == "timeout"


def test_many_at_once_each_get_their_own_answer(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve(running=4, waiting=200)
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda n: (n, server.completion(f"question {n}?")), range(200)))
    for n, reply in replies:
        assert reply.json["choices"][0]["message"]["content"].startswith(f"You asked: question {n}? [1]")


def test_answers_under_way_are_finished_at_the_stop(serve: Serve, held: Held) -> None:
    server = serve(drain=60)
    open_page = socket.create_connection(urlsplit(server.url).netloc.split(":"))  # type: ignore[arg-type]  # host and port
    with open_page, ThreadPoolExecutor(1) as pool:
        open_page.sendall(b"GET /gradio_api/heartbeat/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert open_page.recv(1)
        under_way = pool.submit(ask, server, "under way")
        assert held.begun.acquire(timeout=60)
        server.server.should_exit = True
        held.go.set()
        assert under_way.result().status == 200


def test_a_body_is_only_so_large(serve: Serve) -> None:
    server = serve(max_body=1000)
    assert server.ask("POST", "/api/ask", b"x" * 1001).status == 413
    chunked = b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(server, chunked + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n").startswith(b"HTTP/1.1 413")


def test_a_body_that_does_not_come_is_not_waited_for(serve: Serve) -> None:
    server = serve(body_timeout=0.1)
    begun = b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{"
    assert raw(server, begun).startswith(b"HTTP/1.1 408")


def test_an_address_asks_only_so_often(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve(per_minute=2)
    assert [ask(server, "again").status for _ in range(3)] == [200, 200, 429]
    late = ask(server, "again")
    assert int(late.headers["retry-after"]) > 0 and late.error["type"] == "rate_limit_error"
    joined = server.ask("POST", "/gradio_api/queue/join", {})
    assert joined.status == 429
    assert server.ask("GET", "/healthz").status == 200


def test_a_key_is_good_for_its_own_number_whatever_its_address(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve(per_minute=1)
    slow, fast = keys.add(server.keys, "slow", 1), keys.add(server.keys, "fast", 3)
    assert [ask(server, "?", Authorization=f"Bearer {slow}").status for _ in range(2)] == [200, 429]
    assert [ask(server, "?", Authorization=f"Bearer {fast}").status for _ in range(4)] == [200, 200, 200, 429]


def test_where_there_are_keys_nobody_asks_without_one(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve()
    assert ask(server, "no keys yet").status == ask(server, "any", Authorization="Bearer any").status == 200
    key = keys.add(server.keys, "newsroom")
    assert ask(server, "without").error["code"] == "missing_api_key"
    wrong = ask(server, "wrong", Authorization=f"Bearer {key}x")
    assert wrong.status == 401 and wrong.error["code"] == "invalid_api_key" and wrong.headers["www-authenticate"]
    for method, path in (("GET", "/v1/models"), ("GET", "/api/documents"), ("POST", "/mcp")):
        assert server.ask(method, path).status == 401
    assert ask(server, "right", Authorization=f"Bearer {key}").status == 200
    text = server.keys.read_text()
    assert key not in text and "newsroom:sha256:" in text and server.keys.stat().st_mode & 0o777 == 0o600
    server.keys.write_text("\n")
    keys.add(server.keys, "another")
    assert ask(server, "revoked", Authorization=f"Bearer {key}").status == 401


def test_keys_can_be_left_optional(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve(public_keyless=True)
    keys.add(server.keys, "newsroom")
    assert ask(server, "without").status == 200
    assert ask(server, "wrong", Authorization="Bearer wrong").status == 401


@pytest.mark.parametrize("line", ["a", "a:md5:00:", "a:sha256:00:", "a:sha256:" + "0" * 64 + ":many", ":sha256::"])
def test_a_line_of_the_keys_that_cannot_be_read_is_told(line: str, tmp_path: Path) -> None:
    with pytest.raises(keys.KeyProblem, match="--add-key"):
        keys.Keys(tmp_path / "none", {keys.VARIABLE: line})


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\nb"])
def test_a_name_that_would_break_the_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(keys.KeyProblem):
        keys.add(tmp_path / "keys", name)


def test_buckets_are_forgotten_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Buckets, "MOST", 10)
    buckets = Buckets()
    for n in range(100):
        assert buckets.take(f"address {n}", 1) == 0
    assert buckets.take("address 99", 1) > 0
    assert buckets.take("address 0", 1) == 0
    assert buckets.take("address 99", 0) == 0


def test_an_error_that_is_not_ours_says_nothing_of_itself(serve: Serve) -> None:
    server = serve()
    failed = ask(server, "fail")
    assert failed.status == 500 and b"swordfish" not in failed.body and b"/srv" not in failed.body
    assert failed.error["type"] == "server_error"


def test_words_that_do_not_stand_in_the_document_do_not_leave(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve()
    for reply in (ask(server, "misquote"), server.completion("misquote", stream=True)):
        assert reply.status == 503 and b"mall" not in reply.body


def test_what_was_asked_before_is_asked_only_once(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve(max_history=2)
    server.completion("one")
    server.completion("one", "…", "two")
    assert held.asked == ["one", "two"]
    held.asked.clear()
    body = {"question": "six", "history": ["three", "four", "five"]}
    assert server.ask("POST", "/api/ask", body).status == 200
    assert held.asked == ["four", "five", "six"]


def raw(server: Running, sent: bytes) -> bytes:
    """The beginning of what comes back for these bytes."""
    host, _, port = urlsplit(server.url).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(sent)
        return connection.recv(100)


def test_the_gate_is_open_again_after_an_error(serve: Serve, held: Held) -> None:
    held.go.set()
    server = serve(running=1, waiting=0)
    for _ in range(3):
        assert ask(server, "fail").status == 500
    assert ask(server, "well").status == 200
    assert threading.active_count() < 100


async def test_no_place_is_lost_whoever_gives_up_waiting() -> None:
    gate = Gate(2, 100, 0.002, Metrics())
    outcomes = []

    async def one() -> None:
        try:
            await gate.enter()
        except Busy as busy:
            outcomes.append(str(busy))
            return
        await asyncio.sleep(0.001)
        gate.leave()
        outcomes.append("answered")

    many = [asyncio.create_task(one()) for _ in range(300)]
    await asyncio.sleep(0)
    for task in many[::7]:
        task.cancel()
    await asyncio.gather(*many, return_exceptions=True)
    assert "answered" in outcomes and len(set(outcomes)) > 1
    with gate.place(), gate.place(), pytest.raises(Busy), gate.place():
        pass
    with gate.place(), gate.place():
        pass


@pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # pandas says so of what Gradio does with it
def test_only_so_many_conversations_are_held(serve: Serve, held: Held) -> None:
    held.go.set()
    running = serve(visits=3)
    for number in range(5):
        reader = Reader(running.url)
        reader.session = f"visit{number}"
        reader.ask("Who built the wall?")
    routes = cast(Any, running.server)._guards._app.routes
    gradio = next(route.app for route in routes if isinstance(route, Mount) and hasattr(route.app, "state_holder"))
    assert list(gradio.state_holder.session_data) == ["visit2", "visit3", "visit4"]
