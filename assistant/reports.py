"""Reports of reports: in "NDTV reported that Ilyas said ..." it is Ilyas who speaks, and NDTV that tells so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .credits import Credit
from .cues import REPORTING
from .names import People
from .types import Span


def reporters(
    found: Sequence[Credit], told: Mapping[Credit, tuple[Span, ...]], who: People
) -> dict[Credit, tuple[Credit, ...]]:
    """For each credit of a sentence that others report, those others, the nearest first."""
    result = {}
    for credit in found:
        outer = [other for other in found if _reports(other, credit, told, who)]
        # "Khalid, who denies it, is accused ..., according to the court": his denial is not the court's.
        if outer and not credit.aside and not credit.relative:
            result[credit] = tuple(sorted(outer, key=lambda o: abs(o.span.start - credit.span.start)))
    return result


def is_only_reporter(credit: Credit, nested: Mapping[Credit, tuple[Credit, ...]], who: People) -> bool:
    """Whether a credit is a paper's or another body's, with somebody known inside it whose words it passes on."""
    inside = (inner for inner, outer in nested.items() if credit in outer and inner.speaker)
    passing = credit.aside or credit.cue in REPORTING
    return passing and not _is_person(credit, who) and any(inside)


def passes_on(text: str, sentence: Span, credit: Credit, who: People) -> bool:
    """Whether quoted words beside a paper's credit may be somebody else's, whom the sentence names and does not credit."""
    if not credit.aside or _is_person(credit, who) or not credit.speaker:
        return False
    return any(not mention.possessive for mention in who.mentions(text[sentence.start : credit.span.start]))


def _reports(other: Credit, credit: Credit, told: Mapping[Credit, tuple[Span, ...]], who: People) -> bool:
    if other == credit or not other.speaker or other.speaker == credit.speaker or other.follows:
        return False
    if other.aside:
        return True
    passing = not _is_person(other, who) and other.cue in REPORTING
    holds, held = (any(p.holds(c.cue_span) for p in told[o]) for o, c in ((other, credit), (credit, other)))
    # Where each seems to hold the other, the one behind reports: "X said so, NDTV reported, and Y denies it".
    return (passing or bool(credit.speaker)) and holds and not (held and other.span.start < credit.span.start)


def _is_person(credit: Credit, who: People) -> bool:
    """Whether the speaker is surely a person: "ETV Bharat" is but two words with capitals."""
    person = who.by_name(credit.speaker)
    return person is not None and person.certain
