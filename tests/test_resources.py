"""The data files that ship; tiktoken's tables exact and without a network."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiktoken

from assistant import SettingsError, resources

ROOT = Path(__file__).resolve().parents[1]
TABLES = {
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
}
# From OpenAI's cookbook, "How to count tokens with tiktoken".
KNOWN_COUNTS = [
    ("antidisestablishmentarianism", 6, 6),
    ("2 + 2 = 4", 7, 7),
    ("お誕生日おめでとう", 9, 8),
]


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_are_openais(name: str) -> None:
    file, sha256 = TABLES[name]
    assert hashlib.sha256(resources.path(f"models/tiktoken/{file}").read_bytes()).hexdigest() == sha256


@pytest.mark.parametrize(("text", "cl100k", "o200k"), KNOWN_COUNTS)
def test_both_encodings_count_as_openai_documents(text: str, cl100k: int, o200k: int) -> None:
    assert len(resources.token_encoding("cl100k_base").encode(text)) == cl100k
    assert len(resources.token_encoding("o200k_base").encode(text)) == o200k


@pytest.mark.parametrize("name", resources.TOKEN_ENCODINGS)
def test_tokens_spell_the_text_again(name: str) -> None:
    encoding = resources.token_encoding(name)
    for text in (
        "“When prisons try to isolate, words travel.”",
        "a\r\n\tb\u00a0c",
        "<|endoftext|>",
        "\U0001f5fd 👨‍👩‍👧",
    ):
        assert encoding.decode(encoding.encode_ordinary(text)) == text


def test_an_encoding_is_made_once_and_is_tiktokens_own() -> None:
    first = resources.token_encoding("o200k_base")
    assert resources.token_encoding("o200k_base") is first
    assert tiktoken.get_encoding("o200k_base") is first


@pytest.mark.parametrize("name", ["gpt2", "p50k_base", "", "../o200k_base"])
def test_an_encoding_that_does_not_ship_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(SettingsError, match=f"no token encoding {name!r} here. Known: cl100k_base, o200k_base"):
        resources.token_encoding(name)


@pytest.mark.parametrize("cache", ["empty", "unset"])
def test_encodings_need_neither_a_cache_nor_a_network(cache: str, tmp_path: Path) -> None:
    code = """
import os, socket
def refuse(*args, **kwargs):
    raise AssertionError("the network was touched")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
before = dict(os.environ)
from assistant import resources
for name in resources.TOKEN_ENCODINGS:
    print(len(resources.token_encoding(name).encode_ordinary("2 + 2 = 4")))
assert dict(os.environ) == before, "the environment was changed"
"""
    environment = {name: value for name, value in os.environ.items() if name != "TIKTOKEN_CACHE_DIR"}
    environment |= {"TMPDIR": str(tmp_path)}
    if cache == "empty":
        environment["TIKTOKEN_CACHE_DIR"] = str(tmp_path)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["7", "7"], done.stderr
    assert not list(tmp_path.rglob("*")), "tiktoken wrote a cache of its own"


@pytest.mark.parametrize(
    "name", ["corpus", "corpus/mamdani-letter-row.md", "models/minilm/model.onnx", "thesaurus.txt"]
)
def test_what_ships_is_found(name: str) -> None:
    assert resources.path(name).exists()


def test_what_does_not_ship_is_named_with_the_remedy() -> None:
    with pytest.raises(
        SettingsError, match="nothing/here is missing from this installation: install on-the-record again"
    ):
        resources.path("nothing/here")
