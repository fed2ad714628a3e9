"""Fetching: what is refused, and that nothing is reached that was not allowed."""

from __future__ import annotations

import gzip
import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from assistant import fetching
from assistant.errors import CorpusError
from assistant.fetching import Fetcher, is_public

PAGE = b"<html><body><p>words</p></body></html>"
ROBOTS = b"User-agent: *\nDisallow: /private/\n"


MOVES = {
    "/moved": "/page",
    "/inward": "http://10.0.0.1/x",
    "/loop": "/loop",
    "/file": "file:///etc/passwd",
    "/toprivate": "/private/x",
}
BODIES = {
    "/page": PAGE,
    "/robots.txt": ROBOTS,
    "/big": b"x" * 5000,
    "/private/x": PAGE,
    "/zip": gzip.compress(b"0" * 10**7),
    "/cut": gzip.compress(PAGE)[:-12],
}


class Handler(http.server.BaseHTTPRequestHandler):
    """A small site with every kind of trouble."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        if path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                if self.server.done.wait(0.1):  # type: ignore[attr-defined]
                    return
        if path in MOVES:
            self.send_response(302)
            self.send_header("Location", MOVES[path])
            self.end_headers()
            return
        self.send_response(200 if path in BODIES else 404)
        if path in ("/zip", "/cut"):
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(BODIES.get(path, b""))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.done = [], threading.Event()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.done.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def address(site: http.server.ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{site.server_port}{path}"


def fetcher(most: int = 4000, timeout: float = 20, private: bool = True) -> Fetcher:
    return Fetcher(max_bytes=most, timeout=timeout, allow_private=private)


def test_a_page_is_fetched_over_redirects(site: http.server.ThreadingHTTPServer) -> None:
    page = fetcher().fetch(address(site, "/moved#part"))
    assert (page.url, page.data) == (address(site, "/page"), PAGE) and page.content_type.startswith("text/html")
    assert site.asked == ["/robots.txt", "/moved", "/page"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/file", "only http and https"),
        ("/loop", "leads on more than 5 times"),
        ("/private/x", "robots.txt does not allow"),
        ("/toprivate", "robots.txt does not allow"),
        ("/big", "over the limit of 4,000"),
        ("/zip", "over the limit of 4,000"),
        ("/nothing", "answered 404"),
        ("/cut", "broke off before its end"),
    ],
)
def test_trouble_is_named(site: http.server.ThreadingHTTPServer, path: str, told: str) -> None:
    with pytest.raises(CorpusError, match=told):
        fetcher(timeout=3).fetch(address(site, path))


def test_rules_that_have_moved_are_followed(
    site: http.server.ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOVES, "/robots.txt", "/rules")
    monkeypatch.setitem(BODIES, "/rules", ROBOTS)
    with pytest.raises(CorpusError, match=r"robots\.txt does not allow"):
        fetcher().fetch(address(site, "/private/x"))
    assert fetcher().fetch(address(site, "/page")).data == PAGE
    monkeypatch.setitem(MOVES, "/robots.txt", "http://10.0.0.1/rules")
    monkeypatch.setattr(fetching, "is_public", lambda ip: ip == "127.0.0.1")
    with pytest.raises(CorpusError, match=r"private address \(10\.0\.0\.1\)"):
        fetcher(private=False).fetch(address(site, "/page"))


def test_ten_megabytes_that_drip_are_cut_off_in_time_and_size(site: http.server.ThreadingHTTPServer) -> None:
    with pytest.raises(CorpusError, match=r"did not answer within 0\.5 s"):
        fetcher(most=10**8, timeout=0.5).fetch(address(site, "/slow?10MB"))
    with pytest.raises(CorpusError, match=r"over the limit of 3 bytes"):
        fetcher(most=3, timeout=30).fetch(address(site, "/slow"))


def test_each_hop_is_checked(site: http.server.ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "is_public", lambda ip: ip == "127.0.0.1")
    with pytest.raises(CorpusError, match=r"private address \(10\.0\.0\.1\)"):
        fetcher(private=False).fetch(address(site, "/inward"))


def test_a_server_that_drips_is_cut_off(site: http.server.ThreadingHTTPServer) -> None:
    with pytest.raises(CorpusError, match="did not answer within"):
        fetcher(timeout=0.5).fetch(address(site, "/slow"))


def test_this_machine_is_not_asked_unless_allowed(site: http.server.ThreadingHTTPServer) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "127.1", "2130706433"):
        with pytest.raises(CorpusError, match=r"private address|cannot be reached"):
            fetcher(private=False).fetch(f"http://{host}:{site.server_port}/page")
    assert site.asked == []  # type: ignore[attr-defined]


def test_a_name_is_looked_up_once(site: http.server.ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when checked and this machine's when connected to would get in."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    connected = []

    def look_up(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), site.server_port))]

    def connect(place: tuple[str, int], **_: object) -> socket.socket:
        connected.append(place[0])
        raise ConnectionRefusedError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(CorpusError, match="cannot be reached"):
        fetcher(private=False).fetch(f"http://rebind.example:{site.server_port}/page")
    assert connected == ["93.184.216.34"] and site.asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/x", "only http and https"),
        ("http://", "no address"),
        ("http://me:secret@example.org/", "name or password"),
        ("http://example.org:99999/", "no address"),
        ("http://exa mple.org/", "no address"),
        ("http://127.0.0.1:1/", "cannot be reached"),
    ],
)
def test_a_wrong_address_is_refused(url: str, told: str) -> None:
    with pytest.raises(CorpusError, match=told):
        fetcher().fetch(url)


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.1.2.3", False), ("172.16.0.1", False),
        ("192.168.1.1", False), ("127.0.0.1", False), ("169.254.169.254", False), ("0.0.0.0", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
        ("fe80::1%eth0", False), ("fc00::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("2001:0:a00:1::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(ip: str, public: bool) -> None:
    assert is_public(ip) is public
