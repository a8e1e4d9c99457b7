"""Corrections of the reference: their checks, commands and queries.

They are always public and apply to everyone. What needs no database is in :mod:`calendar_model.reference.corrections`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading, set_links, upsert
from calendar_model.clock import now, today
from calendar_model.mission.checks import Checks, is_changed
from calendar_model.mission.transactions import save, writing
from calendar_model.reference import RowCorrection, corrections, data_folder, new_faults
from calendar_model.reference.rows import Cadence
from calendar_model.store.database import Workspace
from calendar_model.store.history import DELETE
from calendar_model.store.models import Base, Change, Correction, Record
from calendar_model.store.session import WorkspaceSession
from calendar_model.vocabulary import Sensitivity


def _public(_detail: object) -> Sensitivity:
    return Sensitivity.PUBLIC


def _refuse_link(_session: WorkspaceSession, _correction: Correction, _other: Record) -> None:
    raise Refused(Problem("correction-linked"))


CHECKS: Mapping[type[Base], Checks] = {Correction: Checks(linked=_refuse_link, lowest_level=_public)}


def check_together(session: WorkspaceSession, written: Sequence[Correction], deleted: Sequence[Correction]) -> None:
    """Raise Refused for corrections, or withdrawals of them, that bring a fault into the reference.

    They apply to every calendar and feed. They are checked together, because one can depend on another.
    """
    if not written and not deleted:
        return
    for row in written:
        _check_one(row)
    standing, gone = recorded_corrections(session), {row.id for row in deleted}
    if found := corrections.faults(None, standing, *(_candidate(row) for row in written)):
        raise Refused(*(Problem(fault.code, fault.column, fault.values) for fault in found))
    if rests := new_faults(None, standing, [one for one in standing if one.record_id not in gone]):
        raise Refused(Problem("correction-in-use", values={"fault": rests[0]}))


def _check_one(row: Correction) -> None:
    if row.sample:
        raise Refused(Problem("correction-sample"))
    if row.sensitivity is not Sensitivity.PUBLIC:
        raise Refused(Problem("correction-not-public", "sensitivity"))
    if row.mission_id is not None:
        raise Refused(Problem("correction-of-mission", "mission_id"))
    if inspect(row).persistent and (is_changed(row, "file") or is_changed(row, "row")):
        raise Refused(Problem("correction-of-another-row", "row"))


def _candidate(row: Correction) -> RowCorrection:
    columns = {name: getattr(row, name) for name in ("file", "row", "values", "source_url", "note")}
    try:
        return row_correction(columns, record_id=row.id or "", at=now())
    except (ValueError, TypeError):
        raise Refused(Problem("correction-values-malformed", "values")) from None


_COLUMNS = ("file", "row", "values", "source_url", "note", "updated_at")


def recorded_corrections(session: Session) -> tuple[RowCorrection, ...]:
    """Return the corrections in the database, the withdrawn ones first, each group in the order of recording.

    :func:`calendar_model.reference.load` applies them in this order. Times are in UTC.
    """
    lines = _history_of_corrections(Change.record_id, Change.action, Change.before, Change.at).order_by(Change.number)
    written: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    gone: dict[str, Mapping[str, Any]] = {}
    for record_id, action, before, at in session.execute(lines):
        written[record_id] += 1
        last[record_id] = at
        if action == DELETE:
            gone[record_id] = json.loads(before)
        else:
            gone.pop(record_id, None)
    withdrawn = [
        RowCorrection(
            file=columns["file"],
            row=columns["row"],
            values={},
            source_url=columns["source_url"],
            note="",
            on=last[record_id].date(),
            record_id=record_id,
            at=last[record_id],
            written=written[record_id],
            withdrawn=True,
        )
        for record_id, columns in gone.items()
    ]
    # Columns instead of records: if this session changes a record, the database still has its earlier values.
    recorded = select(Correction.id, *(getattr(Correction, name) for name in _COLUMNS))
    standing = [
        row_correction(
            dict(zip(_COLUMNS, values, strict=True)),
            record_id=record_id,
            at=last.get(record_id, values[-1]),
            written=written[record_id] or 1,
        )
        for record_id, *values in session.execute(recorded.order_by(Correction.created_at, Correction.id))
    ]
    return (*withdrawn, *standing)


def changed_since(session: Session, number: int) -> bool:
    """Return whether a correction was recorded, changed or withdrawn after this line number of the history."""
    return session.scalar(_history_of_corrections(Change.number).where(Change.number > number).limit(1)) is not None


def _history_of_corrections(*columns: Any) -> Select[Any]:
    """Select lines of the history about corrections, without the viewer's scope.

    They are public, but a withdrawn correction leaves no record from which the scope could be derived.
    """
    lines = select(*columns).where(Change.table == Correction.__tablename__)
    return lines.execution_options(everything=True)


def row_correction(columns: Mapping[str, Any], *, record_id: str, at: datetime, written: int = 1) -> RowCorrection:
    """Return a correction as the reference applies it, from the columns of its record.

    ``at`` is when it was last written (UTC), ``written`` how often. Raises ValueError if ``values`` is not a JSON
    object of texts.
    """
    values = json.loads(columns["values"])
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError("values is not a JSON object of texts")
    return RowCorrection(
        file=columns["file"],
        row=columns["row"],
        values=values,
        source_url=columns["source_url"],
        note=columns.get("note") or "",
        on=at.date(),
        record_id=record_id,
        at=at,
        written=written,
    )


def recorded_by(session: Session) -> dict[str, str]:
    """Return who recorded each correction: identifiers of people by those of corrections."""
    return {row.id: row.owner_id for row in session.execute(select(Correction.id, Correction.owner_id))}


def row_without(recorded: Sequence[RowCorrection], file: str, row: str, correction_id: str = "") -> dict[str, str]:
    """Return the cells of a reference row with all ``recorded`` corrections but one; empty if there is no such row."""
    others = [one for one in recorded if not correction_id or one.record_id != correction_id]
    made = corrections.corrected_rows(data_folder(), others).get((file, row))
    return dict(made.cells) if made else dict(corrections.file_rows(data_folder(), file).get(row, {}))


# --- Commands


@dataclass(frozen=True)
class RowChange:
    """A change to a reference row: ``values`` are the texts of cells by column, ``note`` is the reason."""

    file: str
    row: str
    values: Mapping[str, str]
    note: str = ""


def record_together(
    viewer: Viewer, changes: Sequence[RowChange], *, source_url: str, items: Iterable[str] | None = None
) -> tuple[str, ...]:
    """Record corrections that depend on one another, all or none, and return their identifiers.

    The first is linked to ``items`` of the calendar. Raises Refused if the source is missing, the first changes
    nothing, or a value does not fit.
    """
    if not source_url:
        raise Refused(Problem("correction-without-source", "source_url"))
    with reading(ANONYMOUS) as session:
        recorded = recorded_corrections(session)
    _must_say_something(recorded, changes[0], source_url)
    with writing(viewer) as session, session.no_autoflush:
        columns = [_columns(one.file, one.row, one.values, source_url, one.note) for one in changes]
        written = [upsert(session, viewer, Correction, values) for values in columns]
        set_links(written[0], items, None)
        return tuple(correction.id for correction in written)


def _must_say_something(recorded: Sequence[RowCorrection], change: RowChange, source_url: str, of: str = "") -> None:
    """Raise Refused if the reference already has all values, from a source.

    ``of`` is the identifier of the correction that is being changed; it is left out of the comparison.
    """
    candidate = RowCorrection(**vars(change), source_url=source_url, on=today(), record_id=of)
    is_there = bool(row_without(recorded, change.file, change.row, of))
    if is_there and not corrections.differences(data_folder(), recorded, candidate):
        raise Refused(Problem("correction-says-nothing-new"))


def record_correction(
    viewer: Viewer,
    file: str,
    row: str,
    values: Mapping[str, str],
    *,
    source_url: str,
    note: str = "",
    correction_id: str = "",
    seen: int = 0,
    items: Iterable[str] | None = None,
    workspace: Workspace | None = None,
) -> str:
    """Record a correction of a reference row, or change the ``seen`` version of one, and return its identifier.

    ``values`` are the texts of the corrected cells by column. The precision and standing that the dates imply are
    completed. New notes keep the row's earlier source. ``items`` are the calendar items that come from the row.

    Raises Refused if the source is missing, the correction changes nothing or a value does not fit. Raises EditConflict
    if another user has saved the correction meanwhile.
    """
    if not source_url:
        raise Refused(Problem("correction-without-source", "source_url"))
    with reading(ANONYMOUS, workspace) as session:
        recorded = recorded_corrections(session)
    base = row_without(recorded, file, row, correction_id)
    values = corrections.complete_dates(corrections.ROW_CLASS_OF[file], base, values)
    if "notes" in values:
        values["notes"] = _complete_notes(values["notes"], base.get("source_url", ""), source_url, note)
    _must_say_something(recorded, RowChange(file, row, values, note), source_url, correction_id)
    columns = _columns(file, row, values, source_url, note)
    return save(viewer, Correction, columns, record_id=correction_id, seen=seen, items=items, workspace=workspace)


def _complete_notes(notes: str, source_before: str, source_url: str, note: str) -> str:
    """Return a row's notes on one line, with the correction's note and the row's earlier source."""
    further = (note, f"Source before the correction: {source_before}" if source_before not in ("", source_url) else "")
    missing = [part for part in further if part and part not in notes]
    return "; ".join(part for part in (" ".join(notes.split()), *missing) if part)


