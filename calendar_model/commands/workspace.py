"""Commands for what staff keep: the sample, corrections, the history and whether somebody has touched it, backups.

A command line is no person. What it shows is what is public and internal, and with ``--as`` what one person sees.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calendar_model import calendar, clock, wording
from calendar_model.access.permissions import Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.commands.output import print_json, print_table
from calendar_model.mission import sample
from calendar_model.mission.visible_calendar import corrections
from calendar_model.reference.corrections import EFFECT_WORDS, corrected_rows, correction_effect, patch
from calendar_model.store import backup, history
from calendar_model.store.database import create_workspace, current_workspace
from calendar_model.store.models import Change
from calendar_model.vocabulary import Sensitivity

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands

_ACTIONS = {history.CREATE: "added", history.UPDATE: "changed", history.DELETE: "deleted"}
_NAMES_IT = ("title", "what", "item", "to_what", "step", "number", "country", "name")
"""Columns by which a row that was added or deleted is told from others, the first that it has."""
_COUNTED = ("version", "updated_at", "moved")
"""Columns that change with every other one and say nothing by themselves."""
_LONGEST = 60
"""Characters of a value in a table; ``--format json`` has all of it."""


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    sampled = commands.add_parser(
        "sample",
        help="a fictional workspace to try it out",
        description="Loads fictional persons and records, marked as sample, into the workspace, or takes them away.",
    )
    sampled.add_argument("what", choices=("load", "remove"))
    sampled.set_defaults(run=_sample)

    told = commands.add_parser(
        "history",
        help="who did what to a record, when and why",
        description="Every change of a record, or of the records linked to a calendar item, the first one first.",
    )
    which = told.add_mutually_exclusive_group(required=True)
    which.add_argument("--item", metavar="ITEM", help="an item of the calendar, such as session-HRC64")
    which.add_argument("--record", metavar="ID", help="a record, by the identifier in the address of its page")
    which.add_argument("--deleted", action="store_true", help="list the deleted records whose history is kept")
    told.add_argument(
        "--as", dest="person", default="", metavar="PERSON", help="who looks (default: what is public and internal)"
    )
    told.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    told.set_defaults(run=_history)

    put_right = commands.add_parser(
        "corrections",
        help="the corrections of the reference, and a patch of them",
        description="Lists the corrections that are recorded in the dashboard, or prints them as a patch of data/ for "
        "git apply.",
    )
    put_right.add_argument("what", choices=("list", "export"), nargs="?", default="list", help="default: list")
    put_right.set_defaults(run=_corrections)

    verified = commands.add_parser(
        "verify",
        help="whether somebody has touched what is kept",
        description="Walks the history and compares what is kept with it; exit status 1 when something does not fit.",
    )
    verified.set_defaults(run=_verify)

    saved = commands.add_parser(
        "backup",
        help="all that staff keep, in one file",
        description="Writes all that staff keep to a new file, what is restricted included, and prints its checksum.",
    )
    saved.add_argument("file", type=Path, metavar="FILE", help="where to write; it must not be there yet")
    saved.set_defaults(run=_backup)

    kept = commands.add_parser(
        "workspace",
        help="start a workspace where one is missing",
        description="Starts a new, empty workspace, also where one was kept before and is missing for good.",
    )
    kept.add_argument("what", choices=("create",))
    kept.set_defaults(run=_create)

    restored = commands.add_parser(
        "restore",
        help="a backup into an empty workspace",
        description="Puts a backup into the workspace, which must be empty, and prints its checksum.",
    )
    restored.add_argument("file", type=Path, metavar="FILE", help="the file of a backup")
    restored.set_defaults(run=_restore)


def _sample(options: argparse.Namespace) -> int:
    if options.what == "load":
        _, table = calendar.current(folder=options.data, corrections=corrections())
        counts = sample.load(table, clock.today())
        print(f"The sample is here: {_counted(counts)}." if counts else "The sample is here already.")
    else:
        counts = sample.remove()
        print(f"The sample is gone: {_counted(counts)}." if counts else "There is no sample in the workspace.")
    return 0


def _corrections(options: argparse.Namespace) -> int:
    recorded = corrections()
    if options.what == "export":
        sys.stdout.buffer.write(patch(options.data, recorded).encode())
        return 0
    made = corrected_rows(options.data, recorded)
    rows = [
        (
            one.on,
            one.file,
            one.row,
            ", ".join(f"{name} {value or '–'}" for name, value in one.values.items()),
            EFFECT_WORDS[correction_effect(made[one.file, one.row], one)],
            one.source_url,
        )
        for one in recorded
        if not one.withdrawn
    ]
    if rows:
        print_table(("On", "File", "Row", "Put right", "Counts", "Source"), rows)
    else:
        print("No corrections are recorded.")
    return 0


def _counted(counts: dict[str, int]) -> str:
    persons = counts.get("person", 0)
    return f"{_count(persons, 'person')} and {_count(sum(counts.values()) - persons, 'record')}"


def _history(options: argparse.Namespace) -> int:
    names = {person.id: person.name for person in staff()}
    if options.person and options.person not in names:
        raise Refused(Problem("person-unknown", "person", {"person": options.person}))
    viewer = member(options.person) if options.person else Viewer("", Sensitivity.INTERNAL)
    if options.deleted:
        return _deleted(viewer, names, options.format)
    with reading(viewer) as session:
        tell, what = (history.of_item, options.item) if options.item else (history.of_record, options.record)
        changes = tell(session, what)
    if options.format == "json":
        print_json([_line(change, names) for change in changes])
    elif not changes:
        seen = f"{names[options.person]} may see" if options.person else "is public or internal"
        print(f"Of {what} the history tells nothing that {seen}.")
    else:
        print_table(
            ("When (UTC)", "Who", "What", "Reason"),
            [
                (
                    wording.moment(change.at),
                    _short(names.get(change.person_id, change.person_id) or "nobody chosen"),
                    _what(change),
                    _short(change.reason),
                )
                for change in changes
            ],
        )
    return 0


def _deleted(viewer: Viewer, names: dict[str, str], form: str) -> int:
    with reading(viewer) as session:
        found = history.deleted(session)
    if form == "json":
        print_json([{**asdict(one), "at": one.at.isoformat(), "person": names.get(one.person_id, "")} for one in found])
    elif not found:
        print("No deleted record has a history that this person can read.")
    else:
        print_table(
            ("Deleted (UTC)", "Record", "Kind", "Title", "By", "Reason"),
            [
                (
                    wording.moment(one.at),
                    one.record_id,
                    str(one.kind).replace("-", " "),
                    _short(one.title),
                    _short(names.get(one.person_id, one.person_id)),
                    _short(one.reason),
                )
                for one in found
            ],
        )
    return 0


def _line(change: Change, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": change.number,
        "at": change.at.isoformat(),
        "person_id": change.person_id,
        "person": names.get(change.person_id, ""),
        "action": change.action,
        "table": change.table_now,
        "row_id": change.row_id,
        "record_id": change.record_id,
        "before": json.loads(change.before),
        "after": json.loads(change.after),
        "reason": change.reason,
        "hash": change.hash,
    }


def _what(change: Change) -> str:
    """Statement changed (state: draft → cleared)."""
    before, after = json.loads(change.before), json.loads(change.after)
    if change.action == history.UPDATE:
        told = "; ".join(
            f"{_words(name)}: {_value(before.get(name))} → {_value(after[name])}"
            for name in after
            if name not in _COUNTED
        )
    else:
        row = after or before
        told = _short(next((str(row[name]) for name in _NAMES_IT if row.get(name)), ""))
    said = f"{_words(change.table_now.removesuffix('_file')).capitalize()} {_ACTIONS[change.action]}"
    return f"{said} ({told})" if told else said


def _words(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "sealed"
    return _short("" if value is None else str(value)) or "nothing"


def _short(text: str) -> str:
    """One line of it; what could move a terminal's cursor is left out."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _verify(_: argparse.Namespace) -> int:
    verdict = history.verify(current_workspace())
    if not verdict.clean:
        print("\n".join(verdict.problems))
        return 1
    print(
        f"Nothing was touched: {_count(verdict.lines, 'line')} of history, {_count(verdict.rows, 'row')} as it says. "
        f"The last line's hash, to note somewhere else: {verdict.head}"
    )
    return 0


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _backup(options: argparse.Namespace) -> int:
    print(backup.backup(current_workspace(), options.file))
    return 0


def _create(_: argparse.Namespace) -> int:
    print(f"The workspace is {create_workspace().url}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    workspace = current_workspace()
    print(backup.restore(workspace.engine.url.render_as_string(hide_password=False), options.file))
    return 0
