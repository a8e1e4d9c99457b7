"""Projects every track from its dated rules, knowing only what was known on a day.

A rule (:class:`~calendar_model.vocabulary.Cadence`) gives the interval between two texts. Occurrences are counted from
the last text adopted. A text is due in each year that lies a whole number of intervals after it, if the rule was in
force and known when the year came. A text that was due and not tabled is a departure. Where a rule counts sessions
instead of years (UPR), each state is reviewed so many sessions after its last review.

No track is named here: every track of ``tracks.csv`` is projected by its rules in ``cadences.csv``.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from dateutil.relativedelta import relativedelta

from calendar_model import wording
from calendar_model.cycles.expected_days import DayRange
from calendar_model.cycles.session_forecasts import (
    IN_SIGHT,
    SessionForecast,
    SessionForecasts,
    basis_of,
    month_window,
)
from calendar_model.cycles.text_days import expected_action
from calendar_model.reference import Reference
from calendar_model.reference.rows import Cadence, Resolution, Review, Track
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Precision, ResolutionStatus, Standing, TrackSubject, View


@dataclass(frozen=True)
class Occurrence:
    """An occurrence of a track: projected, expected in a session already dated, or due and not come (``departure``).

    It is ``overdue`` when its window has closed and neither a text nor its absence has been recorded.

    ``window_start`` and ``window_end`` (inclusive, dates of the place) are the session's days or the months in
    which the text is acted on. ``expected`` is the day on which the text, or the opening of the session with the
    reviews, is expected inside it, with its interval, and ``expected_end`` the last day; both None where the past
    allows none. ``precedent`` is the symbol or session from
    which it is counted, ``basis`` a sentence that says how, ``countries`` the states to be reviewed in it.
    """

    track: str
    view: View
    rule: str
    organisation: str
    body: str
    session: str
    window_start: date
    window_end: date
    standing: Standing
    departure: bool
    interval_years: float
    interval_years_max: float | None
    precedent: str
    precedent_date: date
    countries: tuple[str, ...]
    basis: str
    source_url: str
    confidence: Confidence
    updated: date
    revision: int = 0
    overdue: bool = False
    expected: DayRange | None = None
    expected_end: date | None = None

    @property
    def item(self) -> str:
        """The local identifier; the adopted text or the session keeps it."""
        return f"{self.track}-{self.session or self.window_start.year}"


def project(
    reference: Reference, as_of: date, until: date, forecasts: SessionForecasts | None = None
) -> tuple[Occurrence, ...]:
    """Project every track to ``until``, in both views, by what was known on ``as_of``.

    Returns the occurrences whose window has not closed on ``as_of`` and opens by ``until``, and those since each
    track's last text that are departures or overdue; rounds of reviews that nobody recorded stay for a year. Ordered by
    window, track and view. ``forecasts`` are those of ``as_of``, where the caller has them already.
    """
    forecasts = forecasts or SessionForecasts(reference, as_of)
    found: list[Occurrence] = []
    for track in reference.tracks.values():
        occurrences = _text_occurrences if track.subject is TrackSubject.TEXT else _review_occurrences
        found.extend(occurrences(reference, track, forecasts, until))
    return tuple(sorted(found, key=lambda o: (o.window_start, o.window_end, o.track, o.view.value)))


def departures(reference: Reference, as_of: date, forecasts: SessionForecasts | None = None) -> tuple[Occurrence, ...]:
    """Return every occurrence due by a text track's rules before ``as_of`` that was not tabled, in both views.

    ``forecasts`` are those of ``as_of``, where the caller has them already.
    """
    found: list[Occurrence] = []
    now = forecasts or SessionForecasts(reference, as_of)
    for track in reference.tracks.values():
        if track.subject is not TrackSubject.TEXT:
            continue
        texts = adopted_texts(reference, track.code, as_of)
        for text, following in pairwise([*texts, None]):
            assert text is not None  # None only ends the list
            if following is None:
                found.extend(o for o in _text_occurrences(reference, track, now, as_of) if o.departure)
                continue
            year = _year_of_text(reference, following)
            then = SessionForecasts(reference, date(year, 1, 1))
            passed_over = _occurrences_after(reference, track, text, then, year - 1, passed_over=True)
            # A text can be postponed to a later session of the same year.
            in_the_year = _occurrences_after(reference, track, text, now, year)
            came = _("The next text came as {symbol}.").format(symbol=following.symbol)
            recorded = (o for o in in_the_year if o.window_start.year == year and o.session != following.session)
            found.extend(replace(o, basis=f"{o.basis} {came}") for o in (*passed_over, *recorded) if o.departure)
    return tuple(sorted(found, key=lambda o: (o.window_start, o.track, o.view.value)))


def adopted_texts(reference: Reference, track: str, as_of: date) -> list[Resolution]:
    """Return the texts of a track adopted by ``as_of``, oldest first."""
    texts = [r for r in reference.resolutions if r.track == track and r.adopted and r.adopted <= as_of]
    return sorted(texts, key=lambda r: r.adopted or date.min)


def rules_known(reference: Reference, track: str, view: View, as_of: date) -> list[Cadence]:
    """Return the rules of a track that were known on ``as_of``, newest first.

    That a rule has ended is known only once the rule after it is.
    """
    known = [c for c in reference.cadences if c.track == track and c.view is view and c.known_from <= as_of]
    known.sort(key=lambda c: c.first_year, reverse=True)
    return [c if i else c.model_copy(update={"last_year": None}) for i, c in enumerate(known)]


def rule_in_force(rules: Iterable[Cadence], year: int) -> Cadence | None:
    """Return the newest of the rules that covers ``year``."""
    return next((r for r in rules if r.first_year <= year and (r.last_year is None or year <= r.last_year)), None)


def _year_of_text(reference: Reference, text: Resolution) -> int:
    """Return the year to which a text belongs: the one in which its session opened."""
    session = reference.sessions.get(text.session)
    if session is not None:
        return session.start.year
    assert text.adopted is not None  # only adopted texts are counted from
    return text.adopted.year


def _text_occurrences(
    reference: Reference, track: Track, forecasts: SessionForecasts, until: date
) -> Iterator[Occurrence]:
    texts = adopted_texts(reference, track.code, forecasts.as_of)
    if texts:
        for occurrence in _occurrences_after(reference, track, texts[-1], forecasts, until.year):
            if occurrence.departure or occurrence.window_start <= until:
                yield occurrence


def _occurrences_after(
    reference: Reference,
    track: Track,
    text: Resolution,
    forecasts: SessionForecasts,
    last_year: int,
    *,
    passed_over: bool = False,
) -> Iterator[Occurrence]:
    """Yield the occurrences due after ``text`` up to ``last_year``.

    It is a departure where the reference says that the text was not tabled or was postponed, and one whose window has
    closed also where a later text came instead (``passed_over``); else that one is overdue. A postponed text is due in
    the session to which it was postponed, and the next ones are counted from there.
    """
    for view in View:
        base = _year_of_text(reference, text)
        adopted = wording.day(text.adopted or date.min)
        precedent = _("{symbol} of {day}").format(symbol=text.symbol, day=adopted)
        rules_now = rules_known(reference, track.code, view, forecasts.as_of)
        for year in range(base + 1, last_year + 1):
            rule = rule_in_force(rules_now, year)
            window = _text_window(rule, year, forecasts) if rule else None
            if window is None or window[1] < forecasts.as_of:
                opened = window[0] if window else date(year, 1, 1)
                known_then = rules_known(reference, track.code, view, min(opened, forecasts.as_of))
                rule = rule_in_force(known_then, year)
                window = _text_window(rule, year, forecasts) if rule else None
            if rule is None or window is None or year <= base or (year - base) % int(rule.interval_years):
                continue
            why = _how_counted(rule, view, precedent, (year - base) // int(rule.interval_years))
            due: _Due | None = _Due(forecasts.in_season(rule.season, year), *window, why)
            while due is not None:
                occurrence = _text_occurrence(reference, track, view, rule, text, due, forecasts, passed_over)
                yield occurrence
                due = _postponed(reference, rule, occurrence, forecasts)
                if due is not None and due.record is not None:
                    base = due.start.year
                    precedent = _("the text postponed to {session}").format(session=due.record.postponed_to)
                    if passed_over and base > last_year:
                        break


def _text_window(rule: Cadence, year: int, forecasts: SessionForecasts) -> tuple[date, date] | None:
    forecast = forecasts.in_season(rule.season, year)
    if rule.window_from is not None:
        return month_window(year, rule.window_from, rule.window_until or rule.window_from)
    return forecast.window if forecast else (date(year, 1, 1), date(year, 12, 31))


def _how_counted(rule: Cadence, view: View, precedent: str, intervals: int) -> str:
    values = {
        "every": wording.every(rule.interval_years),
        "precedent": precedent,
        "ordinal": wording.ordinal(intervals),
    }
    if view is View.GUIDELINES:
        if intervals > 1:
            return _("{every}, counted from {precedent} ({ordinal} turn) (by the guidelines)").format(**values)
        return _("{every}, counted from {precedent} (by the guidelines)").format(**values)
    if intervals > 1:
        return _("{every}, counted from {precedent} ({ordinal} turn) (in practice)").format(**values)
    return _("{every}, counted from {precedent} (in practice)").format(**values)


@dataclass(frozen=True)
class _Due:
    """Where a text is due: the session, the window in it, ``why`` in words, and the record that postponed it there."""

    session: SessionForecast | None
    start: date
    end: date
    why: str
    record: Resolution | None = None


def _postponed(reference: Reference, rule: Cadence, occurrence: Occurrence, forecasts: SessionForecasts) -> _Due | None:
    """Return where the text of an occurrence is due instead, if it is recorded as postponed to a later session."""
    record = _not_come(reference, occurrence.track, occurrence.session)
    if not occurrence.departure or record is None or record.status is not ResolutionStatus.POSTPONED:
        return None
    to, session = record.postponed_to, forecasts.of_code(record.postponed_to)
    year = int(to) if to.isdecimal() else session.window[0].year if session else 0
    regular = forecasts.in_season(rule.season, year) if year else None
    if to.isdecimal() or (session and regular and session.code == regular.code):
        session, window = regular, _text_window(rule, year, forecasts)
    else:
        window = session.window if session else None
    if window is None or window[0] <= occurrence.window_start:
        return None
    if record.theme:
        reason = record.theme.rstrip(".")
        why = _("postponed from {session}: {reason}").format(session=record.session, reason=reason)
    else:
        why = _("postponed from {session}").format(session=record.session)
    return _Due(session, *window, why, record)


def _text_occurrence(
    reference: Reference,
    track: Track,
    view: View,
    rule: Cadence,
    text: Resolution,
    due: _Due,
    forecasts: SessionForecasts,
    passed_over: bool,
) -> Occurrence:
    forecast, start, end = due.session, due.start, due.end
    gone = end < forecasts.as_of
    assert text.adopted is not None  # adopted_texts() returns no others
    session = forecast.code if forecast else ""
    source, confidence, updated, revision = rule.source_url, Confidence.RECALLED, rule.updated, 0
    if due.record is not None:
        source, confidence, updated = due.record.source_url, due.record.confidence, due.record.updated
        revision = due.record.revision
    where = f"{session}, {wording.span(start, end, Precision.MONTH)}" if session else f"{start.year}"
    action = expected_action(reference, track.code, forecast, forecasts) if forecast and not passed_over else None
    if action is not None and not start <= action.day <= end:
        action = None
    record = _not_come(reference, track.code, session)
    if record is not None and not gone and record.updated > forecasts.as_of:
        record = None  # It was not known yet.
    departed = record is not None or (gone and passed_over)
    due_in = {"where": where, "why": due.why}
    if record is not None and record.status is ResolutionStatus.POSTPONED:
        basis = _("Due in {where}: {why}. It was postponed to {session}.").format(session=record.postponed_to, **due_in)
    elif departed:
        basis = _("Due in {where}: {why}. It was not tabled.").format(**due_in)
    elif gone:
        basis = _("Due in {where}: {why}. The window has closed and no text is recorded yet.").format(**due_in)
    else:
        basis = _("Projected for {where}: {why}.").format(**due_in)
        if action is not None:
            basis += f" {basis_of(action, texts_of=reference.organisations[track.body].short_name)}"
    if record is not None:
        source, confidence = record.source_url, record.confidence
        updated, revision = max(updated, record.updated), revision + record.revision
        basis += f" {record.theme[:1].upper()}{record.theme[1:].rstrip('.')}." if record.theme else ""
    if forecast is not None:
        updated, revision = max(updated, forecast.updated), revision + forecast.revision
    if gone:
        # The closing of the window changes the item, on the day after.
        updated = max(updated, end + timedelta(days=1))
    return _occurrence(
        track,
        view,
        rule,
        session=session,
        window_start=start,
        window_end=end,
        standing=Standing.CANCELLED if departed else Standing.PROJECTED,
        departure=departed,
        overdue=gone and not departed,
        expected=None if departed or action is None else action.range,
        expected_end=None if departed or action is None else action.day,
        precedent=text.symbol,
        precedent_date=text.adopted,
        countries=(),
        basis=basis,
        source_url=source,
        confidence=confidence,
        updated=max(updated, text.updated),
        revision=revision,
    )


def _occurrence(track: Track, view: View, rule: Cadence, **found: Any) -> Occurrence:
    """Build an occurrence from its track, its rule and the other attributes ``found``."""
    return Occurrence(
        track=track.code,
        view=view,
        rule=rule.code,
        organisation=track.organisation,
        body=track.body,
        interval_years=rule.interval_years,
        interval_years_max=rule.interval_years_max,
        **found,
    )


def _not_come(reference: Reference, track: str, session: str) -> Resolution | None:
    """Return what is recorded of a text that was due in a session and was not tabled, or was postponed."""
    reasons = (ResolutionStatus.NOT_TABLED, ResolutionStatus.POSTPONED)
    texts = (r for r in reference.resolutions if r.track == track and r.session == session and r.status in reasons)
    return next(texts, None)


@dataclass(frozen=True)
class _ReviewRound:
    """The session in which a group of states was, or will be, reviewed."""

    number: int
    code: str
    start: date
    end: date
    updated: date
    expected: DayRange | None = None
    expected_end: date | None = None
    expected_basis: str = ""


def _review_occurrences(
    reference: Reference, track: Track, forecasts: SessionForecasts, until: date
) -> Iterator[Occurrence]:
    """Yield the reviews of states: in dated sessions as the reference lists them, then counted by sessions."""
    as_of = forecasts.as_of
    lists = states_by_session(reference, forecasts)
    for view in View:
        rule = rule_in_force(rules_known(reference, track.code, view, as_of), as_of.year)
        if rule is None or rule.interval_sessions is None:
            continue
        prefix = _session_prefix(reference, track.body)
        waiting: defaultdict[int, list[str]] = defaultdict(list)
        precedents: dict[int, _ReviewRound] = {}
        last_number: dict[str, int] = {}
        for code, countries in lists.items():
            forecast = forecasts.known(code)
            if forecast is None or forecast.number is None:
                continue
            precedents[forecast.number] = _ReviewRound(forecast.number, code, *forecast.window, forecast.updated)
            for country in countries:
                last_number[country] = max(forecast.number, last_number.get(country, 0))
            if forecast.window[1] >= as_of:
                yield _listed_reviews(reference, track, view, rule, forecast, forecasts, countries)
        for country, number in last_number.items():
            waiting[number].append(country)
        coming: defaultdict[int, list[tuple[_ReviewRound, _ReviewRound, list[str]]]] = defaultdict(list)
        for number, group in waiting.items():
            upcoming, origin = precedents[number], precedents[number]
            while upcoming.start <= until:
                upcoming = _next_round(upcoming, rule, prefix, track.body, forecasts)
                if (upcoming.expected_end or upcoming.end) >= as_of - IN_SIGHT and upcoming.start <= until:
                    coming[upcoming.number].append((upcoming, origin, group))
        for _number, groups in sorted(coming.items()):
            yield _projected_reviews(track, view, rule, groups, as_of)


def states_by_session(reference: Reference, forecasts: SessionForecasts) -> dict[str, tuple[str, ...]]:
    """Return the states under review, sorted, by session, for the sessions known on the day of ``forecasts``."""
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for review in reference.reviews:
        if forecasts.known(review.session) is not None and review.standing is not Standing.CANCELLED:
            lists[review.session].append(review.country)
    return {code: tuple(sorted(countries)) for code, countries in lists.items()}


def _session_prefix(reference: Reference, body: str) -> str:
    return next((s.session_prefix for s in reference.seasons.values() if s.body == body), "")


def _next_round(last: _ReviewRound, rule: Cadence, prefix: str, body: str, forecasts: SessionForecasts) -> _ReviewRound:
    """Return the next session for the states of ``last``: the rule's window, narrowed by the body's seasons.

    Where the two have no month in common the body is ahead of the rule or behind it, and its seasons win.
    """
    assert rule.interval_sessions is not None  # _review_occurrences() requires it
    number = last.number + rule.interval_sessions
    code = f"{prefix}{number}"
    known = forecasts.known(code)
    if known is not None:
        return _ReviewRound(number, code, *known.window, known.updated)
    place = forecasts.place_of(body, number, rule.interval_sessions)
    forecast = forecasts.in_season(*place) if place is not None else None
    opening = forecasts.opening(forecast) if forecast is not None else None
    shortest = relativedelta(months=round(rule.interval_years * 12))
    longest = relativedelta(months=round((rule.interval_years_max or rule.interval_years) * 12))
    start, end = (last.start + shortest).replace(day=1), last.end + longest
    end = end.replace(day=monthrange(end.year, end.month)[1])
    seasons = forecasts.window_of(body, number, rule.interval_sessions)
    if seasons is not None:
        narrowed = max(start, seasons[0]), min(end, seasons[1])
        start, end = narrowed if narrowed[0] <= narrowed[1] else seasons
    if forecast is None or opening is None or opening.day is None or not start <= opening.day <= end:
        return _ReviewRound(number, code, start, end, last.updated)
    updated = max(last.updated, forecast.updated)
    return _ReviewRound(number, code, start, end, updated, opening, forecast.end, forecast.basis)


def _listed_reviews(
    reference: Reference,
    track: Track,
    view: View,
    rule: Cadence,
    forecast: SessionForecast,
    forecasts: SessionForecasts,
    countries: tuple[str, ...],
) -> Occurrence:
    rows = [r for r in reference.reviews if r.session == forecast.code]
    precedent = _precedent(rows, reference, forecast)
    unsure = [r for r in rows if r.standing in (Standing.PROJECTED, Standing.PROVISIONAL)]
    when = wording.when_known(forecast.start, forecast.end, forecast.precision)
    values = {"session": forecast.code, "when": when, "states": len(countries), "number": len(unsure)}
    if unsure:
        basis = _("{session}, {when}, with {states} states; the place of {number} of them is not confirmed.")
    else:
        basis = _("{session}, {when}, with {states} states.")
    basis = basis.format(**values)
    return _occurrence(
        track,
        view,
        rule,
        session=forecast.code,
        window_start=forecast.window[0],
        window_end=forecast.window[1],
        standing=forecast.standing,
        departure=False,
        expected=forecasts.opening(forecast) if forecast.precision is Precision.EXPECTED else None,
        expected_end=forecast.end if forecast.precision is Precision.EXPECTED else None,
        precedent=precedent,
        precedent_date=reference.sessions[precedent].start,
        countries=countries,
        basis=basis,
        source_url=forecast.source_url,
        confidence=forecast.confidence,
        updated=max([forecast.updated, *(r.updated for r in rows)]),
        revision=forecast.revision,
    )


def _precedent(rows: list[Review], reference: Reference, forecast: SessionForecast) -> str:
    """Return the session in which most of these states had their last review."""
    cycle = rows[0].cycle - 1 if rows else 0
    countries = {r.country for r in rows}
    counts: defaultdict[str, int] = defaultdict(int)
    for review in reference.reviews:
        if review.cycle == cycle and review.country in countries:
            counts[review.session] += 1
    known = {code: count for code, count in counts.items() if code in reference.sessions}
    return max(known, key=lambda code: known[code]) if known else forecast.code


def _projected_reviews(
    track: Track,
    view: View,
    rule: Cadence,
    groups: list[tuple[_ReviewRound, _ReviewRound, list[str]]],
    as_of: date,
) -> Occurrence:
    """Build the occurrence of the states to be reviewed in one session, from the sessions of their last reviews.

    Most come from one session, which is the precedent; states that missed a review come from an earlier one.
    """
    groups = sorted(groups, key=lambda group: len(group[2]), reverse=True)
    upcoming, origin, most = groups[0]
    basis = _(
        "Projected for {session}, {months}: a state's turn comes {how_often}, after {interval} sessions; this is "
        "{number} sessions after {precedent} ({precedent_months}), in which these {states} had theirs."
    ).format(
        session=upcoming.code,
        months=wording.span(upcoming.start, upcoming.end, Precision.MONTH),
        how_often=wording.every(rule.interval_years, rule.interval_years_max),
        interval=rule.interval_sessions,
        number=upcoming.number - origin.number,
        precedent=origin.code,
        precedent_months=wording.span(origin.start, origin.end, Precision.MONTH),
        states=len(most),
    )
    for _unused, earlier, countries in groups[1:]:
        more = _("{number} more had the last one in {session}.").format(number=len(countries), session=earlier.code)
        basis += f" {more}"
    if upcoming.expected_basis:
        basis = f"{upcoming.expected_basis} {basis}"
    return _occurrence(
        track,
        view,
        rule,
        session=upcoming.code,
        window_start=upcoming.start,
        window_end=upcoming.end,
        standing=Standing.PROJECTED,
        departure=False,
        overdue=upcoming.end < as_of,
        precedent=origin.code,
        precedent_date=origin.start,
        countries=tuple(sorted(country for *_rounds, countries in groups for country in countries)),
        basis=basis,
        source_url=rule.source_url,
        confidence=Confidence.RECALLED,
        updated=max(rule.updated, upcoming.updated, origin.updated),
        expected=upcoming.expected,
        expected_end=upcoming.expected_end,
    )
