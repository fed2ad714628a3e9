"""What a claim says was done, by whom, how surely and how gravely, against the words it cites."""

from __future__ import annotations

import itertools
import re

from .cited import PERSONAL, SAME, Cited, alike
from .evidence import match as alikeness
from .locating import Evidence
from .names import Person
from .polarity import difference
from .statements import is_report, same_speaker
from .words import LIGHT_VERBS, STOP_WORDS, content_words, root, stem, synonyms, tokens

# What must never be said of anybody in other words than the document's.
_GRAVE_WORDS = """
    convicted convict conviction guilty sentenced sentence jailed imprisoned incarcerated arrested detained murdered murder
    murderer killer killed kill killing dead died deaths death terrorist terrorism terror terrorists fraud corrupt
    corruption bribe bribed
    criminal criminals crime crimes extremist extremism mastermind masterminds masterminded masterminding conspired
    conspiracy conspirator
    conspirators plotted plot plotting rioter rioters riot riots attacked attack assaulted assault raped rape abused abuse stole
    stolen theft thief
    resigned resign sacked fired dismissed suspended expelled deported extradited pardoned acquitted acquittal
    released freed free bailed
    charged indicted prosecuted prosecution lied liar lies lying traitor treason sedition seditious spy spied funded
    financed funding
    incited inciting incitement instigated instigating organised orchestrated orchestrated led leading jihadist islamist antisemitic
    racist radical militant threatened threat threats blackmailed sued injured wounded granted won lost banned cleared
    exonerated innocent
    innocence proved proven proof evidence admitted admits confessed confession confesses conceded acknowledged
    apologised apologized
    apology lynched punished punishment executed hanged illegal illegally unlawful violent violence responsible accomplice"""

_GRAVE = frozenset(stem(word) for word in _GRAVE_WORDS.split())

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
            "threatened threaten warned warn", "promised pledged vowed assured assure",
            "praised praise welcomed backed lauded hailed",
            "apologised apologized", "lied", "demanded demand insisted sought called", "agreed agrees", "pointed noted observed",
        )
    )
    for word in group
}  # fmt: skip

_NEUTRAL = frozenset(
    stem(word)
    for word in "pointed noted observed showed shows called insisted attacked questioned assured sought targeted".split()
)


def check_grave(claim: Cited) -> str | None:
    """Words of crime, guilt, death and fate stand in the words cited, and so do verbs that say more than "said"."""
    held = claim.stems
    for word in content_words(claim.statement.own):
        root = stem(word)
        if root in _GRAVE and root not in held and not any(root in group and group & held for group in SAME):
            return f"{word!r} is not in the words cited"
    for voice in claim.statement.voices:
        root = stem(voice.cue)
        wanted = _STRONG.get(root, frozenset()) if root not in _NEUTRAL else frozenset()
        if wanted and not wanted & held and not synonyms().get(root, frozenset()) & held:
            return f"{voice.cue!r} says more than the words cited"
    return None


def check_words(claim: Cited) -> str | None:
    """Every word of its own that carries a sense is in the words cited, as itself, its kin or a synonym; or only reports."""
    held = claim.stems | {root(word) for word in tokens(claim.words)}
    for match in _SMALL.finditer(claim.statement.own):
        for word in content_words(match.group()):
            if word in LIGHT_VERBS or word in _PLAIN or is_report(word) or word.isdigit():
                continue
            if f"un{word}" in tokens(claim.words):
                continue
            if (
                root(word) not in held
                and alikeness(word, held) < KIN
                and not any(root(word) in g and g & held for g in SAME)
            ):
                return f"{word!r} is not in the words cited"
    if re.search(r"\bbehind\b", claim.statement.own) and not re.search(r"\bbehind\b", claim.words):
        return "'behind' is not in the words cited"
    return None


