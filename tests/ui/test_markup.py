"""Rendering: what is shown, and that nothing from outside is ever more than text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ui_fakes import answered, article, cite, refused

from assistant.types import REFUSAL, Citation, Claim, Document
from ui import ledgers, markup, messages, page, sources
from ui.messages import Shown

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</bdi></p></div><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "[click](javascript:alert(1))",
    "![x](https://example.org/pixel.png)",
    "**bold** _em_ `code` ~~gone~~ # heading\n\n- list\n\n```\nfence\n```",
    "$$\\href{javascript:alert(1)}{x}$$ \\(x\\) $x$",
    "${alert(1)} {{constructor}} {{{raw}}} @children",
    "https://example.org/ www.example.org someone@example.org",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "\u202etxet desrever\u202c \u2066 \u2069\u2069\u2069",
    "nul \x00 escape \x1b[31m delete \x7f lone \ud800 surrogate",
    "<!-- --><![CDATA[ ]]><?php ?>",
)
anything = st.one_of(
    st.sampled_from(PAYLOADS),
    st.text(alphabet=st.characters(), max_size=80),
    st.text(alphabet="<>&\"'`*_[]()!#$\\{}|~@:/-=\n\t a1\u202e", max_size=60),
    st.lists(st.sampled_from(PAYLOADS), max_size=3).map("".join),
)


class Page(HTMLParser):
    """What a browser would make of some HTML: its tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""
        self.marked = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.open:
            self.marked += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")


def plainly(html: str) -> str:
    """Without the marks around quotations, which a text may have any number of."""
    return re.sub(r'<span class="otr-quoted">(.*?)</span>', r"\1", html)


def shape(html: str) -> tuple[list[str], list[str]]:
    """The tags and attribute names of some HTML, which must be well formed."""
    page = Page(plainly(html))
    assert not page.open
    return page.tags, [name for name, _ in page.attributes]


def document(text: str, **metadata: object) -> Document:
    return dataclasses.replace(article(), text=text, version="v", **metadata)  # type: ignore[arg-type]  # names checked


def citation(of: Document, start: int, end: int) -> Citation:
    return Citation(
        1, of.id, of.version, start, end, of.text[start:end], of.title, of.publisher, of.published, of.url
    )  # fmt: skip


@given(anything)
def test_escaped_text_reads_back_and_holds_nothing_live(text: str) -> None:
    html = markup.escape(text)
    page = Page(html)
    assert not page.tags
    assert not set(html) & set("<>\"'`*_[](){}$!\\|~@:/=\n\r\t\x00")
    readable = "".join(
        c if c in "\t\n\r" or not (ord(c) < 32 or ord(c) == 0x7F or 0xD800 <= ord(c) < 0xE000) else "\ufffd"
        for c in text
    )
    assert page.text == readable
    html.encode()


@given(anything, anything)
def test_no_question_changes_the_shape_of_a_page(text: str, standalone: str) -> None:
    assert shape(messages.question(text)) == shape(messages.question("Who?"))
    assert shape(messages.notice(text)) == shape(messages.notice("No."))
    value = dataclasses.replace(refused(text, ()), standalone=standalone)
    plain = dataclasses.replace(value, question="a", standalone="a" if text.strip() == standalone.strip() else "b")
    assert shape(messages.answer(Shown(1), value)) == shape(messages.answer(Shown(1), plain))


@given(anything, anything, anything)
def test_no_document_changes_the_shape_of_a_page(before: str, quote: str, title: str) -> None:
    hostile = document(
        before + quote, title=title or "t", publisher=title, kind=title, url="https://example.org/" + title
    )
    cited = citation(hostile, len(before), len(before + quote))
    value = answered("Who?", (Claim(quote, (cited,)),))
    plain = document("b q", title="t", publisher="p" if title else "", url="https://example.org/")
    plain_value = answered("Who?", (Claim("q", (citation(plain, 2, 3),)),))
    assert shape(messages.answer(Shown(1), value)) == shape(messages.answer(Shown(1), plain_value))
    assert shape(page.header({"d": hostile}, "")) == shape(page.header({"d": plain}, ""))
    linked = bool(markup.safe_url(hostile.url))
    plain = dataclasses.replace(plain, url=plain.url if linked else "")
    shown = sources.panel([(1, sources.sources(1, title, (cited,), {hostile.id: hostile}, False))])
    expected = sources.panel([(1, sources.sources(1, "q", (citation(plain, 2, 3),), {plain.id: plain}, False))])
    assert shape(shown) == shape(expected)


