"""A year of changes, followed by programs of others: one copy of everything, as the calendar has it, at every poll.

vdirsyncer keeps a folder in step with a subscription, and the open feed is imported into a Radicale server, both over
the network. What they hold is then read by icalendar and compared with the calendar table.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import logging
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpx
import icalendar
import pytest
import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette
from vdirsyncer.storage.filesystem import FilesystemStorage
from vdirsyncer.storage.http import HttpStorage
from vdirsyncer.sync import sync
from vdirsyncer.sync.status import SqliteStatus

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.calendar import Filter
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.feeds import ROUTES, feed_url, subscription_url
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import current_workspace
from calendar_model.store.models import Event, Record
from calendar_model.terms import EventKind
from calendar_model.vocabulary import WINDOWS, Precision, Sensitivity, Standing
from calendar_model.web import middleware
from tests.browser.conftest import free_port
from tests.day import TODAY

FIRST = TODAY
EVERY = timedelta(days=23)
POLLS = 17
STAFF = Viewer("", Sensitivity.INTERNAL)
CHOSEN = Filter(
    organisations=("osce", "un-hrc"),
    kinds=("meeting", "session", "side-event"),
    start=date(2026, 10, 1),
    end=date(2028, 12, 31),
)
ACTS: dict[str, dict[str, Any]] = {
    "moved": {"start": None},
    "confirmed": {"standing": Standing.CONFIRMED},
    "cancelled": {"standing": Standing.CANCELLED},
    "shown": {"sensitivity": Sensitivity.PUBLIC},
    "hidden": {"sensitivity": Sensitivity.INTERNAL},
}
MEETINGS = ("hrc-hls", "osce-mc", "whdc")


class Copy(NamedTuple):
    """What a subscriber sees of an item; whole days, the last one included, or instants in UTC."""

    start: date | datetime
    end: date | datetime
    status: str
    sequence: int
    summary: str


class Mission:
    """Who changes the calendar: its own events in the workspace, and the meetings of others in the reference."""

    def __init__(self, staff_member: Viewer, meetings: Path, seed: int) -> None:
        self.staff_member, self.file, self.chance = staff_member, meetings, random.Random(seed)
        self.today = FIRST
        self.known: dict[str, Copy] = {}
        self.projected: set[str] = set()
        self.events: dict[str, dict[str, Any]] = {}
        self.cancelled: dict[str, date] = {}
        self.done: set[str] = set()

    def work(self, known: dict[str, Copy], projected: set[str]) -> None:
        """Some changes of one day on which this is what the calendar holds, and what of it is projected."""
        self.known, self.projected = known, projected
        self.hold()
        for act in self.chance.sample([self.plan, self.plan, self.rework, self.rework, self.hear, self.hear], 4):
            act()

    def plan(self) -> None:
        """An event of the mission's own: of whole days or with hours, internal at first."""
        start = self.today + timedelta(days=self.chance.randrange(20, 150))
        values: dict[str, Any] = {
            "title": f"Side event {len(self.events) + 1}: naïve, “quoted”; and on",
            "event_kind": EventKind.SIDE_EVENT,
            "body": "un-hrc",
            "start": start,
            "end": start,
            "standing": Standing.PROVISIONAL,
            "sensitivity": Sensitivity.INTERNAL,
        }
        if self.chance.random() < 0.5:
            hours = {"start_time": clock(13), "end_time": clock(14, 30)}
            values |= {**hours, "timezone": "Europe/Zurich"}
        made = save(self.staff_member, Event, values)
        self.events[made] = values
        self._date(made)
        self.done.add("planned")

    def rework(self) -> None:
        """Moves, confirms, cancels, publishes or withdraws one of them."""
        act, change = self.chance.choice(list(ACTS.items()))
        able = [made for made, values in sorted(self.events.items()) if change.items() - values.items()]
        if not able:
            return
        made = self.chance.choice(able)
        values = self.events[made]
        if act == "moved":
            start = values["start"] + timedelta(days=self.chance.randrange(1, 40))
            change = {"start": start, "end": start}
        seen = values.pop("seen", 1)
        save(
            self.staff_member, Event, change, record_id=made, seen=seen, reason="The programme of the session says so."
        )
        values.update(change, seen=seen + 1)
        self._date(made)
        if values["standing"] is Standing.CANCELLED:
            self.cancelled[f"event-{made}"] = self.today
        else:
            self.cancelled.pop(f"event-{made}", None)
        self.done.add(act)

    def hear(self) -> None:
        """Somebody else fixes, moves, holds or cancels a meeting that was projected."""
        with self.file.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), list(reader)
        meeting = self.chance.choice(MEETINGS)
        known = [row for row in rows if row["meeting"] == meeting and row["start"] > self.today.isoformat()]
        row = self.chance.choice(known) if known else None
        if row is None or (row["standing"] == Standing.CANCELLED and self.chance.random() < 0.5):
            row = self._announced(meeting)
            if row is None or any(row["code"] == other["code"] for other in rows):
                return
            rows.append(row)
            self.done.add("announced")
        elif row["standing"] != Standing.CANCELLED:
            standing, name = self.chance.choice(
                [
                    (Standing.CONFIRMED, "settled"),
                    (Standing.CANCELLED, "called off"),
                    (Standing.PROVISIONAL, "postponed"),
                ]
            )
            if row["standing"] == standing != Standing.PROVISIONAL:
                return
            if name == "postponed":
                # Whoever keeps the reference raises the revision with every move.
                last = date.fromisoformat(row["end"])
                row["end"] = min(last + timedelta(days=1), date(last.year, 12, 31)).isoformat()
                row["revision"] = str(int(row["revision"]) + 1)
            row |= {"standing": standing.value, "updated": self.today.isoformat()}
            self.done.add(name)
            if standing is Standing.CANCELLED:
                self.cancelled[row["code"].removeprefix("replay-")] = self.today
        self._write(columns, rows)

    def hold(self) -> None:
        """What was confirmed and is over was held."""
        with self.file.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), list(reader)
        over = [row for row in rows if row["standing"] == Standing.CONFIRMED and row["end"] < self.today.isoformat()]
        for row in over:
            row |= {"standing": Standing.HELD.value, "updated": self.today.isoformat()}
            self.done.add("held")
        if over:
            self._write(columns, rows)

    def _announced(self, meeting: str) -> dict[str, str] | None:
        """The first edition that is only projected, with its days."""
        projected = [item for item in sorted(self.projected & self.known.keys()) if item.startswith(f"{meeting}-")]
        if not projected:
            return None
        item, found = projected[0], self.known[projected[0]]
        slot = item.removeprefix(f"{meeting}-").partition("-")[2] or "1"
        first = found.start + timedelta(days=self.chance.randrange(0, 20))
        return {
            "code": f"replay-{item}",
            "meeting": meeting,
            "slot": slot,
            "title": f"{found.summary}, as announced",
            "start": first.isoformat(),
            "end": (first + timedelta(days=2)).isoformat(),
            "date_precision": Precision.DAY.value,
            "standing": Standing.PROVISIONAL.value,
            "location": "Vienna",
            "confidence": "recalled",
            "revision": "0",
            "updated": self.today.isoformat(),
        }

    def _write(self, columns: list[str], rows: list[dict[str, str]]) -> None:
        with self.file.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def _date(self, made: str) -> None:
        """Lets the change have happened on the day of the replay, and not on that of the test."""
        at = datetime(self.today.year, self.today.month, self.today.day, 9, tzinfo=UTC)
        with current_workspace().writing() as connection:
            connection.execute(sa.update(Record).where(Record.id == made).values(updated_at=at))


