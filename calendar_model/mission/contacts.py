"""Defenders and organisations as contacts: codes, consents, checks on saving, and lists.

The identity of a contact is in :class:`~calendar_model.store.models.Identity`; no query here reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Unpack

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.mission.checks import Checks, give_access_to, ids_linked_in_database, is_changed, must_have_reason
from calendar_model.mission.transactions import SaveOptions, save, writing
from calendar_model.store.database import Workspace, current_workspace
from calendar_model.store.models import Base, Consent, Contact, Identity, Record
from calendar_model.store.sealing import UNREADABLE
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ContactKind
from calendar_model.vocabulary import Sensitivity


def born_at(kind: ContactKind) -> Sensitivity:
    """The minimum level of a contact of this kind: a defender is restricted."""
    return Sensitivity.RESTRICTED if kind is ContactKind.DEFENDER else Sensitivity.INTERNAL


def _check_code(session: Session, contact: Contact) -> None:
    """Refuse a code that another contact has, and name a free one."""
    if not is_changed(contact, "title"):
        return
    beside = (one for one in session.new if isinstance(one, Contact) and one is not contact)
    if is_code_taken(session, contact.title, contact.id or "") or any(
        same_code(one.title, contact.title) for one in beside
    ):
        free = next_code(session, contact.contact_kind)
        raise Refused(Problem("contact-code-taken", "title", {"free": free}))


def _check_consent_days(_session: Session, consent: Consent) -> None:
    """Refuse a consent that ends, or was withdrawn, before it was given."""
    given_on = {"given_on": consent.given_on}
    if _is_before_giving(consent, "until"):
        raise Refused(Problem("consent-ends-too-early", "until", given_on))
    if _is_before_giving(consent, "withdrawn_on"):
        raise Refused(Problem("consent-withdrawn-too-early", "withdrawn_on", given_on))


def _is_before_giving(consent: Consent, column: str) -> bool:
    day = getattr(consent, column)
    return (
        day is not None and day < consent.given_on and (is_changed(consent, column) or is_changed(consent, "given_on"))
    )


def _identity_problems(values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problem of an empty identity; a recorded one is erased instead."""
    is_empty = not any((values.get(name) or "").strip() for name in ("name", "channel", "notes"))
    return (Problem("identity-empty", "name"),) if is_empty else ()


def _give_writer_access(session: WorkspaceSession, identity: Identity) -> None:
    """Give the person who enters an identity access to the contact, because otherwise no one could read it."""
    contact = identity.contact or session.get(Contact, identity.contact_id)
    if contact is None:
        raise Refused(Problem("contact-gone"))
    give_access_to(contact, session.actor)


def _check_erasure(session: WorkspaceSession, _identity: Identity) -> None:
    must_have_reason(session, "erasure-without-reason", "reason")


CHECKS: Mapping[type[Base], Checks] = {
    Contact: Checks(written=_check_code, level_column="contact_kind", level_from="contact_kind", lowest_level=born_at),
    Consent: Checks(written=_check_consent_days),
    Identity: Checks(problems=_identity_problems, new=_give_writer_access, deleted=_check_erasure),
}


SOON = timedelta(days=30)
"""How long before its expiry a consent counts as expiring soon."""

COLUMNS = ("code", "kind", "country", "field_of_work", "preferred_channels", "forbidden_channels", "last_contact")
"""Columns of :func:`contacts_table`."""

_CODE = re.compile(r"(Defender|Organisation|Coalition) (\d{1,9})")


class ConsentState(StrEnum):
    """The state of a consent, in order of attention."""

    EXPIRED = "expired"
    ENDING = "ending"
    HOLDS = "holds"
    TO_COME = "to-come"
    WITHDRAWN = "withdrawn"


def is_code(title: str) -> bool:
    """Whether a title is a code such as ``Defender 014``, which does not identify a person."""
    return _CODE.fullmatch(title.strip()) is not None


def same_code(title: str, other: str) -> bool:
    """Whether two titles are the same code, whatever its leading zeros, or the same text."""
    codes = [_CODE.fullmatch(one.strip()) for one in (title, other)]
    if codes[0] and codes[1]:
        return (codes[0][1], int(codes[0][2])) == (codes[1][1], int(codes[1][2]))
    return title.strip() == other.strip()


def next_code(session: Session, kind: ContactKind) -> str:
    """The next free code for a contact of this kind: ``Defender 015``.

    Counts all contacts, including hidden ones, because codes are unique. It reveals only how many numbers are in use.
    """
    word = str(kind).capitalize()
    return f"{word} {max(_numbers_in_use(session, word), default=0) + 1:03}"


