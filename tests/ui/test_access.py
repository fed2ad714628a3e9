"""axe-core finds nothing serious in any state of the page, light or dark, on a phone or a desktop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

LOOKS = pytest.mark.parametrize(
    ("size", "scheme"), [((390, 844), "light"), ((1440, 900), "light"), ((1440, 900), "dark"), ((390, 844), "dark")]
)

Visits = Callable[..., Any]


@LOOKS
def test_asking_and_reading_an_answer(story: str, visit: Visits, size: tuple[int, int], scheme: str) -> None:
    seen = visit(story, *size, color_scheme=scheme)
    page = seen.page
    seen.accessible("the first screen")
    seen.ask("What will the repairs cost?")
    seen.accessible("a disagreement")
    page.locator("a.otr-cite").first.click()
    seen.accessible("an open source")
    page.keyboard.press("Escape")
    seen.ask("And the money?")
    seen.accessible("a follow-up")
    seen.ask("Who painted it?")
    seen.accessible("not in the documents")
    page.locator("a.otr-wrong").first.focus()
    page.keyboard.press("Enter")
    page.locator("#otr-report").wait_for()
    seen.accessible("the report form")
    page.locator("#otr-cancel").click()
    page.get_by_role("button", name="Answer only from some documents").click()
    seen.accessible("the filters")


@LOOKS
def test_the_other_views(story: str, visit: Visits, size: tuple[int, int], scheme: str) -> None:
    seen = visit(story, *size, color_scheme=scheme)
    page = seen.page
    for view, inside in (("Who said what", "#otr-said summary"), ("Timeline", "#otr-timeline summary")):
        seen.tab(view)
        page.locator(inside).first.click()
        seen.accessible(view)
    seen.tab("Documents")
    page.locator("#otr-corpus a").first.wait_for()
    seen.accessible("the list of documents")
    page.locator("#otr-corpus a").first.click()
    page.locator(".otr-document").wait_for()
    seen.accessible("a document")
