"""Copies of a workspace before each change of its layout, and traces of erased data.

A copy is a fallback if a change of the layout goes wrong. It is private to the owner. Only the two newest are kept, for
thirty days at most, and all are deleted when an identity or an address is erased, because they still contain it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from calendar_model import clock
from calendar_model.store.models import Base, row_key

if TYPE_CHECKING:
    from calendar_model.store.database import Workspace

KEPT = 2
KEPT_FOR = timedelta(days=30)


def keep(workspace: Workspace, layout: str) -> Path:
    """Copy a workspace, as it is before its layout changes, to a private file that has the layout in its name.

    For SQLite it is the database itself, for a server a backup for ``restore``; both have the data keys of encrypted
    values. A copy of the same layout is replaced.

    Raises OSError, sqlite3.Error and what :func:`calendar_model.store.backup.backup` raises; then there is no new copy.
    """
    # A backup opens workspaces, and to open one may take a copy.
    from calendar_model.store.backup import backup

    file = workspace.folder / f"{_stem(workspace)}.layout-{layout}.{'gz' if workspace.file is None else 'sqlite'}"
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    workspace.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished.unlink(missing_ok=True)
    try:
        if workspace.file is None:
            backup(workspace, unfinished, data_keys=True)
        else:
            os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(workspace.connect()) as source, closing(sqlite3.connect(unfinished)) as copy:
                source.backup(copy)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    expire(workspace)
    return file


def of(workspace: Workspace) -> list[Path]:
    """The copies of a workspace, newest first."""
    found = workspace.folder.glob("*.layout-*")
    mine = [file for file in found if file.name.startswith(f"{_stem(workspace)}.layout-")]
    return sorted(mine, key=lambda file: file.stat().st_mtime, reverse=True)


def expire(workspace: Workspace) -> None:
    """Delete the copies that are too many or too old."""
    oldest = (clock.machine_now() - KEPT_FOR).timestamp()
    for number, file in enumerate(of(workspace)):
        if number >= KEPT or file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def erase_traces(workspace: Workspace) -> None:
    """Delete the remains of erased sealed columns and data keys: the copies, and free space in the database's files.

    SQLite empties its log into the file, whose freed places are overwritten. PostgreSQL rewrites the tables. Its
    own log and other backups are not covered. Raises OSError, sqlite3.Error and sqlalchemy.exc.DBAPIError
    if a reader blocks it; it can be repeated.
    """
    for file in of(workspace):
        file.unlink(missing_ok=True)
    if workspace.file is not None:
        with closing(workspace.connect()) as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("The log is being read.")
        return
    sealed = [mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.SEALED]
    with workspace.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET lock_timeout = '2s'")
        try:
            for table in (*sealed, row_key.name):
                connection.exec_driver_sql(f"VACUUM (FULL) {table}")
        finally:
            connection.exec_driver_sql("RESET lock_timeout")


def _stem(workspace: Workspace) -> str:
    return workspace.file.stem if workspace.file is not None else quote(str(workspace.engine.url.database), safe="")
