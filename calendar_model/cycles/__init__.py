"""Cadences, forecasts of sessions and texts counted from them, and deadlines before those."""

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
    DueMilestone,
    committee_session,
    due_for_text,
    due_milestones,
    is_working_day,
    offset_day,
    projected_sessions,
)
from calendar_model.cycles.session_forecasts import SessionForecast, SessionForecasts, month_window

__all__ = [
    "DueMilestone",
    "Occurrence",
    "SessionForecast",
    "SessionForecasts",
    "adopted_texts",
    "committee_session",
    "departures",
    "due_for_text",
    "due_milestones",
    "is_working_day",
    "month_window",
    "offset_day",
    "project",
    "projected_sessions",
    "rule_in_force",
    "rules_known",
    "states_by_session",
]
