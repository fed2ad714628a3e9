"""Verified drafts to numbered citations and claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from .types import Citation, Claim, Document, Span
from .writers import Draft

CREDIT = 60  # characters; two claims may share a span up to this length: the words that say who spoke


class Numbering:
    """Gives each cited span of an answer one number, in order of first use."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._given: dict[tuple[str, Span], Citation] = {}

    def claim(self, draft: Draft, role: str = "") -> Claim:
        """`draft` with its citations; `role` is its speaker's."""
        cited = tuple(self.cite(draft.document_id, span) for span in draft.spans)
        return Claim(draft.text, cited, draft.speaker, draft.support, role)

    def cite(self, document_id: str, span: Span) -> Citation:
        """The citation of one span; the same span again keeps its number."""
        key = (document_id, span)
        if key not in self._given:
            document = self._documents[document_id]
            self._given[key] = Citation(
                number=len(self._given) + 1,
                document_id=document_id,
                version=document.version,
                start=span.start,
                end=span.end,
                quote=span.of(document.text),
                title=document.title,
                publisher=document.publisher,
                published=document.published,
                url=document.url,
                page=document.page_at(span.start),
            )
        return self._given[key]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All given so far, in order."""
        return tuple(self._given.values())


def marked(claims: Sequence[Claim]) -> str:
    """The claims as one text, each followed by its [n] marks."""
    return "\n\n".join(claim.text + " " + "".join(f"[{c.number}]" for c in claim.citations) for claim in claims)


def cited_spans(claim: Claim) -> Iterator[tuple[str, Span]]:
    """What a claim cites: spans, each with its document."""
    return ((c.document_id, Span(c.start, c.end)) for c in claim.citations)


def earlier(cited: Iterable[tuple[str, Span]], claims: Sequence[Claim]) -> int | None:
    """The number of the claim that is shown already with some of the words cited, a credit apart."""
    wanted = [(document_id, span) for document_id, span in cited if span.end - span.start > CREDIT]
    for number, claim in enumerate(claims):
        shown = [(document_id, span) for document_id, span in cited_spans(claim) if span.end - span.start > CREDIT]
        if any(i == j and s.start < t.end and t.start < s.end for i, s in wanted for j, t in shown):
            return number
    return None
