"""Requests for access, which a second person grants: to a transferred record, or one that no active person can read.

One person asks, with a reason; another grants it: an active case officer with access to the record or, if there is
none, a person who can clear. If the record's owner is no longer active, the person becomes its owner.
:mod:`calendar_model.access.access_rules` enforces this, for scripts too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from calendar_model.access.access_rules import LONGEST_ACCESS
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.access.roles import Operation, Subject, allowed_roles, missing_role
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import now
from calendar_model.mission.checks import has_role
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Access, AccessRequest, Identity, Instant, Person, Record
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity

RECENTLY = timedelta(days=14)
"""How long an answer is news to the person who asked."""
USUAL_ACCESS = timedelta(days=7)
"""How long access that was asked for lasts, unless the grantor chooses otherwise."""

_ASK = (Subject.ACCESS_REQUEST, Operation.CREATE)
_EVERYTHING = {"everything": True}
"""Checks read all records, because neither the requester nor a person who can clear needs to see the record."""


@dataclass(frozen=True)
class OpenAccessRequest:
    """An open request. The title is empty if its reader cannot see the record."""

    request_id: str
    record_id: str
    kind: RecordKind
    title: str
    owner: str
    person_id: str
    person: str
    reason: str
    asked_at: datetime


def request_access(viewer: Viewer, record_id: str, reason: str, workspace: Workspace | None = None) -> None:
    """Ask for access to a record, with a reason of a sentence.

    If there is no such record, or the viewer has access already, nothing is written, without a visible difference.
    Raises Refused for a reason that is too short.
    """
    with writing(viewer, workspace=workspace) as session:
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused(Problem("request-without-reason", "reason"))
        if not has_role(session, viewer.person_id, *sorted(allowed_roles(*_ASK))):
            # Said before the record is looked for, so that nobody learns whether there is one.
            raise Refused(missing_role(*_ASK))
        if _can_be_requested(session, record_id, viewer.person_id):
            session.add(AccessRequest(record_id=record_id, person_id=viewer.person_id, reason=reason.strip()))


def _can_be_requested(session: WorkspaceSession, record_id: str, person_id: str) -> bool:
    """Whether a person has no access to the record, or could become its owner."""
    found = session.execute(
        select(Record.sensitivity, Record.owner_id, Person.active)
        .join(Person, Person.id == Record.owner_id)
        .where(Record.id == record_id)
        .execution_options(**_EVERYTHING)
    ).first()
    if found is None:
        return False
    identity = select(Identity.id).where(Identity.contact_id == record_id)
    lasts = Access.until.is_(None) | (Access.until > now())
    named = select(Access.id).where(Access.record_id == record_id, Access.person_id == person_id, lasts)
    asked = select(AccessRequest.id).where(
        AccessRequest.record_id == record_id,
        AccessRequest.person_id == person_id,
        AccessRequest.granted_by_id.is_(None),
        AccessRequest.refused_by_id.is_(None),
    )
    is_guarded, is_named, has_asked = (
        session.scalar(one.execution_options(**_EVERYTHING)) is not None for one in (identity, named, asked)
    )
    is_guarded |= found.sensitivity is Sensitivity.RESTRICTED
    return is_guarded and not has_asked and (not is_named or (not found.active and found.owner_id != person_id))


def list_open_requests(
    viewer: Viewer, record_id: str = "", workspace: Workspace | None = None
) -> list[OpenAccessRequest]:
    """The requests of others that the viewer can grant, oldest first: for one record, or for all."""
    asked = (
        select(AccessRequest)
        .where(AccessRequest.granted_by_id.is_(None), AccessRequest.refused_by_id.is_(None))
        .where(AccessRequest.person_id != viewer.person_id)
        .options(selectinload(AccessRequest.person))
        .order_by(AccessRequest.asked_at, AccessRequest.id)
    )
    if record_id:
        asked = asked.where(AccessRequest.record_id == record_id)
    with reading(viewer, workspace) as session:
        found = list(session.scalars(asked))
        ids = {one.record_id for one in found}
        titles = {
            row.id: row.title for row in session.execute(select(Record.id, Record.title).where(Record.id.in_(ids)))
        }
        about = select(Record.id, Record.kind, Person.name).join(Person, Person.id == Record.owner_id)
        rows = session.execute(about.where(Record.id.in_(ids)).execution_options(**_EVERYTHING))
        records = {row.id: row for row in rows}
    return [
        OpenAccessRequest(
            one.id,
            one.record_id,
            records[one.record_id].kind,
            titles.get(one.record_id, ""),
            records[one.record_id].name,
            one.person_id,
            one.person.name,
            one.reason,
            one.asked_at,
        )
        for one in found
    ]


def grant_access(
    viewer: Viewer, request_id: str, lasts: timedelta = USUAL_ACCESS, workspace: Workspace | None = None
) -> None:
    """Grant another person's request; the access runs out by itself after the time that it ``lasts``.

    Where the record's owner is no longer active, the person becomes its owner, and the access stays. Raises Refused if
    the viewer cannot grant it, it is already answered, or it would last too long.
    """
    with writing(viewer, workspace=workspace) as session, session.no_autoflush:
        request = _open_request(session, request_id)
        record = session.scalars(
            select(Record).where(Record.id == request.record_id).execution_options(**_EVERYTHING)
        ).one()
        owner = select(Person.active).where(Person.id == record.owner_id).execution_options(**_EVERYTHING)
        is_owned = bool(session.scalar(owner))
        request.granted_by_id, request.granted_at = viewer.person_id, now()
        request.until = request.granted_at + lasts if is_owned else None
        # The rules need the full list of people with access, including those whom the grantor cannot see.
        named = select(Access).where(Access.record_id == record.id).execution_options(**_EVERYTHING)
        set_committed_value(record, "named", list(session.scalars(named)))
        known = {access.person_id: access for access in record.named}
        if request.person_id not in known:
            record.named.append(Access(person_id=request.person_id, until=request.until))
        elif known[request.person_id].until is not None:
            known[request.person_id].until = request.until
        if not is_owned:
            record.owner_id = request.person_id


def refuse_access(viewer: Viewer, request_id: str, reason: str, workspace: Workspace | None = None) -> None:
    """Refuse another person's request, with a reason that reaches them; they can ask again.

    Raises Refused if the viewer could not grant it either, it is already answered, or the reason is too short.
    """
    with writing(viewer, workspace=workspace) as session, session.no_autoflush:
        request = _open_request(session, request_id)
        request.refused_by_id, request.refused_at, request.refusal = viewer.person_id, now(), reason.strip()


def _open_request(session: WorkspaceSession, request_id: str) -> AccessRequest:
    request = session.get(AccessRequest, request_id)
    if request is None or request.granted_by_id is not None or request.refused_by_id is not None:
        raise Refused(Problem("request-gone"))
    return request


# --- Who is told


@dataclass(frozen=True)
class GrantNotice:
    """That a person was given access to a record: why, by whom, and ``until`` when; for good where it is None."""

    record_id: str
    kind: RecordKind
    title: str
    person: str
    granted_by: str
    granted_at: datetime
    reason: str
    until: datetime | None


def notices(viewer: Viewer, record_id: str = "", workspace: Workspace | None = None) -> list[GrantNotice]:
    """The access granted of late to records in which the viewer is named, newest first; for one record, or for all."""
    told = (
        select(AccessRequest, Record.kind, Record.title)
        .join(Record, Record.id == AccessRequest.record_id)
        .where(AccessRequest.granted_at > now() - LONGEST_ACCESS, AccessRequest.person_id != viewer.person_id)
        .options(selectinload(AccessRequest.person), selectinload(AccessRequest.granted_by))
        .order_by(AccessRequest.granted_at.desc(), AccessRequest.id)
    )
    if record_id:
        told = told.where(AccessRequest.record_id == record_id)
    with reading(viewer, workspace) as session:
        return [
            GrantNotice(
                one.record_id,
                kind,
                title,
                one.person.name,
                one.granted_by.name if one.granted_by is not None else "",
                one.granted_at,
                one.reason,
                one.until,
            )
            for one, kind, title in session.execute(told)
            if one.granted_at is not None
        ]


@dataclass(frozen=True)
class AccessAnswer:
    """The answer to a request of the viewer's own: granted, for good or ``until`` an instant, or refused with a reason.

    ``title`` is empty where the viewer cannot see the record; ``at`` is UTC.
    """

    record_id: str
    kind: RecordKind
    title: str
    answered_by: str
    at: datetime
    until: datetime | None
    refusal: str


def recent_answers(viewer: Viewer, workspace: Workspace | None = None) -> list[AccessAnswer]:
    """The answers that the viewer's own requests got within :data:`RECENTLY`, newest first."""
    answered_at = func.coalesce(AccessRequest.granted_at, AccessRequest.refused_at)
    answered_by = func.coalesce(AccessRequest.granted_by_id, AccessRequest.refused_by_id)
    own = (
        select(AccessRequest, Person.name, sa.type_coerce(answered_at, Instant()))
        .join(Person, Person.id == answered_by)
        .where(AccessRequest.person_id == viewer.person_id, answered_at > now() - RECENTLY)
        .order_by(answered_at.desc(), AccessRequest.id)
    )
    with reading(viewer, workspace) as session:
        found = [(one, name, at) for one, name, at in session.execute(own)]
        ids = {one.record_id for one, _, _ in found}
        named = select(Record.id, Record.title).where(Record.id.in_(ids))
        titles = {row.id: row.title for row in session.execute(named)}
        known = select(Record.id, Record.kind).where(Record.id.in_(ids)).execution_options(**_EVERYTHING)
        kinds = {row.id: row.kind for row in session.execute(known)}
        return [
            AccessAnswer(
                one.record_id,
                kinds[one.record_id],
                titles.get(one.record_id, ""),
                name,
                at,
                one.until,
                one.refusal,
            )
            for one, name, at in found
        ]


def last_refusal(viewer: Viewer, record_id: str, workspace: Workspace | None = None) -> str:
    """Why the viewer's last request for a record was refused; empty if it was not, or is open or granted."""
    last = select(AccessRequest.refusal).where(
        AccessRequest.record_id == record_id, AccessRequest.person_id == viewer.person_id
    )
    with reading(viewer, workspace) as session:
        return session.scalar(last.order_by(AccessRequest.asked_at.desc()).limit(1)) or ""
