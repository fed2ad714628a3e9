"""Each draft claim against the words it cites. What fails is withheld, with the reason.

Every check is a pure function that returns why the draft fails it, or None. None of them trusts the writer:
who speaks, what is a quotation and whom a pronoun means are read from the document again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .alignment import Inserted, aligned, insertions
from .names import Person
from .quotations import DOUBLE, Quotation, outermost, quotations, single_quotations, stands_in
from .types import Attribution, Span
from .views import View
from .writers import Draft

_CLOSES = re.compile(r"(?<=[.,!?…\s])[’'](?!\w)")
_PRONOUNS = frozenset(("he", "him", "his", "she", "her", "hers"))


def failure(draft: Draft, view: View) -> str | None:
    """Why `draft` may not be shown, or None: the checks of promises 1 to 4, in order."""
    if reason := check_marks(draft):
        return reason
    for check in (check_spans, check_quotations, check_words, check_quoted, check_credits, check_speaker, check_names):
        if reason := check(draft, view):
            return reason
    return None


def check_spans(draft: Draft, view: View) -> str | None:
    """Promise 1: there are spans, and each is whole sentences of the document, of a quotation in it, or a credit."""
    text = view.document.text
    if draft.document_id != view.document.id:
        return f"it cites {draft.document_id}, not {view.document.id}"
    if not draft.spans:
        return "it cites nothing"
    for span in draft.spans:
        if not 0 <= span.start < span.end <= len(text):
            return f"its span {span.start}-{span.end} is not in {view.document.id}"
        if not _is_whole(span, view):
            return f"its span {span.start}-{span.end} cuts a sentence of {view.document.id}"
    return None


def check_marks(draft: Draft) -> str | None:
    """Promise 2: each quotation mark has its fellow, so that it is plain what stands between them."""
    return marks_failure(draft.text)


def marks_failure(text: str) -> str | None:
    """Why the quotation marks of `text` leave it open what stands between them, or None."""
    closed = [quote for quote in (*quotations(text), *single_quotations(text)) if quote.closed]
    ends = {place for quote in closed for place in (quote.outer.start, quote.outer.end - 1)}
    places = [
        place
        for place, mark in enumerate(text)
        if mark in DOUBLE or (mark == "‘" and not text[place + 1 : place + 2].isdigit())
    ]
    places += [match.start() for match in _CLOSES.finditer(text)]
    crossing = any(
        one.outer.start < other.outer.start < one.outer.end < other.outer.end for one in closed for other in closed
    )
    if crossing or "''" in text or "`" in text or any(place not in ends for place in places):
        return "a quotation mark in it has no fellow"
    return None


def check_quotations(draft: Draft, view: View) -> str | None:
    """Promise 2: what stands between quotation marks stands word for word in one cited span.

    Square brackets and elisions in a quotation part it; the parts have to stand in order.
    """
    for quote in (*quotations(draft.text), *single_quotations(draft.text)):
        words = quote.inner.of(draft.text)
        if not any(stands_in(words, span.of(view.document.text)) for span in draft.spans):
            return f"the quotation {words!r} is not in the words cited"
    return None


def check_words(draft: Draft, view: View) -> str | None:
    """Promise 4, for a quoting writer: outside brackets there is nothing but the words cited, in order."""
    return None if aligned(draft, view) else "its words are not the words cited"


def check_quoted(draft: Draft, view: View) -> str | None:
    """Promise 3: what the document has in quotation marks stands in such here, and nothing else does."""
    shown = outermost(draft.text)
    for pair in aligned(draft, view) or ():
        here = any(quote.inner.start <= pair.shown < quote.inner.end for quote in shown)
        if here and view.quotation(pair.cited) is None:
            return "it puts in quotation marks what the document has not"
        if not here and view.quotation(pair.cited):
            return "it leaves out quotation marks that the document has"
    return None


def check_credits(draft: Draft, view: View) -> str | None:
    """Promises 2 and 3: with whatever the document credits to someone stands that credit, and a name."""
    told = _outside(draft.text)
    for number, span in enumerate(draft.spans):
        # A span that is no more than a credit gives nobody's words.
        for attribution in () if _is_credit(span, view) else _held(span, view):
            nearby = draft.spans[max(0, number - 1) : number + 1]
            words = Span(attribution.start, attribution.end).of(view.document.text)
            if not attribution.cue:
                if not _is_told(attribution, span, view):
                    return f"nobody is credited with {words!r}"
            elif not any(cited.holds(attribution.credit) for cited in nearby):
                return f"the credit of {words!r} is not beside it"
            elif (person := view.people.by_name(attribution.speaker)) and not _names(told, person, view):
                return f"it does not name {attribution.speaker}, whose words it gives"
    return None


def check_speaker(draft: Draft, view: View) -> str | None:
    """Promise 2: the speaker of a claim says all that is anybody's in it, and none is left out who says it all."""
    shown = [number for span in draft.spans for number in _numbers(span, view)]
    speakers = {speaker for number in shown for speaker in view.voices[number]}
    if draft.speaker and speakers != {draft.speaker}:
        return f"it credits {draft.speaker} with words of {', '.join(sorted(speakers)) or 'the document'}"
    if not draft.speaker and len(speakers) == 1 and all(view.voices[number] for number in shown):
        return f"it leaves out that {speakers.pop()} says so"
    return None


