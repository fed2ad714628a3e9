"""A real server and a real browser for the page's tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Playwright, sync_playwright
from ui_fakes import ROOT, server_environment

BROWSER_VARIABLE = "TEST_BROWSER"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
START = 120.0
"""Seconds a server has to print its address: the first start builds an index."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; a machine without one fails here, it does not skip."""
    wanted = os.environ.get(BROWSER_VARIABLE)
    path = shutil.which(wanted) if wanted else next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        looked = f"{BROWSER_VARIABLE}={wanted}" if wanted else ", ".join(BROWSERS)
        pytest.fail(
            f"No browser found ({looked}): install Debian's `chromium`, or set {BROWSER_VARIABLE} to a Chromium's path."
        )
    driver: Playwright
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page with what it did: requests, dialogs and script errors."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Ask in the box and wait for the whole answer."""
        replies = self.page.locator("#otr-chat .bot-row")
        before = replies.count()
        box = self.page.locator("#otr-box textarea")
        box.fill(question)
        box.press("Enter")
        replies.nth(before).locator(".otr-foot, .otr-notice").wait_for(timeout=30_000)

    @property
    def reply(self) -> str:
        """The HTML of the latest answer."""
        return self.page.locator("#otr-chat .bot-row").last.inner_html()

    def dismiss(self, dialog: Dialog) -> None:
        """Remember a dialog and let the page go on."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def check(self) -> None:
        """Nothing ran that came from outside, and nothing was asked of any other machine."""
        assert not self.dialogs and not self.errors
        assert not self.page.evaluate("'__pwned' in window")
        outside = [url for url in self.requests if urlsplit(url).scheme not in ("data", "blob")]
        assert {urlsplit(url).hostname for url in outside} == {"127.0.0.1"}
        assert not [url for url in outside if urlsplit(url).path == "/x"], "an <img src=x> was loaded"


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens a page in a context of its own; every visit is checked when the test is done."""
    visits: list[Visit] = []

    def open_page(url: str, width: int = 1440, height: int = 900) -> Visit:
        page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
        seen = Visit(page)
        visits.append(seen)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("dialog", seen.dismiss)
        page.goto(url)
        page.locator("#otr-box textarea").wait_for()
        return seen

    yield open_page
    for seen in visits:
        seen.check()
        seen.page.context.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Starts `python -m ui` with the given flags on a free loopback port; gives its address."""
    started: list[subprocess.Popen[str]] = []

    def start(*flags: str) -> str:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        folder = tmp_path_factory.mktemp("ui")
        command = [sys.executable, "-m", "ui", "--port", str(port), "--data-dir", str(folder / "data"), *flags]
        errors = folder / "stderr"
        with errors.open("w") as stderr:
            process = subprocess.Popen(
                command, cwd=ROOT, env=server_environment(), stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        started.append(process)
        assert process.stdout
        too_late = threading.Timer(START, process.kill)
        too_late.start()
        line = process.stdout.readline()
        too_late.cancel()
        assert line == f"On the Record is at http://127.0.0.1:{port} (Ctrl+C stops it)\n", errors.read_text()
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=10)
