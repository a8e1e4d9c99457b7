"""Columns of a reference row as form fields by their type, and their values as the text of a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, time
from enum import StrEnum
from typing import Any, get_args, get_origin

from calendar_model.reference import Reference
from calendar_model.reference.corrections import correctable_columns
from calendar_model.reference.rows import (
    Cadence,
    MandateHolder,
    Meeting,
    MemberState,
    Milestone,
    MilestoneDate,
    Observance,
    Organisation,
    RecurringMeeting,
    ReferenceRow,
    Resolution,
    Review,
    Season,
    Session,
    Track,
)
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record.forms import RecordForm, words
from pages.components.widgets import labels

NAMES: Mapping[str, str] = Translated(
    {
        Session.FILE: N_("Session"),
        Meeting.FILE: N_("Meeting"),
        Review.FILE: N_("UPR review"),
        MilestoneDate.FILE: N_("Deadline or milestone"),
        Cadence.FILE: N_("Cycle rule"),
        Resolution.FILE: N_("Resolution"),
        RecurringMeeting.FILE: N_("Recurring meeting"),
        Milestone.FILE: N_("Rule of procedure"),
        MandateHolder.FILE: N_("Mandate holder"),
        Observance.FILE: N_("Observance"),
        Season.FILE: N_("Session season"),
        Track.FILE: N_("Track"),
        Organisation.FILE: N_("Organisation or body"),
        MemberState.FILE: N_("State"),
    }
)
"""The name for a row of each file; those corrected most often come first."""

DATED = ("start", "end", "date", "adopted", "date_precision", "standing")
"""Columns that every correction holds, even if unchanged, because its source confirms them."""

_LABELS = Translated(
    {
        "date_precision": N_("Date precision"),
        "known_from": N_("Known from"),
        "start": N_("Start date"),
        "end": N_("End date"),
        "date": N_("Date"),
        "time": N_("Local time"),
        "announced_start": N_("Start date first announced"),
        "announced_end": N_("End date first announced"),
        "moved_because": N_("Reason for the new dates"),
        "cosponsors": N_("Number of co-sponsors"),
        "notes": N_("Notes"),
        "slot": N_("Edition within the year"),
        "interval_years": N_("Interval in years"),
        "interval_years_max": N_("Longest interval in years"),
        "interval_sessions": N_("Interval in sessions"),
        "dialogue_at": N_("Dialogue expected at"),
        "about": N_("Kind of item concerned"),
        "drafts_for": N_("Kinds of item whose drafts are due before it"),
    }
)


def label(column: str) -> str:
    """The label of a column."""
    return _LABELS.get(column) or words(column.replace("_", "-"))


def row_label(row: ReferenceRow, reference: Reference) -> str:
    """A row as an option of a list, key first: ``HRC64: Human Rights Council, 64th session``."""
    if isinstance(row, Review):
        return _("{name}, cycle {cycle}, {session}").format(
            name=reference.states[row.country].name, cycle=row.cycle, session=row.session
        )
    if isinstance(row, MilestoneDate):
        return deadline_label(row.milestone, row.session, row.country, reference)
    said = (getattr(row, name, "") for name in ("title", "statement", "name", "theme", "holder"))
    return f"{row.key[0]}: {next((text for text in said if text), '')}".removesuffix(": ")


def deadline_label(milestone: str, session: str, country: str, reference: Reference) -> str:
    """The name of a milestone's date in lists."""
    rule, state = reference.milestones.get(milestone), reference.states.get(country)
    parts = [rule.name if rule else milestone, session, state.name if state else country]
    return ", ".join(part for part in parts if part)


def typed(kind: type[ReferenceRow], cells: Mapping[str, str]) -> dict[str, Any]:
    """The cells of a row as values of fields; a cell that does not have its column's type becomes empty."""
    return {name: _typed(_types(kind, name), cells.get(name, "")) for name in correctable_columns(kind)}


def cell(value: Any) -> str:
    """The value of a field as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, (date, StrEnum)):
        return value.isoformat() if isinstance(value, date) else value.value
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).strip()


def draw(form: RecordForm, kind: type[ReferenceRow], column: str) -> None:
    """Draws the field of one column."""
    types, name = _types(kind, column), label(column)
    reference = form.context.reference
    if column in kind.REFERENCES or (kind is MilestoneDate and column == "session"):
        _code(form, kind, column, name, reference)
    elif terms := _terms(types):
        form.choice(column, name, list(terms), optional=True)
    elif date in types:
        form.day(column, name)
    elif time in types:
        form.hour(column, name)
    elif int in types and tuple not in types:
        form.number(column, name)
    elif column in ("notes", "statement", "rule", "description"):
        form.area(column, name, height=100)
    else:
        form.text(column, name)


def _terms(types: set[type]) -> type[StrEnum] | None:
    """The enumeration of a column with a single value; a column with several values is a text."""
    return None if tuple in types else next((one for one in types if issubclass(one, StrEnum)), None)


def _code(form: RecordForm, kind: type[ReferenceRow], column: str, name: str, reference: Reference) -> None:
    file = kind.REFERENCES.get(column, Session.FILE)
    if tuple in _types(kind, column):
        form.text(column, name, help=_("Codes, separated by semicolons."))
        return
    known = reference.rows_by_key(file)
    if file == Organisation.FILE:
        names = {code: labels.organisation(code, reference) for code in known}
    else:
        names = {code: row_label(row, reference) for code, row in known.items()}
    form.choice(column, name, ["", *names], optional=True, format_func=lambda code: names.get(code, code) or _("None"))


def _types(kind: type[ReferenceRow], column: str) -> set[type]:
    """The plain types in a column's annotation, at any depth."""

    def within(annotation: Any) -> Iterator[type]:
        for one in (annotation, get_origin(annotation)):
            if isinstance(one, type):
                yield one
        for part in get_args(annotation):
            yield from within(part)

    return {one for one in within(kind.model_fields[column].annotation) if one is not type(None)}


def _typed(types: set[type], text: str) -> Any:
    text = text.strip()
    with suppress(ValueError):
        if terms := _terms(types):
            return terms(text) if text else None
        if date in types:
            return date.fromisoformat(text) if text else None
        if time in types:
            return time.fromisoformat(text) if text else None
        if int in types and tuple not in types:
            return int(text) if text else None
        return text
    return None
