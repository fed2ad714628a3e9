"""Whether a corpus can be trusted: each brief complete, its quotations on record, its dates possible, its words its own.

A brief is a document written in the newsroom from a ledger of facts (`facts.yaml` beside the documents), each fact
with its sources. Articles are verbatim and only have to say who published them and when.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .documents import Corpus
from .errors import CorpusError
from .quotations import outermost
from .sentences import blocks, sentences
from .types import Document, Span
from .words import tokens

LEDGER = "facts.yaml"
BRIEF = "brief"
LONGEST_QUOTATION = 25  # words
SHARED = 8  # words from which a sentence in two documents is no accident
BRIEF_WORDS = (400, 1200)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY = re.compile(
    rf"(?:\b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day),? )?"
    rf"\b(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}})\b"
)
_AHEAD = re.compile(r"\b(?:will|would|may|might|can|could|until|due|leads? to|falls? on)\b")
# Words that go stale: what they mean depends on the day of reading.
_FLOATING = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|currently|recently|so far|at present|last (?:week|month|year))\b"
)
_SOURCE_PARTS = ("publisher", "title", "date", "url")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document of the corpus, and where: `line` counts in its text, 0 for its front matter."""

    document_id: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.document_id}, {f'text line {self.line}' if self.line else 'front matter'}: {self.reason}"


def check(corpus: Corpus) -> list[Fault]:
    """Every fault of a corpus, in its order; raises CorpusError for a ledger that cannot be read."""
    facts = _ledger(corpus.folder / LEDGER)
    articles = " ".join(_plain(d.text) for d in corpus.documents.values() if d.kind != BRIEF)
    faults = [Fault(refusal.path.name, 0, refusal.reason) for refusal in corpus.refused]
    seen: dict[str, str] = {}
    for document in corpus.documents.values():
        spans = [span for block in blocks(document.text) for span in sentences(document.text, block.span)]
        faults += _incomplete(document)
        faults += _shared(document, spans, seen)
        if document.kind == BRIEF:
            faults += _unknown_facts(document, facts)
            faults += _length(document)
            faults += _quotations(document, facts, articles)
            faults += _dates(document, spans)
            faults += _uncredited(document, spans)
    return faults


def _ledger(path: Path) -> Mapping[str, Mapping[str, Any]]:
    if not path.is_file():
        return {}
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return {fact["id"]: fact for fact in values["facts"]}
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: not a ledger of facts ({error}): give it `facts`, each with id and text.") from None


def _incomplete(document: Document) -> Iterator[Fault]:
    needed = (
        ("publisher", "published") if document.kind != BRIEF else ("publisher", "published", "evidence_to", "sources")
    )
    for name in needed:
        if not getattr(document, name):
            yield Fault(document.id, 0, f"no {name}: add it.")
    for number, source in enumerate(document.sources if document.kind == BRIEF else (), 1):
        if missing := [part for part in _SOURCE_PARTS if not source.get(part)]:
            yield Fault(document.id, 0, f"source {number} has no {', no '.join(missing)}: add it.")


def _unknown_facts(document: Document, facts: Mapping[str, Any]) -> Iterator[Fault]:
    if facts and not document.facts:
        yield Fault(document.id, 0, "no facts: list the ids of the facts it is written from.")
    for fact in document.facts:
        if fact not in facts:
            yield Fault(document.id, 0, f"fact {fact} is not in {LEDGER}: mend the id, or add the fact.")


def _length(document: Document) -> Iterator[Fault]:
    count = sum(len(document.text[block.span.start : block.span.end].split()) for block in blocks(document.text))
    least, most = BRIEF_WORDS
    if not least <= count <= most:
        yield Fault(document.id, 1, f"{count} words: write {least} to {most}.")


def _quotations(document: Document, facts: Mapping[str, Any], articles: str) -> Iterator[Fault]:
    """Quotations that are too long, or stand neither in a fact the brief lists nor in an article."""
    record = " ".join([articles, *(_plain(facts[fact]["text"]) for fact in document.facts if fact in facts)])
    for quote in outermost(document.text):
        words = _plain(quote.inner.of(document.text)).strip(" .,")
        line = _line(document, quote.outer.start)
        if words not in record:
            yield Fault(document.id, line, f"the quotation {words!r} is in no fact listed and in no article: mend it.")
        if len(words.split()) > LONGEST_QUOTATION:
            yield Fault(document.id, line, f"a quotation of {len(words.split())} words: at most {LONGEST_QUOTATION}.")


def _dates(document: Document, spans: Sequence[Span]) -> Iterator[Fault]:
    for span in spans:
        words, line = span.of(document.text), _line(document, span.start)
        for match in _DAY.finditer(words):
            try:
                day = dt.date(int(match["year"]), _MONTHS.index(match["month"]) + 1, int(match["day"]))
            except ValueError:
                yield Fault(document.id, line, f"there is no {match.group()}: mend the date.")
                continue
            if match["weekday"] and day.strftime("%A") != match["weekday"]:
                yield Fault(document.id, line, f"{match.group()} was a {day:%A}: mend the date.")
            if document.evidence_to and day > document.evidence_to and not _AHEAD.search(words):
                yield Fault(
                    document.id, line, f"{match.group()} is after the evidence ends: mend it, or `evidence_to`."
                )
        if floating := _FLOATING.search(words):
            yield Fault(document.id, line, f"{floating.group()!r} goes stale: write the date.")


def _uncredited(document: Document, spans: Sequence[Span]) -> Iterator[Fault]:
    """Sentences that name neither a source of the brief nor, with a date, anybody who said it."""
    names = {name for source in document.sources for name in _names(source.get("publisher", ""))}
    for span in spans:
        words = span.of(document.text)
        credited = any(name in words for name in names) or (
            _SAID.search(words) and re.search(r"\b(?:19|20)\d\d\b", words)
        )
        if not credited:
            yield Fault(
                document.id, _line(document, span.start), f"no source and no date in {words[:60]!r}: say whose it is."
            )


_SAID = re.compile(
    r"\b(?:said|says|told|wrote|writes|held|reported|alleges?|alleged|according|account|posted|found|states?|stated|named|"
    r"lists?|listed|put|gave|gives|described|describes|documents|consulted)\b"
)


def _names(publisher: str) -> Iterator[str]:
    """What a publisher may be called in a sentence: "The Telegraph (India), Anita Joshua" is "Telegraph"."""
    agencies = re.findall(r"\((PTI|ANI|IANS|AP|UNI)\)", publisher)
    for part in [*re.split(r" ?\(.*?\)|[,/]", publisher), *agencies]:
        name = part.strip().removeprefix("The ")
        if len(name) > 1:
            yield name


def _shared(document: Document, spans: Sequence[Span], seen: dict[str, str]) -> Iterator[Fault]:
    """Sentences that another document has too; `seen` collects them over the corpus."""
    for span in spans:
        words = tokens(span.of(document.text))
        if len(words) < SHARED:
            continue
        other = seen.setdefault(" ".join(words), document.id)
        if other != document.id:
            yield Fault(
                document.id, _line(document, span.start), f"a sentence of {other} stands here too: word it anew."
            )


def _plain(text: str) -> str:
    """Quotation marks straight, spaces single: how quotations are compared."""
    return " ".join(re.sub("[‘’]", "'", re.sub("[“”]", '"', text)).split())


def _line(document: Document, place: int) -> int:
    return document.text.count("\n", 0, place) + 1
