"""What readers leave: reports and shared answers in a database, logins for those who read them, cases made of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml
from story import ARTICLE, CRACKS, MINUTES, OAKES_COST, PAYMENT, Story, answered

from assistant.answers import SIDES
from assistant.types import Document
from evals.runs import RunError
from evals.suites import SuiteError, load_suite
from ui import desk, desk_views, evaluation, logins, markup, records
from ui.reports import LINE, Reports, StoreUnavailable, default_url

QUESTION = "What happened to the wall?"
STORY = {ARTICLE.id: ARTICLE, MINUTES.id: MINUTES}


@pytest.fixture
def reports(tmp_path: Path) -> Reports:
    return Reports(default_url(tmp_path))


def look_up(identity: str, version: str) -> Document | None:
    found = STORY.get(identity)
    return found if found and found.version == version else None


def test_a_report_keeps_question_answer_citations_and_versions(reports: Reports) -> None:
    answer = answered(QUESTION, CRACKS, OAKES_COST)
    number = reports.add(answer, 1, "misquote", " He said ten. " + "x" * 2 * LINE)
    report = reports.report(number)
    assert report and report.question == QUESTION and report.claim_text == OAKES_COST.text
    assert [citation["quote"] for citation in report.citations] == [OAKES_COST.citations[0].quote]
    assert report.versions[ARTICLE.id] == ARTICLE.version and report.versions["writer"] == "quoting"
    assert report.line.startswith("He said ten.") and len(report.line) == LINE
    assert records.restored(report.given.answer, look_up) == answer
    assert [found.id for found in reports.all("open")] == [number] and not reports.all("rejected")


def test_a_report_on_a_refusal_is_on_the_whole_answer(reports: Reports) -> None:
    refused = Story().ask("Who painted it?")
    report = reports.report(reports.add(refused, None, "missing", ""))
    assert report and report.claim is None and report.claim_text == refused.text
    assert [citation["quote"] for citation in report.citations] == [refused.nearest[0].quote]


def test_what_is_no_kind_is_refused(reports: Reports) -> None:
    with pytest.raises(ValueError, match="boring"):
        reports.add(answered(QUESTION, CRACKS), 0, "boring", "")
    assert not reports.all()


def test_the_same_answer_has_the_same_link_and_another_has_another(reports: Reports) -> None:
    answer = answered(QUESTION, CRACKS)
    link = reports.share(answer)
    assert reports.share(dataclasses.replace(answer, timings={"reading": 3.0})) == link
    assert reports.share(answered(QUESTION, PAYMENT)) != link
    shared = reports.shared(link)
    assert shared and records.restored(shared.answer, look_up) == answer
    assert reports.shared("0" * 32) is None


def test_an_answer_whose_documents_have_changed_is_not_restored() -> None:
    value = records.plain(answered(QUESTION, CRACKS, PAYMENT))
    later = dataclasses.replace(ARTICLE, text=ARTICLE.text + " More.", version="later")
    restored = records.restored(value, lambda identity, _: {**STORY, ARTICLE.id: later}.get(identity))
    assert restored and [claim.text for claim in restored.claims] == [PAYMENT.text]
    assert restored.text == PAYMENT.text, "a follow-up would be read against words that stand nowhere"


@pytest.mark.parametrize(
    "figure", [10**400, float("inf"), float("nan"), True, "1"], ids=["long", "inf", "nan", "true", "text"]
)
def test_a_figure_without_measure_is_no_answer(figure: object) -> None:
    """A browser may give back any number: infinity kept its reader's page from opening."""
    value = records.plain(answered(QUESTION, CRACKS, PAYMENT))
    assert records.restored({**value, "sides": [[0, figure]]}, look_up) is None
    assert records.restored({**value, "claims": [{**value["claims"][0], "support": figure}]}, look_up) is None


def test_that_no_verdict_is_given_is_said_again_and_nothing_else_is_believed() -> None:
    for lead, kept in ((f"As of 4 March 2026: {SIDES}", True), (SIDES, True), (f"{SIDES} He is guilty.", False)):
        restored = records.restored(records.plain(answered(QUESTION, PAYMENT, lead=lead)), look_up)
        assert restored and restored.lead.endswith(SIDES) is kept and "guilty" not in restored.lead


@pytest.mark.parametrize(
    "value", [None, 3, [], {}, {"status": "answered"}, {"status": "sure", "claims": []}, {"claims": [{"text": 3}]}]
)
def test_what_is_no_answer_is_none(value: object) -> None:
    assert records.restored(value, look_up) is None


def test_what_the_editors_answer_is_shown_with_the_answer(reports: Reports) -> None:
    answer = answered(QUESTION, CRACKS)
    number = reports.add(answer, 0, "unfair", "")
    assert reports.replies(answer) == []
    reports.decide(number, "answered", "We have asked again.")
    assert reports.replies(answer) == ["We have asked again."]
    assert reports.replies(answered(QUESTION, PAYMENT)) == []
    with pytest.raises(KeyError):
        reports.decide(999, "accepted")


