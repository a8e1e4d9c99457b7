"""Why a database fails, by the codes that it gives, and what to do about it in a sentence.

SQLite's codes: https://www.sqlite.org/rescode.html. PostgreSQL's:
https://www.postgresql.org/docs/current/errcodes-appendix.html.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from threading import Lock

import psycopg
from sqlalchemy.exc import DBAPIError

_log = logging.getLogger(__name__)


class Failure(StrEnum):
    """What is wrong with a database, or with the place where it is kept."""

    AWAY = "away"
    """The server, or the file, cannot be reached."""
    GONE = "gone"
    """The workspace was here earlier and is now missing."""
    FULL = "full"
    BUSY = "busy"
    READ_ONLY = "read only"
    DISK = "disk"
    """The disk fails to read or to write."""
    DAMAGED = "damaged"


class WorkspaceError(RuntimeError):
    """The workspace cannot be opened, written, saved or restored; ``str()`` says what to do.

    ``failure`` is the failure of the database; None if the request itself cannot be met.
    """

    def __init__(self, message: str, failure: Failure | None = None) -> None:
        super().__init__(message)
        self.failure = failure


class KeyMissingError(WorkspaceError):
    """The workspace has encrypted values, and the configured keys do not open them."""


WHAT_TO_DO: Mapping[Failure, str] = {
    Failure.AWAY: "The database does not answer. Try again in a moment. If that does not help, ask the administrator "
    "to check that the database is running.",
    Failure.GONE: "The folder of the workspace is missing. Ask the administrator to restore it, then try again.",
    Failure.FULL: "The disk of the database is full, so nothing was saved. Ask the administrator to free some space, "
    "then try again.",
    Failure.BUSY: "The workspace is busy, so your changes were not saved. Try again.",
    Failure.READ_ONLY: "The database can be read but not written. Ask the administrator to allow writing to it, "
    "then try again.",
    Failure.DISK: "The disk of the database cannot be read or written. Ask the administrator to check the disk, "
    "then try again.",
    Failure.DAMAGED: "The database is damaged. Ask the administrator to keep the damaged file and restore the last "
    "backup into an empty workspace.",
}
"""A sentence for the user of a page. It names no server or folder."""

_SQLITE: Mapping[int, Failure] = {
    sqlite3.SQLITE_BUSY: Failure.BUSY,
    sqlite3.SQLITE_LOCKED: Failure.BUSY,
    sqlite3.SQLITE_FULL: Failure.FULL,
    sqlite3.SQLITE_IOERR: Failure.DISK,
    sqlite3.SQLITE_READONLY: Failure.READ_ONLY,
    sqlite3.SQLITE_PERM: Failure.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Failure.AWAY,
    sqlite3.SQLITE_CORRUPT: Failure.DAMAGED,
    sqlite3.SQLITE_NOTADB: Failure.DAMAGED,
}
"""By primary code; an extended one has the primary code in its lowest byte."""

_POSTGRESQL: Mapping[str, Failure] = {
    "08": Failure.AWAY,
    "25006": Failure.READ_ONLY,
    "28": Failure.AWAY,
    "3D": Failure.AWAY,
    "40": Failure.BUSY,
    "53": Failure.BUSY,
    "53100": Failure.FULL,
    "55P03": Failure.BUSY,
    "57P": Failure.AWAY,
    "58": Failure.DISK,
    "XX001": Failure.DAMAGED,
    "XX002": Failure.DAMAGED,
}
"""By SQLSTATE, or by its first letters where nothing more particular is listed."""


def failure_of(error: BaseException) -> Failure | None:
    """Return why the database failed; None where the database is sound and the statement is at fault."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        return None if code is None else _SQLITE.get(code & 0xFF)
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate
        if state is None:
            # What never reached a server, or lost it, has no code of a server.
            return Failure.AWAY if isinstance(cause, psycopg.OperationalError) else None
        known = (_POSTGRESQL.get(state[:length]) for length in (5, 3, 2))
        return next((failure for failure in known if failure is not None), None)
    return None


_failing: dict[str, Failure] = {}
_begun: Counter[Failure] = Counter()
_lock = Lock()


def note_failure(url: str, failure: Failure) -> None:
    """Write the beginning of an outage to the log, once; ``url`` names the workspace without its password.

    That a user has to wait is no outage.
    """
    if failure is Failure.BUSY:
        return
    with _lock:
        known = _failing.get(url)
        _failing[url] = failure
        _begun[failure] += known is not failure
    if known is not failure:
        _log.error("The workspace at %s is unavailable (%s).", url, failure)


def note_success(url: str) -> None:
    """Write the end of an outage to the log, if there was one."""
    if url not in _failing:
        return
    with _lock:
        ended = _failing.pop(url, None)
    if ended is not None:
        _log.warning("The workspace at %s is available again.", url)


def is_failing() -> bool:
    """Whether a database of this process was away when it was last asked."""
    return bool(_failing)


def outages_begun() -> Mapping[Failure, int]:
    """The number of outages that this process has seen, by what was wrong."""
    with _lock:
        return dict(_begun)
