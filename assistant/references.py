"""Who "he" or "the mayor" is: names put in square brackets, or the sentence before taken along."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .names import ROLES, Person
from .types import Span
from .views import View

_PERSONAL = frozenset(("he", "him", "his", "she", "her", "hers"))
_PLURAL = frozenset(("they", "them", "their", "theirs"))
_POINTING = re.compile(
    r"[\"“‘'(]*(?:(?:This|That|These|Those|Such|It|Its|They|Their|He|She|His|Her|The (?:latter|former|same))\b(?! who\b| is (?:clear|not clear|unclear|likely|time|hoped|understood)\b))"
)
_CONTRASTING = re.compile(r"[\"“]?(?:But|However|Instead|Nevertheless|Still|Yet|So|Then|And|Nor|Or|Therefore|Thus|Hence)\b")
_WORD = re.compile(r"[\w’'-]+")
_PLURAL_NOUN = re.compile(r"\b(?!(?:his|its|this|was|has|is|as|us|does|says)\b)[a-zA-Z]{2,}s\b|\b(?:people|men|women|children|police)\b|\b[A-Z]\w+ and [A-Z]\w+")


@dataclass(frozen=True, slots=True)
class Insertion:
    """A name to stand in square brackets at `place` of the document; `replaces` a part of a name before it."""

    place: int
    name: str


def insertions(view: View, number: int, span: Span, speaker: str, quoted: bool) -> tuple[Insertion, ...] | None:
    """Names that make the words of `span` (in sentence `number`) readable alone.

    None when that cannot be told for certain: the sentence before has to be shown too.
    """
    text = view.document.text
    words = span.of(text)
    if _CONTRASTING.match(words):
        return None
    result: list[Insertion] = []
    for match in _WORD.finditer(words):
        word = match.group().lower()
        before = words[: match.start()]
        if word in _PLURAL and not _PLURAL_NOUN.search(before):
            return None
        person: Person | None = None
        if word in _PERSONAL:
            if _named_before(view, before, speaker if quoted else "") and not _is_aside(words, match):
                continue
            person = view.antecedent(number, span.start + match.start(), speaker)
        elif word in ROLES and re.search(r"\b[Tt]he\Z", before.rstrip()) and not _named_after(view, words, match.end()):
            person = view.people.holder(word)
            if person is None or person.surname in words:
                continue
        else:
            continue
        if person is None:
            return None
        if person.name not in {insertion.name for insertion in result}:
            result.append(Insertion(span.start + match.end(), person.name))
    pointing = _POINTING.match(words)
    if pointing and not any(i.place <= span.start + pointing.end() for i in result):
        return None
    return tuple(result)


def full_name(view: View, words: str, speaker: str) -> str:
    """`words` with the speaker's missing first names in brackets: "[Vinod] Bansal said"."""
    if not speaker or speaker in words:
        return words
    known = speaker.split()
    for kept in range(len(known) - 1, 0, -1):
        part = " ".join(known[-kept:])
        if re.search(rf"(?<![\w-]){re.escape(part)}(?![\w-])", words):
            return re.sub(rf"(?<![\w-]){re.escape(part)}(?![\w-])", f"[{' '.join(known[:-kept])}] {part}", words, count=1)
    named = re.sub(r"\A([Hh]e|[Ss]he|[Tt]hey|[Tt]he \w+)\b", rf"\1 [{speaker}]", words, count=1)
    return named[:1].upper() + named[1:]


def _named_before(view: View, before: str, excluded: str) -> bool:
    return any(mention.person.name != excluded for mention in view.people.mentions(before))


def _named_after(view: View, words: str, end: int) -> bool:
    return any(mention.span.start - end <= 2 for mention in view.people.mentions(words[end : end + 40], end))


def _is_aside(words: str, match: re.Match[str]) -> bool:
    """ "Khalid, he said, has no passport": the aside's pronoun is never the name before it."""
    return bool(re.search(r",\s\Z", words[: match.start()])) and bool(re.match(r"\s\w+,", words[match.end() :]))
