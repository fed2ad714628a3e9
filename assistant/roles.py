"""What people are called: roles, titles and the nouns that mean somebody, and the role that stands beside a name."""

from __future__ import annotations

import re

from .types import Span

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
HUMANS = ROLES | frozenset(
    """man woman boy girl gentleman suspect witness victim defendant complainant passenger guard guest host visitor
    stranger caller speaker protester campaigner critic supporter voter patient pupil parent child friend colleague
    customer client buyer seller builder developer dealer porter player striker winner""".split()
)
# These say no more than how to address someone: the office is given after the name, if at all.
TITLES = frozenset("mr mrs ms miss dr sir lord lady prof professor cllr captain sen gov rep lt gen doctor".split())
# A former mayor is not "the mayor".
NOT_NOW = frozenset("former ex late then deputy vice acting assistant shadow interim associate".split())
MALE = frozenset(
    """mr sir lord king prince father husband brother son uncle grandfather chairman spokesman congressman policeman
    fisherman gentleman boy man headmaster actor landlord imam pope""".split()
)
FEMALE = frozenset(
    """mrs ms miss lady queen princess mother wife sister daughter aunt grandmother widow chairwoman spokeswoman
    congresswoman policewoman woman girl headmistress actress landlady nun""".split()
)
CAPITAL = "[A-ZÀ-ÖØ-ÞĀ-Ž]"
WORD = (
    r"(?:(?:al|el|bin|ibn|bint|de|da|di|van|von|der|del)[-– \xa0])?"
    rf"(?:(?:{CAPITAL}\.)+(?!\w)|(?:Dr|Mr|Mrs|Ms|Jr|Sr|St|Lt|Gen|Gov|Rep|Sen)\.|{CAPITAL}\w*(?:[-–]\w+|[’'](?={CAPITAL})\w+)*)"
)
_DETERMINERS = frozenset("a an the this that his her their our my its and by to of for with from said".split())
_STOPS = _DETERMINERS - {"and", "his", "her", "their"} | frozenset(
    "said told says that while when as asked in on at but so then yet where who".split()
)
_ROLE_AFTER = re.compile(r",[ \xa0]+((?:[\w’'.-]+[ \xa0]){0,9}?[\w’'.-]+)(?:[ \xa0]\(\w+\))?(?=[,.;)])")
PREPOSITION = re.compile(r"[ \xa0](?:of|for|at|in|to|on|with|and|from)[ \xa0]")


def role_of(text: str, span: Span) -> str:
    """The role that stands before or after a name: "BJP spokesperson X", "his partner, X,", "X, the mayor,"."""
    before = re.split(r"[.!?;:\n(“”\"]|,[ \xa0](?=[^,]*,[ \xa0]*\Z)", text[max(0, span.start - 90) : span.start])[-1]
    words = before.rstrip().rstrip(",").split()
    leading = ""
    if words and bare(words[-1]) in ROLES and not is_owner(words[-1]):
        start = len(words) - 1
        while start > 0 and len(words) - start < 8 and bare(words[start - 1]) not in _STOPS:
            if words[start - 1].endswith(","):
                break
            start -= 1
        leading = " ".join(words[start:])
        if bare(words[-1]) not in TITLES:
            return leading
    if after := _ROLE_AFTER.match(text, span.end):
        role = after.group(1)
        last = head(role).split()[-1]
        if bare(last) in ROLES and not is_owner(last) and role.split()[0].lower() not in ("who", "and"):
            return re.sub(r"\A(?:the|a|an) ", "", role)
    return leading


def head(role: str) -> str:
    """A role up to its "of", where a role word stands before that: "chair of governors", not "city of London mayor"."""
    parts = PREPOSITION.split(role)
    return parts[0] if set(plain_words(parts[0])) & ROLES else role


def is_owner(words: str) -> bool:
    """Whether `words` (with up to two characters after them) end as an owner does: "Khalid’s", "lawmakers’"."""
    return bool(re.search(r"[’']s\Z|s[’'].?\Z", words, re.DOTALL))


def bare(word: str) -> str:
    """A word without its marks, capitals and the s of an owner."""
    return word.strip(".,’'()").removesuffix("’s").removesuffix("'s").lower()


def plain_words(text: str) -> list[str]:
    """The words of `text`, each `bare`."""
    return [bare(word) for word in text.split()]
