"""Runs as they are kept: a folder with what was run and one line per case."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import OnTheRecordError, Settings, __version__, resources

from .records import Record

ROOT = Path(__file__).resolve().parent.parent
RUNS = Path(__file__).parent / "runs"
_NAME = re.compile(r"[\w.-]{1,80}")


class RunError(OnTheRecordError):
    """A run is missing, unfinished or of something else."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished or unfinished run: its folder, manifest and records in order."""

    folder: Path
    manifest: Mapping[str, Any]
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.folder.name

    @property
    def finished(self) -> bool:
        """Whether every case that was to be run has its line."""
        return len(self.records) == int(self.manifest["cases"])


def manifest(settings: Settings, suites: Sequence[str], split: str | None, cases: int) -> dict[str, Any]:
    """Everything that a run's results hang on; equal manifests give equal results."""
    chosen = {
        name: getattr(settings, name)
        for name in ("embedding", "model", "token_encoding", "passage_tokens", "retrieve", "max_claims")
    }
    return {
        "version": __version__,
        "commit": _git("rev-parse", "HEAD") or "unknown",
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "code": fingerprint(Path(resources.__file__).parent),
        "evals": fingerprint(Path(__file__).parent),
        "python": platform.python_version(),
        "settings": chosen,
        "prompts": _hashes(ROOT / "prompts", "*.md"),
        "suites": list(suites),
        "suite_files": _hashes(Path(__file__).parent / "suites", "*.yaml"),
        "split": split or "all",
        "cases": cases,
        "corpora": {},
    }


def fingerprint(package: Path) -> str:
    """The sha256 of a package's code, in short."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def next_name(root: Path) -> str:
    """A name for a new run: a number that rises, and the commit."""
    taken = [int(path.name[:4]) for path in root.glob("[0-9][0-9][0-9][0-9]-*") if path.is_dir()]
    return f"{max(taken, default=0) + 1:04d}-{(_git('rev-parse', '--short', 'HEAD') or 'unknown')}"


def read_run(name: str, root: Path) -> Run:
    """The run of that name, or the latest for "latest"; raises RunError where there is none."""
    held = known_runs(root)
    folder = root / (held[0] if held and name == "latest" else name)
    if not _NAME.fullmatch(folder.name) or not (folder / "manifest.json").is_file():
        known = ", ".join(sorted(held)) or "none"
        raise RunError(f"There is no run {name} in {root}. Known: {known}. `python -m evals run` makes one.")
    values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    times = {tuple(t["key"]): t["times"] for t in _lines(folder / "times.jsonl")}
    lines = [json.dumps(value, ensure_ascii=False) for value in _lines(folder / "results.jsonl")]
    records = [Record.from_line(line) for line in lines]
    return Run(
        folder, values, tuple(Record.from_line(x, times.get(r.key)) for x, r in zip(lines, records, strict=True))
    )


def known_runs(root: Path) -> list[str]:
    """The names of the runs there are, the one that was begun last first."""
    begun = {path.parent.name: path.stat().st_mtime_ns for path in root.glob("*/manifest.json")}
    return sorted(begun, key=lambda name: (begun[name], name), reverse=True)


class Keeper:
    """Writes a run as it goes; what a killed run wrote is read again and gone on from."""

    def __init__(self, folder: Path, made: Mapping[str, Any]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / "manifest.json"
        written = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        before = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else made
        # A commit that changes neither code nor cases is no other run.
        held = {*made, *before} - {"commit", "changed"}
        if differ := sorted(name for name in held if made.get(name) != before.get(name)):
            raise RunError(
                f"The run {folder.name} was begun with other {', '.join(differ)}: give the new one another --name, "
                f"or delete {folder}."
            )
        if not place.is_file():
            place.write_text(written, encoding="utf-8")
        self._mend("results.jsonl")
        self._mend("times.jsonl")
        self.done = [Record.from_line(json.dumps(value)) for value in _lines(folder / "results.jsonl")]

    def keep(self, record: Record) -> None:
        """Append a record; times first, so that no result is ever without them."""
        with (self.folder / "times.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": record.key, "times": record.times}) + "\n")
        with (self.folder / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(record.line() + "\n")

    def _mend(self, name: str) -> None:
        """Cut off a line that was being written when the run was killed."""
        path = self.folder / name
        if path.is_file() and not (written := path.read_bytes()).endswith(b"\n"):
            path.write_bytes(written[: written.rfind(b"\n") + 1])


def _lines(path: Path) -> Iterator[Any]:
    if path.is_file():
        # Not splitlines, which parts at U+2028 too; a document may hold one.
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line:
                yield json.loads(line)


def _hashes(folder: Path, pattern: str) -> dict[str, str]:
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in sorted(folder.glob(pattern))}


def _git(*arguments: str) -> str:
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
        return done.stdout.strip()
    return ""
