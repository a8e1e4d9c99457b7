"""Checks of the environment variables, reported together at start.

``python -m calendar_model.configuration`` prints the same faults; ``make run`` runs it first.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

from calendar_model import clock, reference
from calendar_model.feeds import links
from calendar_model.figures import picture
from calendar_model.imports import fetching
from calendar_model.mails import messages, smtp
from calendar_model.mission import accounts
from calendar_model.mission.digest.choice import is_address
from calendar_model.store import database, keys, scheduled_backups
from calendar_model.store.failures import KeyMissingError
from calendar_model.web import logs, metrics

PORT_VARIABLE = "PORT"
EXIT_STATUS = 2


def faults(*, with_reference: bool = True) -> list[str]:
    """Return a sentence for each variable with an invalid value; variables that are not set are valid.

    Without ``with_reference`` the reference files are not looked for. The workspace is not opened, so whether a key
    fits it is found later. No sentence contains a password or a key.
    """
    found = [
        *(_day(), _public_address(), _remote(), _workspace(), _port(), _browser(), _session(), _log(), _backups()),
        *(*_keys(), *_metrics(), *_mails()),
    ]
    return [sentence for sentence in (*found, _reference() if with_reference else "") if sentence]


def require(further: Sequence[str] = ()) -> None:
    """Exit with :data:`EXIT_STATUS` if there are faults, or ``further`` ones, after printing them on standard error."""
    if wrong := [*faults(), *further]:
        print("The configuration is invalid, so nothing was started:", *wrong, sep="\n- ", file=sys.stderr)
        raise SystemExit(EXIT_STATUS)


def require_keys() -> None:
    """Open the workspace; exit as :func:`require` does if it has encrypted values that the configured keys do not open.

    A workspace that cannot be opened for another reason is left to the pages, which show the fault.
    """
    try:
        database.current_workspace()
    except KeyMissingError as fault:
        print(f"Nothing was started: {fault}", file=sys.stderr)
        raise SystemExit(EXIT_STATUS) from None
    except database.WorkspaceError:
        return


def _day() -> str:
    try:
        clock.now()
    except ValueError:
        return (
            f"{clock.TODAY_VARIABLE} is not a date. Enter one such as 2028-02-29, or a time such as "
            "2028-02-29T12:00:00+00:00, or leave it out."
        )
    return ""


def _public_address() -> str:
    configured = os.environ.get(links.PUBLIC_URL_VARIABLE, "")
    if not configured.strip() or links.is_public_address(configured):
        return ""
    return (
        f"{links.PUBLIC_URL_VARIABLE} is not the address of a dashboard. Enter https://, the host and any path, such "
        "as "
        "https://calendar.example.org/desk."
    )


def _remote() -> str:
    if not (wrong := fetching.not_allowed()):
        return ""
    which = "One entry" if len(wrong) == 1 else f"{len(wrong)} entries"
    return (
        f"{which} of {fetching.VARIABLE} cannot be used. Write each as https://, a host and the beginning of a path, "
        "without a user name, password or question mark. Separate them with commas."
    )


def _workspace() -> str:
    try:
        database.check_environment()
    except database.WorkspaceError as fault:
        return str(fault)
    return ""


def _keys() -> list[str]:
    folder, found = database.configured_folder(), []
    for read in (keys.keyring, keys.signing_keys):
        try:
            read(folder)
        except database.WorkspaceError as fault:
            found.append(str(fault))
    return found


def _port() -> str:
    port = os.environ.get(PORT_VARIABLE, "")
    if not port or (port.isascii() and port.isdigit() and 0 < int(port) < 2**16):
        return ""
    return f"{PORT_VARIABLE} is not a port. Enter a number from 1 to 65535, such as 8501."


def _browser() -> str:
    named = os.environ.get(picture.VARIABLE, "")
    if not named or shutil.which(named):
        return ""
    return f"{picture.VARIABLE} does not name a program that can be started. Name Chromium or Chrome, or leave it out."


def _session() -> str:
    try:
        accounts.session_hours()
    except ValueError:
        return (
            f"{accounts.SESSION_HOURS_VARIABLE} is not a number of hours from 1 to {accounts.LONGEST_SESSION}. Enter "
            f"one such as {accounts.SESSION_HOURS}, or leave it out."
        )
    return ""


def _log() -> str:
    if os.environ.get(logs.VARIABLE, "") in ("", *logs.FORMS):
        return ""
    return f"{logs.VARIABLE} is not a form of the log. Enter {' or '.join(logs.FORMS)}, or leave it out."


def _metrics() -> list[str]:
    found = []
    if os.environ.get(metrics.VARIABLE, "") not in ("", "0", "1"):
        found.append(f"{metrics.VARIABLE} must be 1, or left out.")
    token = os.environ.get(metrics.TOKEN_VARIABLE, "")
    if token and not (len(token) >= metrics.SHORTEST_TOKEN and token.isascii() and token.isprintable()):
        found.append(
            f"{metrics.TOKEN_VARIABLE} is not a token. Enter at least {metrics.SHORTEST_TOKEN} letters and digits, as "
            "`openssl rand -hex 32` makes them."
        )
    return found


def _mails() -> list[str]:
    found = []
    try:
        server = smtp.configured()
    except ValueError:
        server = None
        # What it holds is not quoted: it may have a password.
        found.append(
            f"{smtp.VARIABLE} is not the address of a mail server. Enter one such as "
            "smtp://user:password@mail.example.org:587 or smtps://mail.example.org:465, or leave it out."
        )
    sender = smtp.sender()
    if (server is not None or sender) and not is_address(sender):
        found.append(f"{smtp.FROM_VARIABLE} is not an e-mail address. Enter the one from which mails are sent.")
    if server is not None and not messages.public_address():
        found.append(
            f"Mails have links, so {smtp.VARIABLE} needs {links.PUBLIC_URL_VARIABLE} too. Set it, or leave both out."
        )
    return found


def _backups() -> str:
    folder = scheduled_backups.configured_folder()
    if folder is None or (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        return ""
    return (
        f"{scheduled_backups.FOLDER_VARIABLE} does not name a folder that can be read. Name the folder of the backups, "
        "or leave it out."
    )


def _reference() -> str:
    folder = reference.data_folder()
    missing = [kind.FILE for kind in reference.ROW_CLASSES if not os.access(folder / kind.FILE, os.R_OK)]
    if not missing:
        return ""
    which = "reference files" if len(missing) == len(reference.ROW_CLASSES) else ", ".join(missing)
    return (
        f"The folder {folder} has no readable {which}. Name the right folder in {reference.DATA_VARIABLE}, or leave it "
        "out to use the project's own."
    )


if __name__ == "__main__":
    require()
