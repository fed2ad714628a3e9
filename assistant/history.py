"""Answers given before, kept where the setting `history` asks for it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .types import Answer, Citation

_TABLE = "CREATE TABLE IF NOT EXISTS answers (key INTEGER PRIMARY KEY, given TEXT NOT NULL, answer TEXT NOT NULL)"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given: when (UTC), to what, citing what."""

    at: dt.datetime
    question: str
    citations: tuple[Citation, ...]


class History:
    """One SQLite file beside the index; any number of processes may add to it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, *answers: Answer) -> None:
        """Add answers; a history that cannot be written is logged, and costs nobody their answer."""
        try:
            with closing(self._connection()) as connection, connection:
                given = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
                rows = [(given, json.dumps(answer.to_dict(), ensure_ascii=False)) for answer in answers]
                connection.executemany("INSERT INTO answers (given, answer) VALUES (?, ?)", rows)
        except (sqlite3.Error, OSError) as error:
            log.warning("an answer was not kept: %s: %s", self._path, error)

    def __iter__(self) -> Iterator[Given]:
        """The answers kept, oldest first."""
        if not self._path.is_file():
            return
        with closing(self._connection()) as connection:
            rows = connection.execute("SELECT given, answer FROM answers ORDER BY key").fetchall()
        for given, kept in rows:
            values = json.loads(kept)
            yield Given(
                dt.datetime.fromisoformat(given), values["question"], tuple(map(_citation, values["citations"]))
            )

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute(_TABLE)
        return connection


def _citation(values: dict[str, object]) -> Citation:
    published = values["published"]
    return Citation(**{**values, "published": dt.date.fromisoformat(str(published)) if published else None})  # type: ignore[arg-type]  # as to_dict wrote it
