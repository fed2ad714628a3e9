"""Whom a sentence says its content is from: the subject of each cue outside quotation marks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .cues import (
    ACCORDING,
    BEHIND,
    CITED,
    CUE,
    CUES,
    CUT,
    DENIED,
    FINDING,
    GOES_ON,
    JOINED,
    LEADING,
    LED,
    NOBODY,
    NOUNS,
    PAPERS,
    PARTICIPLES,
    PASSIVE,
    RELATIVE,
    SPOKEN,
    WHO,
)
from .names import People
from .quotations import Quotation
from .subjects import (
    cited_body,
    described,
    inverted,
    is_description,
    last_mention,
    phrase_before,
    subject_of,
    without_auxiliary,
)
from .types import Span

# "accused them of it", "accused them, according to Y, of it".
_OF_WHAT = re.compile(r"[^,;.]*(?:, (?:according to|as) [^;.]*?,|, [^,;.]* reported[^,;.]*,)?\sof\b")


@dataclass(frozen=True, slots=True)
class Credit:
    """Who a sentence says spoke: the name as resolved ("" if it cannot be), and the words that say so.

    `subject` is the name as it stands there, `source` the same with what describes it; `aside` is what only names
    the source, as "according to" does; `follows` where the verb goes on with the subject of the one before, `relative` where
    that is "who".
    """

    speaker: str
    role: str
    cue: str
    span: Span
    subject: Span
    pronoun: bool
    cue_span: Span
    source: Span
    aside: bool = False
    follows: bool = False
    relative: bool = False


def credits_in(text: str, sentence: Span, quotes: Sequence[Quotation], who: People) -> Iterator[Credit]:
    """The credits outside quotation marks, in order."""
    last: Credit | None = None
    for start, end in outer_parts(sentence, quotes):
        part = text[start:end]
        for cue in CUE.finditer(part):
            made = _credit(text, Span(start, end), cue, quotes, who, last)
            if made:
                last = made
                yield made
        yield from _according(text, Span(start, end), who)


def _credit(
    text: str, part: Span, cue: re.Match[str], quotes: Sequence[Quotation], who: People, last: Credit | None
) -> Credit | None:
    before, verb, after = cue.string[: cue.start()], cue.group(), cue.string[cue.end() :]
    said = Span(part.start + cue.start(), part.start + cue.end())
    if verb in PARTICIPLES:
        return _follower(last, verb, said) if last and LEADING.search(before) else None
    if not _is_report(before, verb, after):
        return None
    subject = subject_of(before, verb, who) or inverted(cue.string, cue.span(), part.start, quotes, who)
    if subject is None and verb not in NOUNS and (relative := WHO.search(before)):
        return _relative(part, cue, relative, who)
    source = None
    if subject is None:
        if verb in NOUNS or RELATIVE.search(before) or GOES_ON.search(without_auxiliary(before)):
            return None
        # Somebody reports here, but who is not to be told.
        phrase = phrase_before(before)
        if (phrase is None and verb not in CUES) or after.startswith(" to "):
            return None
        subject = (cue.start(), cue.start(), "", "", False)
        source = Span(part.start + phrase[0], part.start + phrase[1]) if phrase else None
    begin, stop, speaker, role, pronoun = subject
    first, final = part.start + min(begin, cue.start()), part.start + max(stop, cue.end())
    named = Span(part.start + begin, part.start + stop)
    source = source or described(text, part, named, said, pronoun)
    words, ahead = source.of(text), text[part.start : min(source.start, said.start)]
    finds = verb not in FINDING or PAPERS.search(words) or after.startswith(" that ")
    if not finds or DENIED.search(ahead) or words.lower().startswith("no "):
        return None
    # "as NDTV reported", "Bell said, NDTV reported, that": these only name the source.
    within = (
        verb in ("reported", "reports") and last and not after.startswith(" that ") and ahead.rstrip().endswith(",")
    )
    aside = bool(within) or bool(re.search(r"(?:\A|[\s,])as\s+\Z", text[part.start : source.start]))
    span = _clause(text, part.start, part.end, first, final, quotes)
    return Credit(speaker, role, verb, span, named, pronoun, said, source, aside)


def _follower(last: Credit, verb: str, said: Span) -> Credit:
    """The credit of a participle, which has no subject of its own: whoever the sentence credits before it goes on."""
    nobody = Span(said.start, said.start)
    return dataclasses.replace(
        last, cue=verb, cue_span=said, span=said, subject=nobody, follows=True, relative=False, pronoun=False
    )


def _is_report(before: str, verb: str, after: str) -> bool:
    """Whether a verb can report what its subject says: no passive, nor what nobody says, nor "the two accused"."""
    if PASSIVE.search(before) or NOBODY.match(before) or (verb not in SPOKEN and re.match(r"\s+by\b", after)):
        return False
    return verb != "accused" or bool(_OF_WHAT.match(after))


def _relative(part: Span, cue: re.Match[str], relative: re.Match[str], who: People) -> Credit:
    """ "Bell, who said": the name beside it, if there is one."""
    mention = last_mention(who, cue.string[: relative.start()].rstrip(" ,"))
    beside = mention and not mention.possessive and mention.span.end == len(cue.string[: relative.start()].rstrip(" ,"))
    person = mention.person if mention and beside else None
    source, said = (
        Span(part.start + relative.start("who"), part.start + relative.end("who")),
        Span(part.start + cue.start(), part.start + cue.end()),
    )
    name, role = (person.name, person.role) if person else ("", "")
    return Credit(name, role, cue.group(), Span(source.start, said.end), source, False, said, source, relative=True)


def _according(text: str, part: Span, who: People) -> Iterator[Credit]:
    words = part.of(text)
    for cited in ACCORDING.finditer(words):
        found = CITED.match(words, cited.end())
        whole = found.end() if found else len(words)
        mention = next(
            (m for m in who.mentions(words) if cited.end() <= m.span.start < max(whole, cited.end() + 1)), None
        )
        # "By Ilyas's account" is by Ilyas; "according to Ilyas's lawyer" is not.
        owner = mention and mention.possessive and cited.group().strip().lower() not in ("by", "in")
        if mention and (owner or not is_description(words[cited.end() : mention.span.start])):
            mention = None
        if mention:
            named, name, role = mention.span, mention.person.name, mention.person.role
        elif found and not cited.group().lstrip().startswith(("For", "In the words")):
            cut = len(found.group()) - len(re.sub(r"(?:[’']s|\.)\Z", "", found.group()))
            named = Span(found.start(), found.end() - cut)
            whole = named.end
            name, role = cited_body(named.of(words), who)
        else:
            continue
        span = Span(part.start + named.start, part.start + named.end)
        cue = cited.group().strip()
        if not (mention or cue[:1] in "Aa" or words[named.start].isupper()):
            continue
        end = part.start + cited.start() + len(cited.group().rstrip())
        source = Span(part.start + cited.end(), span.end if mention else part.start + whole) if found else span
        yield Credit(name, role, cue, span, span, False, Span(end - len(cue), end), source, aside=True)


def may_be_one(words: str) -> bool:
    """Whether "he" can mean a speaker known by no name but `words`: not "critics", nor "who" in "those who said"."""
    plural = re.search(r"[a-rt-z]s\Z", words) or words.lower() in ("they", "we", "some", "many", "others", "it")
    return not plural and words.lower() != "who"


def clause_start(text: str, sentence: Span, credit: Credit) -> int | None:
    """Where a credit begins a clause of its own: "..., but X said", or stands behind what is told: "..., X said"."""
    if credit.follows:
        led = LED.search(text[sentence.start : credit.cue_span.start])
        return sentence.start + led.start() if led else None
    if credit.source.start == credit.source.end:
        return None
    start = min(credit.source.start, credit.cue_span.start)
    before, after = (
        text[max(sentence.start, start - 16) : start],
        text[max(credit.source.end, credit.cue_span.end) : sentence.end],
    )
    if re.search(r",\s*(?:as\s+)?\Z", before) and (credit.aside or BEHIND.fullmatch(CUT.split(after)[0])):
        return start - len(before) + before.rindex(",")
    joined = JOINED.search(before)
    return None if credit.aside or joined is None else start - len(joined.group())


def outside(text: str, span: Span, quotes: Sequence[Quotation]) -> str:
    """The words of `span` that stand in no quotation."""
    return " ".join(text[start:end] for start, end in outer_parts(span, quotes))


def outer_parts(sentence: Span, quotes: Sequence[Quotation]) -> Iterator[tuple[int, int]]:
    """Where the words of a sentence stand that are in no quotation."""
    place = sentence.start
    for quote in quotes:
        if quote.outer.end <= sentence.start or quote.outer.start >= sentence.end:
            continue
        if quote.outer.start > place:
            yield place, quote.outer.start
        place = max(place, quote.outer.end)
    if place < sentence.end:
        yield place, sentence.end


def _clause(text: str, part_start: int, part_end: int, start: int, end: int, quotes: Sequence[Quotation]) -> Span:
    """The credit's own words: from the subject to the quotation, or to the end of the sentence after one."""
    if any(quote.outer.end == part_start for quote in quotes):
        stop = part_end
        if comma := re.search(r"[,;]", text[end:part_end]):
            stop = end + comma.start()
        return Span(start, max(end, _trim(text, start, stop)))
    return Span(start, end)


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip().rstrip(".,;:"))
