"""What goes wrong with a request, in the shape of OpenAI's errors: ``{"error": {"message", "type", "param", "code"}}``."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.errors import IndexBusy, IndexUnusable, ModelUnavailable, OnTheRecordError, QuestionError
from ui import strings as say

INVALID, AUTHENTICATION, RATE, SERVER = (
    "invalid_request_error",
    "authentication_error",
    "rate_limit_error",
    "server_error",
)
RETRY = 2
"""Seconds after which a client that was turned away for want of room may come again."""
FAILED = "Something went wrong here and the question was not answered: ask it again."

log = logging.getLogger(__name__)


class Busy(OnTheRecordError):
    """As many questions are being answered, and waiting, as this server takes."""


class CitationsMoved(OnTheRecordError):
    """The words that an answer cites do not stand in their document."""


class TimedOut(OnTheRecordError):
    """An answer took longer than the server lets one take."""


class Problem(Exception):
    """Why a request gets no answer: an HTTP status with OpenAI's fields."""

    def __init__(
        self,
        status: int,
        message: str,
        kind: str = INVALID,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.param = param
        self.code = code
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, dict[str, str | None]]:
        """What is sent."""
        return {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}}

    @property
    def response(self) -> JSONResponse:
        """The whole response."""
        return JSONResponse(self.body, self.status, self.headers)


def problem(error: Exception) -> Problem:
    """What the client is told of an error; of one that is not ours nothing but that there was one."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, QuestionError):
        return Problem(400, str(error), code="question_refused")
    if isinstance(error, Busy):
        return Problem(503, str(error), SERVER, code="overloaded", headers={"Retry-After": str(RETRY)})
    if isinstance(error, TimedOut):
        return Problem(504, str(error), SERVER, code="timeout")
    if isinstance(error, (IndexBusy, ModelUnavailable, CitationsMoved)):
        return Problem(503, str(error), SERVER, code="unavailable", headers={"Retry-After": str(RETRY)})
    # Others of our errors name files and settings of this machine, which are none of a client's business.
    if isinstance(error, IndexUnusable):
        log.error("a request was not answered: %s", str(error))
        return Problem(503, say.UNREADABLE, SERVER, code="unavailable", headers={"Retry-After": str(RETRY)})
    log.error("a request was not answered", exc_info=error)
    return Problem(500, FAILED, SERVER, code="internal_error")


def handle(app: FastAPI) -> None:
    """Let `app` answer every error in this shape."""

    def ours(_: Request, error: Exception) -> JSONResponse:
        return problem(error).response

    def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        status = 415 if first["type"] == "model_attributes_type" and not _is_json(_) else 400
        return Problem(status, f"{place or 'The body'}: {first['msg']}.", param=place or None).response

    def plain(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return Problem(error.status_code, f"{error.detail}.", headers=error.headers).response

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    for kind in (Problem, OnTheRecordError, Exception):
        app.add_exception_handler(kind, ours)


def _is_json(request: Request) -> bool:
    return "json" in request.headers.get("content-type", "")
