"""How long *What we said* takes on a full workspace, on SQLite and on PostgreSQL.

``python -m tests.benchmarks.search`` fills a workspace of each kind with 5,000 delivered statements of ten versions, makes
the index, and prints medians in milliseconds beside the target of 150.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa

from calendar_model import calendar
from calendar_model.access.permissions import member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.said import SaidQuery, said
from calendar_model.store import full_text
from calendar_model.store.database import open_workspace
from tests.benchmarks.folder import prepare
from tests.benchmarks.stopwatch import timed
from tests.benchmarks.workspace import fill
from tests.databases import running_postgresql
from tests.day import TODAY

ROUNDS, TARGET_MS = 9, 150
QUERIES = {
    "a word in every text": SaidQuery("rights"),
    "the same, best match first": SaidQuery("rights", by_match=True),
    "a phrase in some texts": SaidQuery('"special rapporteur"'),
    "three beginnings of words": SaidQuery("defend repris protect"),
    "a word in no text": SaidQuery("xylophone"),
    "a word about a State": SaidQuery("rights", country="BLR"),
    "a word in a year": SaidQuery("rights", start=TODAY - timedelta(365), end=TODAY),
    "a year without a word": SaidQuery(start=TODAY - timedelta(365), end=TODAY),
}


def main() -> None:
    """Fills, asks, and prints."""
    prepare()
    reference, table = calendar.current()
    for kind, made in (("SQLite", _file()), ("PostgreSQL", _server())):
        with made as url:
            workspace = open_workspace(url)
            person, *_ = fill(workspace, table, TODAY, engagements=0)
            with workspace.writing() as connection:
                connection.execute(sa.text("UPDATE statement SET state = 'delivered', delivered_on = due"))
                with timed() as took:
                    full_text.rebuild(connection)
            print(f"  {kind}: the index is made anew in {took.seconds:.1f} s")
            for name, query in QUERIES.items():
                times = []
                for _ in range(ROUNDS):
                    with timed() as took, reading(member(person), workspace) as session:
                        answer = said(session, query, table, reference, 20)
                    times.append(took.milliseconds)
                print(f"  {name:<28}{statistics.median(times):>8.0f} ms   target {TARGET_MS}   {answer.count:>5} hits")
            workspace.close()


@contextmanager
def _file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as parent:
        yield f"sqlite:///{Path(parent) / 'workspace.sqlite'}"


@contextmanager
def _server() -> Iterator[str]:
    with running_postgresql() as url:
        with psycopg.connect(url.format(database="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE search")
        yield url.format(database="search")


if __name__ == "__main__":
    main()
