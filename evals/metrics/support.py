"""Whether the words cited bear a claim out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant import Claim
from assistant.quotations import outermost, stands_in
from assistant.words import STOP_WORDS, stem, tokens

from .outcomes import Outcome, Score

Support = Callable[[str, str], float]
"""A checker: (evidence, claim) to a score in [0, 1]; from 0.5 the evidence supports the claim."""
SUPPORTED = 0.5
ALIGNED = 0.8  # share of a claim's words that have to stand in the evidence, in its order
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nobody|nothing|without|cannot|denied|denies)\b|n['’]t\b", re.I
)
_NAME = re.compile(r"(?<!\w)[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)*")


def aligned_share(claim: str, evidence: str) -> float:
    """Longest common subsequence of the two texts' words / words of the claim (ROUGE-L recall, Lin 2004)."""
    wanted, held = tokens(claim), tokens(evidence)
    if not wanted:
        return 1.0
    row = [0] * (len(held) + 1)
    for word in wanted:
        before = 0
        for place, other in enumerate(held, 1):
            above = row[place]
            row[place] = before + 1 if word == other else max(above, row[place - 1])
            before = above
    return row[-1] / len(wanted)


def overlap(evidence: str, claim: str) -> float:
    """Share of a claim's topic words, by stem, that occur in the evidence: the plainest baseline."""
    wanted = {stem(word) for word in tokens(claim) if word not in STOP_WORDS}
    held = {stem(word) for word in tokens(evidence)}
    return len(wanted & held) / len(wanted) if wanted else 1.0


def unsupported(claim: str, evidence: str, support: Support | None = None) -> str | None:
    """Why the evidence does not bear a claim out, or None.

    Without a checker: the claim's numbers, names and quotations have to be in the evidence, it may not turn the sense round with a
    "not" that the evidence lacks, and at least 80% of its words stand there in order. Words in square brackets are the
    writer's own notes on who "he" is and do not count.
    """
    told = _BRACKETS.sub(" ", claim)
    if support is not None:
        score = support(evidence, told)
        return None if score >= SUPPORTED else f"the checker gives it {score:.2f}"
    held, numbers = set(tokens(evidence)), set(_NUMBER.findall(evidence))
    for number in _NUMBER.findall(told):
        if number not in numbers:
            return f"the number {number} is not in the words cited"
    for name in _NAME.findall(told):
        words = [word for word in tokens(name) if word not in STOP_WORDS and len(word) > 1]
        if words and not any(word in held for word in words):
            return f"the name {name} is not in the words cited"
    for quote in outermost(told):
        if not stands(quote.inner.of(told), evidence):
            return f"the quotation “{quote.inner.of(told)}” is not in the words cited"
    if len(_NEGATION.findall(told)) > len(_NEGATION.findall(evidence)):
        return "it says “not” where the words cited do not"
    share = aligned_share(told, evidence)
    return None if share >= ALIGNED else f"only {share:.0%} of its words stand in the words cited"


def claim_fault(outcome: Outcome, claim: Claim, support: Support | None = None) -> str | None:
    """Why a claim's own citations, taken together, do not support it."""
    if not claim.citations:
        return "it cites nothing"
    return unsupported(claim.text, " ".join(outcome.cited(c) for c in claim.citations), support)


def faithfulness(outcome: Outcome, support: Support | None = None) -> Score | None:
    """Claims supported by their own citations, taken together / claims.

    Citation recall in ALCE (Gao et al. 2023), with the words themselves, or `support`, in the place of its
    entailment model.
    """
    if not outcome.answer.claims:
        return None
    faults = [(claim, claim_fault(outcome, claim, support)) for claim in outcome.answer.claims]
    return _share([f"“{claim.text}”: {fault}" if fault else "" for claim, fault in faults])


def citation_need(outcome: Outcome, support: Support | None = None) -> Score | None:
    """Citations without which their claim would lose support / citations.

    Citation precision in ALCE: a citation counts against it if its claim is supported as well without it.
    """
    faults = []
    for claim in outcome.answer.claims:
        for citation in claim.citations:
            rest = [other for other in claim.citations if other is not citation]
            evidence = " ".join(outcome.cited(other) for other in rest)
            idle = bool(rest) and unsupported(claim.text, evidence, support) is None
            faults.append(f"[{citation.number}] adds nothing to “{claim.text}”" if idle else "")
    return _share(faults) if faults else None


def stands(quoted: str, source: str) -> bool:
    """Whether a quotation stands in `source` word for word; the comma or stop that ends it may be the writer's."""
    return stands_in(quoted, source) or stands_in(quoted.rstrip(" ,."), source)


def _share(faults: Sequence[str]) -> Score:
    found = [fault for fault in faults if fault]
    return Score(1 - len(found) / len(faults), "; ".join(found))
