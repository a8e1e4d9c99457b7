"""Outcomes of a text that was due: adopted, not tabled or postponed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.cycles import SessionForecasts
from calendar_model.mission.outcomes.subjects import (
    OutcomeSubject,
    filled,
    require_past,
    require_reason,
    require_within,
    subject_of,
    texts,
)
from calendar_model.terms import ItemOutcome
from calendar_model.vocabulary import ResolutionStatus, Vote


@dataclass(frozen=True)
class RecordedVote:
    """How many States voted for a text, against it, and abstained; None if the number was not entered."""

    yes: int | None
    no: int | None
    abstain: int | None


def record_adopted(
    viewer: Viewer,
    item: str,
    symbol: str,
    day: date | None,
    *,
    source_url: str,
    vote: RecordedVote | None = None,
    cosponsors: int | None = None,
    draft_symbol: str = "",
    title: str = "",
    theme: str = "",
) -> str:
    """Record that a text was adopted on a local ``day`` of its session, by ``vote`` or, without one, by consensus.

    ``cosponsors`` is their number. The title is the track's unless given. The item keeps its identifier, and the next
    text is counted from this one.

    Returns the identifier of the correction. Raises Refused for a missing symbol or day, an incomplete vote, or a day
    in the future or outside the session.
    """
    subject = subject_of(viewer, item, ItemOutcome.ADOPTED)
    symbol = "".join(symbol.split())
    if not symbol:
        raise Refused(Problem("outcome-without-symbol", "symbol"))
    day = require_past(day, "day")
    require_within(day, subject.row["session"], subject.reference, "day")
    counts = texts(**vars(vote)) if vote is not None else {}
    if missing := [name for name, count in counts.items() if not count]:
        raise Refused(Problem("outcome-vote-incomplete", missing[0]))
    values = texts(
        symbol=symbol,
        status=ResolutionStatus.ADOPTED,
        adopted=day,
        vote=Vote.CONSENSUS if vote is None else Vote.RECORDED,
        **counts,
        cosponsors=cosponsors,
        draft_symbol="".join(draft_symbol.split()),
        title=title.strip(),
        theme=theme.strip(),
    )
    return subject.record(filled(values.items()), source_url)


def record_not_tabled(viewer: Viewer, item: str, *, source_url: str, why: str) -> str:
    """Record that a text was due but not tabled, and why.

    Returns the identifier of the correction. Raises Refused.
    """
    subject = subject_of(viewer, item, ItemOutcome.NOT_TABLED)
    return _record_absence(subject, ResolutionStatus.NOT_TABLED, source_url, why)


def record_postponed(viewer: Viewer, item: str, to: str, *, source_url: str, why: str) -> str:
    """Record that a text is postponed, and why.

    ``to`` is the code of a later session, known or projected, or a year of four digits; the text is then expected
    there. Returns the identifier of the correction. Raises Refused.
    """
    subject = subject_of(viewer, item, ItemOutcome.POSTPONED)
    session = SessionForecasts(subject.reference, clock.today()).of_code(to)
    later = session.start if session is not None else date(int(to), 12, 31) if _is_year(to) else date.min
    own = subject.reference.sessions[subject.row["session"]]
    if later <= own.start or to == own.code or (_is_year(to) and int(to) == own.start.year):
        raise Refused(Problem("outcome-postponed-to-unknown", "to", {"to": to}))
    return _record_absence(subject, ResolutionStatus.POSTPONED, source_url, why, to)


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal()


def _record_absence(
    subject: OutcomeSubject, status: ResolutionStatus, source_url: str, why: str, postponed_to: str = ""
) -> str:
    reason = require_reason(why)
    values = {"title": "", "status": status.value, "postponed_to": postponed_to, "theme": reason}
    return subject.record(values, source_url, reason)
