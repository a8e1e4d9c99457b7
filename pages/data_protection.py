"""Data protection: what this system may hold, what is due for deletion, periods, and what is held on the reader."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

import streamlit as st

from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import staff
from calendar_model.mission.data_protection.notice import holding_notice, set_holding_notice
from calendar_model.mission.records import text_limit
from calendar_model.translation import gettext as _
from pages.components.data_protection.due import draw_due_records
from pages.components.data_protection.notice import draw_notice
from pages.components.data_protection.periods import draw_periods
from pages.components.data_protection.personal import draw_own_data
from pages.components.record import fields, forms
from pages.components.shell import item_panel, rights
from pages.components.shell.context import current
from pages.components.shell.current_user import current_person, viewer

NOTICE = "holding_notice"


def draw_what_may_be_held() -> None:
    """Draw the notice and, for administrators, the form that words it."""
    st.subheader(_("What this system may hold"))
    draw_notice()
    if rights.why_not(Operation.CHANGE, Subject.NOTICE):
        return
    with st.expander(_("Change this text"), key="notice_form"):
        st.markdown(_("Everyone reads it, also before signing in. Leave it empty for the usual text."))
        fields.area(
            _("What this system may hold"),
            text_limit("holding_notice", "wording"),
            value=holding_notice(),
            key=NOTICE,
            height=220,
        )
        st.button(_("Save text"), key="notice_save", on_click=save_notice)


def save_notice() -> None:
    def act() -> str:
        set_holding_notice(viewer(), st.session_state.get(NOTICE) or "")
        return _("Text saved.")

    if forms.attempt(act):
        st.session_state.pop(NOTICE, None)


context = current()
st.title(_("Data protection"))
if not context.workspace:
    st.stop()
forms.outcome()
draw_what_may_be_held()
if current_person() is not None:
    draw_due_records(context, staff())
    draw_periods(context)
    draw_own_data(context)
item_panel.draw_panel(context)
