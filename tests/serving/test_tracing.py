"""A question that comes over the network goes on in the trace that its request names."""

from __future__ import annotations

import json

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from serving_fakes import QUESTION, Running

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TOOL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": QUESTION}},
}
COMPLETION = {"model": "on-the-record", "messages": [{"role": "user", "content": QUESTION}], "stream": True}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What is traced; OpenTelemetry lets a process set a provider for good only."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    return exporter


@pytest.mark.parametrize(
    ("path", "body"), [("/api/ask", {"question": QUESTION}), ("/v1/chat/completions", COMPLETION), ("/mcp", TOOL)]
)
def test_a_request_that_names_its_trace_is_part_of_it(
    path: str, body: dict[str, object], served: Running, spans: InMemorySpanExporter
) -> None:
    reply = served.ask("POST", path, body, traceparent=f"00-{TRACE}-{PARENT}-01")
    assert reply.status == 200
    (root,) = [span for span in spans.get_finished_spans() if span.name == "ask"]
    assert root.context and root.parent
    assert (f"{root.context.trace_id:032x}", f"{root.parent.span_id:016x}") == (TRACE, PARENT)


@pytest.mark.parametrize("traceparent", ["", "00-zz-zz-01", f"ff-{TRACE}-{PARENT}-01", f"00-{'0' * 32}-{PARENT}-01"])
def test_any_other_is_a_trace_of_its_own(traceparent: str, served: Running, spans: InMemorySpanExporter) -> None:
    for _ in range(2):
        assert served.ask("POST", "/api/ask", {"question": QUESTION}, traceparent=traceparent).status == 200
    roots = [span for span in spans.get_finished_spans() if span.name == "ask"]
    assert [root.parent for root in roots] == [None, None]
    assert len({root.context.trace_id for root in roots if root.context}) == 2
    assert "note" not in json.dumps([span.to_json() for span in spans.get_finished_spans()])


def test_the_words_of_a_search_are_in_no_trace(served: Running, spans: InMemorySpanExporter) -> None:
    """FastAPI traces by itself where a process has a provider, a request's query and all."""
    for path in ("/api/search?query=note", "/api/who-said-what?about=note", "/?note=note", "/docs?note"):
        assert served.ask("GET", path).status == 200
    assert "note" not in json.dumps([span.to_json() for span in spans.get_finished_spans()])
