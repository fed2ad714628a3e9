"""A small invented story, and an assistant whose answers to it are written here: every kind of answer the page shows.

Run as a program it serves the page over that story: ``python tests/ui/story.py --port N --data-dir DIR [--desk]``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from payloads import PAYLOADS  # noqa: E402  # beside this file

from assistant.errors import QuestionError  # noqa: E402
from assistant.filters import EVERYTHING, Filter  # noqa: E402
from assistant.types import (  # noqa: E402
    ANSWERED,
    NOT_IN_DOCUMENTS,
    REFUSAL,
    Answer,
    Attribution,
    Citation,
    Claim,
    Document,
    Span,
)

PAUSE = 1.5  # seconds between the claims of a slow answer


def document(identity: str, title: str, text: str, **metadata: object) -> Document:
    """A document of the story."""
    version = hashlib.sha256(text.encode()).hexdigest()
    values = {"published": dt.date(2026, 3, 2), "publisher": "The Gazette", "url": "https://example.org/" + identity}
    return Document(identity, title, text, version, **{**values, **metadata})  # type: ignore[arg-type]  # as named


ARTICLE = document(
    "harbour-wall",
    "Harbour wall row: council and builders at odds over repairs",
    """The harbour wall at Tarrow cracked on 1 March 2026, the harbour office confirmed.

Mayor Ana Ruiz said the repairs would cost 4 million. "We will not close the harbour for a single day," she said.

Builder Tom Oakes disputed that. "Nine million is the least it will take," Oakes told the Gazette. He called that figure "a guess".

The fishermen's union has asked for a public hearing on 12 March 2026.""",
)
MINUTES = document(
    "council-minutes",
    "Minutes of the council, 4 March 2026",
    """## Item 3: the wall

The engineer Lena Vogt reported that divers found two cracks below the water line.

Councillor Idris Bello asked that the harbour be closed until the cracks are filled.

## Item 4: money

The treasurer recorded a first payment of 600,000 on 3 March 2026.""",
    publisher="Tarrow Council", kind="minutes", published=dt.date(2026, 3, 4), url="",
)  # fmt: skip
ARABIC = document(
    "arabic",
    "جدار الميناء في تارو",
    "قالت رئيسة البلدية آنا رويز: «لن نغلق الميناء يوما واحدا». وطلب الصيادون جلسة علنية.",
    publisher="الجريدة", language="ar", published=dt.date(2026, 3, 3),
)  # fmt: skip
STORY = (ARTICLE, MINUTES, ARABIC)


@dataclass(frozen=True, slots=True)
class Event:
    """A dated stretch of a document."""

    document_id: str
    start: int
    end: int
    text: str
    first: dt.date
    last: dt.date
    precision: str
    dated: str


def cite(of: Document, quote: str, number: int = 1) -> Citation:
    """A citation of the first place where a document has some words."""
    start = of.text.index(quote)
    return Citation(
        number, of.id, of.version, start, start + len(quote), quote, of.title, of.publisher, of.published, of.url
    )  # fmt: skip


RUIZ_COST = Claim(
    "Mayor Ana Ruiz said the repairs would cost 4 million.",
    (cite(ARTICLE, "Mayor Ana Ruiz said the repairs would cost 4 million."),), "Ana Ruiz", role="Mayor of Tarrow",
)  # fmt: skip
OAKES_COST = Claim(
    "“Nine million is the least it will take,” Oakes told the Gazette.",
    (cite(ARTICLE, '"Nine million is the least it will take," Oakes told the Gazette.', 2),), "Tom Oakes", role="builder",
)  # fmt: skip
CRACKS = Claim(
    "The harbour wall at Tarrow cracked on 1 March 2026, the harbour office confirmed.",
    (
        cite(ARTICLE, "The harbour wall at Tarrow cracked on 1 March 2026, the harbour office confirmed."),
        cite(MINUTES, "divers found two cracks below the water line", 2),
    ),
)
PAYMENT = Claim(
    "The treasurer recorded a first payment of 600,000 on 3 March 2026.",
    (cite(MINUTES, "The treasurer recorded a first payment of 600,000 on 3 March 2026.", 3),),
)
ARABIC_CLAIM = Claim("«لن نغلق الميناء يوما واحدا»", (cite(ARABIC, "«لن نغلق الميناء يوما واحدا»"),), "آنا رويز")
HOSTILE = tuple(
    document(f"hostile-{n}", payload, f"Before it. {payload} And after it.", publisher=payload, kind="article", author=payload,
             url=payload, sources=({"title": payload, "publisher": payload, "url": payload, "date": payload},))
    for n, payload in enumerate(PAYLOADS)
)  # fmt: skip
QUESTIONS = ("What happened to the wall?", "What will the repairs cost?", "What does the mayor say in Arabic?")


