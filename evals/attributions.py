"""`python -m evals attributions`: who said what in the shipped corpus, against sixty passages labelled by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant import Attribution, Document, Span

LABELS = Path(__file__).parent / "labels" / "attributions.yaml"


@dataclass(frozen=True)
class Label:
    """What one person reads in a document: who says `content`, named by `source`, and who reports it (`via`).

    `kind` is "" where nobody says it.
    """

    document_id: str
    content: tuple[Span, ...]
    kind: str = ""
    speaker: str = ""
    via: str = ""
    source: str = ""


@dataclass(frozen=True)
class Agreement:
    """Labels met by what the program found: how many passages, and in how many of these what else was right."""

    labelled: int
    found: int
    spoken: int
    named: int
    sourced: int
    reported: int
    reports: int
    nobody: int
    unsaid: int
    missed: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"found {self.found} of {self.labelled}; of those found, speaker right {self.spoken}, named at all {self.named}, "
            f"where the speaker is named right {self.sourced}; who reports it right {self.reported} of {self.reports}; "
            f"said by nobody and left so {self.unsaid} of {self.nobody}"
        )


def labels(documents: Mapping[str, Document]) -> list[Label]:
    """The labels, their words found in the documents; raises ValueError for words that stand there never or twice."""
    values = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    result = []
    for row in values["attributions"]:
        text = documents[row["document"]].text
        longest = _only(text, max(row["content"], key=len))
        parts = [Span(text.rindex(part, 0, longest.end), longest.end) for part in row["content"]]
        spans = tuple(
            Span(span.start, span.start + len(part)) for span, part in zip(parts, row["content"], strict=True)
        )
        result.append(Label(row["document"], spans, row["kind"], row["speaker"], row["via"], row["source"]))
    result += [
        Label(row["document"], (_only(documents[row["document"]].text, row["words"]),)) for row in values["none"]
    ]
    return result


def _only(text: str, words: str) -> Span:
    if text.count(words) != 1:
        raise ValueError(
            f"{words!r} stands {text.count(words)} times in the document: label words that stand there once."
        )
    return Span(text.index(words), text.index(words) + len(words))


def agreement(documents: Mapping[str, Document], found: Sequence[Attribution], labelled: Iterable[Label]) -> Agreement:
    """How far what was found meets what was labelled: content shared by half or more of both counts as found."""
    said, rows = [label for label in labelled if label.kind], []
    for label in said:
        mine = [a for a in found if a.document_id == label.document_id and a.cue]
        best = max(mine, key=lambda a: _shared(_content(a), label.content), default=None)
        rows.append((label, best if best and _shared(_content(best), label.content) >= 0.5 else None))
    met = [(label, a) for label, a in rows if a]
    unsaid = [label for label in labelled if not label.kind]
    return Agreement(
        labelled=len(said),
        found=len(met),
        spoken=sum(_same(a.speaker, label.speaker) for label, a in met),
        named=sum(bool(a.speaker) for _, a in met),
        sourced=sum(label.source in _named(documents, a) or _named(documents, a) in label.source for label, a in met),
        reported=sum(_same(a.via, label.via) for label, a in met if label.via),
        reports=sum(bool(label.via) for label, _ in met),
        nobody=len(unsaid),
        unsaid=sum(not any(_is_given(a, label) for a in found) for label in unsaid),
        missed=(
            *(f"not found: {_words(documents, label)}" for label, a in rows if not a),
            *(
                f"{_words(documents, label)}: {label.speaker} via {label.via or '-'}, found {a.speaker or '-'} via {a.via or '-'}"
                for label, a in met
                if not (_same(a.speaker, label.speaker) and _same(a.via, label.via))
            ),
            *(
                f"said by nobody: {_words(documents, label)}"
                for label in unsaid
                if any(_is_given(a, label) for a in found)
            ),
        ),
    )


def _content(attribution: Attribution) -> tuple[Span, ...]:
    """Of a quotation its own words, else what is reported."""
    if attribution.kind == "indirect":
        return attribution.content
    return (Span(attribution.start, attribution.end),)


def _shared(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Characters in common, as Dice's coefficient."""
    common = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    return 2 * common / max(sum(span.end - span.start for span in (*one, *other)), 1)


def _same(found: str, labelled: str) -> bool:
    return found.removeprefix("The ") == labelled.removeprefix("The ")


def _is_given(attribution: Attribution, label: Label) -> bool:
    return (
        bool(attribution.cue)
        and attribution.document_id == label.document_id
        and (_shared(_content(attribution), label.content) >= 0.5)
    )


def _named(documents: Mapping[str, Document], attribution: Attribution) -> str:
    return attribution.source.of(documents[attribution.document_id].text)


def _words(documents: Mapping[str, Document], label: Label) -> str:
    text = documents[label.document_id].text
    return f"{label.document_id}: {' ... '.join(span.of(text) for span in label.content)[:90]}"
