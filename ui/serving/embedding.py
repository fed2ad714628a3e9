"""The chat in a newsroom's own page: a web component that makes the frame, and the snippet that calls it."""

from __future__ import annotations

from fastapi import APIRouter, Response

SCRIPT = """\
// <on-the-record src="https://chat.example.org/"></on-the-record>
customElements.define("on-the-record", class extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("iframe")) return;
    const here = new URL(document.querySelector('script[src$="/embed.js"]')?.src ?? location.href);
    const source = new URL(this.getAttribute("src") ?? "/", here);
    if (!/^https?:$/.test(source.protocol)) return;
    const frame = document.createElement("iframe");
    frame.src = source.href;
    frame.title = this.getAttribute("title") ?? "On the Record";
    frame.loading = "lazy";
    frame.referrerPolicy = "strict-origin";
    frame.setAttribute("sandbox",
      "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox");
    frame.style.cssText = "border:0;width:100%;height:" + (parseInt(this.getAttribute("height")) || 640) + "px";
    this.append(frame);
  }
});
"""


def router() -> APIRouter:
    """The route of the script."""
    routes = APIRouter()

    @routes.get("/embed.js", include_in_schema=False)
    def script() -> Response:
        """The web component."""
        headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}
        return Response(SCRIPT, media_type="text/javascript", headers=headers)

    return routes