def test_a_source_marks_the_quoted_words_in_their_paragraph() -> None:
    story = article()
    cited = cite(story, "“When prisons try to isolate, words travel.”", 3)
    page = Page(sources.sources(2, "Who?", (cited,), {story.id: story}, False))
    assert page.marked == cited.quote
    assert "The note itself was made public by Khalid’s partner, Banojyotsna Lahiri, who posted it on X" in page.text
    assert "handwritten message" not in page.text, "the next paragraph"
    assert ("id", "src-2-3") in page.attributes
    assert ("href", story.url) in page.attributes and ("rel", "noopener noreferrer") in page.attributes
    assert "The Telegraph (India)" in page.text and "2 January 2026" in page.text


def test_a_long_paragraph_is_cut_around_the_quoted_words() -> None:
    long = document("before " * 500 + "the very words" + " after" * 500)
    start = long.text.index("the very words")
    before, quote, after = sources.excerpt(long, citation(long, start, start + 14))
    assert quote == "the very words"
    assert before.startswith("… before") and after.endswith("after …")
    assert len(before) <= sources.EXCERPT + 2 and len(after) <= sources.EXCERPT + 2


@pytest.mark.parametrize("other", [None, document("other words")])
def test_words_of_a_document_that_is_gone_or_changed_stand_alone(other: Document | None) -> None:
    story = article()
    cited = cite(story, "words travel")
    assert sources.excerpt(other, cited) == ("", "words travel", "")
    assert sources.excerpt(dataclasses.replace(story, version="later"), cited) == ("", "words travel", "")


def test_an_answer_links_each_claim_to_its_sources_of_its_turn() -> None:
    story = article()
    one, two = cite(story, "words travel", 1), cite(story, "25 minutes", 2)
    value = answered("Who?", (Claim("First.", (one,)), Claim("Second.", (two, one))))
    page = Page(messages.answer(Shown(7), value))
    links = [attribute[1] for attribute in page.attributes if attribute[0] == "href"]
    assert links == ["#src-7-1", "#src-7-2", "#src-7-1"]
    ids = [attribute[1] for attribute in page.attributes if attribute[0] == "id"]
    assert ids == ["ref-7-1", "ref-7-2"]
    assert page.text.replace("\u2060", "").startswith("First.[1]Second.[2][1]")
    assert "As of 2 January 2026" in page.text and "Quoting the documents; no model in use" in page.text
    assert "Answered as" not in page.text


def test_an_answer_about_how_things_stand_begins_with_its_day() -> None:
    value = dataclasses.replace(answered("Where is he now?", ()), lead="As of 23 May 2026:")
    assert Page(messages.answer(Shown(1), value)).text.startswith("As of 23 May 2026:")


def test_a_source_says_its_page_and_that_its_text_has_changed() -> None:
    story = article()
    cited = dataclasses.replace(cite(story, "words travel"), page=3)
    now = Page(sources.sources(1, "Who?", [cited], {story.id: story}, False)).text
    assert "page 3" in now and "changed" not in now
    later = dataclasses.replace(story, version="later")
    assert "has changed since it was cited" in Page(sources.sources(1, "Who?", [cited], {story.id: later}, False)).text


def test_a_follow_up_shows_what_it_was_answered_as() -> None:
    value = answered("And Kassem?", (), standalone="What did Malviya say about Kassem?")
    assert "Answered as: What did Malviya say about Kassem?" in Page(messages.answer(Shown(2), value)).text


def test_a_refusal_offers_the_nearest_as_such() -> None:
    near = cite(article(), "We met him for about 25 minutes.")
    html = messages.answer(Shown(1), refused("What did Modi say?", (near,)))
    assert "otr-refused" in html and ("href", "#src-1-1") in Page(html).attributes
    text = Page(html).text
    assert text.index(REFUSAL) < text.index("Nearest in the documents") < text.index("25 minutes")
    assert "Nearest" not in Page(messages.answer(Shown(1), refused("Why?", ()))).text


