"""Each draft claim against the words it cites. What fails is withheld, with the reason.

Every check is a pure function that returns why the draft fails it, or None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .quotations import BRACKETS, normal, quotations, single_quotations, stands_in
from .types import Attribution, Document, Span
from .writers import Draft

def failure(draft: Draft, document: Document, attributions: Sequence[Attribution]) -> str | None:
    """Why `draft` may not be shown, or None: the checks of promises 1 to 4, in order."""
    return (
        check_spans(draft, document)
        or check_quotations(draft, document)
        or check_speakers(draft, document, attributions)
        or check_words(draft, document)
        or check_names(draft, document)
    )


def check_spans(draft: Draft, document: Document) -> str | None:
    """Promise 1: there are spans, and they lie inside the document."""
    if not draft.spans:
        return "it cites nothing"
    for span in draft.spans:
        if not 0 <= span.start < span.end <= len(document.text):
            return f"its span {span.start}-{span.end} is not in {document.id}"
    return None


def check_quotations(draft: Draft, document: Document) -> str | None:
    """Promise 2: what stands between quotation marks stands word for word in one cited span.

    Square brackets and elisions in a quotation part it; the parts have to stand in order.
    """
    for quote in (*quotations(draft.text), *single_quotations(draft.text)):
        words = quote.inner.of(draft.text)
        if not any(stands_in(words, span.of(document.text)) for span in draft.spans):
            return f"the quotation {words!r} is not in the words cited"
    return None


def check_speakers(draft: Draft, document: Document, attributions: Sequence[Attribution]) -> str | None:
    """Promises 2 and 3: whoever the document credits with the cited words is named in the claim."""
    shown = normal(draft.text)
    speakers = set()
    for attribution in attributions:
        content = Span(attribution.start, attribution.end)
        if not attribution.speaker or not any(_overlap(content, span) for span in draft.spans):
            continue
        speakers.add(attribution.speaker)
        credited = normal(attribution.credit.of(document.text)) in shown
        if not credited and normal(attribution.speaker.split()[-1]) not in shown:
            return f"it does not name {attribution.speaker}, whose words it gives"
    if draft.speaker and speakers and draft.speaker not in speakers:
        return f"it credits {draft.speaker} with words of {', '.join(sorted(speakers))}"
    return None


def check_words(draft: Draft, document: Document) -> str | None:
    """Promise 4, for a quoting writer: outside brackets there is no word but those cited, in order."""
    cited = " ".join(_words(span.of(document.text)) for span in draft.spans)
    shown = _words(BRACKETS.sub(" ", draft.text))
    if shown != _words(BRACKETS.sub(" ", cited)):
        return "its words are not the words cited"
    return None


def check_names(draft: Draft, document: Document) -> str | None:
    """What the writer put in brackets is a name, or part of one, that stands in the document."""
    text = normal(document.text)
    for inserted in re.findall(r"\[([^\[\]]*)\]", draft.text):
        if normal(inserted) not in text:
            return f"[{inserted}] is not in {document.id}"
    return None


def _words(words: str) -> str:
    """Letters and digits only, in order: marks, spaces and capitals do not tell words apart here."""
    return " ".join(re.findall(r"[^\W_]+", words)).casefold()


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
