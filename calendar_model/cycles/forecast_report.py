"""The record of the forecasts as a document and as values for JSON, as the command ``backtest`` prints it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any

from calendar_model import wording
from calendar_model.cycles import backtest
from calendar_model.cycles.expected_days import (
    CHANGE,
    DECAY,
    FEWEST_DAYS,
    LENGTH_CHANGE,
    LENGTH_DECAY,
    LONGEST_INTERVAL,
    UNUSUAL,
    USUAL_SETTINGS,
    ForecastSettings,
)
from calendar_model.cycles.record import (
    FIRST_YEAR,
    LARGE_ERROR,
    Figures,
    Forecasted,
    ForecastTrial,
    figures,
    held,
    of_followed_bodies,
    record,
    session_trials,
    usual_notice,
)
from calendar_model.messages import message
from calendar_model.reference import Reference

_PARAGRAPH = textwrap.TextWrapper(116, break_long_words=False, break_on_hyphens=False)
_POINT = textwrap.TextWrapper(116, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)

VARIATIONS: Sequence[ForecastSettings] = (
    USUAL_SETTINGS,
    ForecastSettings(decay=0.7),
    ForecastSettings(decay=0.9),
    ForecastSettings(change=0.05),
    ForecastSettings(change=0.2),
    ForecastSettings(unusual=0),
    ForecastSettings(unusual=2),
)
"""The numbers of the method that the backtest tries, the usual ones first."""

HEADINGS: dict[Forecasted, str] = {
    Forecasted.SESSION: "Openings of sessions",
    Forecasted.CLOSE: "Closes of sessions",
    Forecasted.MEETING: "Recurring meetings",
    Forecasted.TEXT: "Texts: the day of adoption",
    Forecasted.REVIEW: "Reviews",
    Forecasted.MILESTONE: "Deadlines and other milestones",
}

_NOTES: dict[Forecasted, str] = {
    Forecasted.CLOSE: "Found by the usual length. Interrupted sessions are left out, and so is the General Assembly's "
    "session, which closes as the next one opens.",
    Forecasted.TEXT: "The session is taken as given: whether the text came in it is the last section.",
    Forecasted.REVIEW: "The order of States is known only shortly before. These forecasts stand on the opening day.",
    Forecasted.MILESTONE: "Those whose days are recorded, counted from what was expected a year ahead.",
}


def variations(reference: Reference, as_of: date) -> tuple[tuple[ForecastSettings, Figures], ...]:
    """Return how good forecasts of the followed bodies' sessions are with each of :data:`VARIATIONS`."""
    return tuple(
        (settings, figures(held(of_followed_bodies(reference, session_trials(reference, as_of, settings)))))
        for settings in VARIATIONS
    )


def figure_rows(reference: Reference, trials: Iterable[ForecastTrial]) -> list[tuple[Forecasted, str, str, Figures]]:
    """Return kind, body, name and figures of each series that was forecast at least once, in the trials' order."""
    rows = []
    for (kind, _), group in groupby(held(trials), key=lambda trial: (trial.kind, trial.series)):
        own = tuple(group)
        found = figures(own)
        if found.trials:
            rows.append((kind, reference.organisations[own[0].body].short_name, own[0].name, found))
    return rows


def error_words(trial: ForecastTrial) -> str:
    """Return the reason for a forecast's error, as far as it is known."""
    return message("forecast-error", {"note": trial.note, "past": trial.past})


