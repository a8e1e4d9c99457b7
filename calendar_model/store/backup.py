"""Backup of the whole workspace to one file, and restore into SQLite or PostgreSQL, whichever it came from.

The file is gzip'd JSON, one value a line: a header, then for each table its name and columns and its rows. Its
checksum covers the lines, so two workspaces with the same checksum are identical. It is private to the owner (0600).

With a key of the installation the file is encrypted. What is encrypted in the database stays so within it, and the data
keys of these values are not in it: an erased name cannot be read from a backup either. Without a key the file contains
restricted records and names too, and data erased since; it must be stored as securely as the workspace.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import sqlalchemy as sa
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from calendar_model.store import full_text, history, migrations
from calendar_model.store.database import Workspace, WorkspaceError, answering, keyring_for, open_workspace
from calendar_model.store.encrypted_file import DecryptingReader, EncryptingWriter, is_encrypted
from calendar_model.store.history import canonical, in_bytes, read_as_plain, stream
from calendar_model.store.keys import Keyring
from calendar_model.store.models import Base, guess_count, row_key

FORMAT = "hrd-calendar workspace"
VERSION = 1
PURPOSE = "backup"

_AT_A_TIME = 500
_NAMED = 3
"""How many problems of a changed backup are named; one is enough to refuse it."""


def backup(workspace: Workspace, path: Path, *, data_keys: bool = False) -> str:
    """Write a snapshot of a workspace to a new file; return its checksum, a SHA-256 in hexadecimal.

    Others can continue to write. With ``data_keys`` it has those of encrypted values, for a copy that is deleted with
    what is erased; for others :func:`~calendar_model.store.sealing.export_keys` keeps them in a file of their own.

    Raises :class:`~calendar_model.store.database.WorkspaceError` if the file exists already or cannot be written, and
    if the database cannot be read completely; then no file remains.
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WorkspaceError(f"{path} already exists and is not overwritten. Name another file.") from None
    except OSError as error:
        raise WorkspaceError(f"The backup cannot be written to {path} ({error.strerror}). Name another file.") from None
    try:
        with os.fdopen(file, "wb") as raw, workspace.snapshot() as connection:
            # The checksum precedes the content, so the snapshot is read twice.
            made = checksum(connection, data_keys=data_keys)
            header = {
                "format": FORMAT,
                "version": VERSION,
                "layout": migrations.present(connection),
                "checksum": made,
                **({"data_keys": True} if data_keys else {}),
            }
            key = workspace.keyring.current if workspace.keyring is not None else None
            encrypting = EncryptingWriter(raw, key, PURPOSE) if key is not None else None
            into = cast("BinaryIO", encrypting) if encrypting is not None else raw
            with gzip.open(into, "wt", compresslevel=6, encoding="utf-8", newline="\n") as text:
                text.write(f"{canonical(header)}\n")
                text.writelines(f"{line}\n" for line in _lines(connection, data_keys=data_keys))
            if encrypting is not None:
                encrypting.finish()
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException:
        Path(path).unlink()
        raise
    return made


def restore(url: str, path: Path) -> str:
    """Restore a backup into the empty workspace at a database URL, all or nothing; return its checksum.

    For valid URLs see :func:`~calendar_model.store.database.open_workspace`. A backup of an older layout is
    put into that layout, which is then brought to the present one. Before it is committed, the history is
    checked and compared with the rows, as :func:`~calendar_model.store.history.verify` does.

    What was encrypted in the database can be read once its data keys are imported
    (:func:`~calendar_model.store.sealing.import_keys`).

    Raises :class:`~calendar_model.store.database.WorkspaceError` if the workspace is not empty, or if the
    file is not a backup, is damaged, does not fit its own history, or is of a newer version of the program. So it does
    for a file that is encrypted with a key that is not configured.
    """
    try:
        with path.open("rb") as raw, _opened(raw, keyring_for(url)) as text:
            header = _header(text)
            workspace = open_workspace(url)
            try:
                _restore(workspace, header, text)
            finally:
                workspace.close()
    except (_Damaged, gzip.BadGzipFile, EOFError, zlib.error, ValueError, TypeError):
        raise WorkspaceError(
            f"{path} is damaged, or not a backup of a workspace. Nothing was restored; try another file."
        ) from None
    except _Changed as changed:
        raise WorkspaceError(
            f"{path} was changed after the backup, so nothing was restored. Try another file. Mismatch: {changed}"
        ) from None
    except migrations.NewerLayout:
        raise WorkspaceError(
            "The backup was made with a newer version of this program. Update the program, then restore it."
        ) from None
    except DBAPIError:
        # The message of the database could quote a record.
        raise WorkspaceError(
            f"The database rejects the contents of {path}: the file is damaged. Nothing was restored; try another one."
        ) from None
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read ({error.strerror}). Name a backup file.") from None
    return str(header["checksum"])


def _opened(raw: BinaryIO, keyring: Keyring | None) -> IO[str]:
    """The lines of an open file, encrypted or not."""
    content = io.BufferedReader(DecryptingReader(raw, keyring, PURPOSE)) if is_encrypted(raw, PURPOSE) else raw
    return cast("IO[str]", gzip.open(content, "rt", encoding="utf-8", newline="\n"))