def change_cadence(
    viewer: Viewer,
    old: Cadence,
    values: Mapping[str, str],
    *,
    first_year: int | None,
    source_url: str,
    note: str = "",
    code: str = "",
    workspace: Workspace | None = None,
) -> str:
    """End a cadence the year before ``first_year``, record the one that replaces it, and return the new one's code.

    ``values`` are the texts of the new row's cells by column. ``code`` is made from the track and the year if it is
    empty. Both corrections are written together or not at all. Raises Refused if a value is missing or does not fit.
    """
    if first_year is None or not values.get("statement"):
        raise Refused(Problem("cadence-incomplete", "first_year" if first_year is None else "statement"))
    code = code or f"{old.track}-{first_year}"
    with reading(ANONYMOUS, workspace) as session:
        recorded = recorded_corrections(session)
    if row_without(recorded, Cadence.FILE, code):
        raise Refused(Problem("cadence-code-taken", "code", {"code": code}))
    new = {**values, "track": old.track, "view": old.view.value, "first_year": str(first_year)}
    rows = {old.code: {"last_year": str(first_year - 1)}, code: {name: text for name, text in new.items() if text}}
    with writing(viewer, workspace=workspace) as session:
        for row, changed in rows.items():
            columns = _columns(Cadence.FILE, row, changed, source_url, note)
            session.add(Correction(owner_id=viewer.person_id, **columns))
    return code


def _columns(file: str, row: str, values: Mapping[str, str], source_url: str, note: str) -> dict[str, str]:
    return {
        "title": corrections.correction_title(file, row),
        "file": file,
        "row": row,
        "values": json.dumps(values, ensure_ascii=False),
        "source_url": source_url,
        "note": note,
    }
