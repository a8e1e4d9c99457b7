"""The filter for records of staff: the columns that it applies to in each kind, in Python and in SQL.

Events are narrowed as items of the calendar table, and follow-ups not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from calendar_model.calendar import Filter
from calendar_model.calendar.filters import RecordFacts
from calendar_model.mission.links import model_of
from calendar_model.reference import Reference
from calendar_model.terms import RecordKind

FACT_COLUMNS: Mapping[RecordKind, Mapping[str, str]] = {
    RecordKind.CASE: {"country": "country"},
    RecordKind.CONTACT: {"country": "country"},
    RecordKind.ENGAGEMENT: {"organisation": "organisation", "day": "on"},
    RecordKind.LANGUAGE: {"organisation": "forum"},
    RecordKind.REPRISAL: {"organisation": "organisation", "country": "country"},
    RecordKind.STATEMENT: {"organisation": "forum"},
}
"""By kind of record, the column that holds each of the :class:`RecordFacts`."""

_FILTER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("organisations", "bodies"),
    "country": ("countries",),
    "day": ("start", "end"),
}
"""By fact, the fields of the filter that look at it."""


def keeps(chosen: Filter, kind: RecordKind, record: Any, reference: Reference) -> bool:
    """Whether the filter keeps a record of this kind; ``record`` is one, or a summary that has the same columns."""
    facts = {fact: getattr(record, column) for fact, column in FACT_COLUMNS[kind].items()}
    return chosen.keeps(RecordFacts(**facts), reference)


def conditions(chosen: Filter, kind: RecordKind, reference: Reference) -> list[ColumnElement[bool]]:
    """The conditions of :func:`keeps` for a query of this kind."""
    model = model_of(kind)
    columns = {fact: getattr(model, column) for fact, column in FACT_COLUMNS[kind].items()}
    found: list[ColumnElement[bool]] = []
    codes = chosen.organisation_codes(reference)
    if "organisation" in columns and codes is not None:
        found.append(columns["organisation"].in_(codes))
    if "country" in columns and chosen.countries:
        found.append(columns["country"].in_(chosen.countries))
    if "day" in columns and chosen.start is not None:
        found.append(columns["day"] >= chosen.start)
    if "day" in columns and chosen.end is not None:
        found.append(columns["day"] <= chosen.end)
    return found


def what_narrows(chosen: Filter, kind: RecordKind) -> Filter:
    """The part of the filter that applies to records of this kind, for display; its other fields are empty."""
    looked_at = [field for fact in FACT_COLUMNS[kind] for field in _FILTER_FIELDS[fact]]
    return Filter(**{field: getattr(chosen, field) for field in looked_at})
