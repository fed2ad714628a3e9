"""The command line: `python -m assistant` (installed: `on-the-record`)."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import OnTheRecordError, SettingsError
from .filters import Filter
from .printing import (
    print_answer,
    print_attributions,
    print_backup,
    print_corrections,
    print_json,
    print_restored,
    print_status,
    print_timeline,
    wrapped,
)
from .release import __version__
from .settings import Settings

if TYPE_CHECKING:
    from .assistant import Assistant

EXIT_ERROR, EXIT_LEFT_OUT, EXIT_INTERRUPTED = 2, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done (a refusal to answer too), 1 files left out, 2 error."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except OnTheRecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_ERROR
    except BrokenPipeError:
        # The reader (`| head`) has left; what is still buffered must not fail at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="on-the-record",
        description="Answers about a running news story, each claim cited to the exact words.",
        epilog="Every setting can be given as ON_THE_RECORD_<NAME> in the environment; the options here win.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--corpus", metavar="FOLDER", help="documents to answer from (default: the story that ships)")
    common.add_argument(
        "--data-dir", metavar="FOLDER", help="where indexes are kept (default: the user's data directory)"
    )
    common.add_argument("--json", action="store_true", help="print JSON")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    only = argparse.ArgumentParser(add_help=False)
    only.add_argument("--document", action="append", default=[], metavar="ID", help="answer from this document alone")
    only.add_argument("--publisher", action="append", default=[], metavar="NAME", help="from this publisher's alone")
    only.add_argument("--kind", action="append", default=[], help="from this kind alone: article, brief, ...")
    only.add_argument("--after", type=_day, metavar="YYYY-MM-DD", help="from those published after this day")
    only.add_argument("--before", type=_day, metavar="YYYY-MM-DD", help="from those published before this day")

    ask = commands.add_parser("ask", parents=[common, only], help="answer one question")
    ask.add_argument("question", nargs="+", help="the question; several words are joined")
    ask.set_defaults(run=_ask)
    chat = commands.add_parser("chat", parents=[common, only], help="ask in turn; an empty line ends")
    chat.set_defaults(run=_chat)
    search = commands.add_parser("search", parents=[common, only], help="show the passages nearest to some words")
    search.add_argument("query", nargs="+", help="words to look for")
    search.add_argument("-k", type=int, default=5, help="how many passages (default: 5)")
    search.set_defaults(run=_search)
    record = argparse.ArgumentParser(add_help=False)
    record.add_argument("--about", metavar="WORDS", help="words that have to stand there, in any form")
    record.add_argument("--document", metavar="ID", help="from this document alone")
    said = commands.add_parser(
        "who-said-what", parents=[common, record], help="list quotations and reported statements"
    )
    said.add_argument("--speaker", metavar="NAME", help="a full name, a surname or a body")
    said.set_defaults(run=_who_said_what)
    timeline = commands.add_parser("timeline", parents=[common, record], help="list what the documents date, by date")
    timeline.set_defaults(run=_timeline)
    sync = commands.add_parser("sync", parents=[common], help="make the index match the corpus folder")
    sync.add_argument("--rebuild", action="store_true", help="throw the index away and make it again")
    sync.add_argument("--check", action="store_true", help="only check the documents: sources, quotations, dates")
    sync.set_defaults(run=_sync)
    add = commands.add_parser("add", parents=[common], help="read files, folders and addresses into the corpus")
    add.add_argument(
        "sources", nargs="+", metavar="PATH|FOLDER|URL", help="Markdown, text, HTML, PDF, DOCX, EPUB, e-mail, RSS"
    )
    add.set_defaults(run=_add)
    remove = commands.add_parser("remove", parents=[common], help="delete documents from the corpus")
    remove.add_argument("ids", nargs="+", metavar="ID", help="ids as `status` lists them")
    remove.set_defaults(run=_remove)
    backup = commands.add_parser("backup", parents=[common], help="write all that is in the data directory to one file")
    backup.add_argument("file", type=Path, help="a file that is not there yet")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", parents=[common], help="make the data directory what such a file holds")
    restore.add_argument("file", type=Path, help="what `backup` wrote")
    restore.add_argument("--force", action="store_true", help="replace all that the data directory holds")
    restore.set_defaults(run=_restore)
    status = commands.add_parser("status", parents=[common], help="show what the index holds")
    status.add_argument("--corrections", action="store_true", help="list answers given before whose words have changed")
    status.set_defaults(run=_status)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    given = {name: value for name in ("corpus", "data_dir") if (value := getattr(options, name)) is not None}
    return Settings.from_env().replace(**given)


def _day(value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a day: write it as YYYY-MM-DD") from None


def _only(options: argparse.Namespace) -> Filter:
    return Filter(tuple(options.document), tuple(options.publisher), tuple(options.kind), options.after, options.before)


def _open(options: argparse.Namespace, *, stale: bool = False) -> Assistant:
    from .assistant import Assistant

    assistant = Assistant.open(_settings(options), stale=stale)
    for refusal in assistant.refused:
        print(f"left out: {refusal}", file=sys.stderr)
    return assistant


def _ask(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        answer = assistant.ask(" ".join(options.question), _only(options))
    print_json(answer.to_dict()) if options.json else print_answer(answer)
    return 0


def _chat(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        talk = assistant.conversation(_only(options))
        while True:
            try:
                question = input("? " if sys.stdin.isatty() else "")
            except EOFError:
                return 0
            if not question.strip():
                return 0
            try:
                answer = talk.ask(question)
            except OnTheRecordError as error:
                print(error)
                continue
            print_json(answer.to_dict()) if options.json else print_answer(answer)


def _search(options: argparse.Namespace) -> int:
    if options.k < 1:
        raise SettingsError(f"-k is {options.k}: give a whole number of at least 1.")
    with _open(options) as assistant:
        hits = assistant.search(" ".join(options.query), options.k, _only(options))
        pages = [assistant.documents[hit.passage.document_id].page_at(hit.passage.start) for hit in hits]
    if options.json:
        print_json(
            [{"score": h.score, "document_id": h.passage.document_id, "start": h.passage.start,
              "end": h.passage.end, "text": h.passage.text, "heading": h.passage.heading, "page": page}
             for h, page in zip(hits, pages, strict=True)]
        )  # fmt: skip
    else:
        for hit, page in zip(hits, pages, strict=True):
            place = [f"[{hit.passage.start}:{hit.passage.end}]", page and f"p. {page}", hit.passage.heading]
            print(f"{hit.score:.2f}  {hit.passage.document_id} {'  '.join(str(part) for part in place if part)}")
            print(wrapped(" ".join(hit.passage.text.split()), "      "), end="\n\n")
    return 0


def _who_said_what(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        found = assistant.attributions(options.speaker, options.about, options.document)
        documents = assistant.documents
        if options.json:
            print_json(
                [{**dataclasses.asdict(a), "text": documents[a.document_id].text[a.start : a.end]} for a in found]
            )  # fmt: skip
        elif found:
            print_attributions(found, documents)
        else:
            print("The documents credit nobody with such words.")
    return 0


def _timeline(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        found = assistant.timeline(options.about, options.document)
        if options.json:
            days = ("first", "last")
            print_json([{**dataclasses.asdict(e), **{d: getattr(e, d).isoformat() for d in days}} for e in found])
        elif found:
            print_timeline(found, assistant.documents)
        else:
            print("The documents date no such event.")
    return 0


def _sync(options: argparse.Namespace) -> int:
    from .assistant import Assistant, corpus_folder

    settings = _settings(options)
    if options.check:
        return _check(settings, options.json)
    if options.rebuild:
        from .index import remove

        remove(settings, corpus_folder(settings))
    assistant, report = Assistant.open_synced(settings)
    with assistant:
        if options.json:
            print_json({"added": report.added, "changed": report.changed, "removed": report.removed,
                         "refused": [str(refusal) for refusal in assistant.refused]})  # fmt: skip
        else:
            for name, identities in (("added", report.added), ("changed", report.changed), ("removed", report.removed)):
                for identity in identities:
                    print(f"{name}: {identity}")
            print(f"The index holds {len(assistant.documents)} documents, as the corpus does.")
    for refusal in assistant.refused:
        print(f"left out: {refusal}", file=sys.stderr)
    return EXIT_LEFT_OUT if assistant.refused else 0


def _check(settings: Settings, as_json: bool) -> int:
    from .assistant import corpus_folder
    from .documents import read_corpus
    from .provenance import check

    folder = corpus_folder(settings)
    corpus = read_corpus(folder, max_bytes=settings.max_document_bytes)
    faults = check(corpus)
    if as_json:
        print_json([dataclasses.asdict(fault) for fault in faults])
    else:
        for fault in faults:
            print(fault)
        print(
            f"{len(corpus.documents)} documents checked, {len(faults) or 'no'} fault{'s' if len(faults) > 1 else ''}."
        )
    return EXIT_LEFT_OUT if faults else 0


def _add(options: argparse.Namespace) -> int:
    from .additions import add
    from .assistant import Assistant, corpus_folder

    settings = _settings(options)
    # Before opening: an assistant needs a document to stand on.
    report = add(options.sources, corpus_folder(settings, to_write=True), settings)
    if report.added or report.changed or report.unchanged:
        Assistant.open(settings).close()
    if options.json:
        print_json(dataclasses.asdict(report))
    else:
        for outcome in ("added", "changed", "unchanged"):
            for identity in getattr(report, outcome):
                print(f"{outcome}: {identity}")
        for refused in report.refused:
            print(f"left out: {refused}", file=sys.stderr)
    return EXIT_LEFT_OUT if report.refused else 0


def _remove(options: argparse.Namespace) -> int:
    from .additions import remove
    from .assistant import corpus_folder

    settings = _settings(options)
    if remove(options.ids, corpus_folder(settings, to_write=True)):
        _open(options).close()
    print_json({"removed": options.ids}) if options.json else print("\n".join(f"removed: {i}" for i in options.ids))
    return 0


def _backup(options: argparse.Namespace) -> int:
    from .assistant import corpus_folder
    from .backups import backup

    settings = _settings(options)
    made = backup(settings, corpus_folder(settings), options.file)
    print_json(dataclasses.asdict(made)) if options.json else print_backup(made, options.file, settings.chroma_url)
    return 0


def _restore(options: argparse.Namespace) -> int:
    from .assistant import corpus_folder
    from .backups import leftovers, restore

    settings = _settings(options)
    folder = corpus_folder(settings)
    held = restore(settings, folder, options.file, force=options.force)
    print_json(dataclasses.asdict(held)) if options.json else print_restored(held, folder, settings.data_path())
    for path in leftovers(settings):
        print(f"left over from a restore that was broken off: {path}: delete it", file=sys.stderr)
    return 0


def _status(options: argparse.Namespace) -> int:
    with _open(options, stale=True) as assistant:
        if options.corrections:
            print_corrections(assistant.corrections(), options.json, kept=assistant.settings.history)
            return 0
        status = assistant.status()
    print_json(status) if options.json else print_status(status)
    return 0


if __name__ == "__main__":
    sys.exit(main())
