"""Whom a sentence says its content is from: the subject of each cue outside quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .cues import (
    ACCORDING,
    ADVERB,
    APPOSITION,
    AUXILIARY,
    COLLECTIVE,
    CUE,
    DESCRIBING,
    DESCRIPTION,
    DETERMINERS,
    GOES_ON,
    NAMED_BODY,
    NOUNS,
    PASSIVE,
    PREPOSITION,
    PRONOUNS,
    RELATIVE,
    TIMES,
)
from .names import ROLES, Mention, People
from .quotations import Quotation
from .types import Span
from .words import STOP_WORDS


@dataclass(frozen=True, slots=True)
class Credit:
    """Who a sentence says spoke: the name as resolved ("" if it cannot be), and the words that say so.

    `subject` is the name as it stands there, `source` the same with what describes it; `aside` is what only names
    the source, as "according to" does.
    """

    speaker: str
    role: str
    cue: str
    span: Span
    subject: Span
    pronoun: bool
    cue_span: Span
    source: Span
    aside: bool = False


def credits_in(text: str, sentence: Span, quotes: Sequence[Quotation], who: People) -> Iterator[Credit]:
    """The credits outside quotation marks, in order."""
    for start, end in outer_parts(sentence, quotes):
        part = text[start:end]
        for cue in CUE.finditer(part):
            before = part[: cue.start()]
            if PASSIVE.search(before):
                continue
            subject = _subject(before, cue.group(), who) or _inverted(part, cue.span(), start, quotes, who)
            if subject is None:
                if cue.group() in NOUNS or RELATIVE.search(before) or GOES_ON.search(_bare(before)):
                    continue
                # Somebody reports here, but who is not to be told.
                subject = (cue.start(), cue.start(), "", "", False)
            begin, stop, speaker, role, pronoun = subject
            span = _clause(text, start, end, start + min(begin, cue.start()), start + max(stop, cue.end()), quotes)
            said, subject_span = Span(start + cue.start(), start + cue.end()), Span(start + begin, start + stop)
            source = _source(text, Span(start, end), subject_span, said, pronoun)
            yield Credit(speaker, role, cue.group(), span, subject_span, pronoun, said, source)
        for mention in who.mentions(part):
            cited = ACCORDING.search(part[: mention.span.start])
            if cited and not mention.possessive:
                span = Span(start + mention.span.start, start + mention.span.end)
                said = Span(start + cited.start(), start + cited.start() + len(cited.group().rstrip()))
                said = Span(said.end - len(cited.group().strip()), said.end)
                who_by, role = mention.person.name, mention.person.role
                yield Credit(who_by, role, cited.group().strip(), span, span, False, said, span, aside=True)


def clause_start(text: str, credit: Credit) -> int | None:
    """Where a credit begins a clause of its own: "..., but X said"."""
    if credit.aside or credit.source.start == credit.source.end:
        return None
    before = re.search(
        r"[,;—–]?\s*(?:\b(?:and|but|while|whereas|though|although)\s+)\Z|;\s*\Z", text[: credit.source.start][-16:]
    )
    return credit.source.start - len(before.group()) if before else None


def outside(text: str, span: Span, quotes: Sequence[Quotation]) -> str:
    """The words of `span` that stand in no quotation."""
    return " ".join(text[start:end] for start, end in outer_parts(span, quotes))


def outer_parts(sentence: Span, quotes: Sequence[Quotation]) -> Iterator[tuple[int, int]]:
    """Where the words of a sentence stand that are in no quotation."""
    place = sentence.start
    for quote in quotes:
        if quote.outer.end <= sentence.start or quote.outer.start >= sentence.end:
            continue
        if quote.outer.start > place:
            yield place, quote.outer.start
        place = max(place, quote.outer.end)
    if place < sentence.end:
        yield place, sentence.end


Subject = tuple[int, int, str, str, bool]


def _subject(before: str, cue: str, who: People) -> Subject | None:
    """Who does the verb that follows `before`: (start, end, name, role, is a pronoun)."""
    trimmed = re.sub(r"\s\([\w-]+\)\Z", "", _bare(before))
    word = re.search(r"(?:\A|(?<=[\s,;(]))(\w+)\Z", trimmed)
    if word and word.group(1).lower() in PRONOUNS - {"i", "we"}:
        return word.start(1), word.end(1), "", "", True
    for candidate in _without_appositions(before, trimmed):
        mention = _last(who, candidate)
        if mention and mention.span.end == len(candidate) and not mention.possessive:
            ahead = candidate[: mention.span.start]
            if PREPOSITION.search(ahead) or re.search(r"[A-Z][\w-]+,?\s+(?:and|or)\s+\Z", ahead):
                return None
            return mention.span.start, mention.span.end, mention.person.name, mention.person.role, False
    if cue in NOUNS:
        return None
    candidates = (trimmed, *[c for c in _without_appositions(before, trimmed) if c != trimmed][:1])
    found = ((c, body) for c in candidates if (body := COLLECTIVE.search(c) or NAMED_BODY.search(c)))
    trimmed, body = next(found, ("", None))
    if body is None:
        return None
    words = body.group(1).split()
    governed = PREPOSITION.search(trimmed[: body.start(1)])
    if governed and (words[0].lower() not in ("the", "a", "an") or len(governed.group().split()) == 1):
        return None
    if words[-1].lower() in STOP_WORDS | TIMES or (
        words[0].lower() in STOP_WORDS - {"the", "a", "an", "its", "their", "his", "her"}
    ):
        return None
    return _body(body, who)


def _source(text: str, part: Span, subject: Span, cue: Span, pronoun: bool) -> Span:
    """A subject with what describes it: the title and role before it, the apposition after it."""
    if pronoun or subject.start == subject.end:
        return subject
    start, end = subject.start, subject.end
    for word in reversed([*re.finditer(r"[^\s]+", text[part.start : start])]):
        plain = word.group().strip(".,").lower()
        if (
            word.group().endswith((",", ";", ":", "—", "–", ")"))
            or not (word.group()[0].isupper() or plain in ROLES or plain in DESCRIBING)
            or (plain in STOP_WORDS and plain not in DESCRIBING)
        ):
            break
        if word.group()[0].isupper() and part.start + word.start() == part.start and plain in DESCRIBING - DETERMINERS:
            break
        start = part.start + word.start()
        if plain in DETERMINERS:
            break
    between = Span(end, cue.start) if cue.start >= end else Span(end, part.end)
    if described := DESCRIPTION.match(text, between.start, between.end):
        end = described.end()
    return Span(start, end)


def _bare(before: str) -> str:
    """Without the "also" or "has" at the end."""
    found = AUXILIARY.search(before)
    return before[: found.start()] if found else before


def _body(match: re.Match[str], who: People) -> Subject:
    """A body or office as speaker; an office that one person of the text holds is that person."""
    words = match.group(1)
    noun = words.split()[-1].lower()
    if noun in ROLES:
        # "a spokesman" is anybody.
        person = who.holder(words[4:]) if words.lower().startswith("the ") else None
        name, role = (person.name, person.role) if person else ("", "")
        return match.start(1), match.end(1), name, role, False
    return (
        match.start(1),
        match.end(1),
        re.sub(r"\A(?:the|an?|its|their|his|her)\s+", "", words, flags=re.IGNORECASE),
        "",
        False,
    )


def _without_appositions(before: str, trimmed: str) -> Iterator[str]:
    """`before`, cut back to what may end with the subject: first past ", the mayor,", then as it is, then past more."""
    cuts = []
    rest = ADVERB.sub("", before)
    while found := APPOSITION.search(rest):
        cuts.append(rest[: found.start()])
        rest = f"{rest[: found.start()]},"
    yield from cuts[:1]
    yield trimmed
    yield from cuts[1:3]


def _inverted(part: str, cue: tuple[int, int], start: int, quotes: Sequence[Quotation], who: People) -> Subject | None:
    """`..., said Zohran Mamdani`: only straight after a quotation."""
    if part[: cue[0]].strip(" ,") or not any(quote.outer.end == start for quote in quotes):
        return None
    mention = next(who.mentions(part[cue[1] :], cue[1]), None)
    if mention is None or mention.possessive:
        return None
    between = part[cue[1] : mention.span.start]
    # "said Dr X", "said its chair, X"; but not "said in a talk with X".
    plain = re.fullmatch(r"\s+(?:(?:the|its|their|his|her|a|an)\s+)?(?:[\w’'-]+\.?,?\s+){0,5}", between)
    if plain is None or PREPOSITION.search(between):
        return None
    return mention.span.start, mention.span.end, mention.person.name, mention.person.role, False


def _clause(text: str, part_start: int, part_end: int, start: int, end: int, quotes: Sequence[Quotation]) -> Span:
    """The credit's own words: from the subject to the quotation, or to the end of the sentence after one."""
    if any(quote.outer.end == part_start for quote in quotes):
        stop = part_end
        if comma := re.search(r"[,;]", text[end:part_end]):
            stop = end + comma.start()
        return Span(start, max(end, _trim(text, start, stop)))
    return Span(start, end)


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip().rstrip(".,;:"))


def _last(who: People, words: str) -> Mention | None:
    return next(reversed([*who.mentions(words)]), None)
