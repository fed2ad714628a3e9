"""The story that ships: what its briefs alone hold is answered from them, with the publisher and the day."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant import Assistant
from assistant.provenance import publishers
from assistant.types import ANSWERED

REFUSED = ("Umar Khalid", "Sharjeel Imam")
BAILED = ("Gulfisha Fatima", "Meeran Haider", "Shifa ur Rehman", "Mohd Saleem Khan", "Shadab Ahmad")
REPLY = "respectful of the independence of the judiciary"
EVIDENCE_TO = dt.date(2026, 5, 23)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many lawmakers signed the letter about Umar Khalid?", ["Eight", "New India Abroad"]),
        ("How many signatories did the lawmakers' letter have?", ["Eight", "New India Abroad"]),
        ("Who was refused bail on 5 January 2026?", [*REFUSED, "NDTV"]),
        ("Who got bail on 5 January 2026?", [*BAILED, "NDTV"]),
        ("Who was granted bail on 5 January 2026, and who was refused it?", [*REFUSED, *BAILED, "NDTV"]),
        ("What did the foreign ministry say about the note?", [REPLY, "9 January 2026", "Hindustan Times"]),
        ("When did the foreign ministry respond?", ["9 January 2026", "Hindustan Times"]),
        (
            "What did India's foreign ministry say about Mamdani's note, and when?",
            [REPLY, "9 January 2026", "Hindustan Times"],
        ),
        ("Which date does the evidence end?", ["23 May 2026", "The Federal"]),
    ],
)
def test_what_only_the_briefs_hold_is_answered_with_publisher_and_day(
    story: Assistant, question: str, told: list[str]
) -> None:
    answer = story.ask(question)
    assert answer.status == ANSWERED
    assert [words for words in told if words not in answer.text] == []
    assert answer.as_of == EVIDENCE_TO
    for citation in answer.citations:
        document = story.documents[citation.document_id]
        assert document.text[citation.start : citation.end] == citation.quote
        if document.kind == "brief":
            listed = {name for source in document.sources for name in publishers(source["publisher"])}
            assert any(name in citation.quote for name in listed), citation.quote
    (first, *_) = answer.citations
    assert story.documents[first.document_id].kind == "brief"


@pytest.mark.parametrize("question", ["Is Umar Khalid still in jail?", "Where is Umar Khalid now?"])
def test_how_things_stand_is_told_with_the_day_the_evidence_ends(story: Assistant, question: str) -> None:
    answer = story.ask(question)
    assert answer.as_of == EVIDENCE_TO and answer.text.startswith("As of 23 May 2026")
