"""The protection of each record before and after a flush: its level, owner and people with access.

Read from the written rows and the database, never from the objects of a session, so that it reflects every way of
writing a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from calendar_model.access.roles import Subject, subject_of
from calendar_model.clock import now
from calendar_model.store.history import Audience, Columns, Written
from calendar_model.store.models import (
    Access,
    AccessRequest,
    ArchivedAs,
    Base,
    Comment,
    Consultee,
    ConsulteeAnswer,
    Contact,
    DocumentLink,
    Identity,
    Override,
    OverrideReview,
    Presence,
    Record,
    StatementTemplate,
    TemplateFile,
)
from calendar_model.vocabulary import Sensitivity

NEVER_PUBLIC: tuple[type[Base], ...] = (
    ArchivedAs, Comment, Consultee, ConsulteeAnswer, DocumentLink, Override, OverrideReview, Presence,
)  # fmt: skip
"""What is internal to the mission of the record, also where that is public.

It is what colleagues say to each other about a text, why a check was overridden, and where the mission's documents are.
"""

_AT_A_TIME = 500
_TABLES_NEVER_PUBLIC = frozenset(str(kind.__tablename__) for kind in NEVER_PUBLIC)
_TEMPLATE_KEYS = {StatementTemplate.__tablename__: "id", TemplateFile.__tablename__: "template_id"}
"""The tables of templates and their files, with the column that names the template."""


@dataclass(frozen=True)
class Protection:
    """A record at one moment: ``named`` are those with access, ``has_identity`` whether an identity is recorded.

    ``subject`` is what a role must allow to write it, at the mission ``mission_id`` (None for all). ``limited`` are
    those of the named whose access runs out.
    """

    level: Sensitivity
    owner_id: str
    sample: bool
    named: frozenset[str]
    has_identity: bool
    subject: Subject
    limited: frozenset[str] = frozenset()
    mission_id: str | None = None

    @property
    def restricted(self) -> bool:
        """Whether only the people with access can read the record."""
        return self.level is Sensitivity.RESTRICTED

    @property
    def guarded(self) -> bool:
        """Whether people with access can read more than others."""
        return self.restricted or self.has_identity

    @property
    def read_at(self) -> str | None:
        """The mission whose staff alone reads the record; None for what others read, and for a restricted one."""
        return self.mission_id if self.level is Sensitivity.INTERNAL else None


@dataclass(frozen=True)
class ProtectionChange:
    """A record before and after a flush; None if it did not exist."""

    before: Protection | None
    after: Protection | None


def parents(row: Written) -> set[str]:
    """The records to which a row belongs or belonged; a record belongs to itself."""
    if row.is_record:
        return {row.row_id}
    sides = [side for side in (row.before, row.after) if side is not None]
    return {str(side[name]) for side in sides for name in row.visible_with if side.get(name)}


def protection_changes(connection: Connection, written: Sequence[Written]) -> dict[str, ProtectionChange]:
    """The records to which the rows of a flush belong, by identifier, before and after the flush."""
    created = {row.row_id for row in written if row.is_record and row.before is None}
    ids = sorted({parent for row in written for parent in parents(row)})
    stored = _stored(connection, [id_ for id_ in ids if id_ not in created])
    named_now = {id_: set(stored.named.get(id_, ())) for id_ in ids}
    named_then = {id_: set(stored.named.get(id_, ())) for id_ in ids}
    limited = {id_: frozenset(stored.limited.get(id_, ())) for id_ in ids}
    identity_now = {id_: id_ in stored.identities for id_ in ids}
    identity_then = dict(identity_now)
    records_now: dict[str, Columns] = dict(stored.records)
    records_then: dict[str, Columns] = dict(stored.records)
    for row in written:
        if row.is_record:
            for side, found in ((row.after, records_now), (row.before, records_then)):
                if side is None:
                    found.pop(row.row_id, None)
                else:
                    found[row.row_id] = side
    # First all that is there now is taken from the past, then what was there is put back: a row can have moved.
    for row in written:
        if row.after is not None and row.table == Access.__tablename__:
            record_id, person_id = str(row.after["record_id"]), str(row.after["person_id"])
            if lasts(row.after):
                named_now[record_id].add(person_id)
            named_then[record_id].discard(person_id)
        elif row.after is not None and row.table == Identity.__tablename__:
            identity_now[str(row.after["contact_id"])] = True
            identity_then[str(row.after["contact_id"])] = False
    for row in written:
        if row.before is not None and row.table == Access.__tablename__ and lasts(row.before):
            record_id, person_id = str(row.before["record_id"]), str(row.before["person_id"])
            named_then[record_id].add(person_id)
            # Who extends their own access had it for a time.
            change = limited[record_id].union if row.before["until"] else limited[record_id].difference
            limited[record_id] = change({person_id})
        elif row.before is not None and row.table == Identity.__tablename__:
            identity_then[str(row.before["contact_id"])] = True
    return {
        id_: ProtectionChange(
            _protection(records_then.get(id_), named_then[id_], identity_then[id_], limited[id_]),
            _protection(records_now.get(id_), named_now[id_], identity_now[id_], limited[id_]),
        )
        for id_ in ids
    }


def lasts(access: Columns) -> bool:
    """Whether a row of a person with access has not run out."""
    until = access["until"]
    return until is None or datetime.fromisoformat(str(until)) > now()


def batched_ids(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Split identifiers into batches that fit into one statement."""
    for start in range(0, len(ids), _AT_A_TIME):
        yield ids[start : start + _AT_A_TIME]


