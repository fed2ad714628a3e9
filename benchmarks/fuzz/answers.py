"""What a model writes: read back piece by piece, located in documents, checked, cited and marked."""

from __future__ import annotations

import json
import re
import unicodedata
from random import Random
from typing import Any

from assistant.citations import Numbering, marked
from assistant.cited import Cited
from assistant.claim_checks import failure
from assistant.decoding import LONGEST, Decoder, FreeDraft, Malformed, readable
from assistant.grounds import evidence_of
from assistant.locating import Evidence, folded, occurrences
from assistant.quotations import outermost, stands_in
from assistant.types import ANSWERED, Answer, Citation, Claim, Span
from assistant.views import View

from . import inputs, same


class Citations:
    """What a model writes, read back, located in documents, checked and cited."""

    name = "citations"

    def ready(self) -> None:
        from benchmarks.claims import views

        self._views = views()
        self._passages = [(view, Span(0, len(view.document.text))) for view in self._views]
        self._documents = {view.document.id: view.document for view in self._views}

    def draw(self, draw: Random) -> bytes:
        """What a model writes, and in pieces of which sizes; and the documents that it is shown, by number."""
        shown = draw.sample(range(len(self._views)), 3)
        claims = [self._claim(draw, shown) for _ in range(draw.randint(0, 3))]
        way = draw.randrange(6)
        if way < 3:
            value: Any = {"claims": claims}
            value = inputs.changed(value, draw) if way else value
            text = json.dumps(value, ensure_ascii=draw.random() < 0.5, indent=draw.choice((None, 1)))
        else:
            text = "\n\n".join(
                f"PASSAGES: {', '.join(map(str, c['passages']))}\n" + "".join(f"SUPPORT: {s}\n" for s in c["support"])
                + f"SPEAKER: {c['speaker']}\n{draw.choice(('CLAIM', '**Claim**', 'text'))}: {c['text']}"
                for c in claims
            )  # fmt: skip
        if draw.random() < 0.4:
            tokens = (
                *inputs.STRANGE,
                '{"claims": [',
                '{"',
                '"text":',
                "]",
                "}",
                "\nCLAIM: ",
                "\nSUPPORT:",
                "PASSAGES:",
                "NONE",
                "\\u",
            )
            text = inputs.mutated(text, draw, tokens)
        sizes = [draw.choice((1, 3, 20, 500, 10**6)) for _ in range(3)]
        return json.dumps({"text": text, "sizes": sizes, "shown": shown}).encode()

    def _claim(self, draw: Random, shown: list[int]) -> dict[str, Any]:
        view = self._views[draw.choice(shown)]
        number = draw.randrange(len(view.sentences))
        last = min(number + draw.choice((0, 0, 0, 1, 3)), len(view.sentences) - 1)
        words = view.document.text[view.sentences[number].start : view.sentences[last].end]
        text = view.text(number)
        if draw.random() < 0.5:
            words = draw.choice(
                (inputs.mutated(words, draw, inputs.STRANGE), words[draw.randrange(len(words)) :], words.upper())
            )
        if draw.random() < 0.6:
            text = inputs.mutated(text, draw, (*inputs.STRANGE, *inputs.WORDS))
        speaker = draw.choice((*view.voices[number], "", "-", "Umar Khalid", inputs.strange_text(draw, 3)))
        return {
            "passages": [draw.choice((1, 2, 3, 0, -1, 99)) for _ in range(draw.randint(0, 3))],
            "support": [words, *([inputs.strange_text(draw, 20)] if draw.random() < 0.1 else [])], "speaker": speaker, "text": text,
        }  # fmt: skip

    def run(self, data: bytes) -> None:
        value = json.loads(data)
        outcomes = [self._decoded(value["text"], size) for size in value["sizes"]]
        for drafts, broken in outcomes if len(value["text"]) <= LONGEST else ():
            same((drafts, broken), outcomes[0])
        shown = [self._passages[number] for number in value["shown"]]
        numbering = Numbering(self._documents)
        claims = [made for draft in outcomes[0][0][:6] if (made := self._cited(draft, shown, numbering))]
        same([c.number for c in numbering.citations], list(range(1, len(numbering.citations) + 1)))
        self._read_back(claims, numbering)

    def _decoded(self, text: str, size: int) -> tuple[list[FreeDraft], bool]:
        """The drafts, and whether what follows them is none."""
        decoder, found = Decoder(), list[FreeDraft]()
        try:
            for place in range(0, len(text), size):
                found += decoder.feed(text[place : place + size])
            found += decoder.finish()
        except Malformed:
            return found, True
        for draft in found:
            for words in (draft.text, draft.speaker, *draft.support):
                same(readable(words), words)
                assert not any(unicodedata.category(c)[0] == "C" for c in words)
        return found, False

    def _cited(self, draft: FreeDraft, shown: list[tuple[View, Span]], numbering: Numbering) -> Claim | None:
        for words in (*draft.support, draft.text):
            held, places = folded(words)
            assert len(places) == len(held) + 1
            for quote in outermost(words):
                assert 0 <= quote.outer.start <= quote.inner.start <= quote.inner.end <= quote.outer.end <= len(words)
        for words in draft.support:
            text = shown[0][0].document.text
            for span in occurrences(words, text):
                assert folded(words)[0].strip(" \t\r\n.,;:…\"'") in folded(span.of(text))[0]
        evidence = evidence_of(draft, shown)
        if not evidence:
            return None
        same(evidence_of(draft, shown), evidence)
        reason = failure(Cited(draft.text, evidence, draft.speaker))
        cited = tuple(numbering.cite(e.view.document.id, span) for e in evidence for span in e.spans)
        self._check(cited, evidence)
        if reason is None:
            words = "\n".join(c.quote for c in cited)
            for quote in outermost(draft.text):
                assert stands_in(quote.inner.of(draft.text), words), (quote.inner.of(draft.text), words)
        return Claim(draft.text, cited, draft.speaker) if cited else None

    def _check(self, cited: tuple[Citation, ...], evidence: tuple[Evidence, ...]) -> None:
        assert cited and evidence
        for c in cited:
            same(self._documents[c.document_id].text[c.start : c.end], c.quote)
            same(self._documents[c.document_id].version, c.version)
            assert c.quote.strip() and c.start < c.end

    def _read_back(self, claims: list[Claim], numbering: Numbering) -> None:
        """The marks of an answer as the server finds them again for OpenAI's annotations."""
        from ui.serving.completions import marks

        text = marked(claims)
        answer = Answer("q", "q", ANSWERED, text, tuple(claims), numbering.citations, (), (), None, "fuzz")
        found = [note["url_citation"] for note in marks(text, answer, "http://x")]
        for note in found:
            same(text[note["start_index"] : note["end_index"]], f"[{note['number']}]")
        if not any(re.search(r" (?:\[\d+\])+(?=\n\n|\Z)", c.text) or "\n" in c.text for c in claims):
            same([note["number"] for note in found], [c.number for claim in claims for c in claim.citations])
