"""What stays beside a workspace: a copy from before each change of the layout, and no trace of what was erased."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from calendar_model import clock
from calendar_model.store import copies, migrations
from calendar_model.store.backup import backup, restore
from calendar_model.store.database import Workspace, WorkspaceError, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Contact, Identity, Person
from calendar_model.terms import ContactKind
from calendar_model.vocabulary import Sensitivity
from tests.store.conftest import reading, writing

CANARY = "CANARY-of-the-workspace"


def a_contact(workspace: Workspace, names: list[str]) -> list[str]:
    """Contacts with these names as their identities; their identifiers."""
    with writing(workspace) as session:
        kari = Person(name="Desk officer", roles=())
        session.add(kari)
        session.flush()
        made = []
        for number, name in enumerate(names):
            contact = Contact(title=f"Defender {number}", sensitivity=Sensitivity.RESTRICTED, owner_id=kari.id)
            contact.contact_kind, contact.identity = ContactKind.DEFENDER, Identity(name=name, notes=name * 5)
            session.add(contact)
            made.append(contact)
        session.commit()
        return [contact.id for contact in made]


def erase(workspace: Workspace, contact_id: str) -> None:
    with writing(workspace) as session:
        session.delete(session.scalars(select(Identity).where(Identity.contact_id == contact_id)).one())
        session.commit()


def holding(folder: Path, text: str) -> list[str]:
    """The names of the files that hold a text, of all that are in a folder, however deep."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return sorted(file.name for file in files if text.encode() in file.read_bytes())


@pytest.mark.parametrize("length", [1, 200, 9000])
@pytest.mark.parametrize("how", ["deleted", "changed", "with the contact"])
def test_an_erased_name_is_in_no_file_at_once(new_sqlite: Callable[[], str], length: int, how: str) -> None:
    workspace = open_workspace(new_sqlite())
    names = [f"{CANARY} {number} {'x' * (length * (number % 3 + 1))}" for number in range(40)]
    contacts = a_contact(workspace, names)
    assert holding(workspace.folder, CANARY)
    for contact_id in contacts:
        if how == "deleted":
            erase(workspace, contact_id)
            continue
        with writing(workspace) as session:
            contact = session.get_one(Contact, contact_id)
            if how == "with the contact":
                session.delete(contact)
            else:
                assert contact.identity is not None
                contact.identity.name = contact.identity.notes = "Ola"
            session.commit()
    assert holding(workspace.folder, CANARY) == []
    assert verify(workspace).problems == ()
    workspace.close()


def test_a_reader_in_the_way_only_delays_it(new_sqlite: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calendar_model.store.database.PATIENCE", 50)
    workspace = open_workspace(new_sqlite())
    first, second = a_contact(workspace, [CANARY, "Ola"])
    with reading(workspace) as session:
        session.scalars(select(Person)).all()
        erase(workspace, first)
        assert holding(workspace.folder, CANARY)
    erase(workspace, second)
    assert holding(workspace.folder, CANARY) == []
    workspace.close()


def test_what_a_reader_delayed_is_done_when_it_is_closed(
    new_sqlite: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calendar_model.store.database.PATIENCE", 50)
    workspace = open_workspace(new_sqlite())
    (contact,) = a_contact(workspace, [CANARY])
    other = open_workspace(str(workspace.engine.url))
    with reading(workspace) as session:
        session.scalars(select(Person)).all()
        erase(workspace, contact)
    workspace.close()
    assert holding(workspace.folder, CANARY) == []
    other.close()


def test_a_server_writes_the_table_anew(new_postgresql: Callable[[], str]) -> None:
    url = new_postgresql()
    workspace = open_workspace(url)
    (contact,) = a_contact(workspace, [CANARY])

    def in_the_table() -> bool:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            (file,) = connection.execute("SELECT pg_relation_filepath('identity')").fetchone() or ("",)
            (read,) = connection.execute("SELECT pg_read_binary_file(%s)", [file]).fetchone() or (b"",)
        return CANARY.encode() in bytes(read)

    assert in_the_table()
    erase(workspace, contact)
    assert not in_the_table()
    workspace.close()


# --- Copies


def back_to(url: str, layout: str) -> None:
    workspace = open_workspace(url)
    migrations.downgrade(workspace.engine, layout)
    workspace.close()


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where copies of a server's workspace are kept."""
    monkeypatch.setenv("HRD_CALENDAR_WORKSPACE", str(tmp_path / "copies"))


@pytest.mark.usefixtures("own_folder")
def test_a_copy_is_kept_before_the_layout_changes(url: str, tmp_path: Path, new_sqlite: Callable[[], str]) -> None:
    workspace = open_workspace(url)
    a_contact(workspace, ["Kari"])
    assert copies.of(workspace) == []
    workspace.close()
    back_to(url, "0003")
    before = tmp_path / "before.gz"
    old = Workspace(workspace.engine, workspace.file)
    made = backup(old, before)
    old.close()
    workspace = open_workspace(url)
    (copy,) = copies.of(workspace) if migrations.newest() != "0003" else (copies.keep(workspace, "0003"),)
    assert "layout-0003" in copy.name
    assert oct(copy.stat().st_mode & 0o777) == "0o600"
    if workspace.file is None:
        again = new_sqlite()
        assert restore(again, copy) == made
    else:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT name FROM identity").fetchall() == [("Kari",)]
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]
    workspace.close()


@pytest.mark.usefixtures("own_folder")
def test_opening_an_older_layout_keeps_a_copy_of_it(url: str) -> None:
    open_workspace(url).close()
    back_to(url, "0002")
    workspace = open_workspace(url)
    (copy,) = copies.of(workspace)
    assert "layout-0002" in copy.name
    workspace.close()
    open_workspace(url).close()
    assert copies.of(workspace) == [copy]


@pytest.mark.usefixtures("own_folder")
def test_the_layout_stays_where_no_copy_can_be_kept(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = open_workspace(url)
    workspace.close()
    back_to(url, "0002")
    in_the_way = (
        workspace.folder
        / f".{copies._stem(workspace)}.layout-0002.{'gz' if workspace.file is None else 'sqlite'}.{os.getpid()}"
    )
    in_the_way.mkdir(parents=True)
    with pytest.raises(WorkspaceError):
        open_workspace(url)
    with workspace.snapshot() as connection:
        assert migrations.present(connection) == "0002"
    in_the_way.rmdir()
    open_workspace(url).close()
    workspace.close()


def test_copies_are_few_and_expire_and_go_with_what_is_erased(new_sqlite: Callable[[], str]) -> None:
    url = new_sqlite()
    workspace = open_workspace(url)
    first, _ = a_contact(workspace, [CANARY, "Ola"])
    for number, layout in enumerate(("0001", "0002", "0003")):
        file = copies.keep(workspace, layout)
        at = (clock.machine_now() - timedelta(hours=9 - number)).timestamp()
        os.utime(file, (at, at))
    copies.expire(workspace)
    assert [file.name for file in copies.of(workspace)] == [
        "workspace.layout-0003.sqlite",
        "workspace.layout-0002.sqlite",
    ]
    old = (clock.machine_now() - copies.KEPT_FOR - timedelta(hours=1)).timestamp()
    os.utime(copies.of(workspace)[1], (old, old))
    workspace.close()
    workspace = open_workspace(url)
    assert len(copies.of(workspace)) == 1
    erase(workspace, first)
    assert copies.of(workspace) == []
    assert holding(workspace.folder, CANARY) == []
    workspace.close()
