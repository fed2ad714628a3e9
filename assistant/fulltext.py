"""Full text: BM25 over SQLite's FTS5, and how often each stem stands in the corpus."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .words import stem

_CONTEXT_WEIGHT = 0.3  # of a hit in title or heading against one in the text, in BM25
RANKED = 20_000  # places of a query's words that full text weighs: 16 ms of 107,158 passages; all of them took 85
ALONE = 150_000  # the same where its rarest word stands in that many passages; beyond that it tells nothing


class FullText:
    """The tables `words` and `vocabulary` of a catalog.

    `read` gives the rows of a query; `known` a fact's value, found once for each state of the documents.
    """

    def __init__(
        self,
        read: Callable[[str, Sequence[Any]], list[tuple[Any, ...]]],
        known: Callable[[Any, Callable[[], Any]], Any],
    ) -> None:
        self._read = read
        self._known = known

    def search(self, terms: Iterable[str], k: int, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` best live passages that hold any of `terms`, by BM25: (id, score), higher is better.

        Of the documents `within` alone, if given.
        """
        query = " OR ".join('"' + term.replace('"', "") + '"' for term in self._telling(terms))
        if not query:
            return []
        only = "AND rowid IN (SELECT key FROM passages WHERE document IN (SELECT key FROM documents WHERE live = 1 AND "
        only += "id IN (SELECT value FROM json_each(?))))"
        rows = self._read(
            f"""SELECT p.id, -found.score FROM (
                SELECT rowid AS key, rank AS score FROM words WHERE words MATCH ?
                AND rank MATCH 'bm25(1.0, {_CONTEXT_WEIGHT})' {only if within is not None else ""} ORDER BY rank LIMIT ?
                ) found JOIN passages p ON p.key = found.key ORDER BY found.score, found.key""",
            (query, *([json.dumps(within)] if within is not None else []), k),
        )
        return [(identity, float(score)) for identity, score in rows]

    def _telling(self, terms: Iterable[str]) -> list[str]:
        """The rarest of the terms, as far as they stand in no more than RANKED passages together; the others tell least."""
        often = {term: self.frequency(stem(term)) for term in terms}
        kept, places = list[str](), 0
        for term in sorted(often, key=lambda t: often[t]):
            places += often[term]
            if places > (RANKED if kept else ALONE):
                break
            kept.append(term)
        return [term for term in often if term in kept]

    def frequency(self, root: str) -> int:
        """In how many live passages a stem stands."""
        query = "SELECT doc FROM vocabulary WHERE term = ?"
        return int(self._known(("frequency", root), lambda: [*self._read(query, (root,)), (0,)][0][0]))

    def stems(self, prefix: str) -> list[str]:
        """The stems of the live passages that begin with `prefix`."""
        query = "SELECT term FROM vocabulary WHERE term >= ? AND term < ?"
        return [row[0] for row in self._read(query, (prefix, prefix + "\U0010ffff"))]
