"""A story of two invented articles, and a suite on it, small enough to run in a second or two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant, Filter, Hit

HARBOUR = """---
id: harbour-row
title: "Row over the harbour wall"
publisher: The Estuary Post
published: 2026-03-14
---

The harbour board will raise the wall at Lorne by two metres, board chairman Peter Vance announced on Monday.

"We have waited nine years for this wall," Vance said. "The money is there."

Fishing leader Ada Quill said the work would close the east quay for six months. "Nobody asked the crews," she said.

The police said that contractor Brannock Ltd is accused of fraud over an earlier wall at Sallow. Brannock denied the accusation.

Councillor Miriam Tull called the plan “a gift to builders”.
"""

FERRY = """---
id: ferry-inquiry
title: "Inquiry into the ferry timetable"
publisher: The Lorne Gazette
published: 2026-03-20
---

An inquiry into the ferry timetable opened in Lorne on Friday.

Inspector Hugh Dallow said the ferry ran late on 41 of 60 days in winter.

"The timetable was written for a faster boat," Dallow said.

Ferry operator Seaway has not replied to questions.
"""

SUITE = """suite: tiny
description: an invented story, for the tests of the evals
corpus: tiny
cases:
  - id: t01
    category: who
    question: "Who announced that the harbour wall will be raised?"
    expect: answer
    gold: ["The harbour board will raise the wall at Lorne by two metres, board chairman Peter Vance announced"]
    facts: [["Peter Vance", "Vance"], ["two metres"]]
    speakers: ["Peter Vance"]
  - id: t02
    category: who-said-what
    question: "What did Ada Quill say about the east quay?"
    expect: answer
    gold: ["Fishing leader Ada Quill said the work would close the east quay for six months"]
    facts: [["six months", "half a year"]]
    speakers: ["Ada Quill"]
    forbidden: ["Peter Vance said the work"]
  - id: t03
    category: exact-quote
    question: "What did Vance say about waiting nine years for this wall?"
    expect: answer
    gold: ["We have waited nine years for this wall"]
    speakers: ["Peter Vance"]
  - id: t04
    category: opinion-and-guilt
    question: "What is Brannock Ltd accused of?"
    expect: answer
    gold: ["contractor Brannock Ltd is accused of fraud over an earlier wall at Sallow"]
    facts: [["fraud"], ["accused", "accusation"]]
  - id: t05
    category: how-many
    question: "On how many days did the ferry run late in winter?"
    expect: answer
    gold: ["Inspector Hugh Dallow said the ferry ran late on 41 of 60 days in winter"]
    facts: [["41"]]
    speakers: ["Hugh Dallow"]
  - id: t06
    category: paraphrase
    question: "on how many winter days did the ferry run late"
    expect: answer
    gold: ["Inspector Hugh Dallow said the ferry ran late on 41 of 60 days in winter"]
    same_as: t05
  - id: t07
    category: exact-quote
    question: "What did Dallow say about the timetable and a faster boat?"
    expect: answer
    gold: ["The timetable was written for a faster boat"]
    speakers: ["Hugh Dallow"]
  - id: t08
    category: near-miss
    question: "How much does the harbour wall cost in pounds?"
    expect: abstain
  - id: t09
    category: off-topic
    question: "Who won the chess championship in Reykjavik?"
    expect: abstain
  - id: t10
    category: false-premise
    question: "When was Brannock Ltd convicted of murder?"
    expect: correct
    forbidden: ["Brannock was convicted"]
  - id: t11
    category: latest
    question: "What is the latest on the inquiry into the ferry timetable?"
    expect: answer
    gold: ["An inquiry into the ferry timetable opened in Lorne on Friday"]
  - id: t12
    category: who-said-what
    question: "What did Tull call the plan?"
    expect: answer
    gold: ["Councillor Miriam Tull called the plan “a gift to builders”"]
    speakers: ["Miriam Tull"]
  - id: t13
    category: summary
    question: "What did Vance say about the harbour wall?"
    expect: answer
    gold_all:
      - "The harbour board will raise the wall at Lorne by two metres, board chairman Peter Vance announced"
      - "We have waited nine years for this wall"
  - id: t14
    category: near-miss
    question: "On how many days did the ferry run late in winter?"
    filters: {documents: [harbour-row]}
    expect: abstain
  - id: t15
    category: follow-up
    history: ["What did Dallow say about the timetable and a faster boat?"]
    question: "What else did he say?"
    expect: answer
    gold: ["The timetable was written for a faster boat", "Inspector Hugh Dallow said the ferry ran late"]
    speakers: ["Hugh Dallow"]
  - id: t16
    category: comparison
    question: "What do Vance and Quill say about the wall?"
    expect: sides
    gold_all:
      - ["We have waited nine years for this wall", "The money is there"]
      - "Fishing leader Ada Quill said the work would close the east quay for six months"
    speakers: ["Peter Vance", "Ada Quill"]
  - id: t17
    category: list
    question: "Who said what about the wall and the ferry?"
    expect: answer
    gold_all:
      - "Inspector Hugh Dallow said the ferry ran late on 41 of 60 days in winter"
      - - "The harbour board will raise the wall at Lorne by two metres, board chairman Peter Vance announced"
        - "We have waited nine years for this wall"
"""


def write_story(root: Path) -> tuple[Path, Path]:
    """The folders of suites and stories, with the invented ones in them."""
    suites, stories = root / "suites", root / "stories"
    (stories / "tiny").mkdir(parents=True)
    suites.mkdir()
    (stories / "tiny" / "harbour-row.md").write_text(HARBOUR, encoding="utf-8")
    (stories / "tiny" / "ferry-inquiry.md").write_text(FERRY, encoding="utf-8")
    (suites / "tiny.yaml").write_text(SUITE, encoding="utf-8")
    return suites, stories


class Faulty:
    """An assistant that does one thing wrong: a double that hands on all else to a real one, which stays open.

    alter: what becomes of an answer. ask: what is asked in the place of the real conversation. find: what becomes of
    the passages found.
    """

    def __init__(
        self,
        real: Assistant,
        alter: Callable[[Answer], Answer] = lambda answer: answer,
        ask: Callable[[Assistant, Sequence[str], str, Filter], Answer] | None = None,
        find: Callable[[list[Hit]], list[Hit]] = lambda hits: hits,
    ) -> None:
        self._real, self._alter, self._ask, self._find = real, alter, ask or _asked, find

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __enter__(self) -> Faulty:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def conversation(self, only: Filter) -> FaultyTalk:
        return FaultyTalk(lambda earlier, question: self._alter(self._ask(self._real, earlier, question, only)))

    def search(self, query: str, k: int, only: Filter) -> list[Hit]:
        return self._find(self._real.search(query, k, only))


class FaultyTalk:
    def __init__(self, answer: Callable[[Sequence[str], str], Answer]) -> None:
        self._answer = answer
        self._earlier: list[str] = []

    def ask(self, question: str) -> Answer:
        given = self._answer(tuple(self._earlier), question)
        self._earlier.append(question)
        return given


def _asked(real: Assistant, earlier: Sequence[str], question: str, only: Filter) -> Answer:
    talk = real.conversation(only)
    for before in earlier:
        talk.ask(before)
    return talk.ask(question)
