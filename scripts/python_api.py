"""Write docs/python-api.md from the docstrings of what `assistant` exports: ``python scripts/python_api.py``."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import assistant  # noqa: E402  # of this checkout

PAGE = ROOT / "docs" / "python-api.md"
HEAD = """\
# Python API

Everything that `import assistant` exports. Written from the docstrings by `python scripts/python_api.py`.

```python
from assistant import Assistant

with Assistant.open() as assistant:
    answer = assistant.ask("Who made the note public?")
    for citation in answer.citations:
        document = assistant.documents[citation.document_id]
        assert document.text[citation.start : citation.end] == citation.quote
```
"""
_NAMED = re.compile(r"^([a-z_]+): ", re.MULTILINE)
KINDS = (property, classmethod, staticmethod)


def page() -> str:
    """The page as the docstrings would have it."""
    parts = [HEAD]
    for name in assistant.__all__:
        parts += ["", *_described(name, getattr(assistant, name))]
    return "\n".join(parts) + "\n"


def _described(name: str, value: Any) -> Iterator[str]:
    if not inspect.isclass(value):
        yield f"## `{name}`\n\n`{value!r}`"
        return
    bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
    told = _NAMED.sub(r"- `\1`: ", inspect.getdoc(value) or "")
    yield f"## `{name}{f'({bases})' if bases else ''}`\n\n{told}"
    if dataclasses.is_dataclass(value):
        yield "\n```text"  # not as Python: the formatter would have a style of its own for it
        yield from (_field(field) for field in dataclasses.fields(value))
        yield "```"
    for member, held in vars(value).items():
        if not member.startswith("_") and (inspect.isfunction(held) or isinstance(held, KINDS)):
            yield from _member(member, held)


def _field(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return f"{field.name}: {field.type} = {field.default!r}"
    made = "" if field.default_factory is dataclasses.MISSING else f" = {field.default_factory()!r}"
    return f"{field.name}: {field.type}{made}"


def _member(name: str, held: Any) -> Iterator[str]:
    if isinstance(held, property):
        result = inspect.signature(held.fget).return_annotation if held.fget else ""
        told, signature = inspect.getdoc(held), f": {result}"
    else:
        function = held if inspect.isfunction(held) else held.__func__
        shown = inspect.signature(function)
        values = list(shown.parameters.values())
        shown = shown.replace(parameters=values if isinstance(held, staticmethod) else values[1:])
        told, signature = inspect.getdoc(function), str(shown).replace("'", "")
        signature = signature.replace(repr(assistant.Filter()), "Filter()")
        name = f"async {name}" if _is_async(function) else name
    yield f"\n**`{name}{signature}`**\n\n{told or ''}"


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
