"""The index is made to match the corpus: only what changed is read again, and a crash at any point loses nothing."""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import shutil
import signal
import time
import zlib
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_fakes import (
    KEY,
    PATIENCE,
    CorpusFolder,
    CountingEncoder,
    EmbeddingServer,
    Overtaken,
    chroma_client,
    contents,
    opened,
    processes,
    started,
    stored_vectors,
    synced,
)

from assistant import Assistant, EmbeddingMismatch, ModelUnavailable, Settings, SettingsError
from assistant.changes import SyncReport, difference, is_current
from assistant.embeddings import MiniLM, Vectors
from assistant.index import Index, remove
from assistant.sync import sync

KILLS = int(os.environ.get("SYNC_KILLS", "50"))
"""How often a sync is killed at a random moment; set SYNC_KILLS for more."""

NOTE = "The note was made public on Friday. Lahiri posted the note on X."
BAIL = "The court will hear the bail plea."


def counted(settings: Settings, folder: CorpusFolder) -> tuple[SyncReport, list[str]]:
    """What a sync did, and the texts that it had to embed."""
    encoder = CountingEncoder()
    report = synced(settings, folder, encoder)
    after = contents(settings, folder.path)
    assert after.is_whole
    assert after.texts == {identity: document.text for identity, document in folder.read().documents.items()}
    assert list(after.texts) == list(folder.read().documents), "not in the corpus's order"
    return report, encoder.texts


@pytest.fixture
def two(folder: CorpusFolder, settings: Settings) -> CorpusFolder:
    """A corpus of two documents, already in the index."""
    folder.write("bail", BAIL)
    folder.write("note", NOTE)
    synced(settings, folder)
    return folder


# What it does, and what it need not do again


def test_the_first_sync_adds_everything(folder: CorpusFolder, settings: Settings) -> None:
    folder.write("bail", BAIL)
    folder.write("note", NOTE)
    report, embedded = counted(settings, folder)
    assert report == SyncReport(added=("bail", "note"))
    sentences = ["The note was made public on Friday.", "Lahiri posted the note on X."]
    assert sorted(embedded) == sorted([NOTE, BAIL, *sentences, BAIL])


def test_a_second_sync_does_nothing(two: CorpusFolder, settings: Settings) -> None:
    assert counted(settings, two) == (SyncReport(), [])


def test_a_report_is_true_only_of_a_change() -> None:
    assert not SyncReport()
    assert SyncReport(added=("a",)) and SyncReport(changed=("a",)) and SyncReport(removed=("a",))


def test_only_an_added_document_is_embedded(two: CorpusFolder, settings: Settings) -> None:
    two.write("riots", "The riots left 53 people dead.")
    report, embedded = counted(settings, two)
    assert report == SyncReport(added=("riots",))
    assert set(embedded) == {"The riots left 53 people dead."}


def test_only_a_changed_document_is_embedded_and_its_old_words_are_gone(two: CorpusFolder, settings: Settings) -> None:
    two.write("note", "A letter reached the jail.")
    report, embedded = counted(settings, two)
    assert report == SyncReport(changed=("note",))
    assert set(embedded) == {"A letter reached the jail."}
    assert not contents(settings, two.path, "public").found
    assert contents(settings, two.path, "letter").found


def test_a_removed_document_vanishes_from_everything(two: CorpusFolder, settings: Settings) -> None:
    two.remove("note")
    report, embedded = counted(settings, two)
    assert (report, embedded) == (SyncReport(removed=("note",)), [])
    for word in ("public", "note", "about"):
        assert not {found for found in contents(settings, two.path, word).found if found.startswith("note")}


def test_changed_metadata_alone_embeds_nothing_and_shows(two: CorpusFolder, settings: Settings) -> None:
    two.write("note", NOTE, title="Zebra crossing", published="2026-01-02")
    report, embedded = counted(settings, two)
    assert (report, embedded) == (SyncReport(changed=("note",)), [])
    with opened(settings, two.path) as index:
        assert index.catalog.document("note") == two.read().documents["note"]
    assert {found.split(":")[0] for found in contents(settings, two.path, "zebra").found} == {"note"}
    assert not {found for found in contents(settings, two.path, "about").found if found.startswith("note")}


