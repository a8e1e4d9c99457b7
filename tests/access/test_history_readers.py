"""A line of the history is read by those who could read it when it was written, and can read its record now."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
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


def test_a_record_that_is_lowered_keeps_its_past_to_itself(desk: Viewer, other: Viewer) -> None:
    made = save(desk, Case, CASE)
    change(desk, Case, made, {"risk_reasons": "Nothing to hide."})
    change(desk, Case, made, {"sensitivity": INTERNAL}, reason=REASON)
    change(desk, Case, made, {"country": "KEN"})
    assert told(other, made) == [("case_file", "update")]
    assert "KEN" in says(other, made)
    assert "qzcanary" in says(desk, made)
    with reading(Viewer("", INTERNAL)) as session:
        assert len(history.of_record(session, made)) == 1


def test_who_is_named_later_does_not_read_what_was_written_before(desk: Viewer, other: Viewer) -> None:
    made = save(desk, Case, CASE)
    change(desk, Case, made, {}, named=[desk.person_id, other.person_id])
    change(desk, Case, made, {"country": "KEN"})
    assert told(other, made) == [("access", "create"), ("case_file", "update")]


def test_what_was_open_is_read_by_those_who_can_read_the_record_now(desk: Viewer, other: Viewer) -> None:
    made = save(desk, Engagement, ENGAGEMENT)
    assert told(other, made) == [("engagement", "create")]
    change(desk, Engagement, made, {"sensitivity": RESTRICTED})
    assert told(other, made) == []
    change(desk, Engagement, made, {"outcome": "qzcanary"})
    change(desk, Engagement, made, {}, named=[desk.person_id, other.person_id])
    assert told(other, made) == [("engagement", "create"), ("access", "create")]


def test_a_link_is_told_to_those_who_could_read_both_records(desk: Viewer, other: Viewer) -> None:
    hidden, open_ = save(desk, Case, CASE), save(desk, Engagement, ENGAGEMENT)
    contact = save(desk, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    change(desk, Engagement, open_, {}, links=[contact])
    change(desk, Contact, contact, {"sensitivity": INTERNAL}, reason=REASON)
    assert told(other, open_) == [("engagement", "create")]
    assert ("record_link", "create") in told(desk, open_)
    assert told(other, hidden) == []


def test_the_history_of_a_deleted_record_stays_with_those_who_could_read_it(desk: Viewer, other: Viewer) -> None:
    open_ = save(desk, Engagement, ENGAGEMENT)
    closed = save(desk, Engagement, {**ENGAGEMENT, "title": "Closed later"})
    change(desk, Engagement, closed, {"sensitivity": RESTRICTED})
    contact = save(desk, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    with writing(desk) as session:
        session.add(Identity(contact_id=contact, name="qzcanary"))
    change(desk, Engagement, open_, {}, links=[contact])
    for kind, made in ((Engagement, open_), (Engagement, closed), (Contact, contact)):
        delete(desk, kind, made)
    assert told(other, open_) == [("engagement", "create"), ("engagement", "delete")]
    assert told(other, closed) == told(other, contact) == []
    for made in (open_, closed, contact):
        assert told(desk, made)[-1][1] == "delete"
    assert ("identity", "delete") in told(desk, contact)
    assert "qzcanary" not in says(desk, contact)
    assert told(ANONYMOUS, open_) == []
    titles = {}
    for who in (desk, other, ANONYMOUS):
        with reading(who) as session:
            titles[who] = [(one.title, one.person_id, one.reason) for one in history.deleted(session)]
    mine = (desk.person_id, REASON)
    assert titles == {
        desk: [("Defender 001", *mine), ("Closed later", *mine), ("Briefing", *mine)],
        other: [("Briefing", *mine)],
        ANONYMOUS: [],
    }


def test_the_command_line_lists_the_deleted_and_tells_of_them(
    desk: Viewer, other: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    made = save(desk, Case, CASE)
    contact = save(desk, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    open_ = save(desk, Engagement, ENGAGEMENT)
    for kind, id_ in ((Contact, contact), (Engagement, open_)):
        delete(desk, kind, id_)
    for person, listed in ((desk.person_id, [open_, contact]), (other.person_id, [open_]), ("", [open_])):
        assert main(["history", "--deleted", "--as", person, "--format", "json"]) == 0
        assert [one["record_id"] for one in json.loads(capsys.readouterr().out)] == listed
    assert main(["history", "--deleted", "--as", desk.person_id]) == 0
    assert contact in capsys.readouterr().out
    assert main(["history", "--record", contact, "--as", desk.person_id, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["action"] == "delete"
    assert main(["history", "--record", contact, "--as", other.person_id, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert made not in capsys.readouterr().out


def test_settings_shows_the_history_of_deleted_records(desk: Viewer, other: Viewer) -> None:
    contact = save(desk, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    delete(desk, Contact, contact)
    app = open_page("settings", desk.person_id)
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


def test_the_migration_tells_from_the_history_who_could_read_each_line(desk: Viewer, other: Viewer) -> None:
    made = save(desk, Case, CASE)
    change(desk, Case, made, {}, named=[desk.person_id, other.person_id])
    contact = save(desk, Contact, {"title": "Organisation 001", "contact_kind": ContactKind.ORGANISATION})
    change(desk, Case, made, {}, links=[contact])
    change(desk, Case, made, {}, named=[desk.person_id])
    change(desk, Case, made, {"sensitivity": INTERNAL}, reason=REASON)
    change(other, Case, made, {"country": "KEN"})
    gone = save(desk, Engagement, ENGAGEMENT)
    delete(other, Engagement, gone)
    before, workspace = sorted(kept_lines()), current_workspace()
    migrations.downgrade(workspace.engine, "0003")
    migrations.upgrade(workspace.engine)
    assert sorted(kept_lines()) == before
    assert history.verify(workspace).problems == ()
    assert {level for _, level, _ in before} == {"internal", "restricted"}


def test_who_could_read_a_line_is_part_of_the_chain(desk: Viewer) -> None:
    save(desk, Case, CASE)
    workspace = current_workspace()
    on_table = " ON change" if workspace.engine.dialect.name == "postgresql" else ""
    with workspace.writing() as connection:
        connection.execute(sa.text(f"DROP TRIGGER change_refuses_update{on_table}"))
        connection.execute(sa.text("UPDATE change SET level = 'internal' WHERE number = 2"))
    assert len(history.verify(workspace).problems) == 1
    with workspace.writing() as connection:
        connection.execute(sa.text("UPDATE change SET level = 'restricted', layout = 1 WHERE number = 2"))
    assert len(history.verify(workspace).problems) == 1


def test_a_line_of_which_the_history_does_not_tell_is_read_by_nobody(desk: Viewer) -> None:
    made = save(desk, Engagement, ENGAGEMENT)
    workspace = current_workspace()
    migrations.downgrade(workspace.engine, "0003")
    on_table = " ON change" if workspace.engine.dialect.name == "postgresql" else ""
    with workspace.writing() as connection:
        connection.execute(sa.text(f"DROP TRIGGER change_refuses_delete{on_table}"))
        connection.execute(sa.text("DELETE FROM change WHERE number = 2"))
        connection.execute(
            sa.text(
                "INSERT INTO change SELECT 3, at, person_id, 'update', \"table\", row_id, :record, before, after, reason, "
                "previous, hash FROM change WHERE number = 1"
            ),
            {"record": made},
        )
    migrations.upgrade(workspace.engine)
    assert told(desk, made) == []
    with reading(desk) as session:
        assert session.scalars(select(Person.id)).all() == [desk.person_id]
