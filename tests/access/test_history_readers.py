"""A line of the history is read by those who could read it when it was written, and can read its record now."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.access_requests import request_access
from calendar_model.mission.transactions import save, writing
from calendar_model.store import history, migrations
from calendar_model.store.database import current_workspace
from calendar_model.store.models import Case, Contact, Engagement, Identity, Person, Record
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, Suggester
from calendar_model.vocabulary import Sensitivity
from pages.components.record.deleted_records import CHOSEN
from tests.app import open_page

pytestmark = pytest.mark.usefixtures("either_database")

REASON = "A reason that is long enough."
CASE: dict[str, Any] = {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY, "risk_reasons": "qzcanary risk"}
ENGAGEMENT: dict[str, Any] = {
    "title": "Briefing",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": date(2026, 11, 24),
    "form": EngagementForm.ONLINE,
}
RESTRICTED, INTERNAL = Sensitivity.RESTRICTED, Sensitivity.INTERNAL


def told(who: Viewer, record_id: str) -> list[tuple[str, str]]:
    """What the history of a record tells somebody: of which table, and what was done."""
    with reading(who) as session:
        return [(line.table, line.action) for line in history.of_record(session, record_id)]


def says(who: Viewer, record_id: str) -> str:
    with reading(who) as session:
        return " ".join(f"{line.before}{line.after}" for line in history.of_record(session, record_id))


def seen(who: Viewer, record_id: str) -> int:
    with reading(who) as session:
        return session.scalar(select(Record.version).where(Record.id == record_id)) or 0


def change(who: Viewer, kind: type[Record], record_id: str, values: dict[str, Any], **more: Any) -> None:
    save(who, kind, values, record_id=record_id, seen=seen(who, record_id), **more)


def delete(who: Viewer, kind: type[Record], record_id: str) -> None:
    with writing(who, REASON) as session:
        session.delete(session.get_one(kind, record_id))


def test_a_record_that_is_lowered_keeps_its_past_to_itself(staff_member: Viewer, other: Viewer) -> None:
    made = save(staff_member, Case, CASE)
    change(staff_member, Case, made, {"risk_reasons": "Nothing to hide."})
    change(staff_member, Case, made, {"sensitivity": INTERNAL}, reason=REASON)
    change(staff_member, Case, made, {"country": "KEN"})
    assert told(other, made) == [("case_file", "update")]
    assert "KEN" in says(other, made)
    assert "qzcanary" in says(staff_member, made)
    with reading(Viewer("", INTERNAL)) as session:
        assert len(history.of_record(session, made)) == 1


def test_why_access_to_an_identity_was_asked_for_is_read_by_those_with_access(
    staff_member: Viewer, other: Viewer
) -> None:
    third = member(save(staff_member, Person, {"name": "Third"}))
    made = save(staff_member, Contact, {"title": "Organisation 1", "contact_kind": ContactKind.ORGANISATION})
    save(staff_member, Identity, {"contact_id": made, "name": "A fictional name"})
    request_access(other, made, "qzcanary is whom I meet next week.")
    assert "qzcanary" in says(staff_member, made)
    assert "qzcanary" not in says(third, made)
    assert ("contact", "create") in told(third, made)


def test_who_is_named_later_does_not_read_what_was_written_before(staff_member: Viewer, other: Viewer) -> None:
    made = save(staff_member, Case, CASE)
    change(staff_member, Case, made, {}, named=[staff_member.person_id, other.person_id])
    change(staff_member, Case, made, {"country": "KEN"})
    assert told(other, made) == [("access", "create"), ("case_file", "update")]


def test_what_was_open_is_read_by_those_who_can_read_the_record_now(staff_member: Viewer, other: Viewer) -> None:
    made = save(staff_member, Engagement, ENGAGEMENT)
    assert told(other, made) == [("engagement", "create")]
    change(staff_member, Engagement, made, {"sensitivity": RESTRICTED})
    assert told(other, made) == []
    change(staff_member, Engagement, made, {"outcome": "qzcanary"})
    change(staff_member, Engagement, made, {}, named=[staff_member.person_id, other.person_id])
    assert told(other, made) == [("engagement", "create"), ("access", "create")]


def test_a_link_is_told_to_those_who_could_read_both_records(staff_member: Viewer, other: Viewer) -> None:
    hidden, open_ = save(staff_member, Case, CASE), save(staff_member, Engagement, ENGAGEMENT)
    contact = save(staff_member, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    change(staff_member, Engagement, open_, {}, links=[contact])
    change(staff_member, Contact, contact, {"sensitivity": INTERNAL}, reason=REASON)
    assert told(other, open_) == [("engagement", "create")]
    assert ("record_link", "create") in told(staff_member, open_)
    assert told(other, hidden) == []


def test_the_history_of_a_deleted_record_stays_with_those_who_could_read_it(
    staff_member: Viewer, other: Viewer
) -> None:
    open_ = save(staff_member, Engagement, ENGAGEMENT)
    closed = save(staff_member, Engagement, {**ENGAGEMENT, "title": "Closed later"})
    change(staff_member, Engagement, closed, {"sensitivity": RESTRICTED})
    contact = save(staff_member, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    with writing(staff_member) as session:
        session.add(Identity(contact_id=contact, name="qzcanary"))
    change(staff_member, Engagement, open_, {}, links=[contact])
    for kind, made in ((Engagement, open_), (Engagement, closed), (Contact, contact)):
        delete(staff_member, kind, made)
    assert told(other, open_) == [("engagement", "create"), ("engagement", "delete")]
    assert told(other, closed) == told(other, contact) == []
    for made in (open_, closed, contact):
        assert told(staff_member, made)[-1][1] == "delete"
    assert ("identity", "delete") in told(staff_member, contact)
    assert "qzcanary" not in says(staff_member, contact)
    assert told(ANONYMOUS, open_) == []
    titles = {}
    for who in (staff_member, other, ANONYMOUS):
        with reading(who) as session:
            titles[who] = [(one.title, one.person_id, one.reason) for one in history.deleted(session)]
    mine = (staff_member.person_id, REASON)
    assert titles == {
        staff_member: [("Defender 001", *mine), ("Closed later", *mine), ("Briefing", *mine)],
        other: [("Briefing", *mine)],
        ANONYMOUS: [],
    }


def test_the_command_line_lists_the_deleted_and_tells_of_them(
    staff_member: Viewer, other: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    made = save(staff_member, Case, CASE)
    contact = save(staff_member, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    open_ = save(staff_member, Engagement, ENGAGEMENT)
    for kind, id_ in ((Contact, contact), (Engagement, open_)):
        delete(staff_member, kind, id_)
    for person, listed in ((staff_member.person_id, [open_, contact]), (other.person_id, [open_]), ("", [open_])):
        assert main(["history", "--deleted", "--as", person, "--format", "json"]) == 0
        assert [one["record_id"] for one in json.loads(capsys.readouterr().out)] == listed
    assert main(["history", "--deleted", "--as", staff_member.person_id]) == 0
    assert contact in capsys.readouterr().out
    assert main(["history", "--record", contact, "--as", staff_member.person_id, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["action"] == "delete"
    assert main(["history", "--record", contact, "--as", other.person_id, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert made not in capsys.readouterr().out


def test_settings_shows_the_history_of_deleted_records(staff_member: Viewer, other: Viewer) -> None:
    contact = save(staff_member, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    delete(staff_member, Contact, contact)
    app = open_page("settings", staff_member.person_id)
    app.selectbox(key=CHOSEN).set_value(contact).run()
    assert [fault.value for fault in app.exception] == []
    (shown,) = [frame.value for frame in app.dataframe if "Before" in frame.value.columns]
    assert REASON in set(shown["Reason"])
    hidden = open_page("settings", other.person_id)
    assert [box.key for box in hidden.selectbox if box.key == CHOSEN] == []


# --- Lines written before the history kept who could read them


def kept_lines() -> list[tuple[int, str, str]]:
    with current_workspace().snapshot() as connection:
        return [tuple(row) for row in connection.execute(sa.text("SELECT number, level, readers FROM change"))]


def test_the_migration_tells_from_the_history_who_could_read_each_line(staff_member: Viewer, other: Viewer) -> None:
    made = save(staff_member, Case, CASE)
    change(staff_member, Case, made, {}, named=[staff_member.person_id, other.person_id])
    contact = save(staff_member, Contact, {"title": "Organisation 001", "contact_kind": ContactKind.ORGANISATION})
    change(staff_member, Case, made, {}, links=[contact])
    change(staff_member, Case, made, {}, named=[staff_member.person_id])
    change(staff_member, Case, made, {"sensitivity": INTERNAL}, reason=REASON)
    change(other, Case, made, {"country": "KEN"})
    gone = save(staff_member, Engagement, ENGAGEMENT)
    delete(other, Engagement, gone)
    before, workspace = sorted(kept_lines()), current_workspace()
    migrations.downgrade(workspace.engine, "0003")
    migrations.upgrade(workspace.engine)
    assert sorted(kept_lines()) == before
    assert history.verify(workspace).problems == ()
    assert {level for _, level, _ in before} == {"internal", "restricted"}


def test_who_could_read_a_line_is_part_of_the_chain(staff_member: Viewer) -> None:
    save(staff_member, Case, CASE)
    workspace = current_workspace()
    on_table = " ON change" if workspace.engine.dialect.name == "postgresql" else ""
    with workspace.writing() as connection:
        connection.execute(sa.text(f"DROP TRIGGER change_refuses_update{on_table}"))
        connection.execute(sa.text("UPDATE change SET level = 'internal' WHERE number = 4"))
    assert len(history.verify(workspace).problems) == 1
    with workspace.writing() as connection:
        connection.execute(sa.text("UPDATE change SET level = 'restricted', layout = 1 WHERE number = 4"))
    assert len(history.verify(workspace).problems) == 1


def test_a_line_of_which_the_history_does_not_tell_is_read_by_nobody(staff_member: Viewer) -> None:
    made = save(staff_member, Engagement, ENGAGEMENT)
    workspace = current_workspace()
    migrations.downgrade(workspace.engine, "0003")
    on_table = " ON change" if workspace.engine.dialect.name == "postgresql" else ""
    with workspace.writing() as connection:
        connection.execute(sa.text(f"DROP TRIGGER change_refuses_delete{on_table}"))
        connection.execute(sa.text("DELETE FROM change WHERE number = 4"))
        connection.execute(
            sa.text(
                "INSERT INTO change SELECT 5, at, person_id, 'update', \"table\", row_id, :record, before, after, reason, "
                "previous, hash FROM change WHERE number = 1"
            ),
            {"record": made},
        )
    migrations.upgrade(workspace.engine)
    assert told(staff_member, made) == []
    with reading(staff_member) as session:
        assert session.scalars(select(Person.id)).all() == [staff_member.person_id]
