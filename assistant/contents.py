"""The words that a credit reports: what stands after "X said that", before ", X said", or on both sides of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .credits import Credit
from .cues import BEHIND, REPORTING
from .quotations import Quotation
from .types import Span

_ENDS = " \t\r\n,;:—–-."
_MARKS = "“”\"‘’'«»„"
_ADJUNCTS = (
    "on|in|at|during|after|to|of|about|when|last|this|before|while|as|via|through|with|by|from|for|over|monday|tuesday|"
    "wednesday|thursday|friday|saturday|sunday|earlier|later|yesterday|today|recently|also|again|repeatedly|early|"
    "that (?:day|week|month|year)"
)
# What may follow "X said" without being what X said: "on Friday", "in a statement to the BBC".
_ADJUNCT = re.compile(rf"\s*,?\s*(?:{_ADJUNCTS})\b", re.IGNORECASE)
_BEFORE_THAT = re.compile(r"(?:\s+[\w’'.,&-]+){0,12}?\s+(?=(?:that|whether)\b(?! (?:day|week|month|year|night)\b))")
# "When X asked what he could do, Y ...": what X asked ends with its clause.
_SUBORDINATE = re.compile(r"\A[\"“]?(?:When|As|After|Before|While|If|Although|Though|Since|Because)\s")
_TOLD = re.compile(
    r"\s+(?:(?:the|a|an|his|her|their|its|our)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+(?=\s+(?:he|she|they|it|the|there|[A-Z]))"
    r"|reporters|supporters|voters|him|her|them|me|us|viewers|lawmakers|donors|[A-Z][\w.’'&-]*(?:\s+(?:of\s+)?[A-Z][\w.’'&-]*)*)"
    r"(?:\s+(?:on|in|at)\s+(?:(?:a|an|the)\s+)?[\w’'-]+(?:\s+(?=[A-Z])[\w’'-]+){0,3})?"
)
_TELLING = frozenset("told tells tell telling assured assures reminded warned warns asked urged informed".split())
_DAY = re.compile(
    r"\s+(?:on\s+)?(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)(?:\s+(?:morning|afternoon|evening|night))?\b"
)
_OPENS = re.compile(
    r"\A[\"“]?(?:In|At|On|For|With|From|Despite|After|Before|Though|Although|While|When|As|If|Since|By|Because|Unlike|Like|"
    r"Asked|But|And|Still|However|Yet|So|Meanwhile|Earlier|Later|During|Last|Instead|Speaking|According|Then|Now|Also|"
    r"Finally|Indeed|Moreover|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)


def content(text: str, sentence: Span, credit: Credit, stop: int, quotes: Sequence[Quotation]) -> tuple[Span, ...]:
    """The parts of `sentence` that `credit` reports; `stop` is where another credit's own clause begins."""
    begin, end = min(credit.source.start, credit.cue_span.start), max(credit.source.end, credit.cue_span.end)
    if credit.source.start == credit.source.end:
        begin, end = credit.cue_span.start, credit.cue_span.end
    before, after = Span(sentence.start, begin), Span(end, min(max(stop, end), sentence.end))
    if credit.aside:
        return _beside(text, before, Span(end, sentence.end))
    told = before.of(text).rstrip()
    if told.endswith((",", "—", "–", *_MARKS)) and _follows(text, before, after, quotes):
        rest = re.match(r"\s*,\s+(?=\S)", text[after.start : after.end])
        parts = [_clean(text, _clause_before(text, before))]
        if rest and not told.endswith(tuple('”"')) and not re.match(r"\s*,\s+\w+ing\b", text[after.start : after.end]):
            parts.append(_clean(text, Span(after.start + rest.end(), after.end)))
        return tuple(part for part in parts if part.start < part.end)
    relative = credit.relative or re.search(r"\bwho\b", text[credit.subject.end : credit.cue_span.start])
    ends = relative or _SUBORDINATE.match(before.of(text))
    comma = re.search(r",\s", after.of(text)) if ends else None
    part = _clean(
        text, Span(_reported_from(text, credit, after, quotes), after.start + comma.start() if comma else after.end)
    )
    only_when = (
        re.fullmatch(rf"\s*(?:{_ADJUNCTS})\b[^,;“”\"]*", part.of(text), re.IGNORECASE) and credit.cue in REPORTING
    )
    if part.start < part.end and not only_when:
        return (part,)
    earlier = _clean(text, before)
    return (earlier,) if len(earlier.of(text).split()) > 3 and not _OPENS.match(earlier.of(text)) else ()


def _beside(text: str, before: Span, after: Span) -> tuple[Span, ...]:
    """What "according to X" reports: what stands before it, or after it where it opens the sentence."""
    parts = [_clean(text, before)]
    if len(re.findall(r"\w+", parts[0].of(text))) < 2:
        comma = re.search(r",\s+", after.of(text))
        parts = [_clean(text, Span(after.start + comma.end() if comma else after.start, after.end))]
    return tuple(part for part in parts if part.start < part.end)


def _follows(text: str, before: Span, after: Span, quotes: Sequence[Quotation]) -> bool:
    """Whether the credit comes after what it reports: "..., he said", "..., he said on Friday"."""
    told, rest = before.of(text), after.of(text)
    if any(
        quote.outer.end <= before.end and not re.search(r"\w", text[quote.outer.end : before.end]) for quote in quotes
    ):
        return True
    if re.match(r"\s*,?\s*[“\"]", rest):
        return False
    if not re.search(r"\w", rest) or re.match(r"\s*[,.;]", rest):
        return not (_OPENS.match(told) and len(told.split()) < 4 and re.search(r"\w", rest))
    if _OPENS.match(told) or re.match(r"\s*:", rest) or _BEFORE_THAT.match(rest):
        return False
    return bool(_ADJUNCT.match(rest)) and len(told.split()) > (1 if BEHIND.fullmatch(rest) else 2)


def _clause_before(text: str, before: Span) -> Span:
    """What stands before a credit, without another's: from the last semicolon on."""
    cut = before.of(text).rfind("; ")
    return Span(before.start + cut + 2, before.end) if cut >= 0 else before


def _reported_from(text: str, credit: Credit, after: Span, quotes: Sequence[Quotation]) -> int:
    """Where what a credit reports begins, after its verb: past "on Friday", "in a statement", "told the BBC"."""
    rest = after.of(text)
    if colon := re.match(r"[^:“\"]{0,80}:\s", rest):
        return after.start + colon.end()
    quote = next((q for q in quotes if after.start <= q.outer.start < after.end), None)
    that = _BEFORE_THAT.match(rest)
    if that and (quote is None or after.start + that.end() < quote.outer.start):
        place = after.start + that.end()
        if _ADJUNCT.match(rest) or credit.cue in _TELLING or not that.group().strip():
            return place
    if quote and re.fullmatch(
        rf"(?:\s*,?\s*(?:{_ADJUNCTS})\b[^,]*)?,?\s*", text[after.start : quote.outer.start], re.IGNORECASE
    ):
        return quote.outer.start
    if credit.cue in ("told", "tells", "tell", "telling") and (whom := _TOLD.match(rest)):
        return after.start + whom.end()
    if day := _DAY.match(rest):
        return after.start + day.end()
    return after.start


def _clean(text: str, span: Span) -> Span:
    """A span without the marks and spaces at its ends that are no part of what is said; quotation marks stay."""
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip(" \t\r\n,;:—–-"))
    end = span.start + len(re.sub(r",?\s+as\Z", "", words.rstrip(_ENDS)).rstrip(_ENDS))
    return Span(start, max(start, end))