def check_names(draft: Draft, view: View) -> str | None:
    """A name put in brackets completes the name beside it, or is whom the document means there."""
    for inserted in insertions(draft, view):
        if not (_completes(inserted, view) or _explains(inserted, view)):
            return f"[{inserted.name}] is not whom {view.document.id} speaks of there"
    return None


def _is_whole(span: Span, view: View) -> bool:
    text = view.document.text
    starts = {sentence.start for sentence in view.sentences}
    ends = {sentence.end for sentence in view.sentences}
    if _is_credit(span, view) or (span.start in starts and span.end in ends):
        return True
    quote = view.quotation(span.end - 1)
    if quote is None or not (span.start in starts or span.start == quote.inner.start):
        return False
    if span.end in ends:
        return True
    if text[span.end : quote.inner.end].strip(" ,"):
        return False
    # What follows a quotation in its sentence is no more than its credit.
    sentence = view.sentences[view.number_at(quote.inner.end - 1)]
    rest = text[quote.outer.end : sentence.end]
    said = view.attribution(quote)
    if said and quote.outer.end <= said.credit.start < sentence.end:
        rest = text[quote.outer.end : said.credit.start] + text[said.credit.end : sentence.end]
    return not re.search(r"\w", rest) or _is_title(rest)


def _is_title(rest: str) -> bool:
    """Whether the rest of a credit only says who the speaker is: "Mr", ", the harbour master"."""
    return bool(re.fullmatch(r"\W*(?:Mr|Mrs|Ms|Dr|[Tt]he|[Aa]n?)?\W*", rest)) or bool(re.fullmatch(r",[^,;]*\.?", rest))


def _is_credit(span: Span, view: View) -> bool:
    return any(attribution.cue and attribution.credit == span for attribution in view.attributions)


def _held(span: Span, view: View) -> Iterator[Attribution]:
    """Attributions whose words a span holds, in whole or in part."""
    return (a for a in view.attributions if a.start < span.end and span.start < a.end)


def _numbers(span: Span, view: View) -> list[int]:
    """The sentences whose words a span gives; none for a mere credit."""
    if _is_credit(span, view):
        return []
    return [i for i, sentence in enumerate(view.sentences) if sentence.start < span.end and span.start < sentence.end]


def _is_told(attribution: Attribution, span: Span, view: View) -> bool:
    """Whether a quotation that nobody is credited with stands in a sentence of the document's own."""
    sentence = view.sentences[view.number_at(attribution.start)]
    content = Span(attribution.start, attribution.end)
    own = Quotation(Span(content.start - 1, content.end + 1), content)
    words = sentence.of(view.document.text).replace(own.outer.of(view.document.text), " ")
    return sentence.holds(content) and span.holds(sentence) and bool(re.search(r"\w", words))


def _names(told: str, person: Person, view: View) -> bool:
    return person.surname in told or any(mention.person == person for mention in view.people.mentions(told))


def _outside(text: str) -> str:
    """The words of a claim that stand in no quotation, brackets included."""
    for quote in reversed(outermost(text)):
        brackets = " ".join(re.findall(r"\[[^\[\]]*\]", quote.inner.of(text)))
        text = f"{text[: quote.outer.start]} {brackets} {text[quote.outer.end :]}"
    return text


def _completes(inserted: Inserted, view: View) -> bool:
    """ "[Vinod] Bansal": the name is that of whom the document names there."""
    if inserted.before is None:
        return False
    sentence = view.sentences[view.number_at(inserted.before.cited)]
    for mention in view.people.mentions(sentence.of(view.document.text), sentence.start):
        if mention.span.start == inserted.before.cited:
            return f"{inserted.name} {mention.span.of(view.document.text)}" == mention.person.name
    return False


def _explains(inserted: Inserted, view: View) -> bool:
    """ "he [Vinod Bansal]", "the mayor [Zohran Mamdani]": the name is that of whom the document means there."""
    if inserted.after is None:
        return False
    number = view.number_at(inserted.after.cited)
    sentence, text = view.sentences[number], view.document.text
    if text[inserted.after.cited : inserted.after.end].lower() in _PRONOUNS:
        person, _ = view.referent(number, inserted.after.cited)
        return person is not None and person.name == inserted.name
    for span, _, person in view.people.described(sentence.of(text)):
        if sentence.start + span.end == inserted.after.end:
            return person is not None and person.name == inserted.name
    return False
