"""How a noun declares what is checked of its rows, and what several of these checks ask of a row.

The module of a noun declares ``CHECKS``, by mapped class; :mod:`calendar_model.mission.rules` gathers and runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.store.models import Access, Base, Record, RecordLink
from calendar_model.store.session import WorkspaceSession
from calendar_model.vocabulary import Sensitivity

Check: TypeAlias = Callable[[WorkspaceSession, Any], None]
"""Looks at a row before it is written: completes what follows by itself, and raises Refused for what may not be."""


Problems: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Problem]]
"""What is wrong with the columns of a row, whether it is kept already or a form holds it; needs no session."""


def _no_problems(_values: Mapping[str, Any]) -> Sequence[Problem]:
    return ()


def _nothing(_session: WorkspaceSession, _row: Any) -> None:
    pass


def _nothing_linked(_session: WorkspaceSession, _record: Any, _other: Record) -> None:
    pass


def _internal(_detail: object) -> Sensitivity:
    return Sensitivity.INTERNAL


@dataclass(frozen=True)
class Checks:
    """What is checked of one kind of row, besides what :mod:`calendar_model.mission.rules` checks of every row.

    ``problems`` are those of its columns: a form asks for them beforehand, and a new row that has any is refused; so is
    a changed one where the change touches one of the columns ``problems_with`` (empty: whatever it changes).

    ``written`` is called for a new row and for a changed one, before levels and people with access are completed;
    ``new`` and ``changed`` are called after that. ``deleted`` is called where a person deletes a row, not where the
    sample is removed. ``linked`` is called with a record and another one for every new link between the two.

    ``lowest_level`` gives the level at which a record begins at least, from the value of its column ``level_column``
    (None where there is no such column).
    """

    problems: Problems = _no_problems
    problems_with: tuple[str, ...] = ()
    written: Check = _nothing
    new: Check = _nothing
    changed: Check = _nothing
    deleted: Check = _nothing
    linked: Callable[[WorkspaceSession, Any, Record], None] = _nothing_linked
    level_column: str = ""
    lowest_level: Callable[[Any], Sensitivity] = _internal


def column_values(row: Base) -> dict[str, Any]:
    """The columns of a row as it is in this session."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def is_changed(row: object, column: str) -> bool:
    """Whether this session changes a column of a row."""
    return bool(inspect(row, raiseerr=True).attrs[column].history.has_changes())


def value_before(row: object, column: str) -> Any:
    """What a column held before this session changed it."""
    history: Any = inspect(row, raiseerr=True).attrs[column].history
    return history.deleted[0] if history.deleted else getattr(row, column)


def give_access_to(record: Record, *persons: str) -> None:
    """Add these persons to those who have access to a record; empty identifiers are left out."""
    named = {access.person_id for access in record.named}
    record.named += [Access(person_id=person) for person in dict.fromkeys(persons) if person and person not in named]


def give_access_to_owner(record: Record, actor_id: str) -> None:
    """Give the owner of a restricted record, and the person who restricted it, access: or nobody could open it."""
    if record.sensitivity is Sensitivity.RESTRICTED:
        give_access_to(record, record.owner_id, actor_id)


def must_be_actor(session: WorkspaceSession, person_id: str) -> None:
    """Refuse to write what belongs to another person than the one who writes."""
    if person_id != session.actor:
        raise Refused(Problem("calendar-of-another-person"))


def must_have_reason(session: WorkspaceSession, code: str, field: str = "") -> None:
    """Refuse, with this code, a change whose reason is not a sentence."""
    if len(session.reason.strip()) < SHORTEST_REASON:
        raise Refused(Problem(code, field))


def refuse_deletion(_session: WorkspaceSession, _row: object) -> None:
    """Refuse to delete a statement, a case or a reprisal."""
    raise Refused(Problem("never-deleted"))


def ids_linked_in_database(session: Session, record_id: str) -> set[str]:
    """The records linked to this one in the database, at either end of the link, visible to the reader or not."""
    ends = select(RecordLink.record_id, RecordLink.other_id).where(
        (RecordLink.record_id == record_id) | (RecordLink.other_id == record_id)
    )
    return {end for row in session.execute(ends.execution_options(everything=True)) for end in row} - {record_id}
