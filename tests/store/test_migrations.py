"""The layout of the tables: forward and back, with rows in them, and always that of the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pandas as pd
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from calendar_model.clock import now
from calendar_model.mission import sample
from calendar_model.store import full_text, migrations
from calendar_model.store.database import Workspace, WorkspaceError, open_workspace
from calendar_model.store.history import START, canonical, line_hash, plain, present, verify
from calendar_model.store.models import (
    Base,
    Change,
    Engagement,
    ItemLink,
    Mission,
    NotAnnounced,
    Person,
    Record,
    RecordLink,
    Statement,
    Subscription,
    SubscriptionUse,
    Version,
    new_id,
)
from calendar_model.terms import EngagementForm, EngagementKind, Role, StatementFormat, Voice
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.store.conftest import a_statement, reading, writing


def tables(workspace: Workspace) -> list[str]:
    return sorted(set(sa.inspect(workspace.engine).get_table_names()) - full_text.TABLES)


def is_of_the_records(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name not in full_text.TABLES


ALL_TABLES = sorted([*Base.metadata.tables, "alembic_version"])
SINCE_ACCOUNTS = (
    "account",
    "agreed_text",
    "comment",
    "consultee",
    "consultee_answer",
    "archived_as",
    "document_link",
    "ended_session",
    "follow",
    "guess_count",
    "holding_notice",
    "mail_choice",
    "mail_policy",
    "mission",
    "override_review",
    "presence",
    "observed_date",
    "read_check",
    "record_read",
    "record_theme",
    "retention_extension",
    "retention_period",
    "row_key",
    "sent_mail",
    "statement_template",
    "template_file",
    "waiting_account",
)
CHANGE_COLUMNS = tuple(getattr(Change, attribute.key) for attribute in sa.inspect(Change).column_attrs)
LATER = {
    "access_request",
    "account",
    "agreed_text",
    "comment",
    "consultee",
    "consultee_answer",
    "archived_as",
    "correction",
    "document_link",
    "ended_session",
    "follow",
    "further_kind",
    "guess_count",
    "holding_notice",
    "imported",
    "last_visit",
    "mail_choice",
    "mail_policy",
    "mission",
    "not_announced",
    "override_review",
    "observed_date",
    "person_role",
    "presence",
    "read_check",
    "record_read",
    "record_theme",
    "remote_calendar",
    "remote_visit",
    "retention_extension",
    "retention_period",
    "role_group",
    "row_key",
    "sent_mail",
    "statement_template",
    "subscription",
    "subscription_use",
    "template_file",
    "waiting_account",
}
"""Tables that the first layout had not."""
ROLES = ("person_role", "role_group")
"""Tables of roles."""
RENAMED = {"item_link": "tie_to_item", "record_link": "tie_to_record"}
"""Tables that the first layout had by another name."""


def fill(workspace: Workspace) -> str:
    """Puts a statement with a text in; returns its identifier."""
    with writing(workspace) as session:
        person = Person(name="Desk officer", roles=())
        session.add(person)
        session.flush()
        statement = a_statement(person, versions=[Version(number=1, text="Mr President,", written_by_id=person.id)])
        session.add(statement)
        session.commit()
    return statement.id


def test_the_newest_layout_is_that_of_the_records(workspace: Workspace) -> None:
    with workspace.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"target_metadata": Base.metadata, "include_name": is_of_the_records}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert migrations.present(connection) == migrations.newest()
        command.check(migrations.config(connection))
    assert tables(workspace) == ALL_TABLES


def test_it_goes_back_and_forward_with_rows_in_it(workspace: Workspace) -> None:
    fill(workspace)
    migrations.downgrade(workspace.engine, "base")
    assert tables(workspace) == ["alembic_version"]
    migrations.upgrade(workspace.engine)
    assert tables(workspace) == ALL_TABLES
    fill(workspace)
    verdict = verify(workspace)
    assert (verdict.problems, verdict.lines) == ((), 3)
    with workspace.engine.connect() as connection, pytest.raises(IntegrityError, match="A saved text is never changed"):
        connection.exec_driver_sql("UPDATE version SET note = 'x'")


def test_the_step_back_before_the_addresses_keeps_all_but_them(workspace: Workspace) -> None:
    statement = fill(workspace)
    with writing(workspace) as session:
        person = session.scalars(select(Person)).one()
        made = Subscription(person_id=person.id, token_hash="0" * 64)
        session.add(made)
        session.flush()
        session.add(SubscriptionUse(id=made.id, last_used=date(2026, 11, 24)))
        session.commit()
    migrations.downgrade(workspace.engine, "0001")
    assert tables(workspace) == sorted(RENAMED.get(name, name) for name in ALL_TABLES if name not in LATER)
    migrations.upgrade(workspace.engine)
    with reading(workspace) as session:
        assert [record.id for record in session.scalars(select(Statement))] == [statement]
        assert session.scalars(select(Subscription)).all() == []
    assert verify(workspace).problems == (
        f"The row of subscription {made.id} is missing: it was deleted outside the history.",
    )


def test_the_step_back_before_the_answers_keeps_all_but_them(workspace: Workspace) -> None:
    fill(workspace)
    with writing(workspace) as session:
        person = session.scalars(select(Person)).one()
        days = {"asked_on": date(2026, 11, 24), "ask_again_on": date(2027, 1, 10)}
        session.add(answer := NotAnnounced(item="session-HRC64", person_id=person.id, **days))
        session.commit()
    migrations.downgrade(workspace.engine, "0007")
    assert tables(workspace) == [
        name for name in ALL_TABLES if name not in {*SINCE_ACCOUNTS, *ROLES, "further_kind", "not_announced"}
    ]
    migrations.upgrade(workspace.engine)
    assert tables(workspace) == ALL_TABLES
    assert verify(workspace).problems == (
        f"The row of not_announced {answer.id} is missing: it was deleted outside the history.",
    )


def test_who_speaks_and_the_format_were_one_column(workspace: Workspace) -> None:
    made = {
        "national": (Voice.NATIONAL, StatementFormat.STATEMENT),
        "joint": (Voice.JOINT, StatementFormat.STATEMENT),
        "general-debate": (Voice.NATIONAL, StatementFormat.GENERAL_DEBATE),
        "upr-recommendation": (Voice.NATIONAL, StatementFormat.UPR_RECOMMENDATION),
    }
    fill(workspace)
    with writing(workspace) as session:
        person = session.scalars(select(Person)).one()
        session.add_all(a_statement(person, title, voice=voice, format=form) for title, (voice, form) in made.items())
        session.commit()
    migrations.downgrade(workspace.engine, "0008")
    with workspace.snapshot() as connection:
        earlier = sa.text("SELECT title, form FROM statement JOIN record ON record.id = statement.id")
        kept = {title: form for title, form in connection.execute(earlier) if title in made}
    assert kept == {title: title for title in made}
    migrations.upgrade(workspace.engine)
    with reading(workspace) as session:
        found = session.scalars(select(Statement).where(Statement.title.in_(made)))
        assert {one.title: (one.voice, one.format) for one in found} == made
    assert verify(workspace).problems == ()


def test_the_step_back_before_further_kinds_keeps_the_main_one(workspace: Workspace) -> None:
    fill(workspace)
    with writing(workspace) as session:
        person = session.scalars(select(Person)).one()
        met = Engagement(title="Met", sensitivity=Sensitivity.INTERNAL, owner_id=person.id, on=date(2026, 11, 24))
        met.form, met.kinds = EngagementForm.PHONE, [EngagementKind.CONSULTED, EngagementKind.INVITED]
        session.add(met)
        session.commit()
    migrations.downgrade(workspace.engine, "0009")
    assert tables(workspace) == [name for name in ALL_TABLES if name not in {*SINCE_ACCOUNTS, *ROLES, "further_kind"}]
    migrations.upgrade(workspace.engine)
    with reading(workspace) as session:
        assert session.scalars(select(Engagement)).one().kinds == (EngagementKind.CONSULTED,)
    assert verify(workspace).problems == (
        f"The row of further_kind {met.further_kinds[0].id} is missing: it was deleted outside the history.",
    )


def before_roles(workspace: Workspace, **may_clear: bool) -> dict[str, str]:
    """Persons as the layout before roles had them, with their lines of the history; their identifiers by name."""
    migrations.downgrade(workspace.engine, "0010")
    ids = {name: new_id() for name in may_clear}
    with workspace.writing() as connection:
        columns = "(id, name, post, may_clear, active, sample, version)"
        for name, id_ in ids.items():
            truth = "true" if may_clear[name] else "false"
            values = f"('{id_}', '{name}', '', {truth}, true, false, 1)"
            connection.exec_driver_sql(f"INSERT INTO person {columns} VALUES {values}")
        lines = connection.execute(select(*CHANGE_COLUMNS).order_by(Change.number)).all()
        number, previous = (lines[-1].number, lines[-1].hash) if lines else (0, START)
        for name, id_ in ids.items():
            row = {"id": id_, "name": name, "post": "", "may_clear": may_clear[name], "active": True}
            line = {"number": (number := number + 1), "at": now(), "person_id": "", "action": "create"}
            line |= {"table": "person", "row_id": id_, "record_id": "", "before": "{}", "reason": ""}
            line |= {"after": canonical({**row, "sample": False, "version": 1}), "previous": previous}
            line |= {"layout": 2, "level": Sensitivity.INTERNAL, "readers": ""}
            line["hash"] = previous = line_hash({name: plain(value) for name, value in line.items()})
            connection.execute(sa.insert(Change), line)
    return ids


def roles(workspace: Workspace) -> dict[str, set[str]]:
    with reading(workspace) as session:
        return {one.name: set(map(str, one.roles)) for one in session.scalars(select(Person))}


def test_everybody_is_an_editor_and_a_case_officer_and_who_might_clear_clears(workspace: Workspace) -> None:
    before_roles(workspace, Desk=False, Head=True)
    migrations.upgrade(workspace.engine)
    usual = {"editor", "case-officer"}
    assert roles(workspace) == {"Desk": usual, "Head": {*usual, "clearer"}}
    assert verify(workspace).problems == ()
    with reading(workspace) as session:
        given = session.scalars(select(Change).where(Change.table == "person_role")).all()
        assert {(line.action, line.person_id, line.reason) for line in given} == {
            ("create", "", "Roles take the place of the right to clear statements.")
        }
    with writing(workspace) as session:
        session.scalars(select(Person).where(Person.name == "Head")).one().roles = {Role.AUDITOR}
        session.commit()
    assert verify(workspace).problems == ()
    # Back and forward, the roles are those that the history has, and no new ones are given.
    migrations.downgrade(workspace.engine, "0010")
    migrations.upgrade(workspace.engine)
    assert roles(workspace) == {"Desk": usual, "Head": {"auditor"}}
    assert verify(workspace).problems == ()


def test_a_forged_row_makes_nobody_a_clearer(workspace: Workspace) -> None:
    ids = before_roles(workspace, Desk=False)
    with workspace.writing() as connection:
        connection.exec_driver_sql(f"UPDATE person SET may_clear = true WHERE id = '{ids['Desk']}'")
    migrations.upgrade(workspace.engine)
    assert roles(workspace) == {"Desk": {"editor", "case-officer"}}


@pytest.mark.parametrize("kind", ["role", "record"])
def test_what_belongs_to_one_mission_does_not_go_back_to_where_all_would_have_it(
    workspace: Workspace, kind: str
) -> None:
    statement = fill(workspace)
    with writing(workspace) as session:
        session.add(mission := Mission(name="Geneva"))
        session.flush()
        if kind == "role":
            session.scalars(select(Person)).one().given = {(Role.READER, mission.id)}
        else:
            session.get_one(Statement, statement).mission_id = mission.id
        session.commit()
    with pytest.raises(RuntimeError):
        migrations.downgrade(workspace.engine, "0015")
    assert tables(workspace) == ALL_TABLES


def test_of_several_addresses_of_a_person_the_step_back_leaves_the_newest(workspace: Workspace) -> None:
    fill(workspace)
    with writing(workspace) as session:
        person = session.scalars(select(Person)).one()
        for day in (20, 22, 21):
            made = datetime(2026, 11, day, tzinfo=UTC)
            session.add(Subscription(person_id=person.id, token_hash=f"{day}", created_at=made, name="x", alarm_days=7))
        session.commit()
    migrations.downgrade(workspace.engine, "0002")
    migrations.upgrade(workspace.engine)
    with reading(workspace) as session:
        living = select(Subscription).where(Subscription.revoked_at.is_(None))
        assert [(one.token_hash, one.name, one.level) for one in session.scalars(living)] == [("22", "", "internal")]


def test_going_back_leaves_nothing_behind_on_a_server(new_postgresql: Callable[[], str]) -> None:
    workspace = open_workspace(new_postgresql())
    ours = sa.text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname")
    with workspace.snapshot() as connection:
        assert connection.scalars(ours).all() == [
            "override_refuses_delete",
            "override_review_refuses_delete",
            "refuse",
            "version_refuses_delete",
        ]
    migrations.downgrade(workspace.engine, "base")
    with workspace.snapshot() as connection:
        assert connection.scalars(ours).all() == []
    workspace.close()


def test_opening_it_again_keeps_what_is_there(workspace: Workspace, url: str) -> None:
    statement = fill(workspace)
    again = open_workspace(url)
    with reading(again) as session:
        assert [version.text for version in session.get_one(Statement, statement).versions] == ["Mr President,"]
    again.close()


def test_a_newer_layout_is_left_alone(workspace: Workspace, url: str) -> None:
    with workspace.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(url)
    assert str(refused.value) == (
        f"The workspace at {workspace.url} was last opened with a newer version of this program. Update the program, "
        "or name another workspace."
    )
    assert tables(workspace) == ALL_TABLES


def test_a_database_with_tables_of_others_stays_as_it_is(url: str) -> None:
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    if url.startswith("sqlite"):
        open_workspace(url).close()
        migrations.downgrade(engine, "base")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        connection.exec_driver_sql("CREATE TABLE record (title TEXT)")
        connection.exec_driver_sql("INSERT INTO record VALUES ('Let It Be')")
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(url)
    assert str(refused.value).endswith(
        " is damaged, or not a workspace of this program. Name another one, or restore a backup into an empty one."
    )
    assert sa.inspect(engine).get_table_names() == ["record"]
    with engine.connect() as connection:
        assert connection.scalars(sa.text("SELECT title FROM record")).all() == ["Let It Be"]
    engine.dispose()


def test_what_points_at_a_row_is_minded_again_after_the_change_of_layout(new_sqlite: Callable[[], str]) -> None:
    workspace = open_workspace(new_sqlite())
    with writing(workspace) as session:
        session.add(Version(statement_id="nowhere", number=1, text="x", written_by_id="nobody"))
        with pytest.raises(IntegrityError):
            session.commit()
    with reading(workspace) as session:
        assert session.scalars(select(Version)).all() == []
    workspace.close()


def test_links_keep_their_history_when_their_tables_are_renamed(workspace: Workspace) -> None:
    statement = fill(workspace)
    with writing(workspace) as session:
        person = session.scalars(select(Person)).one()
        other = a_statement(person, title="Item 4, general debate")
        session.add(other)
        session.flush()
        made = session.get_one(Statement, statement)
        made.items, made.links = [ItemLink(item="hrc-session-HRC67")], [RecordLink(other_id=other.id)]
        session.commit()
    # As a program of the layout before has written it: the lines of the history name the tables of then.
    earlier = {"item_link": "tie_to_item", "record_link": "tie_to_record"}
    with workspace.writing() as connection:
        on_table = " ON change" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER change_refuses_update{on_table}")
        previous = START
        for row in connection.execute(select(*CHANGE_COLUMNS).order_by(Change.number)).all():
            line = dict(row._mapping)
            line |= {"table": earlier.get(line["table"], line["table"]), "previous": previous}
            line["hash"] = previous = line_hash({name: plain(value) for name, value in line.items()})
            connection.execute(sa.update(Change).where(Change.number == line["number"]).values(**line))
    migrations.downgrade(workspace.engine, "0004")
    migrations.upgrade(workspace.engine)
    assert verify(workspace).problems == ()
    with reading(workspace) as session:
        made = session.get_one(Statement, statement)
        assert ([link.item for link in made.items], [link.other_id for link in made.links]) == (
            ["hrc-session-HRC67"],
            [other.id],
        )
        lines = session.scalars(select(Change).where(Change.record_id == statement)).all()
        assert {line.table for line in lines} >= {"tie_to_item", "tie_to_record"}
        assert {line.table_now for line in lines} >= {"item_link", "record_link"}


def test_rows_of_every_kind_go_back_a_step_and_forward(workspace: Workspace, table: pd.DataFrame) -> None:
    """The newest step keeps all rows, and each can still be changed: a step that gives no default would not.

    Rows of a table that it makes are lost on the way back, and verify says so of each.
    """
    sample.load(table, TODAY, workspace)
    steps = [step.revision for step in ScriptDirectory.from_config(migrations.config()).walk_revisions()]
    with workspace.snapshot() as connection:
        before = present(connection)
    migrations.downgrade(workspace.engine, steps[1])
    made = set(ALL_TABLES) - set(tables(workspace))
    migrations.upgrade(workspace.engine)
    with workspace.snapshot() as connection:
        assert present(connection) == {name: {} if name in made else rows for name, rows in before.items()}
    lost = {f"The row of {name} {id_} is missing" for name in made for id_ in before.get(name, ())}
    assert {problem.partition(":")[0] for problem in verify(workspace).problems} == lost
    with writing(workspace) as session:
        for record in session.scalars(select(Record)):
            record.title = f"{record.title} again"
        session.commit()
    assert len(verify(workspace).problems) == len(lost)
