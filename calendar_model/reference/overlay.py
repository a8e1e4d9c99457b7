"""Corrections laid over the rows of the reference, before the rows are checked.

A correction names a row by its key and gives the text of some of its cells. It applies until the file holds the same:
then the file has caught up, and the correction changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from calendar_model import wording
from calendar_model.reference.rows import ReferenceRow
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Precision

PROVENANCE = ("source_url", "source_note", "confidence", "recalled_fields", "updated", "revision")
"""Columns that say how a row is known: they follow from a correction, which cannot set them."""

MOVES = frozenset({"start", "end", "date", "time", "date_precision", "standing", "location", "session", "adopted"})
"""Columns of which a change is a move, by which a file's ``revision`` rises (``data/README.md``)."""


@dataclass(frozen=True)
class RowCorrection:
    """A correction of one row: of ``file`` (``sessions.csv``), with the key ``row``, its parts separated by a blank.

    ``values`` are the corrected columns, ``on`` the day of the correction (UTC), ``at`` the instant of its last change,
    where it is stored already. ``written`` counts how often it was recorded, changed or withdrawn. A ``withdrawn`` one
    corrects nothing any more and still counts towards the revision, which must never fall in subscribed calendars.
    """

    file: str
    row: str
    values: Mapping[str, str] = field(hash=False)
    source_url: str
    note: str
    on: date
    record_id: str = ""
    at: datetime | None = None
    written: int = 1
    withdrawn: bool = False


@dataclass(frozen=True)
class CorrectedRow:
    """A row with its corrections applied: the resulting ``cells``, and those of the ``file`` (empty: a new row).

    ``columns`` are the corrected ones, none where the file has caught up; ``on`` is the day of the last correction.
    ``last`` holds the ``record_id`` of the last correction by column.
    """

    kind: type[ReferenceRow]
    row: str
    cells: Mapping[str, str] = field(hash=False)
    file: Mapping[str, str] = field(hash=False)
    columns: tuple[str, ...]
    on: date
    last: Mapping[str, str] = field(hash=False)

    @cached_property
    def for_file(self) -> dict[str, str]:
        """The cells as they belong in the file, where the revision rises by one with a move."""
        cells = dict(self.cells)
        if "revision" in self.kind.model_fields:
            moved = bool(self.file) and not MOVES.isdisjoint(self.columns)
            cells["revision"] = str(_whole_number(self.file.get("revision", "")) + moved)
        return cells

    @property
    def basis(self) -> str:
        """A sentence that says how the row is known, in the reader's language; empty where the file has caught up."""
        day = wording.day(self.on)
        if not self.file:
            return _("Recorded in the dashboard on {day}, from the source given.").format(day=day)
        if not self.columns:
            return ""
        columns = ", ".join(wording.term(name.replace("_", "-")).lower() for name in self.columns)
        return _("Corrected in the dashboard on {day}, from the source given: {columns}.").format(
            day=day, columns=columns
        )


def key_columns(kind: type[ReferenceRow], row: str) -> dict[str, str]:
    """Return the key of a row by column; a part left out at the end is empty."""
    parts = row.split(" ")
    parts += [""] * (len(kind.KEY) - len(parts))
    return dict(zip(kind.KEY, parts, strict=False))


def row_key(kind: type[ReferenceRow], cells: Mapping[str, object]) -> str:
    """Return the key of a row as one text, from its cells."""
    return " ".join(str(cells.get(name) or "").strip() for name in kind.KEY).rstrip()


def correctable_columns(kind: type[ReferenceRow]) -> tuple[str, ...]:
    """Return the columns of a file that a correction can set, in their order, the notes last."""
    own = (name for name in kind.model_fields if name not in (*PROVENANCE, *kind.KEY, "notes"))
    return (*own, "notes")


