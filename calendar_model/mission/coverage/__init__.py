"""Coverage: what is expected around an item of the calendar, and what there is.

- :mod:`.expectations` declares what is expected around which kind of item, and by when;
- :mod:`.items` reads from the calendar table the items and the deadlines from which days are counted;
- :mod:`.linked` reads from the store what is linked to them;
- :mod:`.findings` gives what was found for each expectation, and what to do;
- :mod:`.assessment` compares that with the due day, for one item and for all.

They give codes and values; the sentences are made in :mod:`calendar_model.messages.coverage`.
"""

from calendar_model.mission.coverage.assessment import (
    COLUMNS,
    ItemWork,
    Readiness,
    count_states,
    coverage,
    readiness,
    work_by_item,
)
from calendar_model.mission.coverage.expectations import EXPECTED, WEEKS, statement_format
from calendar_model.mission.coverage.findings import Action, ActionKind, FindingCode

__all__ = [
    "COLUMNS",
    "EXPECTED",
    "WEEKS",
    "Action",
    "ActionKind",
    "FindingCode",
    "ItemWork",
    "Readiness",
    "count_states",
    "coverage",
    "readiness",
    "statement_format",
    "work_by_item",
]
