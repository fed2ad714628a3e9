"""Every knob once: read from the environment, typos and nonsense refused by name."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import platformdirs
import pytest

from assistant import Settings, SettingsError

NAMES = [field.name for field in dataclasses.fields(Settings)]
COUNTS = ("passage_tokens", "retrieve", "max_claims", "max_question_chars", "max_document_bytes")


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_env({}) == Settings()
    assert Settings.from_env({"PATH": "/bin", "OPENAI_API_KEY": "x"}) == Settings()


def test_the_defaults_need_no_key_no_server_and_no_network() -> None:
    defaults = Settings()
    assert defaults.embedding == "minilm"
    assert (defaults.corpus, defaults.data_dir, defaults.model, defaults.base_url, defaults.chroma_url) == (None,) * 5


def test_every_setting_is_read_from_the_environment_in_its_own_type() -> None:
    wanted = Settings(
        corpus="stories/x",
        data_dir="data",
        embedding="openai:text-embedding-3-small",
        model="openai:gpt-5-mini",
        base_url="http://127.0.0.1:1/v1",
        api_key_file="key",
        served_model="served",
        model_timeout=8.5,
        model_window=8,
        answer_tokens=9,
        temperature=0.7,
        second_opinion=True,
        input_price=1.5,
        output_price=2.5,
        chroma_url="http://127.0.0.1:2",
        token_encoding="cl100k_base",
        passage_tokens=1,
        retrieve=2,
        max_claims=4,
        max_question_chars=5,
        max_document_bytes=6,
        allow_private_hosts=True,
        history=True,
        trace_content=True,
        fetch_timeout=7.5,
        chroma_timeout=2.5,
        lock_timeout=0.5,
    )
    assert all(getattr(wanted, name) != getattr(Settings(), name) for name in NAMES)
    environment = {f"ON_THE_RECORD_{name.upper()}": str(getattr(wanted, name)) for name in NAMES}
    assert Settings.from_env(environment) == wanted


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ON_THE_RECORD_RETRIEVE", "3")
    assert Settings.from_env().retrieve == 3


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({"ON_THE_RECORD_CORPSE": "x"})
    assert "ON_THE_RECORD_CORPSE is not a setting" in str(refused.value)
    for name in NAMES:
        assert f"ON_THE_RECORD_{name.upper()}" in str(refused.value)


@pytest.mark.parametrize("value", ["", "eight", "1.5", "0x10"])
def test_a_count_that_is_no_whole_number_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match=r"ON_THE_RECORD_RETRIEVE is .*: give a whole number"):
        Settings.from_env({"ON_THE_RECORD_RETRIEVE": value})


@pytest.mark.parametrize("value", ["", "soon"])
def test_a_time_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match=r"ON_THE_RECORD_LOCK_TIMEOUT is .*: give a number"):
        Settings.from_env({"ON_THE_RECORD_LOCK_TIMEOUT": value})


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [0, -1])
def test_a_count_below_one_is_refused(name: str, value: int) -> None:
    with pytest.raises(SettingsError, match=rf"{name} is {value}: give a whole number of at least 1"):
        Settings().replace(**{name: value})


@pytest.mark.parametrize("value", [-1.0, float("nan")])
def test_a_time_below_nothing_is_refused(value: float) -> None:
    # filelock waits for ever on a negative one.
    with pytest.raises(SettingsError, match=r"lock_timeout is .*: give a number of seconds, 0 or more"):
        Settings(lock_timeout=value)


@pytest.mark.parametrize("name", ["corpus", "data_dir", "model", "base_url", "chroma_url"])
def test_an_empty_variable_leaves_a_setting_unset(name: str) -> None:
    assert getattr(Settings.from_env({f"ON_THE_RECORD_{name.upper()}": ""}), name) is None


def test_settings_are_frozen_and_replace_makes_a_copy() -> None:
    settings = Settings()
    changed = settings.replace(retrieve=3)
    assert (settings.retrieve, changed.retrieve) == (Settings().retrieve, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.retrieve = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.replace(corpse="x")


def test_the_data_directory_is_the_users_own_unless_set(tmp_path: Path) -> None:
    assert Settings().data_path() == Path(platformdirs.user_data_dir("on-the-record", appauthor=False))
    assert Settings(data_dir=str(tmp_path / "x")).data_path() == tmp_path / "x"
    assert not (tmp_path / "x").exists()