def test_a_new_order_is_taken_without_embedding(two: CorpusFolder, settings: Settings) -> None:
    (two.path / "note.md").rename(two.path / "0.md")
    report, embedded = counted(settings, two)
    assert (report, embedded) == (SyncReport(), [])
    assert list(two.read().documents) == ["note", "bail"]


def test_a_renamed_id_is_one_removed_and_one_added(two: CorpusFolder, settings: Settings) -> None:
    two.remove("note")
    two.write("letter", NOTE)
    report, _ = counted(settings, two)
    assert report == SyncReport(added=("letter",), removed=("note",))


def test_back_and_forth_ends_where_it_began(two: CorpusFolder, settings: Settings) -> None:
    before = contents(settings, two.path)
    two.write("note", BAIL)
    assert counted(settings, two)[0] == SyncReport(changed=("note",))
    two.write("note", NOTE)
    assert counted(settings, two)[0] == SyncReport(changed=("note",))
    assert contents(settings, two.path) == before


def test_the_same_text_in_two_documents_is_two(two: CorpusFolder, settings: Settings) -> None:
    two.write("copy", NOTE)
    assert counted(settings, two)[0] == SyncReport(added=("copy",))
    two.remove("note")
    assert counted(settings, two)[0] == SyncReport(removed=("note",))


def test_everything_at_once(two: CorpusFolder, settings: Settings) -> None:
    two.write("bail", f"{BAIL} Soon.")
    two.remove("note")
    two.write("riots", "The riots.")
    assert counted(settings, two)[0] == SyncReport(added=("riots",), changed=("bail",), removed=("note",))


def test_a_document_without_sentences_is_held_without_passages(two: CorpusFolder, settings: Settings) -> None:
    two.write("empty", "# A heading alone")
    assert counted(settings, two) == (SyncReport(added=("empty",)), [])
    assert counted(settings, two) == (SyncReport(), [])


def test_difference_says_what_a_sync_would_do_and_does_nothing(two: CorpusFolder, settings: Settings) -> None:
    two.write("note", BAIL)
    documents = two.read().documents
    with opened(settings, two.path) as index:
        for _ in range(2):
            assert difference(index, documents) == SyncReport(changed=("note",))
            assert not is_current(index, documents)
        sync(index, documents, CountingEncoder(), settings)
        assert not difference(index, documents)
        assert is_current(index, documents)


def test_many_documents_are_staged_in_batches(folder: CorpusFolder, settings: Settings) -> None:
    cut = settings.replace(passage_tokens=4)
    for number in range(5):
        folder.write(f"d{number}", many_words(f"d{number}", 150))
    report, embedded = counted(cut, folder)
    assert len(report.added) == 5
    assert len(embedded) == 2 * 5 * 150


