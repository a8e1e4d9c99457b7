"""The corrections of the reference that are kept: those that stand, and how often each row's were written down.

They are always public, and hold for whoever looks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from calendar_model.reference import RowCorrection
from calendar_model.store.history import DELETE
from calendar_model.store.models import Change, Correction

_COLUMNS = ("file", "row", "values", "source_url", "note", "updated_at")


def kept(session: Session) -> tuple[RowCorrection, ...]:
    """The corrections as the database has them, in the order in which they were recorded; the withdrawn ones first.

    The order is the one in which :func:`calendar_model.reference.load` takes them.
    """
    told = _lines(Change.record_id, Change.action, Change.before, Change.at).order_by(Change.number)
    written: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    gone: dict[str, Mapping[str, Any]] = {}
    for record_id, action, before, at in session.execute(told):
        written[record_id] += 1
        last[record_id] = at
        if action == DELETE:
            gone[record_id] = json.loads(before)
    withdrawn = [
        RowCorrection(
            file=columns["file"],
            row=columns["row"],
            values={},
            source_url=columns["source_url"],
            note="",
            on=last[record_id].date(),
            record_id=record_id,
            at=last[record_id],
            written=written[record_id],
            withdrawn=True,
        )
        for record_id, columns in gone.items()
    ]
    # Columns and not records: a session that is changing one has it as it shall be, and not as it stands.
    stand = select(Correction.id, *(getattr(Correction, name) for name in _COLUMNS))
    standing = [
        corrected(
            dict(zip(_COLUMNS, values, strict=True)),
            record_id=record_id,
            at=last.get(record_id, values[-1]),
            written=written[record_id] or 1,
        )
        for record_id, *values in session.execute(stand.order_by(Correction.created_at, Correction.id))
    ]
    return (*withdrawn, *standing)


def changed_since(session: Session, number: int) -> bool:
    """Whether a correction was recorded, changed or withdrawn after the line of the history with this number."""
    return session.scalar(_lines(Change.number).where(Change.number > number).limit(1)) is not None


def _lines(*columns: Any) -> Select[Any]:
    """Lines of the history about corrections, past the eyes: what stood once is public too, but the record is gone by
    which it would be judged who sees them."""
    lines = select(*columns).where(Change.table == Correction.__tablename__)
    return lines.execution_options(everything=True)


def corrected(columns: Mapping[str, Any], *, record_id: str, at: datetime, written: int = 1) -> RowCorrection:
    """The columns of a correction as it is laid over the reference. Raises ValueError where ``values`` is no JSON
    object of texts."""
    values = json.loads(columns["values"])
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError("values is not a JSON object of texts")
    return RowCorrection(
        file=columns["file"],
        row=columns["row"],
        values=values,
        source_url=columns["source_url"],
        note=columns.get("note") or "",
        on=at.date(),
        record_id=record_id,
        at=at,
        written=written,
    )
