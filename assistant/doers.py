"""Who does what in a sentence of a document: whoever can be the subject of a verb, or has it done to them."""

from __future__ import annotations

import re

from .views import View
from .words import PERSONAL, root

_GOVERNED = re.compile(
    r"\b(?:of|to|by|with|from|against|for|about|on|over|between|at|in|than)\s+"
    r"(?:the\s+|former\s+|an?\s+)?(?:[A-Z]?\w+\s+){0,2}\Z"
)
_BY = re.compile(r"\w+(?:ed|en|wn|rn|de|id|ld)\s(?:[a-z-]+\s){0,2}?by\s")  # "written in haste by"
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are)\s+(?:not\s+|\w+ly\s+)?\Z")
_WHOM = re.compile(r"\bwhom?\b[^,;.]*\Z")


def place(verb: str, view: View, number: int) -> int | None:
    """Where a sentence of a document has a verb."""
    text = view.text(number)
    return next((m.start() for m in re.finditer(r"\w+", text) if root(m.group().lower()) == root(verb)), None)


def doing(verb: str, view: View, number: int) -> set[str] | None:
    """Who can be the subject of a verb in a sentence of a document; empty where that cannot be told, None without the verb.

    After "who" it is the one named last.
    """
    at, text = place(verb, view, number), view.text(number)
    if at is None:
        return None
    if (by := _BY.match(text, at)) and (agent := next(view.people.mentions(text[by.end() :][:60]), None)):
        return {agent.person.name} if not agent.span.start else set()
    if _PASSIVE.search(text[:at]) and not verb.endswith("ing"):
        return set()
    owner = [m for m in view.people.mentions(text[:at]) if m.possessive]
    if owner and re.fullmatch(r"[’']s?\s(?:[\w-]+\s)?", text[owner[-1].span.end : at]):
        return {owner[-1].person.name}  # "Bansal's accusation"
    named = _named_before(view, number, at)
    if re.search(r"\bwho\s+(?:has |have |had |also )?\Z", text[:at]) and named:
        return {max(named)[1]} - {""}
    return _all_known([name for where, name in named if not _GOVERNED.search(text[:where])]) or (
        set() if named else set(view.voices[number])
    )


def undergoing(verb: str, view: View, number: int) -> set[str] | None:
    """To whom a verb is done in a sentence of a document; empty where that cannot be told, None without the verb."""
    at, text = place(verb, view, number), view.text(number)
    if at is None:
        return None
    named = _named_before(view, number, at)
    # "Khalid's bail was refused": it may be told as done to him.
    named += [(m.span.start, "") for m in view.people.mentions(text) if m.possessive and m.span.start < at]
    if _PASSIVE.search(text[:at]):
        by = re.match(r"\w+\s(?:[\w-]+\s){0,2}by\s[^.;]+", text[at:])
        if not named and by and any(True for _ in view.people.mentions(by.group())):
            return {"?thing"}  # it is done by somebody, to no person
        clause = max((m.end() for m in re.finditer(r"[;:]|\b(?:while|but|whereas)\b", text[:at])), default=0)
        return _all_known([name for where, name in named if where >= clause and not _GOVERNED.search(text[:where])])
    whom = text[:at].rfind("whom")
    if whom >= 0 and _WHOM.search(text[:at]) and (ahead := [held for held in named if held[0] < whom]):
        return {max(ahead)[1]} - {""}
    after = re.split(r"[.;]\s", text[at:])[0]
    return {m.person.name for m in view.people.mentions(after)}


def _named_before(view: View, number: int, at: int) -> list[tuple[int, str]]:
    """Everybody whom a sentence names, describes or means by a pronoun before a place; "" for who cannot be told."""
    text, sentence = view.text(number), view.sentences[number]
    named = [
        (m.span.start, m.person.name) for m in view.people.mentions(text) if m.span.start < at and not m.possessive
    ]
    named += [
        (s.start, who.name if who else f"?{noun}") for s, noun, who in view.people.described(text) if s.start < at
    ]
    named += [(s.start, "") for s in view.people.strangers(text) if s.start < at]
    for match in PERSONAL.finditer(text[:at]):
        if match.group().lower() in ("his", "her", "hers"):
            continue
        said = view.credit_at(sentence.start + match.start())
        person = view.referent(number, sentence.start + match.start())[0]
        named.append((match.start(), said.speaker if said else person.name if person else ""))
    if view.quotation(sentence.start + at) and re.search(r"\b(?:I|we)\b", text[:at]):
        named += [(0, voice) for voice in view.voices[number]]
    return named


def _all_known(names: list[str]) -> set[str]:
    return set() if any(not name for name in names) else set(names)
