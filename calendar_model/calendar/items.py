"""Every dated item of the reference and of what is projected from it, before they become rows of the table.

One function a kind of item. The attributes of an item are described in :mod:`calendar_model.calendar.columns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr

from calendar_model import wording
from calendar_model.calendar.origins import Origins, text_item
from calendar_model.calendar.outcome_items import adoption_items
from calendar_model.cycles import (
    DueMilestone,
    Edition,
    Occurrence,
    Projection,
    SessionForecast,
    SessionForecasts,
    departures,
    due_milestones,
    edition_code,
    known_editions,
    month_window,
    review_day,
    review_record,
    session_title,
)
from calendar_model.messages import message
from calendar_model.reference import Reference
from calendar_model.reference.rows import Cadence, Meeting, ReferenceRow, Resolution, Session
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
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
    earliest: date | None = None
    latest: date | None = None
    """Of an expected item the bounds of its start."""
    entry_end: date | None = None
    """Of an item that lasts longer than its entry in a feed: the last day of that."""
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
    search: str = ""
    """The text in which a search looks; empty: that of its own title, description, session, place and states."""


def reference_items(reference: Reference, as_of: date, until: date) -> Iterator[Item]:
    """Yield everything dated in the reference, and what is projected from it on ``as_of`` up to ``until``."""
    projection = Projection.of(reference, as_of, until)
    reviews = [*_reviews(reference, projection.occurrences, projection.forecasts)]
    items = [
        *_sessions(reference, projection),
        *_texts(reference, as_of),
        *_projected_texts(reference, projection),
        *reviews,
        *adoption_items(reference, reviews, as_of),
        *_deadlines(reference, projection),
        *_meetings(reference, projection.editions),
        *_observances(reference, as_of, until),
        *_mandate_holders(reference, as_of),
    ]
    yield from (_not_confirmed(item, as_of) for item in _with_corrections(items, reference))


_RECORDED = (Standing.HELD, Standing.CANCELLED)


def _not_confirmed(item: Item, as_of: date) -> Item:
    """Return the item, with its standing changed if its last possible day has passed and nobody recorded its fate.

    Announced days that were confirmed are taken to have been kept.
    """
    recorded = item.standing in _RECORDED or (
        item.standing is Standing.CONFIRMED and item.date_precision is Precision.DAY
    )
    last = item.end + (item.latest - item.start) if item.latest else item.end
    if recorded or last >= as_of:
        return item
    changed = max(item.updated, last + timedelta(days=1))
    return replace(item, standing=Standing.NOT_CONFIRMED, updated=changed)


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


def _sessions(reference: Reference, projection: Projection) -> Iterator[Item]:
    forecasts = projection.forecasts
    for forecast in [*forecasts.all_known(), *projection.sessions]:
        yield _session(reference, forecast, forecasts)
        if forecast.main_end is not None and not forecast.precision.is_window:
            yield _close(reference, forecast, forecasts)
    for occurrence in projection.occurrences:
        if reference.tracks[occurrence.track].subject is TrackSubject.STATE and not forecasts.known(occurrence.session):
            body = reference.organisations[occurrence.body]
            number = int("".join(c for c in occurrence.session if c.isdigit()) or 0)
            yield Item(
                item=f"session-{occurrence.session}",
                title=session_title(body, number),
                kind=Kind.SESSION,
                body=occurrence.body,
                session=occurrence.session,
                **_when_expected(occurrence),
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


def _when_expected(occurrence: Occurrence) -> dict[str, Any]:
    """Return the dates of an occurrence as attributes of an item: its expected days, or its window."""
    expected = occurrence.expected
    if expected is None or expected.day is None:
        window = {"start": occurrence.window_start, "end": occurrence.window_end}
        return {**window, "date_precision": Precision.MONTH}
    return {
        "start": expected.day,
        "end": occurrence.expected_end or expected.day,
        "date_precision": Precision.EXPECTED,
        "earliest": expected.earliest,
        "latest": expected.latest,
    }


def _session(reference: Reference, forecast: SessionForecast, forecasts: SessionForecasts) -> Item:
    season = forecasts.season(forecast)
    countries = tuple(r.country for r in reference.reviews if r.session == forecast.code)
    record = reference.sessions.get(forecast.code)
    about = [f"{season.name}."] if season else []
    if record is not None and record.cycle:
        about.append(_("UPR cycle {number}.").format(number=record.cycle))
    if countries:
        about.append(wording.count(len(countries), "{number} state under review.", "{number} states under review."))
    return Item(
        item=f"session-{forecast.code}",
        title=forecast.title,
        kind=Kind.SESSION,
        body=forecast.body,
        session=forecast.code,
        start=forecast.start,
        end=forecast.end,
        date_precision=forecast.precision,
        earliest=forecast.earliest,
        latest=forecast.latest,
        entry_end=forecast.main_end,
        standing=forecast.standing,
        confidence=forecast.confidence,
        basis=forecast.basis + (_moved_words(record) if record is not None else ""),
        source_url=forecast.source_url,
        timezone=reference.organisations[forecast.body].timezone,
        location=forecast.location,
        countries=countries,
        description=" ".join(about),
        notes=forecast.notes,
        updated=forecast.updated,
        revision=forecast.revision,
        cycle=f"sessions-{forecast.body}",
    )


def _close(reference: Reference, forecast: SessionForecast, forecasts: SessionForecasts) -> Item:
    """The close of a session of which only the main part is an entry in feeds, as sure as the session itself."""
    close, basis = forecasts.closing(forecast), forecast.basis
    is_expected = forecast.precision is Precision.EXPECTED
    if is_expected:
        basis = message("expected-close", {"day": close.day, "earliest": close.earliest, "latest": close.latest})
    return Item(
        item=f"close-{forecast.code}",
        title=_("{session} closes").format(session=forecast.title),
        kind=Kind.MILESTONE,
        body=forecast.body,
        session=forecast.code,
        start=forecast.end,
        end=forecast.end,
        date_precision=forecast.precision,
        earliest=close.earliest if is_expected else None,
        latest=close.latest if is_expected else None,
        standing=forecast.standing,
        confidence=forecast.confidence,
        basis=basis,
        source_url=forecast.source_url,
        timezone=reference.organisations[forecast.body].timezone,
        location=forecast.location,
        related_to=f"session-{forecast.code}",
        updated=forecast.updated,
        revision=forecast.revision,
    )


def _texts(reference: Reference, as_of: date) -> Iterator[Item]:
    for row in reference.resolutions:
        if row.adopted is None or row.adopted > as_of:
            continue
        seat = reference.organisations[row.body]
        recalled = "adopted" in row.recalled_fields or row.confidence is not Confidence.SOURCED
        if recalled:
            basis = _("Adopted in {session}; the day is from memory.")
        else:
            basis = _("Adopted in {session}; the day is from the source given.")
        track, session = reference.tracks.get(row.track), reference.sessions.get(row.session)
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
            basis=basis.format(session=row.session),
            source_url=row.record_url or row.source_url,
            timezone=seat.timezone,
            location=seat.seat_city,
            description=_about_text(row),
            notes=row.notes,
            related_to=f"session-{row.session}",
            updated=row.updated,
            # While the text was projected, each move of its session counted.
            revision=row.revision + (session.revision if session else 0),
            cycle=row.track,
        )


def vote_words(row: Resolution) -> str:
    """Return how a text was adopted: ``by consensus`` or ``by vote, 33 for, 6 against, 8 abstaining``."""
    if row.vote is Vote.RECORDED:
        return _("by vote, {yes} for, {no} against, {abstain} abstaining").format(
            yes=row.yes, no=row.no, abstain=row.abstain
        )
    return _("by consensus") if row.vote is Vote.CONSENSUS else ""


def _about_text(row: Resolution) -> str:
    parts = [f"{row.title.rstrip('.')}.", _("Adopted {how}.").format(how=vote_words(row)), _penholder(row.penholder)]
    if row.cosponsors is not None:
        parts.append(_("Co-sponsors: {number}.").format(number=row.cosponsors))
    if row.draft_symbol:
        parts.append(_("Draft: {symbol}.").format(symbol=row.draft_symbol))
    return " ".join(part for part in parts if part)


def _penholder(name: str) -> str:
    return _("Penholder: {name}.").format(name=name) if name else ""


def _projected_texts(reference: Reference, projection: Projection) -> Iterator[Item]:
    """Yield the occurrences of text tracks in practice, and every departure.

    What only the rule of the guidelines would give is left out, because nobody expects it.
    """
    passed = departures(reference, projection.forecasts.as_of, projection.forecasts)
    found = sorted([*passed, *projection.occurrences], key=lambda occurrence: occurrence.view is not View.PRACTICE)
    for occurrence in found:
        track = reference.tracks[occurrence.track]
        if track.subject is not TrackSubject.TEXT or (occurrence.view is View.GUIDELINES and not occurrence.departure):
            continue
        seat = reference.organisations[occurrence.body]
        where = occurrence.session or str(occurrence.window_start.year)
        rule = reference.corrected.get((Cadence.FILE, occurrence.rule))
        yield Item(
            item=occurrence.item,
            title=_("{track}, due in {where}").format(track=track.short_title, where=where),
            kind=track.kind,
            body=occurrence.body,
            track=occurrence.track,
            session=occurrence.session,
            **_when_expected(occurrence),
            standing=occurrence.standing,
            confidence=occurrence.confidence,
            basis=occurrence.basis + (f" {rule.basis}" if rule is not None and rule.basis else ""),
            source_url=occurrence.source_url,
            timezone=seat.timezone,
            location=seat.seat_city,
            description=" ".join(part for part in (track.description, _penholder(track.penholder)) if part),
            related_to=f"session-{occurrence.session}" if occurrence.session else "",
            departure=occurrence.departure,
            updated=occurrence.updated,
            revision=occurrence.revision,
            cycle=occurrence.track,
        )


_DEPARTURES: Mapping[ReviewDeparture, str] = Translated(
    {
        ReviewDeparture.RESCHEDULED: N_("The review was rescheduled."),
        ReviewDeparture.POSTPONED: N_("The review was postponed."),
        ReviewDeparture.ABSENT: N_("The review was not held when it was due."),
        ReviewDeparture.UNCERTAIN: N_("Whether the review is held as listed is uncertain."),
    }
)
_DEPARTURES_FROM: Mapping[ReviewDeparture, str] = Translated(
    {
        ReviewDeparture.RESCHEDULED: N_("The review was rescheduled (from {session})."),
        ReviewDeparture.POSTPONED: N_("The review was postponed (from {session})."),
        ReviewDeparture.ABSENT: N_("The review was not held when it was due (from {session})."),
        ReviewDeparture.UNCERTAIN: N_("Whether the review is held as listed is uncertain (from {session})."),
    }
)


def _review_title(reference: Reference, country: str, cycle: int) -> str:
    return _("UPR of {state}, {ordinal} cycle").format(
        state=reference.states[country].name, ordinal=wording.ordinal(cycle)
    )


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
        held = row.standing is Standing.HELD
        recalled = "date" in row.recalled_fields or row.confidence is Confidence.RECALLED
        day = review_day(reference, row, forecast, forecasts) if not held or row.date else None
        precision = Precision.DAY
        if row.date is not None:
            basis = (
                _("The day of the review is derived, not seen.") if recalled else _("The day is from the source given.")
            )
        elif day is not None and day.day is not None:
            precision = Precision.EXPECTED
            hits, of = review_record(reference, forecasts, reference.organisations[forecast.body].holidays)
            values = {"day": day.day, "earliest": day.earliest, "latest": day.latest}
            basis = message("expected-from-order", {**values, "order": row.order, "hits": hits, "of": of})
        else:
            precision = Precision.MONTH
            known = (
                _("The review was in {session}, {days}; the day is not known.")
                if held
                else _("The review is expected in {session}, {days}; the day is not known.")
            )
            days = wording.span(forecast.start, forecast.end, forecast.precision)
            basis = known.format(session=row.session, days=days)
            if row.standing is Standing.PROJECTED and row.departure is None:
                basis += f" {_('The place in the order is carried over from the cycle before.')}"
        if row.departure is not None and row.moved_from:
            basis += f" {_DEPARTURES_FROM[row.departure].format(session=row.moved_from)}"
        elif row.departure is not None:
            basis += f" {_DEPARTURES[row.departure]}"
        outcome = ""
        if row.outcome_date:
            outcome = _("Outcome adopted in {session} on {day}.").format(
                session=row.outcome_session, day=wording.day(row.outcome_date)
            )
        elif row.outcome_session:
            outcome = _("Outcome belongs to {session}.").format(session=row.outcome_session)
        yield Item(
            item=row.code,
            title=_review_title(reference, row.country, row.cycle),
            session=row.session,
            countries=(row.country,),
            start=day.day if day and day.day else forecast.start,
            end=day.day if day and day.day else forecast.end,
            date_precision=precision,
            earliest=day.earliest if day and precision is Precision.EXPECTED else None,
            latest=day.latest if day and precision is Precision.EXPECTED else None,
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
                title=_review_title(reference, country, last_cycle[country]),
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


def _deadlines(reference: Reference, projection: Projection) -> Iterator[Item]:
    reviews = {review.code for review in reference.reviews}
    for due in due_milestones(reference, projection):
        yield _deadline(reference, due, reviews)


def _deadline(reference: Reference, due: DueMilestone, reviews: Set[str]) -> Item:
    milestone = due.milestone
    state = f", {reference.states[due.country].name}" if due.country else ""
    meeting = reference.recurring_meetings.get(milestone.meeting)
    whose = meeting.name if meeting is not None else due.session
    related = due.session if meeting is not None else f"session-{due.session}"
    if due.country and due.subject in reviews:
        related = due.subject
    return Item(
        item=due.item,
        title=f"{milestone.name}, {whose}{state}",
        kind=Kind.DEADLINE if milestone.kind is MilestoneKind.DEADLINE else Kind.MILESTONE,
        body=milestone.body,
        session="" if meeting is not None else due.session,
        countries=(due.country,) if due.country else (),
        start=due.start,
        end=due.end,
        at=due.at,
        date_precision=due.precision,
        earliest=due.earliest,
        latest=due.latest,
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


def _meetings(reference: Reference, expected: Sequence[Edition]) -> Iterator[Item]:
    improved = {edition.code for edition in expected if edition.row is not None}
    for edition in [*(one for one in known_editions(reference) if one.code not in improved), *expected]:
        meeting = reference.recurring_meetings[edition.meeting]
        seat = reference.organisations[meeting.organisation]
        yield Item(
            item=edition_code(meeting, edition.year, edition.slot),
            title=edition.title,
            kind=Kind.MEETING,
            body=meeting.organisation,
            start=edition.start,
            end=edition.end,
            date_precision=edition.precision,
            earliest=edition.earliest,
            latest=edition.latest,
            standing=edition.standing,
            confidence=edition.confidence,
            basis=edition.basis + (_moved_words(edition.row) if edition.row is not None else ""),
            source_url=edition.source_url,
            timezone=meeting.timezone or seat.timezone,
            location=edition.location,
            description=_about_meeting(meeting.relevance),
            notes=edition.notes,
            updated=edition.updated,
            revision=edition.revision,
            cycle=f"meeting-{edition.meeting}",
        )


def _moved_words(row: Session | Meeting) -> str:
    """A sentence on the days announced first, after a blank; empty where they did not change."""
    if row.announced_start is None or row.announced_end is None:
        return ""
    days = wording.span(row.announced_start, row.announced_end)
    if row.moved_because:
        moved = _("Announced first for {days}: {reason}.").format(days=days, reason=row.moved_because.rstrip("."))
    else:
        moved = _("Announced first for {days}.").format(days=days)
    return f" {moved}"


def _about_meeting(relevance: str) -> str:
    return _("For defenders: {relevance}.").format(relevance=relevance.rstrip(".")) if relevance else ""


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
                    _("Kept on this day every year, by the source given."),
                    _("Kept on this day every year, from memory."),
                ),
                source_url=row.source_url,
                description=_about_meeting(row.relevance),
                notes=row.notes,
                updated=max(row.updated, day + timedelta(days=1)) if day < as_of else row.updated,
                cycle=f"observance-{row.code}",
            )


def _mandate_holders(reference: Reference, as_of: date) -> Iterator[Item]:
    for row in reference.mandate_holders:
        start, taken_up = row.start, row.start
        if row.date_precision is Precision.MONTH:
            start, taken_up = month_window(row.start.year, row.start.month, row.start.month)
        elif row.date_precision is Precision.YEAR:
            start, taken_up = month_window(row.start.year, 1, 12)
        seat = reference.organisations[row.organisation]
        about = []
        if row.title and row.end:
            end = wording.span(row.end, row.end, row.date_precision)
            about.append(_("{title} until {end}.").format(title=row.title, end=end))
        elif row.title:
            about.append(f"{row.title}.")
        if row.appointed_at:
            about.append(_("Appointed: {where}.").format(where=row.appointed_at))
        yield Item(
            item=f"holder-{row.code}",
            title=f"{row.holder or _('New holder, name not known')}: {row.mandate}",
            kind=Kind.MANDATE_HOLDER,
            body=row.organisation,
            start=start,
            end=max(row.end or as_of, taken_up),
            entry_end=taken_up,
            date_precision=row.date_precision,
            standing=Standing.HELD,
            confidence=row.confidence,
            basis=_known_how(
                row,
                _("The start of the term is from the source given."),
                _("The start of the term is from memory."),
            ),
            source_url=row.source_url,
            timezone=seat.timezone,
            location=seat.seat_city,
            description=" ".join(about),
            notes=row.notes,
            updated=row.updated,
            cycle=f"holders-{row.organisation}-{row.mandate}",
        )
