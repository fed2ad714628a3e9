"""YAML that people write by hand: read with its line numbers, checked, refused with the remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant import OnTheRecordError


class SuiteError(OnTheRecordError):
    """A suite cannot be read as it stands: the text names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a file and the line, from 1, that it stands on."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping of a file: its entries, and what to call it in an error ("story.yaml, line 12, case s001")."""

    file: str
    line: int
    entries: Mapping[str, Entry]
    name: str = ""

    def error(self, message: str, field: str | None = None) -> SuiteError:
        """An error at a field of this table, or at its beginning."""
        line = self.entries[field].line if field and field in self.entries else self.line
        return SuiteError(f"{self.file}, line {line}{f', {self.name}' if self.name else ''}: {message}")

    def known(self, fields: Iterable[str]) -> None:
        """Raises SuiteError for a field that is not among `fields`, with the nearest that is."""
        allowed = sorted(fields)
        for field in self.entries:
            if field not in allowed:
                near = difflib.get_close_matches(field, allowed, 1, 0.6)
                meant = f" Did you mean {near[0]}?" if near else ""
                raise self.error(f"{field}: no such field.{meant} Known: {', '.join(allowed)}.", field)

    def text(self, field: str, default: str | None = None) -> str:
        """A field's words; raises SuiteError where it is missing, empty or no text."""
        value = self.entries[field].value if field in self.entries else default
        if value is None:
            raise self.error(f"{field} is missing: add a line `{field}: ...`.", field)
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise self.error(
                f"{field} is {value!r}, which is no text: put the words between quotation marks, "
                f'as in `{field}: "{value if value not in (None, "") else "..."}"`.',
                field,
            )
        return value

    def choice(self, field: str, among: Iterable[str]) -> str:
        """A field that is one of a few words."""
        options, value = list(among), self.entries[field].value if field in self.entries else None
        if value in options:
            return str(value)
        near = difflib.get_close_matches(str(value), options, 1, 0.6)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise self.error(f"{field} is {value!r}: write {', '.join(options[:-1])} or {options[-1]}.{meant}", field)

    def texts(self, field: str) -> tuple[str, ...]:
        """A field that is a list of texts; one text alone is a list of one."""
        value = self.entries[field].value if field in self.entries else []
        items = [value] if isinstance(value, str) else value or []
        if not isinstance(items, list):
            raise self.error(f"{field} is no list: write each item on a line of its own after `- `.", field)
        for item in items:
            if not isinstance(item, str) or not item.strip():
                raise self.error(f"{field} holds {item!r}, which is no text: put it between quotation marks.", field)
        return tuple(items)

    def alternatives(self, field: str) -> tuple[tuple[str, ...], ...]:
        """A field that is a list of alternatives: each item a text, or a list of texts any one of which will do."""
        value = self.entries[field].value if field in self.entries else []
        if not isinstance(value or [], list):
            raise self.error(f"{field} is no list: write each item on a line of its own after `- `.", field)
        result = []
        for item in value or []:
            options = [item] if isinstance(item, str) else item
            if (
                not isinstance(options, list)
                or not options
                or not all(isinstance(o, str) and o.strip() for o in options)
            ):
                raise self.error(
                    f"{field} holds {item!r}: write a text between quotation marks, "
                    'or a list of them such as ["25 minutes", "twenty-five minutes"].',
                    field,
                )
            result.append(tuple(options))
        return tuple(result)


def read(path: Path) -> Table:
    """The mapping that a YAML file is; raises SuiteError where it is none."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SuiteError(
            f"{path.name}, line {line}: not YAML ({error.problem}): look at the quotation marks, colons and "
            "spaces at the line's beginning on this line and the one before."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path.name}: not YAML: {error}: save it as UTF-8 text.") from None
    if not isinstance(root, yaml.MappingNode):
        raise SuiteError(f"{path.name}, line 1: no suite: begin with a line `suite: {path.stem}`.")
    return _table(path.name, root)


def tables(parent: Table, field: str, kind: str, key: str = "id") -> Iterator[Table]:
    """The tables that a field lists, each called by its `key` or its number."""
    entry = parent.entries.get(field)
    node = entry.value if entry else None
    if not isinstance(node, list) or not node:
        raise parent.error(f"{field} lists nothing: add at least one {kind}, its first line after `- `.", field)
    for number, item in enumerate(node, 1):
        if not isinstance(item, Table):
            line = parent.entries[field].line
            raise SuiteError(
                f"{parent.file}, line {line}: {kind} {number} of {field} is no mapping: write `{key}: ...`."
            )
        called = item.entries[key].value if key in item.entries else number
        yield Table(item.file, item.line, item.entries, f"{kind} {called}")


def _table(file: str, node: yaml.MappingNode) -> Table:
    entries: dict[str, Entry] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        name = str(key.value)
        if name in entries:
            raise SuiteError(f"{file}, line {line}: {name} stands twice: delete one of them.")
        entries[name] = Entry(_value(file, value), line)
    return Table(file, node.start_mark.line + 1, entries)


def _value(file: str, node: yaml.Node) -> Any:
    """Mappings inside lists stay tables, with their lines; everything else becomes plain values."""
    if isinstance(node, yaml.SequenceNode) and any(isinstance(item, yaml.MappingNode) for item in node.value):
        return [_value(file, item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return _table(file, node)
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:
        line = node.start_mark.line + 1
        said = re.sub(r"\s+", " ", str(error))
        raise SuiteError(f"{file}, line {line}: {said}: put the words between quotation marks.") from None
