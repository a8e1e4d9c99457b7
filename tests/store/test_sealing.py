"""Encrypted values: readable with the key alone, gone with their own keys, and the history holds without any."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model.access.protection import audiences
from calendar_model.store import copies, keys, migrations, sealing
from calendar_model.store.backup import backup, restore
from calendar_model.store.database import Workspace, WorkspaceError, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.keys import KEY_VARIABLE, new_key
from calendar_model.store.models import Contact, Identity, Person, RemoteCalendar, new_id, row_key
from calendar_model.store.sealing import UNREADABLE, encrypt_rows, examine, export_keys, import_keys, is_sealed, rotate
from calendar_model.terms import ContactKind, EventKind
from calendar_model.vocabulary import Sensitivity
from tests.store.conftest import reading, writing

FIRST, SECOND = new_key(), new_key()
NAME, CHANNEL, NOTES = "CANARY-Ælfgifu", "CANARY +47 000 00 000", "CANARY’s sister, 陳\u2028"
ADDRESS = "https://canary.example.org/CANARY-secret.ics"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    return FIRST


@pytest.fixture
def sealed(key: str, url: str) -> Iterator[Workspace]:
    """A workspace with a key and nothing in it."""
    opened = open_workspace(url)
    yield opened
    opened.close()


def fill(workspace: Workspace, name: str = NAME, channel: str = CHANNEL, notes: str = NOTES) -> str:
    """A contact with an identity, and a followed calendar; the identifier of the contact."""
    with writing(workspace) as session:
        kari = Person(name="Desk officer")
        session.add(kari)
        session.flush()
        contact = Contact(title="Defender 014", sensitivity=Sensitivity.RESTRICTED, owner_id=kari.id)
        contact.contact_kind = ContactKind.DEFENDER
        contact.identity = Identity(name=name, channel=channel, notes=notes)
        followed = RemoteCalendar(person_id=kari.id, name="Theirs", address=ADDRESS, body="un-hrc")
        followed.event_kind = EventKind.MEETING
        session.add_all([contact, followed])
        session.commit()
        # Objects stay in plain form after they were written.
        assert (contact.identity.name, followed.address) == (name, ADDRESS)
        return contact.id


def texts(workspace: Workspace) -> tuple[str, str, str, str]:
    """What an application reads: name, channel, notes, and the address."""
    with reading(workspace) as session:
        identity = session.scalars(select(Identity)).one()
        return identity.name, identity.channel, identity.notes, session.scalars(select(RemoteCalendar)).one().address


def stored(workspace: Workspace) -> list[str]:
    """What the database holds of the same."""
    identity, remote = Identity.__table__.c, RemoteCalendar.__table__.c
    with workspace.engine.connect() as connection:
        (first,) = connection.execute(select(identity.name, identity.channel, identity.notes))
        (second,) = connection.execute(select(remote.address))
        return [*first, *second]


def count_keys(workspace: Workspace) -> int:
    with workspace.engine.connect() as connection:
        return int(connection.scalar(select(sa.func.count()).select_from(row_key)) or 0)


def erase(workspace: Workspace) -> None:
    with writing(workspace) as session:
        session.delete(session.scalars(select(Identity)).one())
        session.commit()


def reopened(workspace: Workspace, url: str) -> Workspace:
    workspace.close()
    return open_workspace(url)


def everything(workspace: Workspace, url: str) -> bytes:
    """All bytes in which a copy of the workspace could hold a value, whether it is in use or not."""
    if workspace.file is not None:
        return b"".join(file.read_bytes() for file in sorted(workspace.folder.rglob("*")) if file.is_file())
    found = b""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        for (file,) in connection.execute(
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND relnamespace <> 'pg_catalog'::regnamespace"
        ).fetchall():
            (read,) = connection.execute("SELECT pg_read_binary_file(%s, true)", [file]).fetchone() or (b"",)
            found += bytes(read or b"")
        for (file,) in connection.execute("SELECT name FROM pg_ls_waldir()").fetchall():
            (read,) = connection.execute("SELECT pg_read_binary_file(%s, true)", [f"pg_wal/{file}"]).fetchone() or (
                b"",
            )
            found += bytes(read or b"")
    return found


# --- What is stored


def test_what_is_read_is_what_was_entered_and_what_is_stored_is_not(sealed: Workspace, url: str) -> None:
    fill(sealed)
    assert texts(sealed) == (NAME, CHANNEL, NOTES, ADDRESS)
    assert all(is_sealed(text) for text in stored(sealed))
    assert len({len(text) for text in stored(sealed)}) == 1
    workspace = reopened(sealed, url)
    assert texts(workspace) == (NAME, CHANNEL, NOTES, ADDRESS)
    assert (verify(workspace).problems, count_keys(workspace)) == ((), 4)
    assert examine(workspace) == sealing.SealingState(True, 0, 4, 0, 0)
    workspace.close()


def test_without_a_key_all_is_as_it_was(workspace: Workspace) -> None:
    fill(workspace)
    assert stored(workspace) == [NAME, CHANNEL, NOTES, ADDRESS]
    assert (count_keys(workspace), verify(workspace).problems) == (0, ())
    assert examine(workspace) == sealing.SealingState(False, 4, 0, 0, 0)


MARK = "Zqxjv-"
"""At the start of each text: nothing else in a workspace has it, and it is found in a text that is cut or escaped."""

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=290).map(lambda text: MARK + text)


@given(name=WORDS, channel=WORDS, notes=WORDS, changed=WORDS, ends=st.sampled_from(["erased", "changed", "kept"]))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_byte_of_an_identity_is_anywhere(
    key: str,
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    channel: str,
    notes: str,
    changed: str,
    ends: str,
) -> None:
    folder = tmp_path_factory.mktemp("sealed")
    url = f"sqlite:///{folder}/workspace/workspace.sqlite"
    workspace = open_workspace(url)
    fill(workspace, name, channel, notes)
    # What the database leaves in its log while it is open is part of it.
    copies_of_it = [everything(workspace, url)]
    backup(workspace, folder / "1.gz")
    export_keys(workspace, folder / "keys")
    if ends == "erased":
        erase(workspace)
    elif ends == "changed":
        with writing(workspace) as session:
            session.scalars(select(Identity)).one().name = changed
            session.commit()
        assert texts(workspace) == (changed, channel, notes, ADDRESS)
    backup(workspace, folder / "2.gz")
    copies_of_it.append(everything(workspace, url))
    assert verify(workspace).problems == ()
    workspace.close()
    copies_of_it += [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert any(b"Defender 014" in copied for copied in copies_of_it)
    for text in (MARK, ADDRESS):
        assert not any(text.encode() in copied for copied in copies_of_it)


def test_no_byte_of_an_identity_is_in_the_files_or_the_log_of_a_server(
    key: str, new_postgresql: Callable[[], str]
) -> None:
    url = new_postgresql()
    workspace = open_workspace(url)
    # The log is of the whole server, and other tests write names that are not encrypted.
    canary = f"CANARY-{new_id()}"
    fill(workspace, canary, canary, canary)
    assert b"Defender 014" in everything(workspace, url)
    assert canary.encode() not in everything(workspace, url)
    erase(workspace)
    assert canary.encode() not in everything(workspace, url)
    workspace.close()


# --- Keys go with their values


def test_erasing_destroys_the_keys_and_nothing_else(sealed: Workspace) -> None:
    fill(sealed)
    erase(sealed)
    assert count_keys(sealed) == 1
    with reading(sealed) as session:
        assert session.scalars(select(RemoteCalendar)).one().address == ADDRESS
    assert verify(sealed).problems == ()


def test_the_keys_go_with_the_contact_and_with_the_calendar(sealed: Workspace) -> None:
    contact = fill(sealed)
    with writing(sealed) as session:
        session.delete(session.get_one(Contact, contact))
        session.delete(session.scalars(select(RemoteCalendar)).one())
        session.commit()
    assert (count_keys(sealed), verify(sealed).problems) == (0, ())


def test_a_changed_value_gets_a_new_key_and_the_others_keep_theirs(sealed: Workspace) -> None:
    fill(sealed)
    before = stored(sealed)
    with sealed.engine.connect() as connection:
        wrapped = {row.column_name: row.wrapped for row in connection.execute(select(row_key))}
    with writing(sealed) as session:
        identity = session.scalars(select(Identity)).one()
        identity.name, identity.notes = "Kari", NOTES
        session.commit()
    assert [now == then for now, then in zip(stored(sealed), before, strict=True)] == [False, True, True, True]
    with sealed.engine.connect() as connection:
        now = {row.column_name: row.wrapped for row in connection.execute(select(row_key))}
    assert {column for column in now if now[column] != wrapped[column]} == {"name"}
    assert texts(sealed) == ("Kari", CHANNEL, NOTES, ADDRESS)


def test_an_identity_in_the_place_of_another_has_its_own_keys(sealed: Workspace) -> None:
    fill(sealed)
    with writing(sealed) as session:
        was = session.scalars(select(Identity)).one()
        session.delete(was)
        session.add(Identity(id=was.id, contact_id=was.contact_id, name="Ola"))
        session.commit()
    assert texts(sealed) == ("Ola", "", "", ADDRESS)
    assert (count_keys(sealed), verify(sealed).problems) == (4, ())


def test_what_could_not_be_written_keeps_its_values_in_memory(sealed: Workspace) -> None:
    contact_id = fill(sealed)
    with writing(sealed) as session:
        second = Identity(contact_id=contact_id, name="Ola")
        session.add(second)
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        session.rollback()
        assert second.name == "Ola"
    assert count_keys(sealed) == 4


def test_what_is_rolled_back_is_read_again(sealed: Workspace) -> None:
    fill(sealed)
    with writing(sealed) as session:
        identity = session.scalars(select(Identity)).one()
        identity.name = "Ola"
        session.flush()
        session.rollback()
        assert identity.name == NAME
    assert texts(sealed) == (NAME, CHANNEL, NOTES, ADDRESS)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "name", "channel", "notes", "erase", "again", "roll back"]),
        st.integers(0, 5),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80),
    ),
    max_size=12,
)


@given(steps=STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_was_written_is_read_and_has_its_own_keys(
    sealed: Workspace, steps: list[tuple[str, int, str]]
) -> None:
    with writing(sealed) as session:
        for contact in session.scalars(select(Contact)):
            session.delete(contact)
        kari = Person(name="Desk officer")
        session.add(kari)
        session.commit()
        contacts: list[Contact] = []
        for act, which, text in steps:
            chosen = contacts[which % len(contacts)] if contacts else None
            if act == "add":
                made = Contact(title=f"Defender {len(contacts)}", sensitivity=Sensitivity.RESTRICTED, owner_id=kari.id)
                made.contact_kind, made.identity = ContactKind.DEFENDER, Identity(name=text)
                contacts.append(made)
                session.add(made)
            elif chosen is not None and act == "erase":
                chosen.identity = None
            elif chosen is not None and act == "again" and chosen.identity is None:
                chosen.identity = Identity(notes=text)
            elif chosen is not None and chosen.identity is not None and act in ("name", "channel", "notes"):
                setattr(chosen.identity, act, text)
            elif chosen is not None and chosen.identity is not None and act == "roll back":
                chosen.identity.name = text
                session.flush()
                session.rollback()
            session.commit()
        expected = {
            one.identity.id: (one.identity.name, one.identity.channel, one.identity.notes)
            for one in contacts
            if one.identity is not None
        }
    with reading(sealed) as session:
        found = {one.id: (one.name, one.channel, one.notes) for one in session.scalars(select(Identity))}
    assert found == expected
    state = examine(sealed)
    assert (state.plain, state.sealed, state.unreadable) == (0, 3 * len(found), 0)
    assert (count_keys(sealed), verify(sealed).problems) == (3 * len(found), ())


# --- Values in the wrong place


@pytest.mark.parametrize("with_keys", [False, True])
def test_values_that_change_places_cannot_be_read(sealed: Workspace, with_keys: bool) -> None:
    fill(sealed)
    name, channel, _, address = stored(sealed)
    with sealed.writing() as connection:
        connection.execute(sa.update(Identity).values(name=channel, channel=name, notes=address))
        if with_keys:
            found = {row.column_name: row for row in connection.execute(select(row_key))}
            for to, of in (("name", "channel"), ("channel", "name"), ("notes", "address")):
                moved = {"wrapped": found[of].wrapped}
                connection.execute(sa.update(row_key).where(row_key.c.column_name == to).values(**moved))
    assert texts(sealed) == (UNREADABLE, UNREADABLE, UNREADABLE, ADDRESS)
    assert examine(sealed).unreadable == 3
    assert len(verify(sealed).problems) == 1


@given(where=st.integers(0, 200), bit=st.integers(0, 7))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_value_of_which_a_bit_is_changed_cannot_be_read(
    key: str, new_sqlite: Callable[[], str], where: int, bit: int
) -> None:
    workspace = open_workspace(new_sqlite())
    fill(workspace)
    raw = bytearray(keys.decoded(stored(workspace)[0].removeprefix(sealing.PREFIX)))
    raw[where % len(raw)] ^= 1 << bit
    with workspace.writing() as connection:
        connection.execute(sa.update(Identity).values(name=sealing.PREFIX + keys.encoded(bytes(raw))))
    assert texts(workspace) == (UNREADABLE, CHANNEL, NOTES, ADDRESS)
    workspace.close()


# --- From plain to encrypted


def test_what_was_stored_without_a_key_is_encrypted_on_request(
    workspace: Workspace, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace)
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    workspace = reopened(workspace, url)
    assert texts(workspace) == (NAME, CHANNEL, NOTES, ADDRESS)
    assert (examine(workspace).plain, verify(workspace).problems) == (4, ())
    lines = verify(workspace).lines
    assert encrypt_rows(workspace, audiences) == 2
    assert texts(workspace) == (NAME, CHANNEL, NOTES, ADDRESS)
    assert all(is_sealed(text) for text in stored(workspace))
    verdict = verify(workspace)
    assert (verdict.problems, verdict.lines) == ((), lines + 2)
    if workspace.file is not None:
        assert b"CANARY" not in everything(workspace, url)
    assert encrypt_rows(workspace, audiences) == 0
    assert verify(workspace).lines == lines + 2
    workspace.close()


def test_a_change_before_that_encrypts_what_it_changes(
    workspace: Workspace, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace)
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    workspace = reopened(workspace, url)
    with writing(workspace) as session:
        session.scalars(select(Identity)).one().name = "Kari"
        session.commit()
    assert (examine(workspace).plain, examine(workspace).sealed) == (3, 1)
    assert encrypt_rows(workspace, audiences) == 2
    assert texts(workspace) == ("Kari", CHANNEL, NOTES, ADDRESS)
    assert (examine(workspace).plain, verify(workspace).problems) == (0, ())
    workspace.close()


# --- Half-configured


def test_without_its_key_a_workspace_is_not_opened(
    sealed: Workspace, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sealed)
    sealed.close()
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(url)
    assert str(refused.value) == (
        "The workspace has encrypted values, but no key is configured. Set the key of this installation in "
        "HRD_CALENDAR_KEY or HRD_CALENDAR_KEY_FILE, then start again."
    )
    monkeypatch.setenv(KEY_VARIABLE, SECOND)
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(url)
    assert str(refused.value) == (
        "The workspace has encrypted values that the key in HRD_CALENDAR_KEY does not open (4). Configure the key with "
        "which they were encrypted, after the current one if there is a new one."
    )
    monkeypatch.setenv(KEY_VARIABLE, f"{SECOND},{FIRST}")
    workspace = open_workspace(url)
    assert texts(workspace) == (NAME, CHANNEL, NOTES, ADDRESS)
    workspace.close()


def test_without_a_key_nothing_is_added_in_plain_to_what_others_encrypt(
    workspace: Workspace, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where one of two servers was started without the key, before the other encrypted anything."""
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    with_key = open_workspace(url)
    contact_id = fill(with_key)
    assert texts(workspace) == (UNREADABLE,) * 4
    with writing(workspace) as session:
        session.get_one(Contact, contact_id).identity.name = "Ola"  # type: ignore[union-attr]  # it has one
        with pytest.raises(WorkspaceError, match="no key is configured"):
            session.commit()
    assert texts(with_key) == (NAME, CHANNEL, NOTES, ADDRESS)
    with_key.close()


