"""Backtest of the rules: past years projected from what was known then, and compared with what was adopted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from calendar_model import wording
from calendar_model.cycles.cadence import Occurrence, adopted_texts, departures, project
from calendar_model.reference import Reference
from calendar_model.reference.rows import Resolution
from calendar_model.vocabulary import Precision, Standing, TrackSubject, View

FIRST_YEAR = 2008
"""The first year at whose end the backtest stands: the first of the Special Rapporteur's mandate under the Council."""

_LONG_PAUSE_DAYS = 200
"""A pause between two sessions of a body with three a year that has skipped a season."""


class TrialVerdict(StrEnum):
    """The result of a trial: ``open`` while the text can still come; ``silent`` where no rule was known."""

    HIT = "hit"
    MISS = "miss"
    OPEN = "open"
    SILENT = "silent"


@dataclass(frozen=True)
class Trial:
    """One projection made at the end of a year, and its result.

    ``projected`` and ``came`` are session codes ("" for none); ``states`` counts, for a track of states, how many
    of those projected for the session were reviewed in it.
    """

    track: str
    stood_on: date
    projected: str
    window: str
    came: str
    on: str
    verdict: TrialVerdict
    reason: str
    states: str = ""


def backtest(reference: Reference, as_of: date) -> tuple[Trial, ...]:
    """Project every track's next occurrence at the end of each year from 2008, with only the past known.

    ``as_of`` bounds what counts as having come. A text is a hit when it was adopted in the session projected and
    inside its window; a session of states is a hit when it sat in its window with every state projected for it.
    """
    stood_on = [date(year, 12, 31) for year in range(FIRST_YEAR, as_of.year)]
    projected = {day: project(reference, day, date(day.year + 10, 12, 31)) for day in stood_on}
    trials: list[Trial] = []
    for track in reference.tracks.values():
        for day in stood_on:
            occurrences = [
                o
                for o in projected[day]
                if o.track == track.code and o.view is View.PRACTICE and not (o.departure or o.overdue)
            ]
            if track.subject is TrackSubject.TEXT:
                trials.append(_text_trial(reference, track.code, day, occurrences, as_of))
            else:
                trials.extend(_review_trials(reference, track.code, day, occurrences, as_of))
    return tuple(trials)


def _text_trial(reference: Reference, track: str, stood_on: date, occurrences: list[Occurrence], as_of: date) -> Trial:
    came = next((t for t in adopted_texts(reference, track, as_of) if t.adopted and t.adopted > stood_on), None)
    on = f"{came.symbol}, {wording.day(came.adopted, weekday=False)}" if came and came.adopted else ""
    session = came.session if came else ""
    if not occurrences:
        reason = "No text of the track had been adopted, so no rule could be read from it."
        return Trial(track, stood_on, "", "", session, on, TrialVerdict.SILENT, reason)
    occurrence = occurrences[0]
    window = wording.span(occurrence.window_start, occurrence.window_end, Precision.MONTH)
    verdict, reason = _judge(reference, occurrence, came, as_of)
    return Trial(track, stood_on, occurrence.session, window, session, on, verdict, reason)


def _judge(
    reference: Reference, occurrence: Occurrence, came: Resolution | None, as_of: date
) -> tuple[TrialVerdict, str]:
    if came is not None and came.adopted is not None and came.session == occurrence.session:
        if occurrence.window_start <= came.adopted <= occurrence.window_end:
            return TrialVerdict.HIT, ""
        session = reference.sessions[came.session]
        why = session.interruption or "the session did not sit in the months in which it usually does"
        return TrialVerdict.MISS, f"The session was right, the months were not: {why.rstrip('.')}."
    if came is None and occurrence.window_end >= as_of:
        return TrialVerdict.OPEN, ""
    identity = (occurrence.track, occurrence.session, occurrence.view)
    gone = next((d for d in departures(reference, as_of) if (d.track, d.session, d.view) == identity), None)
    if gone is not None:
        return TrialVerdict.MISS, gone.basis
    return TrialVerdict.MISS, "The text came in another session than the rule gave."


