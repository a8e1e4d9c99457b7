"""What several commands read from their options: a day, and the person who writes."""

from __future__ import annotations

import argparse
from datetime import date

from calendar_model.access.permissions import Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import staff


def day(text: str) -> date:
    """Return the day of an option; raise what argparse says to the reader for one that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date; write it as 2026-11-24") from None


def person(named: str) -> Viewer:
    """Return the person whom ``--as`` names, by identifier or name; raise Refused for nobody and for several."""
    if not named:
        raise Refused(Problem("command-no-person"))
    found = [one.id for one in staff() if named in (one.id, one.name)]
    if len(found) != 1:
        code = "command-several-persons" if found else "command-unknown-person"
        raise Refused(Problem(code, values={"person": named}))
    return member(found[0])
