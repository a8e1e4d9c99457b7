"""Who the staff are before and after a flush, and who may change that.

Missions, persons, their roles and accounts, and groups are written by administrators. A workspace without an active
administrator is open: anybody changes them, until the first administrator is made. Nobody changes their own roles but
to give one up, and the last active administrator stays one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import SUBJECT_OF_TABLE, Operation, missing_role, roles_at
from calendar_model.store.history import Columns, Written
from calendar_model.store.models import Account, Mission, Person, PersonRole, RoleGroup, WaitingAccount
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import GivenRole, Role

_EVERYTHING = {"everything": True}
_AT_FIRST = "staff at first"
"""Key in a session's ``info``: what its first flush found, so that no later one relies on what an earlier one wrote."""

_KINDS = (Mission, Person, PersonRole, RoleGroup, Account, WaitingAccount)
TABLES = frozenset(str(kind.__tablename__) for kind in _KINDS)
"""The tables whose rows are judged here."""


@dataclass(frozen=True)
class StaffMember:
    """A person at one moment, with the roles ``given`` to them; ``sample`` for a fictional one."""

    active: bool = False
    sample: bool = False
    given: frozenset[GivenRole] = frozenset()

    @property
    def administers(self) -> bool:
        """Whether they are an active administrator."""
        return self.active and not self.sample and (Role.ADMINISTRATOR, None) in self.given

    def roles_at(self, mission_id: str | None) -> frozenset[Role]:
        """The roles that count at a mission, or any without one."""
        return roles_at(self.given, mission_id)


@dataclass(frozen=True)
class _AtFirst:
    actor: StaffMember
    is_open: bool


