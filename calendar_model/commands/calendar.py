"""Commands for the calendar: items, cycles, a feed, and checks of the reference and the forecasts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import (
    Filter,
    FilterError,
    build_table,
    describe,
    horizon,
    records,
    when,
    with_items,
)
from calendar_model.calendar.filters import LISTS
from calendar_model.commands.output import print_json, print_table
from calendar_model.cycles import Occurrence, SessionForecasts, forecast_report, project
from calendar_model.cycles.editions import expected_first_day, first_day_rules, past_editions
from calendar_model.cycles.expected_days import RuleRecord
from calendar_model.cycles.record import figures, held, of_followed_bodies, record
from calendar_model.cycles.session_forecasts import basis_of
from calendar_model.documents import table_csv
from calendar_model.feeds import build_feed, public_url
from calendar_model.mission.events import own_items
from calendar_model.mission.visible_calendar import corrections
from calendar_model.reference import Reference, load
from calendar_model.vocabulary import Precision
from calendar_model.wording import when_known

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    items = commands.add_parser("items", help="list calendar items", description="Lists the items in the calendar.")
    _filter_options(items)
    items.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    items.set_defaults(run=_items)

    cycles = commands.add_parser(
        "cycles",
        help="show the next texts and reviews of every track",
        description="Shows the next texts and reviews of every track, as projected on a given day, with departures.",
    )
    _as_of_option(cycles)
    cycles.add_argument("--until", type=_day, metavar="DATE", help="how far ahead to project (default: ten years)")
    cycles.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    cycles.set_defaults(run=_cycles)

    feed = commands.add_parser(
        "feed",
        help="write the calendar as an iCalendar file",
        description="Writes the calendar as an iCalendar file. Default period: one year back and two years ahead.",
    )
    _filter_options(feed)
    feed.add_argument(
        "--windows", action="store_true", help="include items without dates, on the earliest possible date"
    )
    feed.add_argument("--output", type=Path, metavar="FILE", help="output file (default: standard output)")
    feed.set_defaults(run=_feed)

    checked = commands.add_parser(
        "check",
        help="check the reference",
        description="Lists the faults in the reference files and in the corrections that override them.",
    )
    checked.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    checked.set_defaults(run=check)

    tested = commands.add_parser(
        "backtest",
        help="test the forecasts against the past",
        description="Forecasts past dates a year ahead and compares them with the actual dates. With --format markdown "
        "it prints docs/FORECASTS.md.",
    )
    _as_of_option(tested)
    tested.add_argument("--format", choices=("markdown", "table", "json"), default="markdown", help="default: markdown")
    tested.set_defaults(run=_backtest)

    fitted = commands.add_parser(
        "fit",
        help="compare the rules that forecast a session or meeting",
        description="Lists the rules that could give the first day of a season's session or of a recurring meeting, "
        "best first, with their past errors.",
    )
    fitted.add_argument("--body", default="", metavar="CODE", help="code of a body in data/seasons.csv")
    fitted.add_argument("--season", default="", metavar="CODE", help="code of a season in data/seasons.csv")
    fitted.add_argument(
        "--meeting", default="", metavar="CODE", help="or code of a meeting in data/recurring_meetings.csv"
    )
    fitted.add_argument("--slot", type=int, default=1, metavar="N", help="which edition of the year (default: 1)")
    fitted.add_argument("--year", type=int, metavar="YEAR", help="year to forecast (default: next year)")
    fitted.add_argument("--limit", type=int, default=12, metavar="N", help="number of rules (default: 12)")
    _as_of_option(fitted)
    fitted.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    fitted.set_defaults(run=_fit)


def _as_of_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=_day, metavar="DATE", help="date of the calculation (default: today)")


def _filter_options(parser: argparse.ArgumentParser) -> None:
    helps = {
        "organisation": "code of an organisation or body, including all below it",
        "body": "code of a single body",
        "kind": "such as session, resolution, deadline",
        "track": "code of a track in data/tracks.csv",
        "country": "three-letter code",
        "standing": "held, confirmed, provisional, projected, not-confirmed or cancelled",
    }
    for name in LISTS:
        parser.add_argument(
            f"--{name}", action="append", default=[], metavar="CODE", help=f"{helps[name]}; may be repeated"
        )
    parser.add_argument(
        "--from", dest="start", type=_day, metavar="DATE", help="only items that end on or after this date"
    )
    parser.add_argument(
        "--until", dest="end", type=_day, metavar="DATE", help="only items that begin on or before this date"
    )
    parser.add_argument("--search", default="", metavar="WORDS", help="only items that contain every word")
    _as_of_option(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date; write it as 2026-11-24") from None


def _chosen(options: argparse.Namespace) -> tuple[Reference, Filter, pd.DataFrame]:
    reference = load(options.data, corrections())
    params = [(name, value) for name in LISTS for value in getattr(options, name)]
    listed = Filter.from_params([*params, ("q", options.search)], reference)
    if options.start and options.end and options.start > options.end:
        raise FilterError(f"--from {options.start} is after --until {options.end}. Swap the two dates.")
    fields = {field: getattr(listed, field) for field in LISTS.values()}
    chosen = Filter(**fields, start=options.start, end=options.end, text=listed.text)
    as_of = options.as_of or clock.today()
    table = build_table(reference, as_of, max(horizon(as_of), options.end or as_of))
    with reading(ANONYMOUS) as session:
        table = with_items(table, own_items(session), reference)
    return reference, chosen, table


def _items(options: argparse.Namespace) -> int:
    reference, chosen, table = _chosen(options)
    found = chosen.apply(table, reference)
    if options.format == "json":
        print_json(records(found))
    elif options.format == "csv":
        sys.stdout.write(table_csv(found).decode("utf-8-sig"))
    elif found.empty:
        print(f"No items match the filter: {describe(chosen, reference)}.")
    else:
        names = reference.organisations
        print_table(
            ("When", "Organisation", "Kind", "Status", "Title"),
            [
                (
                    when(row),
                    names[str(row.body)].short_name if row.body in names else row.body,
                    row.kind,
                    row.standing,
                    row.title,
                )
                for row in found.itertuples(index=False)
            ],
        )
    return 0


def _cycles(options: argparse.Namespace) -> int:
    reference = load(options.data, corrections())
    as_of = options.as_of or clock.today()
    turns = project(reference, as_of, options.until or horizon(as_of))
    if options.format == "json":
        print_json([_turn(turn) for turn in turns])
        return 0
    print_table(
        ("Track", "View", "Session", "When", "Status", "Basis"),
        [
            (
                turn.track,
                turn.view,
                turn.session,
                _when(turn),
                "did not take place" if turn.departure else "overdue" if turn.overdue else turn.standing,
                turn.basis,
            )
            for turn in turns
        ],
    )
    return 0


def _when(turn: Occurrence) -> str:
    if turn.expected is not None and turn.expected.day is not None:
        return when_known(turn.expected.day, turn.expected_end or turn.expected.day, Precision.EXPECTED)
    return when_known(turn.window_start, turn.window_end, Precision.MONTH)


def _turn(turn: Occurrence) -> dict[str, Any]:
    return {
        "track": turn.track,
        "view": turn.view,
        "rule": turn.rule,
        "organisation": turn.organisation,
        "body": turn.body,
        "session": turn.session,
        "window_start": turn.window_start.isoformat(),
        "window_end": turn.window_end.isoformat(),
        "expected": turn.expected
        and {
            "start": turn.expected.day and turn.expected.day.isoformat(),
            "end": turn.expected_end and turn.expected_end.isoformat(),
            "earliest": turn.expected.earliest.isoformat(),
            "latest": turn.expected.latest.isoformat(),
        },
        "standing": turn.standing,
        "departure": turn.departure,
        "overdue": turn.overdue,
        "interval_years": turn.interval_years,
        "interval_years_max": turn.interval_years_max,
        "precedent": turn.precedent,
        "precedent_date": turn.precedent_date.isoformat(),
        "countries": list(turn.countries),
        "basis": turn.basis,
        "source_url": turn.source_url,
    }


def _feed(options: argparse.Namespace) -> int:
    reference, chosen, table = _chosen(options)
    if not reference.is_whole:
        print(
            "Part of the reference cannot be read, so the feed would be incomplete. Run `check` for the reason.",
            file=sys.stderr,
        )
        return 2
    address = public_url("http", "127.0.0.1:8501")
    content = build_feed(reference, table, chosen, address, windows=options.windows)
    if options.output is None:
        sys.stdout.buffer.write(content)
        return 0
    try:
        options.output.write_bytes(content)
    except OSError as error:
        print(f"{options.output} could not be written ({error.strerror}). Name another file.", file=sys.stderr)
        return 2
    return 0


def check(options: argparse.Namespace) -> int:
    reference = load(options.data, corrections())
    if options.format == "json":
        print_json([vars(fault) for fault in reference.faults])
    elif not reference.faults:
        print(f"No faults in {reference.folder}.")
    else:
        for fault in reference.faults:
            print(fault)
        count = len(reference.faults)
        print(f"{count} {'fault' if count == 1 else 'faults'} in {reference.folder}.")
    return 1 if reference.faults else 0


def _backtest(options: argparse.Namespace) -> int:
    reference = load(options.data)
    as_of = options.as_of or clock.today()
    if options.format == "json":
        print_json(forecast_report.as_values(reference, as_of))
    elif options.format == "markdown":
        sys.stdout.write(forecast_report.as_markdown(reference, as_of))
    else:
        trials = record(reference, as_of)
        rows = [(body, name, found) for _, body, name, found in forecast_report.figure_rows(reference, trials)]
        rows.append(("All", "openings of followed bodies", figures(held(of_followed_bodies(reference, trials)))))
        print_table(
            (
                "Body",
                "Forecast of",
                "Forecasts",
                "Exact",
                "Within 1",
                "Within 7",
                "In interval",
                "Width",
                "Naive exact",
            ),
            [
                (body, name, f.trials, f.exact, f.within_1, f.within_7, f.covered, f"{f.width:g}", f.naive_exact)
                for body, name, f in rows
            ],
        )
    return 0


def _fit(options: argparse.Namespace) -> int:
    reference = load(options.data, corrections())
    forecasts = SessionForecasts(reference, options.as_of or clock.today())
    year = options.year or forecasts.as_of.year + 1
    if options.meeting:
        meeting = reference.recurring_meetings.get(options.meeting)
        if meeting is None:
            return _refuse("meeting", options.meeting, reference.recurring_meetings)
        if not 1 <= options.slot <= len(meeting.slots):
            return _refuse("slot", str(options.slot), map(str, range(1, len(meeting.slots) + 1)))
        what = meeting.name
        past = past_editions(reference, meeting, forecasts.as_of)[options.slot]
        expected = expected_first_day(reference, meeting, year, past, forecasts)
        rules = first_day_rules(reference, meeting, year, past, forecasts)
    else:
        seasons = {
            code: season for code, season in reference.seasons.items() if season.body == (options.body or season.body)
        }
        if options.body and not seasons:
            return _refuse("body", options.body, dict.fromkeys(s.body for s in reference.seasons.values()))
        if options.season not in seasons and len(seasons) > 1:
            return _refuse("season", options.season, seasons)
        code = options.season or next(iter(seasons))
        if code not in seasons:
            return _refuse("season", code, seasons)
        what = f"the {seasons[code].name}"
        expected, rules = forecasts.expected_opening(code, year), forecasts.opening_rules(code, year)
    whole = sum(rule.weight for rule in rules)
    rules = rules[: max(options.limit, 0)]
    if options.format == "json":
        print_json(
            {
                "what": what,
                "year": year,
                "as_of": forecasts.as_of.isoformat(),
                "expected": expected.day.isoformat() if expected else None,
                "earliest": expected.earliest.isoformat() if expected else None,
                "latest": expected.latest.isoformat() if expected else None,
                "rules": [_rule_values(rule, whole) for rule in rules],
            }
        )
        return 0
    if expected is None:
        print(
            f"{what[:1].upper()}{what[1:]} cannot be forecast for {year}: too few past dates are known, or they "
            "differ too much."
        )
    else:
        print(basis_of(expected, what=what))
    if rules:
        print_table(
            ("Opens", "Day", "Hits", "Weight", "Errors (days)", "RFC 5545"),
            [
                (
                    rule.rule.words,
                    rule.day.isoformat(),
                    f"{sum(error == 0 for error in rule.errors.values())} of {len(rule.errors)}",
                    f"{rule.weight / whole:.1%}",
                    ", ".join(f"{then} {error:+}" for then, error in sorted(rule.errors.items()) if error) or "never",
                    rule.rule.rrule,
                )
                for rule in rules
            ],
        )
    return 0


def _rule_values(rule: RuleRecord, whole: float) -> dict[str, Any]:
    return {
        "rule": rule.rule.words,
        "rrule": rule.rule.rrule,
        "day": rule.day.isoformat(),
        "hits": sum(error == 0 for error in rule.errors.values()),
        "of": len(rule.errors),
        "errors": {str(year): error for year, error in sorted(rule.errors.items())},
        "weight": round(rule.weight / whole, 6),
    }


def _refuse(name: str, given: str, known: Iterable[str]) -> int:
    """Print that an option is missing or unknown, with the possible values; return the exit status."""
    fault = f"“{given}” is not a known {name}" if given else f"Name a {name} with --{name}"
    print(f"{fault}. Choose from: {', '.join(known)}.", file=sys.stderr)
    return 2
