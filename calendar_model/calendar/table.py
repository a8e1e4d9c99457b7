"""One table of everything dated.

Timelines, lists, feeds, exports and counts all read this table, narrowed by :class:`~calendar_model.calendar.Filter`.
One row an item; a projected item keeps its identifier when it becomes a fact, so that links and subscribed calendars
follow it.

The columns are declared in :mod:`calendar_model.calendar.columns`; a new one is filled here.

Rows are in reading order: by month; inside a month the known and expected days first, then the windows that open in it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from calendar_model import wording
from calendar_model.calendar.columns import COLUMNS, ColumnType, columns_of_type
from calendar_model.calendar.items import Item, reference_items
from calendar_model.reference import Reference, in_readers_language
from calendar_model.reference.rows import MemberState
from calendar_model.translation import LANGUAGES, SOURCE, in_language, language
from calendar_model.vocabulary import UID_DOMAIN, WINDOWS, Standing

_CATEGORIES = list(columns_of_type(ColumnType.CATEGORY))

_SEQUENCE_OF_STANDING = {
    Standing.PROJECTED: 0,
    Standing.PROVISIONAL: 1,
    Standing.NOT_CONFIRMED: 2,
    Standing.CONFIRMED: 3,
    Standing.HELD: 4,
    Standing.CANCELLED: 5,
}
"""A date firms up in this order, so that a change of standing alone raises the iCalendar SEQUENCE."""

_FIRST_CHANGE = date(2026, 1, 1)
"""The first day on which a record was written."""


def build_table(reference: Reference, as_of: date, until: date) -> pd.DataFrame:
    """Return the table of everything dated in the reference and projected from it on ``as_of`` up to ``until``.

    It is in the reader's language. ``attrs`` hold ``as_of`` and ``version``, a SHA-256 of the content.
    """
    return Calendar(reference, as_of, until).table


class Calendar:
    """The table of :func:`build_table` in every language, each made when it is asked for.

    A word finds the same items no matter who reads, because the column ``search`` has the texts of all languages.
    """

    def __init__(self, reference: Reference, as_of: date, until: date) -> None:
        self._recorded, self._as_of, self._until = reference.as_recorded, as_of, until
        self._references: dict[str, Reference] = {}
        self._items: dict[str, list[Item]] = {}
        self._tables: dict[str, pd.DataFrame] = {}

    @property
    def reference(self) -> Reference:
        """The reference in the reader's language."""
        code = language()
        if code not in self._references:
            self._references[code] = in_readers_language(self._recorded)
        return self._references[code]

    @property
    def table(self) -> pd.DataFrame:
        """The table in the reader's language."""
        code = language()
        if code not in self._tables:
            self._tables[code] = to_frame(self._own_items(), self.reference, self._as_of, self._search_texts())
        return self._tables[code]

    def _own_items(self) -> list[Item]:
        """The items in the reader's language."""
        code = language()
        if code not in self._items:
            self._items[code] = [*reference_items(self.reference, self._as_of, self._until)]
        return self._items[code]

    def _search_texts(self) -> dict[str, str]:
        """The text in which a search looks, that of all languages, by item.

        It follows from the English one. Most corrections change dates alone: then the items of one language do.
        """
        states = self._recorded.states
        with in_language(SOURCE):
            english = _texts_of_items(self._own_items(), states)
        if any(own not in _in_all_languages for own in english.items()):
            _, texts = in_every_language(self._own_items, states)
            _in_all_languages.update({own: texts[own[0]] for own in english.items()})
        found = {own[0]: _in_all_languages[own] for own in english.items()}
        if len(_in_all_languages) > _MOST_TEXTS:
            _in_all_languages.clear()
        return found


_MOST_TEXTS = 50_000
_in_all_languages: dict[tuple[str, str], str] = {}
"""The cache of texts of all languages: by item and English text, of all calendars."""


def _texts_of_items(items: Iterable[Item], states: Mapping[str, MemberState]) -> dict[str, str]:
    """The text of each item in which a search looks, in the reader's language; the first of each identifier."""
    found: dict[str, str] = {}
    for item in items:
        if item.item not in found:
            found[item.item] = _own_text(item, states)
    return found


def in_every_language(
    make: Callable[[], Iterable[Item]], states: Mapping[str, MemberState]
) -> tuple[dict[str, list[Item]], dict[str, str]]:
    """Return the items that ``make`` gives in each language, by its code.

    With them, by identifier, the text in which a search looks: that of all languages.
    """
    made: dict[str, list[Item]] = {}
    texts: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for code in LANGUAGES:
        with in_language(code):
            made[code] = [*make()]
            for item, text in _texts_of_items(made[code], states).items():
                texts[item][text] = None
    return made, {item: " ".join(own) for item, own in texts.items()}


