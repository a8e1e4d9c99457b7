"""Who has read what is restricted: noted as it is read, shown to people with access, and looked through by them.

A restricted record is read when its page is opened or a search shows a passage of it. It is also read when a document
is made that contains it, or when its history is given out on the command line. So is a contact whose identity is
recorded, by people with access. Other lists show its title alone and are not noted. What cannot be noted is not shown:
the note is written before the record is returned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import event, func, select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import now
from calendar_model.mission.checks import Checks, must_be_actor
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Access, Base, Contact, Identity, Person, ReadCheck, Record, RecordRead
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ReadKind, RecordKind
from calendar_model.vocabulary import Sensitivity

NOTED_EVERY = timedelta(hours=1)
"""A person who reads the same record again within this time has read it once."""
_EVERYTHING = {"everything": True}
"""A check asks for all who have access."""
CHECK_AFTER = timedelta(days=30)
"""How long after the first reading by another person the owner looks through who has read a record."""


def _check_read(session: WorkspaceSession, read: RecordRead) -> None:
    must_be_actor(session, read.person_id)
    if session.get(Record, read.record_id) is None:
        raise Refused(Problem("record-gone"))


def _check_check_off(session: WorkspaceSession, check: ReadCheck) -> None:
    must_be_actor(session, check.person_id)
    lasting = (Access.record_id == check.record_id, Access.person_id == session.actor, Access.until.is_(None))
    named = select(Access.id).where(*lasting)
    if session.scalar(named.execution_options(**_EVERYTHING)) is None:
        raise Refused(Problem("read-check-without-access"))


def _refuse(_session: WorkspaceSession, _row: object) -> None:
    raise Refused(Problem("read-changed"))


CHECKS: Mapping[type[Base], Checks] = {
    RecordRead: Checks(written=_check_read, changed=_refuse, deleted=_refuse),
    ReadCheck: Checks(written=_check_check_off, changed=_refuse),
}


@dataclass(frozen=True)
class NotedRead:
    """That a person has read a record, in UTC; ``is_new`` if nobody with access has looked that through yet."""

    person_id: str
    how: ReadKind
    at: datetime
    is_new: bool


@dataclass(frozen=True)
class Readings:
    """Who has read a record: the newest readings first, how many there are, and how many of them others have made that
    are not looked through yet. Nobody looks through their own readings for others, unless they own the record."""

    newest: Sequence[NotedRead]
    count: int
    unchecked: int


@dataclass(frozen=True)
class DueReadCheck:
    """A record whose owner is to look through who has read it, by ``due``."""

    record_id: str
    kind: RecordKind
    title: str
    due: date


# --- Noting


def note_read(viewer: Viewer, record: Record) -> None:
    """Note that the page of a record is opened: of a restricted one, or of a contact whose identity the reader sees.

    Raises :class:`~calendar_model.store.database.WorkspaceError`; the record must not be shown then.
    """
    has_identity = isinstance(record, Contact) and record.identity is not None
    if not record.sample and (record.sensitivity is Sensitivity.RESTRICTED or has_identity):
        _note(viewer, {record.id}, ReadKind.OPENED, None)


def note_passages(viewer: Viewer, ids: Collection[str]) -> None:
    """Note that passages of these restricted records are shown, as :func:`note_read` does for a page."""
    _note(viewer, ids, ReadKind.OPENED, None)


def _note(viewer: Viewer, ids: Collection[str], how: ReadKind, workspace: Workspace | None) -> None:
    if not ids or not viewer.person_id:
        return
    with reading(viewer, workspace) as session:
        person = session.get(Person, viewer.person_id)
        if person is None or person.sample:
            return
        lately = select(RecordRead.record_id).where(
            RecordRead.record_id.in_(sorted(ids)),
            RecordRead.person_id == viewer.person_id,
            RecordRead.how == how,
            RecordRead.at > now() - NOTED_EVERY,
        )
        missing = sorted(set(ids).difference(session.scalars(lately)))
    if missing:
        with writing(viewer, workspace=workspace) as changing:
            changing.add_all(RecordRead(record_id=one, person_id=viewer.person_id, how=how) for one in missing)


@contextmanager
def reading_for_document(viewer: Viewer, workspace: Workspace | None = None) -> Iterator[WorkspaceSession]:
    """A session to make a document from; which restricted records, and whose identities, are read in it is noted at
    the end.

    Raises as :func:`~calendar_model.access.unit_of_work.reading` does, also if it cannot be noted: no document is given
    out then.
    """
    read: dict[str, Record] = {}
    identified: set[str] = set()

    def take(_session: object, row: object) -> None:
        if isinstance(row, Record):
            read[row.id] = row
        elif isinstance(row, Identity):
            identified.add(row.contact_id)

    with reading(viewer, workspace) as session:
        event.listen(session, "loaded_as_persistent", take)
        yield session
        noted = {
            id_
            for id_, one in read.items()
            if (one.sensitivity is Sensitivity.RESTRICTED or id_ in identified) and not one.sample
        }
    _note(viewer, noted, ReadKind.DOCUMENT, workspace)


def note_histories(viewer: Viewer, ids: Collection[str], workspace: Workspace | None = None) -> None:
    """Note that the history of these records is given out on the command line, for those of them that are restricted.

    Raises as :func:`note_read` does; the history must not be given out then.
    """
    restricted = select(Record.id).where(
        Record.id.in_(sorted(ids)), Record.sensitivity == Sensitivity.RESTRICTED, ~Record.sample
    )
    with reading(viewer, workspace) as session:
        found = set(session.scalars(restricted))
    _note(viewer, found, ReadKind.COMMAND_LINE, workspace)


# --- Looking through


def reads_of(viewer: Viewer, record_id: str, most: int | None = None, workspace: Workspace | None = None) -> Readings:
    """Who has read a record, with the ``most`` newest readings or all; nothing for a viewer without access."""
    theirs = RecordRead.record_id == record_id
    with reading(viewer, workspace) as session:
        owner = select(Record.owner_id).where(Record.id == record_id).scalar_subquery()
        checked = _last_check((ReadCheck.person_id != RecordRead.person_id) | (ReadCheck.person_id == owner))
        is_new = checked.is_(None) | (RecordRead.at > checked)
        unchecked = func.count().filter(is_new, RecordRead.person_id != viewer.person_id)
        count, by_others = session.execute(select(func.count(), unchecked).select_from(RecordRead).where(theirs)).one()
        newest = select(RecordRead, is_new).where(theirs).order_by(RecordRead.at.desc()).limit(most)
        noted = [NotedRead(one.person_id, one.how, one.at, new) for one, new in session.execute(newest)]
        return Readings(noted, count, by_others)


def _last_check(by: sa.ColumnElement[bool]) -> sa.ScalarSelect[datetime]:
    """When a reading was last looked through, by those whom a condition names."""
    of_it = ReadCheck.record_id == RecordRead.record_id
    return select(func.max(ReadCheck.at)).where(of_it, by).correlate(RecordRead).scalar_subquery()


def check_off_reads(viewer: Viewer, record_id: str, workspace: Workspace | None = None) -> None:
    """Record that the viewer has looked through who has read a record. Raises Refused without lasting access to it."""
    with writing(viewer, workspace=workspace) as session:
        if session.get(Record, record_id) is None:
            raise Refused(Problem("record-gone"))
        session.add(ReadCheck(record_id=record_id, person_id=viewer.person_id))


def due_read_checks(session: WorkspaceSession, person_id: str, until: date) -> Sequence[DueReadCheck]:
    """The records of a person whose readings are to be checked by a day: :data:`CHECK_AFTER` the first one by another
    person since the last check."""
    checked = _last_check(ReadCheck.person_id != RecordRead.person_id)
    found = (
        select(Record.id, Record.kind, Record.title, func.min(RecordRead.at).label("first"))
        .join(RecordRead, RecordRead.record_id == Record.id)
        .where(
            Record.owner_id == person_id,
            RecordRead.person_id != person_id,
            checked.is_(None) | (RecordRead.at > checked),
        )
        .group_by(Record.id, Record.kind, Record.title)
        .order_by(func.min(RecordRead.at))
    )
    rows = session.execute(found)
    checks = [DueReadCheck(one.id, one.kind, one.title, (one.first + CHECK_AFTER).date()) for one in rows]
    return [one for one in checks if one.due <= until]
