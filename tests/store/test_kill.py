"""A process killed in the middle of its writing loses nothing that it was told is written."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import select

from calendar_model.store.database import open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Change, Person, Record
from tests.store.conftest import reading, writing

WRITES = 200

WRITER = """
import random, sys
from datetime import date
from calendar_model.vocabulary import Sensitivity
from calendar_model.access.protection import audiences
from calendar_model.store.database import open_workspace
from calendar_model.store.models import Engagement, Person, ItemLink
from calendar_model.terms import EngagementForm, EngagementKind
from sqlalchemy import select

url, writes, chance = sys.argv[1], int(sys.argv[2]), random.Random(sys.argv[3])
workspace = open_workspace(url)
for number in range(writes):
    with workspace.session(write=True) as session:
        session.scope, session.rules, session.access_rules = [], lambda _: None, audiences
        person = session.scalars(select(Person)).one()
        known = session.scalars(select(Engagement)).all()
        row = chance.choice(known) if known and chance.random() < 0.6 else None
        if row is not None and chance.random() < 0.2:
            session.delete(row)
            session.commit()
            print("gone", row.id, 0, flush=True)
            continue
        if row is None:
            row = Engagement(owner_id=person.id, sensitivity=Sensitivity.INTERNAL, on=date(2026, 11, 24))
            row.engagement_kind, row.form = EngagementKind.INVITED, EngagementForm.ONLINE
            row.items.append(ItemLink(item=str(number)))
            session.add(row)
        row.title = f"{number} " + "x" * chance.randrange(4000)
        session.commit()
        print("kept", row.id, row.version, number, flush=True)
"""


@pytest.mark.parametrize("seed", range(5))
def test_what_was_acknowledged_is_there_after_a_kill(new_sqlite: Callable[[], str], seed: int) -> None:
    url = new_sqlite()
    workspace = open_workspace(url)
    with writing(workspace) as session:
        session.add(Person(name="Desk officer", roles=()))
        session.commit()
    workspace.close()

    kill_after = random.Random(seed).randrange(5, WRITES - 20)
    acknowledged: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(WRITES), str(seed)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            acknowledged.append(line)
            if len(acknowledged) == kill_after:
                writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    assert kill_after <= len(acknowledged) < WRITES

    expected: dict[str, tuple[int, int]] = {}
    for line in acknowledged:
        what, row_id, version, *number = line.split()
        if what == "gone":
            del expected[row_id]
        else:
            expected[row_id] = (int(version), int(number[0]))

    reopened = open_workspace(url)
    assert verify(reopened).problems == ()
    with reading(reopened) as session:
        rows = session.scalars(select(Record)).all()
        found = {row.id: (row.version, int(row.title.split()[0])) for row in rows}
        # The last line of all may be of a write that was not acknowledged any more, and no more than one of them.
        written = len({line.at for line in session.scalars(select(Change).where(Change.table == "engagement"))})
    assert written - len(acknowledged) in (0, 1)
    differ = [row_id for row_id in expected.keys() | found.keys() if expected.get(row_id) != found.get(row_id)]
    assert len(differ) == written - len(acknowledged)
    with writing(reopened) as session:
        session.add(Person(name="Ola Nordmann", roles=()))
        session.commit()
    assert verify(reopened).problems == ()
    reopened.close()
