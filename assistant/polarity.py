"""What turns or softens the words after it: "not", "accused of", "if", "may", "wants to"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .dates import MONTHS
from .words import LIGHT_VERBS, STOP_WORDS, root, stem, tokens

# Each operator with the class it is of.
_NEGATIONS = (
    "not no never nobody none nothing neither nor cannot without hardly barely impossible unlikely unable false untrue lacks lack "
    "lacked absence denied denies deny denying refused refuses refuse failed fails fail barred rejected rejects stopped "
)
_LEGAL = (
    "accused accuse accuses accusing alleged allege alleges alleging allegedly allegation allegations suspected suspect suspects "
    "charged charge charges purported purportedly supposed supposedly booked accusation accusations claimed claims claim defendant "
    "undertrial facing faces chargesheet charge-sheeted charge-sheet prima "
)
_CONDITIONS = "if unless whether provided once until"
_POSSIBLE = (
    "may might could can possible possibly perhaps potentially likely appear appears appeared seem seems seemed must "
)
_INTENT = (
    "should ought would will shall want wants wanted wanting hope hopes hoped hopeful hoping plan plans planned seek seeks sought "
    "seeking urge urges urged urging demand demands demanded demanding ask asks asked asking appeal appealed "
    "appeals call calls called "
    "calling expect expects expected expecting expectation promise promised promises pledge pledged offer offered "
    "threaten threatened intend "
    "intended aim aims aimed propose proposed proposes try tried tries attempt attempted request requested requests recommend "
    "recommended favour favoured need needs needed push pushed pushes press pressed due set wish wished believe believes "
)
_CLASSES: dict[str, str] = {
    **dict.fromkeys(_INTENT.split(), "intent"),
    **dict.fromkeys(_POSSIBLE.split(), "possible"),
    **dict.fromkeys(_CONDITIONS.split(), "condition"),
    **dict.fromkeys(_LEGAL.split(), "legal"),
    **dict.fromkeys(_NEGATIONS.split(), "negation"),
}
_TOKEN = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*|[.,;:!?()—–]")
_ENDS = frozenset(".;:!?()—–")
_CLAUSE = frozenset((",", "but", "while", "though", "although", "because"))
_BEFORE = _CLAUSE | frozenset("after before when that and as which since who until if".split())
_EXPLICIT = frozenset("not no never nobody none nothing neither nor cannot without".split())
_CONTRACTED = re.compile(r"n[’']t\Z", re.IGNORECASE)
SEVERAL = 2  # words in the reach of a "not" that a claim has without it
_REACHES = {"legal": 200, "negation": 16}
_IS_CHARGED = re.compile(
    r"\b(?:is|are|was|were|been|being|stands?)\s+(?:also\s+|now\s+)?(?:accused|charged|suspected)\b"
)
UNDONE = 6  # letters that "unhurt" has at least
# Of whoever carries a report, and when: no part of what an operator bears on.
_OF_SOURCES = frozenset(("reported", "reports", "wrote", "according", *MONTHS))
IN_PASSING = 0.5  # share of the words of an accusation that a claim about nobody may have
MOSTLY, NEARLY_ALL = 0.6, 0.8  # shares of words that make it plain that a claim speaks of the same
REACH = 9  # tokens that an operator reaches, at most


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: its word, class, the heads it bears on (what follows it first) and all stems in its reach.

    `subject`: the stems right before it, of whoever refuses or denies.
    """

    word: str
    kind: str
    heads: frozenset[str]
    reach: frozenset[str]
    subject: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    stem: str
    name: bool


def operators(text: str) -> list[Operator]:
    """The operators of `text`, in order."""
    words = _words(text)
    found = []
    for place, word in enumerate(words):
        plain = word.text.lower()
        kind = "negation" if _CONTRACTED.search(plain) else _CLASSES.get(plain, "")
        if (
            not kind
            or (plain in ("rejected", "rejects") and _as(words, place))
            or (kind == "condition" and plain == "once")
        ):
            continue
        if plain == "no" and place + 1 < len(words) and words[place + 1].text in (",", "."):
            continue
        if plain == "accused" and place and words[place - 1].text.lower() == "the" and not _of_something(words, place):
            continue
        if plain == "stopped" and not (place + 1 < len(words) and words[place + 1].text == "short"):
            continue
        if plain == "not" and place + 1 < len(words) and words[place + 1].text in ("only", "just"):
            continue
        if plain in ("called", "calls", "call", "calling") and not (
            place + 1 < len(words) and words[place + 1].text in ("for", "on")
        ):
            continue
        if plain == "may" and word.text[0].isupper():
            continue
        subject = frozenset(word.stem for word in _subject_before(words, place) if word.stem)
        found.append(Operator(plain, kind, *_bearing(words, place, kind), subject))
    return found


