"""Questions to start from, made from the corpus and kept where the assistant answers them."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from assistant.errors import OnTheRecordError
from assistant.names import people
from assistant.types import ANSWERED, Answer, Document

MOST = 4
TRIED = 16
"""Candidates asked at most, so that a corpus which answers none of them does not delay the page."""
LONGEST = 90
"""Characters of a title that can still be read as a question."""

_ASKS = re.compile(
    r"\A(?:who|what|when|where|why|how)(?:’s|'s)? (?:is|are|was|were|did|does|do|can|will|came|happened|has|have)\b",
    re.IGNORECASE,
)
_READ = 20_000  # characters of the main story that are read for names

log = logging.getLogger(__name__)


class Asked(Protocol):
    """What is needed of an assistant."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The corpus by document id."""

    def ask(self, question: str) -> Answer:
        """The answer to a question."""


def main_story(documents: Mapping[str, Document]) -> Document | None:
    """The first article, or else the first document."""
    listed = list(documents.values())
    return next((document for document in listed if document.kind == "article"), listed[0] if listed else None)


def suggestions(assistant: Asked, folder: Path | None = None) -> tuple[str, ...]:
    """Up to MOST questions that the corpus answers; kept in `folder` for as long as the corpus stays the same."""
    kept = folder / f"suggestions-{_fingerprint(assistant.documents)}.json" if folder else None
    if kept and kept.is_file():
        try:
            return tuple(str(question) for question in json.loads(kept.read_text(encoding="utf-8")))[:MOST]
        except (OSError, ValueError, TypeError):
            log.warning("%s cannot be read and is made anew", kept)
    found = tuple(_answered(assistant))
    if kept:
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            log.warning("questions to start from are not kept: %s", error)
    return found


def candidates(documents: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    """Questions that the corpus may answer, each with the name that it is about, if any.

    About whoever the main story names most, and titles that ask.
    """
    story = main_story(documents)
    if story is None:
        return
    text = story.text[:_READ]
    counts = Counter(mention.person for mention in people(text).mentions(text))
    known = [person.name for person, _ in counts.most_common() if person.certain]
    said = [(f"What did {name} say?", name) for name in known]
    who = [(f"Who is {name}?", name) for name in known]
    titles = [document.title.rstrip(" ?.") for document in documents.values() if _ASKS.match(document.title)]
    asked = [(f"{title}?", "") for title in titles if len(title) <= LONGEST]
    happened = [(f"What happened in {document.title}?", "") for document in documents.values() if not known]
    for group in itertools.zip_longest(said, who[1:] + who[:1], asked, happened):
        yield from filter(None, group)


def _answered(assistant: Asked) -> Iterator[str]:
    """Candidates that are answered to the point, each from somewhere else."""
    shown: set[tuple[str, int]] = set()
    kept = 0
    for question, name in itertools.islice(dict.fromkeys(candidates(assistant.documents)), TRIED):
        try:
            answer = assistant.ask(question)
        except OnTheRecordError:
            continue
        places = {(citation.document_id, citation.start) for citation in answer.citations}
        if answer.status != ANSWERED or places & shown or not _is_about(answer, name):
            continue
        shown |= places
        yield question
        kept += 1
        if kept == MOST:
            return


def _is_about(answer: Answer, name: str) -> bool:
    """Whether the first claim is by, or names, whom the question is about."""
    claim = answer.claims[0]
    return not name or claim.speaker == name or name in claim.text


def _fingerprint(documents: Mapping[str, Document]) -> str:
    digest = hashlib.sha256()
    for identity, document in documents.items():
        digest.update(f"{identity}:{document.version}\n".encode())
    return digest.hexdigest()[:16]
