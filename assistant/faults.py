"""What goes wrong between us and a model's server, in our words: a server's own may hold the key."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from .errors import ModelUnavailable

_BUSY, _FAILING = 429, (500, 502, 503, 504)
_OPTIONAL = ("temperature", "stream_options", "max_tokens", "max_completion_tokens")  # what a server may not know


class WindowExceeded(ModelUnavailable):
    """The prompt does not fit the model's window; `window` is its size in tokens, where the server says."""

    def __init__(self, window: int = 0) -> None:
        super().__init__("the passages do not fit its window")
        self.window = window


class FormatRefused(ModelUnavailable):
    """The server does not take the output format that was asked for."""


class Retry(Exception):
    """Worth another try after `wait` seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def fault(error: BaseException, seconds: float, unknown: set[str]) -> Exception:
    """What went wrong with a request that could take some seconds, in our words: a Retry, or that the model is unavailable.

    `unknown` takes the option that the server says it does not know.
    """
    import openai

    if isinstance(error, ModelUnavailable):
        return error
    if isinstance(error, (TimeoutError, openai.APITimeoutError)):
        return ModelUnavailable(late(seconds))
    if isinstance(error, openai.APIConnectionError):
        return _connection(error)
    if isinstance(error, openai.APIStatusError):
        return _refused(error, unknown)
    if isinstance(error, openai.APIError):
        return ModelUnavailable("its server reported an error in the middle")
    if "Protocol" in type(error).__name__ or "ReadError" in type(error).__name__:
        return Retry("the connection to its server broke off")
    return ModelUnavailable(f"its server's answer could not be read ({type(error).__name__})")


def _refused(error: Any, unknown: set[str]) -> Exception:
    """What a status other than 200 means."""
    body = error.body if isinstance(error.body, Mapping) else {}
    status, kind, parameter = error.status_code, f"{body.get('type')} {body.get('code')}", body.get("param")
    if status == 400:
        told = f"{kind} {error}".lower()
        if "context" in kind or "context length" in told or "context size" in told:
            return WindowExceeded(_whole(body.get("n_ctx")))
        if "response_format" in told or "json_schema" in told or "tool" in told or "grammar" in told:
            return FormatRefused("its server does not take the format asked for")
        for name in _OPTIONAL:
            if name not in unknown and (parameter == name or name in told):
                unknown.add(name)
                return Retry("its server refused the request (400)", wait=0.001)
    if status == _BUSY:
        if body.get("code") == "insufficient_quota":
            return ModelUnavailable("its quota is used up (429)")
        return Retry("its server is busy (429)", _after(error.response.headers))
    if status in _FAILING:
        return Retry(f"its server is not ready or fails ({status})", _after(error.response.headers))
    reasons = {
        401: "its server refuses the key",
        403: "its server refuses access",
        404: "its server has no such model",
    }
    return ModelUnavailable(f"{reasons.get(status, 'its server refused the request')} ({status})")


def late(seconds: float) -> str:
    """Why a model that took its time is given up."""
    return f"it took longer than {seconds:g} s"


def _connection(error: BaseException) -> Exception:
    causes, cause = list[str](), error.__cause__ or error.__context__
    while cause and len(causes) < 6:
        causes.append(f"{type(cause).__name__} {cause}")
        cause = cause.__cause__ or cause.__context__
    told = " ".join(causes).lower()
    if any(word in told for word in ("gaierror", "name or service", "resolution", "nodename")):
        return ModelUnavailable("its server's name cannot be found")
    if "connecterror" in told and "reset" not in told:
        return ModelUnavailable("its server cannot be reached")
    return Retry("the connection to its server broke off")


def _after(headers: Mapping[str, str]) -> float:
    """Seconds of a Retry-After header; 0 where there is none that can be read."""
    with contextlib.suppress(ValueError):
        return max(0.0, float(headers.get("retry-after", "")))
    return 0.0


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
