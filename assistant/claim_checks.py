"""A claim in a model's own words against the words it cites: each check a pure function that says why it fails, or None.

In the order of the promises: marks and markup, quotations and their speakers, numbers, dates, names and offices, negations
and modals, attributions. None trusts the model: who speaks, what is quoted and who is meant are read from the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from .dates import dates
from .evidence import spells
from .locating import Evidence, folded
from .names import ROLES, Person, people
from .polarity import difference
from .quantities import Quantity, quantities
from .quotations import Quotation, quotations, single_quotations, stands_in
from .statements import Statement, Voice, reports, same_speaker
from .types import Attribution, Span
from .verification import marks_failure
from .words import LIGHT_VERBS, STOP_WORDS, content_words, root, stem, synonyms, tokens

SHORTEST = 4  # words
LONGEST = 90  # words; a claim is a sentence or two
_MARKUP = re.compile(
    r"<[a-zA-Z/!|]|\[[^\]]*\]\(|https?://|www\.|```|\*\*|^#|\{\s*[\"']|<\||&[a-z]+;|javascript:",
    re.IGNORECASE | re.MULTILINE,
)
# What speaks to a reader that is a machine: a document's words, but no report of anything.
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|passages?|rules?|prompts?|documents?|above|previous|prior|sources?)\b"
    r"|(?:\A|[\n\"“>\[(]|[.!?]\s)\s*(?:system|assistant|user|developer)\s*(?:message|prompt|note|:)"
    r"|<\|\w+\|>|\[/?INST\]|<</?SYS>>|</?(?:system|passage|instructions?|tool_call|assistant)\b"
    r"|\byou are (?:now |no longer )?(?:an?|the) (?:\w+ ){0,3}(?:ai|assistant|model|chatbot|bot|system)\b|\bas an? (?:ai|language model)\b"
    r"|(?:\A|[.!?:;\n\"“—-]\s*|\b(?:please|now|instead|must|always|only)\s)(?:and |then |also |just |simply )?"
    r"(?:reply|respond|answer|output|print|return|say|state|repeat|claim|tell (?:the |your )?(?:readers?|users?))\b\s*"
    r"(?:only |exactly |always |back |instead )*(?:in json|with|that\b|in (?:the )?form\b|:|[\"“{])"
    r"|,\s(?:reply|respond|output|print|repeat)\b\s*(?:only |exactly |always |back |instead )*(?:in json|with|that\b|:|[\"“{])"
    r"|\b(?:ai|language) (?:models?|assistants?) (?:must|should|reading|that reads?|are)\b|\bnew (?:instructions?|task)\b|\bjailbreak"
    r"|\"(?:claims|role|content|support)\"\s*:",
    re.IGNORECASE,
)
# What must never be said of anybody in other words than the document's.
_GRAVE_WORDS = """convicted convict conviction guilty sentenced sentence jailed imprisoned incarcerated arrested detained murdered murder
    murderer killer killed kill killing dead died deaths death terrorist terrorism terror terrorists fraud corrupt corruption bribe bribed
    criminal criminals crime crimes extremist extremism mastermind masterminds masterminded masterminding conspired conspiracy conspirator
    conspirators plotted plot plotting rioter rioters attacked attack assaulted assault raped rape abused abuse stole stolen theft thief
    resigned resign sacked fired dismissed suspended expelled deported extradited pardoned acquitted acquittal released freed free bailed
    charged indicted prosecuted prosecution lied liar lies lying traitor treason sedition seditious spy spied funded financed funding
    incited inciting incitement instigated instigating organised orchestrated orchestrated led leading jihadist islamist antisemitic
    racist radical militant threatened threat threats blackmailed sued injured wounded granted won lost banned cleared exonerated innocent
    innocence proved proven proof evidence admitted admits confessed confession confesses conceded acknowledged apologised apologized
    apology lynched punished punishment executed hanged illegal illegally unlawful violent violence responsible accomplice"""
_GRAVE = frozenset(stem(word) for word in _GRAVE_WORDS.split())
_SAME = [
    frozenset(stem(word) for word in group.split())
    for group in (
        "jailed imprisoned incarcerated jail prison behind prisons imprisonment detained custody",
        "killed dead died deaths death kill killing lost claimed toll",
        "injured wounded hurt", "accused alleged charged booked accuses allegation",
        "released freed free bail bailed", "terrorist terrorism terror", "terrorists terrorist",
        "criminal criminals", "mastermind masterminds masterminded", "attack attacks attacked", "riot riots rioting rioter",
        "sacked fired dismissed", "granted grant given", "crime crimes", "led leading",
        "rejected dismissed denied denies", "evidence proof", "conspiracy conspired plot plotted", "killers killer", "threat threats threatened",
    )
]  # fmt: skip
# Verbs that say more than that somebody spoke: they need the like of themselves in the words cited.
_STRONG = {
    stem(word): group
    for group in (
        frozenset(stem(w) for w in words.split())
        for words in (
            "accused accuse accusing alleged allege alleging blamed blame charged targeted",
            "denied deny rejected reject refuted disputed dismissed dismiss",
            "condemned condemn criticised criticize criticized slammed denounced attacked rebuked targeted questioned objected",
            "admitted admit confessed conceded acknowledged",
            "confirmed confirm", "revealed reveal exposed disclosed", "proved prove showed shows demonstrated",
            "threatened threaten warned warn", "promised pledged vowed assured assure", "praised praise welcomed backed lauded hailed",
            "apologised apologized", "lied", "demanded demand insisted sought called", "agreed agrees", "pointed noted observed",
        )
    )
    for word in group
}  # fmt: skip
_NEUTRAL = frozenset(
    stem(word)
    for word in "pointed noted observed showed shows called insisted attacked questioned assured sought targeted".split()
)
_PLACE_FORMS = (("", "n"), ("", "an"), ("", "ian"), ("", "s"), ("", "i"), ("a", "an"), ("land", "ish"))
_COUNTRIES = {"america": "usa", "american": "usa", "americans": "usa", "us": "usa", "states": "usa", "united": "usa", "u": "usa", "britain": "uk", "british": "uk"}  # fmt: skip
_CAPITALISED = re.compile(r"(?<![\w’'])[A-ZÀ-ÖØ-Þ][\w]*(?:[-–’'][\w]+)*")
EARLIEST, LATEST = 1500, 2100  # what is read as a year
REACH = 7  # words after a name in which a verb is surely its own
WINDOW = 60  # characters around a name in which a document gives its office
_POINTING = re.compile(
    r"\s*(?:This|That|These|Those|It|Its|They|Their|He|She|His|Her|Such|The (?:latter|former|same))\b(?! (?:is|was) (?:alleged|claimed|reported|said|not clear|unclear)\b)"
)
_PERSONAL = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
_OPENERS = frozenset(
    """both several some many most all few critics supporters opponents lawmakers members officials people relatives friends father
    mother partner wife husband son daughter responding speaking writing asked replying two three four five six seven eight nine ten
    eleven twelve one another according no nobody neither it there not while after before when since because although though despite
    unlike by in on at for from with under over about as the a an his her their its post posts note letter bail news reports""".split()
)


@dataclass(frozen=True)
class Cited:
    """A claim with its evidence, read once for all checks."""

    text: str
    evidence: tuple[Evidence, ...]
    speaker: str = ""

    @cached_property
    def statement(self) -> Statement:
        """The claim as read."""
        return Statement(self.text, [e.view for e in self.evidence])

    @cached_property
    def words(self) -> str:
        """All words cited."""
        return "\n".join(e.text for e in self.evidence)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of the words cited, of whom they are about, and of the titles they stand under."""
        held: set[str] = set()
        for e in self.evidence:
            for number in e.numbers:
                held |= e.view.held[number] | {stem(word) for word in tokens(e.view.text(number))}
                held |= {stem(word) for voice in e.view.voices[number] for word in tokens(voice)}
        return frozenset(held)

    @cached_property
    def context(self) -> frozenset[str]:
        """Stems of the documents' titles, publishers and authors, and of the headings."""
        held: set[str] = set()
        for e in self.evidence:
            document = e.view.document
            held |= {stem(w) for w in tokens(f"{document.title} {document.publisher} {document.author}")}
            held |= {s for number in e.numbers for s in e.view.contexts[number]}
        return frozenset(held)

    def attributions(self) -> Iterator[tuple[Evidence, int, Attribution]]:
        """Whatever the documents credit somebody with in each sentence cited."""
        for e in self.evidence:
            for number in e.numbers:
                sentence = e.view.sentences[number]
                for a in e.view.attributions:
                    if a.start < sentence.end and sentence.start < a.end:
                        yield e, number, a


