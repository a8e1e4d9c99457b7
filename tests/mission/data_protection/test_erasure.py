"""Erasing a person: what goes, what stays and is said to, and who may do it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import EditConflict, reading, staff
from calendar_model.mission import accounts, subscriptions
from calendar_model.mission.access_requests import request_access
from calendar_model.mission.contacts import channels_to_avoid, record_consent
from calendar_model.mission.data_protection.erasure import (
    erase_contact,
    erase_staff,
    left_by_erasing,
    open_of_leaver,
)
from calendar_model.mission.digest.choice import MailSettings, save_choice
from calendar_model.mission.follows import follow
from calendar_model.mission.handover import hand_over
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import latest, undo
from calendar_model.mission.visits import record_visit
from calendar_model.store import backup
from calendar_model.store.database import FILE, FOLDER_VARIABLE, current_workspace, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.keys import KEY_VARIABLE, new_key
from calendar_model.store.models import (
    Account,
    Case,
    Change,
    Contact,
    Engagement,
    Follow,
    FollowUp,
    Identity,
    LastVisit,
    MailChoice,
    Person,
    RecordRead,
    RemoteCalendar,
    Statement,
    Subscription,
    Unsaved,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    FollowKind,
    MailRhythm,
    Role,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_for

CANARY = "qzcanary"
REASON = "They asked for it in writing."


@pytest.fixture
def me() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Desk"}))


@pytest.fixture
def administrator() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Administrator", "roles": {Role.ADMINISTRATOR}}))


def defender(who: Viewer, title: str = "Defender 001") -> str:
    columns = {"contact_kind": ContactKind.DEFENDER, "country": "BLR", "field_of_work": "Land rights"}
    columns |= {"preferred_channels": "Signal", "forbidden_channels": "no e-mail"}
    made = save(who, Contact, {"title": title, **columns})
    save(who, Identity, {"contact_id": made, "name": f"{CANARY} name", "channel": f"{CANARY} channel"})
    record_consent(who, made, to_what="To be named", given_on=TODAY, taken_by_id=who.person_id)
    return made


def version(record_id: str) -> int:
    with reading(OPERATOR) as session:
        return int(session.get_one(Contact, record_id, execution_options={"everything": True}).version)


# --- A contact


@pytest.mark.parametrize("with_key", [True, False])
def test_the_drill_of_an_erasure(me: Viewer, with_key: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is erased is in no file of the workspace, and with a key in no backup from before either."""
    if with_key:
        current_workspace().close()
        monkeypatch.setenv(KEY_VARIABLE, new_key())
        monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "workspace"))
        me = member(save(OPERATOR, Person, {"name": "Desk"}))
    made = defender(me)
    backup.backup(current_workspace(), tmp_path / "before")
    erase_contact(me, made, seen=version(made), reason=REASON)
    folder = Path(os.environ[FOLDER_VARIABLE])
    assert (folder / FILE).exists()
    assert [path.name for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()] == []
    with reading(me) as session:
        contact = session.get_one(Contact, made)
        assert (contact.title, contact.country, contact.identity, contact.consents) == ("Defender 001", "BLR", None, [])
        assert (contact.field_of_work, contact.preferred_channels, contact.forbidden_channels) == ("", "", "")
    assert verify(current_workspace()).problems == ()
    url = f"sqlite:///{tmp_path / 'restored' / FILE}"
    (tmp_path / "restored").mkdir()
    backup.restore(url, tmp_path / "before")
    restored = open_workspace(url)
    with reading(me, restored) as session:
        name = session.scalars(select(Identity.name)).one()
    restored.close()
    # Without a key a backup from before still has the name: docs/SECURITY.md says so.
    assert (CANARY in name) is not with_key


def test_what_stays_is_said_without_naming_what_is_hidden(me: Viewer) -> None:
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    made = defender(me)
    save(me, Contact, {}, record_id=made, seen=version(made), named=[me.person_id, other.person_id])
    yesterday = TODAY - timedelta(days=1)
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": yesterday, "form": EngagementForm.ONLINE}
    seen = save(me, Engagement, {"title": "Met", **met}, links=[made])
    hidden = save(other, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY}, links=[made])
    left = left_by_erasing(me, made)
    assert ([one.record_id for one in left.mentions], left.keeps_warning) == ([seen], True)
    assert erase_contact(me, made, seen=version(made), reason=REASON) == left
    # While the case is open, its officer still reads what must not be done.
    assert channels_to_avoid(other, hidden) == ["no e-mail"]
    save(other, Case, {"closed_on": TODAY}, record_id=hidden, seen=1)
    assert not erase_contact(me, made, seen=version(made), reason=REASON).keeps_warning
    assert channels_to_avoid(other, hidden) == []


