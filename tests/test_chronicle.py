from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from index_fakes import CorpusFolder

from assistant import Assistant, QuestionError, Settings, Span
from evals.attributions import agreement, labels


@pytest.fixture
def two(folder: CorpusFolder, settings: Settings) -> Iterator[Assistant]:
    folder.write("late", "Carl Dow, a baker, said it rained on 3 March 2025.", published="2026-01-03")
    folder.write(
        "early",
        "Ann Bell, the mayor, said that it was raining. US lawmakers denied it. Dow had left on 1 March 2025.",
        published="2026-01-02",
    )
    with Assistant.open(settings) as opened:
        yield opened


def test_documents_come_in_the_order_of_their_days(two: Assistant) -> None:
    assert [(a.document_id, a.speaker) for a in two.attributions()] == [
        ("early", "Ann Bell"),
        ("early", "US lawmakers"),
        ("late", "Carl Dow"),
    ]


@pytest.mark.parametrize("asked", ["Ann Bell", "bell", "BELL", "the Bell"])
def test_a_speaker_is_found_by_name_and_surname(two: Assistant, asked: str) -> None:
    assert [a.speaker for a in two.attributions(speaker=asked)] == ["Ann Bell"]


def test_a_body_is_found_by_its_noun(two: Assistant) -> None:
    assert [a.speaker for a in two.attributions(speaker="lawmakers")] == ["US lawmakers"]
    assert two.attributions(speaker="law") == two.attributions(speaker="") == []


def test_words_are_compared_by_their_stems(two: Assistant) -> None:
    assert [a.speaker for a in two.attributions(about="rain")] == ["Ann Bell", "Carl Dow"]
    assert [a.speaker for a in two.attributions(about="raining March")] == ["Carl Dow"]
    assert [event.document_id for event in two.timeline(about="rains")] == ["late"]


def test_events_come_by_date(two: Assistant) -> None:
    assert [event.first for event in two.timeline()] == [dt.date(2025, 3, 1), dt.date(2025, 3, 3)]
    assert [event.first for event in two.timeline(document="late")] == [dt.date(2025, 3, 3)]


def test_what_cannot_be_looked_for_is_refused(two: Assistant) -> None:
    with pytest.raises(QuestionError, match="'nope'"):
        two.attributions(document="nope")
    with pytest.raises(QuestionError, match="holds no word"):
        two.timeline(about="?!")


def test_spans_of_the_whole_corpus(story: Assistant) -> None:
    for said in story.attributions():
        text = story.documents[said.document_id].text
        assert said.cue_span.of(text) == said.cue and Span(0, len(text)).holds(Span(said.start, said.end))
    for event in story.timeline():
        text = story.documents[event.document_id].text
        assert text[event.start : event.end] == event.text
        assert Span(event.start, event.end).holds(event.dated)


def test_a_quotation_in_a_brief_is_its_speakers_and_not_the_papers(story: Assistant) -> None:
    (said,) = story.attributions(about="outsider", document="bjp-vhp-reactions")
    assert (said.speaker, said.via) == ("Gaurav Bhatia", "The New Indian Express")


def test_who_said_what_agrees_with_the_labels(story: Assistant) -> None:
    measured = agreement(story.documents, story.attributions(), labels(story.documents))
    assert (measured.labelled, measured.nobody, measured.unsaid) == (50, 10, 10)
    assert measured.found >= 47 and measured.spoken == measured.named == measured.found, measured.missed
    assert measured.reported >= 0.85 * measured.reports
