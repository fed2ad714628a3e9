"""The chat-model writer: what it is sent, and the drafts that come back.

Passages stand before the question, so that a server can keep what it has read; they are fenced and hold no angle
brackets, so that nothing in them can end the fence. What form of answer a server can keep is found out once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from . import resources
from .decoding import FORMS, Decoder, Form, FreeDraft, Malformed, readable, request
from .errors import ModelUnavailable
from .faults import FormatRefused, WindowExceeded
from .models import Allowance, ChatModel
from .settings import Settings
from .templates import filled, fingerprint
from .types import Answer, Span
from .views import View
from .words import tokens

SPARE = 1.15  # tokens of other models beside tiktoken's, and of the marks around messages
LEAST = 60  # tokens of a passage below which it is not begun
TURNS, TOLD = 6, 400  # turns of a conversation that are sent, and characters of each answer
PROMPTS = ("answer", "form-json", "form-text", "question", "repair", "follow-up", "opinion")
QUOTING = "quoting"
Shown = tuple[View, Span]


@dataclass
class _Habit:
    """What is known of a server's model: the form it keeps, whether it once did, and its window in tokens."""

    form: Form | None = FORMS[0]
    proven: bool = False
    window: int = 0


_HABITS: dict[tuple[str, str], _Habit] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Failure:
    """A draft that failed a check, and why."""

    draft: FreeDraft
    reason: str


