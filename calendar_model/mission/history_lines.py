"""The history of records for display: the changes to a record at one moment, in one line and as codes.

Old and new values are left out; :mod:`calendar_model.messages.history` has the words.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from calendar_model.store.history import CREATE, DELETE, UPDATE
from calendar_model.store.models import Change

ADDED, DELETED, CHANGED, MOVED = "history-added", "history-deleted", "history-changed", "history-moved"
"""Actions on a record itself."""


@dataclass(frozen=True)
class HistoryStep:
    """One action.

    ``code`` is one of the constants above, or ``history-<table>-<create, update or delete>`` for what belongs to the
    record. ``columns`` are those that were changed, ``state`` is the one to which a statement was moved.
    """

    code: str
    columns: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True)
class HistoryLine:
    """A person's actions on one record at one moment; ``at`` is UTC, ``person_id`` empty without a person."""

    at: datetime
    person_id: str
    record_id: str
    steps: tuple[HistoryStep, ...]
    reason: str


PARTS: Mapping[str, Collection[str]] = {
    "access": (CREATE, UPDATE, DELETE),
    "access_request": (CREATE, UPDATE),
    "agreed_text": (CREATE, DELETE),
    "comment": (CREATE, UPDATE, DELETE),
    "archived_as": (CREATE, UPDATE),
    "consent": (CREATE, UPDATE, DELETE),
    "consultee": (CREATE, UPDATE),
    "consultee_answer": (CREATE,),
    "cosponsor": (CREATE, UPDATE, DELETE),
    "document_link": (CREATE, DELETE),
    "follow_up": (CREATE, UPDATE, DELETE),
    "further_kind": (CREATE, DELETE),
    "identity": (CREATE, UPDATE, DELETE),
    "override": (CREATE,),
    "override_review": (CREATE,),
    "item_link": (CREATE, DELETE),
    "record_link": (CREATE, DELETE),
    "record_theme": (CREATE, DELETE),
    "retention_extension": (CREATE,),
    "version": (CREATE,),
}
"""The tables of what belongs to a record, with the changes of them that are listed."""

_UNLISTED_COLUMNS = frozenset({"version", "updated_at", "moved"})


def history_lines(changes: Iterable[Change]) -> list[HistoryLine]:
    """The changes as lines, newest first; changes without a listed action are left out."""
    lines = []
    for (at, person, record), group in groupby(
        sorted(changes, key=lambda change: change.number),
        key=lambda change: (change.at, change.person_id, change.record_id),
    ):
        together = list(group)
        steps = tuple(dict.fromkeys(step for change in together if (step := _step(change)) is not None))
        if not steps:
            continue
        if steps[0].code == ADDED:
            # Rows created with a new record are not listed separately.
            steps = steps[:1]
        reason = next((change.reason for change in together if change.reason), "")
        lines.append(HistoryLine(at, person, record, steps, reason))
    return lines[::-1]


def _step(change: Change) -> HistoryStep | None:
    table = change.table_now
    if table in PARTS:
        return HistoryStep(f"history-{table}-{change.action}") if change.action in PARTS[table] else None
    if change.action == CREATE:
        return HistoryStep(ADDED)
    if change.action == DELETE:
        return HistoryStep(DELETED)
    after = json.loads(change.after)
    if table == "statement" and "state" in after:
        return HistoryStep(MOVED, state=str(after["state"]))
    columns = tuple(name for name in after if name not in _UNLISTED_COLUMNS)
    return HistoryStep(CHANGED, columns) if columns else None
