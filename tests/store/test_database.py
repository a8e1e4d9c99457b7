"""The database: what opens it, what keeps it closed, and many who write at once."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload, with_loader_criteria
from sqlalchemy.orm.exc import StaleDataError

from calendar_model.access.protection import audiences
from calendar_model.store import copies, migrations
from calendar_model.store.database import Job, Workspace, WorkspaceError, current_workspace, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import (
    APPEND_ONLY,
    Change,
    ItemLink,
    Override,
    OverrideReview,
    Person,
    Record,
    RecordLink,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.store.session import UnscopedQueryError, WorkspaceSession
from calendar_model.terms import StatementState, Step
from calendar_model.vocabulary import Sensitivity
from tests.store.conftest import a_statement, an_engagement, reading, writing

# --- Opening


def test_a_new_folder_and_file_are_the_owners_alone(tmp_path: Path) -> None:
    workspace = open_workspace(f"sqlite:///{tmp_path}/new/workspace.sqlite")
    with writing(workspace) as session:
        session.add(Person(name="Desk officer", roles=()))
        session.commit()
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in (tmp_path / "new").iterdir()}
    assert modes == {"workspace.sqlite": "0o600", "workspace.sqlite-wal": "0o600", "workspace.sqlite-shm": "0o600"}
    assert oct((tmp_path / "new").stat().st_mode & 0o777) == "0o700"
    workspace.close()


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "workspace.sqlite"
    file.touch(mode=0o644)
    open_workspace(f"sqlite:///{file}").close()
    assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_sqlite_is_safe_before_it_is_fast(new_sqlite: Callable[[], str]) -> None:
    workspace = open_workspace(new_sqlite())
    with workspace.engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    workspace.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_is_named_the_way_that_hosts_name_it(new_postgresql: Callable[[], str], scheme: str) -> None:
    workspace = open_workspace(new_postgresql().replace("postgresql", scheme, 1))
    assert workspace.engine.url.drivername == "postgresql+psycopg"
    workspace.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "mysql://mission:s3cret@host/db",
            "A workspace must be a PostgreSQL database or an SQLite file, not mysql. Write DATABASE_URL as postgresql://user:password@host/database, or leave it out.",
        ),
        (
            "sqlite://",
            "A workspace must be a PostgreSQL database or an SQLite file, not sqlite without a file. Write DATABASE_URL as postgresql://user:password@host/database, or leave it out.",
        ),
        (
            "s3cret",
            "DATABASE_URL is not valid. Write it as postgresql://user:password@host/database, or leave it out to keep the workspace in a file.",
        ),
        (
            "postgresql://mission:s3cret@127.0.0.1:9/calendar",
            "The database server of the workspace does not answer or denies access (postgresql+psycopg://mission:***@127.0.0.1:9/calendar). Check that it is running, and check the name, password and database in DATABASE_URL.",
        ),
        (
            "sqlite:////proc/nowhere/workspace.sqlite",
            "The workspace cannot be kept in /proc/nowhere/workspace.sqlite (No such file or directory). Name a writable folder in HRD_CALENDAR_WORKSPACE.",
        ),
    ],
)
def test_what_cannot_be_opened_is_said_without_the_password(url: str, says: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(url)
    assert str(refused.value) == says
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


def test_a_network_that_goes_away_is_noticed_within_seconds(new_postgresql: Callable[[], str]) -> None:
    url = new_postgresql()

    def parameters(url: str) -> dict[str, str]:
        workspace = open_workspace(url)
        with workspace.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            found: dict[str, str] = driver.info.get_parameters()
        workspace.close()
        return found

    ours, theirs = parameters(url), parameters(f"{url}&connect_timeout=30&tcp_user_timeout=60000")
    assert int(ours["connect_timeout"]) <= 5
    assert int(ours["tcp_user_timeout"]) <= 10_000
    assert int(ours["keepalives_idle"]) + int(ours["keepalives_interval"]) * int(ours["keepalives_count"]) <= 20
    # What an administrator writes into the address wins.
    assert (theirs["connect_timeout"], theirs["tcp_user_timeout"]) == ("30", "60000")


def test_the_password_is_not_part_of_a_workspaces_name(new_postgresql: Callable[[], str]) -> None:
    workspace = open_workspace(new_postgresql().replace("postgres:@", "postgres:s3cret@"))
    assert "s3cret" not in workspace.url
    assert "postgres:***@" in workspace.url
    workspace.close()


def test_a_file_of_something_else_is_not_taken_for_a_workspace(tmp_path: Path) -> None:
    file = tmp_path / "workspace.sqlite"
    file.write_text("Dear colleagues,\n" * 100)
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(f"sqlite:///{file}")
    assert str(refused.value) == (
        f"The workspace in {file} is damaged, or not a workspace of this program. Name another one, or restore a backup "
        "into an empty one."
    )


def test_the_current_workspace_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HRD_CALENDAR_WORKSPACE", str(tmp_path / "one"))
    one = current_workspace()
    monkeypatch.setenv("HRD_CALENDAR_WORKSPACE", str(tmp_path / "two"))
    two = current_workspace()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/three/any.sqlite")
    three = current_workspace()
    assert [w.file for w in (one, two, three)] == [
        tmp_path / "one/workspace.sqlite",
        tmp_path / "two/workspace.sqlite",
        tmp_path / "three/any.sqlite",
    ]
    monkeypatch.delenv("DATABASE_URL")
    assert current_workspace() is two
    for workspace in (one, two, three):
        workspace.close()


def test_many_threads_share_one_current_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HRD_CALENDAR_WORKSPACE", str(tmp_path))
    with ThreadPoolExecutor(8) as threads:
        opened = {id(workspace) for workspace in threads.map(lambda _: current_workspace(), range(16))}
    assert opened == {id(current_workspace())}
    current_workspace().close()


def test_processes_can_open_a_new_workspace_at_the_same_moment(url: str) -> None:
    script = "import sys; from calendar_model.store.database import open_workspace; open_workspace(sys.argv[1])"
    started = [subprocess.Popen([sys.executable, "-c", script, url]) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]


def test_processes_can_bring_an_old_workspace_forward_at_the_same_moment(url: str) -> None:
    workspace = open_workspace(url)
    migrations.downgrade(workspace.engine, "0014")
    script = "import sys; from calendar_model.store.database import open_workspace; open_workspace(sys.argv[1])"
    started = [subprocess.Popen([sys.executable, "-c", script, url]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    with workspace.engine.connect() as connection:
        assert migrations.present(connection) == migrations.newest()
    assert [file.name for file in copies.of(workspace) if "0014" not in file.name] == []
    assert len(copies.of(workspace)) == 1
    workspace.close()


def test_a_job_is_claimed_by_one_process_until_it_ends_or_is_killed(workspace: Workspace, url: str) -> None:
    script = """
