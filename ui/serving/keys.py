"""API keys: names with hashes and limits, one a line, from a file or the environment."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import OnTheRecordError
from ui import files

VARIABLE = "API_KEYS"
PREFIX = "otr-"
"""Marks a key as ours, so that scanners for leaked secrets can find one."""


class KeyProblem(OnTheRecordError):
    """A line of the keys cannot be read, or a key cannot be made."""


@dataclass(frozen=True, slots=True)
class Key:
    """Who a key was made for, and the requests a minute it is good for; None where the server's setting says."""

    name: str
    per_minute: int | None = None


class Keys:
    """The keys as they stand: a line added or deleted counts from the next request on.

    A key has 256 random bits, which no one guesses, so one round of SHA-256 keeps it as well as a slow hash
    would; a slow one would only let strangers keep this machine busy.
    """

    def __init__(self, file: Path, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        self._file = file
        self._fixed = environ.get(VARIABLE, "").strip()
        self._turn = threading.Lock()
        self._read: tuple[int, int] | None = None
        self._by_hash = _parsed(self._fixed)
        self._refresh()

    def __bool__(self) -> bool:
        self._refresh()
        return bool(self._by_hash)

    def find(self, key: str) -> Key | None:
        """Whose key this is, or None for one that is nobody's."""
        self._refresh()
        return self._by_hash.get(_hash(key))

    def _refresh(self) -> None:
        if self._fixed:
            return
        try:
            found = self._file.stat()
            state = (found.st_mtime_ns, found.st_size)
        except FileNotFoundError:
            state = None
        with self._turn:
            if state != self._read:
                self._by_hash = _parsed(self._file.read_text(encoding="utf-8")) if state else {}
                self._read = state


def add(file: Path, name: str, per_minute: int | None = None) -> str:
    """Make a key and write its hash to the file, in place of an earlier one of the name; the key, shown this once."""
    if not name or not name.isprintable() or any(c in name for c in ": \t"):
        raise KeyProblem("A key's name is of letters and digits, without spaces or colons: give another.")
    key = PREFIX + secrets.token_urlsafe(32)
    line = f"{name}:sha256:{_hash(key)}:{'' if per_minute is None else per_minute}"
    lines = file.read_text(encoding="utf-8").split() if file.is_file() else []
    kept = [old for old in lines if not old.startswith(f"{name}:")]
    files.write(file, "\n".join([*kept, line]) + "\n")
    return key


def _parsed(text: str) -> dict[str, Key]:
    keys = {}
    for line in text.split():
        try:
            name, method, digest, limit = line.split(":")
            if method != "sha256" or not name or len(bytes.fromhex(digest)) != hashlib.sha256().digest_size:
                raise ValueError(line)
            keys[digest] = Key(name, int(limit) if limit else None)
        except ValueError:
            raise KeyProblem(
                "A line of the API keys is not NAME:sha256:HASH:LIMIT: make it with `python -m ui --add-key NAME`."
            ) from None
    return keys


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
