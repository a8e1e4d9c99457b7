"""Commands for the workspace: sample data, corrections, the history and its verification, backups.

The commands show public and internal records; with ``--as``, those that one person can see.
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
from calendar_model.commands.keys import print_notices
from calendar_model.commands.output import print_json, print_table
from calendar_model.mission import sample
from calendar_model.mission.reads import note_histories
from calendar_model.mission.visible_calendar import corrections
from calendar_model.reference.corrections import EFFECT_WORDS, corrected_rows, correction_effect, patch
from calendar_model.store import backup, checkpoints, history, scheduled_backups, sealing
from calendar_model.store.checkpoints import Checkpoint
from calendar_model.store.database import configured_folder, create_workspace, current_workspace
from calendar_model.store.failures import WorkspaceError
from calendar_model.store.keys import SIGNING_KEY_VARIABLE, signing_keys
from calendar_model.store.models import Change
from calendar_model.vocabulary import Sensitivity

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands

_ACTIONS = {history.CREATE: "added", history.UPDATE: "changed", history.DELETE: "deleted"}
_NAMES_IT = ("title", "what", "item", "to_what", "step", "number", "country", "name")
"""Columns that identify an added or deleted row; the first one with a value is shown."""
_COUNTED = ("version", "updated_at", "moved")
"""Columns that change with any other column, left out."""
_LONGEST = 60
"""Characters shown of a value in a table; ``--format json`` shows all of it."""


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    sampled = commands.add_parser(
        "sample",
        help="load or remove sample data",
        description="Loads fictional users and records, marked as sample, into the workspace, or removes them.",
    )
    sampled.add_argument("what", choices=("load", "remove"))
    sampled.set_defaults(run=_sample)

    told = commands.add_parser(
        "history",
        help="show the changes of a record",
        description=(
            "Lists every change of a record, or of the records linked to a calendar item, oldest first. With "
            "“checkpoint” prints a signed statement of what the history is now, to be kept elsewhere."
        ),
    )
    which = told.add_mutually_exclusive_group(required=True)
    which.add_argument("what", nargs="?", choices=("checkpoint",), help="sign what the history is now")
    which.add_argument("--item", metavar="ITEM", help="a calendar item, such as session-HRC64")
    which.add_argument("--record", metavar="ID", help="a record, by the identifier in its page's address")
    which.add_argument("--deleted", action="store_true", help="list the deleted records whose history is kept")
    told.add_argument(
        "--as",
        dest="person",
        default="",
        metavar="PERSON",
        help="show what this person can see, noted as read by them (default: public and internal records)",
    )
    told.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    told.add_argument("--to", type=Path, metavar="FILE", help="new file for the checkpoint (default: print it)")
    told.set_defaults(run=_history)

    put_right = commands.add_parser(
        "corrections",
        help="list or export corrections of the reference",
        description=(
            "Lists the corrections recorded in the dashboard, or prints them as a patch of data/ for git apply."
        ),
    )
    put_right.add_argument("what", choices=("list", "export"), nargs="?", default="list", help="default: list")
    put_right.set_defaults(run=_corrections)

    verified = commands.add_parser(
        "verify",
        help="verify that records match their history",
        description="Checks the history, and compares the records with it; exit status 1 if anything does not match.",
    )
    verified.add_argument(
        "--against",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint: also check that nothing before it was rewritten or cut off; can be repeated",
    )
    verified.add_argument(
        "--signed-by",
        action="append",
        default=[],
        metavar="KEY",
        help="public key of the checkpoint (default: that of the configured signing key)",
    )
    verified.set_defaults(run=_verify)

    saved = commands.add_parser(
        "backup",
        help="back up the workspace to a file",
        description="Writes the whole workspace to a new file, including restricted records, and prints its checksum.",
    )
    where = saved.add_mutually_exclusive_group(required=True)
    where.add_argument("file", nargs="?", type=Path, metavar="FILE", help="file to write; it must not exist yet")
    where.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="write a file named by the time (UTC) into this folder, then delete older ones that are not kept",
    )
    where.add_argument(
        "--check",
        type=Path,
        metavar="FILE",
        help="restore this backup, or the newest of a folder, into a temporary workspace, verify it and delete it",
    )
    usual = scheduled_backups.Retention()
    for option, period, number in (
        ("--keep-daily", "days", usual.daily),
        ("--keep-weekly", "weeks", usual.weekly),
        ("--keep-monthly", "months", usual.monthly),
    ):
        saved.add_argument(
            option,
            type=_number,
            default=number,
            metavar="NUMBER",
            help=f"with --to: of how many {period} the last backup is kept (default: {number})",
        )
    saved.set_defaults(run=_backup)

    kept = commands.add_parser(
        "workspace",
        help="create a workspace where one is missing",
        description="Creates a new, empty workspace, even where an earlier one is permanently missing.",
    )
    kept.add_argument("what", choices=("create",))
    kept.set_defaults(run=_create)

    restored = commands.add_parser(
        "restore",
        help="restore a backup into an empty workspace",
        description="Restores a backup into the workspace, which must be empty, and prints its checksum.",
    )
    restored.add_argument("file", type=Path, metavar="FILE", help="backup file")
    restored.set_defaults(run=_restore)


def _sample(options: argparse.Namespace) -> int:
    if options.what == "load":
        _, table = calendar.current(folder=options.data, corrections=corrections())
        counts = sample.load(table, clock.today())
        print(f"Sample data loaded: {_counted(counts)}." if counts else "The sample data is already loaded.")
    else:
        counts = sample.remove()
        print(f"Sample data removed: {_counted(counts)}." if counts else "There is no sample data in the workspace.")
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
        print_table(("Date", "File", "Row", "Corrected", "Effect", "Source"), rows)
    else:
        print("No corrections are recorded.")
    return 0


def _counted(counts: dict[str, int]) -> str:
    persons = counts.get("person", 0)
    return f"{_count(persons, 'user')} and {_count(sum(counts.values()) - persons, 'record')}"


def _history(options: argparse.Namespace) -> int:
    if options.what == "checkpoint":
        return _checkpoint(options.to)
    names = {person.id: person.name for person in staff()}
    if options.person and options.person not in names:
        raise Refused(Problem("person-unknown", "person", {"person": options.person}))
    viewer = member(options.person) if options.person else Viewer("", Sensitivity.INTERNAL)
    if options.deleted:
        return _deleted(viewer, names, options.format)
    with reading(viewer) as session:
        tell, what = (history.of_item, options.item) if options.item else (history.of_record, options.record)
        changes = tell(session, what)
    note_histories(viewer, {change.record_id for change in changes})
    if options.format == "json":
        print_json([_line(change, names) for change in changes])
    elif not changes:
        seen = f"that {names[options.person]} can see" if options.person else "that is public or internal"
        print(f"The history of {what} has nothing {seen}.")
    else:
        print_table(
            ("When (UTC)", "Who", "What", "Reason"),
            [
                (
                    wording.moment(change.at),
                    _short(names.get(change.person_id, change.person_id) or "no user"),
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
        print("There is no deleted record whose history this person can read.")
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
    return _short("" if value is None else str(value)) or "empty"


def _short(text: str) -> str:
    """Return a text on one line, shortened, without characters that could move a terminal's cursor."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _checkpoint(file: Path | None) -> int:
    keys = signing_keys(configured_folder())
    if not keys:
        raise WorkspaceError(
            "No signing key is configured. Make one with “python -m calendar_model keys new --signing” and set it in "
            f"{SIGNING_KEY_VARIABLE}."
        )
    signed = checkpoints.checkpoint(current_workspace(), keys[0]).as_json()
    if file is None:
        sys.stdout.write(signed)
        return 0
    try:
        with file.open("x", encoding="utf-8") as into:
            into.write(signed)
    except FileExistsError:
        raise WorkspaceError(f"{file} already exists and is not overwritten. Name another file.") from None
    except OSError as error:
        raise WorkspaceError(f"The checkpoint cannot be written to {file} ({error.strerror}).") from None
    return 0


