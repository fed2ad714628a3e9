"""``/mcp``: the Model Context Protocol over streamable HTTP, for tools alone.

Nothing is kept between two requests and nothing is sent unasked, so each message is answered by plain JSON,
as the protocol's transport allows; any process can answer any message.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

import assistant
from assistant.errors import OnTheRecordError

from .answering import Answering
from .api import LONGEST, MOST_FOUND, NO_DOCUMENT, Only, found, said, shown, shown_document
from .completions import body, ending
from .problems import Problem, problem
from .shapes import Failed, RpcFailed, RpcResult, failures

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Revisions of the protocol that are spoken, newest first."""
PIECE = 20_000
"""Most characters of a document that are read at once."""
INSTRUCTIONS = (
    "Answers about a news story from its documents alone. Every statement is cited to the exact words and credited "
    "to whoever said them: keep both. Where the documents do not say, say so."
)
MESSAGE = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["jsonrpc"],
                    "properties": {
                        "jsonrpc": {"const": "2.0"},
                        "id": {"type": ["string", "integer", "null"], "description": "None: a notification."},
                        "method": {"type": ["string", "null"], "description": "None: a client's own answer."},
                        "params": {"type": ["object", "null"]},
                    },
                }
            }
        },
    }
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    **failures(401, 403, 408, 413, 421, 429, 500),
    200: {"model": RpcResult | RpcFailed, "description": "The answer to a message, or why there is none."},
    202: {"description": "A notification was taken."},
    400: {"model": RpcFailed | Failed, "description": "No message of JSON-RPC, or a version that is not spoken."},
}
PARSE, INVALID, NO_METHOD, NO_PARAMS = -32700, -32600, -32601, -32602


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Ask(_Arguments):
    """Arguments of `ask`."""

    question: Annotated[str, Field(max_length=LONGEST, description="A question about the story.")]
    history: Annotated[
        list[Annotated[str, Field(max_length=LONGEST)]],
        Field(max_length=200, description="Questions asked before, oldest first: a follow-up is read against them."),
    ] = []
    only: Annotated[Only, Field(description="The documents that it may be answered from.")] = Only()


class Search(_Arguments):
    """Arguments of `search`."""

    query: Annotated[str, Field(max_length=LONGEST, description="What to look for.")]
    k: Annotated[int, Field(ge=1, le=MOST_FOUND, description="How many passages.")] = 5


class WhoSaidWhat(_Arguments):
    """Arguments of `who_said_what`."""

    speaker: Annotated[str | None, Field(max_length=500, description="A person or body, by name or surname.")] = None
    about: Annotated[str | None, Field(max_length=500, description="Words that have to be in what was said.")] = None
    document: Annotated[str | None, Field(max_length=500, description="A document's id.")] = None


