"""Reading the corpus: text and offsets as they stand; a broken file is refused by name, line and remedy."""

from __future__ import annotations

import codecs
import contextlib
import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_fakes import CorpusFolder

from assistant import CorpusError
from assistant.documents import Corpus, read_corpus, read_document

HEAD = "---\nid: a\ntitle: T\n"
LIMIT = 100_000


def read(path: Path, raw: bytes | str) -> str:
    """The text of a document that holds `raw`, which must be sound."""
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return read_document(path, max_bytes=LIMIT).text


def refusal(path: Path, raw: bytes | str) -> str:
    """Why a document that holds `raw` is refused."""
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    with pytest.raises(CorpusError) as refused:
        read_document(path, max_bytes=LIMIT)
    return str(refused.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.md"


# Sound files


def test_the_story_that_ships_is_read_word_for_word(shipped_corpus: Path) -> None:
    raw = (shipped_corpus / "mamdani-letter-row.md").read_bytes().decode()
    corpus = read_corpus(shipped_corpus, max_bytes=LIMIT)
    document = corpus.documents["mamdani-letter-row"]
    assert document.text == raw.split("---\n", 2)[2].strip("\n")
    assert document.version == hashlib.sha256(document.text.encode()).hexdigest()
    assert (document.publisher, document.published) == ("The Telegraph (India)", dt.date(2026, 1, 2))
    assert document.title.startswith("Mamdani letter row: Umar's father")
    assert document.url.endswith("cid/2140774")
    assert (document.kind, document.language, document.author, document.sources) == ("article", "en", "", ())
    assert "“When prisons try to isolate, words travel.”" in document.text
    assert "there\N{LATIN CAPITAL LETTER H}e must have" in document.text, "a typing error of the original was mended"
    assert not corpus.refused


def test_every_field_is_read(file: Path) -> None:
    file.write_text(
        "---\nid: x-1.b_2\ntitle: 'One: two'\npublisher: P\nauthor: A, B\npublished: 2026-01-02\n"
        "url: https://x.example/1\nkind: statute\nlanguage: hi\nunknown: {is: ignored}\nsources:\n  - publisher: Q\n"
        "    title: R\n    date: 2025-12-31\n    url:\n  - {title: S, 2026: 1}\n---\n\nText.\n"
    )
    document = read_document(file, max_bytes=LIMIT)
    assert (document.id, document.title, document.publisher, document.author) == ("x-1.b_2", "One: two", "P", "A, B")
    assert (document.published, document.url) == (dt.date(2026, 1, 2), "https://x.example/1")
    assert (document.kind, document.language, document.text) == ("statute", "hi", "Text.")
    assert document.sources == ({"publisher": "Q", "title": "R", "date": "2025-12-31"}, {"title": "S", "2026": "1"})
    assert json.loads(json.dumps(document.metadata())) == document.metadata()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-01-02", dt.date(2026, 1, 2)),
        ("'2026-01-02'", dt.date(2026, 1, 2)),
        ("2026-01-02 10:30:00", dt.date(2026, 1, 2)),
        ("2026-01-02T23:30:00Z", dt.date(2026, 1, 2)),
        ("", None),
        ("~", None),
    ],
)
def test_dates_are_read(file: Path, written: str, read_as: dt.date | None) -> None:
    file.write_text(f"{HEAD}published: {written}\n---\nText.\n")
    assert read_document(file, max_bytes=LIMIT).published == read_as


def test_a_byte_order_mark_is_no_part_of_the_text(file: Path) -> None:
    assert read(file, codecs.BOM_UTF8 + f"{HEAD}---\nText.\n".encode()) == "Text."


def test_windows_line_ends_stay_and_offsets_count_them(file: Path) -> None:
    text = read(file, f"{HEAD}---\n\nOne.\n\nTwo.\n".replace("\n", "\r\n"))
    assert text == "One.\r\n\r\nTwo."


@pytest.mark.parametrize(
    "text",
    [
        '“Curly,” ‘single’, "straight" and ’tis — en–dash…',
        "Cafe\u0301 and caf\u00e9 are not made one",
        "a\u00a0b\u2009c\u200bd\u2028e\u2066f\u2069",
        "tab\there, trailing  \nline",
        "  leading space stays",
        "हिन्दी 👨‍👩‍👧 \U0001f5fd",
        "---\nnot front matter\n---",
        "<script>alert(1)</script> [x](javascript:y)",
    ],
)
def test_text_survives_as_it_is(file: Path, text: str) -> None:
    assert read(file, f"{HEAD}---\n\n{text}\n\n") == text


