"""How long a dossier and a search take on a full workspace, each beside the same question as bare SQL.

``python -m tests.benchmarks.records`` fills a workspace with 20,000 engagements and 5,000 statements of ten versions each,
linked to a calendar of 10,000 items, and prints medians in milliseconds. The bare SQL asks for the same rows of the same
file, but for nobody in particular: what it leaves out are objects, safeguards and what is worked out from the rows.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from calendar_model import calendar
from calendar_model.access.permissions import member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.dossier import dossier
from calendar_model.mission.statements.queries import statements_by_group
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import open_workspace
from tests.benchmarks.folder import large_folder, prepare
from tests.benchmarks.stopwatch import timed
from tests.benchmarks.workspace import fill
from tests.day import TODAY

ROUNDS = 9
ITEM = "session-HRC64"

_AROUND = (
    "SELECT record.*, {table}.* FROM item_link JOIN record ON record.id = item_link.record_id "
    "JOIN {table} ON {table}.id = record.id WHERE item_link.item = :item"
)
_SEARCH = (
    "SELECT record.*, statement.* FROM statement JOIN record ON record.id = statement.id "
    "JOIN (SELECT statement_id, max(number) AS number FROM version GROUP BY statement_id) AS newest "
    "ON newest.statement_id = statement.id "
    "JOIN version ON version.statement_id = statement.id AND version.number = newest.number "
    "WHERE lower(record.title) LIKE :word OR lower(version.text) LIKE :word"
)


def main() -> None:
    """Fills, asks, and prints."""
    prepare()
    with tempfile.TemporaryDirectory() as parent:
        os.environ[DATA_VARIABLE] = str(large_folder(Path(parent), 10_000))
        reference, table = calendar.current()
        workspace = open_workspace(f"sqlite:///{Path(parent) / 'workspace.sqlite'}")
        person, *_ = fill(workspace, table, TODAY)
        viewer = member(person)

        def bare(*asked: str, **values: str) -> Callable[[], None]:
            def ask() -> None:
                with workspace.engine.connect() as connection:
                    for sql in asked:
                        connection.execute(sa.text(sql), values).all()

            return ask

        def around() -> None:
            with reading(viewer, workspace) as session:
                dossier(session, ITEM, table, reference, TODAY, person)

        def search(word: str) -> Callable[[], None]:
            def ask() -> None:
                with reading(viewer, workspace) as session:
                    statements_by_group(session, person, TODAY, search=word)

            return ask

        kinds = ("engagement", "statement", "case_file", "event", "reprisal", "language_proposal")
        rows = bare(*(_AROUND.format(table=kind) for kind in kinds), item=ITEM)
        for name, ours, theirs in (
            ("dossier of a session", around, rows),
            ("search, in no text", search("xylophone"), bare(_SEARCH, word="%xylophone%")),
            ("search, in some titles", search("statement 49"), bare(_SEARCH, word="%statement 49%")),
        ):
            took, beside = _median(ours), _median(theirs)
            print(f"  {name:<24}{took:>8.0f} ms   bare SQL {beside:>6.1f} ms   {took / beside:>6.1f} times")
        workspace.close()


def _median(asked: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        with timed() as took:
            asked()
        times.append(took.milliseconds)
    return statistics.median(times)


if __name__ == "__main__":
    main()
