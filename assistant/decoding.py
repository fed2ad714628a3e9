"""From what a model writes, piece by piece, to draft claims: the first is there before the last is written."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["json_schema", "tools", "text"]
FORMS: tuple[Form, ...] = ("json_schema", "tools", "text")
"""How a draft may be asked for, the surest first."""

LONGEST = 200_000  # characters of output that are read; what writes more has gone astray
_CLAIM = {
    "type": "object",
    "properties": {
        "passages": {"type": "array", "items": {"type": "integer"}},
        "support": {"type": "array", "items": {"type": "string"}},
        "speaker": {"type": "string"},
        "text": {"type": "string"},
    },
    "required": ["passages", "support", "speaker", "text"],
    "additionalProperties": False,
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"claims": {"type": "array", "items": _CLAIM}},
    "required": ["claims"],
    "additionalProperties": False,
}
_LIST = re.compile(r'"claims"\s*:\s*\[')
_FIELD = re.compile(r"\A[\s*_>#-]*(PASSAGES?|SUPPORT|SPEAKER|CLAIM|TEXT)[*_]*\s*:[*_]*\s*(.*)\Z", re.IGNORECASE)
_NONE = re.compile(r"\A[\W_]*none[\W_]*\Z", re.IGNORECASE)
_NOBODY = frozenset(("", "-", "–", "—", "none", "null", "n/a", "nobody", "unknown", "no one"))
# Citations of its own making: ours are set from the support.
_MARKERS = re.compile(r"\s*(?:\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]|【[^】]{0,40}】)")
_NUMBER = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class FreeDraft:
    """A claim as a model drafts it: its text, the passages (from 1) and their words it rests on, and whose it is."""

    text: str
    support: tuple[str, ...]
    passages: tuple[int, ...] = ()
    speaker: str = ""


class Malformed(ValueError):
    """What the model wrote is no draft in the form it was asked for."""


def request(form: Form) -> dict[str, Any]:
    """What a request says besides its messages to get that form."""
    if form == "json_schema":
        return {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
            }
        }
    if form == "tools":
        tool = {"name": "answer", "description": "Give the claims.", "strict": True, "parameters": SCHEMA}
        chosen = {"type": "function", "function": {"name": "answer"}}
        return {"tools": [{"type": "function", "function": tool}], "tool_choice": chosen}
    return {}


class Decoder:
    """Takes pieces, gives the drafts that are complete; whichever form they come in."""

    def __init__(self) -> None:
        self._text = ""
        self._place = -1  # in the list of claims, once it has begun
        self._closed = False
        self._given = 0

    def feed(self, piece: str) -> Iterator[FreeDraft]:
        """The drafts that `piece` completes. Raises Malformed for one that cannot be read."""
        self._text += piece
        if len(self._text) > LONGEST:
            raise Malformed("it wrote without end")
        # Looked through again only for a piece that can complete something: else a long text costs its square.
        if self._place < 0 and "[" in piece and (found := _LIST.search(self._text)):
            self._place = found.end()
        ready = self._place >= 0 and ("}" in piece or "]" in piece)
        while ready and not self._closed and (item := self._item()) is not None:
            self._given += 1
            yield _draft(item)

    def finish(self) -> Iterator[FreeDraft]:
        """The drafts still to come, when all is written. Raises Malformed where the whole is no draft."""
        if self._closed:
            return
        if self._place >= 0:
            raise Malformed("its JSON breaks off")
        yield from self._marked()

    def _item(self) -> object | None:
        """The next whole object of the list, None where it is not there yet."""
        text = self._text
        while self._place < len(text) and text[self._place] in " \t\r\n,":
            self._place += 1
        if self._place == len(text):
            return None
        if text[self._place] == "]":
            self._closed = True
            return None
        if text[self._place] != "{":
            raise Malformed("its JSON holds something else than claims")
        try:
            item, self._place = json.JSONDecoder().raw_decode(text, self._place)
        except json.JSONDecodeError:
            return None
        except ValueError:
            raise Malformed("its JSON holds a number without end") from None
        except RecursionError:
            raise Malformed("its JSON is nested too deep") from None
        return dict(item)

    def _marked(self) -> Iterator[FreeDraft]:
        """The claims of the marked-up form; a lone NONE is none."""
        fields: dict[str, list[str]] = {}
        found = 0
        for line in [*self._text.splitlines(), "PASSAGES: "]:
            match = _FIELD.match(line)
            if match is None:
                continue
            name = match.group(1).upper().rstrip("S").replace("TEXT", "CLAIM")
            if (name in fields and name != "SUPPORT" and "CLAIM" in fields) or (name == "PASSAGE" and fields):
                if "CLAIM" in fields:
                    found += 1
                    yield _draft(_from_marks(fields))
                fields = {}
            fields.setdefault(name, []).append(match.group(2).strip())
        if not found and not _NONE.match(self._text.strip()):
            raise Malformed("it is empty" if not self._text.strip() else "it is in no form that was asked for")


def _from_marks(fields: Mapping[str, list[str]]) -> dict[str, object]:
    support = [words for words in fields.get("SUPPORT", ()) if words]
    return {
        "passages": [int(number) for number in _NUMBER.findall(" ".join(fields.get("PASSAGE", ())))],
        "support": support,
        "speaker": " ".join(fields.get("SPEAKER", ())),
        "text": fields["CLAIM"][0],
    }


def _draft(item: object) -> FreeDraft:
    if not isinstance(item, Mapping) or not isinstance(item.get("text"), str):
        raise Malformed("a claim in it has no text")
    support, passages, speaker = item.get("support"), item.get("passages"), item.get("speaker")
    words = [support] if isinstance(support, str) else support if isinstance(support, list) else []
    numbers = [passages] if isinstance(passages, int) else passages if isinstance(passages, list) else []
    named = speaker.strip() if isinstance(speaker, str) else ""
    return FreeDraft(
        readable(_MARKERS.sub("", item["text"])),
        tuple(plain for word in words if isinstance(word, str) and (plain := readable(word))),
        tuple(n for n in numbers if isinstance(n, int) and not isinstance(n, bool)),
        "" if named.lower() in _NOBODY else readable(named),
    )


def readable(text: str) -> str:
    """One line without control and formatting characters, halves of surrogate pairs among them."""
    kept = (" " if c in "\t\r\n" else c for c in text if c in "\t\r\n" or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())
