"""What every column must hold, as :mod:`calendar_model.store.models` declares it: for every way to write.

What is required is filled in, no text is longer than its column, a code is one that there is, and a
day on which something happened has come. Only what a change touches is looked at: an old
row that breaks a newer rule can still be corrected step by step.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import ColumnProperty, InstanceState, Session

from calendar_model import clock, wording
from calendar_model.access.problems import Problem, Refused
from calendar_model.calendar.current import change_token
from calendar_model.mission.events import zone_of
from calendar_model.reference import load
from calendar_model.reference.rows import MemberState, Organisation
from calendar_model.store.models import Base, Change, Code, Correction, bounds, longest
from calendar_model.store.session import WorkspaceSession


def check(session: WorkspaceSession, row: Base) -> None:
    """Refuses a new or changed row whose columns do not hold what they must; raises Refused, with the field.

    Of what nobody in particular writes, the sample, codes are not looked up: it fits the project's own reference.
    """
    state_: InstanceState[Any] = inspect(row, raiseerr=True)
    changed = [
        column
        for column in state_.mapper.column_attrs
        if not state_.persistent or state_.attrs[column.key].history.has_changes()
    ]
    _filled(state_, changed)
    for column in changed:
        value, info = getattr(row, column.key), column.columns[0].info
        if type(value) is str:
            _fits(type(row), column.key, value)
            kind = info.get("code")
            if kind is not None and value and session.actor and not is_known(session, kind, value):
                _refuse(column.key, f"there is no {kind} “{_shortened(value)}”. Choose one from the list.")
        if isinstance(value, date) and info.get("past") and not clock.has_come(value):
            _refuse(column.key, f"{wording.day(value)} has not come yet. Enter today or an earlier day.")
        if isinstance(value, int) and "most" in info:
            least, most = bounds(type(row), column.key)
            if not least <= value <= most:
                _refuse(column.key, f"enter a number from {least:,} to {most:,}.")


def check_reason(reason: str) -> None:
    """Refuses a reason that is too long for the history."""
    _fits(Change, "reason", reason)


def label(column: str) -> str:
    """A column as readers know it: ``Mission advice``."""
    return wording.term(column.removesuffix("_id").replace("_", "-"))


def _refuse(column: str, says: str) -> None:
    raise Refused(f"{label(column)}: {says}", field=column)


def _filled(state_: InstanceState[Any], columns: Iterable[ColumnProperty[Any]]) -> None:
    """Asks for all that is required and empty, at once."""
    missing: dict[str, str] = {}
    for column in columns:
        asks, value = column.columns[0].info.get("asks"), getattr(state_.obj(), column.key)
        relation = column.key.removesuffix("_id")
        given = relation != column.key and getattr(state_.obj(), relation, None) is not None
        if asks and not given and (not value.strip() if isinstance(value, str) else value is None):
            missing[asks] = column.key
    if missing:
        raise Refused(*(Problem("required", field, {"asks": asks}) for asks, field in missing.items()))


def _fits(kind: type[Base], column: str, text: str) -> None:
    limit = longest(kind, column)
    if len(text) > limit:
        _refuse(column, f"the text has {len(text):,} characters, and at most {limit:,} fit. Shorten it.")
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        _refuse(column, "the text holds a character that cannot be kept. Paste it as plain text.")


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


# --- Codes


def is_known(session: Session, kind: Code, code: str) -> bool:
    """Whether there is such a code: in the files of the reference, by a correction, or among the time zones.

    Where the files themselves are missing nothing can be said against a code.
    """
    if kind is Code.ZONE:
        return zone_of(code) is not None
    folder, _, stamps = change_token()
    known = _codes(kind, folder, stamps)
    if not known or code in known:
        return True
    files = (MemberState.FILE, Organisation.FILE)
    added = select(Correction.id).where(Correction.file.in_(files), Correction.row == code)
    return session.scalar(added.execution_options(everything=True)) is not None


@lru_cache(maxsize=4)
def _codes(kind: Code, folder: Path, stamps: Hashable) -> Collection[str]:
    """The codes in the files; kept for as long as the files (``stamps``) are the same."""
    known = load(folder)
    found: Collection[str] = known.states if kind is Code.STATE else known.organisations
    return frozenset(found)
