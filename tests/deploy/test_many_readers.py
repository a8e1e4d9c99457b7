"""Readers who click through real websockets while programs poll: nobody meets an error.

How long they wait is measured by ``python -m tests.benchmarks load``, with more of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from calendar_model.store.database import open_workspace
from tests.benchmarks.load import Pace, dashboards_on, people, read_and_poll


def test_readers_and_programs_meet_no_error_at_two_dashboards(
    new_postgresql: Callable[[], str], tmp_path: Path
) -> None:
    database = new_postgresql()
    workspace = open_workspace(database)
    persons, feeds = people(workspace, 4, engagements=40, subscriptions=8)
    with dashboards_on(database, 2, tmp_path) as (_, addresses):
        pace = Pace(seconds=3, pause=0.5, polls=20, at_least=3)
        waits = asyncio.run(read_and_poll(addresses, persons, feeds, pace))
    workspace.close()
    assert waits.faults == []
    assert len(waits.first) == len(persons)
    assert len(waits.clicks) >= 3 * len(persons)
    assert len(waits.polls) == 60
