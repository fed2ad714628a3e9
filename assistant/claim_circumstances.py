"""Why and when, in a claim, against the words it cites: a cause that is none there, a state that is over, another day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cited import Cited
from .dates import dates
from .locating import Evidence
from .names import Person
from .words import content_words, stem

# What makes of two events cause and effect.
_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|as a (?:direct )?result(?: of)?|therefore|thus|hence|consequently|in response to|"
    r"in retaliation for|thanks to|on account of|that is why|which is why|leading to|led to|leads to|resulting in|"
    r"resulted in|prompting|which (?:caused|prompted)|in order to)\b",
    re.IGNORECASE,
)
# What may stand for one in the words cited.
_REASON = re.compile(
    r"\b(?:because|due to|owing to|results?|resulted|resulting|therefore|thus|hence|so that|consequently|responses?|"
    r"retaliation|thanks to|account of|why|leads?|led|leading|causes?|caused|prompts?|prompted|reasons?|grounds?|since|so|"
    r"in order|to avoid|triggered|sparked|blamed?|blames|over|basis|based)\b",
    re.IGNORECASE,
)
_FOLLOWING = 2  # words after "because of" that name the cause
_IS = re.compile(r"\b(?:is|are|remains?)\b(?P<rest>[^,;.]*)", re.IGNORECASE)
_PAST = frozenset("was were then former formerly once ex until served worked acted".split())
_PRESENT = frozenset("is are am has have be being remain remains who now".split())
_REACH = 8  # words before a predicate in which its verb stands


def check_causes(claim: Cited) -> str | None:
    """What it makes a cause is one in the words cited, and not only what came before or stands beside."""
    for match in _CAUSE.finditer(claim.statement.own):
        if _REASON.search(claim.words):
            continue
        named = [stem(word) for word in content_words(claim.statement.own[match.end() :])][:_FOLLOWING]
        if not any(_is_led_to(word, claim.words) for word in named):
            return f"{match.group()!r} makes a cause of what is none in the words cited"
    return None


def _is_led_to(wanted: str, words: str) -> bool:
    """Whether a preposition that can give a reason stands before a word: "released for a wedding"."""
    found = re.finditer(r"\b(?:for|by|from|with)\s(?:[\w’'-]+\s){0,2}?(?P<word>[\w-]+)", words)
    return any(stem(match.group("word").lower()) == wanted for match in found)


def check_tenses(claim: Cited) -> str | None:
    """What it says is so, is so in the words cited, and not only was so once."""
    for match in _IS.finditer(claim.statement.own):
        predicate = next(iter(content_words(" ".join(match.group("rest").split()[:_REACH]))), "")
        tenses = {tense for e in claim.evidence for n in e.numbers for tense in _tenses(predicate, e.view.text(n))}
        if tenses == {"past"}:
            return f"what it says of {predicate!r} is past in the words cited"
    return None


def check_days(claim: Cited) -> str | None:
    """Whoever it names goes with one of its days in the words cited, if all that these say of them is of other days."""
    days = [date for date in dates(claim.statement.own) if date.day]
    for person in {m.person for e in claim.evidence for m in e.view.people.mentions(claim.statement.own)}:
        told = [
            [d for d in e.view.dates[n] if d.day] for e in claim.evidence for n in e.numbers if _is_of(person, e, n)
        ]
        if days and told and all(told) and not any(d.meets(day) for held in told for d in held for day in days):
            return f"what the words cited say of {person.name} is of another day"
    return None


def _is_of(person: Person, e: Evidence, number: int) -> bool:
    return person in e.view.about[number] or person.surname in e.view.text(number)


def _tenses(predicate: str, text: str) -> Iterator[str]:
    """For each place of a predicate in some words whether that is so there, was so, or neither is to be told."""
    for match in re.finditer(r"[^\W_]+", text):
        if predicate and stem(match.group().lower()) == stem(predicate):
            before = re.findall(r"[\w’'-]+|[;:]", text[: match.start()])[-_REACH:]
            verb = next((word for word in reversed(before) if word in _PAST | _PRESENT or word in ";:"), "")
            yield "past" if verb in _PAST else "present" if verb in _PRESENT else ""
