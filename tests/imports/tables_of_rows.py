"""Tables as text, and the lines of a plan as what tests compare."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.imports.plan import ImportLine, ImportPlan
from calendar_model.imports.tables.reader import TableSheet, read_table
from calendar_model.store.models import Record

Look = Callable[..., ImportPlan]
"""Plans a table by a template as somebody; options are those of ``plan_table``, and ``name`` of the file."""


def sheet(data: bytes, name: str = "a.csv") -> TableSheet:
    one = read_table(data, file_name=name)[0]
    return TableSheet(one["name"], tuple(one["header"]), tuple(map(tuple, one["rows"])), tuple(one["numbers"]))


def problems(line: ImportLine) -> list[tuple[str, str]]:
    """The field and the code of each problem."""
    return [(one.field, one.code) for one in line.problems]


def codes(line: ImportLine) -> list[str]:
    return [note.code for note in line.notes]


def changes(line: ImportLine) -> list[tuple[str, object, object]]:
    return [(one.field, one.before, one.after) for one in line.changes]


def count(viewer: Viewer) -> int:
    with reading(viewer) as session:
        return session.scalar(select(func.count(Record.id))) or 0
