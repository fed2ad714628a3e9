"""Traces: what they tell, what they never tell unless asked to, and that nobody's answer waits for them."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from index_fakes import CorpusFolder
from model_server import ModelServer, Reply, chat_server
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assistant import Assistant, Claim, QuestionError, Settings, traces

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "Who made the note public?"
UNANSWERED = "What is the capital of Mongolia?"
# Words that no name of a span, an attribute or a library has.
TOLD = "Velmira Okonjo, the harbourmaster, lifted nineteen zibbets from Quillhaven on Monday."
WONDERED = "Who lifted zibbets from Quillhaven?"
WORDS = {word.lower() for word in re.findall(r"\w{4,}", f"{TOLD} {WONDERED}")}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What an application's own tracer provider is given; OpenTelemetry lets a process set one for good only."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    return exporter


def told(exporter: InMemorySpanExporter) -> str:
    """All that was sent, as text."""
    return "\n".join(span.to_json() for span in exporter.get_finished_spans()).lower()


def named(exporter: InMemorySpanExporter, name: str) -> list[dict[str, Any]]:
    """The attributes of the spans of a name, ours by their short names."""
    found = [dict(span.attributes or {}) for span in exporter.get_finished_spans() if span.name == name]
    return [{key.removeprefix(traces.PREFIX): value for key, value in held.items()} for held in found]


def tree(exporter: InMemorySpanExporter) -> list[tuple[str, str]]:
    """Each span's name with its parent's, by the time they began."""
    held = sorted(exporter.get_finished_spans(), key=lambda span: span.start_time or 0)
    names = {span.context.span_id: span.name for span in held if span.context}
    return [(span.name, names.get(span.parent.span_id, "?") if span.parent else "") for span in held]


def test_an_answer_is_a_trace_with_counts(assistant: Assistant, spans: InMemorySpanExporter) -> None:
    assistant._answerer.cache.clear()
    answer = assistant.ask(QUESTION)
    (root,) = named(spans, "ask")
    assert root["status"] == "answered" and root["writer"] == "quoting" and not root["cached"]
    assert (root["claims"], root["citations"]) == (len(answer.claims), len(answer.citations))
    assert {("ask", ""), ("retrieval", "ask"), ("reading", "ask"), ("writing", "ask")} <= set(tree(spans))
    assert named(spans, "retrieval")[0]["passages"] > 0 and named(spans, "reading")[0]["candidates"] > 0
    assert len(named(spans, "verification")) >= len(answer.claims) > 0
    assert ("verification", "writing") in tree(spans)
    assert named(spans, "writing")[0]["claims"] == len(answer.claims)
    spans.clear()
    assistant.ask(QUESTION)
    assert tree(spans) == [("ask", "")] and named(spans, "ask")[0]["cached"]


def test_a_refusal_tells_of_what_was_offered_instead(assistant: Assistant, spans: InMemorySpanExporter) -> None:
    assistant._answerer.cache.clear()
    answer = assistant.ask(UNANSWERED)
    (root,) = named(spans, "ask")
    assert (root["status"], root["nearest"]) == ("not_in_documents", len(answer.nearest))
    assert named(spans, "suggestions") == [{"suggestions": len(answer.suggestions)}]
    assert len(named(spans, "retrieval")) == 1, "what is checked for a suggestion is no stage of the answer"


def small(folder: CorpusFolder, data_dir: Path, **changes: object) -> Settings:
    folder.write("harbour", TOLD, published="2026-01-02")
    return Settings(corpus=str(folder.path), data_dir=str(data_dir)).replace(**changes)


@pytest.mark.parametrize("content", [False, True])
def test_text_leaves_only_where_it_is_let_out(
    content: bool, folder: CorpusFolder, data_dir: Path, spans: InMemorySpanExporter
) -> None:
    with Assistant.open(small(folder, data_dir, trace_content=content)) as assistant:
        answer = assistant.ask(WONDERED)
        assistant.ask("Who sank Quillhaven's zibbets in Ostrand?")
        with pytest.raises(QuestionError):
            assistant.ask("zibbets " * 1000)
    sent = told(spans)
    assert not [span.events for span in spans.get_finished_spans() if span.events]
    if not content:
        assert [word for word in WORDS if word in sent] == []
        return
    root, *_ = named(spans, "ask")
    assert (root["question"], root["answer"]) == (WONDERED, answer.text)
    assert list(root["quotes"]) == [citation.quote for citation in answer.citations]
    assert any("zibbets" in held["claim"] for held in named(spans, "verification"))


def test_an_error_is_told_by_its_class(assistant: Assistant, spans: InMemorySpanExporter) -> None:
    with pytest.raises(QuestionError):
        assistant.ask("")
    (failed,) = spans.get_finished_spans()
    assert named(spans, "ask") == [{"error.type": "QuestionError", "turns": 0}]
    assert not failed.status.is_ok and failed.status.description is None


async def test_every_way_of_asking_is_a_child_of_the_current_span(
    assistant: Assistant, spans: InMemorySpanExporter
) -> None:
    tracer = trace.get_tracer("an application")
    with tracer.start_as_current_span("request") as request:
        assistant.ask(QUESTION)
        for _ in assistant.stream(QUESTION):
            assert trace.get_current_span() is request
        await assistant.aask(QUESTION)
        async for _ in assistant.astream(QUESTION):
            assert trace.get_current_span() is request
        talk = assistant.conversation()
        talk.ask(QUESTION)
        talk.ask("And when?")
        await asyncio.to_thread(assistant.as_runnable().invoke, QUESTION)
    assert [parent for name, parent in tree(spans) if name == "ask"] == ["request"] * 7
    assert [held["turns"] for held in named(spans, "ask")] == [0, 0, 0, 0, 0, 1, 0]


def test_questions_asked_at_once_keep_their_traces_apart(assistant: Assistant, spans: InMemorySpanExporter) -> None:
    assistant._answerer.cache.clear()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(assistant.ask, [QUESTION, UNANSWERED, "Who is Amit Malviya?", "Who is Umar Khalid?"]))
    by_trace = {s.context.trace_id: list[ReadableSpan]() for s in spans.get_finished_spans() if s.context}
    for span in spans.get_finished_spans():
        assert span.context
        by_trace[span.context.trace_id].append(span)
    assert len(by_trace) == len(answers)
    assert all(sorted(s.name for s in held).count("ask") == 1 for held in by_trace.values())


def test_a_stream_that_is_left_is_ended_and_says_so(assistant: Assistant, spans: InMemorySpanExporter) -> None:
    events = assistant.stream(QUESTION)
    assert isinstance(next(events), Claim)
    events.close()  # type: ignore[attr-defined]  # a generator
    assert named(spans, "ask") == [{"stopped": True, "turns": 0}]
    assert trace.get_current_span() is trace.INVALID_SPAN


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with chat_server() as held:
        yield held


def draft(text: str, support: str) -> dict[str, object]:
    return {"passages": [1], "support": [support], "speaker": "", "text": text}


@pytest.mark.parametrize("content", [False, True])
def test_a_model_is_told_of_by_name_and_tokens(
    content: bool, folder: CorpusFolder, data_dir: Path, server: ModelServer, spans: InMemorySpanExporter
) -> None:
    drafts = [draft("Velmira Okonjo lifted nineteen zibbets.", TOLD), draft("Umbrella Okonjo lifted ninety.", TOLD)]
    server.queue = [Reply(json.dumps({"claims": drafts}))]
    settings = small(folder, data_dir, trace_content=content, model="openai:local", base_url=server.url)
    with Assistant.open(settings) as assistant:
        answer = assistant.ask(WONDERED)
    assert answer.writer == "openai:local" and answer.withheld
    (root,) = named(spans, "ask")
    assert (root["model"], root["requests"], root["input_tokens"]) == ("openai:local", 2, 200)
    assert root["withheld"] == len(answer.withheld)
    (written,) = [held for held in named(spans, "writing") if held["writer"] == "openai:local"]
    assert (written["drafts"], written["claims"], written["failed"]) == (2, 1, 1)
    assert sorted(held["passed"] for held in named(spans, "verification"))[0] is False
    assert ("repair", "ask") in tree(spans)
    found = [word for word in (*WORDS, "umbrella") if word in told(spans)]
    assert ("umbrella" in found and "zibbets" in found) if content else found == []


# A collector


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A receiver of OTLP over gRPC on loopback: its address, and the bytes that came."""
    came: list[bytes] = []

    def export(request: bytes, _: object) -> bytes:
        came.append(request)
        return b""

    service = "opentelemetry.proto.collector.trace.v1.TraceService"
    handlers = {"Export": grpc.unary_unary_rpc_method_handler(export)}
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{port}", came
    server.stop(None).wait()


