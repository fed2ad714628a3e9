"""An answer as it grows: candidates become drafts, drafts that pass verification become numbered claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from . import traces
from .citations import Numbering, earlier
from .claim_checks import speaks_to_machines
from .evidence import Choice, Reader
from .plans import Plan, Shape
from .types import Claim, Document, Withheld
from .verification import failure
from .views import View
from .writers import Draft, QuotingWriter, runs

FIGURED = ("how many", "how long", "how old")  # kinds of question on whose answer documents may differ by a figure
_FIGURE = re.compile(r"\b\d[\d,.]*\b")
_DATED = re.compile(r"\b(?:\d{1,2} )?(?:[A-Z][a-z]{2,8} )?(?:19|20)\d\d\b")


class Composition:
    """The claims of one answer, in order, with what was withheld from it and why.

    `parts`: for each part of the question the claims, by index, that answer it.
    """

    def __init__(self, documents: Mapping[str, Document], reader: Reader, writer: QuotingWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.numbering = Numbering(documents)
        self.claims: list[Claim] = []
        self.withheld: list[Withheld] = []
        self.parts: list[tuple[int, ...]] = []

    def add(self, chosen: Sequence[Choice], shape: Shape) -> Iterator[Claim]:
        """Each claim made of `chosen` that may be shown, for one part of a question.

        Neighbours become one claim in a plain answer.
        """
        shown: list[int] = []
        for run in runs(chosen) if shape == "plain" else [[choice] for choice in chosen]:
            view = self._reader.view(run[0].document.id)
            draft = self._writer.write(view, [c.number for c in run], max(c.score for c in run))
            if draft is None:
                words = view.sentences[run[0].number].of(view.document.text)
                self.withheld.append(Withheld(words, "it cannot be read alone"))
            elif (before := earlier(((draft.document_id, s) for s in draft.spans), self.claims)) is not None:
                shown.append(before)
            elif speaks_to_machines(draft.text):
                self.withheld.append(Withheld(draft.text, "it is an instruction, not a report"))
            elif reason := _verified(draft, view):
                self.withheld.append(Withheld(draft.text, reason))
            else:
                speaker = view.people.by_name(draft.speaker) if draft.speaker else None
                self.claims.append(self.numbering.claim(draft, speaker.role if speaker else ""))
                shown.append(len(self.claims) - 1)
                yield self.claims[-1]
        self.parts.append(tuple(dict.fromkeys(shown)))

    def trace(self, stage: traces.Stage) -> None:
        """Note how far it has grown."""
        stage.count(writer=self._writer.name, claims=len(self.claims), withheld=len(self.withheld))

    def sides(self, planned: Plan, kind: str) -> tuple[tuple[int, ...], ...]:
        """Claims, by index, on which the documents differ: parties compared, voices on somebody judged, other figures."""
        held = [number for part in self.parts for number in part]
        if planned.shape == "plain" and len(self.parts) == 1 and kind in FIGURED:
            held = self._other_figures()
        elif planned.shape != "sides" or not (planned.judged or all(self.parts)):
            held = []
        return (tuple(dict.fromkeys(held)),) if len(set(held)) > 1 else ()

    def _other_figures(self) -> list[int]:
        """The claims that each give a figure which the first has not, and lack one that it has; with the first."""
        figures = [frozenset(_FIGURE.findall(_DATED.sub(" ", claim.text))) for claim in self.claims]
        return [n for n, held in enumerate(figures) if not n or (held - figures[0] and figures[0] - held)]


def _verified(draft: Draft, view: View) -> str | None:
    with traces.stage("verification") as stage:
        reason = failure(draft, view)
        stage.verified(draft.text, reason)
    return reason
