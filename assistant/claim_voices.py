"""Promises 2 and 3 for a claim in a model's own words: quotations and reports, each with its own speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cited import PASSING_ON, REACH, Cited, content_words_all, doers, is_aside
from .locating import Evidence
from .quotations import Quotation, normal, quotations, single_quotations, stands_in
from .statements import Statement, Voice, same_speaker
from .types import Attribution
from .words import root, tokens

_ADDED = re.compile(r"\[(?!\s*(?:\.{3}|…)\s*\])[^\[\]]*\]")  # what is no elision


def check_quotations(claim: Cited) -> str | None:
    """Promise 2: what stands between quotation marks stands word for word in one span cited."""
    spans = [span.of(e.view.document.text) for e in claim.evidence for span in e.spans]
    for quote in (*quotations(claim.text), *single_quotations(claim.text)):
        words = quote.inner.of(claim.text)
        if not re.search(r"\w", words):
            return "a quotation in it is empty"
        if added := next((b for b in _ADDED.findall(words) if b not in claim.words), ""):
            return f"what it puts in brackets in a quotation, {added!r}, is not in the words cited"
        if not any(stands_in(words.rstrip(" ,."), span) for span in spans):
            return f"the quotation {words!r} is not in the words cited"
    return None


def check_quoted_speakers(claim: Cited) -> str | None:
    """Promise 2: what it quotes the document quotes too, and both credit the same speaker with it."""
    for quote in claim.statement.quotations:
        words = quote.inner.of(claim.text)
        said = claim.statement.speaker_of(quote)
        if not any(_is_same_voice(said, a, e, number) for e, number, a in _sources(claim, quote)):
            whose = {a.speaker for _, _, a in _sources(claim, quote) if a and a.speaker}
            if not [*_sources(claim, quote)]:
                return f"it puts {words!r} in quotation marks, which the document does not"
            names = ", ".join(sorted(whose)) or "somebody the document does not name"
            return f"it credits {said or 'nobody'} with {words!r}, words of {names}"
    return None


def _sources(claim: Cited, quote: Quotation) -> Iterator[tuple[Evidence, int, Attribution | None]]:
    """The quotations of the documents that hold the words of one of the claim's, each with its attribution."""
    words = quote.inner.of(claim.text).rstrip(" ,.")
    for e in claim.evidence:
        text = e.view.document.text
        for source in e.view.quotations:
            numbers = [
                i
                for i in e.numbers
                if e.view.sentences[i].start < source.outer.end and source.outer.start < e.view.sentences[i].end
            ]
            if numbers and stands_in(words, source.inner.of(text)):
                yield e, numbers[0], e.view.attribution(source)


def _is_same_voice(said: str, source: Attribution | None, e: Evidence, number: int) -> bool:
    person = source is not None and e.view.people.by_name(source.speaker) is not None
    if source is not None and source.speaker and (person or not said):
        return bool(said) and same_speaker(said, source.speaker)
    if source is not None and source.speaker and same_speaker(said, source.speaker):
        return True
    # The document names no person: who is credited as the claim reads it, or does something in its sentence, may be.
    if not said:
        return not e.view.voices[number] or source is None or not source.cue
    read = Statement(e.view.text(number), [e.view])
    whose = {read.speaker_of(q) for q in read.quotations if source and _are_same(q, read, source, e)}
    if source is not None and source.speaker:
        # A newspaper that reports what somebody says: whoever is credited before the words, by a verb of saying.
        place = next((q.outer.start for q in read.quotations if _are_same(q, read, source, e)), 0)
        before = [v.name for v in read.voices if v.span.end <= place and e.view.people.by_name(v.name)]
        whose |= set(before)
        return any(same_speaker(said, name) for name in whose)
    whose |= read.credited() | doers(e, number) | (_relative(source, e, number) if source else set())
    return any(same_speaker(said, name) for name in whose)


def _relative(source: Attribution, e: Evidence, number: int) -> set[str]:
    """Whoever "who" means before a quotation: "Nagarathna and Bhuyan, who had 'reservations'"."""
    sentence = e.view.sentences[number]
    before = re.search(r"([^,;.]|\b[A-Z]\.)*,? who\b[^;.]*\Z", e.view.document.text[sentence.start : source.start])
    named = [*e.view.people.mentions(before.group())] if before else []
    who = before.group().rfind(" who") if before else 0
    return {m.person.name for m in named if m.span.end <= who} if all(m.span.end <= who for m in named) else set()


