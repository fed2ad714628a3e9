"""A sentence of a model's own as read: whom it credits with what, whom it names, what it quotes.

Read strictly: where it cannot be told who is credited, nobody is, and the checks refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .attributions import CUES
from .quotations import Quotation, outermost
from .types import Span
from .views import View
from .words import content_words, stem, tokens

# More of what reports somebody's words or stand, in the forms that summaries use.
_VERBS = CUES | frozenset(
    """say tell write post add ask argue claim allege accuse describe confirm deny reject dismiss question urge demand
    criticise condemn praise insist note explain warn suggest announce mention reply respond declare observe admit recall
    report link appeal complain maintain object pledge promise predict stress testify thank concede contend hope hopes
    hoped hopeful believe expressed expresses voiced pointed points traced traces blamed blames labelled labeled branded
    likened compared cited cites referred refers characterised characterized framed cast sees saw views viewed regards
    regarded considers considered slammed attacked rebuked defended backed expects expected assured wanted wants seeks
    sought signalled stating adding calling describing arguing alleging accusing claiming insisting noting writing
    telling asking urging demanding warning suggesting tracing linking questioning citing
    holds held found ruled agreed agrees
    disagreed doubts doubted wondered reacted commented opined feels felt calls put puts tweets posts""".split()
)
_CUE = re.compile(rf"(?<![\w’'-])(?:{'|'.join(sorted(_VERBS, key=len, reverse=True))})(?![\w’'-])", re.IGNORECASE)
_PASSIVE = re.compile(
    r"(?:\b(?:is|are|was|were|be|been|being|stands?|as|those|the|a|an|his|her|its|their|of)|[’'](?:s|re))"
    r"\s+(?:(?:also|now|not|still|widely|being|been)\s+)*\Z",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:\s*\([^)]{0,40}\))?(?:\s*,[^,;.]{2,90},)?(?:\s*,?\s*(?:also|later|then|too|had|has|have|who|is|and|further|separately|"
    r"(?:\w+ly)|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|himself|herself|themselves|for (?:his|her|their) part)\b)*\s*,?\s*\Z",
    re.IGNORECASE,
)
_ACCORDING = re.compile(
    r"(?:\baccording to|\bin the words of|\bas|\bin the (?:view|account|eyes|opinion|reading|telling) of|(?:\A|[.;,]\s*)for|"
    r"\bper|\b(?:said|written|posted|told|argued|claimed|alleged|made|called|described|quoted|put|reported|voiced|rejected|"
    r"dismissed|criticised|questioned|raised|coined|used)\s+(?:\w+\s+){0,3}?by)"
    r"\s+(?:[\w’'.-]+\s+){0,6}\Z",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"(?:[’']s?|s[’'])\s+(?:own\s+)?(?:\w+\s+)?(?:words?|view|claims?|account|statement|post|comments?|remarks?|argument|opinion|"
    r"allegations?|accusations?|criticism|telling|reading|assessment|message|reply|answer|position|charge|line|note|letter)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:\A|[\s,;(“\"])(he|she|they)\s+(?:also|then|later|had|has|have|\w+ly)?\s*\Z", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])[”\"’']?\s+(?=[A-Z“\"‘])")
TRAILING = 6  # words after a credit, up to which what it is about stands before it
# What may stand before the name that a sentence begins with: titles, offices, a turn of phrase.
_LEAD = re.compile(r"(?:[\w’'&().-]+,?\s+){0,9}\Z")


@dataclass(frozen=True, slots=True)
class Named:
    """A speaker of the documents, named at a place of the statement."""

    name: str
    span: Span
    possessive: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody whom the statement credits with something: the name, "" where it cannot be told, and the verb."""

    name: str
    cue: str
    span: Span