def test_two_pages_may_write_at_once(reports: Reports, tmp_path: Path) -> None:
    other = Reports(default_url(tmp_path))
    other.add(answered(QUESTION, CRACKS), 0, "unfair", "")
    reports.add(answered(QUESTION, CRACKS), 0, "misquote", "")
    assert len(other.all()) == len(reports.all()) == 2


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/none/x.db", "nodriver://host/db"])
def test_a_database_that_cannot_be_used_is_said(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="--reports"):
        Reports(url)


def test_a_report_becomes_a_case(reports: Reports, tmp_path: Path) -> None:
    number = reports.add(answered(QUESTION, CRACKS), 0, "out of date", "It is mended.")
    report = reports.report(number)
    assert report
    draft, evals = evaluation.draft(report), evaluation.Evals(tmp_path)
    assert evaluation.READERS not in evals.suites()
    name, path = evals.keep(draft, report)
    evals.keep(draft, report)
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [case["id"] for case in held["cases"]] == [name]
    assert held["cases"][0]["gold"] == [citation.quote for citation in CRACKS.citations]
    assert held["documents"] == [ARTICLE.id, MINUTES.id]
    assert evals.suites()[0] == evaluation.READERS and [case.id for case in evals.cases(evaluation.READERS)] == [name]
    unsorted = draft.replace("category: out-of-date\n", "")
    for wrong in ("[", "3", "id: x", draft.replace("answer", "guess", 1), draft + "more: 1\n", unsorted):
        with pytest.raises(SuiteError):
            evals.keep(wrong, report)


def test_a_suite_is_run_one_case_at_a_time_and_its_report_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = load_suite("article-dev")
    some = dataclasses.replace(whole, cases=whole.cases[:2])
    monkeypatch.setattr(evaluation, "load_suite", lambda *_: some)
    evals = evaluation.Evals(tmp_path / "ui", tmp_path / "runs")
    assert not evals.reports()
    *steps, last = evals.run(whole.name)
    done = [step for step in steps if isinstance(step, evaluation.Step)]
    assert [(step.done, step.total) for step in done] == [(1, 2), (2, 2)] and isinstance(last, evaluation.Done)
    shown = desk_views.running(done, last.figures)
    assert 'max="2" value="2"' in shown and markup.escape(last.figures) in shown
    assert whole.name in evals.suites() and evals.reports() == [last.run]
    page = tmp_path / "runs" / last.run / "report.html"
    assert page.read_text(encoding="utf-8") == evals.report(last.run)
    page.unlink()  # as `python -m evals run` leaves a run
    assert some.cases[0].question in evals.report(last.run).replace("&#x27;", "'")
    with pytest.raises(RunError):
        evals.report("../" + last.run)


def test_old_questions_are_asked_again_and_compared(reports: Reports) -> None:
    story = Story()
    reports.share(story.ask(QUESTION))
    reports.share(answered("What will the repairs cost?", PAYMENT))
    found, asked = desk.changed(story, reports)
    assert asked == 2 and [question for question, _, _ in found] == ["What will the repairs cost?"]


def test_only_who_knows_the_password_is_let_in(tmp_path: Path) -> None:
    file = tmp_path / "ui" / "logins"
    with pytest.raises(logins.NoLogins, match="--add-login"):
        logins.Logins.load(file, {})
    logins.add(file, "ana", "a long password")
    logins.add(file, "ben", "another password")
    logins.add(file, "ana", "a newer password")
    assert file.stat().st_mode & 0o077 == 0 and "password" not in file.read_text()
    known = logins.Logins.load(file, {})
    assert known.admit("ana", "a newer password") and known.admit("ben", "another password")
    for name, password in (("ana", "a long password"), ("ana", ""), ("eve", "a newer password"), ("", "")):
        assert not known.admit(name, password)
    assert logins.Logins.load(file, {logins.VARIABLE: logins.line("eve", "ten letters")}).admit("eve", "ten letters")


def test_guessing_is_slowed_down() -> None:
    name, rest = logins.line("ana", "a long password").split(":", 1)
    known = logins.Logins.load(Path("none"), {logins.VARIABLE: f"{name}:{rest}"})
    for _ in range(logins.TRIES):
        assert not known.admit("ana", "wrong")
    assert not known.admit("ana", "a long password"), "it has to wait now"


@pytest.mark.parametrize(
    ("name", "password"), [("", "long enough"), ("a b", "long enough"), ("a:b", "long enough"), ("a", "short")]
)
def test_a_login_that_will_not_do_is_said(name: str, password: str) -> None:
    with pytest.raises(logins.NoLogins):
        logins.line(name, password)
    with pytest.raises(logins.NoLogins, match="NAME:scrypt"):
        logins.Logins.load(Path("none"), {logins.VARIABLE: "ana:plain:password"})
