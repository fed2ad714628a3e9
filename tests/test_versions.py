"""Corrections: what became of words that were cited, and the texts they were cited from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import Assistant, Settings
from assistant.__main__ import main

OLD = "The Lorne pier cost £4 million, Ada Lorne said.\n\nThe Skerrin lighthouse in Wexcombe opened in 1904."
NEW = "The Lorne pier cost £7 million, Ada Lorne said.\n\nThe Skerrin lighthouse in Wexcombe opened in 1904."
COST, PLACE = "How much did the Lorne pier cost?", "When did the Skerrin lighthouse open?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write(tmp_path / "c", "pier", OLD)
    write(tmp_path / "c", "mill", "The Ostrand mill is a library, Petra Quill said.")
    return Settings(corpus=str(tmp_path / "c"), data_dir=str(tmp_path / "d"), history=True)


def write(corpus: Path, identity: str, text: str) -> None:
    corpus.mkdir(exist_ok=True)
    (corpus / f"{identity}.md").write_text(
        f'---\nid: {identity}\ntitle: "The {identity}"\n---\n\n{text}\n', encoding="utf-8"
    )


def test_an_answer_whose_words_changed_is_listed_and_one_whose_words_stand_is_not(settings: Settings) -> None:
    corpus = Path(settings.corpus or "")
    with Assistant.open(settings) as assistant:
        cost = assistant.ask(COST).citations[0]
        place = next(c for c in assistant.ask(PLACE).citations if "Wexcombe" in c.quote)
        assert assistant.corrections() == [] and assistant.changed_since(cost) is None
        write(corpus, "pier", NEW)
        assistant.sync()
        (listed,) = [correction for correction in assistant.corrections() if correction.question == COST]
        assert (listed.change.citation, listed.change.state) == (cost, "changed")
        assert place not in [correction.change.citation for correction in assistant.corrections()]
        assert listed.change.on is not None and listed.answered <= listed.change.on
        assert "The text of “The pier” has changed on" in str(listed.change)
        moved = assistant.changed_since(place)
        assert moved is not None and moved.state == "moved" and "still stand" in str(moved)
        # The old words can still be read where they were cited.
        old = assistant.version("pier", cost.version)
        assert old.text == OLD and old.text[cost.start : cost.end] == cost.quote
        assert assistant.documents["pier"].text == NEW and "£7" in assistant.ask(COST).text

        write(corpus, "pier", OLD)
        assistant.sync()
        assert assistant.changed_since(cost) is None
        assert {c.change.citation.quote for c in assistant.corrections()} == {NEW.split("\n")[0]}

        (corpus / "pier.md").unlink()
        assistant.sync()
        gone = assistant.changed_since(cost)
        assert gone is not None and gone.state == "removed" and "taken out of the corpus" in str(gone)
        assert assistant.version("pier", cost.version).text == OLD
        with pytest.raises(KeyError):
            assistant.version("pier", "0" * 64)


def test_the_command_lists_them_and_says_what_is_kept(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ["--corpus", str(settings.corpus), "--data-dir", str(settings.data_dir)]
    assert main(["ask", COST, *place]) == 0
    assert main(["status", "--corrections", *place]) == 0
    assert "No history is kept: set ON_THE_RECORD_HISTORY=true" in capsys.readouterr().out
    monkeypatch.setenv("ON_THE_RECORD_HISTORY", "true")
    assert main(["ask", COST, *place]) == 0
    write(Path(settings.corpus or ""), "pier", NEW)
    capsys.readouterr()
    assert main(["status", "--json", *place]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["stale"] == {"added": [], "changed": ["pier"], "removed": []}
    assert status["versions"] == 0 and status["size"] > 0 and status["synced"]
    assert main(["status", *place]) == 0
    assert "stale: pier was changed since: run `python -m assistant sync`" in capsys.readouterr().out
    assert main(["sync", *place]) == 0
    capsys.readouterr()
    assert main(["status", "--corrections", "--json", *place]) == 0
    listed = json.loads(capsys.readouterr().out)[0]
    assert listed["question"] == COST and listed["state"] == "changed" and "£4 million" in listed["quote"]
    assert main(["status", "--json", *place]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["versions"] == 1 and not any(status["stale"].values())
    assert {d["id"]: d["passages"] for d in status["documents"]} == {"mill": 1, "pier": 1}
    assert status["tokens"] == sum(d["tokens"] for d in status["documents"]) > 0


def test_no_question_is_kept_unless_asked_for(settings: Settings) -> None:
    with Assistant.open(settings.replace(history=False)) as assistant:
        assistant.ask(COST)
        assert not list(Path(str(settings.data_dir)).rglob("answers.db"))


def test_a_history_that_cannot_be_written_costs_nobody_their_answer(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with Assistant.open(settings) as assistant:
        Path(str(assistant.status()["index"]), "answers.db").mkdir()
        assert "£4" in assistant.ask(COST).text
    assert "an answer was not kept" in caplog.text
