"""The lines of an import as sentences, for pages and the command line.

The sentences of single problems and notes are in :mod:`calendar_model.messages.imports`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum

from calendar_model import wording
from calendar_model.imports.plan import ImportLine, ImportPlan, Period
from calendar_model.imports.tables.columns import TemplateColumn
from calendar_model.messages.imports import AFTER_LABEL

_LONGEST_TEXT, _LONGEST_CELL = 80, 60
"""Characters shown of a field of an event, and of a column of a record."""
_EVENT_LABELS = {
    "title": "Title",
    "period": "When",
    "standing": "Status",
    "location": "Place",
    "programme": "Programme",
}


def explain_event(line: ImportLine) -> str:
    """Explain a line of a calendar: why it is refused, or what would change and what stays, with its notes."""
    if line.problems:
        return _joined(map(str, line.problems))
    changes = [
        f"{_EVENT_LABELS[one.field]}: {_event_value(one.before)} → {_event_value(one.after)}." for one in line.changes
    ]
    kept = [
        f"{_EVENT_LABELS[one.field]} was set by hand and stays {_event_value(one.before)}; the calendar has "
        f"{_event_value(one.after)}."
        for one in line.kept
    ]
    return " ".join([*changes, *kept, *map(str, line.notes)])


def explain_row(line: ImportLine, columns: Iterable[TemplateColumn]) -> str:
    """Explain a row of a table: why it is refused, or what would change, with its notes."""
    labels = {"period": "When", **{column.name: column.label for column in columns}}
    if line.problems:
        return _joined(
            f"{labels[one.field]}: {one}" if one.field and one.code in AFTER_LABEL else str(one)
            for one in line.problems
        )
    changes = [f"{labels[one.field]}: {_row_value(one.before)} → {_row_value(one.after)}" for one in line.changes]
    kept = ", ".join(labels[one.field] for one in line.kept)
    stays = [f"{kept}: changed here by hand and kept, because the file has not changed"] if kept else []
    return "; ".join([*changes, *map(str, line.notes), *stays])


def period_text(period: Period | None) -> str:
    """``Wed 3 Mar 2027, 10:00–11:30 (Europe/Zurich)``; only days without hours; empty if unknown."""
    if period is None:
        return ""
    days = wording.span(period.start, period.end, period.precision)
    return f"{days}, {hours_text(period)} ({period.timezone})" if period.start_time is not None else days


def hours_text(period: Period | None) -> str:
    """``10:00–11:30``; empty for whole days."""
    if period is None or period.start_time is None:
        return ""
    return f"{period.start_time:%H:%M}" + (f"–{period.end_time:%H:%M}" if period.end_time is not None else "")


def counts_text(plan: ImportPlan) -> str:
    """``12 new, 3 changed``; empty without lines."""
    return ", ".join(f"{count} {outcome}" for outcome, count in plan.counts.items())


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(sentences))


def _row_value(value: object) -> str:
    """The value of a column of a record, as in a cell."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, StrEnum):
        return wording.term(value)
    if isinstance(value, tuple):
        return wording.terms(value)
    if isinstance(value, Period):
        return period_text(value)
    if isinstance(value, date):
        return wording.day(value)
    return f"{value:%H:%M}" if isinstance(value, time) else wording.shortened(str(value), _LONGEST_CELL)


def _event_value(value: object) -> str:
    """The value of a field of an event, texts in quotation marks."""
    if isinstance(value, Period):
        return period_text(value)
    if isinstance(value, StrEnum):
        return wording.standing_words(value).casefold()
    text = wording.shortened(str(value), _LONGEST_TEXT)
    return f"“{text}”" if text else "empty"
