"""`python -m assistant sync`, killed at random: every answer is the old corpus's or the new one's, and nothing is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from index_fakes import PATIENCE, CorpusFolder

from assistant import Assistant, Settings

KILLS = int(os.environ.get("COMMAND_KILLS", "2"))
"""How often the command is killed; COMMAND_KILLS=50 takes some minutes."""

PLACES = ("Wexcombe", "Ostrand", "Ilsen", "Skerrin", "Hale", "Tross", "Marden", "Quillhaven")
ASKED = ("Wexcombe", "Tross", "Quillhaven")


def write(folder: CorpusFolder, version: int) -> None:
    """The corpus in its `version`: all documents but the last changed, one added, one gone."""
    for number, place in enumerate(PLACES):
        more = " ".join(f"The warden of {place} counted {version + n} boats in week {n}." for n in range(12))
        lent = f"The library of {place} lends {version * 100 + number} books a month, its warden said on Monday."
        folder.write(place.lower(), f"{lent} {more}")
    folder.write(f"v{version}", f"The almanac of year {version} was printed in Hale.")
    if version > 1:
        folder.remove(f"v{version - 1}")


def shown(assistant: Assistant) -> set[int]:
    """The versions of the corpus that the answers rest on; every citation is checked."""
    versions = set()
    for place in ASKED:
        answer = assistant.ask(f"How many books does the library of {place} lend a month?")
        (claim, *_) = answer.claims
        for cited in answer.citations:
            assert assistant.documents[cited.document_id].text[cited.start : cited.end] == cited.quote
        number = PLACES.index(place)
        versions |= {v for v in range(1, 200) if f"{place} lends {v * 100 + number} books" in claim.text}
    versions |= {int(identity[1:]) for identity in assistant.documents if identity[1:].isdigit()}
    assert len(assistant.documents) == len(PLACES) + 1
    return versions


def begun(process: subprocess.Popen[bytes], writer: Path) -> bool:
    """Waits until `process` holds the writer's lock; whether it did before it ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if writer.is_file() and writer.read_text().startswith(f"{process.pid} "):
            return True
        time.sleep(0.005)
    return False


def test_a_killed_command_leaves_the_old_answers_or_the_new(folder: CorpusFolder, settings: Settings) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, patient = random.Random(seed), settings.replace(lock_timeout=PATIENCE)
    place = ["--corpus", str(folder.path), "--data-dir", str(settings.data_dir)]
    command = [sys.executable, "-m", "assistant", "sync", *place]
    write(folder, 1)
    with Assistant.open(patient) as assistant:
        assert shown(assistant) == {1}
    (writer,) = Path(str(settings.data_dir)).rglob("writer.txt")
    held, states = 0.0, []
    for version in range(2, KILLS + 3):
        write(folder, version)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if begun(process, writer):
            since = time.monotonic()
            if held:
                time.sleep(chance.uniform(0, held))
                process.kill()
            process.wait(PATIENCE)
            held = held or time.monotonic() - since  # the first is left alone, to know where to aim
        with Assistant.open(patient, stale=True) as assistant:
            states.append(shown(assistant))
        assert states[-1] in ({version - 1}, {version}), states
        with Assistant.open(patient) as assistant:
            assert shown(assistant) == {version}
    print("killed before the new showed:", sum(min(state) < n for n, state in enumerate(states, 2)), "of", KILLS)
