"""Calendars of others at an address, read again by hand or every so many hours.

Nothing is asked but what the administrator has listed: an address that somebody types must not reach into a network
that only the server can see. An address may be a secret of its own: it stands in no message, no log and no history,
beyond the name of its host.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import ssl
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model.access.permissions import Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.clock import now
from calendar_model.imports.calendar_import import CalendarSettings, no_progress, plan_calendar, write_calendar
from calendar_model.imports.plan import ImportPlan, ImportRefused, Progress
from calendar_model.imports.sandbox import MAX_BYTES
from calendar_model.mission.remote_calendars import followed
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace, WorkspaceError
from calendar_model.store.models import RemoteCalendar, RemoteVisit, new_id

VARIABLE = "HRD_CALENDAR_REMOTE"
"""Names the beginnings of the addresses that may be read, separated by commas or blanks."""
SECONDS = 30.0
"""How long a calendar may take to come, from the first question to its last octet, redirects included."""
REDIRECTS = 3
EVERY = timedelta(minutes=10)
"""How often the server looks which calendars are due."""

_PORTS = {"https": 443, "http": 80}
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_MOVED = frozenset({301, 302, 303, 307, 308})
_COLUMNS = ("name", "address", "body", "event_kind", "sensitivity", "timezone", "every_hours")


def allowed() -> tuple[str, ...]:
    """The beginnings of the addresses that may be read, as the administrator has listed them.

    Each is ``https://``, a host, and the first segments of a path. Plain ``http://`` is taken for a server on this
    same machine alone (``127.0.0.1``, ``::1``, ``localhost``). What is neither is left out.
    """
    return tuple(beginning for beginning in _in_the_list() if _beginning(beginning) is not None)


def not_allowed() -> tuple[str, ...]:
    """What the list holds beside the beginnings that :func:`allowed` gives."""
    return tuple(beginning for beginning in _in_the_list() if _beginning(beginning) is None)


def _in_the_list() -> list[str]:
    return [entry for entry in re.split(r"[,\s]+", os.environ.get(VARIABLE, "")) if entry]


def mine(viewer: Viewer, workspace: Workspace | None = None) -> list[RemoteCalendar]:
    """The calendars that a person follows, by name, each with its last visit."""
    asked = select(RemoteCalendar).options(selectinload(RemoteCalendar.visit))
    with reading(viewer, workspace) as session:
        theirs = asked.where(RemoteCalendar.person_id == viewer.person_id)
        return list(session.scalars(theirs.order_by(RemoteCalendar.name, RemoteCalendar.id)))


def add(viewer: Viewer, values: Mapping[str, Any], workspace: Workspace | None = None) -> str:
    """Follows a calendar from now on, and gives its identifier; ``values`` are columns of RemoteCalendar.

    Raises :class:`~calendar_model.access.problems.Refused` for an address that is not listed, and for what misses.
    """
    columns = _checked({**dict.fromkeys(("name", "address", "body", "timezone"), ""), **values})
    with writing(viewer, workspace=workspace) as session:
        remote = RemoteCalendar(id=new_id(), person_id=viewer.person_id, **columns)
        session.add(remote)
        return remote.id


def change(
    viewer: Viewer, remote_id: str, seen: int, values: Mapping[str, Any], workspace: Workspace | None = None
) -> None:
    """Changes how a calendar is followed, and from where; a column that is not among ``values`` stays.

    Raises Refused as :func:`add` does, and :class:`~calendar_model.access.unit_of_work.EditConflict`.
    """
    columns = _checked(values)
    with writing(viewer, workspace=workspace) as session:
        remote = _theirs(session, remote_id)
        if remote.version != seen:
            raise EditConflict
        for column, value in columns.items():
            setattr(remote, column, value)
        # The next time all of it is read: what its server said last was about the calendar as it was followed then.
        if remote.visit is not None:
            remote.visit.etag = remote.visit.last_modified = ""


def remove(viewer: Viewer, remote_id: str, workspace: Workspace | None = None) -> None:
    """Follows a calendar no longer; the events that it brought stay. Raises Refused if there is none."""
    with writing(viewer, workspace=workspace) as session:
        session.delete(_theirs(session, remote_id))


def preview(viewer: Viewer, remote_id: str, workspace: Workspace | None = None) -> ImportPlan:
    """What refreshing a calendar would do; nothing is written.

    Raises :class:`~calendar_model.imports.plan.ImportRefused` where it does not come, or is no calendar.
    """
    with reading(viewer, workspace) as session:
        remote = _theirs(session, remote_id)
    came = _fetch(remote.address)
    return plan_calendar(viewer, came.body, _settings(remote), workspace)


def refresh(viewer: Viewer, remote_id: str, workspace: Workspace | None = None) -> ImportPlan:
    """Reads a calendar again and takes over what is new, and gives what was done.

    The first time on a day all of it is read: the days that are taken over go on with the calendar's own. After that
    its server is asked whether it has changed. What came of it stands in the calendar's visit. Raises ImportRefused as
    :func:`preview` does, and Refused and EditConflict as
    :func:`~calendar_model.imports.calendar_import.write_calendar`.
    """
    with reading(viewer, workspace) as session:
        remote = _theirs(session, remote_id)
        visit = remote.visit
    same_day = visit is not None and visit.asked_at.date() == now().date()
    known = (visit.etag, visit.last_modified) if visit is not None and same_day else ("", "")
    try:
        came = _fetch(remote.address, *known)
        if came.unchanged:
            plan = ImportPlan((), ("The calendar has not changed since it was last read.",))
            _note(viewer, remote_id, came, "It has not changed since it was read before.", workspace)
            return plan
        plan = write_calendar(
            viewer, plan_calendar(viewer, came.body, _settings(remote), workspace), workspace=workspace
        )
    except (ImportRefused, Refused) as refused:
        _note(viewer, remote_id, _Came(), str(refused), workspace)
        raise
    _note(viewer, remote_id, came, _outcome(plan), workspace)
    return plan


def take_over(
    viewer: Viewer,
    remote_id: str,
    plan: ImportPlan,
    progress: Progress = no_progress,
    workspace: Workspace | None = None,
) -> ImportPlan:
    """Writes what :func:`preview` gave and nothing that came later, notes it in the calendar's visit, gives the plan.

    Raises Refused and EditConflict as :func:`~calendar_model.imports.calendar_import.write_calendar`.
    """
    with reading(viewer, workspace) as session:
        _theirs(session, remote_id)
    plan = write_calendar(viewer, plan, progress, workspace)
    _note(viewer, remote_id, _Came(), _outcome(plan), workspace)
    return plan


def refresh_due(
    at: datetime | None = None,
    workspace: Workspace | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, str]:
    """Refreshes the calendars whose hours are over at an instant (default: now), each as the person who follows it.

    Those of persons who are not active stay. One that fails does not keep others from being read. Gives what came of
    each, a sentence by its identifier. Asks ``stopped`` before each one whether to leave the others.
    """
    at = at or now()
    told: dict[str, str] = {}
    for one in followed(workspace):
        if stopped():
            break
        if not one.every_hours or (one.asked_at and at - one.asked_at < timedelta(hours=one.every_hours)):
            continue
        try:
            told[one.remote_id] = _outcome(refresh(member(one.person_id), one.remote_id, workspace))
        except (ImportRefused, Refused, WorkspaceError) as refused:
            told[one.remote_id] = str(refused)
        except Exception as fault:  # noqa: BLE001  the others are read all the same; what it says could hold an address
            told[one.remote_id] = f"It could not be read ({type(fault).__name__})."
    return told


async def keep_fresh(every: timedelta = EVERY) -> None:
    """Refreshes what is due, again and again, until it is cancelled."""
    over = False
    try:
        while True:
            await asyncio.sleep(every.total_seconds())
            try:
                await asyncio.to_thread(refresh_due, None, None, lambda: over)
            except WorkspaceError as fault:
                print(fault, file=sys.stderr)
    finally:
        over = True


def _theirs(session: Session, remote_id: str) -> RemoteCalendar:
    asked = select(RemoteCalendar).options(selectinload(RemoteCalendar.visit)).where(RemoteCalendar.id == remote_id)
    if (found := session.scalar(asked)) is None:
        raise Refused("This calendar is not followed any more, or not by you. Go back to the list.")
    return found


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column: values[column] for column in _COLUMNS if column in values}
    for column, says in (
        ("name", "Say whose calendar it is: its events are known by that."),
        ("body", "Say to which organisation or body its events belong: they stand in its lane on the timeline."),
    ):
        if column in columns:
            columns[column] = str(columns[column] or "").strip()
            if not columns[column]:
                raise Refused(says)
    if "timezone" in columns and not _is_zone(columns["timezone"]):
        raise Refused("Choose the time zone in which hours without a zone of their own are.")
    if not 0 <= columns.get("every_hours", 0) <= 24 * 366:
        raise Refused("Say after how many hours it is read again, or 0 for by hand only.")
    if "address" in columns:
        try:
            columns["address"] = str(_listed(str(columns["address"] or "")))
        except ImportRefused as refused:
            raise Refused(str(refused)) from None
    return columns


def _is_zone(name: object) -> bool:
    try:
        return isinstance(name, str) and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _settings(remote: RemoteCalendar) -> CalendarSettings:
    return CalendarSettings(
        remote.body, remote.event_kind, remote.sensitivity, remote.timezone or "UTC", remote.name, source=remote.id
    )


def _outcome(plan: ImportPlan) -> str:
    told = ", ".join(f"{count} {outcome}" for outcome, count in plan.counts.items())
    return f"Of its events: {told}." if told else "Nothing in it has changed."


def _note(viewer: Viewer, remote_id: str, came: _Came, outcome: str, workspace: Workspace | None) -> None:
    """Keeps when a calendar was asked, and what came of it; one that is not followed any more has nothing to keep."""
    with writing(viewer, workspace=workspace) as session:
        if session.get(RemoteCalendar, remote_id) is None:
            return
        visit = session.get(RemoteVisit, remote_id)
        if visit is None:
            session.add(visit := RemoteVisit(id=remote_id))
        visit.asked_at, visit.outcome = now(), outcome
        visit.etag, visit.last_modified = came.etag, came.last_modified


def _beginning(text: str) -> httpx.URL | None:
    """A listed beginning as an address; None for what is none."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return None
    local = url.scheme == "http" and url.host in _HERE
    plain = not url.userinfo and not url.query and not url.fragment
    return url if plain and url.host and (url.scheme == "https" or local) else None


