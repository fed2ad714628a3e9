"""Whether a corpus can be trusted: each brief complete, its quotations on record, its dates possible, its words its own.

A brief is a document written in the newsroom from a ledger of facts (`facts.yaml` beside the documents), each fact
with its sources. Articles are verbatim and only have to say who published them and when.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .dates import MONTHS
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
_WEEKDAY = r"(?:\b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day),? )?"
_DAYS = (  # a capitalised word stands where a month should: one that is none is a slip
    re.compile(_WEEKDAY + r"(?<![\w/.])(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]+\.?),? (?P<year>(?:1[89]|20)\d\d)\b"),
    re.compile(_WEEKDAY + r"\b(?P<month>[A-Z][a-z]+\.?) (?P<day>\d{1,2}),? (?P<year>(?:1[89]|20)\d\d)\b"),
)
_AHEAD = re.compile(r"\b(?:will|would|may|might|can|could|until|due|leads? to|falls? on)\b")
# Words that go stale: what they mean depends on the day of reading.
_FLOATING = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|currently|recently|so far|at present|last (?:week|month|year))\b"
)
_SOURCE_PARTS = ("publisher", "title", "date", "url")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
UNDATED = "undated"  # what the date of a source says that bears none


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document of the corpus, and where: `line` counts in its text, 0 for its front matter."""

    document_id: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.document_id}, {f'text line {self.line}' if self.line else 'front matter'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Facts by id, and their sources by key, as the file writes them."""

    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def check(corpus: Corpus) -> list[Fault]:
    """Every fault of a corpus, in its order; raises CorpusError for a ledger that cannot be read."""
    ledger = _ledger(corpus.folder / LEDGER)
    articles = [_plain(d.text) for d in corpus.documents.values() if d.kind != BRIEF]
    faults = [Fault(refusal.path.name, 0, refusal.reason) for refusal in corpus.refused]
    seen: dict[str, str] = {}
    for document in corpus.documents.values():
        spans = [span for block in blocks(document.text) for span in sentences(document.text, block.span)]
        faults += _incomplete(document)
        faults += _shared(document, spans, seen)
        if document.kind == BRIEF:
            faults += _unknown_facts(document, ledger)
            faults += _unknown_sources(document, ledger)
            faults += _length(document)
            faults += _quotations(document, ledger, articles)
            faults += _dates(document, spans)
            faults += _uncredited(document, spans)
    return faults


def _ledger(path: Path) -> _Ledger:
    if not path.is_file():
        return _Ledger()
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        facts = {fact["id"]: {**fact, "text": str(fact["text"])} for fact in values["facts"]}
        sources = {key: dict(source) for key, source in (values.get("sources") or {}).items()}
        if len(facts) < len(values["facts"]):
            raise KeyError("two facts of one id")
        return _Ledger(facts, sources)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CorpusError(f"{path}: not a ledger of facts ({error}): give it `facts`, each with id and text.") from None


def _incomplete(document: Document) -> Iterator[Fault]:
    needed = (
        ("publisher", "published") if document.kind != BRIEF else ("publisher", "published", "evidence_to", "sources")
    )
    for name in needed:
        if not getattr(document, name):
            yield Fault(document.id, 0, f"no {name}: add it.")
    for address in [document.url, *(source.get("url", "") for source in document.sources)]:
        if address and not re.match(r"https?://[^\s<>\"]+\Z", address):
            yield Fault(document.id, 0, f"{address[:60]!r} is no http or https address: mend it.")
    for number, source in enumerate(document.sources if document.kind == BRIEF else (), 1):
        if missing := [part for part in _SOURCE_PARTS if not source.get(part)]:
            yield Fault(document.id, 0, f"source {number} has no {', no '.join(missing)}: add it.")
        elif not _YEAR.search(source["date"]) and not source["date"].startswith(UNDATED):
            yield Fault(
                document.id, 0, f"source {number} is dated {source['date']!r}: give the year, or say {UNDATED}."
            )


def _unknown_facts(document: Document, ledger: _Ledger) -> Iterator[Fault]:
    if ledger.facts and not document.facts:
        yield Fault(document.id, 0, "no facts: list the ids of the facts it is written from.")
    listed = {source.get("url") for source in document.sources}
    for fact in document.facts:
        if fact not in ledger.facts:
            yield Fault(document.id, 0, f"fact {fact} is not in {LEDGER}: mend the id, or add the fact.")
            continue
        places = {ledger.sources.get(key, {}).get("url") for key in ledger.facts[fact].get("sources") or ()}
        if ledger.sources and not places & listed:
            yield Fault(document.id, 0, f"no source of fact {fact} is listed: add the one it is reported by.")


def _unknown_sources(document: Document, ledger: _Ledger) -> Iterator[Fault]:
    """Sources that the ledger does not have, or has otherwise: a slip of the pen in one of the two."""
    known = {tuple(str(source.get(part)) for part in _SOURCE_PARTS) for source in ledger.sources.values()}
    for number, source in enumerate(document.sources, 1):
        if known and tuple(source.get(part) for part in _SOURCE_PARTS) not in known:
            title = source.get("title", "")[:60]
            yield Fault(document.id, 0, f"source {number} ({title!r}) is not in {LEDGER} as it stands here: mend one.")


def _length(document: Document) -> Iterator[Fault]:
    count = sum(len(document.text[block.span.start : block.span.end].split()) for block in blocks(document.text))
    least, most = BRIEF_WORDS
    if not least <= count <= most:
        yield Fault(document.id, 1, f"{count} words: write {least} to {most}.")


def _quotations(document: Document, ledger: _Ledger, articles: Sequence[str]) -> Iterator[Fault]:
    """Quotations that are too long, or stand neither between quotation marks in a fact listed nor in an article.

    What a fact says in the ledger's own words is nobody's speech.
    """
    texts = [ledger.facts[fact]["text"] for fact in document.facts if fact in ledger.facts]
    record = [*articles, *(_plain(quote.inner.of(text)) for text in texts for quote in outermost(text))]
    for quote in outermost(document.text):
        words = _plain(quote.inner.of(document.text)).strip(" .,")
        line = _line(document, quote.outer.start)
        found = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
        if not words or not any(found.search(held) for held in record):
            yield Fault(document.id, line, f"the quotation {words!r} is in no fact listed and in no article: mend it.")
        if len(words.split()) > LONGEST_QUOTATION:
            yield Fault(document.id, line, f"a quotation of {len(words.split())} words: at most {LONGEST_QUOTATION}.")


def _dates(document: Document, spans: Sequence[Span]) -> Iterator[Fault]:
    for span in spans:
        words, line = span.of(document.text), _line(document, span.start)
        for match in (match for form in _DAYS for match in form.finditer(words)):
            try:
                day = dt.date(int(match["year"]), _month(match["month"]), int(match["day"]))
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


def _month(name: str) -> int:
    """1 to 12; 0 for a word that is no month's name nor short for one."""
    short = name.rstrip(".").lower()
    return next((n for n, month in enumerate(MONTHS, 1) if len(short) > 2 and month.startswith(short)), 0)


def _uncredited(document: Document, spans: Sequence[Span]) -> Iterator[Fault]:
    """Sentences that name neither a source of the brief nor, with a date, anybody who said it."""
    names = {name for source in document.sources for name in publishers(source.get("publisher", ""))}
    for span in spans:
        words = span.of(document.text)
        named = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) for name in names)
        credited = named or (_SAID.search(words) and _YEAR.search(words))
        if not credited:
            yield Fault(
                document.id, _line(document, span.start), f"no source and no date in {words[:60]!r}: say whose it is."
            )


_SAID = re.compile(
    r"\b(?:said|says|told|wrote|writes|held|reported|alleges?|alleged|according|account|posted|found|states?|stated|named|"
    r"lists?|listed|put|gave|gives|described|describes|documents|consulted)\b"
)


def publishers(publisher: str) -> Iterator[str]:
    """What a publisher may be called in a sentence: "The Telegraph (India), Anita Joshua" is "Telegraph"."""
    agencies = re.findall(r"\((PTI|ANI|IANS|AP|UNI)\)", publisher)
    for part in [*re.split(r" ?\(.*?\)|[,/]", publisher), *agencies]:
        name = part.strip().removeprefix("The ")
        # "Delhi High Court judgment, Crl.A. 173/2022" is not called "2022".
        if len(name) > 1 and not re.search(r"\d", name):
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
