"""Another website in the reader's browser: it reads nothing, opens nothing, and makes the server ask nobody."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Visit, settled, start_server, stop_server

HOOK = """
import json, os, sys
def note(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"):
        asked = args[1] if event.startswith(("socket.connect", "socket.send")) else args[0]
        with open(os.environ["OUTGOING"], "a") as out:
            out.write(json.dumps([event, repr(asked) if isinstance(asked, (bytes, str)) else list(asked or [])]) + "\\n")
sys.addaudithook(note)
"""
"""Writes down every address that the interpreter connects to, and every name that it looks up."""

KNOCK = """async ([page, socket]) => {
    const read = async (path, options) => {
        try {
            const answer = await fetch(page + path, options);
            return [answer.status, (await answer.text()).length];
        } catch (refused) {
            return ["refused", 0];
        }
    };
    const opened = (address) => new Promise((done) => {
        const socket = new WebSocket(address, ["streamlit"]);
        socket.onopen = () => done("opened");
        socket.onerror = () => done("refused");
    });
    return {
        pages: [await read("/"), await read("/timeline"), await read("/_stcore/health"), await read("/feeds/calendar.ics")],
        writes: [await read("/_stcore/upload_file/a/b", {method: "PUT", body: "x"}), await read("/", {method: "POST", body: "x"})],
        sockets: [await opened(socket + "/_stcore/stream")],
    };
}"""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server, and the file of what it asks of the network."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "sitecustomize.py").write_text(HOOK)
    outgoing = folder / "outgoing"
    process, address = start_server(folder / "log", PYTHONPATH=str(folder), OUTGOING=str(outgoing))
    yield address, outgoing
    stop_server(process)


@pytest.fixture
def attacker(browser: Browser, watched: tuple[str, Path]) -> Iterator[Page]:
    """A page under a name that points at our server by now, with a script of the attacker's that no policy holds."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"http://evil.example:{urlsplit(watched[0]).port}/")
    yield page
    context.close()


def outgoing(file: Path) -> list[Any]:
    """What left the machine, or was looked up on the way."""
    left = []
    for line in file.read_text().splitlines() if file.exists() else []:
        event, asked = json.loads(line)
        try:
            local = (
                ipaddress.ip_address(str(asked[0]).strip("'")).is_loopback
                if isinstance(asked, list)
                else asked in ("'localhost'", "'127.0.0.1'")
            )
        except ValueError:
            local = False
        if not local:
            left.append((event, asked))
    return left


def test_a_name_that_points_here_reads_nothing_and_opens_no_websocket(
    attacker: Page, watched: tuple[str, Path]
) -> None:
    there = urlsplit(attacker.url).netloc
    found = attacker.evaluate(KNOCK, [f"http://{there}", f"ws://{there}"])
    assert [status for status, _ in found["pages"]] == [421] * 4
    assert max(length for _, length in found["pages"]) < 300
    assert [status for status, _ in found["writes"]] == [421] * 2
    assert found["sockets"] == ["refused"]
    answer = attacker.goto(f"http://{there}/timeline")
    assert answer is not None
    assert answer.status == 421
    assert "timeline" not in attacker.content().lower()


def test_another_website_opens_nothing_and_makes_the_server_ask_nobody(
    attacker: Page, watched: tuple[str, Path], visit: Visit
) -> None:
    address, file = watched
    ours = urlsplit(address).netloc
    found = attacker.evaluate(KNOCK, [address, f"ws://{ours}"])
    assert {status for status, _ in found["pages"] + found["writes"]} == {"refused"}
    assert found["sockets"] == ["refused"]
    # A reader is served at the same time, and that asks nobody either.
    visit.page.goto(f"{address}/timeline")
    settled(visit.page)
    assert set(visit.hosts) == {ours}
    assert outgoing(file) == []


def test_the_watch_would_see_it(watched: tuple[str, Path], tmp_path: Path) -> None:
    """The list is not empty because nobody looks: an address outside and a name are seen by the same hook."""
    import os
    import subprocess
    import sys

    seen = tmp_path / "seen"
    script = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.connect(('192.0.2.1', 9))\n"
    environment = {**os.environ, "PYTHONPATH": str(watched[1].parent), "OUTGOING": str(seen)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    assert outgoing(seen) == [("socket.connect", ["192.0.2.1", 9])]
