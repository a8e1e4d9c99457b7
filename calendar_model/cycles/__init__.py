"""Rhythms: what comes when by which rule, and what falls due before it."""

from calendar_model.cycles.cadence import (
    Occurrence,
    adopted_texts,
    departures,
    project,
    rule_in_force,
    rules_known,
    states_by_session,
)
from calendar_model.cycles.deadlines import (
    Due,
    all_due,
    committee_sitting,
    count,
    is_working_day,
    plan,
    projected_sittings,
)
from calendar_model.cycles.sittings import Sitting, Sittings, month_window

__all__ = [
    "Due",
    "Occurrence",
    "Sitting",
    "Sittings",
    "adopted_texts",
    "all_due",
    "committee_sitting",
    "count",
    "departures",
    "is_working_day",
    "month_window",
    "plan",
    "project",
    "projected_sittings",
    "rule_in_force",
    "rules_known",
    "states_by_session",
]
