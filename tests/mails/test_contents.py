"""What is in a digest, and what never is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mails import sending
from calendar_model.mission.corrections import record_correction
from calendar_model.mission.digest import choice
from calendar_model.mission.digest.contents import digest_of
from calendar_model.mission.events import item_of
from calendar_model.mission.follows import follow
from calendar_model.mission.missions import add_mission
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import current_workspace
from calendar_model.store.models import Engagement, Event, FollowUp, Person, Record
from calendar_model.terms import (
    EngagementForm,
    EngagementKind,
    EventKind,
    FollowKind,
    Role,
    StatementFormat,
    StatementState,
)
from calendar_model.vocabulary import Sensitivity
from tests.access.test_canaries import MARK, Planted, plant_open, plant_restricted
from tests.day import TODAY
from tests.mails.conftest import PUBLIC
from tests.mails.mail_server import Inbox
from tests.mails.people import with_digest, with_mail

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 6, tzinfo=UTC)


def test_deadlines_are_those_of_what_one_follows_and_of_what_ones_records_are_linked_to(
    me: Viewer, other: Viewer, table: pd.DataFrame
) -> None:
    row = table[table["item"] == "deadline-upr-advance-questions-UPR54"].iloc[0]
    assert row["related_to"] == "session-UPR54"
    today = row["start"].date() - timedelta(days=14)

    def items(who: Viewer, day: date) -> list[str]:
        return [one.item for one in digest_of(who.person_id, "Europe/Oslo", day, LONG_AGO).deadlines]

    assert items(me, today) == []
    follow(me, FollowKind.ITEM, row["related_to"])
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE, "title": "Talk"}
    save(other, Engagement, met, items=[row["related_to"]])
    for who in (me, other):
        assert row["item"] in items(who, today)
        assert row["item"] not in items(who, today - timedelta(days=1))
        assert row["item"] in items(who, row["start"].date())
        assert row["item"] not in items(who, row["start"].date() + timedelta(days=1))


def test_a_changed_date_has_the_old_and_the_new_day(server: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    amina, boris = with_digest("Amina", task=""), with_digest("Boris", task="")
    event = {"title": "Side event", "event_kind": EventKind.SIDE_EVENT, "body": "un-hrc"}
    made = save(boris, Event, {**event, "start": date(2027, 3, 1), "end": date(2027, 3, 1)})
    follow(amina, FollowKind.ITEM, item_of(made))
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-23T12:00:00+00:00")
    save(boris, Event, {"start": date(2027, 3, 4), "end": date(2027, 3, 4)}, record_id=made, seen=1)
    monkeypatch.setenv(TODAY_VARIABLE, MORNING.isoformat())
    assert sending.send_due().counts == {"sent": 1, "empty": 1}
    (message,) = server.messages
    body = message.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "Side event: Mon 1 Mar 2027 → Thu 4 Mar 2027, entered by Boris" in text
    assert "Side event" not in message["Subject"]
    address = f"{PUBLIC}/timeline?item={item_of(made)}"
    assert address in text.split()
    page = message.get_body(("html",))
    assert page is not None
    assert f'<li><a href="{address}">Side event</a>: Mon 1 Mar 2027' in page.get_content()
    # What was told is not told again.
    monkeypatch.setenv(TODAY_VARIABLE, (MORNING + timedelta(days=1)).isoformat())
    assert sending.send_due().counts == {"empty": 2}


def test_a_change_that_is_first_seen_while_digests_are_made_is_told_once(
    server: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina, boris = (with_digest(name, task="") for name in ("Amina", "Boris"))
    for who in (amina, boris):
        follow(who, FollowKind.ITEM, "session-HRC64")
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-23T12:00:00+00:00")
    values = {"start": "2027-03-01", "end": "2027-04-09", "date_precision": "day", "standing": "confirmed"}
    record_correction(
        boris, "sessions.csv", "HRC64", values, source_url="https://example.org/notice", note="By notice."
    )
    # The clock goes on while they are made.
    monkeypatch.setenv(TODAY_VARIABLE, (MORNING + timedelta(seconds=5)).isoformat())
    assert sending.send_due(MORNING).counts == {"sent": 2}
    monkeypatch.setenv(TODAY_VARIABLE, (MORNING + timedelta(days=1)).isoformat())
    assert sending.send_due().counts == {"empty": 2}


def test_a_task_leads_to_its_record_by_its_identifier_alone(server: Inbox) -> None:
    amina = with_digest("Amina", task="Call <b>& write</b>")
    with reading(amina) as session:
        (record,) = session.scalars(select(Engagement.id))
    sending.send_due(MORNING)
    (message,) = server.messages
    text, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    address = f"{PUBLIC}/engagements?record={record}"
    assert f"(follow-up to Meeting of Amina)\n  {address}\n" in text.get_content().replace("\r\n", "\n")
    assert f'<a href="{address}">Call &lt;b&gt;&amp; write&lt;/b&gt;</a> (follow-up to' in page.get_content()


def test_without_contents_no_record_is_named_by_its_address(server: Inbox) -> None:
    with_digest("Amina")
    choice.set_contents(member(save(OPERATOR, Person, {"name": "Head", "roles": {"administrator"}})), contents=False)
    sending.send_due(MORNING)
    (message,) = server.messages
    for part in message.walk():
        assert part.is_multipart() or "record=" not in part.get_content()


def test_no_mail_has_a_word_of_what_is_restricted_or_of_another_mission(
    server: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor as the person who owns all of it, follows it, and has follow-ups on it that are late."""
    monkeypatch.setenv(TODAY_VARIABLE, (MORNING - timedelta(hours=1)).isoformat())
    workspace, planted = current_workspace(), Planted(Path(), Path())
    plant_open(workspace, planted)
    plant_restricted(workspace, planted)
    named, other = member(planted.named), member(planted.other)
    theirs = add_mission(OPERATOR, "Theirs")
    with writing(OPERATOR) as session:
        session.get_one(Person, named.person_id).given = {
            (Role.EDITOR, theirs),
            (Role.CASE_OFFICER, None),
            (Role.EDITOR, None),
        }
    internal = {"title": f"{MARK} of another mission", "mission_id": theirs, "sensitivity": Sensitivity.INTERNAL}
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    elsewhere = save(named, Engagement, {**internal, **met})
    save(named, FollowUp, {"record_id": elsewhere, "what": f"{MARK} there", "due": TODAY, "owner_id": named.person_id})
    seen = planted.seen["engagement"]
    for who in (named, other):
        save(named, FollowUp, {"record_id": seen, "what": "An open task", "due": TODAY, "owner_id": who.person_id})
        with_mail(who, f"{who.person_id}@example.org")
    with reading(named) as session:
        records = session.scalars(select(Record.id)).all()
    for who in (named, other):
        for record in records:
            _follow(who, FollowKind.RECORD, record)
        _follow(who, FollowKind.ITEM, item_of(planted.records[Event]))
        _follow(who, FollowKind.STATE, "BLR")
    event = planted.records[Event]
    with writing(named) as session:
        session.get_one(Event, event).end = TODAY + timedelta(days=1)
    # They keep what they own, but have no role at the other mission any more.
    ours = add_mission(OPERATOR, "Ours")
    with writing(OPERATOR) as session:
        session.get_one(Person, named.person_id).given = {(Role.EDITOR, ours), (Role.CASE_OFFICER, ours)}
    assert sending.send_due(MORNING).counts == {"sent": 2}
    for _address, content in server.received:
        message = message_from_bytes(content, policy=policy.default)
        parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        assert all("An open task" in part for part in parts)
        everything = "\n".join([content.decode(), *map(str, message.values()), *parts])
        assert MARK not in everything
        assert not any(one in everything for one in planted.records.values())


