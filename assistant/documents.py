"""Reading the corpus: files to Documents, text and offsets as they stand."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .errors import CorpusError, brief
from .types import Document

SUFFIXES = (".md", ".markdown")
IGNORED = "README"
ORIGINALS = "originals"  # folder beside the documents that keeps the files they were added from
ADDABLE = (".pdf", ".docx", ".epub", ".html", ".htm", ".xhtml", ".eml", ".rss", ".atom")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z")
LONGEST_TITLE = 500  # characters
LONGEST_FRONT_MATTER = 500_000  # characters: PyYAML takes seconds over more
LONGEST_NUMBER = 300  # characters
INTEGER, DECIMAL = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_TEXT_FIELDS = ("title", "publisher", "author", "url", "kind", "language", "source", "original")
# Controls but tab and line ends (C1 too: a terminal may obey them), the two bidirectional overrides, which make words
# look other than they are, and halves of characters, which YAML can write but no file can hold.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ud800-\udfff]")
_LINE_ENDS = re.compile("\\s*[\t\n\r\x85\u2028\u2029]\\s*")


class _Loader(yaml.SafeLoader):
    """YAML in which a date is the text it is written as: an impossible one is then refused on its own line.

    And in which no name is given twice: PyYAML takes the last, readers of the file the first.
    """

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """As PyYAML puts merged blocks in; raises ConstructorError for a name that is there already.

        Of a name that several of them give one is kept: blocks merged in blocks would multiply without end.
        """
        seen = set()
        for name, _ in node.value:
            if isinstance(name, yaml.ScalarNode):
                if name.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"{reprlib.repr(name.value)} is given twice", name.start_mark
                    )
                seen.add(name.value)
        super().flatten_mapping(node)
        held = {name.value if isinstance(name, yaml.ScalarNode) else name: (name, value) for name, value in node.value}
        node.value = list(held.values())

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        """As PyYAML reads it; raises ConstructorError for a number that Python would not write out again."""
        if len(node.value) > LONGEST_NUMBER:
            raise yaml.constructor.ConstructorError(None, None, "a number without end", node.start_mark)
        whole = node.tag == INTEGER
        made: int | float = self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)
        return made


for _tag in (INTEGER, DECIMAL):
    _Loader.add_constructor(_tag, _Loader.construct_number)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
    files: dict[str, Path] = {}
    refused: list[Refusal] = []
    for path in _files(folder):
        try:
            if path.suffix.lower() in ADDABLE:
                raise CorpusError(f"not a document yet: `python -m assistant add {path}` makes it one.")
            document = read_document(path, max_bytes=max_bytes)
            if document.id in documents:
                other = files[document.id].relative_to(folder)
                raise CorpusError(f"the id {document.id!r} is that of {other} too: give this one its own.")
            documents[document.id], files[document.id] = document, path
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
            raise CorpusError(
                f"{size:,} bytes, over the limit of {max_bytes:,}: raise `max_document_bytes` or split it."
            )
        raw = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CorpusError(f"line {line}: not UTF-8: save the file as UTF-8.") from None
    except OSError as error:
        raise CorpusError(f"{error.strerror}: make the file readable.") from error
    if found := _UNREADABLE.search(raw):
        line = raw[: found.start()].count("\n") + 1
        raise CorpusError(f"line {line}: a control character (U+{ord(found.group()):04X}) in the text: remove it.")
    match = _FRONT_MATTER.match(raw)
    if not match:
        raise CorpusError("line 1: no front matter: begin with id, title, published between two lines of `---`.")
    values = _metadata(match.group(1))
    text = raw[match.end() :].strip("\r\n")
    if not text.strip():
        raise CorpusError(f"line {raw.count(chr(10)) + 1}: no text after the front matter: add the text.")
    return Document(text=text, version=hashlib.sha256(text.encode()).hexdigest(), **values)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = parts[0] == ORIGINALS or any(part.startswith(".") for part in parts)
        if path.suffix.lower() in SUFFIXES + ADDABLE and path.is_file() and path.stem != IGNORED and not hidden:
            yield path


def _metadata(block: str) -> dict[str, Any]:
    if len(block) > LONGEST_FRONT_MATTER:
        raise CorpusError(
            f"line 2: front matter of {len(block):,} characters, over {LONGEST_FRONT_MATTER:,}: shorten it."
        )
    try:
        values = yaml.load(block, _Loader)  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        # YAML knows further ends of lines than files do: what it counted is no line of this one.
        line = block.count("\n", 0, error.problem_mark.index) + 2 if error.problem_mark else 2
        raise CorpusError(
            f"line {line}: front matter is not YAML ({brief(error.problem)}): mend or quote it."
        ) from None
    except (
        yaml.YAMLError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        RecursionError,
    ) as error:
        # PyYAML's constructors let all of these out for a tag whose value is none of its kind.
        raise CorpusError(f"line 2: front matter is not YAML ({brief(error)}): mend or quote it.") from None
    if not isinstance(values, dict):
        raise CorpusError("line 2: front matter is not a list of `name: value` lines: write it so.")
    identity = values.get("id")
    if not isinstance(identity, str) or not _ID.match(identity):
        raise CorpusError(
            f"line {_line(block, 'id')}: id is {_shown(identity)}: give lower-case letters, digits, `-`, `.` or `_`."
        )
    result: dict[str, Any] = {"id": identity, **_texts(values, block)}
    for name in ("published", "evidence_to", "fetched"):
        result[name] = _date(values.get(name), name, _line(block, name))
    result["facts"] = _facts(values.get("facts") or [], _line(block, "facts"))
    result["pages"] = _pages(values.get("pages") or [], _line(block, "pages"))
    result["sources"] = _sources(values.get("sources") or [], _line(block, "sources"))
    return result


def _texts(values: Mapping[Any, Any], block: str) -> dict[str, str]:
    """The fields that are a line of text each; one left empty is as one left out."""
    result = {}
    for name in _TEXT_FIELDS:
        value = values.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise CorpusError(f"line {_line(block, name)}: {name} is {_shown(value)}: put it between quotation marks.")
        if found := _UNREADABLE.search(value):
            raise CorpusError(f"line {_line(block, name)}: {name} holds U+{ord(found.group()):04X}: remove it.")
        if line := _LINE_ENDS.sub(" ", value).strip():
            result[name] = line
    title, line_number = result.get("title", ""), _line(block, "title")
    if not re.search(r"\w", title):
        raise CorpusError(f"line {line_number}: no title: add one.")
    if len(title) > LONGEST_TITLE:
        raise CorpusError(f"line {line_number}: title of {len(title):,} characters, over {LONGEST_TITLE}: shorten it.")
    return result


def _sources(value: Any, line: int) -> tuple[dict[str, str], ...]:
    plain = (str, int, float, type(None))
    if not isinstance(value, list) or not all(
        isinstance(source, dict) and all(isinstance(part, plain) for pair in source.items() for part in pair)
        for source in value
    ):
        raise CorpusError(f"line {line}: sources is not a list of publisher, title, date, url: write it so.")
    sources = tuple({str(name): str(held) for name, held in source.items() if held is not None} for source in value)
    if found := _UNREADABLE.search("".join(part for source in sources for pair in source.items() for part in pair)):
        raise CorpusError(f"line {line}: sources holds U+{ord(found.group()):04X}: remove it.")
    return sources


def _facts(value: Any, line: int) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(fact, str) and not _UNREADABLE.search(fact) for fact in value):
        raise CorpusError(f"line {line}: facts is not a list of ids: write it as [ID-1, ID-2].")
    return tuple(value)


def _pages(value: Any, line: int) -> tuple[int, ...]:
    whole = isinstance(value, list) and all(type(place) is int and place >= 0 for place in value)
    if not whole or value != sorted(value):
        raise CorpusError(f"line {line}: pages is not a list of rising offsets: write it as [0, 2310].")
    return tuple(value)


def _date(value: Any, name: str, line: int) -> dt.date | None:
    if value is None:
        return None
    try:
        return dt.datetime.fromisoformat(str(value) if isinstance(value, (str, int, dt.date)) else "").date()
    except ValueError:
        raise CorpusError(f"line {line}: {name} is {_shown(value)}: write it as YYYY-MM-DD.") from None


def _shown(value: Any) -> str:
    return brief(reprlib.repr(value))  # which alone shows lists in lists at length


def _line(block: str, name: str) -> int:
    match = re.search(rf"^{name}[ \t]*:", block, re.MULTILINE)
    return block[: match.start()].count("\n") + 2 if match else 2
