"""A person's own calendar under a secret address: made, replaced and revoked by them, and found again by its secret.

The secret is 256 random bits, shown once; kept is its SHA-256, which nobody can turn back. Whoever has the address
reads what is public and internal, never what is restricted: a calendar program keeps what it fetched on machines that
nobody here knows.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.safeguards.desk import reading, writing
from calendar_model.safeguards.rules import Refused
from calendar_model.safeguards.sight import OPEN, Viewer, member
from calendar_model.workspace.database import Workspace
from calendar_model.workspace.records import Person, Subscription, SubscriptionUse, now

BITS = 256


@dataclass(frozen=True)
class Subscriber:
    """Whose calendar an address is. ``sample``: a fictional person, who sees the fictional events too."""

    subscription_id: str
    person_id: str
    sample: bool
    follow_ups: bool
    last_used: date | None


@dataclass(frozen=True)
class Address:
    """What its owner is told of a living address: when it was made (UTC), last fetched, and what is in it."""

    made_at: datetime
    last_used: date | None
    follow_ups: bool


def make(viewer: Viewer, *, follow_ups: bool = False, workspace: Workspace | None = None) -> str:
    """Makes a person's address and returns its secret, which cannot be had again; one made before is revoked.

    ``follow_ups``: their open follow-ups shall be in it. Raises :class:`~calendar_model.safeguards.rules.Refused`.
    """
    token = secrets.token_urlsafe(BITS // 8)
    with writing(viewer, workspace=workspace) as session:
        if old := _living(session, viewer):
            old.revoked_at = now()
            # Before the new one: of two that are living the database refuses the second.
            session.flush()
        session.add(Subscription(person_id=viewer.person_id, token_hash=_digest(token), follow_ups=follow_ups))
    return token


def revoke(viewer: Viewer, workspace: Workspace | None = None) -> None:
    """Revokes a person's address, at once and for ever. Raises Refused if there is none."""
    with writing(viewer, workspace=workspace) as session:
        _theirs(session, viewer).revoked_at = now()


def choose_follow_ups(viewer: Viewer, wanted: bool, workspace: Workspace | None = None) -> None:
    """Puts a person's open follow-ups into their calendar, or takes them out. Raises Refused without an address."""
    with writing(viewer, workspace=workspace) as session:
        _theirs(session, viewer).follow_ups = wanted


def address_of(viewer: Viewer, workspace: Workspace | None = None) -> Address | None:
    """A person's living address, as far as it can still be told; None: they have none."""
    with reading(viewer, workspace) as session:
        if (found := _living(session, viewer)) is None:
            return None
        used = session.scalar(select(SubscriptionUse.last_used).where(SubscriptionUse.id == found.id))
    return Address(found.created_at, used, found.follow_ups)


def find(token: str, workspace: Workspace | None = None) -> Subscriber | None:
    """Whose calendar a secret opens; None for one that is not known or revoked, or whose person is not active."""
    asked = (
        select(
            Subscription.id.label("subscription_id"),
            Subscription.person_id,
            Person.sample,
            Subscription.follow_ups,
            SubscriptionUse.last_used,
        )
        .join(Person, Person.id == Subscription.person_id)
        .outerjoin(SubscriptionUse, SubscriptionUse.id == Subscription.id)
        .where(Subscription.token_hash == _digest(token), Subscription.revoked_at.is_(None), Person.active)
    )
    # Who fetches is nobody yet: the secret alone says whose eyes these are.
    with reading(OPEN, workspace) as session:
        row = session.execute(asked.execution_options(everything=True)).first()
    return Subscriber(**row._mapping) if row else None


def note_use(subscriber: Subscriber, day: date, workspace: Workspace | None = None) -> None:
    """Notes the day on which an address was fetched: the first time on each day, else nothing is written.

    Raises Refused where it was revoked meanwhile, and :class:`~calendar_model.workspace.database.WorkspaceError`.
    """
    if subscriber.last_used is not None and subscriber.last_used >= day:
        return
    with writing(member(subscriber.person_id), workspace=workspace) as session:
        used = session.get(SubscriptionUse, subscriber.subscription_id)
        if used is None:
            session.add(SubscriptionUse(id=subscriber.subscription_id, last_used=day))
        elif used.last_used < day:
            used.last_used = day


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _living(session: Session, viewer: Viewer) -> Subscription | None:
    return session.scalar(
        select(Subscription).where(Subscription.person_id == viewer.person_id, Subscription.revoked_at.is_(None))
    )


def _theirs(session: Session, viewer: Viewer) -> Subscription:
    found = _living(session, viewer)
    if found is None:
        raise Refused("There is no address of your own calendar any more; make a new one.")
    return found
