"""The index's folder, its Chroma (embedded and a server), its lock, and what it says when something is wrong."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import threading
import warnings
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from index_fakes import (
    DIMENSIONS,
    PATIENCE,
    ChromaServer,
    CorpusFolder,
    CountingEncoder,
    contents,
    elsewhere,
    free_port,
    opened,
    processes,
    started,
    synced,
)

from assistant import EmbeddingMismatch, IndexBusy, IndexUnusable, Settings, fulltext
from assistant.catalog import SCHEMA
from assistant.changes import is_current
from assistant.documents import read_corpus
from assistant.embeddings import Vectors
from assistant.index import Documents, Index, remove
from assistant.sync import sync

TEXT = "The note was made public on Friday. Ilyas met the mayor for 25 minutes.\n\nThe court will hear the plea."


@pytest.fixture
def filled(folder: CorpusFolder, settings: Settings) -> Settings:
    """Settings of an index that holds two documents."""
    folder.write("a", TEXT, published="2026-01-02", sources='[{publisher: "X", date: 2026-01-01}]')
    folder.write("b", "The riots of February 2020 left 53 people dead.")
    synced(settings, folder)
    return settings


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A running Chroma server."""
    server = ChromaServer(tmp_path_factory.mktemp("chroma"), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def chromas_sockets() -> Iterator[None]:
    """Chroma's client leaves its sockets to the garbage collector, closed or not."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


# What it holds


def test_documents_come_back_as_they_were_read(filled: Settings, folder: CorpusFolder) -> None:
    with opened(filled, folder.path) as index:
        documents = Documents(index.catalog)
        assert dict(documents) == dict(folder.read().documents)
        assert (len(documents), list(documents), "a" in documents) == (2, ["a", "b"], True)
        assert "c" not in documents
        with pytest.raises(KeyError, match="c"):
            documents["c"]


def test_passages_come_back_exact_with_their_sentences_and_vectors(filled: Settings, folder: CorpusFolder) -> None:
    text = folder.read().documents["a"].text
    with opened(filled, folder.path) as index:
        (passage,) = index.catalog.passages_of("a")
        assert index.catalog.passages([passage.id, "gone"]) == {passage.id: passage}
        vectors = index.catalog.vectors(passage.id)
    assert passage.text == text[passage.start : passage.end] == text
    assert [span.of(text).split()[-1] for span in passage.sentences] == ["Friday.", "minutes.", "plea."]
    wanted = CountingEncoder().encode([span.of(text) for span in passage.sentences])
    np.testing.assert_allclose(vectors, wanted, atol=1e-3)  # kept as float16


def test_attributions_are_kept_with_exact_offsets(folder: CorpusFolder, settings: Settings) -> None:
    folder.write(
        "a", '"We met him for about 25 minutes. He has assured full support," Syed Qasim Rasool Ilyas said on Friday.'
    )
    synced(settings, folder)
    with opened(settings, folder.path) as index:
        text = index.catalog.document("a").text
        said = [(a.speaker, text[a.start : a.end]) for a in index.catalog.attributions("a")]
    assert said
    assert all(speaker == "Syed Qasim Rasool Ilyas" and words in text for speaker, words in said)
    assert "25 minutes" in "".join(words for _, words in said)


def test_nearest_gives_cosines_best_first(filled: Settings, folder: CorpusFolder) -> None:
    encoder = CountingEncoder()
    with opened(filled, folder.path) as index:
        vector = encoder.encode(["How many people did the riots leave dead?"])[0]
        found = index.nearest(vector, 5)
        texts = {identity: passage.text for identity, passage in index.catalog.passages([i for i, _ in found]).items()}
    assert [identity[0] for identity, _ in found] == ["b", "a"]
    for identity, score in found:
        assert score == pytest.approx(float(encoder.encode([texts[identity]])[0] @ vector), abs=1e-4)


def test_full_text_finds_stems_and_titles_and_takes_any_term(filled: Settings, folder: CorpusFolder) -> None:
    with opened(filled, folder.path) as index:
        search = index.catalog.fulltext.search
        assert [identity[0] for identity, _ in search(["rioting"], 5)] == ["b"]
        assert {identity[0] for identity, _ in search(["about"], 5)} == {"a", "b"}, "every title begins with About"
        assert search([], 5) == search(["zebra"], 5) == search(['"', "*", "a AND", "NEAR(", "-x", "col:y"], 5) == []
        assert search(["riots"] * 3000, 5)
        assert (index.catalog.fulltext.frequency("riot"), index.catalog.fulltext.frequency("zebra")) == (1, 0)


def test_of_many_places_full_text_weighs_the_rarest_words(
    filled: Settings, folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(filled, folder.path) as index:
        search = index.catalog.fulltext.search
        everywhere = index.catalog.fulltext.frequency("about")
        assert everywhere > index.catalog.fulltext.frequency("riot") == 1
        monkeypatch.setattr(fulltext, "RANKED", everywhere)
        assert [identity[0] for identity, _ in search(["about", "rioting"], 5)] == ["b"], "both are too many places"
        assert {identity[0] for identity, _ in search(["about"], 5)} == {"a", "b"}, "the rarest is taken all the same"
        monkeypatch.setattr(fulltext, "ALONE", everywhere - 1)
        assert search(["about"], 5) == [], "unless it stands nearly everywhere"


def test_what_is_known_holds_while_another_thread_forgets_it(
    filled: Settings, folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful(dict[object, int]):
        """Facts that another thread clears right after they were looked for."""

        def __contains__(self, what: object) -> bool:
            held = super().__contains__(what)
            self.clear()
            return held

        def get(self, what: object, otherwise: object = None) -> object:  # type: ignore[override]
            value = super().get(what, otherwise)
            self.clear()
            return value

    with opened(filled, folder.path) as index:
        assert index.catalog.fulltext.frequency("riot") == 1
        publication, found = index.catalog._found
        monkeypatch.setattr(index.catalog, "_found", (publication, Forgetful(found)))
        assert index.catalog.fulltext.frequency("riot") == 1


def test_an_empty_index_has_nothing_and_says_so_quietly(folder: CorpusFolder, settings: Settings) -> None:
    with opened(settings, folder.path) as index:
        assert index.nearest(np.ones(DIMENSIONS, np.float32), 5) == []
        assert index.missing([]) == []
        assert index.missing(["a:1:0"]) == ["a:1:0"]
        index.drop(["not-there"])
        assert (index.catalog.count(), index.catalog.live(), index.catalog.fulltext.search(["the"], 5)) == (0, {}, [])


# Where it is


def test_each_corpus_has_its_own_folder_in_the_data_directory(tmp_path: Path, settings: Settings) -> None:
    folders = set()
    for name in ("corpus", "Story of the Note!", "नोट", "-"):
        with (
            opened(settings, tmp_path / name / "x" / ".." / "corpus") as one,
            opened(settings, tmp_path / name) as other,
        ):
            folders |= {one.folder, other.folder}
    assert len(folders) == 8
    assert {path.parent for path in folders} == {settings.data_path() / "indexes"}
    assert all(path.name.isascii() and len(path.name) >= 3 for path in folders)


def test_the_corpus_folder_itself_is_left_alone(filled: Settings, folder: CorpusFolder) -> None:
    assert sorted(path.name for path in folder.path.iterdir()) == ["a.md", "b.md"]


def test_a_data_directory_that_cannot_be_made_is_said_with_the_remedy(folder: CorpusFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for data_dir in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(
            IndexUnusable, match=r"data directory .* cannot be made \(.*\): point `data_dir` at one that can"
        ):
            Index(Settings(data_dir=str(data_dir)), folder.path, "counting")


# Damage


def damaged(path: Path, settings: Settings, folder: CorpusFolder) -> str:
    """What is said of an index whose file `path` was overwritten."""
    path.write_bytes(b"This is no database. " * 500)
    with pytest.raises(IndexUnusable) as refused:
        elsewhere(synced, settings, folder)
    return str(refused.value)


@pytest.fixture
def index_folder(filled: Settings, folder: CorpusFolder) -> Path:
    with opened(filled, folder.path) as index:
        return index.folder


def test_a_damaged_catalog_is_said_with_the_remedy_and_the_remedy_works(
    filled: Settings, folder: CorpusFolder, index_folder: Path
) -> None:
    for extra in ("catalog.db-wal", "catalog.db-shm"):
        (index_folder / extra).unlink(missing_ok=True)
    message = damaged(index_folder / "catalog.db", filled, folder)
    assert f"The index file {index_folder / 'catalog.db'} cannot be used (file is not a database)" in message
    assert message.endswith("run `python -m assistant sync --rebuild` if it is damaged.")
    remove(filled, folder.path)
    assert synced(filled, folder).added == ("a", "b")
    assert contents(filled, folder.path).is_whole


def test_a_folder_in_place_of_the_catalog_is_said_with_the_remedy(settings: Settings, folder: CorpusFolder) -> None:
    with opened(settings, folder.path) as index:
        path = index.catalog.path
    for file in path.parent.glob("catalog.db*"):
        file.unlink()
    path.mkdir()
    with pytest.raises(
        IndexUnusable, match=r"cannot be used \(unable to open database file\): check the disk and its rights"
    ):
        Index(settings, folder.path, "counting")


def test_a_damaged_chroma_is_said_with_the_remedy_and_the_remedy_works(
    filled: Settings, folder: CorpusFolder, index_folder: Path
) -> None:
    message = damaged(index_folder / "chroma-1" / "chroma.sqlite3", filled, folder)
    assert message.startswith(f"Chroma at {index_folder / 'chroma-1'} failed (")
    assert message.endswith("run `python -m assistant sync --rebuild` if it is damaged.")
    remove(filled, folder.path)
    assert synced(filled, folder).added == ("a", "b")
    assert contents(filled, folder.path).is_whole


def test_a_catalog_cut_short_is_said_with_the_remedy(
    filled: Settings, folder: CorpusFolder, index_folder: Path
) -> None:
    for extra in ("catalog.db-wal", "catalog.db-shm"):
        (index_folder / extra).unlink(missing_ok=True)
    path = index_folder / "catalog.db"
    os.truncate(path, path.stat().st_size // 2 + 100)
    with pytest.raises(IndexUnusable, match=r"catalog.db cannot be used \(.*malformed\).*--rebuild"):
        synced(filled, folder)


def test_a_deleted_chroma_folder_is_repaired_at_the_next_sync(
    filled: Settings, folder: CorpusFolder, index_folder: Path
) -> None:
    shutil.rmtree(index_folder / "chroma-1")
    encoder = CountingEncoder()
    assert not synced(filled, folder, encoder), "no document was added, changed or removed"
    assert not encoder.texts, "the vectors are in the catalog still"
    assert contents(filled, folder.path).is_whole


@pytest.mark.parametrize("left", [0.0, 0.5, 0.99])
@pytest.mark.parametrize(
    "name", ["index_metadata.pickle", "header.bin", "data_level0.bin", "link_lists.bin", "length.bin"]
)
def test_a_chroma_whose_writer_was_killed_while_it_wrote_a_file_is_made_anew(
    folder: CorpusFolder, settings: Settings, name: str, left: float
) -> None:
    """Chroma writes its files in place: what is left may fail, lack vectors silently, or crash whoever reads it."""
    cut = settings.replace(passage_tokens=4)
    folder.write("many", " ".join(f"Number {word} came." for word in range(1200)))  # more than Chroma keeps in its log
    synced(cut, folder)
    with opened(cut, folder.path) as index:
        (path,) = index.folder.glob(f"chroma-1/*/{name}")
        vector = CountingEncoder().encode(["Number 700 came."])[0]
        before = index.nearest(vector, 5)
    os.truncate(path, int(path.stat().st_size * left))
    encoder = CountingEncoder()
    with opened(cut, folder.path) as index:
        after = index.nearest(vector, 5)
        assert after[0] == before[0]
        assert not sync(index, folder.read().documents, encoder, cut)
    assert not encoder.texts
    assert contents(cut, folder.path).is_whole


def test_a_deleted_catalog_is_made_again(filled: Settings, folder: CorpusFolder, index_folder: Path) -> None:
    for file in index_folder.glob("catalog.db*"):
        file.unlink()
    assert synced(filled, folder).added == ("a", "b")
    assert contents(filled, folder.path).is_whole


def test_an_open_index_goes_on_when_another_makes_chroma_anew(filled: Settings, folder: CorpusFolder) -> None:
    vector = CountingEncoder().encode(["note"])[0]
    with opened(filled, folder.path) as mine, opened(filled, folder.path) as theirs:
        before = mine.nearest(vector, 2)
        with theirs.writing():
            theirs._rebuild()
        assert mine.nearest(vector, 2) == before
        with mine.catalog.snapshot():
            with theirs.writing():
                theirs._rebuild()
            assert mine.nearest(vector, 2) == before


def test_opening_and_reading_leaves_no_doubt(filled: Settings, folder: CorpusFolder) -> None:
    for _ in range(3):
        with opened(filled, folder.path) as index:
            assert not index._is_in_doubt()
            index.nearest(CountingEncoder().encode(["note"])[0], 2)
            index.missing([])
            assert not index._is_in_doubt()


# Made otherwise


def test_another_embedding_is_refused_with_both_names_and_the_remedy(filled: Settings, folder: CorpusFolder) -> None:
    with pytest.raises(EmbeddingMismatch) as refused:
        Index(filled, folder.path, "other")
    message = str(refused.value)
    assert "made with the embedding 'counting', the settings ask for 'other'" in message
    assert message.endswith("run `python -m assistant sync --rebuild`, or set `embedding` or `data_dir` back.")


@pytest.mark.parametrize(("name", "value"), [("passage_tokens", 80), ("token_encoding", "cl100k_base")])
def test_another_cut_is_refused_with_both_values_and_the_remedy(
    filled: Settings, folder: CorpusFolder, name: str, value: object
) -> None:
    changed = filled.replace(**{name: value})
    with pytest.raises(
        IndexUnusable, match=f"made with {name} {getattr(filled, name)}, this is {value}: run `.* --rebuild`"
    ):
        Index(changed, folder.path, "counting")
    remove(changed, folder.path)
    assert synced(changed, folder).added == ("a", "b")


def test_an_index_of_another_version_of_the_library_is_refused(filled: Settings, folder: CorpusFolder) -> None:
    with opened(filled, folder.path) as index, index.catalog.transaction() as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'schema'")
    with pytest.raises(IndexUnusable, match=f"made with schema 0, this is {SCHEMA}: run `.* --rebuild`"):
        Index(filled, folder.path, "counting")


def test_a_rebuild_takes_another_embedding(filled: Settings, folder: CorpusFolder) -> None:
    remove(filled, folder.path)
    assert synced(filled, folder, CountingEncoder("other")).added == ("a", "b")
    assert contents(filled, folder.path, embedding="other").is_whole
    with pytest.raises(EmbeddingMismatch):
        Index(filled, folder.path, "counting")


def test_removing_what_is_not_there_is_no_matter(settings: Settings, folder: CorpusFolder) -> None:
    remove(settings, folder.path)
    assert not settings.data_path().exists()


class Failing(CountingEncoder):
    """Fails in the middle of its first batch."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        raise ConnectionError("no server")


def test_a_first_sync_that_failed_binds_nobody_to_its_settings(settings: Settings, folder: CorpusFolder) -> None:
    folder.write("a", TEXT)
    wrong = settings.replace(passage_tokens=50)
    with pytest.raises(ConnectionError):
        synced(wrong, folder, Failing("other"))
    assert synced(settings, folder).added == ("a",)
    assert contents(settings, folder.path).is_whole


def test_an_opening_without_a_sync_binds_nobody(settings: Settings, folder: CorpusFolder) -> None:
    folder.write("a", TEXT)
    with opened(settings, folder.path, "other"):
        pass
    assert synced(settings, folder).added == ("a",)


# The lock, and several processes


def test_a_second_writer_is_told_so_after_the_timeout(filled: Settings, folder: CorpusFolder) -> None:
    with opened(filled, folder.path) as first, opened(filled, folder.path) as second, first.writing():
        with pytest.raises(IndexBusy) as refused, second.writing():
            pass
        with pytest.raises(IndexBusy):
            remove(filled, folder.path)
    told = str(refused.value)
    assert told.startswith(f"Another process ({os.getpid()} on {socket.gethostname()}, since ")
    assert told.endswith(f"has been writing {first.folder} for 0.2 s or more: wait for it to end, or end it.")


def test_a_second_writer_waits_for_the_first(filled: Settings, folder: CorpusFolder) -> None:
    patient = filled.replace(lock_timeout=PATIENCE)
    order = []
    with opened(patient, folder.path) as first, opened(patient, folder.path) as second:
        inside = threading.Event()

        def write() -> None:
            inside.set()
            with second.writing():
                order.append("second")

        thread = threading.Thread(target=write)
        with first.writing():
            thread.start()
            assert inside.wait(PATIENCE)
            order.append("first")
        thread.join(PATIENCE)
    assert order == ["first", "second"]


def test_readers_do_not_wait_for_a_writer(filled: Settings, folder: CorpusFolder) -> None:
    with opened(filled, folder.path) as writer, writer.writing(), opened(filled, folder.path) as reader:
        assert reader.nearest(CountingEncoder().encode(["note"])[0], 1)
        assert reader.catalog.fulltext.search(["note"], 1)
        assert is_current(reader, folder.read().documents)


def first_opening(settings: Settings, folder: CorpusFolder, ready: Connection) -> None:
    ready.send("ready")
    ready.recv()
    try:
        report = synced(settings, folder)
        ready.send(report.added)
    except Exception as error:
        ready.send(repr(error))


def test_processes_that_make_the_index_at_once_do_not_hinder_each_other(
    settings: Settings, folder: CorpusFolder
) -> None:
    for number in range(5):
        folder.write(f"d{number}", TEXT)
    patient = settings.replace(lock_timeout=PATIENCE)
    ends = []
    for _ in range(4):
        mine, theirs = processes().Pipe()
        started(first_opening, patient, folder, theirs)
        ends.append(mine)
    for end in ends:
        assert end.poll(PATIENCE)
        end.recv()
    for end in ends:
        end.send("go")
    said = []
    for end in ends:
        assert end.poll(PATIENCE)
        said.append(end.recv())
    assert sorted(said) == [(), (), (), tuple(f"d{number}" for number in range(5))]
    assert contents(settings, folder.path).is_whole


def lodger(settings: Settings, folder: CorpusFolder, orders: Connection) -> None:
    """A process that keeps its index open: syncs, or says which passages Chroma does not find by their own words."""
    encoder = CountingEncoder()
    with opened(settings, folder.path) as index:
        while (order := orders.recv()) != "end":
            if order == "sync":
                sync(index, folder.read().documents, encoder, settings)
            lost = []
            for passage in (p for identity in index.catalog.live() for p in index.catalog.passages_of(identity)):
                nearest = index.nearest(encoder.encode([passage.text])[0], 1)
                if not nearest or nearest[0][1] < 0.999:
                    lost.append(passage.text)
            orders.send(lost)


def test_processes_that_keep_the_index_open_see_each_others_changes(filled: Settings, folder: CorpusFolder) -> None:
    patient = filled.replace(lock_timeout=PATIENCE)
    ends = []
    for _ in range(2):
        mine, theirs = processes().Pipe()
        started(lodger, patient, folder, theirs)
        ends.append(mine)

    def ask(end: Connection, order: str) -> object:
        end.send(order)
        assert end.poll(PATIENCE)
        return end.recv()

    assert [ask(end, "look") for end in ends] == [[], []]
    for turn in range(4):
        folder.write(f"d{turn}", "\n\n".join(f"Thing{turn}x{n} stands here{n}." for n in range(3)))
        if turn:
            folder.remove(f"d{turn - 1}")
        writer, reader = ends[turn % 2], ends[1 - turn % 2]
        assert ask(writer, "sync") == []
        assert ask(reader, "look") == []
    for end in ends:
        end.send("end")
    assert contents(patient, folder.path).is_whole


def test_a_stale_writer_does_not_corrupt_what_another_process_wrote(settings: Settings, folder: CorpusFolder) -> None:
    """Over 1,000 vectors, where Chroma writes its graph to disk: by turns, each from a client that stayed open."""
    cut = settings.replace(passage_tokens=4, lock_timeout=PATIENCE)
    mine, theirs = processes().Pipe()
    folder.write("d", "Start.")
    with opened(cut, folder.path) as index:
        sync(index, folder.read().documents, CountingEncoder(), cut)
        started(syncer, cut, folder, theirs)
        for turn in range(3):
            folder.write(f"d{turn}", "\n\n".join(f"Thing{turn}x{n} stands here{n}." for n in range(600)))
            if turn % 2:
                sync(index, folder.read().documents, CountingEncoder(), cut)
            else:
                mine.send("sync")
                assert mine.poll(PATIENCE)
                assert mine.recv() == "done"
        mine.send("end")
    after = contents(cut, folder.path)
    assert after.is_whole
    assert len(after.vectors) == 1801


def syncer(settings: Settings, folder: CorpusFolder, orders: Connection) -> None:
    with opened(settings, folder.path) as index:
        while orders.recv() == "sync":
            sync(index, folder.read().documents, CountingEncoder(), settings)
            orders.send("done")


# A Chroma server


@pytest.mark.usefixtures("chromas_sockets")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_server_holds_the_vectors_and_the_folder_the_rest(
    chroma: ChromaServer, folder: CorpusFolder, settings: Settings
) -> None:
    served = settings.replace(chroma_url=chroma.url)
    folder.write("a", TEXT)
    assert synced(served, folder).added == ("a",)
    folder.write("b", TEXT)
    folder.remove("a")
    report = synced(served, folder)
    assert (report.added, report.removed) == (("b",), ("a",))
    held = contents(served, folder.path)
    assert held.is_whole
    assert set(held.texts) == {"b"}
    with opened(served, folder.path) as index:
        assert not list(index.folder.glob("chroma*"))
        assert index.nearest(CountingEncoder().encode([TEXT])[0], 3)[0][1] == pytest.approx(1, abs=1e-4)


@pytest.mark.usefixtures("chromas_sockets")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_rebuild_empties_the_server_too(chroma: ChromaServer, folder: CorpusFolder, settings: Settings) -> None:
    served = settings.replace(chroma_url=chroma.url)
    folder.write("a", TEXT)
    synced(served, folder)
    with pytest.raises(EmbeddingMismatch, match="--rebuild"):
        Index(served, folder.path, "other")
    remove(served, folder.path)
    folder.write("b", TEXT)
    folder.remove("a")
    assert synced(served, folder, CountingEncoder("other")).added == ("b",)
    assert contents(served, folder.path, embedding="other").is_whole


@pytest.mark.usefixtures("chromas_sockets")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_collection_of_another_embedding_is_refused(
    chroma: ChromaServer, folder: CorpusFolder, settings: Settings
) -> None:
    """As where two machines share a server but not a data directory."""
    served = settings.replace(chroma_url=chroma.url)
    folder.write("a", TEXT)
    synced(served, folder)
    elsewhere = served.replace(data_dir=f"{served.data_dir}-2")
    with pytest.raises(
        EmbeddingMismatch, match=r"The Chroma collection .* was made with the embedding 'counting'.*--rebuild"
    ):
        Index(elsewhere, folder.path, "other")
    assert contents(served, folder.path).is_whole, "the other's vectors were touched"


@pytest.mark.usefixtures("chromas_sockets")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_server_that_is_not_there_is_said_with_its_address(folder: CorpusFolder, settings: Settings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(IndexUnusable, match=f"Chroma at {url} failed .*: check that it is there"):
        Index(settings.replace(chroma_url=url), folder.path, "counting")


@pytest.mark.usefixtures("chromas_sockets")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_server_that_dies_is_said_and_one_that_comes_back_empty_is_filled_again(
    chroma: ChromaServer, folder: CorpusFolder, settings: Settings, tmp_path: Path
) -> None:
    served = settings.replace(chroma_url=chroma.url)
    folder.write("a", TEXT)
    synced(served, folder)
    folder.write("b", "The riots of February 2020 left 53 people dead.")
    synced(served, folder)
    with opened(served, folder.path) as index:
        vector = CountingEncoder().encode(["note"])[0]
        before = dict(index.nearest(vector, 2))
        chroma.stop()
        assert dict(index.nearest(vector, 2)) == pytest.approx(before, abs=1e-5)
        assert [list(index.nearest(vector, 2, [identity])[0]) for identity in before] == [
            [identity, pytest.approx(score, abs=1e-5)] for identity, score in before.items()
        ]
        with pytest.raises(IndexUnusable, match=f"Chroma at {chroma.url} failed .*: check that it is there"):
            index.missing(list(before))
        chroma.data = tmp_path / "empty"
        chroma.start()
        assert dict(index.nearest(vector, 2)) == pytest.approx(before, abs=1e-5)
        assert not sync(index, folder.read().documents, CountingEncoder(), served)
        assert index.missing(list(before)) == []
    assert contents(served, folder.path).is_whole


@pytest.mark.usefixtures("chromas_sockets")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_server_that_hangs_is_not_waited_for_without_end(
    chroma: ChromaServer, folder: CorpusFolder, settings: Settings
) -> None:
    served = settings.replace(chroma_url=chroma.url, chroma_timeout=0.5)
    folder.write("a", TEXT)
    synced(served, folder)
    assert chroma.process
    with opened(served, folder.path) as index:
        vector = CountingEncoder().encode(["note"])[0]
        before = dict(index.nearest(vector, 2))
        chroma.process.send_signal(signal.SIGSTOP)
        try:
            assert dict(index.nearest(vector, 2)) == pytest.approx(before, abs=1e-5), "the catalog answers in its place"
            with pytest.raises(IndexUnusable, match=f"Chroma at {chroma.url} failed .*timed out"):
                Index(served, folder.path, "counting")
        finally:
            chroma.process.send_signal(signal.SIGCONT)
        assert index.missing(list(before)) == []


def test_documents_of_the_shipped_story_survive_the_index(shipped_corpus: Path, settings: Settings) -> None:
    corpus = read_corpus(shipped_corpus, max_bytes=1_000_000)
    with opened(settings, shipped_corpus) as index:
        sync(index, corpus.documents, CountingEncoder(), settings)
        assert dict(Documents(index.catalog)) == dict(corpus.documents)
