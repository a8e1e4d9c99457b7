"""What each person has chosen for the digest by e-mail: how often, when, where to; and what ends it.

Nothing is sent to an address before its reader has confirmed it by a link that was mailed there. A typed address may be
that of another person, and a provider of sign-in may let people choose theirs.
Secrets of links are 256 random bits, and the database has their SHA-256.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, ANY_STAFF, Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import RECORD_READERS, Operation, Subject
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, has_left, is_changed, must_be_actor, value_before
from calendar_model.mission.digest.schedule import Schedule
from calendar_model.mission.persons import must_administer
from calendar_model.mission.transactions import writing
from calendar_model.store import sent_mails
from calendar_model.store.database import Workspace, current_workspace
from calendar_model.store.models import LINE, Base, MailChoice, MailPolicy, Person, PersonRole
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import MailRhythm, MailStop
from calendar_model.translation import LANGUAGES

KIND = "digest"
"""The kind of mail of which each local day has one; others can follow."""
SECRET_BITS = 256
CONFIRMED_WITHIN = timedelta(days=3)
"""How long the link in a mail that asks for confirmation holds."""
ASKED_EVERY = timedelta(minutes=2)
"""How often a person can have such a mail sent, to whatever address."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
"""An address as HTML's own fields take it: https://html.spec.whatwg.org/#valid-e-mail-address."""


def is_address(text: str) -> bool:
    """Whether a text is one plain e-mail address, without a name, a blank or a second line."""
    return len(text) <= LINE and _ADDRESS.fullmatch(text) is not None


def _check_choice(session: WorkspaceSession, choice: MailChoice) -> None:
    must_be_actor(session, choice.id)
    person = session.get(Person, choice.id)
    if person is None or person.sample:
        raise Refused(Problem("mail-of-sample"))
    days = choice.workdays or ""
    if not days or len(set(days)) != len(days) or not set(days) <= set("1234567"):
        raise Refused(Problem("mail-without-day", "workdays"))
    if choice.rhythm is MailRhythm.WEEKLY and len(days) != 1:
        raise Refused(Problem("mail-on-several-days", "workdays"))
    if not choice.timezone:
        raise Refused(Problem("mail-without-zone", "timezone"))
    if choice.language not in LANGUAGES:
        raise Refused(Problem("notice-in-no-language", "language"))
    if (choice.address or choice.rhythm is not MailRhythm.OFF) and not is_address(choice.address or ""):
        raise Refused(Problem("mail-no-address", "address"))


def _check_changed(_session: WorkspaceSession, choice: MailChoice) -> None:
    """Refuse to confirm an address but by the link that was asked for it, which holds once and not for long."""
    if choice.confirmed_at is None:
        return
    is_confirmed_now = is_changed(choice, "confirmed_at")
    asked_at = value_before(choice, "asked_at")
    is_asked = bool(value_before(choice, "confirm_hash")) and not choice.confirm_hash and asked_at is not None
    if is_changed(choice, "address") or (
        is_confirmed_now and not (is_asked and clock.now() - asked_at <= CONFIRMED_WITHIN)
    ):
        raise Refused(Problem("mail-not-confirmed", "address"))


def _check_new(_session: WorkspaceSession, choice: MailChoice) -> None:
    if choice.confirmed_at is not None:
        raise Refused(Problem("mail-not-confirmed", "address"))


def _check_deleted(session: WorkspaceSession, choice: MailChoice) -> None:
    if not has_left(session, choice.id):
        raise Refused(Problem("calendar-of-another-person"))


CHECKS: Mapping[type[Base], Checks] = {
    MailChoice: Checks(written=_check_choice, new=_check_new, changed=_check_changed, deleted=_check_deleted),
}


@dataclass(frozen=True)
class MailSettings:
    """What a person chooses. ``workdays`` are days of ISO 8601; ``language`` is a code of the interface's languages."""

    rhythm: MailRhythm
    workdays: tuple[int, ...]
    hour: int
    timezone: str
    language: str
    address: str


