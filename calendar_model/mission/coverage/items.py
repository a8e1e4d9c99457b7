"""The calendar items that have expectations, and the deadlines from which their due days are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from calendar_model.mission.coverage.expectations import EXPECTED, KINDS_COVERED, ItemExpectations, key_of
from calendar_model.reference import Reference
from calendar_model.vocabulary import Kind, Precision, Standing

LONGEST_BEFORE = timedelta(days=180)
"""A deadline of an organisation is used for an item at most this long before the item's first day."""


@dataclass(frozen=True)
class CoveredItem:
    """What coverage needs of a row of the calendar table, under the names of its columns.

    ``key`` is the key of :data:`EXPECTED`. Days are those of the place.
    """

    key: str
    item: str
    title: str
    kind: str
    body: str
    organisation: str
    start: date
    end: date
    date_precision: str
    related_to: str
    countries: str

    @property
    def precision(self) -> Precision:
        """How well the item's days are known."""
        return Precision(self.date_precision)

    @property
    def expected(self) -> ItemExpectations:
        """What is expected around the item."""
        return EXPECTED[self.key]


_COLUMNS = [
    "item",
    "title",
    "kind",
    "body",
    "organisation",
    "start",
    "end",
    "date_precision",
    "related_to",
    "countries",
]


def covered_items(table: pd.DataFrame, wanted: np.ndarray, reference: Reference) -> list[CoveredItem]:
    """Return the rows that have expectations, in the order of the table, without cancelled ones.

    ``wanted`` is a mask over the rows of ``table``.
    """
    kept = wanted & table["kind"].isin(KINDS_COVERED).to_numpy() & (table["standing"] != Standing.CANCELLED).to_numpy()
    rows = table.loc[kept, _COLUMNS]
    days = {name: rows[name].dt.date for name in ("start", "end")}
    found = []
    for values in zip(*(days.get(name, rows[name]).to_list() for name in _COLUMNS), strict=True):
        key = key_of(reference, item=values[0], kind=values[2], body=values[3], organisation=values[4])
        if key:
            found.append(CoveredItem(key, *values))
    return found


@dataclass(frozen=True)
class CountedDay:
    """A day to count from, and how well it is known; for a window it is the first day."""

    day: date
    precision: Precision

    @property
    def exact(self) -> bool:
        """Whether it is a single day, even if only expected, and not a window."""
        return not self.precision.is_window


class OwnDeadlines:
    """The deadlines in a calendar table from which the drafts of its items are counted."""

    def __init__(self, table: pd.DataFrame, reference: Reference) -> None:
        self._codes = {
            key: [m.code for m in reference.milestones.values() if key in m.drafts_for]
            for key, expected in EXPECTED.items()
            if expected.weeks_from_deadline
        }
        of_prefix = {f"deadline-{code}-": code for codes in self._codes.values() for code in codes}
        rows = table[((table["kind"] == Kind.DEADLINE) & (table["standing"] != Standing.CANCELLED)).to_numpy()]
        rows = rows[rows["item"].str.startswith(tuple(of_prefix)).to_numpy(dtype=bool)]
        self._of: dict[tuple[str, str, str], CountedDay] = {}
        self._of_organisation: defaultdict[tuple[str, str], list[CountedDay]] = defaultdict(list)
        row: Any
        for row in rows.itertuples(index=False):
            code = next(code for prefix, code in of_prefix.items() if row.item.startswith(prefix))
            day = CountedDay(row.start.date(), Precision(row.date_precision))
            key = (code, row.related_to, row.countries)
            self._of[key] = min(day, self._of.get(key, day), key=_in_order)
            self._of_organisation[code, row.organisation].append(day)

    def of(self, item: CoveredItem) -> CountedDay | None:
        """Return the item's own deadline, or else its session's; None if the table has neither.

        Where :class:`ItemExpectations` allows it, the organisation's last deadline is used instead of None.
        """
        codes = self._codes.get(item.key, ())
        for home in (home for home in (item.item, item.related_to) if home):
            for countries in dict.fromkeys((item.countries, "")):
                for code in codes:
                    if (day := self._of.get((code, home, countries))) is not None:
                        return day
        return self._last_of_organisation(item, codes) if item.expected.deadline_of_organisation else None

    def _last_of_organisation(self, item: CoveredItem, codes: Iterable[str]) -> CountedDay | None:
        found = (day for code in codes for day in self._of_organisation.get((code, item.organisation), ()))
        earliest = item.start - LONGEST_BEFORE
        return max((one for one in found if earliest <= one.day <= item.end), default=None, key=_in_order)


def _in_order(counted: CountedDay) -> tuple[date, bool]:
    return counted.day, counted.exact
