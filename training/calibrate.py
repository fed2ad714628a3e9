"""Fit the weights of `assistant.features.score` on dev data, and say what they are worth there.

    python -m training.calibrate [--stories training/stories] [--squad SQUAD_DEV.json] [--questions 600]

Logistic regression (L2, full batch) over the features of each question's best sentences: does the sentence hold the
answer? Data: the dev suites of the stories, and, where given, the invented stories and the articles of SQuAD 2.0's
labelled dev half (never test) that the cross-encoder was not trained on. Prints the weights, and figures
cross-validated by question.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assistant import Assistant, Settings
from assistant.evidence import Candidate
from assistant.features import Features, terms
from assistant.questions import analyse
from evals.suites import known_suites, load_suite
from training import HELD_OUT, is_held_out

NAMES = [field.name for field in dataclasses.fields(Features)]
Row = tuple[int, str, bool, Features, bool]  # question, source, answerable, features, right


def candidates(assistant: Assistant, question: str) -> list[Candidate]:
    """The sentences that the assistant reads closely for a question."""
    vector, answerer = assistant._encoder.encode([question])[0], assistant._answerer
    hits = answerer.retrieval.search_vector(question, vector, assistant.settings.retrieve)
    return answerer.reader.candidates(analyse(question), vector, hits)


def suite_rows(name: str, first: int) -> list[Row]:
    """Rows of the dev half of a story's suite, of its cases that ask for an answer or have none."""
    suite, rows = load_suite(name), list[Row]()
    with tempfile.TemporaryDirectory() as folder:
        suite.lay_out(Path(folder) / "corpus")
        assistant = Assistant.open(Settings(corpus=f"{folder}/corpus", data_dir=f"{folder}/data"))
        for number, case in enumerate(suite.half("dev"), first):
            if case.history or case.expect not in ("answer", "abstain"):
                continue
            for candidate in candidates(assistant, case.question):
                sentence = assistant._answerer.reader.view(candidate.document.id).sentences[candidate.number]
                places = [
                    (candidate.document.text.find(gold), len(gold)) for gold in (*case.gold, *sum(case.gold_all, ()))
                ]
                right = any(0 <= at < sentence.end and sentence.start < at + size for at, size in places)
                rows.append((number, name, case.expect == "answer", candidate.features, right))
    return rows


def story_rows(folder: Path, first: int) -> list[Row]:
    """Rows of the questions on the held-out stories, each story a corpus of its own."""
    rows = list[Row]()
    for story in held_out(folder):
        with tempfile.TemporaryDirectory() as kept:
            assistant = laid_out(Path(kept), {"story": (story["title"], text_of(story))})
            for asked in story["questions"]:
                answers, first = {story["sentences"][i] for i in asked["a"]}, first + 1
                for candidate in candidates(assistant, asked["q"]):
                    words = assistant._answerer.reader.view(candidate.document.id).text(candidate.number)
                    right = any(words in a or a in words for a in answers)
                    rows.append((first, "stories", bool(answers), candidate.features, right))
    return rows


def held_out(folder: Path) -> list[dict[str, Any]]:
    """The stories for measuring."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines())
        if is_held_out(number)
    ]


def text_of(story: dict[str, Any]) -> str:
    """A story's paragraphs."""
    ends = [*story["paragraphs"][1:], len(story["sentences"])]
    return "\n\n".join(" ".join(story["sentences"][a:b]) for a, b in zip(story["paragraphs"], ends, strict=True))


