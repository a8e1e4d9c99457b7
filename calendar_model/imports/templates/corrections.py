"""Shared by the templates whose rows become corrections of the reference, each with its source."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session as OrmSession

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem
from calendar_model.clock import now, today
from calendar_model.imports.plan import FieldChange, ImportLine, ImportNote, Outcome, Period
from calendar_model.imports.tables.cell_parsing import parse_address, parse_term
from calendar_model.imports.tables.columns import TemplateColumn
from calendar_model.imports.tables.reader import MAX_CELL_LENGTH
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.imports.templates.protocol import Rows
from calendar_model.imports.templates.records import refused, repeated
from calendar_model.imports.templates.row import ANNOUNCED_STANDINGS, RowReader
from calendar_model.mission.corrections import recorded_corrections, row_correction
from calendar_model.reference import RowCorrection
from calendar_model.reference.corrections import correction_title, faults
from calendar_model.reference.rows import Review, Session
from calendar_model.store.models import Correction, new_id
from calendar_model.store.session import WorkspaceSession
from calendar_model.vocabulary import Confidence, Sensitivity, Standing

SOURCE_COLUMNS: tuple[TemplateColumn, ...] = (
    TemplateColumn(
        "source_url",
        "Source",
        "Address of the page or document, with https://. Empty: the source given for the whole file.",
        aliases=("source", "source url", "source address", "url", "link", "address", "kilde", "lenke"),
        example="https://www.example.org/calendar",
    ),
    TemplateColumn(
        "note",
        "Note",
        "Where to find it in the source, and anything else readers should know.",
        aliases=("note", "notes", "source note", "comment", "merknad", "notat", "kommentar"),
        example="page 2",
    ),
)

_MOST_FAULTS = 3
"""How many faults of the reference are shown for a row."""
_OF_PERIOD = frozenset({"start", "end", "date_precision"})
_DATES = frozenset({"date"})
_IDENTIFYING = ("number", "session", "cycle")


class CorrectionTemplate(ABC):
    """An :class:`~calendar_model.imports.templates.protocol.ImportTemplate` whose rows correct the reference.

    A subclass says what a row would do. Whether all rows fit into the reference, and how they are written, is shared.
    """

    page = "corrections"
    corrects_reference = True

    @abstractmethod
    def line(self, lookup: RowLookup, number: int, cells: Mapping[str, str]) -> ImportLine:
        """What a row would do, if it fits into the reference."""

    def plan(self, session: OrmSession, lookup: RowLookup, rows: Rows) -> list[ImportLine]:
        return _fitting(session, lookup, [self.line(lookup, number, cells) for number, cells in rows])

    def unchanged_check(self, session: OrmSession) -> Callable[[ImportLine], bool]:
        recorded = _recorded(recorded_corrections(session))
        return lambda line: recorded.get(line.values["row"], ()) == line.more["recorded"]

    def write(self, session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
        columns = dict(line.values)
        record = Correction(
            id=new_id(),
            owner_id=viewer.person_id,
            title=correction_title(columns["file"], columns["row"]),
            sensitivity=Sensitivity.PUBLIC,
            **columns,
        )
        session.add(record)
        return record.id


def read_standing(row: RowReader, existing: Session | Review | None, last: date | None) -> Standing:
    """The standing of the dates: as in the row, else confirmed; a past item that was held stays held."""
    standing = row.read("standing", lambda text: parse_term(text, ANNOUNCED_STANDINGS))
    held = existing is not None and existing.standing is Standing.HELD and last is not None and last < today()
    return standing or (Standing.HELD if held else Standing.CONFIRMED)


def correction_line(
    number: int,
    row: RowReader,
    lookup: RowLookup,
    key: tuple[str, str],
    existing: Session | Review | None,
    values: Mapping[str, str],
    about: tuple[str, date | None, date | None],
) -> ImportLine:
    """Return the line of the plan that corrects a row of the reference.

    ``key`` is the file and the row in it, ``values`` are the columns as the file has them, and ``about`` is the title
    and the days of the line.
    """
    title, first, last = about
    source = row.read("source_url", parse_address)
    if source is None and "source_url" not in row.cells:
        if lookup.source_url:
            source = row.attempt("source_url", lambda: parse_address(lookup.source_url))
        else:
            row.refuse("source_url", "row-no-source")
    note = row.line("note", MAX_CELL_LENGTH)
    if row.problems:
        return refused(number, title, (first, last), row.problems)
    columns = {
        "file": key[0],
        "row": key[1],
        "values": json.dumps(dict(values), ensure_ascii=False),
        "source_url": source,
        "note": note,
    }
    if existing is None:
        identifying = {name: values[name] for name in _IDENTIFYING if values.get(name)}
        added = (ImportNote("row-not-in-reference", identifying),)
        return ImportLine(number, title, Outcome.NEW, first, last, notes=added, values=columns)
    before = {name: str(getattr(existing, name) or "") for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed and existing.confidence is Confidence.SOURCED:
        return ImportLine(number, title, Outcome.UNCHANGED, first, last)
    changes = [
        FieldChange(name, _value(name, before[name]), _value(name, value))
        for name, value in changed.items()
        if name not in _OF_PERIOD
    ]
    if isinstance(existing, Session) and first is not None and last is not None and _OF_PERIOD & changed.keys():
        was = Period(existing.start, existing.end, precision=existing.date_precision)
        changes.insert(0, FieldChange("period", was, Period(first, last)))
    notes = (ImportNote("row-sourced-now"),) if existing.confidence is Confidence.RECALLED else ()
    return ImportLine(number, title, Outcome.CHANGED, first, last, changes=tuple(changes), notes=notes, values=columns)


def _value(name: str, text: str) -> object:
    """A column of the reference's files as what it means."""
    if name == "standing" and text:
        return Standing(text)
    return date.fromisoformat(text) if name in _DATES and text else text


