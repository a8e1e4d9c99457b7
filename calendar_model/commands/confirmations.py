"""Commands for dates to confirm: list them, record the dates of an item, or record that none are announced.

Records are written under the name of the person given with ``--as``.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.problems import Problem, Refused
from calendar_model.calendar import when
from calendar_model.commands.options import day, person
from calendar_model.commands.output import print_json, print_table
from calendar_model.messages.confirmations import answer_words, pressing_words
from calendar_model.mission.confirmations import DateToConfirm, confirm_item, record_not_announced, worklist_for

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    confirming = commands.add_parser(
        "confirm",
        help="list the dates to confirm, or record them",
        description="Lists the dates to confirm, or records the dates of one item, or that they are not announced yet.",
    )
    confirming.add_argument("item", nargs="?", metavar="ITEM", help="such as session-HRC64 (default: list all)")
    confirming.add_argument("--start", type=day, metavar="DATE", help="first day, or date of a deadline")
    confirming.add_argument("--end", type=day, metavar="DATE", help="last day (default: the first)")
    confirming.add_argument("--source", default="", metavar="URL", help="address of a public source")
    confirming.add_argument("--provisional", action="store_true", help="the dates are subject to change")
    confirming.add_argument("--note", default="", metavar="TEXT", help="why the dates change, or the reply received")
    confirming.add_argument("--not-announced", action="store_true", help="no dates are announced yet")
    confirming.add_argument(
        "--ask-again", type=day, metavar="DATE", help="when to ask again, at most 92 days ahead (default: by urgency)"
    )
    confirming.add_argument(
        "--as", dest="person", default="", metavar="PERSON", help="who records it: identifier or name"
    )
    confirming.add_argument(
        "--format", choices=("table", "json"), default="table", help="format of the list; default: table"
    )
    confirming.set_defaults(run=_confirm)


def _confirm(options: argparse.Namespace) -> int:
    if not options.item:
        return _list(options.format)
    viewer = person(options.person)
    if options.not_announced:
        if options.start or options.end or options.provisional:
            raise Refused(Problem("confirm-days-not-announced"))
        again = record_not_announced(
            viewer, options.item, options.ask_again, note=options.note, source_url=options.source
        )
        print(f"{options.item}: not announced yet; ask again on {wording.day(again)}.")
        return 0
    if options.ask_again:
        raise Refused(Problem("confirm-ask-again-without-answer"))
    confirm_item(
        viewer,
        options.item,
        options.start,
        options.end,
        source_url=options.source,
        provisional=options.provisional,
        why=options.note,
    )
    print(f"{options.item}: recorded. The calendar and all feeds are updated.")
    return 0


def _list(form: str) -> int:
    listed = worklist_for(ANONYMOUS)
    if form == "json":
        print_json([_as_json(line) for line in (*listed.open, *listed.waiting)])
        return 0
    if listed.open:
        print_table(("Item", "Dates", "Why", "Title", "Where to look"), [_as_row(line) for line in listed.open])
    else:
        print("No dates to confirm.")
    for line in listed.waiting:
        if line.answer is not None:
            answered = answer_words(line.answer.asked_on, line.answer.ask_again_on, "", line.answer.note)
            print(f"{line.item}: {answered}.")
    return 0


def _as_row(line: DateToConfirm) -> tuple[object, ...]:
    why = pressing_words(line.pressing, line.days, line.usual_notice, line.last_year)
    return line.item, when(line.row) if line.row is not None else "", why, line.title, line.website


def _as_json(line: DateToConfirm) -> dict[str, Any]:
    row, answer = line.row, line.answer
    return {
        "item": line.item,
        "title": line.title,
        "kind": line.kind,
        "body": line.body,
        "pressing": line.pressing,
        "days": line.days,
        "start": line.start and line.start.isoformat(),
        "end": line.end and line.end.isoformat(),
        "date_precision": row["date_precision"] if row is not None else None,
        "earliest": row["earliest"].date().isoformat() if row is not None else None,
        "latest": row["latest"].date().isoformat() if row is not None else None,
        "standing": row["standing"] if row is not None else None,
        "records": line.outcome,
        "usual_notice": line.usual_notice,
        "last_year": line.last_year,
        "website": line.website,
        "ask_again_on": line.ask_again_on.isoformat(),
        "asked": answer
        and {
            "on": answer.asked_on.isoformat(),
            "ask_again_on": answer.ask_again_on.isoformat(),
            "note": answer.note,
            "source_url": answer.source_url,
        },
    }
