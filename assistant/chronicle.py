"""Who said what and what happened when, over all documents of a corpus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .catalog import Catalog
from .errors import QuestionError
from .events import by_date, events
from .types import Attribution, Document, Event, Span
from .words import stem, stems, tokens


class Chronicle:
    """The attributions and dated events of the live documents, each an exact span."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def attributions(
        self, speaker: str | None = None, about: str | None = None, document: str | None = None
    ) -> list[Attribution]:
        """Who said what, in the order of the documents' days, then of place.

        Raises QuestionError for an unknown document, or an `about` without a word to look for.
        """
        asked, found = _wanted(about), list[Attribution]()
        with self._catalog.snapshot():
            for made in self._documents(document):
                sentences = self._sentences(made.id)
                found += [
                    attribution
                    for attribution in self._catalog.attributions(made.id)
                    if (speaker is None or _is_named(attribution.speaker, speaker))
                    and asked <= _held(made, sentences, attribution.start, attribution.end)
                ]
        return found

    def timeline(self, about: str | None = None, document: str | None = None) -> list[Event]:
        """What the documents date, in the order of the dates. Raises QuestionError as `attributions` does."""
        asked, found = _wanted(about), list[Event]()
        with self._catalog.snapshot():
            for made in self._documents(document):
                told = events(made, self._sentences(made.id))
                found += [event for event in told if asked <= frozenset(stems(event.text))]
        return sorted(found, key=by_date)

    def _documents(self, only: str | None) -> list[Document]:
        """In the order of their days, those without one last."""
        ids = list(self._catalog.live())
        if only is not None and only not in ids:
            raise QuestionError(f"No document has the id {only!r}: `status` lists those that there are.")
        chosen = [self._catalog.document(identity) for identity in ids if only in (None, identity)]
        return sorted(chosen, key=lambda document: (document.published or dt.date.max, document.id))

    def _sentences(self, identity: str) -> list[Span]:
        return [sentence for passage in self._catalog.passages_of(identity) for sentence in passage.sentences]


def _wanted(about: str | None) -> frozenset[str]:
    if about is None:
        return frozenset()
    wanted = frozenset(stems(about)) or frozenset(stem(word) for word in tokens(about))
    if not wanted:
        raise QuestionError(f"{about!r} holds no word to look for: give one or more.")
    return wanted


def _is_named(speaker: str, asked: str) -> bool:
    """Whether `asked` is a speaker's whole name, or its end ("Malviya", "lawmakers"), whatever the capitals."""
    name, wanted = ([word for word in tokens(words) if word != "the"] for words in (speaker, asked))
    return bool(wanted) and name[-len(wanted) :] == wanted


def _held(document: Document, sentences: Sequence[Span], start: int, end: int) -> frozenset[str]:
    """The stems of the sentences that ``[start, end)`` stands in, and of those words themselves."""
    around = [sentence.of(document.text) for sentence in sentences if sentence.start < end and start < sentence.end]
    return frozenset(stems(" ".join([*around, document.text[start:end]])))
