"""Many readers at once: how long they wait for a page, and what a session costs.

``python -m tests.benchmarks.load`` starts one dashboard and then two on one PostgreSQL, has 30 and then 50 readers click
through all pages over the websockets that browsers use, each signed in under an account of their own, while programs poll
subscriptions 200 times a second. It prints what readers and polls waited for, and the memory a session takes.
``python -m tests.benchmarks.load 1 20`` measures one dashboard with twenty readers alone.

Between two clicks a reader looks at the page for ten seconds in the mean. Seven clicks in ten open another page, the
others narrow the page to an organisation. A run counts from the click to the end of the script on the server.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from calendar_model import calendar
from calendar_model.access.permissions import member
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.store.database import URL_VARIABLE, Workspace, open_workspace
from pages.components.shell.navigation import PAGES
from tests.benchmarks.folder import prepare
from tests.benchmarks.stopwatch import timed
from tests.benchmarks.workspace import fill
from tests.browser.conftest import free_port, start_server, stop_server
from tests.browser.sign_in import bind_account, claims_of, cookie, settings
from tests.databases import running_postgresql
from tests.day import TODAY

READERS, DASHBOARDS = (30, 50), (1, 2)
HOSTS, SUBSCRIPTIONS = 50, 500
TOO_LONG_SECONDS = 60
CHOICES = ("un-hrc", "osce", "coe", "un-ga", "eu", "asean")


@dataclass(frozen=True)
class Pace:
    """How long it goes on, how long a reader looks at a page in the mean, in seconds, and how many polls a second come.

    A reader clicks ``at_least`` so often, also where the time is over.
    """

    seconds: float = 60.0
    pause: float = 10.0
    polls: int = 200
    at_least: int = 0


@dataclass
class Waits:
    """Seconds that were waited for answers, and what went wrong."""

    first: list[float] = field(default_factory=list)
    """For the first page of each reader: it finds no part of theirs made."""
    clicks: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def main() -> None:
    prepare()
    dashboards, readers = ((int(sys.argv[1]),), (int(sys.argv[2]),)) if len(sys.argv) > 2 else (DASHBOARDS, READERS)
    with running_postgresql() as url, tempfile.TemporaryDirectory() as folder:
        address = url.format(database="load")
        with psycopg.connect(url.format(database="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE load")
        workspace = open_workspace(address)
        persons, feeds = people(workspace, max(readers))
        print(f"{'':27}{'first page':^17}{'later clicks':^27}{'polls':^30}")
        print(
            "dashboards  readers  clicks  median    95 %  median    95 %  longest  a second  median      95 %  MB each  errors"
        )
        for servers in dashboards:
            for number in readers:
                with dashboards_on(address, servers, Path(folder)) as (processes, addresses):
                    _measure(processes, addresses, persons[:number], feeds, Pace())
        workspace.close()


def people(
    workspace: Workspace, number: int, *, engagements: int = 2_000, subscriptions: int = SUBSCRIPTIONS
) -> tuple[list[str], list[str]]:
    """Persons with an account in the workspace of a busy mission, and the paths of their subscriptions."""
    _, table = calendar.current()
    persons = fill(
        workspace, table, TODAY, engagements=engagements, statements=engagements // 4, versions=5, officers=number
    )
    for person in persons:
        bind_account(person, workspace)
    owners = [member(persons[n % number]) for n in range(subscriptions)]
    made = [create_subscription(owner, workspace=workspace) for owner in owners]
    return persons, [f"/feeds/mine/{secret}.ics" for secret in made]


@contextmanager
def dashboards_on(
    database: str, number: int, folder: Path
) -> Iterator[tuple[list[subprocess.Popen[bytes]], list[str]]]:
    """So many dashboards on one database, each with its address, once each has answered."""
    with ExitStack() as stack:
        processes, addresses = [], []
        for port in [free_port() for _ in range(number)]:
            own = folder / f"dashboard-{port}"
            own.mkdir()
            environment = {**settings(own, port), URL_VARIABLE: database}
            process, address = start_server(own / "log", port, **environment)
            stack.callback(stop_server, process)
            processes.append(process)
            addresses.append(address)
        yield processes, addresses


def _measure(
    processes: Sequence[subprocess.Popen[bytes]],
    addresses: Sequence[str],
    persons: Sequence[str],
    feeds: Sequence[str],
    pace: Pace,
) -> None:
    servers = [psutil.Process(process.pid) for process in processes]
    asyncio.run(_read(addresses, [persons[0]] * len(addresses), Pace(seconds=0)))
    before = sum(server.memory_info().rss for server in servers)
    spawning = multiprocessing.get_context("spawn")
    with spawning.Manager() as shared, spawning.Pool(1) as other:
        started = shared.Event()
        polling = other.apply_async(_poll_for, (list(addresses), list(feeds), pace, started))
        if not started.wait(10 * TOO_LONG_SECONDS):
            raise SystemExit("The programs did not get a first copy of their calendars, so the times say nothing.")
        waits = asyncio.run(_read(addresses, persons, pace))
        polled = polling.get()
    memory = (sum(server.memory_info().rss for server in servers) - before) / len(persons) / 1e6
    waits.polls, faults = polled.polls, [*waits.faults, *polled.faults]
    pages = [f"{one:5.2f} s" for one in (*_quantiles(waits.first), *_quantiles(waits.clicks), max(waits.clicks))]
    polls = [f"{1000 * one:6.0f} ms" for one in _quantiles(waits.polls)]
    counted = f"{len(addresses):>10}{len(persons):>9}{len(waits.clicks):>8}"
    print(
        counted,
        *pages,
        f"{len(waits.polls) / pace.seconds:>9.0f}",
        *polls,
        f"{memory:>8.1f}{len(faults):>8}",
        flush=True,
    )
    for fault in sorted(set(faults)):
        print(f"  {fault}: {faults.count(fault)}")


def _quantiles(found: Sequence[float]) -> tuple[float, float]:
    """The median, and what 95 of 100 do not exceed."""
    return statistics.median(found), statistics.quantiles(found, n=20, method="inclusive")[-1]


async def read_and_poll(addresses: Sequence[str], persons: Sequence[str], feeds: Sequence[str], pace: Pace) -> Waits:
    """Has persons click while programs poll, from this process."""
    waits, polled = await asyncio.gather(
        _read(addresses, persons, pace), _poll(addresses, feeds, pace, threading.Event())
    )
    return Waits(waits.first, waits.clicks, polled.polls, [*waits.faults, *polled.faults])


# --- Readers


async def _read(addresses: Sequence[str], persons: Sequence[str], pace: Pace) -> Waits:
    """Has persons click for so long, in turns at one of these addresses; opens a page each if there is no time."""
    waits = Waits()
    readers = [_Reader(addresses[n % len(addresses)], person, n, waits) for n, person in enumerate(persons)]
    await asyncio.gather(*(reader.read(pace) for reader in readers))
    return waits


class _Reader:
    """A browser with a page open, as far as the server can tell."""

    def __init__(self, address: str, person: str, number: int, waits: Waits) -> None:
        self.address, self.person, self.waits = address, person, waits
        self._dice = random.Random(number)
        self._pages: dict[str, str] = {}
        """The pages of the menu: the name of each in addresses, and Streamlit's name for it."""
        self._page, self._has_page = "", False
        self._field = ""
        """The field of the organisation on the page that is open, as Streamlit names it."""

    async def read(self, pace: Pace) -> None:
        try:
            await self._session(pace)
        except Exception as fault:  # noqa: BLE001  # whatever it is, it is an error that a reader meets
            self.waits.faults.append(f"{type(fault).__name__}")

    async def _session(self, pace: Pace) -> None:
        # Not all at once, and neither in step.
        await asyncio.sleep(self._dice.random() * min(pace.seconds, pace.pause))
        kept = cookie(self.address, claims_of(self.person))
        async with httpx.AsyncClient(cookies={kept["name"]: kept["value"]}, timeout=TOO_LONG_SECONDS) as client:
            # Like a browser, which asks for this next to the page and learns the token from it.
            for path in ("/", "/_stcore/health"):
                (await client.get(self.address + path)).raise_for_status()
            token = client.cookies["_streamlit_xsrf"]
        cookies = f"{kept['name']}={kept['value']}; _streamlit_xsrf={token}"
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        protocols: list[Any] = ["streamlit", token]
        ends = time.monotonic() + pace.seconds
        async with connect(
            stream,
            origin=Origin(self.address),
            subprotocols=protocols,
            additional_headers={"Cookie": cookies},
            max_size=None,
            compression=None,
        ) as connection:
            await self._click(connection)
            for number in count():
                pause = self._dice.expovariate(1 / pace.pause)
                if number >= pace.at_least and time.monotonic() + pause > ends:
                    return
                await asyncio.sleep(pause)
                if self._field and self._dice.random() < 0.3:
                    await self._click(connection, organisation=self._dice.choice(CHOICES))
                else:
                    self._page = self._dice.choice(sorted(self._pages.values()))
                    await self._click(connection)

    async def _click(self, connection: ClientConnection, organisation: str = "") -> None:
        """Asks for a page, or for the open one with a filter, and waits until the script on the server has ended."""
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash = self._page
        state.context_info.timezone = "Europe/Oslo"
        state.context_info.locale = "en-GB"
        state.context_info.url = self.address
        if organisation:
            state.query_string = f"organisation={organisation}"
            chosen = state.widget_states.widgets.add()
            chosen.id = self._field
            chosen.string_array_value.data.append(organisation)
        else:
            self._field = ""
        with timed() as took:
            await connection.send(message.SerializeToString())
            async with asyncio.timeout(TOO_LONG_SECONDS):
                while not self._take(ForwardMsg.FromString(await connection.recv(decode=False))):
                    pass
        waits = self.waits.clicks if self._has_page else self.waits.first
        waits.append(took.seconds)
        self._has_page = True

    def _take(self, answer: ForwardMsg) -> bool:
        """Takes a part of the answer; whether it was the last."""
        part = answer.WhichOneof("type")
        if part == "navigation":
            menu = {page.address for page in PAGES}
            shown = [page for page in answer.navigation.app_pages if page.url_pathname in menu]
            self._pages = {page.url_pathname: page.page_script_hash for page in shown}
        elif part == "page_config_changed":
            if answer.page_config_changed.title.startswith("Sign in"):
                raise SystemExit("The readers are not signed in, so the times say nothing.")
        elif part == "delta":
            drawn = answer.delta.new_element
            kind = drawn.WhichOneof("type")
            if kind == "multiselect" and drawn.multiselect.id.endswith("-organisation"):
                self._field = drawn.multiselect.id
            elif kind == "exception" or (kind == "alert" and drawn.alert.format == Alert.ERROR):
                self.waits.faults.append(f"{kind} on a page")
        elif part == "script_finished":
            ended = answer.script_finished
            if ended not in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN):
                self.waits.faults.append(f"script ended: {ForwardMsg.ScriptFinishedStatus.Name(ended)}")
            return bool(ended == ForwardMsg.FINISHED_SUCCESSFULLY)
        return False