def test_a_model_that_wrote_is_named() -> None:
    value = dataclasses.replace(answered("Who?", ()), writer="openai:<b>x</b>")
    assert "Written by openai:<b>x</b>" in Page(messages.answer(Shown(1), value)).text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("https://[", False),
        ("https://example.org/\n", False),
        ("https://example.org/ x", False),
        (" javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_linked(url: str, safe: bool) -> None:
    assert (markup.safe_url(url) == url) is safe


def test_the_header_says_what_it_draws_on() -> None:
    story = article()
    brief = dataclasses.replace(story, id="b", title="A brief", kind="brief", published=dt.date(2026, 3, 9))
    assert "Draws on 1 document, to 2 January 2026" in Page(page.header({"a": story}, "")).text
    assert "Draws on 2 documents, to 9 March 2026" in Page(page.header({"b": brief, "a": story}, "")).text
    assert page.story_title({"b": brief, "a": story}) == story.title, "the article is the story"
    assert page.story_title({"b": brief}) == "A brief"


def test_a_long_question_is_shown_short() -> None:
    assert "(20,000 characters)" in Page(messages.question("x" * 20_000)).text
    assert len(messages.question("x" * 20_000)) < 1000


def test_the_sources_of_one_turn_are_shown_those_of_the_latest_at_first() -> None:
    story = article()
    turns = [(n, sources.sources(n, f"Q{n}", (cite(story, "words travel"),), {story.id: story})) for n in (1, 2)]
    html = sources.panel([*turns, (3, "")])
    assert re.findall(r'class="(otr-turn[^"]*)" id="(turn-\d)"', html) == [
        ("otr-turn", "turn-1"),
        ("otr-turn otr-on", "turn-2"),
    ]
    assert "appear here" in sources.panel(())


def test_a_chart_has_few_bars_on_a_phone() -> None:
    counts = [(f"month {n}", n % 7 + 1) for n in range(12)]
    shown = ledgers.bars("Busiest", counts)
    assert shown.count("otr-rod") == 12 and 0 < shown.count('<tr class="otr-minor">') <= 12 - ledgers.FEW
    assert ledgers.bars("One", counts[:1]) == ""
    assert "otr-minor" not in ledgers.bars("Two", counts[:2])


def test_what_is_dated_by_its_year_alone_is_counted_in_no_month() -> None:
    story = article()

    def event(month: int, precision: str) -> SimpleNamespace:
        day = dt.date(2026, month, 1)
        return SimpleNamespace(document_id=story.id, start=0, end=9, first=day, last=day, precision=precision)

    found = [event(1, "year"), event(2, "month"), event(2, "day"), event(3, "day")]
    shown = Page(ledgers.timeline(found, {story.id: story})).text
    assert "4 dated events" in shown and "February 20262" in shown and "January 20261" not in shown


def test_what_is_only_nearest_is_cut_at_a_word() -> None:
    long = cite(article(), article().text[:900].strip())
    shown = messages.answer(Shown(1), refused("Who?", (long,)))
    assert " …" in shown and len(shown) < 2500
    assert markup.cut("one two three", 8) == "one two …" and markup.cut("x" * 20, 8) == "x" * 8 + " …"


def test_a_source_leads_to_those_beside_it() -> None:
    story = article()
    cited = [cite(story, "words travel", 1), cite(story, "25 minutes", 2), cite(story, "Abu Azmi", 4)]
    html = sources.sources(1, "Who?", cited, {story.id: story})
    assert re.findall(r'otr-turner" href="(#src-1-\d)"', html) == ["#src-1-2", "#src-1-1", "#src-1-4", "#src-1-2"]


def test_a_mark_and_its_passage_share_a_colour() -> None:
    story = article()
    cited = tuple(cite(story, "words travel", n) for n in range(1, messages.TINTS + 2))
    answer_html = messages.answer(Shown(1), answered("Who?", (Claim("So.", cited),)))
    marks = re.findall(r"otr-cite (otr-t\d)", answer_html)
    passages = re.findall(r'<mark class="(otr-t\d)"', sources.sources(1, "Who?", cited, {story.id: story}))
    assert marks == passages and len(set(marks)) == messages.TINTS


def test_whose_words_they_are_and_their_quotations_are_set_apart() -> None:
    claim = Claim("“No,” she said.", (cite(article(), "words travel"),), "Ana Ruiz", role="Mayor")
    html = messages.answer(Shown(3, reportable=True), answered("Who?", (claim,)))
    assert 'href="#go-voice-3-0"' in html and 'href="#go-wrong-3-0"' in html
    assert "Ana Ruiz" in Page(html).text and "Mayor" in Page(html).text
    assert f'<span class="otr-quoted">{markup.escape("“No,”")}</span>' in html


def test_claims_on_which_documents_differ_stand_in_one_card_once() -> None:
    cited = (cite(article(), "words travel"),)
    claims = tuple(Claim(f"Claim {n}.", cited, f"Speaker {n}") for n in range(3))
    value = dataclasses.replace(answered("Who?", claims), sides=((0, 2), (1,), (7, 1)))
    html = messages.answer(Shown(1), value)
    card = html[html.index("otr-differ") : html.index("</section>")]
    assert "Claim 0" in card and "Claim 2" in card and "Claim 1" not in card
    assert html.count("Claim 0") == html.count("Claim 1") == html.count("Claim 2") == 1