def as_values(reference: Reference, as_of: date) -> dict[str, Any]:
    """Return the whole record for JSON: figures, the numbers tried, notice, every forecast, and the texts by track."""
    trials = record(reference, as_of)
    return {
        "as_of": as_of.isoformat(),
        "first_year": FIRST_YEAR,
        "followed_bodies": asdict(figures(held(of_followed_bodies(reference, trials)))),
        "kinds": {kind.value: asdict(figures(_of_kind(trials, kind))) for kind in Forecasted},
        "series": [
            {"kind": kind, "body": body, "name": name, **asdict(found)}
            for kind, body, name, found in figure_rows(reference, trials)
        ],
        "settings": [{**asdict(settings), **asdict(found)} for settings, found in variations(reference, as_of)],
        "usual_notice": {
            body: notice for body in reference.sessions_of if (notice := usual_notice(reference, body)) is not None
        },
        "forecasts": [_trial_values(trial) for trial in trials],
        "tracks": [
            {**asdict(trial), "stood_on": trial.stood_on.isoformat()} for trial in backtest.backtest(reference, as_of)
        ],
    }


def _trial_values(trial: ForecastTrial) -> dict[str, Any]:
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(trial).items()}
    explanation = error_words(trial) if trial.has_large_error else ""
    return {**values, "error": trial.error, "covered": trial.is_covered, "explanation": explanation}


def _of_kind(trials: Iterable[ForecastTrial], kind: Forecasted) -> tuple[ForecastTrial, ...]:
    return held(trial for trial in trials if trial.kind is kind)


def as_markdown(reference: Reference, as_of: date) -> str:
    """Return ``docs/FORECASTS.md``."""
    trials = record(reference, as_of)
    lines = [
        "# How good the forecasts are",
        "",
        *_filled(
            "Made by `python -m calendar_model backtest`; a test keeps it equal to what the engine says. The reference "
            f"is taken as it stood on {wording.day(as_of, weekday=False)}. Every forecast as JSON: "
            "`backtest --format json`."
        ),
        "",
        *_method(reference, trials),
        *_tables(reference, trials),
        *_large_errors(reference, trials),
        *_variations(reference, as_of),
        *_notice(reference, trials),
        *_every_session(reference, trials),
        *backtest.track_sections(backtest.backtest(reference, as_of), reference),
    ]
    return "\n".join(lines)


def _method(reference: Reference, trials: Sequence[ForecastTrial]) -> list[str]:
    whole = figures(held(of_followed_bodies(reference, trials)))
    meetings = figures(_of_kind(trials, Forecasted.MEETING))
    text = f"""## In short

Since {FIRST_YEAR} the sessions of the bodies whose texts and reviews this calendar follows opened {whole.trials}
times on a known day. A year ahead the expected day was right in {_share(whole.exact, whole.trials)}, and within
seven days in {_share(whole.within_7, whole.trials)}. The interval held the day in
{_share(whole.covered, whole.trials)}; its median width was {whole.width:g} days. The naive forecast, the same
weekday 52 weeks after the last opening, was right in {_share(whole.naive_exact, whole.naive)}, and within seven
days in {_share(whole.naive_within_7, whole.naive)}.

## How an expected day comes about

**A rule of procedure** decides where there is one. It is a row of `data/date_rules.csv`: a recurrence rule of RFC 5545
with the years of its force. The row also has the day from which it was known.

**A habit** is found where there is no such rule. Three families of rules are tried: the nth weekday of a month,
the weekday between two dates, and the weekday of an ISO week. A fourth counts days from another day of the same
year, such as the opening of another session. Every rule votes for its day. A vote weighs less, the larger the
rule's past errors; each past year counts for {DECAY:g} of the year after it. The day with most votes is
expected. With fewer than {FEWEST_DAYS} past days, or an interval longer than {LONGEST_INTERVAL} days, the dates
are not set.

**The interval** holds nine chances in ten. It is narrow where the rules that fit the past agree on the year. A habit
can change. It is given a chance of {CHANGE:g} a year to do so. The error may then be as large as those the same method
made before.

**The close** follows by the usual length, in which each past session counts for {LENGTH_DECAY:g} of the one after
it. Lengths change more often than openings, so past errors make up {LENGTH_CHANGE:g} of their interval. Deadlines
are counted from opening or close in working days of the place, and carry the interval on.

**Holidays** of the place, the United Nations' own at its seats, move a day to the next working day. Past days that
were moved so are read as the days from which they were moved.

**No hindsight.** Each forecast stands on the last day of the months in which the thing usually comes, in the year
before. It knows what was known then: sessions that had opened or been announced, and rules with their
`known_from`. Only the months of a season and the families of rules are those of today. The first forecast of a
coming session is not stored. It can be made again at any time, because nothing that was learned later is used.

## Where it stops

- It finds habits, not decisions. It learns of a move only from the announcement.
- The first year of a new habit is forecast wrongly. So is the first year of a new rule of procedure, if the decision
  is not in the data.
- Easter, Ramadan and other feasts that move are known only as public holidays. A body that avoids the weeks around
  them is forecast wrongly.
- Meetings that are arranged anew each year have wide intervals, or no expected day. For recurring meetings the
  naive forecast was right in {_share(meetings.naive_exact, meetings.naive)}, ours in
  {_share(meetings.exact, meetings.trials)}. What ours adds is mainly the interval, and with few past days that is
  too narrow: it held the day in {_share(meetings.covered, meetings.trials)}.
- A text's day is known no better than the close of its session.
"""
    return [line for block in text.split("\n\n") for line in (*_filled(block), "")]


