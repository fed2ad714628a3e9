"""Promise 3 for a claim in a model's own words: what the documents credit to somebody is credited to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .cited import DISTANCED, DISTANCED_BY_SOURCE, PASSING_ON, Cited, is_aside
from .locating import Evidence
from .statements import Statement, report_verbs, reports, same_speaker
from .types import Attribution
from .words import STOP_WORDS, content_words, root, stem, tokens

TOLD = 2  # words that a claim has of what somebody says, from which on it says so
_SOURCED = re.compile(
    r"\b(?:according to|going by|by (?:the )?(?:accounts?|reports?) (?:of|in)) (?:the |a |an )?(?:[\w-]+ ){0,4}?"
    r"(?P<source>[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)"
    r"|(?:\A|, (?:as )?|; )(?:[Tt]he )?(?P<told>[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)(?:,? (?:carrying"
    r"|and) [^,.]+,?)? (?:reported|reports)\b"
)


def check_attributed(claim: Cited) -> str | None:
    """Promise 3: what the document credits to somebody is credited to them, sentence by sentence."""
    credited = claim.statement.credited()
    own = {stem(word) for word in content_words(claim.text)}
    for e, number, a in claim.attributions():
        if a.kind != "indirect" and not _uses(a, e, own):
            continue
        voices = [v for v in e.view.voices[number] if v] or ([a.speaker] if a.speaker else [])
        persons = [v for v in voices if e.view.people.by_name(v)]
        if (
            not a.speaker
            and not a.cue
            and not DISTANCED.search(claim.statement.own)
            and not _is_quoted_there(a, e, claim)
        ):
            return f"it states as a fact what stands between quotation marks: {e.view.document.text[a.start : a.end]!r}"
        # A body, or somebody whom the rules could not name: the claim has to report, or name a source.
        unnamed = a.cue and e.view.people.by_name(a.speaker) is None
        if (unnamed or (voices and not persons)) and not (
            _shows(claim, a, e) or ((persons or _reports(claim, voices)) and _credits(claim, a, e, number))
        ):
            said = a.speaker or a.source.of(e.view.document.text) or "somebody"
            return f"the document credits {said} with it, the claim does not"
        if not persons:
            continue
        if not any(same_speaker(name, voice) for name in credited for voice in persons):
            return f"it leaves out that {' and '.join(persons)} says so"
        direct = a.kind != "indirect" and e.view.people.by_name(a.speaker) is not None
        if direct and not any(same_speaker(name, a.speaker) for name in credited):
            return f"it leaves out that {a.speaker} says so"
    return _unreported(claim)


def _credits(claim: Cited, a: Attribution, e: Evidence, number: int) -> bool:
    """Whether a claim that says what a body, or somebody unnamed, alone is credited with credits them, or whoever is meant.

    Whoever only reports it in turn is not enough, nor one who speaks in what is reported.
    """
    text, sentence = e.view.document.text, e.view.sentences[number]
    others = [o for _, n, o in claim.attributions() if n == number and o != a]
    if a.speaker and any(same_speaker(o.via, a.speaker) for o in others if o.via):
        return True  # it but reports what the others say
    said = {stem(word) for word in tokens(a.speaker or a.source.of(text)) if word not in STOP_WORDS}
    # "two judges said that two-judge benches are bound": a word that is in what they said does not name them.
    said = said - _told(a, text) or said
    if not said or said & {stem(word) for word in tokens(claim.statement.own)}:
        return True
    apart = [o for o in others if not _share(a, o)]
    named = " ".join([a.credit.of(text), a.via, *(f"{o.credit.of(text)} {o.via}" for o in apart)])
    told = _told(a, text) & {stem(word) for word in content_words(claim.text)}
    if len(told - {s for o in apart for s in _told(o, text)} - {stem(word) for word in tokens(named)}) < TOLD:
        return True
    inside = {root(word) for word in tokens(sentence.of(text).replace(a.cue_span.of(text), " "))}
    return any(
        root(cue) == root(a.cue) or root(cue) not in inside for cue in _loose(claim, {o.speaker for o in others})
    )


def _shows(claim: Cited, a: Attribution, e: Evidence) -> bool:
    """Whether a claim has the very words of a credit: "board minutes show"."""
    words = set(tokens(claim.statement.own))
    return set(tokens(f"{a.source.of(e.view.document.text)} {a.cue}")) <= words and bool(a.source.end - a.source.start)


def _told(a: Attribution, text: str) -> set[str]:
    """Stems of what an attribution reports, up to where the sentence turns to something else."""
    parts = (re.split(r";|,? \b(?:whereas|while|but)\b", part.of(text))[0] for part in a.content)
    return {stem(word) for part in parts for word in content_words(part)}


def _share(one: Attribution, other: Attribution) -> bool:
    """Whether two attributions report some of the same words."""
    return any(two.start < part.end and part.start < two.end for part in one.content for two in other.content)


def _loose(claim: Cited, others: set[str]) -> Iterator[str]:
    """The verbs of saying in a claim that do not belong to one of some speakers, or to whoever passes words on."""
    theirs = [v.span for v in claim.statement.voices if v.name in others or v.cue in PASSING_ON]
    for match in report_verbs(claim.statement.own):
        if match.group().lower() not in PASSING_ON and not any(s.start <= match.start() < s.end for s in theirs):
            yield match.group().lower()


def _is_quoted_there(a: Attribution, e: Evidence, claim: Cited) -> bool:
    """Whether whatever the claim has of a quotation stands between quotation marks there too, as far as it is its own."""
    quoted = {stem(word) for word in content_words(e.view.document.text[a.start : a.end])}
    elsewhere = {stem(word) for word in tokens(_without(e, a))}
    return not (quoted - elsewhere) & {stem(word) for word in content_words(claim.statement.own)}


def _without(e: Evidence, a: Attribution) -> str:
    """The words cited but for those of a quotation."""
    text = e.view.document.text
    return " ".join(
        text[s.start : max(s.start, min(a.start, s.end))] + " " + text[min(s.end, max(a.end, s.start)) : s.end]
        for s in e.spans
    )


def _reports(claim: Cited, voices: Sequence[str]) -> bool:
    own = claim.statement.own
    if any(same_speaker(named.name, voice) for named in claim.statement.named for voice in voices):
        return True
    return bool(DISTANCED.search(own) or DISTANCED_BY_SOURCE.search(own)) or (
        not voices and (reports(own) or bool(claim.statement.voices))
    )


def _unreported(claim: Cited) -> str | None:
    """Why a claim states as plain fact what a sentence credits to a newspaper or body at its beginning or end.

    Somebody's words that are credited to them need no second credit.
    """
    spoken = {v.name for v in claim.statement.voices if v.name and not is_aside(claim.statement.own, v.span)}
    for e in claim.evidence:
        for number in e.numbers:
            source = _SOURCED.search(Statement(e.view.text(number), []).own)
            name = (source.group("source") or source.group("told")) if source else ""
            if not name or e.view.people.by_name(name):
                continue
            voices = {v.name for v in Statement(e.view.text(number), [e.view]).voices}
            kept = set(tokens(name)) & set(tokens(claim.text)) - STOP_WORDS
            if not kept and not DISTANCED_BY_SOURCE.search(claim.statement.own) and not spoken & voices:
                return f"it leaves out that {name} reports it"
    return None


def _uses(a: Attribution, e: Evidence, own: set[str]) -> bool:
    """Whether a claim says what stands in a quotation, and not only what stands around it."""
    text = e.view.document.text
    quoted = {stem(word) for word in content_words(text[a.start : a.end])}
    elsewhere = {s for x in e.numbers for s in e.view.words[x]} - quoted
    return bool((own & quoted) - elsewhere - {stem(w) for p in e.view.people.persons for w in tokens(p.name)})
