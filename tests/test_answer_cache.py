"""Answers kept while the index stands."""

from __future__ import annotations

from pathlib import Path

from assistant import Assistant, Settings
from assistant.answer_cache import AnswerCache
from assistant.types import Answer

QUESTION = "Who opened the bridge?"


def document(opener: str) -> str:
    return (
        '---\nid: bridge\ntitle: "Bridge opened"\npublisher: "Wire"\npublished: 2026-01-02\n---\n\n'
        f"The bridge over the Lend was opened on Friday by Mayor {opener} Brandt. Some 300 people came.\n"
    )


def corpus(folder: Path) -> Path:
    (folder / "corpus").mkdir()
    (folder / "corpus" / "bridge.md").write_text(document("Ines"), encoding="utf-8")
    return folder / "corpus"


def opened(folder: Path) -> Assistant:
    return Assistant.open(Settings(corpus=str(folder / "corpus"), data_dir=str(folder / "data")))


def test_the_same_question_comes_from_the_cache_until_the_corpus_changes(tmp_path: Path) -> None:
    path = corpus(tmp_path) / "bridge.md"
    with opened(tmp_path) as assistant:
        first, again = assistant.ask(QUESTION), assistant.ask(QUESTION)
        assert "Ines Brandt" in first.text and "cache" not in first.timings
        assert again.text == first.text and "cache" in again.timings
        path.write_text(document("Karla"), encoding="utf-8")
        assistant.sync()
        assert "Karla Brandt" in assistant.ask(QUESTION).text


def test_another_process_publishing_ends_what_was_kept(tmp_path: Path) -> None:
    path = corpus(tmp_path) / "bridge.md"
    with opened(tmp_path) as one:
        one.ask(QUESTION)
        path.write_text(document("Karla"), encoding="utf-8")
        with opened(tmp_path):
            assert "Karla Brandt" in one.ask(QUESTION).text


def test_a_filter_or_what_was_asked_before_makes_another_question(tmp_path: Path) -> None:
    corpus(tmp_path)
    with opened(tmp_path) as assistant:
        talk = assistant.conversation()
        talk.ask(QUESTION)
        assert talk.ask("And when?").standalone != assistant.ask("And when?").standalone


def test_the_oldest_are_forgotten() -> None:
    cache, made = AnswerCache(most=2), list[int]()

    def make(number: int) -> list[Answer]:
        made.append(number)
        return []

    for number in (1, 2, 1, 3, 1, 2):
        cache.events(number, lambda n=number: make(n))  # type: ignore[misc]
    assert made == [1, 2, 3, 2]