_HEAD = (
    "Forecasts",
    "Exact",
    "Within 1 day",
    f"Within {LARGE_ERROR} days",
    "In the interval",
    "Median width",
    "Naive: exact",
    f"Naive: within {LARGE_ERROR} days",
)


def _tables(reference: Reference, trials: Sequence[ForecastTrial]) -> list[str]:
    lines = [
        "## The record",
        "",
        f"Forecasts since {FIRST_YEAR} of what was held by the day above. The width is in days.",
        "",
    ]
    for kind in Forecasted:
        own = _of_kind(trials, kind)
        rows = [[body, name, *_cells(found)] for _, body, name, found in figure_rows(reference, own)]
        lines += [f"### {HEADINGS[kind]}", ""]
        if kind in _NOTES:
            lines += [*_filled(_NOTES[kind]), ""]
        if kind is Forecasted.SESSION:
            followed = of_followed_bodies(reference, own)
            bodies = dict.fromkeys(reference.organisations[trial.body].short_name for trial in followed)
            rows.append(["**" + ", ".join(bodies) + "**", "", *_cells(figures(followed), whole=True)])
        rows.append(["**All**", "", *_cells(figures(own), whole=True)])
        lines += [*_table(("Body", "What", *_HEAD), rows), ""]
        without = figures(own).without
        if without:
            lines += [f"No day could be expected of {without} more, because too few past days are known.", ""]
    return lines


def _large_errors(reference: Reference, trials: Sequence[ForecastTrial]) -> list[str]:
    rows = [
        [
            reference.organisations[trial.body].short_name,
            f"{trial.name}, close" if trial.kind is Forecasted.CLOSE else trial.name,
            trial.item,
            _day(trial.expected),
            _day(trial.actual),
            f"{trial.error:+}",
            "yes" if trial.is_covered else "no",
            error_words(trial),
        ]
        for trial in held(trials)
        if trial.has_large_error
    ]
    head = ("Body", "What", "Which", "Expected", "Came", "Error (days)", "In the interval", "Why")
    return [
        f"## Errors of more than {LARGE_ERROR} days",
        "",
        "Reasons are rows of `data/forecast_notes.csv`, or what is recorded with the session or meeting.",
        "",
        *_table(head, rows),
        "",
    ]


