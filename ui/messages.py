"""Questions and answers as the messages of the chat: pure functions to HTML.

Links that begin with ``#src-`` lead to a source in the panel, those with ``#go-`` are sent to the server by page.js.
The chat's sanitiser takes away data-* and aria-*, so a link's address and its text carry everything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.quotations import outermost
from assistant.types import NOT_IN_DOCUMENTS, REFUSAL, Answer, Citation, Claim

from . import strings as say
from .markup import cut, date, escape, foreign

QUESTION = 500
"""Most characters of a question shown back to its reader."""
NEAR = 280
"""Most characters of what is only nearest; the source panel has all of it."""
TINTS = 6
"""Colours that a mark and its passage share, in turn."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a turn's answer is to be shown: its number, and what is known beside the answer."""

    turn: int
    offers: Sequence[str] = ()
    narrowed: str = ""
    banner: str = ""
    replies: Sequence[str] = ()
    reportable: bool = False


def question(text: str) -> str:
    """A reader's question, cut where it is far too long to show."""
    shown = text if len(text) <= QUESTION else say.LONG_QUESTION.format(start=text[:QUESTION], count=len(text))
    return f'<div class="otr-question">{foreign(shown)}</div>'


def working(shown: Shown, claims: Sequence[Claim]) -> str:
    """An answer on its way: the claims verified so far."""
    waiting = "" if claims else f'<p class="otr-working">{escape(say.WORKING)}</p>'
    return f'<div class="otr-answer otr-busy">{_claims(shown, claims)}{waiting}</div>'


def stopped(shown: Shown, claims: Sequence[Claim]) -> str:
    """An answer that its reader stopped."""
    text = say.STOPPED if claims else say.STOPPED_EARLY
    return f'<div class="otr-answer">{_claims(shown, claims)}<p class="otr-foot">{escape(text)}</p></div>'


def answer(shown: Shown, value: Answer) -> str:
    """A whole answer, its citation marks linked to the sources of the same turn."""
    refused = value.status == NOT_IN_DOCUMENTS
    asked = value.standalone.strip() != value.question.strip()
    head = f'<p class="otr-banner">{escape(shown.banner)}</p>' if shown.banner else ""
    if asked:
        head += f'<p class="otr-as">{foreign(say.ANSWERED_AS.format(question=value.standalone))}</p>'
    if refused:
        body = _refusal(shown.turn, value.nearest)
    else:
        lead = f'<p class="otr-lead">{escape(value.lead)}</p>' if value.lead else ""
        body = lead + _claims(shown, value.claims, value.sides)
    offers = _offers(shown.offers, say.OFFERED if refused else say.NEXT)
    kind = "otr-answer otr-refused" if refused else "otr-answer"
    return f'<div class="{kind}">{head}{body}{_replies(shown.replies)}{_foot(shown, value)}</div>{offers}'


def notice(text: str) -> str:
    """Something the reader should know that is not an answer."""
    return f'<div class="otr-notice" role="status"><p>{foreign(text)}</p></div>'


def tint(number: int) -> str:
    """The class of the colour that the mark and the passage of a citation share."""
    return f"otr-t{(number - 1) % TINTS + 1}"


def _claims(shown: Shown, claims: Sequence[Claim], sides: Sequence[Sequence[int]] = ()) -> str:
    """The claims in their order, those on which the documents differ side by side in place of the first of them."""
    seen: set[int] = set()
    groups = [[i for i in dict.fromkeys(group) if 0 <= i < len(claims)] for group in sides]
    groups = [group for group in groups if len(group) > 1]
    first = {min(group): group for group in groups}
    inside = {index for group in groups for index in group}
    parts = []
    for index, claim in enumerate(claims):
        if group := first.get(index):
            parts.append(_card(shown, claims, group, seen))
        elif index not in inside:
            parts.append(_claim(shown, index, claim, seen))
    return "".join(parts)


def _claim(shown: Shown, index: int, claim: Claim, seen: set[int]) -> str:
    speaker = _voice(shown.turn, index, claim) if claim.speaker else ""
    return (
        f'<div class="otr-part">{speaker}<p class="otr-claim">{_spoken(claim.text)}'
        f"{_marks(shown.turn, claim, seen)}{_wrong(shown, index)}</p></div>"
    )


