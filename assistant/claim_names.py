"""Names, places and offices of a claim against the words it cites."""

from __future__ import annotations

import re

from .cited import Cited, alike
from .dates import dates
from .matching import spells
from .names import ROLES, Person, people
from .types import Span
from .words import PERSONAL, STOP_WORDS, content_words, stem, tokens

_COUNTRIES = {"america": "usa", "american": "usa", "americans": "usa", "us": "usa", "states": "usa",
"united": "usa", "u": "usa", "britain": "uk", "british": "uk"}  # fmt: skip

_CAPITALISED = re.compile(r"(?<![\w’'])[A-ZÀ-ÖØ-Þ][\w]*(?:[-–’'][\w]+)*")

WINDOW = 60  # characters around a name in which a document gives its office

_OPENERS = frozenset(
    """both several some many most all few critics supporters opponents lawmakers members officials people relatives friends father
    mother partner wife husband son daughter responding speaking writing asked replying two three four five six seven eight nine ten
    eleven twelve one another according no nobody neither it there not while after before when since because although though despite
    unlike by in on at for from with under over about as the a an his her their its post posts note letter bail news
    reports""".split()
)


def check_names(claim: Cited) -> str | None:
    """Whoever and whatever it names is named, or surely meant, in the words cited; first names go with their surnames."""
    allowed = claim.stems | claim.publishers
    persons = {p for e in claim.evidence for p in e.view.people.persons}
    here = {p for e in claim.evidence for number in e.numbers for p in e.view.about[number]}
    here |= {p for e in claim.evidence for n in e.numbers for v in e.view.voices[n] if (p := e.view.people.by_name(v))}
    own = claim.statement.own
    for named in (m for e in claim.evidence for m in e.view.people.mentions(own)):
        role = re.match(r"[’']?s?[’']?\s(\w+)", own[named.span.end :])
        tied = bool(role) and role.group(1).lower() in ROLES if role else False
        tie = named.possessive and tied and any(named.person.surname in p.role for p in here)
        again = re.match(r"[’']s?\s(?:\w+\s?,?\s?){1,4}", own[named.span.end :]) if named.possessive else None
        after = own[named.span.end : named.span.end + (again.end() if again else 0) + len(named.person.name)]
        if again and named.person.name in after:
            return f"it has {named.person.name} belong to {named.person.name}"
        if named.person not in here and not tie and not set(tokens(named.person.surname)) <= set(tokens(claim.words)):
            return f"{named.person.name} is not in the words cited"
        # A name of the claim may stand for a pronoun that it has not.
        held = _count(named.person, claim.words, claim) + max(0, _pronouns(claim.words) - _pronouns(own)) + tie
        if _count(named.person, own, claim) > max(1, held):
            return f"{named.person.name} is named more often than in the words cited"
        if wrong := _wrong_first_name(own, named.span, named.person, persons, allowed):
            return f"{wrong} {named.person.surname} is not the name in the document"
    for match in _CAPITALISED.finditer(own):
        word = match.group()
        for part in tokens(re.sub(r"[’']s\Z|[’']\Z", "", word)):
            if not _is_named(part, word, match.start(), claim, allowed):
                return f"{word} is not in the words cited"
    return None


def _count(person: Person, text: str, claim: Cited) -> int:
    """How often somebody is named in some words."""
    return len({m.span for e in claim.evidence for m in e.view.people.mentions(text) if m.person == person})


def _pronouns(text: str) -> int:
    return len(PERSONAL.findall(text)) + len(re.findall(r"\b(?:who|I|my|me)\b", text))


def _is_named(part: str, word: str, place: int, claim: Cited, allowed: frozenset[str]) -> bool:
    root = stem(part)
    if root in allowed or part in STOP_WORDS or len(part) == 1 or part.isdigit():
        return True
    begins = place == 0 or bool(re.search(r"[.!?:]\s*[“\"‘']?\s*\Z", claim.statement.own[:place]))
    if begins and _is_common(part, claim):
        return True
    if _COUNTRIES.get(part, part) in allowed | {_COUNTRIES.get(s, s) for s in allowed}:
        return True
    return spells(word, claim.words) or (any(dates(f"1 {part}")) and bool(dates(claim.text)))


def _is_common(word: str, claim: Cited) -> bool:
    """Whether a word that a sentence begins with is no name: the documents have it in small letters, or English does."""
    if any(word in tokens(p.name) for e in claim.evidence for p in e.view.people.persons):
        return False
    if word in ROLES or word.endswith(("ing", "ly")) or word in _OPENERS:
        return True
    return any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", e.view.document.text) for e in claim.evidence)


def _wrong_first_name(text: str, span: Span, person: Person, persons: set[Person], allowed: frozenset[str]) -> str:
    """The capitalised word before a surname that is neither part of the name nor an office or a place of the document."""
    before = re.search(r"([A-ZÀ-ÖØ-Þ][\w’'-]*)\s\Z", text[: span.start])
    if before is None or span.start == before.start():
        return ""
    word = before.group(1)
    plain = set(tokens(word))
    if plain <= set(tokens(f"{person.name} {person.role}")) or plain & ROLES or plain & STOP_WORDS:
        return ""
    if any(plain <= set(tokens(p.name)) for p in persons if p != person):
        return word
    return "" if {stem(w) for w in plain} <= allowed else word


def check_offices(claim: Cited) -> str | None:
    """An office, party or tie that it gives somebody is one the document gives them."""
    full = claim.statement.own
    persons = {p.surname: p for e in claim.evidence for p in e.view.people.persons}
    for named in reversed([m for e in claim.evidence[:1] for m in e.view.people.mentions(full)]):
        full = f"{full[: named.span.start]}{named.person.name}{full[named.span.end :]}"
    for person in people(full).persons:
        known = persons.get(person.surname)
        if not person.role or known is None:
            continue
        given = {stem(word) for word in content_words(person.role)}
        told = {stem(word) for word in tokens(known.role)} | {
            s for p in persons.values() if p.name in person.role for s in map(stem, tokens(p.name))
        }
        told |= _beside(known, claim) | {stem(w) for w in tokens(known.name)}
        if missing := [
            word for word in content_words(person.role) if stem(word) not in told and not alike(stem(word), told)
        ]:
            return f"{known.name} is not {' '.join(missing)} in the document"
        del given
    unknown = [w for w in tokens(claim.statement.own) if w in ROLES and not alike(stem(w), claim.stems | _roles(claim))]
    return f"the office {unknown[0]!r} is not in the words cited" if unknown else None


def _roles(claim: Cited) -> frozenset[str]:
    """Stems of the offices that the documents give whomever the claim names."""
    named = {p for e in claim.evidence for p in (m.person for m in e.view.people.mentions(claim.text))}
    return frozenset(s for p in named for s in ({stem(w) for w in tokens(p.role)} | _beside(p, claim)))


def _beside(person: Person, claim: Cited) -> set[str]:
    """Stems of the words that stand beside a name in the documents."""
    held: set[str] = set()
    for e in claim.evidence:
        text = e.view.document.text
        for match in re.finditer(rf"(?<!\w)(?:{re.escape(person.name)}|{re.escape(person.surname)})(?!\w)", text):
            before = re.split(r"[.;:!?\n]", text[max(0, match.start() - WINDOW) : match.start()])[-1]
            others = [m.span.end for m in e.view.people.mentions(before) if m.person != person and not m.possessive]
            before = before[max(others, default=0) :]
            after = re.match(r",\s[^.;:!?\n]{0,80}", text[match.end() :])
            held |= {stem(w) for w in tokens(f"{before} {after.group() if after else ''}")}
    return held