def _variations(reference: Reference, as_of: date) -> list[str]:
    rows = []
    for settings, found in variations(reference, as_of):
        cells = [
            _emphasised(settings.decay, USUAL_SETTINGS.decay),
            _emphasised(settings.change, USUAL_SETTINGS.change),
            _emphasised(settings.unusual, USUAL_SETTINGS.unusual),
        ]
        rows.append([*cells, *_cells(found, whole=True)[:6]])
    return [
        "## Other numbers",
        "",
        *_filled(
            "Three numbers of the method are chosen, not measured. The table shows the openings of those bodies with "
            f"others. *Decay* is what a past year counts for beside the one after it ({DECAY:g}). *Change* is the "
            f"chance in a year that a habit changes ({CHANGE:g}). *Preference* is by how much, in errors, another rule "
            f"must be better than the nth weekday of a month ({UNUSUAL:g}). The two numbers for lengths, "
            f"{LENGTH_DECAY:g} and {LENGTH_CHANGE:g}, were chosen by the closes that are shown above."
        ),
        "",
        *_table(("Decay", "Change", "Preference", *_HEAD[:6]), rows),
        "",
    ]


def _notice(reference: Reference, trials: Sequence[ForecastTrial]) -> list[str]:
    announced = [trial for trial in trials if trial.kind is Forecasted.SESSION and trial.notice is not None]
    rows = [
        [
            trial.item,
            _day(trial.known_from),
            str(trial.notice),
            _day(trial.expected),
            _day(trial.actual),
            f"{trial.error:+}" if trial.error else "0" if trial.error == 0 else "",
        ]
        for trial in announced
    ]
    lines = [
        "## When bodies announce",
        "",
        "`known_from` in `data/sessions.csv` is the day from which announced days were known. Where it is recorded,",
        "the table shows how early that was, and how far the announced day was from the one expected a year ahead.",
        "",
        *_table(("Session", "Known from", "Days ahead", "Expected", "Announced", "Moved by"), rows),
        "",
    ]
    for body in reference.sessions_of:
        notice = usual_notice(reference, body)
        if notice is not None:
            lines.append(f"{reference.organisations[body].name}: usually {notice} days before the opening.")
    if all(usual_notice(reference, body) is None for body in reference.sessions_of):
        lines.append(f"For no body are {FEWEST_DAYS} such days recorded yet, so none has a usual notice.")
    return [*lines, ""]


def _every_session(reference: Reference, trials: Sequence[ForecastTrial]) -> list[str]:
    lines = ["## Every opening", ""]
    head = ("Session", "Stood on", "Expected", "Earliest", "Latest", "Came", "Error (days)", "Best rule for the day")
    for _, group in groupby(_of_kind(trials, Forecasted.SESSION), key=lambda trial: trial.series):
        own = tuple(group)
        lines += [f"### {reference.organisations[own[0].body].short_name}: {own[0].name}", ""]
        rows = [
            [
                trial.item,
                _day(trial.stood_on),
                _day(trial.expected) or "not set",
                _day(trial.earliest),
                _day(trial.latest),
                _day(trial.actual),
                "" if trial.error is None else f"{trial.error:+}" if trial.error else "0",
                trial.rule,
            ]
            for trial in own
        ]
        lines += [*_table(head, rows), ""]
    return lines


def _filled(text: str) -> list[str]:
    """The lines of a paragraph, a heading or a list."""
    if text.startswith("#"):
        return [text]
    if text.startswith("- "):
        return [
            line
            for point in text.split("\n- ")
            for line in _POINT.wrap(" ".join(f"- {point.removeprefix('- ')}".split()))
        ]
    return _PARAGRAPH.wrap(text)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]


def _cells(found: Figures, *, whole: bool = False) -> list[str]:
    """The cells of :data:`_HEAD`: counts, and of the ``whole`` of a kind with their share."""

    def cell(count: int, of: int) -> str:
        return f"{count} ({count / of:.1%})" if whole and of else str(count)

    return [
        str(found.trials),
        cell(found.exact, found.trials),
        cell(found.within_1, found.trials),
        cell(found.within_7, found.trials),
        cell(found.covered, found.trials),
        f"{found.width:g}",
        cell(found.naive_exact, found.naive),
        cell(found.naive_within_7, found.naive),
    ]


def _share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else "none"


def _emphasised(value: float, usual: float) -> str:
    return f"{value:g}" if value == usual else f"**{value:g}**"


def _day(day: date | None) -> str:
    return wording.day(day) if day else ""
