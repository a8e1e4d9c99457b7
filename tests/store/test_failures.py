"""What is said, and done, when the database fails: by its own codes, on a real database that really fails."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace, WorkspaceError, open_workspace
from calendar_model.store.failures import WHAT_TO_DO, Failure, failure_of
from calendar_model.store.history import verify
from calendar_model.store.models import LanguageProposal, Person
from calendar_model.vocabulary import Sensitivity

WORDS = "The right to defend rights. " * 700
MANY = 60
"""So many of these texts fill any place that was left."""


def propose(workspace: Workspace, viewer: Viewer, title: str, words: str = "those who") -> None:
    values = {"title": title, "text": "A/HRC/67/L.1", "wording": words, "sensitivity": Sensitivity.INTERNAL}
    save(viewer, LanguageProposal, values, workspace=workspace)


def fill(workspace: Workspace, viewer: Viewer) -> None:
    """Writes until the database takes no more."""
    for number in range(MANY):
        propose(workspace, viewer, f"CANARY {number}", f"CANARY {WORDS}")


def titles(workspace: Workspace, viewer: Viewer) -> list[str]:
    with reading(viewer, workspace) as session:
        return [one.title for one in session.scalars(select(LanguageProposal).order_by(LanguageProposal.title))]


def somebody(workspace: Workspace) -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Desk"}, workspace=workspace))


@pytest.fixture
def on_sqlite(new_sqlite: Callable[[], str]) -> Workspace:
    return open_workspace(new_sqlite())


def with_pragma(workspace: Workspace, pragma: str) -> None:
    """Every connection from now on is opened with it."""
    workspace.close()
    event.listen(workspace.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))


@pytest.mark.parametrize(
    ("pragma", "lifted", "failure"),
    [
        ("max_page_count=1", "max_page_count=1073741823", Failure.FULL),
        ("query_only=ON", "query_only=OFF", Failure.READ_ONLY),
    ],
)
def test_what_cannot_be_written_is_told_by_its_cause_and_written_whole_later(
    on_sqlite: Workspace, pragma: str, lifted: str, failure: Failure
) -> None:
    viewer = somebody(on_sqlite)
    propose(on_sqlite, viewer, "Before")
    with_pragma(on_sqlite, pragma)
    with pytest.raises(WorkspaceError) as refused:
        fill(on_sqlite, viewer)
    assert (refused.value.failure, str(refused.value)) == (failure, WHAT_TO_DO[failure])
    written = len(titles(on_sqlite, viewer))
    assert verify(on_sqlite).problems == ()
    with_pragma(on_sqlite, lifted)
    fill(on_sqlite, viewer)
    assert len(titles(on_sqlite, viewer)) == written + MANY
    assert verify(on_sqlite).problems == ()
    on_sqlite.close()


LIMITED = """
import resource, sys
from calendar_model.store.database import WorkspaceError, open_workspace
from tests.store.test_failures import fill, somebody
workspace = open_workspace(sys.argv[1])
viewer = somebody(workspace)
resource.setrlimit(resource.RLIMIT_FSIZE, (workspace.file.stat().st_size + 65536,) * 2)
try:
    fill(workspace, viewer)
except WorkspaceError as fault:
    print(fault.failure)
"""


def test_a_disk_that_refuses_to_write_is_told_and_nothing_is_half_written(new_sqlite: Callable[[], str]) -> None:
    url = new_sqlite()
    told = subprocess.run([sys.executable, "-c", LIMITED, url], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == Failure.DISK
    workspace = open_workspace(url)
    assert verify(workspace).problems == ()
    with reading(ANONYMOUS, workspace) as session:
        everyone = session.scalars(select(Person).execution_options(everything=True)).one()
    viewer = member(everyone.id)
    before = len(titles(workspace, viewer))
    propose(workspace, viewer, "After it")
    assert len(titles(workspace, viewer)) == before + 1
    workspace.close()


def test_a_damaged_file_is_told_as_one(on_sqlite: Workspace) -> None:
    viewer = somebody(on_sqlite)
    on_sqlite.close()
    assert on_sqlite.file is not None
    on_sqlite.file.write_bytes(b"SQLite format 3\0" + b"\xff" * 100_000)
    with pytest.raises(WorkspaceError) as refused:
        titles(on_sqlite, viewer)
    assert refused.value.failure is Failure.DAMAGED


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("53100", Failure.FULL),
        ("53300", Failure.BUSY),
        ("55P03", Failure.BUSY),
        ("40P01", Failure.BUSY),
        ("57P01", Failure.AWAY),
        ("57P03", Failure.AWAY),
        ("08006", Failure.AWAY),
        ("58030", Failure.DISK),
        ("XX001", Failure.DAMAGED),
        ("25006", Failure.READ_ONLY),
        ("57014", None),
        ("22012", None),
    ],
)
def test_a_server_tells_by_its_code(new_postgresql: Callable[[], str], code: str, failure: Failure | None) -> None:
    workspace = open_workspace(new_postgresql())
    raised = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"
    with workspace.engine.connect() as connection, pytest.raises(DBAPIError) as error:
        connection.exec_driver_sql(raised)
    assert failure_of(error.value) is failure
    workspace.close()


def test_a_server_that_may_only_be_read_says_so(new_postgresql: Callable[[], str]) -> None:
    url = new_postgresql()
    workspace = open_workspace(url)
    viewer = somebody(workspace)
    read_only = open_workspace(f"{url}&options=-c%20default_transaction_read_only%3Don")
    with pytest.raises(WorkspaceError) as refused:
        propose(read_only, viewer, "Written")
    assert refused.value.failure is Failure.READ_ONLY
    assert titles(read_only, viewer) == []
    propose(workspace, viewer, "Written")
    assert titles(read_only, viewer) == ["Written"]
    for one in (workspace, read_only):
        one.close()


def test_a_connection_that_is_cut_is_told_and_the_next_one_works(new_postgresql: Callable[[], str]) -> None:
    workspace = open_workspace(new_postgresql())
    viewer = somebody(workspace)
    cut = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def cut_while_reading() -> None:
        with reading(viewer, workspace) as session:
            session.scalars(select(LanguageProposal)).all()
            with workspace.engine.connect() as other:
                other.execute(cut)
            session.scalars(select(LanguageProposal)).all()

    with pytest.raises(WorkspaceError) as refused:
        cut_while_reading()
    assert refused.value.failure is Failure.AWAY
    assert titles(workspace, viewer) == []
    workspace.close()


def test_an_outage_is_in_the_log_once_with_its_end_and_without_what_was_written(
    on_sqlite: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    viewer = somebody(on_sqlite)
    with_pragma(on_sqlite, "max_page_count=1")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            with pytest.raises(WorkspaceError):
                fill(on_sqlite, viewer)
        with_pragma(on_sqlite, "max_page_count=1073741823")
        for number in range(3):
            propose(on_sqlite, viewer, f"CANARY {number}")
    ours = [record for record in caplog.records if record.name.startswith("calendar_model")]
    assert [record.levelno for record in ours] == [logging.ERROR, logging.WARNING]
    assert "CANARY" not in caplog.text
    on_sqlite.close()