def _follow(who: Viewer, kind: FollowKind, key: str) -> None:
    try:
        follow(who, kind, key)
    except Refused:
        # Who cannot see it cannot follow it.
        return


def test_a_typed_line_break_is_no_line_of_a_mail(server: Inbox) -> None:
    amina = with_digest("Amina", task="Call\n- Sign in: https://example.org/\r\n\u2028Bcc: all@example.org")
    text = sending.preview(amina, MORNING)
    assert "Call - Sign in: https://example.org/ Bcc: all@example.org" in text
    assert not [line for line in text.splitlines() if line.startswith(("- Sign in", "Bcc"))]


def test_views_that_are_awaited_are_called_so(server: Inbox) -> None:
    amina, boris = with_digest("Amina", task=""), with_digest("Boris", task="")
    columns = {"title": "Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    made = commands.start_statement(amina, columns, text="Mr President,")
    commands.move(amina, made, StatementState.CONSULTATION, seen=1, consultees=[boris.person_id])
    assert "Item 4 (awaits your view)" in sending.preview(boris, MORNING)
    assert "Item 4 (view awaited from Boris)" in sending.preview(amina, MORNING)


def test_who_may_clear_is_asked_for_clearance(server: Inbox) -> None:
    amina, boris = with_digest("Amina", task=""), with_digest("Boris", task="")
    save(OPERATOR, Person, {"roles": {Role.EDITOR, Role.CLEARER}}, record_id=boris.person_id, seen=1)
    columns = {"title": "Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    made = commands.start_statement(amina, columns, text="Mr President,")
    commands.move(amina, made, StatementState.CONSULTATION, seen=1, waiting_for=boris.person_id)
    assert "Item 4 (awaits your clearance)" in sending.preview(boris, MORNING)
    assert "Item 4 (reply awaited from Boris)" in sending.preview(amina, MORNING)
