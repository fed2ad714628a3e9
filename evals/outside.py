"""The outside benchmarks, read from a folder that holds them; none of their text is kept in the project.

Two uses: labelled items for `meta`, which check the checkers, and suites for `run`, which measure the assistant.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant import OnTheRecordError

from .suites import Case, Suite

NAMES = ("squad2", "clapnq", "canard")
"""Sets that can be run as suites."""
PERIOD = re.compile(r"\s+(?=[.,;:!?])")


class DataMissing(OnTheRecordError):
    """An outside set is not in the folder."""


@dataclass(frozen=True, slots=True)
class Item:
    """A claim, its evidence, and whether people say the one bears out the other. group: items that share a document."""

    id: str
    group: str
    claim: str
    evidence: str
    supported: bool


def folder(data: Path, name: str) -> Path:
    """Where a set is; raises DataMissing, with the remedy, where it is not."""
    if not (data / name).is_dir():
        raise DataMissing(
            f"{name} is skipped: there is no folder {data / name}. Point --data at the folder of the sets."
        )
    return data / name


def summedits(data: Path, split: str) -> list[Item]:
    """SummEdits (Laban et al. 2023): summaries with one small edit, consistent or not; other domains in dev and test."""
    result = []
    for path in sorted((folder(data, "summedits") / split).glob("*.jsonl")):
        for number, row in enumerate(_lines(path)):
            group = f"{path.stem}-{hashlib.sha256(row['doc'].encode()).hexdigest()[:8]}"
            result.append(Item(f"{path.stem}-{number}", group, row["summary"], row["doc"], row["label"] == 1))
    return result


def wice(data: Path, split: str) -> list[Item]:
    """WiCE (Kamoi et al. 2023): claims of Wikipedia with web evidence; what is supported in part is not supported."""
    return [
        Item(f"{split}-{n}", row["meta"]["id"], row["claim"], " ".join(row["evidence"]), row["label"] == "supported")
        for n, row in enumerate(_lines(folder(data, "wice") / f"claim_{split}.jsonl"))
    ]


def faithbench(data: Path, split: str) -> list[Item]:
    """FaithBench (Bao et al. 2024), all of it test: the worst label; questionable summaries are left out."""
    if split == "dev":
        return []
    with (folder(data, "faithbench") / "FaithBench.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Item(str(n), row["source"][:200], row["summary"], row["source"], row["worst-label"] in ("Consistent", "Benign"))
        for n, row in enumerate(rows)
        if row["worst-label"] != "Questionable"
    ]


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation of a news article that people found, with the words that name its source."""

    document: str
    text: str
    start: int
    end: int
    source: str


