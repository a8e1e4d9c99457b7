"""Options shared by several commands: a date, and the person who writes."""

from __future__ import annotations

import argparse
from datetime import date

from calendar_model.access.permissions import Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import staff


def day(text: str) -> date:
    """Return the date of an option; raise ArgumentTypeError for a text that is not a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date; write it as 2026-11-24") from None


def person(named: str) -> Viewer:
    """Return the person given with ``--as``, by identifier or name; raise Refused for no person or several."""
    if not named:
        raise Refused(Problem("command-no-person"))
    found = [one.id for one in staff() if named in (one.id, one.name)]
    if len(found) != 1:
        code = "command-several-persons" if found else "command-unknown-person"
        raise Refused(Problem(code, values={"person": named}))
    return member(found[0])
