"""What a hostile client, page or document can do here: nothing."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from serving_fakes import QUESTION, UNLIMITED, Running, running

from assistant import Assistant
from assistant.errors import SettingsError
from ui.serving.guards import METHODS
from ui.serving.reference import page
from ui.serving.settings import ServerSettings

ELSEWHERE = "https://evil.example"
FRIEND = "https://news.example"
SECRET = "/etc/passwd"
UP = (
    "../" * 12 + "etc/passwd",
    "..%2f" * 12 + "etc%2fpasswd",
    "%2e%2e/" * 12 + "etc/passwd",
    "....//" * 6 + "etc/passwd",
)
READING = (
    "/gradio_api/file=", "/gradio_api/file/", "//gradio_api/file=", "/gradio_api//file=", "/gradio_api/%66ile=",
    "/static/", "/assets/", "/svelte/", "/api/documents/", "/theme.css/", "/gradio_api/custom_component/x/client/component/",
    "/gradio_api/stream/a/b/", "/",
)  # fmt: skip


@pytest.fixture(scope="module")
def friendly(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that lets one origin call it, and show it in a frame, and knows one name more."""
    settings = UNLIMITED.replace(origins=(FRIEND,), embed_origins=(FRIEND,), hosts=("chat.example",))
    with running(assistant, tmp_path_factory.mktemp("friendly"), settings) as server:
        yield server


