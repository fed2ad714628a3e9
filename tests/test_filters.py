"""A question asked of some of the documents."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant import Assistant, Filter, QuestionError
from assistant.__main__ import main

WHO = "Who made the note public?"


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (Filter(documents=("mamdani-letter-row",)), {"article"}),
        (Filter(kinds=("Brief",)), {"brief"}),
        (Filter(publishers=("on the record",)), {"brief"}),
        (Filter(before=dt.date(2026, 1, 5)), {"article"}),
        (Filter(after=dt.date(2026, 1, 5)), {"brief"}),
        (Filter(), {"article", "brief"}),
    ],
)
def test_only_what_passes_is_answered_from(story: Assistant, only: Filter, kinds: set[str]) -> None:
    answer = story.ask(WHO, only)
    assert "Lahiri" in answer.text
    assert {story.documents[c.document_id].kind for c in answer.citations} <= kinds
    hits = story.search("note", k=40, only=only)
    assert {story.documents[hit.passage.document_id].kind for hit in hits} == kinds
    talk = story.conversation(only)
    talk.ask(WHO)
    assert {story.documents[c.document_id].kind for c in talk.ask("Who is Amit Malviya?").citations} <= kinds


def test_a_filter_that_nothing_passes_is_an_error_that_says_so(story: Assistant) -> None:
    with pytest.raises(QuestionError, match="no document nobody"):
        story.ask(WHO, Filter(documents=("nobody",)))
    with pytest.raises(QuestionError, match="No document passes"):
        story.ask(WHO, Filter(before=dt.date(1999, 1, 1)))


def test_the_command_takes_filters(
    capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = ["--data-dir", str(tmp_path_factory.mktemp("data"))]
    assert main(["ask", WHO, "--document", "note-and-meeting", *data]) == 0
    out = capsys.readouterr().out
    assert "Lahiri" in out and "On the Record, 2026-11-24" in out
    assert main(["search", "bail", "--before", "2026-01-05", "--json", *data]) == 0
    assert set(__import__("re").findall(r'"document_id": "([^"]+)"', capsys.readouterr().out)) == {"mamdani-letter-row"}
    with pytest.raises(SystemExit):
        main(["ask", WHO, "--after", "5 January", *data])
