"""What goes into a corpus: files of every format, front matter, and all that a text goes through on its way."""

from __future__ import annotations

import json
import logging
import re
import shutil
import tempfile
from pathlib import Path
from random import Random

from assistant import resources
from assistant.additions import add
from assistant.attributions import attributions
from assistant.documents import read_corpus, read_document
from assistant.errors import CorpusError
from assistant.events import events
from assistant.formats import extract
from assistant.markup import tidy
from assistant.passages import SentenceSplitter, passages
from assistant.settings import Settings
from assistant.types import Document, Span
from assistant.views import View
from assistant.writers import QuotingWriter

from . import inputs, same

LIMIT = 1_000_000  # bytes of a document
INGESTED = 12_000  # characters of a text that goes the whole way; patience, not a limit of the product
FIELDS = "id title publisher author published url kind language source original evidence_to fetched facts pages sources".split()


def checked(document: Document, splitter: SentenceSplitter) -> View:
    """A document as it goes into an index; every span of it is its own words."""
    text, parts = document.text, passages(document, splitter)
    for part in parts:
        same(text[part.start : part.end], part.text)
        assert all(part.start <= s.start < s.end <= part.end for s in part.sentences)
    sentences = [sentence for part in parts for sentence in part.sentences]
    said = attributions(document, parts)
    for a in said:
        spans = (Span(a.start, a.end), a.credit, a.source, a.cue_span, a.via_credit, *a.content)
        assert all(0 <= span.start <= span.end <= len(text) for span in spans) and a.start < a.end
    for event in events(document, sentences):
        same(text[event.start : event.end], event.text)
        assert event.first <= event.last and event.dated.of(text)
    return View(document, sentences, said, [part.heading for part in parts for _ in part.sentences])


def check_reason(error: CorpusError, data: bytes) -> None:
    """A refusal is a line that can be read; the line of the file that it names is there."""
    told = re.match(r"line (\d+): ", str(error))
    assert "\n" not in str(error) and len(str(error)) < 2000, str(error)[:3000]
    assert told is None or 1 <= int(told[1]) <= data.count(b"\n") + 1, str(error)


