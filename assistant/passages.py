"""Documents to passages: whole sentences, packed up to a number of tokens."""

from __future__ import annotations

from collections.abc import Iterator

from langchain_text_splitters import TextSplitter

from . import resources
from .sentences import blocks, sentences
from .types import Document, Passage, Span


class SentenceSplitter(TextSplitter):
    """A LangChain splitter that cuts only at sentence ends and never across a heading.

    A sentence longer than `chunk_size` stands alone: nothing is ever cut in its middle.
    """

    @classmethod
    def for_tokens(cls, encoding: str, tokens: int) -> SentenceSplitter:
        """A splitter that counts in tokens of a tiktoken encoding; shipped tables, no network."""
        encode = resources.token_encoding(encoding).encode_ordinary
        return cls(chunk_size=tokens, chunk_overlap=0, length_function=lambda text: len(encode(text)))

    def split_text(self, text: str) -> list[str]:
        """LangChain's call: the passages' words."""
        return [text[group[0].start : group[-1].end] for group, _, _ in self.split(text)]

    def split(self, text: str) -> Iterator[tuple[tuple[Span, ...], int, str]]:
        """Groups of sentences with their length and heading; `text` is the whole document."""
        group: list[Span] = []
        length, under = 0, ""
        for block in blocks(text):
            for sentence in sentences(text, block.span):
                size = self._length_function(sentence.of(text))
                if group and (length + size > self._chunk_size or block.heading != under):
                    yield tuple(group), length, under
                    group, length = [], 0
                group.append(sentence)
                length, under = length + size, block.heading
        if group:
            yield tuple(group), length, under


def passages(document: Document, splitter: SentenceSplitter) -> tuple[Passage, ...]:
    """The passages of `document`, in order; ids hold its version, so that changed text gets new ones."""
    return tuple(
        Passage(
            id=f"{document.id}:{document.version[:16]}:{number}",
            document_id=document.id,
            start=group[0].start,
            end=group[-1].end,
            text=document.text[group[0].start : group[-1].end],
            tokens=length,
            sentences=group,
            heading=heading,
        )
        for number, (group, length, heading) in enumerate(splitter.split(document.text))
    )