class ReadDocument(_Arguments):
    """Arguments of `read_document`."""

    document_id: Annotated[str, Field(max_length=500, description="A document's id, as in a citation.")]
    version: Annotated[str, Field(max_length=64, description="An earlier version, as in a citation.")] = ""
    start: Annotated[int, Field(ge=0, description="The character to begin at.")] = 0


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: what it is told to be, its arguments, and what it does; gives a text and the same as values."""

    name: str
    told: str
    arguments: type[_Arguments]
    run: Callable[[Any], Awaitable[tuple[str, dict[str, Any]]]]

    @property
    def listed(self) -> dict[str, Any]:
        """As `tools/list` has it."""
        schema = self.arguments.model_json_schema()
        hints = {"readOnlyHint": True, "openWorldHint": False}
        return {"name": self.name, "description": self.told, "inputSchema": schema, "annotations": hints}


def tools(answering: Answering) -> dict[str, Tool]:
    """The tools by name."""

    async def ask(asked: Ask) -> tuple[str, dict[str, Any]]:
        answer = await answering.aask(asked.question, asked.history, asked.only.filter())
        return body(answer) + ending(answer), shown(answer)

    async def search(asked: Search) -> tuple[str, dict[str, Any]]:
        passages = [found(answering, hit) for hit in await answering.asearch(asked.query, asked.k)]
        return "\n\n".join(f"{p['title']} ({p['document_id']}):\n{p['text']}" for p in passages), {"passages": passages}

    async def who_said_what(asked: WhoSaidWhat) -> tuple[str, dict[str, Any]]:
        listed = await run_in_threadpool(said, answering, asked.speaker, asked.about, asked.document)
        lines = (f"{a['speaker']} ({a['document_id']}): {' '.join(a['quote'].split())}" for a in listed)
        return "\n".join(lines), {"attributions": listed}

    async def read_document(asked: ReadDocument) -> tuple[str, dict[str, Any]]:
        document = answering.document(asked.document_id, asked.version)
        if document is None:
            raise Problem(404, NO_DOCUMENT.format(identity=asked.document_id))
        text, end = document.text[asked.start : asked.start + PIECE], min(asked.start + PIECE, len(document.text))
        whole = {"start": asked.start, "end": end, "length": len(document.text), "text": text}
        return text, {**shown_document(document), **whole}

    return {
        tool.name: tool
        for tool in (
            Tool("ask", "Ask a question about the story. The answer cites the exact words it rests on.", Ask, ask),
            Tool("search", "Find the passages of the documents nearest to some words.", Search, search),
            Tool("who_said_what", "List what somebody said, each with its exact words.", WhoSaidWhat, who_said_what),
            Tool(
                "read_document", "Read a document's text; citations are offsets into it.", ReadDocument, read_document
            ),
        )
    }


def router(answering: Answering, admitted: Callable[..., Any]) -> APIRouter:
    """The one route."""
    routes = APIRouter(dependencies=[Depends(admitted)])
    known = tools(answering)

    @routes.post(
        "/mcp", response_model=None, openapi_extra=MESSAGE, responses=ANSWERS,
        summary="Model Context Protocol: one JSON-RPC message",
    )  # fmt: skip
    async def message(request: Request) -> Response:
        """Answer one message; a notification is taken without an answer."""
        version = request.headers.get("mcp-protocol-version", VERSIONS[0])
        if version not in VERSIONS:
            raise Problem(400, f"This server does not speak MCP {version[:40]!r}, but {', '.join(VERSIONS)}.")
        try:
            sent = json.loads(await request.body())
        except (ValueError, RecursionError):
            return JSONResponse(_failed(None, PARSE, "The message is not JSON."), 400)
        if not _is_message(sent):
            return JSONResponse(_failed(None, INVALID, "The message is not one of JSON-RPC 2.0."), 400)
        identity, method = sent.get("id"), sent.get("method")
        if identity is None or method is None:
            return Response(status_code=202)
        return JSONResponse(await _answered(known, identity, method, sent.get("params") or {}))

    return routes


def _is_message(sent: Any) -> bool:
    """Whether a value is as `MESSAGE` says."""
    if not isinstance(sent, dict) or sent.get("jsonrpc") != "2.0" or isinstance(sent.get("id"), bool):
        return False
    kinds = {"id": (str, int, type(None)), "method": (str, type(None)), "params": (dict, type(None))}
    return all(isinstance(sent.get(name), kind) for name, kind in kinds.items())


async def _answered(
    known: Mapping[str, Tool], identity: str | int, method: str, params: dict[str, Any]
) -> dict[str, Any]:
    if method == "initialize":
        asked = params.get("protocolVersion")
        result: dict[str, Any] = {
            "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "on-the-record", "title": "On the Record", "version": assistant.__version__},
            "instructions": INSTRUCTIONS,
        }
    elif method == "ping":
        result = {}
    elif method == "tools/list":
        result = {"tools": [tool.listed for tool in known.values()]}
    elif method == "tools/call":
        if (tool := known.get(str(params.get("name")))) is None:
            return _failed(identity, NO_PARAMS, f"There is no such tool here: {', '.join(known)} are.")
        result = await _called(tool, params.get("arguments") or {})
    else:
        return _failed(identity, NO_METHOD, "This server has tools alone.")
    return {"jsonrpc": "2.0", "id": identity, "result": result}


async def _called(tool: Tool, arguments: Any) -> dict[str, Any]:
    """What a tool gives; an error is told to the model that called it, which may mend its arguments."""
    try:
        text, values = await tool.run(tool.arguments.model_validate(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        told = f"{'.'.join(map(str, first['loc'])) or 'The arguments'}: {first['msg']}."
    except (OnTheRecordError, Problem) as error:
        told = problem(error).message
    else:
        return {"content": [{"type": "text", "text": text}], "structuredContent": values, "isError": False}
    return {"content": [{"type": "text", "text": told}], "isError": True}


def _failed(identity: str | int | None, code: int, told: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": told}}
