"""Imports of tables: preview the rows, and write them in one transaction.

A row with problems is refused alone, with all its problems; the others are imported. An empty cell, or a missing
column, leaves the existing value; nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from sqlalchemy.orm.exc import StaleDataError

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.imports.plan import ImportLine, ImportNote, ImportPlan, ImportRefused, Progress, no_progress
from calendar_model.imports.tables.columns import EXAMPLE, missing_columns
from calendar_model.imports.tables.reader import TableSheet
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.imports.templates.protocol import ImportTemplate
from calendar_model.mission.transactions import writing
from calendar_model.reference import Reference
from calendar_model.store.database import Workspace

REASON = "Imported from a table."
"""The reason in the history."""


def plan_table(
    viewer: Viewer,
    template: ImportTemplate,
    sheet: TableSheet,
    places: Mapping[str, int | None],
    *,
    reference: Reference,
    table: pd.DataFrame,
    recorded: pd.DataFrame | None = None,
    source_url: str = "",
    workspace: Workspace | None = None,
) -> ImportPlan:
    """Return what the rows of ``sheet`` would do with ``template``, a line for each; writes nothing.

    ``places`` give the column of the sheet, from 0, for each column of the template (None: not present). ``reference``
    and ``table`` are the facts and the calendar that ``viewer`` sees, against which organisations, states, sessions and
    items are looked up, and ``recorded`` is the calendar in English. ``source_url`` is the source of all rows that give
    none; new dates need one.

    Rows are compared with what the viewer sees. Raises :class:`~calendar_model.imports.plan.ImportRefused` where
    nothing can be read at all.
    """
    if missing := missing_columns(template.columns, places):
        raise ImportRefused("table-columns-not-chosen", columns=tuple(column.label for column in missing))
    known = {column.name for column in template.columns}
    used = {name: place for name, place in places.items() if name in known and place is not None}
    if any(not 0 <= place < len(sheet.header) for place in used.values()):
        raise ImportRefused("table-columns-of-another-file")
    rows, remarks = [], []
    for number, row in sheet.numbered:
        cells = {name: text for name, place in used.items() if (text := row[place].strip())}
        if not cells:
            continue
        if any(text.casefold().endswith(EXAMPLE) for text in cells.values()):
            remarks.append(ImportNote("table-example-left-out", {"row": number}))
            continue
        rows.append((number, cells))
    if not rows:
        remarks.append(ImportNote("table-no-rows"))
    lookup = RowLookup(reference, table, source_url.strip(), recorded)
    with reading(viewer, workspace) as session:
        lines = template.plan(session, lookup, rows)
    return ImportPlan(tuple(lines), tuple(remarks))


def write_table(
    viewer: Viewer,
    template: ImportTemplate,
    plan: ImportPlan,
    progress: Progress = no_progress,
    workspace: Workspace | None = None,
) -> ImportPlan:
    """Write ``plan`` in one transaction, all or nothing; return it with the new identifiers.

    ``progress`` is called after every line. Raises :class:`~calendar_model.access.problems.Refused`, with the row, for
    what a rule forbids, and where a record that the plan changes, or would add, has been written meanwhile. Nothing of
    the plan is written then.
    """
    found: dict[int, str] = {}
    if not plan.to_write:
        return plan
    with writing(viewer, REASON, workspace) as session, session.no_autoflush:
        is_unchanged = template.unchanged_check(session)
        for done, line in enumerate(plan.to_write, 1):
            try:
                if not is_unchanged(line):
                    raise EditConflict
                found[line.number] = template.write(session, viewer, line)
                if not template.corrects_reference:
                    # One by one, so that a rule that refuses says which row.
                    session.flush()
            except (EditConflict, StaleDataError):
                raise Refused(_row_problem("row-edit-conflict", line)) from None
            except Refused as refused:
                raise Refused(_row_problem("row-refused", line, reason=str(refused))) from None
            progress(done, len(plan.to_write))
    lines = (replace(line, record_id=found.get(line.number, line.record_id)) for line in plan.lines)
    return replace(plan, lines=tuple(lines))


def _row_problem(code: str, line: ImportLine, **values: str) -> Problem:
    return Problem(code, values={"row": line.number, "title": line.title, **values})
