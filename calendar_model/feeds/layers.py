"""The events of the reference as they were written, with those of the mission laid between them.

The table of the reference changes by the day, the mission's own events by the minute. So that one of these, when it
changes, costs neither a new table nor a look at all others, what a filter keeps of the reference is kept as it was
written, and the few own events are put in their places: the same bytes as if one table had held them all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from threading import Lock
from typing import NamedTuple

import pandas as pd

from calendar_model import calendar
from calendar_model.calendar import Filter, Item
from calendar_model.feeds import ical
from calendar_model.feeds.ical import Written
from calendar_model.reference import Reference
from calendar_model.vocabulary import Precision

_Place = tuple[int, bool, int, int, str]
"""Where a row stands in the reading order: month, window, first and last day, identifier."""


class Layer(NamedTuple):
    """What a filter keeps of a table: the places of its rows in rising order, the rows as they are written, and the
    organisations that occur in them."""

    places: list[_Place]
    events: list[Written | None]
    organisations: frozenset[str]

    @property
    def octets(self) -> int:
        """How much room it takes."""
        return sum(len(event.octets) for event in self.events if event is not None)

    def under(self, other: Layer) -> Layer:
        """Both in one reading order."""
        places, events, end = list[_Place](), list[Written | None](), 0
        for place, event in zip(other.places, other.events, strict=True):
            at = bisect_left(self.places, place, lo=end)
            places += [*self.places[end:at], place]
            events += [*self.events[end:at], event]
            end = at
        return Layer(places + self.places[end:], events + self.events[end:], self.organisations | other.organisations)


class Layers:
    """Layers of the reference, as many as there is room for. Safe between threads."""

    def __init__(self, octets: int) -> None:
        self._octets = octets
        self._kept: OrderedDict[Hashable, tuple[Layer, int]] = OrderedDict()
        self._known: tuple[str, frozenset[str]] = ("", frozenset())
        self._lock = Lock()

    def laid(
        self,
        reference: Reference,
        table: pd.DataFrame,
        own: Iterable[Item],
        chosen: Filter,
        *,
        url: str,
        alarm_days: int | None = None,
    ) -> Layer:
        """What ``chosen`` keeps of a whole calendar table and of ``own`` items, without what has outlived its change.

        An item whose identifier the table has is left out. Raises as :func:`calendar_model.feeds.feed_bytes`.
        """
        as_of: date = table.attrs["as_of"]
        below = self._below(reference, table, chosen, url, alarm_days)
        known = self._identifiers(table)
        further = [item for item in own if item.item not in known]
        if not further:
            return below
        return below.under(of_items(further, reference, as_of, chosen, url=url, alarm_days=alarm_days))

    def _below(
        self, reference: Reference, table: pd.DataFrame, chosen: Filter, url: str, alarm_days: int | None
    ) -> Layer:
        key = (table.attrs["version"], table.attrs["as_of"], chosen, url, alarm_days)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = _layer(chosen.apply(table, reference), table.attrs["as_of"], url, alarm_days)
        with self._lock:
            self._kept[key] = made, made.octets
            octets = sum(size for _, size in self._kept.values())
            while octets > self._octets and len(self._kept) > 1:
                octets -= self._kept.popitem(last=False)[1][1]
        return made

    def _identifiers(self, table: pd.DataFrame) -> frozenset[str]:
        version, known = self._known
        if version != table.attrs["version"]:
            known = frozenset(table["item"])
            self._known = table.attrs["version"], known
        return known


def of_items(
    items: Sequence[Item],
    reference: Reference,
    as_of: date,
    chosen: Filter = Filter(),  # noqa: B008  frozen
    *,
    url: str,
    alarm_days: int | None = None,
) -> Layer:
    """What ``chosen`` keeps of items of no cycle, as written on the day ``as_of``; raises as :meth:`Layers.laid`."""
    if not items:
        return Layer([], [], frozenset())
    rows = chosen.apply(calendar.item_rows(items, reference), reference)
    return _layer(rows, as_of, url, alarm_days)


def _layer(rows: pd.DataFrame, as_of: date, url: str, alarm_days: int | None) -> Layer:
    organisations = frozenset(map(str, rows["organisation"].unique()))
    rows = rows[~ical.outlived(rows, as_of)]
    start, end = rows["start"].dt, rows["end"].to_numpy().astype("datetime64[D]").astype(int)
    places = zip(
        (start.year * 12 + start.month).tolist(),
        (rows["date_precision"] != Precision.DAY).tolist(),
        rows["start"].to_numpy().astype("datetime64[D]").astype(int).tolist(),
        end.tolist(),
        rows["item"].tolist(),
        strict=True,
    )
    return Layer(list(places), ical.written(rows, url=url, alarm_days=alarm_days), organisations)
