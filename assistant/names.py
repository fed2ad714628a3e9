"""The people a text names: full names, roles, and which words mention whom.

Rules over capitals, role nouns and appositions, not a model: no statistical tagger can be had from the
package registry alone. They err towards silence: who cannot be told apart is not resolved.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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
    gardener keeper librarian miner nun ranger sailor shopkeeper skipper tenant
    cllr prof headteacher headmaster headmistress caretaker surveyor goalkeeper contractor tester master consultant
    dentist investor firefighter landlord landlady neighbour neighbor novelist paramedic pilot policeman policewoman
    receptionist referee shareholder technician translator commander""".split()
)
# Whoever else "he" or "she" can mean; in a name these are surnames.
_HUMANS = ROLES | frozenset(
    """man woman boy girl gentleman suspect witness victim defendant complainant passenger guard guest host visitor
    stranger caller speaker protester campaigner critic supporter voter patient pupil parent child friend colleague
    customer client buyer seller builder developer dealer porter player striker winner""".split()
)
# These say no more than how to address someone: the office is given after the name, if at all.
_TITLES = frozenset("mr mrs ms miss dr sir lord lady prof professor cllr captain sen gov rep lt gen doctor".split())
# A former mayor is not "the mayor".
_NOT_NOW = frozenset("former ex late then deputy vice acting assistant shadow interim associate".split())
_MALE = frozenset(
    """mr sir lord king prince father husband brother son uncle grandfather chairman spokesman congressman policeman
    fisherman gentleman boy man headmaster actor landlord imam pope""".split()
)
_FEMALE = frozenset(
    """mrs ms miss lady queen princess mother wife sister daughter aunt grandmother widow chairwoman spokeswoman
    congresswoman policewoman woman girl headmistress actress landlady nun""".split()
)
# Words of the names of places, bodies, laws and times: a run that holds one names no person.
_NOT_PERSONS = frozenset(
    """academy act activities agency aggregates airport alliance amendment army article assembly associates
    association authority avenue bank bay beach bill board borough bridge british bureau cabinet canal castle cathedral
    centre center central chamber church city clinic club code college commission committee company confederation
    conference congress constitution corporation council country county court day delhi democratic department district
    east embassy england estate europe european exchange express federal federation festival force foreign foundation
    front fund gazette government great group harbor harbour herald high hill holdings hospital hotel house inc india
    indian industries institute international island journal june kingdom lake law league legislature library limited
    lower ltd mail market media military ministry mission mosque mountain movement museum nation national nations navy
    network new news north northern office organisation organization park parliament partners party penal people pier
    police port post press prison programme project province public radio railway republic republican river road rovers
    royal school sea section security senate service society south southern square stadium state states station street
    supreme telegraph temple territory theatre times town treaty tribunal tribune trust union united university
    upper valley village war water weekly west western white world york zone january february march april may july
    august september october november december monday tuesday wednesday thursday friday saturday sunday""".split()
)
_CAPITAL = "[A-ZÀ-ÖØ-ÞĀ-Ž]"
_WORD = (
    r"(?:(?:al|el|bin|ibn|bint|de|da|di|van|von|der|del)[-– \xa0])?"
    rf"(?:(?:{_CAPITAL}\.)+(?!\w)|(?:Dr|Mr|Mrs|Ms|Jr|Sr|St|Lt|Gen|Gov|Rep|Sen)\.|{_CAPITAL}\w*(?:[-–]\w+|[’'](?={_CAPITAL})\w+)*)"
)
_RUN = re.compile(rf"(?<![\w’'.])(?:{_WORD})(?:[ \xa0](?:{_WORD}))*")
_LOWER = re.compile(r"(?<![\w’'-])[a-z][a-z]+(?![\w’'-])")
_JOINING = ("_", "’", "'", "-")  # before a name, what makes it part of a longer one
LONGEST_NAME = 40  # characters looked back for a first name
_CAPITALISED = re.compile(rf"({_CAPITAL}[\w-]+)[ \xa0]\Z")
_ADDRESSED = re.compile(r"\b(Mr|Mrs|Ms|Miss|Dr|Sir|Captain|Cllr|Professor|Lord|Lady)\.?[ \xa0]")
_NOBLE, _SEXED = ("Lord", "Lady"), ("Mr", "Mrs", "Ms", "Miss", "Sir", "Lord", "Lady")
_DESCRIBED = re.compile(r",(?:[ \xa0][^,.;\n]{1,60},)?[ \xa0](?:who\b|(?:aged[ \xa0])?\d\d\b)")
_ROLE_AFTER = re.compile(r",[ \xa0]+((?:[\w’'.-]+[ \xa0]){0,9}?[\w’'.-]+)(?:[ \xa0]\(\w+\))?(?=[,.;)])")
_QUANTITIES = frozenset("many most some several few all both these those other two three four young old".split())
_DETERMINERS = frozenset("a an the this that his her their our my its and by to of for with from said".split())
_STOPS = _DETERMINERS - {"and", "his", "her", "their"} | frozenset(
    "said told says that while when as asked in on at but so then yet where who".split()
)
# "the mayor", "a retired nurse", "his daughter": someone, without a name.
_NOUNS = "|".join(sorted(_HUMANS, key=len, reverse=True))
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
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|President|Senator|Governor|Captain|Judge)\.?[ \xa0]{_CAPITAL}\w+"
)
# What a clause begins with that may speak of someone before it names them: "In her book, Clinton noted".
OPENING = re.compile(
    r"(?:In|At|On|For|With|From|Despite|After|Before|Though|Although|While|When|As|If|Since|By|Because|Unlike|Like|Asked)\b"
)
_SPEAKING = re.compile(
    rf"(?<![\w’'] )(?<![\w’'-])({_CAPITAL}[a-z][\w-]+)[ \xa0](?:also[ \xa0])?"
    r"(?:said|says|told|tells|added|asked|wrote|argued|tweeted|claimed)\b"
)
_GOVERNED = re.compile(
    r"\b(?:of|to|in|on|at|by|from|with|for|about|against|between|like|than)[ \xa0](?:[\w’'-]+[ \xa0]){0,5}\Z"
)
_PREDICATE = re.compile(
    r"\b(?:is|was|be|been|being|becomes?|became|remains?|as|named|elected|appointed)\s+(?:\w+ly\s+)?\Z", re.IGNORECASE
)
_PREPOSITION = re.compile(r"[ \xa0](?:of|for|at|in|to|on|with|and|from)[ \xa0]")


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
        return next((word for word in reversed(_words(_head(self.role))) if word in ROLES), "")

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
            yield Mention(span, self._owner[match.group()], _is_owner(words[match.start() : match.end() + 2]))

    def by_name(self, name: str) -> Person | None:
        """The person whom a name or surname means, if it means one."""
        return self._owner.get(name)

    def holder(self, role: str) -> Person | None:
        """The one person whose role is `role` ("mayor", "harbour master"), if there is one."""
        asked = _words(role)
        held = {
            person
            for person in self.persons
            if person.certain and person.role_noun == asked[-1] and set(asked) <= (words := set(_words(person.role)))
            and not _NOT_NOW & (words - set(asked))
        }  # fmt: skip
        one = held.pop() if len(held) == 1 else None
        return one if one and self._offices.get(asked[-1], frozenset()) <= set(one.name.split()) else None

    def described(self, words: str) -> Iterator[tuple[Span, str, Person | None]]:
        """Each "the mayor" or "a spokeswoman" in `words` beside no name: place, noun, who it is if known."""
        named = [*self.mentions(words)]
        for match in _HUMAN.finditer(words):
            if _belongs_to_name(words, match, named) or _PREDICATE.search(words[: match.start()]):
                continue
            if match.group("noun")[0].isupper() and re.match(rf"[ \xa0]{_CAPITAL}", words[match.end() :]):
                continue  # "the General Assembly"
            the, _, role = match.group().partition(" ")
            known = the.lower() == "the" and not _PREPOSITION.match(words, match.end())
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
        named += [(_is_owner(words[span.start : span.end + 2]), None) for span in self.strangers(words)]
        others = _FEMALE if pronoun.lower() in ("he", "him", "his") else _MALE
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
    for match in re.finditer(rf"\b([A-Z][a-z]+)[ \xa0]({_CAPITAL}[\w-]+)", text):
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


