"""Quotations word for word, each with its own speaker, and nobody's words in the assistant's voice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant import Attribution, Citation, Claim
from assistant.quotations import DOUBLE, outermost, quotations, single_quotations

from .outcomes import Outcome, Score, holds, places, plain, stretch
from .support import aligned_share, stands

HELD = 0.5  # share of somebody's words, or of the citation, that the two must have in common for a credit to be owed
ALIKE = 0.6  # share of a quotation's words, in order, that tell which of the document's it is, altered or not
_ALLEGING = re.compile(
    r"\b(?:alleg\w+|accus\w+|claim\w*|charg\w+|said|says|saying|according|reported\w*|describ\w+|call\w*|denie[sd]|"
    r"accusation|prosecut\w+|police|wrote|told|argued?|asserted|contended|maintain\w*|stated|suspect\w*|ask\w*|"
    r"question\w*|believ\w*|hope\w*|insist\w*|suggest\w*|view|post\w*|urge\w*|dismiss\w*|reject\w*|target\w*|link\w*|"
    r"confirm\w*|add\w*|note[sd]?|respon\w+|repl\w+|warn\w*|demand\w*|critici\w*|condemn\w*|explain\w*|announce\w*)\b",
    re.IGNORECASE,
)  # fmt: skip
_ACCUSING = re.compile(r"\b(?:alleged\w*|accused|suspected)\b", re.IGNORECASE)
_CRIME = re.compile(
    r"\b(?:convict\w+|conspir\w+|master ?minds?|terror\w*|guilty|criminals?|killers?|murder\w*|rioters?|incit\w+|seditio\w+|"
    r"fraud\w*|extremis\w+|anti.?national\w*)\b",
    re.IGNORECASE,
)


def quote_exactness(outcome: Outcome) -> Score | None:
    """Quotations of the answer that stand word for word in a cited span / quotations.

    In all marks: straight, curly, guillemets, single, nested, elided, bracketed. Each quotation of a claim has to
    stand in that claim's own spans, each of the text in some claim's. A mark without a fellow is a quotation too.
    Somebody's words that the document only reports, put between marks, are no quotation of theirs.
    """
    faults = list[str]()
    for claim in outcome.answer.claims:
        faults += _inexact(outcome, claim)
    claims = " ".join(claim.text for claim in outcome.answer.claims)
    extra = [q for q in _quoted(outcome.answer.text) if plain(q) not in plain(claims)]
    spans = [outcome.cited(c) for c in outcome.answer.citations]
    faults += ["" if any(stands(q, span) for span in spans) else f"“{q}” is in no cited span" for q in extra]
    if not faults:
        return None
    found = [fault for fault in faults if fault]
    return Score(1 - len(found) / len(faults), "; ".join(found))


def speaker_correctness(outcome: Outcome) -> Score | None:
    """Claims with somebody's words that credit the right person / claims with somebody's words.

    Right by the case: a claim that cites gold words names one of the case's speakers. Right by the corpus: each
    quotation is credited to whom the attributions say it is from, and a claim's `speaker` is one of them.
    """
    faults = []
    for claim in outcome.answer.claims:
        gold, quoted = _gold_speakers(outcome, claim), list(_speakers(outcome, claim))
        owed = [names for names in (gold, *quoted) if names]
        # The claim's `speaker` may be who reports what the case's speaker said.
        wrong = [gold] if gold and not any(_names(claim, name) for name in gold) else []
        wrong += [names for names in quoted if not any(_credits(claim, name) for name in names)]
        said = {name for names in owed for name in names}
        held = said | {a.speaker for citation in claim.citations for a in _overlapping(outcome, citation) if a.speaker}
        if claim.speaker and said and not any(_same(claim.speaker, name) for name in held):
            wrong.append(tuple(sorted(said)))
        if owed:
            faults.append(f"“{claim.text}” is {' or '.join(wrong[0])}’s" if wrong else "")
    if not faults:
        return None
    found = [fault for fault in faults if fault]
    return Score(1 - len(found) / len(faults), "; ".join(found))


def speakers_credited(outcome: Outcome) -> Score | None:
    """Speakers of the case who are credited in the answer / speakers of the case."""
    wanted = outcome.case.speakers
    if not wanted or not outcome.answered:
        return None
    missed = [name for name in wanted if not any(_credits(claim, name) for claim in outcome.answer.claims)]
    return Score(1 - len(missed) / len(wanted), f"not credited: {', '.join(missed)}" if missed else "")


def attribution_kept(outcome: Outcome) -> Score | None:
    """Claims with attributed words that keep who says so / claims with attributed words.

    A claim has attributed words if a citation and what the corpus credits to someone have at least half of either in
    common; it keeps the credit by naming them. Where the document reports without naming anybody ("is accused of"),
    and where the words are of a crime, the claim has to say that it is a report.
    """
    faults = []
    for claim in outcome.answer.claims:
        owed = list(_attributed(outcome, claim))
        named = [a for a in owed if a.speaker]
        if lost := [a.speaker for a in named if not _credits(claim, a.speaker)]:
            faults.append(f"“{claim.text}” no longer says that {lost[0]} says so")
        elif (owed and not named) or _source_alleges(outcome, claim):
            told = _unquoted(claim.text)
            kept = (
                _ALLEGING.search(told)
                or claim.speaker
                or any(re.search(rf"\b{re.escape(a.cue)}\b", told) for a in owed)
            )
            faults.append("" if kept else f"“{claim.text}” no longer says that it is a report")
        elif owed:
            faults.append("")
    if not faults:
        return None
    found = [fault for fault in faults if fault]
    return Score(1 - len(found) / len(faults), "; ".join(found))


def _inexact(outcome: Outcome, claim: Claim) -> Iterator[str]:
    text = claim.text
    for words in _quoted(text):
        held = [citation for citation in claim.citations if stands(words, outcome.cited(citation))]
        if not held:
            yield f"“{words}” is not in the words cited"
        else:
            yield f"“{words}” is reported, not quoted" if all(_only_reported(outcome, c, words) for c in held) else ""
    closed = [q for q in (*quotations(text), *single_quotations(text)) if q.closed]
    ends = {place for q in closed for place in (q.outer.start, q.outer.end - 1)}
    if any(mark in DOUBLE and place not in ends for place, mark in enumerate(text)):
        yield "a quotation mark has no fellow"


def _quoted(text: str) -> list[str]:
    return [q.inner.of(text) for q in (*quotations(text), *single_quotations(text))]


def _only_reported(outcome: Outcome, citation: Citation, words: str) -> bool:
    """Whether the cited document has `words` in no quotation, but where it reports what somebody said."""
    text = outcome.documents[citation.document_id].text
    quoted = [q for q in (*quotations(text), *single_quotations(text)) if stands(words, q.inner.of(text))]
    reported = [
        a for a in _overlapping(outcome, citation, ("indirect",)) if a.speaker and stands(words, text[a.start : a.end])
    ]
    return bool(reported) and not quoted


def _gold_speakers(outcome: Outcome, claim: Claim) -> tuple[str, ...]:
    """The case's speakers, if the claim cites the case's gold words."""
    if not outcome.case.speakers:
        return ()
    cited = [stretch(c) for c in claim.citations]
    golds = [place for options in outcome.case.wanted for place in places(options, outcome.documents)]
    return outcome.case.speakers if any(holds(cited, gold) for gold in golds) else ()


def _speakers(outcome: Outcome, claim: Claim) -> Iterator[tuple[str, ...]]:
    """For each quotation of a claim, whom the corpus credits with it; nothing where it does not say."""
    for words in (q.inner.of(claim.text) for q in outermost(claim.text)):
        said = [
            attribution
            for citation in claim.citations
            for attribution in _overlapping(outcome, citation, ("direct", "partial"))
            if _alike(words, outcome.documents[citation.document_id].text[attribution.start : attribution.end])
        ]
        names = tuple(dict.fromkeys(a.speaker for a in said if a.speaker))
        if names:
            yield names


def _attributed(outcome: Outcome, claim: Claim) -> Iterator[Attribution]:
    seen = set[Attribution]()
    for citation in claim.citations:
        for attribution in _overlapping(outcome, citation):
            common = min(attribution.end, citation.end) - max(attribution.start, citation.start)
            shorter = min(attribution.end - attribution.start, citation.end - citation.start)
            credit = attribution.credit.start <= citation.start and citation.end <= attribution.credit.end
            if attribution.cue and attribution not in seen and not credit and common >= HELD * shorter:
                seen.add(attribution)
                yield attribution


def _source_alleges(outcome: Outcome, claim: Claim) -> bool:
    """Whether the source of a claim only alleges, or a claim speaks of a crime that its source reports."""
    cited = [outcome.cited(citation) for citation in claim.citations]
    if any(_ACCUSING.search(words) for words in cited):
        return True
    return bool(_CRIME.search(_unquoted(claim.text))) and any(_ALLEGING.search(words) for words in cited)


def _overlapping(outcome: Outcome, citation: Citation, kinds: Sequence[str] = ()) -> Iterator[Attribution]:
    for attribution in outcome.attributions.get(citation.document_id, ()):
        inside = attribution.start < citation.end and citation.start < attribution.end
        if inside and (not kinds or attribution.kind in kinds):
            yield attribution


def _alike(shown: str, held: str) -> bool:
    """Whether a quotation is from those words, or those from it: also where it was altered."""
    return stands(shown, held) or stands(held.strip(" ,.?!"), shown) or aligned_share(shown, held) >= ALIKE


def _credits(claim: Claim, speaker: str) -> bool:
    """Whether a claim names somebody outside quotation marks, where a reader sees it, and its `speaker` is nobody else.

    "he [Vinod Bansal] said" names him; a pronoun alone does not.
    """
    return (not claim.speaker or _same(claim.speaker, speaker)) and _names(claim, speaker)


def _names(claim: Claim, speaker: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(_last(speaker))}(?!\w)", plain(_unquoted(claim.text))))


def _same(one: str, other: str) -> bool:
    return _last(one) == _last(other)


def _last(name: str) -> str:
    words = re.findall(r"[\w’'-]+", plain(name))
    return words[-1] if words else ""


def _unquoted(text: str) -> str:
    for quote in reversed(outermost(text)):
        brackets = " ".join(re.findall(r"\[[^\[\]]*\]", quote.inner.of(text)))
        text = f"{text[: quote.outer.start]} {brackets} {text[quote.outer.end :]}"
    return text
