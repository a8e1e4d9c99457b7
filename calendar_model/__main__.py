"""The command line: ``python -m calendar_model``.

Exit status: 0; 1 if ``check`` or ``verify`` finds faults; 2 if a command is refused or fails, with a sentence on
standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from calendar_model import configuration
from calendar_model.access.problems import Refused
from calendar_model.calendar import FilterError
from calendar_model.commands import (
    accounts,
    calendar,
    confirmations,
    data_protection,
    digest,
    imports,
    keys,
    people,
    workspace,
)
from calendar_model.store.database import WorkspaceError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; raises SystemExit(2) for arguments that cannot be parsed."""
    options = _parser().parse_args(arguments)
    with_reference = options.data is None and options.run is not calendar.check
    if options.needs_configuration and (wrong := configuration.faults(with_reference=with_reference)):
        print(*wrong, sep="\n", file=sys.stderr)
        return configuration.EXIT_STATUS
    try:
        status: int = options.run(options)
    except (FilterError, Refused, WorkspaceError) as refused:
        print(refused, file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m calendar_model", description="The calendar on the command line.")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="folder of the reference files (default: the project's)"
    )
    parser.set_defaults(needs_configuration=True)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    for module in (calendar, confirmations, workspace, people, accounts, data_protection, digest, keys, imports):
        module.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
