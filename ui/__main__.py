"""``python -m ui``: serve the chat on this machine, or with ``--desk`` the editors' desk."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import socket
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import OnTheRecordError
from assistant.settings import Settings

if TYPE_CHECKING:
    from .serving.guards import Guards
    from .serving.settings import ServerSettings

HOST = "127.0.0.1"
PORT = 7860
DESK_PORT = 7890
PORTS_TRIED = 20
REPORTS_VARIABLE = "READERS_DATABASE_URL"
READERS_VARIABLE = "READERS_LOGINS"
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
        if arguments.add_login or arguments.add_reader:
            return _add_login(settings, arguments.add_login or arguments.add_reader, reader=not arguments.add_login)
        if arguments.add_key:
            return _add_key(settings, arguments.add_key, arguments.per_minute)
        from .serving.settings import ServerSettings

        return _serve(arguments, settings, ServerSettings.from_env())
    except (OnTheRecordError, OSError) as error:
        remedy = ": check the disk, its rights and --data-dir." if getattr(error, "errno", None) else ""
        print(f"error: {error}{remedy}", file=sys.stderr)
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
    add("--login", action="store_true", help="keep the chat to readers with a login, and the API to keys")
    add("--add-reader", metavar="NAME", help="give somebody a login for the chat (asks for the password), and stop")
    add("--add-key", metavar="NAME", help="make an API key for somebody, print it, and stop")
    add("--per-minute", metavar="N", type=int, help="requests a minute that the key is good for")
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


def _folder(settings: Settings) -> Path:
    return settings.data_path() / "ui"


def _add_login(settings: Settings, name: str, *, reader: bool) -> int:
    from . import logins

    file = _folder(settings) / ("readers" if reader else "logins")
    ask = getpass.getpass if sys.stdin.isatty() else lambda _: sys.stdin.readline().rstrip("\n")
    logins.add(file, name, ask(f"Password for {name}: "))
    print(f"{name} can log in at the {'page' if reader else 'desk'} ({file})")
    return 0


def _add_key(settings: Settings, name: str, per_minute: int | None) -> int:
    from .serving import keys

    file = _folder(settings) / "keys"
    print(keys.add(file, name, per_minute))
    print(f"The API key of {name}, shown this once; only its hash is kept ({file}).", file=sys.stderr)
    return 0


def _login(settings: Settings, *, desk: bool) -> dict[str, Any]:
    """What keeps a page closed to all but those with a login; raises NoLogins where there are none."""
    from . import strings as say
    from .logins import VARIABLE, Logins

    if desk:
        return {"auth": Logins.load(_folder(settings) / "logins", None, VARIABLE).admit, "auth_message": say.DESK_LOGIN}
    logins = Logins.load(_folder(settings) / "readers", None, READERS_VARIABLE, "--add-reader")
    return {"auth": logins.admit, "auth_message": say.READERS_LOGIN}


def _serve(arguments: argparse.Namespace, settings: Settings, serving: ServerSettings) -> int:
    login = _login(settings, desk=arguments.desk) if arguments.desk or arguments.login else {}
    port = free_port(arguments.host, arguments.port, DESK_PORT if arguments.desk else PORT)
    name = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    address = f"http://{name}:{port}"
    app = _made(arguments, settings, serving, address, login)
    from .serving import server

    def started() -> None:
        print(f"On the Record is at {address} (Ctrl+C stops it)", flush=True)
        if arguments.open:
            webbrowser.open(address)

    with server.listen(arguments.host, port) as listening:
        server.serve(app, serving, listening, started)
    return 0


def _made(
    arguments: argparse.Namespace, settings: Settings, serving: ServerSettings, address: str, login: dict[str, Any]
) -> Guards:
    """The page and its protocols, or the desk, over an open assistant and the readers' database."""
    from assistant import Assistant

    from .reports import Reports, default_url  # SQLAlchemy takes a moment to import
    from .serving.access import Access
    from .serving.keys import Keys
    from .serving.metrics import Metrics

    metrics, folder = Metrics(), _folder(settings)
    access = Access(serving, Keys(folder / "keys"), metrics, keys_required=bool(login))
    assistant = Assistant.open(settings)
    reports = Reports(arguments.reports or default_url(settings.data_path()))
    from .serving import app  # after the environment is set: Gradio reads it at import

    service = app.Service(serving, access, metrics, _is_loopback(arguments.host), address)
    if arguments.desk:
        from evals.runs import RUNS

        from .desk import build
        from .evaluation import Evals

        return app.desk(build(assistant, reports, Evals(folder, arguments.runs or RUNS)), service, **login)
    from . import page
    from . import strings as say
    from .serving.answering import Answering

    mode = say.MODEL_MODE.format(model=settings.model) if settings.model else say.QUOTING_MODE
    answering = Answering(assistant, serving, metrics)
    return app.public(page.build(answering, reports=reports, mode=mode), answering, service, **login)


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


if __name__ == "__main__":
    sys.exit(main())
