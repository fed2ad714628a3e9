"""Whom "he" means in a claim, and in the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .cited import Cited
from .locating import Evidence
from .words import PERSONAL, content_words, stem, tokens

_POINTING = re.compile(
    r"\s*(?:This|That|These|Those|It|Its|They|Their|He|She|His|Her|Such|The (?:latter|former|same))\b(?! (?:is"
    r"|was) (?:alleged|claimed|reported|said|not clear|unclear)\b)"
)


def check_alone(claim: Cited) -> str | None:
    """It can be read alone: whoever "he" is, is named before, and is the one whom the document means there."""
    own = claim.statement.own
    if match := _POINTING.match(own):
        return f"it cannot be read alone: {match.group().strip()!r}"
    for match in PERSONAL.finditer(own):
        before = [n.name for n in claim.statement.named if n.span.end <= match.start()]
        before = before or [n.name for n in claim.statement.named if n.span.start > match.end()][:1]
        before = [name for name in before if any(e.view.people.by_name(name) for e in claim.evidence)]
        if not before and not any(True for e in claim.evidence for _ in e.view.people.strangers(own)):
            return f"it does not say who {match.group()!r} is"
        if before and (reason := _misread(claim, match, before)):
            return reason
    return None


def _misread(claim: Cited, pronoun: re.Match[str], before: Sequence[str]) -> str | None:
    """Why a pronoun of the claim, after these names, may mean another than the document means there."""
    own = claim.statement.own
    clause = re.split(r"[.;,]", own[pronoun.end() :])[0]
    names = {stem(word) for n in claim.statement.named for word in tokens(n.name)}
    following = [root for word in content_words(clause) if (root := stem(word)) not in names][:3]
    preceding = [root for word in content_words(own[: pronoun.start()]) if (root := stem(word)) not in names][-2:]
    later = {n.name for n in claim.statement.named if pronoun.end() <= n.span.start < pronoun.end() + len(clause)}
    told = set[str]()
    for e in claim.evidence:
        for number in e.numbers:
            parallel = list(_parallels(e, number, pronoun.group(), preceding, following))
            if any(last == before[-1] for last, _ in parallel):
                return None
            told |= {name for _, name in parallel if name}
            told |= set(_subjects(e, number, following, later)) if not parallel else set()
    persons = set(before)
    if told and not told & persons:
        return f"by {pronoun.group()!r} the document means {', '.join(sorted(told))}"
    return f"it leaves open who {pronoun.group()!r} is" if len(persons) > 1 and not told else None


def _parallels(
    e: Evidence, number: int, pronoun: str, preceding: Sequence[str], following: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The same pronoun of a document's sentence among the same words: who is named last before it, and whom it means."""
    text, start = e.view.text(number), e.view.sentences[number].start
    for match in re.finditer(rf"\b{pronoun}\b", text, re.IGNORECASE):
        if e.view.credit_at(start + match.start()):
            continue
        after = [stem(word) for word in content_words(text[match.end() :])][:4]
        ahead = [stem(word) for word in content_words(text[: match.start()])][-3:]
        if set(following) & set(after) or set(preceding) & set(ahead):
            last = [m.person.name for m in e.view.people.mentions(text[: match.start()])]
            person = e.view.referent(number, start + match.start())[0]
            yield (last[-1] if last else ""), (person.name if person else "")


def _subjects(e: Evidence, number: int, following: Sequence[str], later: set[str]) -> Iterator[str]:
    """Who does what some words tell, where a sentence of the document has them: named or meant last before them.

    Not whoever speaks there, unless nobody else is meant; "I" is the speaker.
    """
    sentence, text = e.view.sentences[number], e.view.text(number)
    words = [(m.start(), stem(m.group().lower())) for m in re.finditer(r"\w+", text)]
    place = next((where for root in following for where, held in words if held == root), None)
    if place is None:
        return
    speakers = {a.speaker for a in e.view.attributions if a.cue and a.start < sentence.end and sentence.start < a.end}
    if e.view.quotation(sentence.start + place) and re.search(r"\b(?:I|me|my|myself|we|us|our)\b", text[:place]):
        yield from speakers
        return
    named = [(m.span.start, m.person.name) for m in e.view.people.mentions(text) if m.span.end <= place]
    for match in PERSONAL.finditer(text[:place]):
        at = sentence.start + match.start()
        if e.view.credit_at(at) is None and (person := e.view.referent(number, at)[0]):
            named.append((match.start(), person.name))
    others = [(where, name) for where, name in named if name not in speakers | later]
    if others:
        yield max(others)[1]
    else:
        yield from speakers
