"""Who may use the editors' desk: names with scrypt hashes, one a line, from a file or the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import OnTheRecordError

from . import files

VARIABLE = "DESK_LOGINS"
SHORTEST = 10
"""Fewest characters of a password."""
TRIES, WAIT = 5, 60.0
"""Wrong passwords in a row for a name, after which it has to wait, in seconds."""
_N, _R, _P = 2**14, 8, 1  # scrypt's cost: 16 MB and some 50 ms


class NoLogins(OnTheRecordError):
    """The desk has nobody to let in, or a line of its logins cannot be read."""


class Logins:
    """Checks names and passwords; slow on purpose, and slower after wrong ones."""

    def __init__(self, hashes: Mapping[str, tuple[bytes, bytes]]) -> None:
        self._hashes = dict(hashes)
        self._wrong: dict[str, tuple[int, float]] = {}
        self._turn = threading.Lock()

    @classmethod
    def load(
        cls, file: Path, environ: Mapping[str, str] | None = None, variable: str = VARIABLE, flag: str = "--add-login"
    ) -> Logins:
        """From the environment's `variable` if it is set, else from `file`; raises NoLogins where there are none.

        `flag` is what adds one, to be told then.
        """
        environ = os.environ if environ is None else environ
        text = environ.get(variable, "")
        if not text.strip() and file.is_file():
            text = file.read_text(encoding="utf-8")
        hashes = dict(_parsed(line) for line in text.split())
        if not hashes:
            raise NoLogins(
                f"Nobody is let in without a login, and there is none: run `python -m ui {flag} NAME`, "
                f"which writes {file}, or put such lines into {variable}."
            )
        return cls(hashes)

    def admit(self, name: str, password: str) -> bool:
        """Whether the password is that of the name."""
        with self._turn:  # one at a time: guessing in parallel gains nothing
            count, last = self._wrong.get(name, (0, 0.0))
            if count >= TRIES and time.monotonic() - last < WAIT:
                return False
            salt, expected = self._hashes.get(name, (b"nobody", b""))
            right = hmac.compare_digest(_hashed(password, salt), expected)
            if right:
                self._wrong.pop(name, None)
            elif len(self._wrong) < 1000 or name in self._wrong:
                self._wrong[name] = (count + 1, time.monotonic())
            return right


def line(name: str, password: str) -> str:
    """The line of a login; raises NoLogins for a name or a password that will not do."""
    if not name or not name.isprintable() or any(c in name for c in ": \t"):
        raise NoLogins("A login's name is of letters and digits, without spaces or colons: give another.")
    if len(password) < SHORTEST:
        raise NoLogins(f"The password has {len(password)} characters: give at least {SHORTEST}.")
    salt = secrets.token_bytes(16)
    return f"{name}:scrypt:{salt.hex()}:{_hashed(password, salt).hex()}"


def add(file: Path, name: str, password: str) -> None:
    """Write a login to the file, in place of an earlier one of the name; only its owner can read it."""
    new = line(name, password)
    lines = file.read_text(encoding="utf-8").split() if file.is_file() else []
    kept = [old for old in lines if not old.startswith(f"{name}:")]
    files.write(file, "\n".join([*kept, new]) + "\n")


def _parsed(text: str) -> tuple[str, tuple[bytes, bytes]]:
    try:
        name, method, salt, expected = text.split(":")
        if method != "scrypt" or not name:
            raise ValueError(method)
        return name, (bytes.fromhex(salt), bytes.fromhex(expected))
    except ValueError:
        raise NoLogins(
            "A line of the desk's logins is not NAME:scrypt:SALT:HASH: make it with `python -m ui --add-login NAME`."
        ) from None


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=64 * 2**20, dklen=32)
