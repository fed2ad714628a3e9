"""The evals themselves, tested by planting faults: each makes the gate fail, and names the right metric."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from evals_fakes import Faulty

from assistant import Answer, Assistant, Citation, Claim, Filter, Hit, Settings
from assistant.citations import marked
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL
from evals.gating import Gate, faults
from evals.metrics import METRICS
from evals.running import Plan, run
from evals.suites import Suite

# Everything that the sound assistant reaches on the invented story.
BARS = {
    "found": ("min", 1.0), "false_refusal": ("max", 0.0), "false_answer": ("max", 0.0), "premise_handled": ("min", 1.0),
    "sides_shown": ("min", 1.0), "fact_recall": ("min", 1.0), "citation_recall": ("min", 0.95),
    "citation_precision": ("min", 0.90), "speakers_credited": ("min", 1.0), "as_of": ("min", 1.0),
    "consistency": ("min", 1.0), "neutrality": ("min", 1.0), "retrieval_recall": ("min", 1.0),
    "retrieval_mrr": ("min", 0.9), "citation_need": ("min", 0.9),
}  # fmt: skip
GATE = Gate(("tiny",), None, {"tiny": BARS}, {})

Alter = Callable[[Answer], Answer]


def told(assistant: Faulty | Assistant, suite: Suite, root: Path) -> list[str]:
    """What the gate says of a run with that assistant."""
    plan = Plan((suite,), root, jobs=1, opener=lambda _: cast(Assistant, assistant))
    return faults(GATE, run(plan, "one").records)


def named(found: Sequence[str]) -> set[str]:
    """The metrics that the gate's faults name."""
    return {name for name in METRICS for fault in found if f": {name}" in fault}


# Faults in answers


def on_claims(change: Callable[[Claim], Claim]) -> Alter:
    """Each claim changed, the text written from the changed claims."""

    def alter(answer: Answer) -> Answer:
        return rewritten(answer, [change(claim) for claim in answer.claims]) if answer.claims else answer

    return alter


def rewritten(answer: Answer, claims: Sequence[Claim]) -> Answer:
    text = "\n\n".join(filter(None, [answer.lead, marked(claims)]))
    return dataclasses.replace(answer, claims=tuple(claims), text=text)


def words(*pairs: tuple[str, str]) -> Alter:
    """Words of the claims replaced, nothing else."""

    def change(claim: Claim) -> Claim:
        text = claim.text
        for old, new in pairs:
            text = text.replace(old, new)
        return dataclasses.replace(claim, text=text)

    return on_claims(change)


def on_citations(change: Callable[[Citation], Citation]) -> Alter:
    """Every citation changed alike, in claims and in the answer."""

    def alter(answer: Answer) -> Answer:
        claims = tuple(dataclasses.replace(c, citations=tuple(map(change, c.citations))) for c in answer.claims)
        return dataclasses.replace(answer, claims=claims, citations=tuple(map(change, answer.citations)))

    return alter


def moved(citation: Citation) -> Citation:
    return dataclasses.replace(citation, start=citation.start + 1, end=citation.end + 1)


def recut(citation: Citation) -> Citation:
    return dataclasses.replace(citation, start=citation.start + 2, quote=citation.quote[2:])


def elsewhere(citation: Citation) -> Citation:
    other = "ferry-inquiry" if citation.document_id == "harbour-row" else "harbour-row"
    return dataclasses.replace(citation, document_id=other)


def older(citation: Citation) -> Citation:
    return dataclasses.replace(citation, version="0" * 64)


def in_text(change: Callable[[str], str]) -> Alter:
    """The text alone changed, the claims left as they are."""
    return lambda answer: dataclasses.replace(answer, text=change(answer.text))


def refused(answer: Answer) -> Answer:
    return dataclasses.replace(
        answer, status=NOT_IN_DOCUMENTS, text=REFUSAL, claims=(), citations=(), nearest=answer.citations, lead=""
    )


