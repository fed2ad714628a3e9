"""``/docs``: the OpenAPI document as a page of its own, since the usual viewers load their script from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Response

from .shapes import SHAPE, Failed

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1c1a17;"
    "background:#faf8f3}code,pre{font:.9rem ui-monospace,monospace}pre{background:#efebe1;padding:.75rem;"
    "overflow-x:auto}h2{border-top:1px solid #d8d2c4;padding-top:1rem;font-size:1.1rem}"
    "@media(prefers-color-scheme:dark){body{color:#ece7dc;background:#171614}pre{background:#2a2722}a{color:#93c1ea}}"
)
UNSENT = ("HTTPValidationError", "ValidationError")
"""Shapes that FastAPI describes and this server has none of."""


def add(app: FastAPI) -> None:
    """Serve the page, and say in the document what FastAPI does not know: how requests fail, and who needs a key."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        schema = made()
        schemas, failed = schema["components"]["schemas"], Failed.model_json_schema(ref_template=SHAPE)
        schemas |= {**failed.pop("$defs"), Failed.__name__: failed}
        for name in UNSENT:
            schemas.pop(name, None)
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"].pop("422", None)  # what does not fit is answered with 400
                if (wanted := operation.get("security")) and {} not in wanted:
                    wanted.append({})  # a key is wanted only where the server wants one
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        """The page."""
        return Response(page(app.openapi()), media_type="text/html")


def page(schema: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    title = html.escape(schema["info"]["title"])
    parts = [part for path, methods in schema["paths"].items() for part in _path(path, methods)]
    models = (
        f'<h2 id="{html.escape(name)}">{html.escape(name)}</h2>{_paragraph(model.get("description"))}{_json(model)}'
        for name, model in schema.get("components", {}).get("schemas", {}).items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><h1>{title}: API</h1>'
        f"{_paragraph(schema['info'].get('description'))}"
        '<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>'
        f"{''.join(parts)}<h1>Shapes</h1>{''.join(models)}</body></html>"
    )


def _path(path: str, methods: Mapping[str, Any]) -> Iterator[str]:
    for method, operation in methods.items():
        yield f"<h2><code>{method.upper()} {html.escape(path)}</code> {html.escape(operation.get('summary', ''))}</h2>"
        yield _paragraph(operation.get("description"))
        if parameters := operation.get("parameters"):
            yield _json({p["name"]: p["schema"] for p in parameters})
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield f"<p>Body:</p>{_json(content['schema'])}"
        codes = ", ".join(f"{code} {html.escape(told['description'])}" for code, told in operation["responses"].items())
        yield f"<p>{codes}</p>"


def _paragraph(text: str | None) -> str:
    return f"<p>{html.escape(text)}</p>" if text else ""


def _json(value: Any) -> str:
    return f"<pre>{html.escape(json.dumps(value, indent=1, ensure_ascii=False))}</pre>"
