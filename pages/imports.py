"""Import: calendars and tables of others, previewed before anything is saved."""

from pages.components.shell.guard import require_entrance
from pages.components.shell.navigation import NEW, RECORD

require_entrance()

from pathlib import PurePath

import streamlit as st

from calendar_model.imports.sandbox import MAX_BYTES
from calendar_model.translation import gettext as _
from pages.components.imports import plan, remote, table
from pages.components.imports.calendar import calendar_file
from pages.components.record import forms
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person
from pages.components.widgets.uploads import upload

CALENDARS, TABLES = ("ics",), ("csv", "xlsx")
FROM_FILE, AT_ADDRESS = _("From a file"), _("Followed calendars")
WAY = "import_way"
MEGABYTES = MAX_BYTES // 2**20


def from_file(context: PageContext) -> None:
    uploaded = upload(
        _("Calendar (.ics) or table (.csv, .xlsx), up to {megabytes} MB").format(megabytes=MEGABYTES),
        [*CALENDARS, *TABLES],
        megabytes=MEGABYTES,
        key="import_file",
    )
    if uploaded is None:
        plan.forget()
        table.forget()
        teach()
        return
    data = uploaded.getvalue()
    if PurePath(uploaded.name).suffix.lower().removeprefix(".") in CALENDARS:
        table.forget()
        calendar_file(data, uploaded.name, context)
    else:
        table.table_file(data, uploaded.name, context)


def teach() -> None:
    st.markdown(
        _(
            "Upload a calendar file (.ics), such as an invitation or a secretariat's programme. You see a preview "
            "with dates, times and status. You then import all of it or nothing. Attendees, organisers and "
            "reminders are never imported."
        )
    )
    st.subheader(_("Table templates"))
    st.markdown(_("Your own tables work too: columns are matched by name, and you can correct the matches."))
    table.draw_templates()


context = current()
st.title(_("Import"))
if not context.workspace:
    st.stop()
forms.outcome()
require_person(_("Imports are"))
forms.remember(WAY)
if st.query_params.get(RECORD) or st.query_params.get(NEW):
    st.session_state[WAY] = AT_ADDRESS
    remote.one_calendar(context)
else:
    st.session_state.setdefault(WAY, FROM_FILE)
    way = st.segmented_control(
        _("Import from"),
        [FROM_FILE, AT_ADDRESS],
        required=True,
        key=WAY,
        label_visibility="collapsed",
    )
    if way == FROM_FILE:
        from_file(context)
    else:
        plan.forget()
        table.forget()
        remote.calendars(context)
item_panel.draw_panel(context)
