"""The history without contents, for auditors: who changed what kind of row, when and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.roles import Operation, Subject, allowed_roles, missing_role
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import has_role
from calendar_model.store.database import Workspace
from calendar_model.store.models import Change

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


def audit_lines(viewer: Viewer, most: int, workspace: Workspace | None = None) -> list[AuditLine]:
    """The ``most`` newest lines of the history, newest first. Raises Refused for a viewer who is no auditor."""
    columns = (Change.number, Change.at, Change.person_id, Change.action, Change.table)
    newest = select(*columns).order_by(Change.number.desc()).limit(most)
    with reading(viewer, workspace) as session:
        if not has_role(session, viewer.person_id, *sorted(allowed_roles(*_READ))):
            raise Refused(missing_role(*_READ))
        rows = session.execute(newest.execution_options(everything=True)).all()
    return [AuditLine(row.number, row.at, row.person_id, row.action, Change(table=row.table).table_now) for row in rows]
