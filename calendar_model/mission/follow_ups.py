"""Follow-ups: what is to be done about a record, by whom and by when, and who can be made responsible.

A follow-up is visible to those who see its record, and shows only the record's kind and title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import upsert
from calendar_model.mission.checks import reads_at
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import Undoable, undoable
from calendar_model.store.database import Workspace
from calendar_model.store.models import Access, FollowUp, Person, Record
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity


def check_owners_see_records(session: Session, written: Iterable[object], deleted: Iterable[object]) -> None:
    """Raise Refused for an open follow-up whose owner cannot see its record, or would lose access by this change.

    It runs once levels and people with access are final. Older follow-ups that the change does not affect are not
    checked.
    """
    for row in written:
        if isinstance(row, FollowUp):
            _check_owner(session, row)
        elif isinstance(row, Record) and _changes_readers(row):
            _check_open_follow_ups(session, row)
    for row in deleted:
        if isinstance(row, Access):
            record = session.get(Record, row.record_id, execution_options={"everything": True})
            if record is not None and record not in session.deleted:
                _check_open_follow_ups(session, record)


def _changes_readers(record: Record) -> bool:
    state = inspect(record)
    columns = (state.attrs.sensitivity, state.attrs.mission_id)
    return bool(state.persistent and any(column.history.has_changes() for column in columns))


def _check_owner(session: Session, row: FollowUp) -> None:
    owner_changes = inspect(row).attrs.owner_id.history.has_changes()
    if row.done_on is not None or not (owner_changes or inspect(row).pending):
        return
    owner_id = row.owner_id or row.owner.id
    owner = session.get(Person, owner_id, execution_options={"everything": True})
    if owner is not None and not owner.active:
        raise Refused(Problem("follow-up-owner-inactive", "owner_id", {"name": owner.name}))
    record = row.record or session.get(Record, row.record_id)
    if record is not None and not _can_see(session, record, owner_id):
        raise Refused(Problem("follow-up-owner-without-access", "owner_id"))


def _check_open_follow_ups(session: Session, record: Record) -> None:
    if record.sensitivity is not Sensitivity.RESTRICTED and record.mission_id is None:
        return
    open_ = select(FollowUp).where(FollowUp.record_id == record.id, FollowUp.done_on.is_(None))
    for row in session.scalars(open_.execution_options(everything=True)):
        if row not in session.deleted and row.done_on is None and not _can_see(session, record, row.owner_id):
            owner = session.get(Person, row.owner_id, execution_options={"everything": True})
            raise Refused(Problem("follow-up-open", "named", {"name": owner.name if owner is not None else ""}))


def _can_see(session: Session, record: Record, person_id: str) -> bool:
    if record.sensitivity is Sensitivity.PUBLIC:
        return True
    if record.sensitivity is Sensitivity.INTERNAL:
        return reads_at(session, person_id, record.mission_id)
    if any(one.person_id == person_id and one.holds for one in record.named if one not in session.deleted):
        return True
    kept = select(Access).where(Access.record_id == record.id, Access.person_id == person_id)
    found = session.scalars(kept.execution_options(everything=True)).all()
    return any(one.holds and one not in session.deleted for one in found)


SOON = timedelta(days=7)
"""An open follow-up is due soon while less than this is left until its due day."""

COLUMNS = ("due", "what", "owner", "done_on", "outcome", "record_kind", "record_title", "sample")
"""Columns of :func:`follow_ups_table`."""


@dataclass(frozen=True)
class FollowUpLine:
    """A follow-up with its record; it is open while ``done_on`` is None."""

    id: str
    what: str
    due: date
    owner_id: str
    done_on: date | None
    outcome: str
    version: int
    record_id: str
    record_title: str
    record_kind: RecordKind
    sensitivity: Sensitivity
    """The sensitivity of the record."""
    sample: bool

    @property
    def restricted(self) -> bool:
        """Whether only people with access to the record see it."""
        return self.sensitivity is Sensitivity.RESTRICTED


class Nearness(StrEnum):
    """How near the due day of an open follow-up is."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"


def nearness(due: date, today: date) -> Nearness:
    """Return late after the due day, soon on that day and in the six days before, otherwise later."""
    if due < today:
        return Nearness.LATE
    return Nearness.SOON if due < today + SOON else Nearness.LATER


def open_follow_ups(session: Session) -> list[FollowUpLine]:
    """Return the open follow-ups that the session's viewer may see, the earliest due first."""
    return _lines(session, FollowUp.done_on.is_(None))


