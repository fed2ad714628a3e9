"""Traces by OpenTelemetry: what an answer went through, as spans with counts; no text unless `trace_content` is set.

Spans go to the tracer provider of the program that this library is part of, if it has set one, as children of whatever
span is current there. Else they go where the environment's OTEL_EXPORTER_OTLP_ENDPOINT says, by a provider of our own:
the global one is the application's to set. Else none are made, and nothing of OpenTelemetry is imported here.
"""

from __future__ import annotations

import atexit
import contextvars
import importlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from .release import __version__
from .types import Answer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

T = TypeVar("T")

SERVICE = "on-the-record"
PREFIX = "on_the_record."
LINGER = 2.0  # seconds that a process's end waits for its last spans to be sent
_PROTOCOLS = {"grpc": "grpc", "http/protobuf": "http"}
_TURN = threading.Lock()

log = logging.getLogger(__name__)


class Stage:
    """A stage of an answer as it is traced; without a span it takes everything and does nothing."""

    def __init__(self, tracer: Tracer | None = None, span: Span | None = None, content: bool = False) -> None:
        self.tracer = tracer
        self.content = content
        self._span = span

    def count(self, **values: str | bool | int) -> None:
        """Note numbers, and names of ours: nothing that a reader or a document wrote."""
        if self._span:
            self._span.set_attributes({PREFIX + name: value for name, value in values.items()})

    def tell(self, **texts: str | Sequence[str]) -> None:
        """Note what readers or documents wrote, where `trace_content` lets it out."""
        if self._span and self.content:
            for name, text in texts.items():
                self._span.set_attribute(PREFIX + name, _clean(text) if isinstance(text, str) else [*map(_clean, text)])

    def verified(self, claim: str, failure: str | None) -> None:
        """Note how the verification of a claim ended; why it failed may quote it."""
        self.count(passed=not failure)
        self.tell(claim=claim, failure=failure or "")

    def broken_off(self, error: BaseException) -> None:
        """Note an error by its class alone: its message may hold anything."""
        if isinstance(error, GeneratorExit):
            self.count(stopped=True)  # whoever asked has left
        elif self._span:
            from opentelemetry.trace import StatusCode

            self._span.set_attribute("error.type", type(error).__qualname__)
            self._span.set_status(StatusCode.ERROR)


_OFF = Stage()
_NOTHING = nullcontext(_OFF)
_now: ContextVar[Stage] = ContextVar("on_the_record_stage", default=_OFF)


def stage(name: str, *, alone: bool = False) -> AbstractContextManager[Stage]:
    """A span in the answer that is being made, if that is traced; one that is `alone` has none within.

    Not to be open while a generator hands something on, to whom it would be current too: see `within`.
    """
    outer = _now.get()
    return _NOTHING if outer.tracer is None else _opened(outer.tracer, name, outer.content, alone)


def within(name: str, events: Iterator[T], told: Callable[[Stage], None]) -> Iterator[T]:
    """The `events` of a stage that hands them on as they come, in a span; `told` notes its counts at the end."""
    return events if _now.get().tracer is None else _driven(stage(name), events, lambda span, _: told(span))


def asked(events: Iterator[T], *, turns: int, content: bool) -> Iterator[T]:
    """What answers a question, in a span if anybody listens: a trace, or part of the one that is current."""
    tracer = _tracer()

    def told(span: Stage, last: T | None) -> None:
        span.count(turns=turns)
        if isinstance(last, Answer):
            _describe(span, last)

    return events if tracer is None else _driven(_opened(tracer, "ask", content), events, told)


@contextmanager
def continued(headers: Mapping[str, str]) -> Iterator[None]:
    """Lets what is asked inside be part of the trace that a request's `traceparent` names, if anybody listens."""
    if "traceparent" not in headers or _tracer() is None:
        yield
        return
    from opentelemetry import context, trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if trace.get_current_span().get_span_context().is_valid:  # whoever instruments the server has read it already
        yield
        return
    carried = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
    token = context.attach(TraceContextTextMapPropagator().extract(carried))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def _opened(tracer: Tracer, name: str, content: bool, alone: bool = False) -> Iterator[Stage]:
    # An exception's message and its stack, which OpenTelemetry sends unless told not to, may hold any text.
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
        inner = Stage(tracer, span if span.is_recording() else None, content)
        token = _now.set(_OFF if alone else inner)
        try:
            yield inner
        except BaseException as error:
            inner.broken_off(error)
            raise
        finally:
            _now.reset(token)