def is_code_taken(session: Session, title: str, but: str = "") -> bool:
    """Whether another contact than ``but`` has this title.

    Among contacts that the reader may not see only codes count, so that no one can find out by trying whether a name
    is recorded.
    """
    code = _CODE.fullmatch(title.strip())
    if code and int(code[2]) in _numbers_in_use(session, code[1], but):
        return True
    return session.scalar(select(Contact.id).where(Contact.title == title.strip(), Contact.id != but)) is not None


def _numbers_in_use(session: Session, word: str, but: str = "") -> set[int]:
    titles = select(Contact.title).where(Contact.title.startswith(f"{word} "), Contact.id != but)
    found = (_CODE.fullmatch(title) for title in session.scalars(titles.execution_options(everything=True)))
    return {int(code[2]) for code in found if code}


def list_contacts(session: Session) -> list[Contact]:
    """All contacts, by code, with their consents and the people with access."""
    eager = (selectinload(Contact.consents), selectinload(Record.named))
    return list(session.scalars(select(Contact).options(*eager).order_by(Contact.title, Contact.id)))


@dataclass(frozen=True)
class ContactQuery:
    """The filter of a list of contacts, in addition to the calendar's filter; an empty field keeps all.

    ``countries`` are ISO 3166 alpha-3 codes. ``search``: every word occurs, in whatever case, in code or field of work.
    """

    kinds: tuple[ContactKind, ...] = ()
    countries: tuple[str, ...] = ()
    search: str = ""

    def keeps(self, contact: Contact) -> bool:
        """Whether the list contains a contact."""
        if self.kinds and contact.contact_kind not in self.kinds:
            return False
        if self.countries and contact.country not in self.countries:
            return False
        searched = f"{contact.title} {contact.field_of_work}".casefold()
        return all(word in searched for word in self.search.casefold().split())


def list_countries(session: Session) -> list[str]:
    """The states of the contacts, by code."""
    return list(
        session.scalars(select(Contact.country).where(Contact.country != "").distinct().order_by(Contact.country))
    )


def consent_state(consent: Consent, today: date) -> ConsentState:
    """Whether a consent is valid on a day. ``until`` is its last day; a withdrawal counts from its own day."""
    if consent.withdrawn_on is not None and consent.withdrawn_on <= today:
        return ConsentState.WITHDRAWN
    if consent.until is not None and consent.until < today:
        return ConsentState.EXPIRED
    if consent.given_on > today:
        return ConsentState.TO_COME
    return ConsentState.ENDING if consent.until is not None and consent.until <= today + SOON else ConsentState.HOLDS


def consent_words(consent: Consent, today: date) -> str:
    """The state of a consent as a sentence."""
    state = consent_state(consent, today)
    if state is ConsentState.WITHDRAWN:
        return f"Withdrawn on {wording.day(consent.withdrawn_on or today)}: no longer valid."
    if consent.until is None:
        return "Valid until withdrawn." if state is ConsentState.HOLDS else "Not yet valid."
    until = wording.day(consent.until)
    return {
        ConsentState.EXPIRED: f"Expired on {until}: ask again before relying on it.",
        ConsentState.ENDING: f"Expires soon, on {until}: ask for renewal.",
        ConsentState.TO_COME: f"Not yet valid; expires on {until}.",
        ConsentState.HOLDS: f"Valid until {until}.",
    }[state]


def consents_to_renew(contact: Contact, today: date) -> list[Consent]:
    """The consents of a contact that have expired or expire soon, without a newer one for the same purpose."""
    asking = (ConsentState.EXPIRED, ConsentState.ENDING)
    holding = {one.to_what.casefold() for one in contact.consents if consent_state(one, today) is ConsentState.HOLDS}
    return [
        one for one in contact.consents if consent_state(one, today) in asking and one.to_what.casefold() not in holding
    ]


