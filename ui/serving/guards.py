"""What every request passes before anything answers it, and every response on its way out."""

from __future__ import annotations

import asyncio
import re
import time
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import traces

from .access import Access, address
from .metrics import Metrics
from .problems import Problem
from .settings import ServerSettings

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PAGE_API = "/gradio_api/"
UNUSED = re.compile(r"/gradio_api/(?:file|proxy|upload\w*|stream|deep_link|dev|custom_component|runs?-?history|runs)\b")
"""What Gradio serves and the page does not use: files of this machine, other addresses, uploads to its disk."""
ASKING = re.compile(r"/gradio_api/(?:queue/join|call/|run/|api/)")
ENDLESS = re.compile(r"/gradio_api/heartbeat/")
"""A connection that stays open as long as its page does."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)
"""Gradio's page needs inline and evaluated script; nothing of it may come from, or go to, anywhere else."""
UNKNOWN_HOST = "This server is not known by the name {host}: its operator adds names in SERVE_HOSTS."
CROSS_SITE = "A page of {origin} may not send this: the server's operator admits origins in SERVE_ORIGINS."
TOO_LARGE = "The request has more than {most} bytes: send less."
TOO_SLOW = "The request's body did not arrive in {seconds:g} seconds."
STOPPING = "This server is stopping: ask again in a moment."


class Guards:
    """ASGI middleware: known hosts and origins, bodies of a bearable size, rates, headers, counts."""

    def __init__(
        self, app: ASGIApp, settings: ServerSettings, access: Access, metrics: Metrics, *, loopback: bool, uploads: bool
    ) -> None:
        self._app = app
        self._settings = settings
        self._access = access
        self._metrics = metrics
        self._hosts = settings.hosts + LOOPBACK if settings.hosts or loopback else ()
        self._uploads = uploads
        self.open = 0
        """Requests under way, those that never end left out."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] != "websocket":  # nothing here speaks it
                await self._app(scope, receive, send)
            return
        counted = not ENDLESS.match(scope["path"])
        self.open += counted
        began, status = time.perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._harden(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            try:
                receive = await self._passed(scope, receive)
            except Problem as problem:
                await problem.response(scope, receive, sent)
                return
            with traces.continued(Headers(scope=scope)):
                await self._app(scope, receive, sent)
        finally:
            self.open -= counted
            route = _route(scope)
            self._metrics.requests.add(route=route, method=_method(scope), status=str(status))
            if counted:
                self._metrics.request_seconds.observe(time.perf_counter() - began, route=route)

    async def _passed(self, scope: Scope, receive: Receive) -> Receive:
        """What the request's body is read from; raises Problem for one that may not pass."""
        headers, path = Headers(scope=scope), unquote(scope["path"])
        host = headers.get("host", "")
        if self._hosts and _name(host) not in self._hosts:
            raise Problem(421, UNKNOWN_HOST.format(host=host[:100]), code="unknown_host")
        if UNUSED.match(re.sub("/+", "/", path)) and not (self._uploads and path.startswith(f"{PAGE_API}upload")):
            raise Problem(404, "There is nothing here.", code="not_found")
        if scope["method"] not in METHODS:
            raise Problem(405, "There is no such method here.", headers={"Allow": "GET, HEAD, POST, OPTIONS"})
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        self._check_origin(headers, host)
        if ASKING.match(path):
            self._access.slow_down(address(Request(scope)))
        most = self._settings.max_page_body if path.startswith(PAGE_API) else self._settings.max_body
        return await self._read(headers, receive, most)

    def _check_origin(self, headers: Headers, host: str) -> None:
        """A browser tells whose page sends a request; another site's may not use a reader's login or machine."""
        origin = headers.get("origin")
        if origin is None or origin.rstrip("/") in self._settings.origins:
            return
        if urlsplit(origin).netloc.lower() != host.lower():
            raise Problem(403, CROSS_SITE.format(origin=origin[:100]), code="cross_site")

    async def _read(self, headers: Headers, receive: Receive, most: int) -> Receive:
        """Read the body before anybody holds a place for it, up to `most` bytes."""
        too_large = Problem(413, TOO_LARGE.format(most=most), code="too_large")
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length[:20]) > most:
            raise too_large
        body, more = bytearray(), True
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise Problem(400, "The request broke off.")
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body) > most:
                        raise too_large
        except TimeoutError:
            raise Problem(408, TOO_SLOW.format(seconds=self._settings.body_timeout), code="slow_body") from None
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        return replay

    def _harden(self, scope: Scope, headers: MutableHeaders) -> None:
        ancestors = " ".join(("'self'", *self._settings.embed_origins))
        headers["Content-Security-Policy"] = POLICY.format(ancestors=ancestors)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not self._settings.embed_origins:
            headers["X-Frame-Options"] = "SAMEORIGIN"
        if scope["path"].startswith(("/v1/", "/api/", "/mcp")):
            headers.setdefault("Cache-Control", "no-store")


def _name(host: str) -> str:
    return re.sub(r":\d*$", "", host.lower())


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "other"


def _route(scope: Scope) -> str:
    """The route by its pattern: a path may hold what a client makes up."""
    path = getattr(scope.get("route"), "path", "")
    if path and not path.startswith("/{"):
        return str(path)
    return "page" if scope["path"] == "/" or scope["path"].startswith("/gradio_api") else "other"
