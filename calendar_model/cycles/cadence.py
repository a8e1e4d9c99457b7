"""Projects every track from its dated rules, knowing only what was known on a day.

A rule (:class:`~calendar_model.vocabulary.Cadence`) says how often a text comes. Turns are counted from the last text
adopted: in a year that lies a whole number of intervals after it a text is due, if the rule was in force and known
when the turn came. What was due and did not come is a departure. Where a rule counts sessions instead of years
(UPR) every state's turn comes so many sessions after its last one.

No track is named here: whatever stands in ``tracks.csv`` and ``cadences.csv`` is projected.
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
from calendar_model.cycles.sittings import Sitting, Sittings, month_window
from calendar_model.reference import Reference
from calendar_model.vocabulary import (
    Cadence,
    Confidence,
    Precision,
    Resolution,
    ResolutionStatus,
    Review,
    Standing,
    Track,
    TrackSubject,
    View,
)


@dataclass(frozen=True)
class Occurrence:
    """A turn of a track: projected, expected in a session already dated, or due and not come (``departure``).

    ``overdue`` is a turn whose window has closed while nobody has recorded either a text or that none came.

    ``window_start`` and ``window_end`` (inclusive, dates of the place) are the session's days or the months in
    which the text is acted on; the day of the text itself is not known. ``precedent`` is the symbol or session from
    which the turn is counted, ``basis`` a sentence that says how, ``countries`` the states whose turn it is.
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

    @property
    def item(self) -> str:
        """The local identifier, which the adopted text or the session keeps when it comes."""
        return f"{self.track}-{self.session or self.window_start.year}"


def project(reference: Reference, as_of: date, until: date) -> tuple[Occurrence, ...]:
    """Every track to ``until``, in both views, by what was known on ``as_of``.

    Holds the turns whose window has not closed on ``as_of`` and opens by ``until``, and since each track's last text
    the departures and what is overdue. Ordered by window, track and view.
    """
    sittings = Sittings(reference, as_of)
    found: list[Occurrence] = []
    for track in reference.tracks.values():
        turns = _text_turns if track.subject is TrackSubject.TEXT else _state_turns
        found.extend(turns(reference, track, sittings, until))
    return tuple(sorted(found, key=lambda o: (o.window_start, o.window_end, o.track, o.view.value)))


def departures(reference: Reference, as_of: date) -> tuple[Occurrence, ...]:
    """Every turn that a text track's rules promised before ``as_of`` and that did not come, in both views."""
    found: list[Occurrence] = []
    for track in reference.tracks.values():
        if track.subject is not TrackSubject.TEXT:
            continue
        texts = adopted_texts(reference, track.code, as_of)
        for text, following in pairwise([*texts, None]):
            assert text is not None  # None only ends the row
            if following is None:
                sittings = Sittings(reference, as_of)
                found.extend(o for o in _text_turns(reference, track, sittings, as_of) if o.departure)
                continue
            last_year = _year(reference, following) - 1
            sittings = Sittings(reference, date(last_year + 1, 1, 1))
            found.extend(
                replace(o, basis=f"{o.basis} The next text came as {following.symbol}.")
                for o in _turns_after(reference, track, text, sittings, last_year, passed_over=True)
                if o.departure
            )
    return tuple(sorted(found, key=lambda o: (o.window_start, o.track, o.view.value)))


def adopted_texts(reference: Reference, track: str, as_of: date) -> list[Resolution]:
    """The texts of a track adopted by ``as_of``, oldest first."""
    texts = [r for r in reference.resolutions if r.track == track and r.adopted and r.adopted <= as_of]
    return sorted(texts, key=lambda r: r.adopted or date.min)


def rules_known(reference: Reference, track: str, view: View, as_of: date) -> list[Cadence]:
    """The rules of a track that were known on ``as_of``, newest first.

    That a rule has ended is known only once the rule after it is.
    """
    known = [c for c in reference.cadences if c.track == track and c.view is view and c.known_from <= as_of]
    known.sort(key=lambda c: c.first_year, reverse=True)
    return [c if i else c.model_copy(update={"last_year": None}) for i, c in enumerate(known)]


def rule_in_force(rules: Iterable[Cadence], year: int) -> Cadence | None:
    """The newest of the rules that covers ``year``."""
    return next((r for r in rules if r.first_year <= year and (r.last_year is None or year <= r.last_year)), None)


def _year(reference: Reference, text: Resolution) -> int:
    """The year to which a text belongs: the one in which its session opened."""
    session = reference.sessions.get(text.session)
    if session is not None:
        return session.start.year
    assert text.adopted is not None  # only adopted texts are counted from
    return text.adopted.year


def _text_turns(reference: Reference, track: Track, sittings: Sittings, until: date) -> Iterator[Occurrence]:
    texts = adopted_texts(reference, track.code, sittings.as_of)
    if texts:
        for turn in _turns_after(reference, track, texts[-1], sittings, until.year):
            if turn.departure or turn.window_start <= until:
                yield turn


