"""Checks of every column, as :mod:`calendar_model.store.models` declares it, whichever way a row is written.

Required columns are filled in, texts fit their column, codes exist, numbers are within bounds, and days on which
something happened are not in the future. Only changed columns are checked, so that an old row that breaks a newer rule
can be corrected step by step.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import InstanceState, Session

from calendar_model import clock
from calendar_model.access.problems import Problem, Refused
from calendar_model.calendar.current import change_token
from calendar_model.mission.events import zone_of
from calendar_model.reference import load
from calendar_model.reference.rows import MemberState, Organisation
from calendar_model.store.models import Base, Change, Code, Correction, Instant, bounds, longest
from calendar_model.store.sealing import is_sealed
from calendar_model.store.session import WorkspaceSession


def check(session: WorkspaceSession, row: Base) -> None:
    """Check the changed columns of a new or changed row; raise Refused if one is wrong.

    All empty required columns are named at once, otherwise only the first fault. Codes are not looked up in the sample,
    which no user writes: it fits the project's own reference.
    """
    state: InstanceState[Any] = inspect(row, raiseerr=True)
    changed = [
        column.key
        for column in state.mapper.column_attrs
        if not state.persistent or state.attrs[column.key].history.has_changes()
    ]
    given = {name: getattr(row, name) for name in changed}
    empty = [name for name in changed if not _has_related(row, name)]
    if missing := _problems_of_empty(type(row), {name: given[name] for name in empty}):
        raise Refused(*missing)
    if wrong := next(_problems_in(type(row), given, session if session.actor else None), None):
        raise Refused(wrong)


def keep_time(row: Base) -> None:
    """Have no instant at which a row is written be later than now, nor the last change of one earlier.

    Who looks through readings, and what is due for deletion, depends on these instants.
    """
    state: InstanceState[Any] = inspect(row, raiseerr=True)
    for name, column in state.mapper.columns.items():
        if not isinstance(column.type, Instant) or column.default is None:
            continue
        given = state.attrs[name].history.added
        is_last_change = state.persistent and column.onupdate is not None
        if given and given[0] is not None and (is_last_change or given[0] > clock.now()):
            setattr(row, name, clock.now())


def problems(kind: type[Base], values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what is wrong with the columns of a new row of a model: empty, too long, out of bounds or in the future.

    A column missing from ``values`` counts as empty. Codes are not looked up.
    """
    names = [column.key for column in inspect(kind).column_attrs]
    return (*_problems_of_empty(kind, {name: values.get(name) for name in names}), *_problems_in(kind, values, None))


def check_reason(reason: str) -> None:
    """Raise Refused for a reason that is too long for the history, or not plain text."""
    if wrong := _problem_of_text(Change, "reason", reason):
        raise Refused(wrong)


def _has_related(row: Base, column: str) -> bool:
    """Whether the row that a foreign key names is set as an object instead."""
    relation = column.removesuffix("_id")
    return relation != column and getattr(row, relation, None) is not None


def _problems_of_empty(kind: type[Base], values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return a problem for each empty required column; two columns with the same message give one."""
    columns = inspect(kind).columns
    found = {}
    for name, value in values.items():
        column = columns[name]
        if column.info.get("required") and (not value.strip() if isinstance(value, str) else value is None):
            problem = Problem("required", name, {"column": f"{column.table.name}.{name}"})
            found[str(problem)] = problem
    return tuple(found.values())


def _problems_in(kind: type[Base], values: Mapping[str, Any], session: Session | None) -> Iterator[Problem]:
    """Yield the faults of these columns other than being empty; codes are looked up only with a session."""
    columns = inspect(kind).columns
    for name, value in values.items():
        info = columns[name].info if name in columns else {}
        if type(value) is str and name in columns:
            if wrong := _problem_of_text(kind, name, value):
                yield wrong
            code = info.get("code")
            if code is not None and value and session is not None and not is_known(session, code, value):
                yield Problem("unknown-code", name, {"column": name, "kind": code, "code": _shortened(value)})
        if isinstance(value, date) and info.get("past") and not clock.has_come(value):
            yield Problem("day-to-come", name, {"column": name, "day": value})
        if isinstance(value, int) and "most" in info:
            least, most = bounds(kind, name)
            if not least <= value <= most:
                yield Problem("number-out-of-bounds", name, {"column": name, "least": least, "most": most})


def _problem_of_text(kind: type[Base], column: str, text: str) -> Problem | None:
    limit = longest(kind, column)
    if len(text) > limit:
        return Problem("text-too-long", column, {"column": column, "length": len(text), "limit": limit})
    if "\0" in text or is_sealed(text) or any("\ud800" <= sign <= "\udfff" for sign in text):
        return Problem("text-not-plain", column, {"column": column})
    return None


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


# --- Codes


def is_known(session: Session, kind: Code, code: str) -> bool:
    """Return whether a code exists: in the files of the reference, in a correction, or among the time zones.

    If the files themselves are missing, every code counts as known.
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
    """Return the codes in the files; cached until the files change (``stamps``)."""
    known = load(folder)
    found: Collection[str] = known.states if kind is Code.STATE else known.organisations
    return frozenset(found)