def check_scare_quotes(claim: Cited) -> str | None:
    """A grave word that the document has in quotation marks only stands in such here, unless it says who is accused of it."""
    if re.search(r"\b(?:accused|alleged|allegedly|charged)\b", claim.statement.own):
        return None
    quoted, plain = set[str](), set[str]()
    for e in claim.evidence:
        for number in e.numbers:
            sentence, text = e.view.sentences[number], e.view.document.text
            held = [q for q in e.view.quotations if sentence.start <= q.outer.start and q.outer.end <= sentence.end]
            short = [q for q in held if len(q.inner.of(text).split()) <= SCARE]
            quoted |= {stem(w) for q in short for w in content_words(q.inner.of(text))}
            rest = text[sentence.start : sentence.end]
            for q in short:
                rest = rest.replace(q.outer.of(text), " ")
            plain |= {stem(w) for w in content_words(rest)}
    for word in content_words(claim.statement.own):
        if stem(word) in quoted - plain and (stem(word) in _GRAVE or stem(word.rstrip("s")) in _GRAVE):
            return f"{word!r} stands in quotation marks in the document"
    return None


def check_questions(claim: Cited) -> str | None:
    """What is only asked in the words cited is not stated."""
    own = {stem(word) for word in content_words(claim.text)}
    asking = stating = 0
    for e in claim.evidence:
        for number in e.numbers:
            shared = len(own & e.view.words[number])
            if e.view.text(number).rstrip("”\"’'").endswith("?"):
                asking = max(asking, shared)
            else:
                stating = max(stating, shared)
    if asking > stating and not _ASKS.search(claim.text):
        return "the words cited only ask it"
    return None


def check_deeds(claim: Cited) -> str | None:
    """Whoever does something in it does it in the words cited: who stands before the verb there, by name, office or pronoun."""
    own = claim.statement.own
    for named in claim.statement.named:
        person = next(filter(None, (e.view.people.by_name(named.name) for e in claim.evidence)), None)
        if person is None or named.possessive or claim.statement.is_quoted(named.span.start):
            continue
        verb = _DEED.match(own[named.span.end :])
        word = verb.group("verb").lower() if verb else ""
        if not verb or not _is_deed(word) or (_AUXILIARY.search(verb.group()) and not word.endswith("ing")):
            continue
        doers_ = [who for e in claim.evidence for n in e.numbers if (who := _doing(word, e, n)) is not None]
        if not doers_ and not any(root(word) in {root(w) for w in tokens(e.text)} for e in claim.evidence):
            thing = word == "wrote" and _A_THING.match(own[named.span.end + verb.end() :])
            if word not in _SPOKEN_VERBS and (thing or not is_report(word)) and not alike(stem(word), claim.stems):
                return f"the words cited do not say that {named.name} {word}"
            continue
        if doers_ and not any(not who or any(_may_be(person, name) for name in who) for who in doers_):
            names = ", ".join(sorted({name for who in doers_ for name in who}))
            return f"in the words cited it is {names} who {word}, not {named.name}"
    return None


def _may_be(person: Person, who: str) -> bool:
    """Whether somebody is `who`: a name, or "?" and the office of one who is not known by name."""
    return who[1:] in tokens(person.role) if who.startswith("?") else same_speaker(person.name, who)


def _is_deed(word: str) -> bool:
    return (
        bool(word)
        and word not in STOP_WORDS
        and word not in _SPOKEN_VERBS
        and (
            word.endswith(("ed", "ing"))
            or (root(word) != stem(word) and word not in ("said", "told", "thought", "found", "held"))
        )
    )


