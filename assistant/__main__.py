"""The command line: `python -m assistant` (installed: `on-the-record`)."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import __version__
from .errors import OnTheRecordError, SettingsError
from .filters import Filter
from .settings import Settings
from .types import ANSWERED, Answer, Citation

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


def _open(options: argparse.Namespace) -> Assistant:
    from .assistant import Assistant

    assistant = Assistant.open(_settings(options))
    for refusal in assistant.refused:
        print(f"left out: {refusal}", file=sys.stderr)
    return assistant


def _ask(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        answer = assistant.ask(" ".join(options.question), _only(options))
    _print_json(answer.to_dict()) if options.json else _print_answer(answer)
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
            _print_json(answer.to_dict()) if options.json else _print_answer(answer)


def _search(options: argparse.Namespace) -> int:
    if options.k < 1:
        raise SettingsError(f"-k is {options.k}: give a whole number of at least 1.")
    with _open(options) as assistant:
        hits = assistant.search(" ".join(options.query), options.k, _only(options))
    if options.json:
        _print_json(
            [{"score": h.score, "document_id": h.passage.document_id, "start": h.passage.start,
              "end": h.passage.end, "text": h.passage.text} for h in hits]
        )  # fmt: skip
    else:
        for hit in hits:
            print(f"{hit.score:.2f}  {hit.passage.document_id} [{hit.passage.start}:{hit.passage.end}]")
            print(_wrapped(" ".join(hit.passage.text.split()), "      "), end="\n\n")
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
            _print_json({"added": report.added, "changed": report.changed, "removed": report.removed,
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
        _print_json([dataclasses.asdict(fault) for fault in faults])
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
        _print_json(dataclasses.asdict(report))
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
    _print_json({"removed": options.ids}) if options.json else print("\n".join(f"removed: {i}" for i in options.ids))
    return 0


def _status(options: argparse.Namespace) -> int:
    from .assistant import Assistant

    with Assistant.open(_settings(options), stale=True) as assistant:
        if options.corrections:
            return _corrections(assistant, options.json)
        status = assistant.status()
    if options.json:
        _print_json(status)
        return 0
    documents: Any = status.pop("documents")
    refused: Any = status.pop("refused")
    stale: Any = status.pop("stale")
    status["size"] = f"{int(str(status['size'])) / 1e6:.1f} MB"
    status["synced"] = f"{status['synced']} UTC" if status["synced"] else "never"
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
    return 0


def _corrections(assistant: Assistant, as_json: bool) -> int:
    found = assistant.corrections()
    if as_json:
        _print_json(
            [{"answered": c.answered.isoformat(), "question": c.question, "state": c.change.state, "change": str(c.change),
              "document_id": c.change.citation.document_id, "version": c.change.citation.version,
              "quote": c.change.citation.quote} for c in found]
        )  # fmt: skip
        return 0
    if not found:
        kept = "" if assistant.settings.history else " No history is kept: set ON_THE_RECORD_HISTORY=true to keep one."
        print(f"No answer on record cites words that have changed since.{kept}")
    for correction in found:
        print(f"{correction.answered:%Y-%m-%d %H:%M} UTC  {correction.question}")
        print(_wrapped(f"cited: {' '.join(correction.change.citation.quote.split())}", "    "))
        print(_wrapped(str(correction.change), "    "))
    return 0


def _print_answer(answer: Answer) -> None:
    if answer.standalone != answer.question:
        print(f"Answered as: {answer.standalone}\n")
    print("\n\n".join(_wrapped(part) for part in answer.text.split("\n\n")))
    if answer.status == ANSWERED:
        print()
        _print_citations(answer.citations)
        print(f"\nAs of {answer.as_of}. Quoted from the documents; no model in use." if answer.as_of else "")
    elif answer.nearest:
        print("\nNearest in the documents:\n")
        _print_citations(answer.nearest)


def _print_citations(citations: Sequence[Citation]) -> None:
    for citation in citations:
        print(_wrapped(f"[{citation.number}] {' '.join(citation.quote.split())}", "    ").removeprefix("    "))
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
        print(_wrapped(source, "    "))
        if citation.url:
            print(f"    {citation.url}")


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _wrapped(text: str, indent: str = "") -> str:
    width = min(100, max(40, shutil.get_terminal_size().columns))
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


if __name__ == "__main__":
    sys.exit(main())
