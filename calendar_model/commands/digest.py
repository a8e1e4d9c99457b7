"""The command for the digest by e-mail: show a person's, send those that are due, or stop an address."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from calendar_model.commands.options import person
from calendar_model.mails import sending, smtp
from calendar_model.mission.digest.choice import stop_address

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands


def add_to(commands: Commands) -> None:
    """Add the command to a parser."""
    digest = commands.add_parser(
        "digest",
        help="show or send the digest by e-mail, or stop an address",
        description=(
            "Shows a person's digest or sends those that are due. Each is sent once, even if others send them too. A "
            "dashboard with a mail server set up sends them by itself."
        ),
    )
    what = digest.add_mutually_exclusive_group(required=True)
    what.add_argument("--preview", metavar="PERSON", help="print the digest of a person (identifier or name)")
    what.add_argument("--send", action="store_true", help="send the digests that are due")
    what.add_argument("--bounced", metavar="ADDRESS", help="stop mail to an address from which a message came back")
    digest.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.preview is not None:
        print(sending.preview(person(options.preview)) or "There is nothing to report today, so no digest is sent.")
    elif options.bounced is not None:
        stopped = stop_address(options.bounced)
        print(f"Mail was stopped for {stopped} user{'' if stopped == 1 else 's'}.")
    else:
        if not smtp.is_set_up():
            print(f"No mail server is set up. Name it in {smtp.VARIABLE}.", file=sys.stderr)
            return 2
        print(f"Digests: {sending.send_due()}.")
    return 0
