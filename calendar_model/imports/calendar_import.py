"""Imports of calendar files: preview one, and write it in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem
from calendar_model.access.unit_of_work import EditConflict, reading, upsert
from calendar_model.clock import today
from calendar_model.imports.calendar_comparison import CalendarSettings, KnownEvents, compare
from calendar_model.imports.plan import ImportLine, ImportPlan, ImportRefused, Outcome, Progress, no_progress
from calendar_model.imports.sandbox import read_in_sandbox
from calendar_model.mission.events import zone_of
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Event, Imported
from calendar_model.vocabulary import Sensitivity

LONGEST = timedelta(days=3660)
"""Maximum days between ``since`` and ``until``."""


def problems_of(settings: CalendarSettings) -> tuple[Problem, ...]:
    """Return the problems of the settings; empty if there are none."""
    found: list[Problem] = []
    if not settings.body:
        found.append(Problem("ics-no-body", "body"))
    if not settings.source_name.strip():
        found.append(Problem("ics-no-source-name", "source_name"))
    if zone_of(settings.timezone) is None:
        found.append(Problem("ics-no-zone", "timezone"))
    if settings.until < settings.since:
        found.append(Problem("ics-until-before-since", "until", {"since": settings.since}))
    elif settings.until - settings.since > LONGEST:
        found.append(Problem("ics-period-too-long", "until"))
    return tuple(found)


def plan_calendar(
    viewer: Viewer, data: bytes, settings: CalendarSettings, workspace: Workspace | None = None
) -> ImportPlan:
    """Return what importing an iCalendar file would do; nothing is written.

    Events are compared with those that ``viewer`` may see. Raises
    :class:`~calendar_model.imports.plan.ImportRefused` for a file from which nothing can be imported.
    """
    if problems := problems_of(settings):
        raise ImportRefused(problems[0].code, **problems[0].values)
    found = read_in_sandbox(
        "calendar",
        data,
        timezone=settings.timezone,
        since=settings.since.isoformat(),
        until=settings.until.isoformat(),
    )
    all_events = select(Event).options(selectinload(Event.imported)).order_by(Event.start, Event.title, Event.id)
    with reading(viewer, workspace) as session:
        known = KnownEvents(session.scalars(all_events))
    try:
        return compare(found, settings, known)
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        # The worker's answer is as untrusted as the file.
        if isinstance(fault, ImportRefused):
            raise
        raise ImportRefused("file-unreadable") from None


def write_calendar(
    viewer: Viewer, plan: ImportPlan, progress: Progress = no_progress, workspace: Workspace | None = None
) -> ImportPlan:
    """Write a plan in one transaction, all or nothing, and return it.

    Raises :class:`~calendar_model.access.problems.Refused` if a rule forbids it, and
    :class:`~calendar_model.access.unit_of_work.EditConflict` if an event was changed or imported since the plan
    was made.
    """
    lines = plan.to_write
    if not lines:
        return plan
    reason = f"Imported from the calendar “{lines[0].more['source_name']}”."
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        _check_still_new(session, lines)
        public: list[Event] = []
        for done, line in enumerate(lines, 1):
            event = upsert(session, viewer, Event, line.values, record_id=line.record_id, seen=line.seen)
            if line.outcome is Outcome.NEW:
                event.imported = Imported(record_id=event.id)
                if event.sensitivity is Sensitivity.PUBLIC:
                    public.append(event)
            if event.imported is None:
                raise EditConflict
            for column in ("uid", "occurrence", "source", "source_name", "values"):
                setattr(event.imported, column, line.more[column])
            event.imported.taken_on = today()
            progress(done, len(lines))
        # An event is created as internal; showing it to more people is a separate change with a reason.
        session.flush()
        for event in public:
            event.sensitivity = Sensitivity.PUBLIC
    return plan


def _check_still_new(session: Session, lines: Sequence[ImportLine]) -> None:
    """Raise EditConflict if the same file was imported in the meantime, so that its events are not created twice."""
    new = {(line.more["uid"], line.more["occurrence"]) for line in lines if line.outcome is Outcome.NEW}
    imported = select(Imported.uid, Imported.occurrence).where(Imported.uid.in_({uid for uid, _ in new}))
    if any((uid, occurrence) in new for uid, occurrence in session.execute(imported)):
        raise EditConflict
