"""True claims of the corpus made false by script: what the checks catch, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from assistant.support import Checker
from assistant.views import View
from benchmarks.claims import CORRUPTIONS, Case, corrupted, true_claims, verdict, views

CAUGHT, REFUSED = 0.97, 0.05
COUNT, LEAST = 200, 40


@dataclass(frozen=True)
class Drawn:
    """True claims, why some are refused, and the others made false."""

    cases: list[Case]
    refused: list[tuple[str, str]]
    wrong: list[Case]
    missed: list[Case]


@pytest.fixture(scope="module", params=[6, 11])
def drawn(request: pytest.FixtureRequest, held: list[View]) -> Drawn:
    checker = Checker()
    cases, spare = true_claims(held, COUNT, request.param)
    refused = [(case.text, reason) for case in cases if (reason := verdict(case, checker))]
    passing, further = ([case for case in group if verdict(case, checker) is None] for group in (cases, spare))
    wrong = corrupted(passing, further, held, request.param)
    return Drawn(cases, refused, wrong, [case for case in wrong if verdict(case, checker) is None])


@pytest.fixture(scope="module")
def held() -> list[View]:
    return views()


def test_few_true_claims_are_refused(drawn: Drawn) -> None:
    assert len(drawn.cases) == COUNT
    assert len(drawn.refused) <= REFUSED * len(drawn.cases), drawn.refused


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_nearly_all_false_claims_are_caught(drawn: Drawn, kind: str) -> None:
    count = sum(case.kind == kind for case in drawn.wrong)
    missed = [case.text for case in drawn.missed if case.kind == kind]
    assert count >= LEAST and len(missed) <= (1 - CAUGHT) * count, missed
