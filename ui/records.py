"""Answers as plain values, for the browser's storage and for shared links, and back again.

What comes back is checked: a claim whose cited words do not stand in the document it names is not shown again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.answers import SIDES
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL, Answer, Citation, Claim, Document

Lookup = Callable[[str, str], Document | None]
"""A document by id and version."""
_VOLATILE = ("timings", "usage", "withheld")


def plain(answer: Answer) -> dict[str, Any]:
    """An answer as JSON-ready values, without what is for editors and engineers alone."""
    return {name: value for name, value in answer.to_dict().items() if name not in _VOLATILE}


def fingerprint(answer: Answer) -> str:
    """The same for the same answer, of the same words of the same documents."""
    return hashlib.sha256(json.dumps(plain(answer), sort_keys=True).encode()).hexdigest()[:32]


def restored(value: Any, lookup: Lookup) -> Answer | None:
    """The answer that `plain` made `value` of, with those claims alone whose words are found; None if nothing is left."""
    try:
        answer = _answer(value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    kept = [index for index, claim in enumerate(answer.claims) if claim.citations and _stands(claim.citations, lookup)]
    claims = tuple(answer.claims[index] for index in kept)
    if answer.status == ANSWERED and not claims:
        return None
    renumbered = {old: new for new, old in enumerate(kept)}
    return dataclasses.replace(
        answer,
        text=_said(claims),
        claims=claims,
        citations=tuple(c for c in answer.citations if _stands((c,), lookup)),
        nearest=tuple(c for c in answer.nearest if _stands((c,), lookup)),
        sides=tuple(tuple(renumbered[i] for i in side if i in renumbered) for side in answer.sides),
        lead=_lead(answer),
    )


def _said(claims: Sequence[Claim]) -> str:
    return "\n\n".join(claim.text for claim in claims) or REFUSAL


def _stands(citations: tuple[Citation, ...], lookup: Lookup) -> bool:
    for citation in citations:
        document = lookup(citation.document_id, citation.version)
        if document is None or document.version != citation.version:
            return False
        if document.text[citation.start : citation.end] != citation.quote:
            return False
    return True


def _lead(answer: Answer) -> str:
    """The first line is the assistant's own: it is made anew from the date, never taken from outside."""
    day = f"As of {answer.as_of.day} {answer.as_of:%B %Y}:" if answer.lead and answer.as_of else ""
    return f"{day} {SIDES}".lstrip() if answer.lead.endswith(SIDES) else day


def _answer(value: Mapping[str, Any]) -> Answer:
    status = value["status"]
    if status not in (ANSWERED, NOT_IN_DOCUMENTS):
        raise ValueError(status)
    claims = tuple(_claim(claim) for claim in value["claims"])
    return Answer(
        question=_text(value["question"]),
        standalone=_text(value["standalone"]),
        status=status,
        text=_said(claims),
        claims=claims,
        citations=tuple(_citation(citation) for citation in value["citations"]),
        nearest=tuple(_citation(citation) for citation in value["nearest"]),
        withheld=(),
        as_of=_day(value["as_of"]),
        writer=_text(value["writer"])[:100],
        lead=_text(value.get("lead", "")),
        sides=tuple(tuple(_count(index) for index in side) for side in value.get("sides", ())),
        suggestions=tuple(_text(question) for question in value.get("suggestions", ()))[:5],
        note=_text(value.get("note", "")),
    )


def _claim(value: Mapping[str, Any]) -> Claim:
    speaker = value["speaker"]
    return Claim(
        _text(value["text"]),
        tuple(_citation(citation) for citation in value["citations"]),
        None if speaker is None else _text(speaker),
        _figure(value.get("support", 1.0)),
        _text(value.get("role", "")),
    )


def _citation(value: Mapping[str, Any]) -> Citation:
    number, start, end = (_count(value[name]) for name in ("number", "start", "end"))
    page = value.get("page")
    return Citation(
        number, _text(value["document_id"]), _text(value["version"]), start, end, _text(value["quote"]),
        _text(value.get("title", "")), _text(value.get("publisher", "")), _day(value.get("published")),
        _text(value.get("url", "")), None if page is None else _count(page),
    )  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def _figure(value: Any) -> float:
    if type(value) not in (int, float) or not abs(value) < 2**31:  # and no NaN either
        raise ValueError(value)
    return float(value)


def _day(value: Any) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)
