"""What became of an item of the calendar, recorded in the terms of the field.

A command takes the item's identifier and values, never cells of a file. It finds the row of the reference, or makes a
new one, and records corrections (:mod:`calendar_model.mission.corrections`). Each outcome thus has a source and a
history, raises the SEQUENCE and is part of the patch; the item keeps its identifier.

:func:`what_can_be_recorded` says which outcomes an item can have. Commands return the identifier of the correction, and
raise :class:`~calendar_model.access.problems.Refused`.
"""

from __future__ import annotations

from calendar_model.mission.outcomes.dates import confirm_dates, record_cancelled, record_held, record_moved
from calendar_model.mission.outcomes.new_rows import cycle_of_session, new_cells
from calendar_model.mission.outcomes.possible import later_sessions, origin_of, what_can_be_recorded
from calendar_model.mission.outcomes.reviews import (
    later_review_sessions,
    outcome_sessions,
    record_review_moved,
    record_review_outcome,
)
from calendar_model.mission.outcomes.texts import RecordedVote, record_adopted, record_not_tabled, record_postponed
from calendar_model.terms import ItemOutcome

__all__ = [
    "ItemOutcome",
    "RecordedVote",
    "confirm_dates",
    "cycle_of_session",
    "later_review_sessions",
    "later_sessions",
    "new_cells",
    "origin_of",
    "outcome_sessions",
    "record_adopted",
    "record_cancelled",
    "record_held",
    "record_moved",
    "record_not_tabled",
    "record_postponed",
    "record_review_moved",
    "record_review_outcome",
    "what_can_be_recorded",
]
