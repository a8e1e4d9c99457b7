"""Which outcomes can be recorded for an item, by its kind and what is known about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from calendar_model import clock
from calendar_model.calendar import Origins
from calendar_model.cycles import SessionForecasts
from calendar_model.mission.events import event_of
from calendar_model.reference import Reference
from calendar_model.reference.rows import MilestoneDate
from calendar_model.terms import ItemOutcome
from calendar_model.vocabulary import Kind, Precision, Standing, TrackSubject

_YEARS_AHEAD = 4
"""How many years, counting the text's own, :func:`later_sessions` covers."""


def origin_of(row: Any, reference: Reference) -> tuple[str, str] | None:
    """Return the file and key of the reference row that an item comes from, or would get; None if it never has one.

    ``row`` is the item's in the calendar table, by column name.
    """
    columns = {name: row[name] for name in ("session", "countries", "related_to")}
    return Origins(reference).of(row["item"], row["kind"], **columns)


def what_can_be_recorded(row: Any, reference: Reference, today: date | None = None) -> tuple[ItemOutcome, ...]:
    """Return the outcomes that can be recorded for an item on ``today``, the most likely first; there may be none.

    ``row`` is the item's in the calendar table, by column name. The mission's own events, observances and mandate
    holders are changed elsewhere. ``today`` is the clock's day unless given.
    """
    today = today or clock.today()
    if row["kind"] in (Kind.SESSION, Kind.MEETING) and not event_of(row["item"]):
        return tuple(_of_dates(row, today))
    if row["kind"] == Kind.UPR_REVIEW:
        return tuple(_of_review(row, reference, today))
    if row["kind"] in (Kind.DEADLINE, Kind.MILESTONE) and not event_of(row["item"]):
        return tuple(_of_deadline(row, reference))
    track = reference.tracks.get(row["track"])
    if track is not None and track.subject is TrackSubject.TEXT:
        return tuple(_of_text(row, reference, today))
    return ()


def _is_exact(row: Any) -> bool:
    return bool(row["date_precision"] == Precision.DAY)


def _may_have_begun(row: Any, today: date) -> bool:
    return bool(row["earliest"].date() <= today)


def _is_over(row: Any, today: date) -> bool:
    """Whether its last possible day has passed."""
    return bool((row["end"] + (row["latest"] - row["start"])).date() < today)


def _of_dates(row: Any, today: date) -> Iterator[ItemOutcome]:
    standing, exact = row["standing"], _is_exact(row)
    if standing == Standing.CANCELLED or (standing == Standing.HELD and exact):
        return
    if _may_have_begun(row, today):
        yield ItemOutcome.HELD
    if not _is_over(row, today) and not (standing == Standing.CONFIRMED and exact):
        yield ItemOutcome.CONFIRMED
    if exact and standing in (Standing.CONFIRMED, Standing.PROVISIONAL):
        yield ItemOutcome.MOVED
    if standing != Standing.HELD:
        yield ItemOutcome.CANCELLED


def _of_review(row: Any, reference: Reference, today: date) -> Iterator[ItemOutcome]:
    review = next((one for one in reference.reviews if one.code == row["item"]), None)
    # A projected review has no row: the reviews of a cycle enter the reference together, each State once.
    if review is None or review.standing is Standing.CANCELLED:
        return
    held, begun = review.standing is Standing.HELD, _may_have_begun(row, today)
    if begun and not (held and _is_exact(row)):
        yield ItemOutcome.HELD
    if not _is_over(row, today) and not held and not (review.standing is Standing.CONFIRMED and _is_exact(row)):
        yield ItemOutcome.CONFIRMED
    if not held:
        yield ItemOutcome.MOVED
    if begun and review.outcome_date is None:
        yield ItemOutcome.REVIEW_OUTCOME


def _of_deadline(row: Any, reference: Reference) -> Iterator[ItemOutcome]:
    file, key = origin_of(row, reference) or ("", "")
    if file != MilestoneDate.FILE:
        return
    known = reference.rows_by_key(file).get(key)
    of = key.split(" ")[1]
    has_subject = of in reference.sessions or any(of == meeting.code for meeting in reference.meetings)
    firm = (Standing.CONFIRMED, Standing.HELD, Standing.CANCELLED)
    if has_subject and not (isinstance(known, MilestoneDate) and known.standing in firm):
        yield ItemOutcome.CONFIRMED


def _of_text(row: Any, reference: Reference, today: date) -> Iterator[ItemOutcome]:
    session = reference.sessions.get(row["session"])
    if session is None or row["departure"] or row["standing"] == Standing.HELD:
        return
    if session.start <= today:
        yield ItemOutcome.ADOPTED
    yield ItemOutcome.NOT_TABLED
    yield ItemOutcome.POSTPONED


def later_sessions(row: Any, reference: Reference, today: date | None = None) -> dict[str, str]:
    """Return the sessions to which a text can be postponed: titles by code, the next one first.

    ``row`` is the text's in the calendar table, by column name. ``today`` is the clock's day unless given.
    """
    forecasts = SessionForecasts(reference, today or clock.today())
    seasons = [season.code for season in reference.seasons.values() if season.body == row["body"]]
    years = range(row["start"].year, row["start"].year + _YEARS_AHEAD)
    projected = (forecasts.in_season(season, year) for season in seasons for year in years)
    found = {session.code: session for session in projected if session is not None and session.code}
    own = found.pop(row["session"], None)
    after = own.start if own is not None else row["start"].date()
    later = sorted((one for one in found.values() if one.start > after), key=lambda one: one.start)
    return {one.code: one.title for one in later}
