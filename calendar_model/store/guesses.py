"""Guesses at secret addresses, counted together by all dashboards that share a server.

Each host has a bucket of guesses that fills again at a steady pace (the generic cell rate algorithm): what is kept is
the instant at which it is full. Only a guess costs a statement; an address that opens a calendar costs none. Dashboards
that share a file run on one machine and count for themselves, so that a guess does not make a writer wait.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from calendar_model import clock
from calendar_model.store.database import Workspace
from calendar_model.store.models import guess_count

_MOST_FORGOTTEN = 100
"""How many full buckets are deleted with each guess."""


def count_guess(workspace: Workspace, host: str, *, burst: int, refill: timedelta) -> bool:
    """Count a guess of a host; return whether its bucket, which holds ``burst`` and gets one each ``refill``, is empty.

    Always False for a workspace in a file. Raises :class:`~calendar_model.store.database.WorkspaceError`.
    """
    if workspace.file is not None:
        return False
    at = clock.machine_now()
    digest = hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()
    new = insert(guess_count).values(host=digest, full_at=at + refill)
    # A host that goes on guessing waits no longer than one that stops.
    full_at = sa.func.least(sa.func.greatest(guess_count.c.full_at, at) + refill, at + burst * refill)
    counted = new.on_conflict_do_update(index_elements=[guess_count.c.host], set_={"full_at": full_at})
    old = sa.select(guess_count.c.host).where(guess_count.c.full_at < at).limit(_MOST_FORGOTTEN)
    with workspace.single_statements() as connection:
        known = connection.execute(counted.returning(guess_count.c.full_at)).scalar_one()
        forgotten = guess_count.c.host.in_(old.with_for_update(skip_locked=True))
        connection.execute(sa.delete(guess_count).where(forgotten))
    return bool(known - at > (burst - 1) * refill)
