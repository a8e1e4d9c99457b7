"""The item for which an outcome is recorded, with its reference row, and how a correction to it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.clock import has_come
from calendar_model.mission.corrections import RowChange, record_together, row_without
from calendar_model.mission.outcomes.new_rows import new_cells
from calendar_model.mission.outcomes.possible import origin_of, what_can_be_recorded
from calendar_model.mission.visible_calendar import calendar_for, corrections
from calendar_model.reference import Reference
from calendar_model.reference.rows import Resolution
from calendar_model.terms import ItemOutcome
from calendar_model.vocabulary import Standing

FIRM = (Standing.CONFIRMED, Standing.HELD)
"""The standings of dates that change only with a reason."""


@dataclass(frozen=True)
class OutcomeSubject:
    """An item and its row ``key`` in a ``file`` of the reference; ``cells`` are the row's columns as texts.

    ``row`` is the item's in the calendar table, by column name. If ``is_new``, the reference does not have the row yet,
    and the cells are those that it would get.
    """

    viewer: Viewer
    item: str
    row: Any
    reference: Reference
    file: str
    key: str
    cells: Mapping[str, str]
    is_new: bool

    def record(
        self, values: Mapping[str, str], source_url: str, why: str = "", others: Sequence[RowChange] = ()
    ) -> str:
        """Record a correction of the row to ``values``, with the reason ``why``, and the ``others`` with it.

        For a new row all cells are recorded, for an existing one only ``values``. Returns the identifier of the
        correction. Raises Refused.
        """
        values = {name: text for name, text in {**self.cells, **values}.items() if text} if self.is_new else values
        # The reason is recorded once: in the column for it, or as the note.
        note = "" if why and why in (values.get("moved_because"), values.get("theme")) else why
        change = RowChange(self.file, self.key, values, note)
        return record_together(self.viewer, [change, *others], source_url=source_url, items=[self.item])[0]


def subject_of(viewer: Viewer, item: str, *outcomes: ItemOutcome) -> OutcomeSubject:
    """Return the item as the viewer sees it; raise Refused if it does not exist or can have none of ``outcomes``."""
    reference, table = calendar_for(viewer)
    found = table[table["item"] == item]
    if found.empty:
        raise Refused(Problem("outcome-item-unknown", values={"item": item}))
    row = found.iloc[0]
    if not set(outcomes) & set(what_can_be_recorded(row, reference)):
        raise not_possible(row["title"], outcomes[0])
    # A text that is due has no row yet; the new row gets the identifier of the item.
    file, key = origin_of(row, reference) or (Resolution.FILE, item)
    cells = row_without(corrections(), file, key)
    is_new = not cells
    return OutcomeSubject(viewer, item, row, reference, file, key, cells or new_cells(viewer, file, key, item), is_new)


def not_possible(title: str, outcome: ItemOutcome) -> Refused:
    """Return the error for an item that cannot have this outcome."""
    return Refused(Problem("outcome-not-possible", values={"title": title, "outcome": outcome}))


def require_day(day: date | None, field: str) -> date:
    """Return the day; raise Refused if it is missing."""
    if day is None:
        raise Refused(Problem("outcome-without-day", field))
    return day


def require_past(day: date | None, field: str) -> date:
    """Return the day; raise Refused if it is missing, or still in the future everywhere on Earth."""
    day = require_day(day, field)
    if not has_come(day):
        raise Refused(Problem("outcome-still-to-come", field, {"day": day}))
    return day


def require_reason(why: str) -> str:
    """Return the reason without surrounding space; raise Refused if it is missing."""
    if not why.strip():
        raise Refused(Problem("outcome-without-reason", "why"))
    return why.strip()


def require_within(day: date, session: str, reference: Reference, field: str) -> None:
    """Raise Refused for a day outside the session; ``session`` is the code of one in the reference."""
    known = reference.sessions[session]
    if not known.start <= day <= known.end:
        values = {"day": day, "session": session, "start": known.start, "end": known.end}
        raise Refused(Problem("outcome-day-outside-session", field, values))


def texts(**values: object) -> dict[str, str]:
    """Return values as texts of cells; None becomes an empty cell."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


def filled(values: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the cells that are not empty."""
    return {name: text for name, text in values if text}
