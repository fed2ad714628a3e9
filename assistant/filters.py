"""Which documents a question may be answered from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Filter:
    """Documents by id, publisher or kind, and by the day they were published; what is left empty admits all.

    `after` and `before` are days that a document has to have been published after, or before; one without a date
    passes neither. Publishers and kinds are compared without regard to capitals.
    """

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    after: dt.date | None = None
    before: dt.date | None = None

    def __bool__(self) -> bool:
        return bool(self.documents or self.publishers or self.kinds or self.after or self.before)

    def admits(self, metadata: Mapping[str, Any]) -> bool:
        """Whether a document passes, by `Document.metadata()`."""
        published = dt.date.fromisoformat(metadata["published"]) if metadata["published"] else None
        return (
            (not self.documents or metadata["id"] in self.documents)
            and _among(metadata["publisher"], self.publishers)
            and _among(metadata["kind"], self.kinds)
            and (self.after is None or (published is not None and published > self.after))
            and (self.before is None or (published is not None and published < self.before))
        )


EVERYTHING = Filter()


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value.casefold() in {name.casefold() for name in wanted}
