"""``python -m ui``: serve the chat on this machine, or with ``--desk`` the editors' desk."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import OnTheRecordError
from assistant.settings import Settings

if TYPE_CHECKING:
    import gradio as gr

HOST = "127.0.0.1"
PORT = 7860
DESK_PORT = 7890
PORTS_TRIED = 20
REPORTS_VARIABLE = "READERS_DATABASE_URL"
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
        if arguments.add_login:
            return _add_login(settings, arguments.add_login)
        options = _login(settings) if arguments.desk else {}
        port = free_port(arguments.host, arguments.port, DESK_PORT if arguments.desk else PORT)
        demo = _made(settings, arguments)
        return _serve(demo, arguments.host, port, arguments.open, options)
    except (OnTheRecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def free_port(host: str, wanted: int | None, first: int | None = None) -> int:
    """`wanted`, or without one the first free port of those tried; raises OSError where there is none."""
    first = first or PORT
    tried = [wanted] if wanted else range(first, first + PORTS_TRIED)
    for port in tried:
        try:
            with socket.create_server((host, port), family=_family(host)):
                return port
        except OSError as error:
            reason = error.strerror or str(error)
    if wanted:
        raise OSError(f"Port {wanted} on {host} cannot be used ({reason}): give another --port, or leave it out.")
    raise OSError(
        f"None of the ports {first} to {first + PORTS_TRIED - 1} on {host} can be used ({reason}): give --port."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ui", description="Serve the chat on this machine.")
    add = parser.add_argument
    add("--corpus", metavar="DIR", help="folder of documents (default: the story that ships)")
    add("--data-dir", metavar="DIR", help="where indexes and reports live (default: your data directory)")
    add("--reports", metavar="URL", default=os.environ.get(REPORTS_VARIABLE) or None,
        help=f"database of readers' reports (default: {REPORTS_VARIABLE}, else SQLite in the data directory)")  # fmt: skip
    add("--desk", action="store_true", help="serve the editors' desk, behind a login, in place of the chat")
    add(
        "--runs",
        metavar="DIR",
        type=Path,
        help="where the desk finds and keeps runs of the evals (default: evals/runs)",
    )
    add("--add-login", metavar="NAME", help="give somebody a login for the desk (asks for the password), and stop")
    add("--host", default=HOST, help=f"address to serve on (default: {HOST}, this machine alone)")
    add(
        "--port", type=_port, help=f"port to serve on (default: {PORT}, the desk {DESK_PORT}, or the next that is free)"
    )
    add("--open", action="store_true", help="open the page in your browser")
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


def _logins_file(settings: Settings) -> Path:
    return settings.data_path() / "ui" / "logins"


def _add_login(settings: Settings, name: str) -> int:
    from . import logins

    ask = getpass.getpass if sys.stdin.isatty() else lambda _: sys.stdin.readline().rstrip("\n")
    logins.add(_logins_file(settings), name, ask(f"Password for {name}: "))
    print(f"{name} can log in at the desk ({_logins_file(settings)})")
    return 0


def _login(settings: Settings) -> dict[str, Any]:
    """What keeps the desk closed to all but its editors; raises NoLogins where there are none."""
    from . import strings as say
    from .logins import Logins

    return {"auth": Logins.load(_logins_file(settings)).admit, "auth_message": say.DESK_LOGIN}


def _made(settings: Settings, arguments: argparse.Namespace) -> gr.Blocks:
    """The page, or the desk, over an open assistant and the readers' database."""
    from assistant import Assistant

    from .reports import Reports, default_url  # SQLAlchemy takes a moment to import

    assistant = Assistant.open(settings)
    reports = Reports(arguments.reports or default_url(settings.data_path()))
    if arguments.desk:
        from evals.runs import RUNS

        from .desk import build
        from .evaluation import Evals

        return build(assistant, reports, Evals(settings.data_path() / "ui", arguments.runs or RUNS))
    from . import page  # after the environment is set: Gradio reads it at import
    from . import strings as say

    mode = say.MODEL_MODE.format(model=settings.model) if settings.model else say.QUOTING_MODE
    return page.build(assistant, reports=reports, mode=mode)


def _serve(demo: gr.Blocks, host: str, port: int, open_page: bool, options: dict[str, Any]) -> int:
    from .look import launch_options

    name = f"[{host}]" if ":" in host else host
    demo.launch(
        server_name=name, server_port=port, inbrowser=open_page, quiet=True, prevent_thread_lock=True,
        **launch_options(), **options,
    )  # fmt: skip
    print(f"On the Record is at http://{name}:{port} (Ctrl+C stops it)", flush=True)
    try:
        threading.Event().wait()
    finally:
        demo.close(verbose=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
