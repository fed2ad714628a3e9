"""Whether citations are exact, whole, in order, and of the right words."""

from __future__ import annotations

import re

from .outcomes import Outcome, Score, Stretch, holds, places, stretch

FIRST = 2  # claims among which the answering sentence has to be
_MARK = re.compile(r"\[(\d{1,3})\]")


def citation_exactness(outcome: Outcome) -> Score | None:
    """Citations whose document, read from the folder, has exactly their words there, in their version / citations.

    One that begins or ends inside a word is not exact either (promise 1).
    """
    given = (*outcome.answer.citations, *outcome.answer.nearest)
    claimed = [c for claim in outcome.answer.claims for c in claim.citations]
    given = (*given, *(c for c in claimed if c not in given))
    if not given:
        return None
    faults = []
    for citation in given:
        document = outcome.documents.get(citation.document_id)
        fault = ""
        if document is None:
            fault = f"there is no document {citation.document_id}"
        elif citation.version != document.version:
            fault = f"{citation.document_id} has another version now"
        elif not citation.quote or document.text[citation.start : citation.end] != citation.quote:
            fault = f"{citation.document_id} has other words at {citation.start}-{citation.end}"
        elif _cuts(document.text, citation.start) or _cuts(document.text, citation.end):
            fault = f"{citation.start}-{citation.end} of {citation.document_id} cuts a word"
        faults.append(f"[{citation.number}] {fault}" if fault else "")
    found = [fault for fault in faults if fault]
    return Score(1 - len(found) / len(faults), "; ".join(found))


def marks(outcome: Outcome) -> Score | None:
    """1 if each claim stands in the text, in order, followed by the marks of its citations, which rise from 1; else 0.

    The text may hold nothing beside the claims but the line it begins with (`lead`).
    """
    answer = outcome.answer
    if not outcome.answered:
        fault = "a refusal cites or claims something" if answer.claims or answer.citations else ""
        return Score(0 if fault else 1, fault)
    numbers = [c.number for c in answer.citations]
    if numbers != list(range(1, len(numbers) + 1)):
        return Score(0, f"the citations are numbered {numbers}")
    first = list(dict.fromkeys(int(n) for n in _MARK.findall(answer.text)))
    if first != numbers:
        return Score(0, f"the text's marks come in the order {first}, the citations are {numbers}")
    written = "".join(claim.text + "".join(f"[{c.number}]" for c in claim.citations) for claim in answer.claims)
    if _bare(answer.text) != _bare(answer.lead + written):
        return Score(0, "the text is not its claims with their marks")
    bare = [claim.text for claim in answer.claims if not claim.citations]
    return Score(0, f"“{bare[0]}” cites nothing") if bare else Score(1)


def found(outcome: Outcome) -> Score | None:
    """1 if the first two claims cite at least 60% of a gold stretch; else 0.

    Where several items are wanted, one of them will do here; `citation_recall` counts all.
    """
    if not outcome.case.wanted or outcome.case.expect == "correct":
        return None
    cited = [stretch(c) for claim in outcome.answer.claims[:FIRST] for c in claim.citations]
    golds = [place for options in outcome.case.wanted for place in places(options, outcome.documents)]
    held = any(holds(cited, gold) for gold in golds)
    return Score(float(held), "" if held else "the first two claims do not cite the words that answer")


def citation_recall(outcome: Outcome) -> Score | None:
    """Wanted items of which at least 60% of one gold stretch is cited / wanted items.

    Of refusals it is 0 where something is wanted, but for a false premise.
    """
    wanted = outcome.case.wanted
    if not wanted or (outcome.case.expect == "correct" and not outcome.answered):
        return None
    cited = [stretch(citation) for citation in outcome.answer.citations]
    missed = [w[0] for w in wanted if not any(holds(cited, gold) for gold in places(w, outcome.documents))]
    return Score(1 - len(missed) / len(wanted), "; ".join(f"not cited: “{words}”" for words in missed))


def citation_precision(outcome: Outcome) -> Score | None:
    """Claims of which a citation overlaps a gold stretch / claims that cite something.

    By claim, since a quotation's credit is a citation of its own beside the words it credits.
    """
    claims = [claim for claim in outcome.answer.claims if claim.citations]
    golds = [place for options in outcome.case.wanted for place in places(options, outcome.documents)]
    if not claims or not golds:
        return None
    beside = [claim.text for claim in claims if not _overlaps([stretch(c) for c in claim.citations], golds)]
    return Score(1 - len(beside) / len(claims), "; ".join(f"beside the point: “{text}”" for text in beside))


def _overlaps(cited: list[Stretch], golds: list[Stretch]) -> bool:
    return any(piece.overlaps(gold) for piece in cited for gold in golds)


def _cuts(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
