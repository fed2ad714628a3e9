"""The wheel holds the library with its data and works outside the checkout; what is exported; the locks."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

import assistant

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = {name: ROOT / name for name in ("corpus", "prompts") if (ROOT / name).is_dir()} | {
    "models": ROOT / "assistant" / "models"
}
NOT_EXPORTS = {"TYPE_CHECKING", "__version__", "annotations"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed, with nothing fetched."""
    folder = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--disable-pip-version-check"]
    run([sys.executable, "-m", "pip", "install", *options, "--target", str(folder), str(wheel)], cwd=folder)
    return folder


def test_wheel_holds_every_data_file_as_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name, folder in SHIPPED.items():
            files = [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
            assert files, f"{folder} is empty"
            for file in files:
                member = f"assistant/{name}/{file.relative_to(folder).as_posix()}"
                assert archive.read(member) == file.read_bytes(), member


def test_wheel_holds_the_library_and_its_licences_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    info = next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
    assert {name.split("/")[0] for name in names} == {"assistant", info}
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE", "assistant/py.typed"} <= set(names)


def test_installed_wheel_reads_its_data_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = """
        import assistant
        from assistant import resources
        found = {name: str(resources.path(name)) for name in names}
        article = resources.path("corpus/mamdani-letter-row.md").read_bytes().decode()
        print(json.dumps({"module": assistant.__file__, "found": found, "article": article}))
    """
    said = run_installed(installed, tmp_path, code, names=sorted(SHIPPED))
    assert said["module"] == str(installed / "assistant" / "__init__.py")
    assert said["found"] == {name: str(installed / "assistant" / name) for name in SHIPPED}
    assert said["article"] == (ROOT / "corpus" / "mamdani-letter-row.md").read_bytes().decode()


def test_installed_wheel_answers_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = """
        from assistant import Assistant, Settings
        assistant = Assistant.open(Settings(data_dir=data_dir))
        answer = assistant.ask("Who made the note public?")
        exact = [assistant.documents[c.document_id].text[c.start:c.end] == c.quote for c in answer.citations]
        print(json.dumps({"status": answer.status, "text": answer.text, "exact": exact}))
    """
    said = run_installed(installed, tmp_path, code, data_dir=str(tmp_path / "data"))
    assert said["status"] == "answered"
    assert "Banojyotsna Lahiri" in said["text"]
    assert said["exact"]
    assert all(said["exact"])


def test_all_is_sorted_and_is_what_is_exported() -> None:
    names = assistant.__all__
    exported = {name for name in names if hasattr(assistant, name)}
    public = {name for name, value in vars(assistant).items() if name[0] != "_" and not isinstance(value, ModuleType)}
    assert list(names) == sorted(names, key=lambda name: (not name.isupper(), name))  # constants first, as ruff has it
    assert exported == set(names)
    assert public - NOT_EXPORTS == set(names) - NOT_EXPORTS


def test_import_loads_no_page_and_no_model_client(tmp_path: Path) -> None:
    code = """
        import assistant
        print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
    """
    loaded = run_installed(ROOT, tmp_path, code)
    assert {"gradio", "langchain_openai", "openai", "chromadb", "onnxruntime"}.isdisjoint(loaded)


def test_lock_pins_every_dependency_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [extra for name, extra in project["optional-dependencies"].items() if name != "training"]
    wanted = [*project["dependencies"], *itertools.chain(*extras)]
    pins = re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    for requirement in map(Requirement, wanted):
        versions = [version for name, version in pins if name == requirement.name.lower()]
        assert versions, f"{requirement.name} is not in requirements.lock: make lock"
        assert all(map(requirement.specifier.contains, versions)), f"{requirement}: make lock"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-uv.lock"])
def test_lock_names_no_address_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=sha256:)", text, re.MULTILINE)
    requirements = re.findall(r"^[a-z].*(?:\n .*)*", text, re.MULTILINE)
    assert requirements
    assert all("==" in one and "--hash=sha256:" in one for one in requirements)


def run_installed(folder: Path, cwd: Path, code: str, **values: object) -> Any:
    """What `code` prints as JSON when it finds `assistant` in `folder` alone, cut off from this checkout."""
    lines = [
        "import json, sys",
        f"sys.path.insert(0, {str(folder)!r})",
        *(f"{name} = {value!r}" for name, value in values.items()),
        *(line.strip() for line in code.strip().splitlines()),
    ]
    return json.loads(run([sys.executable, "-I", "-c", "\n".join(lines)], cwd=cwd).splitlines()[-1])


def run(command: list[str], cwd: Path) -> str:
    """Standard output of `command`; fails with everything it said."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
