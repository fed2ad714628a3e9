"""docs/python-api.md is what the docstrings say, and whatever the public API raises is of our tree."""

from __future__ import annotations

import contextlib
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_fakes import CorpusFolder

import assistant as library
from assistant import Assistant, Filter, OnTheRecordError, QuestionError, Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent
WORDS = st.text(max_size=80)
CALLS: tuple[Callable[[Assistant, str], object], ...] = (
    lambda a, text: a.ask(text),
    lambda a, text: list(a.stream(text)),
    lambda a, text: a.batch([text]),
    lambda a, text: a.ask("Who made the note public?", Filter(documents=(text,))),
    lambda a, text: a.search(text),
    lambda a, text: a.attributions(speaker=text, about=text),
    lambda a, text: a.attributions(document=text),
    lambda a, text: a.timeline(about=text),
    lambda a, text: a.timeline(document=text),
    lambda a, text: a.as_runnable().invoke({"question": text, "history": [text]}),
    lambda a, text: a.as_runnable().invoke({"query": text}),
    lambda a, text: a.remove(text),
)


def test_the_page_of_the_python_api_is_current() -> None:
    written = runpy.run_path(str(ROOT / "scripts" / "python_api.py"))["page"]()
    assert (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8") == written, "run scripts/python_api.py"


def test_everything_public_says_what_it_is() -> None:
    for name in library.__all__:
        value = getattr(library, name)
        if isinstance(value, type):
            assert value.__doc__
            assert all(m.__doc__ for n, m in vars(value).items() if not n.startswith("_") and callable(m))


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_no_text_raises_what_is_not_ours(assistant: Assistant, number: int) -> None:
    @settings(max_examples=10)
    @given(WORDS)
    def check(text: str) -> None:
        with contextlib.suppress(OnTheRecordError):
            CALLS[number](assistant, text)

    check()


def broken(kind: str, folder: CorpusFolder, tmp_path: Path) -> Settings:
    """Settings with which nothing can be opened, for many reasons."""
    file = tmp_path / "file"
    file.write_text("not a folder")
    corpus, data = str(folder.path), str(tmp_path / "data")
    return {
        "no corpus": Settings(corpus=str(tmp_path / "none"), data_dir=data),
        "a file as corpus": Settings(corpus=str(file), data_dir=data),
        "a file as data": Settings(corpus=corpus, data_dir=str(file)),
        "no such embedding": Settings(corpus=corpus, data_dir=data, embedding="nobody:none"),
        "no such model": Settings(corpus=corpus, data_dir=data, model="nobody:none"),
        "no Chroma there": Settings(corpus=corpus, data_dir=data, chroma_url="http://127.0.0.1:9"),
        "no address of Chroma": Settings(corpus=corpus, data_dir=data, chroma_url="nonsense"),
        "no such encoding": Settings(corpus=corpus, data_dir=data, token_encoding="none"),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "no corpus", "a file as corpus", "a file as data", "no such embedding", "no such model", "no Chroma there",
        "no address of Chroma", "no such encoding",
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_told_in_our_words(kind: str, folder: CorpusFolder, tmp_path: Path) -> None:
    folder.write("one", "The mayor said the wall stands.")
    with pytest.raises(OnTheRecordError):
        Assistant.open(broken(kind, folder, tmp_path))


def test_errors_of_another_kind_are_told_apart(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        assistant.ask("")
    with pytest.raises(SettingsError):
        Settings.from_env({"ON_THE_RECORD_NOTHING": "1"})
