"""Outcomes of a State's UPR review: it was moved to another session, or its outcome was adopted."""

from __future__ import annotations

from datetime import date

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.mission.outcomes.subjects import (
    not_possible,
    require_past,
    require_reason,
    require_within,
    subject_of,
    texts,
)
from calendar_model.reference import Reference
from calendar_model.reference.rows import Review, Session
from calendar_model.terms import ItemOutcome
from calendar_model.vocabulary import ReviewDeparture, Standing


def later_review_sessions(item: str, reference: Reference) -> dict[str, str]:
    """Return the later sessions of the same cycle to which a review can be moved: titles by code, in order.

    Empty if ``item`` is not a review in the reference.
    """
    review = _review(item, reference)
    own = reference.sessions.get(review.session) if review is not None else None
    if own is None:
        return {}
    of_body = reference.sessions_of[own.body]
    return {one.code: one.title for one in of_body if one.cycle == own.cycle and one.number > own.number}


def outcome_sessions(item: str, reference: Reference) -> dict[str, str]:
    """Return the sessions in which a review's outcome can be adopted: titles by code, in order.

    They are those of the organisation above the body that end after the review's session begins.

    Empty if ``item`` is not a review in the reference.
    """
    review = _review(item, reference)
    own = reference.sessions.get(review.session) if review is not None else None
    if own is None:
        return {}
    council = reference.sessions_of.get(reference.organisation_of(own.body), ())
    return {one.code: one.title for one in council if one.end > own.start}


def _review(item: str, reference: Reference) -> Review | None:
    return next((one for one in reference.reviews if one.code == item), None)


def record_review_moved(
    viewer: Viewer,
    item: str,
    to: str,
    *,
    source_url: str,
    why: str,
    day: date | None = None,
    departure: ReviewDeparture = ReviewDeparture.RESCHEDULED,
    provisional: bool = False,
) -> str:
    """Record that a State's review is moved to another session of the cycle, and why.

    ``to`` is the code of that session and ``day`` the local day in it, if known. ``departure`` says how the review left
    its place in the order. The row keeps its original session. Returns the identifier of the correction. Raises
    Refused.
    """
    subject = subject_of(viewer, item, ItemOutcome.MOVED)
    if subject.file != Review.FILE:
        raise not_possible(subject.row["title"], ItemOutcome.MOVED)
    reason = require_reason(why)
    sessions: dict[str, Session] = subject.reference.sessions
    now = sessions[subject.cells["session"]]
    other = sessions.get(to)
    if other is None or other.body != now.body or other.cycle != now.cycle or other.code == now.code:
        raise Refused(Problem("outcome-review-session", "to", {"cycle": now.cycle, "session": now.code}))
    if day is not None:
        require_within(day, to, subject.reference, "day")
    standing = Standing.CONFIRMED if day is not None and not provisional else Standing.PROVISIONAL
    values = texts(
        session=to,
        moved_from=subject.cells.get("moved_from") or now.code,
        departure=departure,
        date=day,
        # Both belonged to the review's place in the earlier session.
        order=None,
        outcome_session=None,
        standing=standing,
    )
    return subject.record(values, source_url, reason)


def record_review_outcome(
    viewer: Viewer, item: str, session: str, day: date | None, *, source_url: str, decision: str = ""
) -> str:
    """Record that the outcome of a review was adopted: the code of the session, and the local day.

    ``decision`` is the symbol of the decision. Returns the identifier of the correction. Raises Refused, also for a day
    in the future or outside the session.
    """
    subject = subject_of(viewer, item, ItemOutcome.REVIEW_OUTCOME)
    if session not in outcome_sessions(item, subject.reference):
        raise Refused(Problem("outcome-session-unknown", "session", {"session": session}))
    day = require_past(day, "day")
    require_within(day, session, subject.reference, "day")
    values = {"outcome_session": session, "outcome_date": str(day)}
    decision = "".join(decision.split())
    return subject.record({**values, "outcome_decision": decision} if decision else values, source_url)
