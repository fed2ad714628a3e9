"""What the tests of writing and verifying share: views of the stories in the checkout, and of made-up texts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant import resources
from assistant.attributions import attributions
from assistant.documents import read_corpus
from assistant.names import Person
from assistant.passages import SentenceSplitter, passages
from assistant.types import Attribution, Document
from assistant.views import View
from assistant.writers import Draft, QuotingWriter

OTHER = Path(__file__).resolve().parents[1] / "evals" / "stories" / "other"


@dataclass(frozen=True)
class Written:
    """What the quoting writer makes of one sentence."""

    view: View
    number: int
    draft: Draft

    def __str__(self) -> str:
        return f"{self.view.document.id} {self.number}: {self.draft.text}"


@cache
def splitter() -> SentenceSplitter:
    return SentenceSplitter.for_tokens("o200k_base", 160)


def document(text: str, identity: str = "story") -> Document:
    return Document(identity, "A story", text, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def said_in(text: str) -> tuple[Attribution, ...]:
    made = document(text)
    return attributions(made, passages(made, splitter()))


def view_of(story: Document | str) -> View:
    made = document(story) if isinstance(story, str) else story
    parts = passages(made, splitter())
    return View(made, [sentence for part in parts for sentence in part.sentences], attributions(made, parts))


def draft_of(view: View, words: str) -> Draft | None:
    """The draft for the one sentence that holds `words`."""
    (number,) = (i for i in range(len(view.sentences)) if words in view.text(i))
    return QuotingWriter().write(view, [number], 1.0)


def person(view: View, name: str) -> Person:
    return next(person for person in view.people.persons if person.name == name)


@cache
def article() -> View:
    return view_of(read_corpus(resources.path("corpus"), max_bytes=1_000_000).documents["mamdani-letter-row"])


@cache
def stories() -> tuple[View, ...]:
    """The story that ships and those of the evals."""
    others = read_corpus(OTHER, max_bytes=1_000_000).documents.values()
    return (article(), *(view_of(other) for other in others))


@cache
def written() -> tuple[Written, ...]:
    """The drafts for every sentence of every story that the writer makes one of."""
    return tuple(
        Written(view, number, draft)
        for view in stories()
        for number in range(len(view.sentences))
        if (draft := QuotingWriter().write(view, [number], 1.0))
    )
