"""What became of words that were cited: a document's text may change after an answer was given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from .catalog import Catalog
from .types import Citation


@dataclass(frozen=True, slots=True)
class Change:
    """A citation whose document has another text by now, or is gone, since `on` (UTC; None if that is not known).

    state: "moved" where the cited words still stand in the text, "changed" where they do not, "removed" where the
    corpus no longer has the document.
    """

    citation: Citation
    state: Literal["moved", "changed", "removed"]
    on: dt.datetime | None

    def __str__(self) -> str:
        title = self.citation.title or self.citation.document_id
        since = f" on {self.on.day} {self.on:%B %Y}" if self.on else ""
        if self.state == "removed":
            return f"“{title}” was taken out of the corpus{since}, after these words were cited."
        also = "but the words cited still stand in it" if self.state == "moved" else "and the words cited are not in it"
        return f"The text of “{title}” has changed{since}, {also}."


@dataclass(frozen=True, slots=True)
class Correction:
    """An answer given before that cites words which have changed or gone since: when it was given, and to what."""

    answered: dt.datetime
    question: str
    change: Change


def change(citation: Citation, catalog: Catalog) -> Change | None:
    """What became of the words of a citation; None if the text is the one that was cited."""
    with catalog.snapshot():
        try:
            document = catalog.document(citation.document_id)
        except KeyError:
            return Change(citation, "removed", catalog.replaced(citation.document_id, citation.version))
        if document.version == citation.version:
            return None
        stands = citation.quote in document.text
        replaced = catalog.replaced(citation.document_id, citation.version)
        return Change(citation, "moved" if stands else "changed", replaced)