def _turns_after(
    reference: Reference,
    track: Track,
    text: Resolution,
    sittings: Sittings,
    last_year: int,
    *,
    passed_over: bool = False,
) -> Iterator[Occurrence]:
    """The turns due after ``text`` up to ``last_year``.

    A turn that has gone by is a departure where the reference says that no text was tabled, or where it was
    ``passed_over`` by a later text; else it is overdue.
    """
    base = _year(reference, text)
    for view in View:
        rules_now = rules_known(reference, track.code, view, sittings.as_of)
        for year in range(base + 1, last_year + 1):
            rule = rule_in_force(rules_now, year)
            window = _text_window(rule, year, sittings) if rule else None
            if window is None or window[1] < sittings.as_of:
                opened = window[0] if window else date(year, 1, 1)
                known_then = rules_known(reference, track.code, view, min(opened, sittings.as_of))
                rule = rule_in_force(known_then, year)
                window = _text_window(rule, year, sittings) if rule else None
            if rule is None or window is None or (year - base) % int(rule.interval_years):
                continue
            yield _text_occurrence(reference, track, view, rule, text, base, year, window, sittings, passed_over)


def _text_window(rule: Cadence, year: int, sittings: Sittings) -> tuple[date, date] | None:
    sitting = sittings.in_season(rule.season, year)
    if rule.window_from is not None:
        return month_window(year, rule.window_from, rule.window_until or rule.window_from)
    return (sitting.start, sitting.end) if sitting else (date(year, 1, 1), date(year, 12, 31))


def _text_occurrence(
    reference: Reference,
    track: Track,
    view: View,
    rule: Cadence,
    text: Resolution,
    base: int,
    year: int,
    window: tuple[date, date],
    sittings: Sittings,
    passed_over: bool,
) -> Occurrence:
    sitting = sittings.in_season(rule.season, year)
    start, end = window
    gone = end < sittings.as_of
    assert text.adopted is not None  # adopted_texts() gives no others
    session = sitting.code if sitting else ""
    source, confidence, updated, revision = rule.source_url, Confidence.RECALLED, rule.updated, 0
    counted = f"{wording.every(rule.interval_years)}, counted from {text.symbol} of {wording.day(text.adopted)}"
    whose = "by the guidelines" if view is View.GUIDELINES else "in practice"
    where = f"{session}, {wording.span(start, end, Precision.MONTH)}" if session else f"{year}"
    record = _not_tabled(reference, track.code, session) if gone else None
    departed = record is not None or (gone and passed_over)
    if departed:
        basis = f"Due in {where}: {counted} ({whose}). It did not come."
    elif gone:
        basis = f"Due in {where}: {counted} ({whose}). The window has closed and no text is recorded yet."
    else:
        turns = (year - base) // int(rule.interval_years)
        later = f" ({wording.ordinal(turns)} turn)" if turns > 1 else ""
        basis = f"Projected for {where}: {counted}{later} ({whose})."
    if record is not None:
        source, confidence = record.source_url, record.confidence
        updated, revision = max(updated, record.updated), record.revision
        basis += f" {record.theme[:1].upper()}{record.theme[1:].rstrip('.')}."
    if sitting is not None:
        updated, revision = max(updated, sitting.updated), revision + sitting.revision
    if gone:
        # That the window has closed is a change of what the calendar says, on the day after.
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
    """A turn with what it has from its track and rule, and what was found out about it."""
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


def _not_tabled(reference: Reference, track: str, session: str) -> Resolution | None:
    return next(
        (
            r
            for r in reference.resolutions
            if r.track == track and r.session == session and r.status is ResolutionStatus.NOT_TABLED
        ),
        None,
    )


@dataclass(frozen=True)
class _Turn:
    """The session in which a group of states had, or will have, its turn."""

    number: int
    code: str
    start: date
    end: date
    updated: date


def _state_turns(reference: Reference, track: Track, sittings: Sittings, until: date) -> Iterator[Occurrence]:
    """States' turns: in sessions already dated as the reference lists them, then counted on by sessions."""
    as_of = sittings.as_of
    lists = states_by_session(reference, sittings)
    for view in View:
        rule = rule_in_force(rules_known(reference, track.code, view, as_of), as_of.year)
        if rule is None or rule.interval_sessions is None:
            continue
        prefix = _prefix(reference, track.body)
        waiting: defaultdict[int, list[str]] = defaultdict(list)
        precedents: dict[int, _Turn] = {}
        last_turn: dict[str, int] = {}
        for code, countries in lists.items():
            sitting = sittings.known(code)
            if sitting is None or sitting.number is None:
                continue
            turn = _Turn(sitting.number, code, sitting.start, sitting.end, sitting.updated)
            precedents[sitting.number] = turn
            for country in countries:
                last_turn[country] = max(sitting.number, last_turn.get(country, 0))
            if sitting.end >= as_of:
                yield _listed(reference, track, view, rule, sitting, countries)
        for country, number in last_turn.items():
            waiting[number].append(country)
        coming: defaultdict[int, list[tuple[_Turn, _Turn, list[str]]]] = defaultdict(list)
        for number, group in waiting.items():
            turn, origin = precedents[number], precedents[number]
            while turn.start <= until:
                turn = _following(turn, rule, prefix, track.body, sittings)
                if turn.end >= as_of and turn.start <= until:
                    coming[turn.number].append((turn, origin, group))
        for _, groups in sorted(coming.items()):
            yield _counted_on(track, view, rule, groups)


