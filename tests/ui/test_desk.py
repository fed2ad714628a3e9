"""From a reader's report to the editors' desk, and what only an editor may see."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from payloads import PAYLOADS
from story import ARTICLE, RUIZ_COST

from assistant import Settings
from evals.records import Record
from evals.runs import Keeper, manifest
from ui import logins

NAME, PASSWORD = "editor", "correct horse battery"
LINE = "She said five. " + PAYLOADS[4]

Visits = Callable[..., Any]


CASES = """suite: reader-cases
documents: [ramzi-kassem]
cases:
  - {id: one, category: who, question: "Who is Ramzi Kassem?", expect: answer, gold: ["Ramzi Kassem"]}
  - {id: two, category: who, question: "Who painted the bridge?", expect: answer, gold: ["Kassem"]}
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of the evals: one, of a case that is all payloads."""
    folder = tmp_path_factory.mktemp("runs")
    case = {"id": "one", "category": PAYLOADS[0], "question": PAYLOADS[4], "expect": "answer"}
    keeper = Keeper(folder / "0001-made", manifest(Settings(), ["tiny"], None, 1))
    keeper.keep(Record("tiny", "one", "dev", "error", case, error=PAYLOADS[8]))
    return folder


@pytest.fixture(scope="module")
def readers_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that the page and the desk share, without what other files' tests asked and reported."""
    return tmp_path_factory.mktemp("readers")


@pytest.fixture(scope="module")
def story(started: Callable[..., str], readers_data: Path) -> str:
    return started("tests/ui/story.py", data=readers_data)


@pytest.fixture(scope="module")
def desk(started: Callable[..., str], story: str, readers_data: Path, runs: Path) -> str:
    logins.add(readers_data / "ui" / "logins", NAME, PASSWORD)
    return started("tests/ui/story.py", data=readers_data, flags=("--desk", "--runs", str(runs)))


def log_in(visit: Visits, url: str, password: str = PASSWORD, size: tuple[int, int] = (1440, 900)) -> Any:
    seen = visit(url, *size, wait="input", ready=False)
    fields = seen.page.locator("input, textarea")
    fields.nth(0).fill(NAME)
    fields.nth(1).fill(password)
    seen.page.get_by_role("button", name="Login").click()
    return seen


def report(visit: Visits, url: str, kind: str = "A misquote", size: tuple[int, int] = (1440, 900)) -> Any:
    seen = visit(url, *size)
    page = seen.page
    seen.ask("What will the repairs cost?")
    page.locator("a.otr-wrong").first.focus()
    page.keyboard.press("Enter")
    page.locator("#otr-report-h").wait_for()
    page.wait_for_function("document.activeElement.id === 'otr-report-h'")
    page.locator("#otr-send").click()
    page.get_by_text("Say first what is wrong with it.").wait_for()
    page.get_by_label(kind).check()
    page.locator("#otr-line textarea").fill(LINE)
    seen.shoot("report")
    page.locator("#otr-send").click()
    page.get_by_text("The editors have it").wait_for()
    page.locator("#otr-cancel").click()
    page.locator("#otr-report").wait_for(state="detached")
    return seen


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desktop"])
def test_a_report_is_seen_at_the_desk_answered_and_made_a_case(
    story: str, desk: str, visit: Visits, readers_data: Path, size: tuple[int, int]
) -> None:
    report(visit, story, size=size)
    seen = log_in(visit, desk, size=size)
    page = seen.page
    page.locator("#otr-queue a").first.click()
    shown = page.locator("#otr-shown")
    shown.locator(".otr-accused").wait_for()
    assert RUIZ_COST.text in shown.locator(".otr-accused").inner_text()
    assert LINE in shown.inner_text() and ARTICLE.version[:12] in shown.inner_text()
    seen.shoot("desk")
    page.get_by_role("button", name="Make a case").click()
    draft = page.locator("#otr-case textarea")
    draft.wait_for()
    case = yaml.safe_load(draft.input_value())
    assert case["question"] == "What will the repairs cost?" and case["gold"] == [RUIZ_COST.text]
    draft.fill(draft.input_value() + "unknown: 1\n")
    page.locator("#otr-keep").click()
    page.locator("#otr-deciding .otr-undone").wait_for()
    draft.fill(yaml.safe_dump(case))
    page.locator("#otr-keep").click()
    page.get_by_text(f"Kept as {case['id']}").wait_for()
    held = yaml.safe_load((readers_data / "ui" / "reader-cases.yaml").read_text(encoding="utf-8"))
    assert case in held["cases"] and held["documents"] == [ARTICLE.id]
    page.locator("#otr-reply textarea").fill("We have corrected it.")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.locator("#otr-told").get_by_text("answered").wait_for()
    reader = visit(story)
    reader.ask("What will the repairs cost?")
    reader.page.reload()
    reader.page.locator(".otr-reply").first.wait_for()
    assert "We have corrected it." in reader.page.locator(".otr-reply").first.inner_text()


