"""Who "he" or "the mayor" is: names put in square brackets, or the sentence before taken along."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .attributions import CUES
from .names import OPENING, Person
from .types import Span
from .views import View

_PERSONAL = frozenset(("he", "him", "his", "she", "her", "hers"))
_PLURAL = frozenset(("they", "them", "their", "theirs"))
_POINTING = re.compile(
    r"[\"“‘'(]*(?:(?:This|That|These|Those|Such|It|Its|They|Their|He|She|His|Her"
    r"|The (?:latter|former|same|one|two|pair))\b"
    r"(?! who\b| is (?:clear|not clear|unclear|likely|time|hoped|understood)\b)"
    r"|(?:Until|By|Since|From|Before|After) (?:then|that|this)\b"
    r"|(?:In|At|On|From|To|For|By) (?:[\w’'-]+ ){1,3}it\b)"
)
_CONTRASTING = re.compile(
    r"[\"“‘']*(?:But|However|Instead|Nevertheless|Still|Yet|So|Then|And|Nor|Or|Therefore|Thus|Hence|Also|Otherwise|Mostly|Rather)\b"
)
# "Mr Tove rejected that.", "said that this was": of what stands before.
_LEANING = re.compile(
    rf"\b(?:{'|'.join(sorted(CUES))})\s+(?:it|this|that|so|otherwise)(?=[.,;:!?”\"’']|\s*\Z)"
    r"|\bthis(?= (?:was|is|had|has|would|will|could|can|may|might|did|does|meant|means)\b|[.,;?!])"
    r"|\b(?:of|about|after|with|for|from) (?:this|that|these|those)(?= and\b|[.,;])"
    r"|\A[\"“‘']*(?:[\w’'-]+\s+){1,4}"
    r"(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could)(?: not|n[’']t)?[.!?]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w’'-]+")
_PLURAL_NOUN = re.compile(
    r"\b(?!(?:his|its|this|was|has|is|as|us|does|says)\b)[a-zA-Z]{2,}s\b"
    r"|\b(?:people|men|women|children|police)\b|\b[A-Z]\w+ and [A-Z]\w+"
)

PARAGRAPHS_BACK = 2  # that may be shown before a passage so that it can be read alone


@dataclass(frozen=True, slots=True)
class Insertion:
    """A name to stand in square brackets at `place` of the document."""

    place: int
    name: str


def insertions(view: View, number: int, span: Span) -> tuple[tuple[Insertion, ...], bool]:
    """Names that make the words of `span` (from sentence `number` on) readable, and whether they then are alone.

    False where that cannot be told for certain: the sentence before has to be shown too.
    """
    words = span.of(view.document.text)
    first = Span(span.start, max(span.start + 1, min(span.end, view.sentences[number].end))).of(view.document.text)
    alone = not (_CONTRASTING.match(words) or _LEANING.search(first) or first[:1].islower())
    named: list[tuple[int, Person | None]] = [(m.span.start, m.person) for m in view.people.mentions(words, span.start)]
    named += [(span.start + described.start, person) for described, _, person in view.people.described(words)]
    named += [(span.start + stranger.start, None) for stranger in view.people.strangers(words)]
    named += [
        (a.credit.start, who)
        for a in view.attributions
        if (who := view.people.by_name(a.speaker)) and span.holds(a.credit)
    ]
    result: list[Insertion] = []
    for match in _WORD.finditer(words):
        word, place = match.group().lower(), span.start + match.start()
        if word in _PLURAL and not _PLURAL_NOUN.search(words[: match.start()]):
            alone = False
        if word not in _PERSONAL:
            continue
        person, known = _meant(view, number, place, word, named)
        alone = alone and known
        if person:
            result.append(Insertion(span.start + match.end(), person.name))
            named.append((place, person))
    for described, _, person in view.people.described(words):
        if person and person.surname not in words and person.name not in {insertion.name for insertion in result}:
            result.append(Insertion(span.start + described.end, person.name))
    pointing = _POINTING.match(words)
    if pointing and not any(i.place <= span.start + pointing.end() for i in result):
        alone = False
    return tuple(result), alone


def readable(view: View, number: int) -> Span:
    """The paragraph of a sentence, with those before it that say who "he" is: to be shown with nothing put in."""
    passage = view.passage(number)
    first = view.paragraph(number)
    for _ in range(PARAGRAPHS_BACK):
        span = Span(view.sentences[first].start, passage.end)
        names, alone = insertions(view, first, Span(span.start, view.passage(first).end))
        if first == 0 or (alone and not names):
            return span
        first = view.paragraph(first - 1)
    return Span(view.sentences[first].start, passage.end)


def _meant(
    view: View, first: int, place: int, pronoun: str, named: list[tuple[int, Person | None]]
) -> tuple[Person | None, bool]:
    """Whom to name after a pronoun (None: nobody), and whether a reader of the sentences from `first` on can tell."""
    number = view.number_at(place)
    said = view.credit_at(place)
    quote = view.quotation(place)
    speaker = view.attribution(quote) if quote else None
    before = [
        (where, person)
        for where, person in sorted(named, key=lambda held: held[0])
        if where < place
        and (person is None or (person.may_be(pronoun) and not (speaker and person.name == speaker.speaker)))
    ]
    last = before[-1][1] if before else None
    if said is None and (
        (before and before[-1][0] >= view.sentences[number].start) or _is_ahead(view, number, place, pronoun)
    ):
        return None, True
    person, decided = view.referent(number, place)
    if person is None:
        # The reader of the paragraph is told as much as here.
        return None, decided >= first and view.paragraph(number) >= first
    return (None if person == last else person), True


def _is_ahead(view: View, number: int, place: int, pronoun: str) -> bool:
    """Whether the pronoun stands in a clause before the one it means: "In her book, Clinton noted"."""
    text, sentence = view.document.text, view.sentences[number]
    opening, rest = text[sentence.start : place], text[place : sentence.end]
    if view.quotation(place) or "," in opening or not OPENING.match(opening):
        return False
    _, _, main = rest.partition(",")
    return bool(main) and bool(view.people.meant(main, pronoun))


def full_name(words: str, speaker: str) -> str:
    """`words` with the speaker's missing first names in brackets: "[Vinod] Bansal said"."""
    named = words
    if speaker and speaker not in words:
        known = speaker.split()
        for kept in range(len(known) - 1, 0, -1):
            part = rf"(?<![\w-]){re.escape(' '.join(known[-kept:]))}(?![\w-])"
            if re.search(part, words):
                named = re.sub(part, f"[{' '.join(known[:-kept])}] {' '.join(known[-kept:])}", words, count=1)
                break
        else:
            named = re.sub(
                r"\A([Hh]e|[Ss]he|[Tt]hey|[Tt]he(?: \w+){1,3}?(?= \w+\Z| \w+ (?:on|in|at|by|to)\b))\b",
                rf"\1 [{speaker}]",
                words,
                count=1,
            )
    return named[:1].upper() + named[1:]
