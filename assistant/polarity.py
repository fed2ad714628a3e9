"""What a claim does to the negations, conditions, wishes and accusations of the words it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .operators import CONTRACTED, Operator, bare_words, operators
from .words import root, stem, tokens

SEVERAL = 2  # words in the reach of a "not" that a claim has without it
_IS_CHARGED = re.compile(
    r"\b(?:is|are|was|were|been|being|stands?)\s+(?:also\s+|now\s+)?(?:accused|charged|suspected)\b"
)
UNDONE = 6  # letters that "unhurt" has at least
IN_PASSING = 0.5  # share of the words of an accusation that a claim about nobody may have
MOSTLY, NEARLY_ALL = 0.6, 0.8  # shares of words that make it plain that a claim speaks of the same
_ADJECTIVES = frozenset(("alleged", "allegedly", "suspected", "purported", "supposed"))
_EXPLICIT = frozenset("not no never nobody none nothing neither nor cannot without".split())


def difference(claimed: str, cited: str, *, personal: bool = True) -> str | None:
    """What the claim does to a negation, a condition, a possibility, an intent or an accusation of the words cited.

    `personal`: whether the claim is about somebody; one that is not may speak of what an accusation mentions in passing.
    """
    mine, theirs = operators(claimed), operators(cited)
    claim_stems = frozenset(word.stem for word in bare_words(claimed) if word.stem)
    cited_stems = frozenset(word.stem for word in bare_words(cited) if word.stem)
    if reason := _counted(mine, theirs, claim_stems, cited_stems, cited):
        return reason
    for operator in (o for o in mine if o.kind == "negation"):
        if not _prefixed(operator, cited) and not _answered(operator, theirs, cited_stems):
            return f"it says {operator.word!r}, which the words cited do not"
    for operator in theirs:
        if not any(_takes_up(m, operator) for m in mine) and _is_left_out(operator, mine, theirs, claimed, cited):
            return f"it leaves out {operator.word!r}"
    negated = _of(mine, "negation")
    for word in _undone(cited):
        if stem(word[2:]) in claim_stems - cited_stems - negated and stem(word) not in claim_stems:
            return f"it leaves out {word!r}"
    for word in _undone(claimed):
        if stem(word) not in cited_stems and stem(word[2:]) in cited_stems:
            return f"{word!r} turns round what the words cited say"
    if _IS_CHARGED.search(claimed) and (reason := _charge(mine, theirs)):
        return reason
    return _accusation(mine, theirs, claim_stems, personal) or _softened(mine, theirs, claim_stems, cited)


def _is_left_out(
    operator: Operator, mine: Sequence[Operator], theirs: Sequence[Operator], claimed: str, cited: str
) -> bool:
    """Whether a claim says without an operator of the words cited what they say with it."""
    claim_stems = frozenset(word.stem for word in bare_words(claimed) if word.stem)
    mostly = bool(operator.reach) and len(operator.reach & claim_stems) >= MOSTLY * len(operator.reach)
    if operator.kind == "condition":
        return bool(operator.heads & claim_stems) and mostly and not any(o.kind == "condition" for o in mine)
    if operator.kind == "negation":
        here, plain = _of(mine, "negation"), _plain(cited, _of(theirs, "negation"))
        widely, heads = (operator.reach & claim_stems) - plain, operator.heads & claim_stems
        return (len(widely) >= SEVERAL and not widely & here) or bool(
            heads and not heads & here and (heads - plain or mostly)
        )
    if operator.kind in ("intent", "possible"):
        verbs = frozenset(root(word) for word in tokens(claimed)) if operator.kind == "intent" else claim_stems
        heads = operator.heads & verbs
        reached = frozenset().union(*(o.reach for o in theirs if o.kind == operator.kind))
        return bool(heads) and all(o.kind == "negation" for o in mine) and not heads <= _plain(cited, reached)
    return False


def _undone(text: str) -> list[str]:
    """The words of a text that may turn another round: "unhurt"."""
    return [word for word in tokens(text) if word.startswith("un") and len(word) >= UNDONE]


def _takes_up(mine: Operator, theirs: Operator) -> bool:
    """Whether an operator of the claim is one of the words cited, of the same subject, the rest a pronoun: "refused it"."""
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
    return operator.word in _EXPLICIT or bool(CONTRACTED.search(operator.word))


def _of(found: Sequence[Operator], kind: str) -> frozenset[str]:
    return frozenset().union(*(o.reach | o.heads for o in found if o.kind == kind))


def _plain(text: str, reached: frozenset[str]) -> frozenset[str]:
    """Stems that stand in `text` more often than operators reach them: at least once without one."""
    counts: dict[str, int] = {}
    for word in bare_words(text):
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


def _softened(
    mine: Sequence[Operator], theirs: Sequence[Operator], claim_stems: frozenset[str], cited: str
) -> str | None:
    """Where something is "alleged" by one word before it, and the claim has it without, whatever else it says is alleged."""
    kept = frozenset().union(*(o.clause | o.heads for o in mine if o.kind == "legal"))
    plain = _plain(cited, frozenset().union(*(o.heads for o in theirs if o.word in _ADJECTIVES)))
    for operator in theirs:
        if operator.word in _ADJECTIVES and (bare := (operator.heads & claim_stems) - kept - plain):
            return f"it leaves out that {min(bare)!r} is {operator.word!r}"
    return None