def failure(claim: Cited) -> str | None:
    """Why a claim may not be shown, or None: checks 1 to 4, in order."""
    for check in (
        check_plain, check_alone, check_reports, check_quotations, check_quoted_speakers, check_numbers, check_dates, check_names,
        check_offices, check_grave, check_deeds, check_turns, check_relations, check_voices, check_attributed, check_given_speaker,
    ):  # fmt: skip
        if reason := check(claim):
            return reason
    return None


def check_plain(claim: Cited) -> str | None:
    """It is a plain sentence: no markup, no address, no mark without its fellow, not endless."""
    if not re.search(r"[^\W\d_]{2}", claim.text):
        return "it is no sentence"
    if len(claim.text.split()) < SHORTEST:
        return "it is no sentence"
    if len(claim.text.split()) > LONGEST:
        return f"it has more than {LONGEST} words"
    if _MARKUP.search(claim.text):
        return "it holds markup or an address"
    if speaks_to_machines(claim.text):
        return "it gives instructions"
    words = tokens(claim.text)
    if len(words) > 16 and len({tuple(words[i : i + 3]) for i in range(len(words) - 2)}) < 0.7 * (len(words) - 2):
        return "it repeats itself"
    return marks_failure(claim.text)


def check_alone(claim: Cited) -> str | None:
    """It can be read alone: whoever "he" is, is named before, and is the one whom the document means there."""
    own = claim.statement.own
    if match := _POINTING.match(own):
        return f"it cannot be read alone: {match.group().strip()!r}"
    for match in _PERSONAL.finditer(own):
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
    for match in _PERSONAL.finditer(text[:place]):
        at = sentence.start + match.start()
        if e.view.credit_at(at) is None and (person := e.view.referent(number, at)[0]):
            named.append((match.start(), person.name))
    others = [(where, name) for where, name in named if name not in speakers | later]
    if others:
        yield max(others)[1]
    else:
        yield from speakers


