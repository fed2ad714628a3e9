"""The people a text names: full names, roles, and which words mention whom.

Rules over capitals, role nouns and appositions, not a model: no statistical tagger can be had from the
package registry alone. They err towards silence: who cannot be told apart is not resolved.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from .persons import OPENING, Mention, People, Person
from .roles import CAPITAL, FEMALE, MALE, ROLES, WORD, role_of
from .types import Span
from .words import STOP_WORDS

__all__ = ["OPENING", "ROLES", "Mention", "People", "Person", "people"]

# Words of the names of places, bodies, laws and times: a run that holds one names no person.
_NOT_PERSONS = frozenset(
    """academy act activities affairs agency aggregates airport alliance amendment army article assembly associates
    association authority avenue bank bay beach bill board borough bridge british bureau cabinet canal castle
    cathedral centre center central chamber church city clinic club code college commission committee company
    confederation conference congress constitution corporation council country county court day delhi democratic
    department defence defense district east education embassy england estate europe european exchange express
    external federal federation festival finance force foreign foundation front fund gazette government great group
    harbor harbour health herald high hill holdings hospital hotel house inc india indian industries institute
    interior international island journal june kingdom lake law league legislature library limited lower ltd mail
    market media military ministry mission mosque mountain movement museum nation national nations navy network new
    news north northern office organisation organization park parliament partners party penal people pier police
    port post press prison programme project province public radio railway republic republican river road rovers
    royal school sea section security senate service society south southern square stadium state states station
    street supreme telegraph temple territory theatre times town treaty tribunal tribune trust union united
    university upper valley village war water weekly west western white world york zone january february march april
    may july august september october november december monday tuesday wednesday thursday friday saturday sunday""".split()
)
_RUN = re.compile(rf"(?<![\w’'.])(?:{WORD})(?:[ \xa0](?:{WORD}))*")
_LOWER = re.compile(r"(?<![\w’'-])[a-z][a-z]+(?![\w’'-])")
_JOINING = ("_", "’", "'", "-")  # before a name, what makes it part of a longer one
LONGEST_NAME = 40  # characters looked back for a first name
_CAPITALISED = re.compile(rf"({CAPITAL}[\w-]+)[ \xa0]\Z")
_ADDRESSED = re.compile(r"\b(Mr|Mrs|Ms|Miss|Dr|Sir|Captain|Cllr|Professor|Lord|Lady)\.?[ \xa0]")
_NOBLE, _SEXED = ("Lord", "Lady"), ("Mr", "Mrs", "Ms", "Miss", "Sir", "Lord", "Lady")
_DESCRIBED = re.compile(r",(?:[ \xa0][^,.;\n]{1,60},)?[ \xa0](?:who\b|(?:aged[ \xa0])?\d\d\b)")
_QUANTITIES = frozenset("many most some several few all both these those other two three four young old".split())
_SPEAKING = re.compile(
    rf"(?<![\w’'] )(?<![\w’'-])({CAPITAL}[a-z][\w-]+)[ \xa0](?:also[ \xa0])?"
    r"(?:said|says|told|tells|added|asked|wrote|argued|tweeted|claimed)\b"
)


@lru_cache(maxsize=512)
def people(text: str) -> People:
    """Everyone that `text` names with two words or more."""
    lower = {match.group() for match in _LOWER.finditer(text)}
    found: dict[str, Person] = {}
    for span in _candidates(text, lower):
        name = span.of(text)
        role = role_of(text, span)
        known = found.get(name)
        if known is None or (role and not known.role):
            found[name] = Person(name, role, certain=bool(role) or (known.certain if known else False))
    singles = {match.group() for match in _RUN.finditer(text) if " " not in match.group()}
    whole = [
        p
        for p in found.values()
        if not any(
            p.name != longer and (longer.endswith(f" {p.name}") or _abbreviates(p.name, longer)) for longer in found
        )
    ]
    surnames, titled = [p.surname for p in whole], _titled(text)
    persons = tuple(
        Person(
            p.name,
            p.role,
            p.certain or _is_person(p, text, singles, titled),
            _gender(p, text, surnames.count(p.surname) == 1, titled),
        )
        for p in whole
    )
    shared = [p.surname for p in persons if _is_of_others_too(p, text, found, lower)]
    parts = {word for p in persons for word in p.name.split()}
    alone = {word for word in _SPEAKING.findall(text) if word not in parts and word.lower() not in STOP_WORDS}
    return People(persons, [*shared, *alone], _offices(text))


def _offices(text: str) -> dict[str, frozenset[str]]:
    """The names that stand after an office: "President Obama"."""
    held: dict[str, set[str]] = defaultdict(set)
    for match in re.finditer(rf"\b([A-Z][a-z]+)[ \xa0]({CAPITAL}[\w-]+)", text):
        if match.group(1).lower() in ROLES:
            held[match.group(1).lower()].add(match.group(2))
    return {office: frozenset(names) for office, names in held.items()}


def _places(word: str, text: str) -> Iterator[int]:
    """Where a name stands by itself: not as a part of a longer word. Many times faster than a pattern for each name."""
    place = text.find(word)
    while place >= 0:
        end = place + len(word)
        if not (text[place - 1 : place] in _JOINING or text[place - 1 : place].isalnum()) and not (
            text[end : end + 1].isalnum() or text[end : end + 1] in ("_", "-")
        ):
            yield place
        place = text.find(word, place + 1)


def _is_of_others_too(person: Person, text: str, found: Iterable[str], lower: set[str]) -> bool:
    """Whether a surname stands before the full name does ("President Obama"), or after another first name.

    News gives a full name first.
    """
    names = [
        name
        for name in found
        if name == person.name or _abbreviates(name, person.name) or person.name.endswith(f" {name}")
    ]
    full = min(text.find(name) for name in names)
    for place in _places(person.surname, text):
        if place < full:
            return True
        before = _CAPITALISED.search(text[max(0, place - LONGEST_NAME) : place])
        first = before.group(1) if before else ""
        if first and first not in person.name.split() and first.lower() not in ROLES | STOP_WORDS | lower:
            return True
    return False


def _abbreviates(short: str, name: str) -> bool:
    """Whether `short` is `name` with initials: "S.Q.R. Ilyas", "J. McGovern"."""
    if "." not in short:
        return False
    first, full = short.split(), name.split()
    return "." in first[0] and "." not in full[0] and first[-1] == full[-1] and first[0][0] == full[0][0]


def _candidates(text: str, lower: set[str]) -> Iterator[Span]:
    """Runs of two to four capitalised words that may be a person's name."""
    for match in _RUN.finditer(text):
        words = [Span(match.start() + w.start(), match.start() + w.end()) for w in re.finditer(r"\S+", match.group())]
        # "Mayor Zohran Mamdani", "Asked Zohran Mamdani": the name begins after the last such word.
        for number, word in reversed(list(enumerate(words))):
            plain = word.of(text).rstrip(".").lower()
            if plain in ROLES or (number == 0 and (plain in lower or plain in STOP_WORDS)):
                words = words[number + 1 :]
                break
        plain_words = [word.of(text).rstrip(".").lower() for word in words]
        if not 2 <= len(words) <= 4 or any(plain in _NOT_PERSONS for plain in plain_words):
            continue
        # "the Growers’ Union" is nobody.
        if re.match(rf"(?:[’']s?)[ \xa0]{CAPITAL}", text[words[-1].end :][:4]):
            continue
        if plain_words[0] in _QUANTITIES:
            continue
        if any(plain == "i" for plain in plain_words) or all(word.of(text).isupper() for word in words):
            continue
        yield Span(words[0].start, words[-1].end)