def _card(shown: Shown, claims: Sequence[Claim], group: Collection[int], seen: set[int]) -> str:
    sides = []
    for index in group:
        about = [foreign(c.publisher) for c in claims[index].citations[:1] if c.publisher]
        about += [escape(date(c.published)) for c in claims[index].citations[:1] if c.published]
        origin = f'<p class="otr-origin">{" · ".join(about)}</p>' if about else ""
        sides.append(f"<li>{_claim(shown, index, claims[index], seen)}{origin}</li>")
    return (
        f'<section class="otr-differ"><p class="otr-label">{escape(say.DIFFER)}</p><ul>{"".join(sides)}</ul></section>'
    )


def _voice(turn: int, index: int, claim: Claim) -> str:
    """A chip that opens everything the speaker said."""
    role = f'<span class="otr-role">{foreign(claim.role)}</span>' if claim.role else ""
    hint = escape(say.VOICE.format(name=claim.speaker))
    return (
        f'<p class="otr-who"><a class="otr-voice" href="#go-voice-{turn}-{index}" title="{hint}">'
        f"<span>{foreign(claim.speaker or '')}</span>{role}</a></p>"
    )


def _spoken(text: str) -> str:
    """A claim's text, its quotations set apart as such."""
    parts, place = [], 0
    for quote in outermost(text):
        parts.append(escape(text[place : quote.outer.start]))
        parts.append(f'<span class="otr-quoted">{escape(quote.outer.of(text))}</span>')
        place = quote.outer.end
    return f'<bdi dir="auto">{"".join(parts)}{escape(text[place:])}</bdi>'


def _marks(turn: int, claim: Claim, seen: set[int]) -> str:
    return "".join(_mark(turn, number, seen) for number in dict.fromkeys(c.number for c in claim.citations))


def _mark(turn: int, number: int, seen: set[int]) -> str:
    """A citation mark; the first of its number is where the source links back to."""
    anchor = "" if number in seen else f' id="ref-{turn}-{number}"'
    seen.add(number)
    label = escape(say.SOURCE.format(number=number))
    return (
        f'&#8288;<a class="otr-cite {tint(number)}"{anchor} href="#src-{turn}-{number}" title="{label}">'
        f"&#91;{number}&#93;</a>"
    )


def _wrong(shown: Shown, index: int) -> str:
    if not shown.reportable:
        return ""
    return f' <a class="otr-wrong" href="#go-wrong-{shown.turn}-{index}">{escape(say.WRONG)}</a>'


def _refusal(turn: int, nearest: Sequence[Citation]) -> str:
    sentence = f'<p class="otr-refusal">{escape(REFUSAL)}</p>'
    if not nearest:
        return sentence
    seen: set[int] = set()
    items = "".join(f"<li>{_spoken(cut(near.quote, NEAR))}{_mark(turn, near.number, seen)}</li>" for near in nearest)
    return f'{sentence}<p class="otr-nearest otr-label">{escape(say.NEAREST)}</p><ul>{items}</ul>'


def _offers(questions: Sequence[str], label: str) -> str:
    """Questions that the documents answer; a press asks one."""
    if not questions:
        return ""
    items = "".join(f'<li><button class="otr-ask" type="button">{foreign(text)}</button></li>' for text in questions)
    return f'<div class="otr-offers"><p class="otr-label">{escape(label)}</p><ul>{items}</ul></div>'


def _replies(replies: Sequence[str]) -> str:
    return "".join(f'<p class="otr-reply">{foreign(say.EDITORS.format(reply=reply))}</p>' for reply in replies)


def _foot(shown: Shown, value: Answer) -> str:
    parts = [escape(say.AS_OF.format(day=date(value.as_of)))] if value.as_of else []
    quoting = value.writer == "quoting"
    parts.append(foreign(say.QUOTING if quoting else say.WRITTEN.format(model=value.writer)))
    parts += [escape(shown.narrowed)] if shown.narrowed else []
    note = f'<p class="otr-note">{foreign(value.note)}</p>' if value.note else ""
    wrong = ""
    if value.status == NOT_IN_DOCUMENTS and shown.reportable:
        wrong = f' · <a class="otr-wrong" href="#go-wrong-{shown.turn}-all">{escape(say.WRONG_ANSWER)}</a>'
    return f'{note}<p class="otr-foot">{" · ".join(parts)}{wrong}</p>'
