"""Session dates: rows that correct ``data/sessions.csv``, or add a future session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from calendar_model.cycles import session_title
from calendar_model.imports.plan import ImportLine
from calendar_model.imports.tables.cell_parsing import UnclearCell, parse_day
from calendar_model.imports.tables.columns import EXAMPLE, TemplateColumn, folded
from calendar_model.imports.templates.corrections import (
    SOURCE_COLUMNS,
    CorrectionTemplate,
    correction_line,
    read_standing,
)
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.imports.templates.row import DAY_HELP, STANDING_CHOICES, RowReader, given
from calendar_model.mission.outcomes import cycle_of_session
from calendar_model.reference import Reference
from calendar_model.reference.rows import Session
from calendar_model.translation import SOURCE, in_language
from calendar_model.vocabulary import Precision

MOST_AHEAD = 12
"""How many sessions after a body's last one in the reference a table can date."""

COLUMNS: tuple[TemplateColumn, ...] = (
    TemplateColumn(
        "code",
        "Session",
        "Code of the session: HRC67, UPR55, CSW71.",
        needed=True,
        aliases=("session code", "code", "sesjon", "kode"),
        example=f"HRC67 {EXAMPLE}",
    ),
    TemplateColumn(
        "start",
        "First day",
        DAY_HELP,
        needed=True,
        aliases=("start", "start date", "starts", "opens", "date", "from", "fra", "dato", "startdato", "første dag"),
        example="2028-02-28",
        format="day",
    ),
    TemplateColumn(
        "end",
        "Last day",
        DAY_HELP,
        needed=True,
        aliases=("end", "end date", "ends", "closes", "to", "until", "til", "sluttdato", "siste dag"),
        example="2028-03-31",
        format="day",
    ),
    TemplateColumn(
        "standing",
        "Status",
        "Choose from the list. Empty: confirmed.",
        choices=STANDING_CHOICES,
        aliases=("standing", "state"),
        example="Confirmed",
    ),
    TemplateColumn(
        "location",
        "Place",
        "If it is not the seat.",
        aliases=("location", "venue", "town", "city", "sted", "by", "where"),
        example="Geneva",
    ),
    *SOURCE_COLUMNS,
)


class SessionTemplate(CorrectionTemplate):
    """Rows that set the dates of a session, by its code."""

    key = "sessions"
    label = "Session dates"
    columns = COLUMNS

    def line(self, lookup: RowLookup, number: int, cells: Mapping[str, str]) -> ImportLine:
        row = RowReader(COLUMNS, cells)
        code = row.read("code", lambda text: _read_code(text, lookup.reference))
        start, end = row.read("start", parse_day), row.read("end", parse_day)
        if start is not None and end is not None and end < start:
            row.refuse("end", "row-before-first-day", end=end, start=start)
        existing = lookup.reference.sessions.get(code or "")
        new = _new_session(code, lookup.reference) if existing is None and code else {}
        values = {
            **new,
            "start": str(start or ""),
            "end": str(end or ""),
            "date_precision": Precision.DAY.value,
            "standing": read_standing(row, existing, end).value,
            **given(location=row.line("location")),
        }
        title = existing.title if existing is not None else new.get("title") or cells.get("code", "")
        return correction_line(number, row, lookup, (Session.FILE, code or ""), existing, values, (title, start, end))


def _read_code(text: str, reference: Reference) -> str:
    """The code of a session in the reference, or of a future session of a known body."""
    name = folded(text)
    for code, one in reference.sessions.items():
        if name in (folded(code), folded(one.title), folded(reference.as_recorded.sessions[code].title)):
            return code
    code = "".join(text.split()).upper()
    if _new_session(code, reference):
        return code
    raise UnclearCell(
        "cell-unknown-session", text, nearest=next(iter(get_close_matches(code, reference.sessions, n=1)), "")
    )


def _new_session(code: str, reference: Reference) -> dict[str, str]:
    """The columns of a session missing from the reference, from the body's earlier sessions; empty if unknown."""
    reference = reference.as_recorded
    match = re.fullmatch(r"([A-Z-]*[A-Z])([1-9][0-9]{0,3})", code)
    before = [one for one in reference.sessions.values() if match and one.code == f"{match[1]}{one.number}"]
    if match is None or not before:
        return {}
    last, number = max(before, key=lambda one: one.number), int(match[2])
    if not last.number < number <= last.number + MOST_AHEAD:
        return {}
    with in_language(SOURCE):
        title = session_title(reference.organisations[last.body], number)
    return given(
        body=last.body,
        number=str(number),
        cycle=cycle_of_session(last.body, number, reference),
        title=title,
        location=last.location,
    )