def polnear(data: Path, split: str) -> list[Quotation]:
    """PolNeAR (Newell et al. 2018): attributions whose content stands in quotation marks and whose source is a name."""
    root, result = folder(data, "polnear") / split, []
    for path in sorted((root / "text").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        notes = sorted((root / "attributions").glob(f"{path.stem}_*.ann"))
        result += list(_quoted(path.stem, text, notes[0])) if notes else []
    return result


def _quoted(name: str, text: str, notes: Path) -> Iterator[Quotation]:
    parts: dict[str, list[tuple[int, int]]] = {}
    # Texts first: an attribution may stand before its parts.
    for line in sorted(notes.read_text(encoding="utf-8").splitlines(), key=lambda line: line[:1] != "T"):
        fields = line.split("\t")
        if fields[0].startswith("T"):
            spans = fields[1].split(" ", 1)[1].split(";")
            parts[fields[0]] = [(int(a), int(b)) for a, b in (span.split() for span in spans)]
        elif fields[0].startswith("E"):
            roles = dict(part.split(":") for part in fields[1].split())
            if "Source" not in roles or "Content" not in roles:
                continue
            (first, last), source = parts[roles["Content"]][0], parts[roles["Source"]][0]
            words = text[first:last].strip()
            if len(parts[roles["Content"]]) == 1 and re.fullmatch(r"[\"“][^\"“”]{15,}[\"”]", words):
                named = re.findall(r"[A-Z][\w’'-]+", text[slice(*source)])
                if named:
                    start = text.index(words, first)
                    yield Quotation(name, text, start + 1, start + len(words) - 1, text[slice(*source)])


def suite(data: Path, name: str, split: str, limit: int) -> Suite:
    """An outside set as a suite, of at most `limit` cases, spread by the sha256 of their ids (0: all)."""
    made = {"squad2": _squad2, "clapnq": _clapnq, "canard": _canard}[name](folder(data, name), split)
    ordered = sorted(made.cases, key=lambda case: hashlib.sha256(case.id.encode()).hexdigest())
    kept = {case.id for case in (ordered[:limit] if limit else ordered)}
    cases = tuple(case for case in made.cases if case.id in kept)
    return Suite(made.name, (), cases, description=made.description, texts=made.texts)


def _squad2(root: Path, split: str) -> Suite:
    texts, cases = dict[str, str](), list[Case]()
    for article in json.loads((root / f"{split}.json").read_text(encoding="utf-8"))["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            identity = _identity(article["title"], str(number))
            context = " ".join(paragraph["context"].split())
            texts[identity] = _document(identity, article["title"].replace("_", " "), context)
            for question in paragraph["qas"]:
                gold = () if question["is_impossible"] else _sentences(context, question["answers"])
                if gold or question["is_impossible"]:
                    expect: Literal["answer", "abstain"] = "answer" if gold else "abstain"
                    cases.append(Case(question["id"], "squad2", question["question"].strip(), expect, gold))
    return Suite(f"squad2-{split}", (), tuple(cases), description="SQuAD 2.0, all paragraphs at once", texts=texts)


def _sentences(context: str, answers: list[dict[str, Any]]) -> tuple[str, ...]:
    """The answers with some words around them, so that they stand in one place."""
    result = []
    for answer in answers:
        at = context.find(" ".join(answer["text"].split()), max(0, answer["answer_start"] - 20))
        if at >= 0:
            result.append(context[max(0, at - 20) : at + len(answer["text"]) + 20].strip())
    return tuple(dict.fromkeys(result))


def _clapnq(root: Path, split: str) -> Suite:
    texts, cases = dict[str, str](), list[Case]()
    for part in ("answerable", "unanswerable"):
        for row in _lines(root / f"{split}_{part}.jsonl"):
            passage = row["passages"][0]
            sentences = [PERIOD.sub("", " ".join(sentence.split())) for sentence in passage["sentences"]]
            identity = _identity(passage["title"], row["id"])
            texts[identity] = _document(identity, passage["title"], " ".join(sentences))
            chosen = [PERIOD.sub("", " ".join(s.split())) for s in row["output"][0].get("selected_sentences", ())]
            gold = tuple(sentence for sentence in chosen if sentence in sentences)
            if bool(gold) == (part == "answerable"):
                cases.append(Case(row["id"], part, row["input"], "answer" if gold else "abstain", gold))
    return Suite(f"clapnq-{split}", (), tuple(cases), description="CLAPNQ, all passages at once", texts=texts)


def _canard(root: Path, split: str) -> Suite:
    """No text comes with CANARD: each dialogue's answers are its document, and the gold is the next answer."""
    rows = json.loads((root / f"{split}.json").read_text(encoding="utf-8"))
    dialogues: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        dialogues.setdefault(row["QuAC_dialog_id"], []).append(row)
    texts, cases = dict[str, str](), list[Case]()
    for name, turns in dialogues.items():
        history = [" ".join(h.split()) for h in turns[-1]["History"]]
        answers = [a for a in history[3::2] if a and a != "CANNOTANSWER"]
        identity = _identity(history[0], name)
        if not answers:
            continue
        texts[identity] = _document(identity, f"{history[0]}: {history[1]}", "\n\n".join(answers))
        for turn in turns[1:-1]:
            place = 2 * int(turn["Question_no"]) + 1
            gold = history[place] if place < len(history) else ""
            if len(gold) > 15 and gold in answers:
                earlier = tuple(history[2 : place - 1 : 2])[-2:]
                cases.append(
                    Case(
                        f"{name}-{turn['Question_no']}",
                        "follow-up",
                        turn["Question"],
                        "answer",
                        (gold,),
                        history=earlier,
                    )
                )
    return Suite(f"canard-{split}", (), tuple(cases), description="CANARD: follow-up questions", texts=texts)


def _identity(title: str, rest: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", f"{title}-{rest}".lower()).strip("-")
    return f"{plain[:40].strip('-')}-{hashlib.sha256(f'{title}-{rest}'.encode()).hexdigest()[:8]}"


def _document(identity: str, title: str, text: str) -> str:
    return (
        f"---\nid: {identity}\ntitle: {json.dumps(title)}\npublisher: outside\npublished: 2020-01-01\n---\n\n{text}\n"
    )


def _lines(path: Path) -> Iterator[Any]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            yield json.loads(line)