def answered(question: str, *claims: Claim, **values: object) -> Answer:
    """An answer made of claims, its citations numbered in their order."""
    numbers: dict[tuple[str, int], int] = {}
    for claim in claims:
        for c in claim.citations:
            numbers.setdefault((c.document_id, c.start), len(numbers) + 1)
    claims = tuple(
        dataclasses.replace(
            claim,
            citations=tuple(dataclasses.replace(c, number=numbers[c.document_id, c.start]) for c in claim.citations),
        )
        for claim in claims
    )
    cited = tuple({c.number: c for claim in claims for c in claim.citations}.values())
    text = "\n\n".join(claim.text for claim in claims)
    answer = Answer(question, question, ANSWERED, text, claims, cited, (), (), dt.date(2026, 3, 4), "quoting")
    return dataclasses.replace(answer, **values)  # type: ignore[arg-type]  # as named


def hostile(question: str, payload: str) -> Answer:
    """An answer of which every text is a payload, as a model or a document might have it."""
    of = next(of for of in HOSTILE if payload in of.text)
    cited = dataclasses.replace(cite(of, payload), url=f"javascript:{payload}")
    claims = tuple(
        Claim(f"{payload} “{payload}”", (dataclasses.replace(cited, number=n),), payload, role=payload) for n in (1, 2)
    )
    return answered(
        question, *claims, sides=((0, 1),), note=payload, writer=payload, standalone=payload, lead=payload,
    )  # fmt: skip


class Story:
    """The stand-in for an assistant; deterministic, like the one that quotes."""

    def __init__(self, *documents: Document) -> None:
        self.documents = {of.id: of for of in documents or STORY}

    def conversation(self, only: Filter = EVERYTHING) -> Talk:
        """A new conversation."""
        return Talk(self, only)

    def ask(self, question: str, only: Filter = EVERYTHING) -> Answer:
        """The answer alone."""
        *_, answer = self.conversation(only).stream(question)
        assert isinstance(answer, Answer)
        return answer

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:
        """What is answered; after a hostile answer, a question as hostile."""
        if answer and any(answer.note == payload for payload in PAYLOADS):
            return (answer.note,)
        return tuple(question for question in QUESTIONS if not answer or question != answer.question)

    def version(self, identity: str, version: str) -> Document:
        """A document by its version."""
        found = self.documents[identity]
        if found.version != version:
            raise KeyError(identity, version)
        return found

    def attributions(
        self, speaker: str | None = None, about: str | None = None, document: str | None = None
    ) -> list[Attribution]:
        """Who said what."""
        texts: tuple[tuple[Document, str, str, str, str], ...] = (
            (ARTICLE, "Ana Ruiz", "Mayor", "We will not close the harbour for a single day,", "direct"),
            (ARTICLE, "Tom Oakes", "builder", "Nine million is the least it will take,", "direct"),
            (ARTICLE, "Tom Oakes", "builder", "a guess", "partial"),
            (MINUTES, "Lena Vogt", "engineer", "divers found two cracks below the water line", "indirect"),
        )
        hostile = [of for of in HOSTILE if of.id in self.documents]
        texts += tuple((of, of.title, of.title, of.title, "direct") for of in hostile)
        found = []
        for of, who, role, words, kind in texts:
            start = of.text.index(words)
            found.append(Attribution(of.id, who, role, "said", start, start + len(words), kind, Span(start, start)))  # type: ignore[arg-type]  # as named
        return [a for a in found if speaker in (None, a.speaker) and document in (None, a.document_id)]

    def timeline(self, about: str | None = None, document: str | None = None) -> list[Event]:
        """What is dated."""
        texts = (
            (MINUTES, PAYMENT.text, dt.date(2026, 3, 3)),
            (
                ARTICLE,
                "The harbour wall at Tarrow cracked on 1 March 2026, the harbour office confirmed.",
                dt.date(2026, 3, 1),
            ),
            (ARTICLE, "The fishermen's union has asked for a public hearing on 12 March 2026.", dt.date(2026, 4, 12)),
        )
        found = []
        for of, words, day in texts:
            start = of.text.index(words)
            found.append(Event(of.id, start, start + len(words), words, day, day, "day", str(day)))
        return [
            e
            for e in found
            if document in (None, e.document_id) and (about is None or about in self.documents[e.document_id].text)
        ]


