"""Commands for calendars of others: a file taken over, and the calendars that are followed read again.

What is taken over is written as a person, whom ``--as`` names; without ``--write`` nothing is written.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from calendar_model import wording
from calendar_model.commands import print_table
from calendar_model.imports import remote
from calendar_model.imports.apart import LARGEST
from calendar_model.imports.events import Settings, carry_out, plan_calendar
from calendar_model.imports.plan import ImportRefused, Line, Plan
from calendar_model.reference import Reference, load
from calendar_model.safeguards.desk import staff
from calendar_model.safeguards.followed import followed
from calendar_model.safeguards.rules import Refused
from calendar_model.safeguards.sight import Viewer, member
from calendar_model.vocabulary import Sensitivity
from calendar_model.workspace.terms import EventKind

if TYPE_CHECKING:
    from calendar_model.commands import Commands

_TABLES = frozenset({".csv", ".tsv", ".xls", ".xlsx", ".ods"})


def add_to(commands: Commands) -> None:
    """Adds the commands to a parser, as :func:`calendar_model.commands.add_to` does."""
    taken = commands.add_parser(
        "import",
        help="a calendar file of others, tried out or taken over",
        description="Shows what taking over a calendar file (.ics) would do, and with --write does it.",
    )
    taken.add_argument("file", type=Path, metavar="FILE", help="a file that ends in .ics")
    taken.add_argument(
        "--as", dest="person", required=True, metavar="PERSON", help="who takes it over: identifier or name"
    )
    taken.add_argument("--body", required=True, metavar="CODE", help="in whose lane its events stand, such as un-hrc")
    taken.add_argument(
        "--kind", type=EventKind, choices=list(EventKind), default=EventKind.MEETING, help="default: meeting"
    )
    taken.add_argument(
        "--level", type=Sensitivity, choices=list(Sensitivity), default=Sensitivity.INTERNAL, help="default: internal"
    )
    taken.add_argument("--zone", default="", metavar="ZONE", help="of hours without one (default: where the body sits)")
    taken.add_argument("--name", default="", help="what readers know the calendar by (default: the file's name)")
    taken.add_argument("--from", dest="since", type=_day, metavar="DATE", help="default: a year ago")
    taken.add_argument("--until", type=_day, metavar="DATE", help="default: in three years")
    taken.add_argument("--write", action="store_true", help="take it over, not only show what would be done")
    taken.set_defaults(run=_import)

    again = commands.add_parser(
        "refresh",
        help="calendars that are followed, read again",
        description="Reads calendars of others again, each as the person who follows it.",
    )
    which = again.add_mutually_exclusive_group()
    which.add_argument("--due", action="store_true", help="those whose hours are over (default)")
    which.add_argument("id", nargs="?", metavar="ID", help="one, due or not")
    again.set_defaults(run=_refresh)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date; write it as 2026-11-24") from None


def _import(options: argparse.Namespace) -> int:
    if options.file.suffix.lower() in _TABLES:
        raise Refused(f"{options.file.name} is a table: import it on the page Import, where its columns are matched.")
    viewer = _person(options.person)
    reference = load(options.data)
    if options.body not in reference.organisations:
        raise Refused(
            f"“{options.body}” is not a code of an organisation or body. Look for it among the organisations."
        )
    days = {name: value for name in ("since", "until") if (value := getattr(options, name)) is not None}
    settings = Settings(
        options.body,
        options.kind,
        options.level,
        options.zone or _seat(options.body, reference),
        options.name or options.file.stem,
        **days,
    )
    try:
        plan = plan_calendar(viewer, _content(options.file), settings)
    except ImportRefused as refused:
        raise Refused(str(refused)) from None
    _show(plan)
    if not plan.to_write:
        print("There is nothing to write.")
    elif options.write:
        carry_out(viewer, plan)
        print(f"Written: {len(plan.to_write)}.")
    else:
        print("Nothing is written yet; add --write to take it over.")
    return 0


def _person(named: str) -> Viewer:
    found = [person.id for person in staff() if named in (person.id, person.name)]
    if len(found) != 1:
        known = "There are several persons" if found else "There is no person"
        raise Refused(f"{known} “{named}”; give the identifier, as it stands in the history, or the whole name.")
    return member(found[0])


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{file} cannot be read ({error.strerror}); name another file.") from None


def _seat(body: str, reference: Reference) -> str:
    """The zone of the nearest organisation at or above a body of which the seat is known."""
    line = (reference.organisations[code].timezone for code in reference.lineage(body))
    return next((zone for zone in line if zone), "UTC")


def _show(plan: Plan) -> None:
    if plan.lines:
        print_table(("No.", "What", "When", "Title", "Why"), [_cells(line) for line in plan.lines])
        print(", ".join(f"{count} {fate}" for fate, count in plan.counts.items()))
    for remark in plan.remarks:
        print(remark)


def _cells(line: Line) -> tuple[object, ...]:
    when = wording.span(line.start, line.end or line.start) if line.start else ""
    return line.number, line.fate, when, line.title, line.says


def _refresh(options: argparse.Namespace) -> int:
    if not options.id:
        told = remote.refresh_due()
        for remote_id, says in told.items():
            print(f"{remote_id}: {says}")
        if not told:
            print("No calendar is due.")
        return 0
    one = next((one for one in followed() if one.remote_id == options.id), None)
    if one is None:
        raise Refused(f"There is no calendar {options.id} that is followed.")
    try:
        _show(remote.refresh(member(one.person_id), one.remote_id))
    except ImportRefused as refused:
        raise Refused(str(refused)) from None
    return 0
