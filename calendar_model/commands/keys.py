"""Commands for the keys of an installation: make one, encrypt with it, replace it, and keep the data keys."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from calendar_model.access.protection import audiences
from calendar_model.store import sealing
from calendar_model.store.checkpoints import public_key
from calendar_model.store.database import configured_folder, current_workspace
from calendar_model.store.failures import WorkspaceError
from calendar_model.store.keys import (
    KEY_VARIABLE,
    SIGNING_KEY_VARIABLE,
    new_key,
    new_signing_key,
    signing_keys,
)
from calendar_model.store.sealing import SealingState

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    keys = commands.add_parser(
        "keys",
        help="make, use, replace and keep the keys of this installation",
        description=(
            "Manages the keys that encrypt identities, addresses of followed calendars and backups, and the key that "
            "signs checkpoints of the history. See docs/ENCRYPTION.md."
        ),
    )
    which = keys.add_subparsers(title="commands", required=True, metavar="COMMAND")

    made = which.add_parser("new", help="print a new key", description="Prints a new key. It is kept nowhere.")
    made.add_argument("--signing", action="store_true", help="one that signs checkpoints of the history")
    made.set_defaults(run=_new, needs_configuration=False)

    public = which.add_parser(
        "public", help="print the public signing key", description="Prints the public half of the signing key."
    )
    public.set_defaults(run=_public)

    shown = which.add_parser("status", help="say what is encrypted", description="Counts the encrypted values.")
    shown.set_defaults(run=_status)

    encrypted = which.add_parser(
        "encrypt",
        help="encrypt what was stored without a key",
        description="Encrypts identities and addresses that were stored before there was a key.",
    )
    encrypted.set_defaults(run=_encrypt)

    rotated = which.add_parser(
        "rotate",
        help="replace the key by a new one",
        description="Wraps all data keys with the first of the configured keys, so that the others are not needed.",
    )
    rotated.set_defaults(run=_rotate)

    exported = which.add_parser(
        "export",
        help="write the data keys to a file",
        description=(
            "Writes the data keys, which no backup has, to an encrypted file, in place of an earlier export. Keep only "
            "the newest: an older one has keys of what was erased since."
        ),
    )
    exported.add_argument("file", type=Path, metavar="FILE", help="file to write; an earlier export is replaced")
    exported.set_defaults(run=_export)

    imported = which.add_parser(
        "import",
        help="read the data keys of a restored workspace from a file",
        description="Takes the missing data keys from an export, so that what a backup has can be read.",
    )
    imported.add_argument("file", type=Path, metavar="FILE", help="an export of keys")
    imported.set_defaults(run=_import)


def _new(options: argparse.Namespace) -> int:
    print(new_signing_key() if options.signing else new_key())
    return 0


def _public(_: argparse.Namespace) -> int:
    found = signing_keys(configured_folder())
    if not found:
        raise WorkspaceError(
            f"No signing key is configured. Make one with “python -m calendar_model keys new --signing” and set it in "
            f"{SIGNING_KEY_VARIABLE}."
        )
    print(*(public_key(key) for key in found), sep="\n")
    return 0


def _status(_: argparse.Namespace) -> int:
    state = sealing.examine(current_workspace())
    if not state.configured:
        print("No key is configured, so nothing is encrypted.")
        return 0
    print(f"Encrypted values: {state.sealed}.")
    print_notices(state)
    return 0


def print_notices(state: SealingState, *, error: bool = False) -> None:
    """Print what an administrator should do about encrypted values, if anything."""
    for notice in _notices(state):
        print(notice, file=sys.stderr if error else sys.stdout)


def _notices(state: SealingState) -> list[str]:
    found = []
    if state.configured and state.plain:
        found.append(
            f"Values that are not encrypted: {state.plain}. Encrypt them: python -m calendar_model keys encrypt"
        )
    if state.unreadable:
        found.append(
            f"Encrypted values that cannot be read, because their data keys are missing: {state.unreadable}. Take the "
            "keys from the newest export: python -m calendar_model keys import FILE"
        )
    if state.configured and state.outdated:
        found.append(
            f"Data keys under an earlier key: {state.outdated}. Wrap them with the first key in {KEY_VARIABLE}: "
            "python -m calendar_model keys rotate"
        )
    return found


def _encrypt(_: argparse.Namespace) -> int:
    count = sealing.encrypt_rows(current_workspace(), audiences)
    print(f"Encrypted identities and addresses: {count}. Backups made before still have them in plain text.")
    return 0


def _rotate(_: argparse.Namespace) -> int:
    count = sealing.rotate(current_workspace())
    print(
        f"Data keys wrapped with the new key: {count}. Make a new backup and a new export of keys, then remove the "
        "earlier key."
    )
    return 0


def _export(options: argparse.Namespace) -> int:
    count = sealing.export_keys(current_workspace(), options.file)
    print(f"Data keys written to {options.file}: {count}. Delete older exports.")
    return 0


def _import(options: argparse.Namespace) -> int:
    workspace = current_workspace()
    print(f"Data keys imported: {sealing.import_keys(workspace, options.file)}.")
    print_notices(sealing.examine(workspace))
    return 0
