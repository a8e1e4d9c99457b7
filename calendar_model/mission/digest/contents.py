"""What is in a digest: tasks, what others are to do, coming deadlines, and dates that have changed.

All of it is read as the person, at the level internal. The session's criteria let no restricted record through, also
where the person has access to it. Of internal ones they let through those of missions at which the person reads. So
nothing here has to leave anything out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar.display import listed_when
from calendar_model.mission.briefing import items_between
from calendar_model.mission.follows import DateChange, changed_dates, followed_items
from calendar_model.mission.tasks import Task, own_tasks
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import ItemLink, Record
from calendar_model.vocabulary import WINDOWS, Kind, Sensitivity, Standing

AHEAD = timedelta(days=14)
"""How far ahead deadlines are listed."""
_OVER = (Standing.HELD, Standing.CANCELLED)


@dataclass(frozen=True)
class ComingDeadline:
    """A deadline of the calendar; ``when`` is its date in words, with the hours in the person's zone."""

    item: str
    title: str
    when: str


@dataclass(frozen=True)
class Digest:
    """The contents of a digest in the reader's language; ``names`` are those of persons by identifier."""

    mine: Sequence[Task]
    waiting: Sequence[Task]
    deadlines: Sequence[ComingDeadline]
    changes: Sequence[DateChange]
    names: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.mine or self.waiting or self.deadlines or self.changes)


def reader(person_id: str) -> Viewer:
    """The viewer as whom a digest is made: the person, without any access to restricted records."""
    return Viewer(person_id, Sensitivity.INTERNAL)


def digest_of(person_id: str, zone: str, today: date, since: datetime) -> Digest:
    """Return the digest of a person in the reader's language: of their local day, with dates changed since an instant.

    ``zone`` (IANA) is the zone of the hours in it. Raises
    :class:`~calendar_model.store.database.WorkspaceError`.
    """
    viewer = reader(person_id)
    tasks = own_tasks(viewer, today)
    return Digest(
        mine=tuple(task for task in tasks.mine if not task.sample),
        waiting=tuple(task for task in tasks.waiting if not task.sample),
        deadlines=_deadlines(viewer, zone, today, followed_items(viewer)),
        changes=tuple(changed_dates(viewer, since)),
        names={one.id: one.name for one in staff()},
    )


def _deadlines(viewer: Viewer, zone: str, today: date, followed: Collection[str]) -> tuple[ComingDeadline, ...]:
    """The deadlines within :data:`AHEAD` of what is followed and of what the person's own records are linked to."""
    linked = select(ItemLink.item).join(Record, Record.id == ItemLink.record_id)
    with reading(viewer) as session:
        items = {*followed, *session.scalars(linked.where(Record.owner_id == viewer.person_id, ~Record.sample))}
    _reference, table = calendar_for(viewer)
    coming = items_between(table[(table["kind"] == Kind.DEADLINE).to_numpy()], today, today + AHEAD)
    concerns = coming["item"].isin(items) | coming["related_to"].isin(items)
    dated = ~coming["standing"].isin(_OVER) & ~coming["date_precision"].isin(WINDOWS) & ~coming["departure"]
    rows = coming[(concerns & dated).to_numpy()].sort_values(["start", "starts_at", "title"])
    return tuple(
        ComingDeadline(str(row["item"]), str(row["title"]), listed_when(row, as_of=today, zone=zone))
        for _index, row in rows.iterrows()
    )
