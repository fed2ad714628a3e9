"""What editors do without code: mend a typing error, add a case, read the report in a browser, take up a reader's report."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from evals_fakes import FERRY, write_story
from playwright.sync_api import Browser, sync_playwright

from evals import agreement, outside, suites
from evals.__main__ import main
from evals.agreement import Agreement

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
HOSTILE = '<img src=x onerror="window.__pwned=1"> & "quotes" </details><script>window.__pwned=1</script>'


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.fail("No browser found: install Debian's `chromium`.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's suites and stories of an editor's own, and nowhere else to write."""
    own, stories = write_story(tmp_path)
    monkeypatch.setattr(suites, "SUITES", own)
    monkeypatch.setattr(suites, "STORIES", stories)
    return tmp_path


def added(root: Path, case: str) -> None:
    path = root / "suites" / "tiny.yaml"
    path.write_text(path.read_text(encoding="utf-8") + case, encoding="utf-8")


WRONG = """  - id: mine
    category: who
    question: "Who called the plan a gift?"
    expect: anwser
    gold: ["Councillor Miriam Tull called the plan"]
"""


def test_a_case_is_added_mended_and_seen(newsroom: Path, chromium: Browser, capsys: pytest.CaptureFixture[str]) -> None:
    runs = str(newsroom / "runs")
    added(newsroom, WRONG)
    assert main(["run", "tiny", "--runs", runs]) == 2
    told = capsys.readouterr().err
    number = (newsroom / "suites" / "tiny.yaml").read_text(encoding="utf-8").split("\n").index("    expect: anwser") + 1
    assert told == (
        f"error: tiny.yaml, line {number}, case mine: expect is 'anwser': "
        "write answer, abstain, correct or sides. Did you mean answer?\n"
    )
    path = newsroom / "suites" / "tiny.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("anwser", "answer"), encoding="utf-8")
    assert main(["run", "tiny", "--runs", runs]) == 0
    assert main(["report", "--runs", runs]) == 0
    place = Path(capsys.readouterr().out.split("\n")[-2])
    page = chromium.new_page()
    page.goto(place.as_uri())
    assert "Who called the plan a gift?" in page.content()
    page.close()


def test_the_report_opens_in_a_browser_and_runs_nothing(
    newsroom: Path, chromium: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    case = {
        "id": "hostile",
        "category": HOSTILE,
        "question": HOSTILE,
        "expect": "answer",
        "facts": [HOSTILE],
        "note": HOSTILE,
    }
    added(newsroom, f"  - {json.dumps(case)}\n")
    (newsroom / "stories" / "tiny" / "hostile.md").write_text(
        FERRY.replace("ferry-inquiry", "hostile").replace("Ferry operator Seaway", f"Operator {HOSTILE}"),
        encoding="utf-8",
    )
    runs = str(newsroom / "runs")
    assert main(["run", "tiny", "--runs", runs, "--name", "one"]) == 0
    assert main(["run", "tiny", "--runs", runs, "--name", "two"]) == 0
    assert main(["report", "two", "--against", "one", "--runs", runs]) == 0
    page = chromium.new_page()
    errors, requests = list[str](), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    place = newsroom / "runs" / "two" / "report.html"
    page.goto(place.as_uri())
    assert page.locator("svg").count() >= 3 and page.locator("h2").count() >= 6
    assert page.get_by_text("No case passes in one run and fails in the other").is_visible()
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    failing = page.locator("details", has_text="tiny/hostile").first
    assert HOSTILE in failing.inner_text() and "Expected words" in failing.inner_text()
    assert not page.evaluate("'__pwned' in window") and not errors and requests == [place.as_uri()]
    assert not re.search(r'(?:src|href)="(?!#)', place.read_text(encoding="utf-8").replace("&quot;", ""))
    page.close()
    assert "<img" not in (place.parent / "report.md").read_text(encoding="utf-8")
    capsys.readouterr()


def test_test_halves_stay_closed_in_figures(newsroom: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = newsroom / "suites" / "tiny.yaml"
    text = (
        path.read_text(encoding="utf-8")
        .replace("suite: tiny", "suite: tiny-test")
        .replace("41 of 60 days", "42 of 60 days")
    )
    (newsroom / "suites" / "tiny-test.yaml").write_text(
        text.replace('["41"]', '["a fact nobody says"]'), encoding="utf-8"
    )
    assert main(["run", "tiny-test", "--failures", "--runs", str(newsroom / "runs"), "--name", "t"]) == 0
    assert main(["report", "t", "--runs", str(newsroom / "runs")]) == 0
    shown = capsys.readouterr().out + (newsroom / "runs" / "t" / "report.md").read_text(encoding="utf-8")
    assert "tiny-test: answer in the first 2 claims" in shown
    assert not [c for c in suites.load_suite("tiny-test").cases if c.question in shown]


def test_a_readers_report_becomes_a_case(newsroom: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = newsroom / "report.jsonl"
    rows = [
        {"question": "What did Quill say about the east quay?", "comment": "She is called Ms Quill"},
        {"question": "Who painted the wall?", "id": "r2"},
    ]
    report.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    assert main(["new", str(report), "--suite", "tiny", "--add"]) == 0
    suite = suites.load_suite("tiny")
    made, refused = suite.cases[-2:]
    assert made.expect == "answer" and "would close the east quay" in made.gold[0] and "Ms Quill" in made.note
    assert (refused.id, refused.expect, refused.gold) == ("r2", "abstain", ())
    assert main(["new", "Who is Hugh Dallow?", "--suite", "tiny"]) == 0
    out = capsys.readouterr().out
    assert "category: who" in out and "# Draft. The assistant now says:" in out
    report.write_text("{", encoding="utf-8")
    assert main(["new", str(report), "--suite", "tiny"]) == 2
    assert "report.jsonl: not JSON" in capsys.readouterr().err


def test_labels_agree_where_it_matters_most() -> None:
    held: dict[str, Agreement] = {a.label: a for a in agreement.agreements()}
    assert held["abstention"].count == 60
    assert all(held[label].kappa >= 0.8 for label in ("abstention", "quotes", "speakers"))


def test_absent_sets_are_skipped_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "squad2", "clapnq", "canard", "--data", str(tmp_path), "--runs", str(tmp_path / "runs")]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name} is skipped: there is no folder" in shown for name in outside.NAMES)
