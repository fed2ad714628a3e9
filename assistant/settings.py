"""Every knob once, with its default."""

from __future__ import annotations

import dataclasses
import os
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from .errors import SettingsError

PREFIX = "ON_THE_RECORD_"
_BOOLS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """How an assistant is set up; immutable, passed in, never global.

    corpus: folder of documents; None means the story that ships with the library.
    data_dir: where indexes live; None means the user's data directory.
    embedding: ``"minilm"`` (shipped, no network) or a provider's, e.g.
        ``"openai:text-embedding-3-small"`` (key from ``OPENAI_API_KEY``).
    model: chat model, e.g. ``"openai:gpt-5-mini"``; None quotes the documents instead.
    base_url: address of an OpenAI-protocol server for `model` and `embedding`.
    api_key_file: file that holds the key of `model`, instead of ``OPENAI_API_KEY`` in the environment.
    served_model: name by which the server calls `model`, where that is another than the one asked for.
    model_timeout: seconds that a model may take for one answer, retries and repairs included.
    model_window: tokens that the model reads and writes at most; a server that has fewer says so.
    answer_tokens: tokens that it may write for one answer.
    temperature: how freely it writes; None leaves that to the server.
    second_opinion: whether the model is also asked if each claim follows from the words cited.
    input_price: what a million tokens read cost, in any currency; output_price: the same, written.
    chroma_url: a Chroma server, e.g. ``"http://127.0.0.1:8000"``; None embeds Chroma.
    token_encoding: tiktoken encoding in which lengths are counted.
    passage_tokens: largest passage, in tokens of that encoding.
    retrieve: how many passages a question is read against.
    max_claims: most claims in an answer.
    max_question_chars: longest question accepted, in characters.
    max_document_bytes: largest corpus file read, in bytes.
    allow_private_hosts: whether `add` may fetch from this machine and local networks.
    history: whether answers are kept, so that those which cite words that changed since can be listed.
    trace_content: whether traces carry what was asked, answered and quoted, besides counts.
    fetch_timeout: seconds that fetching one address may take.
    chroma_timeout: seconds that a Chroma server may take for one request.
    lock_timeout: seconds to wait for another process that is writing the index.
    """

    corpus: str | None = None
    data_dir: str | None = None
    embedding: str = "minilm"
    model: str | None = None
    base_url: str | None = None
    api_key_file: str | None = None
    served_model: str | None = None
    model_timeout: float = 60.0
    model_window: int = 8192
    answer_tokens: int = 900
    temperature: float | None = 0.0
    second_opinion: bool = False
    input_price: float = 0.0
    output_price: float = 0.0
    chroma_url: str | None = None
    token_encoding: str = "o200k_base"
    passage_tokens: int = 160
    retrieve: int = 10
    max_claims: int = 3
    max_question_chars: int = 2000
    max_document_bytes: int = 20_000_000
    allow_private_hosts: bool = False
    history: bool = False
    trace_content: bool = False
    fetch_timeout: float = 30.0
    chroma_timeout: float = 10.0
    lock_timeout: float = 60.0

    def __post_init__(self) -> None:
        for name in ("passage_tokens", "retrieve", "max_claims", "max_question_chars", "max_document_bytes",
                     "model_window", "answer_tokens"):  # fmt: skip
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}: give a whole number of at least 1.")
        for name in ("chroma_timeout", "fetch_timeout", "model_timeout"):
            if not getattr(self, name) > 0:
                raise SettingsError(f"{name} is {getattr(self, name)}: give a number of seconds above 0.")
        if not self.lock_timeout >= 0:  # not a number is refused too
            raise SettingsError(f"lock_timeout is {self.lock_timeout}: give a number of seconds, 0 or more.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from ``ON_THE_RECORD_*`` variables.

        Raises SettingsError for an unknown name or a value of the wrong type.
        """
        environ = os.environ if environ is None else environ
        hints = typing.get_type_hints(cls)
        values = {}
        for variable in sorted(environ):
            if not variable.startswith(PREFIX):
                continue
            name = variable.removeprefix(PREFIX).lower()
            if name not in hints:
                known = ", ".join(PREFIX + known.upper() for known in sorted(hints))
                raise SettingsError(f"{variable} is not a setting. Known: {known}.")
            values[name] = _parse(variable, environ[variable], hints[name])
        return cls(**values)

    def data_path(self) -> Path:
        """The data directory, not created yet."""
        return Path(self.data_dir or platformdirs.user_data_dir("on-the-record", appauthor=False))

    def replace(self, **changes: object) -> Settings:
        """A copy with some settings changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]  # names checked by replace


def _parse(variable: str, value: str, hint: object) -> typing.Any:
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType] or [hint]
    kind = kinds[0]
    if kind is str:
        return value or None if types.NoneType in typing.get_args(hint) else value
    if kind is bool:
        if value.lower() in _BOOLS:
            return _BOOLS[value.lower()]
        raise SettingsError(f"{variable} is {value!r}: give true or false.")
    try:
        return kind(value)
    except ValueError:
        wanted = "whole number" if kind is int else "number"
        raise SettingsError(f"{variable} is {value!r}: give a {wanted}.") from None
