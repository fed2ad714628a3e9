"""`python -m benchmarks.attributions --polnear FOLDER`: who said what, against PolNeAR's annotators and plain patterns.

PolNeAR (Newell, Margolin and Ruths 2018): 1,008 articles of US political news, each attribution marked by hand with
its source, cue and content; it holds beliefs and intentions too. Where several annotators marked an article, the
first by name is taken. What is compared are words, without marks and spaces, one to one:

exact       the same words
overlap     content: at least half in common (Dice); source: at least one, or both have none

A content is direct if all its words stand in quotation marks, indirect if none does, else mixed. Recall of a kind is
over the annotators' of that kind, precision over those found of that kind, whatever kind the other has.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.attributions import attributions
from assistant.passages import SentenceSplitter, passages
from assistant.quotations import outermost
from assistant.types import Document, Span

KINDS = ("direct", "mixed", "indirect")
_WORD = re.compile(r"\w+")
_LINE = re.compile(r"([TE]\d+)\t(.*)")


@dataclass(frozen=True)
class Statement:
    """Where source and content of one attribution stand, as numbers of words."""

    source: frozenset[int]
    content: frozenset[int]
    kind: str


@dataclass(frozen=True)
class Article:
    """A text with what the annotator marked in it."""

    name: str
    text: str
    marked: tuple[Statement, ...]


class Words:
    """The words of a text by number, and which stand in quotation marks."""

    def __init__(self, text: str) -> None:
        self._places = [match.span() for match in _WORD.finditer(text)]
        self._quoted = frozenset().union(*(self.of([quote.outer]) for quote in outermost(text)))

    def of(self, spans: Sequence[Span]) -> frozenset[int]:
        """The words that stand in `spans`, in whole or in part."""
        return frozenset(
            number
            for span in spans
            if span.start < span.end
            for number, (start, end) in enumerate(self._places)
            if start < span.end and span.start < end
        )

    def statement(self, source: Sequence[Span], content: Sequence[Span]) -> Statement:
        """Source and content as words, with the kind."""
        words = self.of(content)
        quoted = len(words & self._quoted)
        return Statement(
            self.of(source), words, "direct" if words and quoted == len(words) else "mixed" if quoted else "indirect"
        )


def readable(text: str) -> str:
    """Two apostrophes, which some copies have for a quotation mark, as one mark and a joiner: offsets stay."""
    text = re.sub(r"''(?=\w)", "\u2060“", text)
    return text.replace("''", "”\u2060")


def articles(folder: Path, split: str) -> Iterator[Article]:
    """The articles of a part, each with its first annotator's marks (brat's standoff format)."""
    first: dict[str, Path] = {}
    for path in sorted((folder / split / "attributions").glob("*.ann")):
        first.setdefault(path.stem.rpartition("_")[0], path)
    for name, path in first.items():
        text = readable((folder / split / "text" / f"{name}.txt").read_text(encoding="utf-8"))
        words = Words(text)
        marked = [words.statement(*parts) for parts in _marked(path.read_text(encoding="utf-8"))]
        yield Article(name, text, tuple(statement for statement in marked if statement.content))


def _marked(annotations: str) -> Iterator[tuple[list[Span], list[Span]]]:
    lines = [match.groups() for line in annotations.split("\n") if (match := _LINE.match(line))]
    spans = {}
    for name, rest in lines:
        if name.startswith("T"):
            places = rest.split("\t")[0].split(" ", 1)[1]
            spans[name] = [Span(*map(int, place.split())) for place in places.split(";")]
    for name, rest in lines:
        if name.startswith("E"):
            roles = [role.rstrip("0123456789") + ":" + of for role, of in (part.split(":") for part in rest.split())]
            held = {
                role: [
                    span
                    for part in roles
                    if part.startswith(f"{role}:")
                    for span in spans.get(part[len(role) + 1 :], ())
                ]
                for role in ("Source", "Content")
            }
            yield held["Source"], held["Content"]


Finder = Callable[[str], list[Statement]]


def program() -> Finder:
    """What the program finds; quotations that it credits to nobody are not attributions."""
    splitter = SentenceSplitter.for_tokens("o200k_base", 160)

    def find(text: str) -> list[Statement]:
        document = Document("article", "An article", text, "0" * 64)
        held: dict[tuple[Span, Span], tuple[set[Span], Span]] = {}
        for said in attributions(document, passages(document, splitter)):
            if said.cue:
                held.setdefault((said.credit, said.cue_span), (set(), said.source))[0].update(said.content)
        words = Words(text)
        return [words.statement([source], sorted(spans, key=lambda s: s.start)) for spans, source in held.values()]

    return find


_SAID = (
    r"(?:said|says|told|tells|added|wrote|tweeted|asked|noted|argued|claimed|explained|announced|declared|suggested)"
)
_NAME = r"(?:[A-Z][\w.’'-]*(?:\s(?:of\s)?[A-Z][\w.’'-]*)*|[Hh]e|[Ss]he|[Tt]hey|[Tt]he\s(?:[\w’-]+\s){0,2}?[\w’-]+)"
_QUOTE = r"[“\"](?P<content>[^“”\"]+)[”\"]"
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_QUOTE},?\s(?P<source>{_NAME})\s{_SAID}\b",
        rf"{_QUOTE},?\s{_SAID}\s(?P<source>{_NAME})",
        rf"\b(?P<source>{_NAME})\s{_SAID}(?:\s[a-z]+)?[:,]?\s{_QUOTE}",
        rf"\b(?P<source>{_NAME})\s{_SAID}\s(?P<content>(?:that\s)?[^.\n]+)",
        rf"(?<=[.\n]\s)(?P<content>[A-Z][^“”\".\n]+),\s(?P<source>{_NAME})\s{_SAID}\b",
        rf"(?P<content>[A-Z][^“”\".\n]+),\saccording\sto\s(?P<source>{_NAME})",
    )
)


def patterns(text: str) -> list[Statement]:
    """What plain patterns find: a verb of saying beside a quotation, or after a name; earlier patterns win."""
    words, found, taken = Words(text), list[Statement](), set[int]()
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            made = words.statement([Span(*match.span("source"))], [Span(*match.span("content"))])
            if made.content and not made.content & taken:
                taken |= made.content | made.source
                found.append(made)
    return found


@dataclass
class Count:
    """Pairs found, of how many found and of how many marked; precision and recall count each side's own kind."""

    right_of_found: int = 0
    found: int = 0
    right_of_marked: int = 0
    marked: int = 0

    @property
    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        precision, recall = self.right_of_found / max(self.found, 1), self.right_of_marked / max(self.marked, 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def alike(one: Statement, other: Statement, exact: bool, with_source: bool) -> bool:
    """Whether two statements are the same, by the rule above."""
    if exact:
        return one.content == other.content and (not with_source or one.source == other.source)
    common = 2 * len(one.content & other.content) >= 0.5 * (len(one.content) + len(other.content))
    return common and (not with_source or bool(one.source & other.source) or not (one.source or other.source))


def pairs(
    found: Sequence[Statement], marked: Sequence[Statement], exact: bool, with_source: bool
) -> list[tuple[int, int]]:
    """One to one, the closest first."""
    close = sorted(
        (-len(f.content & m.content) / (len(f.content) + len(m.content)), i, j)
        for i, f in enumerate(found)
        for j, m in enumerate(marked)
        if f.content & m.content and alike(f, m, exact, with_source)
    )
    used: tuple[set[int], set[int]] = (set(), set())
    result = []
    for _, i, j in close:
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            result.append((i, j))
    return result


def measured(corpus: Sequence[Article], find: Finder) -> dict[tuple[bool, bool, str], Count]:
    """The counts for (exact, with source, kind); the kind "all" holds them all."""
    counts = {(e, s, kind): Count() for e in (True, False) for s in (True, False) for kind in (*KINDS, "all")}
    for article in corpus:
        found = [statement for statement in find(article.text) if statement.content]
        for exact, with_source in ((True, True), (True, False), (False, True), (False, False)):
            matched = pairs(found, article.marked, exact, with_source)
            for kind in (*KINDS, "all"):
                count = counts[exact, with_source, kind]
                count.found += sum(kind in ("all", f.kind) for f in found)
                count.marked += sum(kind in ("all", m.kind) for m in article.marked)
                count.right_of_found += sum(kind in ("all", found[i].kind) for i, _ in matched)
                count.right_of_marked += sum(kind in ("all", article.marked[j].kind) for _, j in matched)
    return counts


def main() -> None:
    """Print one table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attributions", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--polnear", type=Path, required=True, metavar="FOLDER", help="with train/, dev/ and test/ in it"
    )
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev")
    parser.add_argument("--limit", type=int, help="only so many articles")
    options = parser.parse_args()
    corpus = list(articles(options.polnear, options.split))[: options.limit]
    print(f"PolNeAR {options.split}: {len(corpus)} articles, {sum(len(a.marked) for a in corpus)} attributions\n")
    print("| kind | compared | marked | patterns P / R / F1 | program P / R / F1 |\n|---|---|---|---|---|")
    plain, own = measured(corpus, patterns), measured(corpus, program())
    for kind in ("all", *KINDS):
        for exact in (False, True):
            for with_source in (False, True):
                key = exact, with_source, kind
                shown = (" / ".join(f"{100 * figure:.1f}" for figure in counts[key].figures) for counts in (plain, own))
                compared = f"{'exact' if exact else 'overlap'}, {'content + source' if with_source else 'content'}"
                print(f"| {kind} | {compared} | {own[key].marked} | {' | '.join(shown)} |")


if __name__ == "__main__":
    main()
