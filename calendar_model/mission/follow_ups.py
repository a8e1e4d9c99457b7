"""Follow-ups: what is still to be done about records, by whom and by when, and who may be asked to do it.

A follow-up is seen with the record to which it belongs, and says no more of it than its kind and its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import pandas as pd
from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Access, FollowUp, Person, Record
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity


def check_owners_see_records(session: Session, written: Iterable[object], deleted: Iterable[object]) -> None:
    """Refuse an open follow-up for a person who cannot see its record, or no longer could after this change.

    Called once levels and people with access are as they will be. An older follow-up that this change neither changes
    nor hides is not checked.
    """
    for row in written:
        if isinstance(row, FollowUp):
            _check_owner(session, row)
        elif isinstance(row, Record) and _changes_level(row):
            _check_open_follow_ups(session, row)
    for row in deleted:
        if isinstance(row, Access):
            record = session.get(Record, row.record_id, execution_options={"everything": True})
            if record is not None and record not in session.deleted:
                _check_open_follow_ups(session, record)


def _changes_level(record: Record) -> bool:
    state = inspect(record)
    return bool(state.persistent and state.attrs.sensitivity.history.has_changes())


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
    if record.sensitivity is not Sensitivity.RESTRICTED:
        return
    open_ = select(FollowUp).where(FollowUp.record_id == record.id, FollowUp.done_on.is_(None))
    for row in session.scalars(open_.execution_options(everything=True)):
        if row not in session.deleted and row.done_on is None and not _can_see(session, record, row.owner_id):
            owner = session.get(Person, row.owner_id, execution_options={"everything": True})
            raise Refused(Problem("follow-up-open", "named", {"name": owner.name if owner is not None else ""}))


def _can_see(session: Session, record: Record, person_id: str) -> bool:
    if record.sensitivity is not Sensitivity.RESTRICTED:
        return True
    if any(access.person_id == person_id for access in record.named if access not in session.deleted):
        return True
    kept = select(Access).where(Access.record_id == record.id, Access.person_id == person_id)
    found = session.scalars(kept.execution_options(everything=True)).all()
    return any(one not in session.deleted for one in found)


SOON = timedelta(days=7)
"""How long before its day a follow-up is listed among those of the coming days."""

COLUMNS = ("due", "what", "owner", "done_on", "outcome", "record_kind", "record_title", "sample")
"""Columns of :func:`follow_ups_table`."""


@dataclass(frozen=True)
class FollowUpLine:
    """A follow-up with the record that it belongs to; open while ``done_on`` is None."""

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
    """That of the record."""
    sample: bool

    @property
    def restricted(self) -> bool:
        """Whether only people with access to the record see it."""
        return self.sensitivity is Sensitivity.RESTRICTED


class Nearness(StrEnum):
    """How near the day of an open follow-up is."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"


def nearness(due: date, today: date) -> Nearness:
    """Late from the day after; soon from a week before, the day itself included."""
    if due < today:
        return Nearness.LATE
    return Nearness.SOON if due < today + SOON else Nearness.LATER


def open_follow_ups(session: Session) -> list[FollowUpLine]:
    """All that is not done, the first due first."""
    return _lines(session, FollowUp.done_on.is_(None))


def follow_ups_done_since(session: Session, day: date) -> list[FollowUpLine]:
    """What was done on this day or after it, the last done first."""
    return _lines(session, FollowUp.done_on >= day)[::-1]


def list_follow_ups(session: Session, record_id: str) -> list[FollowUpLine]:
    """The follow-ups of one record: the open ones, the first due first, then those done, the last done first."""
    found = _lines(session, FollowUp.record_id == record_id)
    open_ = [line for line in found if line.done_on is None]
    return [*open_, *(line for line in reversed(found) if line.done_on is not None)]


def by_owner(
    found: Iterable[FollowUpLine], person_id: str, today: date
) -> tuple[dict[Nearness, list[FollowUpLine]], list[FollowUpLine]]:
    """Open follow-ups of a person by how near they are (all keys are there), and those of everybody else."""
    mine: dict[Nearness, list[FollowUpLine]] = {due: [] for due in Nearness}
    others: list[FollowUpLine] = []
    for line in found:
        (mine[nearness(line.due, today)] if line.owner_id == person_id else others).append(line)
    return mine, others


def follow_ups_table(found: Sequence[FollowUpLine], names: Mapping[str, str]) -> pd.DataFrame:
    """Follow-ups as a file has them, in columns of :data:`COLUMNS`; those of restricted records are left out.

    ``names`` are the staff's, by identifier. Days are dates, ``record_kind`` is a term, ``sample`` is true or false.
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
    """Add something to be done about a record, by a day and by a person.

    Raises Refused for what is missing, where the viewer does not see the record, and where the owner would not.
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
    """Change the ``seen`` version of a follow-up; without ``owner_id`` its owner stays. Raises as ``save`` does."""
    values = {"what": what.strip(), "due": due, **({"owner_id": owner_id} if owner_id else {})}
    save(viewer, FollowUp, values, record_id=follow_up_id, seen=seen, workspace=workspace)


def complete_follow_up(
    viewer: Viewer, follow_up_id: str, seen: int, *, on: date, outcome: str = "", workspace: Workspace | None = None
) -> None:
    """Mark the ``seen`` version of a follow-up as done on a day, with what came of it. Raises as ``save`` does."""
    values = {"done_on": on, "outcome": outcome.strip()}
    save(viewer, FollowUp, values, record_id=follow_up_id, seen=seen, workspace=workspace)


def reopen_follow_up(viewer: Viewer, follow_up_id: str, seen: int, workspace: Workspace | None = None) -> None:
    """Open the ``seen`` version of a follow-up again that was done. Raises as ``save`` does."""
    save(viewer, FollowUp, {"done_on": None}, record_id=follow_up_id, seen=seen, workspace=workspace)
