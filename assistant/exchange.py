"""Two files or folders that change places in one step, so that whoever is killed at it leaves the one or the other."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_HERE = -100  # Linux's AT_FDCWD: paths are as they stand
_SWAP = 2  # RENAME_EXCHANGE of Linux's renameat2, RENAME_SWAP of macOS's renamex_np


def exchange(new: Path, old: Path) -> None:
    """Let `new` take the place of `old`, and `old`, if it is there, that of `new`; both on one file system.

    Where the system cannot do that in one step, `old` stands aside as `new` with ".old" for a moment.
    """
    if not os.path.lexists(new) or not os.path.lexists(old):
        there, place = (new, old) if os.path.lexists(new) else (old, new)
        there.rename(place)
    elif not _swapped(os.fsencode(new), os.fsencode(old)):
        aside = new.with_name(f"{new.name}.old")
        old.rename(aside)
        new.rename(old)
        aside.rename(new)
    settle(old.parent)


def settle(path: Path) -> None:
    """Let what was written to a file, or renamed in a folder, outlast a failure of power."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _swapped(one: bytes, other: bytes) -> bool:
    try:
        system = ctypes.CDLL(None)
        if hasattr(system, "renameat2"):
            return bool(system.renameat2(_HERE, one, _HERE, other, _SWAP) == 0)
        return bool(system.renamex_np(one, other, _SWAP) == 0)
    except (AttributeError, OSError, TypeError):
        return False
