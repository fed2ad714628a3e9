"""The process: listens, says so, and lets answers under way be finished before it stops."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn

from .guards import Guards
from .settings import ServerSettings

CONNECTIONS = 1000
"""Connections open at once; further ones are told 503 at once."""
POLL = 0.05


class Server(uvicorn.Server):
    """uvicorn, but what never ends (an open page's heartbeat) does not hold up its stop."""

    def __init__(self, app: Guards, settings: ServerSettings, started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                lifespan="on",
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=list(settings.proxies),
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=round(settings.drain) + 2,
            )
        )
        self._guards = app
        self._drain = settings.drain
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        if self.started:
            self._told()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more; finish what is under way; then end the rest."""
        releasing = asyncio.create_task(self._release())
        await super().shutdown(sockets)
        await releasing

    async def _release(self) -> None:
        try:
            async with asyncio.timeout(self._drain):
                while self._guards.open and not self.force_exit:
                    await asyncio.sleep(POLL)
        except TimeoutError:
            pass
        for task in list(self.server_state.tasks):
            task.cancel()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def serve(app: Guards, settings: ServerSettings, listening: socket.socket, started: Callable[[], None]) -> None:
    """Serve until interrupted or terminated."""
    Server(app, settings, started).run([listening])
