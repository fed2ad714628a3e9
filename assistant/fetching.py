"""One public web page, fetched with care: only hosts, sizes and times that the settings allow."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from .errors import CorpusError

AGENT = "on-the-record"
REDIRECTS = 5
MOVED = (301, 302, 303, 307, 308)
ROBOTS_BYTES = 500_000
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5"
_PLAIN = "/%:@!$&'()*+,;=~-._"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood at an address: `url` is the last one, after redirects."""

    url: str
    data: bytes
    content_type: str


class Fetcher:
    """Fetches http and https addresses; remembers each host's robots.txt.

    Connects to the very address that was checked, so that a name cannot point elsewhere a moment later;
    takes no proxy from the environment. `timeout` is for one page as a whole, in seconds.
    """

    def __init__(self, *, max_bytes: int, timeout: float, allow_private: bool) -> None:
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._allow_private = allow_private
        self._robots: dict[str, RobotFileParser] = {}

    def fetch(self, url: str) -> Fetched:
        """The page at `url`; raises CorpusError with the reason and the remedy."""
        deadline = time.monotonic() + self._timeout
        for _ in range(REDIRECTS + 1):
            parts = _checked(url)
            if not self._may_fetch(parts, deadline):
                raise CorpusError(
                    f"{parts.hostname}'s robots.txt does not allow it: ask the publisher, or save the page."
                )
            status, headers, data = self._get(parts, deadline, self._max_bytes)
            if status in MOVED and headers.get("location"):
                url = urljoin(url, headers["location"])
                continue
            if status != 200:
                raise CorpusError(
                    f"the server answered {status} {http.client.responses.get(status, '')}".rstrip() + "."
                )
            return Fetched(url, data, headers.get("content-type", ""))
        raise CorpusError(f"it leads on more than {REDIRECTS} times: give the last address.")

    def _may_fetch(self, parts: SplitResult, deadline: float) -> bool:
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            status, data = self._robots_file(f"{site}/robots.txt", deadline)
            # RFC 9309: no file allows everything; a server that cannot or will not say, nothing.
            closed = ["User-agent: *", "Disallow: /"] if status in (401, 403) or status >= 500 else []
            self._robots[site] = RobotFileParser()
            self._robots[site].parse(data.decode("utf-8", "replace").splitlines() if status == 200 else closed)
        return self._robots[site].can_fetch(AGENT, parts.geturl())

    def _robots_file(self, url: str, deadline: float) -> tuple[int, bytes]:
        """Status and content, over redirects: RFC 9309 has five followed, as for pages."""
        for _ in range(REDIRECTS + 1):
            status, headers, data = self._get(_checked(url), deadline, ROBOTS_BYTES)
            if status not in MOVED or not headers.get("location"):
                return status, data
            url = urljoin(url, headers["location"])
        return 404, b""

    def _get(self, parts: SplitResult, deadline: float, most: int) -> tuple[int, dict[str, str], bytes]:
        host = parts.hostname or ""
        try:
            with _within(deadline) as bound:
                connection = self._connect(parts, host, deadline)
                bound(connection.sock)
                with contextlib.closing(connection):
                    headers = {
                        "User-Agent": AGENT,
                        "Accept": _ACCEPT,
                        "Accept-Encoding": "identity",
                        "Connection": "close",
                    }
                    connection.request("GET", _target(parts), headers=headers)
                    with contextlib.closing(connection.getresponse()) as answer:
                        told = {name.lower(): value for name, value in answer.getheaders()}
                        moved = 300 <= answer.status < 400
                        return answer.status, told, b"" if moved else _body(answer, told, most, deadline)
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
            if time.monotonic() >= deadline:
                raise CorpusError(
                    f"{host} did not answer within {self._timeout:g} s: try later, or raise `fetch_timeout`."
                ) from error
            raise CorpusError(
                f"{host} cannot be reached ({str(error) or type(error).__name__}): check the address."
            ) from error

    def _connect(self, parts: SplitResult, host: str, deadline: float) -> http.client.HTTPConnection:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, place in found:
            if not (self._allow_private or is_public(str(place[0]))):
                raise CorpusError(
                    f"{host} is a private address ({place[0]}): set `allow_private_hosts` if it is yours."
                )
        plain = socket.create_connection((str(found[0][4][0]), port), timeout=max(0.01, deadline - time.monotonic()))
        connection = http.client.HTTPConnection(host, port)
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
        )
        return connection


def is_public(address: str) -> bool:
    """Whether an IP address is out in the internet: not this machine's, a local net's or reserved, however written."""
    ip: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = (
            ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        )
        if inner is not None:
            ip = inner
        elif ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _checked(url: str) -> SplitResult:
    """The parts of an address that may be fetched as far as it can be told from its spelling."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError as error:
        raise CorpusError(f"it is no address ({error}).") from None
    if parts.scheme not in ("http", "https"):
        raise CorpusError(f"only http and https addresses are fetched, not {parts.scheme or 'this'}.")
    if not parts.hostname or any(ord(c) <= 32 for c in url.strip()):
        raise CorpusError("it is no address: there is no host in it, or a space.")
    if parts.username or parts.password:
        raise CorpusError("there is a name or password in the address: give it without.")
    return parts._replace(fragment="")


def _target(parts: SplitResult) -> str:
    """Path and query as they are sent: readers paste addresses with letters that need quoting."""
    query = f"?{quote(parts.query, safe=_PLAIN + '?')}" if parts.query else ""
    return quote(parts.path or "/", safe=_PLAIN) + query


@contextlib.contextmanager
def _within(deadline: float) -> Iterator[Callable[[socket.socket], None]]:
    """Cuts a connection off at the deadline, however slowly its server drips."""
    timers: list[threading.Timer] = []

    def bound(sock: socket.socket) -> None:
        def cut() -> None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

        timers.append(threading.Timer(max(0.0, deadline - time.monotonic()), cut))
        timers[-1].daemon = True
        timers[-1].start()

    try:
        yield bound
    finally:
        for timer in timers:
            timer.cancel()


def _body(answer: http.client.HTTPResponse, headers: dict[str, str], most: int, deadline: float) -> bytes:
    too_large = CorpusError(f"it is over the limit of {most:,} bytes: raise `max_document_bytes` or give another.")
    if int(headers.get("content-length") or 0) > most:
        raise too_large
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise CorpusError(f"the server packs it as {encoding}, unasked: save the page and add the file.")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding not in ("identity", "") else None
    data = bytearray()
    while chunk := answer.read(65536):
        data += unpack.decompress(chunk, most + 1 - len(data)) if unpack else chunk
        if len(data) > most:
            raise too_large
        if time.monotonic() >= deadline:
            raise TimeoutError("too slow")
    if time.monotonic() >= deadline:
        raise TimeoutError("too slow")
    if unpack and not unpack.eof:
        raise CorpusError("it broke off before its end: try again.")
    return bytes(data)