def follow_ups_done_since(session: Session, day: date) -> list[FollowUpLine]:
    """Return the follow-ups done on ``day`` or later, the latest first."""
    return _lines(session, FollowUp.done_on >= day)[::-1]


def list_follow_ups(session: Session, record_id: str) -> list[FollowUpLine]:
    """Return the follow-ups of a record: open ones, the earliest due first, then those done, the latest first."""
    found = _lines(session, FollowUp.record_id == record_id)
    open_ = [line for line in found if line.done_on is None]
    return [*open_, *(line for line in reversed(found) if line.done_on is not None)]


def by_owner(
    found: Iterable[FollowUpLine], person_id: str, today: date
) -> tuple[dict[Nearness, list[FollowUpLine]], list[FollowUpLine]]:
    """Divide open follow-ups into those of a person, by nearness (every key is present), and those of others."""
    mine: dict[Nearness, list[FollowUpLine]] = {due: [] for due in Nearness}
    others: list[FollowUpLine] = []
    for line in found:
        (mine[nearness(line.due, today)] if line.owner_id == person_id else others).append(line)
    return mine, others


def follow_ups_table(found: Sequence[FollowUpLine], names: Mapping[str, str]) -> pd.DataFrame:
    """Return follow-ups as a table for a file, with :data:`COLUMNS`, without those of restricted records.

    ``names`` are people's names by identifier. ``due`` and ``done_on`` are dates, ``sample`` is bool, the rest is text.
    """
    rows = [
        (
            line.due, line.what, names.get(line.owner_id, ""), line.done_on, line.outcome, str(line.record_kind),
            line.record_title, line.sample,
        )
        for line in found
        if not line.restricted
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _lines(session: Session, *conditions: ColumnElement[bool]) -> list[FollowUpLine]:
    asked = (
        select(
            FollowUp.id,
            FollowUp.what,
            FollowUp.due,
            FollowUp.owner_id,
            FollowUp.done_on,
            FollowUp.outcome,
            FollowUp.version,
            FollowUp.record_id,
            Record.title.label("record_title"),
            Record.kind.label("record_kind"),
            Record.sensitivity,
            Record.sample,
        )
        .join(FollowUp.record)
        .where(*conditions)
        .order_by(FollowUp.done_on.nulls_first(), FollowUp.due, FollowUp.what, FollowUp.id)
    )
    return [FollowUpLine(**row._mapping) for row in session.execute(asked)]


# --- Commands


def add_follow_up(
    viewer: Viewer,
    record_id: str,
    *,
    what: str,
    due: date | None,
    owner_id: str | None,
    workspace: Workspace | None = None,
) -> None:
    """Add a follow-up to a record: what to do, the due day and the owner.

    Raises Refused if a value is missing, or if the viewer or the owner cannot see the record.
    """
    with writing(viewer, workspace=workspace) as session:
        record = session.get(Record, record_id)
        if record is None:
            raise Refused(Problem("record-gone"))
        record.follow_ups.append(FollowUp(what=what.strip(), due=due, owner_id=owner_id))


def change_follow_up(
    viewer: Viewer,
    follow_up_id: str,
    seen: int,
    *,
    what: str,
    due: date | None,
    owner_id: str = "",
    workspace: Workspace | None = None,
) -> None:
    """Change the ``seen`` version of a follow-up; an empty ``owner_id`` keeps its owner. Raises as ``save`` does."""
    values = {"what": what.strip(), "due": due, **({"owner_id": owner_id} if owner_id else {})}
    save(viewer, FollowUp, values, record_id=follow_up_id, seen=seen, workspace=workspace)


def complete_follow_up(
    viewer: Viewer, follow_up_id: str, seen: int, *, on: date, outcome: str = "", workspace: Workspace | None = None
) -> Undoable:
    """Mark the ``seen`` version of a follow-up as done on a day, with its outcome. Raises as ``save`` does."""
    return _set(viewer, follow_up_id, seen, {"done_on": on, "outcome": outcome.strip()}, workspace)


def reopen_follow_up(viewer: Viewer, follow_up_id: str, seen: int, workspace: Workspace | None = None) -> Undoable:
    """Reopen the ``seen`` version of a follow-up that was done. Raises as ``save`` does."""
    return _set(viewer, follow_up_id, seen, {"done_on": None}, workspace)


def _set(
    viewer: Viewer, follow_up_id: str, seen: int, values: Mapping[str, Any], workspace: Workspace | None
) -> Undoable:
    with writing(viewer, workspace=workspace) as session:
        upsert(session, viewer, FollowUp, values, record_id=follow_up_id, seen=seen)
    return undoable(session)
