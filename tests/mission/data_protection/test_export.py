"""What is held on a person, as a file: all that its reader may see, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.mission import accounts, subscriptions
from calendar_model.mission.contacts import record_consent
from calendar_model.mission.data_protection.export import as_json, held_on_contact, held_on_staff
from calendar_model.mission.digest.choice import MailSettings, ask_confirmation, hash_of, save_choice
from calendar_model.mission.follows import follow
from calendar_model.mission.reads import reads_of
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.visits import record_visit
from calendar_model.store.models import (
    Contact,
    Engagement,
    FollowUp,
    Identity,
    LanguageProposal,
    Person,
    RemoteCalendar,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    FollowKind,
    MailRhythm,
    ReadKind,
    Role,
    StatementFormat,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_for

CANARY = "qzcanary"


@pytest.fixture
def me() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Desk"}))


@pytest.fixture
def other() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Other"}))


@pytest.fixture
def organisation(me: Viewer, other: Viewer) -> str:
    """An organisation that all staff see, whose identity only one of them does, with an open and a hidden record."""
    made = save(me, Contact, {"title": "An organisation", "contact_kind": ContactKind.ORGANISATION})
    save(me, Identity, {"contact_id": made, "name": f"{CANARY} identity"})
    record_consent(me, made, to_what="To be named", given_on=TODAY, taken_by_id=me.person_id)
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    seen = save(me, Engagement, {"title": "Met", "outcome": "A plan", **met}, links=[made], items=["session-HRC64"])
    save(me, FollowUp, {"record_id": seen, "what": "Ask again", "due": TODAY, "owner_id": me.person_id})
    values = {"text": CANARY, "wording": CANARY, "sensitivity": Sensitivity.RESTRICTED}
    save(me, LanguageProposal, {"title": CANARY, **values}, links=[made])
    values = {"title": CANARY, "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
    commands.start_statement(me, values, text=f"{CANARY} text", links=[made], named=[me.person_id])
    return made


def test_people_with_access_get_all_of_it_and_are_noted(me: Viewer, organisation: str) -> None:
    held = json.loads(as_json(held_on_contact(me, organisation)))
    assert held["contact"]["title"] == "An organisation"
    assert held["identity"]["name"] == f"{CANARY} identity"
    assert [one["to_what"] for one in held["consents"]] == ["To be named"]
    by_kind = {one["kind"]: one for one in held["linked_records"]}
    assert set(by_kind) == {"engagement", "language", "statement"}
    assert by_kind["engagement"]["outcome"] == "A plan"
    assert by_kind["engagement"]["calendar_items"] == ["session-HRC64"]
    assert [one["what"] for one in by_kind["engagement"]["follow_ups"]] == ["Ask again"]
    assert [one["text"] for one in by_kind["statement"]["texts"]] == [f"{CANARY} text"]
    assert [(one["by"], one["how"]) for one in held["readings"]] == [("Desk", "document")]
    for record_id in (organisation, by_kind["language"]["id"], by_kind["statement"]["id"]):
        assert [(one.person_id, one.how) for one in reads_of(me, record_id).newest] == [
            (me.person_id, ReadKind.DOCUMENT)
        ]
    assert not {"salt", "version"} & set(as_json(held).replace('"', " ").split())


def test_nothing_that_its_reader_may_not_see_is_in_it(me: Viewer, other: Viewer, organisation: str) -> None:
    text = as_json(held_on_contact(other, organisation))
    assert CANARY not in text
    held = json.loads(text)
    assert held["identity"] is None
    assert [one["kind"] for one in held["linked_records"]] == ["engagement"]
    assert held["readings"] == []
    assert reads_of(me, organisation).count == 0


def test_who_cannot_see_a_contact_gets_no_file(me: Viewer, other: Viewer) -> None:
    made = save(me, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    with refused_for("contact-gone"):
        held_on_contact(other, made)
    assert reads_of(me, made).count == 0


def held_by(who: Viewer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(held_on_staff(who, who.person_id)))
    return found


def test_a_user_gets_what_is_held_on_them_without_anything_of_records(me: Viewer, organisation: str) -> None:
    signed_in = accounts.sign_in_of({"iss": "https://id.example", "sub": "1", "name": "desk@example.org", "iat": 0})
    assert signed_in is not None
    accounts.note_waiting(signed_in)
    accounts.bind(OPERATOR, signed_in.code, me.person_id)
    record_visit(me, TODAY)
    follow(me, FollowKind.STATE, "NOR")
    secret = subscriptions.create_subscription(me, name="Mine")
    save_choice(me, MailSettings(MailRhythm.WEEKLY, (1,), 7, "Europe/Oslo", "en", "desk@example.org"))
    link = ask_confirmation(me)
    address = f"https://example.org/{CANARY}.ics"
    followed = {"name": "Theirs", "address": address, "body": "un-hrc", "event_kind": EventKind.MEETING}
    with writing(me) as session:
        session.add(RemoteCalendar(**followed, person_id=me.person_id))
    held_on_contact(me, organisation)
    held = held_by(me)
    assert (held["person"]["name"], [one["known_as"] for one in held["accounts"]]) == ("Desk", ["desk@example.org"])
    assert {one["role"] for one in held["roles"]} == {Role.EDITOR, Role.CASE_OFFICER}
    assert [one["day"] for one in held["last_visits"]] == [TODAY.isoformat()]
    assert [one["followed_key"] for one in held["follows"]] == ["NOR"]
    assert [one["name"] for one in held["subscriptions"]] == ["Mine"]
    assert [one["name"] for one in held["followed_calendars"]] == ["Theirs"]
    assert len(held["readings"]) == 3
    assert held["records_owned"] == 4
    assert held["records_with_access"] == 3
    assert held["lines_of_history"]["create"] > 5
    assert CANARY not in as_json(held)
    assert secret not in as_json(held)
    assert [one["address"] for one in held["digest_by_mail"]] == ["desk@example.org"]
    assert hash_of(link) not in as_json(held)


def test_only_the_user_and_an_administrator_get_it(me: Viewer, other: Viewer) -> None:
    administrator = member(save(OPERATOR, Person, {"name": "Administrator", "roles": {Role.ADMINISTRATOR}}))
    assert held_on_staff(administrator, me.person_id)["person"]["name"] == "Desk"
    with refused_for("export-of-another"):
        held_on_staff(other, me.person_id)
    with refused_for("person-unknown"):
        held_on_staff(administrator, "0" * 32)