def laid_out(folder: Path, texts: Mapping[str, tuple[str, str]]) -> Assistant:
    """An assistant on documents made of titles and texts by id."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for identity, (title, text) in texts.items():
        head = f"---\nid: {identity}\ntitle: {json.dumps(title)}\n---\n\n"
        (corpus / f"{identity}.md").write_text(head + text + "\n", encoding="utf-8")
    return Assistant.open(Settings(corpus=str(corpus), data_dir=f"{folder}/data"))


def squad_rows(path: Path, count: int, first: int) -> list[Row]:
    """Rows of SQuAD 2.0 questions over all paragraphs of the file."""
    questions, rows, texts = [], list[Row](), dict[str, tuple[str, str]]()
    with tempfile.TemporaryDirectory() as folder:
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            if article["title"] not in HELD_OUT:
                continue  # the cross-encoder was trained on it
            for number, paragraph in enumerate(article["paragraphs"]):
                identity = f"{''.join(c for c in article['title'].lower() if c.isalnum())}-{number}"
                texts[identity] = (article["title"], paragraph["context"].strip())
                questions += [(identity, qa) for qa in paragraph["qas"]]
        random.Random(7).shuffle(questions)
        assistant = laid_out(Path(folder), texts)
        for number, (identity, qa) in enumerate(questions[:count], first):
            answers = [answer["text"] for answer in qa["answers"]]
            for candidate in candidates(assistant, qa["question"]):
                words = assistant._answerer.reader.view(candidate.document.id).text(candidate.number)
                right = (
                    not qa["is_impossible"] and candidate.document.id == identity and any(a in words for a in answers)
                )
                rows.append((number, "squad", not qa["is_impossible"], candidate.features, right))
    return rows


def design(features: Features) -> list[float]:
    """A row of the design matrix: what the score adds up, in the features' order."""
    held = terms(features)
    return [float(held[name]) for name in NAMES]


def fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float = 3.0) -> np.ndarray:
    """Weights and, last, the intercept (Newton's method)."""
    x = np.c_[x, np.ones(len(x))]
    w = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], ridge)
    penalty[-1] = 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (weight * (p - y)) + penalty * w
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        w = w - step
        if np.abs(step).max() < 1e-8:
            break
    return w


def report(rows: list[Row], chance: np.ndarray, source: str) -> None:
    """Figures over the questions of one source."""
    best: dict[int, list[tuple[float, bool]]] = {}
    answerable: dict[int, bool] = {}
    for (number, name, can, _, right), p in zip(rows, chance, strict=True):
        if name == source:
            best.setdefault(number, []).append((float(p), right))
            answerable[number] = can
    for held in best.values():
        held.sort(key=lambda pair: -pair[0])
    yes = [best[n] for n in best if answerable[n]]
    no = [best[n] for n in best if not answerable[n]]
    print(f"{source}: first right {np.mean([h[0][1] for h in yes]):.3f}, "
          f"one of two {np.mean([any(r for _, r in h[:2]) for h in yes]):.3f} (n={len(yes)}/{len(no)})")  # fmt: skip
    for bar in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        found = np.mean([h[0][0] > bar and any(r for _, r in h[:2]) for h in yes])
        refused, wrong = np.mean([h[0][0] <= bar for h in yes]), np.mean([h[0][0] > bar for h in no])
        print(f"  bar {bar:.2f}: found {found:.3f} refused {refused:.3f} false answers {wrong:.3f} "
              f"balanced {1 - (refused + wrong) / 2:.3f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=Path)
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--questions", type=int, default=600)
    parser.add_argument("--keep", type=Path, help="also write the rows here, as JSON")
    options = parser.parse_args()
    suites = [name for name in known_suites() if "-dev" in name or name == "story"]
    rows = [row for number, suite in enumerate(suites) for row in suite_rows(suite, 1000 * number)]
    if options.stories:
        rows += story_rows(options.stories, 20_000)
    if options.squad:
        rows += squad_rows(options.squad, options.questions, 10_000)
    if options.keep:
        options.keep.write_text(json.dumps([(n, s, c, dataclasses.asdict(f), r) for n, s, c, f, r in rows]))
    x = np.array([design(row[3]) for row in rows])
    y = np.array([row[4] for row in rows], float)
    # The suites count as much as the rest, which has many more questions.
    share = np.array([{"squad": 1.0, "stories": 2.0}.get(row[1], 4.0) for row in rows])
    folds = np.array([row[0] % 10 for row in rows])
    chance = np.zeros(len(rows))
    for fold in range(10):
        w = fit(x[folds != fold], y[folds != fold], share[folds != fold])
        chance[folds == fold] = 1 / (1 + np.exp(-np.c_[x[folds == fold], np.ones((folds == fold).sum())] @ w))
    for source in dict.fromkeys(row[1] for row in rows):
        report(rows, chance, source)
    for name, value in zip([*NAMES, "intercept"], fit(x, y, share), strict=True):
        print(f"{name}={value:.3f}")


if __name__ == "__main__":
    main()
