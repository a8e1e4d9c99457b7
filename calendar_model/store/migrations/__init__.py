"""The layout of the tables, step by step, forward and back; run whenever a workspace is opened.

A step is a module in ``versions`` that names the one before it. The newest layout is that of
:mod:`calendar_model.store.models`; a test compares the two. A step that makes a table anew on SQLite (Alembic's
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
from sqlalchemy import Connection, Engine

TABLE = "alembic_version"
"""The table in which a database says in which layout it is."""


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


def upgrade(engine: Engine, to: str = "head", *, before: Callable[[str], None] = lambda _: None) -> None:
    """Brings a database forward, in one transaction. Raises :class:`NewerLayout`, and what the database raises.

    ``before`` is called with the layout of a database that is not empty, while nobody can write and before anything
    is changed; what it raises keeps the database as it is.
    """
    with engine.connect() as connection:
        is_at = present(connection)
    if is_at is not None and is_at == newest():
        return
    with alone(engine) as connection:
        is_at = present(connection)
        _known(is_at)
        # Another process may have done it meanwhile.
        if is_at is not None and is_at != newest():
            before(is_at)
        command.upgrade(config(connection), to)


def downgrade(engine: Engine, to: str) -> None:
    """Takes a database back, in one transaction; ``base`` leaves it empty."""
    with alone(engine) as connection:
        _known(present(connection))
        command.downgrade(config(connection), to)


def move(connection: Connection, to: str) -> None:
    """Brings a database forward or back to a layout, in the transaction of :func:`alone`.

    Raises :class:`NewerLayout` where the program does not know ``to``.
    """
    _known(to)
    layouts, is_at = _layouts(), present(connection)
    if is_at == to:
        return
    back = is_at is not None and layouts.index(to) < layouts.index(is_at)
    (command.downgrade if back else command.upgrade)(config(connection), to)


def _layouts() -> list[str]:
    """All layouts, the oldest first."""
    return [step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def _known(layout: str | None) -> None:
    if layout is not None and layout not in _layouts():
        raise NewerLayout(layout)


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A connection of the only writer, in a transaction, in which tables can be made anew.

    On SQLite nothing then minds what points at a row; :func:`points_nowhere` asks.
    """
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
            if on_sqlite and not connection.invalidated:
                driver.execute("PRAGMA foreign_keys=ON")


def points_nowhere(connection: Connection) -> bool:
    """Whether any row refers to one that is not there. PostgreSQL takes no such row in the first place."""
    if connection.dialect.name != "sqlite":
        return False
    return connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None
