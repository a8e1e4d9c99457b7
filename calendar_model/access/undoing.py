"""Undoing: who may take back what they have just written.

What a unit of work wrote can be taken back as a whole, by the person who wrote it, for a short time, while nothing has
been written about it since. The rows are then exactly as they were before, so that the rules that they met then need
not be asked again, and the history shows both. What would give access to a record, or bring back a value that
the history does not keep, stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select

from calendar_model.access.problems import Problem, Refused
from calendar_model.clock import now
from calendar_model.store.history import CREATE, DELETE, Columns, Written
from calendar_model.store.models import (
    APPEND_ONLY,
    Access,
    AccessRequest,
    Change,
    ConsulteeAnswer,
    Contact,
    NotAnnounced,
)
from calendar_model.store.session import WorkspaceSession

UNDO_WITHIN = timedelta(minutes=2)
"""How long a unit of work can be undone: the offer stands for seconds, and a slow connection takes some more."""

COUNTED = frozenset({"version", "updated_at"})
"""Columns that each write of a row sets anew."""

_WHO_SEES = frozenset({"sensitivity", "owner_id", "mission_id", Contact.contact_kind.key})
"""Columns on which it depends who may read a record."""

_STAY = frozenset({*APPEND_ONLY, ConsulteeAnswer.__tablename__})
"""Tables of which a row stays as it was given, by which others may have acted at once."""

_EVERYTHING = {"everything": True}


def lines_to_undo(session: WorkspaceSession, numbers: Collection[int], person_id: str) -> list[Change]:
    """The lines of the history with these numbers, oldest first, if a person may undo them now.

    Raises Refused if they are of another person, too old or followed by others about the same records, or if a row
    among them cannot be taken back.
    """
    lines = list(
        session.scalars(
            select(Change).where(Change.number.in_(numbers)).order_by(Change.number).execution_options(**_EVERYTHING)
        )
    )
    if len(lines) != len(set(numbers)) or not lines or any(line.person_id != person_id for line in lines):
        raise Refused(Problem("undo-unknown"))
    if now() - lines[0].at > UNDO_WITHIN:
        raise Refused(Problem("undo-too-late"))
    if not all(map(_can_be_undone, lines)) or _gives_access_back(lines) or _is_written_twice(lines):
        raise Refused(Problem("undo-unknown"))
    if _is_followed(session, lines):
        raise Refused(Problem("undo-changed-since"))
    return lines


def _can_be_undone(line: Change) -> bool:
    """Whether a line is of a kind of row that can be taken back, and has all values for it."""
    if line.table in _STAY and line.action == CREATE:
        return False
    if not line.record_id and line.table != NotAnnounced.__tablename__:
        return False
    before, after = json.loads(line.before), json.loads(line.after)
    if any(isinstance(value, dict) for value in (*before.values(), *after.values())):
        return False
    return line.action in (CREATE, DELETE) or not before.keys() & _WHO_SEES


def _gives_access_back(lines: Iterable[Change]) -> bool:
    """Whether taking these lines back would give access to a record that was not deleted by them."""
    deleted = {line.row_id for line in lines if line.action == DELETE}
    guarding = (Access.__tablename__, AccessRequest.__tablename__)
    return any(line.table in guarding and line.action != CREATE and line.record_id not in deleted for line in lines)


def _is_written_twice(lines: Sequence[Change]) -> bool:
    return len({(line.table, line.row_id) for line in lines}) < len(lines)


def _is_followed(session: WorkspaceSession, lines: Sequence[Change]) -> bool:
    """Whether the history has later lines about these rows or the records to which they belong, or about what belongs
    to them or points at them, such as the reply to a comment."""
    records = {line.row_id for line in lines if line.row_id == line.record_id}
    made = {line.row_id for line in lines if line.action == CREATE}
    about: list[ColumnElement[bool]] = [
        Change.record_id.in_(records),
        Change.row_id.in_({key for line in lines for key in (line.row_id, line.record_id) if key}),
    ]
    about += [column.contains(key) for key in sorted(records | made) for column in (Change.before, Change.after)]
    later = select(Change.number).where(Change.number > lines[-1].number, or_(*about)).limit(1)
    return session.scalar(later.execution_options(**_EVERYTHING)) is not None


def check_undone(session: WorkspaceSession, written: Sequence[Written]) -> None:
    """Refuse a flush that does anything but take back the lines that its session undoes, all of them."""
    lines = {(line.table, line.row_id): line for line in lines_to_undo(session, session.undoes, session.actor)}
    rows = {(row.table, row.row_id): row for row in written if row.before != row.after}
    if lines.keys() != rows.keys() or not all(_is_taken_back(rows[key], line) for key, line in lines.items()):
        raise Refused(Problem("undo-unknown"))


def _is_taken_back(row: Written, line: Change) -> bool:
    if line.action == CREATE:
        return row.after is None
    before: Mapping[str, object] = json.loads(line.before)
    if line.action == DELETE:
        return row.before is None and _uncounted(row.after) == _uncounted(before)
    changed = row.changed() - COUNTED
    return row.after is not None and all(
        row.after[name] == before.get(name, object()) for name in changed | (before.keys() - COUNTED)
    )


def _uncounted(columns: Columns | Mapping[str, object] | None) -> Mapping[str, object]:
    return {name: value for name, value in (columns or {}).items() if name not in COUNTED}
