"""What a run keeps of each case: one JSON line with everything needed to see why it went as it did."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant import Answer, Citation, Claim, Withheld

from .metrics import Score, failures

State = Literal["scored", "stale", "error"]


@dataclass(frozen=True, slots=True)
class Record:
    """How one case went. stale: its gold words are no longer in the corpus, so it was not asked; error: asking failed.

    expected: for each wanted item, where it stands in the corpus and its words. times: milliseconds by stage, kept
    apart, so that the rest is the same from run to run.
    """

    suite: str
    id: str
    split: str
    state: State
    case: Mapping[str, Any]
    answer: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    expected: tuple[Mapping[str, Any], ...] = ()
    retrieved: tuple[Mapping[str, Any], ...] = ()
    error: str = ""
    times: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Suite and id: what pairs a case with itself in another run."""
        return self.suite, self.id

    @property
    def failures(self) -> dict[str, str]:
        """The metrics by which it fails, with reasons; an error fails by itself."""
        return {"error": self.error} if self.state == "error" else failures(self.scores)

    @property
    def passed(self) -> bool:
        """Whether it was scored and nothing is wrong with it."""
        return self.state == "scored" and not self.failures

    def line(self) -> str:
        """The JSON line, without times."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "times"}
        values["scores"] = {name: [round(s.value, 6), s.reason] for name, s in self.scores.items()}
        values["failed"] = sorted(self.failures)
        return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)

    @classmethod
    def from_line(cls, line: str, times: Mapping[str, float] | None = None) -> Record:
        """A record as it was written."""
        values = json.loads(line)
        del values["failed"]
        values["scores"] = {name: Score(*pair) for name, pair in values["scores"].items()}
        for name in ("expected", "retrieved"):
            values[name] = tuple(values[name])
        return cls(**values, times=times or {})


def answer_from(values: Mapping[str, Any]) -> Answer:
    """An Answer from what `Answer.to_dict` gave; what is not there keeps its default."""
    fields = dict(values)
    fields["citations"] = tuple(_citation(c) for c in fields.get("citations", ()))
    fields["nearest"] = tuple(_citation(c) for c in fields.get("nearest", ()))
    fields["claims"] = tuple(
        Claim(**{**claim, "citations": tuple(_citation(c) for c in claim["citations"])})
        for claim in fields.get("claims", ())
    )
    fields["withheld"] = tuple(Withheld(**w) for w in fields.get("withheld", ()))
    fields["as_of"] = dt.date.fromisoformat(fields["as_of"]) if fields.get("as_of") else None
    fields["sides"] = tuple(tuple(side) for side in fields.get("sides", ()))
    fields["suggestions"] = tuple(fields.get("suggestions", ()))
    known = {f.name for f in dataclasses.fields(Answer)}
    return Answer(**{name: value for name, value in fields.items() if name in known})


def _citation(values: Mapping[str, Any]) -> Citation:
    day = values.get("published")
    return Citation(**{**values, "published": dt.date.fromisoformat(day) if day else None})


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")
