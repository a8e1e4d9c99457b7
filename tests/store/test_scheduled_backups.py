"""Backups into a folder: how they are named, which are kept, and what a failure leaves."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model import clock
from calendar_model.store import scheduled_backups
from calendar_model.store.database import Workspace, WorkspaceError, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Person
from calendar_model.store.scheduled_backups import Retention, back_up, check, file_name, made_at, newest, to_keep
from tests.store.conftest import writing

MOMENTS = st.integers(0, 15 * 365 * 24 * 3600).map(
    lambda second: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
RETENTIONS = st.builds(Retention, *[st.integers(0, 5)] * 3)
FOREIGN = [
    "hrd-calendar-20261124T090000Z.gz",
    "hrd-calendar-20261124T090000Z.backup.txt",
    "hrd-calendar-20261124T090000.backup",
    "hrd-calendar-20261399T090000Z.backup",
    "hrd-calendar-٢٠٢٦١١٢٤T٠٩٠٠٠٠Z.backup",
    "hrd-calendar.backup",
    "workspace.gz",
    "thesis.txt",
]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the machine's clock."""
    return lambda moment: monkeypatch.setattr(clock, "machine_now", lambda: moment)


def days(*given: str) -> list[str]:
    """The names of backups at noon of these days."""
    return [
        file_name(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=12))
        for day in given
    ]


@given(MOMENTS)
def test_a_name_tells_the_second_in_utc_and_nothing_else(moment: datetime) -> None:
    name = file_name(moment)
    assert made_at(name) == moment.replace(microsecond=0)
    assert len(name) == len("hrd-calendar-20261124T090000Z.backup")
    assert file_name(moment.astimezone()) == name


@pytest.mark.parametrize("name", FOREIGN)
def test_no_other_file_is_taken_for_a_backup(name: str) -> None:
    assert made_at(name) is None
    assert to_keep([name], Retention()) == set()


def test_the_last_of_each_period_is_kept() -> None:
    names = days("2026-08-15", "2026-08-31", "2026-09-30", "2026-10-30", "2026-11-01", "2026-11-14", "2026-11-15", "2026-11-20", "2026-11-22", "2026-11-23", "2026-11-24")  # fmt: skip
    evening = file_name(datetime(2026, 11, 23, 20, tzinfo=UTC))
    # 24 November is a Tuesday: the weeks end on the 15th and the 22nd.
    assert to_keep([*names, evening], Retention(2, 3, 3)) == {
        *days("2026-11-24", "2026-11-22", "2026-11-15", "2026-10-30", "2026-09-30"),
        evening,
    }


@given(st.lists(MOMENTS, max_size=60), RETENTIONS)
def test_the_newest_stays_and_no_more_than_was_asked_for(moments: list[datetime], retention: Retention) -> None:
    names = [file_name(moment) for moment in moments]
    kept = to_keep([*names, *FOREIGN], retention)
    assert kept <= set(names)
    assert len(kept) <= max(1, sum(retention))
    if names:
        assert max(names) in kept
    # Once the others are gone, nothing more goes.
    assert to_keep(kept, retention) == kept


@settings(max_examples=8)
@given(st.integers(1, 28), st.integers(6, 36))
def test_day_by_day_it_keeps_what_it_would_keep_at_once(first: int, hours: int) -> None:
    """That older ones were deleted already costs none that a later day asks for."""
    retention, began = Retention(14, 8, 12), datetime(2026, 1, first, tzinfo=UTC)
    names = [file_name(began + timedelta(hours=hours * number)) for number in range(500)]
    kept: set[str] = set()
    for name in names:
        kept = to_keep({*kept, name}, retention)
    assert kept == to_keep(names, retention)


