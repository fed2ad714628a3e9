"""`python -m benchmarks.fuzz TARGET --minutes 60`: what comes from outside, made up and mutated without end.

A target draws an input and gives it to the product. A finding is an error that is not one of ours, a promise broken, more
than 20 seconds of work, more than 1 GiB, or the end of the process; each kind is kept once, its input beside its traceback, under
--out, and `--replay FILE` runs an input again. The same seed draws the same inputs. Targets: readers (files of every
format, and all that a document goes through), front-matter, citations (what a model writes, and the words that it
rests on), share-links (answers and links as a browser gives them back).
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import itertools
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import OnTheRecordError

from . import Target
from .answers import Citations
from .documents import FrontMatter, Readers
from .links import ShareLinks

HANG = 20.0  # seconds of the processor's time: another program's load is no hang
STILL = 900.0  # seconds after which one that waits for something has hung, too
MEMORY = 1 << 30  # bytes beside what the target has when it is ready
SLOW = 4.0  # seconds of the processor's time from which on an input is kept for a look, and counted apart
BATCH = 2000  # runs of one process
TOLD = 60.0  # seconds between two lines
FRAMES = 3  # last ones, that make two tracebacks the same finding
TARGETS: dict[str, Callable[[], Target]] = {
    target.name: target for target in (Readers, FrontMatter, Citations, ShareLinks)
}
_FORK = multiprocessing.get_context("fork")


@dataclass
class Findings:
    """What was found, each kind once, in a folder."""

    folder: Path
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, told: str, data: bytes) -> None:
        """Keep an input and what it did, unless that has been seen."""
        name = hashlib.sha256(kind.encode()).hexdigest()[:10]
        self.counts[kind] += 1
        if self.counts[kind] == 1:
            (self.folder / f"{name}.input").write_bytes(data)
            (self.folder / f"{name}.txt").write_text(f"{kind}\n\n{told}", "utf-8", errors="backslashreplace")
            print(f"finding {name}: {kind}", flush=True)


def kind_of(error: BaseException) -> str:
    """An error's type and the last frames of its traceback."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} {places}"


class Hunt:
    """Runs of one target, in processes that may die."""

    def __init__(self, target: Target, folder: Path, seed: int, until: float) -> None:
        self.target, self.seed, self.until = target, seed, until
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.findings = Findings(folder)
        self._told = folder / "hang"
        self._runs: Any = _FORK.Value("q", 0, lock=False)
        self._worked: Any = _FORK.Value("d", 0.0, lock=False)
        self._refused: Any = _FORK.Value("q", 0, lock=False)
        self._queue: Any = _FORK.SimpleQueue()

    def go(self) -> None:
        """Run until the time is over, in batches; tell of it now and then."""
        memory = Path("/dev/shm")  # where nothing is written to a disk
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch:
            self._current = Path(scratch) / "input"
            self._go(scratch)

    def _go(self, scratch: str) -> None:
        begun = told = time.monotonic()
        for batch in itertools.count():
            before = self._runs.value
            process = _FORK.Process(target=self._batch, args=(batch, scratch))
            process.start()
            while process.is_alive():
                process.join(1)
                self._drain()
                if time.monotonic() - told > TOLD:
                    told = time.monotonic()
                    self._tell(told - begun)
            self._drain()
            if process.exitcode:
                self._died(process.exitcode, before == self._runs.value)
            if time.monotonic() >= self.until:
                break
        self._tell(time.monotonic() - begun)

    def _batch(self, batch: int, scratch: str) -> None:
        tempfile.tempdir = scratch
        self.target.ready()
        _limit_memory()
        with self._told.open("w") as hang:
            faulthandler.enable(hang)
            faulthandler.register(signal.SIGPROF, hang, chain=True)  # and then it ends, as it does by default
            for number in range(BATCH):
                if time.monotonic() >= self.until:
                    return
                draw = random.Random(f"{self.seed}/{batch}/{number}")
                faulthandler.dump_traceback_later(STILL, exit=True, file=hang)
                signal.setitimer(signal.ITIMER_PROF, HANG)
                data = self.target.draw(draw)
                self._current.write_bytes(data)
                begun = time.process_time()
                refused = attempt(self.target, data, lambda *found: self._queue.put(found))
                signal.setitimer(signal.ITIMER_PROF, 0)
                faulthandler.cancel_dump_traceback_later()
                if (took := time.process_time() - begun) > SLOW:
                    self._queue.put((f"slow {data[:40]!r}", f"{took:.1f} s", data))
                self._runs.value += 1
                self._worked.value += took
                self._refused.value += refused

    def _drain(self) -> None:
        while not self._queue.empty():
            self.findings.note(*self._queue.get())

    def _died(self, code: int, at_once: bool) -> None:
        stack = self._told.read_text(errors="replace")
        places = [line.strip() for line in stack.splitlines() if line.startswith("  File")][:FRAMES]
        kind = f"{'hang' if -code == signal.SIGPROF else 'end of the process'} ({code}) {' < '.join(places)}"
        self.findings.note(kind, stack, self._current.read_bytes() if self._current.exists() else b"")
        if at_once:
            time.sleep(1)

    def _tell(self, seconds: float) -> None:
        runs, counts = self._runs.value, self.findings.counts
        slow = sum(kind.startswith("slow") for kind in counts)
        share = self._refused.value / max(1, runs)
        print(
            f"{self.target.name}: {seconds / 60:.1f} min, {self._worked.value / 60:.1f} of them work, {runs:,} runs "
            f"({share:.0%} refused), {len(counts) - slow} findings, {slow} slow",
            flush=True,
        )


def attempt(target: Target, data: bytes, note: Callable[[str, str, bytes], None]) -> bool:
    """Run one input; whether it was refused as it should be. What is none of our errors is noted."""
    try:
        target.run(data)
    except OnTheRecordError as error:
        if isinstance(error.__cause__, MemoryError):
            note(kind_of(error.__cause__), "".join(traceback.format_exception(error)), data)
        return True
    except Exception as error:
        note(kind_of(error), "".join(traceback.format_exception(error)), data)
    return False


def _limit_memory() -> None:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))


def main() -> int:
    """How many kinds of findings there were, as the exit code: 0 for none."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "fuzz")
    parser.add_argument("--replay", type=Path, help="run this one input, and show what it does")
    options = parser.parse_args()
    target = TARGETS[options.target]()
    if options.replay:
        target.ready()
        begun = time.process_time()
        try:
            target.run(options.replay.read_bytes())
        finally:
            print(f"{time.process_time() - begun:.2f} s", file=sys.stderr)
        return 0
    until = time.monotonic() + 60 * options.minutes
    hunt = Hunt(target, options.out / f"{options.target}-{options.seed}", options.seed, until)
    hunt.go()
    return min(len(hunt.findings.counts), 100)


if __name__ == "__main__":
    sys.exit(main())
