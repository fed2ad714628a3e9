"""An answer by a chat model: each draft checked as it comes, repaired once, replaced by a quotation, or withheld."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import traces
from .citations import Numbering, cited_spans, earlier, marked
from .cited import Cited
from .claim_checks import check_reports, failure
from .decoding import FreeDraft
from .drafting import ChatWriter, Failure, Shown
from .embeddings import Encoder, MiniLM
from .errors import ModelUnavailable
from .grounds import evidence_of
from .locating import Evidence, gathered, located
from .models import Allowance
from .settings import Settings
from .statements import same_speaker
from .support import Checker
from .types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL, Answer, Claim, Document, Span, Withheld
from .verification import failure as quoting_failure
from .words import content_words, stem
from .writers import QuotingWriter

ALIKE = 0.8  # share of its words with a claim shown before, from which on a claim repeats it
NEAREST_SHARE = 0.3  # of a failed claim's words, that a sentence holds which may stand in for it


@dataclass(frozen=True)
class Material:
    """What one answer is made of: the question, passages best first, and what quoting alone makes of them.

    `objection` says why some sentences do not answer the question, or None.
    """

    question: str
    standalone: str
    passages: Sequence[Shown]
    objection: Callable[[Sequence[Evidence]], str | None]
    quoting: Answer
    lead: Callable[[Sequence[Claim], object], str] = lambda *_: ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Passed:
    """A draft that passed, with the sentences it is cited to."""

    text: str
    evidence: tuple[Evidence, ...]
    speaker: str | None
    support: float


@dataclass
class _Work:
    """An answer in the making."""

    numbering: Numbering
    allowance: Allowance
    claims: list[Claim] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    drafted: int = 0
    fault: str = ""


class Composer:
    """Makes answers with a chat model; whatever goes wrong ends in quoting."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        """Raises SettingsError where the model or its key is not to be had."""
        self.writer = ChatWriter(settings)
        self.checker = Checker(encoder if isinstance(encoder, MiniLM) else None)
        self._settings = settings
        self._quoting = QuotingWriter()

    def compose(self, material: Material, allowance: Allowance | None = None) -> Iterator[Claim | Answer]:
        """Each claim as it passes, then the Answer. Closing it cancels what the model is doing."""
        documents = {view.document.id: view.document for view, _ in material.passages}
        documents |= {
            c.document_id: documents[c.document_id] for c in material.quoting.citations if c.document_id in documents
        }
        work = _Work(Numbering(documents), allowance or self.writer.allowance())
        try:
            yield from traces.within("writing", self._drafted(material, work), lambda stage: self._trace(stage, work))
            if work.failed:
                yield from traces.within(
                    "repair", self._repaired(material, work), lambda stage: self._trace(stage, work)
                )
        except ModelUnavailable as error:
            work.fault = str(error)
        yield from self._replaced(material, work)
        if work.fault or (not work.claims and (work.drafted or material.sure)):
            yield from self._quoted(material, work)
        yield self._finished(material, work, documents)

    def standalone(self, question: str, turns: Sequence[Answer], allowance: Allowance) -> str | None:
        """A follow-up as the model words it to stand alone; None where it fails, or brings in what nobody spoke of."""
        try:
            return self.writer.standalone(question, turns, allowance)
        except ModelUnavailable:
            return None

    def _drafted(self, material: Material, work: _Work) -> Iterator[Claim]:
        drafts = self.writer.drafts(material.standalone, material.passages, work.allowance)
        for draft in drafts:
            work.drafted += 1
            yield from self._tried(draft, material, work, work.failed)
            if len(work.claims) >= self._settings.max_claims or work.drafted >= 3 * self._settings.max_claims:
                drafts.close()  # type: ignore[attr-defined]  # a generator
                return

    def _repaired(self, material: Material, work: _Work) -> Iterator[Claim]:
        """Failed drafts, written again once with the reason; those that fail for good are kept for editors."""
        failed, work.failed = work.failed, []
        work.withheld += [Withheld(f.draft.text, f.reason) for f in failed]
        if not failed or len(work.claims) >= self._settings.max_claims:
            return
        again: list[Failure] = []
        work.failed = failed
        for draft in self.writer.repaired(material.standalone, material.passages, failed, work.allowance):
            if len(work.claims) >= self._settings.max_claims or len(again) > len(failed):
                break
            before = len(work.claims)
            yield from self._tried(draft, material, work, again)
            if len(work.claims) > before and work.failed:
                work.failed = [f for f in work.failed if f != _nearest_failure(draft, work.failed)]
        work.withheld += [Withheld(f.draft.text, f"{f.reason} (repaired once)") for f in again]

    def _tried(self, draft: FreeDraft, material: Material, work: _Work, failed: list[Failure]) -> Iterator[Claim]:
        with traces.stage("verification") as stage:
            passed, reason = self.check(draft, material, work.allowance)
            stage.verified(draft.text, reason)
        if passed is None:
            failed.append(Failure(draft, reason))
        elif not _repeats(passed.text, work.claims):
            work.claims.append(_claim(passed, work.numbering))
            yield work.claims[-1]

    def check(
        self, draft: FreeDraft, material: Material, allowance: Allowance | None = None
    ) -> tuple[Passed | None, str]:
        """The checks in their order: the draft as it may be shown, or None and the reason."""
        evidence = evidence_of(draft, material.passages)
        if evidence is None:
            return None, "the words it rests on are not in the passages" if draft.support else "it rests on no words"
        if reason := failure(Cited(draft.text, evidence, draft.speaker)):
            return None, reason
        words = "\n".join(e.text for e in evidence)
        score = self.checker.support(draft.text, words)
        if score < self.checker.bar:
            return None, f"the words it rests on do not bear it out ({score:.2f})"
        if reason := material.objection(evidence):
            return None, f"it does not answer the question: {reason}"
        if allowance and self._settings.second_opinion and self._doubts(draft.text, words, allowance):
            return None, "the model itself finds that it does not follow"
        return Passed(draft.text, evidence, _speaker(draft.text, evidence), round(score, 4)), ""

    def _doubts(self, text: str, words: str, allowance: Allowance) -> bool:
        try:
            return self.writer.opinion(text, words, allowance) is False
        except ModelUnavailable:
            return False  # the checks above stand by themselves

    def _replaced(self, material: Material, work: _Work) -> Iterator[Claim]:
        """For each draft that failed for good, the quotation that comes nearest to it, if that answers the question."""
        for failed in work.failed:
            if len(work.claims) >= self._settings.max_claims:
                return
            if (claim := self._nearest(failed.draft, material, work)) and earlier(
                cited_spans(claim), work.claims
            ) is None:
                work.claims.append(claim)
                yield claim

    def _nearest(self, draft: FreeDraft, material: Material, work: _Work) -> Claim | None:
        wanted = {stem(word) for word in content_words(draft.text)}
        found = located(draft.support, material.passages) if draft.support else None
        places = [(e.view, n) for e in found or () for n in e.numbers] or [
            (view, n) for view, span in material.passages for n, s in enumerate(view.sentences) if span.holds(s)
        ]
        ranked = sorted(places, key=lambda place: -len(wanted & place[0].held[place[1]]))
        for view, number in ranked[:2]:
            share = len(wanted & view.held[number]) / max(1, len(wanted))
            evidence = gathered([(view, number)])
            if share < NEAREST_SHARE or material.objection(evidence) or failure_of_source(evidence):
                continue
            quoted = self._quoting.write(view, [number], share)
            if quoted and quoting_failure(quoted, view) is None:
                return work.numbering.claim(quoted)
        return None

    def _quoted(self, material: Material, work: _Work) -> Iterator[Claim]:
        """What quoting alone answers, beside what has passed already."""
        for claim in material.quoting.claims:
            if len(work.claims) >= self._settings.max_claims:
                return
            if earlier(cited_spans(claim), work.claims) is None:
                cited = tuple(work.numbering.cite(c.document_id, Span(c.start, c.end)) for c in claim.citations)
                work.claims.append(dataclasses.replace(claim, citations=cited))
                yield work.claims[-1]

    def _finished(self, material: Material, work: _Work, documents: Mapping[str, Document]) -> Answer:
        quoting = material.quoting
        modelled = any(c.text not in {q.text for q in quoting.claims} for c in work.claims)
        cited = work.numbering.citations if work.claims else quoting.nearest or quoting.citations
        as_of = max(
            (d for c in cited if c.document_id in documents and (d := documents[c.document_id].as_of)), default=None
        )
        lead = material.lead(work.claims, as_of)
        return Answer(
            question=material.question,
            standalone=material.standalone,
            status=ANSWERED if work.claims else NOT_IN_DOCUMENTS,
            text="\n\n".join(filter(None, [lead, marked(work.claims)])) if work.claims else REFUSAL,
            claims=tuple(work.claims),
            citations=cited if work.claims else (),
            nearest=() if work.claims else cited,
            withheld=(*work.withheld, *quoting.withheld),
            as_of=as_of or quoting.as_of,
            writer=self.writer.name if not work.fault and (modelled or not work.claims) else self._quoting.name,
            usage=dict(work.allowance.usage),
            lead=lead,
            note=_note(work, modelled),
            metadata=self._metadata(work.allowance),
        )

    def _trace(self, stage: traces.Stage, work: _Work) -> None:
        failed = len(work.withheld) + len(work.failed)
        stage.count(
            writer=self.writer.name, drafts=work.drafted, claims=len(work.claims), failed=failed, **work.allowance.usage
        )

    def _metadata(self, allowance: Allowance) -> dict[str, str]:
        settings, usage = self._settings, allowance.usage
        cost = (usage["input_tokens"] * settings.input_price + usage["output_tokens"] * settings.output_price) / 1e6
        held = {
            "model": self.writer.name, "served": allowance.served, "format": self.writer.form, "prompt": self.writer.prompt,
            "checker": self.checker.name, "cost": f"{cost:.6f}" if settings.input_price or settings.output_price else "",
        }  # fmt: skip
        return {name: value for name, value in held.items() if value}


def failure_of_source(evidence: Sequence[Evidence]) -> str | None:
    """Why some sentences may not even be quoted: they speak to programs, not to readers."""
    return check_reports(Cited("", tuple(evidence)))


def _speaker(text: str, evidence: tuple[Evidence, ...]) -> str | None:
    """Whose claim it is: the one person or body that it credits and the sentences cited credit too."""
    credited = Cited(text, evidence).statement.credited()
    voices = {v for e in evidence for n in e.numbers for v in e.view.voices[n]}
    held = {v for v in voices if any(same_speaker(v, name) for name in credited)}
    return held.pop() if len(held) == 1 else None


def _claim(passed: Passed, numbering: Numbering) -> Claim:
    cited = tuple(numbering.cite(e.view.document.id, span) for e in passed.evidence for span in e.spans)
    return Claim(passed.text, cited, passed.speaker, passed.support)


def _repeats(text: str, claims: Sequence[Claim]) -> bool:
    words = {stem(word) for word in content_words(text)}
    shown = [{stem(word) for word in content_words(claim.text)} for claim in claims]
    return any(len(words & other) >= ALIKE * max(1, min(len(words), len(other))) for other in shown)


def _nearest_failure(draft: FreeDraft, failures: Sequence[Failure]) -> Failure:
    words = {stem(word) for word in content_words(draft.text)}
    return max(failures, key=lambda f: len(words & {stem(word) for word in content_words(f.draft.text)}))


def _note(work: _Work, modelled: bool) -> str:
    if work.fault:
        return f"The model could not be used ({work.fault}), so the documents are quoted."
    if work.claims and not modelled:
        why = (
            "Nothing the model wrote passed the checks" if work.drafted else "The model found no answer in the passages"
        )
        return f"{why}, so the documents are quoted."
    return ""