class ChatWriter:
    """Drafts claims by a chat model."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError where the model or its key is not to be had; sends nothing."""
        assert settings.model
        self.name: str = settings.model
        self.model = ChatModel(settings)
        self.model.open()  # its imports take seconds, which no answer should wait for
        self.prompt = fingerprint(*PROMPTS)
        self._settings = settings
        with _LOCK:
            self._habit = _HABITS.setdefault((settings.base_url or "", settings.model), _Habit())

    @property
    def form(self) -> str:
        """How it is asked for drafts: a form, or `quoting` where it has kept none."""
        return self._habit.form or QUOTING

    def allowance(self, stop: threading.Event | None = None) -> Allowance:
        """What one answer may take; setting `stop` ends it."""
        return Allowance(self._settings.model_timeout, stop or threading.Event())

    def fitting(self, passages: Sequence[Shown], question: str) -> list[Shown]:
        """The passages that fit the window beside all else, best first, the last one cut at a sentence's end."""
        window = min(self._habit.window or self._settings.model_window, self._settings.model_window)
        left = window / SPARE - self._settings.answer_tokens - self._count(self._system()) - self._count(question) - 60
        kept: list[Shown] = []
        for view, span in passages:
            cut = _cut(view, span, lambda words: self._count(words), left - self._count(_fence(0, view, "")))
            if cut is None:
                break
            kept.append((view, cut))
            left -= self._count(_fence(len(kept), view, cut.of(view.document.text)))
        return kept

    def drafts(self, question: str, passages: Sequence[Shown], allowance: Allowance) -> Iterator[FreeDraft]:
        """Each draft as soon as it is written. Raises ModelUnavailable with a short reason."""
        shown = self.fitting(passages, question)
        if not shown:
            raise ModelUnavailable("no passage fits its window")
        try:
            yield from self._in_some_form(
                lambda: filled("question", passages=fenced(shown), question=_plain(question)), allowance
            )
        except WindowExceeded as error:
            before = self._habit.window or self._settings.model_window
            self._habit.window = min(error.window or before // 2, before - 1)
            fewer = self.fitting(passages, question)
            if not fewer:
                raise ModelUnavailable("no passage fits its window") from None
            yield from self._in_some_form(
                lambda: filled("question", passages=fenced(fewer), question=_plain(question)), allowance
            )

    def repaired(
        self, question: str, passages: Sequence[Shown], failures: Sequence[Failure], allowance: Allowance
    ) -> Iterator[FreeDraft]:
        """The failed drafts written again, once, each with the reason it failed for."""
        listed = "\n\n".join(f"Claim: {_plain(f.draft.text)}\nWhat is wrong: {_plain(f.reason)}." for f in failures)
        shown = self.fitting(passages, question + listed)
        yield from self._in_some_form(
            lambda: filled("repair", passages=fenced(shown), question=_plain(question), failures=listed), allowance
        )

    def standalone(self, question: str, turns: Sequence[Answer], allowance: Allowance) -> str | None:
        """A follow-up as the model words it to stand alone; None where it brings in names or numbers of its own."""
        said = [f"Question: {turn.standalone}\nAnswer: {turn.text[:TOLD]}" for turn in turns[-TURNS:]]
        budget = self._settings.model_window / SPARE / 2
        while len(said) > 1 and sum(map(self._count, said)) > budget:
            said.pop(0)
        user = _plain("\n\n".join([*said, f"Last question: {question}"]))
        words = readable("".join(self.model.stream(filled("follow-up"), user, {}, allowance))).strip('"“” ')
        return words if words and not drift(words, question, turns) else None

    def opinion(self, claim: str, evidence: str, allowance: Allowance) -> bool | None:
        """Whether the model finds that the claim follows from the words cited; None where it does not say."""
        user = f"Words:\n{_plain(evidence)}\n\nClaim:\n{_plain(claim)}"
        word = re.search(r"[a-z]+", "".join(self.model.stream(filled("opinion"), user, {}, allowance)).lower())
        return {"yes": True, "no": False}.get(word.group()) if word else None

    def _system(self, form: Form | None = None) -> str:
        sort = "form-text" if (form or self._habit.form) == "text" else "form-json"
        return filled("answer", max_claims=self._settings.max_claims, form=filled(sort))

    def _in_some_form(self, user: Callable[[], str], allowance: Allowance) -> Iterator[FreeDraft]:
        """Drafts in the surest form that the server's model keeps; found out at the first answer, then remembered."""
        habit = self._habit
        while habit.form:
            form, decoder, given = habit.form, Decoder(), 0
            try:
                for piece in self.model.stream(self._system(form), user(), request(form), allowance):
                    for draft in decoder.feed(piece):
                        given += 1
                        yield draft
                for draft in decoder.finish():
                    given += 1
                    yield draft
                habit.proven = True
                return
            except FormatRefused:
                self._next_form(form)
            except Malformed as error:
                if given or habit.proven:
                    raise ModelUnavailable(f"its answer could not be read: {error}") from None
                self._next_form(form)
        raise ModelUnavailable("it keeps no form of answer that can be checked")

    def _next_form(self, form: Form) -> None:
        with _LOCK:
            if self._habit.form == form:
                place = FORMS.index(form) + 1
                self._habit.form = FORMS[place] if place < len(FORMS) else None

    def _count(self, text: str) -> int:
        return len(resources.token_encoding(self._settings.token_encoding).encode(text, disallowed_special=()))


def fenced(passages: Sequence[Shown]) -> str:
    """The passages, numbered, each with where it is from."""
    return "\n\n".join(_fence(n, view, span.of(view.document.text)) for n, (view, span) in enumerate(passages, 1))


def drift(words: str, question: str, turns: Sequence[Answer]) -> list[str]:
    """Names and numbers of a rewritten question that stand nowhere in the conversation."""
    told = [
        question,
        *(turn.question for turn in turns),
        *(turn.standalone for turn in turns),
        *(turn.text for turn in turns),
    ]
    told += [f"{c.quote} {c.title} {c.publisher}" for turn in turns for c in (*turn.citations, *turn.nearest)]
    told += [claim.speaker or "" for turn in turns for claim in turn.claims]
    known = {token for words_ in told for token in tokens(words_)}
    named = re.findall(r"(?<!\A)(?<![\w’'])[A-ZÀ-ÖØ-Þ][\w’'-]*|\d[\d.,]*|\A[A-Z][\w’'-]*", words)
    opening = tokens(words)[:1]
    return [n for n in named if (t := tokens(n)) and not set(t) - {"s"} <= known and t != opening] + (
        [] if len(words) <= max(300, 3 * len(question)) else [words]
    )


def _fence(number: int, view: View, words: str) -> str:
    document = view.document
    day = document.published.isoformat() if document.published else ""
    marks = f'title="{_attribute(document.title)}" publisher="{_attribute(document.publisher)}" published="{day}"'
    return f'<passage number="{number}" {marks}>\n{_plain(words)}\n</passage>'


def _plain(words: str) -> str:
    """Without angle brackets: nothing in it can end the fence around it, or look like a special token."""
    return words.replace("<", "‹").replace(">", "›")


def _attribute(words: str) -> str:
    return " ".join(_plain(words).replace('"', "'").split())


def _cut(view: View, span: Span, count: Callable[[str], int], budget: float) -> Span | None:
    """As much of a passage as fits, in whole sentences; None where not even a little does."""
    text = view.document.text
    if count(span.of(text)) <= budget:
        return span
    if budget < LEAST:
        return None
    ends = [s.end for s in view.sentences if span.start <= s.start and s.end <= span.end]
    fitting = [end for end in ends if count(text[span.start : end]) <= budget]
    return Span(span.start, fitting[-1]) if fitting else None
