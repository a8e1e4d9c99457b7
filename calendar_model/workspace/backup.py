"""The whole workspace in one file, and back, into SQLite or PostgreSQL whichever it came from.

The file is gzip'd JSON, one value a line: a header, then for each table its name and columns and its rows. Its
checksum is that of the lines, so two workspaces with the same checksum hold the same, to the last character. It holds
what is restricted too, names included, and what was erased after it was made: it is the owner's alone (0600), and
where it is kept matters as much as where the workspace is.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from calendar_model.workspace import migrations
from calendar_model.workspace.database import Workspace, WorkspaceError, open_workspace
from calendar_model.workspace.history import canonical, in_bytes, read_as_plain, stream
from calendar_model.workspace.records import Base

FORMAT = "hrd-calendar workspace"
VERSION = 1

_AT_A_TIME = 500


def backup(workspace: Workspace, path: Path) -> str:
    """Writes all of a workspace, as it is at one moment, to a new file; returns its checksum, a SHA-256 in hexadecimal.

    Others can go on writing meanwhile. Raises :class:`~calendar_model.workspace.database.WorkspaceError` if the file
    is there already or cannot be written, and if something in the database cannot be read; then no file remains.
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WorkspaceError(f"{path} is there already, and is not written over. Name another file.") from None
    except OSError as error:
        raise WorkspaceError(f"The backup cannot be written to {path} ({error.strerror}). Name another file.") from None
    try:
        with os.fdopen(file, "wb") as raw, workspace.snapshot() as connection:
            # The checksum stands before what it is of, so the snapshot is read twice.
            made = checksum(connection)
            header = {
                "format": FORMAT,
                "version": VERSION,
                "layout": migrations.present(connection),
                "checksum": made,
            }
            with gzip.open(raw, "wt", compresslevel=6, encoding="utf-8", newline="\n") as text:
                text.write(f"{canonical(header)}\n")
                text.writelines(f"{line}\n" for line in _lines(connection))
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException:
        Path(path).unlink()
        raise
    return made


def restore(url: str, path: Path) -> str:
    """Puts a backup into the empty workspace at a database URL, all of it or nothing; returns its checksum.

    What the URL may be says :func:`~calendar_model.workspace.database.open_workspace`. Raises
    :class:`~calendar_model.workspace.database.WorkspaceError` if the workspace is not empty, if the file is not a
    backup or is damaged, and if it was made in another layout of the tables.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as text:
            header = _header(text)
            workspace = open_workspace(url)
            try:
                with workspace.writing() as connection:
                    _refuse_unless_empty(connection)
                    _put(connection, text)
                    if checksum(connection) != header["checksum"]:
                        raise _Damaged
            finally:
                workspace.close()
    except (_Damaged, gzip.BadGzipFile, EOFError, zlib.error, ValueError, TypeError):
        raise WorkspaceError(
            f"{path} is not a backup of a workspace, or it is damaged. Nothing was restored; try another file."
        ) from None
    except DBAPIError:
        # The message of the database could quote a record.
        raise WorkspaceError(
            f"The database does not take what is in {path}: the file is damaged. Nothing was restored; try another one."
        ) from None
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read ({error.strerror}). Name the file of a backup.") from None
    return str(header["checksum"])


def checksum(connection: Connection) -> str:
    """The SHA-256 of all that a workspace holds, the same on either database."""
    digest = hashlib.sha256()
    for line in _lines(connection):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


class _Damaged(Exception):  # noqa: N818  it says what the file is
    pass


def _lines(connection: Connection) -> Iterator[str]:
    """All tables, those before that others refer to; rows by primary key."""
    for table in Base.metadata.sorted_tables:
        yield canonical({"table": table.name, "columns": [column.name for column in table.columns]})
        order = [*_after_their_own(table), *(in_bytes(key, connection.dialect) for key in table.primary_key)]
        for row in stream(connection, select(*map(read_as_plain, table.columns)).order_by(*order)):
            if any(isinstance(value, dict) for value in row):
                raise WorkspaceError(
                    f"A row of {table.name} cannot be read, so there is no backup of it. Run verify to learn which."
                )
            yield canonical(list(row))


def _after_their_own(table: Table) -> list[sa.ColumnElement[bool]]:
    """Orders rows that refer to another one of the same table after those that do not, such as a confirmation."""
    return [
        key.parent.is_not(None)
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is table
    ]


def _header(text: IO[str]) -> dict[str, Any]:
    header = json.loads(text.readline())
    if not isinstance(header, dict) or header.get("format") != FORMAT or not header.get("checksum"):
        raise _Damaged
    if header.get("version") != VERSION or header.get("layout") != migrations.newest():
        raise WorkspaceError(
            "The backup was made with another version of this program, which keeps its records differently. Restore "
            "it with that version, then open the workspace with this one."
        )
    return header


def _refuse_unless_empty(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if connection.scalar(select(sa.literal(1)).select_from(table).limit(1)):
            raise WorkspaceError(
                "The workspace is not empty, and a backup is restored into an empty one only. Name another database, "
                "or move this one away first."
            )


def _put(connection: Connection, text: IO[str]) -> None:
    table: Table | None = None
    rows: list[dict[str, Any]] = []
    readers: dict[str, Callable[[Any], Any]] = {}
    for line in text:
        value = json.loads(line)
        if isinstance(value, dict):
            _insert(connection, table, rows)
            table = Base.metadata.tables.get(str(value.get("table")))
            if table is None or value.get("columns") != [column.name for column in table.columns]:
                raise _Damaged
            readers = {column.name: _reader(column) for column in table.columns}
        elif isinstance(value, list) and len(value) == len(readers):
            rows.append({name: read(cell) for (name, read), cell in zip(readers.items(), value, strict=True)})
        else:
            raise _Damaged
        if len(rows) == _AT_A_TIME:
            _insert(connection, table, rows)
    _insert(connection, table, rows)


def _insert(connection: Connection, table: Table | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        connection.execute(sa.insert(table), rows)
    rows.clear()


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """Makes of a plain value what the column takes."""
    kind = column.type.python_type
    read: Callable[[Any], Any] = kind.fromisoformat if issubclass(kind, (date, time)) else kind
    return lambda value: None if value is None else read(value)
