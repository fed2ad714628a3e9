"""`python -m benchmarks.claims`: true claims from the corpus, and each of them made false in one way.

A claim is a sentence of a document that can be read alone, cited to itself; half of those that allow it are reworded by
rule ("A, X said." as "X said that A."). Every corruption is tried on as many claims as allow it, of those that pass
uncorrupted; where they allow a kind too seldom, on further claims. Reported: the share of corruptions that the checks
catch, by kind, and the share of true claims that they refuse.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import resources
from assistant.attributions import attributions
from assistant.cited import Cited
from assistant.claim_checks import failure
from assistant.cues import CUES, MORE
from assistant.dates import MONTHS, dates
from assistant.documents import read_corpus
from assistant.locating import Evidence
from assistant.passages import SentenceSplitter, passages
from assistant.quantities import quantities
from assistant.quotations import outermost
from assistant.references import insertions
from assistant.support import Checker
from assistant.views import View

CLAIMS, SEED = 200, 6
LEAST = 40  # false claims of a kind, for which further claims are drawn
OTHER = Path(__file__).resolve().parents[1] / "evals" / "stories" / "other"
_SHORTEST = 6  # words
_TRAILING = re.compile(
    r"\A(?P<said>.+),(?P<mark>[”\"’]?) (?P<who>[A-Z][\w’'. -]+?) (?P<verb>said|wrote|added|argued)\.\Z"
)
_AUXILIARY = re.compile(r"\b(is|was|are|were|has|had|have|will|would|can|could|may|should|does|did)\b(?! not)")
_NOT = re.compile(r"\b(?:not|never|no) \b")
_LEADING = re.compile(
    r"\A(?:[\w’'.,() -]+? )?(?:said|told \w+|wrote|added|alleged|argued|insisted"
    r"|claimed)(?: on [\w ,]+?)?(?:,[^,]+,)? that (?P<rest>.+)\Z"
)
_CREDIT = re.compile(
    r",(?P<mark>[”\"’]?) (?:as )?[A-Z][\w’'. ,-]*? (?:said|reported|wrote|added)\b[^.]*\.\Z|, according to [^.]+\.\Z"
)
_ACCUSED = re.compile(
    r"\b(?:accused of|charged with|alleged to have|suspected of)\b|\b(?:accused|alleged|suspected|charged)\b"
)
_SOFTENED = re.compile(r"\b(?:alleged|suspected|purported)\s(?=[a-z])|\ballegedly\s")
_CHARGES = re.compile(r"\b(?:accusations?|allegations?)\b(?! (?:is|are|was|were)\b)")


@dataclass(frozen=True)
class Case:
    """A claim with its evidence; `kind` says what was done to it, "" for a true one."""

    text: str
    evidence: Evidence
    kind: str = ""


Corruption = Callable[[Case, Sequence[View], random.Random], Iterator[Case]]


def views() -> list[View]:
    """The documents of the corpus, and of the evals' other story."""
    splitter = SentenceSplitter.for_tokens("o200k_base", 160)
    found = []
    for folder in (resources.path("corpus"), OTHER):
        for document in read_corpus(folder, max_bytes=1_000_000).documents.values():
            parts = passages(document, splitter)
            spans = [span for part in parts for span in part.sentences]
            headings = [part.heading for part in parts for _ in part.sentences]
            found.append(View(document, spans, attributions(document, parts), headings))
    return found


def true_claims(held: Sequence[View], count: int = CLAIMS, seed: int = SEED) -> tuple[list[Case], list[Case]]:
    """`count` sentences that can be read alone, drawn evenly over the documents, some reworded; and all others."""
    draw = random.Random(seed)
    pools = []
    for view in held:
        alone = [n for n in range(len(view.sentences)) if _stands_alone(view, n)]
        draw.shuffle(alone)
        pools.append([(view, n) for n in alone])
    cases: list[Case] = []
    while any(pools):
        for view, number in (pool.pop() for pool in pools if pool):
            text = view.text(number)
            cases.append(Case(_reworded(text) if len(cases) % 2 else text, Evidence(view, (number,))))
    return cases[:count], cases[count:]


def _stands_alone(view: View, number: int) -> bool:
    names, alone = insertions(view, number, view.sentences[number])
    text = view.text(number)
    whole = all(quote.closed for quote in outermost(text)) and text.count('"') % 2 == 0
    inside = view.quotation(view.sentences[number].start + 1) or view.quotation(view.sentences[number].end - 1)
    return (
        alone
        and not names
        and whole
        and inside is None
        and len(text.split()) >= _SHORTEST
        and text.endswith((".", "”", '"'))
    )