class Statement:
    """A claim's text read against the people and bodies of the documents it cites."""

    def __init__(self, text: str, views: Sequence[View], cited: str = "") -> None:
        self.text = text
        self.quotations: tuple[Quotation, ...] = tuple(outermost(text))
        self.own = _blanked(text, self.quotations)
        """The text with every quotation blanked: what is said in the assistant's own voice."""
        self.sentences = _parts(text, self.quotations)
        self.named = tuple(_named(text, views, cited))
        self._views = tuple(views)
        self.voices = tuple(self._voices())

    def agents(self) -> set[str]:
        """Whoever a sentence of it begins with, as the one who does something."""
        found = set()
        for sentence in self.sentences:
            first = next((n for n in self.named if sentence.holds(n.span) and not self.is_quoted(n.span.start)), None)
            if first and not first.possessive and self._is_subject(first, sentence):
                found.add(first.name)
        return found

    def credited(self) -> set[str]:
        """Everybody who is credited with something, or does something at the beginning of a sentence."""
        return {voice.name for voice in self.voices if voice.name} | self.agents()

    def speaker_of(self, quote: Quotation) -> str:
        """Whom it credits with the words of a quotation; "" where that is nobody, or not to be told."""
        sentence = next((s for s in self.sentences if s.start <= quote.outer.start < s.end), Span(0, len(self.text)))
        here = [v for v in self.voices if sentence.holds(v.span)]
        after = [v for v in here if quote.outer.end <= v.span.start]
        before = [v for v in here if v.span.end <= quote.outer.start]
        beside = after and re.fullmatch(r"[\s,]*", self.own[quote.outer.end : after[0].span.start])
        # "X said that "A", NDTV reported": X speaks, NDTV only reports it.
        if beside and not (before and after[0].cue in ("reported", "reports")):
            return after[0].name
        if before:
            # "X said, according to NDTV: "A"": here too.
            spoken = [v for v in before if v.cue != "according to" or self._is_person(v.name)]
            return (spoken or before)[-1].name
        if len(agents := [n.name for n in self.named if sentence.holds(n.span) and n.name in self.agents()]) == 1:
            return agents[0]
        return after[0].name if len(after) == 1 else ""

    def content(self, voice: Voice) -> frozenset[str]:
        """Stems of the words that go with a credit: up to the next one, or before it where it comes last."""
        sentence = next((s for s in self.sentences if s.start <= voice.span.start < s.end), Span(0, len(self.text)))
        here = [v for v in self.voices if sentence.holds(v.span)]
        place = here.index(voice)
        end = here[place + 1].span.start if place + 1 < len(here) else sentence.end
        words = self.text[voice.span.end : end]
        if len(words.split()) <= TRAILING or voice.cue == "according to":
            start = here[place - 1].span.end if place else sentence.start
            words = self.text[start : voice.span.start] + words
        names = {stem(word) for named in self.named for word in tokens(named.name)}
        return frozenset(stem(word) for word in content_words(words)) - names

    def is_quoted(self, place: int) -> bool:
        """Whether a place of it stands in a quotation."""
        return any(quote.outer.start <= place < quote.outer.end for quote in self.quotations)

    def _is_person(self, name: str) -> bool:
        return any(view.people.by_name(name) for view in self._views)

    def _is_subject(self, named: Named, sentence: Span) -> bool:
        lead = self.own[sentence.start : named.span.start]
        rest = self.own[named.span.end : sentence.end]
        governed = re.search(
            r"\b(?:of|to|by|with|from|about|against|for|in|on|at|over|after|before|between)\s+(?:\w+\s+){0,2}\Z", lead
        )
        return bool(_LEAD.fullmatch(lead)) and not governed and bool(re.search(r"\w", rest))

    def _voices(self) -> Iterator[Voice]:
        found: list[Voice] = []
        for match in _CUE.finditer(self.own):
            if voice := self._subject(match, found):
                found.append(voice)
        for named in self.named:
            if self.is_quoted(named.span.start):
                continue
            before, after = self.own[: named.span.start], self.own[named.span.end :]
            according = _ACCORDING.search(before)
            if (
                according and not named.possessive and not self._names_between(according.start(), named.span.start)
            ) or (named.possessive and _OWNED.match(after if not after.startswith("s ") else f"’{after}")):
                found.append(Voice(named.name, "according to", named.span))
        return iter(sorted(found, key=lambda voice: voice.span.start))

    def _names_between(self, start: int, end: int) -> bool:
        return any(start <= n.span.start and n.span.end <= end - 1 for n in self.named if n.span.end <= end - 1)

    def _subject(self, cue: re.Match[str], found: Sequence[Voice]) -> Voice | None:
        """Whoever does the verb: named before it, straight after it, or meant by a pronoun."""
        sentence = next((s for s in self.sentences if s.start <= cue.start() < s.end), Span(0, len(self.text)))
        before = self.own[sentence.start : cue.start()]
        if _PASSIVE.search(before):
            return None
        mine = [
            n for n in self.named if sentence.start <= n.span.start and n.span.end <= cue.start() and not n.possessive
        ]
        if (
            mine
            and _LINK.fullmatch(self.own[mine[-1].span.end : cue.start()])
            and not self.is_quoted(mine[-1].span.start)
        ):
            return Voice(mine[-1].name, cue.group().lower(), Span(mine[-1].span.start, cue.end()))
        following = next((n for n in self.named if n.span.start >= cue.end()), None)
        quoted = any(
            quote.outer.end <= cue.start() and not self.own[quote.outer.end : cue.start()].strip(" ,")
            for quote in self.quotations
        )
        if following and quoted and len(self.own[cue.end() : following.span.start].split()) <= 5:
            return Voice(following.name, cue.group().lower(), Span(cue.start(), following.span.end))
        if _PRONOUN.search(before):
            name = found[-1].name if found else (mine[-1].name if len({n.name for n in mine}) == 1 else "")
            return Voice(name, cue.group().lower(), Span(cue.start(), cue.end()))
        # "and questioned", ", calling it": whoever spoke before goes on.
        if (
            found
            and sentence.holds(found[-1].span)
            and re.search(r"(?:,|\band|\bbut|\bthen|\balso)\s*(?:\w+ly\s+)?\Z", before)
        ):
            return Voice(found[-1].name, cue.group().lower(), Span(cue.start(), cue.end()))
        return None