def check_reports(claim: Cited) -> str | None:
    """What it rests on reports something, and does not tell a machine what to do."""
    return "the words it rests on are instructions, not a report" if speaks_to_machines(claim.words) else None


def speaks_to_machines(words: str) -> bool:
    """Whether some words are addressed to a program that reads them."""
    return bool(_INSTRUCTION.search(folded(words)[0]))


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
            return f"it credits {said or 'nobody'} with {words!r}, words of {', '.join(sorted(whose)) or 'somebody the document does not name'}"
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
    # The document names no person: who does something in its sentence, or is credited there as the claim reads, may be.
    if not said:
        return not e.view.voices[number] or source is None or not source.cue
    return said in _doers(e, number) or any(same_speaker(said, name) for name in _read_voices(e, number))


def _read_voices(e: Evidence, number: int) -> set[str]:
    """Whomever a sentence of a document credits, read as a claim is."""
    return Statement(e.view.text(number), [e.view]).credited()


def _doers(e: Evidence, number: int) -> set[str]:
    """Whoever does or says something in a sentence of a document: the first one it names, or its pronoun means."""
    view, text = e.view, e.view.text(number)
    found = set(view.voices[number])
    first = next((m for m in view.people.mentions(text) if not m.possessive), None)
    opening = re.match(r"(?:[\w’'-]+\s+){0,4}?(?:he|she)\b", text, re.IGNORECASE)
    if first and not re.search(r"\b(?:of|to|by|with|from|about|against|for|on)\s+\Z", text[: first.span.start]):
        found.add(first.person.name)
    if opening and (person := view.referent(number, view.sentences[number].start + opening.end() - 2)[0]):
        found.add(person.name)
    return found


