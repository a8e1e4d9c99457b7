"""Erasing a person: a contact who asks for it, or a member of staff who has left (GDPR, Article 17).

The history is append-only: it keeps what was written, but for encrypted and sealed values, which are gone with their
keys. So an erasure also says what stays, and in which records the person may still be mentioned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.mission.checks import ids_linked_in_database, must_have_reason
from calendar_model.mission.contacts import is_code, next_code
from calendar_model.mission.data_protection.retention import has_open_links
from calendar_model.mission.persons import must_administer
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import (
    AccessRequest,
    Account,
    Base,
    Consultee,
    ConsulteeAnswer,
    Contact,
    Follow,
    FollowUp,
    Identity,
    LastVisit,
    MailChoice,
    Override,
    Person,
    Presence,
    Record,
    RemoteCalendar,
    Statement,
    Subscription,
    Unsaved,
    Version,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ContactKind, RecordKind

_EVERYTHING = {"everything": True}


# --- A contact


@dataclass(frozen=True)
class Mention:
    """A record in which a contact may be mentioned, because it is linked to theirs."""

    record_id: str
    kind: RecordKind
    title: str


@dataclass(frozen=True)
class ContactErasure:
    """What the erasure of a contact leaves.

    ``mentions`` are the linked records that the viewer can see; whether there are others is not said.
    ``keeps_warning``: the channels to avoid stay while a linked record is open, because they protect the person.
    """

    mentions: tuple[Mention, ...]
    keeps_warning: bool


def left_by_erasing(viewer: Viewer, contact_id: str, workspace: Workspace | None = None) -> ContactErasure:
    """What the erasure of a contact would leave. Raises Refused if the viewer cannot see the contact."""
    with reading(viewer, workspace) as session:
        return _left_by_erasing(session, _load_contact(session, contact_id))


def erase_contact(
    viewer: Viewer, contact_id: str, *, seen: int, reason: str, workspace: Workspace | None = None
) -> ContactErasure:
    """Erase a contact: the identity, the channels and the consents, and a defender's field of work and name.

    The record stays under its code, so that what it is linked to stays whole. ``reason`` stays in the history, which
    keeps what was written but for the identity. Return what is left. Raises EditConflict, and Refused also where an
    identity is recorded to which the viewer has no access: it would stay.
    """
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        contact = load_for_update(session, Contact, contact_id, seen)
        must_have_reason(session, "erasure-without-reason", "reason")
        identity = select(Identity.id).where(Identity.contact_id == contact.id).execution_options(**_EVERYTHING)
        if contact.identity is None and session.scalar(identity) is not None:
            raise Refused(Problem("access-needed"))
        left = _left_by_erasing(session, contact)
        # Deleted one by one: the rules, and what clears the traces of erased values, look at deleted rows.
        for row in (contact.identity, *contact.consents):
            if row is not None:
                session.delete(row)
        contact.preferred_channels = ""
        if not left.keeps_warning:
            contact.forbidden_channels = ""
        if contact.contact_kind is ContactKind.DEFENDER:
            contact.field_of_work = ""
            if not is_code(contact.title):
                contact.title = next_code(session, contact.contact_kind)
    return left


def _load_contact(session: WorkspaceSession, contact_id: str) -> Contact:
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise Refused(Problem("contact-gone"))
    return contact


def _left_by_erasing(session: WorkspaceSession, contact: Contact) -> ContactErasure:
    linked = ids_linked_in_database(session, [contact.id])[contact.id]
    seen = select(Record.id, Record.kind, Record.title).where(Record.id.in_(linked)).order_by(Record.title, Record.id)
    mentions = tuple(Mention(row.id, row.kind, row.title) for row in session.execute(seen))
    keeps_warning = bool(contact.forbidden_channels) and has_open_links(session, contact.id)
    return ContactErasure(mentions, keeps_warning)


# --- A member of staff who has left


FORMER = "Former colleague"
"""What a person is called whose name was erased, with a number; English, as all that is stored."""
_FORMER = re.compile(rf"{FORMER} (\d{{1,9}})")


def open_of_leaver(viewer: Viewer, person_id: str, workspace: Workspace | None = None) -> tuple[str, ...]:
    """What of a person is still open, as codes: their personal data are erased once this is empty.

    A text that is not delivered needs its writers and those who asked for its overrides, because a second person clears
    it. Raises Refused for a viewer who does not administer the workspace.
    """
    must_administer(viewer, Subject.LEAVER, Operation.DELETE, workspace)
    with reading(viewer, workspace) as session:
        return _open_of(session, person_id)


def erase_staff(viewer: Viewer, person_id: str, workspace: Workspace | None = None) -> str:
    """Erase the personal data of a person who has left; return what they are called from now on.

    Name and post, roles, accounts, subscriptions, followed calendars, unsaved texts, visits, what they followed and the
    choice of mails go. The history and the notes on who has read a record keep naming them by their identifier. Raises
    Refused for a viewer who is no administrator, a person who is active or the viewer, and while something of theirs is
    open.
    """
    must_administer(viewer, Subject.LEAVER, Operation.DELETE, workspace)
    with writing(viewer, "Personal data erased.", workspace) as session, session.no_autoflush:
        person = session.get(Person, person_id)
        if person is None:
            raise Refused(Problem("person-unknown", "person", {"person": person_id}))
        if person_id == viewer.person_id:
            raise Refused(Problem("erasure-of-self"))
        if person.active:
            raise Refused(Problem("erasure-of-active"))
        if open_ := _open_of(session, person_id):
            raise Refused(Problem("erasure-while-open", values={"open": open_}))
        for row in _rows_of(session, person_id):
            session.delete(row)
        names = session.scalars(select(Person.name).execution_options(**_EVERYTHING))
        numbers = [int(match[1]) for name in names if (match := _FORMER.fullmatch(name))]
        if not _FORMER.fullmatch(person.name):
            person.name = f"{FORMER} {max(numbers, default=0) + 1}"
        person.post, person.roles = "", ()
        return person.name


def _rows_of(session: WorkspaceSession, person_id: str) -> list[Base]:
    """What belongs to this person alone."""
    found: list[Base] = []
    for kind in (Account, Follow, Subscription, RemoteCalendar, Unsaved, Presence):
        theirs = select(kind).where(kind.person_id == person_id).execution_options(**_EVERYTHING)
        found += session.scalars(theirs)
    for single in (LastVisit, MailChoice):
        row = session.get(single, person_id, execution_options=_EVERYTHING)
        found += [] if row is None else [row]
    return found


def _open_of(session: WorkspaceSession, person_id: str) -> tuple[str, ...]:
    undelivered = select(Statement.id).where(Statement.state.in_(BEFORE_DELIVERY))
    asked = {
        "records": select(Record.id).where(Record.owner_id == person_id),
        "follow-ups": select(FollowUp.id).where(FollowUp.owner_id == person_id, FollowUp.done_on.is_(None)),
        "replies": select(Statement.id).where(Statement.waiting_for_id == person_id),
        "answers": select(Consultee.id).where(
            Consultee.person_id == person_id,
            Consultee.statement_id.in_(undelivered),
            Consultee.withdrawn_at.is_(None),
            ~Consultee.answers.any(ConsulteeAnswer.at >= Consultee.asked_at),
        ),
        "texts": select(Version.id).where(Version.written_by_id == person_id, Version.statement_id.in_(undelivered)),
        "overrides": select(Override.id).where(Override.person_id == person_id, Override.statement_id.in_(undelivered)),
        "requests": select(AccessRequest.id).where(
            AccessRequest.person_id == person_id,
            AccessRequest.granted_by_id.is_(None),
            AccessRequest.refused_by_id.is_(None),
        ),
    }
    found = (code for code, some in asked.items() if session.scalar(some.limit(1).execution_options(**_EVERYTHING)))
    return tuple(found)