# --- Rotation


def test_the_drill_of_rotation(sealed: Workspace, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(sealed)
    before, head = stored(sealed), verify(sealed).head
    monkeypatch.setenv(KEY_VARIABLE, f"{SECOND},{FIRST}")
    workspace = reopened(sealed, url)
    assert examine(workspace).outdated == 4
    assert rotate(workspace) == 4
    assert (rotate(workspace), examine(workspace).outdated) == (0, 0)
    monkeypatch.setenv(KEY_VARIABLE, SECOND)
    workspace = reopened(workspace, url)
    assert texts(workspace) == (NAME, CHANNEL, NOTES, ADDRESS)
    assert (stored(workspace), verify(workspace).head) == (before, head)
    workspace.close()
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    with pytest.raises(WorkspaceError):
        open_workspace(url)


def test_after_rotation_the_keys_as_they_were_wrapped_before_are_in_no_file(
    key: str, new_sqlite: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_sqlite()
    workspace = open_workspace(url)
    fill(workspace)
    with workspace.engine.connect() as connection:
        wrapped = list(connection.scalars(select(row_key.c.wrapped)))
    assert all(one.encode() in everything(workspace, url) for one in wrapped)
    monkeypatch.setenv(KEY_VARIABLE, f"{SECOND},{FIRST}")
    workspace = reopened(workspace, url)
    rotate(workspace)
    assert not any(one.encode() in everything(workspace, url) for one in wrapped)
    workspace.close()


def test_rotation_without_a_key_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    for act in (
        rotate,
        lambda of: encrypt_rows(of, audiences),
        lambda of: export_keys(of, tmp_path / "keys"),
        lambda of: import_keys(of, tmp_path / "keys"),
    ):
        with pytest.raises(WorkspaceError, match=r"^No key is configured"):
            act(workspace)


def test_a_data_key_that_was_tampered_with_stops_the_rotation(
    sealed: Workspace, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sealed)
    with sealed.writing() as connection:
        connection.execute(sa.update(row_key).where(row_key.c.column_name == "notes").values(wrapped="AAAA"))
    monkeypatch.setenv(KEY_VARIABLE, f"{SECOND},{FIRST}")
    workspace = reopened(sealed, url)
    with pytest.raises(WorkspaceError, match="so nothing was changed"):
        rotate(workspace)
    assert examine(workspace).outdated == 4
    assert texts(workspace) == (NAME, CHANNEL, UNREADABLE, ADDRESS)
    workspace.close()


# --- Backups, and losing the workspace or the key


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_the_drill_of_a_lost_workspace(
    sealed: Workspace, tmp_path: Path, request: pytest.FixtureRequest, into: str
) -> None:
    fill(sealed)
    made = backup(sealed, tmp_path / "backup")
    assert export_keys(sealed, tmp_path / "keys") == 4
    assert oct((tmp_path / "keys").stat().st_mode & 0o777) == "0o600"
    new: Callable[[], str] = request.getfixturevalue(f"new_{into}")
    url = new()
    assert restore(url, tmp_path / "backup") == made
    restored = open_workspace(url)
    assert verify(restored).problems == ()
    assert texts(restored) == (UNREADABLE,) * 4
    assert import_keys(restored, tmp_path / "keys") == 4
    assert import_keys(restored, tmp_path / "keys") == 0
    assert texts(restored) == (NAME, CHANNEL, NOTES, ADDRESS)
    assert (verify(restored).head, examine(restored)) == (verify(sealed).head, examine(sealed))
    restored.close()


def test_the_drill_of_an_erasure(sealed: Workspace, tmp_path: Path, new_sqlite: Callable[[], str]) -> None:
    """A backup from before comes back without what was erased since, with the newest keys."""
    fill(sealed)
    backup(sealed, tmp_path / "backup")
    export_keys(sealed, tmp_path / "keys")
    erase(sealed)
    assert export_keys(sealed, tmp_path / "keys") == 1
    url = new_sqlite()
    restore(url, tmp_path / "backup")
    restored = open_workspace(url)
    assert import_keys(restored, tmp_path / "keys") == 1
    assert texts(restored) == (UNREADABLE, UNREADABLE, UNREADABLE, ADDRESS)
    assert (verify(restored).problems, examine(restored).unreadable) == ((), 3)
    erase(restored)
    assert (verify(restored).problems, examine(restored).unreadable) == ((), 0)
    restored.close()


def test_a_value_that_cannot_be_read_can_be_entered_again(
    sealed: Workspace, tmp_path: Path, new_sqlite: Callable[[], str]
) -> None:
    fill(sealed)
    backup(sealed, tmp_path / "backup")
    url = new_sqlite()
    restore(url, tmp_path / "backup")
    restored = open_workspace(url)
    before = stored(restored)
    with writing(restored) as session:
        identity = session.scalars(select(Identity)).one()
        identity.name, identity.channel = "Kari", UNREADABLE
        session.commit()
    assert texts(restored) == ("Kari", UNREADABLE, UNREADABLE, UNREADABLE)
    assert stored(restored)[1:] == before[1:]
    restored.close()


def test_without_the_key_a_backup_cannot_be_restored(
    sealed: Workspace, tmp_path: Path, new_sqlite: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sealed)
    backup(sealed, tmp_path / "backup")
    export_keys(sealed, tmp_path / "keys")
    for configured in ("", SECOND):
        monkeypatch.setenv(KEY_VARIABLE, configured)
        url = new_sqlite()
        with pytest.raises(WorkspaceError, match=r"^The file is encrypted with a key that is not configured"):
            restore(url, tmp_path / "backup")
    other = open_workspace(new_sqlite())
    with pytest.raises(WorkspaceError, match=r"^The file is encrypted with a key that is not configured"):
        import_keys(other, tmp_path / "keys")
    other.close()
    monkeypatch.setenv(KEY_VARIABLE, f"{SECOND},{FIRST}")
    restore(new_sqlite(), tmp_path / "backup")


def test_a_backup_from_before_there_was_a_key_is_restored(
    workspace: Workspace, tmp_path: Path, new_sqlite: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace)
    made = backup(workspace, tmp_path / "plain.gz")
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    url = new_sqlite()
    assert restore(url, tmp_path / "plain.gz") == made
    restored = open_workspace(url)
    assert examine(restored).plain == 4
    restored.close()


def test_an_export_replaces_an_export_and_nothing_else(sealed: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "thesis.txt"
    file.write_text("Chapter 1")
    with pytest.raises(WorkspaceError) as refused:
        export_keys(sealed, file)
    assert str(refused.value) == f"{file} is another file and is not overwritten. Name another one."
    assert file.read_text() == "Chapter 1"
    with pytest.raises(WorkspaceError, match="No such file or directory"):
        export_keys(sealed, tmp_path / "nowhere" / "keys")
    backup(sealed, tmp_path / "backup")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(WorkspaceError, match="is another file"):
        export_keys(sealed, tmp_path / "backup")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("how", ["text", "cut off", "a byte", "a backup", "nothing"])
def test_what_is_not_an_export_is_refused_whole(sealed: Workspace, tmp_path: Path, how: str) -> None:
    fill(sealed)
    file = tmp_path / "keys"
    export_keys(sealed, file)
    if how == "text":
        file.write_text("Dear colleagues,")
    elif how == "cut off":
        file.write_bytes(file.read_bytes()[:-1])
    elif how == "a byte":
        raw = bytearray(file.read_bytes())
        raw[-40] ^= 1
        file.write_bytes(bytes(raw))
    elif how == "a backup":
        file.unlink()
        backup(sealed, file)
    else:
        file.unlink()
    with sealed.writing() as connection:
        connection.execute(sa.delete(row_key))
    with pytest.raises(WorkspaceError) as refused:
        import_keys(sealed, file)
    assert str(refused.value) in (
        f"{file} is damaged, or not an export of keys. Nothing was imported.",
        f"{file} cannot be read (No such file or directory). Name an export of keys.",
    )
    assert count_keys(sealed) == 0


# --- Layouts


def test_a_copy_from_before_a_change_of_layout_has_the_keys(
    sealed: Workspace, url: str, new_sqlite: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sealed)
    monkeypatch.setattr(sealed, "folder", tmp_path)
    copy = copies.keep(sealed, migrations.newest())
    if sealed.file is not None:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM row_key").fetchone() == (4,)
        return
    again = new_sqlite()
    restore(again, copy)
    restored = open_workspace(again)
    assert texts(restored) == (NAME, CHANNEL, NOTES, ADDRESS)
    restored.close()
    erase(sealed)
    assert copies.of(sealed) == []


def test_the_layout_without_keys_is_refused_to_what_needs_them(sealed: Workspace) -> None:
    fill(sealed)
    with pytest.raises(RuntimeError, match="has encrypted values"):
        migrations.downgrade(sealed.engine, "0010")
    assert texts(sealed) == (NAME, CHANNEL, NOTES, ADDRESS)
