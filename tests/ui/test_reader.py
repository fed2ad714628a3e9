"""What a reader does with the page, by mouse, by keyboard and on a phone, over the invented story of story.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from story import ARTICLE, CRACKS, MINUTES, OAKES_COST, PAYMENT, QUESTIONS, RUIZ_COST

PHONE, DESK = (390, 844), (1440, 900)
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
WALL, COST, NOBODY = "What happened to the wall?", "What will the repairs cost?", "Who painted it?"

Visits = Callable[..., Any]
Size = tuple[int, int]


def opened(visit: Visits, url: str, size: Size, **options: Any) -> Any:
    return visit(url, *size, **options)


@SIZES
def test_the_first_screen_says_what_this_is_and_offers_what_is_answered(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    head = page.locator("#otr-head").inner_text()
    assert "Draws on 3 documents, to 4 March 2026" in head and "no model writes here" in head
    offered = page.locator("#otr-chat button.example").all_inner_texts()
    assert offered
    assert page.locator("#otr-tools").is_hidden(), "nothing to edit, share or copy yet"
    seen.shoot("first-screen")
    page.get_by_role("button", name=offered[0]).click()
    seen.answered()
    assert "otr-refused" not in seen.reply


@SIZES
def test_a_citation_opens_by_mouse_at_the_quoted_words(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(WALL)
    mark = page.locator('a.otr-cite[href="#src-1-2"]')
    mark.click()
    source = page.locator("#src-1-2")
    assert source.locator("mark").text_content() == CRACKS.citations[1].quote
    assert page.evaluate("document.activeElement.id") == "src-1-2"
    assert "The engineer Lena Vogt reported that" in source.inner_text(), "the words stand in their paragraph"
    colours = [at.evaluate("e => getComputedStyle(e).backgroundColor") for at in (mark, source.locator("mark"))]
    assert colours[0] == colours[1] != "rgba(0, 0, 0, 0)"
    claim = page.locator(".otr-part", has=mark).first.bounding_box()
    panel = page.locator("#otr-side").bounding_box()
    assert claim and panel
    below = claim["y"] + claim["height"] <= panel["y"] + 1
    beside = claim["x"] + claim["width"] <= panel["x"] + 1
    assert below or beside, "the panel covers the claim that it supports"
    seen.shoot("source")
    source.get_by_role("link", name="Next citation").click()
    page.wait_for_function("document.activeElement.id === 'src-1-3'")
    assert page.locator(".otr-source.otr-lit mark").text_content() == OAKES_COST.citations[0].quote
    assert page.locator("a.otr-cite.otr-lit").get_attribute("href") == "#src-1-3"


@SIZES
def test_a_citation_opens_by_keyboard_and_leads_back(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(WALL)
    mark = page.locator('a.otr-cite[href="#src-1-1"]').first
    page.locator("#otr-chat").press("Tab")
    mark.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "src-1-1"
    assert page.locator("#src-1-1 mark").text_content() == CRACKS.citations[0].quote
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#src-1-1"
    if size == PHONE:
        assert page.locator("#otr-side").is_hidden(), "the drawer is shut"


def test_pointing_at_a_mark_and_focusing_it_show_the_quoted_words(story: str, visit: Visits) -> None:
    seen = visit(story)
    page = seen.page
    seen.ask(WALL)
    mark = page.locator('a.otr-cite[href="#src-1-2"]')
    mark.hover()
    peek = page.locator("#otr-peek")
    peek.wait_for()
    shown = peek.inner_text()
    assert CRACKS.citations[1].quote in shown and "Tarrow Council" in shown and "4 March 2026" in shown
    seen.shoot("peek")
    page.mouse.move(5, 5)
    peek.wait_for(state="hidden")
    page.locator('a.otr-cite[href="#src-1-1"]').first.focus()
    page.keyboard.press("Tab")
    peek.wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "otr-peek"


@SIZES
def test_a_voice_opens_everything_that_person_said(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(WALL)
    chip = page.locator("a.otr-voice").first
    assert "Tom Oakes" in chip.inner_text() and "builder" in chip.inner_text()
    chip.click()
    ledger = page.locator("#otr-said")
    ledger.get_by_text("2 statements").wait_for()
    assert ledger.locator(".otr-name").all_inner_texts() == ["Tom Oakes\nbuilder"] * 2 or size == PHONE
    assert "Ana Ruiz" not in ledger.locator(".otr-ledger").inner_text().replace("Mayor Ana Ruiz", "")
    ledger.locator("summary").first.click()
    assert ledger.locator("details[open] mark").text_content() == "Nine million is the least it will take,"
    seen.shoot("voices")


@SIZES
def test_who_said_what_is_narrowed_by_speaker_document_and_words(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.tab("Who said what")
    ledger = page.locator("#otr-said")
    ledger.get_by_text("4 statements").wait_for()
    chart = ledger.locator(".otr-bars")
    assert chart.locator("caption").inner_text().lower() == "statements by document"
    assert [row.split()[-1] for row in chart.locator("tbody tr").all_inner_texts()] == ["3", "1"]
    page.get_by_label("Document").first.click()
    page.get_by_role("option", name=MINUTES.title).click()
    ledger.get_by_text("1 statement", exact=True).wait_for()
    assert "Lena Vogt" in ledger.inner_text()
    page.get_by_label("Document").first.click()
    page.get_by_role("option", name="Every document").click()
    page.get_by_label("Speaker").click()
    page.get_by_role("option", name="Tom Oakes").click()
    ledger.get_by_text("2 statements").wait_for()
    page.locator("#otr-said-words input, #otr-said-words textarea").fill("GUESS")
    ledger.get_by_text("1 statement", exact=True).wait_for()
    page.locator("#otr-said-words input, #otr-said-words textarea").fill("nowhere")
    ledger.get_by_text("Nothing in the documents fits this.").wait_for()


@SIZES
def test_where_documents_differ_the_positions_stand_side_by_side(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(COST)
    card = page.locator(".otr-differ")
    sides = card.locator("li")
    assert sides.count() == 2
    for side, claim in zip(sides.all(), (RUIZ_COST, OAKES_COST), strict=True):
        text = side.inner_text()
        assert claim.speaker in text and "2 March 2026" in text and side.locator("a.otr-cite").count() == 1
    assert page.locator(".otr-part").count() == 3, "each claim stands once"
    seen.shoot("disagreement")


@SIZES
def test_not_in_the_documents_looks_different_and_offers_what_is_answered(
    story: str, visit: Visits, size: Size
) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(NOBODY)
    refused = page.locator(".otr-refused")
    assert refused.locator(".otr-refusal").inner_text() == "The documents do not say."
    assert "Nearest in the documents".lower() in refused.inner_text().lower()
    assert not refused.locator(".otr-part").count()
    seen.shoot("not-in-documents")
    page.locator("#otr-chat button.otr-ask").first.click()
    seen.answered(1)
    assert "otr-refused" not in seen.reply


@SIZES
def test_what_to_ask_next_is_offered_and_moves_nothing(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(WALL)
    page.locator("#otr-chat button.otr-ask").first.wait_for()
    offered = page.locator("#otr-chat button.otr-ask").all_inner_texts()
    assert offered == [question for question in QUESTIONS if question != WALL]
    place = page.locator(".otr-question").first.bounding_box()
    assert place and 0 <= place["y"] < size[1] / 2, "the question stays in sight"
    page.get_by_role("button", name=offered[0]).click()
    seen.answered(1)
    assert "otr-refused" not in seen.reply


@SIZES
def test_a_follow_up_says_what_it_was_answered_as(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    seen.ask(WALL)
    seen.ask("And the money?")
    assert "Answered as: What of the money of the wall?" in seen.page.locator(".otr-as").inner_text()
    seen.shoot("follow-up")


def test_a_model_that_failed_is_said(story: str, visit: Visits) -> None:
    seen = visit(story)
    seen.ask("Ask the model")
    shown = seen.page.locator(".otr-answer").inner_text()
    assert (
        "did not answer in time" in shown and "Written by openai:some-model" in shown and "As of 4 March 2026" in shown
    )


@SIZES
def test_an_answer_can_be_stopped_and_keeps_what_was_checked(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    page.locator("#otr-box textarea").fill("A slow question about the wall")
    page.locator("#otr-box textarea").press("Enter")
    page.locator(".otr-part").first.wait_for()
    page.locator("#otr-box button", has_text="Stop").click()
    page.locator(".otr-foot").wait_for()
    assert "Stopped" in page.locator(".otr-foot").inner_text()
    kept = page.locator(".otr-part").count()
    assert 1 <= kept < 3
    seen.shoot("stopped")
    seen.ask(COST)
    assert page.locator(".otr-part").count() == kept + 3, (
        "the next question is answered, the stopped one stays as it was"
    )


@SIZES
def test_the_last_question_is_edited_and_asked_again(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(NOBODY)
    page.get_by_role("button", name="Edit the question").click()
    page.wait_for_function(f"document.querySelector('#otr-box textarea').value === {NOBODY!r}")
    assert not page.locator("#otr-chat .message-row").count()
    seen.ask(WALL)
    assert page.locator("#otr-chat .user-row").count() == 1
    page.get_by_role("button", name="Ask again").click()
    page.locator("#turn-3").wait_for(state="attached")
    seen.answered()
    assert page.locator("#otr-chat .user-row").count() == 1, "in place of the answer before"


@SIZES
def test_a_shared_link_opens_question_and_answer_in_a_fresh_browser(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(WALL)
    page.get_by_role("button", name="Share").click()
    field = page.locator("#otr-link textarea, #otr-link input")
    page.wait_for_function("document.querySelector('#otr-link textarea, #otr-link input')?.value.startsWith('http')")
    link = field.input_value()
    assert link.startswith(f"{story}/?answer=")
    page.wait_for_timeout(200)
    place = field.bounding_box()
    assert place and place["y"] + place["height"] <= size[1], "the link comes into sight"
    fresh = opened(visit, link, size)
    fresh.answered()
    assert WALL in fresh.page.locator(".otr-question").inner_text()
    assert "A shared answer, given on" in fresh.page.locator(".otr-banner").inner_text()
    assert fresh.page.locator(".otr-part").all_inner_texts() == page.locator(".otr-part").all_inner_texts()
    fresh.shoot("shared")
    fresh.ask("And the money?")
    assert fresh.page.locator(".otr-as").count() == 1, "the conversation goes on from it"


@pytest.mark.parametrize("token", ["", "0" * 32, "../../etc/passwd", "x" * 5000])
def test_a_link_to_no_answer_says_so(story: str, visit: Visits, token: str) -> None:
    seen = visit(f"{story}/?answer={token}")
    seen.page.locator(".otr-notice").wait_for()
    assert "opens no answer" in seen.page.locator(".otr-notice").inner_text()


def test_the_conversation_is_kept_in_the_browser_and_can_be_forgotten(story: str, visit: Visits) -> None:
    seen = visit(story)
    page = seen.page
    seen.ask(WALL)
    seen.ask(COST)
    page.reload()
    page.locator(".otr-question").nth(1).wait_for()
    assert page.locator(".otr-question").all_inner_texts() == [WALL, COST]
    page.locator('a.otr-cite[href="#src-1-2"]').click()
    assert page.evaluate("document.activeElement.id") == "src-1-2"
    page.get_by_role("button", name="New conversation").click()
    page.locator(".otr-question").first.wait_for(state="detached")
    page.wait_for_timeout(300)
    page.reload()
    page.locator("#otr-chat .otr-start").wait_for()
    assert not page.locator(".otr-question").count()


def test_what_the_browser_kept_is_not_believed(story: str, visit: Visits) -> None:
    """A claim whose words do not stand in the documents is not shown, wherever it comes from."""
    from story import answered

    from assistant.types import Citation, Claim
    from ui import records

    lookup = {ARTICLE.id: ARTICLE, MINUTES.id: MINUTES}
    forged = Claim("Ruiz resigned.", (Citation(1, ARTICLE.id, ARTICLE.version, 0, 14, "Ruiz resigned."),))
    value = records.plain(answered("What happened?", forged, PAYMENT))
    answer = records.restored(value, lambda identity, _: lookup.get(identity))
    assert answer and [claim.text for claim in answer.claims] == [PAYMENT.text]
    assert records.restored(records.plain(answered("What?", forged)), lambda i, _: lookup.get(i)) is None


@SIZES
def test_a_question_is_narrowed_to_some_documents(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    page.get_by_role("button", name="Answer only from some documents").click()
    page.wait_for_timeout(300)
    place = page.locator("#otr-filter").bounding_box()
    assert place and place["y"] + min(place["height"], size[1]) <= size[1] + 1, "it opens in sight"
    page.get_by_label("Kinds").click()
    page.get_by_role("option", name="minutes").click()
    page.locator("#otr-on").get_by_text("Answering from 1 of 3 documents").wait_for()
    seen.shoot("filter")
    seen.ask(COST)
    assert "otr-refused" in seen.reply and "From 1 of 3 documents" in seen.page.locator(".otr-foot").inner_text()
    page.get_by_label("Published after").fill("yesterday")
    page.locator("#otr-on").get_by_text("yesterday is not a day").wait_for()
    page.get_by_role("button", name="Answer from all documents").click()
    page.locator("#otr-on p").wait_for(state="detached")
    seen.ask(COST)
    assert "otr-differ" in seen.reply


@SIZES
def test_documents_are_read_in_full_with_what_was_cited_marked(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.ask(COST)
    seen.tab("Documents")
    listed = page.locator("#otr-corpus")
    listed.get_by_text("cited 2 times in this conversation").wait_for()
    assert "minutes" in listed.inner_text() and "Tarrow Council" in listed.inner_text()
    seen.shoot("documents")
    listed.get_by_role("link", name=MINUTES.title).click()
    document = page.locator(".otr-document")
    document.wait_for()
    assert document.locator("mark").all_text_contents() == [PAYMENT.citations[0].quote]
    assert document.locator("h3").all_inner_texts() == ["Item 3: the wall", "Item 4: money"]
    for line in filter(None, (line.lstrip("# ") for line in MINUTES.text.split("\n"))):
        assert line in document.inner_text()
    seen.shoot("document")
    page.get_by_role("link", name="All documents").click()
    page.locator(".otr-documents").wait_for()


def test_a_document_is_asked_alone(story: str, visit: Visits) -> None:
    seen = visit(story)
    page = seen.page
    seen.tab("Documents")
    page.locator("#otr-corpus").get_by_role("link", name=MINUTES.title).click()
    page.get_by_role("link", name="Ask about this document alone").click()
    page.locator("#otr-on").get_by_text("Answering from 1 of 3 documents").wait_for()
    page.wait_for_function("document.activeElement === document.querySelector('#otr-box textarea')")
    seen.ask(COST)
    assert "otr-refused" in seen.reply and "From 1 of 3 documents" in page.locator(".otr-foot").inner_text()


def test_each_view_has_one_tab(story: str, visit: Visits) -> None:
    seen = visit(story)
    views = ["Ask", "Who said what", "Timeline", "Documents"]
    for view in (*views, "Ask"):
        seen.tab(view)
        seen.page.wait_for_timeout(200)
        assert seen.page.get_by_role("tab").all_inner_texts() == views


def test_a_source_leads_to_its_place_in_the_whole_document(story: str, visit: Visits) -> None:
    seen = visit(story)
    page = seen.page
    seen.ask(COST)
    page.locator("#src-1-2").get_by_role("link", name="Read it here in full").click()
    page.locator("#otr-there").wait_for()
    assert page.locator("#otr-there").text_content() == OAKES_COST.citations[0].quote
    page.wait_for_function("document.activeElement.id === 'otr-there'")


@SIZES
def test_the_timeline_is_in_order_and_opens_passages(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size)
    page = seen.page
    seen.tab("Timeline")
    ledger = page.locator("#otr-timeline")
    ledger.get_by_text("3 dated events").wait_for()
    assert ledger.locator(".otr-name").all_inner_texts() == ["1 March 2026", "3 March 2026", "12 April 2026"]
    ledger.locator("summary").first.click()
    assert ledger.locator("details[open] mark").is_visible()
    seen.shoot("timeline")
    page.get_by_label("About").click()
    page.get_by_role("option", name="Lena Vogt").click()
    ledger.get_by_text("1 dated event").wait_for()
    page.get_by_label("About").click()
    page.get_by_role("option", name="Everybody").click()
    ledger.get_by_text("3 dated events").wait_for()
    page.locator("#otr-timeline-words input, #otr-timeline-words textarea").fill("hearing union")
    ledger.get_by_text("1 dated event").wait_for()


def test_a_document_written_from_right_to_left_reads_so(story: str, visit: Visits) -> None:
    seen = visit(story)
    page = seen.page
    seen.ask(QUESTIONS[2])
    for inside in (".otr-claim", ".otr-claim bdi", ".otr-sources blockquote"):
        expect(page.locator(inside).first).to_have_css("direction", "rtl")  # drawn anew with the suggestions
    seen.tab("Documents")
    page.get_by_role("link", name="جدار").click()
    page.locator(".otr-document p[dir]").wait_for()
    expect(page.locator(".otr-document p[dir]")).to_have_css("direction", "rtl")
    seen.shoot("right-to-left")


@SIZES
def test_dark_mode_follows_the_reader(story: str, visit: Visits, size: Size) -> None:
    seen = opened(visit, story, size, color_scheme="dark")
    seen.ask(COST)
    dark = "getComputedStyle(document.body).backgroundColor"
    assert seen.page.evaluate(dark) == "rgb(23, 22, 20)"
    seen.page.locator("a.otr-cite").first.click()
    seen.shoot("dark")


def test_nothing_moves_for_who_asks_for_that(story: str, visit: Visits) -> None:
    seen = visit(story, reduced_motion="reduce")
    page = seen.page
    page.locator("#otr-box textarea").fill("A slow question about the wall")
    page.locator("#otr-box textarea").press("Enter")
    page.locator(".otr-part").first.wait_for()
    moving = "document.getAnimations().filter(a => a.effect.getComputedTiming().duration > 1).length"
    assert page.evaluate(moving) == 0
    seen.answered()
    page.locator("a.otr-cite").last.click()
    assert page.evaluate("getComputedStyle(document.activeElement).scrollBehavior") == "auto"
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1920])
def test_no_width_scrolls_sideways(story: str, visit: Visits, width: int) -> None:
    seen = visit(story, width, 800)
    page = seen.page
    seen.ask(COST)
    for view in (None, "Who said what", "Timeline", "Documents"):
        if view:
            page.get_by_role("tab", name=view).click()
            page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view


def test_claims_are_told_to_a_screen_reader_once_each(story: str, visit: Visits) -> None:
    seen = visit(story)
    page = seen.page
    seen.ask(COST)
    told = page.locator("#otr-live p").all_text_contents()
    assert sum(RUIZ_COST.text in line for line in told) == 1, [t for t in told if RUIZ_COST.text in t]
    assert not page.locator('#otr-chat [aria-live="polite"]').count()


def test_an_answer_is_copied_with_its_sources(story: str, visit: Visits) -> None:
    seen = visit(story, permissions=["clipboard-read", "clipboard-write"])
    page = seen.page
    seen.ask(WALL)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.locator("#otr-live").get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert CRACKS.text in copied and "[1]" in copied and "https://example.org/harbour-wall" in copied
