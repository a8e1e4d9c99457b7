"""Commands for calendars from elsewhere: import a file, and refresh the followed calendars.

Imports are written under the name of the person given with ``--as``; without ``--write`` nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from calendar_model.access.permissions import Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.commands.options import day, person
from calendar_model.commands.output import print_json, print_table
from calendar_model.imports import remote
from calendar_model.imports.calendar_comparison import CalendarSettings
from calendar_model.imports.calendar_import import plan_calendar, write_calendar
from calendar_model.imports.explanations import counts_text, explain_event, period_text
from calendar_model.imports.plan import ImportLine, ImportPlan, Outcome
from calendar_model.imports.sandbox import MAX_BYTES
from calendar_model.mission.remote_calendars import list_followed_calendars
from calendar_model.reference import load
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands

_TABLES = frozenset({".csv", ".tsv", ".xls", ".xlsx", ".ods"})


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    importing = commands.add_parser(
        "import",
        help="preview or import a calendar file",
        description="Shows what importing a calendar file (.ics) would do; with --write, imports it.",
    )
    importing.add_argument("file", type=Path, metavar="FILE", help="an .ics file")
    importing.add_argument(
        "--as",
        dest="person",
        default="",
        metavar="PERSON",
        help=(
            "who imports it: identifier or name; required to write (default: compare with public and internal records)"
        ),
    )
    importing.add_argument(
        "--body",
        required=True,
        metavar="CODE",
        help="organisation or body of the events: a code in data/organisations.csv",
    )
    importing.add_argument(
        "--kind", type=EventKind, choices=list(EventKind), default=EventKind.MEETING, help="default: meeting"
    )
    importing.add_argument(
        "--level", type=Sensitivity, choices=list(Sensitivity), default=Sensitivity.INTERNAL, help="default: internal"
    )
    importing.add_argument(
        "--zone", default="", metavar="ZONE", help="for times without one (default: the seat of the body)"
    )
    importing.add_argument("--name", default="", help="name of the calendar (default: the file name)")
    importing.add_argument("--from", dest="since", type=day, metavar="DATE", help="default: a year ago")
    importing.add_argument("--until", type=day, metavar="DATE", help="default: in three years")
    importing.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    importing.add_argument(
        "--cancel-gone",
        action="store_true",
        help="cancel events imported from this calendar earlier that are no longer in the file",
    )
    importing.add_argument("--write", action="store_true", help="import the file, not only preview it")
    importing.set_defaults(run=_import)

    refreshing = commands.add_parser(
        "refresh",
        help="refresh followed calendars",
        description="Reads followed calendars again, each as the person who follows it.",
    )
    which = refreshing.add_mutually_exclusive_group()
    which.add_argument("--due", action="store_true", help="refresh calendars that are due (default)")
    which.add_argument("id", nargs="?", metavar="ID", help="refresh one calendar, due or not")
    refreshing.set_defaults(run=_refresh)


def _import(options: argparse.Namespace) -> int:
    if options.file.suffix.lower() in _TABLES:
        raise Refused(Problem("command-table", values={"name": options.file.name}))
    viewer = person(options.person) if options.person or options.write else Viewer("", Sensitivity.INTERNAL)
    reference = load(options.data)
    if options.body not in reference.organisations:
        raise Refused(Problem("command-unknown-body", values={"body": options.body}))
    days = {name: value for name in ("since", "until") if (value := getattr(options, name)) is not None}
    seat = reference.seat(options.body)
    settings = CalendarSettings(
        options.body,
        options.kind,
        options.level,
        options.zone or (seat.timezone if seat is not None else "UTC"),
        options.name or options.file.stem,
        **days,
    )
    plan = plan_calendar(viewer, _content(options.file), settings)
    if options.cancel_gone:
        plan = plan.accepted()
    if options.write:
        write_calendar(viewer, plan)
    _show(plan, options.format)
    # With JSON, standard output holds only the list.
    print(_outcome(plan, options), file=sys.stderr if options.format == "json" else sys.stdout)
    return 0


def _outcome(plan: ImportPlan, options: argparse.Namespace) -> str:
    """Return what was written, or how to write it, and how to cancel events that are gone."""
    if not plan.to_write:
        done = "There is nothing to import."
    elif options.write:
        done = f"Imported: {len(plan.to_write)}."
    else:
        done = "Preview only. Add --write to import."
    if gone := len(plan.offered):
        events = "event is" if gone == 1 else "events are"
        done += f" {gone} {events} no longer in the file but not cancelled. Add --cancel-gone to cancel."
    return done


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        problem = Problem("command-unreadable-file", values={"file": str(file), "reason": error.strerror})
        raise Refused(problem) from None


_HEAD = ("No.", "Outcome", "When", "Status", "Title", "Details")


def _show(plan: ImportPlan, form: str = "table") -> None:
    if form == "json":
        print_json([_json_line(line) for line in plan.lines])
        for remark in plan.remarks:
            print(remark, file=sys.stderr)
        return
    if plan.lines:
        print_table(_HEAD, [_table_line(line) for line in plan.lines])
        print(counts_text(plan))
    for remark in plan.remarks:
        print(remark)


def _table_line(line: ImportLine) -> tuple[object, ...]:
    return line.number, line.outcome, period_text(line.period), line.standing or "", line.title, explain_event(line)


def _json_line(line: ImportLine) -> dict[str, object]:
    """Return a line for programs: dates of whole days (the last one inclusive), else instants with their offset."""
    start, end = line.moments
    return {
        # Values kept because they were set by hand are unchanged too; ``why`` says what differs.
        "outcome": Outcome.UNCHANGED if line.outcome is Outcome.KEPT else line.outcome,
        "title": line.title,
        "start": start.isoformat() if start is not None else None,
        "end": end.isoformat() if end is not None else None,
        "all_day": start is not None and not isinstance(start, datetime),
        "timezone": line.timezone,
        "standing": line.standing,
        "why": explain_event(line),
    }


def _refresh(options: argparse.Namespace) -> int:
    if not options.id:
        outcomes = remote.refresh_due()
        for remote_id, outcome in outcomes.items():
            print(f"{remote_id}: {outcome}")
        if not outcomes:
            print("No calendar is due.")
        return 0
    one = next((one for one in list_followed_calendars() if one.remote_id == options.id), None)
    if one is None:
        raise Refused(Problem("command-not-followed", values={"remote_id": options.id}))
    _show(remote.refresh(member(one.person_id), one.remote_id))
    return 0