@dataclass(frozen=True)
class _Stored:
    records: dict[str, Columns]
    named: dict[str, set[str]]
    limited: dict[str, set[str]]
    identities: set[str]


def _stored(connection: Connection, ids: Sequence[str]) -> _Stored:
    """The protection in the database after the flush."""
    found = _Stored({}, {}, {}, set())
    for some in batched_ids(ids):
        record, contact = Record.__table__, Contact.__table__
        names = ("id", "kind", "sensitivity", "owner_id", "mission_id", "sample")
        columns = *(record.c[name] for name in names), contact.c.contact_kind
        records = select(*columns).outerjoin_from(record, contact, contact.c.id == record.c.id)
        for row in connection.execute(records.where(record.c.id.in_(some))):
            found.records[row.id] = {
                "kind": str(row.kind.value),
                "contact_kind": row.contact_kind and str(row.contact_kind.value),
                "sensitivity": str(row.sensitivity.value),
                "owner_id": row.owner_id,
                "sample": row.sample,
                "mission_id": row.mission_id,
            }
        named = select(Access.record_id, Access.person_id, Access.until).where(Access.record_id.in_(some))
        for record_id, person_id, until in connection.execute(named):
            if until is None or until > now():
                found.named.setdefault(record_id, set()).add(person_id)
            if until is not None:
                found.limited.setdefault(record_id, set()).add(person_id)
        found.identities.update(connection.scalars(select(Identity.contact_id).where(Identity.contact_id.in_(some))))
    return found


def _protection(
    record: Columns | None, named: Iterable[str], has_identity: bool, limited: frozenset[str]
) -> Protection | None:
    if record is None:
        return None
    contact_kind, mission_id = record.get("contact_kind"), record.get("mission_id")
    return Protection(
        Sensitivity(str(record["sensitivity"])),
        str(record["owner_id"]),
        bool(record["sample"]),
        frozenset(named),
        has_identity,
        subject_of(str(record["kind"]), str(contact_kind) if contact_kind else None),
        limited,
        str(mission_id) if mission_id else None,
    )


def audiences(session: Session, written: Sequence[Written]) -> list[Audience]:
    """Return who may read the line of the history about each of these rows, in order."""
    connection = session.connection()
    protections, missions = protection_changes(connection, written), template_missions(connection, written)
    return [audience(row, protections, missions) for row in written]


def template_missions(connection: Connection, written: Sequence[Written]) -> dict[str, frozenset[str]]:
    """The missions to which the templates among these rows, and those of files among them, belong or belonged."""
    found: dict[str, set[str]] = {}
    for row in written:
        for side in (row.before, row.after):
            if side is not None and row.table == StatementTemplate.__tablename__:
                found.setdefault(str(side["id"]), set()).update({str(side["mission_id"])} if side["mission_id"] else ())
            elif side is not None and row.table == TemplateFile.__tablename__:
                found.setdefault(str(side["template_id"]), set())
    if found:
        table = StatementTemplate.__table__
        kept = select(table.c.id, table.c.mission_id).where(table.c.id.in_(found), table.c.mission_id.is_not(None))
        for id_, mission in connection.execute(kept):
            found[id_].add(mission)
    return {id_: frozenset(missions) for id_, missions in found.items()}


def audience(
    row: Written, protections: Mapping[str, ProtectionChange], missions_of_templates: Mapping[str, frozenset[str]]
) -> Audience:
    """Return who may read the line of the history about a row: those who could read its values before and after.

    A request for access to an identity is read by those with access to it, also where all staff read the contact.

    All staff may read a line about a row without a record, but of a template of a mission, and of its file, alone those
    who read there. A line about a link needs access to both records, and one about a record that moves to another
    mission a role at both. What is never public is read as if its record were internal.
    """
    if (key := _TEMPLATE_KEYS.get(row.table)) is not None:
        side = row.after if row.after is not None else row.before or {}
        return Audience(Sensitivity.INTERNAL, missions_of_templates[str(side[key])])
    sides: list[Protection] = []
    for parent in parents(row):
        change = protections[parent]
        before = change.before if row.before is not None else None
        after = change.after if row.after is not None else None
        sides += [side for side in (before, after) if side is not None]
    if row.table in _TABLES_NEVER_PUBLIC:
        sides = [replace(one, level=Sensitivity.INTERNAL) if one.level is Sensitivity.PUBLIC else one for one in sides]
    is_request = row.table == AccessRequest.__tablename__
    restricted = [side.named for side in sides if side.restricted or (is_request and side.guarded)]
    if restricted:
        return Audience(Sensitivity.RESTRICTED, frozenset.intersection(*restricted))
    level = max((side.level for side in sides), key=lambda level: level.rank, default=Sensitivity.INTERNAL)
    return Audience(level, frozenset(side.read_at for side in sides if side.read_at is not None))