def _listed(address: str) -> httpx.URL:
    """An address that may be asked; raises ImportRefused for any other. ``webcal:`` is https, as clients read it."""
    try:
        url = httpx.URL(re.sub(r"^webcals?:", "https:", address.strip(), flags=re.IGNORECASE))
    except httpx.InvalidURL:
        url = httpx.URL("")
    if not url.host:
        raise ImportRefused(
            "This is not an address of a calendar. Paste it whole: it begins with https:// or webcal://."
        )
    if url.userinfo:
        raise ImportRefused("A name or password in an address is sent to nobody. Ask for an address without one.")
    url = url.copy_with(fragment=None)
    if any(_within(url, beginning) for text in allowed() if (beginning := _beginning(text)) is not None):
        return url
    raise ImportRefused(
        f"Calendars at {url.host} are not read: whoever runs this dashboard lists those that are, in {VARIABLE}."
    )


def _within(url: httpx.URL, beginning: httpx.URL) -> bool:
    if (url.scheme, url.raw_host, url.port or _PORTS.get(url.scheme)) != (
        beginning.scheme,
        beginning.raw_host,
        beginning.port or _PORTS.get(beginning.scheme),
    ):
        return False
    path, first = (one.raw_path.partition(b"?")[0].decode("ascii") for one in (url, beginning))
    # A server may read an escaped step upwards as one, and so leave what is listed.
    if re.search(r"[\\/]\.{1,2}([\\/]|$)|//|\\", unquote(unquote(path))):
        return False
    return path == first or path.startswith(first if first.endswith("/") else f"{first}/")


