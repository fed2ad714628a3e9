"""The invented story, its suite, and an assistant on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from evals_fakes import write_story

from assistant import Assistant, Settings
from evals import suites
from evals.suites import Suite, load_suite


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folders of the invented suites and stories; not to be written to."""
    return write_story(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def tiny(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Suite:
    """The suite on the invented story."""
    monkeypatch.setattr(suites, "SUITES", folders[0])
    monkeypatch.setattr(suites, "STORIES", folders[1])
    return load_suite("tiny")


@pytest.fixture(scope="session")
def harbour(folders: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant on the invented story, shared: leave its corpus as it is."""
    data = tmp_path_factory.mktemp("tiny-data")
    with Assistant.open(Settings(corpus=str(folders[1] / "tiny"), data_dir=str(data))) as opened:
        yield opened
