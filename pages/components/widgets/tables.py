"""Tables that several pages draw: items of the calendar, and the file that goes with every list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.calendar import describe, listed_when
from calendar_model.documents import table_csv
from calendar_model.documents.tables import of_calendar
from calendar_model.documents.workbook import table_xlsx
from calendar_model.mission.missions import colleagues_of
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.translation import N_, language
from calendar_model.translation import gettext as _
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, as_of, current, in_english
from pages.components.shell.current_user import for_reader
from pages.components.shell.printing import print_table
from pages.components.widgets import labels
from pages.components.widgets.changed import changed_since_last_visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ROW_HEIGHT, MOST_ROWS = 35, 14
"""Pixels of a row of ``st.dataframe``, and how many show before the table scrolls within itself."""


def csv_download(
    frame: pd.DataFrame | Callable[[], pd.DataFrame],
    name: str,
    *,
    label: str = N_("Download as CSV"),
    title: str = "",
    listed: Sequence[str] = (),
) -> None:
    """Draw two buttons that give ``frame``, or what it returns, as ``<name>.csv`` and as the workbook ``<name>.xlsx``.

    The files are written only on request. ``name`` describes the list, never a person, and is unique on the page.
    ``label`` says CSV; for the workbook it says Excel. ``title`` names the rows in the workbook, by default after
    ``name``; ``listed`` names the columns of its first sheet, if the table has more than that. Calendar items are
    English in the CSV file, which is for other programs.
    """
    context = current()

    def rows() -> pd.DataFrame:
        return frame if isinstance(frame, pd.DataFrame) else frame()

    def workbook() -> bytes:
        kept = describe(context.filter, context.reference)
        about = {
            _("Filter"): _("{filter}. Filters on the page may narrow the list further.").format(
                filter=f"{kept[:1].upper()}{kept[1:]}"
            )
        }
        known = context.reference
        names = {code: known.short_name(code) for code in known.organisations} | dict(known.state_names)
        return table_xlsx(
            (found := rows()),
            title or _title(name),
            made=context.today,
            about=about,
            names=names,
            listed=listed,
            our_work=_our_work(found, context),
        )

    written: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("csv", "text/csv", _(label), lambda: table_csv(_for_programs(rows(), context))),
        ("xlsx", XLSX, _(label).replace("CSV", "Excel"), workbook),
    )
    with st.container(horizontal=True, gap="small"):
        for kind, mime, text, data in written:
            st.download_button(
                text,
                data=for_reader(data),
                file_name=f"{wording.file_name(name, 'table')}.{kind}",
                mime=mime,
                key=f"{kind}_{name}",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
            )


def _our_work(frame: pd.DataFrame, context: PageContext) -> Mapping[str, str] | None:
    """What the mission does around items of the calendar, without restricted records; None if the reader sees none."""
    if not of_calendar(frame) or not context.workspace or context.viewer == ANONYMOUS:
        return None
    staff = colleagues_of(context.viewer)
    _reference, table = calendar_for(staff)
    return item_panel.work_words(replace(context, viewer=staff, table=table))


def _for_programs(frame: pd.DataFrame, context: PageContext) -> pd.DataFrame:
    """The same rows in English if they are items of the calendar, else as they are."""
    if not of_calendar(frame):
        return frame
    _reference, table = in_english(context)
    return table.set_index("item", drop=False).loc[frame["item"]].reset_index(drop=True)


def _title(name: str) -> str:
    """``UPR cycle 4`` for ``upr-cycle-4``."""
    return kind_word(name.replace("_", " "))


def item_table(view: pd.DataFrame, context: PageContext, key: str) -> None:
    """Draw the rows ``view`` of the calendar table for people; selecting a row opens the item's panel.

    Above it are the date of the data and the changes since the reader's last visit. ``key`` is unique and the same in
    every run; the file beside the table is named after it.
    """
    view = changed_since_last_visit(view, context, key)
    st.caption(as_of(context))
    shown = pd.DataFrame(
        {
            _("When"): _when(view, context),
            _("What"): view["title"].to_list(),
            _("Organisation"): _named(view["body"], lambda code: labels.short_organisation(code, context.reference)),
            _("Kind"): _named(view["kind"], kind_word),
            _("Date status"): _named(view["standing"], lambda standing: labels.STANDINGS[standing]),
            _("Session"): view["session"].to_list(),
            _("Countries"): _named(view["countries"], lambda codes: _countries(codes, context)),
        }
    )
    for name in (_("Session"), _("Countries")):
        if not shown[name].any():
            del shown[name]
    items = view["item"].to_list()
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(shown), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        selection_mode="single-row",
        on_select=lambda: _open_chosen(key, items),
        column_config={
            _("When"): st.column_config.TextColumn(width="medium"),
            _("What"): st.column_config.TextColumn(width="large"),
        },
        alt=_("{count} calendar items: when, what, organisation, kind and date status.").format(count=len(shown)),
    )
    print_table(shown)
    csv_download(view, key)


def kind_word(kind: str) -> str:
    """Return the name of one item of a kind: ``Mandate renewal``."""
    return wording.term(kind)


def _open_chosen(key: str, items: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(items):
        item_panel.choose(items[rows[0]])


_DAYS = ("start", "end", "earliest", "latest")
_OF_DAYS = (*_DAYS, "kind", "date_precision", "standing", "timezone")
"""The columns that give the dates of an item without an hour."""


def _when(view: pd.DataFrame, context: PageContext) -> list[str]:
    columns = (view[name].dt.date if name in _DAYS else view[name] for name in _OF_DAYS)
    texts = [_days(language(), context.today, *values) for values in zip(*columns, strict=True)]
    timed = (~view["all_day"]).to_numpy().nonzero()[0]
    for position, row in zip(timed, view.iloc[timed].itertuples(), strict=True):
        texts[position] = listed_when(row, as_of=context.today, zone=context.zone)
    return texts


@lru_cache(maxsize=4096)
def _days(_language: str, as_of: date, *values: Any) -> str:
    row = dict(zip(_OF_DAYS, values, strict=True))
    days = {name: datetime.combine(row[name], time()) for name in _DAYS}
    return listed_when({**row, **days, "starts_at": None, "all_day": True}, as_of=as_of)


def _named(codes: pd.Series, name: Callable[[str], str]) -> list[str]:
    """Return the name of each code, computed once for each code."""
    names = {code: name(code) for code in codes.unique()}
    return [names[code] for code in codes]


def _countries(codes: str, context: PageContext) -> str:
    names = [context.reference.states[c].name if c in context.reference.states else c for c in codes.split()]
    return ", ".join(names) if len(names) <= 3 else _("{count} states").format(count=len(names))
