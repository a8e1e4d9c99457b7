"""A month of the calendar table as a grid of weeks: which items are on which days, in which rows.

The grid holds items with known or expected days. Those of several days are bars, which go on in the next week. Items
without dates, terms of mandate holders and what takes longer than :data:`LONGEST` would fill every cell: they come
apart, to be listed below.

On a narrow screen the same month is a list of days: each item once, on its first day in the month, or on today if it
is under way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from calendar_model.calendar import listed_when, listed_when_known
from calendar_model.figures.packing import pack
from calendar_model.figures.palette import colour_of, ink_on
from calendar_model.figures.timeline import in_window
from calendar_model.figures.zoom import months_on
from calendar_model.reference import Reference
from calendar_model.vocabulary import WINDOWS, Kind, Precision, Standing
from calendar_model.wording import standing_words

ROWS = 4
"""How many items are shown on a day of the grid."""

_ROWS_OF_BARS = 3
"""The rows that bars take first, so that a deadline is not hidden behind the sessions that are under way."""

LISTED_A_DAY = 8
"""How many items are shown on a day of the list."""

LONGEST = 62
"""The days of the longest item that is in the cells: two months."""

WEEK = 7


class MonthForm(StrEnum):
    """The form of an entry: a bar of several days; a text, a deadline, or another single day."""

    BAR = "bar"
    TEXT = "text"
    DEADLINE = "deadline"
    DAY = "day"


class MonthFill(StrEnum):
    """How an entry is filled: ``solid`` if announced or past, ``pale`` if provisional, else ``hollow``."""

    SOLID = "solid"
    PALE = "pale"
    HOLLOW = "hollow"


class MonthPiece(NamedTuple):
    """The part of an item in one week: the ``days`` from the day ``column`` (0 is Monday), in the ``row`` of the week.

    ``item`` is its identifier; ``begins`` and ``ends`` tell whether its first and last day are in this week.
    """

    item: str
    column: int
    days: int
    row: int
    begins: bool
    ends: bool


@dataclass(frozen=True)
class MonthWeek:
    """A week from ``monday``. ``more`` counts by day the items without a row."""

    monday: date
    pieces: Sequence[MonthPiece]
    more: Sequence[int]

    @property
    def days(self) -> Sequence[date]:
        return [self.monday + timedelta(days=day) for day in range(WEEK)]


class MonthDay(NamedTuple):
    """A day of the list: the ``items`` that begin on it, or are under way on the first or on today; ``more`` counts the
    rest."""

    day: date
    items: Sequence[str]
    more: int


@dataclass(frozen=True)
class MonthGrid:
    """A month. ``rows`` are those of the calendar table that are in the cells of ``weeks`` or in the list ``days``.

    ``undated`` are the rows of the month whose dates are not set, in the table's order; ``long`` those of what takes
    longer than two months, with the terms of mandate holders at the end.
    """

    first: date
    weeks: Sequence[MonthWeek]
    days: Sequence[MonthDay]
    rows: pd.DataFrame
    undated: pd.DataFrame
    long: pd.DataFrame


class MonthEntry(NamedTuple):
    """What is written on an item. ``body`` is the short name, empty if the title has it; ``colour`` and ``ink``, which
    reads well on it, are ``#rrggbb``.

    ``when`` is the date in words with its standing, and ``label`` all of it for those who do not see the picture.
    """

    title: str
    body: str
    form: MonthForm
    fill: MonthFill
    struck: bool
    colour: str
    ink: str
    when: str
    label: str


def month_grid(view: pd.DataFrame, month: date, today: date) -> MonthGrid:
    """Return the month of the day ``month``, from a calendar table, filtered.

    A week has :data:`ROWS` rows. Bars come first, the longest on top, but leave the last row to single days as long as
    there are any. Of these deadlines come first, then the others in the table's order.
    """
    first = months_on(month, 0)
    days = (months_on(first, 1) - first).days
    monday = first - timedelta(days=first.weekday())
    weeks = -(-(first.weekday() + days) // WEEK)
    rows = in_window(view, start=monday, days=weeks * WEEK)
    holder = (rows["kind"] == Kind.MANDATE_HOLDER).to_numpy()
    window = rows["date_precision"].isin(WINDOWS).to_numpy() & ~holder
    long = ~window & (holder | (_day_numbers(rows["end"]) - _day_numbers(rows["start"]) >= LONGEST))
    in_cells = rows[~(window | long)]
    return MonthGrid(
        first=first,
        weeks=[_week(in_cells, monday + timedelta(weeks=week)) for week in range(weeks)],
        days=_listed(in_window(in_cells, start=first, days=days), first, today),
        rows=in_cells,
        undated=in_window(rows[window], start=first, days=days),
        long=in_window(pd.concat([rows[long & ~holder], rows[long & holder]]), start=first, days=days),
    )


def month_entries(
    grid: MonthGrid, *, as_of: date, reference: Reference, zone: str | None = None, marks: Mapping[str, str]
) -> dict[str, MonthEntry]:
    """Return what is written on the items that the grid or the list shows, by their identifiers.

    ``as_of`` is today; ``zone``, the reader's IANA zone, in which hours are given beside those of the place; ``marks``
    holds by item a few words that belong to it.
    """
    shown = {piece.item for week in grid.weeks for piece in week.pieces}
    shown.update(item for day in grid.days for item in day.items)
    rows = grid.rows[grid.rows["item"].isin(shown).to_numpy()]
    return {str(row.item): _entry(row, as_of, reference, zone, marks) for row in rows.itertuples()}


def _day_numbers(days: pd.Series) -> npt.NDArray[np.int64]:
    """Days since 1970."""
    return days.to_numpy().astype("datetime64[D]").astype(np.int64)


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _week(rows: pd.DataFrame, monday: date) -> MonthWeek:
    rows = in_window(rows, start=monday, days=WEEK)
    start, end = (_day_numbers(rows[name]) - _number(monday) for name in ("start", "end"))
    column, last = np.maximum(start, 0), np.minimum(end, WEEK - 1)
    row_of = _rows_of(column, last, start < end, (rows["kind"] == Kind.DEADLINE).to_numpy())
    items = rows["item"].to_numpy()
    shown = np.flatnonzero(row_of >= 0)
    pieces = [
        MonthPiece(
            item=str(items[i]),
            column=int(column[i]),
            days=int(last[i] - column[i] + 1),
            row=int(row_of[i]),
            begins=bool(start[i] >= 0),
            ends=bool(end[i] < WEEK),
        )
        for i in shown[np.lexsort((row_of[shown], column[shown]))]
    ]
    hidden = row_of < 0
    more = [int((hidden & (column <= day) & (day <= last)).sum()) for day in range(WEEK)]
    return MonthWeek(monday, pieces, more)


def _rows_of(
    column: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    is_bar: npt.NDArray[np.bool_],
    is_deadline: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """The row of each item in a week; -1 for those without one. ``column`` and ``last`` are the days that it takes."""
    row_of = np.full(len(column), -1, dtype=np.int64)
    positions = np.arange(len(column))
    bars = positions[is_bar][np.lexsort((positions[is_bar], (column - last)[is_bar], column[is_bar]))]
    row_of[bars] = pack(column[bars], last[bars] + 1, _ROWS_OF_BARS)
    taken = np.zeros((ROWS, WEEK), dtype=bool)
    for i in bars[row_of[bars] >= 0]:
        taken[row_of[i], column[i] : last[i] + 1] = True
    days = positions[~is_bar][np.lexsort((positions[~is_bar], ~is_deadline[~is_bar]))]
    for i in (*days, *bars[row_of[bars] < 0]):
        free = np.flatnonzero(~taken[:, column[i] : last[i] + 1].any(axis=1))
        if len(free):
            row_of[i] = free[0]
            taken[free[0], column[i] : last[i] + 1] = True
    return row_of


def _listed(rows: pd.DataFrame, first: date, today: date) -> list[MonthDay]:
    start, end = (_day_numbers(rows[name]) - _number(first) for name in ("start", "end"))
    now = _number(today) - _number(first)
    in_month = months_on(today, 0) == first
    on = np.where((start < now) & (end >= now) & in_month, now, np.maximum(start, 0))
    items = rows["item"].to_numpy()
    found = []
    for day in np.unique(on).tolist():
        here = [str(item) for item in items[on == day]]
        found.append(MonthDay(first + timedelta(days=day), here[:LISTED_A_DAY], more=max(len(here) - LISTED_A_DAY, 0)))
    return found


def _entry(row: Any, as_of: date, reference: Reference, zone: str | None, marks: Mapping[str, str]) -> MonthEntry:
    code = row.body or row.organisation
    body = reference.short_name(code)
    body = "" if body in row.title else body
    colour = colour_of(reference.organisations, code)
    when = listed_when_known(row, as_of=as_of, zone=zone)
    if row.departure:
        when = f"{listed_when(row, as_of=as_of, zone=zone)}, {standing_words(row.standing, departure=True).lower()}"
    when = " · ".join(filter(None, (when, marks.get(row.item, ""))))
    name = " ".join(filter(None, (body, row.title)))
    return MonthEntry(
        title=row.title,
        body=body,
        form=_form(row),
        fill=_fill(row),
        struck=row.standing == Standing.CANCELLED and not row.departure,
        colour=colour,
        ink=ink_on(colour),
        when=when,
        label=f"{name}, {when}",
    )


def _form(row: Any) -> MonthForm:
    if row.start != row.end:
        return MonthForm.BAR
    if row.kind == Kind.DEADLINE:
        return MonthForm.DEADLINE
    return MonthForm.TEXT if row.kind in (Kind.RESOLUTION, Kind.MANDATE_RENEWAL) else MonthForm.DAY


def _fill(row: Any) -> MonthFill:
    if row.date_precision == Precision.EXPECTED:
        return MonthFill.HOLLOW
    if row.standing in (Standing.HELD, Standing.CONFIRMED):
        return MonthFill.SOLID
    return MonthFill.PALE if row.standing == Standing.PROVISIONAL else MonthFill.HOLLOW
