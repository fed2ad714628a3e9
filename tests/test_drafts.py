"""Drafts of all kinds through the whole way, with a local server in the model's place: what is shown, and what is not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from model_server import ModelServer, Reply, chat_server

from assistant import Answer, Assistant, Settings
from assistant.cited import Cited
from assistant.claim_checks import failure
from assistant.decoding import FreeDraft
from assistant.filters import EVERYTHING, Filter
from assistant.grounds import evidence_of
from assistant.locating import folded, occurrences
from assistant.quotations import outermost
from assistant.support import Checker
from assistant.types import Span
from assistant.words import content_words, stem
from benchmarks.claims import views

DRAFTS = Path(__file__).resolve().parents[1] / "evals" / "drafts"
OUTSIDE = Path(
    os.environ.get("OUTSIDE_DATA") or "no-outside-data"
)  # a folder with bad-outputs.jsonl, which does not ship
SUPPORTS = 4
SMALL_PASSED = 0.03  # share of the false drafts of small models' kinds that may pass
BRIEFS_REFUSED = 0.15  # share of the true drafts on the briefs that may be refused; on the article a tenth
Verdicts = Callable[[dict[str, Any]], str | None]
PEOPLE = "Zohran Mamdani, the mayor, met Umar Khalid’s father, Syed Qasim Rasool Ilyas, and Vinod Bansal objected."


def drafts(name: str) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = yaml.safe_load((DRAFTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return held


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with chat_server() as held:
        yield held


@pytest.fixture(scope="module")
def modelled(
    server: ModelServer, shipped_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    data = str(tmp_path_factory.mktemp("modelled"))
    with Assistant.open(
        Settings(corpus=str(shipped_corpus), data_dir=data, model="openai:local", base_url=server.url)
    ) as opened:
        yield opened


def replied(*claims: dict[str, Any]) -> Reply:
    full = [{"passages": [1], "support": [], "speaker": "", "text": "", **claim} for claim in claims]
    return Reply(json.dumps({"claims": full}, ensure_ascii=False))


def asked(assistant: Assistant, server: ModelServer, question: str, *claims: dict[str, Any]) -> Answer:
    """The answer where a model drafts `claims`, and when told to repair them drafts the same again."""
    server.answer = lambda request: replied(*claims)
    return assistant.ask(question)


def own_words(answer: Answer) -> str:
    """What an answer says outside quotation marks."""
    text = answer.text
    for quote in reversed(outermost(text)):
        text = f"{text[: quote.outer.start]} {text[quote.outer.end :]}"
    return text


def claim(row: dict[str, Any]) -> dict[str, Any]:
    return {"text": row["text"], "support": row["support"], "speaker": row.get("speaker", "")}


@pytest.mark.parametrize("row", drafts("bad"), ids=lambda row: row["what"])
def test_no_false_draft_is_shown(modelled: Assistant, server: ModelServer, row: dict[str, Any]) -> None:
    answer = asked(modelled, server, row["question"], claim(row))
    assert row["text"] not in answer.text
    assert any(withheld.text == row["text"] and withheld.reason for withheld in answer.withheld)
    for shown in answer.claims:
        assert shown.citations and all(
            c.quote == modelled.documents[c.document_id].text[c.start : c.end] for c in shown.citations
        )


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """Why the checks refuse a draft on a document, or None."""
    held, checker = {view.document.id: view for view in views()}, Checker()

    def verdict(row: dict[str, Any]) -> str | None:
        view = held[row["document"]]
        whole = [(view, Span(0, len(view.document.text)))]
        assert all(occurrences(words, view.document.text) for words in row["support"]), row
        evidence = evidence_of(FreeDraft(row["text"], tuple(row["support"])), whole)
        assert evidence, row
        if reason := failure(Cited(row["text"], evidence, row.get("speaker", ""))):
            return reason
        words = "\n".join(e.text for e in evidence)
        return None if checker.support(row["text"], words) >= checker.bar else "support"

    return verdict


def test_no_false_draft_on_the_briefs_passes_the_checks(verdicts: Verdicts) -> None:
    assert not [row["text"] for row in drafts("bad-briefs") if verdicts(row) is None]


def test_nearly_no_draft_of_small_models_kinds_passes_the_checks(verdicts: Verdicts) -> None:
    passed = [row["text"] for row in drafts("small-models") if verdicts(row) is None]
    assert len(passed) <= SMALL_PASSED * len(drafts("small-models")), passed


def test_most_true_drafts_on_the_briefs_pass(verdicts: Verdicts) -> None:
    refused = [(row["text"], reason) for row in drafts("good-briefs") if (reason := verdicts(row))]
    assert len(refused) <= BRIEFS_REFUSED * len(drafts("good-briefs")), refused


def test_what_small_models_really_wrote_is_not_shown(modelled: Assistant, server: ModelServer) -> None:
    path = OUTSIDE / "bad-outputs.jsonl"
    if not path.is_file():
        pytest.skip("bad-outputs.jsonl is not here")
    text = modelled.documents["mamdani-letter-row"].text
    sentences = [span.of(text) for hit in modelled.search("Khalid", k=50) for span in hit.passage.sentences]
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        try:
            written = json.loads(row["draft"])["answer"]
        except (ValueError, TypeError):
            written = row["draft"]
        wanted = {stem(word) for word in content_words(written)}
        best = sorted(sentences, key=lambda s: -len(wanted & {stem(w) for w in content_words(s)}))
        for support in (best[:1], best[:SUPPORTS], sentences):
            answer = asked(modelled, server, row["question"], {"text": written, "support": support})
            assert folded(written)[0] not in folded(answer.text)[0] or written == "The documents do not say.", row["id"]


def test_at_most_a_tenth_of_good_drafts_is_lost(story: Assistant, server: ModelServer) -> None:
    rows, lost = drafts("good"), []
    assert len(rows) >= 60
    with Assistant.open(story.settings.replace(model="openai:local", base_url=server.url, retrieve=20)) as opened:
        for row in rows:
            assert all(occurrences(words, story.documents[row["document"]].text) for words in row["support"]), row
            answer = asked(opened, server, f"What is said: {row['text'].replace(chr(34), '')}", claim(row))
            if row["text"] not in answer.text:
                lost.append((row["text"], [w.reason for w in answer.withheld]))
    assert len(lost) <= len(rows) / 10, lost


@pytest.mark.parametrize(
    "row", [r for r in drafts("injections") if r["in"] == "question"], ids=lambda row: row["order"][:40]
)
def test_a_question_that_gives_orders_is_not_obeyed(
    modelled: Assistant, server: ModelServer, row: dict[str, Any]
) -> None:
    answer = asked(modelled, server, row["order"], {"text": row["draft"], "support": [row["support"]]})
    assert row["draft"] not in answer.text
    told = str(server.requests[-1]["messages"][-1]["content"])
    assert "‹|im_start|›" in told or "<|" not in told
    assert told.count("</passage>") == told.count("<passage ")


def test_a_document_that_gives_orders_is_not_obeyed(server: ModelServer, tmp_path: Path) -> None:
    rows = [r for r in drafts("injections") if r["in"] == "document"]
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number, row in enumerate(rows):
        front = f"---\nid: order-{number}\ntitle: A notice\npublisher: The Post\npublished: 2026-03-14\n---\n\n"
        (folder / f"order-{number}.md").write_text(f"{front}{PEOPLE}\n\n{row['order']}\n", encoding="utf-8")
    settings = Settings(
        corpus=str(folder), data_dir=str(tmp_path / "data"), model="openai:local", base_url=server.url, retrieve=50
    )
    with Assistant.open(settings) as opened:
        for number, row in enumerate(rows):
            sentences = [s for s in row["order"].split("\n") if s.strip()]
            for only in (EVERYTHING, Filter(documents=(f"order-{number}",))):
                server.answer = lambda request, row=row, sentences=sentences: replied(
                    {"text": row["draft"], "support": sentences}
                )  # type: ignore[misc]
                answer = opened.ask("What does the notice say: " + row["draft"], only)
                assert row["draft"].rstrip(".") not in own_words(answer), answer.text
                assert row["order"] not in own_words(answer), answer.text
