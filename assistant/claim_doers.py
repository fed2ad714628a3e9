"""Who does what to whom in a claim, and whose it is, against the words it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cited import SAME, Cited, alike
from .doers import doing, undergoing
from .locating import Evidence
from .names import Person
from .statements import Named, is_report, same_speaker
from .words import STOP_WORDS, root, stem, tokens

# Verbs that say no more than "said", or nothing that is done.
SPOKEN = frozenset(
    """stated added argued claimed described noted observed remarked commented mentioned explained expressed voiced referred
    called asked insisted stressed posted tweeted linked replied responded declared announced characterised characterized
    labelled labeled termed framed viewed regarded considered believed used based named titled located aged""".split()
)
# After a name: its verb, perhaps in the passive.
_DEED = re.compile(
    r"(?:,[^,;.]{2,60},)?\s(?:(?:also|then|later|has|had|have|who|not|\w+ly)\s)*(?P<passive>(?:was|were|is|are|been|being)\s(?:not\s|\w+ly\s)?)*"
    r"(?P<verb>[a-z]{3,})\b"
)
_SAID = frozenset(("said", "told", "thought", "found", "held", "puts"))
_A_THING = re.compile(r"\s(?:the|an?|his|her|this|that)\s(?!in\b)[a-z]+")
_OWNED = re.compile(r"(?P<whose>[A-Z][\w-]+)[’']s?\s(?:own\s)?(?P<thing>[a-z]{3,})")


def check_doers(claim: Cited) -> str | None:
    """Whoever does something in it, or has it done to them, does it or has it done in the words cited."""
    own = claim.statement.own
    for named, person in _persons(claim):
        if named.possessive:
            continue
        deed = _DEED.match(own[named.span.end :])
        verb = deed.group("verb").lower() if deed else ""
        if not deed or not _is_deed(verb):
            continue
        if verb.endswith("ing") and not re.search(r"\b(?:is|was|are|were)\b", deed.group()):
            continue  # "X, seeking Y": whoever went before may be meant
        # As the document has it, word for word.
        if any(f"{person.surname}{deed.group()}" in e.text for e in claim.evidence):
            continue
        undergone = deed.group("passive") is not None and not verb.endswith("ing")
        read = undergoing if undergone else doing
        found = [who for e in claim.evidence for n in e.numbers if (who := read(verb, e.view, n)) is not None]
        if not found:
            if reason := _unsaid(claim, named, verb, own[named.span.end + deed.end() :]):
                return reason
        elif not any(not who or any(_may_be(person, name) for name in who) for who in found):
            names = ", ".join(sorted(name.lstrip("?") for who in found for name in who))
            return f"in the words cited it is {names}, not {named.name}, {'who has it done' if undergone else f'who {verb}'}"
    return None


def check_owners(claim: Cited) -> str | None:
    """What it says is somebody's is theirs in the words cited."""
    for match in _OWNED.finditer(claim.statement.own):
        name, thing = match.group("whose"), match.group("thing")
        places = [
            (e, m)
            for e in claim.evidence
            for m in re.finditer(r"\w+", e.text)
            if stem(m.group().lower()) == stem(thing)
        ]
        if places and not any(_owns(name, e, m.start(), m.end()) for e, m in places):
            return f"the words cited do not say that it is {name}'s {thing}"
    return None


def _owns(name: str, e: Evidence, start: int, end: int) -> bool:
    """Whether a thing in the words cited stands with a name as its owner's, with a pronoun, or with nobody's."""
    before, after = e.text[max(0, start - 60) : start], e.text[end : end + 60]
    mine = rf"{re.escape(name)}(?:[’']s?)\s(?:[\w-]+\s){{0,3}}\Z"
    if re.search(mine, before) or re.search(r"\b(?:his|her|their|its)\s(?:[\w-]+\s){0,2}\Z", before):
        return True
    of = re.match(r"\s(?:of|by|from|to)\s(?:[\w’'.-]+\s){0,4}?(?P<whose>[A-Z][\w-]*)(?P<more>[’']s)?", after)
    if of:
        return not of.group("more") and (of.group("whose") == name or name in of.group() or name in after)
    owner = re.search(r"([A-Z][\w-]+)[’']s\s(?:[\w-]+\s){0,2}\Z", before)
    return owner is None


def _persons(claim: Cited) -> Iterator[tuple[Named, Person]]:
    """The people that the claim names in its own voice."""
    for named in claim.statement.named:
        person = next(filter(None, (_person(e, named.name) for e in claim.evidence)), None)
        if person and not claim.statement.is_quoted(named.span.start):
            yield named, person


def _person(e: Evidence, name: str) -> Person | None:
    return e.view.people.by_name(name) or next((p for p in e.view.people.persons if p.name == name), None)


def _unsaid(claim: Cited, named: Named, verb: str, after: str) -> str | None:
    """Why a deed whose verb is not in the words cited may not be told, unless another word there means it."""
    held = claim.stems | {root(word) for word in tokens(claim.words)}
    if (
        root(verb) in held
        or verb in SPOKEN
        or alike(stem(verb), held)
        or any(root(verb) in g and g & held for g in SAME)
    ):
        return None
    thing = verb == "wrote" and _A_THING.match(after)
    return f"the words cited do not say that {named.name} {verb}" if thing or not is_report(verb) else None


def _may_be(person: Person, who: str) -> bool:
    """Whether somebody is `who`: a name, or "?" and the office of one who is not known by name."""
    return who[1:] in tokens(person.role) if who.startswith("?") else same_speaker(person.name, who)


def _is_deed(word: str) -> bool:
    if word in SPOKEN or word in _SAID or (word in STOP_WORDS and word != "won"):
        return False
    return word.endswith(("ed", "ing", "rn", "wn", "en")) or root(word) != stem(word)
