"""Servers, one that is shared and fresh ones, and a Chromium that writes down every address it asks for."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.accounts import bind_local
from calendar_model.mission.transactions import save
from calendar_model.store.database import FOLDER_VARIABLE, open_workspace
from calendar_model.store.models import Person
from tests.day import TODAY

ROOT = Path(__file__).parents[2]
# Three workers, their servers and browsers share two cores, and a new server makes its calendar first: what is slow is not
# wrong.
PATIENCE = 90_000
"""Milliseconds to wait for what a page has to show."""
expect.set_options(timeout=PATIENCE)

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A website that has made its own name point at this machine, and the site of docs/deploy.
    "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP calendar.example.org 127.0.0.1",
]
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


class Visit(NamedTuple):
    """A page in the browser, the hosts that it asked, and the errors in its console."""

    page: Page
    hosts: list[str]
    errors: list[str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody holds."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def start_server(
    log: Path, port: int = 0, script: Path = ROOT / "dashboard.py", /, **environment: str
) -> tuple[subprocess.Popen[bytes], str]:
    """A fresh ``streamlit run`` of the dashboard, or of another script, answering when this returns: the process and its address.

    On ``port``, or on one that is free.
    """
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, TODAY_VARIABLE: TODAY.isoformat(), FOLDER_VARIABLE: str(log.parent), **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return process, address
        except (URLError, OSError):
            time.sleep(0.1)
    stop_server(process)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, by force if it does not listen."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that all tests share which write nothing into its workspace."""
    process, address = start_server(tmp_path_factory.mktemp("server") / "log")
    yield address
    stop_server(process)


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[str]:
    """The address of a server that nobody has opened yet."""
    process, address = start_server(tmp_path / "server.log")
    yield address
    stop_server(process)


@pytest.fixture
def server_day() -> str:
    """The day on which `staffed_server` stands. A file overrides it to stand on another."""
    return TODAY.isoformat()


@pytest.fixture
def desk_officer(tmp_path: Path) -> str:
    """The id of the one person in the workspace of `staffed_server`: Desk officer, who uses the machine."""
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    person = save(ANONYMOUS, Person, {"name": "Desk officer"}, workspace=workspace)
    bind_local(person, workspace)
    workspace.close()
    return person


@pytest.fixture
def staffed_server(tmp_path: Path, desk_officer: str, server_day: str) -> Iterator[str]:
    """The address of a fresh server with one person in its workspace."""
    process, address = start_server(tmp_path / "server.log", **{TODAY_VARIABLE: server_day})
    yield address
    stop_server(process)


@pytest.fixture
def browser_locale() -> str:
    """The language that the browser of `staff_page` asks for. A file overrides it to ask for another."""
    return "en-GB"


@pytest.fixture
def staff_page(browser: Browser, staffed_server: str, browser_locale: str) -> Iterator[Page]:
    """An empty page of a browser in which the desk officer acts on `staffed_server`."""
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale=browser_locale)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of the system's packages, where there is one without a window: it starts and draws quicker."""
    headless = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    names = (os.environ.get("CHROMIUM", ""), *headless)
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    assert path is not None, "No Chromium was found: `make chromium` installs it."
    with sync_playwright() as playwright:
        # A faked clock is one for Python: Chromium does not start under it.
        real: dict[str, str | float | bool] = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
        launched = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS, env=real)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A reader in Oslo at a wide screen."""
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    hosts: list[str] = []
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def note_host(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):  # these ask nobody: the address is the content
            hosts.append(urlsplit(request.url).netloc)

    page.on("request", note_host)
    page.on("websocket", lambda socket: hosts.append(urlsplit(socket.url).netloc))
    page.on("console", note)
    yield Visit(page, hosts, errors)
    context.close()


def settled(page: Page) -> None:
    """Waits until the script has run through and the title stands."""
    # While a list replaces a record, the title of the record is still below that of the list.
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", re.compile("notRunning"))