def check_numbers(claim: Cited) -> str | None:
    """Its numbers stand in the words cited, with their bounds and measures, and count the same things."""
    cited, own = quantities(claim.words), quantities(claim.text)
    years = _years(claim, cited)
    marks = set(re.findall(r"[^\s,;()“”\"]*\d[^\s,;()“”\"]*", claim.words))
    for quantity in own:
        same = [
            q for q in cited if q.value == quantity.value and (q.measure == quantity.measure or not quantity.measure)
        ]
        shown = claim.text[quantity.start : quantity.end]
        mark = _mark_at(claim.text, quantity)
        if not same and not quantity.measure and (quantity.value in years or mark in marks):
            continue
        if "/" in mark and mark not in marks:
            return f"{mark} is not in the words cited"
        if not same:
            if quantity.value == 2 and not shown.isdigit() and _enumerates(claim.words):
                continue  # "both": two that are named
            return f"the number {shown} is not in the words cited"
        if shown[0].isdigit() and sum(q.value == quantity.value for q in own) > sum(q.value == quantity.value for q in cited):
            return f"the number {shown} is given more often than in the words cited"
        if not any(q.ordinal == quantity.ordinal for q in same):
            return f"the words cited count with {shown} otherwise"
        if not any(q.bound == quantity.bound for q in same) and not (
            quantity.bound == "" and all(q.ordinal for q in same)
        ):
            bound = same[0].bound or "exact"
            return f"the words cited have {shown} as {bound!r}, the claim has not"
        if _is_swapped(quantity, same, [q for q in cited if q.value != quantity.value]):
            return f"the number {shown} counts something else in the words cited"
    return None


def _years(claim: Cited, cited: Sequence[Quantity]) -> set[float]:
    """Years that may stand alone in the claim: those that do so in the words cited, else those of its dates, else the document's."""
    if any(EARLIEST <= q.value <= LATEST for q in cited):
        return set()
    if named := {float(d.year) for d in dates(claim.words) if d.year}:
        return named
    documents = [e.view.document for e in claim.evidence if e.view.document.evidence_to is None]
    return {float(d.published.year) for d in documents if d.published}


def _mark_at(text: str, quantity: Quantity) -> str:
    """The number with what it is grown together with ("101/2020", "43D"); "" for one that stands alone."""
    found = (m for m in re.finditer(r"[^\s,;()“”\"]+", text) if m.start() <= quantity.start < m.end())
    mark = next((m.group() for m in found), "")
    return mark if len(mark.strip(".")) > quantity.end - quantity.start else ""


def _enumerates(words: str) -> bool:
    return bool(re.search(r"\band\b", words))


def _is_swapped(mine: Quantity, same: Sequence[Quantity], others: Sequence[Quantity]) -> bool:
    """Whether another number of the words cited has more of the same around it."""
    near = max(len(mine.around & q.around) for q in same)
    return any(len(mine.around & q.around) > near for q in others)


def check_dates(claim: Cited) -> str | None:
    """Its dates stand in the words cited, or are those of the document."""
    cited = dates(claim.words)
    documents = [e.view.document for e in claim.evidence]
    published = [d.published for d in documents if d.published and d.evidence_to is None]
    for date in dates(claim.text):
        same = [
            d
            for d in cited
            if d.meets(date)
            and (date.day is None or d.day == date.day)
            and (not date.year or not d.year or d.year == date.year)
        ]
        if not same:
            if not cited and any(date.holds(day) for day in published):
                continue
            return f"the date {date} is not in the words cited"
        if (
            date.year
            and not any(d.year == date.year for d in same)
            and str(date.year) not in claim.words
            and not any(day.year == date.year for day in published)
        ):
            return f"the year {date.year} is not in the words cited"
        day = (date.day, date.month)
        if date.day and sum((d.day, d.month) == day for d in dates(claim.text)) > sum((d.day, d.month) == day for d in same):
            return f"the date {date} is given more often than in the words cited"
        others = [d for d in cited if not d.meets(date)]
        mine = _near(claim.text, date.span)
        if others and max(len(mine & _near(claim.words, d.span)) for d in same) < max(
            len(mine & _near(claim.words, d.span)) for d in others
        ):
            return f"{date} is the date of something else in the words cited"
    return None