def test_a_backup_is_written_and_older_ones_go(
    workspace: Workspace, tmp_path: Path, at: Callable[[datetime], None]
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in FOREIGN:
        (folder / name).write_text("kept")
    (folder / days("2026-11-20")[0]).mkdir()
    for day in (22, 23, 24):
        at(datetime(2026, 11, day, 9, 30, 15, tzinfo=UTC))
        written = back_up(workspace, folder, Retention(2, 0, 0))
    assert written.file.name == "hrd-calendar-20261124T093015Z.backup"
    assert written.kept == ("hrd-calendar-20261123T093015Z.backup", "hrd-calendar-20261124T093015Z.backup")
    assert written.deleted == ("hrd-calendar-20261122T093015Z.backup",)
    assert {path.name for path in folder.iterdir()} == {*FOREIGN, *written.kept, *days("2026-11-20")}
    assert oct(written.file.stat().st_mode & 0o777) == "0o600"
    assert newest(folder) == written.file
    assert check(folder).checksum == written.checksum == check(written.file).checksum


def test_the_new_one_stays_whatever_the_clock_said_before(
    workspace: Workspace, tmp_path: Path, at: Callable[[datetime], None]
) -> None:
    (tmp_path / days("2031-01-01")[0]).touch()
    at(datetime(2026, 11, 24, tzinfo=UTC))
    written = back_up(workspace, tmp_path, Retention(1, 0, 0))
    assert written.file.exists()


@pytest.mark.parametrize("failure", ["the database", "the disk", "the name", "the folder"])
def test_a_failed_backup_deletes_nothing_and_leaves_nothing(
    workspace: Workspace, tmp_path: Path, at: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    at(datetime(2026, 11, 24, tzinfo=UTC))
    names = [file_name(datetime(2026, 11, day, tzinfo=UTC)) for day in (21, 22, 23)]
    if failure == "the name":
        names.append(file_name(datetime(2026, 11, 24, tzinfo=UTC)))
    for name in names:
        (folder / name).write_text("kept")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if failure == "the database":
        with workspace.writing() as connection:
            connection.exec_driver_sql("DROP TABLE unsaved")
    elif failure == "the disk":
        monkeypatch.setattr(os, "fsync", full)
    target = folder / "away" if failure == "the folder" else folder
    with pytest.raises(Exception) as refused:  # noqa: PT011  a broken table is no failure that has a sentence
        back_up(workspace, target, Retention(1, 0, 0))
    if failure != "the database":
        assert isinstance(refused.value, WorkspaceError)
        assert str(refused.value).endswith(".")
    assert sorted(path.name for path in folder.iterdir()) == names
    assert {path.read_text() for path in folder.iterdir()} == {"kept"}


def test_an_older_one_that_cannot_go_is_told(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / days("2026-11-01")[0]).touch()

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if not path.name.startswith("."):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(WorkspaceError) as refused:
        back_up(workspace, tmp_path, Retention(1, 0, 0))
    assert "Permission denied" in str(refused.value)
    assert len(list(tmp_path.glob("hrd-calendar-*.backup"))) == 2


def test_what_a_killed_process_left_is_no_backup_and_goes_after_a_day(
    workspace: Workspace, tmp_path: Path, at: Callable[[datetime], None]
) -> None:
    at(datetime(2026, 11, 24, tzinfo=UTC))
    old, young = (tmp_path / f".{name}.unfinished" for name in days("2026-11-22", "2026-11-23"))
    other = tmp_path / ".thesis.unfinished"
    for file in (old, young, other):
        file.touch()
    assert newest(tmp_path) is None
    back_up(workspace, tmp_path, Retention(1, 0, 0))
    assert [file.exists() for file in (old, young, other)] == [False, True, True]


def test_a_check_leaves_nothing_behind_and_touches_no_workspace(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    with writing(workspace) as session:
        session.add(Person(name="Desk officer"))
        session.commit()
    before = verify(workspace)
    written = back_up(workspace, tmp_path, Retention())
    checked = check(tmp_path)
    assert (checked.file, checked.changes, checked.rows) == (written.file, before.lines, before.rows)
    assert list(aside.iterdir()) == []
    written.file.write_bytes(written.file.read_bytes()[:-40])
    with pytest.raises(WorkspaceError):
        check(written.file)
    assert list(aside.iterdir()) == []
    assert verify(workspace) == before


def test_there_is_nothing_to_check(tmp_path: Path) -> None:
    for nothing in (tmp_path, tmp_path / "away.backup"):
        with pytest.raises(WorkspaceError):
            check(nothing)


def test_the_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(scheduled_backups.FOLDER_VARIABLE, raising=False)
    assert scheduled_backups.configured_folder() is None
    monkeypatch.setenv(scheduled_backups.FOLDER_VARIABLE, str(tmp_path))
    assert scheduled_backups.configured_folder() == tmp_path


def test_two_databases_make_the_same_backup(
    new_sqlite: Callable[[], str], new_postgresql: Callable[[], str], tmp_path: Path
) -> None:
    made = set()
    for number, url in enumerate((new_sqlite(), new_postgresql())):
        folder = tmp_path / str(number)
        folder.mkdir()
        opened = open_workspace(url)
        made.add(back_up(opened, folder, Retention()).checksum)
        opened.close()
    assert len(made) == 1
