"""Files and addresses into the corpus: each becomes a Markdown document, its original kept beside it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import itertools
import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from tqdm import tqdm

from .documents import LONGEST_TITLE, ORIGINALS, SUFFIXES, read_document
from .errors import CorpusError
from .extracts import Extracted
from .fetching import Fetcher
from .formats import SUFFIXES as READABLE
from .formats import extract
from .markup import tidy
from .settings import Settings
from .types import Document

LONGEST_ID = 80
_TYPES = {
    "application/pdf": ".pdf", "application/rss+xml": ".rss", "application/atom+xml": ".atom", "text/plain": ".txt",
    "text/html": ".html", "application/xhtml+xml": ".html",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or address that was not added, and why."""

    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


@dataclass(frozen=True, slots=True)
class AddReport:
    """Ids of the documents that were added, changed or left as they were, and what was refused."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Original:
    """A file as it came: `source` is what tells it from others, and finds it again."""

    data: bytes
    name: str
    source: str
    url: str = ""


def add(sources: Sequence[str | Path], folder: Path, settings: Settings) -> AddReport:
    """Read files, folders and addresses into the corpus `folder`, which is made if need be.

    The same source again changes the document it became. What cannot be read is refused by name and the rest goes
    in. Raises CorpusError when `folder` cannot be written.
    """
    shelf, refused = _Shelf(folder), list[LeftOut]()
    outcomes: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    every, linked = _expanded(sources, folder)
    refused += linked
    fetcher = Fetcher(
        max_bytes=settings.max_document_bytes,
        timeout=settings.fetch_timeout,
        allow_private=settings.allow_private_hosts,
    )
    for source in tqdm(every, unit="file", desc="Adding", delay=1, disable=None):
        try:
            for outcome, identity in _add(source, shelf, settings, fetcher):
                outcomes[outcome].append(identity)
        except CorpusError as error:
            refused.append(LeftOut(str(source), str(error)))
    return AddReport(**{name: tuple(ids) for name, ids in outcomes.items()}, refused=tuple(refused))


def remove(ids: Sequence[str], folder: Path) -> int:
    """Delete documents and the originals that no other came from; how many documents are left.

    Raises CorpusError for an unknown id, before anything is deleted.
    """
    shelf = _Shelf(folder)
    for identity in ids:
        if identity not in shelf.files:
            raise CorpusError(f"There is no document {identity} in {folder}: `status` lists what there is.")
    for identity in dict.fromkeys(ids):
        shelf.remove(identity)
    return len(shelf.files)


def is_address(source: str | Path) -> bool:
    """Whether a source is an address rather than a file."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", str(source)))


