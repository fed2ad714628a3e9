"""A backup as a file: a zip with a manifest of every member's size and hash, and nothing that this does not name."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from .catalog import SCHEMA
from .errors import BackupUnusable
from .exchange import settle

FORMAT = 1  # bump when a program of this version could not restore what is written
MANIFEST = "manifest.json"
CHUNK = 2**20
LONGEST_MANIFEST = 2**26
_KINDS = {"format": int, "schema": int, "shipped": bool}  # of the manifest's fields; the others are text
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]+(?:/[^/\\\x00-\x1f\x7f]+)*")
# Hidden and passing files, what SQLite keeps beside its own, and what an index makes anew: see `backups`.
_LEFT_OUT = re.compile(
    r"(?:^|/)(?:\.[^/]*|lost\+found)(?:/|$)|-(?:wal|shm|journal)$"
    r"|^indexes/[^/]+/(?:chroma[^/]*|vectors\.json[^/]*|write\.lock|writer\.txt)(?:/|$)"
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds: its files, by their names in the data directory, and the schema of each index.

    `made` is in UTC, by the version `program`. `corpus` is where the documents lay, `shipped` whether they were those
    that ship with the library, `index` the name of their index.
    """

    format: int
    program: str
    schema: int
    made: str
    corpus: str
    index: str
    shipped: bool
    indexes: Mapping[str, str]
    files: Mapping[str, Member]

    @property
    def size(self) -> int:
        """Bytes of all the files, unpacked."""
        return sum(member.size for member in self.files.values())


def is_kept(name: str) -> bool:
    """Whether backups hold a file of this name in the data directory."""
    return not _LEFT_OUT.search(name)


def is_name(name: str) -> bool:
    """Whether a name can stand in an archive, and leads nowhere but into the folder it is unpacked in."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return bool(_NAME.fullmatch(name)) and not {".", ".."} & set(name.split("/"))


@contextmanager
def guarded(fact: str) -> Iterator[None]:
    """Maps what reading and writing archives raises to BackupUnusable."""
    try:
        yield
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        sqlite3.Error,
    ) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BackupUnusable(
            f"{fact} ({told}): check the file, its folder's rights and the room on the disk."
        ) from error


def progress(told: str, size: int) -> tqdm[Any]:
    """A bar that is shown on a terminal once it takes longer than a second."""
    return tqdm(total=size, unit="B", unit_scale=True, desc=told, delay=1, disable=None)


# Writing


def pack(archive: zipfile.ZipFile, path: Path, name: str, shown: tqdm[Any]) -> Member:
    """Add a file as the member `name`."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(_entry(name), "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
            shown.update(len(chunk))
    return Member(size, digest.hexdigest())


def sign(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Add the manifest, which makes it whole."""
    written = json.dumps(dataclasses.asdict(manifest), indent=1, sort_keys=True)
    archive.writestr(_entry(MANIFEST), written)


def _entry(name: str) -> zipfile.ZipInfo:
    now = dt.datetime.now(dt.UTC)
    entry = zipfile.ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100600 << 16
    return entry


# Reading


def read(archive: zipfile.ZipFile) -> Manifest:
    """What the archive holds; raises BackupUnusable where it is none of ours, a newer program's, or holds anything else."""
    foreign = BackupUnusable(f"{archive.filename} is no backup of this program: give a file that `backup` wrote.")
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if sizes.get(MANIFEST, LONGEST_MANIFEST) >= LONGEST_MANIFEST:
        raise foreign
    try:
        values = json.loads(archive.read(MANIFEST))
        newer = values["format"] > FORMAT or values["schema"] > SCHEMA
        manifest = None if newer else _parsed(values)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise foreign from None
    if manifest is None:
        version = str(values.get("program"))[:40]
        raise BackupUnusable(
            f"{archive.filename} was made by a newer version ({version}) of this program: restore it with that one."
        )
    _check_members(archive, manifest)
    return manifest


def _parsed(values: dict[str, Any]) -> Manifest:
    held = {field.name: values[field.name] for field in dataclasses.fields(Manifest)}
    files = {name: Member(member["size"], member["sha256"]) for name, member in held.pop("files").items()}
    indexes = {name: str(schema) for name, schema in held.pop("indexes").items()}
    for name, value in held.items():
        if type(value) is not _KINDS.get(name, str):
            raise TypeError(name)
    if held["format"] < 1:
        raise ValueError(held["format"])
    return Manifest(**held, indexes=indexes, files=files)


def _check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Raise BackupUnusable for a member that no backup has: one not listed, a link, a name that leads elsewhere."""
    entries, parts = archive.infolist(), [name.split("/") for name in manifest.files]
    folders = {"/".join(part[:n]) for part in parts for n in range(1, len(part))}
    seen = set[str]()
    for entry in entries:
        name, kind = entry.filename, entry.external_attr >> 28  # the file's type, as Unix has it
        listed = name == MANIFEST or (name in manifest.files and manifest.files[name].size == entry.file_size)
        plain = kind in (0, 0o10) and not entry.flag_bits & 1 and not entry.is_dir()
        if not (listed and plain and is_name(name) and is_kept(name)) or name in folders | seen:
            raise BackupUnusable(
                f"{archive.filename} holds {name[:100]!r}, as no backup does: give a file that `backup` wrote."
            )
        seen.add(name)
    if missing := sorted(set(manifest.files) - seen):
        raise BackupUnusable(f"{archive.filename} is damaged, {missing[0][:100]!r} is missing: use another backup.")


def unpack(archive: zipfile.ZipFile, name: str, member: Member, path: Path, shown: tqdm[Any]) -> None:
    """Write a member to `path`, readable for its owner alone; raises BackupUnusable where it is not as it was packed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with archive.open(name) as source, os.fdopen(opened, "wb") as target:
        while size <= member.size and (chunk := source.read(CHUNK)):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
            shown.update(len(chunk))
    if (size, digest.hexdigest()) != (member.size, member.sha256):
        raise BackupUnusable(f"{archive.filename} is damaged, {name} is not as it was backed up: use another backup.")
    settle(path)