@dataclass(frozen=True)
class _Came:
    """What a server answered."""

    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


_asking: ContextVar[bool] = ContextVar("asking", default=False)


def _not_while_asking(_record: logging.LogRecord) -> bool:
    return not _asking.get()


for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
    # They write whole addresses and headers.
    logging.getLogger(_name).addFilter(_not_while_asking)


def _fetch(address: str, etag: str = "", last_modified: str = "") -> _Came:
    """What stands at an address, if it is listed still; raises ImportRefused for whatever keeps it from coming."""
    url = _listed(address)
    try:
        return asyncio.run(_within_time(url, etag, last_modified))
    except TimeoutError:
        raise ImportRefused(f"{url.host} took too long to answer. Try again later.") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
        raise ImportRefused(
            f"{url.host} cannot be reached, or does not answer as it should. Try again later."
        ) from None


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def _within_time(url: httpx.URL, etag: str, last_modified: str) -> _Came:
    _asking.set(True)
    headers = {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    # One clock for all of it: a server that sends a letter now and then would never be late by any other.
    opened = httpx.AsyncClient(verify=_trust(), timeout=SECONDS, trust_env=url.scheme == "https")
    async with asyncio.timeout(SECONDS), opened as client:
        for _ in range(REDIRECTS + 1):
            async with client.stream("GET", url, headers=headers) as answer:
                if answer.status_code not in _MOVED or "location" not in answer.headers:
                    return await _read(answer, url, _Came(b"", etag, last_modified, unchanged=True))
                url = _listed(str(url.join(answer.headers["location"])))
    raise ImportRefused(f"{url.host} sends from one address to another and comes to no end. Ask for the right one.")


async def _read(answer: httpx.Response, url: httpx.URL, before: _Came) -> _Came:
    if answer.status_code == 304 and (before.etag or before.last_modified):
        return before
    if answer.status_code != 200:
        raise ImportRefused(_status(url, answer.status_code))
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ImportRefused(
            f"{url.host} packs the calendar though it was asked not to. Download the file and import it."
        )
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise ImportRefused(
                f"The calendar at {url.host} has more than {MAX_BYTES // 2**20} MB. Ask for a shorter one."
            )
    return _Came(bytes(body), answer.headers.get("etag", "")[:200], answer.headers.get("last-modified", "")[:100])


def _status(url: httpx.URL, status: int) -> str:
    if status in (401, 403):
        return f"{url.host} does not let us read the calendar ({status}). Ask its keeper for an address that is open."
    if status in (404, 410):
        return (
            f"There is no calendar at this address of {url.host} any more ({status}). Ask its keeper for the new one."
        )
    return f"{url.host} answered with {status} instead of a calendar. Try again later."
