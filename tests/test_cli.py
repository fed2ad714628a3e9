from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from index_fakes import CorpusFolder

from assistant import REFUSAL, Assistant, __version__
from assistant.__main__ import main

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("ask", "chat", "search", "sync", "status")


@pytest.fixture
def shipped(assistant: Assistant) -> list[str]:
    """Options for the story that ships, indexed already."""
    return ["--corpus", str(assistant.settings.corpus), "--data-dir", str(assistant.settings.data_dir)]


@pytest.fixture
def mine(folder: CorpusFolder, data_dir: Path) -> list[str]:
    """Options for a corpus of one short document."""
    folder.write("note", "Ann Bell, the mayor, met Carl Dow on Monday. It rained for 3 hours.", published="2026-01-02")
    return ["--corpus", str(folder.path), "--data-dir", str(data_dir)]


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def process(arguments: list[str], *, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh `python -m assistant`, as one types it."""
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, input=stdin, capture_output=True, encoding="utf-8", timeout=120,
        check=False,
    )  # fmt: skip


def one_line(err: str) -> str:
    """The error in `err`: a fact, then a remedy, and no more."""
    assert err.startswith("error: ") and err.count("\n") == 1 and err.endswith("\n"), err
    fact, remedy = err.rstrip("\n").removeprefix("error: ").rsplit(": ", 1)
    assert fact and remedy.rstrip().endswith(".")
    return err


def test_ask_prints_json_with_exact_citations(shipped: list[str], assistant: Assistant) -> None:
    done = process(["ask", "How long did Ilyas meet Mamdani?", "--json", *shipped])
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert "25 minutes" in answer["text"] and answer["status"] == "answered"
    for cited in answer["citations"]:
        assert assistant.documents[cited["document_id"]].text[cited["start"] : cited["end"]] == cited["quote"]


def test_chat_reads_standard_input_to_its_end(shipped: list[str]) -> None:
    done = process(["chat", *shipped], stdin="Who is Amit Malviya?\n😀\nWhat did he say about Kassem?\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Answered as: What did Amit Malviya say about Kassem?" in done.stdout
    assert "The question holds no words" in done.stdout


def test_an_error_of_a_process_is_one_line() -> None:
    done = process(["ask", "Who?"], ON_THE_RECORD_COLOUR="red")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ON_THE_RECORD_COLOUR is not a setting. Known: ")
    assert done.stderr.count("\n") == 1 and "ON_THE_RECORD_CORPUS" in done.stderr


def test_a_reader_who_leaves_is_no_error(shipped: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "assistant", "ask", "Who", "made", "it", "public?", *shipped],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as started:  # fmt: skip
        assert started.stdout and started.stderr
        started.stdout.close()
        err = started.stderr.read().decode()
        assert started.wait(120) == 0
    assert "Traceback" not in err


def test_ask_prints_the_answer_its_citations_and_its_date(
    shipped: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(["ask", "Who", "made", "the", "note", "public?", *shipped], capsys)
    assert (code, err) == (0, "")
    words = " ".join(out.split())
    assert "Banojyotsna Lahiri, who posted it on X" in words and "words travel.” [1]" in words
    assert "[1] The note itself was made public" in words
    assert (
        "The Telegraph (India), 2026-01-02, Mamdani letter row" in words and "https://www.telegraphindia.com" in words
    )
    assert "As of 2026-01-02. Quoted from the documents; no model in use." in words
    assert max(map(len, out.splitlines())) <= 200


def test_ask_offers_the_nearest_when_the_documents_do_not_say(
    shipped: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(["ask", "What is the capital of Mongolia?", *shipped], capsys)
    assert (code, err) == (0, "")
    assert out.startswith(REFUSAL) and "Nearest in the documents:" in out and "As of" not in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_prints_json(
    command: str, mine: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Who met Carl Dow?\n\n"))
    words = {"ask": ["Who met Carl Dow?"], "search": ["rain", "-k", "1"]}.get(command, [])
    code, out, err = run([command, *words, "--json", *mine], capsys)
    assert (code, err) == (0, "")
    found: Any = json.loads(out)
    if command in ("ask", "chat"):
        assert found["question"] == "Who met Carl Dow?" and "Ann Bell" in found["text"]
    elif command == "search":
        (hit,) = found
        assert hit["document_id"] == "note" and hit["text"].startswith("Ann Bell") and 0 <= hit["score"] <= 1
        assert hit["end"] - hit["start"] == len(hit["text"])
    elif command == "sync":
        assert found == {"added": ["note"], "changed": [], "removed": [], "refused": []}
    else:
        assert [document["id"] for document in found["documents"]] == ["note"] and found["passages"] == 1


def test_plain_output_of_search_sync_and_status(mine: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", *mine], capsys)[1] == "added: note\nThe index holds 1 documents, as the corpus does.\n"
    assert run(["sync", *mine], capsys)[1] == "The index holds 1 documents, as the corpus does.\n"
    assert run(["sync", "--rebuild", *mine], capsys)[1].startswith("added: note\n")
    assert "note [0:" in run(["search", "rain", *mine], capsys)[1]
    status = run(["status", *mine], capsys)[1]
    assert "writer      quoting" in status
    assert "  note  2026-01-02  About note  1 passages, " in status and "version " in status


BROKEN = b"---\nid: Bad Id\ntitle: Broken\n---\n\nText.\n"


@pytest.mark.parametrize(("command", "code"), [("ask", 0), ("search", 0), ("status", 0), ("sync", 1)])
def test_a_broken_file_is_left_out_and_named(
    command: str, code: int, mine: list[str], folder: CorpusFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder.write_bytes("broken.md", BROKEN)
    words = ["Who met Carl Dow?"] if command in ("ask", "search") else []
    found, out, err = run([command, *words, "--json", *mine], capsys)
    assert found == code
    assert err.startswith(f"left out: {path}: line 2: id is 'Bad Id': ") and err.count("\n") == 1
    told = json.loads(out)
    if command in ("status", "sync"):
        assert [str(path) in refusal for refusal in told["refused"]] == [True]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", ""], "The question is empty"),
        (["ask", " ", "\u202e"], "The question is empty"),
        (["ask", "😀"], "holds no words"),
        (["ask", "x" * 2001], "has 2,001 characters"),
        (["search", ""], "The question is empty"),
        (["search", "rain", "-k", "0"], "-k is 0"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    arguments: list[str], told: str, mine: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run([*arguments, *mine], capsys)
    assert (code, out) == (2, "")
    assert told in one_line(err)


def test_a_missing_corpus_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "nowhere")
    for command in (["ask", "Who?"], ["sync"], ["status"], ["chat"]):
        code, out, err = run([*command, "--corpus", missing, "--data-dir", str(tmp_path)], capsys)
        assert (code, out) == (2, "") and missing in one_line(err)


def test_a_corpus_without_a_readable_file_names_each(folder: CorpusFolder, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder.write_bytes("broken.md", BROKEN)
    code, out, err = run(["ask", "Who?", "--corpus", str(folder.path)], capsys)
    assert (code, out) == (2, "")
    assert "holds no readable document" in err and f"{path}: line 2:" in err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ON_THE_RECORD_COLOUR", "red", "ON_THE_RECORD_COLOUR is not a setting"),
        ("ON_THE_RECORD_RETRIEVE", "many", "ON_THE_RECORD_RETRIEVE is 'many': give"),
        ("ON_THE_RECORD_MAX_CLAIMS", "0", "max_claims is 0"),
        ("ON_THE_RECORD_MODEL", "openai:none", "'openai:none'"),
    ],
)
def test_a_wrong_setting_is_one_line(
    name: str,
    value: str,
    told: str,
    mine: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value)
    code, out, err = run(["ask", "Who?", *mine], capsys)
    assert (code, out) == (2, "") and told in one_line(err)


def test_options_win_over_the_environment(
    mine: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ON_THE_RECORD_CORPUS", "nowhere")
    assert run(["ask", "Who met Carl Dow?", *mine], capsys)[0] == 0


def test_chat_goes_on_after_an_error_and_ends_at_an_empty_line(
    shipped: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("?!\nWho made the note public?\n\nWho is Amit Malviya?\n"))
    code, out, err = run(["chat", *shipped], capsys)
    assert (code, err) == (0, "")
    assert out.startswith("The question holds no words: ask in words.\n")
    assert "Banojyotsna Lahiri" in out and "BJP IT cell chief" not in out


def test_an_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("assistant.__main__._open", interrupted)
    assert run(["chat"], capsys) == (130, "", "")


def test_version_help_and_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, code in ((["--version"], 0), (["--help"], 0), ([], 2), (["frobnicate"], 2), (["ask"], 2)):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == code
    out = capsys.readouterr().out
    assert f"on-the-record {__version__}" in out and all(command in out for command in COMMANDS)


def test_who_said_what_prints_quotations_in_marks(shipped: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(["who-said-what", "--speaker", "malviya", *shipped], capsys)
    assert (code, err) == (0, "")
    assert "The Telegraph (India), 2026-01-02" in out
    assert "Amit Malviya, BJP IT cell chief: “not coincidence”" in out and "Bhandari said" not in out


def test_who_said_what_prints_json_with_exact_spans(
    shipped: list[str], assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(["who-said-what", "--about", "lawmakers", "--json", *shipped], capsys)
    rows = json.loads(out)
    assert {row["speaker"] for row in rows} >= {"US lawmakers", "Vinod Bansal"}
    for row in rows:
        assert assistant.documents[row["document_id"]].text[row["start"] : row["end"]] == row["text"]


def test_the_timeline_prints_dates_and_sentences(shipped: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["timeline", *shipped], capsys)
    assert code == 0 and out.index("2020-02  [The Telegraph (India)") < out.index("2026-01-02  [")
    _, out, _ = run(["timeline", "--about", "riots", "--json", *shipped], capsys)
    (row,) = json.loads(out)
    assert (row["first"], row["last"], row["precision"]) == ("2020-02-01", "2020-02-29", "month")


@pytest.mark.parametrize("command", ["who-said-what", "timeline"])
def test_nothing_found_is_said(command: str, shipped: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run([command, "--about", "zeppelin", *shipped], capsys)
    assert code == 0 and out.startswith("The documents ")
    code, _, err = run([command, "--document", "nope", *shipped], capsys)
    assert code == 2 and "nope" in one_line(err)
