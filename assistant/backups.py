"""Everything in the data directory in one archive, and back again: whole, checked, or not at all.

SQLite files are copied by SQLite itself, each as it was at one moment, whoever writes it meanwhile: no lock is needed,
since a catalog at any moment is one that a killed sync may leave, from which the next goes on. Chroma's files are left
out. They are made anew, when an index is opened, from the vectors that its catalog keeps; copied while somebody has
them open they may be torn; and they hold pickles, which are programs: an archive must not bring any.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from .archives import FORMAT, Manifest, Member, guarded, is_kept, is_name, pack, progress, read, sign, unpack
from .catalog import SCHEMA
from .errors import BackupUnusable
from .exchange import exchange, settle
from .index import name_of
from .locks import LOCK, WriteLock
from .release import __version__
from .settings import Settings

_SQLITE = b"SQLite format 3\0"
_CATALOG = re.compile(r"indexes/([^/]+)/catalog\.db")


def backup(settings: Settings, corpus: Path, file: Path) -> Manifest:
    """Write all that the data directory holds to `file`, readable for its owner alone, while others go on with it.

    `corpus` is the folder of documents that `settings` name. Raises BackupUnusable where there is nothing, `file` is
    there already or cannot be written, or a file of the data directory is damaged.
    """
    data = settings.data_path().resolve()
    _check_outside(file, data)
    if os.path.lexists(file):
        raise BackupUnusable(f"{file} is there already: give another name, or delete it.")
    with guarded(f"{data} cannot be backed up to {file}"):
        found = dict(_found(data)) if data.is_dir() else {}
        if not found:
            raise BackupUnusable(f"{data} holds nothing to back up: check `data_dir` (--data-dir FOLDER).")
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-") as scratch:
            whole = Path(scratch) / "whole"
            manifest = _packed(found, whole, settings, corpus)
            whole.chmod(0o600)
            settle(whole)
            whole.replace(file)
        settle(file.parent)
    return manifest


def restore(settings: Settings, corpus: Path, file: Path, *, force: bool = False) -> Manifest:
    """Make the data directory what `file` holds; the manifest, with the names that indexes have here.

    All is unpacked and checked beside the data directory, then takes its place in one step; one that holds anything is
    refused, unless `force` lets it be replaced. The index of the corpus that was backed up becomes that of `corpus`,
    which may lie elsewhere here. Raises BackupUnusable for an archive that is damaged, a newer program's or none of
    ours, and IndexBusy while an index is being written.
    """
    data = settings.data_path().resolve()
    _check_outside(file, data)
    with guarded(f"{file} cannot be restored to {data}"), zipfile.ZipFile(file) as archive:
        manifest = read(archive)
        if not force and data.is_dir() and any(is_kept(path.name) for path in data.iterdir()):
            raise BackupUnusable(f"The data directory {data} is not empty: give --force to replace all that it holds.")
        beside = _place_beside(data)
        if manifest.size > (free := shutil.disk_usage(beside).free):
            raise BackupUnusable(f"{beside} has {free:,} bytes free of {manifest.size:,} that are needed: make room.")
        here = _index_here(manifest, settings, corpus)
        fresh = Path(tempfile.mkdtemp(dir=beside, prefix=_prefix(data)))
        try:
            with progress("Restoring", manifest.size) as shown:
                for name, member in manifest.files.items():
                    unpack(archive, name, member, fresh / _moved(name, manifest.index, here), shown)
            with _unwritten(data, settings.lock_timeout):
                _put_in_place(fresh, data)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)  # what there was before, or what could not be finished
    indexes = {here if name == manifest.index else name: schema for name, schema in manifest.indexes.items()}
    return dataclasses.replace(manifest, index=here, indexes=indexes)


def leftovers(settings: Settings) -> list[Path]:
    """What restores that were killed have left beside the data directory, or in it; nobody reads it again."""
    data = settings.data_path().resolve()
    return sorted(path for folder in (data, data.parent) for path in folder.glob(f"{_prefix(data)}*"))


def _prefix(data: Path) -> str:
    return f".{data.name}-restoring-"


def _check_outside(file: Path, data: Path) -> None:
    if file.resolve().is_relative_to(data):
        raise BackupUnusable(f"{file} lies in the data directory {data}: let the backup lie elsewhere.")


# Packing


def _packed(found: dict[str, Path], whole: Path, settings: Settings, corpus: Path) -> Manifest:
    files, indexes, size = dict[str, Member](), dict[str, str](), sum(path.stat().st_size for path in found.values())
    with zipfile.ZipFile(whole, "x", zipfile.ZIP_DEFLATED) as archive, progress("Backing up", size) as shown:
        for name, path in found.items():
            with _steady(path, whole.with_name("copy")) as steady:
                if catalog := _CATALOG.fullmatch(name):
                    indexes[catalog[1]] = _schema(steady)
                files[name] = pack(archive, steady, name, shown)
        manifest = Manifest(
            format=FORMAT,
            program=__version__,
            schema=SCHEMA,
            made=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            corpus=str(corpus.resolve()),
            index=name_of(corpus),
            shipped=settings.corpus is None,
            indexes=indexes,
            files=files,
        )
        sign(archive, manifest)
    return manifest


def _found(folder: Path, inside: str = "", above: frozenset[Path] = frozenset()) -> Iterator[tuple[str, Path]]:
    """The files that are kept, by their names in the archive; links are followed, but not in circles."""
    real = folder.resolve()
    for path in sorted(folder.iterdir()) if real not in above else ():
        name = inside + path.name
        if not is_kept(name):
            continue
        if path.is_dir():
            yield from _found(path, f"{name}/", above | {real})
        elif path.is_file():
            if not is_name(name):
                raise BackupUnusable(f"The name of {str(path)!r} cannot stand in an archive: give it another.")
            yield name, path


@contextmanager
def _steady(path: Path, copy: Path) -> Iterator[Path]:
    """The file as it was at one moment: of a SQLite file a copy that SQLite made and finds whole, any other itself."""
    with path.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            yield path
            return
    try:
        # All in one step, so that writers cannot make it begin again and again. `rw` makes no file that is gone.
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=30)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            ((fault,),) = target.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        fault = str(error)
    if fault != "ok":
        fault = " ".join(str(fault).split())[:200]
        raise BackupUnusable(f"{path} is damaged ({fault}): delete it, or put an earlier backup's in its place.")
    yield copy
    copy.unlink()


def _schema(catalog: Path) -> str:
    """Of which schema an index is; none before its first sync."""
    with closing(sqlite3.connect(catalog)) as connection:
        made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchall()
        rows = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall() if made else []
    return str(rows[0][0]) if rows else ""


# Unpacking


def _index_here(manifest: Manifest, settings: Settings, corpus: Path) -> str:
    """The name here of the index of the corpus that was backed up: it tells where that lies.

    Only for a corpus that is named now too, or ships with the library now too: no other is taken for it.
    """
    here, same = name_of(corpus), manifest.shipped == (settings.corpus is None)
    return here if same and manifest.index in manifest.indexes and here not in manifest.indexes else manifest.index


def _moved(name: str, before: str, here: str) -> str:
    folder = f"indexes/{before}/"
    return f"indexes/{here}/{name.removeprefix(folder)}" if name.startswith(folder) else name


@contextmanager
def _unwritten(data: Path, timeout: float) -> Iterator[None]:
    """Holds the writer's lock of every index that there is; raises IndexBusy."""
    with ExitStack() as stack:
        for lock in sorted(data.glob(f"indexes/*/{LOCK}")):
            stack.enter_context(WriteLock(lock.parent).held(timeout))
        yield


def _place_beside(data: Path) -> Path:
    """Where what is to take the place of `data` is made: beside it, or in it where it cannot be renamed itself.

    So it is with one that is mounted, or lies in a folder of somebody else's; what it holds is renamed instead.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    return data if data.is_dir() and (data.is_mount() or not os.access(data.parent, os.W_OK)) else data.parent


def _put_in_place(fresh: Path, data: Path) -> None:
    if fresh.parent != data:
        if data.is_dir():
            shutil.copymode(data, fresh)
        exchange(fresh, data)
        return
    names = {path.name for folder in (fresh, data) for path in folder.iterdir() if is_kept(path.name)}
    for name in sorted(names):
        exchange(fresh / name, data / name)
