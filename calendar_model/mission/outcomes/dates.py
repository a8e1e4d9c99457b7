"""Dates of sessions, meetings, reviews and deadlines: announced, held, moved or cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.mission.corrections import RowChange
from calendar_model.mission.outcomes.subjects import (
    FIRM,
    OutcomeSubject,
    not_possible,
    require_day,
    require_past,
    require_reason,
    require_within,
    subject_of,
)
from calendar_model.reference.rows import MilestoneDate, Review, Session
from calendar_model.terms import ItemOutcome
from calendar_model.vocabulary import Precision, Standing

_DATED = (ItemOutcome.CONFIRMED, ItemOutcome.HELD, ItemOutcome.MOVED)


def confirm_dates(
    viewer: Viewer,
    item: str,
    start: date | None,
    end: date | None = None,
    *,
    source_url: str,
    provisional: bool = False,
    at: time | None = None,
    why: str = "",
) -> str:
    """Record the announced dates of a session or meeting, or the day of a review or deadline.

    ``start`` and ``end`` are local days of the place; without ``end`` it is one day. ``at`` is the local time of a
    deadline. ``provisional`` is for a source that says "subject to change". ``why`` is required if confirmed dates
    change.

    Returns the identifier of the correction. Raises Refused if the item cannot have this outcome or a value is wrong.
    """
    subject = subject_of(viewer, item, *_DATED)
    start = require_day(start, "start")
    standing = Standing.PROVISIONAL if provisional else Standing.CONFIRMED
    if subject.file == MilestoneDate.FILE and not provisional and start < clock.today():
        standing = Standing.HELD
    return _record_days(subject, start, end, standing, source_url, why, at=at)


def record_held(
    viewer: Viewer, item: str, start: date | None, end: date | None = None, *, source_url: str, why: str = ""
) -> str:
    """Record that a session, meeting or review was held from ``start`` to ``end``, local days of the place.

    Without ``end`` it was one day. ``why`` is required if other dates were confirmed. Returns the identifier of the
    correction. Raises Refused, also for days in the future.
    """
    subject = subject_of(viewer, item, ItemOutcome.HELD)
    start = require_past(start, "start")
    if end is not None:
        require_past(end, "end")
    return _record_days(subject, start, end, Standing.HELD, source_url, why)


def record_moved(
    viewer: Viewer,
    item: str,
    start: date | None,
    end: date | None = None,
    *,
    source_url: str,
    why: str,
    provisional: bool = False,
) -> str:
    """Record that a session or meeting was moved to ``start`` to ``end``, local days of the place, and why.

    The row keeps the dates that were announced first. Reviews outside the new dates of their session lose their day.
    Returns the identifier of the correction. Raises Refused.
    """
    subject = subject_of(viewer, item, ItemOutcome.MOVED)
    if subject.file == Review.FILE:
        raise not_possible(subject.row["title"], ItemOutcome.MOVED)
    start = require_day(start, "start")
    if (str(start), str(end or start)) == (subject.cells["start"], subject.cells["end"]):
        raise Refused(Problem("outcome-not-moved", "start"))
    standing = Standing.PROVISIONAL if provisional else Standing.CONFIRMED
    return _record_days(subject, start, end, standing, source_url, require_reason(why), keep=True)


def record_cancelled(viewer: Viewer, item: str, *, source_url: str, why: str) -> str:
    """Record that a session or meeting is cancelled or did not take place, and why.

    Returns the identifier of the correction. Raises Refused.
    """
    subject = subject_of(viewer, item, ItemOutcome.CANCELLED)
    return subject.record({"standing": Standing.CANCELLED.value}, source_url, require_reason(why))


def _record_days(
    subject: OutcomeSubject,
    start: date,
    end: date | None,
    standing: Standing,
    source_url: str,
    why: str,
    *,
    at: time | None = None,
    keep: bool = False,
) -> str:
    why, end = why.strip(), end or start
    if end < start:
        raise Refused(Problem("outcome-ends-before-start", "end", {"start": start, "end": end}))
    if subject.file in (Review.FILE, MilestoneDate.FILE):
        if subject.file == Review.FILE:
            require_within(start, subject.cells["session"], subject.reference, "start")
        values = {"date": str(start), "standing": standing.value}
        return subject.record({**values, "time": f"{at:%H:%M}"} if at else values, source_url, why)
    values = {
        "start": str(start),
        "end": str(end),
        "date_precision": Precision.DAY.value,
        "standing": standing.value,
        **_announced(subject, str(start), str(end), why, keep=keep),
        **_known_from(subject, start),
    }
    return subject.record(values, source_url, why, [*_reviews_without_day(subject, start, end, why)])


def _announced(subject: OutcomeSubject, start: str, end: str, why: str, *, keep: bool) -> Mapping[str, str]:
    """Return the columns for the dates announced first: for confirmed dates, and for others if ``keep`` is set."""
    cells = subject.cells
    known = cells.get("date_precision") == Precision.DAY and (keep or cells.get("standing") in FIRM)
    if subject.is_new or not known or (start, end) == (cells["start"], cells["end"]):
        return {}
    first = cells.get("announced_start") or cells["start"], cells.get("announced_end") or cells["end"]
    if first == (start, end):
        return {"announced_start": "", "announced_end": "", "moved_because": ""}
    return {"announced_start": first[0], "announced_end": first[1], "moved_because": why}


def _known_from(subject: OutcomeSubject, start: date) -> Mapping[str, str]:
    """Return the day from which a session's dates are known: today, if they are new and in the future.

    The day from which a window was known does not apply to the dates in it.
    """
    if subject.file != Session.FILE or subject.cells.get("date_precision") == Precision.DAY:
        return {}
    today = clock.today()
    return {"known_from": str(today) if today < start else ""}


def _reviews_without_day(subject: OutcomeSubject, start: date, end: date, why: str) -> Iterator[RowChange]:
    """Yield a change for each review outside the new dates of its session: its day is no longer set."""
    if subject.file != Session.FILE:
        return
    for review in subject.reference.reviews:
        if review.session == subject.key and review.date is not None and not start <= review.date <= end:
            values = {"date": "", "standing": Standing.PROVISIONAL.value}
            yield RowChange(Review.FILE, review.code, values, why or "The session was moved")