class FrontMatter:
    """Markdown with front matter, as it lies in a corpus."""

    name = "front-matter"

    def ready(self) -> None:
        self._seeds = [path.read_text("utf-8") for path in sorted(resources.path("corpus").glob("*.md"))]
        self._folder = Path(tempfile.mkdtemp())

    def draw(self, draw: Random) -> bytes:
        if draw.random() < 0.5:
            head, text = draw.choice(self._seeds), ""
        else:
            lines = [f"{draw.choice(FIELDS)}: {_yaml(draw)}" for _ in range(draw.randint(0, 8))]
            lines += _layers(draw) if draw.random() < 0.1 else []
            made = "\n".join(draw.sample(["id: a", "title: T", *lines], k=len(lines) + 2))
            head, text = f"---\n{made}\n---\n", inputs.strange_text(draw)
        if draw.random() < 0.7:
            tokens = (*inputs.STRANGE, *_YAML, *(f"\n{name}: " for name in FIELDS))
            cut = head.index("\n---", 3) if draw.random() < 0.8 and "\n---" in head[3:] else len(head)
            head = inputs.mutated(head[:cut], draw, tokens, self._seeds) + head[cut:]
        data = (head + text).encode("utf-8", "surrogatepass")
        return inputs.mutated(data, draw, inputs.MARKUP) if draw.random() < 0.1 else data

    def run(self, data: bytes) -> None:
        path = self._folder / "a.md"
        path.write_bytes(data)
        try:
            document = read_document(path, max_bytes=LIMIT)
        except CorpusError as error:
            check_reason(error, data)
            raise
        json.dumps(document.metadata(), allow_nan=False).encode()
        assert document.text in data.decode("utf-8-sig")
        same(read_document(path, max_bytes=LIMIT), document)
        for place in (0, len(document.text) // 2, len(document.text)):
            assert document.page_at(place) is None or 1 <= (document.page_at(place) or 0) <= len(document.pages)
        corpus = read_corpus(self._folder, max_bytes=LIMIT)
        same(corpus.documents, {document.id: document})


_YAML = (
    "&a ", "*a", "<<: *a", "!!int ", "!!timestamp ", "!!binary ", "!!set ", "!!omap ", "!!pairs ", "!!float ", "!!null ",
    "!!str ", "!!python/name:os.system", "? ", ": ", "- ", "|", ">", "|+9", "{", "}", "[", "]", ",", "%YAML 1.1\n",
    "0x" + "F" * 5000, "9:" * 300 + "59",
    "---\n", "...\n", "#", "~", "yes", "0x1F", "0o17", "1_000", "190:20:30", "1e3", ".inf", ".nan", "=", "\\x9b",
    '"\\u202e"', '"\\ud800"', "2026-01-02", "\t",
)  # fmt: skip


def _yaml(draw: Random, depth: int = 0) -> str:
    """A value as YAML may write it."""
    way = draw.randrange(8 if depth < 4 else 5)
    if way == 0:
        return draw.choice(
            ("2026-01-02", "'2026-01-02T10:00:00Z'", "2026-02-30", "[0, 5, 5, 900]", "[F-1, F-2]", "a-b", "en", "")
        )
    if way == 1:
        return draw.choice(_YAML) + (_yaml(draw, depth + 1) if depth < 4 else "")
    if way == 2:
        return json.dumps(inputs.strange_text(draw, 8), ensure_ascii=draw.random() < 0.5)
    if way in (3, 4):
        return json.dumps(draw.choice(inputs.VALUES)) if draw.random() < 0.5 else inputs.strange_text(draw, 8)
    if way == 5:
        return "[" + ", ".join(_yaml(draw, depth + 1) for _ in range(draw.randint(0, 4))) + "]"
    names = [draw.choice(("url", "title", "date", "publisher", _yaml(draw, 4))) for _ in range(draw.randint(0, 4))]
    flow = ", ".join(f"{name}: {_yaml(draw, depth + 1)}" for name in names)
    return f"[{{{flow}}}]" if draw.random() < 0.5 else f"{{{flow}}}"


def _layers(draw: Random) -> list[str]:
    """Blocks that each hold the one before many times, as one line."""
    form = draw.choice(("[{}]", "{{<<: [{}]}}", "{{a: [{}], b: 1}}"))
    layers = (f"b{n}: &b{n} {form.format(', '.join([f'*b{n - 1}'] * draw.choice((1, 2, 10))))}" for n in range(1, 20))
    last = draw.choice((f"{draw.choice(FIELDS)}: *b19", "<<: *b19", "x: 1"))
    return ["\n".join(["b0: &b0 {a: 1, title: T}", *layers, last])]


class Readers:
    """Files of every format, read into a corpus, and all that their text goes through."""

    name = "readers"

    def ready(self) -> None:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every slip in a file
        documents = read_corpus(resources.path("corpus"), max_bytes=LIMIT).documents
        self._texts = [document.text for document in documents.values()]
        self._seeds = inputs.files(self._texts[:3])
        self._splitter = SentenceSplitter.for_tokens("o200k_base", 160)
        self._folder = Path(tempfile.mkdtemp())

    def draw(self, draw: Random) -> bytes:
        """The file's name, a line end, its bytes."""
        name, data = draw.choice(self._seeds)
        way = draw.random()
        if way < 0.15:
            data = draw.choice((inputs.nested(draw), inputs.strange_text(draw, 400).encode("utf-8", "replace")))
            name = draw.choice(("x.html", "x.txt", "x.md", "x", "x.xml", "x.eml"))
        elif way < 0.3 and name[0] in "abc":
            text = inputs.mutated(draw.choice(self._texts)[:8000], draw, inputs.STRANGE, self._texts)
            data = text.encode(draw.choice(("utf-8", "utf-8", "utf-16", "cp1252", "utf-8-sig")), "replace")
        elif data[:2] == b"PK" and draw.random() < 0.8:
            data = inputs.repacked(data, draw)
        else:
            tokens = inputs.PRINTED if data[:4] == b"%PDF" else inputs.MARKUP
            others = [held for _, held in self._seeds]
            data = inputs.mutated(data, draw, tokens, others if draw.random() < 0.1 else [data])
        if draw.random() < 0.05:
            name = draw.choice(self._seeds)[0]
        return name.encode() + b"\n" + data

    def run(self, data: bytes) -> None:
        name, data = data.split(b"\n", 1)
        try:
            found = extract(data, name.decode(), max_bytes=LIMIT)
        except CorpusError as error:
            check_reason(error, data)
            raise
        same(extract(data, name.decode(), max_bytes=LIMIT), found)
        for one in found:
            same(tidy(one.text), one.text)
            assert all(0 <= a <= b <= len(one.text) for a, b in zip(one.pages, one.pages[1:], strict=False))
        for child in self._folder.iterdir():
            shutil.rmtree(child)
        source, corpus = self._folder / "from" / name.decode(), self._folder / "corpus"
        source.parent.mkdir()
        source.write_bytes(data)
        settings = Settings(max_document_bytes=LIMIT)
        first = add([source], corpus, settings)
        assert not first.refused or (not first.added and len(found) == 1), first.refused
        if first.refused:
            raise CorpusError(first.refused[0].reason)
        again = add([source], corpus, settings)
        assert not again.added and not again.changed and not again.refused, again
        held = read_corpus(corpus, max_bytes=20 * LIMIT)
        assert not held.refused, held.refused
        same(
            sorted(document.text for document in held.documents.values()),
            sorted(one.text.strip("\r\n") for one in found),
        )
        for document in held.documents.values():
            assert not document.pages or document.pages[-1] <= len(document.text)
            if len(document.text) <= INGESTED:
                view = checked(document, self._splitter)
                for number in range(min(len(view.sentences), 20)):
                    draft = QuotingWriter().write(view, [number], 1.0)
                    assert draft is None or all(span.end <= len(document.text) for span in draft.spans)
