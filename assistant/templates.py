"""The prompts that ship, read once, their variables checked by name."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from . import resources
from .errors import SettingsError

_VARIABLE = re.compile(r"\{(\w+)\}")


@cache
def template(name: str) -> str:
    """The text of `prompts/<name>.md`; raises SettingsError where there is none."""
    return resources.path(f"prompts/{name}.md").read_text(encoding="utf-8").strip()


def filled(name: str, **values: object) -> str:
    """A prompt with its variables put in; raises SettingsError where one is missing or unknown.

    What is put in is never read for variables again.
    """
    text = template(name)
    wanted = set(_VARIABLE.findall(text))
    if wanted != set(values):
        odd = ", ".join(sorted(wanted ^ set(values)))
        raise SettingsError(f"prompts/{name}.md and its variables do not fit ({odd}): mend the prompt.")
    return _VARIABLE.sub(lambda match: str(values[match.group(1)]), text)


@cache
def fingerprint(*names: str) -> str:
    """Which wording of some prompts is in use."""
    return hashlib.sha256("\x00".join(template(name) for name in names).encode()).hexdigest()[:12]
