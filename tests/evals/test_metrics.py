"""Each metric on an answer worked by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest
from stories import document, said_in

from assistant import Answer, Citation, Claim, Filter
from assistant.citations import marked
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL
from evals.metrics import METRICS, Outcome, Score, Stretch, measure
from evals.metrics.retrieval import ndcg, recall_at, reciprocal_rank
from evals.metrics.support import aligned_share, overlap, unsupported
from evals.metrics.wording import loaded
from evals.statistics import (
    balanced_accuracy,
    best_threshold,
    bootstrap,
    interval,
    kappa,
    mcnemar,
    paired_bootstrap,
    wilson,
)
from evals.suites import Case, Expect

TEXT = (
    "Mayor Ann Lee opened the bridge on Monday. “It will carry 900 cars an hour,” Lee said. "
    "Critic Bo Ray said the bridge cost too much. “We were never asked,” Ray said. "
    "The builder is accused of fraud."
)
DOCUMENT = dataclasses.replace(document(TEXT), published=dt.date(2026, 3, 1))
DOCUMENTS = {DOCUMENT.id: DOCUMENT}
SAID = {DOCUMENT.id: said_in(TEXT)}


def cite(words: str, number: int = 1) -> Citation:
    start = TEXT.index(words)
    return Citation(number, DOCUMENT.id, DOCUMENT.version, start, start + len(words), words)


def claim(text: str, *cited: str, speaker: str | None = None) -> Claim:
    return Claim(text, tuple(cite(words) for words in cited), speaker)


def case(expect: Expect = "answer", **fields: Any) -> Case:
    return dataclasses.replace(Case("c", "who", "q", "answer"), expect=expect, **fields)


def answer(*claims: Claim) -> Answer:
    """The claims, their citations numbered through."""
    cited = [citation for one in claims for citation in one.citations]
    numbered = {c: dataclasses.replace(c, number=n) for n, c in enumerate(dict.fromkeys(cited), 1)}
    made = [dataclasses.replace(one, citations=tuple(numbered[c] for c in one.citations)) for one in claims]
    status = ANSWERED if claims else NOT_IN_DOCUMENTS
    text = marked(made) if claims else REFUSAL
    day = DOCUMENT.published if claims else None
    return Answer("q", "q", status, text, tuple(made), tuple(numbered.values()), (), (), day, "test")


def outcome(given: Answer, wanted: Case | None = None, **fields: Any) -> Outcome:
    return Outcome(wanted or case(), given, DOCUMENTS, SAID, **fields)


def value(name: str, *claims: Claim, **fields: Any) -> float | None:
    """A metric's value for an answer of those claims, to a case with those fields."""
    score = METRICS[name].function(outcome(answer(*claims), case(**fields)))
    return None if score is None else score.value


OPENED = claim("Mayor Ann Lee opened the bridge on Monday.", "Mayor Ann Lee opened the bridge on Monday.")
CARS = "“It will carry 900 cars an hour,” Lee said."
CARRY = claim(CARS, CARS, speaker="Ann Lee")
COST = claim("Critic Bo Ray said the bridge cost too much.", "Critic Bo Ray said the bridge cost too much.")
ASKED = "“We were never asked,” Ray said."


def test_ranks_by_hand() -> None:
    found = [frozenset[int](), frozenset({0}), frozenset({0, 1})]
    assert recall_at(found, 3) == pytest.approx(2 / 3)
    assert reciprocal_rank(found) == 0.5
    # Gains 0, 1, 1 (item 0 is no gain twice); ideal: three items at ranks 1 to 3.
    ideal = 1 + 1 / math.log2(3) + 1 / 2
    assert ndcg(found, 3) == pytest.approx((1 / math.log2(3) + 1 / 2) / ideal)
    assert ndcg([frozenset({0, 1, 2})], 3) == 1.0 and reciprocal_rank([]) == 0.0


def test_retrieval_counts_passages_that_hold_the_gold() -> None:
    first, second = TEXT.index("“It"), TEXT.index("Critic")
    pieces = (Stretch(DOCUMENT.id, second, second + 40), Stretch(DOCUMENT.id, first, first + 40))
    held = measure(outcome(answer(), case(gold_all=(("It will carry 900 cars",), ("never asked",))), retrieved=pieces))
    assert (held["retrieval_recall"].value, held["retrieval_mrr"].value) == (0.5, 0.5)


def test_citations_by_hand() -> None:
    gold = ("Ann Lee opened the bridge",)
    assert value("found", OPENED, gold=gold) == 1
    assert value("found", COST, CARRY, OPENED, gold=gold) == 0  # the third claim
    assert value("citation_recall", COST, CARRY, OPENED, gold=gold) == 1
    assert value(
        "citation_recall", OPENED, gold_all=(gold, ("never asked",), ("cost too much", "nothing"))
    ) == pytest.approx(1 / 3)
    assert value("citation_precision", OPENED, COST, CARRY, gold=gold) == pytest.approx(1 / 3)
    assert value("citation_recall", gold=gold) == 0 and value("citation_precision", gold=gold) is None
    idle = claim("Mayor Ann Lee opened the bridge on Monday.", "Mayor Ann Lee opened the bridge on Monday.", ASKED)
    assert value("citation_need", idle) == 0.5


