"""``python -m ui``: serve the chat on this machine."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import threading
from collections.abc import Sequence

from assistant.errors import OnTheRecordError
from assistant.settings import Settings

HOST = "127.0.0.1"
PORT = 7860
PORTS_TRIED = 20
QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}
"""Read by Gradio and its libraries at import: without these the server looks hosts up before anyone asks."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 0 when stopped, 2 when it could not start."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    os.environ.update(QUIET)
    _bypass_proxy(arguments.host)
    try:
        settings = _settings(arguments)
        port = free_port(arguments.host, arguments.port)
        return _serve(settings, arguments.host, port, arguments.open)
    except (OnTheRecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def free_port(host: str, wanted: int | None) -> int:
    """`wanted`, or without one the first free port of those tried; raises OSError where there is none."""
    tried = [wanted] if wanted else range(PORT, PORT + PORTS_TRIED)
    for port in tried:
        try:
            with socket.create_server((host, port), family=_family(host)):
                return port
        except OSError as error:
            reason = error.strerror or str(error)
    if wanted:
        raise OSError(f"Port {wanted} on {host} cannot be used ({reason}): give another --port, or leave it out.")
    raise OSError(
        f"None of the ports {PORT} to {PORT + PORTS_TRIED - 1} on {host} can be used ({reason}): give --port."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ui", description="Serve the chat on this machine.")
    parser.add_argument("--corpus", metavar="DIR", help="folder of documents (default: the story that ships)")
    parser.add_argument("--data-dir", metavar="DIR", help="where indexes live (default: your data directory)")
    parser.add_argument("--host", default=HOST, help=f"address to serve on (default: {HOST}, this machine alone)")
    parser.add_argument("--port", type=_port, help=f"port to serve on (default: {PORT}, or the next that is free)")
    parser.add_argument("--open", action="store_true", help="open the page in your browser")
    return parser


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port: give a number from 1 to 65535")
    return int(value)


def _settings(arguments: argparse.Namespace) -> Settings:
    flags = {"corpus": arguments.corpus, "data_dir": arguments.data_dir}
    return Settings.from_env().replace(**{name: value for name, value in flags.items() if value is not None})


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bypass_proxy(host: str) -> None:
    """Gradio asks its own server whether it is up: a proxy set for the web must not get that request."""
    for name in ("NO_PROXY", "no_proxy"):
        known = os.environ.get(name, "")
        os.environ[name] = ",".join(filter(None, [known, "127.0.0.1", "localhost", host]))


def _serve(settings: Settings, host: str, port: int, open_page: bool) -> int:
    from assistant import Assistant

    assistant = Assistant.open(settings)
    from . import look, page  # after the environment is set: Gradio reads it at import
    from .suggestions import suggestions

    name = f"[{host}]" if ":" in host else host
    demo = page.build(assistant, examples=suggestions(assistant, settings.data_path() / "ui"))
    demo.launch(
        server_name=name, server_port=port, inbrowser=open_page, quiet=True, prevent_thread_lock=True,
        **look.launch_options(),
    )  # fmt: skip
    print(f"On the Record is at http://{name}:{port} (Ctrl+C stops it)", flush=True)
    try:
        threading.Event().wait()
    finally:
        demo.close(verbose=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
