"""``/api``: whole answers, documents, passages and who said what, as JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from assistant.filters import Filter
from assistant.types import Answer, Attribution, Document, Hit
from ui.records import plain

from .answering import Answering
from .problems import Problem
from .shapes import READING, SENDING, AnswerShown, DocumentRead, DocumentShown, PassageShown, SaidShown, failures

LONGEST = 20_000
"""Characters of a question that is looked at at all; the assistant's own limit is lower, and tells why."""
LONGEST_QUERY = 5_000
"""Characters of one in an address, which holds 64 kB at most: a character takes up to twelve."""
MOST_FOUND = 50
READ = "read_document"
FIRST: dict[int | str, dict[str, Any]] = {
    200: {
        "links": {
            "first": {
                "operationId": READ,
                "parameters": {"identity": "$response.body#/0/id", "version": "$response.body#/0/version"},
            }
        }
    }
}
"""How the list leads to a document: the OpenAPI document's own way to say so."""
NO_DOCUMENT = "There is no document {identity!r} here, or not in that version: GET /api/documents lists them."

Name = Annotated[str, Field(max_length=500)]
Names = Annotated[list[Name], Field(max_length=500)]


class Only(BaseModel):
    """Which documents may be used; what is left out admits all. Days are ISO 8601, exclusive."""

    model_config = ConfigDict(extra="forbid")

    documents: Names = []
    publishers: Names = []
    kinds: Names = []
    after: dt.date | None = None
    before: dt.date | None = None

    def filter(self) -> Filter:
        """The same, as the assistant reads it."""
        return Filter(tuple(self.documents), tuple(self.publishers), tuple(self.kinds), self.after, self.before)


class Asked(BaseModel):
    """A question, the questions asked before it (oldest first) and the documents it may be answered from."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=LONGEST, examples=["Who made the note public?"])]
    history: Annotated[list[Annotated[str, Field(max_length=LONGEST)]], Field(max_length=200)] = []
    only: Only = Only()


def router(answering: Answering, admitted: Callable[..., Any]) -> APIRouter:
    """The routes; `admitted` is the dependency that lets a request pass."""
    routes = APIRouter(prefix="/api", dependencies=[Depends(admitted)])
    reading = failures(*READING)

    @routes.post(
        "/ask", response_model=AnswerShown, responses=failures(*SENDING, 415, 504), summary="Ask a question"
    )  # fmt: skip
    async def ask(asked: Asked) -> dict[str, Any]:
        """The answer, checked and cited; where the documents do not say, `status` is `not_in_documents`."""
        return shown(await answering.aask(asked.question, asked.history, asked.only.filter()))

    @routes.get("/search", response_model=list[PassageShown], responses=reading, summary="Find passages")
    async def search(
        query: Annotated[str, Query(max_length=LONGEST_QUERY)], k: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 5
    ) -> list[dict[str, Any]]:
        """The passages nearest to `query`, best first, each with its document and offsets."""
        return [found(answering, hit) for hit in await answering.asearch(query, k)]

    @routes.get("/who-said-what", response_model=list[SaidShown], responses=reading, summary="Who said what")
    def who_said_what(
        speaker: Annotated[str | None, Query(max_length=500)] = None,
        about: Annotated[str | None, Query(max_length=500)] = None,
        document: Annotated[str | None, Query(max_length=500)] = None,
    ) -> list[dict[str, Any]]:
        """What somebody said, or all that is said about something, each an exact span of a document."""
        return said(answering, speaker, about, document)

    @routes.get(
        "/documents", response_model=list[DocumentShown], responses={**reading, **FIRST}, summary="List the documents"
    )
    def documents() -> list[dict[str, Any]]:
        """Every document's metadata, without its text."""
        return [shown_document(document) for document in answering.documents.values()]

    @routes.get(
        "/documents/{identity}", response_model=DocumentRead, responses=failures(*READING, 404), operation_id=READ,
        summary="Read a document",
    )  # fmt: skip
    def document(
        identity: Annotated[str, Path(max_length=500)], version: Annotated[str, Query(max_length=64)] = ""
    ) -> dict[str, Any]:
        """A document with the text that citations are offsets into, as it is or as it was in an earlier version."""
        read = answering.document(identity, version)
        if read is None:
            raise Problem(404, NO_DOCUMENT.format(identity=identity), code="not_found")
        return {**shown_document(read), "text": read.text}

    return routes


def shown(answer: Answer) -> dict[str, Any]:
    """An answer as it leaves: what was withheld was so for want of support, and stays here."""
    return {**plain(answer), "timings": dict(answer.timings), "usage": dict(answer.usage)}


def found(answering: Answering, hit: Hit) -> dict[str, Any]:
    """A passage with its place."""
    passage, document = hit.passage, answering.documents[hit.passage.document_id]
    return {
        "document_id": document.id, "version": document.version, "start": passage.start, "end": passage.end,
        "text": document.text[passage.start : passage.end], "title": document.title, "publisher": document.publisher,
        "url": document.url, "score": hit.score,
    }  # fmt: skip


def said(answering: Answering, speaker: str | None, about: str | None, document: str | None) -> list[dict[str, Any]]:
    """Attributions, each with its words; raises QuestionError for a document that there is not."""
    listed: list[Attribution] = answering.attributions(speaker, about, document)
    return [
        {
            **{name: value for name, value in dataclasses.asdict(a).items() if name in _SAID},
            "version": answering.documents[a.document_id].version,
            "quote": answering.documents[a.document_id].text[a.start : a.end],
        }
        for a in listed
    ]


_SAID = ("document_id", "speaker", "role", "cue", "start", "end", "kind", "via")


def shown_document(document: Document) -> dict[str, Any]:
    """Metadata for readers: where a document's file lies on this machine is none of it."""
    return {name: value for name, value in document.metadata().items() if name not in ("source", "original")}
