"""What fuzzing found (`python -m benchmarks.fuzz`), each finding made small; those of shared answers are in ui/test_reports.py."""

from __future__ import annotations

import tempfile
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from stories import said_in
from test_formats import LIMIT, STORY, epub, word

from assistant import Settings
from assistant.additions import add
from assistant.decoding import Decoder
from assistant.documents import read_corpus, read_document
from assistant.errors import CorpusError
from benchmarks.fuzz.__main__ import TARGETS, attempt


@pytest.mark.parametrize("name", ["a.docx", "a.epub", "a"])
def test_an_archive_that_breaks_off_is_refused_as_all_else(tmp_path: Path, name: str) -> None:
    """Python's own error came out of `add`, and what was to be added after the file was not."""
    whole = word(("", STORY)) if name.endswith("docx") else epub(f"<p>{STORY}</p>")
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.txt").write_text(STORY, encoding="utf-8")
    report = add([tmp_path / name, tmp_path / "b.txt"], tmp_path / "corpus", Settings())
    assert [left.reason for left in report.refused] == [
        f"it cannot be read as {name[2:] or 'a file'} (BadZipFile: File is not a zip file): it may be damaged."
    ]
    assert len(report.added) == 1


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029", "\r"])
def test_a_line_is_counted_as_files_count_it(tmp_path: Path, end: str) -> None:
    """YAML ends lines where no editor does: a reason named line 319 of a file of 90."""
    file = tmp_path / "a.md"
    file.write_bytes(f"---\nid: a\ntitle: T{f'{end} x' * 9}\nauthor: [\n---\nText.\n".encode())
    with pytest.raises(CorpusError, match=r"^line 5: front matter is not YAML"):
        read_document(file, max_bytes=LIMIT)


def test_blocks_merged_in_blocks_do_not_multiply(tmp_path: Path) -> None:
    """Half a page of front matter took hours, and all memory: each block put in the one before ten times."""
    layers = "".join(f"b{n}: &b{n} {{<<: [{', '.join([f'*b{n - 1}'] * 10)}], id: x}}\n" for n in range(1, 30))
    file = tmp_path / "a.md"
    file.write_text(
        f"---\nb0: &b0 {{author: A, id: y}}\n{layers}<<: *b29\nid: a\ntitle: T\n---\nText.\n", encoding="utf-8"
    )
    document = read_document(file, max_bytes=LIMIT)
    assert (document.id, document.author) == ("a", "A")


@pytest.mark.parametrize(
    "number", ["0x" + "F" * 5000, "0b" + "1" * 20_000, ":".join(["59"] * 4000), "9:" * 4000 + "59.5"]
)
@pytest.mark.parametrize("field", ["title: {}", "published: {}", "pages: [0, {}]", "sources: [{{title: {}}}]"])
def test_a_number_that_cannot_be_written_out_again_is_refused(tmp_path: Path, field: str, number: str) -> None:
    """Python's own error came out, where the number was shown in a reason, and no document of the corpus was read."""
    file = tmp_path / "a.md"
    file.write_text("---\nid: a\ntitle: T\n---\nText.\n".replace("title: T", field.format(number)), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"^line 3: front matter is not YAML \(a number without end\)"):
        read_document(file, max_bytes=LIMIT)


LAYERS = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]\n" for n in range(1, 12))


@pytest.mark.parametrize("head", [f"title: !!{'se' * 5000} T", f"b0: &b0 [x]\n{LAYERS}title: *b11"])
def test_a_reason_is_short_whatever_it_quotes(tmp_path: Path, head: str) -> None:
    file = tmp_path / "a.md"
    file.write_text(f"---\nid: a\n{head}\n---\nText.\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"^line \d+: (?:title is \[\[|front matter is not YAML)") as refused:
        read_document(file, max_bytes=LIMIT)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("text", ["“““Ada Lorne said.”", 'Lorne said "" of it.'])
def test_between_stray_marks_nothing_is_said(text: str) -> None:
    """Statements of no words were listed as somebody's."""
    assert all(text[a.start : a.end].strip() for a in said_in(text))


def test_a_feed_with_lines_in_its_names_is_unchanged_when_it_is_read_again(tmp_path: Path) -> None:
    """A field is read back as one line: what was compared with it were several, and every sync found it changed."""
    items = "".join(
        f"<item><title>Pier {n}</title><description>{STORY}</description>"
        "<author>A&lt;p&gt;\n\n B</author><link>https://x.org/{n}\n x</link></item>".replace("{n}", str(n))
        for n in range(2)
    )
    feed = f"<rss><channel><title>The&lt;h1&gt;Gazette&lt;/h1&gt;</title>{items}</channel></rss>"
    (tmp_path / "a.rss").write_text(feed, encoding="utf-8")
    assert len(add([tmp_path / "a.rss"], tmp_path / "corpus", Settings()).added) == 2
    again = add([tmp_path / "a.rss"], tmp_path / "corpus", Settings())
    assert len(again.unchanged) == 2 and not again.added and not again.changed
    publishers = {d.publisher for d in read_corpus(tmp_path / "corpus", max_bytes=LIMIT).documents.values()}
    assert publishers == {"The # Gazette"}


def test_no_item_of_a_feed_takes_anothers_place(tmp_path: Path) -> None:
    """An item called "2" was the same as the one without a name at place 2: the later was written over the first."""
    titles = ("2", "same", "same", "two  spaces", "two spaces")
    items = "".join(
        f"<item><title>{t}</title><description>{n} {STORY}</description></item>" for n, t in enumerate(titles)
    )
    (tmp_path / "a.rss").write_text(f"<rss><channel><title>G</title>{items}</channel></rss>", encoding="utf-8")
    report = add([tmp_path / "a.rss"], tmp_path / "corpus", Settings())
    assert len(report.added) == len(set(report.added)) == len(titles)
    assert len(add([tmp_path / "a.rss"], tmp_path / "corpus", Settings()).unchanged) == len(titles)


def test_a_free_name_is_sought_no_further_than_need_be(tmp_path: Path) -> None:
    """For each document a million names were made, of which the first was taken."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"A pier\n\n{name} {STORY}", encoding="utf-8")
    add([tmp_path / "a.txt"], tmp_path / "corpus", Settings())
    tracemalloc.start()
    try:
        assert add([tmp_path / "b.txt"], tmp_path / "corpus", Settings()).added == ("a-pier-2",)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


class Counting(Decoder):
    """Counts how often it looks for a claim."""

    looked = 0

    def _item(self) -> object | None:
        self.looked += 1
        return super()._item()


def test_what_a_model_writes_is_not_read_anew_at_every_letter() -> None:
    """A claim of a hundred thousand figures, which came one by one, was read a hundred thousand times."""
    decoder, text = Counting(), '{"claims": [{"text": "%s"}]}' % ("9" * 1000)
    drafts = [draft for letter in text for draft in decoder.feed(letter)]
    assert [draft.text for draft in drafts] == ["9" * 1000] and list(decoder.finish()) == []
    assert decoder.looked < 10


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_nothing_is_found_in_the_first_inputs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    target, found = TARGETS[name](), list[tuple[str, str, bytes]]()
    target.ready()
    for number in range(15):
        attempt(target, target.draw(Random(number)), lambda *told: found.append(told))
    assert not found, found[0][1]