def apply_corrections(
    kind: type[ReferenceRow], rows: Mapping[str, Mapping[str, str]], corrections: Iterable[RowCorrection]
) -> dict[str, CorrectedRow]:
    """Return the rows of a file that ``corrections`` touch, corrected, by key; ``rows`` are the file's cells by key.

    Several corrections of a row apply in their order, column by column. A row that has only withdrawn corrections is as
    in the file, with its revision raised.
    """
    of_row: dict[str, list[RowCorrection]] = {}
    for one in corrections:
        if one.file == kind.FILE:
            of_row.setdefault(one.row, []).append(one)
    found = {row: _corrected_row(kind, row, rows.get(row, {}), listed) for row, listed in of_row.items()}
    return {row: one for row, one in found.items() if one is not None}


def _corrected_row(
    kind: type[ReferenceRow], row: str, file: Mapping[str, str], corrections: Sequence[RowCorrection]
) -> CorrectedRow | None:
    standing = [one for one in corrections if not one.withdrawn]
    by = {name: one for one in standing for name in one.values}
    final = {name: one.values[name].strip() for name, one in by.items()}
    columns = tuple(
        name for name in correctable_columns(kind) if name in final and not _file_agrees(file, name, final[name])
    )
    cells = {name: value.strip() for name, value in file.items()}
    revision = _whole_number(cells.get("revision", "")) + sum(one.written for one in corrections)
    if columns or (standing and not file):
        counting = [one for one in standing if not columns or any(by[name] is one for name in columns)]
        rewritten = "notes" in final  # The notes are then as the corrections have them, and nothing is added.
        cells = _corrected_cells(
            kind, row, cells, {name: final[name] for name in columns}, counting, rewritten=rewritten
        )
    elif not file:
        return None
    elif gone := [one.on for one in corrections if one.withdrawn]:
        cells["updated"] = max(cells.get("updated", ""), max(gone).isoformat())
    if "revision" in kind.model_fields:
        cells["revision"] = str(revision)
    last = {name: one.record_id for name, one in by.items()}
    return CorrectedRow(kind, row, cells, file, columns, max(one.on for one in corrections), last)


def _file_agrees(file: Mapping[str, str], name: str, value: str) -> bool:
    """Return whether the file holds the same value, and from a source."""
    if file.get(name, "").strip() != value or not file:
        return False
    if not value or name == "notes":
        return True
    return file.get("confidence", "").strip() != Confidence.RECALLED and name not in _recalled(file)


def _corrected_cells(
    kind: type[ReferenceRow],
    row: str,
    cells: Mapping[str, str],
    values: Mapping[str, str],
    corrections: Sequence[RowCorrection],
    *,
    rewritten: bool,
) -> dict[str, str]:
    last = corrections[-1]
    made = {**key_columns(kind, row), **cells, **values}
    if "known_from" in kind.model_fields and not made.get("known_from") and last.on.isoformat() < made.get("start", ""):
        # Without it, a coming session would count as known only from its opening.
        made["known_from"] = last.on.isoformat()
    recalled = _recalled(cells)
    if cells.get("confidence") == Confidence.RECALLED:
        recalled = [name for name in correctable_columns(kind) if cells.get(name) and name != "notes"]
    before = cells.get("source_url", "")
    notes = [made.get("notes", "")]
    if not rewritten:
        if notes[0] and made.get("date_precision") == Precision.DAY != cells.get("date_precision", Precision.DAY):
            # The note explains the window and would contradict the days.
            notes = [f"Before the correction: {notes[0]}"]
        notes += [one.note.strip() for one in corrections]
        notes += [f"Source before the correction: {before}"] if before and before != last.source_url else []
    return made | {
        "source_url": last.source_url,
        "source_note": f"Correction recorded in the dashboard on {wording.day(last.on)}",
        "confidence": Confidence.SOURCED.value,
        "recalled_fields": ";".join(name for name in recalled if name not in values),
        "notes": "; ".join(part for part in notes if part),
        "updated": max(cells.get("updated", ""), last.on.isoformat()),
    }


def _recalled(cells: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in cells.get("recalled_fields", "").split(";") if name.strip()]


def _whole_number(text: str) -> int:
    return int(text) if text.strip().isdecimal() else 0
