"""Dates to confirm: near or past items that are not confirmed, the most urgent first, with fields to record each."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import ChangeToken, change_token, reading, staff
from calendar_model.calendar import Filter
from calendar_model.mission.confirmations import DateToConfirm, Pressing, Worklist, answers_by_item, to_confirm
from calendar_model.reference import Reference
from calendar_model.translation import gettext as _
from pages.components.confirmations.line import draw_line, take_result
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import link

TITLE = _("Dates to confirm")
PER_PAGE = 20
HEADINGS = {
    Pressing.JUST_PAST: _("Past since last month, no outcome recorded"),
    Pressing.DUE: _("Due: near, or usually announced by now"),
    Pressing.COMING: _("In the next six months"),
    Pressing.PAST: _("Past for longer, no outcome recorded"),
    Pressing.STALE: _("No longer expected: no edition for years"),
}


def worklist(context: PageContext) -> Worklist:
    """The dates to confirm that match the filter."""
    if context.workspace:
        version = str(context.table.attrs["version"])
        found = cached(context.table, context.reference, version, context.today, context.viewer, change_token())
    else:
        found = to_confirm(context.table, context.reference, context.today)
    return found.kept_by(context.filter, context.filtered["item"], context.reference)


@st.cache_resource(max_entries=16, show_spinner=False)
def cached(
    _table: pd.DataFrame, _reference: Reference, version: str, today: date, viewer: Viewer, token: ChangeToken
) -> Worklist:
    """Compute the worklist once for each state of the calendar and the workspace."""
    with reading(viewer) as session:
        answers = answers_by_item(session)
    return to_confirm(_table, _reference, today, answers)


def draw_list(context: PageContext) -> None:
    """Draw the count, the lines of one page under their headings, and the lines not announced yet."""
    listed = worklist(context)
    count = wording.count(len(listed.open), "{number} date", "{number} dates") if listed.open else _("no dates")
    st.caption(
        _("As of {today}: {count} to confirm, most urgent first.").format(today=wording.day(context.today), count=count)
    )
    may_record = may_write(context)
    names = {person.id: person.name for person in staff()} if context.workspace else {}
    if not listed.open:
        draw_empty(context)
    draw_lines(page_of(listed.open), context, names, may_record=may_record)
    if listed.waiting and st.toggle(
        _("Not announced yet ({count})").format(count=len(listed.waiting)), key="show_waiting"
    ):
        with st.container(key="lines_confirm_waiting", gap="medium"):
            for line in listed.waiting:
                draw_line(
                    line, context, names.get(line.answer.person_id, "") if line.answer else "", may_record=may_record
                )


def may_write(context: PageContext) -> bool:
    """Whether the reader may record dates; if not, draws the reason."""
    if not context.workspace:
        return False
    person = current_person()
    if context.viewer == ANONYMOUS or person is None:
        link("settings", _("Select user to record dates"))
        return False
    if person.sample:
        st.caption(_("Sample users cannot record dates: they would apply to everyone."))
    return not person.sample


def draw_empty(context: PageContext) -> None:
    if context.filter != Filter():
        st.markdown(_("No dates to confirm match the filter. Widen it to see the others."))
        return
    st.markdown(
        _(
            "No dates to confirm. Sessions, meetings, texts and deadlines are listed from six months before they begin "
            "until a year after, or until their dates or outcome are recorded."
        )
    )


def page_of(lines: Sequence[DateToConfirm]) -> Sequence[DateToConfirm]:
    """The lines of the current page of the list."""
    pages = -(-len(lines) // PER_PAGE)
    if pages <= 1:
        return lines
    if st.session_state.get("confirm_page", 1) > pages:
        st.session_state["confirm_page"] = pages
    number = st.pagination(pages, key="confirm_page", bind="query-params")
    return lines[(number - 1) * PER_PAGE : number * PER_PAGE]


def draw_lines(
    lines: Sequence[DateToConfirm], context: PageContext, names: Mapping[str, str], *, may_record: bool
) -> None:
    """Draw lines under headings by urgency."""
    for pressing, group in groupby(lines, lambda line: line.pressing):
        st.subheader(HEADINGS[pressing], anchor=False)
        with st.container(key=f"lines_confirm_{pressing}", gap="medium"):
            for line in group:
                draw_line(
                    line, context, names.get(line.answer.person_id, "") if line.answer else "", may_record=may_record
                )


context = current()
st.title(TITLE)
take_result()
draw_list(context)
item_panel.draw_panel(context)
