"""Who writes an index: one process at a time, and whoever waits is told which."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import IndexBusy, IndexUnusable

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK = "write.lock"
_WRITER = "writer.txt"


class WriteLock:
    """The writer's lock of an index's folder; the thread that holds it may take it again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _file(self) -> BaseFileLock:
        import filelock

        return filelock.FileLock(self._folder / LOCK)

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Hold it; raises IndexBusy after `timeout` seconds, IndexUnusable where nothing can be written."""
        import filelock

        try:
            acquired = self._file.acquire(timeout=timeout)
        except filelock.Timeout:
            raise IndexBusy(
                f"Another process ({self._holder()}) has been writing {self._folder} for {timeout:g} s or more: "
                "wait for it to end, or end it."
            ) from None
        except OSError as error:
            raise IndexUnusable(
                f"The index {self._folder} cannot be written ({error.strerror}): check the disk and its rights, "
                "or point `data_dir` elsewhere."
            ) from error
        with acquired:
            self._sign()
            yield

    def _sign(self) -> None:
        """Say who writes, for whoever waits; it is read only while the lock is held."""
        with contextlib.suppress(OSError):
            now = dt.datetime.now().astimezone()
            signature = f"{os.getpid()} on {socket.gethostname()}, since {now:%d %B %Y, %H:%M:%S}"
            (self._folder / _WRITER).write_text(signature)

    def _holder(self) -> str:
        try:
            return (self._folder / _WRITER).read_text()
        except OSError:
            return "unknown"