def _of_something(words: Sequence[_Word], place: int) -> bool:
    return words[place + 1 : place + 2] != [] and words[place + 1].text in (
        "of",
        "under",
        "in",
        "men",
        "man",
        "women",
        "woman",
    )


def _as(words: Sequence[_Word], place: int) -> bool:
    return any(word.text == "as" for word in words[place + 1 : place + 8])


def _bearing(words: Sequence[_Word], place: int, kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """The heads and the reach of an operator."""
    reach: list[_Word] = []
    for number, word in enumerate(words[place + 1 : place + 1 + (_REACHES.get(kind, REACH))]):
        if kind == "legal" and word.text not in ".;!?" and not _is_told_of(words, place + 1 + number):
            reach.append(word)
            continue
        if kind == "legal":
            break
        if word.text in _ENDS or (word.text.lower() in _CLAUSE and (reach or kind != "condition")):
            break
        reach.append(word)
    bare = [word for word in reach if word.stem]
    if kind == "intent" and (to := next((i for i, word in enumerate(reach) if word.text == "to"), None)) is not None:
        # "wanted to give a letter": what is wanted is the giving, not the letter.
        verb = next((word for word in reach[to + 1 :] if word.text.lower() not in STOP_WORDS), None)
        if verb is not None:
            return frozenset([root(verb.text.lower())]), frozenset(word.stem for word in bare if not word.name)
    wide = 1 if kind in ("intent", "possible", "legal") else 3
    heads = [word.stem for word in bare if not word.name][:wide]
    if kind == "negation" and not heads:
        heads = [word.stem for word in _subject_before(words, place) if word.stem and not word.name][:1]
    return frozenset(heads), frozenset(word.stem for word in bare if not word.name)


def _is_told_of(words: Sequence[_Word], place: int) -> bool:
    """Whether a clause begins that tells of what was named: "the riots that left", not "alleged that"."""
    return words[place].text in ("that", "which") and bool(
        words[place + 1 : place + 2]
        and re.fullmatch(r"left|killed|began|broke|saw|took|claimed|led|caused|\w+ed", words[place + 1].text)
    )


def _subject_before(words: Sequence[_Word], place: int) -> Iterator[_Word]:
    """The words before an operator, backwards to where its clause begins: "bail was refused"."""
    for word in reversed(words[max(0, place - 5) : place]):
        if word.text in _ENDS or word.text.lower() in _BEFORE:
            return
        yield word


def _words(text: str) -> list[_Word]:
    result = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        plain = word.lower()
        empty = (
            plain in STOP_WORDS
            or plain.isdigit()
            or plain in _OF_SOURCES
            or plain in LIGHT_VERBS
            or not word[0].isalnum()
            or plain in _CLASSES
            or "’" in plain
            or "'" in plain
        )
        result.append(_Word(word, "" if empty else stem(plain), word[0].isupper() and match.start() > 0))
    return result


def difference(claimed: str, cited: str, *, personal: bool = True) -> str | None:
    """What the claim does to a negation, a condition, a possibility, an intent or an accusation of the words cited.

    `personal`: whether the claim is about somebody; one that is not may speak of what an accusation mentions in passing.
    """
    mine, theirs = operators(claimed), operators(cited)
    claim_stems = frozenset(word.stem for word in _words(claimed) if word.stem)
    claim_verbs = frozenset(root(word) for word in tokens(claimed))
    cited_stems = frozenset(word.stem for word in _words(cited) if word.stem)
    negated_here = _of(mine, "negation")
    negated_there = _of(theirs, "negation")
    plain_there = _plain(cited, negated_there)
    if reason := _counted(mine, theirs, claim_stems, cited_stems, cited):
        return reason
    for operator in mine:
        if (
            operator.kind == "negation"
            and not _prefixed(operator, cited)
            and not _answered(operator, theirs, cited_stems)
        ):
            return f"it says {operator.word!r}, which the words cited do not"
    for operator in (o for o in theirs if not any(_takes_up(m, o) for m in mine)):
        widely = (operator.reach & claim_stems) - plain_there
        if operator.kind == "negation" and len(widely) >= SEVERAL and not widely & negated_here:
            return f"it leaves out {operator.word!r}"
        heads = operator.heads & (claim_verbs if operator.kind == "intent" else claim_stems)
        if not heads:
            continue
        if operator.kind == "negation":
            most = operator.reach and len(operator.reach & claim_stems) >= MOSTLY * len(operator.reach)
            if not heads & negated_here and (heads - plain_there or most):
                return f"it leaves out {operator.word!r}"
        elif operator.kind == "condition":
            if not any(o.kind == "condition" for o in mine) and len(operator.reach & claim_stems) >= MOSTLY * len(
                operator.reach
            ):
                return f"it leaves out {operator.word!r}"
        elif operator.kind in ("intent", "possible"):
            soft = [o for o in mine if o.kind != "negation"]
            if not soft and not (
                heads <= _plain(cited, frozenset().union(*(o.reach for o in theirs if o.kind == operator.kind)))
            ):
                return f"it leaves out {operator.word!r}"
    for word in tokens(cited):
        rest = stem(word[2:]) if word.startswith("un") and len(word) >= UNDONE else ""
        if rest in claim_stems - cited_stems - negated_here and stem(word) not in claim_stems:
            return f"it leaves out {word!r}"
    for word in tokens(claimed):
        if (
            word.startswith("un")
            and len(word) >= UNDONE
            and stem(word) not in cited_stems
            and stem(word[2:]) in cited_stems
        ):
            return f"{word!r} turns round what the words cited say"
    if _IS_CHARGED.search(claimed) and (reason := _charge(mine, theirs)):
        return reason
    return _accusation(mine, theirs, claim_stems, personal)


def _takes_up(mine: Operator, theirs: Operator) -> bool:
    """Whether an operator of the claim is one of the words cited, by the same subject, with a pronoun for the rest: "refused it"."""
    return not mine.reach and root(mine.word) == root(theirs.word) and bool(mine.subject & theirs.subject)


def _counted(
    mine: Sequence[Operator], theirs: Sequence[Operator], claimed: frozenset[str], held: frozenset[str], cited: str
) -> str | None:
    """A "not" more than the words cited have, or one less in a claim that gives nearly all of them."""
    explicit = sum(o.kind == "negation" and _is_explicit(o) for o in mine)
    there = [o for o in theirs if o.kind == "negation"]
    exact = sum(_is_explicit(o) for o in there)
    whole = len(held & claimed) >= NEARLY_ALL * len(held)
    told = {o.word for o in mine}
    there = [o for o in there if _is_explicit(o) or o.word not in told]  # "not refused" is no "refused"
    prefixed = sum(o.kind == "negation" and _prefixed(o, cited) for o in mine)
    if explicit > (exact if whole else len(there)) + prefixed:
        return "it has a negation that the words cited have not"
    return "it leaves out a negation" if whole and explicit < exact else None


def _prefixed(operator: Operator, cited: str) -> bool:
    """Whether the words cited have what it negates with a prefix: "not hurt" for "unhurt"."""
    held = {stem(word) for word in tokens(cited)}
    return any(stem(f"{prefix}{head}") in held for head in operator.heads for prefix in ("un", "in", "im", "dis", "ir"))


def _is_explicit(operator: Operator) -> bool:
    return operator.word in _EXPLICIT or bool(_CONTRACTED.search(operator.word))


def _of(found: Sequence[Operator], kind: str) -> frozenset[str]:
    return frozenset().union(*(o.reach | o.heads for o in found if o.kind == kind))


def _plain(text: str, reached: frozenset[str]) -> frozenset[str]:
    """Stems that stand in `text` more often than operators reach them: at least once without one."""
    counts: dict[str, int] = {}
    for word in _words(text):
        if word.stem:
            counts[word.stem] = counts.get(word.stem, 0) + 1
    return frozenset(s for s, count in counts.items() if count > 1 or s not in reached)


def _answered(operator: Operator, theirs: Sequence[Operator], cited: frozenset[str]) -> bool:
    """Whether the words cited have a negation to this one: on the same word, or where they lack the word, any."""
    negations = [o for o in theirs if o.kind == "negation"]
    shared = operator.heads & cited
    if not _is_explicit(operator) and any(stem(o.word) == stem(operator.word) for o in negations):
        return True
    if not negations:
        return False
    return not shared or any(shared & (o.reach | o.heads) for o in negations)


def _charge(mine: Sequence[Operator], theirs: Sequence[Operator]) -> str | None:
    """Where a claim says of what somebody is accused, and the words cited say of something else."""
    held = frozenset().union(*(o.reach for o in theirs if o.kind == "legal"))
    for operator in mine:
        if (
            operator.word in ("accused", "accuses", "charged", "suspected", "accuse")
            and held
            and not operator.heads <= held
        ):
            odd = ", ".join(sorted(operator.heads - held))
            return f"the accusation in the words cited is not of {odd}"
    return None


def _accusation(
    mine: Sequence[Operator], theirs: Sequence[Operator], claim_stems: frozenset[str], personal: bool
) -> str | None:
    """Where somebody is accused, and the claim says it without."""
    legal = [
        o
        for o in theirs
        if o.kind == "legal" and o.word not in ("claimed", "claims", "claim", "face", "faces", "facing")
    ]
    if any(o.kind == "legal" for o in mine):
        return None
    for operator in legal:
        shared = operator.reach & claim_stems
        if shared and (personal or len(shared) >= IN_PASSING * len(operator.reach)):
            return f"it leaves out {operator.word!r}"
    return None
