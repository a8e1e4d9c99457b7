"""What is held on a person, as a structured file: on a contact, or on a member of staff (GDPR, Article 15)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import today
from calendar_model.mission.checks import column_values
from calendar_model.mission.links import all_linked_to
from calendar_model.mission.persons import administers
from calendar_model.mission.reads import reading_for_document, reads_of
from calendar_model.mission.records import WHOLE
from calendar_model.mission.themes import themes_of
from calendar_model.store.database import Workspace
from calendar_model.store.models import (
    Access,
    Account,
    Base,
    Change,
    Contact,
    Follow,
    LastVisit,
    MailChoice,
    Person,
    Presence,
    Record,
    RecordRead,
    RemoteCalendar,
    Statement,
    Subscription,
    SubscriptionUse,
)

_EVERYTHING = {"everything": True}

_OF_THE_DATABASE = frozenset({"version", "sample", "salt", "token_hash", "confirm_hash", "moved", "kind"})
"""Columns that say nothing of a person."""

Held = dict[str, Any]


def as_json(held: Mapping[str, Any]) -> str:
    """What is held as a text of JSON; days and instants as ISO 8601."""
    return json.dumps(held, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def held_on_contact(viewer: Viewer, contact_id: str, workspace: Workspace | None = None) -> Held:
    """All that this viewer may see of what is held on a contact: the record, the identity, consents, follow-ups, and
    each linked record. It is noted as a reading of each restricted record in it.

    Raises Refused if the viewer cannot see the contact, and as
    :func:`~calendar_model.mission.reads.reading_for_document` does.
    """
    with reading_for_document(viewer, workspace) as session:
        options = (*WHOLE, selectinload(Contact.consents), selectinload(Contact.identity))
        contact = session.get(Contact, contact_id, options=options)
        if contact is None:
            raise Refused(Problem("contact-gone"))
        held: Held = {
            "as_of": today(),
            "contact": _record(contact),
            "identity": None if contact.identity is None else _columns(contact.identity),
            "consents": [_columns(one) for one in contact.consents],
            "linked_records": [_record(other) for other in sorted(all_linked_to(contact), key=_title)],
        }
    names = _names(viewer, workspace)
    held["readings"] = [
        {"at": one.at, "by": names.get(one.person_id, ""), "how": one.how}
        for one in reads_of(viewer, contact_id, workspace=workspace).newest
    ]
    return held


def _title(record: Record) -> tuple[str, str]:
    return record.title, record.id


def _record(record: Record) -> Held:
    held: Held = {"kind": record.kind, **_columns(record)}
    held["themes"] = themes_of(record)
    held["calendar_items"] = [link.item for link in record.items]
    held["follow_ups"] = [_columns(one) for one in record.follow_ups]
    if isinstance(record, Statement):
        held["texts"] = [_columns(one) for one in record.versions]
    return held


def _columns(row: Base) -> Held:
    """The columns of a row that say anything."""
    return {
        name: value
        for name, value in column_values(row).items()
        if name not in _OF_THE_DATABASE and value not in (None, "")
    }


def _names(viewer: Viewer, workspace: Workspace | None) -> dict[str, str]:
    with reading(viewer, workspace) as session:
        return {row.id: row.name for row in session.execute(select(Person.id, Person.name))}


# --- A member of staff


def held_on_staff(viewer: Viewer, person_id: str, workspace: Workspace | None = None) -> Held:
    """What is held on a user, without anything of the records: their row and roles, accounts, visits, follows,
    subscriptions, followed calendars, readings, and how much they own and have written.

    Secret addresses are left out, and which records they have read. Raises Refused for a viewer who is neither this
    person nor an administrator.
    """
    if viewer.person_id != person_id and not administers(viewer, workspace):
        raise Refused(Problem("export-of-another"))
    with reading(viewer, workspace) as session:
        person = session.get(Person, person_id, options=(selectinload(Person.role_rows),))
        if person is None:
            raise Refused(Problem("person-unknown", "person", {"person": person_id}))

        def rows(kind: Any, owner: Any = None) -> list[Any]:
            theirs = select(kind).where((owner if owner is not None else kind.person_id) == person_id)
            return list(session.scalars(theirs.execution_options(**_EVERYTHING)))

        subscriptions = rows(Subscription)
        used = select(SubscriptionUse).where(SubscriptionUse.id.in_([one.id for one in subscriptions]))
        last_used = {one.id: one.last_used for one in session.scalars(used.execution_options(**_EVERYTHING))}
        counted = select(Change.action, func.count()).where(Change.person_id == person_id).group_by(Change.action)
        lines = session.execute(counted.execution_options(**_EVERYTHING)).all()
        return {
            "as_of": today(),
            "person": _columns(person),
            "roles": [_columns(one) for one in person.role_rows],
            "accounts": [_columns(one) for one in rows(Account)],
            "presence": [{"at": one.at, "typing": one.typing} for one in rows(Presence)],
            "last_visits": [_columns(one) for one in rows(LastVisit, LastVisit.id)],
            "digest_by_mail": [_columns(one) for one in rows(MailChoice, MailChoice.id)],
            "follows": [_columns(one) for one in rows(Follow)],
            "subscriptions": [{**_columns(one), "last_used": last_used.get(one.id)} for one in subscriptions],
            "followed_calendars": [
                {name: value for name, value in _columns(one).items() if name != "address"}
                for one in rows(RemoteCalendar)
            ],
            "readings": [{"at": one.at, "how": one.how} for one in rows(RecordRead)],
            "records_with_access": len(rows(Access)),
            "records_owned": len(rows(Record, Record.owner_id)),
            "lines_of_history": dict(sorted((action, number) for action, number in lines)),
        }
