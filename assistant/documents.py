"""Reading the corpus: files to Documents, text and offsets as they stand."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .errors import CorpusError
from .types import Document

SUFFIXES = (".md", ".markdown")
IGNORED = "README"
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z")
_TEXT_FIELDS = ("title", "publisher", "author", "url", "kind", "language")
# C0 controls but tab and line ends, and the two bidirectional overrides, which make words look other than they are.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was left out of the corpus, and why."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder holds: its documents by id, in order of file name, and what was refused."""

    folder: Path
    documents: Mapping[str, Document]
    refused: tuple[Refusal, ...]


def read_corpus(folder: Path, *, max_bytes: int) -> Corpus:
    """Read every document under `folder`; a broken one is refused by name, the rest load.

    Raises CorpusError when the folder is missing or holds no readable document.
    """
    if not folder.is_dir():
        raise CorpusError(f"There is no corpus folder {folder}: create it, or point the setting `corpus` at yours.")
    documents: dict[str, Document] = {}
    refused: list[Refusal] = []
    for path in _files(folder):
        try:
            document = read_document(path, max_bytes=max_bytes)
            if document.id in documents:
                raise CorpusError(f"line 2: the id {document.id!r} is another document's: give this one its own.")
            documents[document.id] = document
        except CorpusError as error:
            refused.append(Refusal(path, str(error)))
    if not documents:
        reasons = "".join(f"\n  {refusal}" for refusal in refused)
        raise CorpusError(
            f"The corpus folder {folder} holds no readable document: add Markdown files with front matter.{reasons}"
        )
    return Corpus(folder, documents, tuple(refused))


def read_document(path: Path, *, max_bytes: int) -> Document:
    """One Markdown file with YAML front matter; raises CorpusError with the line and the remedy."""
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise CorpusError(f"{size:,} bytes, over the limit of {max_bytes:,}: raise `max_document_bytes` or split it.")
        raw = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CorpusError(f"line {line}: not UTF-8: save the file as UTF-8.") from None
    except OSError as error:
        raise CorpusError(f"{error.strerror}: make the file readable.") from error
    match = _FRONT_MATTER.match(raw)
    if not match:
        raise CorpusError("line 1: no front matter: begin the file with a `---` block that holds id, title, published.")
    values = _metadata(match.group(1))
    body = raw[match.end() :]
    text = body.strip("\r\n")
    if found := _UNREADABLE.search(text):
        line = raw[: match.end() + body.index(text) + found.start()].count("\n") + 1
        raise CorpusError(f"line {line}: a control character (U+{ord(found.group()):04X}) in the text: remove it.")
    if not text.strip():
        raise CorpusError(f"line {raw.count(chr(10)) + 1}: no text after the front matter: add the text.")
    return Document(text=text, version=hashlib.sha256(text.encode()).hexdigest(), **values)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.stem != IGNORED and not hidden:
            yield path


def _metadata(block: str) -> dict[str, Any]:
    try:
        values = yaml.safe_load(block)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise CorpusError(f"line {line}: front matter is not YAML ({error.problem}): mend or quote it.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CorpusError(f"line 2: front matter is not YAML ({str(error).splitlines()[0]}): mend or quote it.") from None
    if not isinstance(values, dict):
        raise CorpusError("line 2: front matter is not a list of `name: value` lines: write it so.")
    identity = values.get("id")
    if not isinstance(identity, str) or not _ID.match(identity):
        raise CorpusError(
            f"line {_line(block, 'id')}: id is {identity!r}: give lower-case letters, digits, `-`, `.` or `_`."
        )
    result: dict[str, Any] = {"id": identity}
    for name in _TEXT_FIELDS:
        value = values.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise CorpusError(f"line {_line(block, name)}: {name} is {value!r}: put it between quotation marks.")
        if found := _UNREADABLE.search(value):
            raise CorpusError(f"line {_line(block, name)}: {name} holds U+{ord(found.group()):04X}: remove it.")
        result[name] = value
    if not result.get("title"):
        raise CorpusError(f"line {_line(block, 'title')}: no title: add one.")
    result["published"] = _date(values.get("published"), _line(block, "published"))
    sources = values.get("sources") or []
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        raise CorpusError(f"line {_line(block, 'sources')}: sources is not a list of publisher, title, date, url.")
    result["sources"] = tuple(sources)
    return result


def _date(value: Any, line: int) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise CorpusError(f"line {line}: published is {value!r}: write it as YYYY-MM-DD.") from None


def _line(block: str, name: str) -> int:
    match = re.search(rf"^{name}[ \t]*:", block, re.MULTILINE)
    return block[: match.start()].count("\n") + 2 if match else 2