class Staffing:
    """The staff around one flush, and the check of its rows of persons, roles and groups."""

    def __init__(self, session: WorkspaceSession, written: Sequence[Written]) -> None:
        self._session, self._actor = session, session.actor
        self._rows = [row for row in written if row.table in TABLES]

    def actor_roles(self, mission_id: str | None = None) -> frozenset[Role]:
        """The roles that the actor had at a mission, or at any, when the session first wrote."""
        return self._at_first.actor.roles_at(mission_id)

    def before(self, person_id: str) -> StaffMember:
        """A person before this flush, so that a flush cannot change a person's status and rely on the change."""
        return self._before([person_id]).get(person_id, StaffMember())

    def check(self) -> None:
        """Refuse rows of persons, roles and groups that their writer may not write. Raises Refused."""
        if not self._rows:
            return
        at_first = self._at_first
        for row in self._rows:
            self._check_sample(row)
            if not (at_first.is_open or self._is_allowed(row)):
                raise Refused(missing_role(SUBJECT_OF_TABLE[row.table], _action(row)))
        if not at_first.is_open:
            for row in self._rows:
                self._check_own_roles(row)
        if self._changes_administrators() and not any(one.administers for one in self._now(None).values()):
            raise Refused(Problem("last-administrator", "roles"))

    # --- Who they are

    @cached_property
    def _at_first(self) -> _AtFirst:
        kept: _AtFirst | None = self._session.info.get(_AT_FIRST)
        if kept is None:
            is_open = bool(self._rows) and not any(one.administers for one in self._before(None).values())
            kept = _AtFirst(self.before(self._actor) if self._actor else StaffMember(), is_open)
            # Whether the workspace is open is found out only where it counts.
            if self._rows:
                self._session.info[_AT_FIRST] = kept
        return kept

    def _now(self, ids: Iterable[str] | None) -> dict[str, StaffMember]:
        """These persons after the flush, or all."""
        persons = select(Person.id, Person.active, Person.sample)
        roles = select(PersonRole.person_id, PersonRole.role, PersonRole.mission_id)
        if ids is not None:
            persons, roles = persons.where(Person.id.in_(ids)), roles.where(PersonRole.person_id.in_(ids))
        given: dict[str, set[GivenRole]] = {}
        for person_id, role, mission_id in self._session.execute(roles.execution_options(**_EVERYTHING)):
            given.setdefault(person_id, set()).add((role, mission_id))
        found = self._session.execute(persons.execution_options(**_EVERYTHING))
        return {row.id: StaffMember(row.active, row.sample, frozenset(given.get(row.id, ()))) for row in found}

    def _before(self, ids: Iterable[str] | None) -> dict[str, StaffMember]:
        """These persons before the flush, or all."""
        found = self._now(ids)
        for row in self._rows:
            if row.table != Person.__tablename__ or (ids is not None and row.row_id not in ids):
                continue
            if row.before is None:
                found.pop(row.row_id, None)
            else:
                given = found.get(row.row_id, StaffMember()).given
                found[row.row_id] = StaffMember(bool(row.before["active"]), bool(row.before["sample"]), given)
        given_before = {person_id: set(person.given) for person_id, person in found.items()}
        rows = [row for row in self._rows if row.table == PersonRole.__tablename__]
        for side, change in (("after", set.discard), ("before", set.add)):
            for row in rows:
                columns: Columns | None = getattr(row, side)
                if columns is not None and str(columns["person_id"]) in given_before:
                    mission_id = str(columns["mission_id"]) if columns["mission_id"] else None
                    change(given_before[str(columns["person_id"])], (Role(str(columns["role"])), mission_id))
        return {
            person_id: StaffMember(person.active, person.sample, frozenset(given_before[person_id]))
            for person_id, person in found.items()
        }

    # --- Who may

    def _is_allowed(self, row: Written) -> bool:
        """Whether an administrator, the operator, or the person whose role is given up writes a row."""
        if self._session.is_operator or (Role.ADMINISTRATOR, None) in self._at_first.actor.given:
            return True
        if not self._actor and self._is_of_sample(row):
            return True
        sides = [side for side in (row.before, row.after) if side is not None]
        if row.table == PersonRole.__tablename__:
            return row.after is None and all(side["person_id"] == self._actor for side in sides)
        return (
            row.table == Person.__tablename__
            and row.row_id == self._actor
            and row.before is not None
            and row.after is not None
            and row.changed() <= {"roles_changed_at", "version"}
        )

    def _check_own_roles(self, row: Written) -> None:
        """Refuse to give oneself a role: a second administrator does it."""
        if row.table != PersonRole.__tablename__ or row.after is None or not self._actor:
            return
        if row.after["person_id"] == self._actor:
            raise Refused(Problem("own-roles", "roles"))

    def _check_sample(self, row: Written) -> None:
        """Refuse an administrator who is fictional."""
        is_made = row.table == PersonRole.__tablename__ and (row.after or {}).get("role") == Role.ADMINISTRATOR
        if is_made and self._is_of_sample(row):
            raise Refused(Problem("sample-administrator", "roles"))

    def _is_of_sample(self, row: Written) -> bool:
        """Whether a row is a fictional person, or a role of one."""
        sides: list[Mapping[str, object]] = [side for side in (row.before, row.after) if side is not None]
        if row.table == Person.__tablename__:
            return bool(sides) and all(side["sample"] for side in sides)
        if row.table != PersonRole.__tablename__:
            return False
        ids = {str(side["person_id"]) for side in sides}
        # Of a person deleted with their roles only the flush still knows.
        known = {**self._now(ids), **self._before(ids)}
        return bool(ids) and all(known.get(id_, StaffMember()).sample for id_ in ids)

    def _changes_administrators(self) -> bool:
        """Whether there was an administrator before the flush, and it can have taken the last one."""
        if not any(row.table in (Person.__tablename__, PersonRole.__tablename__) for row in self._rows):
            return False
        return any(one.administers for one in self._before(None).values())


def _action(row: Written) -> Operation:
    if row.before is None:
        return Operation.CREATE
    return Operation.CHANGE if row.after is not None else Operation.DELETE
