"""Calendar tables made by hand, in the schema of the calendar table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from calendar_model.calendar import COLUMNS, ColumnType
from tests.day import TODAY

AS_OF = TODAY

_BLANK_OF_TYPE: dict[ColumnType, Any] = {
    ColumnType.TEXT: "",
    ColumnType.CODES: "",
    ColumnType.CATEGORY: "",
    ColumnType.INSTANT: None,
    ColumnType.FLAG: False,
    ColumnType.NUMBER: 0,
}
_BLANK: dict[str, Any] = {
    **{name: _BLANK_OF_TYPE.get(column.type) for name, column in COLUMNS.items() if name != "uid"},
    "item": "session-HRC61",
    "title": "Human Rights Council, 61st session",
    "kind": "session",
    "organisation": "un-hrc",
    "body": "un-hrc",
    "start": "2026-02-23",
    "end": "2026-03-31",
    "all_day": True,
    "timezone": "Europe/Zurich",
    "date_precision": "day",
    "standing": "held",
    "confidence": "sourced",
    "basis": "In the Council's programme of work.",
    "source_url": "https://www.ohchr.org/en/hr-bodies/hrc",
    "location": "Geneva",
    "sensitivity": "public",
    "updated": "2026-11-24",
}

_SAME_AS = {"earliest": "start", "latest": "start", "entry_end": "end"}


def table_of(rows: Iterable[dict[str, Any]], *, as_of: date = AS_OF, version: str = "1") -> pd.DataFrame:
    """A calendar table of the rows; what a row does not say is as in the 61st session of the Council, known to the day.

    Instants are given in UTC, as text; an identifier that is not given is made from the item.
    """
    filled = [{**_BLANK, **row} for row in rows]
    for row in filled:
        for name, source in _SAME_AS.items():
            row[name] = row[name] or row[source]
    columns: dict[str, Any] = {
        "uid": pd.Series([row.get("uid", f"{row['item']}@hrd-calendar.example") for row in filled], dtype="str")
    }
    for name, blank in _BLANK.items():
        values = [row[name] for row in filled]
        column = COLUMNS[name].type
        if column is ColumnType.DAY:
            columns[name] = pd.Series(values, dtype="datetime64[s]")
        elif column is ColumnType.INSTANT:
            columns[name] = pd.to_datetime(pd.Series(values, dtype="object"), utc=True).astype("datetime64[s, UTC]")
        elif column is ColumnType.CATEGORY:
            columns[name] = pd.Series(values, dtype="category")
        else:
            columns[name] = pd.Series(values, dtype={str: "str", bool: "bool", int: "int64"}[type(blank)])
    table = pd.DataFrame(columns)
    table.attrs.update(as_of=as_of, version=version)
    return table


SESSION: dict[str, Any] = {
    "description": "Interactive dialogue with the Special Rapporteur; renewal of the mandate",
    "sequence": 2,
}
DEADLINE: dict[str, Any] = {
    "item": "deadline-hrc-tabling-HRC61",
    "title": "Draft resolutions are to be tabled, HRC61",
    "kind": "deadline",
    "start": "2026-03-19",
    "end": "2026-03-19",
    "starts_at": "2026-03-19 12:00",
    "ends_at": "2026-03-19 12:00",
    "all_day": False,
    "standing": "held",
    "basis": "Twelve days before the session ends, by the Council's practice.",
    "source_url": "",
    "confidence": "recalled",
    "description": "The text, in Word, with the list of main sponsors",
    "for_whom": "penholder",
    "related_to": "session-HRC61",
}
WINDOW: dict[str, Any] = {
    "item": "session-HRC64",
    "title": "Human Rights Council, 64th session",
    "start": "2027-02-01",
    "end": "2027-04-30",
    "date_precision": "month",
    "standing": "provisional",
    "basis": "The spring session lies between February and April.",
}
EXPECTED: dict[str, Any] = {
    **WINDOW,
    "start": "2027-02-22",
    "end": "2027-03-30",
    "earliest": "2027-02-22",
    "latest": "2027-03-01",
    "date_precision": "expected",
    "standing": "projected",
    "confidence": "recalled",
    "basis": "Expected Mon 22 Feb 2027, between 22 Feb and 1 Mar 2027: the last Monday of February in 11 of 11 years.",
    "source_url": "",
}
YEAR_LONG: dict[str, Any] = {
    "item": "session-GA82",
    "title": "General Assembly, 82nd session",
    "organisation": "un-ga",
    "body": "un-ga",
    "start": "2027-09-07",
    "end": "2028-09-05",
    "entry_end": "2027-12-24",
    "date_precision": "expected",
    "standing": "provisional",
    "location": "New York",
}
PROJECTED: dict[str, Any] = {
    "item": "hrc-resolution-HRC67",
    "title": "Resolution on human rights defenders",
    "kind": "resolution",
    "track": "hrc-resolution",
    "start": "2028-02-01",
    "end": "2028-04-30",
    "date_precision": "month",
    "standing": "projected",
    "confidence": "recalled",
    "basis": "Every third year in the spring session; the last was A/HRC/RES/58/23 in 2025.",
    "source_url": "",
    "related_to": "session-HRC67",
}
REVIEW: dict[str, Any] = {
    "item": "upr-4-NOR",
    "title": "UPR of Norway",
    "kind": "upr-review",
    "body": "un-hrc-upr",
    "countries": "NOR",
    "start": "2027-01-18",
    "end": "2027-01-18",
    "standing": "projected",
}
DEPARTURE: dict[str, Any] = {
    "item": "ga-resolution-GA80",
    "title": "Third Committee text on human rights defenders",
    "kind": "resolution",
    "organisation": "un-ga",
    "body": "un-ga-c3",
    "track": "ga-resolution",
    "start": "2025-10-01",
    "end": "2025-11-30",
    "date_precision": "month",
    "standing": "cancelled",
    "departure": True,
    "basis": "Due every second year after 2023; in 2025 the penholder moved to every third.",
    "location": "New York",
}
TIMED_MEETING: dict[str, Any] = {
    "item": "side-event-1",
    "title": "Side event on reprisals",
    "kind": "side-event",
    "start": "2026-10-24",
    "end": "2026-10-25",
    "starts_at": "2026-10-24 20:30",
    "ends_at": "2026-10-25 02:30",
    "all_day": False,
    "standing": "confirmed",
    "location": "",
}

ALL_SORTS: list[dict[str, Any]] = [
    SESSION,
    DEADLINE,
    WINDOW,
    YEAR_LONG,
    PROJECTED,
    REVIEW,
    DEPARTURE,
    TIMED_MEETING,
    {**EXPECTED, "item": "session-HRC67", "title": "Human Rights Council, 67th session"},
]
