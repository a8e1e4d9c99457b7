"""The calendar table as plain records: what leaves the house as JSON or CSV."""

from __future__ import annotations

from typing import Any

import pandas as pd

from calendar_model.vocabulary import Sensitivity

FIELDS = (
    "uid",
    "title",
    "kind",
    "organisation",
    "body",
    "track",
    "session",
    "start",
    "end",
    "all_day",
    "timezone",
    "date_precision",
    "standing",
    "confidence",
    "basis",
    "source_url",
    "countries",
    "location",
    "description",
    "notes",
    "for_whom",
    "related_to",
    "previous",
    "next",
    "departure",
    "sensitivity",
    "updated",
    "sequence",
)
"""What is given out of an item, in this order; a new column of the table is given out only once it stands here."""


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """One dictionary an item, with the keys of :data:`FIELDS`, ready for JSON; none for an item that is restricted.

    ``start`` and ``end`` are ISO dates of the place, ``end`` inclusive; of a timed item they are ISO instants with the
    offset of the place. Where ``date_precision`` is not ``day`` they bound a window. ``countries`` is a list.
    """
    shared = table[table["sensitivity"] != Sensitivity.RESTRICTED]
    return [_record(row) for row in shared.itertuples(index=False)]


def _record(row: Any) -> dict[str, Any]:
    record = {name: getattr(row, name) for name in FIELDS}
    if row.all_day:
        record["start"], record["end"] = row.start.date().isoformat(), row.end.date().isoformat()
    else:
        record["start"] = row.starts_at.tz_convert(row.timezone).isoformat()
        record["end"] = row.ends_at.tz_convert(row.timezone).isoformat()
    record["countries"] = row.countries.split()
    record["updated"] = row.updated.date().isoformat()
    return record