def ask(settings: Settings, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, as one types it."""
    place = ["--corpus", str(settings.corpus), "--data-dir", str(settings.data_dir)]
    return subprocess.run(
        [sys.executable, "-m", "assistant", "ask", WONDERED, *place],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_collector_gets_bytes_without_text(
    collector: tuple[str, list[bytes]], folder: CorpusFolder, data_dir: Path
) -> None:
    address, came = collector
    settings = small(folder, data_dir)
    plain = ask(settings)
    assert plain.returncode == 0 and "zibbets" in plain.stdout and came == []
    traced = ask(settings, OTEL_EXPORTER_OTLP_ENDPOINT=address)
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, plain.stdout, "")
    sent = b"".join(came).lower()
    assert b"retrieval" in sent and [word for word in WORDS if word.encode() in sent] == []
    (resource,) = {
        str(held.resource) for raw in came for held in ExportTraceServiceRequest.FromString(raw).resource_spans
    }
    assert '"on-the-record"' in resource
    came.clear()
    traced = ask(settings, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=address, ON_THE_RECORD_TRACE_CONTENT="true")
    assert (traced.stdout, traced.stderr) == (plain.stdout, "")
    assert WONDERED.encode() in b"".join(came) and TOLD.encode() in b"".join(came)


@pytest.mark.parametrize("protocol", ["grpc", "carrier pigeon"])
def test_no_collector_there_costs_nobody_an_answer(protocol: str, folder: CorpusFolder, data_dir: Path) -> None:
    settings = small(folder, data_dir)
    done = ask(
        settings,
        ON_THE_RECORD_TRACE_CONTENT="true",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9",
        OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
    )
    assert done.returncode == 0 and "zibbets" in done.stdout
    assert done.stderr and "Traceback" not in done.stderr
    assert [word for word in WORDS if word in done.stderr.lower()] == []


LOADED = """
import sys, threading
from assistant import Assistant, Settings, traces
before = [name for name in sys.modules if name.startswith("opentelemetry")]
assert before == [], before
assert list(traces.asked(iter("ab"), turns=0, content=True)) == ["a", "b"]
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
import chromadb.api.client, chromadb.api.rust
chromadb.EphemeralClient()
chromas = {name for name in sys.modules if name.startswith("opentelemetry")}
with Assistant.open(Settings(corpus=sys.argv[1], data_dir=sys.argv[2])) as assistant:
    assert "zibbets" in assistant.ask(sys.argv[3]).text
more = {name for name in sys.modules if name.startswith("opentelemetry")} - chromas
assert not more, more
assert not traces._kept
assert not [t.name for t in threading.enumerate() if "Otel" in t.name or "traces" in t.name]
"""


def test_without_an_endpoint_nothing_is_loaded_that_chroma_does_not_load_itself(
    folder: CorpusFolder, data_dir: Path
) -> None:
    settings = small(folder, data_dir)
    command = [sys.executable, "-c", LOADED, str(settings.corpus), str(settings.data_dir), WONDERED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("off", [("OTEL_SDK_DISABLED", "True"), ("OTEL_TRACES_EXPORTER", "none")])
def test_the_standard_switches_turn_it_off(off: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "_own", lambda: TracerProvider(shutdown_on_exit=False))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    assert traces._tracer()
    monkeypatch.setenv(*off)
    assert traces._tracer() is None


def test_without_an_endpoint_events_pass_as_they_are() -> None:
    events = itertools.count(1)
    assert traces.asked(events, turns=0, content=False) is events
    assert traces.within("writing", events, lambda _: None) is events


def test_an_answer_that_is_no_trace_is_the_same(assistant: Assistant, spans: InMemorySpanExporter) -> None:
    traced = assistant.ask(QUESTION)
    assert spans.get_finished_spans()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace, "_TRACER_PROVIDER", None)
        assert assistant.ask(QUESTION) == traced