import sys, time
from calendar_model.store import copies, migrations
from calendar_model.store.database import Job, open_workspace
with open_workspace(sys.argv[1]).claim(Job.REFRESH) as mine:
    print(mine, flush=True)
    time.sleep(600)
"""

    def is_mine() -> bool:
        with workspace.claim(Job.REFRESH) as mine:
            return mine

    assert [is_mine(), is_mine()] == [True, True]
    with subprocess.Popen([sys.executable, "-c", script, url], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert not is_mine()
        other.kill()
    deadline, claims = time.monotonic() + 30, (False, False)
    while claims != (True, False):
        # A server may take a moment to notice that a connection has ended.
        assert time.monotonic() < deadline, claims
        time.sleep(0.05)
        with workspace.claim(Job.REFRESH) as mine, workspace.claim(Job.REFRESH) as again:
            claims = (mine, again)


# --- Closed until opened


def test_nothing_is_read_without_eyes(workspace: Workspace, person: Person) -> None:
    with workspace.session() as session, pytest.raises(UnscopedQueryError):
        session.scalars(select(Person)).all()
    with workspace.session() as session, pytest.raises(UnscopedQueryError):
        session.get(Person, person.id)


def test_a_check_reads_everything_and_a_reader_what_they_may(workspace: Workspace, person: Person) -> None:
    with writing(workspace) as session:
        session.add_all(
            [a_statement(person, "Open"), a_statement(person, "Hidden", sensitivity=Sensitivity.RESTRICTED)]
        )
        session.commit()
    titles = select(Record.title).order_by(Record.title)
    with workspace.session() as session:
        session.scope = [with_loader_criteria(Record, Record.sensitivity == Sensitivity.INTERNAL, include_aliases=True)]
        assert session.scalars(titles).all() == ["Open"]
        assert session.scalars(titles.execution_options(everything=True)).all() == ["Hidden", "Open"]
        assert session.scalar(select(sa.func.count()).select_from(Statement)) == 1


@pytest.fixture
def linked(workspace: Workspace, person: Person) -> Statement:
    """A statement that is linked to an engagement and to a restricted one."""
    statement = a_statement(person)
    hidden = an_engagement(person, "Hidden", sensitivity=Sensitivity.RESTRICTED)
    statement.links = [RecordLink(other=an_engagement(person, "Open")), RecordLink(other=hidden)]
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
    return statement


def half_blind(workspace: Workspace, *, write: bool = False) -> WorkspaceSession:
    """A session that sees no restricted engagement, and no link to one."""
    record = Record.__table__
    open_ = select(record.c.id).where(record.c.sensitivity != Sensitivity.RESTRICTED)
    session = workspace.session(write=write)
    session.scope = [
        with_loader_criteria(Record, Record.sensitivity != Sensitivity.RESTRICTED, include_aliases=True),
        with_loader_criteria(RecordLink, RecordLink.other_id.in_(open_), include_aliases=True),
    ]
    session.rules = lambda _: None
    session.access_rules = audiences
    return session


@pytest.mark.parametrize("everything", [False, True])
def test_relationships_are_read_through_the_same_eyes(
    workspace: Workspace, linked: Statement, everything: bool
) -> None:
    with half_blind(workspace) as session:
        found = select(Statement).where(Statement.id == linked.id).execution_options(everything=everything)
        assert [link.other.title for link in session.scalars(found).one().links] == ["Open"]


def test_relationships_read_together_are_narrowed_too(workspace: Workspace, linked: Statement) -> None:
    with half_blind(workspace) as session:
        found = select(Statement).options(selectinload(Statement.links).selectinload(RecordLink.other))
        statement = session.scalars(found.where(Statement.id == linked.id)).one()
    assert [link.other.title for link in statement.links] == ["Open"]


def test_a_list_of_records_still_has_what_its_kinds_add(workspace: Workspace, linked: Statement) -> None:
    with half_blind(workspace) as session:
        record = session.scalars(select(Record).where(Record.id == linked.id)).one()
        assert isinstance(record, Statement)
        assert record.state is StatementState.IDEA


def test_what_hangs_on_a_record_unseen_goes_with_it(workspace: Workspace, linked: Statement) -> None:
    with half_blind(workspace, write=True) as session:
        statement = session.get_one(Statement, linked.id)
        assert len(statement.links) == 1
        session.delete(statement)
        session.commit()
    with reading(workspace) as session:
        assert session.scalars(select(RecordLink)).all() == []
        assert session.scalars(select(Record.title).order_by(Record.title)).all() == ["Hidden", "Open"]
    assert verify(workspace).problems == ()


@pytest.mark.parametrize(
    "statement",
    [
        select(Record.__table__),
        sa.text("SELECT * FROM record"),
        sa.update(Record).values(title="x"),
        sa.delete(Record),
        sa.insert(Person).values(name="x"),
        select(Record).from_statement(sa.text("SELECT * FROM record")),
        select(Record.id).union(select(Person.id)),
    ],
    ids=str,
)
def test_only_selects_of_records_are_taken(workspace: Workspace, statement: Any) -> None:
    with writing(workspace) as session, pytest.raises(UnscopedQueryError):
        session.execute(statement)


def test_there_is_no_wholesale_way_past_the_history(workspace: Workspace) -> None:
    with writing(workspace) as session:
        for wholesale in (session.bulk_save_objects, session.bulk_insert_mappings, session.bulk_update_mappings):
            with pytest.raises(UnscopedQueryError):
                wholesale(Person, [])


def test_nothing_is_written_without_rules(workspace: Workspace) -> None:
    with workspace.session(write=True) as session:
        session.scope = []
        session.add(Person(name="Desk officer", roles=()))
        with pytest.raises(UnscopedQueryError):
            session.commit()
    with reading(workspace) as session:
        assert session.scalars(select(Person)).all() == []


def test_a_session_for_reading_does_not_write(workspace: Workspace) -> None:
    with reading(workspace) as session:
        session.rules = lambda _: None
        session.access_rules = audiences
        session.add(Person(name="Desk officer", roles=()))
        with pytest.raises(UnscopedQueryError):
            session.commit()


def test_what_a_rule_refuses_is_not_written(workspace: Workspace, person: Person) -> None:
    def refuse(_: WorkspaceSession) -> None:
        raise ValueError("Not so.")

    with writing(workspace) as session:
        session.rules = refuse
        session.access_rules = audiences
        session.add(a_statement(person))
        with pytest.raises(ValueError, match="Not so"):
            session.commit()
    with reading(workspace) as session:
        assert session.scalars(select(Record)).all() == []
        assert session.scalar(select(sa.func.count(Change.number))) == 1


def test_a_rule_can_complete_what_is_written(workspace: Workspace, person: Person) -> None:
    def complete(session: WorkspaceSession) -> None:
        for row in session.new:
            if isinstance(row, Statement):
                row.lead = "The mission"
                row.items.append(ItemLink(item="hrc-resolution-HRC67"))

    with writing(workspace) as session:
        session.rules = complete
        session.access_rules = audiences
        session.add(a_statement(person))
        session.commit()
    with reading(workspace) as session:
        statement = session.scalars(select(Statement)).one()
        assert (statement.lead, [link.item for link in statement.items]) == ("The mission", ["hrc-resolution-HRC67"])
    assert verify(workspace).problems == ()


def test_the_history_takes_no_line_from_outside(workspace: Workspace, person: Person) -> None:
    with writing(workspace) as session:
        line = session.scalars(select(Change)).one()
        line.reason = "Something else"
        with pytest.raises(UnscopedQueryError):
            session.commit()


def test_no_record_gets_into_a_log_or_an_error(
    workspace: Workspace, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), writing(workspace) as session:
        session.add_all([a_statement(person, "CANARY", id="a" * 32), a_statement(person, "CANARY", id="a" * 33)])
        session.add(ItemLink(item="CANARY", record_id="nowhere"))
        with pytest.raises(sa.exc.DBAPIError) as refused:
            session.commit()
    assert "CANARY" not in caplog.text
    assert "CANARY" not in str(refused.value)


# --- What only grows


@pytest.fixture
def grown(workspace: Workspace, person: Person) -> Statement:
    """A statement with a text and an override."""
    statement = a_statement(person, versions=[Version(number=1, text="Mr President,", written_by_id=person.id)])
    with writing(workspace) as session:
        session.add(statement)
        session.flush()
        override = Override(step=Step.CLEAR, version_number=1, missing="x", reason="y", person_id=person.id)
        override.statement_id = statement.id
        session.add(override)
        session.flush()
        review = {"override_id": override.id, "version_number": 1, "assessment": "z", "person_id": person.id}
        session.add(OverrideReview(statement_id=statement.id, **review))
        session.commit()
    return statement


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("tampering", ["UPDATE {} SET reason = reason", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_itself_keeps_what_only_grows(
    workspace: Workspace, grown: Statement, table: str, tampering: str
) -> None:
    if tampering.startswith("TRUNCATE") and workspace.file is not None:
        return
    statement = tampering.format(table)
    if table == "version":
        statement = statement.replace("reason", "note")
    elif table == "override_review":
        statement = statement.replace("reason", "assessment")
    says = {
        "change": "The history is never",
        "override": "An override is never",
        "override_review": "A review is never",
        "version": "A saved text is never",
    }[table]
    with workspace.engine.connect() as connection, pytest.raises(IntegrityError, match=says):
        connection.exec_driver_sql(statement)


def test_a_line_of_the_history_cannot_be_replaced(new_sqlite: Callable[[], str]) -> None:
    workspace = open_workspace(new_sqlite())
    with writing(workspace) as session:
        session.add(Person(name="Desk officer", roles=()))
        session.commit()
    replaced = "INSERT OR REPLACE INTO change SELECT * FROM change"
    with workspace.engine.connect() as connection, pytest.raises(IntegrityError, match="The history is never deleted"):
        connection.exec_driver_sql(replaced)
    workspace.close()


def test_what_only_grows_goes_with_a_sample(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person, sample=True)
    statement.versions = [Version(number=1, text="Mr President,", written_by_id=person.id)]
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
    with writing(workspace) as session:
        session.delete(session.get_one(Statement, statement.id))
        session.commit()
    with reading(workspace) as session:
        assert session.scalars(select(Version)).all() == []
        assert session.scalar(select(sa.func.count(Change.number))) == 5
    assert verify(workspace).problems == ()


# --- Many at once


def test_the_second_of_two_editors_is_told(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person)
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
    with reading(workspace) as session:
        theirs = session.get_one(Statement, statement.id)
    with reading(workspace) as session:
        mine = session.get_one(Statement, statement.id)
    with writing(workspace) as session:
        session.add(theirs)
        theirs.lead = "Theirs"
        session.commit()
    with writing(workspace) as session:
        session.add(mine)
        mine.lead = "Mine"
        session.add(ItemLink(record_id=mine.id, item="hrc-resolution-HRC67"))
        with pytest.raises(StaleDataError):
            session.commit()
    with reading(workspace) as session:
        now = session.get_one(Statement, statement.id)
        assert (now.lead, now.version, now.items) == ("Theirs", 2, [])
        assert session.scalar(select(sa.func.count(Change.number))) == 3
    assert verify(workspace).problems == ()


def test_of_two_threads_that_edit_one_record_one_is_told(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person)
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
    both = Barrier(2)

    def edit(name: str) -> str:
        with reading(workspace) as session:
            mine = session.get_one(Statement, statement.id)
        both.wait(10)
        with writing(workspace) as session:
            session.add(mine)
            mine.lead = name
            try:
                session.commit()
            except StaleDataError:
                return "told"
        return name

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(edit, ["first", "second"]))
    assert said[1] == "told"
    with reading(workspace) as session:
        assert session.get_one(Statement, statement.id).lead == said[0]
    assert verify(workspace).problems == ()


def test_of_two_processes_that_edit_one_record_one_is_told(workspace: Workspace, person: Person, url: str) -> None:
    statement = a_statement(person)
    with writing(workspace) as session:
        session.add(statement)
        session.commit()
    script = """
