"""A judge beside the metrics: its spread and agreement are shown, what cannot be read is counted, a failure is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from assistant import ModelUnavailable
from evals.judging import judge, open_judge
from evals.metrics import Score
from evals.records import Record


def record(identity: str, faithful: float) -> Record:
    citation = {"number": 1, "quote": "Lee opened it. {braces} stay"}
    answer = {"claims": ["one"], "citations": [citation], "text": "Lee opened it. [1]"}
    scores = {"faithfulness": Score(faithful)}
    return Record("tiny", identity, "dev", "scored", {"question": "Who opened it?"}, answer, scores)


def said(*marks: tuple[float, float] | str) -> GenericFakeChatModel:
    def replies() -> Iterator[AIMessage]:
        for mark in marks:
            told = (
                mark
                if isinstance(mark, str)
                else f'{{"faithfulness": {mark[0]}, "relevance": {mark[1]}, "reason": "r"}}'
            )
            yield AIMessage(f"Here: {told}")

    return GenericFakeChatModel(messages=replies())


def test_means_spread_and_agreement_are_worked_out() -> None:
    records = [record("a", 1), record("b", 0)]
    judged = judge(records, said((1, 1), (1, 1), (1, 0.5), (0, 1), (0, 1), (0.5, 1)), "pinned")
    assert judged.mean("faithfulness") == pytest.approx(3.5 / 6) and judged.mean("relevance") == pytest.approx(5.5 / 6)
    # By time: .5, .5, .75.
    assert judged.spread("faithfulness") == pytest.approx(0.25) and judged.agreement(records) == 1
    assert judged.judge == "pinned" and len(judged.prompt) == 16 and judged.unread == 0


def test_marks_that_cannot_be_read_are_counted() -> None:
    judged = judge([record("a", 1)], said((1, 1), "{no json", (7, 1)), "pinned")
    assert judged.unread == 1 and judged.judgements == ()


def test_refusals_are_not_judged() -> None:
    assert (
        judge([Record("tiny", "a", "dev", "scored", {"question": "q"}, {"claims": []})], said(), "j").judgements == ()
    )


def test_a_judge_that_fails_is_told() -> None:
    with pytest.raises(ModelUnavailable, match="is its server up"):
        judge([record("a", 1)], said(), "pinned")
    with pytest.raises(ModelUnavailable, match="write openai:MODEL"):
        open_judge("llama")
