"""A chat model behind a real server on loopback: what comes, what goes wrong, and what is said of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import KEY, MODEL, ModelServer, Reply, chat_server, error

from assistant import models
from assistant.decoding import request
from assistant.errors import ModelUnavailable, SettingsError
from assistant.faults import FormatRefused, WindowExceeded
from assistant.models import Allowance, ChatModel
from assistant.settings import Settings

PATIENCE = 20.0


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with chat_server() as held:
        yield held


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between tries."""
    monkeypatch.setattr(models, "BACKOFF", 0.001)


def model(server: ModelServer, **changes: object) -> ChatModel:
    return ChatModel(Settings(model="openai:local", base_url=server.url).replace(**changes))


def written(held: ChatModel, allowance: Allowance | None = None, seconds: float = PATIENCE) -> str:
    return "".join(held.stream("rules", "question", {}, allowance or Allowance(seconds)))


def test_the_pieces_come_as_they_are_written_with_usage_and_the_name_served(server: ModelServer) -> None:
    server.queue = [Reply("one two three four five six", pieces=4)]
    allowance = Allowance(PATIENCE)
    pieces = list(model(server).stream("rules", "question", {}, allowance))
    assert "".join(pieces) == "one two three four five six" and len(pieces) > 3
    assert allowance.usage == {"requests": 1, "input_tokens": 100, "output_tokens": 20}
    assert allowance.served == MODEL
    assert [m["role"] for m in server.requests[0]["messages"]] == ["system", "user"]


