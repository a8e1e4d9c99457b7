"""Accounts of sign-in: whose they are, those that wait to be bound, and sessions that have ended.

An account is identified by the issuer and the subject of the ID token (OpenID Connect Core 1.0, section 5.7). E-mail
addresses and names are not looked at, because a provider may let people choose them. An account gives access once an
administrator has bound it to a person.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import now
from calendar_model.mission.checks import Checks
from calendar_model.mission.persons import roles_of_new
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import LINE, Account, Base, EndedSession, Person, WaitingAccount
from calendar_model.store.models import LOCAL_ISSUER as LOCAL_ISSUER
from calendar_model.store.session import WorkspaceSession

SESSION_HOURS_VARIABLE = "HRD_CALENDAR_SESSION_HOURS"
SESSION_HOURS = 12
"""How long a sign-in holds, unless the variable says otherwise: a working day."""
LONGEST_SESSION = 24 * 7

MOST_WAITING = 200
WAITING_DAYS = 30
"""How many unbound accounts are kept, the newest ones, and for how long."""

CODE_LENGTH = 8

_EVERYTHING = {"everything": True}
"""Whose account it is must be known before there is a viewer; what waits, before it is known who may see it."""

Claims = Mapping[str, object]
"""The claims of an ID token whose signature has been checked."""


@dataclass(frozen=True)
class SignIn:
    """A sign-in: the account, the name that the provider gives it, when its token was issued, and its session.

    ``session`` is a digest that differs for each sign-in; it is the key under which a session is ended.
    """

    issuer: str
    subject: str
    label: str
    issued_at: datetime
    session: str

    @property
    def account(self) -> str:
        """A digest of the account, of which the first characters are the code by which it is bound."""
        return _digest(self.issuer, self.subject)

    @property
    def code(self) -> str:
        """The code by which an administrator finds the account, such as ``7F3A-09BC``."""
        return code_of(self.account)

    @property
    def until(self) -> datetime:
        """When the session expires."""
        return self.issued_at + timedelta(hours=session_hours())


def session_hours() -> int:
    """How many hours a sign-in holds. Raises ValueError if the variable is not a number from 1 to 168."""
    hours = int(os.environ.get(SESSION_HOURS_VARIABLE, "") or SESSION_HOURS)
    if not 1 <= hours <= LONGEST_SESSION:
        raise ValueError(hours)
    return hours


def sign_in_of(claims: Claims) -> SignIn | None:
    """The sign-in of these claims; None if they do not say whose and of when it is."""
    issuer, subject, issued = claims.get("iss"), claims.get("sub"), claims.get("iat")
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        return None
    if issuer == LOCAL_ISSUER or isinstance(issued, bool) or not isinstance(issued, (int, float)):
        return None
    named = (claims.get(name) for name in ("name", "preferred_username", "email"))
    label = next((text for text in named if isinstance(text, str) and text), "")
    # The nonce is drawn anew for each sign-in. A provider that returns none still gives each token its own second.
    session = _digest(issuer, subject, str(issued), *(str(claims.get(name, "")) for name in ("nonce", "sid", "jti")))
    try:
        return SignIn(issuer, subject, label[:LINE], datetime.fromtimestamp(issued, UTC), session)
    except (OverflowError, OSError, ValueError):
        return None


def code_of(account: str) -> str:
    """The code of an account, from its digest."""
    half = CODE_LENGTH // 2
    return f"{account[:half]}-{account[half:CODE_LENGTH]}".upper()


def _digest(*parts: str) -> str:
    # Each part with its length, so that no two lists of parts have the same digest.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# --- Checks


def _check_account(session: WorkspaceSession, account: Account) -> None:
    person = session.get(Person, account.person_id, execution_options=_EVERYTHING)
    if person is None or person.sample or not person.active:
        raise Refused(Problem("account-of-nobody", "person_id"))


CHECKS: Mapping[type[Base], Checks] = {Account: Checks(written=_check_account)}


# --- Queries


def person_of(sign_in: SignIn, workspace: Workspace | None = None) -> Person | None:
    """The person who has signed in; None if the account is bound to nobody, the person is inactive, or the session has
    expired, by the machine's clock, or was ended. Reads the database each time, so that no answer is out of date.

    Raises :class:`~calendar_model.store.database.WorkspaceError`.
    """
    if not _is_within_time(sign_in):
        return None
    ended = select(EndedSession.id).where(EndedSession.id == sign_in.session).exists()
    return _bound_to(sign_in.issuer, sign_in.subject, Person.active & ~ended, workspace)


def is_over(sign_in: SignIn, workspace: Workspace | None = None) -> bool:
    """Whether a session has expired or was ended, so that only signing in again helps."""
    if not _is_within_time(sign_in):
        return True
    with reading(ANONYMOUS, workspace) as session:
        return session.get(EndedSession, sign_in.session, execution_options=_EVERYTHING) is not None


def is_bound(sign_in: SignIn, workspace: Workspace | None = None) -> bool:
    """Whether an account belongs to a person, active or not."""
    return _bound_to(sign_in.issuer, sign_in.subject, sa.true(), workspace) is not None


def _is_within_time(sign_in: SignIn) -> bool:
    # The clocks of two machines differ.
    return sign_in.issued_at - timedelta(minutes=5) <= clock.machine_now() < sign_in.until


def local_person(workspace: Workspace | None = None) -> Person | None:
    """The only user of a machine without sign-in; None until one is chosen, or if they are inactive."""
    return _bound_to(LOCAL_ISSUER, LOCAL_ISSUER, Person.active.is_(True), workspace)


def _bound_to(issuer: str, subject: str, criterion: ColumnElement[bool], workspace: Workspace | None) -> Person | None:
    found = select(Person).join(Account, Account.person_id == Person.id).options(selectinload(Person.role_rows))
    found = found.where(Account.issuer == issuer, Account.subject == subject, criterion)
    with reading(ANONYMOUS, workspace) as session:
        # There is no viewer yet: this is how one is found.
        return session.scalar(found.execution_options(**_EVERYTHING))


def bound_accounts(viewer: Viewer, workspace: Workspace | None = None) -> list[Account]:
    """The accounts of all persons that this viewer may see, by name."""
    with reading(viewer, workspace) as session:
        return list(session.scalars(select(Account).order_by(Account.known_as, Account.id)))


def waiting_accounts(viewer: Viewer, workspace: Workspace | None = None) -> list[WaitingAccount]:
    """The accounts that wait to be bound, as far as this viewer may see them, the newest first."""
    with reading(viewer, workspace) as session:
        return list(session.scalars(select(WaitingAccount).order_by(WaitingAccount.since.desc(), WaitingAccount.id)))


# --- Commands


def note_waiting(sign_in: SignIn, workspace: Workspace | None = None) -> None:
    """Note that an account that is bound to nobody has signed in, so that an administrator can bind it.

    The oldest are dropped when there are more than :data:`MOST_WAITING`, and all after :data:`WAITING_DAYS`.
    """
    with writing(OPERATOR, workspace=workspace) as session:
        everyone = select(WaitingAccount).order_by(WaitingAccount.since.desc(), WaitingAccount.id)
        waiting = list(session.scalars(everyone.execution_options(**_EVERYTHING)))
        if any(one.id == sign_in.account for one in waiting):
            return
        for one in waiting[MOST_WAITING - 1 :]:
            session.delete(one)
        for one in waiting[: MOST_WAITING - 1]:
            if one.since < now() - timedelta(days=WAITING_DAYS):
                session.delete(one)
        session.add(
            WaitingAccount(id=sign_in.account, issuer=sign_in.issuer, subject=sign_in.subject, known_as=sign_in.label)
        )


def bind(
    viewer: Viewer,
    code: str,
    person_id: str = "",
    *,
    new: Mapping[str, Any] | None = None,
    workspace: Workspace | None = None,
) -> None:
    """Bind the waiting account with this code (or identifier) to a person, who can have several.

    With the columns of a ``new`` person, that person is added, too; the first one administers the workspace. Raises
    Refused if no such account waits, or if the person is inactive or of the sample; then nothing is written.
    """
    roles = roles_of_new(workspace)
    with writing(viewer, workspace=workspace) as session:
        if new is not None:
            session.add(person := Person(**{"roles": roles, **new}))
            session.flush()
            person_id = person.id
        wanted = "".join(letter for letter in code.casefold() if letter.isalnum())
        everyone = select(WaitingAccount).execution_options(**_EVERYTHING)
        found = [one for one in session.scalars(everyone) if wanted and one.id.startswith(wanted)]
        if len(found) != 1 or len(wanted) < CODE_LENGTH:
            raise Refused(Problem("account-not-waiting", "code", {"code": code.strip()[:LINE]}))
        (one,) = found
        session.add(Account(issuer=one.issuer, subject=one.subject, known_as=one.known_as, person_id=person_id))
        session.delete(one)


def unbind(viewer: Viewer, account_id: str, workspace: Workspace | None = None) -> None:
    """Take an account from its person: who signs in with it has no access any more.

    Raises Refused if there is no such account.
    """
    with writing(viewer, workspace=workspace) as session:
        account = session.get(Account, account_id, execution_options=_EVERYTHING)
        if account is None:
            raise Refused(Problem("account-gone"))
        session.delete(account)


def bind_local(person_id: str, workspace: Workspace | None = None) -> None:
    """Make a person the only user of this machine, instead of any other. Raises Refused as :func:`bind` does."""
    local = select(Account).where(Account.issuer == LOCAL_ISSUER).execution_options(**_EVERYTHING)
    with writing(OPERATOR, workspace=workspace) as session:
        account = session.scalar(local)
        if account is None:
            session.add(Account(issuer=LOCAL_ISSUER, subject=LOCAL_ISSUER, person_id=person_id))
        elif account.person_id != person_id:
            account.person_id, account.bound_at = person_id, now()


def end_session(sign_in: SignIn, workspace: Workspace | None = None) -> None:
    """End a session for good: who still holds its cookie has no access. Sessions that have expired are forgotten."""
    with writing(OPERATOR, workspace=workspace) as session:
        expired = select(EndedSession).where(EndedSession.until < clock.machine_now()).execution_options(**_EVERYTHING)
        for one in session.scalars(expired):
            session.delete(one)
        if session.get(EndedSession, sign_in.session, execution_options=_EVERYTHING) is None:
            session.add(EndedSession(id=sign_in.session, until=sign_in.until))