def test_who_has_no_access_to_the_identity_erases_nothing(me: Viewer) -> None:
    made = defender(me)
    save(me, Contact, {"sensitivity": Sensitivity.INTERNAL}, record_id=made, seen=version(made), reason=REASON)
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    with refused_for("access-needed"):
        erase_contact(other, made, seen=version(made), reason=REASON)
    with reading(me) as session:
        contact = session.get_one(Contact, made)
        assert contact.identity is not None
        assert contact.preferred_channels == "Signal"


def test_a_defender_by_name_becomes_a_code_and_an_organisation_keeps_its_name(me: Viewer) -> None:
    named = defender(me, "A fictional name")
    organisation = save(me, Contact, {"title": "An organisation", "contact_kind": ContactKind.ORGANISATION})
    for made in (named, organisation):
        erase_contact(me, made, seen=version(made), reason=REASON)
    with reading(me) as session:
        assert session.get_one(Contact, named).title == "Defender 001"
        assert session.get_one(Contact, organisation).title == "An organisation"


def test_an_erasure_needs_a_reason_access_and_the_newest_version_and_is_not_undone(me: Viewer) -> None:
    stranger = member(save(OPERATOR, Person, {"name": "Other"}))
    made = defender(me)
    with refused_for("erasure-without-reason"):
        erase_contact(me, made, seen=version(made), reason="")
    for act in (left_by_erasing, lambda who, one: erase_contact(who, one, seen=1, reason=REASON)):
        with pytest.raises(ValueError, match="access"):
            act(stranger, made)
    with pytest.raises(EditConflict):
        erase_contact(me, made, seen=version(made) + 1, reason=REASON)
    erase_contact(me, made, seen=version(made), reason=REASON)
    with refused_for("undo-unknown"):
        undo(me, latest(me, made))


# --- A member of staff who has left


@pytest.fixture
def leaver(administrator: Viewer) -> Viewer:
    """A person with all that can belong to one, who has left."""
    who = member(save(OPERATOR, Person, {"name": f"{CANARY} name", "post": f"{CANARY} post"}))
    signed_in = accounts.sign_in_of({"iss": "https://id.example", "sub": CANARY, "name": CANARY, "iat": 0})
    assert signed_in is not None
    accounts.note_waiting(signed_in)
    accounts.bind(administrator, signed_in.code, who.person_id)
    record_visit(who, TODAY)
    subscriptions.create_subscription(who, name=CANARY)
    mails = MailSettings(MailRhythm.WEEKLY, (1,), 7, "Europe/Oslo", "en", f"{CANARY}@example.org")
    save_choice(who, mails)
    followed = {"name": CANARY, "address": f"https://example.org/{CANARY}.ics", "body": "un-hrc"}
    with writing(who) as session:
        session.add(RemoteCalendar(**followed, person_id=who.person_id, event_kind=EventKind.MEETING))
    return who


def leave(administrator: Viewer, who: Viewer) -> None:
    save(administrator, Person, {"active": False}, record_id=who.person_id, seen=1)


def names() -> set[str]:
    return {one.name for one in staff()}