@pytest.fixture
def address() -> Iterator[str]:
    """A server of the feeds, in this process."""
    config = uvicorn.Config(Starlette(routes=ROUTES, middleware=middleware()), port=free_port(), log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    _until(lambda: server.started)
    yield f"http://127.0.0.1:{config.port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    """The address of a calendar on a Radicale server of its own."""
    port = free_port()
    options = {
        "--config": "",
        "--server-hosts": f"127.0.0.1:{port}",
        "--storage-filesystem-folder": str(tmp_path / "radicale"),
        "--auth-type": "none",
        "--logging-level": "error",
    }
    log = (tmp_path / "radicale.log").open("wb")
    command = [sys.executable, "-m", "radicale", *(part for option in options.items() for part in option)]
    process = subprocess.Popen(command, stdout=log, stderr=log)

    def answers() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.request("MKCOL", f"http://127.0.0.1:{port}/user/").status_code == 201
        return False

    try:
        _until(answers)
        yield f"http://127.0.0.1:{port}/user/calendar/"
    finally:
        process.terminate()
        process.wait(10)
        log.close()


@pytest.fixture
def ask() -> Iterator[httpx.Client]:
    """Over the network, but not to anywhere else."""
    with httpx.Client(trust_env=False, verify=False, timeout=60) as client:
        yield client


def _until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def _synchronise(address: str, folder: Path) -> None:
    """As the program itself does it: what is new, changed and gone at the address is so in the folder."""
    async with aiohttp.TCPConnector() as connector:
        theirs, ours = HttpStorage(address, connector=connector), FilesystemStorage(str(folder / "items"), ".ics")
        with contextlib.closing(SqliteStatus(str(folder / "status"))) as status:
            await sync(theirs, ours, status, conflict_resolution="a wins", partial_sync="error")


def _read(calendars: list[bytes]) -> dict[str, Copy]:
    """What a program holds, by item; fails where it holds one twice."""
    found: dict[str, Copy] = {}
    for calendar in calendars:
        for event in icalendar.Calendar.from_ical(calendar).walk("VEVENT"):
            (item,) = parse_qs(urlsplit(str(event["URL"])).query)["item"]
            assert item not in found
            start, end = event.decoded("DTSTART"), event.decoded("DTEND")
            if not isinstance(end, datetime):
                end -= timedelta(days=1)
            found[item] = Copy(start, end, str(event["STATUS"]), event.decoded("SEQUENCE"), str(event["SUMMARY"]))
    return found


def _due(viewer: Viewer, today: date) -> dict[str, Copy]:
    """What FEEDS.md's contract and the calendar table say that a subscriber sees; the words of the summary aside."""
    reference, table = calendar_for(viewer)
    found = {}
    row: Any
    for row in CHOSEN.apply(table, reference).itertuples():
        if row.standing == Standing.CANCELLED and row.updated.date() + timedelta(days=90) < today:
            continue
        days = (row.start.date(), (row.start if row.date_precision in WINDOWS else row.entry_end).date())
        instants = (row.starts_at.to_pydatetime(), row.ends_at.to_pydatetime())
        tentative = row.standing not in (Standing.CONFIRMED, Standing.HELD) or row.date_precision != Precision.DAY
        status = "CANCELLED" if row.standing == Standing.CANCELLED else "TENTATIVE" if tentative else "CONFIRMED"
        found[row.item] = Copy(*(days if row.all_day else instants), status, row.sequence, row.title)
    return found


def _projected(viewer: Viewer) -> set[str]:
    _, table = calendar_for(viewer)
    return set(table.loc[table["standing"] == Standing.PROJECTED, "item"])


def test_a_year_of_changes(
    address: str,
    radicale: str,
    ask: httpx.Client,
    staff_member: Viewer,
    data_copy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    # What this filter never shows; with it each day of the year would take several times as long to work out.
    for name in ("upr_reviews.csv", "resolutions.csv", "milestone_dates.csv"):
        file = data_copy / name
        file.write_text(file.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    monkeypatch.setenv(TODAY_VARIABLE, FIRST.isoformat())
    folder = tmp_path / "vdirsyncer"
    (folder / "items").mkdir(parents=True)
    token = create_subscription(staff_member, chosen=CHOSEN, windows=True, expires_on=date(2028, 11, 23))
    mine, open_feed = subscription_url(address, token), feed_url(address, CHOSEN, windows=True)
    mission = Mission(staff_member, data_copy / "meetings.csv", seed=4)
    etag, sequences, unchanged, left = "", dict[str, int](), 0, set[str]()

    for number in range(POLLS):
        mission.today = today = FIRST + number * EVERY
        monkeypatch.setenv(TODAY_VARIABLE, today.isoformat())
        mission.work(_due(STAFF, today), _projected(STAFF))

        asyncio.run(_synchronise(mine, folder))
        answer = ask.get(open_feed, headers={"If-None-Match": etag})
        unchanged += answer.status_code == 304
        if answer.status_code != 304:
            etag = answer.headers["ETag"]
            sent = {"Content-Type": "text/calendar"}
            assert ask.put(radicale, content=answer.content, headers=sent).status_code == 201

        subscribed = _read([file.read_bytes() for file in (folder / "items").iterdir()])
        imported = _read([ask.get(radicale).content])
        for held, due in ((subscribed, _due(STAFF, today)), (imported, _due(ANONYMOUS, today))):
            assert {item: copy[:4] for item, copy in held.items()} == {item: copy[:4] for item, copy in due.items()}
            assert [item for item, copy in held.items() if due[item].summary not in copy.summary] == []
        for item, copy in subscribed.items():
            assert copy.sequence >= sequences.get(item, 0)
            sequences[item] = copy.sequence
        for item, since in mission.cancelled.items():
            stays = today <= since + timedelta(days=90)
            assert (item in subscribed) is stays
            if stays:
                assert subscribed[item].status == "CANCELLED"
                assert "Cancelled: " in subscribed[item].summary
            else:
                left.add(item)

    assert mission.done == {
        *("planned", "moved", "confirmed", "cancelled", "shown", "hidden"),
        *("announced", "settled", "called off", "postponed", "held"),
    }
    assert len(left) >= 3
    assert caplog.messages == []
