"""Cadences, forecasts of sessions and texts counted from them, and deadlines before those."""

from calendar_model.cycles.announcements import Announcement, announcement_of, meeting_announcement
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
    Projection,
    committee_session,
    due_for_session,
    due_for_text,
    due_milestones,
)
from calendar_model.cycles.editions import Edition, edition_code, is_stale, known_editions
from calendar_model.cycles.expected_days import DayRange
from calendar_model.cycles.review_days import review_day, review_record
from calendar_model.cycles.session_forecasts import (
    IN_SIGHT,
    SessionForecast,
    SessionForecasts,
    month_window,
    session_title,
)
from calendar_model.cycles.working_days import is_working_day, offset_day

__all__ = [
    "IN_SIGHT",
    "Announcement",
    "DayRange",
    "DueMilestone",
    "Edition",
    "Occurrence",
    "Projection",
    "SessionForecast",
    "SessionForecasts",
    "adopted_texts",
    "announcement_of",
    "committee_session",
    "departures",
    "due_for_session",
    "due_for_text",
    "due_milestones",
    "edition_code",
    "is_stale",
    "is_working_day",
    "known_editions",
    "meeting_announcement",
    "month_window",
    "offset_day",
    "project",
    "review_day",
    "review_record",
    "rule_in_force",
    "rules_known",
    "session_title",
    "states_by_session",
]