def to_frame(
    items: Iterable[Item], reference: Reference, as_of: date, search: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the table of these items in reading order, the first of each identifier, with its attributes.

    ``search`` is the text in which a search looks, by identifier; without it, an item has its own.
    """
    table = item_rows(items, reference, search)
    table.attrs = {"as_of": as_of, "version": _version(table)}
    return table


def item_rows(items: Iterable[Item], reference: Reference, search: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the rows of :func:`to_frame` without attributes, for items that do not form a whole table."""
    unique: dict[str, Item] = {}
    for item in items:
        unique.setdefault(item.item, item)
    ordered = sorted(unique.values(), key=_reading_order)
    before, after = _neighbours(ordered)
    known = search or {}
    columns: dict[str, list[Any]] = {
        "previous": [before.get(i.item, "") for i in ordered],
        "next": [after.get(i.item, "") for i in ordered],
        "search": [known.get(i.item) or i.search or _own_text(i, reference.states) for i in ordered],
    }
    for name in COLUMNS.keys() - columns.keys():
        derive = _DERIVED.get(name)
        columns[name] = [derive(i, reference) if derive else getattr(i, name) for i in ordered]
    # Each column gets its type before there is a frame: changing it in the frame is several times slower.
    return pd.DataFrame({name: _TYPED[column.type](columns[name]) for name, column in COLUMNS.items()})


def _own_text(item: Item, states: Mapping[str, MemberState]) -> str:
    """The text of an item in which a search looks, in the reader's language."""
    names = (wording.state(code, states[code].name) for code in item.countries if code in states)
    return " ".join([item.title, item.description, item.session, item.location, *names]).casefold()


def _sequence(item: Item) -> int:
    """Return the iCalendar SEQUENCE: it rises with each change of the records behind it, and as its date firms up.

    The days on which records change count beside revisions, because an expected day moves when another year's becomes
    known, and the item itself has no revision for that.
    """
    changes = item.revision + max((item.updated - _FIRST_CHANGE).days, 0)
    return 10 * changes + _SEQUENCE_OF_STANDING[item.standing]


_DERIVED: dict[str, Callable[[Item, Reference], Any]] = {
    "uid": lambda item, reference: f"{item.item}@{UID_DOMAIN}",
    "organisation": lambda item, reference: reference.organisation_of(item.body),
    "countries": lambda item, reference: " ".join(sorted(item.countries)),
    "starts_at": lambda item, reference: item.at,
    "ends_at": lambda item, reference: item.ends or item.at,
    "all_day": lambda item, reference: item.at is None,
    "earliest": lambda item, reference: item.earliest or item.start,
    "latest": lambda item, reference: item.latest or item.start,
    "entry_end": lambda item, reference: item.entry_end or item.end,
    "sequence": lambda item, reference: _sequence(item),
}
"""The derived columns; the others are attributes of the item."""


def _days_of(days: list[date]) -> np.ndarray:
    return np.array(days, dtype="datetime64[s]")


def _instants_of(instants: list[datetime | None]) -> pd.DatetimeIndex:
    naive = [None if at is None else at.astimezone(UTC).replace(tzinfo=None) for at in instants]
    return pd.DatetimeIndex(np.array(naive, dtype="datetime64[s]")).tz_localize("UTC")


def _codes_of(values: list[Any]) -> Any:
    return pd.Categorical([str(value) for value in values])


def _texts_of(values: list[Any]) -> Any:
    return pd.array(values, dtype="str")


_TYPED: dict[ColumnType, Callable[[list[Any]], Any]] = {
    ColumnType.TEXT: _texts_of,
    ColumnType.CODES: _texts_of,
    ColumnType.CATEGORY: _codes_of,
    ColumnType.DAY: _days_of,
    ColumnType.INSTANT: _instants_of,
    ColumnType.FLAG: lambda values: np.array(values, dtype=bool),
    ColumnType.NUMBER: lambda values: np.array(values, dtype="int64"),
}
"""The function that gives the values of a column their dtype."""


def with_items(table: pd.DataFrame, items: Iterable[Item], reference: Reference) -> pd.DataFrame:
    """Return the table with further items, which belong to no cycle, in their places; the same table if there are none.

    The result is the same as if :func:`to_frame` had made it of all items together: columns, reading order,
    ``version``. An item whose identifier the table has already is left out. The table's other attributes remain.
    """
    known = set(table["item"])
    further = [item for item in items if item.item not in known]
    if not further:
        return table
    added = item_rows(further, reference)
    parts = [table.drop(columns=_CATEGORIES), added.drop(columns=_CATEGORIES)]
    together = pd.concat(parts, ignore_index=True)
    for name in _CATEGORIES:
        together[name] = union_categoricals([table[name], added[name]])
    start = together["start"]
    keys = pd.DataFrame(
        {
            "month": start.dt.year * 12 + start.dt.month,
            "window": together["date_precision"].isin(WINDOWS),
            "start": start,
            "end": together["end"],
            "item": together["item"],
        }
    )
    together = together.loc[keys.sort_values([*keys.columns]).index, [*COLUMNS]].reset_index(drop=True)
    together.attrs = {**table.attrs, "version": _version(together)}
    return together


def _version(table: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    plain = table.assign(**{name: table[name].astype("str") for name in _CATEGORIES})
    digest.update(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _reading_order(item: Item) -> tuple[int, int, bool, date, date, date, str]:
    window = item.date_precision.is_window
    return item.start.year, item.start.month, window, item.start, item.end, item.end, item.item


def _neighbours(items: list[Item]) -> tuple[dict[str, str], dict[str, str]]:
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    cycles: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.cycle and not item.departure:
            cycles[item.cycle].append(item)
    for members in cycles.values():
        for first, second in pairwise(members):
            after[first.item], before[second.item] = second.item, first.item
    return before, after
