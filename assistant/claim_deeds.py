"""What a claim says was done, by whom, how surely and how gravely, against the words it cites."""

from __future__ import annotations

import itertools
import re

from .cited import SAME, Cited
from .dates import MONTHS
from .matching import match as alikeness
from .polarity import difference
from .statements import is_report
from .words import LIGHT_VERBS, content_words, root, stem, synonyms, tokens

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
    root: group
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
    for root in group
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


SCARE = 4  # words of a quotation up to which it may be a writer's distance from a word
KIN = 0.7  # likeness from which a word stands for another
_A_THING = re.compile(r"\s(?:the|an?|his|her|this|that)\s(?!in\b)[a-z]+")
_SMALL = re.compile(r"(?<![\w’'-])[a-zà-öø-ÿ][\w’'-]*")
_ASKS = re.compile(
    r"\?|\b(?:ask|asks|asked|asking|question|questions|questioned|wonder|wonders|wondered|whether|why)\b"
)
# Words that add nothing to what is said.
_PLAIN = frozenset(
    "according together whenever set not no never also both alike saying note notes article document documents".split()
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
    for (_, end, one), (start, _, two) in itertools.pairwise(mentions):
        between = text[end:start]
        if one == two or re.search(r"[.;!?]\s", between):
            continue
        for word in (w for w in content_words(between) if not w.isdigit() and w not in MONTHS):
            turned = bool(re.search(r"\b(?:by)\s+(?:[\w’'-]+\s+){0,5}\Z", between))
            found.add((two, stem(word), one) if turned else (one, stem(word), two))
    return found
