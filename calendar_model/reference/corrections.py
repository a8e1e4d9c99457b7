"""Corrections of the reference recorded in the dashboard: whether one fits, what it changes, and the patch.

They are applied over the files (:func:`calendar_model.reference.load`) until the files have the same values;
:func:`patch` gives the change of the files that brings this about.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from calendar_model.messages import message
from calendar_model.reference.overlay import (
    CorrectedRow,
    RowCorrection,
    apply_corrections,
    correctable_columns,
    key_columns,
    row_key,
)
from calendar_model.reference.reader import ROW_CLASSES, Fault, data_folder, new_faults
from calendar_model.reference.rows import DatedRow, ReferenceRow
from calendar_model.vocabulary import Confidence, Precision, Standing

__all__ = [
    "EFFECT_WORDS",
    "ROW_CLASS_OF",
    "CorrectedRow",
    "CorrectionEffect",
    "CorrectionFault",
    "Difference",
    "RowCorrection",
    "complete_dates",
    "correctable_columns",
    "corrected_rows",
    "correction_effect",
    "correction_title",
    "differences",
    "faults",
    "file_rows",
    "is_address",
    "key_columns",
    "patch",
    "row_key",
]

ROW_CLASS_OF: dict[str, type[ReferenceRow]] = {kind.FILE: kind for kind in ROW_CLASSES}
"""The class of the rows of each file, by the file's name."""

_ADDRESS = re.compile(r"https?://[^\s/]\S*")


@dataclass(frozen=True)
class Difference:
    """A column that a correction changes: its text before and after."""

    column: str
    before: str
    after: str


# --- Whether one fits


@dataclass(frozen=True)
class CorrectionFault:
    """Why corrections cannot be recorded. ``str()`` is the sentence.

    ``code`` names the check and ``column`` the column of the row that is at fault, empty where it is none. ``values``
    are what the sentence needs.
    """

    code: str
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return message(self.code, self.values)


