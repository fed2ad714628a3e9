"""How far the metrics agree with a reader: sixty answers labelled claim by claim, and Cohen's kappa."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant import Answer, Attribution, Citation, Claim, Document, Settings
from assistant.attributions import attributions
from assistant.citations import marked
from assistant.passages import SentenceSplitter, passages
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL

from .metrics import METRICS, Outcome, measure
from .statistics import kappa
from .suites import Suite, SuiteError, load_suite, read_documents

LABELS = Path(__file__).parent / "labels" / "answers.yaml"
CLAIMS = {
    "quotes": "quote_exactness",
    "speakers": "speaker_correctness",
    "attribution": "attribution_kept",
    "supported": "faithfulness",
}
"""What is labelled of each claim, and the metric that measures it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one label: how many were compared, the share that agrees, Cohen's kappa, and which differ."""

    label: str
    metric: str
    count: int
    agreed: float
    kappa: float
    differing: tuple[str, ...]


def agreements(path: Path = LABELS) -> list[Agreement]:
    """The metrics against the labels. Of claims, those are compared to which the reader or the metric says it applies."""
    labelled = list(_labelled(yaml.safe_load(path.read_text(encoding="utf-8"))["answers"]))
    result = [
        _agreement("abstention", "false_answer, false_refusal", [_abstention(values, o) for values, o in labelled])
    ]
    for label, metric in CLAIMS.items():
        rows = [row for values, outcome in labelled for row in _claims(label, metric, values, outcome)]
        result.append(_agreement(label, metric, [row for row in rows if row[1:] != ("none", "none")]))
    return result


def _agreement(label: str, metric: str, rows: Sequence[tuple[str, str, str]]) -> Agreement:
    by_reader, by_metric = [row[1] for row in rows], [row[2] for row in rows]
    differing = tuple(f"{name}: reader {one}, metric {other}" for name, one, other in rows if one != other)
    agreed = 1 - len(differing) / len(rows)
    return Agreement(label, metric, len(rows), agreed, kappa(by_reader, by_metric), differing)


def _abstention(values: Mapping[str, Any], outcome: Outcome) -> tuple[str, str, str]:
    scores = measure(outcome)
    told = next((n for n in ("false_answer", "false_refusal") if n in scores and scores[n].value), "right")
    return values["id"], values["abstention"], told


def _claims(label: str, metric: str, values: Mapping[str, Any], outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    for number, (claim, held) in enumerate(zip(values["claims"], outcome.answer.claims, strict=True), 1):
        score = METRICS[metric].function(_alone(outcome, held))
        told = "none" if score is None else "yes" if score.value == 1 else "no"
        yield f"{values['id']}.{number}", claim["labels"][label], told


def _alone(outcome: Outcome, claim: Claim) -> Outcome:
    """The outcome as if its answer were one claim."""
    answer = _answer(outcome.answer.question, [claim])
    return Outcome(outcome.case, answer, outcome.documents, outcome.attributions)


def _labelled(answers: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Outcome]]:
    suites: dict[str, Suite] = {}
    corpora: dict[str, tuple[Mapping[str, Document], Mapping[str, Sequence[Attribution]]]] = {}
    for values in answers:
        name, identity = values["case"].split("/")
        suite = suites.setdefault(name, load_suite(name))
        case = next((case for case in suite.cases if case.id == identity), None)
        if case is None:
            raise SuiteError(f"{LABELS.name}, {values['id']}: there is no case {values['case']} any more.")
        if suite.corpus_key not in corpora:
            corpora[suite.corpus_key] = _corpus(suite)
        documents, said = corpora[suite.corpus_key]
        numbers = iter(range(1, 100))
        claims = [
            Claim(c["text"], tuple(_citation(q, documents, next(numbers)) for q in c["citations"]), c["speaker"])
            for c in values["claims"]
        ]
        yield values, Outcome(case, _answer(values["question"], claims), documents, said)


def _corpus(suite: Suite) -> tuple[Mapping[str, Document], Mapping[str, Sequence[Attribution]]]:
    with tempfile.TemporaryDirectory() as folder:
        suite.lay_out(Path(folder))
        documents = read_documents(Path(folder))
    splitter = SentenceSplitter.for_tokens(Settings().token_encoding, Settings().passage_tokens)
    return documents, {i: attributions(d, passages(d, splitter)) for i, d in documents.items()}


def _citation(values: Mapping[str, Any], documents: Mapping[str, Document], number: int) -> Citation:
    """The frozen words where they stand now: what was edited around them does not matter."""
    document = documents[values["document"]]
    at = document.text.find(values["quote"])
    start = at if at >= 0 else values["start"]
    return Citation(
        number, document.id, document.version, start, start + len(values["quote"]), values["quote"], document.title
    )


def _answer(question: str, claims: Sequence[Claim]) -> Answer:
    cited = tuple(citation for claim in claims for citation in claim.citations)
    return Answer(
        question=question,
        standalone=question,
        status=ANSWERED if claims else NOT_IN_DOCUMENTS,
        text=marked(claims) if claims else REFUSAL,
        claims=tuple(claims),
        citations=cited,
        nearest=(),
        withheld=(),
        as_of=None,
        writer="labelled",
    )