def states_by_session(reference: Reference, sittings: Sittings) -> dict[str, tuple[str, ...]]:
    """The states under review in each session that was known on the day of ``sittings``, sorted."""
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for review in reference.reviews:
        if sittings.known(review.session) is not None and review.standing is not Standing.CANCELLED:
            lists[review.session].append(review.country)
    return {code: tuple(sorted(countries)) for code, countries in lists.items()}


def _prefix(reference: Reference, body: str) -> str:
    return next((s.session_prefix for s in reference.seasons.values() if s.body == body), "")


def _following(turn: _Turn, rule: Cadence, prefix: str, body: str, sittings: Sittings) -> _Turn:
    """The next turn of the states of ``turn``: the rule's window, narrowed by the seasons in which the body sits.

    Where the two have no month in common the body is ahead of the rule or behind it, and its seasons win.
    """
    assert rule.interval_sessions is not None  # _state_turns() asks for it
    number = turn.number + rule.interval_sessions
    code = f"{prefix}{number}"
    known = sittings.known(code)
    if known is not None:
        return _Turn(number, code, known.start, known.end, known.updated)
    shortest = relativedelta(months=round(rule.interval_years * 12))
    longest = relativedelta(months=round((rule.interval_years_max or rule.interval_years) * 12))
    start, end = (turn.start + shortest).replace(day=1), turn.end + longest
    end = end.replace(day=monthrange(end.year, end.month)[1])
    seasons = sittings.counted_on(body, number, rule.interval_sessions)
    if seasons is not None:
        narrowed = max(start, seasons[0]), min(end, seasons[1])
        start, end = narrowed if narrowed[0] <= narrowed[1] else seasons
    return _Turn(number, code, start, end, turn.updated)


def _listed(
    reference: Reference,
    track: Track,
    view: View,
    rule: Cadence,
    sitting: Sitting,
    countries: tuple[str, ...],
) -> Occurrence:
    rows = [r for r in reference.reviews if r.session == sitting.code]
    precedent = _before(rows, reference, sitting)
    unsure = [r for r in rows if r.standing in (Standing.PROJECTED, Standing.PROVISIONAL)]
    basis = f"{sitting.code} is in the calendar for {wording.span(sitting.start, sitting.end, sitting.precision)}"
    basis += f", with {len(countries)} states"
    basis += f"; the place of {len(unsure)} of them is not confirmed." if unsure else "."
    return _occurrence(
        track,
        view,
        rule,
        session=sitting.code,
        window_start=sitting.start,
        window_end=sitting.end,
        standing=sitting.standing,
        departure=False,
        precedent=precedent,
        precedent_date=reference.sessions[precedent].start,
        countries=countries,
        basis=basis,
        source_url=sitting.source_url,
        confidence=sitting.confidence,
        updated=max([sitting.updated, *(r.updated for r in rows)]),
        revision=sitting.revision,
    )


def _before(rows: list[Review], reference: Reference, sitting: Sitting) -> str:
    """The session in which most of these states had their last turn."""
    cycle = rows[0].cycle - 1 if rows else 0
    countries = {r.country for r in rows}
    counts: defaultdict[str, int] = defaultdict(int)
    for review in reference.reviews:
        if review.cycle == cycle and review.country in countries:
            counts[review.session] += 1
    known = {code: count for code, count in counts.items() if code in reference.sessions}
    return max(known, key=lambda code: known[code]) if known else sitting.code


def _counted_on(track: Track, view: View, rule: Cadence, groups: list[tuple[_Turn, _Turn, list[str]]]) -> Occurrence:
    """The states whose turns fall in one session, from the sessions in which they had their last ones.

    Most come from one session, which is the precedent; states that missed their turn come from an earlier one.
    """
    groups = sorted(groups, key=lambda group: len(group[2]), reverse=True)
    turn, origin, most = groups[0]
    how_often = wording.every(rule.interval_years, rule.interval_years_max)
    window = wording.span(turn.start, turn.end, Precision.MONTH)
    basis = (
        f"Projected for {turn.code}, {window}: a state's turn comes {how_often}, after {rule.interval_sessions} "
        f"sessions; this is {turn.number - origin.number} sessions after {origin.code} "
        f"({wording.span(origin.start, origin.end, Precision.MONTH)}), in which these {len(most)} had theirs."
    )
    for _, earlier, countries in groups[1:]:
        basis += f" {len(countries)} more had the last one in {earlier.code}."
    return _occurrence(
        track,
        view,
        rule,
        session=turn.code,
        window_start=turn.start,
        window_end=turn.end,
        standing=Standing.PROJECTED,
        departure=False,
        precedent=origin.code,
        precedent_date=origin.start,
        countries=tuple(sorted(country for _, _, countries in groups for country in countries)),
        basis=basis,
        source_url=rule.source_url,
        confidence=Confidence.RECALLED,
        updated=max(rule.updated, turn.updated, origin.updated),
    )
