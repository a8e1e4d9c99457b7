"""Access rules: everyone writes what their roles allow, and gains access to nothing by their own change.

Called after each flush with the written rows, as they were and as they are in the database, so that every change is
judged by its effect. A refusal rolls back the whole transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import select

from calendar_model.access import staffing
from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.access.protection import (
    Protection,
    ProtectionChange,
    audience,
    batched_ids,
    parents,
    protection_changes,
    template_missions,
)
from calendar_model.access.roles import (
    AT_ANY_MISSION,
    PART_OF_RECORD,
    RECORD_READERS,
    SUBJECT_OF_TABLE,
    Operation,
    Right,
    Subject,
    allows,
    clears,
    missing_role,
)
from calendar_model.access.staffing import Staffing
from calendar_model.access.undoing import COUNTED, check_undone
from calendar_model.clock import now
from calendar_model.store.history import Audience, Columns, Written
from calendar_model.store.models import (
    Access,
    AccessRequest,
    Change,
    Comment,
    Consent,
    Consultee,
    ConsulteeAnswer,
    Follow,
    FollowUp,
    Identity,
    LastVisit,
    MailChoice,
    Mission,
    Override,
    OverrideReview,
    Person,
    Presence,
    ReadCheck,
    RecordLink,
    RemoteCalendar,
    RetentionExtension,
    Statement,
    Subscription,
    Unsaved,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import Role, StatementState

_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_ACCESS = timedelta(days=30)
"""How long access that was asked for lasts at most."""

_JUST_NOW = timedelta(minutes=5)
"""How far the recorded instant of a grant can be from that of its transaction."""

_GRANT, _REFUSAL = {"granted_by_id", "granted_at"}, {"refused_by_id", "refused_at", "refusal"}
"""The columns of a request that its answer fills in."""

_RightAt: TypeAlias = tuple[Right, str | None]
"""A right, with the mission at which it is needed; None where any role will do."""

_EVERYTHING = {"everything": True}
"""Checks read everything, because the writer must not gain access to records that they cannot see."""


def check(session: WorkspaceSession, written: Sequence[Written]) -> list[Audience]:
    """Check the rows written by a flush; return for each who may read its line of the history.

    Raises Refused if the flush grants access without permission, or changes a row that its writer cannot see; of a
    session that undoes, if it does anything else.
    """
    protections = protection_changes(session.connection(), written)
    checked = _Check(session, written, protections)
    if session.undoes:
        check_undone(session, written)
        checked.check_visible()
    else:
        checked.run()
    checked.check_roles()
    missions = template_missions(session.connection(), written)
    return [audience(row, protections, missions) for row in written]


class _Check:
    """The check of one flush."""

    def __init__(
        self, session: WorkspaceSession, written: Sequence[Written], protections: Mapping[str, ProtectionChange]
    ) -> None:
        self.session, self.written, self.protections, self.actor = session, written, protections, session.actor
        self.granted: set[tuple[str, str]] = set()
        """The records to which this flush grants access, each with the person."""
        self.staffing = Staffing(session, written)

    def run(self) -> None:
        for row in self.written:
            if self.actor and row.table == AccessRequest.__tablename__ and row.before and row.after:
                self._check_grant(row.before, row.after)
        self._check_identifiers_unused()
        for row in self.written:
            self._check_identifiers(row)
            if not self.actor:
                self._check_written_by_nobody(row)
            elif row.table == Unsaved.__tablename__:
                self._check_unsaved(row)
            elif row.is_record:
                self._check_record(row)
            else:
                self._check_belonging_row(row)
        for change in self.protections.values():
            self._check_access_remains(change)
        if self.actor and not all(side.sample for side in self._sides()):
            self._check_actor_is_staff()

    def check_visible(self) -> None:
        """Refuse rows of a record that the writer does not see; a link can be one to a hidden record."""
        for row in self.written:
            for record_id in parents(row) if row.table != RecordLink.__tablename__ else ():
                self._must_see(record_id)

    def check_roles(self) -> None:
        """Refuse rows that no role of their writer allows; without an actor other rules say what may be written."""
        self.staffing.check()
        for row in self.written if self.actor else ():
            if row.table in staffing.TABLES:
                continue
            for rights in self._rights(row):
                if not any(allows(self.staffing.actor_roles(mission_id), *right) for right, mission_id in rights):
                    needed = rights[0][0]
                    raise Refused(missing_role(*needed, has_elsewhere=allows(self.staffing.actor_roles(), *needed)))

    def _rights(self, row: Written) -> Iterator[Sequence[_RightAt]]:
        """What a row needs: of each of these rights, one."""
        if row.is_record:
            yield from self._rights_of_record(row)
        elif self._is_of_leaver(row):
            yield [((Subject.LEAVER, Operation.DELETE), None)]
        elif row.table in PART_OF_RECORD:
            access = row.after or {}
            if row.table == Access.__tablename__ and (access.get("record_id"), access.get("person_id")) in self.granted:
                yield from self._at_missions(row, (Subject.ACCESS_REQUEST, Operation.GRANT))
            elif row.table == RecordLink.__tablename__:
                # A link is made and taken away from either of its ends.
                yield [self._right_of_part(record_id) for record_id in sorted(parents(row))]
            else:
                yield from ([self._right_of_part(record_id)] for record_id in sorted(parents(row)))
        elif self._goes_with_record(row):
            yield from ([self._right_of_part(record_id)] for record_id in sorted(parents(row)))
        elif row.table in SUBJECT_OF_TABLE:
            # Who takes back what they have just made does it by the right by which they made it.
            is_undone = bool(self.session.undoes) and row.after is None
            right = (SUBJECT_OF_TABLE[row.table], Operation.CREATE if is_undone else _action(row))
            yield from self._at_missions(row, right)
        else:
            raise Refused(Problem("table-of-nobody"))

    def _at_missions(self, row: Written, right: Right) -> Iterator[Sequence[_RightAt]]:
        """A right at the mission of each record to which a row belongs; what a leaver left is also handed over."""
        changes = [self.protections[record_id] for record_id in sorted(parents(row))]
        sides = [change.before or change.after for change in changes]
        missions = {side.mission_id for side in sides if side is not None and right not in AT_ANY_MISSION}
        otherwise = [(_HANDOVER, None)] if self._is_left_behind(row) else []
        yield from ([(right, mission_id), *otherwise] for mission_id in missions or {None})

    def _rights_of_record(self, row: Written) -> Iterator[Sequence[_RightAt]]:
        change = self.protections[row.row_id]
        if row.before is None or row.after is None or change.before is None or change.after is None:
            yield (self._right_of_part(row.row_id),)
            return
        changed = row.changed() - COUNTED
        before, after = ((side.subject, side.mission_id) for side in (change.before, change.after))
        subject, mission_id = before
        if "owner_id" in changed and self._is_taken_over(row.row_id, change):
            yield [((Subject.ACCESS_REQUEST, Operation.GRANT), mission_id)]
        elif subject is Subject.STATEMENT and clears(row.before, changed, row.after["state"]):
            rights = [(Subject.STATEMENT, Operation.CLEAR)]
            if row.after["state"] != StatementState.CLEARED:
                rights.insert(0, (Subject.STATEMENT, Operation.CHANGE))
            yield [(right, mission_id) for right in rights]
        elif self._is_left_behind(row):
            yield from self._at_missions(row, (subject, Operation.CHANGE))
        else:
            # One that becomes another subject, or moves to another mission, needs the right to both.
            yield from ([((subject, Operation.CHANGE), at)] for subject, at in dict.fromkeys((before, after)))

    def _is_handed_over(self, row: Written) -> bool:
        """Whether an administrator, who need not see it, hands over what a leaver left."""
        return self._is_left_behind(row) and allows(self.staffing.actor_roles(), *_HANDOVER)

    def _is_left_behind(self, row: Written) -> bool:
        """Whether the only change is that something all staff may read goes on from an owner who is not active."""
        if row.before is None or row.after is None or row.changed() - COUNTED != {"owner_id"}:
            return False
        sides = [self.protections[record_id].before for record_id in parents(row)]
        is_open = all(side is not None and not (side.guarded if row.is_record else side.restricted) for side in sides)
        return is_open and not self.staffing.before(str(row.before["owner_id"])).active

    def _goes_with_record(self, row: Written) -> bool:
        """Whether a row is deleted with its record, or comes back with it, rather than by itself."""
        if row.table == AccessRequest.__tablename__ and row.after is None:
            return True
        if row.table not in _DELETED_WITH_RECORD:
            return False
        changes = [self.protections[record_id] for record_id in parents(row)]
        if row.after is None:
            return all(change.after is None for change in changes)
        return bool(self.session.undoes) and all(change.before is None for change in changes)

    def _is_of_leaver(self, row: Written) -> bool:
        """Whether a row is deleted that belonged to one person alone, who is not active."""
        if row.table not in _OF_ONE_PERSON or row.before is None or row.after is not None:
            return False
        if row.visible_with and not self._is_there(row):
            return False
        return not self.staffing.before(str(row.before[_OF_ONE_PERSON[row.table]])).active

    def _right_of_part(self, record_id: str) -> _RightAt:
        """The right to create, change or delete a record, as this flush does with it."""
        change = self.protections[record_id]
        if change.before is None:
            if change.after is None:
                raise Refused(Problem("record-gone"))
            return (change.after.subject, Operation.CREATE), change.after.mission_id
        action = Operation.CHANGE if change.after is not None else Operation.DELETE
        return (change.before.subject, action), change.before.mission_id

    def _sides(self) -> list[Protection]:
        return [side for one in self.protections.values() for side in (one.before, one.after) if side is not None]

    def _check_actor_is_staff(self) -> None:
        fictional = select(Person.id).where(Person.id == self.actor, Person.sample)
        if self.session.scalar(fictional.execution_options(**_EVERYTHING)) is not None:
            raise Refused(Problem("acting-as-sample"))

    # --- Rows

    def _check_identifiers(self, row: Written) -> None:
        if row.before is None and row.after is None:
            raise Refused(Problem("record-gone"))
        if row.changed() & {"id", "kind", *row.visible_with}:
            raise Refused(Problem("row-of-another-record"))
        named = (Person.__tablename__, Mission.__tablename__)
        is_new = row.before is None and (row.is_record or row.table in named)
        if is_new and not _ID.fullmatch(row.row_id):
            raise Refused(Problem("identifier-malformed"))

    def _check_identifiers_unused(self) -> None:
        """Refuse the identifier of an earlier record, because the new record would inherit its history."""
        ids = [row.row_id for row in self.written if row.is_record and row.before is None]
        for some in batched_ids(ids):
            used = select(Change.number).where(Change.record_id.in_(some)).limit(1)
            if self.session.scalar(used.execution_options(**_EVERYTHING)) is not None:
                raise Refused(Problem("identifier-used"))

    def _check_record(self, row: Written) -> None:
        change = self.protections[row.row_id]
        if change.before is None:
            return
        changed = row.changed()
        if changed <= {"owner_id", *COUNTED} and self._is_taken_over(row.row_id, change):
            return
        if self._is_handed_over(row):
            return
        self._must_see(row.row_id)
        if row.after is None or changed & {"sensitivity", "owner_id", "contact_kind"}:
            self._must_have_access(row.row_id)
            self._must_not_be_limited(row.row_id)
        if "owner_id" in changed and change.before.guarded:
            self._check_hand_over(row.row_id, change)

    def _check_belonging_row(self, row: Written) -> None:
        """Refuse a row that is not a record, unless the writer can see every record that it belongs to."""
        records = parents(row)
        if self._is_handed_over(row):
            return
        if row.table == AccessRequest.__tablename__:
            self._check_request(row)
        elif row.table == Access.__tablename__ and row.before is None and row.after is not None:
            if (row.after["record_id"], row.after["person_id"]) not in self.granted:
                self._must_have_access(str(row.after["record_id"]))
                self._must_not_be_limited(str(row.after["record_id"]))
        elif row.table == Access.__tablename__ and self._is_granted_anew(row):
            pass
        elif row.table in (Access.__tablename__, Identity.__tablename__):
            for record_id in records:
                self._must_have_access(record_id)
                self._must_not_be_limited(record_id)
        elif row.table == RecordLink.__tablename__ and row.after is None:
            # A link is deleted with either of its records, even if the writer cannot see the other one.
            if not any(self.protections[record_id].after is None for record_id in records):
                for record_id in records:
                    self._must_see(record_id)
        else:
            for record_id in records:
                self._must_see(record_id)

    def _is_granted_anew(self, row: Written) -> bool:
        """Whether access that had run out, or would, is granted again."""
        after = row.after
        is_same = after is not None and row.changed() <= {"until"}
        return is_same and after is not None and (after["record_id"], after["person_id"]) in self.granted

    def _must_not_be_limited(self, record_id: str) -> None:
        """Refuse a writer whose own access runs out: they let nobody in, and open the record to nobody."""
        before = self.protections[record_id].before
        if before is not None and before.guarded and self.actor in before.limited:
            raise Refused(Problem("access-runs-out"))

    def _check_request(self, row: Written) -> None:
        if row.before is None and row.after is not None:
            change = self.protections[str(row.after["record_id"])]
            before = change.before
            is_answered = row.after["granted_by_id"] or row.after["refused_by_id"]
            if row.after["person_id"] != self.actor or is_answered or before is None:
                raise Refused(Problem("request-for-another"))
            if self.actor in before.named and (
                self.actor == before.owner_id or self.staffing.before(before.owner_id).active
            ):
                raise Refused(Problem("request-for-another"))
            if len(str(row.after["reason"]).strip()) < SHORTEST_REASON:
                raise Refused(Problem("request-without-reason", "reason"))
        elif row.after is None and self._is_there(row):
            raise Refused(Problem("request-deleted"))

    def _is_there(self, row: Written) -> bool:
        """Whether a record to which a row belongs still exists."""
        return any(self.protections[record_id].after is not None for record_id in parents(row))

    def _check_grant(self, before: Columns, after: Columns) -> None:
        record_id, person_id = str(after["record_id"]), str(after["person_id"])
        changed = {name for name, value in after.items() if value != before[name]}
        change, is_grant = self.protections[record_id], not after["refused_by_id"]
        if before["granted_by_id"] or before["refused_by_id"] or change.before is None:
            raise Refused(Problem("request-changed"))
        if not (_GRANT <= changed <= {*_GRANT, "until"} if is_grant else changed == _REFUSAL):
            raise Refused(Problem("request-changed"))
        mission_id = change.before.mission_id
        others = [one for one in change.before.named if one != person_id and self._grants(one, mission_id)]
        allowed = self.actor in others or (not others and Role.CLEARER in self.staffing.actor_roles(mission_id))
        if after["granted_by_id" if is_grant else "refused_by_id"] != self.actor or self.actor == person_id:
            raise Refused(Problem("grant-by-another"))
        if not allowed or self.actor in change.before.limited:
            raise Refused(Problem("grant-by-another"))
        if not is_grant:
            if len(str(after["refusal"]).strip()) < SHORTEST_REASON:
                raise Refused(Problem("refusal-without-reason", "refusal"))
            return
        # People with access are told of what was granted of late.
        if abs(datetime.fromisoformat(str(after["granted_at"])) - now()) > _JUST_NOW:
            raise Refused(Problem("request-changed"))
        self._check_duration(after, change.before)
        self.granted.add((record_id, person_id))

    def _check_duration(self, request: Columns, before: Protection) -> None:
        """Refuse access for good, or for too long; who follows an owner who has left keeps it."""
        accesses = [row.after for row in self.written if row.table == Access.__tablename__ and row.after is not None]
        granted = [
            one["until"]
            for one in accesses
            if (one["record_id"], one["person_id"]) == (request["record_id"], request["person_id"])
        ]
        if any(until != request["until"] for until in granted):
            raise Refused(Problem("request-changed"))
        until = request["until"]
        if until is None and not self.staffing.before(before.owner_id).active:
            return
        if until is None or datetime.fromisoformat(str(until)) > now() + LONGEST_ACCESS:
            raise Refused(Problem("access-too-long", values={"days": LONGEST_ACCESS.days}))

    def _is_taken_over(self, record_id: str, change: ProtectionChange) -> bool:
        """Whether the only change is that a record goes from an inactive owner to a person who is granted access."""
        before, after = change.before, change.after
        if before is None or after is None or self.staffing.before(before.owner_id).active:
            return False
        return (record_id, after.owner_id) in self.granted

    def _grants(self, person_id: str, mission_id: str | None) -> bool:
        """Whether a person with access to a record of this mission can grant it to others."""
        person = self.staffing.before(person_id)
        return person.active and Role.CASE_OFFICER in person.roles_at(mission_id)

    def _check_unsaved(self, row: Written) -> None:
        """Refuse a change of another person's unsaved text, unless its statement is deleted or its writer has left."""
        if row.after is None and (not self._is_there(row) or self._is_of_leaver(row)):
            return
        for side in (row.before, row.after):
            if side is not None and side["person_id"] != self.actor:
                raise Refused(Problem("unsaved-of-another"))
        if row.after is not None:
            self._must_see(str(row.after["statement_id"]))

    def _check_written_by_nobody(self, row: Written) -> None:
        """Without an actor the sample is loaded or removed; in staff records this only replaces sample persons."""
        protection_changes = [self.protections[record_id] for record_id in parents(row)]
        sides = [side for change in protection_changes for side in (change.before, change.after) if side is not None]
        if all(side.sample for side in sides):
            return
        columns, owners = row.changed(), {side.owner_id for side in sides}
        allowed = _RELEASABLE.get(row.table, frozenset())
        if row.table in (Access.__tablename__, Unsaved.__tablename__) and row.after is None and row.before is not None:
            releases = self._is_fictional(row.before, "person_id")
        elif row.before is not None and row.after is not None and columns <= allowed:
            names = columns - COUNTED
            releases = all(
                self._is_fictional(row.before, name) and row.after[name] in {*owners, None} for name in names
            )
        else:
            releases = False
        if not releases:
            raise Refused(Problem("no-actor"))

    def _is_fictional(self, columns: Columns, name: str) -> bool:
        fictional = select(Person.id).where(Person.id == columns[name], Person.sample)
        return self.session.scalar(fictional.execution_options(**_EVERYTHING)) is not None

    # --- Records

    def _must_see(self, record_id: str) -> None:
        change = self.protections[record_id]
        before = change.before
        if before is None:
            if change.after is None:
                raise Refused(Problem("record-gone"))
        elif not self._sees(before):
            raise Refused(Problem("record-gone"))

    def _sees(self, record: Protection) -> bool:
        """Whether the actor is named in a restricted record, or reads those of the mission of an internal one."""
        if record.restricted:
            return self.actor in record.named
        at = record.read_at
        return at is None or not RECORD_READERS.isdisjoint(self.staffing.actor_roles(at))

    def _must_have_access(self, record_id: str) -> None:
        self._must_see(record_id)
        before = self.protections[record_id].before
        if before is not None and before.guarded and self.actor not in before.named:
            raise Refused(Problem("access-needed"))

    def _check_hand_over(self, record_id: str, change: ProtectionChange) -> None:
        if change.before is not None and change.before.owner_id != self.actor:
            raise Refused(Problem("owner-only", "owner_id"))

    def _check_access_remains(self, change: ProtectionChange) -> None:
        before, after = change.before, change.after
        if after is None or not after.guarded:
            return
        if not after.named and (before is None or before.named or not before.guarded):
            raise Refused(Problem("nobody-with-access" if after.restricted else "identity-of-nobody", "named"))
        if self.actor and after.owner_id not in after.named and _shuts_owner_out(before, after):
            raise Refused(Problem("owner-without-access", "named"))


