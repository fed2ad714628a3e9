"""The people a text names: full names, roles, and which words mention whom.

Rules over capitals, role nouns and appositions, not a model: no statistical tagger can be had from the
package registry alone. They err towards silence: who cannot be told apart is not resolved.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .types import Span
from .words import STOP_WORDS

ROLES = frozenset(
    """activist actor actress adviser advisor advocate aide ambassador analyst anchor artist attorney author
    banker bishop brother candidate captain ceo chair chairman chairperson chairwoman chancellor chief coach
    colonel columnist commissioner congressman congresswoman constable consul correspondent councillor counsel
    dean deputy detective diplomat director doctor dr economist editor engineer executive expert father farmer
    founder general governor grandfather grandmother head historian husband imam inspector journalist judge
    justice king lawmaker lawyer leader lecturer lieutenant magistrate manager mayor member merchant minister
    mla mother mp musician nurse officer official owner parliamentarian partner pastor physician planner poet
    politician pope president priest prince princess principal producer professor prosecutor queen rabbi reporter
    representative researcher resident scholar scientist secretary sen senator sergeant sheikh singer sister
    solicitor son daughter spokesman spokesperson spokeswoman student superintendent surgeon teacher treasurer
    trustee uncle aunt vet volunteer warden widow wife worker writer mr mrs ms sir lord lady
    ecologist biologist geologist chemist physicist archaeologist architect chef curator driver fisherman
    gardener keeper librarian miner nun ranger sailor shopkeeper skipper tenant""".split()
)
# Words of the names of places, bodies, laws and times: a run that holds one names no person.
_NOT_PERSONS = frozenset(
    """academy act agency airport alliance amendment army article assembly association authority avenue bank bay
    beach bill board bridge british bureau cabinet canal cathedral centre center central chamber church city club code
    college commission committee company confederation conference congress constitution corporation council
    country county court day delhi democratic department district east embassy england europe european express
    federal federation festival force foreign foundation front fund gazette government great group harbour herald
    high hill hospital house inc india indian institute international island journal june kingdom lake law league
    legislature library ltd mail market military ministry mission mosque mountain movement museum nation national
    nations navy network new news north northern office organisation organization park parliament party penal
    people police port post press prison programme project province public railway republic republican river road
    royal school sea section security senate service society south southern square state states station street
    supreme telegraph temple territory theatre times town treaty tribunal tribune trust union united university
    valley village war water west western white world york zone january february march april may july august
    september october november december monday tuesday wednesday thursday friday saturday sunday""".split()
)
_CAPITAL = "[A-ZÀ-ÖØ-ÞĀ-Ž]"
_WORD = (
    r"(?:(?:al|el|bin|ibn|bint|de|da|di|van|von|der|del)[-–  ])?"
    rf"(?:(?:{_CAPITAL}\.)+(?!\w)|(?:Dr|Mr|Mrs|Ms|Jr|Sr|St|Lt|Gen|Gov|Rep|Sen)\.|{_CAPITAL}\w*(?:[-–]\w+)*(?:[’'](?={_CAPITAL})\w+)?)"
)
_RUN = re.compile(rf"(?<![\w’'.])(?:{_WORD})(?:[  ](?:{_WORD}))*")
_LOWER = re.compile(r"(?<![\w’'-])[a-z][a-z]+(?![\w’'-])")
_ROLE_AFTER = re.compile(r",[  ]+((?:[\w’'.-]+[  ]){0,9}?[\w’'.-]+)(?=[,.;)])")
_DETERMINERS = frozenset("a an the this that his her their our my its and by to of for with from said".split())


@dataclass(frozen=True, slots=True)
class Person:
    """Someone a text names: the fullest name there, and the role given with it, if any."""

    name: str
    role: str = ""
    certain: bool = False

    @property
    def surname(self) -> str:
        """The last word of the name."""
        return self.name.split()[-1]

    @property
    def role_noun(self) -> str:
        """The last role word of the role ("mayor" of "New York City Mayor")."""
        return next((word for word in reversed(_words(self.role)) if word in ROLES), "")


@dataclass(frozen=True, slots=True)
class Mention:
    """A person's name, or part of it, at a place of the text."""

    span: Span
    person: Person
    possessive: bool