def is_address(text: str) -> bool:
    """Return whether a text is a web address (http or https) without spaces, and one that shows where it leads.

    One with a name or password before its host is none, nor one with characters that are not shown or turn the
    direction of the text.
    """
    if _ADDRESS.fullmatch(text) is None or any(unicodedata.category(sign) in _NOT_SHOWN for sign in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc and "\\" not in parts.netloc


_NOT_SHOWN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def faults(
    folder: Path | None, standing: Sequence[RowCorrection], *candidates: RowCorrection
) -> tuple[CorrectionFault, ...]:
    """Return why ``candidates`` cannot be recorded together on top of ``standing``; empty if they can.

    ``folder`` holds the files (None: the project's own). A candidate replaces the one of ``standing`` that has the same
    ``record_id``. Check a long list as a whole first, and its members one by one only if that finds a fault.
    """
    wrong = _distinct(fault for one in candidates for fault in _malformed(one))
    if wrong:
        return wrong
    replaced = {one.record_id for one in candidates} - {""}
    after = (*(one for one in standing if one.record_id not in replaced), *candidates)
    if unexplained := _unexplained(folder, standing, after, candidates):
        return unexplained
    found = new_faults(folder, standing, after)
    own = {(one.file, one.row) for one in candidates}
    lines = _lines(folder or data_folder(), {file for file, _ in own}) if found else {}
    return _distinct(_fault_of(fault, own, lines) for fault in found)


def _distinct(found: Iterable[CorrectionFault]) -> tuple[CorrectionFault, ...]:
    """Return the faults without those that read the same as an earlier one."""
    by_words: dict[str, CorrectionFault] = {}
    for fault in found:
        by_words.setdefault(str(fault), fault)
    return tuple(by_words.values())


def _malformed(one: RowCorrection) -> Iterator[CorrectionFault]:
    kind = ROW_CLASS_OF.get(one.file)
    if kind is None:
        yield CorrectionFault("correction-unknown-file", "file", {"file": one.file, "files": tuple(ROW_CLASS_OF)})
        return
    parts = one.row.split(" ")
    if not one.row.strip() or len(parts) > len(kind.KEY) or one.row != row_key(kind, key_columns(kind, one.row)):
        yield CorrectionFault("correction-unknown-row", "row", {"file": one.file, "key": kind.KEY})
    if not one.values:
        yield CorrectionFault("correction-empty", "values")
    columns = correctable_columns(kind)
    for name in one.values:
        if name not in columns:
            values = {"column": name, "file": one.file, "columns": tuple(columns)}
            yield CorrectionFault("correction-unknown-column", name, values)
    if not is_address(one.source_url):
        yield CorrectionFault("correction-source-malformed", "source_url")
    if not all(text.isprintable() for text in (one.row, *one.values.values(), one.source_url, one.note)):
        yield CorrectionFault("correction-not-one-line", "values")


_DAYS = ("start", "end", "date", "time", "adopted", "session")
"""Columns that say when a row of :class:`DatedRow` takes place."""
_FIRM = (Standing.CONFIRMED, Standing.HELD)


def _unexplained(
    folder: Path | None,
    standing: Sequence[RowCorrection],
    after: Sequence[RowCorrection],
    candidates: Sequence[RowCorrection],
) -> tuple[CorrectionFault, ...]:
    """Return a fault for each row in which ``candidates`` change or unconfirm confirmed days without a note.

    ``standing`` are the corrections before, ``after`` those with the candidates. Days are confirmed if they have a
    source and are confirmed or held; a change of other days needs no reason.
    """
    candidates = [one for one in candidates if issubclass(ROW_CLASS_OF[one.file], DatedRow)]
    explained = {(one.file, one.row) for one in candidates if one.note.strip() or one.values.get("moved_because")}
    silent = dict.fromkeys((one.file, one.row) for one in candidates if (one.file, one.row) not in explained)
    if not silent:
        return ()
    before, then = corrected_rows(folder, standing), corrected_rows(folder, after)
    found = []
    for file, row in silent:
        made = before.get((file, row))
        cells = made.cells if made else file_rows(folder, file).get(row, {})
        if columns := _unconfirmed(ROW_CLASS_OF[file], cells, then[file, row].cells):
            values = {"row": row, "columns": columns}
            found.append(CorrectionFault("correction-confirmed-without-note", "note", values))
    return tuple(found)


def _unconfirmed(kind: type[ReferenceRow], before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns in which a row with confirmed days has other days afterwards, or is no longer confirmed."""
    has_standing = "standing" in kind.model_fields
    if before.get("confidence") != Confidence.SOURCED or before.get("date_precision", Precision.DAY) != Precision.DAY:
        return ()
    if has_standing and before.get("standing") not in _FIRM:
        return ()
    recalled = [name.strip() for name in before.get("recalled_fields", "").split(";")]
    days = [name for name in _DAYS if name in kind.model_fields and before.get(name) and name not in recalled]
    if not days or (not has_standing and not before.get("adopted")):
        return ()
    changed = [name for name in days if before[name] != after.get(name, "")]
    if has_standing and after.get("standing") not in _FIRM:
        changed.append("standing")
    if after.get("date_precision", Precision.DAY) != Precision.DAY:
        changed.append("date_precision")
    return tuple(changed)


def _fault_of(fault: Fault, own: set[tuple[str, str]], lines: Mapping[tuple[str, int], str]) -> CorrectionFault:
    """Return a fault of the reference as one of a correction: by column in a candidate's own row, or elsewhere."""
    row = lines.get((fault.file, fault.line), "")
    if not fault.column or (fault.line != 0 and (fault.file, row) not in own):
        return CorrectionFault("correction-fault-elsewhere", values={"fault": fault})
    is_one_of_several = bool(row) and sum(file == fault.file for file, _ in own) > 1
    values = {
        "column": fault.column,
        "row": row if is_one_of_several else "",
        "value": fault.value,
        "expected": fault.expected,
    }
    return CorrectionFault("correction-value-does-not-fit", fault.column, values)


def _lines(folder: Path, files: Iterable[str]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for file in files:
        sheet = _ReferenceFile.read(folder, ROW_CLASS_OF[file])
        found |= {(file, line): row for row, line in sheet.lines.items()}
    return found


# --- What it changes


def complete_dates(kind: type[ReferenceRow], base: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Return the ``values`` of a correction of the row ``base``, with the precision and standing that its days imply.

    Days that are not whole months cannot be a window. If the row was a window and the correction keeps its precision,
    the precision becomes day. If it keeps the standing too, the days become confirmed, because the source gives them.
    Values are texts of cells by column.
    """
    completed = dict(values)
    precision = base.get("date_precision", "")
    if "date_precision" not in kind.model_fields or precision in ("", Precision.DAY):
        return completed
    start, end = (_day(values.get(name) or base.get(name, "")) for name in ("start", "end"))
    if start is None or end is None or values.get("date_precision", precision) != precision:
        return completed
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        return completed
    completed["date_precision"] = Precision.DAY.value
    known = base.get("standing", "")
    if known in (Standing.PROJECTED, Standing.PROVISIONAL) and values.get("standing", known) == known:
        completed["standing"] = Standing.CONFIRMED.value
    return completed


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def file_rows(folder: Path | None, file: str) -> dict[str, dict[str, str]]:
    """Return the rows of a file by key, without corrections; empty for a file that cannot be read."""
    return _ReferenceFile.read(folder or data_folder(), ROW_CLASS_OF[file]).rows


def corrected_rows(folder: Path | None, corrections: Sequence[RowCorrection]) -> dict[tuple[str, str], CorrectedRow]:
    """Return each row that the corrections touch, corrected, by file and key, even if it does not fit."""
    folder = folder or data_folder()
    found: dict[tuple[str, str], CorrectedRow] = {}
    for file in dict.fromkeys(one.file for one in corrections if one.file in ROW_CLASS_OF):
        kind = ROW_CLASS_OF[file]
        found |= {
            (file, row): one for row, one in apply_corrections(kind, file_rows(folder, file), corrections).items()
        }
    return found


def differences(
    folder: Path | None, standing: Sequence[RowCorrection], candidate: RowCorrection
) -> tuple[Difference, ...]:
    """Return the columns that ``candidate`` changes in its row as it is with the ``standing`` corrections.

    It is empty if the reference already has the same values, from a source.
    """
    before = corrected_rows(
        folder, [one for one in standing if one.record_id != candidate.record_id or not one.record_id]
    )
    now = before.get((candidate.file, candidate.row))
    cells = dict(now.cells) if now else file_rows(folder, candidate.file).get(candidate.row, {})
    made = apply_corrections(ROW_CLASS_OF[candidate.file], {candidate.row: cells} if cells else {}, [candidate])
    columns = made[candidate.row].columns if candidate.row in made else ()
    return tuple(Difference(name, cells.get(name, ""), made[candidate.row].cells[name]) for name in columns)


class CorrectionEffect(StrEnum):
    """Whether a recorded correction still changes its row."""

    APPLIES = "applies"
    NEW_ROW = "new-row"
    REPLACED = "replaced"
    """A later correction sets the same columns."""
    IN_FILE = "in-file"
    FILE_DIFFERS = "file-differs"
    """The row was changed in the file after the correction, to another value."""


EFFECT_WORDS: Mapping[CorrectionEffect, str] = {
    CorrectionEffect.APPLIES: "overrides the file",
    CorrectionEffect.NEW_ROW: "new row",
    CorrectionEffect.REPLACED: "replaced by a later correction",
    CorrectionEffect.IN_FILE: "now in the file",
    CorrectionEffect.FILE_DIFFERS: "the file has since changed to another value",
}
"""The words for each effect."""


def correction_effect(made: CorrectedRow, one: RowCorrection) -> CorrectionEffect:
    """Return the effect of the recorded correction ``one`` on its row; ``made`` is the row with all corrections."""
    own = {name for name in one.values if made.last.get(name) == one.record_id}
    if not own:
        return CorrectionEffect.REPLACED
    if not made.file:
        return CorrectionEffect.NEW_ROW
    if not own & set(made.columns):
        return CorrectionEffect.IN_FILE
    if made.file.get("updated", "") > one.on.isoformat():
        return CorrectionEffect.FILE_DIFFERS
    return CorrectionEffect.APPLIES


def correction_title(file: str, row: str) -> str:
    """Return the title of a correction in lists."""
    return f"{row}, {Path(file).stem.replace('_', ' ')}"


# --- The patch


def patch(folder: Path | None, corrections: Sequence[RowCorrection]) -> str:
    """Return a unified diff of ``data/`` for ``git apply`` that writes the corrections into the files.

    Other lines stay as they are, byte for byte. The diff is empty if the files already have all values.
    """
    folder = folder or data_folder()
    parts = []
    made = corrected_rows(folder, corrections)
    for kind in ROW_CLASSES:
        rows = {row: one for (file, row), one in made.items() if file == kind.FILE and (one.columns or not one.file)}
        if rows:
            parts.append(_ReferenceFile.read(folder, kind).diff(rows))
    return "".join(parts)


class _ReferenceFile:
    """A file of the reference, divided into the pieces of text that hold its rows."""

    def __init__(self, kind: type[ReferenceRow], text: str) -> None:
        self.kind = kind
        self.pieces: list[str] = []
        self.header: list[str] = []
        self.rows: dict[str, dict[str, str]] = {}
        self.at: dict[str, int] = {}
        """The index of a row's piece, by key."""
        self.lines: dict[str, int] = {}
        """The last line of a row, by key, as :class:`~calendar_model.reference.Fault` counts."""
        lines = text.removeprefix("\ufeff").splitlines(keepends=True)
        self.mark = text[: len(text) - len(text.removeprefix("\ufeff"))]
        reader = csv.reader(lines)
        read = 0
        for cells in reader:
            self.pieces.append("".join(lines[read : reader.line_num]))
            read = reader.line_num
            if len(self.pieces) == 1:
                self.header = [name.strip() for name in cells]
            elif len(cells) == len(self.header):
                named = dict(zip(self.header, cells, strict=True))
                row = row_key(kind, named)
                if row not in self.rows:
                    self.rows[row], self.at[row], self.lines[row] = named, len(self.pieces) - 1, read

    @classmethod
    def read(cls, folder: Path, kind: type[ReferenceRow]) -> _ReferenceFile:
        try:
            # Read as bytes: opening the file as text would lose its line endings.
            return cls(kind, (folder / kind.FILE).read_bytes().decode())
        except (OSError, UnicodeDecodeError, csv.Error):
            return cls(kind, "")

    def diff(self, rows: Mapping[str, CorrectedRow]) -> str:
        """Return the unified diff that these rows make; empty for a file that could not be read."""
        if not self.pieces:
            return ""
        end = "\r\n" if self.pieces[0].endswith("\r\n") else "\n"
        changed = list(self.pieces)
        for row, one in rows.items():
            if row in self.at:
                piece = self.pieces[self.at[row]]
                own_end = piece[len(piece.rstrip("\r\n")) :]
                changed[self.at[row]] = self._line(one) + own_end
            else:
                if not changed[-1].endswith("\n"):
                    changed[-1] += end
                changed.append(self._line(one) + end)
        before, after = (_git_lines(self.mark + "".join(pieces)) for pieces in (self.pieces, changed))
        name = f"data/{self.kind.FILE}"
        found = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found)

    def _line(self, one: CorrectedRow) -> str:
        cells = one.for_file
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow([cells.get(name, "") for name in self.header])
        return written.getvalue()


def _git_lines(text: str) -> list[str]:
    """Return the lines as git counts them: divided at each line feed, and nowhere else."""
    return [line for line in re.split(r"(?<=\n)", text) if line]