def _reworded(text: str) -> str:
    match = _TRAILING.match(text)
    if not match:
        return text
    said = match["said"]
    if match["mark"] or outermost(text):
        return (
            f"{match['who']} {match['verb']}, {said},{match['mark']}".rstrip(",") + "."
            if not match["mark"]
            else f"{match['who']} {match['verb']}: {said}{match['mark']}."
        )
    return f"{match['who']} {match['verb']} that {said[:1] if _is_name(said, text) else said[:1].lower()}{said[1:]}."


def _is_name(said: str, text: str) -> bool:
    word = re.match(r"[\w’'-]+", said)
    return bool(word) and not re.match(r"(?:The|A|An|In|On|At|It|No|Such|This|There|By|For|After|Every|All)\b", text)


# Corruptions


def speaker(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """Somebody else of the document says it."""
    view = case.evidence.view
    for name in {v for n in case.evidence.numbers for v in view.voices[n]}:
        shown = next(
            (form for form in (name, name.split()[-1]) if re.search(rf"\b{re.escape(form)}\b", case.text)), None
        )
        others = [p.name for p in view.people.persons if p.certain and p.name != name]
        if shown and others:
            yield replace(case, text=re.sub(rf"\b{re.escape(shown)}\b", draw.choice(others), case.text, count=1))


def number(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """A number is another."""
    for q in quantities(case.text):
        shown = case.text[q.start : q.end]
        if shown[0].isdigit():
            other = str(int(q.value) + draw.choice((1, 2, 10, -1)))
        else:
            other = draw.choice([w for w in ("three", "four", "seven", "twelve", "ninth") if w != shown.lower()])
        yield replace(case, text=f"{case.text[: q.start]}{other}{case.text[q.end :]}")


def date(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """A date is another: its day, its month or its year."""
    for d in dates(case.text):
        words = d.span.of(case.text)
        if d.day:
            yield _put(case, d.span.start, d.span.end, re.sub(rf"\b{d.day}\b", str(d.day % 27 + 1), words))
        yield _put(
            case,
            d.span.start,
            d.span.end,
            re.sub(r"[A-Z][a-z]+", MONTHS[(d.month + draw.randrange(10)) % 12].title(), words),
        )
        if d.year:
            yield _put(case, d.span.start, d.span.end, words.replace(str(d.year), str(d.year - 1)))


def _put(case: Case, start: int, end: int, words: str) -> Case:
    return replace(case, text=f"{case.text[:start]}{words}{case.text[end:]}")


def negation(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """A "not" is put in, or taken out."""
    own = _own(case.text)
    if match := _NOT.search(own):
        yield _put(case, match.start(), match.end(), "")
    elif match := _AUXILIARY.search(own):
        yield _put(case, match.end(), match.end(), " not")


def name(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """Somebody who is not the speaker, or a place, is another of the document."""
    view = case.evidence.view
    voices = {v for n in case.evidence.numbers for v in view.voices[n]}
    mentions = [m for m in view.people.mentions(case.text) if m.person.name not in voices]
    others = [p.name for p in view.people.persons if p.certain]
    for mention in mentions[:1]:
        choices = [other for other in others if other != mention.person.name]
        if choices:
            yield _put(case, mention.span.start, mention.span.end, draw.choice(choices))
    places = [
        p
        for p in ("Delhi", "India", "New York", "Washington", "Bangladesh", "Tarrowhaven", "Fennimore")
        if p in _own(case.text)
    ]
    for place in places[:1]:
        yield replace(
            case,
            text=case.text.replace(
                place, draw.choice([p for p in ("Mumbai", "London", "Pakistan", "Chicago") if p != place]), 1
            ),
        )


def quoted_word(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """A word between quotation marks is another, or gone."""
    for quote in outermost(case.text):
        words = list(re.finditer(r"\w{3,}", quote.inner.of(case.text)))
        if words:
            match = draw.choice(words)
            inside = words[0] is not match and words[-1] is not match  # at an end, leaving a word out alters nothing
            start, end = quote.inner.start + match.start(), quote.inner.start + match.end()
            yield _put(case, start, end, draw.choice(("never", "terrible", "deeply", *([""] if inside else []))))


def attribution_dropped(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """Who says it is left out."""
    view = case.evidence.view
    if not any(view.voices[n] for n in case.evidence.numbers):
        return
    if match := _LEADING.match(case.text):
        yield replace(case, text=match["rest"][:1].upper() + match["rest"][1:])
    elif match := _CREDIT.search(case.text):
        rest = f"{case.text[: match.start()]}{match.groupdict().get('mark') or ''}."
        # Where a speaker is still credited, no attribution is lost but that of who reports it.
        if (
            not re.search(rf"\b(?:{'|'.join(CUES | MORE)}|say|deny|denies|objects|according to)\b", rest)
            and len(rest.split()) >= _SHORTEST
        ):
            yield replace(case, text=rest)


def accused_convicted(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """Whoever is accused or charged is convicted, or simply did it."""
    if match := _ACCUSED.search(_own(case.text)):
        after = match.group().split()[1:]
        yield _put(
            case,
            match.start(),
            match.end(),
            "convicted of" if after else draw.choice(("convicted", "guilty", "proven")),
        )
    if match := _SOFTENED.search(_own(case.text)):
        yield _put(case, match.start(), match.end(), "")
    if match := _CHARGES.search(_own(case.text)):
        yield _put(case, match.start(), match.end(), draw.choice(("convictions", "crimes", "offences proven")))


def wrong_passage(case: Case, held: Sequence[View], draw: random.Random) -> Iterator[Case]:
    """It is cited to another sentence: of the same document that shares most words with it, or any of another."""
    view, numbers = case.evidence.view, case.evidence.numbers
    own = frozenset().union(*(view.words[n] for n in numbers))
    apart = [
        n for n in range(len(view.sentences)) if abs(n - numbers[0]) > 1 and len(view.words[n] & own) < 0.6 * len(own)
    ]
    if apart:
        yield replace(case, evidence=Evidence(view, (max(apart, key=lambda n: len(view.words[n] & own)),)))
        yield replace(case, evidence=Evidence(view, (draw.choice(apart),)))


CORRUPTIONS: dict[str, Corruption] = {
    "speaker": speaker, "number": number, "date": date, "negation": negation, "name": name, "quoted word": quoted_word,
    "attribution dropped": attribution_dropped, "accused, convicted": accused_convicted, "wrong passage": wrong_passage,
}  # fmt: skip


def _own(text: str) -> str:
    for quote in outermost(text):
        text = f"{text[: quote.outer.start]}{' ' * (quote.outer.end - quote.outer.start)}{text[quote.outer.end :]}"
    return text


def corrupted(cases: Sequence[Case], spare: Sequence[Case], held: Sequence[View], seed: int = SEED) -> list[Case]:
    """Every corruption of every case that changes something; of kinds with too few, those of `spare` cases too."""
    draw = random.Random(seed)
    found: list[Case] = []
    for kind, corruption in CORRUPTIONS.items():
        count = len(found)
        for number, case in enumerate((*cases, *spare)):
            if number >= len(cases) and len(found) - count >= LEAST:
                break
            found += [replace(wrong, kind=kind) for wrong in corruption(case, held, draw) if wrong != case]
    return found


def verdict(case: Case, checker: Checker) -> str | None:
    """Why the checks refuse a claim, or None."""
    if reason := failure(Cited(case.text, (case.evidence,))):
        return reason
    score = checker.support(case.text, case.evidence.text)
    return f"support {score:.2f}" if score < checker.bar else None


def main() -> None:
    """Print the table, in Markdown; with --show, what went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--show", action="store_true", help="list true claims refused and false ones let through")
    parser.add_argument("--seed", type=int, default=SEED, help="which claims are drawn")
    options = parser.parse_args()
    held, checker = views(), Checker()
    cases, spare = true_claims(held, seed=options.seed)
    refused = [(case, reason) for case in cases if (reason := verdict(case, checker))]
    print("| kind | n | caught |\n|---|---|---|")
    passing, further = ([case for case in group if verdict(case, checker) is None] for group in (cases, spare))
    wrong = corrupted(passing, further, held, options.seed)
    missed = [case for case in wrong if verdict(case, checker) is None]
    for kind in CORRUPTIONS:
        count, through = (sum(case.kind == kind for case in group) for group in (wrong, missed))
        print(f"| {kind} | {count} | {(1 - through / count) if count else 1:.1%} |")
    print(f"\nUncorrupted: {len(refused)} of {len(cases)} refused ({len(refused) / len(cases):.1%}).")
    for case, reason in refused if options.show else ():
        print(f"- refused ({reason}): {case.text}")
    for case in missed if options.show else ():
        print(f"- let through ({case.kind}): {case.text}\n    {case.evidence.text}")


if __name__ == "__main__":
    main()