class People:
    """The people of one text."""

    def __init__(self, persons: tuple[Person, ...]) -> None:
        self.persons = persons
        owners: dict[str, set[Person]] = defaultdict(set)
        for person in persons:
            owners[person.name].add(person)
            owners[person.surname].add(person)
        surnames = set(owners)
        for person in persons:
            first = person.name.split()[0]
            if first not in surnames and "." not in first:
                owners[first].add(person)
        # A name that two people share names neither.
        self._owner = {alias: next(iter(held)) for alias, held in owners.items() if len(held) == 1}
        names = sorted(self._owner, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w’'-])(?:{'|'.join(map(re.escape, names))})(?![\w-])") if names else None

    def mentions(self, words: str, offset: int = 0) -> Iterator[Mention]:
        """Who is named in `words`, in order; spans begin at `offset`."""
        if self._pattern is None:
            return
        for match in self._pattern.finditer(words):
            possessive = words[match.end() : match.end() + 2] in ("’s", "'s") or (
                match.group().endswith("s") and words[match.end() : match.end() + 1] in ("’", "'")
            )
            span = Span(offset + match.start(), offset + match.end())
            yield Mention(span, self._owner[match.group()], possessive)

    def by_name(self, name: str) -> Person | None:
        """The person whom a name or surname means, if it means one."""
        return self._owner.get(name)

    def holder(self, role: str) -> Person | None:
        """The one person whose role is `role` ("mayor"), if there is one."""
        held = {person for person in self.persons if person.certain and person.role_noun == role.lower()}
        return held.pop() if len(held) == 1 else None


@lru_cache(maxsize=512)
def people(text: str) -> People:
    """Everyone that `text` names with two words or more."""
    lower = {match.group() for match in _LOWER.finditer(text)}
    found: dict[str, Person] = {}
    for span in _candidates(text, lower):
        name = span.of(text)
        role = _role(text, span)
        known = found.get(name)
        if known is None or (role and not known.role):
            found[name] = Person(name, role, certain=bool(role) or (known.certain if known else False))
    singles = {match.group() for match in _RUN.finditer(text) if " " not in match.group()}
    persons = [
        Person(p.name, p.role, p.certain or p.surname in singles)
        for p in found.values()
        if not any(p.name != longer and (longer.endswith(f" {p.name}") or _abbreviates(p.name, longer)) for longer in found)
    ]
    return People(tuple(persons))


def _abbreviates(short: str, name: str) -> bool:
    """Whether `short` is `name` with initials: "S.Q.R. Ilyas", "J. McGovern"."""
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
        if all(word.of(text).isupper() for word in words):
            continue
        yield Span(words[0].start, words[-1].end)


def _role(text: str, span: Span) -> str:
    """The role that stands before or after a name: "BJP spokesperson X", "his partner, X,", "X, the mayor,"."""
    before = re.split(r"[.!?;:\n(“\"]|,[  ](?=[^,]*,[  ]*\Z)", text[max(0, span.start - 90) : span.start])[-1]
    words = before.rstrip().rstrip(",").split()
    if words and _bare(words[-1]) in ROLES:
        start = len(words) - 1
        while start > 0 and len(words) - start < 8 and _bare(words[start - 1]) not in _STOPS:
            start -= 1
        return " ".join(words[start:])
    if after := _ROLE_AFTER.match(text, span.end):
        role = after.group(1)
        if any(_bare(word) in ROLES for word in role.split()[:6]) and role.split()[0].lower() not in ("who", "and"):
            return role.removeprefix("the ").removeprefix("a ").removeprefix("an ")
    return ""


_STOPS = _DETERMINERS - {"and", "his", "her", "their"} | frozenset("said told says that while when as asked in on at".split())


def _bare(word: str) -> str:
    return word.strip(".,’'()").removesuffix("’s").removesuffix("'s").lower()


def _words(text: str) -> list[str]:
    return [_bare(word) for word in text.split()]