# --- Polls


def _poll_for(addresses: Sequence[str], feeds: Sequence[str], pace: Pace, started: threading.Event) -> Waits:
    """Polls the feeds for so long, evenly, each with the tag of its last copy; says when it has a copy of all."""
    return asyncio.run(_poll(addresses, feeds, pace, started))


async def _poll(addresses: Sequence[str], feeds: Sequence[str], pace: Pace, started: threading.Event) -> Waits:
    waits, tags = Waits(), dict[str, str]()
    async with AsyncExitStack() as stack:
        clients = [
            # Each from an address of its own, as the limits of a host count them.
            await stack.enter_async_context(
                httpx.AsyncClient(
                    timeout=TOO_LONG_SECONDS,
                    # A program comes back after minutes, over a new connection.
                    transport=httpx.AsyncHTTPTransport(
                        local_address=f"127.0.1.{n + 1}", limits=httpx.Limits(max_keepalive_connections=0)
                    ),
                )
            )
            for n in range(HOSTS)
        ]

        async def ask(client: httpx.AsyncClient, address: str) -> None:
            tag = {"If-None-Match": tags[address]} if address in tags else {}
            try:
                with timed() as took:
                    answer = await client.get(address, headers=tag)
            except httpx.HTTPError as fault:
                waits.faults.append(f"poll: {type(fault).__name__}")
                return
            waits.polls.append(took.seconds)
            tags[address] = answer.headers.get("ETag", "")
            if answer.status_code not in (200, 304):
                waits.faults.append(f"poll: {answer.status_code}")

        every = [f"{addresses[n % len(addresses)]}{feed}" for n, feed in enumerate(feeds)]
        # The first copy of each takes longer, and is not what a program polls for.
        for n, address in enumerate(every):
            await ask(clients[n % HOSTS], address)
        waits.polls.clear()
        started.set()
        async with asyncio.TaskGroup() as asking:
            began = time.monotonic()
            for n in range(int(pace.seconds * pace.polls)):
                await asyncio.sleep(max(0.0, began + n / pace.polls - time.monotonic()))
                asking.create_task(ask(clients[n % HOSTS], every[n % len(every)]))
    return waits


if __name__ == "__main__":
    main()
