"""True claims of the corpus made false by script: what the checks catch, kind by kind."""

from __future__ import annotations

import pytest

from assistant.support import Checker
from assistant.views import View
from benchmarks.claims import CORRUPTIONS, Case, corrupted, true_claims, verdict, views

CAUGHT, REFUSED = 0.97, 0.05
# Known to fall short: of two credits in a sentence, one dropped is told only where it names another speaker.
BELOW = {"attribution dropped": 0.9}
COUNT = 200


@pytest.fixture(scope="module")
def held() -> list[View]:
    return views()


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker()


@pytest.fixture(scope="module")
def cases(held: list[View]) -> list[Case]:
    return true_claims(held, COUNT)


def test_few_true_claims_are_refused(cases: list[Case], checker: Checker) -> None:
    assert len(cases) == COUNT
    refused = [(case.text, reason) for case in cases if (reason := verdict(case, checker))]
    assert len(refused) <= REFUSED * len(cases), refused


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_nearly_all_false_claims_are_caught(cases: list[Case], held: list[View], checker: Checker, kind: str) -> None:
    wrong = [case for case in corrupted(cases, held) if case.kind == kind]
    missed = [case.text for case in wrong if verdict(case, checker) is None]
    assert wrong and len(missed) <= (1 - BELOW.get(kind, CAUGHT)) * len(wrong), missed
