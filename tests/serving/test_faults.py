"""What breaks around it: a kill -9 here or there, a full disk, a locked one, a clock that jumps, a damaged index, a file
that changes while it is read. What a reader or an operator sees then, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import random
import shutil
import sqlite3
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from faults import (
    BRIDGE,
    EMPLOYS,
    MILL,
    OPENED,
    STALLING_MODEL,
    TOLD,
    Filling,
    Page,
    ask,
    command,
    get,
    locked,
    long_text,
    one_line,
    page_server,
    program,
    small_disk,
    story,
    stream,
)
from index_fakes import PATIENCE, ChromaServer, CorpusFolder, free_port
from model_server import Reply, chat_server
from serving_fakes import check_citation, running

from assistant import Assistant, Settings
from assistant.__main__ import main
from assistant.changes import live_ids
from assistant.embeddings import MiniLM
from assistant.errors import REBUILD, IndexUnusable
from assistant.history import History
from ui import logins
from ui import strings as say
from ui.__main__ import main as serve
from ui.records import plain
from ui.reports import Reports, default_url
from ui.serving import keys
from ui.serving.settings import ServerSettings

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:gradio.queueing"
)  # of pandas's, where a page is used

Captured = pytest.CaptureFixture[str]


class Place:
    """A story with its data directory, which has a key, a login and, once made, an index."""

    def __init__(self, corpus: CorpusFolder, data: Path) -> None:
        self.corpus = corpus
        self.data = data
        self.key = keys.add(data / "ui" / "keys", "newsroom")
        logins.add(data / "ui" / "readers", "ana", "a long password")
        self.flags = ["--corpus", str(corpus.path), "--data-dir", str(data)]
        self.settings = Settings(corpus=str(corpus.path), data_dir=str(data), lock_timeout=PATIENCE)

    def open(self, **settings: object) -> Assistant:
        """An assistant there."""
        return Assistant.open(self.settings.replace(**settings))

    @property
    def index(self) -> Path:
        """The index's folder."""
        (folder,) = (self.data / "indexes").iterdir()
        return folder

    def still_has_its_secrets(self) -> bool:
        """Whether the key and the login are still good."""
        admitted = logins.Logins.load(self.data / "ui" / "readers", {}).admit("ana", "a long password")
        return admitted and keys.Keys(self.data / "ui" / "keys", {}).find(self.key) == keys.Key("newsroom")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The story, not indexed yet."""
    return Place(story(tmp_path / "corpus"), tmp_path / "data")


def check(url: str, key: str) -> None:
    """Every question of the story is answered, with the words that it is known to say."""
    for question, words in TOLD.items():
        status, answer = ask(url, question, key)
        assert status == 200 and words in answer["text"], answer
        for cited in answer["citations"]:
            text = get(f"{url}/api/documents/{cited['document_id']}?version={cited['version']}", key=key)[1]["text"]
            assert text[cited["start"] : cited["end"]] == cited["quote"]


def drafted(*claims: str) -> str:
    """What a model writes that quotes the documents word for word."""
    listed = [{"text": claim, "support": [claim], "passages": [1], "speaker": ""} for claim in claims]
    return json.dumps({"claims": listed})


def asked_anew(assistant: Assistant) -> None:
    """Let no answer come from memory."""
    assistant._answerer.cache.clear()


@pytest.fixture(autouse=True)
def encoder(monkeypatch: pytest.MonkeyPatch, minilm: MiniLM) -> None:
    """The encoder is loaded once for all that is opened here."""
    monkeypatch.setattr("assistant.assistant.open_encoder", lambda settings: minilm)


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[ChromaServer]:
    """A Chroma server; its client leaves its sockets to the garbage collector, closed or not."""
    server = ChromaServer(tmp_path / "chroma", free_port())
    server.start()
    yield server
    server.stop()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


# Killed


def test_a_server_killed_while_it_answers_comes_back_with_all_that_readers_left(place: Place, tmp_path: Path) -> None:
    sentence, more = BRIDGE.split("\n")[0].split(". ")
    text = drafted(f"{sentence}.", more)
    with chat_server() as model:
        model.answer = lambda request: Reply(text)
        settings = {"MODEL": "openai:local", "BASE_URL": model.url, "HISTORY": "true"}
        given = {f"ON_THE_RECORD_{name}": value for name, value in settings.items()}
        with page_server(tmp_path / "log", place.flags, **given) as served:
            page = Page(served.url)
            assert "Mayor Ines Brandt" in page.ask(OPENED)
            assert say.REPORT_SENT in page.report("It was Tuesday.")
            link = page.share()
            model.answer = lambda request: Reply(text, pieces=8, stall=PATIENCE, stall_at=text.index(more) // 8)
            with stream(served.url, "By whom was the bridge opened?", place.key) as pieces:
                assert "Mayor Ines Brandt" in next(pieces)
                served.kill()
                assert "[DONE]" not in list(pieces), "what broke off looks whole"
        model.answer = lambda request: Reply(drafted())
        with page_server(tmp_path / "log", place.flags, **given) as served:
            check(served.url, place.key)
            shown = Page(served.url).opened(link)
            assert say.SHARED[:20] in shown and "Mayor Ines Brandt" in shown
            assert "Traceback" not in served.complaints()
    with closing(Reports(default_url(place.data))) as reports:
        (report,) = reports.all()
        assert (report.line, report.question, report.given.id) == ("It was Tuesday.", OPENED, link.rpartition("=")[2])
    assert [kept.question for kept in History(place.index / "answers.db")] == [OPENED, *TOLD]
    assert place.still_has_its_secrets()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_killed_chroma_costs_no_answer_and_is_filled_again_by_a_sync(
    place: Place, chroma: ChromaServer, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> None:
        """What is said and shown while it is gone."""
        asked_anew(assistant)
        check(served.url, place.key)
        with pytest.raises(IndexUnusable, match=f"Chroma at {chroma.url} failed .*: check that it is there"):
            assistant.sync()
        capsys.readouterr()
        assert main(["ask", OPENED, *place.flags]) == 2
        assert f"Chroma at {chroma.url} failed" in one_line(capsys.readouterr().err)

    monkeypatch.setenv("ON_THE_RECORD_CHROMA_URL", chroma.url)
    with place.open(chroma_url=chroma.url) as assistant, running(assistant, place.data / "ui") as served:
        check(served.url, place.key)
        chroma.stop()  # a kill -9
        down()
        chroma.start()
        asked_anew(assistant)
        check(served.url, place.key)
        assert not assistant.sync(), "all of it is there"
        chroma.stop()
        chroma.data = tmp_path / "empty"
        chroma.start()
        asked_anew(assistant)
        check(served.url, place.key)
        assert not assistant.sync(), "no document has changed"
        assert assistant._index.missing(live_ids(assistant._index)) == [], "the server has not been filled again"
    assert main(["ask", OPENED, *place.flags]) == 0
    assert TOLD[OPENED] in capsys.readouterr().out


def test_a_model_killed_while_it_writes_ends_in_quoting_and_says_so(place: Place, tmp_path: Path) -> None:
    sentence, more = BRIDGE.split("\n")[0].split(". ")
    text = drafted(f"{sentence}.", more)
    stalling = ("-c", STALLING_MODEL, text, str(text.index(more) // 8))
    with ExitStack() as stack:
        model = stack.enter_context(program(tmp_path / "log", *stalling))
        assistant = stack.enter_context(place.open(model="openai:local", base_url=model.url))
        served = stack.enter_context(running(assistant, place.data / "ui"))
        with stream(served.url, OPENED, place.key) as pieces:
            assert "Mayor Ines Brandt" in next(pieces)
            model.kill()
            rest = list(pieces)
        assert rest[-1] == "[DONE]" and "so the documents are quoted." in "".join(rest)
        check(served.url, place.key)
        answer = ask(served.url, EMPLOYS, place.key)[1]
        assert answer["writer"] == "quoting"
        assert (
            answer["note"] == "The model could not be used (its server cannot be reached), so the documents are quoted."
        )
        assert answer["note"] in Page(served.url).ask(EMPLOYS)


# Disks


def test_a_full_disk_costs_no_answer_and_what_is_not_kept_is_told(tmp_path: Path, capsys: Captured) -> None:
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(tmp_path / "disk"))
        place, filling = Place(story(tmp_path / "corpus"), disk / "data"), Filling(disk / "filling")
        filling.fill()
        assert main(["sync", *place.flags]) == 2
        assert "check the disk and its rights" in one_line(capsys.readouterr().err)
        filling.empty()
        assert main(["sync", *place.flags]) == 0

        assistant = stack.enter_context(place.open(history=True))
        reports = stack.enter_context(closing(Reports(default_url(place.data))))
        served = stack.enter_context(running(assistant, place.data / "ui", reports=reports))
        page = Page(served.url)
        assert TOLD[OPENED] in page.ask(OPENED)
        assert say.REPORT_SENT in page.report("The first.")
        place.corpus.write("long", long_text(1, 150))

        filling.fill()
        asked_anew(assistant)
        assert TOLD[EMPLOYS] in page.ask(EMPLOYS)
        assert say.REPORT_FAILED in page.report("The second.")
        assert page.share() == "", "a link that opens nothing"
        capsys.readouterr()
        assert serve(["--add-key", "another", *place.flags]) == 2
        assert "No space left on device: check the disk" in one_line(capsys.readouterr().err)
        assert place.still_has_its_secrets()

        filling.fill(room=60_000)  # so that a sync gets some way
        done = command("sync", *place.flags)
        assert done.returncode == 2 and "check" in one_line(done.stderr)
        asked_anew(assistant)
        check(served.url, place.key)

        filling.empty()
        assert say.REPORT_SENT in page.report("The second.") and page.share()
        assert [report.line for report in reports.all()] == ["The second.", "The first."]
        assert assistant.sync().added == ("long",)
        counted = ask(served.url, "How many boats did the warden of place 1 count in week 7?", place.key)[1]
        assert "The warden of place 1 counted" in counted["text"]
        check(served.url, place.key)
        assert next(iter(History(place.index / "answers.db"))).question == OPENED


def test_a_locked_data_directory_is_told_and_left_as_it_is(place: Place, tmp_path: Path, capsys: Captured) -> None:
    def held() -> dict[Path, bytes]:
        files = [path for path in place.data.rglob("*") if path.is_file()]
        # SQLite puts its log into the catalog when the last of its connections is collected.
        return {path: path.read_bytes() for path in files if not path.name.startswith("catalog.db")}

    place.open().close()
    before = held()
    with locked(place.data, tmp_path / "locked") as data:
        flags = ["--corpus", str(place.corpus.path), "--data-dir", str(data)]
        for words in (["ask", OPENED], ["status"], ["sync"], ["sync", "--rebuild"]):
            assert main([*words, *flags]) == 2
            assert "cannot be written" in (told := one_line(capsys.readouterr().err)) and "`data_dir`" in told
        for words in (["--add-key", "another"], []):
            assert serve([*words, *flags]) == 2
            assert str(data) in one_line(capsys.readouterr().err)
    assert held() == before and place.still_has_its_secrets()
    assert main(["ask", OPENED, *place.flags]) == 0 and TOLD[OPENED] in capsys.readouterr().out


def test_a_data_directory_that_is_locked_while_it_serves_costs_no_answer(place: Place) -> None:
    with ExitStack() as stack:
        assistant = stack.enter_context(place.open())
        reports = stack.enter_context(closing(Reports(default_url(place.data))))
        served = stack.enter_context(running(assistant, place.data / "ui", reports=reports))
        page = Page(served.url)
        page.ask(OPENED)
        with locked(place.data, place.data):
            asked_anew(assistant)
            check(served.url, place.key)
            told = page.report("The first.")
            place.corpus.write("mill", MILL.replace("45", "46"))
            with pytest.raises(IndexUnusable):
                assistant.sync()
            check(served.url, place.key)
        assert (say.REPORT_SENT in told) == bool(reports.all())
        assert assistant.sync().changed == ("mill",)
        assert "46 people" in ask(served.url, EMPLOYS, place.key)[1]["text"]


# The clock


class Clock:
    """The wall clock of this process, which jumps; what counts seconds goes on as it did."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = dt.timedelta()
        clock, now, now_ns = self, time.time, time.time_ns

        class Jumping(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> Jumping:
                return super().now(tz) + clock.ahead

        monkeypatch.setattr(time, "time", lambda: now() + clock.ahead.total_seconds())
        monkeypatch.setattr(time, "time_ns", lambda: now_ns() + int(clock.ahead.total_seconds() * 1e9))
        for module in ("assistant.history", "assistant.locks", "ui.reports"):
            monkeypatch.setattr(f"{module}.dt", SimpleNamespace(**{**vars(dt), "datetime": Jumping}))


def age(folder: Path, days: int) -> None:
    """Let every file be written so many days ago."""
    for path in folder.rglob("*"):
        then = path.stat().st_mtime - 86_400 * days
        os.utime(path, (then, then))


def test_a_clock_that_jumps_by_days_locks_nobody_out_and_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, limited = Clock(monkeypatch), ServerSettings(per_minute=0, key_per_minute=20)
    with ExitStack() as stack:
        assistant = stack.enter_context(place.open(history=True))
        reports = stack.enter_context(closing(Reports(default_url(place.data))))
        served = stack.enter_context(running(assistant, place.data / "ui", limited, reports=reports))
        page, people = Page(served.url), 45
        page.ask(OPENED)
        for days in (0, 40, -80, 3650):
            clock.ahead += dt.timedelta(days=days)
            assert say.REPORT_SENT in page.report(f"After {days} days.")
            people += 1
            place.corpus.write("mill", MILL.replace("45", str(people)), published="2026-01-03")
            age(place.corpus.path, 2 * days)
            assert assistant.sync().changed == ("mill",), "the file's day is not what tells"
            status, answer = ask(served.url, EMPLOYS, place.key)
            assert status == 200 and f"employs {people} people" in answer["text"]
        assert [report.line for report in reports.all()] == [f"After {days} days." for days in (3650, -80, 40, 0)]
        assert len(assistant.corrections()) == len(list(History(place.index / "answers.db"))) - 2

        while (reply := served.ask("GET", "/v1/models", Authorization=f"Bearer {place.key}")).status == 200:
            clock.ahead -= dt.timedelta(days=100)
        assert reply.status == 429 and 0 < int(reply.headers["retry-after"]) <= 60, "for seconds, not for days"
        another = keys.add(place.data / "ui" / "keys", "another")
        age(place.data / "ui", 1000)
        assert get(f"{served.url}/v1/models", key=another)[0] == 200
    age(place.index, 1000)
    with place.open() as assistant, running(assistant, place.data / "ui") as served:
        assert f"employs {people} people" in ask(served.url, EMPLOYS, another)[1]["text"]


def test_a_clock_that_is_set_back_keeps_no_login_shut(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, passed = Clock(monkeypatch), 1000.0
    monkeypatch.setattr("ui.logins.time", SimpleNamespace(monotonic=lambda: passed))
    admitted = logins.Logins.load(place.data / "ui" / "readers", {})
    assert not any(admitted.admit("ana", "guessed") for _ in range(logins.TRIES))
    clock.ahead = dt.timedelta(days=-400)
    assert not admitted.admit("ana", "a long password")
    passed += logins.WAIT + 1
    assert admitted.admit("ana", "a long password")


# A damaged index


def random_bytes(raw: bytes, chance: random.Random, start: float, end: float) -> bytes:
    """A file with random bytes from one part of it to another."""
    first, last = int(start * len(raw)), int(end * len(raw))
    return raw[:first] + chance.randbytes(last - first) + raw[last:]


def damages(raw: bytes, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """A catalog in many states that no catalog should be in."""
    yield from ((f"cut at {part}", raw[: int(part * len(raw))]) for part in (0.01, 0.5, 0.99))
    yield from (
        (f"random from {start} to {end}", random_bytes(raw, chance, start, end))
        for start, end in ((0, 0.001), (0, 1), (0.05, 0.1), (0.3, 0.6), (0.5, 1))
    )
    yield "other words", raw.replace(b"300 people", b"900 people").replace(b"employs 45", b"employs 99")
    yield "another version", raw.replace(b'"version": "', b'"version": "0')
    for _ in range(int(os.environ.get("DAMAGES", "4"))):
        at = chance.random()
        yield f"random at {at:.4f}", random_bytes(raw, chance, at, min(1, at + 0.02))


def test_a_damaged_catalog_is_told_with_its_remedy_or_makes_no_difference(
    place: Place, capsys: Captured, tmp_path: Path
) -> None:
    seed = int(os.environ.get("DAMAGE_SEED", "7"))
    with place.open() as assistant, closing(Reports(default_url(place.data))) as reports:
        before = {question: assistant.ask(question) for question in TOLD}
        reports.add(before[OPENED], 0, "misquote", "It was Tuesday.")
        link = reports.share(before[EMPLOYS])
    index, catalog = place.index, place.index / "catalog.db"
    with closing(sqlite3.connect(catalog)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw, outcomes = catalog.read_bytes(), []
    shutil.copytree(index, tmp_path / "whole", ignore=shutil.ignore_patterns("catalog.db*"))
    for name, damaged in damages(raw, random.Random(seed)):
        assert damaged != raw, name
        shutil.rmtree(index)
        shutil.copytree(tmp_path / "whole", index)
        catalog.write_bytes(damaged)
        for question, answer in before.items():
            capsys.readouterr()
            code = main(["ask", question, "--json", *place.flags])
            out, err = capsys.readouterr()
            outcomes.append(code)
            if code:
                assert str(catalog) in one_line(err) and REBUILD in err, name
            else:
                shown = json.loads(out)
                assert (shown["text"], shown["citations"]) == (answer.text, plain(answer)["citations"]), name
    assert set(outcomes) == {0, 2}
    catalog.write_bytes(raw[: len(raw) // 2])
    assert main(["sync", "--rebuild", *place.flags]) == 0
    with place.open() as assistant, closing(Reports(default_url(place.data))) as reports:
        assert {question: assistant.ask(question).text for question in TOLD} == {q: a.text for q, a in before.items()}
        assert [report.line for report in reports.all()] == ["It was Tuesday."] and reports.shared(link)
    assert place.still_has_its_secrets()


def test_a_damaged_chroma_is_told_and_made_again(place: Place, capsys: Captured) -> None:
    place.open().close()
    (place.index / "chroma-1" / "chroma.sqlite3").write_bytes(random.Random(7).randbytes(100_000))
    done = command("ask", OPENED, *place.flags)  # in a process of its own: such files may crash whoever reads them
    assert done.returncode == 2 and REBUILD in one_line(done.stderr)
    assert main(["sync", "--rebuild", *place.flags]) == main(["ask", OPENED, *place.flags]) == 0
    assert TOLD[OPENED] in capsys.readouterr().out


def test_an_index_damaged_while_it_serves_is_told_without_a_word_of_this_machine(place: Place) -> None:
    with place.open() as assistant, running(assistant, place.data / "ui") as served:
        page = Page(served.url)
        shutil.rmtree(place.index / "chroma-1")
        assert TOLD[OPENED] in assistant.ask(OPENED).text
        for path in place.index.glob("catalog.db*"):
            if not path.name.endswith("-shm"):  # which is mapped, and SQLite's alone
                path.write_bytes(random.Random(7).randbytes(path.stat().st_size))
        status, told = ask(served.url, "Who owns the mill?", place.key)
        assert (status, told["error"]["message"], told["error"]["code"]) == (503, say.UNREADABLE, "unavailable")
        shown = page.ask("Who owns the mill?")
        assert say.UNREADABLE in shown and str(place.data) not in shown
    assert main(["sync", "--rebuild", *place.flags]) == 0
    with place.open() as assistant, running(assistant, place.data / "ui") as served:
        check(served.url, place.key)


# A document that changes while it is read


def test_a_document_swapped_while_it_is_read_is_the_old_or_the_new(place: Place, tmp_path: Path) -> None:
    texts, stop = [long_text(1, 40), long_text(2, 9)], threading.Event()

    def swap() -> None:
        elsewhere = CorpusFolder(tmp_path)
        while not stop.is_set():
            for text in texts:
                elsewhere.write("place", text).replace(place.corpus.path / "place.md")

    place.corpus.write("place", texts[0])
    with place.open() as assistant, running(assistant, place.data / "ui") as served:
        first, seen = assistant.documents["place"], set[str]()
        swapping = threading.Thread(target=swap)
        swapping.start()
        try:
            end = time.monotonic() + PATIENCE
            while len(seen) < len(texts) and time.monotonic() < end:
                assistant.sync()
                held = assistant.documents["place"]
                seen.add(held.text)
                for passage in assistant._index.catalog.passages_of("place"):
                    assert passage.text == held.text[passage.start : passage.end]
                number = 1 + texts.index(held.text)
                question = f"How many boats did the warden of place {number} count in week 7?"
                answer = ask(served.url, question, place.key)[1]
                assert f"The warden of place {number} counted" in answer["text"]
                for cited in answer["citations"]:
                    check_citation(assistant.documents, cited)
        finally:
            stop.set()
            swapping.join(PATIENCE)
        assert seen == set(texts)
        check(served.url, place.key)
        old = get(f"{served.url}/api/documents/place?version={first.version}", key=place.key)[1]
        assert old["text"] == first.text, "what a reader still has open"
