"""Every dated item of the reference and of what is projected from it, before they become rows of the table.

One function a kind of item. The attributes of an item are described in :mod:`calendar_model.calendar.columns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr

from calendar_model import wording
from calendar_model.calendar.origins import Origins, edition, text_item
from calendar_model.cycles import (
    DueMilestone,
    Occurrence,
    SessionForecast,
    SessionForecasts,
    departures,
    due_milestones,
    month_window,
    project,
    projected_sessions,
)
from calendar_model.reference import Reference
from calendar_model.reference.rows import Cadence, Meeting, ReferenceRow, Resolution
from calendar_model.vocabulary import (
    Confidence,
    Kind,
    MilestoneKind,
    Precision,
    ReviewDeparture,
    Sensitivity,
    Standing,
    TrackSubject,
    View,
    Vote,
)


@dataclass(frozen=True, kw_only=True)
class Item:
    """A row of the table before it is one.

    The attributes are those columns that do not follow from others, and what the others follow from.
    """

    item: str
    title: str
    kind: Kind
    body: str
    start: date
    end: date
    date_precision: Precision
    standing: Standing
    confidence: Confidence
    basis: str
    updated: date
    revision: int = 0
    track: str = ""
    session: str = ""
    countries: tuple[str, ...] = ()
    at: datetime | None = None
    ends: datetime | None = None
    """Of a timed item that lasts; without it the item is a moment."""
    timezone: str = ""
    source_url: str = ""
    location: str = ""
    description: str = ""
    notes: str = ""
    for_whom: str = ""
    related_to: str = ""
    departure: bool = False
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    cycle: str = ""
    """Items with the same non-empty ``cycle`` follow one another; it is not a column."""


def reference_items(reference: Reference, as_of: date, until: date) -> Iterator[Item]:
    """Yield everything dated in the reference, and what is projected from it on ``as_of`` up to ``until``."""
    forecasts = SessionForecasts(reference, as_of)
    occurrences = project(reference, as_of, until)
    items = [
        *_sessions(reference, as_of, until, forecasts, occurrences),
        *_texts(reference, as_of),
        *_projected_texts(reference, occurrences, as_of),
        *_reviews(reference, occurrences, forecasts),
        *_deadlines(reference, as_of, until),
        *_meetings(reference, as_of, until),
        *_observances(reference, as_of, until),
        *_mandate_holders(reference),
    ]
    yield from _with_corrections(items, reference)


def _with_corrections(items: Iterable[Item], reference: Reference) -> Iterator[Item]:
    """Yield the items, with a sentence in the basis of those whose row is corrected from the dashboard."""
    corrected = {key: one for key, one in reference.corrected.items() if one.basis}
    origins = Origins(reference)
    for item in items:
        key = corrected and origins.of(
            item.item,
            item.kind,
            session=item.session,
            countries=" ".join(item.countries),
            related_to=item.related_to,
        )
        yield replace(item, basis=f"{item.basis} {corrected[key].basis}") if key and key in corrected else item


def _known_how(record: ReferenceRow, sourced: str, recalled: str) -> str:
    return sourced if record.confidence is Confidence.SOURCED else recalled


def _sessions(
    reference: Reference, as_of: date, until: date, forecasts: SessionForecasts, occurrences: tuple[Occurrence, ...]
) -> Iterator[Item]:
    for forecast in [*forecasts.all_known(), *projected_sessions(reference, as_of, until)]:
        yield _session(reference, forecast, forecasts)
    for occurrence in occurrences:
        if reference.tracks[occurrence.track].subject is TrackSubject.STATE and not forecasts.known(occurrence.session):
            body = reference.organisations[occurrence.body]
            number = int("".join(c for c in occurrence.session if c.isdigit()) or 0)
            yield Item(
                item=f"session-{occurrence.session}",
                title=f"{body.name}, {wording.ordinal(number)} session",
                kind=Kind.SESSION,
                body=occurrence.body,
                session=occurrence.session,
                start=occurrence.window_start,
                end=occurrence.window_end,
                date_precision=Precision.MONTH,
                standing=Standing.PROJECTED,
                confidence=occurrence.confidence,
                basis=occurrence.basis,
                source_url=occurrence.source_url,
                timezone=body.timezone,
                location=body.seat_city,
                countries=occurrence.countries,
                updated=occurrence.updated,
                cycle=f"sessions-{occurrence.body}",
            )


def _session(reference: Reference, forecast: SessionForecast, forecasts: SessionForecasts) -> Item:
    season = forecasts.season(forecast)
    countries = tuple(r.country for r in reference.reviews if r.session == forecast.code)
    record = reference.sessions.get(forecast.code)
    cycle = f"UPR cycle {record.cycle}. " if record is not None and record.cycle else ""
    under_review = f"{len(countries)} states under review. " if countries else ""
    return Item(
        item=f"session-{forecast.code}",
        title=forecast.title,
        kind=Kind.SESSION,
        body=forecast.body,
        session=forecast.code,
        start=forecast.start,
        end=forecast.end,
        date_precision=forecast.precision,
        standing=forecast.standing,
        confidence=forecast.confidence,
        basis=forecast.basis,
        source_url=forecast.source_url,
        timezone=reference.organisations[forecast.body].timezone,
        location=forecast.location,
        countries=countries,
        description=f"{f'{season.name}. ' if season else ''}{cycle}{under_review}".strip(),
        notes=forecast.notes,
        updated=forecast.updated,
        revision=forecast.revision,
        cycle=f"sessions-{forecast.body}",
    )


def _texts(reference: Reference, as_of: date) -> Iterator[Item]:
    for row in reference.resolutions:
        if row.adopted is None or row.adopted > as_of:
            continue
        seat = reference.organisations[row.body]
        track = reference.tracks.get(row.track)
        yield Item(
            item=text_item(row),
            title=f"{row.symbol}: {row.theme or row.title}" if row.track else f"{row.symbol}: {row.title}",
            kind=track.kind if track else Kind.RESOLUTION,
            body=row.body,
            track=row.track,
            session=row.session,
            start=row.adopted,
            end=row.adopted,
            date_precision=Precision.DAY,
            standing=Standing.HELD,
            confidence=Confidence.RECALLED if "adopted" in row.recalled_fields else row.confidence,
            basis=f"Adopted in {row.session}; "
            + (
                "the day is from memory."
                if "adopted" in row.recalled_fields
                else _known_how(row, "the day is from the source given.", "the day is from memory.")
            ),
            source_url=row.record_url or row.source_url,
            timezone=seat.timezone,
            location=seat.seat_city,
            description=_about_text(row),
            notes=row.notes,
            related_to=f"session-{row.session}",
            updated=row.updated,
            revision=row.revision,
            cycle=row.track,
        )


def vote_words(row: Resolution) -> str:
    """Return how a text was adopted: ``by consensus`` or ``by vote, 33 for, 6 against, 8 abstaining``."""
    if row.vote is Vote.RECORDED:
        return f"by vote, {row.yes} for, {row.no} against, {row.abstain} abstaining"
    return "by consensus" if row.vote is Vote.CONSENSUS else ""


def _about_text(row: Resolution) -> str:
    penholder = f"Penholder: {row.penholder}." if row.penholder else ""
    draft = f"Draft: {row.draft_symbol}." if row.draft_symbol else ""
    return " ".join(
        part for part in (f"{row.title.rstrip('.')}.", f"Adopted {vote_words(row)}.", penholder, draft) if part
    )


def _projected_texts(reference: Reference, occurrences: tuple[Occurrence, ...], as_of: date) -> Iterator[Item]:
    """Yield the occurrences of text tracks in practice, and every departure.

    What only the rule of the guidelines would give is left out, because nobody expects it.
    """
    found = sorted(
        [*departures(reference, as_of), *occurrences], key=lambda occurrence: occurrence.view is not View.PRACTICE
    )
    for occurrence in found:
        track = reference.tracks[occurrence.track]
        if track.subject is not TrackSubject.TEXT or (occurrence.view is View.GUIDELINES and not occurrence.departure):
            continue
        seat = reference.organisations[occurrence.body]
        where = occurrence.session or str(occurrence.window_start.year)
        rule = reference.corrected.get((Cadence.FILE, occurrence.rule))
        yield Item(
            item=occurrence.item,
            title=f"{track.short_title}, due in {where}",
            kind=track.kind,
            body=occurrence.body,
            track=occurrence.track,
            session=occurrence.session,
            start=occurrence.window_start,
            end=occurrence.window_end,
            date_precision=Precision.MONTH,
            standing=occurrence.standing,
            confidence=occurrence.confidence,
            basis=occurrence.basis + (f" {rule.basis}" if rule is not None and rule.basis else ""),
            source_url=occurrence.source_url,
            timezone=seat.timezone,
            location=seat.seat_city,
            description=" ".join(
                p for p in (track.description, f"Penholder: {track.penholder}." if track.penholder else "") if p
            ),
            related_to=f"session-{occurrence.session}" if occurrence.session else "",
            departure=occurrence.departure,
            updated=occurrence.updated,
            revision=occurrence.revision,
            cycle=occurrence.track,
        )


_DEPARTURES = {
    ReviewDeparture.RESCHEDULED: "The review was rescheduled",
    ReviewDeparture.POSTPONED: "The review was postponed",
    ReviewDeparture.ABSENT: "The review was not held when it was due",
    ReviewDeparture.UNCERTAIN: "Whether the review is held as listed is uncertain",
}


def _reviews(reference: Reference, occurrences: tuple[Occurrence, ...], forecasts: SessionForecasts) -> Iterator[Item]:
    track = next((t for t in reference.tracks.values() if t.subject is TrackSubject.STATE), None)
    if track is None:
        return
    seat = reference.organisations[track.body]
    shared: dict[str, Any] = {
        "kind": Kind.UPR_REVIEW,
        "body": track.body,
        "track": track.code,
        "timezone": seat.timezone,
        "location": seat.seat_city,
    }
    last_cycle: dict[str, int] = {}
    for row in reference.reviews:
        forecast = forecasts.known(row.session)
        if forecast is None:
            continue
        last_cycle[row.country] = max(row.cycle, last_cycle.get(row.country, 0))
        dated = row.date is not None
        held = row.standing is Standing.HELD
        recalled = "date" in row.recalled_fields or row.confidence is Confidence.RECALLED
        if dated:
            basis = (
                "The day of the review is derived, not seen."
                if recalled
                else "The day of the review is from the source given."
            )
        else:
            known = f"{row.session}, {wording.span(forecast.start, forecast.end, forecast.precision)}"
            basis = f"The review {'was' if held else 'is expected'} in {known}; the day is not known."
            if row.standing is Standing.PROJECTED and row.departure is None:
                basis += " The place in the order is carried over from the cycle before."
        if row.departure is not None:
            basis += f" {_DEPARTURES[row.departure]}{f' (from {row.moved_from})' if row.moved_from else ''}."
        outcome = ""
        if row.outcome_date:
            outcome = f"Outcome adopted in {row.outcome_session} on {wording.day(row.outcome_date)}."
        elif row.outcome_session:
            outcome = f"Outcome belongs to {row.outcome_session}."
        yield Item(
            item=row.code,
            title=f"UPR of {reference.states[row.country].name}, {wording.ordinal(row.cycle)} cycle",
            session=row.session,
            countries=(row.country,),
            start=row.date or forecast.start,
            end=row.date or forecast.end,
            date_precision=Precision.DAY if dated else Precision.MONTH,
            standing=row.standing,
            confidence=Confidence.RECALLED if recalled else row.confidence,
            basis=basis,
            source_url=row.source_url,
            description=outcome,
            notes=row.notes,
            related_to=f"session-{row.session}",
            updated=max(row.updated, forecast.updated),
            revision=row.revision,
            cycle=f"{track.code}-{row.country}",
            **shared,
        )
    for occurrence in occurrences:
        if occurrence.track != track.code or forecasts.known(occurrence.session):
            continue
        for country in occurrence.countries:
            last_cycle[country] = last_cycle.get(country, 0) + 1
            yield Item(
                item=f"{track.code}-{last_cycle[country]}-{country}",
                title=f"UPR of {reference.states[country].name}, {wording.ordinal(last_cycle[country])} cycle",
                session=occurrence.session,
                countries=(country,),
                start=occurrence.window_start,
                end=occurrence.window_end,
                date_precision=Precision.MONTH,
                standing=Standing.PROJECTED,
                confidence=occurrence.confidence,
                basis=occurrence.basis,
                source_url=occurrence.source_url,
                related_to=f"session-{occurrence.session}",
                updated=occurrence.updated,
                cycle=f"{track.code}-{country}",
                **shared,
            )


def _deadlines(reference: Reference, as_of: date, until: date) -> Iterator[Item]:
    for due in due_milestones(reference, as_of, until):
        yield _deadline(reference, due)


def _deadline(reference: Reference, due: DueMilestone) -> Item:
    milestone = due.milestone
    state = f", {reference.states[due.country].name}" if due.country else ""
    meetings = {m.code: m for m in reference.meetings}
    subject = meetings[due.session].meeting if due.session in meetings else ""
    whose = reference.recurring_meetings[subject].name if subject else due.session
    related = due.session if due.session in meetings else f"session-{due.session}"
    if due.country and any(r.code == due.subject for r in reference.reviews):
        related = due.subject
    return Item(
        item=due.item,
        title=f"{milestone.name}, {whose}{state}",
        kind=Kind.DEADLINE if milestone.kind is MilestoneKind.DEADLINE else Kind.MILESTONE,
        body=milestone.body,
        session="" if due.session in meetings else due.session,
        countries=(due.country,) if due.country else (),
        start=due.start,
        end=due.end,
        at=due.at,
        date_precision=due.precision,
        standing=due.standing,
        confidence=due.confidence,
        basis=due.basis,
        source_url=due.source_url,
        timezone=due.timezone,
        location=reference.organisations[milestone.body].seat_city,
        description=f"{milestone.rule.rstrip('.')}." if milestone.rule else "",
        notes=milestone.notes,
        for_whom=milestone.for_whom,
        related_to=related,
        updated=due.updated,
        revision=due.revision,
    )


def _meetings(reference: Reference, as_of: date, until: date) -> Iterator[Item]:
    listed: set[tuple[str, int, int]] = set()
    for row in reference.meetings:
        meeting = reference.recurring_meetings[row.meeting]
        listed.add((row.meeting, row.start.year, row.slot))
        seat = reference.organisations[meeting.organisation]
        yield Item(
            item=edition(row.meeting, row.start.year, row.slot, len(meeting.slots)),
            title=row.title or meeting.name,
            kind=Kind.MEETING,
            body=meeting.organisation,
            start=row.start,
            end=row.end,
            date_precision=row.date_precision,
            standing=row.standing,
            confidence=row.confidence_in("start"),
            basis=_edition_basis(row),
            source_url=row.source_url,
            timezone=meeting.timezone or seat.timezone,
            location=row.location or meeting.location,
            description=_about_meeting(meeting.relevance),
            notes=row.notes,
            updated=row.updated,
            revision=row.revision,
            cycle=f"meeting-{row.meeting}",
        )
    for meeting in reference.recurring_meetings.values():
        known = [m for m in reference.meetings if m.meeting == meeting.code]
        latest = max(known, key=lambda m: m.start) if known else None
        seat = reference.organisations[meeting.organisation]
        for year in range(as_of.year, until.year + 1):
            if meeting.interval_years > 1 and (year - (meeting.anchor_year or year)) % meeting.interval_years:
                continue
            if (meeting.first_year or year) > year or (meeting.last_year or year) < year:
                continue
            for slot, (first, last) in enumerate(meeting.slots, start=1):
                start, end = month_window(year, first, last)
                if (meeting.code, year, slot) in listed or end < as_of or start > until:
                    continue
                counted = (
                    f"; last known {wording.span(latest.start, latest.end, latest.date_precision)}" if latest else ""
                )
                yield Item(
                    item=edition(meeting.code, year, slot, len(meeting.slots)),
                    title=meeting.name,
                    kind=Kind.MEETING,
                    body=meeting.organisation,
                    start=start,
                    end=end,
                    date_precision=Precision.MONTH,
                    standing=Standing.PROJECTED,
                    confidence=Confidence.RECALLED,
                    basis=f"Projected from the meeting's habit: {meeting.rhythm.rstrip('.')}{counted}.",
                    source_url=meeting.source_url,
                    timezone=meeting.timezone or seat.timezone,
                    location=meeting.location,
                    description=_about_meeting(meeting.relevance),
                    notes=meeting.notes,
                    updated=max(meeting.updated, latest.updated) if latest else meeting.updated,
                    cycle=f"meeting-{meeting.code}",
                )


def _edition_basis(row: Meeting) -> str:
    dates = "The days are" if row.date_precision is Precision.DAY else "The window is"
    sourced = row.confidence_in("start") is Confidence.SOURCED
    return f"{dates} {'from the source given' if sourced else 'from memory or derived'}."


def _about_meeting(relevance: str) -> str:
    return f"For defenders: {relevance.rstrip('.')}." if relevance else ""


def _observances(reference: Reference, as_of: date, until: date) -> Iterator[Item]:
    for row in reference.observances:
        rule = rrulestr(row.rrule, dtstart=datetime(row.first_year, 1, 1))  # noqa: DTZ001  a day has no zone
        for moment in rule.between(rule[0], datetime(until.year, 12, 31), inc=True):  # noqa: DTZ001
            day = moment.date()
            if day.year < as_of.year - 1:
                continue
            yield Item(
                item=f"{row.code}-{day.year}",
                title=row.name,
                kind=Kind.OBSERVANCE,
                body=row.organisation,
                start=day,
                end=day,
                date_precision=Precision.DAY,
                standing=Standing.HELD if day < as_of else Standing.CONFIRMED,
                confidence=row.confidence,
                basis=_known_how(
                    row,
                    "Kept on this day every year, by the source given.",
                    "Kept on this day every year, from memory.",
                ),
                source_url=row.source_url,
                description=_about_meeting(row.relevance),
                notes=row.notes,
                updated=max(row.updated, day + timedelta(days=1)) if day < as_of else row.updated,
                cycle=f"observance-{row.code}",
            )


def _mandate_holders(reference: Reference) -> Iterator[Item]:
    for row in reference.mandate_holders:
        year, month = row.start.year, row.start.month
        start, end = row.start, row.start
        if row.date_precision is Precision.MONTH:
            start, end = month_window(year, month, month)
        elif row.date_precision is Precision.YEAR:
            start, end = month_window(year, 1, 12)
        seat = reference.organisations[row.organisation]
        until = f" until {wording.span(row.end, row.end, row.date_precision)}" if row.end else ""
        yield Item(
            item=f"holder-{row.code}",
            title=f"{row.holder or 'New holder, name not known'}: {row.mandate}",
            kind=Kind.MANDATE_HOLDER,
            body=row.organisation,
            start=start,
            end=end,
            date_precision=row.date_precision,
            standing=Standing.HELD,
            confidence=row.confidence,
            basis=_known_how(
                row, "The start of the term is from the source given.", "The start of the term is from memory."
            ),
            source_url=row.source_url,
            timezone=seat.timezone,
            location=seat.seat_city,
            description=" ".join(
                p
                for p in (
                    f"{row.title}{until}." if row.title else "",
                    f"Appointed: {row.appointed_at}." if row.appointed_at else "",
                )
                if p
            ),
            notes=row.notes,
            updated=row.updated,
            cycle=f"holders-{row.organisation}-{row.mandate}",
        )