UNREADABLE = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\u202d", "\u202e"]
READABLE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=UNREADABLE) | st.sampled_from("\n\t\r"),
    min_size=1,
)


@given(text=READABLE)
def test_any_readable_text_survives_as_it_is(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = text.strip("\r\n")
    if not text.strip():
        return
    file = tmp_path_factory.getbasetemp() / "survives.md"
    file.write_bytes(f"{HEAD}---\n{text}\n".encode())
    document = read_document(file, max_bytes=LIMIT)
    assert document.text == text
    assert document.version == hashlib.sha256(text.encode()).hexdigest()


def test_a_field_is_one_line_and_an_empty_one_is_left_out(file: Path) -> None:
    head = '---\nid: a\ntitle: "A\\nnote\\u2028 \\tto read"\nkind: ""\nlanguage: " "\n---\nText.\n'
    file.write_text(head, encoding="utf-8")
    document = read_document(file, max_bytes=LIMIT)
    assert (document.title, document.kind, document.language) == ("A note to read", "article", "en")


def test_the_names_of_a_merged_block_do_not_take_the_place_of_those_written(file: Path) -> None:
    head = "---\nbase: &base {id: other, title: Other, author: A}\n<<: *base\nid: a\ntitle: T\n---\nText.\n"
    file.write_text(head, encoding="utf-8")
    document = read_document(file, max_bytes=LIMIT)
    assert (document.id, document.title) == ("a", "T")


def test_only_the_text_makes_the_version(file: Path) -> None:
    file.write_text(f"{HEAD}---\nText.\n")
    first = read_document(file, max_bytes=LIMIT)
    file.write_text("---\nid: b\ntitle: Other\npublished: 2026-01-01\n---\n\n\nText.\n\n")
    assert read_document(file, max_bytes=LIMIT).version == first.version
    file.write_text(f"{HEAD}---\nText!\n")
    assert read_document(file, max_bytes=LIMIT).version != first.version


# Broken files: the line, the fact, the remedy


@pytest.mark.parametrize(
    ("raw", "line", "fact", "remedy"),
    [
        ("", 1, "no front matter", "begin with id, title, published between two lines of `---`"),
        ("Text alone.\n", 1, "no front matter", "begin with"),
        (f"{HEAD}Text, and the front matter never ends.\n", 1, "no front matter", "between two lines of `---`"),
        ("---\n---\nText.\n", 2, "front matter is not a list of `name: value` lines", "write it so"),
        ("---\n- id\n---\nText.\n", 2, "front matter is not a list of `name: value` lines", "write it so"),
        ("---\nid: a\ntitle: Row: a note\n---\nText.\n", 3, "front matter is not YAML (mapping values", "quote it"),
        ("---\nid: a\ntitle: 'T\n---\nText.\n", 4, "front matter is not YAML", "mend or quote it"),
        ("---\nid: a\n\ttitle: T\n---\nText.\n", 3, "front matter is not YAML (found character '\\t'", "mend"),
        (f"{HEAD}author: !!python/object/apply:os.getcwd []\n---\nText.\n", 4, "front matter is not YAML", "mend"),
        (f"{HEAD}published: !!timestamp soon\n---\nText.\n", 2, "front matter is not YAML", "mend"),
        (f"{HEAD}author: !!bool maybe\n---\nText.\n", 2, "front matter is not YAML", "mend"),
        (f"{HEAD}author: !!int ''\n---\nText.\n", 2, "front matter is not YAML", "mend"),
        (f"{HEAD}author: {'[' * 2000}\n---\nText.\n", 2, "front matter is not YAML", "mend"),
        ("---\ntitle: T\n---\nText.\n", 2, "id is None", "give lower-case letters, digits"),
        ("---\ntitle: T\nid: Ünsound Id\n---\nText.\n", 3, "id is 'Ünsound Id'", "give lower-case letters, digits"),
        ("---\ntitle: T\nid: 12\n---\nText.\n", 3, "id is 12", "give lower-case letters, digits"),
        ("---\ntitle: T\nid: ../../etc/passwd\n---\nText.\n", 3, "id is '../../etc/passwd'", "give lower-case"),
        (f"---\ntitle: T\nid: {'a' * 101}\n---\nText.\n", 3, "id is 'aaa", "give lower-case"),
        ("---\nid: a\n---\nText.\n", 2, "no title", "add one"),
        ("---\nid: a\nkind: article\ntitle: '  '\n---\nText.\n", 4, "no title", "add one"),
        ('---\nid: a\ntitle: "\\u200b..."\n---\nText.\n', 3, "no title", "add one"),
        (f"---\nid: a\ntitle: {'t' * 501}\n---\nText.\n", 3, "title of 501 characters, over 500", "shorten it"),
        (f"{HEAD}title: Another\n---\nText.\n", 4, "front matter is not YAML ('title' is given twice)", "mend"),
        (f"{HEAD}id: b\n---\nText.\n", 4, "front matter is not YAML ('id' is given twice)", "mend"),
        (f"{HEAD}sources: [{{url: a, url: b}}]\n---\nText.\n", 4, "front matter is not YAML ('url' is given", "mend"),
        (f'{HEAD}author: "\\x9b31m"\n---\nText.\n', 4, "author holds U+009B", "remove it"),
        (f"{HEAD}---\n\u009b31mOne.\n", 5, "a control character (U+009B)", "remove it"),
        ("---\nid: a\ntitle: 1984\n---\nText.\n", 3, "title is 1984", "put it between quotation marks"),
        (f"{HEAD}language: no\n---\nText.\n", 4, "language is False", "put it between quotation marks"),
        (f"{HEAD}author: [A, B]\n---\nText.\n", 4, "author is ['A', 'B']", "put it between quotation marks"),
        (f"{HEAD}published: Friday\n---\nText.\n", 4, "published is 'Friday'", "write it as YYYY-MM-DD"),
        (f"{HEAD}kind: x\npublished: 2026-02-30\n---\nText.\n", 5, "published is '2026-02-30'", "YYYY-MM-DD"),
        (f"{HEAD}published: 2026\n---\nText.\n", 4, "published is 2026", "write it as YYYY-MM-DD"),
        (f"{HEAD}published: [2026]\n---\nText.\n", 4, "published is [2026]", "write it as YYYY-MM-DD"),
        (f"{HEAD}sources: PTI\n---\nText.\n", 4, "sources is not a list of publisher, title, date, url", "write it so"),
        (f"{HEAD}sources: [PTI]\n---\nText.\n", 4, "sources is not a list of publisher, title, date, url", "write it"),
        (f"{HEAD}sources: [{{title: [a]}}]\n---\nText.\n", 4, "sources is not a list", "write it so"),
        (f'{HEAD}author: "a\\ud800b"\n---\nText.\n', 4, "author holds U+D800", "remove it"),
        (f'{HEAD}author: "a\\0b"\n---\nText.\n', 4, "author holds U+0000", "remove it"),
        (f'{HEAD}sources: [{{title: "\\u202E"}}]\n---\nText.\n', 4, "sources holds U+202E", "remove it"),
        (f"{HEAD}author: a\0b\n---\nText.\n", 4, "a control character (U+0000)", "remove it"),
        (f"{HEAD}---\n\nOne.\nTwo\0.\n", 7, "a control character (U+0000)", "remove it"),
        (f"{HEAD}---\r\nOne.\r\n\x1b[31mTwo.\r\n", 6, "a control character (U+001B)", "remove it"),
        (f"{HEAD}---\nOne.\nTwo \u202eevil.\n", 6, "a control character (U+202E)", "remove it"),
        (f"{HEAD}---\n\u202dOne.\n", 5, "a control character (U+202D)", "remove it"),
        (f"{HEAD}---\nOne.\nTwo ".encode() + b"\xff.\n", 6, "not UTF-8", "save the file as UTF-8"),
        (f"{HEAD}---\nText.\n".encode("utf-16"), 1, "not UTF-8", "save the file as UTF-8"),
        (f"{HEAD}---\nCafé.\n".encode("latin-1"), 5, "not UTF-8", "save the file as UTF-8"),
        (f"{HEAD}---\n", 5, "no text after the front matter", "add the text"),
        (f"{HEAD}---\n \n\t\n\n", 8, "no text after the front matter", "add the text"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_remedy(
    file: Path, raw: bytes | str, line: int, fact: str, remedy: str
) -> None:
    reason = refusal(file, raw)
    assert reason.startswith(f"line {line}: {fact}"), reason
    assert remedy in reason
    assert "\n" not in reason


def test_a_bomb_of_aliases_is_refused_without_going_off(file: Path) -> None:
    layers = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert refusal(file, f"---\nb0: &b0 [x]\n{layers}id: a\ntitle: *b11\n---\nText.\n").startswith(
        "line 15: title is [[["
    )
    assert "sources is not a list" in refusal(file, f"{HEAD}b0: &b0 [x]\n{layers}sources: *b11\n---\nText.\n")
    assert "published is [[[" in refusal(file, f"{HEAD}b0: &b0 [x]\n{layers}published: *b11\n---\nText.\n")


def test_front_matter_that_is_too_long_is_refused_unread(file: Path) -> None:
    file.write_text(HEAD + "x: [\n" * 200_000 + "---\nText.\n")
    with pytest.raises(CorpusError, match=r"line 2: front matter of 1,000,015 characters, over 500,000: shorten it"):
        read_document(file, max_bytes=10**7)


def test_a_file_over_the_limit_is_refused_with_both_sizes(file: Path) -> None:
    file.write_text(f"{HEAD}---\n{'x' * LIMIT}\n")
    with pytest.raises(
        CorpusError, match=r"100,024 bytes, over the limit of 100,000: raise `max_document_bytes` or split"
    ):
        read_document(file, max_bytes=LIMIT)
    assert read_document(file, max_bytes=LIMIT + 24).text == "x" * LIMIT


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="No such file or directory: make the file readable"):
        read_document(tmp_path / "gone.md", max_bytes=LIMIT)


@given(raw=st.binary() | st.text().map(lambda text: f"---\n{text}\n---\nText.\n".encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.md"
    file.write_bytes(raw)
    with contextlib.suppress(CorpusError):
        json.dumps(read_document(file, max_bytes=LIMIT).metadata())


# Folders


def test_the_sound_files_load_beside_the_broken_ones(folder: CorpusFolder) -> None:
    folder.write("good", "Text.")
    broken = [folder.write_bytes("bad-1.md", b"no front matter"), folder.write_bytes("bad-2.md", b"\xff")]
    corpus = folder.read()
    assert list(corpus.documents) == ["good"]
    assert [refusal.path for refusal in corpus.refused] == broken
    for refusal, path in zip(corpus.refused, broken, strict=True):
        assert str(refusal) == f"{path}: {refusal.reason}"
        assert refusal.reason.startswith("line 1: ")


def test_a_second_document_of_the_same_id_is_refused_and_the_first_named(folder: CorpusFolder) -> None:
    folder.write("a", "First.", file="1.md")
    second = folder.write("a", "Second.", file="sub/2.md")
    corpus = folder.read()
    assert corpus.documents["a"].text == "First."
    assert [(r.path, r.reason) for r in corpus.refused] == [
        (second, "the id 'a' is that of 1.md too: give this one its own.")
    ]


def test_files_are_read_in_order_of_name_in_folders_too(folder: CorpusFolder) -> None:
    folder.write("z", "Text.", file="a/1.md")
    folder.write("y", "Text.", file="b.MD")
    folder.write("x", "Text.", file="c.markdown")
    assert list(folder.read().documents) == ["z", "y", "x"]


def test_what_is_no_document_is_passed_over(folder: CorpusFolder) -> None:
    folder.write("a", "Text.")
    for name in ("README.md", "notes.txt", ".hidden.md", ".git/x.md", "picture.png"):
        folder.write_bytes(name, b"not a document")
    (folder.path / "folder.md").mkdir()
    (folder.path / "dangling.md").symlink_to(folder.path / "nowhere.md")
    assert folder.read() == Corpus(folder.path, {"a": folder.read().documents["a"]}, ())


def test_a_missing_folder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no corpus folder .*nowhere: create it, or point the setting `corpus`"):
        read_corpus(tmp_path / "nowhere", max_bytes=LIMIT)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "corpus").write_text("x")
    with pytest.raises(CorpusError, match="no corpus folder"):
        read_corpus(tmp_path / "corpus", max_bytes=LIMIT)


def test_a_folder_without_a_readable_document_is_refused_and_says_why(folder: CorpusFolder) -> None:
    with pytest.raises(CorpusError, match="holds no readable document: add Markdown files with front matter"):
        folder.read()
    bad = folder.write_bytes("bad.md", b"\xff")
    with pytest.raises(CorpusError, match=rf"holds no readable document: .*\n  {bad}: line 1: not UTF-8"):
        folder.read()
