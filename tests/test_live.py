"""The promises with a real model behind them: `make live`, with LIVE_MODEL and LIVE_BASE_URL in the environment.

Nothing is asked of the model but that whatever it writes is checked: how good its answers are is for the evals.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import Answer, Assistant, Settings
from assistant.quotations import outermost, stands_in

MODEL, ADDRESS = os.environ.get("LIVE_MODEL"), os.environ.get("LIVE_BASE_URL")
SECONDS = float(os.environ.get("LIVE_SECONDS", "120"))
DRAFTS = Path(__file__).resolve().parents[1] / "evals" / "drafts"
pytestmark = pytest.mark.skipif(not MODEL, reason="LIVE_MODEL is not set")


def rows(name: str) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = yaml.safe_load((DRAFTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return held


QUESTIONS = sorted(
    {row["question"] for row in rows("bad")} | {r["order"] for r in rows("injections") if r["in"] == "question"}
)


@pytest.fixture(scope="module")
def live(shipped_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(
        corpus=str(shipped_corpus), data_dir=str(tmp_path_factory.mktemp("live")), model=MODEL, base_url=ADDRESS,
        model_timeout=SECONDS, api_key_file=os.environ.get("LIVE_API_KEY_FILE"), served_model=os.environ.get("LIVE_SERVED_MODEL"),
    )  # fmt: skip
    with Assistant.open(settings) as opened:
        yield opened


def check(assistant: Assistant, answer: Answer) -> None:
    """Exact citations, quoted words in them, and a note where the model was not used."""
    print(json.dumps({"question": answer.question, "text": answer.text, "note": answer.note, "usage": dict(answer.usage),
                      "withheld": [f"{w.text} ({w.reason})" for w in answer.withheld]}, ensure_ascii=False))  # fmt: skip
    for claim in answer.claims:
        assert claim.citations
        quotes = [assistant.documents[c.document_id].text[c.start : c.end] for c in claim.citations]
        assert quotes == [c.quote for c in claim.citations]
        for quote in outermost(claim.text):
            words = quote.inner.of(claim.text).rstrip(" ,.")
            assert any(stands_in(words, cited) for cited in quotes) or answer.writer == "quoting"
    assert answer.writer != "quoting" or answer.note


@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_it_writes_is_checked(live: Assistant, question: str) -> None:
    begun = time.monotonic()
    answer = live.ask(question)
    assert time.monotonic() - begun < SECONDS + 10
    check(live, answer)
    for row in [*rows("bad"), *({"text": r["draft"]} for r in rows("injections"))]:
        assert row.get("what") == "true but no answer" or row["text"] not in answer.text


@pytest.mark.parametrize("question", ["What is the capital of France?", "How do I bake bread?"])
def test_off_topic_is_refused(live: Assistant, question: str) -> None:
    assert live.ask(question).status == "not_in_documents"


def test_a_follow_up(live: Assistant) -> None:
    talk = live.conversation()
    talk.ask("Who is Bhai Jagtap?")
    check(live, talk.ask("And what did he say about the note?"))


def test_a_stop_ends_it_at_once(live: Assistant) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    begun = time.monotonic()
    *_, answer = live._answerer.answer("What did everybody say about the note?", [], stop=stop)
    assert isinstance(answer, Answer) and time.monotonic() - begun < 10


def test_what_is_in_use_is_said(live: Assistant) -> None:
    print(live.status()["model"])