def _blanked(text: str, quotes: Sequence[Quotation]) -> str:
    for quote in quotes:
        text = f"{text[: quote.outer.start]}{' ' * (quote.outer.end - quote.outer.start)}{text[quote.outer.end :]}"
    return text


def _parts(text: str, quotes: Sequence[Quotation]) -> tuple[Span, ...]:
    """Its sentences; none ends inside a quotation."""
    cuts = [
        m.end() for m in _SENTENCE.finditer(text)
        if not any(q.outer.start < m.start() and m.end() < q.outer.end for q in quotes)
        and not re.search(r"\b(?:Mr|Mrs|Ms|Dr|St|Rs|No|[A-Z])\.\s+\Z", text[: m.end()])
    ]  # fmt: skip
    return tuple(Span(a, b) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))


def _named(text: str, views: Sequence[View], cited: str) -> Iterator[Named]:
    """Every person and body of the documents that the text names, in its order; a person by full name or surname."""
    found: dict[Span, Named] = {}
    for view in views:
        for mention in view.people.mentions(text):
            found.setdefault(mention.span, Named(mention.person.name, mention.span, mention.possessive))
        for person in view.people.persons:
            # A surname that others of the document share, but of the words cited one only.
            rivals = [p for p in view.people.persons if p.surname == person.surname and p.name in cited]
            if view.people.by_name(person.surname) is None and rivals == [person]:
                for match in re.finditer(rf"(?<![\w-]){re.escape(person.surname)}(?![\w-])", text):
                    span = Span(*match.span())
                    if not any(other.start < span.end and span.start < other.end for other in found):
                        found[span] = Named(person.name, span, text[span.end : span.end + 2] in ("’s", "'s"))
        bodies = {a.speaker for a in view.attributions if a.speaker and view.people.by_name(a.speaker) is None}
        bodies |= {view.document.publisher} - {""}
        for body in sorted(bodies, key=len, reverse=True):
            for match in re.finditer(rf"(?<!\w){re.escape(body.removeprefix('The '))}(?!\w)", text, re.IGNORECASE):
                span = Span(*match.span())
                if not any(other.start < span.end and span.start < other.end for other in found):
                    owner = bool(re.match(r"[’']s\b|[’'](?=\s)", text[span.end :]))
                    found[span] = Named(body, span, owner)
    longest: list[Named] = []
    for named in sorted(found.values(), key=lambda n: (n.span.start, n.span.start - n.span.end)):
        if not longest or named.span.start >= longest[-1].span.end:
            longest.append(named)
    return iter(longest)


def is_report(word: str) -> bool:
    """Whether a verb can report what somebody says."""
    return word in _VERBS


def reports(text: str) -> bool:
    """Whether some words have a verb that reports what somebody says."""
    return any(True for _ in report_verbs(text))


def report_verbs(text: str) -> Iterator[re.Match[str]]:
    """The verbs in some words that report what somebody says."""
    return (match for match in _CUE.finditer(text) if not _PASSIVE.search(text[: match.start()]))


def same_speaker(one: str, other: str) -> bool:
    """Whether two names can be the same speaker's: one has all the words of the other."""
    first, second = ({stem(word) for word in tokens(name)} - {"the"} for name in (one, other))
    return bool(first) and bool(second) and (first <= second or second <= first)
