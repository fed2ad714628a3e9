"""Files and addresses into the corpus: added, answered from, changed, removed and gone."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_formats import LIMIT, pdf, word

from assistant import Assistant, Settings, resources
from assistant.__main__ import main
from assistant.additions import add
from assistant.documents import read_corpus
from assistant.errors import CorpusError
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS

PIER = (
    "The Lorne pier in Wexcombe will close for repairs on 3 March 2026, the harbour board said on Monday. "
    "Ada Lorne, who chairs the board, said the repairs would cost £{cost} million. "
    "The board had put the work off for two winters because no contractor would take it on. "
)
MILL = (
    "The Ostrand mill reopened as a library in June 2025, Mayor Petra Quill told the council. "
    "The library lends {books} books a month, according to Quill. "
    "Its roof was mended by volunteers from the village of Hale. "
)
FERRY = (
    "The Ilsen ferry carried {people} people last year, its captain Jon Marek said on Tuesday. "
    "The ferry runs between Ilsen and the island of Tross from April to October. "
    "Marek has steered it since 2011 and will retire next spring. "
)
LIGHT = (
    "The Skerrin lighthouse was sold to a painter for {price} euros, the coast office announced on Friday. "
    "The painter, Mira Doll, said she would open the tower to visitors in May. "
    "The lighthouse had stood empty for nineteen years before the sale. "
)


def page(text: str, title: str) -> bytes:
    parts = "".join(f"<p>{sentence}.</p>" for sentence in text.strip(". ").split(". "))
    head = f"<!doctype html><html><head><title>{title}</title></head>"
    return f"{head}<body><article><h1>{title}</h1>{parts}</article></body></html>".encode()


@pytest.fixture
def site() -> Iterator[http.server.ThreadingHTTPServer]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = server.pages.get(self.path)  # type: ignore[attr-defined]
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", server.types.get(self.path, "text/html"))  # type: ignore[attr-defined]
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.types = {}, {}  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def answer(assistant: Assistant, question: str, words: str) -> str:
    """The document that answers with `words`; every offset is checked."""
    told = assistant.ask(question)
    assert told.status == ANSWERED, question
    for cited in told.citations:
        assert assistant.documents[cited.document_id].text[cited.start : cited.end] == cited.quote
    held = [cited.document_id for cited in told.citations if words in cited.quote]
    assert held, told.text
    return held[0]


def test_four_formats_are_added_answered_from_changed_and_removed(
    tmp_path: Path, site: http.server.ThreadingHTTPServer
) -> None:
    corpus, inbox = tmp_path / "corpus", tmp_path / "inbox"
    inbox.mkdir()
    url = f"http://127.0.0.1:{site.server_port}/light"

    def write(cost: int, books: str, people: str, price: str) -> None:
        (inbox / "pier.pdf").write_bytes(pdf([PIER.format(cost=cost), "The second page ends it."]))
        (inbox / "mill.docx").write_bytes(word(("Heading 1", "The mill"), ("", MILL.format(books=books))))
        (inbox / "ferry.html").write_bytes(page(FERRY.format(people=people), "The ferry"))
        site.pages["/light"] = page(LIGHT.format(price=price), "The lighthouse")  # type: ignore[attr-defined]

    def check(cost: str, books: str, people: str, price: str) -> list[str]:
        return [
            answer(assistant, "How much will the pier's repairs cost?", cost),
            answer(assistant, "How many books does the library lend a month?", books),
            answer(assistant, "How many people did the Ilsen ferry carry?", people),
            answer(assistant, "What was the Skerrin lighthouse sold for?", price),
        ]

    write(4, "900", "12,000", "80,000")
    settings = Settings(corpus=str(corpus), data_dir=str(tmp_path / "data"), allow_private_hosts=True)
    first = add([inbox, url], corpus, settings)
    assert len(first.added) == 4 and not first.refused
    with Assistant.open(settings) as assistant:
        ids = check("4 million", "900", "12,000", "80,000")
        assert sorted(ids) == sorted(first.added)
        pier = assistant.documents[ids[0]]
        assert (
            pier.pages == (0, pier.text.index("The second page")) and pier.fetched and pier.source.startswith("file:")
        )
        assert assistant.documents[ids[3]].url == url
        assert all((corpus / assistant.documents[i].original).is_file() for i in ids)
        assert assistant.ask("How much will the pier's repairs cost?").citations[0].page == 1

        again = assistant.add(inbox, url)
        assert (again.added, again.changed, len(again.unchanged)) == ((), (), 4)
        write(7, "1,100", "15,000", "95,000")
        changed = assistant.add(inbox, url)
        assert sorted(changed.changed) == sorted(ids) and not changed.added
        assert check("7 million", "1,100", "15,000", "95,000") == ids

        assistant.remove(*ids[1:])
        assert list(assistant.documents) == [ids[0]]
        for question in ("How many books does the library lend a month?", "What was the Skerrin lighthouse sold for?"):
            assert assistant.ask(question).status == NOT_IN_DOCUMENTS
        assert [path.name for path in (corpus / "originals").iterdir()] == [Path(pier.original).name]

        (inbox / "stays.txt").write_text("The town hall of Hale has a new roof, its clerk said.", encoding="utf-8")
        assistant.add(inbox / "stays.txt")
        assistant.remove(ids[0])
        assert assistant.ask("How much will the pier's repairs cost?").status == NOT_IN_DOCUMENTS
        assert list(assistant.documents) == ["stays"]


def test_what_cannot_be_read_is_named_and_the_rest_goes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "good.txt").write_text(PIER.format(cost=4), encoding="utf-8")
    (inbox / "locked.pdf").write_bytes(pdf([PIER], password="x"))
    (inbox / "empty.md").write_bytes(b"")
    (inbox / "photo.jpg").write_bytes(b"\xff\xd8\xff\x00")
    (inbox / ".hidden").write_bytes(b"\x00")
    place = ["--corpus", str(tmp_path / "c"), "--data-dir", str(tmp_path / "d")]
    sources = [str(inbox), str(tmp_path / "none.pdf"), "file:///etc/passwd", "http://127.0.0.1:9/x"]
    assert main(["add", *sources, *place]) == 1
    out, err = capsys.readouterr()
    assert out == "added: good\n"
    for name in (
        "locked.pdf: it is encrypted",
        "empty.md: it is empty",
        "photo.jpg",
        "none.pdf: there is no such file",
    ):
        assert name in err
    assert "file:///etc/passwd: only http" in err and "private address" in err and ".hidden" not in err
    assert main(["ask", "How much will the repairs cost?", "--json", *place]) == 0
    assert "4 million" in json.loads(capsys.readouterr().out)["text"]
    assert main(["remove", "good", *place]) == 0
    assert not list((tmp_path / "c").rglob("*.md")) and not list((tmp_path / "c" / "originals").iterdir())


def test_the_story_in_an_installed_package_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.resources.path", lambda name: Path(resources.__file__).parent / name)
    assert main(["add", str(tmp_path), "--data-dir", str(tmp_path / "d")]) == 2
    assert "--corpus FOLDER" in capsys.readouterr().err


def test_a_document_with_front_matter_is_taken_as_it_is(tmp_path: Path) -> None:
    raw = '---\nid: mill-note\ntitle: "A note"\npublished: 2026-01-02\n---\n\nThe mill is open.\n'
    (tmp_path / "x.md").write_text(raw, encoding="utf-8")
    (tmp_path / "bad.md").write_text("---\nid: UPPER\ntitle: t\n---\n\nx\n", encoding="utf-8")
    report = add([tmp_path / "x.md", tmp_path / "bad.md"], tmp_path / "c", Settings())
    assert report.added == ("mill-note",) and "id is 'UPPER'" in str(report.refused[0])
    assert (tmp_path / "c" / "mill-note.md").read_text(encoding="utf-8") == raw


def test_no_address_takes_the_place_of_a_document(tmp_path: Path, site: http.server.ThreadingHTTPServer) -> None:
    mine = "---\nid: pier\ntitle: The pier\npublisher: The Gazette\n---\n\nThe pier is open.\n"
    (tmp_path / "pier.md").write_text(mine, encoding="utf-8")
    settings = Settings(allow_private_hosts=True)
    add([tmp_path / "pier.md"], tmp_path / "c", settings)
    site.pages["/x.md"] = mine.replace("is open", "has sunk").encode()  # type: ignore[attr-defined]
    site.types["/x.md"] = "text/plain"  # type: ignore[attr-defined]
    own = f"http://127.0.0.1:{site.server_port}"
    site.pages["/light"] = page(LIGHT.format(price=4), "The lighthouse")  # type: ignore[attr-defined]
    site.pages["/feed"] = (  # type: ignore[attr-defined]
        f"<rss><channel><title>G</title><item><title>A</title><link>{own}/light</link><description>It sank."
        f"</description></item><item><title>B</title><link>{own}/b</link><description>It burnt.</description></item>"
        f"<item><title>C</title><link>{own}/b</link><description>It fell.</description></item></channel></rss>"
    ).encode()
    site.types["/feed"] = "application/rss+xml"  # type: ignore[attr-defined]
    report = add([f"{own}/x.md", f"{own}/light", f"{own}/feed"], tmp_path / "c", settings)
    assert [str(refused) for refused in report.refused] == [
        f"{own}/x.md: it has front matter of its own: save it, read that, and add the file if you trust it."
    ]
    assert len(report.added) == 4 and not report.changed
    documents = read_corpus(tmp_path / "c", max_bytes=LIMIT).documents
    assert documents["pier"].text == "The pier is open."
    assert "painter" in documents["the-lighthouse"].text
    assert {documents[name].text for name in report.added[1:]} == {"It sank.", "It burnt.", "It fell."}
    assert len(add([f"{own}/feed"], tmp_path / "c", settings).unchanged) == 3


def test_a_folder_is_read_for_what_is_in_it_alone(tmp_path: Path) -> None:
    inbox, corpus = tmp_path / "inbox", tmp_path / "c"
    (inbox / "deep" / ".git").mkdir(parents=True)
    (tmp_path / "key.txt").write_text("The key of the house is under the mat.", encoding="utf-8")
    (inbox / "deep" / "pier.txt").write_text(PIER, encoding="utf-8")
    (inbox / "deep" / ".git" / "log.txt").write_text(PIER, encoding="utf-8")
    (inbox / "data.json").write_text('{"pier": 4}', encoding="utf-8")
    (inbox / "leak.txt").symlink_to(tmp_path / "key.txt")
    (inbox / "inside.txt").symlink_to(inbox / "deep" / "pier.txt")
    (inbox / "pipe.txt").symlink_to(tmp_path / "nothing")
    report = add([inbox], corpus, Settings())
    assert report.added == ("pier",) and not report.changed, "a link inside is the file that it leads to"
    assert {Path(refused.source).name: refused.reason.partition(":")[0] for refused in report.refused} == {
        "leak.txt": "it is a link out of the folder",
        "data.json": ".json is no type that is read",
    }
    assert not any("mat" in document.text for document in read_corpus(corpus, max_bytes=LIMIT).documents.values())
    again = add([corpus], corpus, Settings())
    assert not again.added and not again.changed and not again.refused, "the corpus's own originals"


@pytest.mark.parametrize(
    "title", ["***", "x" * 2000, "\u200b", "a\u2028b", "<script>alert(1)</script>", "../../etc/passwd"]
)
def test_a_document_of_any_title_can_be_read_again(tmp_path: Path, title: str) -> None:
    (tmp_path / "pier.html").write_bytes(page(PIER, title))
    report = add([tmp_path / "pier.html"], tmp_path / "c", Settings())
    (document,) = read_corpus(tmp_path / "c", max_bytes=LIMIT).documents.values()
    assert (document.id,) == report.added and document.title.strip() and "\n" not in document.title
    assert [path.parent for path in (tmp_path / "c").rglob("*.md")] == [tmp_path / "c"]


def test_an_original_of_another_type_takes_the_place_of_the_first(
    tmp_path: Path, site: http.server.ThreadingHTTPServer
) -> None:
    url = f"http://127.0.0.1:{site.server_port}/report"
    settings = Settings(allow_private_hosts=True)
    for kind, body in (("text/html", page(PIER, "The pier")), ("application/pdf", pdf([PIER]))):
        site.pages["/report"], site.types["/report"] = body, kind  # type: ignore[attr-defined]
        add([url], tmp_path / "c", settings)
    assert [path.suffix for path in (tmp_path / "c" / "originals").iterdir()] == [".pdf"]


def test_files_of_one_name_stay_apart(tmp_path: Path) -> None:
    for folder, cost in (("a", 4), ("b", 7)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "report.txt").write_text(PIER.format(cost=cost), encoding="utf-8")
    report = add([tmp_path / "a", tmp_path / "b"], tmp_path / "c", Settings())
    assert len(set(report.added)) == 2
    texts = [document.text for document in read_corpus(tmp_path / "c", max_bytes=LIMIT).documents.values()]
    assert any("£4" in text for text in texts) and any("£7" in text for text in texts)


def test_a_file_dropped_into_the_corpus_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("---\nid: g\ntitle: t\n---\n\nThe mill is open.\n", encoding="utf-8")
    (tmp_path / "report.pdf").write_bytes(pdf(["words"]))
    corpus = read_corpus(tmp_path, max_bytes=LIMIT)
    assert list(corpus.documents) == ["g"] and "assistant add" in corpus.refused[0].reason


def test_an_unknown_id_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PIER, encoding="utf-8")
    settings = Settings(corpus=str(tmp_path / "c"), data_dir=str(tmp_path / "d"))
    add([tmp_path / "a.txt"], tmp_path / "c", settings)
    with Assistant.open(settings) as assistant:
        with pytest.raises(CorpusError, match="no document nobody"):
            assistant.remove(*assistant.documents, "nobody")
        assert len(assistant.documents) == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_becomes_a_document_or_a_reason(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "x.txt").write_text(text, encoding="utf-8")
    report = add([folder / "x.txt"], folder / "c", Settings())
    assert len(report.added) + len(report.refused) == 1
    if report.added:
        (document,) = read_corpus(folder / "c", max_bytes=LIMIT).documents.values()
        assert document.text and document.title