FAULTS: dict[str, tuple[Reply, str]] = {
    "wrong key": (error(401, "authentication_error"), "refuses the key"),
    "no access": (error(403, "permission_error"), "refuses access"),
    "no such model": (error(404, "not_found_error"), "no such model"),
    "busy": (error(429, "rate_limit_error", retry_after=0.001), "busy"),
    "quota": (Reply(status=429, body={"error": {"code": "insufficient_quota", "message": KEY, "type": "x"}}), "quota"),
    "server error": (error(500, "server_error"), "not ready or fails"),
    "loading": (error(503, "unavailable_error"), "not ready or fails"),
    "overflow": (error(400, "exceed_context_size_error", n_prompt_tokens=9000, n_ctx=4096), "do not fit"),
    "bad request": (error(400, "invalid_request_error"), "refused the request"),
    "cut, closed": (Reply("words " * 30, cut=3), "broke off"),
    "cut, reset": (Reply("words " * 30, cut=3, reset=True), "broke off"),
    "no end": (Reply("words", finish=None, done=False), "broke off"),
    "no finish reason": (Reply("words", finish=None), "broke off"),
    "too long": (Reply('{"claims": [{"te', finish="length"), "token limit"),
    "filter": (Reply("words", finish="content_filter"), "filter"),
    "another model": (Reply("words", model="another"), "another model"),
    "no JSON": (Reply(garbage=b"<html>busy</html>"), "could not be read"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_one_short_reason_without_the_servers_words(server: ModelServer, name: str) -> None:
    reply, reason = FAULTS[name]
    server.queue = [reply] * (models.RETRIES + 1)
    with pytest.raises(ModelUnavailable, match=reason) as caught:
        written(model(server))
    assert "\n" not in str(caught.value) and KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_silence_ends_with_the_time_allowed(server: ModelServer) -> None:
    server.queue = [Reply("words", stall=PATIENCE)]
    with pytest.raises(ModelUnavailable, match=r"longer than 0\.3 s"):
        written(model(server), seconds=0.3)
    assert server.cancelled.wait(PATIENCE)


@pytest.mark.parametrize(
    ("address", "reason"),
    [("http://127.0.0.1:1/v1", "cannot be reached"), ("http://nowhere.invalid/v1", "cannot be (found|reached)")],
)
def test_a_server_that_is_not_there(address: str, reason: str) -> None:
    with pytest.raises(ModelUnavailable, match=reason):
        written(ChatModel(Settings(model="openai:local", base_url=address)))


@pytest.mark.parametrize(
    "reply",
    [
        error(429, "rate_limit_error", retry_after=0.001),
        error(503, "unavailable_error"),
        Reply("x" * 99, cut=0, reset=True),
    ],
)
def test_what_can_pass_is_tried_again(server: ModelServer, reply: Reply) -> None:
    server.queue = [reply, Reply("words")]
    assert written(model(server)) == "words"
    assert len(server.requests) == 2


def test_a_wait_longer_than_the_time_left_is_not_waited_for(server: ModelServer) -> None:
    server.queue = [error(429, "rate_limit_error", retry_after=60)]
    with pytest.raises(ModelUnavailable, match="busy"):
        written(model(server), seconds=5)
    assert len(server.requests) == 1


def test_nothing_is_asked_again_once_words_have_come(server: ModelServer) -> None:
    server.queue = [Reply("words " * 30, cut=4)]
    with pytest.raises(ModelUnavailable):
        written(model(server))
    assert len(server.requests) == 1


def test_an_option_that_the_server_does_not_know_is_left_out(server: ModelServer) -> None:
    refusal = {
        "error": {
            "message": "Unsupported value: 'temperature'",
            "type": "invalid_request_error",
            "param": "temperature",
            "code": "x",
        }
    }
    server.queue = [Reply(status=400, body=refusal), Reply("words")]
    held = model(server)
    assert written(held) == "words"
    assert "temperature" in server.requests[0] and "temperature" not in server.requests[1]


def test_what_is_not_supported_is_told_from_what_is_wrong(server: ModelServer) -> None:
    server.formats = ("text",)
    with pytest.raises(FormatRefused):
        list(model(server).stream("rules", "question", request("json_schema"), Allowance(PATIENCE)))
    with pytest.raises(FormatRefused):
        list(model(server).stream("rules", "question", request("tools"), Allowance(PATIENCE)))
    server.queue = [error(400, "exceed_context_size_error", n_ctx=512)]
    with pytest.raises(WindowExceeded) as caught:
        written(model(server))
    assert caught.value.window == 512


def test_a_name_that_the_server_does_not_list_is_not_asked(server: ModelServer) -> None:
    server.models = ("something-else",)
    with pytest.raises(ModelUnavailable, match="no model of the name"):
        written(model(server))
    assert not server.requests
    server.queue = [Reply("words", model="something-else")]
    assert written(model(server, served_model="something-else")) == "words"


def test_a_dated_name_is_the_same_model(server: ModelServer) -> None:
    server.queue = [Reply("words", model=f"{MODEL}-2025-08-07")]
    assert written(model(server)) == "words"


def test_closing_cancels_upstream(server: ModelServer) -> None:
    server.queue = [Reply("words " * 30, stall=PATIENCE, stall_at=3)]
    pieces = model(server).stream("rules", "question", {}, Allowance(PATIENCE))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # a generator
    assert server.cancelled.wait(PATIENCE)


def test_a_stop_from_another_thread_cancels_upstream(server: ModelServer) -> None:
    server.queue = [Reply("words " * 30, stall=PATIENCE, stall_at=3)]
    stop = threading.Event()
    pieces = model(server).stream("rules", "question", {}, Allowance(PATIENCE, stop))
    next(pieces)
    stop.set()
    with pytest.raises(ModelUnavailable, match="stopped"):
        list(pieces)
    assert server.cancelled.wait(PATIENCE)


def test_the_key_goes_to_the_server_and_nowhere_else(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="utf-8")
    server.key = KEY
    server.queue = [Reply("words"), error(500, "server_error"), error(500, "server_error"), error(500, "server_error")]
    held = model(server, api_key_file=str(tmp_path / "key"))
    with caplog.at_level(logging.DEBUG):
        assert written(held) == "words"
        with pytest.raises(ModelUnavailable) as caught:
            written(held)
    assert server.keys[0] == KEY
    assert KEY not in caplog.text + str(caught.value) + repr(held.__dict__) + repr(held.open())


def test_a_wrong_key_from_the_environment(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    server.key = KEY
    with pytest.raises(ModelUnavailable, match="refuses the key") as caught:
        written(model(server))
    assert "sk-wrong" not in str(caught.value)


def test_what_is_missing_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        ChatModel(Settings(model="openai:gpt-5-mini"))
    with pytest.raises(SettingsError, match="no model"):
        ChatModel(Settings(model="elsewhere:x"))
    with pytest.raises(SettingsError, match="cannot be read"):
        ChatModel(Settings(model="openai:x", api_key_file=str(tmp_path / "none")))


def test_an_address_is_shown_without_what_is_secret_in_it() -> None:
    held = ChatModel(Settings(model="openai:x", base_url="https://me:secret@host:8000/v1?key=secret"))
    assert held.address == "https://host:8000/v1"
