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
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Playwright, sync_playwright
from ui_fakes import ROOT, server_environment

BROWSER_VARIABLE = "TEST_BROWSER"
SCREENSHOTS_VARIABLE = "TEST_SCREENSHOTS"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
START = 300.0
"""Seconds a server has to print its address: the first start builds an index."""
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")  # no longer: its event loop would run under other files' tests
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
        self.answered(before)

    def answered(self, before: int = 0) -> None:
        """Wait for the whole answer after `before` others."""
        reply = self.page.locator("#otr-chat .bot-row").nth(before)
        reply.locator(".otr-foot, .otr-notice").first.wait_for(timeout=30_000)
        self.page.locator("#otr-box button", has_text="Ask").wait_for()

    def tab(self, name: str) -> None:
        """Open a view."""
        self.page.get_by_role("tab", name=name).click()

    @property
    def reply(self) -> str:
        """The HTML of the latest answer."""
        return self.page.locator("#otr-chat .bot-row").last.inner_html()

    def dismiss(self, dialog: Dialog) -> None:
        """Remember a dialog and let the page go on."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def shoot(self, name: str) -> None:
        """Keep a screenshot, where the environment names a folder for them."""
        if folder := os.environ.get(SCREENSHOTS_VARIABLE):
            Path(folder).mkdir(parents=True, exist_ok=True)
            width = (self.page.viewport_size or {"width": 0})["width"]
            self.page.screenshot(path=Path(folder) / f"{name}-{width}.png")

    def accessible(self, state: str) -> None:
        """axe-core finds nothing serious in the page as it stands."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"
        )
        told = [
            (rule["id"], node["html"][:160], node.get("failureSummary", "")[:300])
            for rule in found
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        ]
        assert not told, f"{state}: {told}"

    def check(self) -> None:
        """Nothing ran that came from outside, and nothing was asked of any other machine."""
        assert not self.dialogs and not self.errors
        assert not self.page.evaluate("'__pwned' in window")
        outside = [url for url in self.requests if urlsplit(url).scheme not in ("data", "blob")]
        assert {urlsplit(url).hostname for url in outside} <= {"127.0.0.1"}
        assert not [url for url in outside if urlsplit(url).path == "/x"], "an <img src=x> was loaded"


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens a page in a context of its own; every visit is checked when the test is done."""
    visits: list[Visit] = []

    def open_page(
        url: str,
        width: int = 1440,
        height: int = 900,
        wait: str = "#otr-box textarea",
        ready: bool = True,
        **options: Any,
    ) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.set_default_timeout(10_000)
        seen = Visit(page)
        visits.append(seen)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("dialog", seen.dismiss)
        page.goto(url)
        page.locator(wait).first.wait_for()
        # The page answers presses once the server knows it.
        if ready:
            page.wait_for_function("window.otr && window.otr.bus.length === 2")
        return seen

    yield open_page
    for seen in visits:
        seen.check()
        seen.page.context.close()


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Starts a program that serves a page, on a free loopback port; gives its address."""
    running: list[subprocess.Popen[str]] = []

    def start(*program: str, data: Path | None = None, flags: tuple[str, ...] = ()) -> str:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        folder = tmp_path_factory.mktemp("ui")
        data = data or folder / "data"
        command = [sys.executable, *program, "--port", str(port), "--data-dir", str(data), *flags]
        errors = folder / "stderr"
        with errors.open("w") as stderr:
            process = subprocess.Popen(
                command, cwd=ROOT, env=server_environment(), stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        running.append(process)
        assert process.stdout
        too_late = threading.Timer(START, process.kill)
        too_late.start()
        line = process.stdout.readline()
        too_late.cancel()
        assert line == f"On the Record is at http://127.0.0.1:{port} (Ctrl+C stops it)\n", errors.read_text()
        return f"http://127.0.0.1:{port}"

    yield start
    for process in running:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="session")
def serve(started: Callable[..., str]) -> Callable[..., str]:
    """Starts `python -m ui` with the given flags; gives its address."""
    return lambda *flags: started("-m", "ui", flags=flags)


@pytest.fixture(scope="session")
def readers_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that the story's page and its desk share."""
    return tmp_path_factory.mktemp("readers")


@pytest.fixture(scope="session")
def story(started: Callable[..., str], readers_data: Path) -> str:
    """The page over the invented story of story.py."""
    return started("tests/ui/story.py", data=readers_data)
