"""The readers' server over the article that ships, shared by the tests that change nothing in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serving_fakes import Running, running

from assistant import Assistant


@pytest.fixture(scope="session")
def served(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server, without limits on how often it is asked."""
    with running(assistant, tmp_path_factory.mktemp("served")) as server:
        yield server
