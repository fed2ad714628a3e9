"""Sixty payloads in questions, documents, titles, drafts, speakers and links: nothing runs, nothing breaks out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from payloads import PAYLOADS

Visits = Callable[..., Any]

# Elements that our own markup has inside text from outside: quotations, and the marked words.
BROKEN_OUT = """() => [...document.querySelectorAll('#otr-chat bdi *, #otr-sources bdi *, .otr-document *, #otr-said bdi *')]
  .filter(e => !e.matches('span.otr-quoted, mark, bdi, a[rel="noopener noreferrer"], p, h2, h3, ul, li, a[href^="#go-read-"]'))
  .map(e => e.outerHTML.slice(0, 200))"""
LIVE = """() => [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(
  a => a.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(a.name === 'href' || a.name === 'src' ? a.value : '')))
  .filter(e => !e.matches('link[rel~="icon"], img[src^="data:image/svg"]')).map(e => e.outerHTML.slice(0, 200))"""
FOREIGN = (
    "() => document.querySelectorAll('#otr-chat .message :is(img, svg, iframe, script, form, input, object)').length"
)


@pytest.fixture(scope="module")
def hostile(started: Callable[..., str]) -> str:
    return started("tests/ui/story.py", flags=("--hostile",))


def unbroken(seen: Any) -> None:
    assert not seen.page.evaluate(BROKEN_OUT)
    assert not seen.page.evaluate(LIVE)
    assert not seen.page.evaluate(FOREIGN)
    seen.check()


@pytest.mark.parametrize("part", range(3))
def test_in_questions(hostile: str, visit: Visits, part: int) -> None:
    seen = visit(hostile)
    for payload in PAYLOADS[part::3]:
        seen.ask(payload)
        shown = seen.page.locator(".otr-question bdi").last.text_content()
        assert shown.split() == payload.split(), "it is shown as it was written"
        unbroken(seen)


@pytest.mark.parametrize("part", range(3))
def test_in_drafts_speakers_roles_notes_suggestions_and_sources(hostile: str, visit: Visits, part: int) -> None:
    seen = visit(hostile)
    page = seen.page
    for number, payload in list(enumerate(PAYLOADS))[part::3]:
        seen.ask(f"payload {number}")
        last = page.locator("#otr-chat .bot-row").last
        assert payload.split()[0] in last.locator(".otr-voice").first.text_content()
        marked = page.locator(".otr-turn.otr-on mark").first
        assert marked.text_content().split() == payload.split(), "the highlight is the quote"
        unbroken(seen)
        mark = last.locator("a.otr-cite").first
        mark.scroll_into_view_if_needed()
        page.wait_for_timeout(100)  # a scroll hides the words
        mark.hover()
        page.locator("#otr-peek").wait_for()
        assert not page.locator("#otr-peek :is(img, svg, script, a, b, iframe)").count()
        page.mouse.move(2, 2)
    last.locator("button.otr-ask").click()
    page.wait_for_timeout(500)
    unbroken(seen)
    page.locator("a.otr-voice").last.click()
    page.locator("#otr-said summary").first.wait_for()
    unbroken(seen)
    page.reload()
    page.locator(".otr-question").first.wait_for()
    unbroken(seen)


def test_in_documents_titles_and_lists(hostile: str, visit: Visits) -> None:
    seen = visit(hostile)
    page = seen.page
    seen.tab("Documents")
    page.locator("#otr-corpus a").first.wait_for()
    assert page.locator("#otr-corpus tbody tr").count() == 63
    unbroken(seen)
    for number, payload in enumerate(PAYLOADS):
        page.evaluate(f"window.otr.bus('select', {{go: 'read-hostile-{number}/0'}})")
        page.wait_for_function(
            "title => document.querySelector('.otr-document h2')?.textContent.split(/\\s+/).join(' ').trim() === title",
            arg=" ".join(payload.split()),
        )
        unbroken(seen)
    seen.tab("Who said what")
    page.get_by_text("64 statements").wait_for()
    page.locator("#otr-said summary").first.click()
    page.evaluate("document.querySelectorAll('#otr-said details').forEach(entry => { entry.open = true })")
    assert page.locator("#otr-said details[open] mark").count() == 64
    unbroken(seen)


@pytest.mark.parametrize("part", range(3))
def test_in_links_and_presses(hostile: str, visit: Visits, part: int) -> None:
    seen = visit(hostile)
    for payload in PAYLOADS[part::3]:
        seen.page.goto("about:blank")  # else a link that differs in its end alone opens nothing anew
        seen.page.goto(f"{hostile}/?answer={quote(payload)}&{quote(payload)}#{quote(payload)}")
        seen.page.locator(".otr-notice").wait_for()
        for pressed in (payload, f"read-{payload}/0", f"voice-{payload}", f"wrong-{payload}-all"):
            seen.page.evaluate("go => window.otr.bus('select', {go})", pressed)
        seen.page.wait_for_timeout(150)
        unbroken(seen)


def test_what_the_browser_kept_runs_nothing(hostile: str, visit: Visits) -> None:
    seen = visit(hostile)
    seen.page.evaluate(
        "Object.keys(localStorage).forEach(key => localStorage.setItem(key, '<img src=x onerror=window.__pwned=1>'))"
    )
    seen.page.reload()
    seen.page.locator("#otr-box textarea").wait_for()
    seen.ask("What happened to the wall?")
    unbroken(seen)
