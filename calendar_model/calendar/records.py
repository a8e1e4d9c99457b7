"""The calendar table as plain records, for exports as JSON, CSV and Excel."""

from __future__ import annotations

from typing import Any

import pandas as pd

from calendar_model.calendar.columns import COLUMNS, EXPORTED, ColumnType
from calendar_model.vocabulary import Sensitivity


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a dictionary of the exported columns for each item, ready for JSON; none for restricted items.

    ``start`` and ``end`` are ISO dates of the place, ``end`` inclusive; of a timed item they are ISO instants with the
    offset of the place. Where ``date_precision`` is not ``day`` they bound a window. Codes are lists.
    """
    shared = table[table["sensitivity"] != Sensitivity.RESTRICTED]
    return [_record(row) for row in shared.itertuples(index=False)]


def _record(row: Any) -> dict[str, Any]:
    record = {name: _exported(getattr(row, name), COLUMNS[name].type) for name in EXPORTED}
    if not row.all_day:
        record["start"] = row.starts_at.tz_convert(row.timezone).isoformat()
        record["end"] = row.ends_at.tz_convert(row.timezone).isoformat()
    return record


def _exported(value: Any, type_: ColumnType) -> Any:
    if type_ is ColumnType.CODES:
        return value.split()
    return value.date().isoformat() if type_ is ColumnType.DAY else value