def _review_trials(
    reference: Reference, track: str, stood_on: date, occurrences: list[Occurrence], as_of: date
) -> Iterator[Trial]:
    """Yield a trial for each projected session that was held in the year after ``stood_on``."""
    reviewed = {
        code: {r.country for r in reference.reviews if r.session == code and r.standing is Standing.HELD}
        for code in {r.session for r in reference.reviews}
    }
    for occurrence in occurrences:
        session = reference.sessions.get(occurrence.session)
        if session is None or session.start.year != stood_on.year + 1 or session.standing is not Standing.HELD:
            continue
        missing = sorted(set(occurrence.countries) - reviewed[session.code])
        in_window = occurrence.window_start <= session.start and session.end <= occurrence.window_end
        reasons = []
        if not in_window:
            reasons.append(_pauses(reference, occurrence.precedent, session.code))
        reasons.extend(_absence(reference, country, session.cycle) for country in missing)
        yield Trial(
            track=track,
            stood_on=stood_on,
            projected=occurrence.session,
            window=wording.span(occurrence.window_start, occurrence.window_end, Precision.MONTH),
            came=session.code,
            on=wording.span(session.start, session.end, session.date_precision),
            verdict=TrialVerdict.HIT if in_window and not missing else TrialVerdict.MISS,
            reason=" ".join(reasons),
            states=f"{len(occurrence.countries) - len(missing)} of {len(occurrence.countries)}",
        )


def _pauses(reference: Reference, first: str, last: str) -> str:
    numbers = range(reference.sessions[first].number, reference.sessions[last].number + 1)
    body = reference.sessions[last].body
    sat = [s for s in reference.sessions_of[body] if s.number in numbers]
    pauses = [
        f"between {a.code} ({wording.span(a.start, a.end, Precision.MONTH)}) and "
        f"{b.code} ({wording.span(b.start, b.end, Precision.MONTH)})"
        for a, b in pairwise(sat)
        if (b.start - a.end).days > _LONG_PAUSE_DAYS
    ]
    return (
        f"The session came later than the rule gave: no session sat {' nor '.join(pauses)}."
        if pauses
        else ("The session did not sit in the months that the rule gave.")
    )


def _absence(reference: Reference, country: str, cycle: int | None) -> str:
    name = reference.states[country].name
    row = next((r for r in reference.reviews if r.country == country and r.cycle == cycle), None)
    if row is None:
        return f"{name} was not reviewed in this cycle."
    moved = f"{row.departure}, now {row.session}" if row.departure else f"reviewed in {row.session}"
    return f"{name}: {moved}."


def track_sections(trials: tuple[Trial, ...], reference: Reference) -> list[str]:
    """Return the lines of the tables of right and wrong forecasts in ``docs/FORECASTS.md``."""
    lines = [
        "## Whether the text came when it was due",
        "",
        f"At the end of each year since {FIRST_YEAR} every track's next turn is projected from what was known on",
        "that day, and compared with what came. A hit is the right session inside the window, and for UPR also every",
        "state.",
        "",
    ]
    for track in reference.tracks.values():
        rows = [t for t in trials if t.track == track.code]
        counts = ", ".join(
            f"{sum(t.verdict is v for t in rows)} {v}" for v in TrialVerdict if any(t.verdict is v for t in rows)
        )
        lines += [f"### {track.title}", "", f"{counts[:1].upper()}{counts[1:]}.", ""]
        with_states = any(t.states for t in rows)
        head = [
            "Stood at the end of",
            "Projected",
            "Window",
            "Came",
            "On",
            *(["States"] if with_states else []),
            "Verdict",
            "Why",
        ]
        lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        for t in rows:
            cells = [str(t.stood_on.year), t.projected or "nothing", t.window, t.came or "not yet", t.on]
            cells += [t.states] if with_states else []
            lines.append(f"| {' | '.join([*cells, t.verdict, t.reason])} |")
        lines.append("")
    return lines