def never_refused(answer: Answer) -> Answer:
    """The nearest passage in the place of a refusal."""
    if answer.claims:
        return answer
    nearest = answer.nearest[:1]
    claims = [Claim(c.quote, (c,)) for c in nearest]
    return rewritten(dataclasses.replace(answer, status=ANSWERED, citations=nearest, nearest=()), claims)


def uncited(answer: Answer) -> Answer:
    claims = [dataclasses.replace(claim, citations=()) for claim in answer.claims]
    return rewritten(dataclasses.replace(answer, citations=()), claims) if claims else answer


def reordered(answer: Answer) -> Answer:
    return rewritten(answer, answer.claims[::-1]) if answer.claims else answer


def first_only(answer: Answer) -> Answer:
    """One side of two."""
    cited = answer.citations[:1] if len(answer.citations) > 1 else answer.citations
    claims = [dataclasses.replace(claim, citations=cited, text=cited[0].quote) for claim in answer.claims[:1]]
    return rewritten(dataclasses.replace(answer, citations=cited), claims) if claims else answer


def undated(answer: Answer) -> Answer:
    return dataclasses.replace(answer, as_of=None, lead="", text=answer.text.removeprefix(answer.lead).lstrip())


def convicting(answer: Answer) -> Answer:
    """The question's premise, said again, on whatever was nearest."""
    if "convicted" not in answer.question:
        return answer
    claim = Claim("Brannock was convicted of murder.", answer.nearest[:1])
    return rewritten(dataclasses.replace(answer, status=ANSWERED, citations=claim.citations, nearest=()), [claim])


def with_mark(answer: Answer) -> Answer:
    return dataclasses.replace(answer, text=f"{answer.text} [7]") if answer.claims else answer


def padded(answer: Answer) -> Answer:
    """A claim beside the point before each one that answers."""
    if not answer.claims or len(answer.citations) > 1:
        return answer
    cited = answer.citations[0]
    quote = "Ferry operator Seaway has not replied to questions."
    extra = dataclasses.replace(cited, document_id="ferry-inquiry", **place("ferry-inquiry", quote), number=1)
    rest = [dataclasses.replace(c, citations=(dataclasses.replace(cited, number=2),)) for c in answer.claims]
    claims = [Claim(quote, (extra,)), *rest]
    citations = (extra, dataclasses.replace(cited, number=2))
    return rewritten(dataclasses.replace(answer, citations=citations), claims)


PLACES: dict[str, Any] = {}


def place(identity: str, quote: str) -> dict[str, Any]:
    document = PLACES[identity]
    start = document.text.find(quote)
    return {"start": start, "end": start + len(quote), "quote": quote, "version": document.version}


