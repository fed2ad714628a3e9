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
    page.locator("a.otr-cite").last.hover()
    page.locator("#otr-peek").wait_for()
    seen.accessible("the quoted words")
    page.mouse.move(2, 2)
    seen.ask("Who painted it?")
    seen.accessible("not in the documents")
    page.get_by_role("button", name="Share").click()
    page.locator("#otr-link textarea, #otr-link input").wait_for()
    seen.accessible("a link to share")
    page.locator("a.otr-wrong").first.focus()
    page.keyboard.press("Enter")
    page.locator("#otr-report").wait_for()
    seen.accessible("the report form")
    page.locator("#otr-cancel").click()
    page.get_by_role("button", name="Answer only from some documents").click()
    seen.accessible("the filters")


@LOOKS
def test_streaming_stopping_and_a_shared_answer(story: str, visit: Visits, size: tuple[int, int], scheme: str) -> None:
    seen = visit(story, *size, color_scheme=scheme)
    page = seen.page
    page.locator("#otr-box textarea").fill("A slow question about the wall")
    page.locator("#otr-box textarea").press("Enter")
    page.locator(".otr-part").first.wait_for()
    seen.accessible("a claim that came in")
    page.locator("#otr-box button", has_text="Stop").click()
    page.locator(".otr-foot").wait_for()
    seen.accessible("a stopped answer")
    seen.ask("What does the mayor say in Arabic?")
    seen.accessible("from right to left")
    page.get_by_role("button", name="Share").click()
    field = page.locator("#otr-link textarea, #otr-link input")
    page.wait_for_function("document.querySelector('#otr-link textarea, #otr-link input')?.value.startsWith('http')")
    shared = visit(field.input_value(), *size, color_scheme=scheme)
    shared.page.locator(".otr-banner").wait_for()
    shared.accessible("a shared answer")


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
