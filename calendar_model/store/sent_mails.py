"""Which mails are sent: each person, kind and local day has one, however many dashboards and commands send.

A mail is claimed before it is written. The claim becomes ``sending`` just before its text goes to the server, and
``sent`` once the server has it. A sender that dies before that leaves a claim that another takes over, once. If it dies
in between, nobody knows whether the mail went out, and it is not sent again: at most once. Each claim has its own
secret, so that a slow sender whose claim was taken over writes nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from calendar_model.store.database import Workspace
from calendar_model.store.models import new_id, sent_mail

TAKEN_OVER_AFTER = timedelta(minutes=15)
"""How old a claim is whose sender is taken to be dead, and how long a mail waits that a server put off."""
MOST_TRIES = {"claimed": 2, "put-off": 4}
"""How often a mail is tried in all, by the state in which its last try ended."""
KEPT = timedelta(days=400)
"""How long the link in a mail ends these mails."""


class MailState(StrEnum):
    """What has become of a mail. ``put-off``: the server took nothing and says to try later. ``empty``: there was
    nothing to say."""

    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    EMPTY = "empty"
    PUT_OFF = "put-off"
    REFUSED = "refused"


@dataclass(frozen=True)
class Claim:
    """The right to send one mail; ``token_hash`` is that of the secret in it."""

    id: str
    token_hash: str


def claim(workspace: Workspace, person_id: str, kind: str, day: date, token_hash: str, at: datetime) -> Claim | None:
    """Claim the mail of a person for a local day, at an instant; None if it is claimed, sent, or tried often enough.

    Raises :class:`~calendar_model.store.database.WorkspaceError`, as all of these functions do.
    """
    key = (sent_mail.c.person_id == person_id, sent_mail.c.kind == kind, sent_mail.c.day == day)
    # There is one writer at a time, so nobody claims it between the two statements.
    with workspace.writing() as connection:
        known = connection.execute(sa.select(sent_mail).where(*key)).first()
        values = {"state": MailState.CLAIMED.value, "claimed_at": at, "token_hash": token_hash}
        if known is None:
            made = {"id": new_id(), "person_id": person_id, "kind": kind, "day": day, "tries": 1}
            connection.execute(sa.insert(sent_mail).values(**values, **made))
            return Claim(str(made["id"]), token_hash)
        if not _may_be_tried(known, at):
            return None
        again = sa.update(sent_mail).where(sent_mail.c.id == known.id)
        connection.execute(again.values(**values, tries=known.tries + 1))
        return Claim(known.id, token_hash)


def mark(workspace: Workspace, mine: Claim, state: MailState) -> bool:
    """Note what has become of a mail; False if another sender has taken the claim over."""
    with workspace.writing() as connection:
        done = connection.execute(sa.update(sent_mail).where(*_held(mine)).values(state=state.value))
        return bool(done.rowcount == 1)


def release(workspace: Workspace, mine: Claim) -> None:
    """Give a claim back for which nothing was done, as if it had not been made."""
    with workspace.writing() as connection:
        connection.execute(sa.delete(sent_mail).where(*_held(mine), sent_mail.c.state == MailState.CLAIMED.value))


def _held(mine: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return sent_mail.c.id == mine.id, sent_mail.c.token_hash == mine.token_hash


def open_for(workspace: Workspace, kind: str, due: Mapping[str, date], at: datetime) -> set[str]:
    """The persons of ``due``, each with a local day, for whom :func:`claim` would give the mail; nothing is taken.

    Most looks find nothing to do, and this is one query.
    """
    asked = sa.select(sent_mail).where(sent_mail.c.kind == kind, sent_mail.c.day.in_(set(due.values())))
    with workspace.single_statements() as connection:
        known = {(row.person_id, row.day): row for row in connection.execute(asked)}
    return {person for person, day in due.items() if _may_be_tried(known.get((person, day)), at)}


def _may_be_tried(known: Any, at: datetime) -> bool:
    """Whether a mail, None if it was never claimed, may be claimed now."""
    if known is None:
        return True
    return bool(known.tries < MOST_TRIES.get(known.state, 0) and at - known.claimed_at >= TAKEN_OVER_AFTER)


def last_done(workspace: Workspace, person_id: str, kind: str) -> datetime | None:
    """When the last mail of this kind was claimed that was sent, or had nothing to say; None if there is none."""
    done = sent_mail.c.state.in_((MailState.SENT.value, MailState.EMPTY.value))
    asked = sa.select(sa.func.max(sent_mail.c.claimed_at)).where(
        sent_mail.c.person_id == person_id, sent_mail.c.kind == kind, done
    )
    with workspace.single_statements() as connection:
        found: datetime | None = connection.execute(asked).scalar()
        return found


def person_of(workspace: Workspace, token_hash: str) -> str:
    """The person to whom the mail with this secret went; empty if there is none."""
    with workspace.single_statements() as connection:
        asked = sa.select(sent_mail.c.person_id).where(sent_mail.c.token_hash == token_hash)
        return str(connection.execute(asked).scalar() or "")


def forget(workspace: Workspace, today: date) -> None:
    """Delete what is older than :data:`KEPT`."""
    old = sa.select(sent_mail.c.id).where(sent_mail.c.day < today - KEPT).limit(1)
    with workspace.single_statements() as connection:
        if connection.execute(old).first() is None:
            return
    with workspace.writing() as connection:
        connection.execute(sa.delete(sent_mail).where(sent_mail.c.day < today - KEPT))
