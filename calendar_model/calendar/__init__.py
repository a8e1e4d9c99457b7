"""One table of everything dated, the filter that narrows it, and the current one for pages and feeds."""

from calendar_model.calendar.columns import COLUMNS, EXPORTED, IN_FEEDS, LISTED, ColumnType, columns_of_type
from calendar_model.calendar.current import current, current_reference, horizon
from calendar_model.calendar.display import city, interval_words, listed_when, listed_when_known, when
from calendar_model.calendar.filters import LISTS, PARAMETERS, Filter, FilterError, allowed_values, describe
from calendar_model.calendar.items import Item, vote_words
from calendar_model.calendar.origins import Origins, text_item
from calendar_model.calendar.records import records
from calendar_model.calendar.table import build_table, in_every_language, item_rows, to_frame, with_items

__all__ = [
    "COLUMNS",
    "EXPORTED",
    "IN_FEEDS",
    "LISTED",
    "LISTS",
    "PARAMETERS",
    "ColumnType",
    "Filter",
    "FilterError",
    "Item",
    "Origins",
    "allowed_values",
    "build_table",
    "city",
    "columns_of_type",
    "current",
    "current_reference",
    "describe",
    "horizon",
    "in_every_language",
    "interval_words",
    "item_rows",
    "listed_when",
    "listed_when_known",
    "records",
    "text_item",
    "to_frame",
    "vote_words",
    "when",
    "with_items",
]