ANSWERS: dict[str, tuple[Alter, str]] = {
    "a quotation is not word for word": (words(("nine years", "ten years")), "quote_exactness"),
    "a quotation is invented, in curly marks": (
        words(("Vance said.", "Vance said. He added: “The crews can wait.”")),
        "quote_exactness",
    ),
    "reported words are put in quotation marks": (
        words(("the work would close", "“the work will close"), ("six months.", "six months.”")),
        "quote_exactness",
    ),
    "a quotation in the text alone is invented": (
        in_text(lambda text: text.replace("Vance said.", "Vance said. «No crew complained.»")),
        "quote_exactness",
    ),
    "a quotation mark is lost": (words(('wall,"', "wall,")), "quote_exactness"),
    "the wrong speaker is written": (words(("Vance said", "Quill said")), "speaker_correctness"),
    "the wrong speaker is recorded": (
        on_claims(lambda claim: dataclasses.replace(claim, speaker="Ada Quill" if claim.speaker else None)),
        "speaker_correctness",
    ),
    "everything is refused": (refused, "false_refusal"),
    "nothing is refused": (never_refused, "false_answer"),
    "spans are off by one": (on_citations(moved), "citation_exactness"),
    "spans begin inside a word": (on_citations(recut), "citation_exactness"),
    "the wrong document is cited": (on_citations(elsewhere), "citation_exactness"),
    "an old version is cited": (on_citations(older), "citation_exactness"),
    "citations are dropped": (uncited, "marks"),
    "a mark is dropped from the text": (in_text(lambda text: text.replace("[1]", "")), "marks"),
    "a mark is invented": (with_mark, "marks"),
    "claims are reordered": (reordered, "marks"),
    "the day is missing": (undated, "as_of"),
    "an allegation is told as fact": (
        words(
            ("The police said that contractor Brannock Ltd is accused of fraud", "Brannock Ltd committed fraud"),
            (" Brannock denied the accusation.", ""),
        ),
        "attribution_kept",
    ),
    "a speaker is left out": (words(("Fishing leader Ada Quill said the work", "The work")), "attribution_kept"),
    "a number is changed": (words(("41 of 60", "14 of 60")), "faithfulness"),
    "a sentence is turned round": (
        words(("has not replied", "has replied"), ("ran late", "never ran late")),
        "faithfulness",
    ),
    "a sentence is invented": (words(("in winter.", "in winter. Passengers were furious about it.")), "faithfulness"),
    "forbidden words are said": (
        words(("Fishing leader Ada Quill said the work", "Peter Vance said the work")),
        "forbidden_absent",
    ),
    "a loaded word slips in": (words(("Quill said", "Quill ranted")), "neutrality"),
    "a false premise is repeated": (convicting, "premise_handled"),
    "one side is dropped": (first_only, "sides_shown"),
    "claims beside the point come first": (padded, "citation_precision"),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_fault_in_answers_is_named(fault: str, tiny: Suite, harbour: Assistant, tmp_path: Path) -> None:
    alter, metric = ANSWERS[fault]
    PLACES.update(harbour.documents)
    found = told(Faulty(harbour, alter), tiny, tmp_path)
    assert metric in named(found), found


# Faults on the way to an answer


def forgetful(real: Assistant, earlier: Sequence[str], question: str, only: Filter) -> Answer:
    return real.ask(question, only)


def unfiltered(real: Assistant, earlier: Sequence[str], question: str, only: Filter) -> Answer:
    return real.ask(question)


def moody(real: Assistant, earlier: Sequence[str], question: str, only: Filter) -> Answer:
    """What is not in capitals is answered from elsewhere."""
    return real.ask(question if question[0].isupper() else "What is Brannock Ltd accused of?", only)


def worst_first(hits: list[Hit]) -> list[Hit]:
    return hits[::-1]


def nothing_relevant(hits: list[Hit]) -> list[Hit]:
    return hits[-1:]


@pytest.mark.parametrize(
    ("ask", "metric"), [(forgetful, "found"), (unfiltered, "filters_kept"), (moody, "consistency")]
)
def test_a_fault_in_asking_is_named(
    ask: Callable[..., Answer], metric: str, tiny: Suite, harbour: Assistant, tmp_path: Path
) -> None:
    found = told(Faulty(harbour, ask=ask), tiny, tmp_path)
    assert metric in named(found), found


@pytest.mark.parametrize(("find", "metric"), [(worst_first, "retrieval_mrr"), (nothing_relevant, "retrieval_recall")])
def test_a_fault_in_retrieval_is_named(
    find: Callable[[list[Hit]], list[Hit]], metric: str, tiny: Suite, harbour: Assistant, tmp_path: Path
) -> None:
    found = told(Faulty(harbour, find=find), tiny, tmp_path)
    assert metric in named(found), found


def test_a_stale_index_is_named(tiny: Suite, folders: tuple[Path, Path], tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    for path in (folders[1] / "tiny").glob("*.md"):
        text = (
            path.read_text(encoding="utf-8").replace("An inquiry", "A long inquiry").replace("The harbour", "A harbour")
        )
        (earlier / path.name).write_text(text, encoding="utf-8")
    with Assistant.open(Settings(corpus=str(earlier), data_dir=str(tmp_path / "data"))) as assistant:
        found = told(Faulty(assistant), tiny, tmp_path / "runs")
    assert "citation_exactness" in named(found), found


def test_a_sound_assistant_passes(tiny: Suite, harbour: Assistant, tmp_path: Path) -> None:
    assert told(Faulty(harbour), tiny, tmp_path) == []


def test_there_are_at_least_twenty_faults() -> None:
    assert len(ANSWERS) + 6 >= 20
