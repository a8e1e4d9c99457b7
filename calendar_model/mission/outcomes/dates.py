"""Days of sessions, meetings, reviews and deadlines: announced, kept, changed or given up."""

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
    """Record the announced days of a session or meeting, or the day of a review or deadline; give the correction.

    ``start`` and ``end`` are days of the place; without an end it is one day. ``at`` is the hour of a deadline, at the
    place. ``provisional`` keeps the days provisional, as a page does that says "subject to change". ``why`` is needed
    where confirmed days change. Raises Refused.
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
    """Record that a session, meeting or review was held on these days of the place; give the correction.

    Without an end it is one day. ``why`` is needed where they are not the days that were confirmed. Raises Refused,
    also for days that have not come.
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
    """Record that a session or meeting was moved to these days, and why; give the correction.

    The days announced first are kept. Reviews whose day is no longer one of their session lose it. Raises Refused.
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
    """Record that a session or meeting is cancelled or did not take place, and why; give the correction.

    Raises Refused.
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
    """The columns of the days announced first: of confirmed days, and of others where a move shall ``keep`` them."""
    cells = subject.cells
    known = cells.get("date_precision") == Precision.DAY and (keep or cells.get("standing") in FIRM)
    if subject.is_new or not known or (start, end) == (cells["start"], cells["end"]):
        return {}
    first = cells.get("announced_start") or cells["start"], cells.get("announced_end") or cells["end"]
    if first == (start, end):
        return {"announced_start": "", "announced_end": "", "moved_because": ""}
    return {"announced_start": first[0], "announced_end": first[1], "moved_because": why}


def _known_from(subject: OutcomeSubject, start: date) -> Mapping[str, str]:
    """The day from which a session's days are known: today, where they were not known before and have not come.

    The day from which a window was known says nothing of the days in it.
    """
    if subject.file != Session.FILE or subject.cells.get("date_precision") == Precision.DAY:
        return {}
    today = clock.today()
    return {"known_from": str(today) if today < start else ""}


def _reviews_without_day(subject: OutcomeSubject, start: date, end: date, why: str) -> Iterator[RowChange]:
    """What the reviews of a session say whose days are not among its new ones: that their day is not set."""
    if subject.file != Session.FILE:
        return
    for review in subject.reference.reviews:
        if review.session == subject.key and review.date is not None and not start <= review.date <= end:
            values = {"date": "", "standing": Standing.PROVISIONAL.value}
            yield RowChange(Review.FILE, review.code, values, why or "The session was moved")
