"""``/v1``: OpenAI's chat completions over the corpus, so that its clients work by base URL alone."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.citations import marked
from assistant.types import NOT_IN_DOCUMENTS, Answer, Citation, Claim
from ui import strings as say
from ui.markup import date

from .answering import Answering
from .api import LONGEST
from .problems import Problem, problem
from .shapes import READING, SENDING, CompletionShown, ModelShown, ModelsShown, failures

MODEL = "on-the-record"
"""The one model here, by the name that clients ask for."""
OWNER = "on-the-record"
UNKNOWN_MODEL = "The model {model!r} does not exist here: ask for {known!r}."
NO_QUESTION = 'The last message is not a question of the user: end `messages` with one of role "user".'
TEXT_ONLY = "A message has a part of type {kind!r}: this server reads text alone."
NOT_DONE = "`{param}` asks for what this server does not do: {why}"
_MARKS = re.compile(r"(?<= )(?:\[\d+\])+(?=\n\n|\Z)")
"""The marks that end a claim; a document's own [1] stands elsewhere, or before them."""
_NUMBER = re.compile(r"\d+")
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

ASKED = [{"role": "user", "content": "Who made the note public?"}]
EVENT = {
    "type": "object", "required": ["data"],
    "properties": {"data": {"type": "string", "description": "A chunk or an error as JSON, or `[DONE]`."}},
}  # fmt: skip
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The completion; with `stream`, server-sent events of its chunks, `[DONE]` at their end.",
        "content": {"text/event-stream": {"schema": EVENT}},
    }
}

Count = Callable[[str], int]