class Ponderous(CountingEncoder):
    """An encoder so slow that a sync is a long one."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        time.sleep(1.1)
        return super().encode(texts)


class Terminal(io.StringIO):
    """What a program writes to somebody who looks on."""

    def isatty(self) -> bool:
        return True


def test_a_long_sync_shows_its_rate_and_the_time_left(
    folder: CorpusFolder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = settings.replace(passage_tokens=4)
    for number in range(4):
        folder.write(f"d{number}", many_words(f"d{number}", 150))  # two batches
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    synced(cut, folder, Ponderous())
    shown = r"Indexing: +50%\|.*\| 2/4 \[\d\d:\d\d<\d\d:\d\d, +[\d.]+ ?(document/s|s/document)\]"
    assert re.search(shown, terminal.getvalue()), terminal.getvalue()


def test_an_encoding_that_does_not_ship_leaves_no_mark(folder: CorpusFolder, settings: Settings) -> None:
    folder.write("note", NOTE)
    with pytest.raises(SettingsError, match="no token encoding 'o300k' here"):
        synced(settings.replace(token_encoding="o300k"), folder)
    assert counted(settings, folder)[0] == SyncReport(added=("note",))


# Through the assistant


def test_the_assistant_syncs_on_opening_and_on_demand_and_answers_from_what_is_there_now(
    folder: CorpusFolder, settings: Settings
) -> None:
    folder.write("note", "Banojyotsna Lahiri made the note public.")
    broken = folder.write_bytes("broken.md", b"nothing")
    assistant, report = Assistant.open_synced(settings)
    with assistant:
        assert report == SyncReport(added=("note",))
        assert [refusal.path for refusal in assistant.refused] == [broken]
        assert assistant.sync() == SyncReport()
        broken.unlink()
        folder.write("note", "It is known by now that Apoorvanand made the note public.", published="2026-01-05")
        folder.write("bail", BAIL)
        assert assistant.sync() == SyncReport(added=("bail",), changed=("note",))
        assert assistant.refused == ()
        assert dict(assistant.documents) == dict(folder.read().documents)
        hit = assistant.search("Who made the note public?", k=1)[0]
        assert hit.passage.text == "It is known by now that Apoorvanand made the note public."
        answer = assistant.ask("Who made the note public?")
        assert "Lahiri" not in answer.text
        for citation in (*answer.citations, *answer.nearest):
            document = assistant.documents[citation.document_id]
            assert document.text[citation.start : citation.end] == citation.quote
            assert document.version == citation.version
        folder.remove("note")
        assert assistant.sync() == SyncReport(removed=("note",))
        assert list(assistant.documents) == ["bail"]
        assert {hit.passage.document_id for hit in assistant.search("note", k=5)} == {"bail"}


def test_an_answer_that_a_sync_overtakes_is_the_old_corpuss(
    folder: CorpusFolder, settings: Settings, minilm: MiniLM
) -> None:
    old, new = "Banojyotsna Lahiri made the note public.", "The note was made public by a friend of Khalid."
    folder.write("note", old)
    folder.write("bail", BAIL)
    index = Overtaken(settings, folder.path, minilm.name)
    with Assistant(settings, folder.read(), index, minilm) as assistant:
        assistant.sync()
        folder.write("note", new)
        index.overtaken_by(folder, minilm)
        (claim,) = assistant.ask("Who made the note public?").claims
        assert [citation.quote for citation in claim.citations] == [old]
        folder.remove("note")
        index.overtaken_by(folder, minilm)
        (claim,) = assistant.ask("Who made the note public?").claims
        assert [citation.quote for citation in claim.citations] == [new]
        assert assistant.ask("Who made the note public?").claims == ()


def test_status_tells_what_the_index_holds(folder: CorpusFolder, settings: Settings) -> None:
    document = folder.write("note", NOTE)
    folder.write_bytes("broken.md", b"nothing")
    with Assistant.open(settings) as assistant:
        status = assistant.status()
    assert status["corpus"] == str(folder.path)
    assert Path(str(status["index"])).parent == settings.data_path() / "indexes"
    assert (status["chroma"], status["embedding"], status["passages"]) == ("embedded", "minilm-l6-v2-int8", 1)
    documents: Any = status["documents"]
    (held,) = documents
    about = folder.read().documents["note"].metadata()
    assert {name: held[name] for name in about} == about
    assert (held["passages"], status["tokens"], status["versions"]) == (1, held["tokens"], 0)
    assert status["stale"] == {"added": (), "changed": (), "removed": ()}
    assert document.exists()
    assert status["refused"] == [f"{folder.path / 'broken.md'}: {folder.read().refused[0].reason}"]


@pytest.mark.usefixtures("no_network")
def test_opening_and_searching_touch_no_network(folder: CorpusFolder, settings: Settings) -> None:
    folder.write("note", NOTE)
    with Assistant.open(settings) as assistant:
        assert assistant.search("note")


def test_a_provider_that_fails_leaves_the_index_as_it_was_and_its_remedy_works(
    folder: CorpusFolder, settings: Settings, embedding_server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write("note", NOTE)
    provided = settings.replace(embedding="openai:text-embedding-3-small", base_url=embedding_server.url)
    with pytest.raises(SettingsError, match="needs a key: set OPENAI_API_KEY, or use the embedding `minilm`"):
        Assistant.open(provided.replace(base_url=None))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    embedding_server.status = 401
    with pytest.raises(ModelUnavailable, match="use the embedding `minilm`") as failed:
        Assistant.open(provided)
    assert KEY not in str(failed.value)
    with Assistant.open(settings) as assistant:
        assert list(assistant.documents) == ["note"]
        assert assistant.status()["embedding"] == "minilm-l6-v2-int8"


def test_another_embedding_is_refused_until_a_rebuild(
    folder: CorpusFolder, settings: Settings, embedding_server: EmbeddingServer
) -> None:
    folder.write("note", NOTE)
    provided = settings.replace(embedding="openai:text-embedding-3-small", base_url=embedding_server.url)
    Assistant.open(settings).close()
    with pytest.raises(
        EmbeddingMismatch, match="'minilm-l6-v2-int8', the settings ask for 'openai:text-embedding-3-small'"
    ):
        Assistant.open(provided)
    assert not embedding_server.requests
    remove(provided, folder.path)
    assistant, report = Assistant.open_synced(provided)
    with assistant:
        assert report == SyncReport(added=("note",))
        assert assistant.search("note", k=1)[0].dense > 0
    with pytest.raises(EmbeddingMismatch):
        Assistant.open(settings)


def test_a_failing_provider_in_the_middle_leaves_the_old_index(
    folder: CorpusFolder, settings: Settings, embedding_server: EmbeddingServer
) -> None:
    folder.write("note", NOTE)
    provided = settings.replace(embedding="openai:text-embedding-3-small", base_url=embedding_server.url)
    with Assistant.open(provided) as assistant:
        folder.write("note", BAIL)
        embedding_server.status = 500
        with pytest.raises(ModelUnavailable):
            assistant.sync()
        assert assistant.documents["note"].text == NOTE
        embedding_server.status = 200
        assert assistant.search("note", k=1)[0].passage.text == NOTE
        assert assistant.sync() == SyncReport(changed=("note",))
        assert assistant.documents["note"].text == BAIL


# Killed


def many_words(name: str, count: int) -> str:
    return "\n\n".join(f"The {name} stands in place {number}." for number in range(count))


class Mortal(Index):
    """An index that dies, like a process killed from outside, before or after the n-th thing it does to Chroma."""

    left: int

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        with super().writing():
            self.step()
            yield
            self.step()

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        self.step()
        super().put(ids, vectors)
        self.step()

    def drop(self, ids: Sequence[str]) -> None:
        self.step()
        super().drop(ids)
        self.step()

    def record_recipe(self) -> None:
        super().record_recipe()
        self.step()

    def step(self) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def dying_sync(settings: Settings, folder: CorpusFolder, left: int, survived: Connection) -> None:
    """A sync that dies at its step number `left`; says so if it has no such step."""
    Mortal.left = 10**9
    index = Mortal(settings, folder.path, "counting")
    index.left = left
    sync(index, folder.read().documents, CountingEncoder(), settings)
    index.close()
    survived.send("done")


class Slow(CountingEncoder):
    """An encoder that takes its time, as a real one does."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        time.sleep(0.1)
        return super().encode(texts)