def test_what_belongs_to_a_leaver_goes_and_accountability_stays(
    me: Viewer, administrator: Viewer, leaver: Viewer
) -> None:
    case = save(leaver, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY, "closed_on": TODAY})
    save(leaver, Case, {}, record_id=case, seen=1, named=[me.person_id, leaver.person_id])
    statement = commands.start_statement(me, {"title": "Item 4", "format": StatementFormat.STATEMENT}, text="Thanks.")
    commands.keep_unsaved(leaver, statement, text=CANARY, language="en", based_on=1)
    follow(leaver, FollowKind.STATE, "NOR")
    with writing(leaver) as session:
        session.add(RecordRead(record_id=case, person_id=leaver.person_id, how="opened"))
    save(leaver, Case, {"owner_id": me.person_id}, record_id=case, seen=1)
    leave(administrator, leaver)
    assert open_of_leaver(administrator, leaver.person_id) == ()
    assert erase_staff(administrator, leaver.person_id) == "Former colleague 1"
    assert names() == {"Desk", "Administrator", "Former colleague 1"}
    with reading(OPERATOR) as session:
        for kind in (Account, Follow, Subscription, RemoteCalendar, Unsaved, LastVisit, MailChoice):
            assert session.scalars(select(kind).execution_options(everything=True)).all() == []
        person = session.get_one(Person, leaver.person_id)
        assert (person.post, person.roles, person.active) == ("", frozenset(), False)
        reads = session.scalars(select(RecordRead.person_id).execution_options(everything=True)).all()
        assert reads == [leaver.person_id]
        lines = session.scalars(
            select(Change.number).where(Change.person_id == leaver.person_id).execution_options(everything=True)
        )
        assert lines.first() is not None
    assert verify(current_workspace()).problems == ()
    # A second time nothing changes; the next one gets the next number.
    assert erase_staff(administrator, leaver.person_id) == "Former colleague 1"
    next_one = member(save(OPERATOR, Person, {"name": "Next"}))
    leave(administrator, next_one)
    assert erase_staff(administrator, next_one.person_id) == "Former colleague 2"


def test_nobody_is_erased_while_something_of_theirs_is_open(me: Viewer, administrator: Viewer, leaver: Viewer) -> None:
    def refused(code: str) -> None:
        assert code in open_of_leaver(administrator, leaver.person_id)
        with refused_for("erasure-while-open"):
            erase_staff(administrator, leaver.person_id)

    met = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    made = save(leaver, Engagement, {"title": "Met", **met})
    save(leaver, FollowUp, {"record_id": made, "what": "Ask", "due": TODAY, "owner_id": leaver.person_id})
    statement = commands.start_statement(me, {"title": "Item 4", "format": StatementFormat.STATEMENT}, text="Thanks.")
    commands.save_text(leaver, statement, text="Many thanks.", language="en", based_on=1)
    with writing(me) as session:
        session.get_one(Statement, statement).waiting_for_id = leaver.person_id
    hidden = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY})
    request_access(leaver, hidden, "To work on it with you.")
    with refused_for("erasure-of-active"):
        erase_staff(administrator, leaver.person_id)
    leave(administrator, leaver)
    for code in ("records", "follow-ups", "replies", "texts", "requests"):
        refused(code)
    hand_over(administrator, leaver.person_id, me.person_id)
    with writing(me) as session:
        session.get_one(Statement, statement).waiting_for_id = None
    assert set(open_of_leaver(administrator, leaver.person_id)) == {"texts", "requests"}
    with writing(me) as session:
        session.get_one(Statement, statement).state = StatementState.DROPPED
    assert open_of_leaver(administrator, leaver.person_id) == ("requests",)


def test_only_another_administrator_erases_a_leaver(me: Viewer, administrator: Viewer, leaver: Viewer) -> None:
    leave(administrator, leaver)
    for act in (open_of_leaver, erase_staff):
        with refused_for("role-needed"):
            act(me, leaver.person_id)
    with refused_for("erasure-of-self"):
        erase_staff(administrator, administrator.person_id)
    with refused_for("person-unknown"):
        erase_staff(administrator, "0" * 32)
    assert f"{CANARY} name" in names()


def test_what_belongs_to_an_active_person_is_deleted_by_nobody_else(administrator: Viewer, leaver: Viewer) -> None:
    for kind in (Subscription, RemoteCalendar):
        with pytest.raises(ValueError), writing(administrator, REASON) as session:  # noqa: PT011
            session.delete(session.scalars(select(kind).execution_options(everything=True)).one())
    leave(administrator, leaver)
    with pytest.raises(ValueError), writing(leaver, REASON) as session:  # noqa: PT011
        session.delete(session.scalars(select(Subscription).execution_options(everything=True)).one())


def test_the_history_keeps_the_name_as_the_sheet_says(administrator: Viewer, leaver: Viewer) -> None:
    leave(administrator, leaver)
    erase_staff(administrator, leaver.person_id)
    with reading(administrator) as session:
        lines = session.scalars(select(Change).where(Change.row_id == leaver.person_id).order_by(Change.number)).all()
    assert f"{CANARY} name" in json.loads(lines[-1].before)["name"]
