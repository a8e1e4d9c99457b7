"""How a module declares the checks of its rows, and helpers for these checks.

Each module declares ``CHECKS``, by mapped class; :mod:`calendar_model.mission.rules` collects and runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.access.roles import RECORD_READERS, Operation, Subject, missing_role, roles_at
from calendar_model.store.models import Access, Base, Person, PersonRole, Record, RecordLink
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import GivenRole, Role
from calendar_model.vocabulary import Sensitivity

Check: TypeAlias = Callable[[WorkspaceSession, Any], None]
"""A check before a row is written: completes derived values, and raises Refused for a forbidden change."""


Problems: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Problem]]
"""The problems of the columns of a row or a form; needs no session."""


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
    """The checks of one kind of row, besides those of :mod:`calendar_model.mission.rules` for every row.

    ``problems`` are those of its columns: a form asks for them beforehand, and a new row with problems is refused; so
    is a changed one if the change touches one of the columns ``problems_with`` (empty: any change).

    ``written`` is called for a new row and for a changed one, before levels and people with access are completed;
    ``new`` and ``changed`` are called after that. ``deleted`` is called when a person deletes a row, not when the
    sample is removed. ``linked`` is called with a record and another one for every new link between the two.

    ``lowest_level`` returns the minimum level of a record, from the value of its attribute ``level_from`` (None without
    one). A new record is raised to it, and one of which the column ``level_column`` changes.
    """

    problems: Problems = _no_problems
    problems_with: tuple[str, ...] = ()
    written: Check = _nothing
    new: Check = _nothing
    changed: Check = _nothing
    deleted: Check = _nothing
    linked: Callable[[WorkspaceSession, Any, Record], None] = _nothing_linked
    level_column: str = ""
    level_from: str = ""
    lowest_level: Callable[[Any], Sensitivity] = _internal


def column_values(row: Base) -> dict[str, Any]:
    """The columns of a row as it is in this session."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def is_changed(row: object, column: str) -> bool:
    """Whether this session changes a column of a row."""
    return bool(inspect(row, raiseerr=True).attrs[column].history.has_changes())


def value_before(row: object, column: str) -> Any:
    """The value of a column before this session changed it."""
    history: Any = inspect(row, raiseerr=True).attrs[column].history
    return history.deleted[0] if history.deleted else getattr(row, column)


def give_access_to(record: Record, *persons: str) -> None:
    """Give these persons access to a record; empty identifiers are ignored."""
    named = {access.person_id for access in record.named}
    for access in record.named:
        if access.person_id in persons and not access.holds:
            access.until = None
    record.named += [Access(person_id=person) for person in dict.fromkeys(persons) if person and person not in named]


def give_access_to_owner(record: Record, actor_id: str) -> None:
    """Give access to the owner of a restricted record and to the person who restricted it, so that it can be opened."""
    if record.sensitivity is Sensitivity.RESTRICTED:
        give_access_to(record, record.owner_id, actor_id)


def must_be_actor(session: WorkspaceSession, person_id: str) -> None:
    """Refuse to write a row that belongs to another person."""
    if person_id != session.actor:
        raise Refused(Problem("calendar-of-another-person"))


def must_have_reason(session: WorkspaceSession, code: str, field: str = "") -> None:
    """Refuse a change whose reason is not a sentence, with this code."""
    if len(session.reason.strip()) < SHORTEST_REASON:
        raise Refused(Problem(code, field))


def goes_with_record(session: WorkspaceSession, record_id: str) -> bool:
    """Whether a record is deleted in this session, and with it all that belongs to it."""
    return any(isinstance(row, Record) and row.id == record_id for row in session.deleted)


def has_left(session: Session, person_id: str) -> bool:
    """Whether a person is no longer active in the database."""
    active = select(Person.active).where(Person.id == person_id)
    return session.scalar(active.execution_options(everything=True)) is False


def given_to(session: Session, person_id: str) -> frozenset[GivenRole]:
    """The roles of an active person in the database, each with its mission."""
    given = select(PersonRole.role, PersonRole.mission_id).join(PersonRole.person)
    found = given.where(Person.active, PersonRole.person_id == person_id).execution_options(everything=True)
    return frozenset((row.role, row.mission_id) for row in session.execute(found))


def has_role(session: Session, person_id: str, *roles: Role, at: str | None = None) -> bool:
    """Whether an active person has one of these roles in the database, ``at`` a mission or at any."""
    return not roles_at(given_to(session, person_id), at).isdisjoint(roles)


def reads_at(session: Session, person_id: str, mission_id: str | None) -> bool:
    """Whether a person reads the internal records of a mission; what all missions share is not asked about."""
    return mission_id is None or has_role(session, person_id, *RECORD_READERS, at=mission_id)


def must_read_within(session: WorkspaceSession, record: Record, subject: Subject) -> None:
    """Refuse who reads a record only because it is public to write what its mission alone reads."""
    if record.sensitivity is Sensitivity.PUBLIC and not reads_at(session, session.actor, record.mission_id):
        raise Refused(missing_role(subject, Operation.CREATE, has_elsewhere=True))


def ids_linked_in_database(session: Session, ids: Collection[str]) -> dict[str, set[str]]:
    """The records linked to each of these in the database, at either end of the link, visible to the reader or not."""
    ends = select(RecordLink.record_id, RecordLink.other_id).where(
        RecordLink.record_id.in_(ids) | RecordLink.other_id.in_(ids)
    )
    found: dict[str, set[str]] = {id_: set() for id_ in ids}
    for one, other in session.execute(ends.execution_options(everything=True)):
        for mine, theirs in ((one, other), (other, one)):
            if mine in found and mine != theirs:
                found[mine].add(theirs)
    return found
