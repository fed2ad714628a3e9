"""What leaves the server, as its OpenAPI document describes it; a response is held to its shape before it is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel

SHAPE = "#/components/schemas/{model}"
"""Where the OpenAPI document has a shape."""


class CitationShown(BaseModel):
    """The exact words a claim rests on: characters ``[start, end)`` of the document's text in that version."""

    number: int
    document_id: str
    version: str
    start: int
    end: int
    quote: str
    title: str
    publisher: str
    published: dt.date | None
    url: str
    page: int | None


class ClaimShown(BaseModel):
    """One statement; `speaker` is set when it is someone's words or view."""

    text: str
    citations: list[CitationShown]
    speaker: str | None
    support: float
    role: str


class AnswerShown(BaseModel):
    """An answer: `text` carries [n] marks that number `citations`; `nearest` is what comes closest where there is none."""

    question: str
    standalone: str
    status: str
    text: str
    claims: list[ClaimShown]
    citations: list[CitationShown]
    nearest: list[CitationShown]
    as_of: dt.date | None
    writer: str
    lead: str
    sides: list[list[int]]
    suggestions: list[str]
    note: str
    metadata: dict[str, str]
    timings: dict[str, float]
    usage: dict[str, int]


class PassageShown(BaseModel):
    """A passage: characters ``[start, end)`` of its document in that version; a higher score is nearer."""

    document_id: str
    version: str
    start: int
    end: int
    text: str
    title: str
    publisher: str
    url: str
    score: float


class SaidShown(BaseModel):
    """Who said what: `quote` is characters ``[start, end)`` of the document; `via` is who reports it in turn."""

    document_id: str
    version: str
    speaker: str
    role: str
    cue: str
    start: int
    end: int
    kind: Literal["direct", "partial", "indirect"]
    via: str
    quote: str


class DocumentShown(BaseModel):
    """A document's metadata; `pages` are the offsets at which its pages begin, if it has any."""

    id: str
    title: str
    version: str
    publisher: str
    author: str
    published: dt.date | None
    url: str
    kind: str
    language: str
    sources: list[dict[str, str]]
    evidence_to: dt.date | None
    facts: list[str]
    fetched: dt.date | None
    pages: list[int]


class DocumentRead(DocumentShown):
    """A document with the text that citations are offsets into."""

    text: str


class ModelShown(BaseModel):
    """A model, as OpenAI's clients list it."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsShown(BaseModel):
    """The models."""

    object: Literal["list"]
    data: list[ModelShown]


class UrlCitation(BaseModel):
    """A mark, characters ``[start_index, end_index)`` of the message, and the exact words that it stands for."""

    start_index: int
    end_index: int
    title: str
    url: str
    document_id: str
    version: str
    start: int
    end: int
    quote: str
    number: int


class Annotation(BaseModel):
    """What OpenAI calls a citation."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class MessageShown(BaseModel):
    """The answer with its marks, then its sources."""

    role: Literal["assistant"]
    content: str
    refusal: str | None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one choice there is."""

    index: int
    message: MessageShown
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """The model's tokens; without a model those of the messages and of the answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionShown(BaseModel):
    """A chat completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class RpcError(BaseModel):
    """What is wrong with a message of JSON-RPC."""

    code: int
    message: str


class RpcResult(BaseModel):
    """What a message asked for."""

    jsonrpc: Literal["2.0"]
    id: str | int
    result: dict[str, Any]


class RpcFailed(BaseModel):
    """Why a message got nothing."""

    jsonrpc: Literal["2.0"]
    id: str | int | None
    error: RpcError


class Failure(BaseModel):
    """Why a request got no answer."""

    message: str
    type: str
    param: str | None
    code: str | None


class Failed(BaseModel):
    """Every error's shape, which is OpenAI's."""

    error: Failure


_TOLD = {
    400: "The request, or its question, will not do; the message says why.",
    401: "No key, or a wrong one.",
    403: "A page of another site may not send this.",
    404: "There is none such.",
    408: "The body did not arrive in time.",
    413: "Too large.",
    415: "The body is not JSON.",
    421: "The server is not known by this name.",
    429: "Too many requests: see Retry-After.",
    500: "Something went wrong; the message says no more.",
    503: "Too many questions at once, or something it needs is down: see Retry-After.",
    504: "It took too long.",
}
READING = (400, 401, 421, 429, 500, 503)
"""Statuses with which a request that reads may fail; one that sends a body may fail in more ways."""
SENDING = (*READING, 403, 408, 413)


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as the failures of a route; they are JSON where all else of it is text, too."""
    # Not as a `model`, which FastAPI would describe as of the route's own media type.
    content = {"application/json": {"schema": {"$ref": SHAPE.format(model=Failed.__name__)}}}
    return {status: {"description": _TOLD[status], "content": content} for status in sorted(statuses)}