def _restore(workspace: Workspace, header: dict[str, Any], text: IO[str]) -> None:
    layout, data_keys = str(header.get("layout")), header.get("data_keys") is True
    with answering(workspace), migrations.alone(workspace.engine) as connection:
        _refuse_unless_empty(connection)
        migrations.move(connection, layout)
        if _put(connection, text, data_keys=data_keys) != header["checksum"]:
            raise _Damaged
        if layout == migrations.newest() and checksum(connection, data_keys=data_keys) != header["checksum"]:
            raise _Damaged
        migrations.move(connection, migrations.newest())
        full_text.rebuild(connection)
        if migrations.points_nowhere(connection):
            raise _Damaged
        if problems := history.check(connection).problems:
            raise _Changed(" ".join(problems[:_NAMED]))


def checksum(connection: Connection, *, data_keys: bool = False) -> str:
    """The SHA-256 of the content of a workspace, the same on either database; with or without its data keys."""
    digest = hashlib.sha256()
    for line in _lines(connection, data_keys=data_keys):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


class _Damaged(Exception):  # noqa: N818  it says what the file is
    pass


class _Changed(Exception):  # noqa: N818  it says what was done to the file
    pass


def _lines(connection: Connection, *, data_keys: bool) -> Iterator[str]:
    """All tables, those before that others refer to; rows by primary key."""
    for table in _tables(connection):
        if table.name in _left_out(data_keys=data_keys):
            continue
        yield canonical({"table": table.name, "columns": [column.name for column in table.columns]})
        order = [*_after_their_own(table), *(in_bytes(key, connection.dialect) for key in table.primary_key)]
        for row in stream(connection, select(*map(read_as_plain, table.columns)).order_by(*order)):
            if any(isinstance(value, dict) for value in row):
                raise WorkspaceError(
                    f"A row of {table.name} cannot be read, so no backup was made. Run verify to find it."
                )
            yield canonical(list(row))


def _left_out(*, data_keys: bool) -> set[str]:
    """The tables that are in no backup, or in none without data keys."""
    return {guess_count.name} if data_keys else {guess_count.name, row_key.name}


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are in the database, those before that others refer to; also in an older layout."""
    if migrations.present(connection) == migrations.newest():
        return Base.metadata.sorted_tables
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: name not in {migrations.TABLE, *full_text.TABLES})
    tables = found.sorted_tables
    for table in tables:
        today = Base.metadata.tables.get(table.name)
        for column in table.columns:
            if today is not None and column.name in today.columns:
                column.type = today.columns[column.name].type
    return tables


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
    if header.get("version") != VERSION:
        raise migrations.NewerLayout
    return header


def _refuse_unless_empty(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        # Somebody may be guessing at the addresses of the empty workspace.
        if table is not guess_count and connection.scalar(select(sa.literal(1)).select_from(table).limit(1)):
            raise WorkspaceError(
                "The workspace is not empty; a backup can be restored only into an empty one. Name another database, "
                "or "
                "move this one away first."
            )


def _put(connection: Connection, text: IO[str], *, data_keys: bool) -> str:
    """Puts the lines of a backup into the tables of the layout in which the database is; returns their checksum."""
    digest = hashlib.sha256()
    table: Table | None = None
    missing = set(sa.inspect(connection).get_table_names()) - {migrations.TABLE, *full_text.TABLES}
    missing -= _left_out(data_keys=data_keys)
    rows: list[dict[str, Any]] = []
    readers: dict[str, Callable[[Any], Any]] = {}
    for line in text:
        value = json.loads(line)
        digest.update(line.encode())
        if isinstance(value, dict):
            _insert(connection, table, rows)
            name = str(value.get("table"))
            if name not in missing:
                raise _Damaged
            missing.remove(name)
            table = _table(connection, name, value.get("columns"))
            readers = {column.name: _reader(column) for column in table.columns}
        elif isinstance(value, list) and len(value) == len(readers):
            rows.append({name: read(cell) for (name, read), cell in zip(readers.items(), value, strict=True)})
        else:
            raise _Damaged
        if len(rows) == _AT_A_TIME:
            _insert(connection, table, rows)
    _insert(connection, table, rows)
    if missing:
        raise _Damaged
    return digest.hexdigest()


def _table(connection: Connection, name: str, columns: object) -> Table:
    """A table as it is in the database, with ``columns`` in the order of the backup.

    A column takes the values that it takes today, where there is one today. Raises _Damaged where the database has
    other columns.
    """
    today = Base.metadata.tables.get(name)
    kinds = {column["name"]: column["type"] for column in sa.inspect(connection).get_columns(name)}
    if not isinstance(columns, list) or sorted(map(str, columns)) != sorted(kinds):
        raise _Damaged
    kinds |= {column.name: column.type for column in today.columns if column.name in kinds} if today is not None else {}
    return Table(name, sa.MetaData(), *(sa.Column(column, kinds[column]) for column in columns))


def _insert(connection: Connection, table: Table | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        connection.execute(sa.insert(table), rows)
    rows.clear()


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """Convert a plain value to the type of the column."""
    kind = column.type.python_type
    read: Callable[[Any], Any] = kind.fromisoformat if issubclass(kind, (date, time)) else kind
    if issubclass(kind, bytes):
        read = base64.b64decode
    return lambda value: None if value is None else read(value)
