"""Who does what a cue says: the person, body or phrase before the verb, or after it behind a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .cues import (
    ADVERB,
    APPOSITION,
    AUXILIARY,
    CLAUSE,
    COLLECTIVE,
    DESCRIBING,
    DESCRIPTION,
    DETERMINERS,
    NAMED_BODY,
    NOUNS,
    OPENERS,
    PHRASE,
    PREPOSITION,
    PRONOUNS,
    TIMES,
)
from .names import ROLES, Mention, People
from .quotations import Quotation
from .types import Span
from .words import STOP_WORDS

Subject = tuple[int, int, str, str, bool]


def subject_of(before: str, cue: str, who: People) -> Subject | None:
    """Who does the verb that follows `before`: (start, end, name, role, is a pronoun)."""
    # "The Hawk, carrying PTI, reported": the paper does.
    before = re.sub(r",\s(?:carrying|citing|reposting|quoting)\s[^,]+,\s*\Z", " ", before)
    trimmed = re.sub(r"\s\([\w-]+\)\Z", "", without_auxiliary(before))
    word = re.search(r"(?:\A|(?<=[\s,;(]))(\w+)\Z", trimmed)
    if word and word.group(1).lower() in PRONOUNS - {"i", "we"}:
        return word.start(1), word.end(1), "", "", True
    for candidate in _without_appositions(before, trimmed):
        mention = last_mention(who, candidate)
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
        words[0] != "US" and words[0].lower() in STOP_WORDS - {"the", "a", "an", "its", "their", "his", "her"}
    ):
        return None
    return named_body(body, who)


def phrase_before(before: str) -> tuple[int, int] | None:
    """The noun phrase that the verb after `before` has for its subject, if there is one that could be."""
    words = without_auxiliary(before)
    clauses = [match.end() for match in CLAUSE.finditer(words) if match.end() < len(words)]
    start = clauses[-1] if clauses else 0
    found = PHRASE.match(words, start)
    if found is None:
        return None
    inner = words[start:].split()
    if (
        (inner[-1].lower() in STOP_WORDS and len(inner) > 1)
        or inner[-1].lower() in TIMES
        or inner[0].lower() in OPENERS
    ):
        return None
    return start, len(words)


def described(text: str, part: Span, subject: Span, cue: Span, pronoun: bool) -> Span:
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


def inverted(part: str, cue: tuple[int, int], start: int, quotes: Sequence[Quotation], who: People) -> Subject | None:
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


def named_body(match: re.Match[str], who: People) -> Subject:
    """A body or office as speaker; an office that one person of the text holds is that person."""
    words = match.group(1)
    noun = words.split()[-1].lower()
    if noun in ROLES:
        # "a spokesman" is anybody.
        person = who.holder(words[4:]) if words.lower().startswith("the ") else None
        name, role = (person.name, person.role) if person else ("", "")
        return match.start(1), match.end(1), name, role, False
    if re.match(r"[Aa]n?\s+[A-Z]", words) and not COLLECTIVE.fullmatch(words):
        return match.start(1), match.end(1), "", "", False  # "a Democrat"
    # Within a sentence, a capital says that "The" is part of the name.
    whole = match.start(1) > 0 and words.startswith("The ")
    name = words if whole else re.sub(r"\A(?:the|an?|its|their|his|her)\s+", "", words, flags=re.IGNORECASE)
    return match.start(1), match.end(1), name, "", False


def cited_body(words: str, who: People) -> tuple[str, str]:
    """Name and role of the body that "according to" names; "" for "a new poll"."""
    if words[:1].isupper() and not words.lower().startswith(("the ", "a ", "an ")):
        return words, ""
    body = COLLECTIVE.search(words) or NAMED_BODY.search(words)
    if body is None or body.group(1) != words:
        return "", ""
    if words.startswith("The "):
        return words, ""
    _, _, name, role, _ = named_body(body, who)
    return name, role


def is_description(words: str) -> bool:
    """Whether what stands before a name is only a title or role."""
    return all(word[0].isupper() or word.strip(".,").lower() in ROLES | DESCRIBING for word in words.split())


def without_auxiliary(before: str) -> str:
    """Without the "also" or "has" at the end."""
    found = AUXILIARY.search(before)
    return before[: found.start()] if found else before


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


def last_mention(who: People, words: str) -> Mention | None:
    """The person named last in `words`."""
    return next(reversed([*who.mentions(words)]), None)