def contacts_table(found: Iterable[Contact], last: Mapping[str, date]) -> pd.DataFrame:
    """Contacts as a table for files, in columns :data:`COLUMNS`; restricted ones are left out.

    ``last`` is the day of the last engagement with each, by identifier.
    """
    rows = [
        (
            one.title, str(one.contact_kind), one.country, one.field_of_work, one.preferred_channels,
            one.forbidden_channels, last.get(one.id),
        )
        for one in found
        if one.sensitivity is not Sensitivity.RESTRICTED
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def find_contact(viewer: Viewer, named: str, workspace: Workspace | None = None) -> tuple[str, int]:
    """The identifier and the version of the contact with this code, title or identifier, as far as the viewer sees it.

    Raises Refused for none, and for several of one title.
    """
    with reading(viewer, workspace) as session:
        found = session.execute(select(Contact.id, Contact.version, Contact.title)).all()
    matching = [one for one in found if named == one.id or same_code(one.title, named)]
    if len(matching) != 1:
        raise Refused(Problem("contact-unknown", values={"name": named.strip()}))
    return matching[0].id, matching[0].version


# --- What one must not do


def channels_to_avoid(viewer: Viewer, record_id: str) -> list[str]:
    """What is to be avoided with the contacts linked to a record that the viewer reads, of hidden ones too.

    A person who works on a record must know it without access to the contact; the texts are kinds of channel and name
    nobody. Empty where the viewer cannot read the record.
    """
    with reading(viewer) as session:
        if session.scalar(select(Record.id).where(Record.id == record_id)) is None:
            return []
        linked = ids_linked_in_database(session, [record_id])[record_id]
        asked = select(Contact.forbidden_channels).where(Contact.id.in_(linked), Contact.forbidden_channels != "")
        return sorted(set(session.scalars(asked.execution_options(everything=True))))


# --- Commands


def save_contact(
    viewer: Viewer, values: Mapping[str, Any], *, contact_id: str = "", seen: int = 0, **options: Unpack[SaveOptions]
) -> str:
    """Save a contact, new or the ``seen`` version changed, and return its identifier.

    Options and exceptions as in :func:`~calendar_model.mission.transactions.save`. ``named`` are the people with access
    even if the contact is not restricted: they can see its identity.
    """
    return save(viewer, Contact, values, record_id=contact_id, seen=seen, **options)


def record_consent(
    viewer: Viewer,
    contact_id: str,
    *,
    to_what: str,
    given_on: date | None,
    taken_by_id: str | None,
    until: date | None = None,
    workspace: Workspace | None = None,
) -> None:
    """Record a consent: its purpose, its first and last day, and who recorded it.

    Raises Refused for missing values, and if the viewer cannot see the contact.
    """
    with writing(viewer, workspace=workspace) as session:
        consent = Consent(to_what=to_what.strip(), given_on=given_on, until=until, taken_by_id=taken_by_id)
        contact = _get_contact(session, contact_id)
        contact.consents.append(consent)


def withdraw_consent(
    viewer: Viewer, contact_id: str, consent_id: str, on: date, workspace: Workspace | None = None
) -> None:
    """Record that a contact withdrew a consent on a day; an earlier withdrawal stays.

    Raises Refused if the viewer cannot see the contact.
    """
    with writing(viewer, workspace=workspace) as session:
        contact = _get_contact(session, contact_id)
        for consent in contact.consents:
            if consent.id == consent_id and consent.withdrawn_on is None:
                consent.withdrawn_on = on


def are_identities_encrypted() -> bool:
    """Whether identities are encrypted when they are entered, so that erasing one reaches backups made since."""
    return current_workspace().keyring is not None


def is_readable(identity: Identity) -> bool:
    """Whether all of an identity can be read; not so if it is encrypted and its keys are missing."""
    return UNREADABLE not in (identity.name, identity.channel, identity.notes)


def keep_identity(
    viewer: Viewer,
    contact_id: str,
    values: Mapping[str, Any],
    *,
    identity_id: str = "",
    seen: int = 0,
    workspace: Workspace | None = None,
) -> None:
    """Record the identity of a contact: a new one, or the ``seen`` version changed.

    ``values`` are the columns ``name``, ``channel`` and ``notes``. Raises Refused for an empty identity, if the
    viewer cannot see the contact, and if there is an identity that they have not seen; and EditConflict.
    """
    with writing(viewer, workspace=workspace) as session:
        if identity_id:
            identity = load_for_update(session, Identity, identity_id, seen)
            for name, value in values.items():
                setattr(identity, name, value)
            return
        contact = _get_contact(session, contact_id)
        if contact.identity is not None:
            raise Refused(Problem("identity-exists"))
        contact.identity = Identity(**values)


def erase_identity(
    viewer: Viewer, identity_id: str, *, seen: int, reason: str, workspace: Workspace | None = None
) -> None:
    """Erase the identity of a contact permanently; ``reason`` stays in the history. Raises Refused and EditConflict."""
    with writing(viewer, reason, workspace) as session:
        session.delete(load_for_update(session, Identity, identity_id, seen))


def _get_contact(session: Session, contact_id: str) -> Contact:
    if (contact := session.get(Contact, contact_id)) is None:
        raise Refused(Problem("contact-gone"))
    return contact
