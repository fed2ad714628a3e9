"""The nouns everything else passes around: frozen, comparable, free of any framework."""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["answered", "not_in_documents"]
ANSWERED: Status = "answered"
NOT_IN_DOCUMENTS: Status = "not_in_documents"

REFUSAL = "The documents do not say."
"""The one refusal sentence, shared by writers, faces, prompts, evals and tests."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``[start, end)`` of some text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words of this span in `text`."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One text of the corpus with its metadata; `version` is the sha256 of `text`.

    evidence_to: the day the evidence of a brief ends; facts: ids of the ledger's facts that it is written from.
    Of one that was added from elsewhere: source, its address or a fingerprint of its path; original, the file kept
    beside the corpus; fetched, the day; pages, the offsets at which its pages begin.
    """

    id: str
    title: str
    text: str
    version: str
    publisher: str = ""
    author: str = ""
    published: dt.date | None = None
    url: str = ""
    kind: str = "article"
    language: str = "en"
    sources: tuple[Mapping[str, Any], ...] = ()
    evidence_to: dt.date | None = None
    facts: tuple[str, ...] = ()
    source: str = ""
    original: str = ""
    fetched: dt.date | None = None
    pages: tuple[int, ...] = ()

    def page_at(self, place: int) -> int | None:
        """The page, from 1, that a character of the text stands on; None where there are no pages."""
        return bisect.bisect_right(self.pages, place) or 1 if self.pages else None

    @property
    def as_of(self) -> dt.date | None:
        """The day up to which the document can speak: where its evidence ends, else when it was published."""
        return self.evidence_to or self.published

    def metadata(self) -> dict[str, Any]:
        """Everything but the text, JSON-ready."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        del values["text"]
        for name in ("published", "evidence_to", "fetched"):
            values[name] = values[name].isoformat() if values[name] else None
        values["facts"], values["pages"] = list(self.facts), list(self.pages)
        values["sources"] = [dict(source) for source in self.sources]
        return values


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable stretch of a document: whole sentences, sized in tokens."""

    id: str
    document_id: str
    start: int
    end: int
    text: str
    tokens: int
    sentences: tuple[Span, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query: `score` in [0, 1] fuses `lexical` (BM25) and `dense` (cosine); higher is better."""

    passage: Passage
    score: float
    lexical: float
    dense: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what: `speaker` said (`cue`) the characters ``[start, end)`` of a document.

    Of an indirect one these are the whole sentence, which is how it can be quoted: `content` has the words reported
    alone, in one or more parts. `source` is where the speaker is named ("he", "the mayor"), `cue_span` the words
    that say so; both are empty at `end` where there are none. `via` is who reports it in turn: in "NDTV reported
    that Ilyas said ..." Ilyas is the speaker, and it is known via NDTV, by the words `via_credit`.
    """

    document_id: str
    speaker: str
    role: str
    cue: str
    start: int
    end: int
    kind: Literal["direct", "partial", "indirect"]
    credit: Span
    source: Span = Span(0, 0)
    cue_span: Span = Span(0, 0)
    content: tuple[Span, ...] = ()
    via: str = ""
    via_credit: Span = Span(0, 0)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Attribution:
        """What `dataclasses.asdict` made, read back."""
        spans = {name: Span(**values[name]) for name in ("credit", "source", "cue_span", "via_credit")}
        return cls(**{**values, **spans, "content": tuple(Span(**span) for span in values["content"])})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a document dates: the sentence ``[start, end)`` and the words `dated` that give its date.

    It fell on one of the days from `first` to `last`, both included; `precision` is how exactly the words say so.
    """

    document_id: str
    start: int
    end: int
    text: str
    first: dt.date
    last: dt.date
    precision: Literal["day", "month", "year"]
    dated: Span


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words a claim rests on.

    Invariant: ``documents[document_id].text[start:end] == quote`` and
    ``documents[document_id].version == version``.
    """

    number: int
    document_id: str
    version: str
    start: int
    end: int
    quote: str
    title: str = ""
    publisher: str = ""
    published: dt.date | None = None
    url: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer; `speaker` (and their `role`) is set when it is someone's words or view."""

    text: str
    citations: tuple[Citation, ...]
    speaker: str | None = None
    support: float = 1.0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A draft claim that was not shown, and why: for editors, never for readers."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets; `text` carries [n] marks that number `citations`.

    `standalone` is the question as it was answered: equal to `question` unless a follow-up
    was read against its conversation. `as_of` is the latest day that the documents used speak of:
    where the evidence of a brief ends, else when a document was published. `lead` is the first line of the
    text of an answer about how things stand: it carries that day. Each of `sides` is a disagreement: the claims, by
    their index, that are its positions, to be shown side by side. `suggestions` are questions that the documents
    answer. `note` says in a line what a reader has to know of how the answer was made, such as that a model failed
    and it quotes instead.
    `usage` counts a model's requests and tokens; `metadata` names the model, the form it answers in, the wording of the
    prompts, the checker and what the answer cost. `timings` are milliseconds by stage and take no part in comparison.
    """

    question: str
    standalone: str
    status: Status
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    withheld: tuple[Withheld, ...]
    as_of: dt.date | None
    writer: str
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    usage: Mapping[str, int] = field(default_factory=dict)
    lead: str = ""
    sides: tuple[tuple[int, ...], ...] = ()
    suggestions: tuple[str, ...] = ()
    note: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The whole answer as JSON-ready values; dates are ISO 8601."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """The answer as a notebook shows it: its text, and under it the exact words that each mark stands for."""
        cited = "".join(_cited_html(citation) for citation in (*self.citations, *self.nearest))
        paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in (*self.text.split("\n\n"), self.note) if part)
        return f"<div>{paragraphs}<ul>{cited}</ul></div>" if cited else f"<div>{paragraphs}</div>"


def _cited_html(citation: Citation) -> str:
    """One citation: its words marked, and where they stand; an address that is none of the web's is not linked."""
    published = citation.published.isoformat() if citation.published else ""
    place = html.escape(", ".join(filter(None, [citation.title, citation.publisher, published])))
    if citation.url.startswith(("https://", "http://")):
        place = f'<a href="{html.escape(citation.url)}" rel="noopener noreferrer">{place}</a>'
    return f"<li>[{citation.number}] <mark>{html.escape(citation.quote)}</mark> {place}</li>"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