def slow_sync(settings: Settings, folder: CorpusFolder, begun: Connection) -> None:
    begun.send("begun")
    with opened(settings, folder.path) as index:
        sync(index, folder.read().documents, Slow(), settings)
    begun.send("done")


def check_after_kill(settings: Settings, folder: CorpusFolder, old: dict[str, str], new: dict[str, str]) -> str:
    """The index shows the old corpus or the new, whole, and the next sync ends with the new and no orphan."""
    with opened(settings, folder.path) as index:
        catalog = index.catalog
        shown = {identity: catalog.document(identity).text for identity in catalog.live()}
        live = {passage.id for identity in shown for passage in catalog.passages_of(identity)}
        assert shown in (old, new), sorted(shown)
        assert {identity for identity, _ in catalog.fulltext.search(["the"], 100_000)} == live, (
            "full text shows something else"
        )
        assert index.missing(sorted(live)) == []
        state = "old" if shown == old else "new"
        check_nearest(index, live)
    if is_synced(settings, folder):
        assert state == "new"
    else:
        synced(settings, folder)
    after = contents(settings, folder.path)
    assert after.texts == new
    assert after.passages == after.found
    with opened(settings, folder.path) as index:
        check_nearest(index, set(after.passages))
    assert after.is_whole, (
        f"orphans: {len(after.vectors - after.passages)}, lost: {len(after.passages - after.vectors)}"
    )
    return state


