"""Month: the items of a month as a grid of weeks, and below it those without days of their own."""

from pages.components.shell.guard import require_entrance

require_entrance()

import pandas as pd
import streamlit as st

from calendar_model.figures.month import month_entries, month_grid
from calendar_model.figures.timeline import in_window
from calendar_model.figures.zoom import Zoom, window
from calendar_model.translation import gettext as _
from calendar_model.wording import full_month
from pages.components.calendar.month_table import month_table
from pages.components.calendar.period_bar import CalendarPeriod, draw_period_bar, lead_to_agenda, list_in_agenda
from pages.components.shell import item_panel
from pages.components.shell.context import as_of, current
from pages.components.widgets.agenda import agenda_line, print_agenda
from pages.components.widgets.legend import month_legend

SHOWN_BELOW = 6
"""How many items of a kind are listed below the grid."""


def _draw_below(heading: str, rows: pd.DataFrame, key: str) -> None:
    """Lists the first of the rows, and says how many more there are."""
    if rows.empty:
        return
    st.markdown(f"#### {heading}")
    with st.container(key=f"lines_{key}", gap="xsmall"):
        for row in rows.head(SHOWN_BELOW).itertuples():
            agenda_line(row, context, key, work_words.get(str(row.item), ""))
    if (left := len(rows) - SHOWN_BELOW) > 0:
        label = _("{count} more in the agenda").format(count=left)
        st.button(label, key=f"{key}_more", type="tertiary", on_click=list_in_agenda, args=(period.start, Zoom.MONTH))


lead_to_agenda()
context = current()
asked = draw_period_bar(_("Month"), context, fixed=Zoom.MONTH)
grid = month_grid(context.filtered, asked.start, context.today)
# The whole month, whichever of its days the other pages begin with.
period = CalendarPeriod(Zoom.MONTH, *window(Zoom.MONTH, grid.first))
work_words = item_panel.work_words(context)
entries = month_entries(grid, as_of=context.today, reference=context.reference, zone=context.zone, marks=work_words)
if not entries:
    st.caption(f"{full_month(period.start)}. {as_of(context)}")
if not grid.days:
    st.info(_("No days in this month match the filter. Choose another month, or remove a filter."))
if entries:
    month_table(grid, entries, context, on_item=item_panel.choose, on_more=list_in_agenda)
    month_legend()
_draw_below(_("Dates not set"), grid.undated, "undated")
_draw_below(_("Longer than two months"), grid.long, "long")
print_agenda(in_window(context.filtered, start=period.start, days=period.days), context, str(period), work_words)
item_panel.draw_panel(context)