class Part(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: Annotated[str, Field(max_length=LONGEST)] = ""


class Message(BaseModel):
    """One message; the user's are questions, and no other's is believed or obeyed."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its text; raises Problem for a part that is none."""
        if not isinstance(self.content, list):
            return self.content or ""
        if other := next((part.type for part in self.content if part.type not in ("text", "input_text")), None):
            raise Problem(400, TEXT_ONLY.format(kind=other), param="messages")
        return "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """What a stream has besides text."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool | None = None


class Completion(BaseModel):
    """A request for a chat completion. Sampling and length parameters are taken and without effect."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[str, Field(examples=[MODEL])]
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000, examples=[ASKED])]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    tool_choice: Any = None
    response_format: Any = None

    def check(self) -> None:
        """Raise Problem for what would be answered otherwise than it is asked."""
        if self.model != MODEL:
            raise Problem(
                404, UNKNOWN_MODEL.format(model=self.model[:100], known=MODEL), param="model", code="model_not_found"
            )
        if self.n not in (None, 1):
            raise Problem(400, NOT_DONE.format(param="n", why="there is one answer."), param="n")
        if self.tool_choice not in (None, "auto", "none"):
            raise Problem(400, NOT_DONE.format(param="tool_choice", why="it calls no tools."), param="tool_choice")
        kind = self.response_format.get("type") if isinstance(self.response_format, dict) else self.response_format
        if kind not in (None, "text"):
            why = "POST /api/ask answers in JSON."
            raise Problem(400, NOT_DONE.format(param="response_format", why=why), param="response_format")

    def questions(self) -> list[str]:
        """The user's messages, the one to answer last; what others say in them is not read."""
        spoken = [message for message in self.messages if message.role in ("user", "assistant")]
        if not spoken or spoken[-1].role != "user":
            raise Problem(400, NO_QUESTION, param="messages")
        return [message.text for message in spoken if message.role == "user"]


def router(answering: Answering, admitted: Callable[..., Any], count: Count, address: str = "") -> APIRouter:
    """The routes; `count` gives a text's tokens, `address` is where documents without one of their own are read."""
    routes = APIRouter(prefix="/v1", dependencies=[Depends(admitted)])
    since = int(time.time())
    model = {"id": MODEL, "object": "model", "created": since, "owned_by": OWNER}

    @routes.get("/models", response_model=ModelsShown, responses=failures(*READING), summary="The models: one")
    def models() -> dict[str, Any]:
        """What a client may ask for."""
        return {"object": "list", "data": [model]}

    @routes.get("/models/{name}", response_model=ModelShown, responses=failures(*READING, 404), summary="A model")
    def one(name: Annotated[str, Path(examples=[MODEL])]) -> dict[str, Any]:
        """The model by its name."""
        if name != MODEL:
            raise Problem(
                404, UNKNOWN_MODEL.format(model=name[:100], known=MODEL), param="model", code="model_not_found"
            )
        return model

    @routes.post(
        "/chat/completions",
        response_model=CompletionShown,
        responses={**failures(*SENDING, 404, 415, 504), **STREAM},
        summary="Ask, in OpenAI's protocol",
    )
    async def complete(asked: Completion) -> dict[str, Any] | StreamingResponse:
        """The answer as a chat completion: [n] marks in its text, and for each an annotation with the exact words."""
        asked.check()
        *history, question = asked.questions()
        reply = Reply(asked, count, address)
        events = answering.astream(question, history)
        if not asked.stream:
            answer = [event async for event in events][-1]
            assert isinstance(answer, Answer)
            return reply.whole(answer)
        first = await anext(events)  # what cannot be asked is told by the status, before the stream begins
        return StreamingResponse(reply.streamed(first, events), media_type="text/event-stream", headers=_HEADERS)

    return routes


class Reply:
    """One completion, whole or in pieces."""

    def __init__(self, asked: Completion, count: Count, address: str) -> None:
        self._asked = asked
        self._count = count
        self._address = address
        self._common = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": MODEL}

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The completion of an answer."""
        content = body(answer) + ending(answer)
        message = {
            "role": "assistant", "content": content, "refusal": None,
            "annotations": marks(body(answer), answer, self._address),
        }  # fmt: skip
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._common, "object": "chat.completion", "choices": [choice], "usage": self._usage(answer, content),
        }  # fmt: skip

    async def streamed(self, first: Claim | Answer, rest: AsyncIterator[Claim | Answer]) -> AsyncIterator[str]:
        """Server-sent events: each claim once it is verified, then what only the whole answer has.

        An error after the first event is sent as one of OpenAI's error events, and no end is: a client
        that waits for `[DONE]` knows the answer is not whole.
        """
        yield self._chunk({"role": "assistant", "content": ""})
        written, event = "", first
        try:
            while not isinstance(event, Answer):
                piece = ("\n\n" if written else "") + marked([event])
                written += piece
                yield self._chunk({"content": piece})
                event = await anext(rest)
        except Exception as error:
            yield _event(problem(error).body)
            return
        remaining = unsent(written, body(event))
        written += remaining
        notes = marks(written, event, self._address)
        tail = remaining + ending(event)
        if tail:
            yield self._chunk({"content": tail})
        if notes:
            yield self._chunk({"annotations": notes})
        yield self._chunk({}, "stop")
        if self._asked.stream_options and self._asked.stream_options.include_usage:
            usage = self._usage(event, written + ending(event))
            yield _event({**self._common, "object": "chat.completion.chunk", "choices": [], "usage": usage})
        yield "data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**self._common, "object": "chat.completion.chunk", "choices": [choice]})

    def _usage(self, answer: Answer, content: str) -> dict[str, int]:
        """The model's tokens; without a model those of the messages and of the answer, by the corpus's encoding."""
        read = answer.usage.get("input_tokens") or self._count("\n".join(m.text for m in self._asked.messages))
        wrote = answer.usage.get("output_tokens") or self._count(content)
        return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}


def body(answer: Answer) -> str:
    """An answer's text with its marks; where the documents do not say, the nearest that they do say is quoted."""
    if answer.status != NOT_IN_DOCUMENTS or not answer.nearest:
        return answer.text
    quoted = "\n\n".join(f"> {' '.join(c.quote.split())} [{c.number}]" for c in answer.nearest)
    return f"{answer.text}\n\n{say.NEAREST}:\n\n{quoted}"


def ending(answer: Answer) -> str:
    """What a reader has to know of the answer, and its sources: most chat clients show no annotations."""
    cited = (*answer.citations, *answer.nearest)
    sources = "\n".join(f"- [{c.number}] {_source(c)}" for c in cited)
    return "".join(f"\n\n{part}" for part in (answer.note, f"{say.SOURCES}:\n\n{sources}" if sources else "") if part)


def unsent(written: str, text: str) -> str:
    """What of `text` has not been written: all after its claims, and a first line that came with the whole answer."""
    if text.startswith(written):
        return text[len(written) :]
    lead, found, rest = text.partition(written)
    # Verified claims that the whole answer has no more stay as they are; there is no taking them back.
    return f"\n\n{lead.strip()}{rest}" if found else ""


def marks(text: str, answer: Answer, address: str) -> list[dict[str, Any]]:
    """For each [n] mark of `text` the citation it stands for: OpenAI's fields, and the exact words with their place."""
    cited = {c.number: c for c in (*answer.citations, *answer.nearest)}
    numbers = [number for group in _MARKS.finditer(text) for number in _NUMBER.finditer(text, *group.span())]
    numbered = ((number, cited.get(int(number.group()[:9]))) for number in numbers)
    return [_annotation(number.start() - 1, number.end() + 1, c, address) for number, c in numbered if c]


def _annotation(start: int, end: int, c: Citation, address: str) -> dict[str, Any]:
    place = {"document_id": c.document_id, "version": c.version, "start": c.start, "end": c.end, "quote": c.quote}
    url = c.url or f"{address}/api/documents/{c.document_id}?version={c.version}"
    shown = {"start_index": start, "end_index": end, "title": c.title, "url": url}
    return {"type": "url_citation", "url_citation": {**shown, **place, "number": c.number}}


def _source(c: Citation) -> str:
    return ", ".join(filter(None, [c.title, c.publisher, date(c.published) if c.published else "", c.url]))


def _event(value: Sequence[Any] | dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
