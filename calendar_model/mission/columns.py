"""What every column must hold, as :mod:`calendar_model.store.models` declares it: for every way to write.

What is required is filled in, no text is longer than its column, a code is one that there is, and a
day on which something happened has come. Only what a change touches is looked at: an old
row that breaks a newer rule can still be corrected step by step.
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
from calendar_model.store.models import Base, Change, Code, Correction, bounds, longest
from calendar_model.store.session import WorkspaceSession


def check(session: WorkspaceSession, row: Base) -> None:
    """Refuse a new or changed row whose columns do not hold what they must.

    All that is required and empty is asked for at once; of what else is wrong the first is named. Of what nobody in
    particular writes, the sample, codes are not looked up: it fits the project's own reference. Raises Refused.
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


def problems(kind: type[Base], values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with the columns of a new row: what is required and empty, too long, out of bounds or to come.

    A column that is not among ``values`` counts as empty. Codes are not looked up.
    """
    names = [column.key for column in inspect(kind).column_attrs]
    return (*_problems_of_empty(kind, {name: values.get(name) for name in names}), *_problems_in(kind, values, None))


def check_reason(reason: str) -> None:
    """Refuse a reason that is too long for the history."""
    if wrong := _problem_of_text(Change, "reason", reason):
        raise Refused(wrong)


def _has_related(row: Base, column: str) -> bool:
    """Whether the row that a column names is given as an object."""
    relation = column.removesuffix("_id")
    return relation != column and getattr(row, relation, None) is not None


def _problems_of_empty(kind: type[Base], values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is required and empty; one sentence only for two columns that it asks for together."""
    columns = inspect(kind).columns
    found = {}
    for name, value in values.items():
        column = columns[name]
        if column.info.get("required") and (not value.strip() if isinstance(value, str) else value is None):
            problem = Problem("required", name, {"column": f"{column.table.name}.{name}"})
            found[str(problem)] = problem
    return tuple(found.values())


def _problems_in(kind: type[Base], values: Mapping[str, Any], session: Session | None) -> Iterator[Problem]:
    """What is wrong with these columns but that they are empty; codes are looked up in a session."""
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
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return Problem("text-not-plain", column, {"column": column})
    return None


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


# --- Codes


def is_known(session: Session, kind: Code, code: str) -> bool:
    """Whether there is such a code: in the files of the reference, by a correction, or among the time zones.

    Where the files themselves are missing every code counts as known.
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
