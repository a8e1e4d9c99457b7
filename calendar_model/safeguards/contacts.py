"""What holds for contacts, for what they have agreed to, and for who they are."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.safeguards.refusal import Refused
from calendar_model.workspace import contacts
from calendar_model.workspace.records import Consent, Contact, Identity


def check(session: Session, contact: Contact) -> None:
    """Refuses a code by which another contact goes, and says which one is free."""
    if not inspect(contact).attrs.title.history.has_changes():
        return
    beside = (one for one in session.new if isinstance(one, Contact) and one is not contact)
    if contacts.is_taken(session, contact.title, contact.id or "") or any(
        contacts.same_code(one.title, contact.title) for one in beside
    ):
        free = contacts.next_code(session, contact.contact_kind)
        raise Refused(f"Another contact goes by this already. The next free code is {free}.", field="title")


def check_consent(_session: Session, consent: Consent) -> None:
    """Refuses a consent that ends, or was withdrawn, before it was given."""
    attrs = inspect(consent).attrs
    for name, says in (("until", "ends"), ("withdrawn_on", "was withdrawn")):
        day = getattr(consent, name)
        touched = attrs[name].history.has_changes() or attrs.given_on.history.has_changes()
        if day is not None and touched and day < consent.given_on:
            given = wording.day(consent.given_on)
            raise Refused(f"The consent {says} before it was given. Choose a day on or after {given}.", field=name)


def check_identity(_session: Session, identity: Identity) -> None:
    """Refuses to keep nothing at all: to take away what is kept is to erase it."""
    if not any((text or "").strip() for text in (identity.name, identity.channel, identity.notes)):
        raise Refused("Nothing is typed. To take away what is kept, erase it.", field="name")