def _titled(text: str) -> list[tuple[str, int]]:
    """The titles of a text, each with the place where the name after it begins."""
    return [(match.group(1), match.end()) for match in _ADDRESSED.finditer(text)]


def _begins(text: str, place: int, names: Iterable[str]) -> bool:
    return any(
        text.startswith(name, place) and not (text[(end := place + len(name)) : end + 1].isalnum()) for name in names
    )


def _is_person(person: Person, text: str, singles: set[str], titled: Sequence[tuple[str, int]]) -> bool:
    """Whether a name is used as only a person's is: by one word alone, with a title, an age or "who"."""
    return (
        person.surname in singles
        or any(_begins(text, place, (person.name, person.surname)) for title, place in titled if title not in _NOBLE)
        or any(_DESCRIBED.match(text, place + len(person.name)) for place in _places(person.name, text))
    )


def _gender(person: Person, text: str, only_one: bool, titled: Sequence[tuple[str, int]]) -> Literal["", "he", "she"]:
    """What titles and the role say; "" where that is nothing, or both."""
    names = (person.name, person.surname)[: 1 + only_one]
    words = {title.lower() for title, place in titled if title in _SEXED and _begins(text, place, names)}
    words.add(person.role_noun)
    he, she = bool(words & MALE), bool(words & FEMALE)
    return "" if he == she else "he" if he else "she"
