"""How well sentences are ranked, on the invented stories that no model and no weight was fitted on.

    python -m training.ranking [--stories training/stories] [--every 4]

All held-out stories are one corpus. Prints, of the questions that have an answer, how often it is in the first passages
and among the sentences read closely, how often the cross-encoder puts it first where it is among them, and how well
the cross-encoder's best chance tells questions with an answer from those without (area under the ROC curve).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from assistant import Assistant
from assistant.questions import analyse
from training.calibrate import held_out, laid_out, text_of

FIRST = (1, 5, 10)  # passages


def ranked(assistant: Assistant, asked: str, story: str, answers: list[str]) -> tuple[list[bool], list[bool], float]:
    """Which passages, and which sentences by the cross-encoder's chance, hold an answer; and the best chance."""
    answerer = assistant._answerer
    question = answerer.reader.respelt(analyse(asked))
    vector = assistant._encoder.encode([question.text])[0]
    hits = answerer.retrieval.search_vector(question.text, vector, assistant.settings.retrieve)
    passages = [h.passage.document_id == story and any(a in h.passage.text for a in answers) for h in hits]
    read = sorted(answerer.reader.candidates(question, vector, hits), key=lambda c: -c.features.read)
    words = [(c.document.id, answerer.reader.view(c.document.id).text(c.number)) for c in read]
    sentences = [document == story and any(a in t or t in a for a in answers) for document, t in words]
    return passages, sentences, read[0].features.read


def area(yes: list[float], no: list[float]) -> float:
    """Area under the ROC curve: the chance that one of `yes` is above one of `no`."""
    above = np.array(yes)[:, None] - np.array(no)[None, :]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=Path, default=Path(__file__).parent / "stories")
    parser.add_argument("--every", type=int, default=1, help="ask only each so many questions of a story")
    options = parser.parse_args()
    stories = held_out(options.stories)
    passages, sentences = list[list[bool]](), list[list[bool]]()
    chances: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        assistant = laid_out(Path(folder), {f"s{n}": (s["title"], text_of(s)) for n, s in enumerate(stories)})
        for number, story in enumerate(stories):
            for asked in story["questions"][:: options.every]:
                answers = [story["sentences"][i] for i in asked["a"]]
                found, read, best = ranked(assistant, asked["q"], f"s{number}", answers)
                chances[bool(answers)].append(best)
                if answers:
                    passages.append(found)
                    sentences.append(read)
        assistant.close()
    print(f"{len(stories)} stories, {len(passages)} questions with an answer, {len(chances[False])} without")
    for k in FIRST:
        print(f"passage R@{k}: {np.mean([any(found[:k]) for found in passages]):.3f}")
    print(f"read closely: {np.mean([any(read) for read in sentences]):.3f}")
    print(f"first of those read, where one is right: {np.mean([read[0] for read in sentences if any(read)]):.3f}")
    print(f"answerable or not, area under the curve: {area(chances[True], chances[False]):.3f}")


if __name__ == "__main__":
    main()