def _action(row: Written) -> Operation:
    """What is done with a row that is no record."""
    if row.before is None:
        is_confirmation = row.table == Override.__tablename__ and (row.after or {}).get("confirms_id")
        return Operation.CONFIRM if is_confirmation else Operation.CREATE
    if row.after is None:
        return Operation.DELETE
    return Operation.GRANT if row.table == AccessRequest.__tablename__ else Operation.CHANGE


_DELETED_WITH_RECORD = frozenset(
    str(kind.__tablename__)
    for kind in (
        AccessRequest,
        Comment,
        Consultee,
        ConsulteeAnswer,
        Override,
        OverrideReview,
        ReadCheck,
        RetentionExtension,
    )
)
"""Tables of which a row goes only with its record, by the role that deletes that."""

_OF_ONE_PERSON: Mapping[str, str] = {
    Follow.__tablename__: "person_id",
    LastVisit.__tablename__: "id",
    Presence.__tablename__: "person_id",
    MailChoice.__tablename__: "id",
    RemoteCalendar.__tablename__: "person_id",
    Subscription.__tablename__: "person_id",
    Unsaved.__tablename__: "person_id",
}
"""Tables of what belongs to one person alone, with the column that names them."""

_HANDOVER: Right = (Subject.HANDOVER, Operation.CHANGE)


def _shuts_owner_out(before: Protection | None, after: Protection) -> bool:
    """Whether a change takes access from the owner, or leaves a new owner without it."""
    if before is None or before.owner_id != after.owner_id:
        return after.restricted
    return before.owner_id in before.named or (after.restricted and not before.restricted)


_RELEASABLE = {
    Access.__tablename__: frozenset({"person_id"}),
    FollowUp.__tablename__: frozenset({"owner_id", *COUNTED}),
    Consent.__tablename__: frozenset({"taken_by_id"}),
    Statement.__tablename__: frozenset({"waiting_for_id", *COUNTED}),
}
"""Columns in staff rows in which a sample person can be replaced by the record's owner, or by no one."""