def _verify(options: argparse.Namespace) -> int:
    workspace = current_workspace()
    earlier = _checkpoints(options.against, options.signed_by)
    verdict = history.verify(workspace)
    compared = {file: checkpoints.compare(workspace, one) for file, one in earlier.items()}
    if not verdict.clean or any(compared.values()):
        print(*verdict.problems, *(f"{file}: {wrong}" for file, wrong in compared.items() if wrong), sep="\n")
        return 1
    print(
        f"All records match the history: {_count(verdict.lines, 'change')}, {_count(verdict.rows, 'row')}. "
        f"Hash of the last change, to be kept elsewhere: {verdict.head}"
    )
    for file, one in earlier.items():
        print(f"{file}: nothing was rewritten or cut off since {one.at} ({_count(one.lines, 'change')}).")
    print_notices(sealing.examine(workspace))
    return 0


def _checkpoints(files: list[Path], signed_by: list[str]) -> dict[Path, Checkpoint]:
    if not files:
        return {}
    trusted = signed_by or [checkpoints.public_key(key) for key in signing_keys(configured_folder())]
    found = {}
    for file in files:
        try:
            found[file] = checkpoints.read(file.read_bytes(), trusted)
        except OSError as error:
            raise WorkspaceError(f"{file} cannot be read ({error.strerror}). Name a checkpoint.") from None
    return found


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number; enter one such as 14")
    return int(text)


def _backup(options: argparse.Namespace) -> int:
    if options.check is not None:
        checked = scheduled_backups.check(options.check)
        print(
            f"{checked.file} can be restored: {_count(checked.changes, 'change')}, {_count(checked.rows, 'row')}, "
            f"checksum {checked.checksum}."
        )
    elif options.to is not None:
        retention = scheduled_backups.Retention(options.keep_daily, options.keep_weekly, options.keep_monthly)
        written = scheduled_backups.back_up(current_workspace(), options.to, retention)
        print(
            f"Backed up to {written.file}, checksum {written.checksum}. {_count(len(written.kept), 'backup')} kept, "
            f"{len(written.deleted)} deleted."
        )
    else:
        print(backup.backup(current_workspace(), options.file))
    return 0


def _create(_: argparse.Namespace) -> int:
    print(f"Created the workspace {create_workspace().url}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    workspace = current_workspace()
    print(backup.restore(workspace.engine.url.render_as_string(hide_password=False), options.file))
    print_notices(sealing.examine(workspace), error=True)
    return 0