def _is_sure(mention: Mention, words: str) -> bool:
    """Whether a pronoun may mean someone named so: surely a person, and no mere "of X" or "to X"."""
    before = words[: mention.span.start]
    if not mention.person.certain or re.search(r"\b(?:an?|the)[ \xa0]\Z", before, re.IGNORECASE):
        return False  # "a Romney caricature"
    return bool(mention.person.gender) or not _GOVERNED.search(before)


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
        # "the Growers’ Union" is nobody.
        if re.match(rf"(?:[’']s?)[ \xa0]{_CAPITAL}", text[words[-1].end :][:4]):
            continue
        if plain_words[0] in _QUANTITIES:
            continue
        if any(plain == "i" for plain in plain_words) or all(word.of(text).isupper() for word in words):
            continue
        yield Span(words[0].start, words[-1].end)


def _role(text: str, span: Span) -> str:
    """The role that stands before or after a name: "BJP spokesperson X", "his partner, X,", "X, the mayor,"."""
    before = re.split(r"[.!?;:\n(“”\"]|,[ \xa0](?=[^,]*,[ \xa0]*\Z)", text[max(0, span.start - 90) : span.start])[-1]
    words = before.rstrip().rstrip(",").split()
    leading = ""
    if words and _bare(words[-1]) in ROLES and not _is_owner(words[-1]):
        start = len(words) - 1
        while start > 0 and len(words) - start < 8 and _bare(words[start - 1]) not in _STOPS:
            if words[start - 1].endswith(","):
                break
            start -= 1
        leading = " ".join(words[start:])
        if _bare(words[-1]) not in _TITLES:
            return leading
    if after := _ROLE_AFTER.match(text, span.end):
        role = after.group(1)
        last = _head(role).split()[-1]
        if _bare(last) in ROLES and not _is_owner(last) and role.split()[0].lower() not in ("who", "and"):
            return re.sub(r"\A(?:the|a|an) ", "", role)
    return leading


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
    he, she = bool(words & _MALE), bool(words & _FEMALE)
    return "" if he == she else "he" if he else "she"


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


def _head(role: str) -> str:
    """A role up to its "of", where a role word stands before that: "chair of governors", not "city of London mayor"."""
    parts = _PREPOSITION.split(role)
    return parts[0] if set(_words(parts[0])) & ROLES else role


def _is_owner(words: str) -> bool:
    """Whether `words` (with up to two characters after them) end as an owner does: "Khalid’s", "lawmakers’"."""
    return bool(re.search(r"[’']s\Z|s[’'].?\Z", words, re.DOTALL))


def _bare(word: str) -> str:
    return word.strip(".,’'()").removesuffix("’s").removesuffix("'s").lower()


def _words(text: str) -> list[str]:
    return [_bare(word) for word in text.split()]
