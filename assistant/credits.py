"""Whom a sentence says its content is from: the subject of each cue outside quotation marks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .cues import (
    ACCORDING,
    ADVERB,
    APPOSITION,
    AUXILIARY,
    BEHIND,
    CITED,
    CLAUSE,
    COLLECTIVE,
    CUE,
    CUES,
    DENIED,
    DESCRIBING,
    DESCRIPTION,
    DETERMINERS,
    FINDING,
    GOES_ON,
    JOINED,
    LED,
    NAMED_BODY,
    NOBODY,
    NOUNS,
    OPENERS,
    PAPERS,
    PARTICIPLES,
    PASSIVE,
    PHRASE,
    PREPOSITION,
    PRONOUNS,
    RELATIVE,
    SPOKEN,
    TIMES,
    WHO,
)
from .names import ROLES, Mention, People
from .quotations import Quotation
from .types import Span
from .words import STOP_WORDS


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
    before, verb = cue.string[: cue.start()], cue.group()
    said = Span(part.start + cue.start(), part.start + cue.end())
    if verb in PARTICIPLES:
        # It has no subject of its own: whoever the sentence credits before it goes on.
        if last is None or not re.search(
            r"[,—–]\s*(?:and\s+)?(?:\w+ly\s+)?\Z|\A\s*(?:and\s+)?\Z|\bin\s+\Z|\band\s+\Z", before
        ):
            return None
        return dataclasses.replace(
            last, cue=verb, cue_span=said, span=said, subject=Span(said.start, said.start), follows=True, pronoun=False
        )
    after = cue.string[cue.end() :]
    if PASSIVE.search(before) or NOBODY.match(before) or (verb not in SPOKEN and re.match(r"\s+by\b", after)):
        return None
    if verb == "accused" and not re.match(r"[^,;.]*\sof\b", after):
        return None  # "the two accused"
    subject = _subject(before, verb, who) or _inverted(cue.string, cue.span(), part.start, quotes, who)
    if subject is None and verb not in NOUNS and (relative := WHO.search(before)):
        return _relative(part, cue, relative, who)
    source = None
    if subject is None:
        if verb in NOUNS or RELATIVE.search(before) or GOES_ON.search(_bare(before)):
            return None
        # Somebody reports here, but who is not to be told.
        phrase = _phrase(before)
        if (phrase is None and verb not in CUES) or after.startswith(" to "):
            return None
        subject = (cue.start(), cue.start(), "", "", False)
        source = Span(part.start + phrase[0], part.start + phrase[1]) if phrase else None
    begin, stop, speaker, role, pronoun = subject
    span = _clause(
        text, part.start, part.end, part.start + min(begin, cue.start()), part.start + max(stop, cue.end()), quotes
    )
    named = Span(part.start + begin, part.start + stop)
    source = source or _source(text, part, named, said, pronoun)
    if DENIED.search(text[part.start : min(source.start, said.start)]) or source.of(text).lower().startswith("no "):
        return None
    if verb in FINDING and not (PAPERS.search(source.of(text)) or after.startswith(" that ")):
        return None
    # "as NDTV reported" only names the source.
    aside = bool(re.search(r"(?:\A|[\s,])as\s+\Z", text[part.start : source.start]))
    return Credit(speaker, role, verb, span, named, pronoun, said, source, aside)


def _relative(part: Span, cue: re.Match[str], relative: re.Match[str], who: People) -> Credit:
    """ "Bell, who said": the name beside it, if there is one."""
    mention = _last(who, cue.string[: relative.start()].rstrip(" ,"))
    beside = mention and not mention.possessive and mention.span.end == len(cue.string[: relative.start()].rstrip(" ,"))
    person = mention.person if mention and beside else None
    source, said = (
        Span(part.start + relative.start("who"), part.start + relative.end("who")),
        Span(part.start + cue.start(), part.start + cue.end()),
    )
    name, role = (person.name, person.role) if person else ("", "")
    return Credit(name, role, cue.group(), Span(source.start, said.end), source, False, said, source, relative=True)


def _phrase(before: str) -> tuple[int, int] | None:
    """The noun phrase that the verb after `before` has for its subject, if there is one that could be."""
    words = _bare(before)
    clauses = [match.end() for match in CLAUSE.finditer(words) if match.end() < len(words)]
    start = clauses[-1] if clauses else 0
    found = PHRASE.match(words, start)
    if found is None:
        return None
    inner = words[start:].split()
    if (
        (inner[-1].lower() in STOP_WORDS and len(inner) > 1)
        or inner[-1].lower() in TIMES
        or inner[0].lower() in OPENERS
    ):
        return None
    return start, len(words)


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
        if mention and (owner or not _is_described(words[cited.end() : mention.span.start])):
            mention = None
        if mention:
            named, name, role = mention.span, mention.person.name, mention.person.role
        elif found and not cited.group().lstrip().startswith(("For", "In the words")):
            cut = len(found.group()) - len(re.sub(r"(?:[’']s|\.)\Z", "", found.group()))
            named = Span(found.start(), found.end() - cut)
            whole = named.end
            name, role = _cited(named.of(words), who)
        else:
            continue
        span = Span(part.start + named.start, part.start + named.end)
        cue = cited.group().strip()
        if not (mention or cue[:1] in "Aa" or words[named.start].isupper()):
            continue
        end = part.start + cited.start() + len(cited.group().rstrip())
        source = Span(part.start + cited.end(), span.end if mention else part.start + whole) if found else span
        yield Credit(name, role, cue, span, span, False, Span(end - len(cue), end), source, aside=True)


def _is_described(words: str) -> bool:
    """Whether what stands before a name is only a title or role."""
    return all(word[0].isupper() or word.strip(".,").lower() in ROLES | DESCRIBING for word in words.split())


def _cited(words: str, who: People) -> tuple[str, str]:
    """Name and role of the body that "according to" names; "" for "a new poll"."""
    if words[:1].isupper() and not words.lower().startswith(("the ", "a ", "an ")):
        return words, ""
    body = COLLECTIVE.search(words) or NAMED_BODY.search(words)
    if body is None or body.group(1) != words:
        return "", ""
    if words.startswith("The "):
        return words, ""
    _, _, name, role, _ = _body(body, who)
    return name, role


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
    if re.search(r",\s*(?:as\s+)?\Z", before) and (credit.aside or BEHIND.fullmatch(after.partition(";")[0])):
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


Subject = tuple[int, int, str, str, bool]


def _subject(before: str, cue: str, who: People) -> Subject | None:
    """Who does the verb that follows `before`: (start, end, name, role, is a pronoun)."""
    # "The Hawk, carrying PTI, reported": the paper does.
    before = re.sub(r",\s(?:carrying|citing|reposting|quoting)\s[^,]+,\s*\Z", " ", before)
    trimmed = re.sub(r"\s\([\w-]+\)\Z", "", _bare(before))
    word = re.search(r"(?:\A|(?<=[\s,;(]))(\w+)\Z", trimmed)
    if word and word.group(1).lower() in PRONOUNS - {"i", "we"}:
        return word.start(1), word.end(1), "", "", True
    for candidate in _without_appositions(before, trimmed):
        mention = _last(who, candidate)
        if mention and mention.span.end == len(candidate) and not mention.possessive:
            ahead = candidate[: mention.span.start]
            if PREPOSITION.search(ahead) or re.search(r"[A-Z][\w-]+,?\s+(?:and|or)\s+\Z", ahead):
                return None
            return mention.span.start, mention.span.end, mention.person.name, mention.person.role, False
    if cue in NOUNS:
        return None
    candidates = (trimmed, *[c for c in _without_appositions(before, trimmed) if c != trimmed][:1])
    found = ((c, body) for c in candidates if (body := COLLECTIVE.search(c) or NAMED_BODY.search(c)))
    trimmed, body = next(found, ("", None))
    if body is None:
        return None
    words = body.group(1).split()
    governed = PREPOSITION.search(trimmed[: body.start(1)])
    if governed and (words[0].lower() not in ("the", "a", "an") or len(governed.group().split()) == 1):
        return None
    if words[-1].lower() in STOP_WORDS | TIMES or (
        words[0] != "US" and words[0].lower() in STOP_WORDS - {"the", "a", "an", "its", "their", "his", "her"}
    ):
        return None
    return _body(body, who)


def _source(text: str, part: Span, subject: Span, cue: Span, pronoun: bool) -> Span:
    """A subject with what describes it: the title and role before it, the apposition after it."""
    if pronoun or subject.start == subject.end:
        return subject
    start, end = subject.start, subject.end
    for word in reversed([*re.finditer(r"[^\s]+", text[part.start : start])]):
        plain = word.group().strip(".,").lower()
        if (
            word.group().endswith((",", ";", ":", "—", "–", ")"))
            or not (word.group()[0].isupper() or plain in ROLES or plain in DESCRIBING)
            or (plain in STOP_WORDS and plain not in DESCRIBING)
        ):
            break
        if word.group()[0].isupper() and part.start + word.start() == part.start and plain in DESCRIBING - DETERMINERS:
            break
        start = part.start + word.start()
        if plain in DETERMINERS:
            break
    between = Span(end, cue.start) if cue.start >= end else Span(end, part.end)
    if described := DESCRIPTION.match(text, between.start, between.end):
        end = described.end()
    return Span(start, end)


def _bare(before: str) -> str:
    """Without the "also" or "has" at the end."""
    found = AUXILIARY.search(before)
    return before[: found.start()] if found else before


def _body(match: re.Match[str], who: People) -> Subject:
    """A body or office as speaker; an office that one person of the text holds is that person."""
    words = match.group(1)
    noun = words.split()[-1].lower()
    if noun in ROLES:
        # "a spokesman" is anybody.
        person = who.holder(words[4:]) if words.lower().startswith("the ") else None
        name, role = (person.name, person.role) if person else ("", "")
        return match.start(1), match.end(1), name, role, False
    if re.match(r"[Aa]n?\s+[A-Z]", words) and not COLLECTIVE.fullmatch(words):
        return match.start(1), match.end(1), "", "", False  # "a Democrat"
    # Within a sentence, a capital says that "The" is part of the name.
    whole = match.start(1) > 0 and words.startswith("The ")
    name = words if whole else re.sub(r"\A(?:the|an?|its|their|his|her)\s+", "", words, flags=re.IGNORECASE)
    return match.start(1), match.end(1), name, "", False


def _without_appositions(before: str, trimmed: str) -> Iterator[str]:
    """`before`, cut back to what may end with the subject: first past ", the mayor,", then as it is, then past more."""
    cuts = []
    rest = ADVERB.sub("", before)
    while found := APPOSITION.search(rest):
        cuts.append(rest[: found.start()])
        rest = f"{rest[: found.start()]},"
    yield from cuts[:1]
    yield trimmed
    yield from cuts[1:3]


def _inverted(part: str, cue: tuple[int, int], start: int, quotes: Sequence[Quotation], who: People) -> Subject | None:
    """`..., said Zohran Mamdani`: only straight after a quotation."""
    if part[: cue[0]].strip(" ,") or not any(quote.outer.end == start for quote in quotes):
        return None
    mention = next(who.mentions(part[cue[1] :], cue[1]), None)
    if mention is None or mention.possessive:
        return None
    between = part[cue[1] : mention.span.start]
    # "said Dr X", "said its chair, X"; but not "said in a talk with X".
    plain = re.fullmatch(r"\s+(?:(?:the|its|their|his|her|a|an)\s+)?(?:[\w’'-]+\.?,?\s+){0,5}", between)
    if plain is None or PREPOSITION.search(between):
        return None
    return mention.span.start, mention.span.end, mention.person.name, mention.person.role, False


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


def _last(who: People, words: str) -> Mention | None:
    return next(reversed([*who.mentions(words)]), None)