def test_facts_forbidden_words_and_refusals_by_hand() -> None:
    assert value(
        "fact_recall", CARRY, facts=(("nine hundred", "900  CARS"), ("“it will carry",), ("lorries",))
    ) == pytest.approx(2 / 3)
    assert value("fact_recall", CARRY, facts=(("90",),)) == 0  # no whole word
    assert value("forbidden_absent", CARRY, forbidden=("900 cars",)) == 0
    assert value("false_refusal", gold=("a",)) == 1 and value("false_refusal", CARRY, gold=("a",)) == 0
    assert value("false_answer", CARRY, expect="abstain") == 1 and value("false_answer", expect="abstain") == 0
    assert value("premise_handled", expect="correct") == 1
    assert value("premise_handled", CARRY, expect="correct", forbidden=("900",)) == 0
    assert value("premise_handled", CARRY, expect="correct", gold=("never asked",)) == 0
    assert value("premise_handled", CARRY, expect="correct", gold=("carry 900 cars",)) == 1
    sides = {
        "expect": "sides",
        "gold_all": (("cost too much",), ("carry 900 cars",)),
        "speakers": ("Bo Ray", "Ann Lee"),
    }
    assert value("sides_shown", COST, CARRY, **sides) == 1
    assert value("sides_shown", COST, **sides) == 0.5 and value("sides_shown", **sides) == 0


QUOTED: list[tuple[Claim, float | None]] = [
    (CARRY, 1),
    (claim('"It will carry 900 cars an hour," Lee said.', CARS), 1),  # straight marks
    (claim("Lee said: «It will carry 900 cars».", CARS), 1),
    (claim("Lee said it will carry ‘900 cars’.", CARS), 1),
    (claim("“It will carry … an hour,” Lee said.", CARS), 1),  # elided
    (claim("“[The bridge] will carry 900 cars an hour,” Lee said.", CARS), 1),  # bracketed
    (claim("“It will carry 800 cars an hour,” Lee said.", CARS), 0),
    (claim("«It could carry 900 cars», Lee said.", CARS), 0),
    (claim("Lee said it will carry ‘800 cars’.", CARS), 0),
    (claim("“It will carry 900 cars an hour, Lee said.", CARS), 0),  # never closed
    (claim("“We were never asked,” Ray said.", CARS), 0),  # true words, other citation
    (claim("Bo Ray said “the bridge cost too much”.", "Critic Bo Ray said the bridge cost too much."), 0),  # reported
    (OPENED, None),
    (claim("The builders' bridge is Lee's.", CARS), None),  # apostrophes are no quotation
]


@pytest.mark.parametrize(("one", "expected"), QUOTED)
def test_quotations_by_hand(one: Claim, expected: float | None) -> None:
    assert value("quote_exactness", one) == expected


SPOKEN: list[tuple[Claim, float | None]] = [
    (CARRY, 1),
    (claim("“It will carry 900 cars an hour,” Ray said.", CARS), 0),
    (claim("“It will carry 900 cars an hour,” Lee said.", CARS, speaker="Bo Ray"), 0),
    (claim("“It will carry 900 cars an hour.”", CARS), 0),  # nobody
    (claim("“It will carry 900 cars an hour,” she [Ann Lee] said.", CARS), 1),
    (OPENED, None),
]


@pytest.mark.parametrize(("one", "expected"), SPOKEN)
def test_speakers_by_hand(one: Claim, expected: float | None) -> None:
    assert value("speaker_correctness", one) == expected


def test_speakers_of_the_case_count_beside_the_corpus() -> None:
    assert value("speaker_correctness", COST, gold=("bridge cost too much",), speakers=("Bo Ray",)) == 1
    assert value("speaker_correctness", COST, gold=("bridge cost too much",), speakers=("Cy Moe",)) == 0
    assert value("speakers_credited", COST, speakers=("Bo Ray", "Ann Lee")) == 0.5


def test_attribution_by_hand() -> None:
    assert value("attribution_kept", COST) == 1
    assert (
        value("attribution_kept", claim("The bridge cost too much.", "Critic Bo Ray said the bridge cost too much."))
        == 0
    )
    accused = "The builder is accused of fraud."
    assert value("attribution_kept", claim(accused, accused)) == 1
    assert value("attribution_kept", claim("The builder committed fraud.", accused)) == 0
    assert value("attribution_kept", OPENED) is None


SUPPORT = [
    ("Mayor Ann Lee opened the bridge on Monday.", True),
    ("She [Ann Lee] opened the bridge on Monday.", True),
    ("Mayor Ann Lee opened the bridge on Tuesday.", False),  # a name of a day
    ("Mayor Ann Lee opened 3 bridges on Monday.", False),
    ("Mayor Ann Lee never opened the bridge on Monday.", False),
    ("Bo Ray opened the bridge on Monday.", False),
    ("The mayor was pleased with what she saw.", False),
]


