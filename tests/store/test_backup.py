"""Backup and restore: the same to the last character, from either database into either."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import select

from calendar_model.store.backup import backup, checksum, restore
from calendar_model.store.database import Workspace, WorkspaceError, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import (
    Access,
    Base,
    Case,
    Contact,
    Event,
    FollowUp,
    Identity,
    ItemLink,
    Override,
    Person,
    Record,
    RecordLink,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.terms import ContactKind, EventKind, RiskLevel, StatementState, Step, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.store.conftest import a_statement, an_engagement, reading, writing


@pytest.fixture
def filled(workspace: Workspace, person: Person) -> Statement:
    """A workspace with every kind of value in it."""
    case = Case(title="Case 7", sensitivity=Sensitivity.RESTRICTED, owner_id=person.id, named=[Access(person=person)])
    case.suggested_by, case.risk, case.risk_weighed_on = Suggester.MINISTRY, RiskLevel.HIGH, date(2026, 11, 24)
    contact = Contact(title="Defender 014", sensitivity=Sensitivity.RESTRICTED, owner_id=person.id)
    contact.contact_kind, contact.identity = ContactKind.DEFENDER, Identity(name="Ælfgifu “Ø.” 陳\u2028\n\t\\")
    event = Event(title="Panel", sensitivity=Sensitivity.PUBLIC, owner_id=person.id, event_kind=EventKind.PANEL)
    event.start, event.end, event.start_time = date(2026, 11, 24), date(2026, 11, 25), time(13, 15)
    statement = a_statement(person, items=[ItemLink(item="hrc-resolution-HRC67")], cleared_version=1)
    statement.cleared_at = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
    statement.versions = [Version(number=1, text="Mr President,\r\n" * 400, written_by_id=person.id)]
    statement.follow_ups = [FollowUp(what="Send it round", due=date(2026, 12, 1), owner_id=person.id)]
    statement.links = [RecordLink(other=case), RecordLink(other=contact)]
    with writing(workspace, actor=person.id) as session:
        session.add_all([statement, event, an_engagement(person, "")])
        session.flush()
        session.add(Unsaved(statement_id=statement.id, person_id=person.id, based_on=1, text="Mr Presi"))
        asked = {"statement_id": statement.id, "step": Step.CLEAR, "version_number": 1, "missing": "x", "reason": "y"}
        # The one that confirms comes first by its identifier.
        session.add(Override(id="b", person_id=person.id, **asked))
        session.flush()
        session.add(Override(id="a", person_id=person.id, confirms_id="b", **asked))
        session.commit()
        statement.state = StatementState.DRAFT
        session.commit()
    return statement


def content(workspace: Workspace) -> str:
    with workspace.snapshot() as connection:
        return checksum(connection)


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_what_is_restored_is_the_same(
    workspace: Workspace, filled: Statement, tmp_path: Path, request: pytest.FixtureRequest, into: str
) -> None:
    with workspace.snapshot() as connection:
        counts = {table.name: len(connection.execute(select(table)).all()) for table in Base.metadata.sorted_tables}
    file = tmp_path / "backup.gz"
    made = backup(workspace, file)
    assert made == content(workspace)
    make: Callable[[], str] = request.getfixturevalue(f"new_{into}")
    url = make()
    assert restore(url, file) == made
    restored = open_workspace(url)
    assert content(restored) == made
    verdict = verify(restored)
    assert (verdict.problems, verdict.head) == ((), verify(workspace).head)
    with restored.snapshot() as connection:
        assert counts == {
            table.name: len(connection.execute(select(table)).all()) for table in Base.metadata.sorted_tables
        }
    again = tmp_path / "again.gz"
    assert backup(restored, again) == made
    with writing(restored) as session:
        session.get_one(Statement, filled.id).lead = "The desk"
        session.commit()
    assert verify(restored).problems == ()
    assert content(restored) != made
    restored.close()


def test_there_and_back_again(new_sqlite: Callable[[], str], new_postgresql: Callable[[], str], tmp_path: Path) -> None:
    first = open_workspace(new_sqlite())
    with writing(first) as session:
        session.add(Person(name="Desk officer", roles=()))
        session.commit()
    made = backup(first, tmp_path / "1.gz")
    there, back = new_postgresql(), new_sqlite()
    restore(there, tmp_path / "1.gz")
    server = open_workspace(there)
    backup(server, tmp_path / "2.gz")
    assert restore(back, tmp_path / "2.gz") == made
    for workspace in (first, server):
        workspace.close()


def test_a_backup_is_the_owners_alone(workspace: Workspace, filled: Statement, tmp_path: Path) -> None:
    backup(workspace, tmp_path / "backup.gz")
    assert oct((tmp_path / "backup.gz").stat().st_mode & 0o777) == "0o600"


def test_a_backup_is_of_one_moment(workspace: Workspace, person: Person, tmp_path: Path) -> None:
    def write(thread: int) -> None:
        for number in range(20):
            with writing(workspace) as session:
                session.add(an_engagement(person, f"{thread}/{number}", items=[ItemLink(item="x")]))
                session.commit()

    with ThreadPoolExecutor(3) as threads:
        writers = [threads.submit(write, thread) for thread in range(2)]
        made = [backup(workspace, tmp_path / f"{number}.gz") for number in range(5)]
        for writer in writers:
            writer.result()
    for number, of in enumerate(made):
        url = f"sqlite:///{tmp_path}/restored-{number}/workspace.sqlite"
        assert restore(url, tmp_path / f"{number}.gz") == of
        restored = open_workspace(url)
        assert verify(restored).problems == ()
        restored.close()


def test_nothing_is_written_over(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "thesis.txt"
    file.write_text("Chapter 1")
    with pytest.raises(WorkspaceError) as refused:
        backup(workspace, file)
    assert str(refused.value) == f"{file} already exists and is not overwritten. Name another file."
    assert file.read_text() == "Chapter 1"


def test_a_backup_into_nowhere_says_so(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "nowhere/backup.gz"
    with pytest.raises(WorkspaceError) as refused:
        backup(workspace, file)
    assert str(refused.value) == (
        f"The backup cannot be written to {file} (No such file or directory). Name another file."
    )


def test_a_workspace_that_is_not_empty_is_left_as_it_is(
    workspace: Workspace, filled: Statement, tmp_path: Path, url: str
) -> None:
    made = backup(workspace, tmp_path / "backup.gz")
    with pytest.raises(WorkspaceError) as refused:
        restore(url, tmp_path / "backup.gz")
    assert str(refused.value) == (
        "The workspace is not empty; a backup can be restored only into an empty one. Name another database, or move this one away first."
    )
    assert content(workspace) == made


def damaged(file: Path, how: str) -> None:
    text = gzip.decompress(file.read_bytes()).decode()
    lines = text.split("\n")
    if how == "text":
        file.write_text("Dear colleagues,")
    elif how == "other gzip":
        file.write_bytes(gzip.compress(b"Dear colleagues,"))
    elif how == "other JSON":
        file.write_bytes(gzip.compress(b'{"format": "something else"}\n'))
    elif how == "cut off":
        file.write_bytes(file.read_bytes()[:-40])
    elif how == "a letter":
        file.write_bytes(gzip.compress(text.replace("Mr President", "Mr Precedent", 1).encode()))
    elif how == "a line":
        file.write_bytes(gzip.compress("\n".join(lines[:-5] + lines[-4:]).encode()))
    elif how == "a column":
        file.write_bytes(gzip.compress(text.replace('"sensitivity"', '"severity"', 1).encode()))
    elif how == "a type":
        file.write_bytes(gzip.compress(text.replace('"high"', "7", 1).encode()))
    elif how == "empty":
        file.write_bytes(b"")


@pytest.mark.parametrize(
    "how", ["text", "other gzip", "other JSON", "cut off", "a letter", "a line", "a column", "a type", "empty"]
)
def test_what_is_not_a_backup_is_refused_whole(
    workspace: Workspace, filled: Statement, tmp_path: Path, new_sqlite: Callable[[], str], how: str
) -> None:
    file, url = tmp_path / "backup.gz", new_sqlite()
    backup(workspace, file)
    damaged(file, how)
    with pytest.raises(WorkspaceError) as refused:
        restore(url, file)
    assert str(refused.value) in (
        f"{file} is damaged, or not a backup of a workspace. Nothing was restored; try another file.",
        f"The database rejects the contents of {file}: the file is damaged. Nothing was restored; try another one.",
    )
    target = open_workspace(url)
    with reading(target) as session:
        assert (session.scalars(select(Record)).all(), session.scalars(select(Person)).all()) == ([], [])
    target.close()


def changed_header(file: Path, **changed: str) -> None:
    header, _, rest = gzip.decompress(file.read_bytes()).decode().partition("\n")
    file.write_bytes(gzip.compress(f"{json.dumps({**json.loads(header), **changed})}\n{rest}".encode()))


def is_empty(url: str) -> bool:
    """Whether a workspace has the present layout and not a row in it."""
    target = open_workspace(url)
    with target.snapshot() as connection:
        rows = [connection.execute(select(table).limit(1)).first() for table in Base.metadata.sorted_tables]
    target.close()
    return not any(rows)


@pytest.mark.parametrize("layout", ["9999", "", "base", "head", "000"])
def test_a_backup_of_a_layout_that_nobody_knows_is_refused(
    workspace: Workspace, filled: Statement, tmp_path: Path, new_sqlite: Callable[[], str], layout: str
) -> None:
    file, url = tmp_path / "backup.gz", new_sqlite()
    backup(workspace, file)
    changed_header(file, layout=layout)
    with pytest.raises(WorkspaceError):
        restore(url, file)
    assert is_empty(url)


OLD = Path(__file__).parent / "layout_0003.gz"
"""A backup of the fictional sample, made by the program when its layout was 0003."""


def test_a_backup_of_an_older_layout_is_restored_by_migrating(url: str) -> None:
    restore(url, OLD)
    restored = open_workspace(url)
    verdict = verify(restored)
    assert (verdict.problems, verdict.lines) == ((), 189)
    with reading(restored) as session:
        assert session.scalars(select(Record)).first() is not None
        kari = session.scalars(select(Person)).first()
        assert kari is not None
    with writing(restored, actor=kari.id) as session:
        session.add(a_statement(kari, "After it"))
        session.commit()
    assert verify(restored).problems == ()
    restored.close()


@pytest.mark.parametrize("layout", ["0003", "newest"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Visa and travel for a speaker", "Nothing was done"),
        ("The sample was loaded.", "Somebody else did it."),
        ('"may_clear\\":false', '"may_clear\\":true'),
    ],
)
def test_a_forged_backup_is_refused_though_its_checksum_fits(
    tmp_path: Path, url: str, new_sqlite: Callable[[], str], layout: str, old: str, new: str
) -> None:
    file = OLD
    if layout == "newest":
        file, made = tmp_path / "newest.gz", new_sqlite()
        restore(made, OLD)
        restored = open_workspace(made)
        backup(restored, file)
        restored.close()
    header, _, rest = gzip.decompress(file.read_bytes()).decode().partition("\n")
    assert old in rest
    rest = rest.replace(old, new, 1)
    forged = tmp_path / "forged.gz"
    forged.write_bytes(gzip.compress(f"{header}\n{rest}".encode()))
    changed_header(forged, checksum=hashlib.sha256(rest.encode()).hexdigest())
    with pytest.raises(WorkspaceError):
        restore(url, forged)
    assert is_empty(url)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, new_sqlite: Callable[[], str]) -> None:
    file = tmp_path / "nowhere.gz"
    with pytest.raises(WorkspaceError) as refused:
        restore(new_sqlite(), file)
    assert str(refused.value) == (f"{file} cannot be read (No such file or directory). Name a backup file.")


def test_what_cannot_be_read_is_not_backed_up_in_part(workspace: Workspace, filled: Statement, tmp_path: Path) -> None:
    with workspace.writing() as connection:
        connection.exec_driver_sql("UPDATE record SET sensitivity = 'whatever'")
    with pytest.raises(WorkspaceError) as refused:
        backup(workspace, tmp_path / "backup.gz")
    assert str(refused.value) == ("A row of record cannot be read, so no backup was made. Run verify to find it.")
    assert not (tmp_path / "backup.gz").exists()