def _are_same(quote: Quotation, read: Statement, source: Attribution, e: Evidence) -> bool:
    return normal(quote.inner.of(read.text)) == normal(e.view.document.text[source.start : source.end])


def check_voices(claim: Cited) -> str | None:
    """Promise 3: whomever it credits with something is credited with it, or does it, in the words cited."""
    theirs = _document_voices(claim)
    held = {name for name, _, _ in theirs} | {
        n for e in claim.evidence for i in e.numbers for n in (*e.view.voices[i], *doers(e, i))
    }
    for voice in claim.statement.voices:
        if not voice.name or _does(voice, claim):
            continue
        if not any(same_speaker(voice.name, name) for name in held):
            return f"it credits {voice.name} with words of {', '.join(sorted(held)) or 'the document'}"
        if not any(same_speaker(voice.name, name) for name, cue, _ in theirs if cue) and (
            whose := {name for name, cue, _ in theirs if cue and root(cue) == root(voice.cue)}
        ):
            return f"in the words cited it is {whose.pop()} who {voice.cue}"
        told = claim.statement.content(voice)
        mine = max((len(told & words) for name, _, words in theirs if same_speaker(voice.name, name)), default=0)
        others = [(len(told & words), name) for name, _, words in theirs if not same_speaker(voice.name, name)]
        if mine and others and max(others)[0] > mine:
            return f"what it credits {voice.name} with is {max(others)[1]}'s in the words cited"
    return None


def _does(voice: Voice, claim: Cited) -> bool:
    """Whether the words cited have a body or person do the very same: "Kassem, who defended", "lawmakers who have written".

    Of a body that is named there any report may be given: which of several newspapers carries it is no matter.
    """
    for e in claim.evidence:
        person = e.view.people.by_name(voice.name)
        words = e.text
        if person is None and not is_aside(claim.text, voice.span):
            if set(tokens(voice.name)) <= set(tokens(words)) and _carries(voice.name, e):
                return True
            continue
        form = re.escape(person.surname if person else voice.name)
        for match in re.finditer(rf"(?<!\w){form}(?!\w)", words, re.IGNORECASE):
            after = re.split(r"[.;!?]\s", words[match.end() :])[0]
            near = content_words_all(after)[:REACH]
            others = [m.span.start for m in e.view.people.mentions(after)]
            near = content_words_all(after[: others[0]])[:REACH] if others else near
            if root(voice.cue) in {root(word) for word in near}:
                return True
    return False


def _carries(body: str, e: Evidence) -> bool:
    """Whether a body is one that the document has reports from."""
    names = set(tokens(body)) - {"the"}
    return any(
        names & set(tokens(a.via))
        or ((a.cue in PASSING_ON or a.cue == "according to") and names <= set(tokens(a.speaker)))
        for a in e.view.attributions
    )


def _document_voices(claim: Cited) -> list[tuple[str, str, frozenset[str]]]:
    """Whomever the sentences cited credit with something, read as the claim is: name, verb, and the words that go with it.

    Who only does something there is given without a verb.
    """
    found = []
    for e in claim.evidence:
        for number in e.numbers:
            read = Statement(e.view.text(number), [e.view])
            found += [(voice.name, voice.cue, read.content(voice)) for voice in read.voices if voice.name]
            found += [(name, "", frozenset[str]()) for name in read.agents()]
    return found


def check_given_speaker(claim: Cited) -> str | None:
    """The speaker that the model gives beside the text, perhaps with an office, is credited in the text."""
    credited = claim.statement.credited()
    if claim.speaker and not any(same_speaker(claim.speaker, name) for name in {*credited, *_titled(claim, credited)}):
        return f"its text does not credit {claim.speaker}, whom it gives as the speaker"
    return None


def _titled(claim: Cited, names: set[str]) -> Iterator[str]:
    """Some names with the office that the document gives: "New York City Mayor Zohran Mamdani"."""
    known = (e.view.people.by_name(name) for e in claim.evidence for name in names)
    return (f"{person.role} {person.name}" for person in known if person and person.role)
