"""What a claim says was done, by whom, how surely and how gravely, against the words it cites."""

from __future__ import annotations

import itertools
import re

from .cited import SAME, Cited, alike
from .polarity import difference
from .words import LIGHT_VERBS, STOP_WORDS, content_words, root, stem, synonyms, tokens

# What must never be said of anybody in other words than the document's.
_GRAVE_WORDS = """
    convicted convict conviction guilty sentenced sentence jailed imprisoned incarcerated arrested detained murdered murder
    murderer killer killed kill killing dead died deaths death terrorist terrorism terror terrorists fraud corrupt
    corruption bribe bribed
    criminal criminals crime crimes extremist extremism mastermind masterminds masterminded masterminding conspired
    conspiracy conspirator
    conspirators plotted plot plotting rioter rioters attacked attack assaulted assault raped rape abused abuse stole
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
        if (
            root(word) not in held
            and not alike(stem(word), held)
            and not any(root(word) in g and g & held for g in SAME)
        ):
            return f"the words cited do not say that {named.name} {word}"
    return None


# Straight after a name: its verb, in a form that can be no noun. Reports that say no more than "said" are free.
_DEED = re.compile(
    r"(?:,[^,;.]{2,60},)?\s(?:also |then |later |has |had |have |was |were |is |\w+ly )*(?P<verb>[a-z]{3,}(?:ed|ied))\b"
)

_SPOKEN_VERBS = frozenset(
    """stated added argued claimed described noted observed remarked commented mentioned explained expressed voiced
    referred called asked
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
    for (_, end, one), (start, _, two) in itertools.pairwise(mentions):
        between = text[end:start]
        if one == two or re.search(r"[.;!?]\s", between):
            continue
        for word in content_words(between):
            turned = bool(re.search(r"\b(?:by)\s+(?:[\w’'-]+\s+){0,5}\Z", between))
            found.add((two, stem(word), one) if turned else (one, stem(word), two))
    return found
