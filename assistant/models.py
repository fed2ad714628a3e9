"""A chat model behind any server that speaks OpenAI's protocol: asked within a time, its faults in our words.

Requests run in one event loop of a thread of their own, so that a reader who leaves, or time that runs out, cancels
the request upstream at once instead of after the next word.
"""

from __future__ import annotations

import asyncio
import os
import queue
import random
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import ModelUnavailable, SettingsError
from .faults import Retry, fault, late
from .settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PROVIDERS = {"openai": "OPENAI_API_KEY", "azure_openai": "AZURE_OPENAI_API_KEY"}
RETRIES = 2
BACKOFF = 0.5  # seconds before the first retry, doubled before the next
POLL = 0.05  # seconds between looks at whether whoever asked has left


@dataclass
class Allowance:
    """What one answer may take, and has taken, of a model: seconds, tokens, requests. `stop`: whoever asked has left."""

    seconds: float
    stop: threading.Event = field(default_factory=threading.Event)
    usage: dict[str, int] = field(default_factory=lambda: {"requests": 0, "input_tokens": 0, "output_tokens": 0})
    served: str = ""

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Seconds left."""
        return self._end - time.monotonic()


class ChatModel:
    """One model at one server; nothing is sent before it is asked."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError for a provider or a key that there is not."""
        assert settings.model
        provider, _, name = settings.model.partition(":")
        if provider not in PROVIDERS or not name:
            raise SettingsError(
                f"There is no model {settings.model!r} here: use `openai:<model>`, with `base_url` for another server."
            )
        self.name = name
        self.provider = provider
        self.address = _public(settings.base_url or "")
        self._settings = settings
        self._key = _key(settings, PROVIDERS[provider])
        self._lock = threading.Lock()
        self._client: BaseChatModel | None = None
        self._listed = False
        self._unknown: set[str] = set()

    def stream(self, system: str, user: str, extra: Mapping[str, Any], allowance: Allowance) -> Iterator[str]:
        """The pieces of the answer as they come, those of a tool's arguments alike; closing it cancels the request.

        Raises ModelUnavailable, its text a short reason without the server's own words: they may hold the key.
        """
        for attempt in range(RETRIES + 1):
            begun = False
            try:
                for piece in self._once(system, user, extra, allowance):
                    begun = True
                    yield piece
                return
            except Retry as fault:
                wait = fault.wait or BACKOFF * 2**attempt * random.uniform(0.8, 1.2)
                if begun or attempt == RETRIES or wait >= allowance.left:
                    raise ModelUnavailable(str(fault)) from None
                time.sleep(wait)

    def _once(self, system: str, user: str, extra: Mapping[str, Any], allowance: Allowance) -> Iterator[str]:
        if allowance.left <= 0:
            raise ModelUnavailable(late(allowance.seconds))
        pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        allowance.usage["requests"] += 1
        future: Future[None] = asyncio.run_coroutine_threadsafe(
            self._pump(system, user, extra, allowance, pieces), _loop()
        )
        try:
            while True:
                try:
                    piece = pieces.get(timeout=POLL)
                except queue.Empty:
                    if allowance.stop.is_set():
                        raise ModelUnavailable("it was stopped") from None
                    continue
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            future.cancel()

    async def _pump(
        self,
        system: str,
        user: str,
        extra: Mapping[str, Any],
        allowance: Allowance,
        pieces: queue.SimpleQueue[str | BaseException | None],
    ) -> None:
        try:
            async with asyncio.timeout(allowance.left):
                await self._check_name()
                async for piece in self._pieces(system, user, extra, allowance):
                    pieces.put(piece)
            pieces.put(None)
        except asyncio.CancelledError:
            pieces.put(ModelUnavailable("it was stopped"))
            raise
        except BaseException as error:
            pieces.put(fault(error, allowance.seconds, self._unknown))

    async def _pieces(self, system: str, user: str, extra: Mapping[str, Any], allowance: Allowance) -> Any:
        reason = ""
        messages = [("system", system), ("user", user)]
        async for chunk in self.open().astream(messages, config={"callbacks": []}, **self._options(extra)):
            message: Any = chunk
            if message.usage_metadata:
                allowance.usage["input_tokens"] += message.usage_metadata["input_tokens"]
                allowance.usage["output_tokens"] += message.usage_metadata["output_tokens"]
            reason = message.response_metadata.get("finish_reason") or reason
            allowance.served = message.response_metadata.get("model_name") or allowance.served
            called = "".join(call["args"] or "" for call in message.tool_call_chunks)
            if piece := message.text or called:
                yield piece
        if not reason:
            raise ModelUnavailable("its answer broke off")
        if reason == "length":
            raise ModelUnavailable("its answer was cut off at the token limit")
        if reason == "content_filter":
            raise ModelUnavailable("its server's filter stopped the answer")
        if self._is_other(allowance.served):
            raise ModelUnavailable("another model answered than the one set (see `served_model`)")

    def _options(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        settings = self._settings
        # As `extra_body`: LangChain parses and checks a response format itself, and fails where a server's is odd.
        body = dict(extra)
        body["max_tokens" if settings.base_url else "max_completion_tokens"] = settings.answer_tokens
        if settings.temperature is not None:
            body["temperature"] = settings.temperature
        return {
            "extra_body": {name: value for name, value in body.items() if name not in self._unknown},
            "stream_usage": "stream_options" not in self._unknown,
        }

    def open(self) -> BaseChatModel:
        """LangChain's client, made once; connects to nothing."""
        with self._lock:
            if self._client is None:
                from langchain.chat_models import init_chat_model

                options: dict[str, Any] = {"api_key": self._key, "timeout": self._settings.model_timeout}
                if self.provider == "azure_openai":
                    options["azure_endpoint"] = self._settings.base_url
                else:
                    options |= {"base_url": self._settings.base_url, "use_responses_api": False}
                self._client = init_chat_model(
                    self.name, model_provider=self.provider, max_retries=0, stream_chunk_timeout=None, **options
                )
            return self._client

    async def _check_name(self) -> None:
        """Once, where a server lists its models: whether it has the one that is set. Some answer with any other."""
        if self._listed or not self._settings.base_url or self.provider != "openai":
            return
        client: Any = self.open()
        try:
            listed = [model.id async for model in client.root_async_client.models.list()]
        except Exception as error:
            if getattr(error, "status_code", 0) == 401:
                raise
            listed = []  # the request itself will tell what is wrong, if anything is
        if listed and all(self._is_other(name) for name in listed):
            raise ModelUnavailable("its server has no model of the name set")
        self._listed = bool(listed)

    def _is_other(self, served: str) -> bool:
        """Whether a model's name is that of another one: a date or tag may follow the name that was asked for."""
        if not served or self.provider != "openai":
            return False
        asked = self._settings.served_model or self.name
        return not (served == asked or re.match(rf"{re.escape(asked)}[-:@]", served))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="on-the-record-models", daemon=True).start()
    return loop


def _public(address: str) -> str:
    """An address without user, password and query: what may be shown."""
    if not address:
        return ""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _key(settings: Settings, variable: str) -> Any:
    """The key as a secret: from `api_key_file`, else the environment; servers of one's own may need none."""
    from pydantic import SecretStr

    key = os.environ.get(variable, "")
    if settings.api_key_file:
        try:
            key = Path(settings.api_key_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"api_key_file {settings.api_key_file} cannot be read ({type(error).__name__}): give a file with the key alone."
            ) from None
    if not key and not settings.base_url:
        raise SettingsError(f"{settings.model!r} needs a key: set {variable} or `api_key_file`.")
    return SecretStr(key or "unused")
