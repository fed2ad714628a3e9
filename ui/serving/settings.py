"""Every knob of the server once, with its default, read from ``SERVE_*`` variables."""

from __future__ import annotations

import dataclasses
import os
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import SettingsError

PREFIX = "SERVE_"
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server guards itself; immutable, passed in. Lists are separated by commas in the environment.

    origins: web origins whose pages may call the API from a browser (CORS); none by default.
    embed_origins: web origins whose pages may show the chat in a frame, besides the server's own.
    hosts: names by which the server may be asked; empty admits loopback names alone where it serves on loopback,
        and any name elsewhere.
    proxies: addresses of proxies whose ``X-Forwarded-For`` is believed.
    public_keyless: whether the API answers without a key although keys exist.
    running: questions answered at the same time; waiting: questions that may wait for their turn.
    patience: seconds that a question waits for its turn; answer_timeout: seconds that an answer may take.
    body_timeout: seconds in which a request's body has to arrive.
    max_body: bytes of a request to the API; max_page_body: to the page, which sends the conversation it kept.
    visits: conversations that are held for their pages; beyond it those that asked longest ago begin anew (their browser
        still has them, and a reload shows them). A visit takes about half a megabyte.
    max_history: earlier questions of a conversation that are read again to understand a follow-up.
    per_minute: requests a minute and address; 0 sets no limit.
    key_per_minute: requests a minute of a key that names no limit of its own; 0 sets no limit.
    drain: seconds that answers under way are given at shutdown.
    """

    origins: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    public_keyless: bool = False
    running: int = 4
    waiting: int = 64
    patience: float = 30.0
    answer_timeout: float = 120.0
    body_timeout: float = 15.0
    max_body: int = 256_000
    max_page_body: int = 4_000_000
    visits: int = 500
    max_history: int = 8
    per_minute: int = 240
    key_per_minute: int = 240
    drain: float = 8.0

    def __post_init__(self) -> None:
        for name in ("origins", "embed_origins"):
            for origin in getattr(self, name):
                if not _ORIGIN.fullmatch(origin):
                    raise SettingsError(f"{origin!r} in {name} is not an origin: give it as https://www.example.org.")
        for name in ("running", "max_body", "max_page_body", "visits"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}: give a whole number of at least 1.")
        for name in ("waiting", "max_history", "per_minute", "key_per_minute"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}: give a whole number, 0 or more.")
        for name in ("patience", "answer_timeout", "body_timeout", "drain"):
            if not getattr(self, name) > 0:
                raise SettingsError(f"{name} is {getattr(self, name)}: give a number of seconds above 0.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> ServerSettings:
        """From ``SERVE_*`` variables; raises SettingsError for an unknown name or a value of the wrong type."""
        environ = os.environ if environ is None else environ
        hints = typing.get_type_hints(cls)
        values = {}
        for variable in sorted(name for name in environ if name.startswith(PREFIX)):
            name = variable.removeprefix(PREFIX).lower()
            if name not in hints:
                known = ", ".join(PREFIX + known.upper() for known in sorted(hints))
                raise SettingsError(f"{variable} is not a setting of the server. Known: {known}.")
            values[name] = _parsed(variable, environ[variable].strip(), hints[name])
        return cls(**values)

    def replace(self, **changes: object) -> ServerSettings:
        """A copy with some settings changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]  # names checked by replace


def _parsed(variable: str, value: str, hint: object) -> typing.Any:
    if hint is bool:
        if value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise SettingsError(f"{variable} is {value!r}: give true or false.")
    if hint not in (int, float):
        return tuple(filter(None, (part.strip().rstrip("/") for part in value.split(","))))
    try:
        return int(value) if hint is int else float(value)
    except ValueError:
        wanted = "whole number" if hint is int else "number"
        raise SettingsError(f"{variable} is {value!r}: give a {wanted}.") from None
