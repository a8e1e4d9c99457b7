"""The dates of the items of the reference as they were seen, kept so that a change can say what they were before.

A dashboard notes what differs from what was noted last. However many do so, each change is noted once, because the
writer's lock is held from the look to the note. Nothing is noted while nobody follows anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, select

from calendar_model.store.database import Workspace
from calendar_model.store.models import Follow, observed_date
from calendar_model.vocabulary import Precision, Standing

LEAST_MOVE = timedelta(days=7)
"""By how much a forecast moves before readers are told."""
_AT_A_TIME = 500
"""How many items a query names."""


@dataclass(frozen=True)
class ObservedDate:
    """The dates of an item: ``start`` and ``end`` are days of the place, inclusive, of a window its first and last.

    ``starts_at`` is the instant of a timed item (UTC), ``timezone`` its place's (IANA) or empty. ``correction_id`` is
    the recorded correction from which they come, empty for the files of the reference and for forecasts.
    """

    item: str
    start: date
    end: date
    date_precision: str
    standing: str
    starts_at: datetime | None = None
    timezone: str = ""
    source_url: str = ""
    correction_id: str = ""

    def tells(self, before: ObservedDate) -> bool:
        """Whether it differs from what was seen before by more than readers are told.

        That its days have passed unconfirmed is no change of them. An expected day moves a little with each fact that
        becomes known: it tells of less than a week only once that adds up.
        """
        if self._days != before._days:
            moved = max(abs(self.start - before.start), abs(self.end - before.end))
            return not (self._is_expected and before._is_expected and moved < LEAST_MOVE)
        return self.standing not in (before.standing, Standing.NOT_CONFIRMED)

    @property
    def _is_expected(self) -> bool:
        return self.date_precision == Precision.EXPECTED and self.standing == Standing.PROJECTED

    @property
    def _days(self) -> tuple[object, ...]:
        return self.start, self.end, self.date_precision, self.starts_at


@dataclass(frozen=True)
class Observation:
    """The dates of an item, and when they were first seen (UTC)."""

    dates: ObservedDate
    at: datetime


def note(workspace: Workspace, seen: Iterable[ObservedDate], at: datetime) -> bool:
    """Note those of these dates that differ from what was noted of their item last, or are the first of it.

    Return whether it was looked: not while nobody follows anything. Raises
    :class:`~calendar_model.store.database.WorkspaceError`.
    """
    with workspace.single_statements() as connection:
        if connection.scalar(select(Follow.id).limit(1)) is None:
            return False
        known = _latest(connection)
    found = list(seen)
    if not _differing(found, known):
        return True
    with workspace.writing() as connection:
        known = _latest(connection)
        rows = [
            {**vars(one), "number": known[one.item][0] + 1 if one.item in known else 1, "at": at}
            for one in _differing(found, known)
        ]
        if rows:
            connection.execute(sa.insert(observed_date), rows)
    return True


def _differing(found: Iterable[ObservedDate], known: Mapping[str, tuple[int, ObservedDate]]) -> list[ObservedDate]:
    return [one for one in found if one.item not in known or one.tells(known[one.item][1])]


def _latest(connection: Connection) -> dict[str, tuple[int, ObservedDate]]:
    """What was noted last of each item, with its number."""
    newest = select(observed_date.c.item, sa.func.max(observed_date.c.number).label("number"))
    last = newest.group_by(observed_date.c.item).subquery()
    same = (observed_date.c.item == last.c.item) & (observed_date.c.number == last.c.number)
    rows = connection.execute(select(observed_date).join(last, same))
    return {row.item: (row.number, _dates(row)) for row in rows}


def noted_since(
    workspace: Workspace, items: Collection[str], since: datetime
) -> dict[str, tuple[Observation, Observation]]:
    """What was known of these items at an instant, and what is now; those of which nothing was noted since are left
    out, and those whose dates have come back to what they were.
    """
    wanted = sorted(items)
    found: dict[str, tuple[Observation, Observation]] = {}
    with workspace.single_statements() as connection:
        for first in range(0, len(wanted), _AT_A_TIME):
            some = wanted[first : first + _AT_A_TIME]
            changed = select(observed_date.c.item).where(observed_date.c.at > since, observed_date.c.item.in_(some))
            rows = select(observed_date).where(observed_date.c.item.in_(changed))
            of_item: dict[str, list[Observation]] = {}
            for row in connection.execute(rows.order_by(observed_date.c.item, observed_date.c.number)):
                of_item.setdefault(row.item, []).append(Observation(_dates(row), row.at))
            for item, noted in of_item.items():
                # Of an item that was first seen since then, what was seen first is all that is known of before.
                before = next((one for one in reversed(noted) if one.at <= since), noted[0])
                if noted[-1].dates.tells(before.dates):
                    found[item] = before, noted[-1]
    return found


def _dates(row: sa.Row[tuple[object, ...]]) -> ObservedDate:
    columns = row._mapping
    return ObservedDate(**{name: columns[name] for name in ObservedDate.__dataclass_fields__})
