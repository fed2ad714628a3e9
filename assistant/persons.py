"""The people of one text: who is mentioned where, who holds an office, whom "he" can mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .roles import CAPITAL, FEMALE, HUMANS, MALE, NOT_NOW, PREPOSITION, ROLES, head, is_owner, plain_words
from .types import Span

# "the mayor", "a retired nurse", "his daughter": someone, without a name.
_NOUNS = "|".join(sorted(HUMANS, key=len, reverse=True))
_HUMAN = re.compile(
    r"(?<![\w’'-])(?P<which>(?:the|an?|his|her|its|their|my|our|one|another|\w+[’']s?)(?:[ \xa0][a-z][\w-]*){0,2}?)"
    r"[ \xa0]"
    rf"(?P<noun>{_NOUNS})(?![\w-]|[’'](?:s\b|\s)|[ \xa0](?:{_NOUNS})\b)",
    re.IGNORECASE,
)
_TO_NAME = re.compile(
    r"(?:[ \xa0](?:of|for|at|in)(?:[ \xa0][\w’'&-]+){1,6})?,?[ \xa0]"
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Sir|Captain|Professor)\.?[ \xa0])?"
)
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|President|Senator|Governor|Captain|Judge)\.?[ \xa0]{CAPITAL}\w+"
)
# What a clause begins with that may speak of someone before it names them: "In her book, Clinton noted".
OPENING = re.compile(
    r"(?:In|At|On|For|With|From|Despite|After|Before|Though|Although|While|When|As|If|Since|By|Because|Unlike|Like|Asked)\b"
)
_GOVERNED = re.compile(
    r"\b(?:of|to|in|on|at|by|from|with|for|about|against|between|like|than)[ \xa0](?:[\w’'-]+[ \xa0]){0,5}\Z"
)
_PREDICATE = re.compile(
    r"\b(?:is|was|be|been|being|becomes?|became|remains?|as|named|elected|appointed)\s+(?:\w+ly\s+)?\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone a text names: the fullest name there, and the role given with it, if any.

    `certain` is False for two capitalised words that nothing shows to be a person's name. `gender` is
    the pronoun that titles and roles call for, "" where they leave it open.
    """

    name: str
    role: str = ""
    certain: bool = False
    gender: Literal["", "he", "she"] = ""

    @property
    def surname(self) -> str:
        """The last word of the name."""
        return self.name.split()[-1]

    @property
    def role_noun(self) -> str:
        """What the role says someone is ("mayor" of "New York City Mayor", "chair" of "chair of the bar council")."""
        return next((word for word in reversed(plain_words(head(self.role))) if word in ROLES), "")

    def may_be(self, pronoun: str) -> bool:
        """Whether a form of "he" or "she" can mean this person."""
        return not self.gender or (self.gender == "he") == (pronoun.lower() in ("he", "him", "his"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A person's name, or part of it, at a place of the text."""

    span: Span
    person: Person
    possessive: bool


class People:
    """The people of one text."""

    def __init__(
        self,
        persons: tuple[Person, ...],
        unclear: Iterable[str] = (),
        offices: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """`unclear`: names of people never named in full. `offices`: who is called by an office ("President X")."""
        self.persons = persons
        self._offices = offices or {}
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
        several = {alias for alias, held in owners.items() if len(held) > 1} | set(unclear)
        self._owner = {alias: person for alias, person in self._owner.items() if alias not in several}
        self._pattern, self._unclear = _pattern(self._owner), _pattern(several)

    def mentions(self, words: str, offset: int = 0) -> Iterator[Mention]:
        """Who is named in `words`, in order; spans begin at `offset`."""
        if self._pattern is None:
            return
        for match in self._pattern.finditer(words):
            span = Span(offset + match.start(), offset + match.end())
            yield Mention(span, self._owner[match.group()], is_owner(words[match.start() : match.end() + 2]))

    def by_name(self, name: str) -> Person | None:
        """The person whom a name or surname means, if it means one."""
        return self._owner.get(name)

    def holder(self, role: str) -> Person | None:
        """The one person whose role is `role` ("mayor", "harbour master"), if there is one."""
        asked = plain_words(role)
        held = {
            person
            for person in self.persons
            if person.certain and person.role_noun == asked[-1] and set(asked) <= (words := set(plain_words(person.role)))
            and not NOT_NOW & (words - set(asked))
        }  # fmt: skip
        one = held.pop() if len(held) == 1 else None
        return one if one and self._offices.get(asked[-1], frozenset()) <= set(one.name.split()) else None

    def described(self, words: str) -> Iterator[tuple[Span, str, Person | None]]:
        """Each "the mayor" or "a spokeswoman" in `words` beside no name: place, noun, who it is if known."""
        named = [*self.mentions(words)]
        for match in _HUMAN.finditer(words):
            if _belongs_to_name(words, match, named) or _PREDICATE.search(words[: match.start()]):
                continue
            if match.group("noun")[0].isupper() and re.match(rf"[ \xa0]{CAPITAL}", words[match.end() :]):
                continue  # "the General Assembly"
            the, _, role = match.group().partition(" ")
            known = the.lower() == "the" and not PREPOSITION.match(words, match.end())
            yield Span(match.start(), match.end()), match.group("noun").lower(), self.holder(role) if known else None

    def strangers(self, words: str) -> Iterator[Span]:
        """Where someone is named in `words` who cannot be told from others, or is never named in full."""
        held = [mention.span for mention in self.mentions(words)]
        found = [*_TITLED.finditer(words), *(self._unclear.finditer(words) if self._unclear else ())]
        for match in found:
            span = Span(*match.span())
            if not any(other.start < span.end and span.start < other.end for other in held):
                yield span

    def meant(self, words: str, pronoun: str) -> set[Person | None]:
        """Whom `pronoun` ("he", "her") can mean after `words`; None stands for someone not known by name.

        Who is named as an owner ("Khalid’s letter") is hardly meant, and not surely where nobody else is named.
        """
        named = [
            (mention.possessive, mention.person if _is_sure(mention, words) else None)
            for mention in self.mentions(words)
            if mention.person.may_be(pronoun)
        ]
        named += [(is_owner(words[span.start : span.end + 2]), None) for span in self.strangers(words)]
        others = FEMALE if pronoun.lower() in ("he", "him", "his") else MALE
        named += [
            (False, person)
            for _, noun, person in self.described(words)
            if noun not in others and (person is None or person.may_be(pronoun))
        ]
        meant = {person for owner, person in named if not owner}
        first = min((mention.span.start for mention in self.mentions(words)), default=0)
        forms = r"\b(?:he|him|his)\b" if pronoun.lower() in ("he", "him", "his") else r"\b(?:she|her|hers)\b"
        if meant and not OPENING.match(words) and re.search(forms, words[:first], re.IGNORECASE):
            meant.add(None)  # "It shows him, but Shelby said": two are spoken of
        return meant or ({None} if named else set())


def _is_sure(mention: Mention, words: str) -> bool:
    """Whether a pronoun may mean someone named so: surely a person, and no mere "of X" or "to X"."""
    before = words[: mention.span.start]
    if not mention.person.certain or re.search(r"\b(?:an?|the)[ \xa0]\Z", before, re.IGNORECASE):
        return False  # "a Romney caricature"
    return bool(mention.person.gender) or not _GOVERNED.search(before)


def _belongs_to_name(words: str, match: re.Match[str], named: Sequence[Mention]) -> bool:
    """Whether "the mayor" stands beside a name: "the mayor of X, Y," or "Y, the mayor,"."""
    for mention in named:
        after, before = words[match.end() : mention.span.start], words[mention.span.end : match.start()]
        if match.end() <= mention.span.start and _TO_NAME.fullmatch(after):
            return True
        if mention.span.end <= match.start() and re.fullmatch(
            r",[ \xa0](?:[^,.;]{0,60}[ \xa0](?:and|or)[ \xa0])?", before
        ):
            return True
    return False


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w’'-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])") if longest_first else None
