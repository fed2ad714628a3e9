"""A model's marks beside the metrics: never a gate by itself, always with its spread and its agreement shown."""

from __future__ import annotations

import hashlib
import json
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import ModelUnavailable

from .records import Record
from .statistics import kappa

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

TIMES = 3  # one and the same judge differs from itself: 0.57 and then 0.67 on the same data with one popular kit
PROMPT = Path(__file__).with_name("judge.md")
MARKS = ("faithfulness", "relevance")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The marks of one answer, one of each time it was judged."""

    suite: str
    id: str
    faithfulness: tuple[float, ...]
    relevance: tuple[float, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A run's judgements: the judge, its prompt's hash, means and spreads over the times, agreement with the metric."""

    judge: str
    prompt: str
    judgements: tuple[Judgement, ...]
    unread: int

    def mean(self, mark: str) -> float:
        """The mean over answers and times."""
        return statistics.fmean(value for j in self.judgements for value in getattr(j, mark))

    def spread(self, mark: str) -> float:
        """Highest minus lowest of the means of each time: what the judge differs from itself by."""
        means = [statistics.fmean(getattr(j, mark)[time] for j in self.judgements) for time in range(TIMES)]
        return max(means) - min(means)

    def agreement(self, records: Sequence[Record]) -> float:
        """Cohen's kappa between the judge's faithfulness (its median, 1 or less) and the metric's."""
        scores = {r.key: r.scores["faithfulness"].value == 1 for r in records if "faithfulness" in r.scores}
        pairs = [(statistics.median(j.faithfulness) == 1, scores[j.suite, j.id]) for j in self.judgements]
        return kappa([one for one, _ in pairs], [other for _, other in pairs])


def open_judge(name: str, base_url: str | None = None) -> BaseChatModel:
    """The chat model "openai:NAME", at temperature 0 and with a fixed seed; its key from OPENAI_API_KEY."""
    from langchain_openai import ChatOpenAI  # two seconds, which nothing else here needs

    if not name.startswith("openai:"):
        raise ModelUnavailable(
            f"The judge {name!r} is unknown: write openai:MODEL, with --base-url for another server."
        )
    return ChatOpenAI(model=name.removeprefix("openai:"), base_url=base_url, temperature=0, seed=1, timeout=120)


def judge(records: Sequence[Record], model: BaseChatModel, name: str) -> Judged:
    """Have each answer judged three times; answers whose marks cannot be read are counted, not guessed."""
    made, unread = list[Judgement](), 0
    for record in records:
        if not record.answer.get("claims"):
            continue
        read = [_read(_said(model, _prompt(record))) for _ in range(TIMES)]
        marks = [values for values in read if values]
        if len(marks) < TIMES:
            unread += 1
            continue
        faithful, relevant = (tuple(float(values[mark]) for values in marks) for mark in MARKS)
        made.append(Judgement(record.suite, record.id, faithful, relevant, str(marks[0].get("reason", ""))))
    return Judged(name, hashlib.sha256(_template().encode()).hexdigest()[:16], tuple(made), unread)


def _said(model: BaseChatModel, prompt: str) -> str:
    try:
        return str(model.invoke(prompt).content)
    except Exception as error:  # whatever a client library raises
        raise ModelUnavailable(
            f"The judge did not answer ({type(error).__name__}): is its server up, its key set?"
        ) from error


def _prompt(record: Record) -> str:
    quotes = [f"[{c['number']}] {c['quote']}" for c in record.answer["citations"]]
    return _template().format(
        question=record.case["question"], answer=record.answer["text"], evidence="\n".join(quotes)
    )


def _read(reply: str) -> dict[str, Any] | None:
    found = re.search(r"\{.*\}", reply, re.DOTALL)
    try:
        values = json.loads(found.group()) if found else None
    except ValueError:
        return None
    if not isinstance(values, dict) or any(values.get(mark) not in (0, 0.5, 1) for mark in MARKS):
        return None
    return values


@cache
def _template() -> str:
    return PROMPT.read_text(encoding="utf-8")
