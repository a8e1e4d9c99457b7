"""Backups into a folder, time and again, and which of them are kept.

A backup is named by the second (UTC) in which it was started, and by nothing else. Only files with such a name are ever
deleted, and only after a new backup has been written whole.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from calendar_model import clock
from calendar_model.store import backup, history
from calendar_model.store.database import FILE, Workspace, WorkspaceError, open_workspace

FOLDER_VARIABLE = "HRD_CALENDAR_BACKUPS"
"""The folder of the backups, for those who watch their age."""

_NAME = re.compile(r"hrd-calendar-(\d{8}T\d{6})Z\.backup", re.ASCII)
_TIME = "%Y%m%dT%H%M%S"
_UNFINISHED = ".unfinished"


class Retention(NamedTuple):
    """How many days, weeks (ISO 8601) and months keep their last backup. Those without a backup do not count."""

    daily: int = 14
    weekly: int = 8
    monthly: int = 12


class WrittenBackup(NamedTuple):
    """A new backup, its checksum, and the names of the older ones that were kept and deleted."""

    file: Path
    checksum: str
    kept: tuple[str, ...]
    deleted: tuple[str, ...]


class CheckedBackup(NamedTuple):
    """A backup that was restored on trial: the number of changes and of rows in it, and its checksum."""

    file: Path
    changes: int
    rows: int
    checksum: str


def configured_folder() -> Path | None:
    """The folder of ``HRD_CALENDAR_BACKUPS``; None if it names none."""
    named = os.environ.get(FOLDER_VARIABLE, "")
    return Path(named) if named else None


def file_name(moment: datetime) -> str:
    """The name of a backup that starts at an instant (aware)."""
    return f"hrd-calendar-{moment.astimezone(UTC).strftime(_TIME)}Z.backup"


def made_at(name: str) -> datetime | None:
    """When the backup of this name was started, in UTC; None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest(folder: Path) -> Path | None:
    """The newest backup in a folder; None if there is none or the folder cannot be read."""
    try:
        names = _backups(folder)
    except OSError:
        return None
    return folder / names[-1] if names else None


def to_keep(names: Iterable[str], retention: Retention) -> set[str]:
    """Which of these backups are kept: the last of each day, week and month that counts, and always the newest."""
    moments = {name: made for name in names if (made := made_at(name)) is not None}
    newest_first = sorted(moments, key=moments.__getitem__, reverse=True)
    kept = set(newest_first[:1])
    periods: tuple[tuple[int, Callable[[datetime], Any]], ...] = (
        (retention.daily, datetime.date),
        (retention.weekly, lambda moment: moment.isocalendar()[:2]),
        (retention.monthly, lambda moment: (moment.year, moment.month)),
    )
    for number, period in periods:
        last: dict[Any, str] = {}
        for name in newest_first:
            last.setdefault(period(moments[name]), name)
        kept.update(list(last.values())[:number])
    return kept


def back_up(workspace: Workspace, folder: Path, retention: Retention) -> WrittenBackup:
    """Write a backup into a folder, then delete the older ones that are not kept.

    Raises :class:`~calendar_model.store.database.WorkspaceError` if it cannot be written, in which case nothing is
    deleted and nothing remains of it, and if an older one cannot be deleted.
    """
    if not folder.is_dir():
        raise WorkspaceError(
            f"The folder {folder} for backups does not exist, so no backup was made. Mount or create it."
        )
    file = folder / file_name(clock.machine_now())
    # Under another name until it is whole: what is left of a process that was killed is no backup.
    unfinished = file.with_name(f".{file.name}{_UNFINISHED}")
    if file.exists():
        raise WorkspaceError(f"{file} already exists and is not overwritten. Try again in a second.")
    try:
        unfinished.unlink(missing_ok=True)
        made = backup.backup(workspace, unfinished)
        unfinished.rename(file)
        _sync(folder)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise WorkspaceError(
            f"The backup cannot be written to {folder} ({error.strerror}). No older one was deleted."
        ) from None
    names = _backups(folder)
    # Whatever the clock said when others were named.
    kept = to_keep(names, retention) | {file.name}
    deleted = tuple(name for name in names if name not in kept)
    try:
        for name in (*deleted, *_left_unfinished(folder)):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"The backup {file} was written, but an older one cannot be deleted ({error.strerror}). Allow writing to "
            f"{folder}."
        ) from None
    return WrittenBackup(file, made, tuple(sorted(kept)), deleted)


def check(file: Path) -> CheckedBackup:
    """Restore a backup into a temporary workspace, verify it, and delete that workspace.

    ``file`` is a backup, or a folder whose newest one is taken. Raises
    :class:`~calendar_model.store.database.WorkspaceError` if there is none, or if it cannot be restored whole.
    """
    if file.is_dir():
        found = newest(file)
        if found is None:
            raise WorkspaceError(f"There is no backup in {file}. Make one: python -m calendar_model backup --to {file}")
        file = found
    with tempfile.TemporaryDirectory(prefix="hrd-calendar-check-") as folder:
        url = f"sqlite:///{Path(folder, 'workspace', FILE)}"
        checksum = backup.restore(url, file)
        workspace = open_workspace(url)
        try:
            verdict = history.verify(workspace)
        finally:
            workspace.close()
    if not verdict.clean:
        raise WorkspaceError(f"{file} does not match its own history. Use another backup.")
    return CheckedBackup(file, verdict.lines, verdict.rows, checksum)


def _backups(folder: Path) -> list[str]:
    """The names of the backups in a folder, oldest first."""
    return sorted(entry.name for entry in folder.iterdir() if made_at(entry.name) is not None and entry.is_file())


def _left_unfinished(folder: Path) -> list[str]:
    """The names of what processes that were killed have left, a day ago or longer."""
    found = {entry.name: made_at(entry.name[1 : -len(_UNFINISHED)]) for entry in folder.glob(f".*{_UNFINISHED}")}
    latest = clock.machine_now() - timedelta(days=1)
    return [name for name, made in found.items() if made is not None and made < latest]


def _sync(folder: Path) -> None:
    """Have the disk know the new name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
