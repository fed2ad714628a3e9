"""What a claim says was done, by whom, how surely and how gravely, against the words it cites."""

from __future__ import annotations

import itertools
import re

from .cited import PERSONAL, SAME, Cited, alike
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
        if verb and not _AUXILIARY.search(verb.group()) and _is_done_to(named.name, word, claim):
            return f"in the words cited it is not {named.name} who {word}"
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


def _is_done_to(name: str, verb: str, claim: Cited) -> bool:
    """Whether the sentences that have the verb, not in the passive, have the name after it only, and no "he" before."""
    found = False
    for e in claim.evidence:
        person = e.view.people.by_name(name)
        for number in e.numbers:
            text = e.view.text(number)
            at = next((m.start() for m in re.finditer(r"\w+", text) if root(m.group().lower()) == root(verb)), None)
            if (
                at is None
                or person is None
                or re.search(r"\b(?:was|were|been|being|is|are)\s+(?:\w+ly\s+)?\Z", text[:at])
            ):
                continue
            places = [m.span.start for m in e.view.people.mentions(text) if m.person == person]
            if not places or min(places) < at or PERSONAL.search(text[:at]) or person.name in e.view.voices[number]:
                return False
            found = True
    return found


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
