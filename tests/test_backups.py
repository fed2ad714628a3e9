"""Backup and restore: all of it or none of it, whoever writes meanwhile, whatever the archive holds."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from index_fakes import PATIENCE, CorpusFolder, CountingEncoder, contents, opened, synced

from assistant import Assistant, BackupUnusable, IndexBusy, IndexUnusable, Settings, exchange
from assistant import backups as library
from assistant.__main__ import main
from assistant.archives import FORMAT, MANIFEST
from assistant.backups import backup, leftovers, restore
from assistant.catalog import SCHEMA
from assistant.history import History
from assistant.index import name_of
from assistant.locks import WriteLock
from ui import logins
from ui.reports import Reports, default_url
from ui.serving import keys

ROOT = Path(__file__).resolve().parents[1]
NOTE = "Ann Bell, the mayor, met Carl Dow on Monday. It rained for 3 hours."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes."""
    return tmp_path / "kept" / "backup.zip"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    """Another data directory, which is not there yet."""
    return settings.replace(data_dir=str(tmp_path / "elsewhere" / "data"))


def held(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def filled(settings: Settings, **files: str) -> Path:
    """A data directory of a few small files; its path."""
    data = settings.data_path()
    for name, text in {"ui/keys": "ana:sha256:00:", **files}.items():
        path = data / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return data


# Round trips


def test_everything_comes_back_on_another_machine(
    folder: CorpusFolder, settings: Settings, elsewhere: Settings, file: Path
) -> None:
    folder.write("note", "It snowed on Sunday, Ann Bell said.")
    with Assistant.open(settings.replace(history=True)) as assistant:
        folder.write("note", NOTE)
        assistant.sync()
        answer = assistant.ask("Who met Carl Dow?")
    data = settings.data_path()
    with contextlib.closing(Reports(default_url(data))) as reports:
        number, link = reports.add(answer, 0, "misquote", "No."), reports.share(answer)
    filled(settings, **{"ui__reader-cases.yaml": "cases: []", "indexes__.hidden": "", "ui__lost+found__x": ""})
    (data / "ui" / "keys").unlink()
    key = keys.add(data / "ui" / "keys", "newsroom", 7)
    logins.add(data / "ui" / "logins", "ana", "a long password")
    made = backup(settings, folder.path, file)

    index = f"indexes/{name_of(folder.path)}"
    names = {
        f"{index}/catalog.db",
        f"{index}/answers.db",
        "ui/readers.db",
        "ui/keys",
        "ui/logins",
        "ui/reader-cases.yaml",
    }
    assert set(made.files) == names and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    shutil.rmtree(data)
    assert restore(elsewhere, folder.path, file) == made
    there = elsewhere.data_path()
    assert {stat.S_IMODE(path.stat().st_mode) for path in there.rglob("*") if path.is_file()} == {0o600}
    assert keys.Keys(there / "ui" / "keys", {}).find(key) == keys.Key("newsroom", 7)
    assert logins.Logins.load(there / "ui" / "logins", {}).admit("ana", "a long password")
    with contextlib.closing(Reports(default_url(there))) as reports:
        report = reports.report(number)
        assert report and report.line == "No." and reports.shared(link)
    assert [given.question for given in History(there / index / "answers.db")] == ["Who met Carl Dow?"]
    with Assistant.open(elsewhere) as assistant:
        assert assistant.ask("Who met Carl Dow?") == answer
        assert assistant.status()["versions"] == 1


def test_nothing_is_embedded_again_and_chroma_is_whole(
    folder: CorpusFolder, settings: Settings, elsewhere: Settings, file: Path
) -> None:
    folder.write("a", NOTE)
    folder.write("b", "The court will hear the bail plea.")
    synced(settings, folder)
    before = contents(settings, folder.path)
    backup(settings, folder.path, file)
    restore(elsewhere, folder.path, file)
    encoder = CountingEncoder()
    assert not synced(elsewhere, folder, encoder) and encoder.texts == []
    assert contents(elsewhere, folder.path) == before and before.is_whole


def test_a_corpus_that_lies_elsewhere_keeps_its_index(
    folder: CorpusFolder, settings: Settings, elsewhere: Settings, file: Path, tmp_path: Path
) -> None:
    folder.write("a", NOTE)
    synced(settings, folder)
    backup(settings, folder.path, file)
    moved = CorpusFolder(folder.path.rename(tmp_path / "moved"))
    here = elsewhere.replace(corpus=str(moved.path))
    made = restore(here, moved.path, file)
    assert made.index == name_of(moved.path) and list(made.indexes) == [made.index]
    encoder = CountingEncoder()
    assert not synced(here, moved, encoder) and encoder.texts == []


def test_the_index_of_a_named_corpus_is_not_taken_for_that_of_the_story_that_ships(
    folder: CorpusFolder, settings: Settings, elsewhere: Settings, file: Path, tmp_path: Path
) -> None:
    folder.write("a", NOTE)
    synced(settings, folder)
    backup(settings, folder.path, file)
    made = restore(elsewhere.replace(corpus=None), tmp_path / "shipped", file)
    assert made.index == name_of(folder.path)
    assert contents(elsewhere, folder.path).texts == {"a": NOTE}


def test_a_backup_made_while_the_index_is_written_is_one_state_of_it(
    folder: CorpusFolder, settings: Settings, elsewhere: Settings, file: Path
) -> None:
    def write(version: int) -> None:
        for name in "abc":
            folder.write(name, f"In year {version} the warden of {name} counted {version + 1} boats.")

    write(0)
    synced(settings, folder)
    versions, done = itertools.count(1), threading.Event()

    def keep_syncing() -> None:
        while not done.is_set():
            write(next(versions))
            synced(settings.replace(lock_timeout=PATIENCE), folder)

    thread = threading.Thread(target=keep_syncing)
    thread.start()
    try:
        for number in range(4):
            backup(settings, folder.path, file.with_name(f"{number}.zip"))
    finally:
        done.set()
        thread.join(PATIENCE)
    for number in range(4):
        restore(elsewhere, folder.path, file.with_name(f"{number}.zip"), force=True)
        texts = contents(elsewhere, folder.path).texts
        years = {re.findall(r"\d+", text)[0] for text in texts.values()}
        assert len(texts) == 3 and len(years) == 1
        synced(elsewhere, folder)
        after = contents(elsewhere, folder.path)
        assert after.is_whole and after.texts == {i: d.text for i, d in folder.read().documents.items()}


def test_links_are_followed_but_not_in_circles(
    settings: Settings, elsewhere: Settings, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "file").write_text("far away")
    data = filled(settings)
    (data / "linked").symlink_to(tmp_path / "big")
    (data / "circle").symlink_to(data)
    os.mkfifo(data / "pipe")
    backup(settings, tmp_path, file)
    restore(elsewhere, tmp_path, file)
    assert held(elsewhere.data_path()) == {"ui/keys": b"ana:sha256:00:", "linked/file": b"far away"}


# What is refused


def test_what_is_there_already_is_not_written_over(settings: Settings, file: Path, tmp_path: Path) -> None:
    data = filled(settings)
    file.write_text("precious")
    with pytest.raises(BackupUnusable, match="is there already: give another name"):
        backup(settings, tmp_path, file)
    assert file.read_text() == "precious"
    for inside in (data / "backup.zip", data / "ui" / "backup.zip"):
        with pytest.raises(BackupUnusable, match="lies in the data directory"):
            backup(settings, tmp_path, inside)
        with pytest.raises(BackupUnusable, match="lies in the data directory"):
            restore(settings, tmp_path, inside, force=True)


def test_where_there_is_nothing_nothing_is_made(settings: Settings, file: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(BackupUnusable, match="holds nothing to back up: check"):
            backup(settings, tmp_path, file)
        settings.data_path().mkdir(exist_ok=True)
    assert list(file.parent.iterdir()) == []


def test_a_damaged_file_is_not_backed_up_as_if_it_were_whole(
    folder: CorpusFolder, settings: Settings, file: Path
) -> None:
    folder.write("a", " ".join(f"The warden counted {n} boats." for n in range(300)))
    synced(settings, folder)
    (catalog,) = settings.data_path().rglob("catalog.db")
    raw = catalog.read_bytes()
    catalog.write_bytes(raw[: len(raw) // 4] + bytes(len(raw) // 2) + raw[3 * len(raw) // 4 :])
    with pytest.raises(BackupUnusable, match=r"catalog\.db is damaged \(.*\): delete it"):
        backup(settings, folder.path, file)
    assert list(file.parent.iterdir()) == []


def test_a_data_directory_that_holds_anything_is_replaced_by_force_alone(
    settings: Settings, elsewhere: Settings, file: Path, tmp_path: Path
) -> None:
    backup_of = filled(settings)
    backup(settings, tmp_path, file)
    there = filled(elsewhere, ui__keys="bob:sha256:11:", ui__logins="bob")
    there.chmod(0o750)
    before = held(there)
    with pytest.raises(BackupUnusable, match="is not empty: give --force"):
        restore(elsewhere, tmp_path, file)
    assert held(there) == before
    restore(elsewhere, tmp_path, file, force=True)
    assert held(there) == held(backup_of) and stat.S_IMODE(there.stat().st_mode) == 0o750
    assert [path.name for path in there.parent.iterdir()] == [there.name] and leftovers(elsewhere) == []


def test_an_index_that_is_being_written_is_not_replaced(folder: CorpusFolder, settings: Settings, file: Path) -> None:
    folder.write("a", NOTE)
    synced(settings, folder)
    backup(settings, folder.path, file)
    (catalog,) = settings.data_path().rglob("catalog.db")
    with WriteLock(catalog.parent).held(1), pytest.raises(IndexBusy):
        restore(settings, folder.path, file, force=True)
    assert contents(settings, folder.path).texts == {"a": NOTE} and leftovers(settings) == []


@pytest.mark.parametrize("place", ["where it cannot be swapped", "where it cannot be renamed"])
def test_a_restore_works_on_every_file_system(
    place: str, settings: Settings, elsewhere: Settings, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place == "where it cannot be swapped":
        monkeypatch.setattr(exchange, "_swapped", lambda *_: False)
    else:  # it is mounted
        monkeypatch.setattr(library, "_place_beside", lambda data: data)
    data = filled(settings, other__file="new")
    backup(settings, tmp_path, file)
    there = filled(elsewhere, ui__keys="bob:sha256:11:", older__file="old")
    restore(elsewhere, tmp_path, file, force=True)
    assert held(there) == held(data)
    assert leftovers(elsewhere) == []


# Archives that are no backups, or not any more


def test_no_flipped_byte_is_restored_as_if_it_were_right(settings: Settings, tmp_path: Path, file: Path) -> None:
    data = filled(settings, ui__logins="x" * 500)
    backup(settings, tmp_path, file)
    raw, right, target = file.read_bytes(), held(data), settings.replace(data_dir=str(tmp_path / "target"))
    old = held(filled(target, ui__keys="old"))

    @hypothesis_settings(max_examples=150)
    @given(st.integers(0, len(raw) - 1), st.integers(1, 255), st.booleans())
    def check(place: int, change: int, cut: bool) -> None:
        broken = raw[:place] if cut else raw[:place] + bytes([raw[place] ^ change]) + raw[place + 1 :]
        file.write_bytes(broken)
        with contextlib.suppress(BackupUnusable):  # unless it is a date or a flag that nothing hangs on
            restore(target, tmp_path, file, force=True)
            assert held(target.data_path()) == right
            shutil.rmtree(target.data_path())
            filled(target, ui__keys="old")
        assert held(target.data_path()) == old
        assert leftovers(target) == []

    check()


def archive(file: Path, members: dict[str, bytes], listed: dict[str, bytes] | None = None, **changes: Any) -> None:
    """An archive as somebody might make it: the manifest lists `members`, or what is `listed` instead."""
    files = {
        name: {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        for name, raw in (members if listed is None else listed).items()
    }
    manifest = {"format": FORMAT, "program": "0.1.0", "schema": SCHEMA, "made": "2026-01-02T03:04:05+00:00",
                "corpus": "/c", "index": "c-0", "shipped": False, "indexes": {}, "files": files, **changes}  # fmt: skip
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in members.items():
            made.writestr(name, raw)
        made.writestr(MANIFEST, json.dumps(manifest))


NAMES = (
    "../evil", "/etc/evil", "ui/../../evil", "ui/..", "..", ".", "ui//keys", "ui/./keys", "..\\evil", "ui\\..\\evil",
    "C:\\evil", "ui/keys/", "ui/", ".ssh/authorized_keys", "ui/.keys.new", "ui/keys\n", "ui/\x1b[2J",
    "indexes/c-0/chroma-1/5f/index_metadata.pickle", "indexes/c-0/chroma.new/x", "indexes/c-0/vectors.json",
    "indexes/c-0/write.lock", "indexes/c-0/catalog.db-wal", "indexes/c-0/answers.db-journal", "manifest.json/x",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_backup_has_is_refused(name: str, elsewhere: Settings, file: Path, tmp_path: Path) -> None:
    archive(file, {name: b"evil", "ui/keys": b"ana"})
    before = held(tmp_path)
    with pytest.raises(BackupUnusable, match=r"holds .*, as no backup does: give a file"):
        restore(elsewhere, tmp_path, file)
    assert held(tmp_path) == before and not elsewhere.data_path().exists()


@given(name=st.text(min_size=1, max_size=40) | st.from_regex(r"[./\\a]{1,12}", fullmatch=True))
def test_no_name_leads_out_of_the_data_directory(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("named")
    settings = Settings(data_dir=str(folder / "in" / "data"))
    with contextlib.suppress(UnicodeEncodeError):  # no archive can hold it
        archive(folder / "file.zip", {name: b"evil"})
        with contextlib.suppress(BackupUnusable):
            restore(settings, folder, folder / "file.zip")
            assert len(held(folder / "in" / "data")) == 1
    assert {path.name for path in folder.iterdir()} <= {"file.zip", "in"}
    assert {path.name for path in folder.glob("in/*")} <= {"data"}


def link(file: Path) -> None:
    archive(file, {"ui/keys": b"ana"}, {"ui/keys": b"ana", "ui/link": b"/etc/passwd"})
    entry = zipfile.ZipInfo("ui/link")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as made:
        made.writestr(entry, "/etc/passwd")


def twice(file: Path) -> None:
    archive(file, {"ui/keys": b"ana"})
    with zipfile.ZipFile(file, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("ui/keys", b"bob")


def swollen(file: Path) -> None:
    """A member that unpacks to more than is told: a few bytes that would fill the disk."""
    archive(file, {"ui/keys": bytes(10_000_000)})
    raw = file.read_bytes()
    told = (10_000_000).to_bytes(4, "little")
    assert raw.count(told) == 2
    archive(file, {"ui/keys": bytes(10_000_000)}, {"ui/keys": bytes(100)})
    file.write_bytes(file.read_bytes().replace(told, (100).to_bytes(4, "little")))


def texts(file: Path, **changes: Any) -> None:
    archive(file, {"ui/keys": b"ana"}, **changes)


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (link, "holds 'ui/link', as no backup does"),
    "a name twice": (twice, "holds 'ui/keys', as no backup does"),
    "a bomb": (swollen, "cannot be restored|is damaged"),
    "not listed": (lambda file: archive(file, {"ui/keys": b"ana", "ui/more": b"x"}, {"ui/keys": b"ana"}), "ui/more"),
    "missing": (lambda file: archive(file, {}, {"ui/keys": b"ana"}), "is damaged, 'ui/keys' is missing"),
    "other content": (lambda file: archive(file, {"ui/keys": b"ana"}, {"ui/keys": b"bob"}), "ui/keys is not as it was"),
    "other size": (lambda file: archive(file, {"ui/keys": b"ana"}, {"ui/keys": b"anna"}), "as no backup does"),
    "a file that is a folder too": (lambda file: archive(file, {"ui": b"x", "ui/keys": b"y"}), "as no backup does"),
    "a newer format": (lambda file: texts(file, format=FORMAT + 1, files=None), "newer version .*: restore it with"),
    "a newer schema": (lambda file: texts(file, schema=SCHEMA + 1), "newer version .*: restore it with"),
    "no such format": (lambda file: texts(file, format=0), "is no backup of this program"),
    "a format of another type": (lambda file: texts(file, format="1"), "is no backup of this program"),
    "a list of another type": (lambda file: texts(file, files=["ui/keys"]), "is no backup of this program"),
    "sizes of another type": (lambda file: texts(file, files={"ui/keys": 3}), "is no backup of this program"),
    "no zip": (lambda file: file.write_bytes(b"hello"), "not a zip file"),
    "nothing": (lambda file: file.write_bytes(b""), "not a zip file"),
    "a folder": (lambda file: file.mkdir(), "Is a directory"),
    "not there": (lambda file: None, "No such file"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_that_is_no_backup_touches_nothing(
    kind: str, elsewhere: Settings, file: Path, tmp_path: Path
) -> None:
    make, told = HOSTILE[kind]
    make(file)
    there = filled(elsewhere)
    before = held(there)
    with pytest.raises(BackupUnusable, match=told) as refused:
        restore(elsewhere, tmp_path, file, force=True)
    assert ": " in str(refused.value) and str(refused.value).endswith(".") and "\n" not in str(refused.value)
    assert held(there) == before and leftovers(elsewhere) == []


def test_another_programs_zip_is_no_backup(elsewhere: Settings, file: Path, tmp_path: Path) -> None:
    for manifest in (None, "", "[]", "null", '{"format": 1}', "[" * 100_000, "\xff"):
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("word/document.xml", b"<xml/>")
            if manifest is not None:
                made.writestr(MANIFEST, manifest.encode("latin-1"))
        with pytest.raises(BackupUnusable, match="is no backup of this program: give"):
            restore(elsewhere, tmp_path, file)


def test_a_full_disk_is_told_before_anything_is_written(
    settings: Settings, elsewhere: Settings, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(settings)
    backup(settings, tmp_path, file)
    usage = dataclasses.make_dataclass("Usage", ["free"])(3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(BackupUnusable, match="has 3 bytes free of 14 that are needed: make room"):
        restore(elsewhere, tmp_path, file)


# Killed


KILLED = """
import itertools, os, shutil, signal, sys
from pathlib import Path
from assistant import Settings, backups

unpack, swap, remove, seen = backups.unpack, backups.exchange, shutil.rmtree, itertools.count()

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def unpacked(*arguments):
    unpack(*arguments)
    if point == "unpacking" and next(seen) == 1:
        die()

def swapped(new, old):
    if point == "before":
        die()
    swap(new, old)
    if point == "after":
        die()

def removed(path, **_):
    remove(next(path.iterdir()))
    die()

backups.unpack, backups.exchange, shutil.rmtree = unpacked, swapped, removed
corpus, file, *places = map(Path, sys.argv[1:])
for place in places:
    point = place.parent.name
    if not os.fork():
        backups.restore(Settings(data_dir=str(place)), corpus, file, force=True)
    assert os.wait()[1] == signal.SIGKILL
"""
"""Restores that are killed, each at another point of it."""


def test_a_killed_restore_leaves_the_old_or_the_new(settings: Settings, file: Path, tmp_path: Path) -> None:
    new = held(filled(settings, ui__logins="new", more__file="new"))
    backup(settings, tmp_path, file)
    points = {point: settings.replace(data_dir=str(tmp_path / point / "data"))
              for point in ("unpacking", "before", "after", "removing")}  # fmt: skip
    for there in points.values():
        old = held(filled(there, ui__logins="old", ui__readers="old"))
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(file), *(str(s.data_dir) for s in points.values())]
    subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE)
    for point, there in points.items():
        assert held(there.data_path()) == (old if point in ("unpacking", "before") else new), point
        assert len(leftovers(there)) == 1
        restore(there, tmp_path, file, force=True)
        assert held(there.data_path()) == new


# Older indexes

SCHEMA_4 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, live INTEGER NOT NULL,
    position INTEGER NOT NULL, metadata TEXT NOT NULL, text TEXT NOT NULL, attributions TEXT NOT NULL,
    UNIQUE (id, version));
CREATE TABLE passages (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, tokens INTEGER NOT NULL, heading TEXT NOT NULL,
    sentences TEXT NOT NULL, vectors BLOB NOT NULL);
CREATE TABLE garbage (id TEXT PRIMARY KEY);
CREATE VIRTUAL TABLE words USING fts5 (text, context, tokenize = 'porter unicode61 remove_diacritics 2');
INSERT INTO meta VALUES ('schema', '4'), ('embedding', 'counting'), ('passage_tokens', '160'),
    ('token_encoding', 'o200k_base');
INSERT INTO documents VALUES (1, 'a', 'v', 1, 0, '{}', 'Text.', '[]');
INSERT INTO passages VALUES (1, 'p', 1, 0, 5, 2, '', '[[0, 5]]', x'0000');
"""
"""An index as it was before Chroma could be made again from the catalog."""


@pytest.fixture
def older(folder: CorpusFolder, settings: Settings) -> Path:
    """The catalog of an index that an older version made."""
    folder.write("a", NOTE)
    catalog = settings.data_path() / "indexes" / name_of(folder.path) / "catalog.db"
    catalog.parent.mkdir(parents=True)
    with closing(sqlite3.connect(catalog)) as connection:
        connection.executescript(SCHEMA_4)
    return catalog


def test_an_older_index_is_refused_with_the_remedy(folder: CorpusFolder, settings: Settings, older: Path) -> None:
    for _ in range(2):
        told = f"was made with schema 4, this is {SCHEMA}: run `python -m assistant sync --rebuild`"
        with pytest.raises(IndexUnusable, match=told), opened(settings, folder.path):
            pass
        with closing(sqlite3.connect(older)) as connection:
            assert connection.execute("SELECT text FROM documents").fetchall() == [("Text.",)]
    place = ["--corpus", str(folder.path), "--data-dir", str(settings.data_dir)]
    assert main(["status", *place]) == 2 and main(["sync", "--rebuild", *place]) == main(["status", *place]) == 0


def test_an_older_index_is_restored_as_it_is_and_told_of(
    folder: CorpusFolder, settings: Settings, elsewhere: Settings, older: Path, file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    backup(settings, folder.path, file)
    place = ["--corpus", str(folder.path), "--data-dir", str(elsewhere.data_dir)]
    assert main(["restore", str(file), *place]) == 0
    assert (
        f"was made with schema 4, this is {SCHEMA}: run `python -m assistant sync --rebuild`" in capsys.readouterr().out
    )
    with pytest.raises(IndexUnusable, match="made with schema 4"), opened(elsewhere, folder.path):
        pass


# Commands


def test_the_commands_say_what_they_did(
    folder: CorpusFolder, settings: Settings, elsewhere: Settings, file: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder.write("a", NOTE)
    synced(settings, folder)
    here, there = (["--corpus", str(folder.path), "--data-dir", str(s.data_dir)] for s in (settings, elsewhere))
    monkeypatch.setenv("ON_THE_RECORD_CHROMA_URL", "http://127.0.0.1:9")
    assert main(["backup", str(file), *here]) == 0
    out, err = capsys.readouterr()
    assert f"are in {file}" in out and "http://127.0.0.1:9" in out and "`sync` puts them there again" in out and not err
    assert main(["backup", str(file), *here]) == 2
    assert capsys.readouterr().err.startswith(f"error: {file} is there already: ")
    left = elsewhere.data_path().parent / ".data-restoring-x"
    left.mkdir(parents=True)
    assert main(["restore", str(file), *there]) == 0
    out, err = capsys.readouterr()
    assert (
        f"is that of {folder.path}" in out
        and err == f"left over from a restore that was broken off: {left}: delete it\n"
    )
    assert main(["restore", str(file), *there]) == 2 and "give --force" in capsys.readouterr().err
    assert main(["restore", str(file), "--force", "--json", *there]) == 0
    assert json.loads(capsys.readouterr().out)["index"] == name_of(folder.path)
