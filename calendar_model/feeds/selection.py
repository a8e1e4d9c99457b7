"""The entries of a feed: rows of the calendar table in its period; items without dates only on request.

A filter with a period gives that period. Without one a feed holds one year back and two ahead, counted from the day on
which the table stands, so that it stays small enough for every client.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from calendar_model.calendar import Filter
from calendar_model.feeds.ical import expired
from calendar_model.reference import Reference
from calendar_model.vocabulary import WINDOWS

YEARS_BACK, YEARS_AHEAD = 1, 2
"""The period of a feed whose filter has none."""

LARGEST_FOR_GOOGLE = 1_000_000
"""Bytes of the largest feed that Google Calendar takes."""


def with_period(chosen: Filter, as_of: date) -> Filter:
    """Return the filter, with the period that a feed has on ``as_of`` where it has none of its own."""
    if chosen.start is not None or chosen.end is not None:
        return chosen
    day = pd.Timestamp(as_of)
    start, end = day - pd.DateOffset(years=YEARS_BACK), day + pd.DateOffset(years=YEARS_AHEAD)
    return replace(chosen, start=start.date(), end=end.date())


def feed_rows(table: pd.DataFrame, chosen: Filter, reference: Reference, *, windows: bool = False) -> pd.DataFrame:
    """Return the rows of a calendar table that a feed of the filter holds, in their order.

    ``table`` has the day on which it stands in ``attrs["as_of"]``. What lasts longer than its entry (column
    ``entry_end``) is in the period of the entry. What was cancelled long ago is left out. ``windows``: what has no
    dates yet is in it too.
    """
    as_of = table.attrs["as_of"]
    chosen = with_period(chosen, as_of)
    rows = chosen.apply(table, reference)
    rows = rows[~expired(rows, as_of)]
    if chosen.start is not None:
        rows = rows[rows["entry_end"] >= pd.Timestamp(chosen.start)]
    if not windows:
        rows = rows[~rows["date_precision"].isin(WINDOWS)]
    rows = rows.reset_index(drop=True)
    rows.attrs = dict(table.attrs)
    return rows
