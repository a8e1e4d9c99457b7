"""The month as a table in the browser: a click on an entry opens its panel, the arrow keys go from day to day.

On a narrow screen it is a list of days instead. The browser writes every text as text, never as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from calendar_model.figures.month import MonthDay, MonthEntry, MonthGrid, MonthWeek
from calendar_model.translation import gettext as _
from calendar_model.wording import full_day, full_month, weekday_name
from pages.components.shell.context import PageContext, as_of
from pages.components.shell.item_panel import ITEM
from pages.components.widgets.sent import sent

_KEY = "month_table"
_HERE = Path(__file__).parent

_table = st.components.v2.component(
    "month_table",
    html='<div class="month"></div>',
    css=(_HERE / "month.css").read_text(encoding="utf-8"),
    js=(_HERE / "month.js").read_text(encoding="utf-8"),
)


def month_table(
    grid: MonthGrid,
    entries: Mapping[str, MonthEntry],
    context: PageContext,
    *,
    on_item: Callable[[str], None],
    on_more: Callable[[date], None],
) -> None:
    """Draw the month with what is written on its items, by their identifiers.

    ``on_item`` is called with the identifier of an entry that was chosen, ``on_more`` with the day whose other items
    were asked for.
    """

    def chosen() -> None:
        item = sent(_KEY, "item")
        if item in entries:
            on_item(item)

    def asked() -> None:
        days = {day.isoformat(): day for week in grid.weeks for day in week.days}
        if day := days.get(sent(_KEY, "more")):
            on_more(day)

    _table(
        key=_KEY,
        data={
            "name": full_month(grid.first),
            "note": as_of(context),
            "week": _("Week"),
            "weekdays": [weekday_name(day) for day in grid.weeks[0].days],
            "today": _("today"),
            "continued": _("continued"),
            "earlier": _("Earlier this month"),
            "weeks": [_week(week, grid.first, context.today) for week in grid.weeks],
            "days": [_listed(day, context.today) for day in grid.days],
            "entries": {item: entry._asdict() for item, entry in entries.items()},
            "open": st.query_params.get(ITEM, ""),
        },
        on_item_change=chosen,
        on_more_change=asked,
        height="content",
    )


def _week(week: MonthWeek, first: date, today: date) -> dict[str, Any]:
    number = f"{week.monday.isocalendar().week}"
    return {
        "number": number,
        "label": _("Week {number}").format(number=number),
        "pieces": [piece._asdict() for piece in week.pieces],
        "days": [
            {**_day(day, more, today), "other": (day.year, day.month) != (first.year, first.month)}
            for day, more in zip(week.days, week.more, strict=True)
        ],
    }


def _listed(listed: MonthDay, today: date) -> dict[str, Any]:
    return {**_day(listed.day, listed.more, today), "items": listed.items, "past": _is_past(listed.day, today)}


def _is_past(day: date, today: date) -> bool:
    """Whether a day of the month of today is over; in other months the whole list is of interest."""
    return day < today and (day.year, day.month) == (today.year, today.month)


def _day(day: date, more: int, today: date) -> dict[str, Any]:
    left = _("+{count} more").format(count=more)
    return {
        "date": day.isoformat(),
        "number": f"{day.day}",
        "name": full_day(day),
        "today": day == today,
        "more": left if more else "",
        "moreLabel": _("{left}, {day}: open the agenda").format(left=left, day=full_day(day)) if more else "",
    }
