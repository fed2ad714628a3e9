"""Promises 2 and 3 for a claim in a model's own words: quotations and reports, each with its own speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .cited import DISTANCED, DISTANCED_BY_SOURCE, REACH, Cited, content_words_all, doers, is_aside
from .locating import Evidence
from .quotations import Quotation, normal, quotations, single_quotations, stands_in
from .statements import Statement, Voice, report_verbs, reports, same_speaker
from .types import Attribution
from .words import STOP_WORDS, content_words, root, stem, tokens


TOLD = 2  # words that a claim has of what somebody says, from which on it says so
_PASSING_ON = frozenset("reported reports report according to wrote".split())


def check_quotations(claim: Cited) -> str | None:
    """Promise 2: what stands between quotation marks stands word for word in one span cited."""
    spans = [span.of(e.view.document.text) for e in claim.evidence for span in e.spans]
    for quote in (*quotations(claim.text), *single_quotations(claim.text)):
        words = quote.inner.of(claim.text)
        if not re.search(r"\w", words):
            return "a quotation in it is empty"
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
    return said in doers(e, number) or any(same_speaker(said, name) for name in whose | read.credited())


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
        names & set(tokens(a.via)) or (a.cue in _PASSING_ON or a.cue == "according to") and names <= set(tokens(a.speaker))
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
        if not persons:
            # A body, or somebody whom the rules could not name: the claim has to report, or name a source.
            if (voices or a.cue) and not (_reports(claim, voices) and _credits(claim, a, e, number)):
                said = a.speaker or a.source.of(e.view.document.text) or "somebody"
                return f"the document credits {said} with it, the claim does not"
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
    if any(o.via and same_speaker(o.via, a.speaker) for o in others if a.speaker):
        return True  # it but reports what the others say
    said = {stem(word) for word in tokens(a.speaker or a.source.of(text))} - STOP_WORDS
    credits = " ".join([a.credit.of(text), *(o.credit.of(text) for o in others), *(o.via for o in others), a.via])
    told = {stem(w) for part in a.content for w in content_words(part.of(text))}
    told -= {stem(w) for o in others for part in o.content for w in content_words(part.of(text)) if o.content != a.content}
    told &= {stem(w) for w in content_words(claim.text)} - {stem(w) for w in tokens(credits)}
    if len(told) < TOLD or said & {stem(w) for w in tokens(claim.statement.own)}:
        return True
    inside = {root(w) for w in tokens(sentence.of(text).replace(a.cue_span.of(text), " "))}
    return any(root(cue) == root(a.cue) or root(cue) not in inside for cue in _loose(claim, {o.speaker for o in others}))


def _loose(claim: Cited, others: set[str]) -> Iterator[str]:
    """The verbs of saying in a claim that do not belong to one of some speakers, or to whoever passes words on."""
    theirs = [v.span for v in claim.statement.voices if v.name in others or v.cue in _PASSING_ON]
    for match in report_verbs(claim.statement.own):
        if match.group().lower() not in _PASSING_ON and not any(s.start <= match.start() < s.end for s in theirs):
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


_SOURCED = re.compile(
    r"\b(?:according to|going by|by (?:the )?(?:accounts?|reports?) (?:of|in)) (?:the |a |an )?(?:[\w-]+ ){0,4}?"
    r"(?P<source>[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)"
    r"|(?:\A|, (?:as )?|; )(?:[Tt]he )?(?P<told>[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)(?:,? (?:carrying"
    r"|and) [^,.]+,?)? (?:reported|reports)\b"
)


def _uses(a: Attribution, e: Evidence, own: set[str]) -> bool:
    """Whether a claim says what stands in a quotation, and not only what stands around it."""
    text = e.view.document.text
    quoted = {stem(word) for word in content_words(text[a.start : a.end])}
    elsewhere = {s for x in e.numbers for s in e.view.words[x]} - quoted
    return bool((own & quoted) - elsewhere - {stem(w) for p in e.view.people.persons for w in tokens(p.name)})


def check_given_speaker(claim: Cited) -> str | None:
    """The speaker that the model gives beside the text is credited in the text."""
    if claim.speaker and not any(same_speaker(claim.speaker, name) for name in claim.statement.credited()):
        return f"its text does not credit {claim.speaker}, whom it gives as the speaker"
    return None
