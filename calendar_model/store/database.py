"""The database of the workspace: SQLite in a folder of its own, or PostgreSQL where ``DATABASE_URL`` names a server.

On both databases one session writes at a time, so that a writer has read the current data.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import sys
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from enum import IntEnum
from pathlib import Path
from threading import Lock, RLock
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from calendar_model.store import copies, keys, migrations, sealing
from calendar_model.store.failures import WHAT_TO_DO, Failure, failure_of, note_failure, note_success
from calendar_model.store.failures import WorkspaceError as WorkspaceError
from calendar_model.store.session import WorkspaceSession
from calendar_model.store.waits import WRITER_WAITS

_log = logging.getLogger(__name__)

URL_VARIABLE = "DATABASE_URL"
FOLDER_VARIABLE = "HRD_CALENDAR_WORKSPACE"
FILE = "workspace.sqlite"

PATIENCE = 5000
"""Milliseconds that a writer waits for another."""

_PATIENCE_WITH_SERVER = {
    "connect_timeout": PATIENCE // 1000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 2 * PATIENCE,
}
"""How long a server may be silent. Without this, a page would wait a quarter of an hour for a network that has gone.

Seconds, the last one milliseconds (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS)."""

_WRITERS = 0x48524443
"""The PostgreSQL advisory lock that writers hold; it is per database, so any fixed number will do."""


class Job(IntEnum):
    """What one process does for all that share a workspace; the number is part of its lock on a server."""

    REFRESH = 1
    """Read the followed calendars that are due."""


class Workspace:
    """One database. ``url`` names it, without its password; ``engine`` is for migrations, backups and the like."""

    def __init__(self, engine: Engine, file: Path | None, keyring: keys.Keyring | None = None) -> None:
        self.engine = engine
        self.keyring = keyring
        """The keys for encrypted values and backups; None if none is configured."""
        self.url = engine.url.render_as_string(hide_password=True)
        self.file = file
        """The file of an SQLite database; None for a server."""
        self.folder = _folder_of(file)
        """Where copies of it are kept."""
        self._identity = _identity(file)
        self._traces = False
        self._writing = engine.execution_options(writes=True)
        on_server = engine.dialect.name == "postgresql"
        # Without a transaction around it, a statement costs a server two round trips less.
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT") if on_server else engine
        self._watching: sqlite3.Connection | None = None
        self._watch = Lock()

    def session(self, *, write: bool = False) -> WorkspaceSession:
        """A session to read, or one to write, which waits until no other writes. Use it in a ``with`` block."""
        if write:
            return WorkspaceSession(self._writing, write=True, keyring=self.keyring, erased=self.erase_traces)
        return WorkspaceSession(self.engine, write=False, keyring=self.keyring)

    def connect(self, *, timeout: float | None = None) -> sqlite3.Connection:
        """A connection to the file of SQLite past the engine, which waits ``timeout`` seconds for others."""
        assert self.file is not None
        return _connect_to(self.file, timeout=PATIENCE / 1000 if timeout is None else timeout)

    def erase_traces(self) -> None:
        """Delete the remains of erased data: see :func:`calendar_model.store.copies.erase_traces`.

        If a reader blocks it, it is repeated after the next erasure, and when the workspace is next opened
        or closed; the log says so.
        """
        self._traces = True
        try:
            copies.erase_traces(self)
        except (OSError, sqlite3.Error, DBAPIError):
            _log.warning("Traces of erased data in the workspace at %s have not been deleted yet.", self.url)
            return
        self._traces = False

    @property
    def is_there(self) -> bool:
        """Whether the file is still the one that was opened; always true for a server."""
        return self.file is None or (self._identity is not None and _identity(self.file) == self._identity)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees the database as of its first read, whatever is written later."""
        with answering(self), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def single_statements(self) -> Iterator[Connection]:
        """A connection for statements that stand alone: on a server each is a transaction of its own."""
        with answering(self), self._single.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction of the single writer, committed at the end; without rules and history."""
        with answering(self), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def claim(self, job: Job) -> Iterator[bool]:
        """Whether this process may do a job in this block, because no other one is doing it.

        A claim ends with the process or with its connection, however either ends: on a server it is an advisory lock
        (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS), beside a file a locked file.
        Raises :class:`WorkspaceError` if it cannot be asked for.
        """
        with self._claim_beside_file(self.file, job) if self.file is not None else self._claim_on_server(job) as mine:
            yield mine

    @contextmanager
    def _claim_on_server(self, job: Job) -> Iterator[bool]:
        with answering(self):
            connection = self._single.connect()
        try:
            with answering(self):
                # Out of the pool, so that the lock ends when it is closed.
                connection.detach()
                mine = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_WRITERS}, {job:d})").scalar_one()
            yield bool(mine)
        finally:
            connection.close()

    @contextmanager
    def _claim_beside_file(self, file: Path, job: Job) -> Iterator[bool]:
        if sys.platform == "win32":
            # There a workspace in a file has one dashboard.
            yield True
            return
        import fcntl

        # Not the file of the database: to close it once more would end SQLite's own locks on it.
        try:
            lock = os.open(file.with_name(f".{job.name.lower()}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            failure = _OF_THE_SYSTEM.get(error.errno or 0, Failure.DISK)
            raise WorkspaceError(WHAT_TO_DO[failure], failure) from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                mine = True
            except BlockingIOError:
                mine = False
            yield mine
        finally:
            os.close(lock)

    def commits(self) -> Hashable | None:
        """A token that differs after every commit by any process, available in microseconds.

        None if it is not available: on a server, or while the file is busy. SQLite counts commits by others for
        each connection (https://sqlite.org/pragma.html#pragma_data_version), so one connection that never writes is
        kept for asking; tokens of two workspaces, or of one that was closed in between, never compare equal.
        """
        if self.file is None:
            return None
        with self._watch:
            try:
                if self._watching is None:
                    self._watching = self.connect(timeout=0)
                (count,) = self._watching.execute("PRAGMA data_version").fetchone()
            except sqlite3.Error:
                return None
            return self._watching, count

    def close(self) -> None:
        """Close unused connections."""
        if self._traces:
            self.erase_traces()
        with self._watch:
            if self._watching is not None:
                self._watching.close()
            self._watching = None
        self.engine.dispose()


def open_workspace(url: str | None = None) -> Workspace:
    """The workspace at a database URL (default: the environment's), migrated to the present layout.

    Valid URLs: ``postgresql://…`` (or ``postgres://…``) and ``sqlite:///path``. A missing folder is created as private
    (0700), like the SQLite file (0600). A file that existed earlier and is missing is refused; so is a folder whose
    parent does not exist. A copy is kept before the layout changes. The keys of the environment must be valid, and open
    the encrypted values. Raises :class:`WorkspaceError`.
    """
    parsed = _parse(url if url is not None else _environment())
    file = _file(parsed)
    keyring = keys.keyring(_folder_of(file))
    if file is not None:
        _make_private(file)
    workspace = Workspace(_engine(parsed), file, keyring)
    try:
        migrations.upgrade(workspace.engine, before=lambda layout: _copy(workspace, layout))
        with workspace.engine.connect() as connection:
            sealing.check_keys(connection, keyring)
    except migrations.NewerLayout:
        workspace.close()
        raise WorkspaceError(
            f"The workspace at {workspace.url} was last opened with a newer version of this program. Update the "
            "program, or name another workspace."
        ) from None
    except (DBAPIError, sqlite3.Error) as error:
        workspace.close()
        failure = failure_of(error) or Failure.DAMAGED
        note_failure(workspace.url, failure)
        raise WorkspaceError(_what_fails(workspace, failure), failure) from None
    except WorkspaceError:
        workspace.close()
        raise
    note_success(workspace.url)
    with suppress(OSError):
        copies.expire(workspace)
    if file is not None:
        _keep_private(file)
    return workspace


def _copy(workspace: Workspace, layout: str) -> None:
    try:
        copies.keep(workspace, layout)
    except OSError as error:
        raise WorkspaceError(
            f"The workspace must be updated, but no copy of it can be kept in {workspace.folder} ({error.strerror}). "
            f"Nothing was changed. Allow writing to that folder, or name another one in {FOLDER_VARIABLE}."
        ) from None


_open: dict[str, Workspace] = {}
_opening = RLock()


def current_workspace() -> Workspace:
    """The workspace of the environment, opened once per process.

    It is the database of ``DATABASE_URL`` or else ``workspace.sqlite`` in the folder ``HRD_CALENDAR_WORKSPACE``, by
    default ``.workspace`` beside ``calendar_model``. Raises :class:`WorkspaceError` as :func:`open_workspace` does.
    """
    url = _environment()
    with _opening:
        workspace = _open.get(url)
        if workspace is not None and not workspace.is_there:
            # The connections lead to a deleted file: anything written there is lost.
            workspace.close()
            if workspace.file is not None and not workspace.file.exists():
                note_failure(workspace.url, Failure.GONE)
                raise WorkspaceError(WHAT_TO_DO[Failure.GONE], Failure.GONE)
            workspace = None
        if workspace is None:
            workspace = _open[url] = open_workspace(url)
        return workspace


def opened_workspace() -> Workspace | None:
    """The workspace of the environment if this process has it open; never waits, and opens nothing."""
    workspace = _open.get(_environment())
    return workspace if workspace is not None and workspace.is_there else None


def create_workspace() -> Workspace:
    """Create a new, empty workspace of the environment, even in place of a missing one.

    An existing one is opened unchanged. Raises :class:`WorkspaceError` as :func:`open_workspace` does.
    """
    url = _environment()
    parsed = _parse(url)
    with _opening:
        if parsed.get_backend_name() == "sqlite":
            file = Path(parsed.database or "")
            _forget_marker(file)
            if (known := _open.get(url)) is not None and not file.exists():
                known.close()
                del _open[url]
        return current_workspace()


def check_environment() -> None:
    """Raise :class:`WorkspaceError` if the environment does not name a valid database. Opens nothing."""
    _parse(_environment())


def configured_folder() -> Path:
    """The folder of the environment's workspace, which of a server's has the copies; opens nothing.

    It is that for a server where the environment does not name a valid database.
    """
    try:
        return _folder_of(_file(_parse(_environment())))
    except WorkspaceError:
        return _folder()


def keyring_for(url: str) -> keys.Keyring | None:
    """The master keys of the environment, for a workspace at a database URL; raises as :func:`open_workspace` does."""
    return keys.keyring(_folder_of(_file(_parse(url))))


def _file(url: URL) -> Path | None:
    """The file of an SQLite database; None for a server."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _folder_of(file: Path | None) -> Path:
    return file.parent if file is not None else _folder()


def _environment() -> str:
    if url := os.environ.get(URL_VARIABLE):
        return url
    return URL.create("sqlite", database=str(_folder() / FILE)).render_as_string(hide_password=False)


def _folder() -> Path:
    return Path(os.environ.get(FOLDER_VARIABLE) or Path(__file__).resolve().parents[2] / ".workspace").resolve()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise WorkspaceError(
            f"{URL_VARIABLE} is not valid. Write it as postgresql://user:password@host/database, or leave it out "
            "to keep the workspace in a file."
        ) from None
    kind = parsed.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    raise WorkspaceError(
        f"A workspace must be a PostgreSQL database or an SQLite file, not {kind}"
        f"{' without a file' if kind == 'sqlite' else ''}. Write {URL_VARIABLE} as postgresql://user:password@host/"
        "database, or leave it out."
    )


def _make_private(file: Path) -> None:
    _refuse_if_missing(file)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise WorkspaceError(
            f"The workspace cannot be kept in {file} ({error.strerror}). Name a writable folder in {FOLDER_VARIABLE}.",
            _OF_THE_SYSTEM.get(error.errno or 0),
        ) from None
    _keep_private(file)
    _mark(file)


_OF_THE_SYSTEM = {
    errno.ENOSPC: Failure.FULL,
    errno.EDQUOT: Failure.FULL,
    errno.EROFS: Failure.READ_ONLY,
    errno.EACCES: Failure.READ_ONLY,
    errno.EIO: Failure.DISK,
}


# --- A missing workspace is never silently replaced by a new one

_MARKER = ".kept"
_MARKER_SAYS = """\
# The folder beside this file holds the workspace, in the files named below. While a file is named here, no new, empty
# workspace replaces it. To start one: python -m calendar_model workspace create
"""


def _marker(file: Path) -> Path:
    """The marker, outside the folder, because the folder may be a disk that is not mounted."""
    return file.parent.with_name(f"{file.parent.name}{_MARKER}")


def _marked(file: Path) -> list[str]:
    try:
        return [line for line in _marker(file).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    except (OSError, UnicodeDecodeError):
        return []


def _write_marker(file: Path, named: Sequence[str]) -> None:
    # Without write access to the parent folder, no marker is kept.
    with suppress(OSError):
        if named:
            _marker(file).write_text(_MARKER_SAYS + "".join(f"{name}\n" for name in named), encoding="utf-8")
        else:
            _marker(file).unlink(missing_ok=True)


def _refuse_if_missing(file: Path) -> None:
    # In this order: another process that creates one at this moment makes the file first, then the marker.
    was_there = file.name in _marked(file)
    if file.exists():
        return
    if was_there:
        raise WorkspaceError(
            f"The workspace in {file} is missing. Mount or restore its folder, then start again. To "
            "start a new, empty workspace instead: python -m calendar_model workspace create",
            Failure.GONE,
        )
    above = file.parent.parent
    if not above.exists():
        raise WorkspaceError(
            f"The folder {above} for the workspace does not exist. Mount or create it, then start again.", Failure.GONE
        )


def _mark(file: Path) -> None:
    """Record in the marker that a workspace is kept in this file."""
    named = _marked(file)
    if file.name not in named:
        _write_marker(file, [*named, file.name])


def _forget_marker(file: Path) -> None:
    _write_marker(file, [name for name in _marked(file) if name != file.name])


def _identity(file: Path | None) -> tuple[int, int] | None:
    """The identity of a file, to distinguish it from another file of the same name."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def _keep_private(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        # The second and the third come and go with the connections; a file of somebody else's stays as it is.
        with suppress(FileNotFoundError, PermissionError):
            file.with_name(name).chmod(0o600)


@contextmanager
def answering(workspace: Workspace) -> Iterator[None]:
    """Raise WorkspaceError, with advice, if the database of ``workspace`` fails within this block.

    Errors of statements are raised unchanged. The beginning and the end of an outage are written to the log.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error, PoolTimeout) as error:
        failure = Failure.BUSY if isinstance(error, PoolTimeout) else failure_of(error)
        if failure is None:
            raise
        note_failure(workspace.url, failure)
        raise WorkspaceError(WHAT_TO_DO[failure], failure) from error
    note_success(workspace.url)


def _what_fails(workspace: Workspace, failure: Failure) -> str:
    """Return why the workspace cannot be opened, for the person who starts the dashboard."""
    place = workspace.file or workspace.url
    if failure is Failure.AWAY and workspace.file is None:
        return (
            f"The database server of the workspace does not answer or denies access ({place}). Check that it is "
            f"running, and check the name, password and database in {URL_VARIABLE}."
        )
    if failure is Failure.AWAY:
        return f"The workspace in {place} cannot be opened. Allow reading and writing its folder, then start again."
    if failure is Failure.BUSY:
        return f"Another program is using the workspace in {place}. Close it, then try again."
    if failure is Failure.FULL:
        return f"The disk of the workspace in {place} is full. Free some space, then start again."
    if failure is Failure.READ_ONLY:
        return f"The workspace in {place} is read-only. Allow writing to it and to its folder, then start again."
    if failure is Failure.DISK:
        return f"The disk of the workspace in {place} cannot be read or written. Check the disk, then start again."
    return (
        f"The workspace in {place} is damaged, or not a workspace of this program. Name another one, or restore a "
        "backup into an empty one."
    )


def _engine(url: URL) -> Engine:
    # A record's values never go into a log or an error message.
    quiet: dict[str, Any] = {"echo": False, "hide_parameters": True}
    if url.get_backend_name() == "postgresql":
        patience = {name: value for name, value in _PATIENCE_WITH_SERVER.items() if name not in url.query}
        engine = sa.create_engine(url, pool_pre_ping=True, connect_args=patience, **quiet)
        event.listen(engine, "begin", _begin_postgresql)
    else:
        file = Path(url.database or "")
        engine = sa.create_engine(url, creator=lambda: _connect_to(file), **quiet)
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_to(file: Path, *, timeout: float = PATIENCE / 1000) -> sqlite3.Connection:
    """A connection to an existing file; a missing one is never created empty as a side effect."""
    return sqlite3.connect(
        f"file:{quote(str(file.absolute()))}?mode=rw", uri=True, timeout=timeout, check_same_thread=False
    )


def _connect_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy begins the transactions (below), not the driver, which begins them too late.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={PATIENCE}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # So that INSERT OR REPLACE does not bypass the triggers.
        "recursive_triggers=ON",
        # Erased data is overwritten, not only unlinked.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    with _waiting(), WRITER_WAITS.measured() if writes else nullcontext():
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        with _waiting(), WRITER_WAITS.measured():
            connection.exec_driver_sql(
                f"SELECT set_config('lock_timeout', '{PATIENCE}', true), pg_advisory_xact_lock({_WRITERS})"
            )


@contextmanager
def _waiting() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if failure_of(error) is not Failure.BUSY:
            raise
        raise WorkspaceError(WHAT_TO_DO[Failure.BUSY], Failure.BUSY) from error
