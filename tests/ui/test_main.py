"""``python -m ui``: ports, flags and refusals to start."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ui_fakes import ROOT, server_environment

from ui import __main__ as program


@pytest.fixture
def taken() -> Iterator[int]:
    """A loopback port that something else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def run(*flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui", *flags],
        cwd=ROOT, env=server_environment() | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(taken: int, tmp_path: Path) -> None:
    done = run("--port", str(taken), "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: Port {taken} on 127.0.0.1 cannot be used") and done.stderr.count("\n") == 1


def test_without_a_wish_the_next_free_port_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "PORT", taken)
    assert taken < program.free_port("127.0.0.1", None) < taken + program.PORTS_TRIED
    monkeypatch.setattr(program, "PORTS_TRIED", 1)
    with pytest.raises(OSError, match="None of the ports"):
        program.free_port("127.0.0.1", None)


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "٣"])
def test_a_port_is_a_number_in_range(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        program.main(["--port", port])
    assert stop.value.code == 2
    assert "is not a port" in capsys.readouterr().err or port == "-1"


def test_a_corpus_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = run("--corpus", str(tmp_path / "none"), "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


def test_a_setting_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    done = run(ON_THE_RECORD_CORPSE=str(tmp_path))
    assert done.returncode == 2
    assert "ON_THE_RECORD_CORPSE is not a setting" in done.stderr and done.stderr.count("\n") == 1


def test_the_desk_refuses_to_start_while_nobody_has_a_login(tmp_path: Path) -> None:
    done = run("--desk", "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert "--add-login" in done.stderr and done.stderr.count("\n") == 1


def test_a_login_is_added_from_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ui", "--add-login", "ana", "--data-dir", str(tmp_path)]
    for password, code in (("a long password\n", 0), ("short\n", 2)):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=server_environment(),
            input=password,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code
    assert (tmp_path / "ui" / "logins").read_text().startswith("ana:scrypt:")


def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    done = run("--reports", "nonsense", "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: The readers' database cannot be used")


def test_gradio_is_told_to_keep_quiet_before_it_is_imported() -> None:
    code = "import sys, ui.__main__; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=server_environment(), check=False).returncode == 0