def check_nearest(index: Index, live: set[str]) -> None:
    """Every passage is found by its own words (what all at once leaves out, the search being approximate, alone)."""
    encoder = CountingEncoder()
    found = {identity for identity, _ in index.nearest(encoder.encode(["the"])[0], 100_000)}
    for passage in index.catalog.passages(sorted(live - found)).values():
        assert index.nearest(encoder.encode([passage.text])[0], 10)[0][1] > 0.999


class Scattered(CountingEncoder):
    """An encoder whose vectors are one cluster with strays, where Chroma's graph loses its way most easily."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=64) for text in texts]
        vectors = (np.random.default_rng(0).normal(size=64) + 0.4 * np.asarray(rows)).astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / lengths
        return unit


def test_every_passage_is_found_however_often_documents_changed(folder: CorpusFolder, settings: Settings) -> None:
    """Deleting took away the only path to some vectors (chroma issue 7758)."""
    cut = settings.replace(passage_tokens=4)
    encoder = Scattered()
    versions = Versions(folder, 90)
    with opened(cut, folder.path) as index:
        for _ in range(20):
            versions.next()
            sync(index, folder.read().documents, encoder, cut)
            ((everything,),) = index.catalog.read("SELECT group_concat(id, ' ') FROM passages")
            ids = everything.split()
            found = {identity for identity, _ in index.nearest(encoder.encode(["the"])[0], len(ids))}
            for passage in index.catalog.passages(sorted(set(ids) - found)).values():
                assert index.nearest(encoder.encode([passage.text])[0], 1)[0][0] == passage.id


def is_synced(settings: Settings, folder: CorpusFolder) -> bool:
    with opened(settings, folder.path) as index:
        return is_current(index, folder.read().documents)


class Versions:
    """A corpus folder that takes on one version after the other, most documents changed, some kept, added, removed."""

    def __init__(self, folder: CorpusFolder, sentences: int) -> None:
        self.folder = folder
        self.sentences = sentences
        self.number = 0

    def next(self) -> tuple[dict[str, str], dict[str, str]]:
        """Write the next version; gives the texts of the one before and of the new one."""
        old = self.texts()
        self.number += 1
        shutil.rmtree(self.folder.path)
        self.folder.path.mkdir()
        for identity, text in self.texts().items():
            self.folder.write(identity, text)
        return old, self.texts()

    def texts(self) -> dict[str, str]:
        """The documents of the present version."""
        if not self.number:
            return {}
        changing = {f"d{n}": many_words(f"d{n} v{self.number}", self.sentences) for n in range(3)}
        return {"a": "The d0 v0 stands in place 3.", **changing, f"z{self.number}": many_words("z", 5)}


def test_killed_at_every_step_it_shows_the_old_or_the_new_and_the_next_sync_mends_it(
    folder: CorpusFolder, settings: Settings
) -> None:
    cut = settings.replace(passage_tokens=4, token_encoding="cl100k_base", lock_timeout=PATIENCE)
    versions = Versions(folder, 10)
    versions.next()
    synced(cut, folder)
    states = []
    for step in range(1, 100):
        old, new = versions.next()
        mine, theirs = processes().Pipe()
        process = started(dying_sync, cut, folder, step, theirs)
        process.join(PATIENCE)
        if mine.poll():
            assert process.exitcode == 0
            break
        assert process.exitcode == -signal.SIGKILL
        states.append(check_after_kill(cut, folder, old, new))
    assert set(states) == {"old", "new"}
    assert len(states) == 7, "begun, recipe, before and after putting and dropping, all done"


def test_killed_at_any_moment_it_shows_the_old_or_the_new_and_the_next_sync_mends_it(
    folder: CorpusFolder, settings: Settings
) -> None:
    cut = settings.replace(passage_tokens=4, token_encoding="cl100k_base", lock_timeout=PATIENCE)
    versions = Versions(folder, 90)  # two batches
    versions.next()
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    took = undisturbed(cut, folder)
    for _ in range(KILLS):
        old, new = versions.next()
        mine, theirs = processes().Pipe()
        process = started(slow_sync, cut, folder, theirs)
        assert mine.poll(PATIENCE)
        time.sleep(chance.uniform(0, took))
        process.kill()
        process.join(PATIENCE)
        check_after_kill(cut, folder, old, new)


def undisturbed(settings: Settings, folder: CorpusFolder) -> float:
    """Seconds that a sync takes when nobody kills it: where the killing is aimed."""
    mine, theirs = processes().Pipe()
    started(slow_sync, settings, folder, theirs)
    assert mine.poll(PATIENCE)
    mine.recv()
    begun = time.monotonic()
    assert mine.poll(PATIENCE)
    assert mine.recv() == "done"
    return time.monotonic() - begun


def test_a_first_sync_that_was_killed_is_taken_up(folder: CorpusFolder, settings: Settings) -> None:
    cut = settings.replace(passage_tokens=4, lock_timeout=PATIENCE)
    versions = Versions(folder, 10)
    for step in (1, 2, 3, 4):
        new = versions.next()[1]
        remove(cut, folder.path)
        process = started(dying_sync, cut, folder, step, processes().Pipe()[1])
        process.join(PATIENCE)
        assert process.exitcode == -signal.SIGKILL
        assert check_after_kill(cut, folder, {}, new) == "old"


def test_what_a_killed_sync_had_done_is_not_done_again(folder: CorpusFolder, settings: Settings) -> None:
    cut = settings.replace(passage_tokens=4)
    for number in range(4):
        folder.write(f"d{number}", many_words(f"d{number}", 150))  # two batches
    process = started(dying_sync, cut, folder, 5, processes().Pipe()[1])  # before its second batch is put
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    report, embedded = counted(cut, folder)
    assert report.added == ("d0", "d1", "d2", "d3")
    assert len(embedded) == 2 * 2 * 150


def test_a_killed_sync_of_a_corpus_that_was_put_back_leaves_no_orphans(two: CorpusFolder, settings: Settings) -> None:
    two.write("note", BAIL)
    process = started(dying_sync, settings, two, 4, processes().Pipe()[1])
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    two.write("note", NOTE)
    assert counted(settings, two) == (SyncReport(), [])


def test_what_a_killed_sync_staged_and_the_corpus_dropped_since_leaves_nothing(
    folder: CorpusFolder, settings: Settings
) -> None:
    cut = settings.replace(passage_tokens=4)
    folder.write("stays", NOTE)
    for number in range(4):
        folder.write(f"d{number}", many_words(f"d{number}", 150))  # two batches
    process = started(dying_sync, cut, folder, 5, processes().Pipe()[1])  # when the first is staged
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    for number in range(4):
        folder.remove(f"d{number}")
    assert counted(cut, folder)[0] == SyncReport(added=("stays",))
    with opened(cut, folder.path) as index:
        assert index.catalog.read("SELECT id FROM documents") == [("stays",)]


def test_a_chroma_deleted_after_a_killed_sync_is_filled_again(folder: CorpusFolder, settings: Settings) -> None:
    cut = settings.replace(passage_tokens=4)
    for number in range(4):
        folder.write(f"d{number}", many_words(f"d{number}", 150))
    process = started(dying_sync, cut, folder, 5, processes().Pipe()[1])
    process.join(PATIENCE)
    with opened(cut, folder.path) as index:
        where = index.folder / "chroma-1"
    shutil.rmtree(where)
    synced(cut, folder)
    if not is_synced(cut, folder):
        synced(cut, folder)
    assert contents(cut, folder.path).is_whole


def test_stored_vectors_are_the_encoders(two: CorpusFolder, settings: Settings) -> None:
    with opened(settings, two.path) as index:
        client = chroma_client(settings, index.folder)
        vectors = stored_vectors(client, index.name)
        client.close()
        for identity, vector in vectors.items():
            (passage,) = index.catalog.passages([identity]).values()
            kept = CountingEncoder().encode([passage.text])[0].astype(np.float16)
            assert vector == pytest.approx(kept.astype(np.float32), abs=1e-6)
            assert index.catalog.passage_vectors([identity])[0] == pytest.approx(vector, abs=1e-6)
