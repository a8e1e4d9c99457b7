"""For auditors, without contents: who changed what kind of row, and who read which restricted record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.roles import Operation, Subject, allowed_roles, missing_role
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import has_role
from calendar_model.store.database import Workspace
from calendar_model.store.models import Change, Record, RecordRead
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ReadKind, RecordKind

_READ = (Subject.HISTORY, Operation.READ)


@dataclass(frozen=True)
class AuditLine:
    """A line of the history without what it says: neither the record, nor its values, nor the reason.

    ``person_id`` is empty where no person wrote; ``table`` is the kind of row by its name of today.
    """

    number: int
    at: datetime
    person_id: str
    action: str
    table: str


@dataclass(frozen=True)
class AuditedRead:
    """That a person read a restricted record, in UTC; ``kind`` is None once the record is deleted.

    ``record_id`` tells records apart, and is in the address of the record's page; what the record is about is left out.
    """

    at: datetime
    person_id: str
    how: ReadKind
    record_id: str
    kind: RecordKind | None


def audit_lines(viewer: Viewer, most: int, workspace: Workspace | None = None) -> list[AuditLine]:
    """The ``most`` newest lines of the history, newest first. Raises Refused for a viewer who is no auditor."""
    columns = (Change.number, Change.at, Change.person_id, Change.action, Change.table)
    newest = select(*columns).order_by(Change.number.desc()).limit(most)
    with _auditing(viewer, workspace) as session:
        rows = session.execute(newest.execution_options(everything=True)).all()
    return [AuditLine(row.number, row.at, row.person_id, row.action, Change(table=row.table).table_now) for row in rows]


def audited_reads(
    viewer: Viewer, most: int, person_id: str = "", workspace: Workspace | None = None
) -> list[AuditedRead]:
    """The ``most`` newest readings of restricted records, newest first, of everybody or of one person.

    Raises Refused for a viewer who is no auditor.
    """
    columns = (RecordRead.at, RecordRead.person_id, RecordRead.how, RecordRead.record_id, Record.kind)
    found = select(*columns).outerjoin(Record, Record.id == RecordRead.record_id)
    if person_id:
        found = found.where(RecordRead.person_id == person_id)
    newest = found.order_by(RecordRead.at.desc(), RecordRead.id).limit(most)
    with _auditing(viewer, workspace) as session:
        rows = session.execute(newest.execution_options(everything=True)).all()
    return [AuditedRead(row.at, row.person_id, row.how, row.record_id, row.kind) for row in rows]


@contextmanager
def _auditing(viewer: Viewer, workspace: Workspace | None) -> Iterator[WorkspaceSession]:
    with reading(viewer, workspace) as session:
        if not has_role(session, viewer.person_id, *sorted(allowed_roles(*_READ))):
            raise Refused(missing_role(*_READ))
        yield session