def _fitting(session: OrmSession, lookup: RowLookup, lines: Sequence[ImportLine]) -> list[ImportLine]:
    """Return the lines, refusing those that do not fit into the reference or repeat an earlier line.

    The others carry the existing corrections of their row in ``more["recorded"]``.
    """
    standing = recorded_corrections(session)
    rows: dict[str, int] = {}
    unfit: dict[int, ImportLine] = {}
    candidates: list[tuple[ImportLine, RowCorrection]] = []
    for line in lines:
        if not line.values:
            continue
        before = rows.setdefault(line.values["row"], line.number)
        if before != line.number:
            unfit[line.number] = repeated(line, before)
        else:
            candidates.append((line, row_correction(line.values, record_id="", at=now())))
    _sift(lookup, standing, candidates, unfit)
    recorded = _recorded(standing)
    return [
        unfit[line.number]
        if line.number in unfit
        else replace(line, more={"recorded": recorded.get(line.values["row"], ())})
        if line.values
        else line
        for line in lines
    ]


def _sift(
    lookup: RowLookup,
    standing: tuple[RowCorrection, ...],
    candidates: Sequence[tuple[ImportLine, RowCorrection]],
    unfit: dict[int, ImportLine],
) -> tuple[RowCorrection, ...]:
    """Find by bisection the candidates that do not fit on top of ``standing``; return the corrections that do."""
    if not candidates:
        return standing
    wrong = faults(lookup.reference.folder, standing, *(one for _, one in candidates))
    if not wrong:
        return (*standing, *(one for _, one in candidates))
    if len(candidates) == 1:
        line, _ = candidates[0]
        problem = Problem(
            "row-does-not-fit", values={"faults": wrong[:_MOST_FAULTS], "more": len(wrong[_MOST_FAULTS:])}
        )
        unfit[line.number] = refused(line.number, line.title, (line.start, line.end), [problem])
        return standing
    middle = len(candidates) // 2
    standing = _sift(lookup, standing, candidates[:middle], unfit)
    return _sift(lookup, standing, candidates[middle:], unfit)


def _recorded(standing: Sequence[RowCorrection]) -> Mapping[str, tuple[str, ...]]:
    """The corrections of each row of the reference, each with its version."""
    found: dict[str, tuple[str, ...]] = {}
    for one in standing:
        found[one.row] = (*found.get(one.row, ()), f"{one.record_id} {one.written}")
    return found