def _near(text: str, span: Span) -> frozenset[str]:
    before = re.findall(r"\w+", re.split(r"[.;!?]\s|\n", text[: span.start])[-1])[-7:]
    after = re.findall(r"\w+", re.split(r"[.;!?]\s|\n|,", text[span.end :])[0])[:4]
    return frozenset(stem(w.lower()) for w in (*before, *after) if w.lower() not in STOP_WORDS and not w.isdigit())


def check_names(claim: Cited) -> str | None:
    """Whoever and whatever it names is named, or surely meant, in the words cited; first names go with their surnames."""
    allowed = claim.stems | claim.context
    persons = {p for e in claim.evidence for p in e.view.people.persons}
    here = {p for e in claim.evidence for number in e.numbers for p in e.view.about[number]}
    here |= {p for e in claim.evidence for n in e.numbers for v in e.view.voices[n] if (p := e.view.people.by_name(v))}
    own = claim.statement.own
    for named in (m for e in claim.evidence for m in e.view.people.mentions(own)):
        tie = named.possessive and any(named.person.surname in p.role for p in here)
        if named.person not in here and not tie and not set(tokens(named.person.surname)) <= set(tokens(claim.words)):
            return f"{named.person.name} is not in the words cited"
        held = _count(named.person, claim.words, claim) + _pronouns(claim.words) + tie
        if _count(named.person, own, claim) > max(1, held):
            return f"{named.person.name} is named more often than in the words cited"
        if wrong := _wrong_first_name(own, named.span, named.person, persons, allowed):
            return f"{wrong} {named.person.surname} is not the name in the document"
    for match in _CAPITALISED.finditer(own):
        word = match.group()
        for part in tokens(re.sub(r"[’']s\Z|[’']\Z", "", word)):
            if not _is_named(part, word, match.start(), claim, allowed):
                return f"{word} is not in the words cited"
    return None


def _count(person: Person, text: str, claim: Cited) -> int:
    """How often somebody is named in some words."""
    return len({m.span for e in claim.evidence for m in e.view.people.mentions(text) if m.person == person})


def _pronouns(text: str) -> int:
    return len(_PERSONAL.findall(text)) + len(re.findall(r"\b(?:they|them|their|who|I|my|me)\b", text))


def _is_named(part: str, word: str, place: int, claim: Cited, allowed: frozenset[str]) -> bool:
    root = stem(part)
    if root in allowed or part in STOP_WORDS or len(part) == 1 or part.isdigit():
        return True
    begins = place == 0 or bool(re.search(r"[.!?:]\s*[“\"‘']?\s*\Z", claim.statement.own[:place]))
    if begins and _is_common(part, claim):
        return True
    held = {s for s in allowed if s[:3] == part[:3]}
    if any(_is_form(part, other) for other in held) or _COUNTRIES.get(part, part) in allowed | {
        _COUNTRIES.get(s, s) for s in allowed
    }:
        return True
    return spells(word, claim.words) or (any(dates(f"1 {part}")) and bool(dates(claim.text)))


def _is_common(word: str, claim: Cited) -> bool:
    """Whether a word that a sentence begins with is no name: the documents have it in small letters, or English does."""
    if any(word in tokens(p.name) for e in claim.evidence for p in e.view.people.persons):
        return False
    if word in ROLES or word.endswith(("ing", "ly")) or word in _OPENERS:
        return True
    return any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", e.view.document.text) for e in claim.evidence)