import sys
from sqlalchemy.orm.exc import StaleDataError
from calendar_model.access.protection import audiences
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Statement
workspace = open_workspace(sys.argv[1])
with workspace.session() as session:
    session.scope = []
    mine = session.get_one(Statement, sys.argv[2])
print("read", flush=True)
input()
with workspace.session(write=True) as session:
    session.scope, session.rules, session.access_rules = [], lambda _: None, audiences
    session.add(mine)
    mine.lead = sys.argv[3]
    try:
        session.commit()
    except StaleDataError:
        print("told")
    else:
        print("written")
"""
    editors = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, statement.id, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("first", "second")
    ]
    for editor in editors:
        assert editor.stdout is not None
        assert editor.stdout.readline() == "read\n"
    for editor in editors:
        assert editor.stdin is not None
        editor.stdin.write("\n")
        editor.stdin.flush()
    said = [editor.communicate(timeout=60)[0] for editor in editors]
    assert sorted(said) == ["told\n", "written\n"]
    with reading(workspace) as session:
        assert session.get_one(Statement, statement.id).lead == ("first", "second")[said.index("written\n")]
    assert verify(workspace).problems == ()


def test_eight_threads_write_without_getting_in_each_others_way(
    workspace: Workspace, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a machine that is busy with something else they wait longer for their turn than anybody would.
    monkeypatch.setattr("calendar_model.store.database.PATIENCE", 300_000)
    patient = open_workspace(workspace.engine.url.render_as_string(hide_password=False))

    def write(thread: int) -> None:
        for number in range(25):
            with writing(patient, actor=person.id) as session:
                session.add(an_engagement(person, f"{thread}/{number}", items=[ItemLink(item=f"item-{number}")]))
                session.commit()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    patient.close()
    verdict = verify(workspace)
    assert (verdict.problems, verdict.lines, verdict.rows) == ((), 401, 401)


def test_readers_do_not_wait_for_a_writer(workspace: Workspace, person: Person) -> None:
    with writing(workspace) as writer:
        writer.add(a_statement(person))
        writer.flush()
        with reading(workspace) as reader:
            assert reader.scalars(select(Statement)).all() == []
        writer.commit()


def test_a_writer_that_waits_too_long_is_told_what_to_do(
    workspace: Workspace, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calendar_model.store.database.PATIENCE", 50)
    hurried = open_workspace(workspace.engine.url.render_as_string(hide_password=False))
    with writing(workspace) as first:
        first.add(a_statement(person))
        first.flush()
        with writing(hurried) as second:
            second.add(a_statement(person))
            with pytest.raises(WorkspaceError) as refused:
                second.commit()
    assert str(refused.value) == ("The workspace is busy, so your changes were not saved. Try again.")
    with writing(hurried) as third:
        third.add(a_statement(person))
        third.commit()
    hurried.close()


def test_what_was_typed_and_not_saved_has_no_history(workspace: Workspace, person: Person) -> None:
    statement = a_statement(person)
    with writing(workspace) as session:
        session.add(statement)
        session.flush()
        session.add(Unsaved(statement_id=statement.id, person_id=person.id, based_on=0, text="CANARY"))
        session.commit()
        tables = session.scalars(select(Change.table).order_by(Change.number)).all()
    assert tables == ["person", "statement"]
    assert verify(workspace).problems == ()