def test_the_desk_is_accessible_and_runs_nothing(story: str, desk: str, visit: Visits) -> None:
    report(visit, story, "Unfair")
    seen = log_in(visit, desk)
    page = seen.page
    page.locator("#otr-queue a").first.click()
    page.locator("#otr-shown .otr-accused").wait_for()
    seen.accessible("a report")
    page.get_by_role("button", name="Make a case").click()
    page.locator("#otr-case textarea").wait_for()
    seen.accessible("a case to be checked")
    assert not page.locator("#otr-queue img, #otr-shown img").count()
    seen.tab("Cases")
    page.get_by_label("Suite").last.click()
    page.get_by_role("option").first.click()
    page.locator("#otr-cases tbody tr").first.wait_for()
    seen.accessible("the cases")
    seen.tab("Ask again")
    page.locator("#otr-reask").click()
    page.get_by_text("0 of 1 answers changed").wait_for()
    seen.accessible("old questions")
    seen.tab("Evals")
    page.locator("iframe.otr-framed").wait_for()
    seen.accessible("the evals, with a report")


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desktop"])
def test_the_latest_report_of_the_evals_is_read_at_the_desk(desk: str, visit: Visits, size: tuple[int, int]) -> None:
    seen = log_in(visit, desk, size=size)
    page = seen.page
    seen.tab("Evals")
    frame = page.frame_locator("iframe.otr-framed")
    frame.get_by_role("heading", name="How well it answers").wait_for()
    assert page.get_by_label("Report").input_value() == "0001-made"
    assert frame.get_by_text(PAYLOADS[4], exact=True).count() == 1, "all of it is text"
    assert not frame.locator("img, script, iframe").count()
    assert page.locator("iframe.otr-framed").get_attribute("sandbox") == "", "no script could run there"
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    seen.shoot("desk-report")


def test_a_suite_is_run_at_the_desk_and_its_report_is_read(
    desk: str, visit: Visits, readers_data: Path, runs: Path
) -> None:
    suite = readers_data / "ui" / "reader-cases.yaml"
    suite.write_text(CASES, encoding="utf-8")
    seen = log_in(visit, desk)
    page = seen.page
    seen.tab("Evals")
    page.get_by_label("Suite").first.click()
    page.get_by_role("option", name="reader-cases").click()
    page.get_by_role("button", name="Run it").click()
    page.locator("#otr-running").get_by_text("answer in the first").wait_for(timeout=60_000)
    assert "Who painted the bridge?" in page.locator("#otr-running table").inner_text(), "what failed is shown"
    name = page.get_by_label("Report").input_value()
    assert name.startswith("0002-") and (runs / name / "report.html").is_file()
    frame = page.frame_locator("iframe.otr-framed")
    frame.get_by_text("Who painted the bridge?").first.wait_for()
    seen.shoot("desk-run")
    page.get_by_label("Report").click()
    page.get_by_role("option", name="0001-made").click()
    frame.get_by_text("0001-made").wait_for()
    suite.unlink()


def test_nobody_without_the_password_gets_in(desk: str, visit: Visits) -> None:
    seen = log_in(visit, desk, "wrong horse battery")
    seen.page.wait_for_timeout(1000)
    assert not seen.page.locator("#otr-queue").count()
    for path in ("config", "gradio_api/info", "gradio_api/queue/data?session_hash=x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{desk}/{path}", timeout=10)  # loopback
        assert refused.value.code in (401, 403), path
        refused.value.close()
