"""All that one process serves, put together: the page at ``/``, and the protocols beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from gradio.events import api as endpoint
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import compile_path

import assistant
from assistant import resources
from ui import strings as say
from ui.look import launch_options

from . import api, completions, embedding, mcp, reference
from .access import Access
from .answering import Answering
from .guards import METHODS, Guards
from .metrics import CONTENT_TYPE, Metrics
from .problems import Problem, handle
from .settings import ServerSettings
from .shapes import failures

DESCRIBED = (
    "Answers from a curated corpus, each claim cited to the exact words: for every citation, "
    "text[start:end] of its document in its version is its quote."
)
NOT_LAUNCHED = ("share",)
"""What `Blocks.launch` takes and a mounted page does not."""
UNDESCRIBED = ("/docs", "/embed.js")
"""Ours, but for people and pages rather than programs."""
ENCODING = "o200k_base"
"""In which an answer that no model wrote is counted."""


@dataclass(frozen=True, slots=True)
class Service:
    """What a server is made of: settings, who may ask, what is counted, and where it listens."""

    settings: ServerSettings
    access: Access
    metrics: Metrics
    loopback: bool = True
    address: str = ""


def public(page: gr.Blocks, answering: Answering, service: Service, **login: Any) -> Guards:
    """The readers' server; `login` is what `gr.mount_gradio_app` takes to keep the page to those who have one."""
    app = _bare(say.NAME)
    admitted = service.access.dependency()
    app.include_router(api.router(answering, admitted))
    app.include_router(completions.router(answering, admitted, _tokens, service.address))
    app.include_router(mcp.router(answering, admitted))
    app.include_router(embedding.router())
    app.include_router(_state(answering, service.metrics))
    reference.add(app)
    _nothing_else(app)
    with page:
        _for_gradio_clients(answering)
    page.queue(max_size=service.settings.running + service.settings.waiting)
    return _guarded(app, page, service, **login)


def desk(page: gr.Blocks, service: Service, **login: Any) -> Guards:
    """The editors' server: their page alone, behind its login."""
    return _guarded(_bare(say.NAME), page, service, uploads=True, **login)


def _bare(title: str) -> FastAPI:
    app = FastAPI(
        title=title, description=DESCRIBED, version=assistant.__version__, docs_url=None, redoc_url=None,
        separate_input_output_schemas=False,
        # FastAPI's own traces carry a request's query, and so the words of a search: ours (assistant.traces) do not.
        telemetry={"exclude": lambda _: True, "auto_configure": False},
    )  # fmt: skip
    handle(app)
    return app


def _guarded(app: FastAPI, page: gr.Blocks, service: Service, *, uploads: bool = False, **login: Any) -> Guards:
    # Without one of these Gradio would let the pages of any origin read what a reader's login shows.
    app.add_middleware(
        CORSMiddleware, allow_origins=service.settings.origins, allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "MCP-Protocol-Version"],
    )  # fmt: skip
    look = {name: value for name, value in launch_options().items() if name not in NOT_LAUNCHED}
    page.state_session_capacity = service.settings.visits  # Gradio's default of 10,000 would take gigabytes
    gr.mount_gradio_app(app, page, "/", max_file_size=service.settings.max_page_body, **look, **login)
    return Guards(
        app, service.settings, service.access, service.metrics, loopback=service.loopback, uploads=uploads
    )  # fmt: skip


def _state(answering: Answering, metrics: Metrics) -> APIRouter:
    """Answered by the event loop itself: these must not wait for a thread when all are taken."""
    routes = APIRouter(tags=["operation"], responses=failures(421))

    @routes.get("/healthz", summary="Whether the process runs", response_class=PlainTextResponse)
    async def healthz() -> str:
        """200 while it does."""
        return "ok\n"

    @routes.get(
        "/readyz", summary="Whether it can answer", response_class=PlainTextResponse, responses=failures(421, 503)
    )
    async def readyz() -> str:
        """200 while there are documents to answer from, else 503."""
        if not len(answering.documents):
            raise Problem(503, "There are no documents to answer from.", code="not_ready")
        return "ready\n"

    @routes.get("/metrics", summary="Counts, for Prometheus", response_class=PlainTextResponse)
    async def counts() -> Response:
        """Numbers, routes and statuses; never a word of a question."""
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    return routes


def _tokens(text: str) -> int:
    return len(resources.token_encoding(ENCODING).encode(text, disallowed_special=()))


def _nothing_else(app: FastAPI) -> None:
    """Under our paths a wrong one, or a wrong method, is told in our shape, where Gradio's page would answer otherwise."""
    methods = dict.fromkeys(UNDESCRIBED, "GET")
    methods |= {path: ", ".join(map(str.upper, told)) for path, told in app.openapi()["paths"].items()}
    known = [(compile_path(path)[0], allowed) for path, allowed in methods.items()]

    def nothing(request: Request) -> None:
        if allowed := next((allowed for path, allowed in known if path.match(request.url.path)), ""):
            raise Problem(405, f"This route takes {allowed}: see /docs.", headers={"Allow": allowed})
        raise Problem(404, "There is no such route here: see /docs.", code="not_found")

    for path in ("/v1/{rest:path}", "/api/{rest:path}", "/mcp", "/healthz", "/readyz", "/metrics", *UNDESCRIBED):
        app.add_api_route(path, nothing, methods=list(METHODS), include_in_schema=False)


def _for_gradio_clients(answering: Answering) -> None:
    """An endpoint `/ask` for gradio_client; those of the page itself are nobody else's."""

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Ask a question, after those of `history`; gives the whole answer."""
        return api.shown(answering.ask(question, history or ()))

    endpoint(ask, api_name="ask", concurrency_limit=None)