@pytest.mark.parametrize(("text", "held"), SUPPORT)
def test_support_by_hand(text: str, held: bool) -> None:
    assert (unsupported(text, "Mayor Ann Lee opened the bridge on Monday.") is None) == held


def test_overlaps_by_hand() -> None:
    assert aligned_share("a b c d", "a x c b d") == 0.75  # a, c, d in order
    assert overlap("The bridge opened", "The opening of bridges failed") == pytest.approx(2 / 3)
    assert unsupported("Anything.", "Else.", support=lambda evidence, claim: 0.9) is None
    assert unsupported("Anything.", "Else.", support=lambda evidence, claim: 0.2) == "the checker gives it 0.20"
    assert value("faithfulness", OPENED, claim("Lee fled.", CARS)) == 0.5


def changed(change: Callable[[Citation], Citation]) -> float:
    given = answer(OPENED)
    cited = tuple(map(change, given.citations))
    claims = tuple(dataclasses.replace(c, citations=cited) for c in given.claims)
    score = METRICS["citation_exactness"].function(outcome(dataclasses.replace(given, citations=cited, claims=claims)))
    assert score
    return score.value


def test_exactness_by_hand() -> None:
    assert changed(lambda c: c) == 1
    assert changed(lambda c: dataclasses.replace(c, start=c.start + 1)) == 0
    assert changed(lambda c: dataclasses.replace(c, start=c.start + 1, quote=c.quote[1:])) == 0
    assert changed(lambda c: dataclasses.replace(c, version="other")) == 0
    assert changed(lambda c: dataclasses.replace(c, document_id="gone")) == 0


def marks(change: Callable[[Answer], Answer]) -> float:
    score = METRICS["marks"].function(outcome(change(answer(OPENED, COST))))
    assert score
    return score.value


def test_marks_by_hand() -> None:
    assert marks(lambda a: a) == 1
    assert marks(lambda a: dataclasses.replace(a, text=a.text.replace("[2]", ""))) == 0
    assert marks(lambda a: dataclasses.replace(a, text=a.text + " [3]")) == 0
    assert marks(lambda a: dataclasses.replace(a, text=a.text + " More.")) == 0
    assert marks(lambda a: dataclasses.replace(a, citations=a.citations[::-1])) == 0
    assert marks(lambda a: dataclasses.replace(answer(), claims=a.claims)) == 0


def test_filters_days_and_twins_by_hand() -> None:
    assert value("filters_kept", OPENED, filters=Filter(("story",))) == 1
    assert value("filters_kept", OPENED, filters=Filter(("other",))) == 0
    assert value("as_of", OPENED) == 1 and value("as_of", OPENED, category="latest") == 0
    same = outcome(answer(OPENED), twin=answer(OPENED, COST))
    assert measure(same)["consistency"].value == pytest.approx(42 / (42 + 44))
    assert measure(outcome(answer(), twin=answer()))["consistency"].value == 1
    assert measure(outcome(answer(COST), twin=answer(CARRY)))["consistency"].value == 0


def test_wording_by_hand() -> None:
    assert loaded("The so-called mayor slammed him: “a thug”.") == ["slammed", "so-called"]
    assert loaded("The anti-terror law and a terrorism case.") == []
    assert value("neutrality", OPENED, claim("Lee ranted.", CARS)) == 0.5
    # Eight words in one sentence, one of them ("opened" has six) longer than six letters: none.
    assert value("readability", OPENED) == 8.0


def test_tokens_are_the_models() -> None:
    assert METRICS["tokens"].function(outcome(answer(OPENED))) is None
    used = dataclasses.replace(answer(OPENED), usage={"input_tokens": 10, "output_tokens": 5})
    assert METRICS["tokens"].function(outcome(used)) == Score(15)


def test_every_metric_says_what_it_is() -> None:
    assert all(len(metric.formula) > 40 for metric in METRICS.values())
    assert all(metric.bar is not None for metric in METRICS.values() if metric.hard)


def test_statistics_by_hand() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-3)  # a textbook's example
    assert wilson(0, 0) == (0.0, 1.0) and interval([1, 1, 0]) == wilson(2, 3)
    low, high = bootstrap([0.2, 0.4, 0.6])
    assert 0.2 <= low < 0.4 < high <= 0.6 and bootstrap([0.2, 0.4, 0.6]) == (low, high)
    assert paired_bootstrap([0, 0, 0], [1, 1, 1]) == (1, 1, 1)
    assert mcnemar(0, 0) == 1 and mcnemar(1, 5) == pytest.approx(2 * 7 / 64) and mcnemar(0, 6) == pytest.approx(2 / 64)
    # Two readers of 50 papers (20, 5, 10, 15): agreement .7, by chance .5.
    one, other = ["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert kappa(one, other) == pytest.approx(0.4) and kappa("aa", "aa") == 1
    assert balanced_accuracy([True, True, False], [True, False, False]) == 0.75
    assert best_threshold([False, True, True], [0.1, 0.6, 0.9]) == 0.6
