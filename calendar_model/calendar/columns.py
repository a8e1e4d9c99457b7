"""The columns of the calendar table, each declared once with its type, its outputs and its meaning.

The schema of the table, the exports (CSV, JSON, Excel) and the feeds read this declaration, in its order. To add a
column, add it to the declaration and fill it: as an attribute of :class:`~calendar_model.calendar.items.Item`, or in
``_DERIVED`` of :mod:`calendar_model.calendar.table` where it follows from others. Exports and feeds show a column only
if its declaration allows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType


class ColumnType(Enum):
    """The type of a column's values, and its dtype."""

    TEXT = auto()
    """``str``; empty if there is no value."""
    CODES = auto()
    """``str``: codes separated by spaces; a list in JSON."""
    CATEGORY = auto()
    """``category`` of text: few values in many rows."""
    DAY = auto()
    """``datetime64[s]``: a day of the place."""
    INSTANT = auto()
    """``datetime64[s, UTC]``; NaT if there is none."""
    FLAG = auto()
    """``bool``."""
    NUMBER = auto()
    """``int64``."""


@dataclass(frozen=True)
class Column:
    """A column of the calendar table.

    ``exported`` puts it into CSV, JSON and Excel files, ``in_feeds`` allows it in feeds; without either it stays
    inside. ``listed`` is its place on the first sheet of the Excel file; 0 leaves it to the second.
    """

    name: str
    type: ColumnType
    meaning: str
    exported: bool = False
    in_feeds: bool = False
    listed: int = 0


_TEXT, _CODES, _CATEGORY = ColumnType.TEXT, ColumnType.CODES, ColumnType.CATEGORY
_DAY, _INSTANT, _FLAG, _NUMBER = ColumnType.DAY, ColumnType.INSTANT, ColumnType.FLAG, ColumnType.NUMBER
_BOTH = {"exported": True, "in_feeds": True}

_DECLARED = (
    Column("uid", _TEXT, "`<item>@<domain>`, stable for ever; the iCalendar UID", **_BOTH),
    Column("item", _TEXT, "the local identifier, such as `session-HRC67`", in_feeds=True),
    Column("title", _TEXT, "short, without its standing", **_BOTH, listed=1),
    Column("kind", _CATEGORY, "a value of vocabulary.Kind", **_BOTH, listed=4),
    Column("organisation", _CATEGORY, "code of the organisation at or above `body`", **_BOTH),
    Column("body", _CATEGORY, "code of the body itself", **_BOTH, listed=5),
    Column("track", _CATEGORY, "code, or empty", exported=True),
    Column("session", _TEXT, "code, or empty", exported=True),
    Column("start", _DAY, "day of the place; an expected day; of a window its first day", **_BOTH, listed=2),
    Column("end", _DAY, "day of the place, inclusive; an expected day; of a window its last day", **_BOTH, listed=3),
    Column("earliest", _DAY, "of an expected item the first day on which it may start; else `start`", **_BOTH),
    Column("latest", _DAY, "of an expected item the last day on which it may start; else `start`", **_BOTH),
    Column(
        "entry_end",
        _DAY,
        "last day of its entry in a feed; for a year-long session, of its main part",
        in_feeds=True,
    ),
    Column("starts_at", _INSTANT, "instant of a timed item; NaT where all-day", in_feeds=True),
    Column("ends_at", _INSTANT, "its end; equal to `starts_at` for a moment, such as a deadline", in_feeds=True),
    Column("all_day", _FLAG, "whether the item has no times", **_BOTH),
    Column("timezone", _TEXT, "IANA zone of the place, or empty", **_BOTH),
    Column("date_precision", _CATEGORY, "`day`, `expected`; `month` and `year` mean a window", **_BOTH),
    Column("standing", _CATEGORY, "a value of vocabulary.Standing", **_BOTH, listed=7),
    Column("confidence", _CATEGORY, "`sourced` or `recalled`", **_BOTH),
    Column("basis", _TEXT, "a sentence: source, rule and precedent of the date", **_BOTH),
    Column("source_url", _TEXT, "address of the source, or empty", **_BOTH),
    Column("countries", _CODES, "ISO 3166 alpha-3 codes, sorted", exported=True),
    Column("location", _TEXT, "city or room", **_BOTH, listed=6),
    Column("description", _TEXT, "theme, what is due", **_BOTH),
    Column("notes", _TEXT, "notes of the reference's editors; never in a feed", exported=True),
    Column("for_whom", _TEXT, "of a deadline: penholder, recommending State, mission, …", **_BOTH),
    Column("related_to", _TEXT, "item to which it belongs: the session of a text, review or deadline", **_BOTH),
    Column("previous", _TEXT, "item before it in its cycle", exported=True),
    Column("next", _TEXT, "item after it in its cycle", exported=True),
    Column("departure", _FLAG, "due under a rule but not tabled; `standing` is then cancelled", **_BOTH),
    Column(
        "sensitivity", _CATEGORY, "`public` for the reference; for the mission's own events, who may see them", **_BOTH
    ),
    Column("updated", _DAY, "last change of the records behind it", **_BOTH),
    Column("sequence", _NUMBER, "rises when time, place or standing changes; the iCalendar SEQUENCE", **_BOTH),
    Column("search", _TEXT, "the text that a search looks in, in every language, case-folded"),
)

COLUMNS: Mapping[str, Column] = MappingProxyType({column.name: column for column in _DECLARED})
"""Every column of the table by its name, in order."""

EXPORTED = tuple(column.name for column in _DECLARED if column.exported)
"""The columns of exports, in order."""

IN_FEEDS = tuple(column.name for column in _DECLARED if column.in_feeds)
"""The columns that may reach a feed, in order."""

LISTED = tuple(column.name for column in sorted(_DECLARED, key=lambda column: column.listed) if column.listed)
"""The columns of the first sheet of the Excel file, in its order."""


def columns_of_type(*types: ColumnType) -> tuple[str, ...]:
    """The names of the columns of these types, in order."""
    return tuple(column.name for column in _DECLARED if column.type in types)