@pytest.fixture(scope="module")
def closed(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for readers with a login and clients with a key."""
    folder = tmp_path_factory.mktemp("closed")
    with running(assistant, folder, keys_required=True, auth=lambda name, word: word == "right") as server:
        yield server


@pytest.mark.parametrize("path", ["/", "/v1/models", "/api/documents", "/docs", "/nothing", "/healthz", "/embed.js"])
def test_every_response_has_the_headers(served: Running, path: str) -> None:
    headers = served.ask("GET", path).headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] and headers["permissions-policy"] and "server" not in headers


def test_only_origins_that_are_listed_may_show_it_in_a_frame(friendly: Running) -> None:
    headers = friendly.ask("GET", "/").headers
    assert f"frame-ancestors 'self' {FRIEND}" in headers["content-security-policy"]
    assert "x-frame-options" not in headers


@pytest.mark.parametrize("path", ["/", "/config", "/v1/models", "/gradio_api/info"])
def test_no_other_origin_reads_anything(served: Running, friendly: Running, path: str) -> None:
    for server in (served, friendly):
        headers = server.ask("GET", path, Origin=ELSEWHERE).headers
        assert "access-control-allow-origin" not in headers and "access-control-allow-credentials" not in headers
        asked = server.ask("OPTIONS", path, Origin=ELSEWHERE, Access_Control_Request_Method="POST")
        assert "access-control-allow-origin" not in asked.headers
    assert friendly.ask("GET", path, Origin=FRIEND).headers["access-control-allow-origin"] == FRIEND


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/mcp", "/gradio_api/queue/join", "/login"])
@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "http://127.0.0.1:1"])
def test_another_sites_page_may_send_nothing(served: Running, path: str, origin: str) -> None:
    reply = served.ask("POST", path, {"question": QUESTION}, Origin=origin)
    assert reply.status == 403 and reply.error["code"] == "cross_site"


def test_its_own_page_and_a_listed_one_may_ask(served: Running, friendly: Running) -> None:
    for server, origin in ((served, served.url), (friendly, FRIEND)):
        assert server.ask("POST", "/api/ask", {"question": QUESTION}, Origin=origin).status == 200


def test_what_a_form_can_send_is_no_question(served: Running) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        reply = served.ask("POST", "/api/ask", {"question": QUESTION}, Content_Type=kind)
        assert 400 <= reply.status < 500


def test_it_is_asked_by_its_own_names_alone(served: Running, friendly: Running) -> None:
    """A name that an attacker points at this machine would make its page the server's own."""
    for host in ("evil.example", "127.0.0.1.evil.example:7860", ""):
        assert served.ask("GET", "/v1/models", Host=host).status == 421
    for host in ("localhost:7860", "127.0.0.1", "[::1]:7860"):
        assert served.ask("GET", "/v1/models", Host=host).status == 200
    assert friendly.ask("GET", "/v1/models", Host="chat.example").status == 200


@pytest.mark.parametrize("up", [*UP, SECRET, quote(SECRET, safe="")])
@pytest.mark.parametrize("reading", READING)
def test_no_path_leads_to_a_file_of_this_machine(served: Running, reading: str, up: str) -> None:
    reply = served.ask("GET", reading + up)
    assert b"root:" not in reply.body and reply.status in (400, 403, 404, 405)


def test_no_document_is_read_by_a_path(served: Running) -> None:
    for identity in ("../corpus/mamdani-letter-row.md", SECRET, "mamdani-letter-row/../mamdani-letter-row"):
        assert served.ask("GET", f"/api/documents/{quote(identity, safe='')}").status == 404


def test_it_fetches_nothing_for_anybody(served: Running) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.5)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}/"
        for path in ("/gradio_api/proxy=", "/gradio_api/file=", "/gradio_api/%70roxy=", "/gradio_api/file/", "/proxy="):
            for spelt in (address, quote(address, safe=""), address.replace("127.0.0.1", "localhost")):
                assert served.ask("GET", path + spelt).status in (400, 404)
        assert served.ask("POST", "/api/ask", {"question": f"Read {address}"}).status == 200
        data = {"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}
        for question in (data, [data]):
            sent = {"data": [question, []], "fn_index": 0, "session_hash": "x"}
            served.ask("POST", "/gradio_api/call/ask", sent)
            served.ask("POST", "/gradio_api/run/ask", sent)
        with pytest.raises(TimeoutError):
            canary.accept()


def test_nothing_is_uploaded(served: Running) -> None:
    for path in ("/gradio_api/upload", "/gradio_api/upload_progress", "//gradio_api/upload"):
        assert (
            served.ask("POST", path, b"--x\r\n\r\nhi\r\n--x--", Content_Type="multipart/form-data; boundary=x").status
            == 404
        )


def test_with_a_login_neither_page_nor_api_is_open(closed: Running) -> None:
    assert closed.ask("GET", "/config").status == 401
    assert closed.ask("POST", "/api/ask", {"question": QUESTION}).error["code"] == "missing_api_key"
    assert closed.ask("POST", "/gradio_api/run/ask", {"data": [QUESTION, []]}).status == 401
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert closed.ask("POST", "/login", b"username=ana&password=wrong", **form).status == 400
    let_in = closed.ask("POST", "/login", b"username=ana&password=right", **form)
    assert let_in.status == 200 and "httponly" in let_in.headers["set-cookie"].lower()
    assert closed.ask("GET", "/healthz").status == 200


def test_a_question_is_neither_counted_by_its_words_nor_logged(
    served: Running, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="ui"):
        served.ask("POST", "/api/ask", {"question": "Who is swordfish?"})
        served.ask("GET", "/api/search?query=swordfish")
        served.ask("GET", "/swordfish")
        served.ask("GET", "/api/documents/swordfish")
    assert "swordfish" not in caplog.text + served.metrics.text()


def test_metrics_are_as_prometheus_reads_them(served: Running) -> None:
    served.ask("POST", "/api/ask", {"question": QUESTION})
    text = served.ask("GET", "/metrics").body.decode()
    assert 'http_requests_total{method="POST",route="/api/ask",status="200"}' in text
    assert 'on_the_record_answers_total{status="answered"}' in text and "withheld_claims_total" in text
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        assert line.startswith("# ") or (name and float(value) >= 0)
    counts = [float(line.rpartition(" ")[2]) for line in text.splitlines() if "answer_seconds_bucket" in line]
    assert counts == sorted(counts)


@pytest.mark.parametrize("method", [m for m in METHODS if m not in ("GET", "HEAD", "OPTIONS")])
@pytest.mark.parametrize("path", ["/v1/models", "/api/documents", "/healthz", "/docs"])
def test_a_method_that_is_none_is_told_in_our_shape(served: Running, path: str, method: str) -> None:
    refused = served.ask(method, path, {})
    assert refused.status == 405 and refused.headers["allow"] == "GET" and refused.error
    assert served.ask("PROPFIND", path, {}).status == 405


def test_the_page_of_the_api_is_escaped() -> None:
    hostile = {"info": {"title": "<script>", "description": "<img>"}, "paths": {"/<b>": {"get": {"responses": {}}}}}
    shown = page(hostile)
    assert "<script>" not in shown and "<img>" not in shown and "<b>" not in shown


@pytest.mark.parametrize("origin", ["*", "news.example", "https://news.example/path", "javascript:x", "https://a b"])
def test_an_origin_is_one(origin: str) -> None:
    with pytest.raises(SettingsError, match="is not an origin"):
        ServerSettings(embed_origins=(origin,))


def test_settings_come_from_the_environment() -> None:
    told = ServerSettings.from_env({"SERVE_ORIGINS": f"{FRIEND}/, http://localhost:3000", "SERVE_RUNNING": "2",
                                    "SERVE_DRAIN": "1.5", "SERVE_PUBLIC_KEYLESS": "true", "OTHER": "x"})  # fmt: skip
    assert told == ServerSettings(origins=(FRIEND, "http://localhost:3000"), running=2, drain=1.5, public_keyless=True)
    for name, value in (("SERVE_RUNNER", "1"), ("SERVE_RUNNING", "x"), ("SERVE_RUNNING", "0"), ("SERVE_DRAIN", "nan"),
                        ("SERVE_PUBLIC_KEYLESS", "perhaps"), ("SERVE_WAITING", "-1")):  # fmt: skip
        with pytest.raises(SettingsError):
            ServerSettings.from_env({name: value})


def test_the_snippet_is_served(served: Running, tmp_path: Path) -> None:
    reply = served.ask("GET", "/embed.js", Origin=ELSEWHERE)
    assert reply.status == 200 and b"customElements.define" in reply.body
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
