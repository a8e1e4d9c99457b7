"""The layout of the tables, step by step, forward and back; run whenever a workspace is opened.

A step is a module in ``versions`` that names the one before it. The newest layout is that of
:mod:`calendar_model.workspace.records`; a test compares the two. A step that makes a table anew on SQLite (Alembic's
batch mode) makes that table's triggers anew as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine


class NewerLayout(Exception):  # noqa: N818  it is the database that is newer; nothing went wrong
    """The database is in a layout of which this program knows nothing."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, for its commands on this connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


@cache
def newest() -> str:
    """The newest layout's identifier."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def present(connection: Connection) -> str | None:
    """The identifier of the layout in which a database is; None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, to: str = "head") -> None:
    """Brings a database forward, in one transaction. Raises :class:`NewerLayout`, and what the database raises."""
    with engine.connect() as connection:
        is_at = present(connection)
    if is_at is not None and is_at == newest():
        return
    _run(engine, lambda settings: command.upgrade(settings, to))


def downgrade(engine: Engine, to: str) -> None:
    """Takes a database back, in one transaction; ``base`` leaves it empty."""
    _run(engine, lambda settings: command.downgrade(settings, to))


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    with _alone(engine) as connection:
        settings = config(connection)
        is_at = present(connection)
        if is_at is not None:
            try:
                ScriptDirectory.from_config(settings).get_revision(is_at)
            except CommandError:
                raise NewerLayout(is_at) from None
        step(settings)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A connection of the only writer, in a transaction."""
    with engine.execution_options(writes=True).connect() as connection:
        driver: Any = connection.connection.driver_connection
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            # Making a table anew drops the old one, which must not take with it what points at it; and it can only
            # be switched outside of a transaction.
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            if on_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")