class Talk:
    """Answers by the words of a question."""

    def __init__(self, story: Story, only: Filter) -> None:
        self.story = story
        self.only = only
        self.turns: list[Answer] = []

    def stream(self, question: str) -> Iterator[Claim | Answer]:
        """The claims, then the answer; raises QuestionError for an empty question."""
        if not question.strip():
            raise QuestionError("The question is empty: ask something.")
        answer = self._answer(question)
        allowed = {of.id for of in self.story.documents.values() if self.only.admits(of.metadata())}
        if any(c.document_id not in allowed for claim in answer.claims for c in claim.citations):
            answer = self._refused(question)
        for claim in answer.claims:
            yield claim
            if "slow" in question:
                time.sleep(PAUSE)
        self.turns.append(answer)
        yield answer

    def _answer(self, question: str) -> Answer:
        asked = question.lower()
        if asked.startswith("payload "):
            return hostile(question, PAYLOADS[int(asked.split()[1])])
        if "ruiz" in asked or "oakes" in asked:
            return answered(question, RUIZ_COST if "ruiz" in asked else OAKES_COST)
        if self.turns and asked.startswith("and "):
            return answered(question, PAYMENT, standalone=f"What of {question[4:].rstrip('?')} of the wall?")
        if "cost" in asked:
            return answered(question, RUIZ_COST, OAKES_COST, PAYMENT, sides=((0, 1),))
        if "wall" in asked or "slow" in asked:
            return answered(question, CRACKS, OAKES_COST, PAYMENT)
        if "arabic" in asked:
            return answered(question, ARABIC_CLAIM)
        if "model" in asked:
            note = "The model did not answer in time: the documents are quoted instead."
            return answered(question, CRACKS, note=note, writer="openai:some-model")
        return self._refused(question)

    def _refused(self, question: str) -> Answer:
        nearest = (
            cite(MINUTES, "Councillor Idris Bello asked that the harbour be closed until the cracks are filled."),
        )
        return Answer(
            question, question, NOT_IN_DOCUMENTS, REFUSAL, (), (), nearest, (), dt.date(2026, 3, 4), "quoting"
        )


def main() -> int:
    """Serve the page, or the desk, over the story."""
    from ui import __main__ as program
    from ui import chat

    chat.LATE = 300.0  # a busy machine that runs these tests is no reason to offer nothing

    documents = STORY + HOSTILE if "--hostile" in sys.argv else STORY
    sys.argv = [flag for flag in sys.argv if flag != "--hostile"]

    class Opened(Story):
        @classmethod
        def open(cls, settings: object) -> Story:
            return cls(*documents)

    import assistant
    import evals.running  # noqa: F401  # before the stand-in: the desk's evals ask the real one

    assistant.Assistant = Opened  # type: ignore[misc, assignment]  # what the program opens
    return program.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