def _is_form(one: str, other: str) -> bool:
    """Whether two words are a place and who or what is of it: "India", "Indian"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and any(
        short.endswith(old)
        and long in (f"{short[: len(short) - len(old)]}{new}", stem(f"{short[: len(short) - len(old)]}{new}"))
        for old, new in _PLACE_FORMS
    )


def _wrong_first_name(text: str, span: Span, person: Person, persons: set[Person], allowed: frozenset[str]) -> str:
    """The capitalised word before a surname that is neither part of the name nor an office or a place of the document."""
    before = re.search(r"([A-ZÀ-ÖØ-Þ][\w’'-]*)\s\Z", text[: span.start])
    if before is None or span.start == before.start():
        return ""
    word = before.group(1)
    plain = set(tokens(word))
    if plain <= set(tokens(f"{person.name} {person.role}")) or plain & ROLES or plain & STOP_WORDS:
        return ""
    if any(plain <= set(tokens(p.name)) for p in persons if p != person):
        return word
    return "" if {stem(w) for w in plain} <= allowed else word


def check_offices(claim: Cited) -> str | None:
    """An office, party or tie that it gives somebody is one the document gives them."""
    full = claim.statement.own
    persons = {p.surname: p for e in claim.evidence for p in e.view.people.persons}
    for named in reversed([m for e in claim.evidence[:1] for m in e.view.people.mentions(full)]):
        full = f"{full[: named.span.start]}{named.person.name}{full[named.span.end :]}"
    for person in people(full).persons:
        known = persons.get(person.surname)
        if not person.role or known is None:
            continue
        given = {stem(word) for word in content_words(person.role)}
        told = {stem(word) for word in tokens(known.role)} | {
            s for p in persons.values() if p.name in person.role for s in map(stem, tokens(p.name))
        }
        told |= _beside(known, claim) | {stem(w) for w in tokens(known.name)}
        if missing := [
            word for word in content_words(person.role) if stem(word) not in told and not _alike(stem(word), told)
        ]:
            return f"{known.name} is not {' '.join(missing)} in the document"
        del given
    unknown = [
        w for w in tokens(claim.statement.own) if w in ROLES and not _alike(stem(w), claim.stems | _roles(claim))
    ]
    return f"the office {unknown[0]!r} is not in the words cited" if unknown else None


def _roles(claim: Cited) -> frozenset[str]:
    """Stems of the offices that the documents give whomever the claim names."""
    named = {p for e in claim.evidence for p in (m.person for m in e.view.people.mentions(claim.text))}
    return frozenset(s for p in named for s in ({stem(w) for w in tokens(p.role)} | _beside(p, claim)))


def _beside(person: Person, claim: Cited) -> set[str]:
    """Stems of the words that stand beside a name in the documents."""
    held: set[str] = set()
    for e in claim.evidence:
        text = e.view.document.text
        for match in re.finditer(rf"(?<!\w)(?:{re.escape(person.name)}|{re.escape(person.surname)})(?!\w)", text):
            before = re.split(r"[.;:!?\n]", text[max(0, match.start() - WINDOW) : match.start()])[-1]
            others = [m.span.end for m in e.view.people.mentions(before) if m.person != person and not m.possessive]
            before = before[max(others, default=0) :]
            after = re.match(r",\s[^.;:!?\n]{0,80}", text[match.end() :])
            held |= {stem(w) for w in tokens(f"{before} {after.group() if after else ''}")}
    return held


def _alike(root: str, roots: frozenset[str] | set[str]) -> bool:
    return root in roots or bool(synonyms().get(root, frozenset()) & roots)


def check_grave(claim: Cited) -> str | None:
    """Words of crime, guilt, death and fate stand in the words cited, and so do verbs that say more than "said"."""
    held = claim.stems
    for word in content_words(claim.statement.own):
        root = stem(word)
        if root in _GRAVE and root not in held and not any(root in group and group & held for group in _SAME):
            return f"{word!r} is not in the words cited"
    for voice in claim.statement.voices:
        root = stem(voice.cue)
        wanted = _STRONG.get(root, frozenset()) if root not in _NEUTRAL else frozenset()
        if wanted and not wanted & held and not synonyms().get(root, frozenset()) & held:
            return f"{voice.cue!r} says more than the words cited"
    return None


def check_deeds(claim: Cited) -> str | None:
    """What somebody does in it, somebody does in the words cited: the verb after a name is theirs, or means the same."""
    own = claim.statement.own
    held = {root(word) for word in tokens(claim.words)} | claim.stems
    for named in claim.statement.named:
        if named.possessive or claim.statement.is_quoted(named.span.start):
            continue
        verb = _DEED.match(own[named.span.end :])
        word = verb.group("verb").lower() if verb else ""
        if not word or word in _SPOKEN_VERBS or word in LIGHT_VERBS or word in STOP_WORDS:
            continue
        if root(word) not in held and not _alike(stem(word), held) and not any(root(word) in g and g & held for g in _SAME):
            return f"the words cited do not say that {named.name} {word}"
    return None


# Straight after a name: its verb, in a form that can be no noun. Reports that say no more than "said" are free.
_DEED = re.compile(r"(?:,[^,;.]{2,60},)?\s(?:also |then |later |has |had |have |was |were |is |\w+ly )*(?P<verb>[a-z]{3,}(?:ed|ied))\b")
_SPOKEN_VERBS = frozenset(
    """stated added argued claimed described noted observed remarked commented mentioned explained expressed voiced referred called asked
    insisted stressed posted tweeted linked replied responded declared announced characterised characterized labelled labeled termed
    framed viewed regarded considered believed used based named titled located aged""".split()
)


def check_turns(claim: Cited) -> str | None:
    """Negations, conditions, possibilities, wishes and accusations are as in the words cited."""
    return difference(claim.text, claim.words, personal=bool(claim.statement.named))


def check_relations(claim: Cited) -> str | None:
    """Who does something to whom is the same way round as in the words cited."""
    theirs = {r for e in claim.evidence for span in e.spans for r in _relations(span.of(e.view.document.text), claim)}
    for doer, verb, other in _relations(claim.statement.own, claim):
        if (other, verb, doer) in theirs and (doer, verb, other) not in theirs:
            return f"in the words cited it is {other} who does it to {doer}"
    return None


def _relations(text: str, claim: Cited) -> set[tuple[str, str, str]]:
    """(who, stem of a word between, to whom) for names that follow one another in a sentence; "by" turns them round."""
    found = set()
    mentions = sorted(
        {(m.span.start, m.span.end, m.person.name) for e in claim.evidence for m in e.view.people.mentions(text)}
    )
    for (_, end, one), (start, _, two) in zip(mentions, mentions[1:], strict=False):
        between = text[end:start]
        if one == two or re.search(r"[.;!?]\s", between):
            continue
        for word in content_words(between):
            turned = bool(re.search(r"\b(?:by)\s+(?:[\w’'-]+\s+){0,5}\Z", between))
            found.add((two, stem(word), one) if turned else (one, stem(word), two))
    return found


def check_voices(claim: Cited) -> str | None:
    """Promise 3: whomever it credits with something is credited with it, or does it, in the words cited."""
    theirs = _document_voices(claim)
    held = {name for name, _, _ in theirs} | {
        n for e in claim.evidence for i in e.numbers for n in (*e.view.voices[i], *_doers(e, i))
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
        if person is None and not _is_aside(claim.text, voice.span):
            if set(tokens(voice.name)) <= set(tokens(words)) and _SOURCED.search(words):
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


def content_words_all(text: str) -> list[str]:
    """The words of `text` but for stop words; verbs that say little are kept."""
    return [word for word in tokens(text) if word not in STOP_WORDS]


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
        if a.kind != "indirect" and not _uses(a, e, own, claim):
            continue
        voices = [v for v in e.view.voices[number] if v] or ([a.speaker] if a.speaker else [])
        persons = [v for v in voices if e.view.people.by_name(v)]
        if not a.speaker and not a.cue and not _DISTANCED.search(claim.statement.own) and not _is_quoted_there(a, e, claim):
            return f"it states as a fact what stands between quotation marks: {e.view.document.text[a.start : a.end]!r}"
        if not persons:
            # A body, or somebody whom the rules could not name: the claim has to report, or name a source.
            if (voices or a.cue) and not _reports(claim, credited, voices):
                return f"the document credits {' and '.join(voices) or 'somebody'} with it, the claim nobody"
            continue
        if not any(same_speaker(name, voice) for name in credited for voice in persons):
            return f"it leaves out that {' and '.join(persons)} says so"
        direct = a.kind != "indirect" and e.view.people.by_name(a.speaker) is not None
        if direct and not any(same_speaker(name, a.speaker) for name in credited):
            return f"it leaves out that {a.speaker} says so"
    return _unreported(claim)


def _is_quoted_there(a: Attribution, e: Evidence, claim: Cited) -> bool:
    """Whether whatever the claim has of a quotation stands between quotation marks there too, as far as it is its own."""
    quoted = {stem(word) for word in content_words(e.view.document.text[a.start : a.end])}
    elsewhere = {stem(word) for word in tokens(_without(e, a))}
    return not (quoted - elsewhere) & {stem(word) for word in content_words(claim.statement.own)}


def _without(e: Evidence, a: Attribution) -> str:
    """The words cited but for those of a quotation."""
    text = e.view.document.text
    return " ".join(text[s.start : max(s.start, min(a.start, s.end))] + " " + text[min(s.end, max(a.end, s.start)) : s.end] for s in e.spans)


def _reports(claim: Cited, credited: set[str], voices: Sequence[str]) -> bool:
    own = claim.statement.own
    if any(same_speaker(named.name, voice) for named in claim.statement.named for voice in voices):
        return True
    return bool(_DISTANCED.search(own) or _DISTANCED_BY_SOURCE.search(own)) or (not voices and (reports(own) or bool(credited)))


def _unreported(claim: Cited) -> str | None:
    """Why a claim states as plain fact what a sentence credits to a newspaper or body at its beginning or end.

    Somebody's words that are credited to them need no second credit.
    """
    spoken = {v.name for v in claim.statement.voices if v.name and not _is_aside(claim.statement.own, v.span)}
    for e in claim.evidence:
        for number in e.numbers:
            source = _SOURCED.search(Statement(e.view.text(number), []).own)
            name = (source.group("source") or source.group("told")) if source else ""
            if not name or e.view.people.by_name(name):
                continue
            voices = {v.name for v in Statement(e.view.text(number), [e.view]).voices}
            kept = set(tokens(name)) & set(tokens(claim.text)) - STOP_WORDS
            if not kept and not _DISTANCED_BY_SOURCE.search(claim.statement.own) and not spoken & voices:
                return f"it leaves out that {name} reports it"
    return None


def _is_aside(text: str, span: Span) -> bool:
    """Whether a credit is only a clause about somebody: "X, who calls himself a socialist, is"."""
    return bool(re.search(r"\bwho\b", text[span.start : span.end]))


_SOURCED = re.compile(
    r"\b(?:according to|going by|by (?:the )?(?:accounts?|reports?) (?:of|in)) (?:the |a |an )?(?:[\w-]+ ){0,4}?"
    r"(?P<source>[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)"
    r"|(?:\A|, (?:as )?|; )(?:[Tt]he )?(?P<told>[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)(?:,? (?:carrying|and) [^,.]+,?)? (?:reported|reports)\b"
)
_DISTANCED_BY_SOURCE = re.compile(r"\b(?:according to|reported|reportedly|reports?|account)\b", re.IGNORECASE)
_DISTANCED = re.compile(
    r"\b(?:accused|alleged|allegedly|according to|reported|reportedly|said to|charged)\b", re.IGNORECASE
)


def _uses(a: Attribution, e: Evidence, own: set[str], claim: Cited) -> bool:
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
