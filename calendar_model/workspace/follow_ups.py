"""What is still to be done about records, by whom and by when, and what was done, as far as the session's reader sees.

A follow-up is seen with the record to which it belongs, and says no more of it than its kind and its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import pandas as pd
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from calendar_model.vocabulary import Sensitivity
from calendar_model.workspace.records import FollowUp, Record
from calendar_model.workspace.terms import RecordKind

SOON = timedelta(days=7)
"""From how long before its day a follow-up stands among those of the coming days."""

COLUMNS = ("due", "what", "owner", "done_on", "outcome", "record_kind", "record_title", "sample")
"""Columns of :func:`as_table`."""


@dataclass(frozen=True)
class Line:
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
        """Whether only those who are named in the record see it."""
        return self.sensitivity is Sensitivity.RESTRICTED


class Due(StrEnum):
    """How near the day of an open follow-up is."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"


def nearness(due: date, today: date) -> Due:
    """Late from the day after; soon from a week before, the day itself included."""
    if due < today:
        return Due.LATE
    return Due.SOON if due < today + SOON else Due.LATER


def open_follow_ups(session: Session) -> list[Line]:
    """All that is not done, the first due first."""
    return _lines(session, FollowUp.done_on.is_(None))


def done_since(session: Session, day: date) -> list[Line]:
    """What was done on this day or after it, the last done first."""
    return _lines(session, FollowUp.done_on >= day)[::-1]


def of_record(session: Session, record_id: str) -> list[Line]:
    """The follow-ups of one record: the open ones, the first due first, then those done, the last done first."""
    found = _lines(session, FollowUp.record_id == record_id)
    open_ = [line for line in found if line.done_on is None]
    return [*open_, *(line for line in reversed(found) if line.done_on is not None)]


def by_owner(found: Iterable[Line], person_id: str, today: date) -> tuple[dict[Due, list[Line]], list[Line]]:
    """Open follow-ups of a person by how near they are (all keys are there), and those of everybody else."""
    mine: dict[Due, list[Line]] = {due: [] for due in Due}
    others: list[Line] = []
    for line in found:
        (mine[nearness(line.due, today)] if line.owner_id == person_id else others).append(line)
    return mine, others


def as_table(found: Sequence[Line], names: Mapping[str, str]) -> pd.DataFrame:
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


def _lines(session: Session, *conditions: ColumnElement[bool]) -> list[Line]:
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
    return [Line(**row._mapping) for row in session.execute(asked)]
