"""Where the data files are that ship with the library, in a checkout and in a wheel."""

from __future__ import annotations

import functools
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import SettingsError

if TYPE_CHECKING:
    import tiktoken

_PACKAGE = Path(__file__).resolve().parent
_LOCK = threading.Lock()
TOKEN_ENCODINGS = ("cl100k_base", "o200k_base")


def path(name: str) -> Path:
    """The file or folder `name` ("corpus", "models/minilm/model.onnx").

    An installed wheel holds it inside the package, a checkout beside it.
    Raises SettingsError when it is in neither.
    """
    for parent in (_PACKAGE, _PACKAGE.parent):
        if (parent / name).exists():
            return parent / name
    raise SettingsError(f"{name} is missing from this installation: install on-the-record again.")


@functools.cache
def token_encoding(name: str) -> tiktoken.Encoding:
    """The tiktoken encoding `name`, from the tables that ship with the library.

    tiktoken fetches its tables without a timeout unless ``TIKTOKEN_CACHE_DIR`` names a folder
    that has them, so that variable points here while an encoding is made (tiktoken checks the
    tables' sha256 itself and keeps the encoding, so LangChain's own look-ups find it too).
    Raises SettingsError for an encoding that does not ship.
    """
    if name not in TOKEN_ENCODINGS:
        raise SettingsError(f"There is no token encoding {name!r} here. Known: {', '.join(TOKEN_ENCODINGS)}.")
    import tiktoken

    with _LOCK:
        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(path("models/tiktoken"))
        try:
            return tiktoken.get_encoding(name)
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before
