"""Dates of UPR reviews: rows that correct ``data/upr_reviews.csv``."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.imports.plan import ImportLine
from calendar_model.imports.tables.cell_parsing import UnclearCell, parse_day, parse_state
from calendar_model.imports.tables.columns import EXAMPLE, TemplateColumn
from calendar_model.imports.templates.corrections import (
    SOURCE_COLUMNS,
    CorrectionTemplate,
    correction_line,
    read_standing,
)
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.imports.templates.row import DAY_HELP, STANDING_CHOICES, RowReader, given
from calendar_model.reference import Reference
from calendar_model.reference.rows import Review
from calendar_model.translation import gettext as _

COLUMNS: tuple[TemplateColumn, ...] = (
    TemplateColumn(
        "country",
        "State",
        "Name or ISO code: Norway, NOR.",
        needed=True,
        aliases=("country", "state under review", "sur", "land", "stat", "iso", "iso code", "code"),
        example=f"Norway {EXAMPLE}",
    ),
    TemplateColumn(
        "session",
        "Session",
        "Of the UPR Working Group: UPR55, or 55. Empty: that of the State's next review.",
        aliases=("upr session", "session code", "sesjon"),
        example="UPR54",
    ),
    TemplateColumn(
        "date",
        "Date",
        f"{DAY_HELP} It must fall within the session.",
        needed=True,
        aliases=("day", "review date", "date of review", "when", "dato", "dag"),
        example="2027-01-25",
        format="day",
    ),
    TemplateColumn(
        "standing",
        "Status",
        "Choose from the list. Empty: confirmed.",
        choices=STANDING_CHOICES,
        aliases=("status", "date status", "datostatus"),
        example="Confirmed",
    ),
    *SOURCE_COLUMNS,
)


class ReviewTemplate(CorrectionTemplate):
    """Rows that set the date of a State's review, by State and session."""

    key = "reviews"
    label = "UPR review dates"
    columns = COLUMNS

    def line(self, lookup: RowLookup, number: int, cells: Mapping[str, str]) -> ImportLine:
        row = RowReader(COLUMNS, cells)
        known = lookup.reference
        country = row.read("country", lambda text: parse_state(text, known))
        code = row.read("session", lambda text: _read_session(text, known))
        on = row.read("date", parse_day)
        reviews = {one.cycle: one for one in known.reviews if one.country == country}
        cycle = known.sessions[code].cycle if code else max(reviews, default=None)
        existing = reviews.get(cycle or 0)
        if code is None and "session" not in row.cells and existing is not None:
            code = existing.session
        if country and code is None and "session" not in row.cells:
            row.refuse("session", "row-no-review")
        if code and on and not known.sessions[code].start <= on <= known.sessions[code].end:
            session = known.sessions[code]
            days = {"start": session.start, "end": session.end, "precision": session.date_precision}
            row.refuse("date", "row-outside-session", day=on, session=code, **days)
        values = {
            **({} if existing is not None else given(cycle=str(cycle or ""), country=country)),
            **given(session=code),
            "date": str(on or ""),
            "standing": read_standing(row, existing, on).value,
        }
        key = existing.code if existing is not None else f"upr-{cycle}-{country}"
        title = _("UPR of {state}").format(state=known.state_names.get(country or "", cells.get("country", "")))
        return correction_line(number, row, lookup, (Review.FILE, key), existing, values, (title, on, on))


def _read_session(text: str, reference: Reference) -> str:
    """The code of a session of the UPR Working Group. Raises UnclearCell."""
    name = "".join(text.split()).upper()
    code = f"UPR{name}" if name.isdecimal() else name
    found = reference.sessions.get(code)
    if found is None or found.cycle is None:
        raise UnclearCell("cell-unknown-upr-session", text)
    return code
