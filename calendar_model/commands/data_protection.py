"""Commands for data protection: what is due for deletion, how long records are kept, and the data-protection sheet."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from calendar_model import wording
from calendar_model.access.permissions import ANY_STAFF
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import RECORD_SUBJECTS, Subject
from calendar_model.access.unit_of_work import staff
from calendar_model.commands.options import person
from calendar_model.commands.output import print_json, print_table
from calendar_model.documents.archive import archive_file
from calendar_model.documents.word import DocumentError
from calendar_model.messages.data_protection import COUNTED_FROM, PURPOSES, due_words, period_words
from calendar_model.mission.archive import archive_content
from calendar_model.mission.data_protection.retention import RULES, due_records, periods, set_period
from calendar_model.mission.data_protection.sheet import data_protection_sheet
from calendar_model.mission.reads import reading_for_document

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    retention = commands.add_parser(
        "retention",
        help="list what is due for deletion, or how long records are kept",
        description="Lists what is due for deletion, or how long each kind of record is kept. Nothing is deleted.",
    )
    what = retention.add_subparsers(title="commands", metavar="COMMAND", required=True)
    due = what.add_parser(
        "due",
        help="list what is due for deletion",
        description="Lists public and internal records that are due; with --as, those that one person may delete.",
    )
    due.add_argument("--as", dest="person", default="", metavar="PERSON", help="identifier or name")
    due.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    due.set_defaults(run=_due)
    table = what.add_parser(
        "table",
        help="list how long each kind of record is kept, and why",
        description="Lists how long each kind of record is kept, from which day, and for which purpose.",
    )
    table.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    table.set_defaults(run=_table)
    period = what.add_parser(
        "set", help="set how long a kind of record is kept", description="Sets how long a kind of record is kept."
    )
    kinds = [subject.value for subject in RECORD_SUBJECTS if RULES[subject].months is not None]
    period.add_argument("kind", choices=kinds, metavar="KIND", help=f"one of: {', '.join(kinds)}")
    period.add_argument("months", type=int, metavar="MONTHS", help="whole months")
    period.add_argument("--as", dest="person", default="", metavar="PERSON", help="the administrator who sets it")
    period.add_argument("--reason", default="", metavar="TEXT", help="why; kept in the history")
    period.set_defaults(run=_set)

    archived = commands.add_parser(
        "archive",
        help="write a statement, a case or a reprisal to a file for the archive",
        description=(
            "Writes a PDF/A, the data, all texts and the history of a record to one ZIP file, with their checksums. "
            "That a restricted record is read is noted."
        ),
    )
    archived.add_argument("record", metavar="RECORD", help="identifier of the record")
    archived.add_argument("--to", type=Path, required=True, metavar="FILE", help="file to write; it must not exist yet")
    archived.add_argument("--as", dest="person", default="", metavar="PERSON", help="who reads it")
    archived.set_defaults(run=_archive)

    sheet = commands.add_parser(
        "data-protection",
        help="print the data-protection sheet",
        description=(
            "Prints what is kept, why, how long and who sees it, as the code has it: the text of "
            "docs/DATA-PROTECTION.md."
        ),
    )
    sheet.set_defaults(run=_sheet)


def _due(options: argparse.Namespace) -> int:
    viewer = person(options.person) if options.person else ANY_STAFF
    found = due_records(viewer)
    names = {one.id: one.name for one in staff()}
    if options.format == "json":
        print_json(
            [
                {
                    "id": one.record_id,
                    "kind": one.subject,
                    "title": one.title,
                    "owner": names.get(one.owner_id, ""),
                    "counted_from": one.counted_from,
                    "since": one.since.isoformat(),
                    "months": one.months,
                    "due": one.due.isoformat(),
                    "needs_archive": one.needs_archive,
                }
                for one in found
            ]
        )
    elif not found:
        print("Nothing is due for deletion.")
    else:
        rows = [
            (
                one.record_id,
                wording.english_term(one.subject),
                one.title,
                names.get(one.owner_id, ""),
                due_words(one.counted_from, one.months, one.due),
                "missing" if one.needs_archive else "",
            )
            for one in found
        ]
        print_table(("Identifier", "Kind", "Title", "Owner", "Why", "Archive"), rows)
    return 0


def _table(options: argparse.Namespace) -> int:
    kept = periods(ANY_STAFF)
    if options.format == "json":
        print_json(
            [
                {
                    "kind": subject,
                    "months": months,
                    "default_months": RULES[subject].months,
                    "counted_from": RULES[subject].counted_from,
                    "purpose": PURPOSES[subject],
                }
                for subject, months in kept.items()
            ]
        )
        return 0
    rows = [
        (
            wording.english_term(subject),
            period_words(months),
            period_words(RULES[subject].months),
            "" if months is None else COUNTED_FROM[RULES[subject].counted_from],
            PURPOSES[subject],
        )
        for subject, months in kept.items()
    ]
    print_table(("Kind", "Kept", "Default", "Counted", "Purpose"), rows)
    return 0


def _set(options: argparse.Namespace) -> int:
    subject = Subject(options.kind)
    set_period(person(options.person), subject, options.months, reason=options.reason)
    print(f"{wording.english_term(subject)}: {period_words(options.months)}.")
    return 0


def _archive(options: argparse.Namespace) -> int:
    reader = person(options.person)
    if options.to.exists():
        raise Refused(Problem("export-file-exists", values={"file": options.to}))
    with reading_for_document(reader) as session:
        content = archive_content(session, options.record)
    try:
        made = archive_file(content)
    except DocumentError as fault:
        print(fault, file=sys.stderr)
        return 2
    with os.fdopen(os.open(options.to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made)
    print(f"Written to {options.to}.")
    return 0


def _sheet(_: argparse.Namespace) -> int:
    print(data_protection_sheet(), end="")
    return 0
