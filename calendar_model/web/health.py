"""Health of the server: whether the process answers, and whether what it serves from is there.

``GET /healthz``
    200 for as long as the process answers at all: restart it when it does not.
``GET /readyz``
    200 when the workspace's database answers, the reference can be read and the disk has room; else 503 with a
    sentence for each fault. The sentences are fixed: nothing of a record, an address or a file is in them.

Both answer to the same hosts as everything else. An outage is written to the log once when it is first seen, and once
when it is over, whether or not anybody asks ``/readyz``: the server looks by itself every :data:`EVERY_SECONDS`. What
the database says of itself, :mod:`calendar_model.store.failures` writes.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

from anyio import move_on_after, to_thread
from anyio.lowlevel import RunVar
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from calendar_model import calendar, clock
from calendar_model.access.unit_of_work import change_token
from calendar_model.store.database import WorkspaceError, opened_workspace
from calendar_model.store.failures import Failure, note_failure

EVERY_SECONDS = 30.0
PATIENCE_SECONDS = 4.0
"""How long the database may take to answer before it counts as unavailable."""

LEAST_FREE = 64 * 2**20
"""Free bytes required on the disk of the workspace's file: room for a backup and a day's changes."""

NO_DATABASE = "The database of the workspace does not answer."
NO_REFERENCE = "Part of the reference cannot be read; run `python -m calendar_model check` for the reason."
NO_ROOM = "The disk of the workspace is nearly full."

_log = logging.getLogger(__name__)
_looking: RunVar[asyncio.Task[list[str]] | None] = RunVar("calendar_model.web.health.looking")
_asking = Lock()


def _database() -> str:
    try:
        change_token()
    except WorkspaceError:
        return NO_DATABASE
    return ""


def _reference_and_disk() -> tuple[str, str]:
    return _reference(), _disk()


def _reference() -> str:
    return "" if calendar.current_reference().is_whole else NO_REFERENCE


def _disk() -> str:
    workspace = opened_workspace()
    if workspace is None or workspace.file is None:
        return ""  # it is away, or on a server that watches its own disk
    free = shutil.disk_usage(workspace.file.parent).free
    return NO_ROOM if free < LEAST_FREE else ""


class Outages:
    """Writes the beginning, each change and the end of an outage of the reference or the disk to the log, once. Safe
    between threads."""

    def __init__(self) -> None:
        self._reasons: tuple[str, ...] = ()
        self._since: datetime | None = None
        self._lock = Lock()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons that were noted last."""
        return self._reasons

    def note(self, reasons: Sequence[str]) -> None:
        """Record the current reasons."""
        with self._lock:
            if tuple(reasons) == self._reasons:
                return
            self._reasons, now = tuple(reasons), clock.machine_now().replace(microsecond=0)
            if reasons:
                self._since = self._since or now
                _log.warning("%s Not ready: %s", now.isoformat(), " ".join(reasons))
            elif self._since is not None:
                _log.warning("%s Ready again after %d seconds.", now.isoformat(), (now - self._since).total_seconds())
                self._since = None


OUTAGES = Outages()


async def look(database: Callable[[], str] = _database) -> list[str]:
    """Return why readers cannot be served properly; empty if they can. Each reason is logged once.

    ``database`` asks the database; where it does not end in time, the database counts as away. Probes that arrive while
    one is being answered get the same answer, so that many cost as much as one.
    """
    looking = _looking.get(None)
    if looking is None or looking.done():
        looking = asyncio.create_task(_look(database))
        _looking.set(looking)
    return await asyncio.shield(looking)


async def _look(database: Callable[[], str]) -> list[str]:
    away = NO_DATABASE
    with move_on_after(PATIENCE_SECONDS) as limit:
        away = await to_thread.run_sync(_ask_once_at_a_time, database, abandon_on_cancel=True)
    if limit.cancelled_caught and (workspace := opened_workspace()) is not None:
        note_failure(workspace.url, Failure.AWAY)
    local = [reason for reason in await to_thread.run_sync(_reference_and_disk) if reason]
    OUTAGES.note(local)
    return [away, *local] if away else local


def _ask_once_at_a_time(database: Callable[[], str]) -> str:
    """Ask the database. While one request is unanswered no other is made, and no thread waits for it."""
    if not _asking.acquire(blocking=False):
        return NO_DATABASE
    try:
        return database()
    finally:
        _asking.release()


async def watch(every: float = EVERY_SECONDS) -> None:
    """Look again and again, until it is cancelled."""
    while True:
        await look()
        await asyncio.sleep(every)


async def alive(request: Request) -> Response:
    """Answer as the process can."""
    return _plain_answer(200, "Alive.")


async def ready(request: Request) -> Response:
    """Answer as what it serves from can."""
    found = await look()
    return _plain_answer(503, "\n".join(found), {"Retry-After": "30"}) if found else _plain_answer(200, "Ready.")


def _plain_answer(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{sentence}\n", status, {"Cache-Control": "no-store", **(headers or {})})


ROUTES: list[BaseRoute] = [Route("/healthz", alive), Route("/readyz", ready)]