def _expanded(sources: Iterable[str | Path], corpus: Path) -> tuple[list[str | Path], list[LeftOut]]:
    """Files and addresses, folders by what is in them: nothing hidden, no original that the corpus keeps itself.

    A folder may come from elsewhere: its links are not followed out of it, to files that nobody meant to publish.
    """
    every: list[str | Path] = []
    linked = []
    for source in sources:
        root = Path(source)
        if is_address(source) or not root.is_dir():
            every.append(source)
            continue
        for path in sorted(root.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            place = path.resolve()
            if hidden or not path.is_file() or place.is_relative_to((corpus / ORIGINALS).resolve()):
                continue
            if not path.is_symlink():
                every.append(path)
            elif not place.is_relative_to(root.resolve()):
                linked.append(LeftOut(str(path), "it is a link out of the folder: give the file itself."))
    return every, linked


def _add(source: str | Path, shelf: _Shelf, settings: Settings, fetcher: Fetcher) -> Iterator[tuple[str, str]]:
    original = (
        _fetched(str(source), fetcher) if is_address(source) else _read(Path(source), settings.max_document_bytes)
    )
    if PurePosixPath(original.name).suffix.lower() in SUFFIXES and original.data.lstrip(b"\xef\xbb\xbf").startswith(
        b"---"
    ):
        if original.url:  # it could take the place of any document here, and name any publisher
            raise CorpusError("it has front matter of its own: save it, read that, and add the file if you trust it.")
        yield shelf.copy(original, settings.max_document_bytes)
        return
    found = extract(original.data, original.name, url=original.url, max_bytes=settings.max_document_bytes)
    kept = ""
    marks = [_line(one.url or one.title) for one in found]
    often = Counter(marks)
    for number, (one, mark) in enumerate(zip(found, marks, strict=True)):
        # With the feed's own address before it: an item may claim any address, another document's too.
        # And a title that is a number could be another item's place.
        own = mark if mark and often[mark] == 1 and not mark.isdigit() else str(number)
        key = original.source if len(found) == 1 else f"{original.source}#{own}"
        outcome, identity, kept = shelf.put(one, original, key, kept)
        yield outcome, identity


def _fetched(url: str, fetcher: Fetcher) -> _Original:
    page = fetcher.fetch(url)
    name = PurePosixPath(unquote(urlsplit(page.url).path)).name or urlsplit(page.url).hostname or "page"
    kind = page.content_type.partition(";")[0].strip().lower()
    if "html" in kind or PurePosixPath(name).suffix.lower() not in READABLE:
        # An address may end in ".php" or in nothing: the server says what it is.
        name = f"{PurePosixPath(name).stem}{_TYPES.get(kind, '')}"
    return _Original(page.data, name, url, page.url)


def _read(path: Path, max_bytes: int) -> _Original:
    try:
        if not path.is_file():
            raise CorpusError("there is no such file: check the path.")
        if (size := path.stat().st_size) > max_bytes:
            raise CorpusError(
                f"{size:,} bytes, over the limit of {max_bytes:,}: raise `max_document_bytes` or split it."
            )
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{error.strerror}: make the file readable.") from error
    # A fingerprint: the path itself tells of a private machine, and the corpus may be published.
    return _Original(data, path.name, f"file:{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]}")


class _Shelf:
    """The corpus folder as it stands, and how to put documents there so that no half of one is ever seen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(f"The corpus folder {folder} cannot be made ({error.strerror}): give another.") from error
        self.files: dict[str, Path] = {}
        self._documents: dict[str, Document] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and ORIGINALS not in path.relative_to(folder).parts and path.is_file():
                try:
                    document = read_document(path, max_bytes=2**63)
                except CorpusError:
                    continue  # `sync` names it
                self.files[document.id], self._documents[document.id] = path, document

    def put(self, one: Extracted, original: _Original, source: str, kept: str) -> tuple[str, str, str]:
        """Write a text as a document: what came of it, its id, and where its original is kept."""
        source = _line(source)
        before = next((document for document in self._documents.values() if document.source == source), None)
        title = _title(one.title, PurePosixPath(original.name).stem, one.text)
        identity = before.id if before else self._free_id(title)
        if not kept:
            suffix = PurePosixPath(original.name).suffix.lower()
            kept = f"{ORIGINALS}/{identity}{suffix if re.fullmatch(r'[.][a-z0-9]{1,8}', suffix) else ''}"
        known = {
            "id": identity, "kind": before.kind if before else "article", "title": title,
            "publisher": _line(one.publisher), "author": _line(one.author), "published": one.published,
            "url": _line(one.url), "language": one.language,
            "source": source, "original": kept, "fetched": dt.date.today(), "pages": list(one.pages),
        }  # fmt: skip
        if before and _same(before, known, one.text):
            return "unchanged", identity, kept
        made = f"---\n{_front_matter(known)}---\n\n{one.text}\n".encode()
        _parsed(made, 2**63)
        self._write(self._folder / kept, original.data)
        self._written(self.files.get(identity, self._folder / f"{identity}.md"), made)
        if before and before.original != kept:
            self._drop_original(before.original)
        return ("changed" if before else "added"), identity, kept

    def copy(self, original: _Original, max_bytes: int) -> tuple[str, str]:
        """Take a document that has its front matter as it is."""
        document = _parsed(original.data, max_bytes)
        before = self._documents.get(document.id)
        if before == document:
            return "unchanged", document.id
        self._written(self.files.get(document.id, self._folder / f"{document.id}.md"), original.data)
        return ("changed" if before else "added"), document.id

    def remove(self, identity: str) -> None:
        """Delete a document, and its original unless another came from it too."""
        self.files.pop(identity).unlink()
        self._drop_original(self._documents.pop(identity).original)

    def _drop_original(self, original: str) -> None:
        inside = (self._folder / original).resolve().is_relative_to((self._folder / ORIGINALS).resolve())
        if original and inside and all(other.original != original for other in self._documents.values()):
            (self._folder / original).unlink(missing_ok=True)

    def _written(self, path: Path, data: bytes) -> None:
        self._write(path, data)
        document = read_document(path, max_bytes=2**63)
        self.files[document.id], self._documents[document.id] = path, document

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".adding-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except OSError as error:
            raise CorpusError(
                f"{path} cannot be written ({error.strerror}): make the corpus folder writable."
            ) from error

    def _free_id(self, title: str) -> str:
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].strip("-")
        slug = slug or f"document-{hashlib.sha256(title.encode()).hexdigest()[:8]}"
        taken = set(self.files) | {path.stem for path in self.files.values()}
        names = itertools.chain([slug], (f"{slug}-{n}" for n in itertools.count(2)))
        return next(name for name in names if name not in taken)


def _parsed(data: bytes, max_bytes: int) -> Document:
    """The document that a file of these bytes would be; raises CorpusError for none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.md"
        path.write_bytes(data)
        return read_document(path, max_bytes=max_bytes)


def _title(*lines: str) -> str:
    """The first of some lines that can be read, cut where it is longer than titles are."""
    line = next(_line(line) for line in lines if re.search(r"\w", tidy(line)))
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def _line(text: str) -> str:
    """A text as a document's field holds it: one line, as it will be read back."""
    return " ".join(tidy(text).split())


def _front_matter(known: dict[str, Any]) -> str:
    values = {
        name: value.isoformat() if isinstance(value, dt.date) else value for name, value in known.items() if value
    }
    dumped: str = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=2**20, default_flow_style=None)
    return dumped


def _same(before: Document, known: dict[str, Any], text: str) -> bool:
    """Whether a document holds just this already; the day it was fetched apart."""
    if before.text != text.strip("\n"):
        return False
    names = {field.name for field in dataclasses.fields(before)} & known.keys() - {"fetched", "pages", "language"}
    return all((getattr(before, name) or "") == (known[name] or "") for name in names)
