"""The files of an embedded Chroma: which folder counts, and whether its last writer was killed at it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MARK = "vectors.json"  # what the files were like after the last write


class ChromaFiles:
    """Builds of an embedded Chroma in an index's folder, each with a folder of its own; the last one counts.

    So an open client goes on reading the files that it has, and nobody takes one build's files for another's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self) -> int:
        """The number of the build that counts; 0 before the first."""
        return max((int(path.name.split("-")[1]) for path in self._folder.glob("chroma-*")), default=0)

    def place(self) -> Path:
        """The folder of the build that counts, or of the first."""
        return self._folder / f"chroma-{self.build() or 1}"

    @contextmanager
    def next_build(self) -> Iterator[Path]:
        """A folder to make the next build in, which counts once it is whole; those before it are deleted."""
        fresh, number = self._folder / "chroma.new", self.build() + 1
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            yield fresh
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)  # it may be what fills the disk
            raise
        self._unmark()
        fresh.rename(self._folder / f"chroma-{number}")
        self._mark()
        counts = self.place()
        for path in self._folder.glob("chroma*"):
            if path != counts:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def marked(self) -> Iterator[None]:
        """Around a write: Chroma writes its files in place, and killed at it leaves them half written.

        Such files may fail, lack vectors without a word, or crash whoever reads them (chromadb 1.5). So a file
        beside them tells what they were like after the last write that ended.
        """
        self._unmark()
        yield
        self._mark()

    def are_in_doubt(self) -> bool:
        """Whether the files are not as the last write left them: one is under way, or was killed."""
        try:
            return (self._folder / _MARK).read_text() != _fingerprint(self.place())
        except FileNotFoundError:
            return any(self.place().glob("*/*"))

    def _unmark(self) -> None:
        (self._folder / _MARK).unlink(missing_ok=True)

    def _mark(self) -> None:
        written = self._folder / f"{_MARK}.new"
        written.write_text(_fingerprint(self.place()))
        written.replace(self._folder / _MARK)


def _fingerprint(folder: Path) -> str:
    """Names, sizes and times of an embedded Chroma's vector files: what a write of them changes.

    Of those that have been written whole once: before, Chroma has the vectors in its log, and opening touches the files.
    """
    kept = {path.parent for path in folder.glob("*/index_metadata.pickle")}
    stats = {path.relative_to(folder).as_posix(): path.stat() for part in kept for path in part.iterdir()}
    return json.dumps({name: (stat.st_size, stat.st_mtime_ns) for name, stat in sorted(stats.items())})