@dataclass(frozen=True)
class MailStatus:
    """A person's choice, and what has become of the address: confirmed, asked about, or stopped; instants in UTC."""

    settings: MailSettings
    chosen_at: datetime
    asked_at: datetime | None
    confirmed_at: datetime | None
    stopped: MailStop | None
    stopped_at: datetime | None

    @property
    def schedule(self) -> Schedule:
        """When digests are due."""
        of = self.settings
        return Schedule(of.rhythm, of.workdays, of.hour, of.timezone, self.chosen_at)

    @property
    def is_on(self) -> bool:
        """Whether digests are sent."""
        return self.settings.rhythm is not MailRhythm.OFF and self.confirmed_at is not None and self.stopped is None


@dataclass(frozen=True)
class Recipient:
    """A person to whom digests are sent."""

    person_id: str
    status: MailStatus


@dataclass(frozen=True)
class StoppedMail:
    """That mail to a person was stopped, and why; without the address."""

    person_id: str
    stopped: MailStop
    at: datetime | None


# --- Queries


def own_choice(viewer: Viewer, workspace: Workspace | None = None) -> MailStatus | None:
    """What the viewer has chosen; None if they have not, or are nobody."""
    if not viewer.person_id:
        return None
    with reading(viewer, workspace) as session:
        choice = session.get(MailChoice, viewer.person_id)
        return None if choice is None else _status(choice)


def recipients(workspace: Workspace | None = None) -> list[Recipient]:
    """The persons who get digests: they want them, have confirmed the address, are active and read records."""
    wanted = (
        MailChoice.rhythm != MailRhythm.OFF,
        MailChoice.confirmed_at.is_not(None),
        MailChoice.stopped.is_(None),
    )
    return [Recipient(one.id, _status(one)) for one in _choices(*wanted, workspace=workspace)]


def must_have_chosen(viewer: Viewer, workspace: Workspace | None = None) -> MailStatus:
    """What the viewer has chosen. Raises Refused if they have not."""
    found = own_choice(viewer, workspace)
    if found is None:
        raise Refused(Problem("mail-not-chosen"))
    return found


def _choices(*wanted: ColumnElement[bool], workspace: Workspace | None) -> Sequence[MailChoice]:
    reads = select(PersonRole.id).where(
        PersonRole.person_id == MailChoice.id, PersonRole.role.in_(sorted(RECORD_READERS))
    )
    theirs = select(MailChoice).join(Person, Person.id == MailChoice.id).where(Person.active, ~Person.sample)
    with reading(ANONYMOUS, workspace) as session:
        asked = theirs.where(reads.exists(), *wanted).order_by(MailChoice.id)
        # Whose mail is due is found before there is a viewer.
        return session.scalars(asked.execution_options(everything=True)).all()


def stopped_mails(viewer: Viewer, workspace: Workspace | None = None) -> list[StoppedMail]:
    """To whom mail was stopped, for administrators. Raises Refused for anybody else."""
    must_administer(viewer, Subject.MAIL_POLICY, Operation.CHANGE, workspace)
    found = _choices(MailChoice.stopped.is_not(None), MailChoice.rhythm != MailRhythm.OFF, workspace=workspace)
    return [StoppedMail(one.id, one.stopped, one.stopped_at) for one in found if one.stopped is not None]


def holds_contents(workspace: Workspace | None = None) -> bool:
    """Whether mails hold contents, and not only counts and a link."""
    with reading(ANY_STAFF, workspace) as session:
        found = session.scalar(select(MailPolicy.contents))
    return found is not False


def _status(choice: MailChoice) -> MailStatus:
    days = tuple(sorted(map(int, choice.workdays)))
    settings = MailSettings(choice.rhythm, days, choice.hour, choice.timezone, choice.language, choice.address)
    return MailStatus(
        settings, choice.chosen_at, choice.asked_at, choice.confirmed_at, choice.stopped, choice.stopped_at
    )


# --- Commands


def save_choice(viewer: Viewer, settings: MailSettings, workspace: Workspace | None = None) -> None:
    """Save what the viewer chooses. Another address has to be confirmed before anything is sent to it.

    Raises Refused for a choice that is not complete, a person of the sample, and a viewer who is nobody.
    """
    columns = {
        "rhythm": settings.rhythm,
        "workdays": "".join(map(str, sorted(set(settings.workdays)))),
        "hour": settings.hour,
        "timezone": settings.timezone,
        "language": settings.language,
    }
    address = settings.address.strip()
    with writing(viewer, workspace=workspace) as session:
        choice = session.get(MailChoice, viewer.person_id)
        if choice is None:
            session.add(MailChoice(id=viewer.person_id, address=address, **columns))
            return
        for name, value in columns.items():
            setattr(choice, name, value)
        if choice.address != address:
            choice.address, choice.confirm_hash = address, ""
            choice.confirmed_at = choice.stopped = choice.stopped_at = None
        if session.is_modified(choice):
            choice.chosen_at = clock.now()


