"""Who may ask, and how often."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Awaitable, Callable

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from .gate import Buckets
from .keys import Keys
from .metrics import Metrics
from .problems import AUTHENTICATION, RATE, Problem
from .settings import ServerSettings

NO_KEY = "This server wants an API key: send it as `Authorization: Bearer KEY`; its operator makes keys."
WRONG_KEY = "The API key is not one of this server's: check it, or ask its operator for another."
TOO_MANY = "Too many requests: this {what} is good for {limit} a minute. Try again in {wait} seconds."

bearer = HTTPBearer(auto_error=False, description="An API key, where the server wants one.")


class Access:
    """Lets a request to the API pass, or says why not."""

    def __init__(self, settings: ServerSettings, keys: Keys, metrics: Metrics, *, keys_required: bool = False) -> None:
        self._settings = settings
        self._keys = keys
        self._metrics = metrics
        self._buckets = Buckets()
        self._keys_required = keys_required

    def dependency(self) -> Callable[..., Awaitable[str]]:
        """For FastAPI: gives the name of the key, or "" without one; raises Problem."""

        async def admitted(request: Request, sent: HTTPAuthorizationCredentials | None = Security(bearer)) -> str:  # noqa: B008  # FastAPI's way
            return self.admit(address(request), sent.credentials if sent else "")

        return admitted

    def admit(self, client: str, key: str) -> str:
        """The name of `key`, or "" where none is needed; raises Problem for a wrong one, or one too often used."""
        found = self._keys.find(key) if key else None
        required = (self._keys_required or bool(self._keys)) and not self._settings.public_keyless
        # Without any keys a client's made-up key does no harm: OpenAI's clients cannot be told to send none.
        if found is None and (required or (key and self._keys)):
            self.slow_down(client)  # guessing keys is limited like asking
            self._metrics.turned_away.add(reason="key")
            told, code = (WRONG_KEY, "invalid_api_key") if key else (NO_KEY, "missing_api_key")
            raise Problem(401, told, AUTHENTICATION, code=code, headers={"WWW-Authenticate": "Bearer"})
        if found is None:
            self.slow_down(client)
            return ""
        limit = self._settings.key_per_minute if found.per_minute is None else found.per_minute
        self._take(f"key {found.name}", limit, "key")
        return found.name

    def slow_down(self, client: str) -> None:
        """Count a request of an address; raises Problem for one too many."""
        self._take(f"address {client}", self._settings.per_minute, "address")

    def _take(self, name: str, limit: int, what: str) -> None:
        if wait := math.ceil(self._buckets.take(name, limit)):
            self._metrics.turned_away.add(reason=f"{what}_rate")
            told = TOO_MANY.format(what=what, limit=limit, wait=wait)
            raise Problem(429, told, RATE, code="rate_limit_exceeded", headers={"Retry-After": str(wait)})


def address(request: Request) -> str:
    """Where a request comes from; of IPv6 its network, since one client has all the addresses in it."""
    host = request.client.host if request.client else ""
    try:
        parsed = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.is_loopback:
        return str(ipaddress.ip_network((parsed.ipv4_mapped or parsed, 32 if parsed.ipv4_mapped else 64), strict=False))
    return str(parsed)
