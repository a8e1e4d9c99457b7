"""Polls a second of our server and of Radicale, both serving the same calendar of 1,000 and of 10,000 events.

``python -m tests.benchmarks.polls`` starts both as they are started in earnest, lets Radicale import what our feed says,
and has one client of each ask in turns, each time over a new connection and with the tag of its last copy: first
when nothing has changed, then after one event has. The change itself, a save there and a PUT here, is not timed. Medians
are printed, as polls a second of one client, and how many times as many that is. Radicale has no answer 304 for a whole calendar: its
client gets all of it each time.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.calendar import Filter
from calendar_model.feeds import feed_rows, feed_url
from calendar_model.mission.transactions import save
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import FOLDER_VARIABLE
from calendar_model.store.models import Event, Person
from calendar_model.terms import EventKind
from calendar_model.vocabulary import UID_DOMAIN, Sensitivity, Standing
from tests.benchmarks.folder import large_folder, prepare
from tests.benchmarks.stopwatch import timed
from tests.browser.conftest import free_port, start_server, stop_server
from tests.day import TODAY

UNCHANGED, CHANGED = 9, 9
"""Polls of Radicale's that are timed; of ours twenty times as many where nothing changes, because they are short."""


def main() -> None:
    """Start, ask, and print."""
    prepare()
    with tempfile.TemporaryDirectory() as parent:
        os.environ[DATA_VARIABLE] = str(large_folder(Path(parent), 9_999))
        os.environ[FOLDER_VARIABLE] = parent
        ours, theirs = start_server(Path(parent) / "log"), _start_radicale(Path(parent) / "radicale")
        try:
            event = _Moving(member(save(ANONYMOUS, Person, {"name": "Desk"})))
            print(f"{'events':>8}  polls a second   {'ours':>14}{'Radicale':>14}")
            for chosen in (_about(1_000), Filter(start=date(1900, 1, 1), end=date(2100, 12, 31))):
                _measure(feed_url(ours[1], chosen, windows=True), f"{theirs[1]}/user/calendar/", event)
        finally:
            stop_server(ours[0])
            stop_server(theirs[0])


class _Moving:
    """A public event of the mission's own, that is put off by a day as often as is asked, here and in Radicale."""

    def __init__(self, desk: Viewer) -> None:
        values = {"title": "Side event", "event_kind": EventKind.SIDE_EVENT, "body": "un-hrc"}
        at = {"standing": Standing.CONFIRMED, "start": TODAY, "end": TODAY}
        self._desk, self._seen = desk, 1
        self._made = save(desk, Event, {**values, **at, "sensitivity": Sensitivity.INTERNAL})
        self._save({"sensitivity": Sensitivity.PUBLIC})

    def move(self, feed: bytes, theirs: str) -> None:
        """A day later; ``feed`` is where Radicale's copy is taken from."""
        was = TODAY + timedelta(days=self._seen - 2)
        day = was + timedelta(days=1)
        self._save({"start": day, "end": day})
        uid = f"event-{self._made}@{UID_DOMAIN}"
        (event,) = [
            part for part in feed.split(b"BEGIN:VEVENT")[1:] if f"UID:{uid}".encode() in part.replace(b"\r\n ", b"")
        ]
        event = event.partition(b"END:VEVENT")[0].replace(f"{was:%Y%m%d}".encode(), f"{day:%Y%m%d}".encode(), 1)
        one = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Benchmark//EN\r\nBEGIN:VEVENT" + event
        one += b"END:VEVENT\r\nEND:VCALENDAR\r\n"
        status = _ask(f"{theirs}{uid}.ics", "PUT", one).status
        if status not in (201, 204):
            raise SystemExit(f"Radicale took the change of an event with {status}, so its times say nothing.")

    def _save(self, values: dict[str, object]) -> None:
        reason = "It may be seen by all who ask."
        save(self._desk, Event, values, record_id=self._made, seen=self._seen, reason=reason)
        self._seen += 1


class _Answer(NamedTuple):
    status: int
    tag: str
    body: bytes


def _ask(address: str, method: str = "GET", body: bytes | None = None, tag: str = "") -> _Answer:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=600)
    headers = {"If-None-Match": tag} if tag else {}
    if body is not None:
        headers["Content-Type"] = "text/calendar"
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
    answer = connection.getresponse()
    found = _Answer(answer.status, answer.headers.get("ETag", ""), answer.read())
    connection.close()
    return found


def _measure(ours: str, theirs: str, event: _Moving) -> None:
    feed = _ask(ours)
    events = feed.body.count(b"BEGIN:VEVENT")
    _ask(theirs, "PUT", feed.body)
    copies = [feed, _ask(theirs)]
    if copies[1].body.count(b"BEGIN:VEVENT") != events:
        raise SystemExit("The two calendars differ, so their times say nothing.")

    def poll(whose: int, due: int) -> float:
        with timed() as took:
            answer = _ask((ours, theirs)[whose], tag=copies[whose].tag)
        if answer.status != due:
            raise SystemExit(f"An answer was {answer.status} and not {due}, so its time says nothing.")
        if answer.status == 200:
            copies[whose] = answer
        return took.seconds

    # In turns, so that a machine that slows down does so for both.
    pairs = [([poll(0, 304) for _ in range(20)], poll(1, 200)) for _ in range(UNCHANGED)]
    _print(f"{events:>8,}  nothing changed  ", [time for some, _ in pairs for time in some], [one for _, one in pairs])
    changed: tuple[list[float], list[float]] = [], []
    for _ in range(CHANGED):
        event.move(copies[0].body, theirs)
        for whose in (0, 1):
            changed[whose].append(poll(whose, 200))
    _print(f"{events:>8,}  one event changed", *changed)


def _print(says: str, ours: list[float], theirs: list[float]) -> None:
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{says}{1 / mine:>14,.0f}{1 / other:>14,.1f}{other / mine:>10,.0f} times", flush=True)


def _about(events: int) -> Filter:
    """The longest period from today of so many events, or of a few less."""
    reference, table = calendar.current()
    found = Filter(start=TODAY, end=TODAY)
    for days in range(1, 3000):
        longer = Filter(start=TODAY, end=TODAY + timedelta(days=days))
        if len(feed_rows(table, longer, reference, windows=True)) >= events:
            break
        found = longer
    return found


def _start_radicale(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    options = ["--config", "", "--server-hosts", f"127.0.0.1:{port}", "--storage-filesystem-folder", str(folder)]
    options += ["--auth-type", "none", "--logging-level", "error"]
    process = subprocess.Popen([sys.executable, "-m", "radicale", *options], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            if _ask(f"{address}/user/", "MKCOL").status == 201:
                return process, address
        except OSError:
            time.sleep(0.05)
    stop_server(process)
    raise SystemExit("Radicale did not start.")


if __name__ == "__main__":
    main()
