"""What the page's tests share: a stand-in for the assistant, which answers by looking for a word."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.documents import read_corpus, read_document
from assistant.errors import QuestionError
from assistant.filters import EVERYTHING, Filter
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL, Answer, Citation, Claim, Document

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = ROOT / "corpus" / "mamdani-letter-row.md"


def server_environment() -> dict[str, str]:
    """This environment without our own settings, so that no setting of the tester's changes a test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ON_THE_RECORD_")}


def article() -> Document:
    """The story that ships."""
    return read_document(ARTICLE, max_bytes=1_000_000)


def shipped() -> Mapping[str, Document]:
    """Every document that ships."""
    return read_corpus(ARTICLE.parent, max_bytes=1_000_000).documents


def cite(document: Document, quote: str, number: int = 1) -> Citation:
    """A citation of the first place where `document` has `quote`."""
    start = document.text.index(quote)
    return Citation(
        number, document.id, document.version, start, start + len(quote), quote,
        document.title, document.publisher, document.published, document.url,
    )  # fmt: skip


def answered(question: str, claims: tuple[Claim, ...], standalone: str | None = None) -> Answer:
    """An answer made of `claims`."""
    citations = tuple(citation for claim in claims for citation in claim.citations)
    text = " ".join(claim.text for claim in claims)
    return Answer(
        question, standalone or question, ANSWERED, text, claims, citations, (), (), dt.date(2026, 1, 2), "quoting"
    )


def refused(question: str, nearest: tuple[Citation, ...]) -> Answer:
    """An answer that says the documents do not say."""
    return Answer(question, question, NOT_IN_DOCUMENTS, REFUSAL, (), (), nearest, (), dt.date(2026, 1, 2), "quoting")


class FakeAssistant:
    """Documents, and a conversation that quotes every paragraph with a word of the question in it."""

    def __init__(self, *documents: Document) -> None:
        self.documents = {document.id: document for document in documents or (article(),)}

    def conversation(self, only: Filter = EVERYTHING) -> FakeTalk:
        return FakeTalk(self)

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        return ("What of Malviya?", "And Bhandari?")


class FakeTalk:
    """`stream` raises QuestionError where a question has no letter or more than 2,000 characters."""

    def __init__(self, assistant: FakeAssistant) -> None:
        self.documents = assistant.documents
        self.turns: list[Answer] = []

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        if not re.search(r"\w", question) or len(question) > 2000:
            raise QuestionError("The question is empty or too long: ask something else.")
        document = next(iter(self.documents.values()))
        standalone = f"{question} (after {self.turns[-1].question})" if self.turns else question
        words = set(re.findall(r"\w{5,}", question.lower())) - {"about"}
        found = [p for p in document.text.split("\n\n") if words & set(re.findall(r"\w+", p.lower()))][:3]
        if not found:
            yield refused(
                question, tuple(cite(document, p, n) for n, p in enumerate(document.text.split("\n\n")[:2], 1))
            )
            return
        claims = tuple(Claim(p, (cite(document, p, n),)) for n, p in enumerate(found, 1))
        yield from claims
        yield answered(question, claims, standalone)
