"""Agenda: the items of the period as a list by month."""

from pages.components.shell.guard import require_entrance

require_entrance()

import streamlit as st

from calendar_model.figures.timeline import in_window
from calendar_model.translation import gettext as _
from pages.components.calendar.period_bar import draw_period_bar
from pages.components.shell import item_panel
from pages.components.shell.context import as_of, current
from pages.components.widgets.agenda import agenda, print_agenda
from pages.components.widgets.changed import changed_since_last_visit

context = current()
period = draw_period_bar(_("Agenda"), context)
rows = in_window(context.filtered, start=period.start, days=period.days)
work_words = item_panel.work_words(context)
st.caption(f"{period}. {as_of(context)}")
agenda(changed_since_last_visit(rows, context, "agenda"), context, since=period.start, work_words=work_words)
print_agenda(rows, context, str(period), work_words)
item_panel.draw_panel(context)
