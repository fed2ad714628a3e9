"""A reader's report or a pasted question becomes a draft case, for a person to finish."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant import Answer, OnTheRecordError

CATEGORIES = {
    r"^who\b.*\b(?:said|says|say|quote|used the)": "who-said-what",
    r"^who\b": "who",
    r"^when\b": "when",
    r"^where\b": "where",
    r"^how (?:many|much)\b": "how-many",
    r"^why\b": "why",
    r"\b(?:latest|now|currently|at present)\b": "latest",
    r"^(?:is|are|was|were|did|does|do|has|have|can|will)\b": "yes-no",
    r"^what (?:did|does|has)\b.*\b(?:say|said|write|tell|call)": "who-said-what",
    r"^what (?:is|are|does)\b.*\b(?:mean|stand for)|^what (?:is|are) (?:an?|the) \w+\W*$": "definition",
}
"""The category that the shape of a question suggests; a person corrects it."""


class ReportError(OnTheRecordError):
    """A reader's report cannot be read."""


def questions(source: str) -> list[dict[str, Any]]:
    """The questions of a report: a JSON or JSON Lines file with `question` (`history`, `comment`), or the text itself."""
    path = Path(source)
    if not (len(source) < 200 and path.suffix in (".json", ".jsonl") and path.is_file()):
        return [{"question": " ".join(source.split())}]
    text = path.read_text(encoding="utf-8")
    try:
        whole = [json.loads(text)] if path.suffix == ".json" else [json.loads(x) for x in text.split("\n") if x.strip()]
    except ValueError as error:
        raise ReportError(f"{path.name}: not JSON: {error}: save the report again.") from None
    rows = [row for value in whole for row in (value if isinstance(value, list) else [value])]
    if missing := [row for row in rows if not isinstance(row, dict) or not row.get("question")]:
        raise ReportError(f"{path.name}: {str(missing[0])[:80]} has no `question`: is this a report of the chat?")
    return rows


def draft(row: dict[str, Any], answer: Answer, number: int) -> str:
    """A case as YAML, with what the assistant said now as comments, so that a person sees what to correct."""
    values: dict[str, Any] = {
        "id": str(row.get("id") or f"new{number:02d}"),
        "category": _category(row["question"]),
        "question": row["question"],
    }
    if row.get("history"):
        values["history"] = list(row["history"])
    cited = [citation.quote for citation in answer.citations]
    values["expect"] = "answer" if cited else "abstain"
    if cited:
        values["gold"] = cited
    values["note"] = f"from a reader: {row['comment']}" if row.get("comment") else "from a reader; why it matters: ..."
    body = yaml.safe_dump([values], allow_unicode=True, sort_keys=False, width=110)
    said = "\n".join(f"    #   {line}" for line in answer.text.split("\n") if line)
    advice = [
        "    # Draft. The assistant now says:",
        said,
        "    # Check expect (answer, abstain, correct or sides), keep under gold only exact words that do answer,",
        "    # add facts, speakers and forbidden words where they matter, then delete these comments.",
    ]
    return "\n".join(advice) + "\n" + "".join(f"  {line}\n" for line in body.splitlines())


def add(path: Path, drafts: Sequence[str]) -> None:
    """Append drafts to a suite; raises ReportError where there is none."""
    if not path.is_file():
        raise ReportError(f"There is no suite {path.stem}: name one of those in {path.parent}.")
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text("\n".join([text, *(made.rstrip("\n") for made in drafts)]) + "\n", encoding="utf-8")


def _category(question: str) -> str:
    low = question.lower().strip()
    return next((name for pattern, name in CATEGORIES.items() if re.search(pattern, low)), "what")