def ask_confirmation(viewer: Viewer, workspace: Workspace | None = None) -> str:
    """Return the secret of a new link that confirms the viewer's address; links from before hold no more.

    Raises Refused without an address, and within :data:`ASKED_EVERY` of the last one.
    """
    at = clock.now()
    token = new_secret()
    with writing(viewer, workspace=workspace) as session:
        choice = session.get(MailChoice, viewer.person_id)
        if choice is None or not choice.address:
            raise Refused(Problem("mail-no-address", "address"))
        if choice.asked_at is not None and timedelta() <= at - choice.asked_at < ASKED_EVERY:
            raise Refused(Problem("mail-asked-lately", values={"minutes": ASKED_EVERY.seconds // 60}))
        choice.confirm_hash, choice.asked_at = hash_of(token), at
    return token


def confirm_address(token: str, workspace: Workspace | None = None) -> bool:
    """Confirm the address to which this secret was mailed; False if it is unknown, used, or too old.

    Mail that was stopped goes on: the reader has shown that it arrives.
    """
    at = clock.now()
    for choice in _choices(MailChoice.confirm_hash == hash_of(token), workspace=workspace):
        if choice.asked_at is None or at - choice.asked_at > CONFIRMED_WITHIN:
            return False
        with writing(member(choice.id), workspace=workspace) as session:
            mine = session.get_one(MailChoice, choice.id)
            if mine.confirm_hash != choice.confirm_hash:
                return False
            mine.confirmed_at = mine.chosen_at = at
            mine.confirm_hash, mine.stopped, mine.stopped_at = "", None, None
        return True
    return False


def unsubscribe(token: str, workspace: Workspace | None = None) -> bool:
    """End the digests of the person to whom the mail with this secret went, also once more; False for an unknown one.

    Raises :class:`~calendar_model.store.database.WorkspaceError`.
    """
    person_id = sent_mails.person_of(workspace or current_workspace(), hash_of(token))
    if not person_id:
        return False
    if _choices(MailChoice.id == person_id, MailChoice.rhythm != MailRhythm.OFF, workspace=workspace):
        with writing(member(person_id), workspace=workspace) as session:
            session.get_one(MailChoice, person_id).rhythm = MailRhythm.OFF
    return True


def stop_mail(person_id: str, reason: MailStop, address: str, workspace: Workspace | None = None) -> bool:
    """Stop the mail of a person, unless they have changed their address meanwhile; return whether it was stopped."""
    with writing(member(person_id), workspace=workspace) as session:
        choice = session.get(MailChoice, person_id)
        if choice is None or choice.address != address or choice.stopped is not None:
            return False
        choice.stopped, choice.stopped_at, choice.confirmed_at = reason, clock.now(), None
        return True


def stop_address(address: str, workspace: Workspace | None = None) -> int:
    """Stop all mail to an address from which a message came back; return for how many persons."""
    wanted = comparable(address)
    found = [
        one for one in _choices(MailChoice.address != "", workspace=workspace) if comparable(one.address) == wanted
    ]
    return sum(stop_mail(one.id, MailStop.BOUNCED, one.address, workspace) for one in found)


def set_contents(viewer: Viewer, *, contents: bool, workspace: Workspace | None = None) -> None:
    """Say whether mails hold contents. Raises Refused for a viewer who is no administrator."""
    with writing(viewer, workspace=workspace) as session:
        policy = session.scalar(select(MailPolicy))
        if policy is None:
            session.add(MailPolicy(contents=contents))
        else:
            policy.contents = contents


def new_secret() -> str:
    """A secret for a link."""
    return secrets.token_urlsafe(SECRET_BITS // 8)


def hash_of(token: str) -> str:
    """The digest under which a secret is found."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def comparable(address: str) -> str:
    """The same text for addresses that differ only in case and blanks."""
    return address.strip().casefold()
