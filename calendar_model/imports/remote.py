"""Followed calendars: read from an address, by hand or at an interval in hours."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model.access.permissions import Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.clock import now
from calendar_model.imports.calendar_comparison import CalendarSettings
from calendar_model.imports.calendar_import import plan_calendar, write_calendar
from calendar_model.imports.explanations import counts_text
from calendar_model.imports.fetching import Answer, fetch, listed
from calendar_model.imports.plan import ImportNote, ImportPlan, ImportRefused, Progress, no_progress
from calendar_model.mission.events import zone_of
from calendar_model.mission.remote_calendars import list_followed_calendars
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Job, Workspace, WorkspaceError, current_workspace
from calendar_model.store.models import RemoteCalendar, RemoteVisit, new_id
from calendar_model.store.sealing import UNREADABLE

EVERY = timedelta(minutes=10)
"""How often the server checks which calendars are due."""

_COLUMNS = ("name", "address", "body", "event_kind", "sensitivity", "timezone", "every_hours")
_MOST_HOURS = 24 * 366


def followed_by(viewer: Viewer, workspace: Workspace | None = None) -> list[RemoteCalendar]:
    """Return the calendars that a person follows, by name, each with its last visit."""
    with_visit = select(RemoteCalendar).options(selectinload(RemoteCalendar.visit))
    with reading(viewer, workspace) as session:
        theirs = with_visit.where(RemoteCalendar.person_id == viewer.person_id)
        return list(session.scalars(theirs.order_by(RemoteCalendar.name, RemoteCalendar.id)))


def follow(viewer: Viewer, values: Mapping[str, Any], workspace: Workspace | None = None) -> str:
    """Follow a calendar from now on, and return its identifier; ``values`` are columns of RemoteCalendar.

    Raises :class:`~calendar_model.access.problems.Refused` for an address that is not listed, and for missing values.
    """
    columns = _checked({**dict.fromkeys(("name", "address", "body", "timezone"), ""), **values})
    with writing(viewer, workspace=workspace) as session:
        remote = RemoteCalendar(id=new_id(), person_id=viewer.person_id, **columns)
        session.add(remote)
        return remote.id


def change(
    viewer: Viewer, remote_id: str, seen: int, values: Mapping[str, Any], workspace: Workspace | None = None
) -> None:
    """Change the address or settings of a followed calendar; columns not in ``values`` stay.

    Raises Refused as :func:`follow` does, and :class:`~calendar_model.access.unit_of_work.EditConflict`.
    """
    columns = _checked(values)
    with writing(viewer, workspace=workspace) as session:
        remote = _load(session, remote_id)
        if remote.version != seen:
            raise EditConflict
        for column, value in columns.items():
            setattr(remote, column, value)
        # The next visit reads all of it: the server's last answer was for the earlier settings.
        if remote.visit is not None:
            remote.visit.etag = remote.visit.last_modified = ""


def unfollow(viewer: Viewer, remote_id: str, workspace: Workspace | None = None) -> None:
    """Stop following a calendar; its events stay. Raises Refused if there is none."""
    with writing(viewer, workspace=workspace) as session:
        session.delete(_load(session, remote_id))


def preview(viewer: Viewer, remote_id: str, workspace: Workspace | None = None) -> ImportPlan:
    """Return what refreshing a calendar would do; nothing is written.

    Raises :class:`~calendar_model.imports.plan.ImportRefused` if it cannot be fetched, or is not a calendar.
    """
    with reading(viewer, workspace) as session:
        remote = _load(session, remote_id)
    return plan_calendar(viewer, fetch(_address(remote)).body, _settings(remote), workspace)


def refresh(viewer: Viewer, remote_id: str, workspace: Workspace | None = None) -> ImportPlan:
    """Read a calendar again, import what is new, and return the plan.

    The first visit of a day reads all of it, because the imported period moves with the date. Later visits ask the
    server whether it has changed. The outcome is kept with the visit. Raises ImportRefused as
    :func:`preview` does, and Refused and EditConflict as
    :func:`~calendar_model.imports.calendar_import.write_calendar`.
    """
    with reading(viewer, workspace) as session:
        remote = _load(session, remote_id)
        visit = remote.visit
    same_day = visit is not None and visit.asked_at.date() == now().date()
    known = (visit.etag, visit.last_modified) if visit is not None and same_day else ("", "")
    try:
        answer = fetch(_address(remote), *known)
        if answer.unchanged:
            _keep_visit(viewer, remote_id, answer, "It has not changed since it was last read.", workspace)
            return ImportPlan((), (ImportNote("remote-not-changed"),))
        plan = plan_calendar(viewer, answer.body, _settings(remote), workspace)
        write_calendar(viewer, plan, workspace=workspace)
    except Refused as refused:
        _keep_visit(viewer, remote_id, Answer(), str(refused), workspace)
        raise
    _keep_visit(viewer, remote_id, answer, _outcome_text(plan), workspace)
    return plan


def write_preview(
    viewer: Viewer,
    remote_id: str,
    plan: ImportPlan,
    progress: Progress = no_progress,
    workspace: Workspace | None = None,
) -> ImportPlan:
    """Write the plan from :func:`preview`, without later changes; keep the outcome with the visit, and return the plan.

    Raises Refused and EditConflict as :func:`~calendar_model.imports.calendar_import.write_calendar`.
    """
    with reading(viewer, workspace) as session:
        _load(session, remote_id)
    write_calendar(viewer, plan, progress, workspace)
    _keep_visit(viewer, remote_id, Answer(), _outcome_text(plan), workspace)
    return plan


def refresh_due(
    at: datetime | None = None,
    workspace: Workspace | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, str]:
    """Refresh the calendars due at an instant (default: now), each as the person who follows it.

    Calendars of inactive persons are skipped. A failure does not stop the others. While another process does this for
    the same workspace, nothing is done. Returns the outcome of each as a sentence by identifier. ``stopped`` is asked
    before each one whether to stop.
    """
    workspace = workspace or current_workspace()
    with workspace.claim(Job.REFRESH) as mine:
        return _refresh_due(at or now(), workspace, stopped) if mine else {}


def _refresh_due(at: datetime, workspace: Workspace, stopped: Callable[[], bool]) -> dict[str, str]:
    outcomes: dict[str, str] = {}
    for one in list_followed_calendars(workspace):
        if stopped():
            break
        if not one.every_hours or (one.asked_at and at - one.asked_at < timedelta(hours=one.every_hours)):
            continue
        try:
            outcomes[one.remote_id] = _outcome_text(refresh(member(one.person_id), one.remote_id, workspace))
        except (Refused, WorkspaceError) as refused:
            outcomes[one.remote_id] = str(refused)
        except Exception as fault:  # noqa: BLE001  the others are read all the same; its text could hold an address
            outcomes[one.remote_id] = f"It could not be read ({type(fault).__name__})."
    return outcomes


async def keep_fresh(every: timedelta = EVERY) -> None:
    """Refresh due calendars repeatedly, until cancelled."""
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


def _load(session: Session, remote_id: str) -> RemoteCalendar:
    """Return a calendar that the reader follows, with its last visit. Raises Refused if there is none."""
    with_visit = select(RemoteCalendar).options(selectinload(RemoteCalendar.visit))
    if (found := session.scalar(with_visit.where(RemoteCalendar.id == remote_id))) is None:
        raise Refused(Problem("remote-not-followed"))
    return found


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cleaned columns of a remote calendar in ``values``. Raises Refused for missing or invalid values."""
    columns = {column: values[column] for column in _COLUMNS if column in values}
    for column in ("name", "body"):
        if column in columns:
            columns[column] = str(columns[column] or "").strip()
            if not columns[column]:
                raise Refused(Problem(f"remote-no-{column}", column))
    if "timezone" in columns and zone_of(str(columns["timezone"] or "")) is None:
        raise Refused(Problem("ics-no-zone", "timezone"))
    if not 0 <= columns.get("every_hours", 0) <= _MOST_HOURS:
        raise Refused(Problem("remote-no-interval", "every_hours"))
    if "address" in columns:
        columns["address"] = str(listed(str(columns["address"] or "")))
    return columns


def _address(remote: RemoteCalendar) -> str:
    """Return the address; raise ImportRefused if it is encrypted and its key is missing."""
    if remote.address == UNREADABLE:
        raise ImportRefused("remote-unreadable")
    return remote.address


def _settings(remote: RemoteCalendar) -> CalendarSettings:
    return CalendarSettings(
        remote.body, remote.event_kind, remote.sensitivity, remote.timezone or "UTC", remote.name, source=remote.id
    )


def _outcome_text(plan: ImportPlan) -> str:
    """Return the outcome of a visit as kept and shown in the list of calendars."""
    counts = counts_text(plan)
    return f"Events: {counts}." if counts else "No changes."


def _keep_visit(viewer: Viewer, remote_id: str, answer: Answer, outcome: str, workspace: Workspace | None) -> None:
    """Keep the time and outcome of a visit, unless the calendar is no longer followed."""
    with writing(viewer, workspace=workspace) as session:
        if session.get(RemoteCalendar, remote_id) is None:
            return
        visit = session.get(RemoteVisit, remote_id)
        if visit is None:
            session.add(visit := RemoteVisit(id=remote_id))
        visit.asked_at, visit.outcome = now(), outcome
        visit.etag, visit.last_modified = answer.etag, answer.last_modified