def _driven(
    span: AbstractContextManager[Stage], events: Iterator[T], told: Callable[[Stage, T | None], None]
) -> Iterator[T]:
    """`events` with `span` current for whatever makes them, and never for whoever takes them, in whichever thread."""
    run = contextvars.copy_context().run
    opened = run(span.__enter__)
    last: T | None = None
    try:
        while (event := run(next, events, None)) is not None:
            last = event
            yield event
    except BaseException as error:
        if isinstance(events, Generator):
            run(events.close)
        told(opened, last)
        run(span.__exit__, type(error), error, error.__traceback__)
        raise
    told(opened, last)
    run(span.__exit__, None, None, None)


def _describe(span: Stage, answer: Answer) -> None:
    cited = {c.document_id for c in (*answer.citations, *answer.nearest)}
    span.count(
        status=answer.status, writer=answer.writer, claims=len(answer.claims), citations=len(answer.citations),
        nearest=len(answer.nearest), withheld=len(answer.withheld), documents=len(cited),
        suggestions=len(answer.suggestions), cached="cache" in answer.timings, **answer.usage,
    )  # fmt: skip
    span.count(**{name: answer.metadata[name] for name in ("model", "served", "format") if name in answer.metadata})
    span.tell(
        question=answer.question, standalone=answer.standalone, answer=answer.text, note=answer.note,
        quotes=[c.quote for c in (*answer.citations, *answer.nearest)],
    )  # fmt: skip


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair would cost the whole batch


# Where they go


def _tracer() -> Tracer | None:
    """The application's, else ours where an endpoint is configured, else none."""
    if "opentelemetry.trace" not in sys.modules and not _is_configured():
        return None
    from opentelemetry import trace

    provider = trace.get_tracer_provider()
    if isinstance(provider, trace.ProxyTracerProvider):  # nobody has set one
        own = _own() if _is_configured() else None
        return own.get_tracer(SERVICE, __version__) if own else None
    return provider.get_tracer(SERVICE, __version__)


def _is_configured() -> bool:
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or os.environ.get("OTEL_TRACES_EXPORTER") == "none"
    return not off and bool(_variable("ENDPOINT"))


def _variable(name: str) -> str:
    """A standard variable of the exporter: that of traces, else that of all signals."""
    return os.environ.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}") or os.environ.get(f"OTEL_EXPORTER_OTLP_{name}", "")


_kept: list[TracerProvider | None] = []


def _own() -> TracerProvider | None:
    """Our provider, made once; None where it cannot be: that is logged, and costs nobody their answer."""
    with _TURN:
        if not _kept:
            try:
                _kept.append(_provider(_exporter(_variable("PROTOCOL") or "grpc")))
            except Exception as error:
                remedy = "check the OTEL_* variables, and that the exporter they name is installed"
                log.warning("no traces are sent (%s: %s): %s", type(error).__name__, error, remedy)
                _kept.append(None)
        return _kept[0]


def _exporter(protocol: str) -> SpanExporter:
    if protocol not in _PROTOCOLS:
        raise ValueError(f"there is no protocol {protocol!r} here, but {' and '.join(_PROTOCOLS)}")
    # That of http/protobuf is a package of its own: opentelemetry-exporter-otlp-proto-http.
    module: Any = importlib.import_module(f"opentelemetry.exporter.otlp.proto.{_PROTOCOLS[protocol]}.trace_exporter")
    exporter: SpanExporter = module.OTLPSpanExporter()
    return exporter


def _provider(exporter: SpanExporter) -> TracerProvider:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = "OTEL_SERVICE_NAME" in os.environ or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    about = {"service.version": __version__} | ({} if named else {"service.name": SERVICE})
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _send_at_exit(provider, exporter)
    return provider


def _send_at_exit(provider: TracerProvider, exporter: SpanExporter) -> None:
    """Send what is left at the process's end; a collector out of reach holds it up for LINGER seconds at the most."""
    ending = threading.Event()

    def last() -> None:
        ending.wait()
        provider.shutdown()

    # Started now: from Python 3.12 on no thread can be once the process ends.
    sender = threading.Thread(target=last, name="on-the-record-traces", daemon=True)
    sender.start()

    def end() -> None:
        ending.set()
        sender.join(LINGER)
        if sender.is_alive():
            exporter.shutdown()  # breaks off what is on its way
            sender.join(LINGER / 4)

    atexit.register(end)
