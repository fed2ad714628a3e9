"""Answers and tables as text for a terminal."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .catalog import SCHEMA
from .errors import REBUILD
from .index import name_of
from .types import ANSWERED, Answer, Attribution, Citation, Document, Event
from .versions import Correction

if TYPE_CHECKING:
    from .archives import Manifest


def print_answer(answer: Answer) -> None:
    """An answer with its citations, or what is nearest."""
    if answer.standalone != answer.question:
        print(f"Answered as: {answer.standalone}\n")
    print("\n\n".join(wrapped(part) for part in answer.text.split("\n\n")))
    if answer.status == ANSWERED:
        print()
        print_citations(answer.citations)
        how = "Quoted from the documents; no model in use."
        if answer.metadata.get("model"):
            how = answer.note or f"Written by {answer.writer}; each claim checked against the words cited."
        print(f"\nAs of {answer.as_of}. {how}" if answer.as_of else f"\n{how}" if answer.metadata else "")
    elif answer.nearest:
        print("\nNearest in the documents:\n")
        print_citations(answer.nearest)


def print_citations(citations: Sequence[Citation]) -> None:
    """Each citation with its quote and source."""
    for citation in citations:
        print(wrapped(f"[{citation.number}] {' '.join(citation.quote.split())}", "    ").removeprefix("    "))
        source = ", ".join(
            str(part)
            for part in (
                citation.publisher,
                citation.published,
                citation.title,
                citation.page and f"p. {citation.page}",
            )
            if part
        )
        print(wrapped(source, "    "))
        if citation.url:
            print(f"    {citation.url}")


def print_attributions(found: Sequence[Attribution], documents: Mapping[str, Document]) -> None:
    """Who said what, under the document that has it: quotations in marks, anything else as it is told."""
    shown = ""
    for said in found:
        document = documents[said.document_id]
        if said.document_id != shown:
            source = [document.publisher, document.published or "no date", document.title, f"({document.id})"]
            print(("\n" if shown else "") + wrapped(", ".join(str(part) for part in source[:-1] if part)), source[-1])
            shown = said.document_id
        who = ", ".join(part for part in (said.speaker or "(not told)", said.role) if part)
        via = f", as {said.via} reports" if said.via else ""
        words = " ".join(document.text[said.start : said.end].split())
        print(wrapped(f"{who}{via}: {words if said.kind == 'indirect' else f'“{words}”'}", "  "))


def print_timeline(found: Sequence[Event], documents: Mapping[str, Document]) -> None:
    """Events by date, each with its sentence and where it stands."""
    for event in found:
        document = documents[event.document_id]
        source = ", ".join(str(part) for part in (document.publisher, document.published, event.document_id) if part)
        print(f"{when(event)}  [{source}]")
        print(wrapped(" ".join(event.text.split()), "    "))


def when(event: Event) -> str:
    """The day or days of an event, as exactly as its document says."""
    form = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[event.precision]
    first, last = event.first.strftime(form), event.last.strftime(form)
    return first if first == last else f"{first} to {last}"


def print_status(status: dict[str, Any]) -> None:
    """What the index holds."""
    documents: Any = status.pop("documents")
    refused: Any = status.pop("refused")
    stale: Any = status.pop("stale")
    status["size"] = f"{int(str(status['size'])) / 1e6:.1f} MB"
    status["synced"] = f"{status['synced']} UTC" if status["synced"] else "never"
    model: Any = status.pop("model")
    status |= {f"model {name}": value for name, value in (model or {}).items()}
    for name, value in status.items():
        print(f"{name:11} {value}")
    print(f"{'documents':11} {len(documents)}")
    for document in documents:
        about = [document["publisher"], document["published"] or "no date", document["title"]]
        held = f"{document['passages']} passages, {document['tokens']} tokens, version {document['version'][:8]}"
        print("  ".join(["", document["id"], *filter(None, about), held]))
    for outcome, ids in stale.items():
        for identity in ids:
            print(f"  stale: {identity} was {outcome} since: run `python -m assistant sync`")
    for refusal in refused:
        print(f"  left out: {refusal}")


def print_corrections(found: Sequence[Correction], as_json: bool, *, kept: bool) -> None:
    """Answers on record whose words have changed; where there are none, whether any record is kept."""
    if as_json:
        print_json(
            [{"answered": c.answered.isoformat(), "question": c.question, "state": c.change.state, "change": str(c.change),
              "document_id": c.change.citation.document_id, "version": c.change.citation.version,
              "quote": c.change.citation.quote} for c in found]
        )  # fmt: skip
        return
    if not found:
        hint = "" if kept else " No history is kept: set ON_THE_RECORD_HISTORY=true to keep one."
        print(f"No answer on record cites words that have changed since.{hint}")
    for correction in found:
        print(f"{correction.answered:%Y-%m-%d %H:%M} UTC  {correction.question}")
        print(wrapped(f"cited: {' '.join(correction.change.citation.quote.split())}", "    "))
        print(wrapped(str(correction.change), "    "))


def print_backup(made: Manifest, file: Path, chroma_url: str | None) -> None:
    """What a backup holds, and what it does not."""
    print(f"{len(made.files)} files, {made.size / 1e6:.1f} MB, as they were on {made.made}, are in {file}.")
    if made.index not in made.indexes:
        print(f"No index of {made.corpus} is among them.")
    if chroma_url:
        print(f"What the Chroma server {chroma_url} holds is not: the vectors are, and `sync` puts them there again.")


def print_restored(held: Manifest, corpus: Path, data: Path) -> None:
    """What was restored, and what becomes of each index."""
    print(f"{len(held.files)} files, as they were on {held.made}, are in {data}. Start again what serves them.")
    for index, schema in sorted(held.indexes.items()):
        if index != name_of(corpus):
            becomes = "is read where a corpus lies at the path of then; at any other `sync` makes a new one"
        elif schema == str(SCHEMA):
            becomes = f"is that of {corpus}: Chroma's part is made anew when it is opened, nothing is embedded again"
        else:
            becomes = f"was made with schema {schema}, this is {SCHEMA}: {REBUILD}"
        print(f"  {index} {becomes}")


def print_json(value: object) -> None:
    """JSON as people can read it."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def wrapped(text: str, indent: str = "") -> str:
    """Lines no wider than the terminal."""
    width = min(100, max(40, shutil.get_terminal_size().columns))
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
