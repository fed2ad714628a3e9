"""Make .venv hold exactly what requirements.lock names. Run by make, through setup.sh.

Standard library only: it runs before anything is installed. It may be interrupted and run
again, also by two shells at once: an unfinished .venv is thrown away and made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "requirements-uv.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
INSTALLED = VENV / ".installed"  # make compares its time with the lock's
UNFINISHED = VENV / ".unfinished"

# Imported once, side by side, so that a broken install shows here and every later start finds
# bytecode: uv leaves none, and compiling all 12,000 files would take a minute.
IMPORTS = (
    "import gradio, playwright.sync_api",
    "import chromadb, langchain_openai, langchain_text_splitters, onnxruntime, pytest, tiktoken, tokenizers",
)


class SetUpError(Exception):
    """What is missing, and what to do about it."""


def main() -> int:
    try:
        with only_one():
            set_up()
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nset-up: interrupted. The next run begins it anew.", file=sys.stderr)
        return 130
    return 0


def set_up() -> None:
    started = time.monotonic()
    if not sound():
        make_venv()
    elif INSTALLED.exists() and INSTALLED.read_text() == fingerprint():
        INSTALLED.touch()
        return
    UNFINISHED.touch()
    INSTALLED.unlink(missing_ok=True)
    install()
    try_imports()
    UNFINISHED.unlink()
    INSTALLED.write_text(fingerprint())
    say(f"done in {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold off other set-ups of this checkout; the system lets go if this process dies."""
    with LOCK.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up of this folder to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sound() -> bool:
    """Whether .venv is whole: not from an interrupted set-up, its interpreter still there."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def fingerprint() -> str:
    return hashlib.sha256(LOCK.read_bytes() + UV_LOCK.read_bytes()).hexdigest()


def make_venv() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    if not importlib.util.find_spec("ensurepip"):
        raise SetUpError(
            f"Python {version} ({sys.executable}) comes without venv and ensurepip. "
            "On Debian and Ubuntu: apt install python3-venv. Elsewhere: make PYTHON=/path/to/another/python ..."
        )
    say(f"making .venv with Python {version}")
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
        UNFINISHED.touch()
        venv.create(VENV, symlinks=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(f"Python {version} ({sys.executable}) could not make .venv: {error}") from error


def install() -> None:
    """Install the lock with uv, or with pip where uv or its way to the packages is missing."""
    if not UV.exists():
        say("fetching uv")
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        run([PYTHON, "-m", "pip", "install", *options, "--require-hashes", "-r", UV_LOCK])
    packages = sum(not line.startswith(("#", " ")) for line in LOCK.read_text().splitlines())
    if UV.exists():
        say(f"installing {packages} packages")
        if run([UV, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, LOCK], uv_environment()):
            return
    say(f"uv could not: installing {packages} packages with pip, which takes some minutes")
    options = ["--disable-pip-version-check", "--progress-bar", "off"]
    if not run([PYTHON, "-m", "pip", "install", *options, "--require-hashes", "-r", LOCK]):
        raise SetUpError("pip could not install requirements.lock: see above. Then run make again.")


def uv_environment() -> dict[str, str]:
    """What makes uv fetch from where pip does: pip's index and the system's certificates."""
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & environment.keys():
        asked = subprocess.run(
            [PYTHON, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
        )
        index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return environment


def try_imports() -> None:
    say("trying what was installed")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    tries = [subprocess.Popen([PYTHON, "-c", code], env=environment) for code in IMPORTS]
    codes = [process.wait() for process in tries]
    if any(codes):
        raise SetUpError("a package that was installed cannot be imported: see above.")


def run(command: list[str | Path], environment: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, env=environment, check=False).returncode == 0


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