def _doing(verb: str, e: Evidence, number: int) -> set[str] | None:
    """Who can be the subject of a verb in a sentence of a document; empty where that cannot be told, None without the verb.

    After "who" it is the one named last; whoever is only credited with the sentence is not meant, unless nobody else is.
    """
    text, sentence = e.view.text(number), e.view.sentences[number]
    at = next((m.start() for m in re.finditer(r"\w+", text) if root(m.group().lower()) == root(verb)), None)
    if at is None:
        return None
    if re.search(r"\b(?:was|were|been|being)\s+(?:\w+ly\s+)?\Z", text[:at]):
        return set()
    named = [(m.span.start, m.person.name) for m in e.view.people.mentions(text) if m.span.start < at]
    named += [
        (span.start, who.name if who else f"?{noun}")
        for span, noun, who in e.view.people.described(text)
        if span.start < at
    ]
    for match in PERSONAL.finditer(text[:at]):
        said = e.view.credit_at(sentence.start + match.start())
        person = e.view.referent(number, sentence.start + match.start())[0]
        named.append((match.start(), said.speaker if said else person.name if person else ""))
    if e.view.quotation(sentence.start + at) and re.search(r"\b(?:I|we)\b", text[:at]):
        named += [(0, voice) for voice in e.view.voices[number]]
    if not named:
        return set(e.view.voices[number])
    if re.search(r"\bwho\s+(?:has |have |had |also )?\Z", text[:at]):
        return {max(named)[1]} - {""}
    return set() if any(not name for _, name in named) else {name for _, name in named}


# Straight after a name: its verb, in a form that can be no noun. Reports that say no more than "said" are free.
_DEED = re.compile(
    r"(?:,[^,;.]{2,60},)?\s(?:also |then |later |has |had |have |been |was |were |is |\w+ly )*(?P<verb>[a-z]{3,})\b"
)

_SPOKEN_VERBS = frozenset(
    """stated added argued claimed described noted observed remarked commented mentioned explained expressed voiced
    referred called asked
    insisted stressed posted tweeted linked replied responded declared announced characterised characterized labelled labeled termed
    framed viewed regarded considered believed used based named titled located aged""".split()
)


def check_passives(claim: Cited) -> str | None:
    """Whoever something is done to in it does not do it in the words cited: "were refused bail by X" is not "X were refused"."""
    own = claim.statement.own
    for match in _PASSIVE.finditer(own):
        clause = re.split(r"[.;]|\b(?:while|but|whereas)\b", own[: match.start()])[-1]
        start = match.start() - len(clause)
        subjects = {n.name for n in claim.statement.named if start <= n.span.start < match.start() and not n.possessive}
        for e in claim.evidence:
            for number in e.numbers:
                text = e.view.text(number)
                for other in _PASSIVE.finditer(text):
                    by = _BY.search(text[other.end() :])
                    if root(other.group("verb").lower()) != root(match.group("verb").lower()) or by is None:
                        continue
                    doing = {m.person.name for m in e.view.people.mentions(by.group())}
                    before = {m.person.name for m in e.view.people.mentions(text[: other.start()])}
                    if wrong := subjects & doing - before:
                        return f"in the words cited it is {wrong.pop()} who does it"
    return None


_AUXILIARY = re.compile(r"\b(?:was|were|is|are|been)\b")
_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being)\s+(?:not\s+)?(?P<verb>[a-z]+(?:ed|en|wn|ght|ld))\b")
_BY = re.compile(r"\bby\s[^.;]{3,80}?(?=,? (?:on|in|at|while|as|and then|after|before)\b|[,.;]|\Z)")


SCARE = 4  # words of a quotation up to which it may be a writer's distance from a word
KIN = 0.7  # likeness from which a word stands for another
_A_THING = re.compile(r"\s(?:the|an?|his|her|this|that)\s(?!in\b)[a-z]+")
_SMALL = re.compile(r"(?<![\w’'-])[a-z][\w’'-]*")
_ASKS = re.compile(
    r"\?|\b(?:ask|asks|asked|asking|question|questions|questioned|wonder|wonders|wondered|whether|why)\b"
)
# Words that add nothing to what is said.
_PLAIN = frozenset("whenever set not no never also both alike saying note notes article document documents".split())


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
    for (_, end, one), (start, _, two) in itertools.pairwise(mentions):
        between = text[end:start]
        if one == two or re.search(r"[.;!?]\s", between):
            continue
        for word in content_words(between):
            turned = bool(re.search(r"\b(?:by)\s+(?:[\w’'-]+\s+){0,5}\Z", between))
            found.add((two, stem(word), one) if turned else (one, stem(word), two))
    return found
