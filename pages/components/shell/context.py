"""The context of every page: the reference, the calendar table, the filter, the viewer, the day and the time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from calendar_model import calendar, clock, wording
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, WorkspaceError
from calendar_model.calendar import Filter
from calendar_model.mission import record_filter
from calendar_model.mission.observed_dates import observe
from calendar_model.mission.persons import roles_of
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.mission.visits import record_visit
from calendar_model.reference import Reference
from calendar_model.terms import RecordKind
from calendar_model.translation import SOURCE, in_language, language
from calendar_model.translation import gettext as _
from pages.components.shell import current_user, outage, rights, typed
from pages.components.shell.current_user import choose_person, viewer
from pages.components.shell.filter_bar import filter_bar, time_zone
from pages.components.shell.landmarks import name_landmarks
from pages.components.shell.language import choose_language
from pages.components.shell.navigation import LINK, NEW, OF, RECORD, WITH, draw_sections, draw_tabs, filters
from pages.components.shell.new import draw_new
from pages.components.shell.popovers import lead_into_popovers
from pages.components.shell.printing import watch_ground
from pages.components.shell.undo import draw_undo
from pages.components.shell.words import plain
from pages.components.widgets.typed_dates import commit_typed_dates

_KEY = "page_context"
_VISIT = "last_visit"

ONE_RECORD = (RECORD, NEW, OF)
"""Parameters of the address with which a page shows one record, or the dossier of one item."""


@dataclass(frozen=True)
class PageContext:
    """``table`` is the whole calendar that ``viewer`` may see, ``filtered`` the rows that the filter keeps.

    Readers share both: never change them in place. ``zone`` is the reader's IANA time zone, ``today`` the calendar's
    current day, ``last_visit`` the day of the reader's last visit, None if unknown. ``workspace`` tells whether the
    workspace could be opened; if not, the table holds the reference alone.
    """

    reference: Reference
    table: pd.DataFrame
    filtered: pd.DataFrame
    filter: Filter
    zone: str
    today: date
    viewer: Viewer = ANONYMOUS
    workspace: bool = True
    last_visit: date | None = None

    @property
    def version(self) -> str:
        """What caches of texts and figures go by: the content of the calendar, when a file or a correction of the
        reference last changed, and the reader's language."""
        return f"{self.table.attrs['version']} {self.table.attrs['files_changed']} {language()}"

    def keeps(self, kind: RecordKind, record: Any) -> bool:
        """Whether the filter keeps a record of this kind, or a summary of one that has its columns."""
        return record_filter.keeps(self.filter, kind, record, self.reference)


def current() -> PageContext:
    """The context of this run, for a page or a fragment of it."""
    context: PageContext = st.session_state[_KEY]
    return context


def in_english(context: PageContext) -> tuple[Reference, pd.DataFrame]:
    """The reference and the calendar of the context for other programs and what is stored."""
    with in_language(SOURCE):
        return calendar_for(context.viewer) if context.workspace else calendar.current()


def as_of(context: PageContext) -> str:
    """The day of the page's data, as a short sentence."""
    return _("As of {today}.").format(today=wording.day(context.today))


FORM_ADDRESS = (RECORD, NEW, LINK, WITH, "file", "row")
"""Parameters of the address that distinguish one form from another."""
_ON_LISTS = ("follow_up_", "remote_", "subscription_", "outcome_", "confirm_", "panel_work_", "mail_")
"""Prefixes of keys whose fields belong to a form, even on a page with a list."""


@contextmanager
def standing_page(page: st.Page) -> Iterator[None]:
    """For ``dashboard.py``: the page drawn in this block stays, with its input, while the database is unavailable, and
    earlier input is restored."""
    address, is_one = _address(page), any(name in st.query_params for name in FORM_ADDRESS)
    typed.begin(current_user.reader_id(), address)
    with outage.standing(current_user.reader_id(), address, is_form=lambda key: is_one or key.startswith(_ON_LISTS)):
        yield


def _address(page: st.Page) -> tuple[str, ...]:
    return page.url_path, *(f"{name}={value}" for name in FORM_ADDRESS for value in st.query_params.get_all(name))


def draw_context(page: st.Page, draw_search: Callable[[], None]) -> PageContext:
    """For ``dashboard.py``: draws what is above every page and stores the context for :func:`current`.

    If the filter does not apply to ``page``, or the page shows one record, the filter is kept but not shown.
    ``draw_search`` draws the button of the search.
    """
    header = st.container(key="header", horizontal=True, vertical_alignment="center", gap="small")
    with header:
        draw_sections(page)
    with st.spinner(_("Loading the calendar"), show_time=False):
        reference, table, seen_by, fault = _visible_calendar()
    rights.begin(frozenset() if fault else roles_of(seen_by))
    with header, st.container(key="reader", width="content", horizontal=True, gap=None):
        draw_search()
        if not fault:
            draw_new(seen_by)
        zone = time_zone(st.context.timezone)
        choose_language()
        commit_typed_dates()
        lead_into_popovers()
        name_landmarks()
        watch_ground()
        if not fault:
            choose_person()
    with st.container(key="below_header", horizontal=True, vertical_alignment="center", gap="medium"):
        draw_tabs(page)
        # A single record is shown without the filter of lists, which stays in the address for the way back.
        alone = any(name in st.query_params for name in ONE_RECORD)
        with st.container(key="filter" if filters(page) and not alone else "filter_kept"):
            chosen = filter_bar(table, reference)
    if not fault:
        draw_undo()
    outage.place()
    _say_faults(reference)
    if fault:
        st.error(
            _("{fault} Until then the calendar shows reference data only, without the mission's own records.").format(
                fault=plain(fault)
            )
        )
    if not fault and seen_by.person_id:
        _observe_dates()
    today = clock.today()
    context = PageContext(
        reference=reference,
        table=table,
        filtered=chosen.apply(table, reference),
        filter=chosen,
        zone=zone,
        today=today,
        viewer=seen_by,
        workspace=not fault,
        last_visit=None if fault else _last_visit(seen_by, today),
    )
    st.session_state[_KEY] = context
    return context


def _visible_calendar() -> tuple[Reference, pd.DataFrame, Viewer, str]:
    """The calendar as the current user may see it, and the fault of the workspace, if any.

    Raises WorkspaceError if a form is open and stays as it is.
    """
    try:
        current_viewer = viewer()
        return *calendar_for(current_viewer), current_viewer, ""
    except WorkspaceError as fault:
        if outage.can_stand():
            raise
        return *calendar.current(), ANONYMOUS, str(fault)


def _last_visit(seen_by: Viewer, today: date) -> date | None:
    """The day of the viewer's last visit; read once a day and session."""
    asked = (seen_by.person_id, today)
    if st.session_state.get(_VISIT, (None,))[0] != asked:
        try:
            before = record_visit(seen_by, today)
        except (WorkspaceError, Refused, EditConflict):
            # A page must not depend on whether the visit could be recorded; the next run tries again.
            return None
        st.session_state[_VISIT] = (asked, before)
    found: date | None = st.session_state[_VISIT][1]
    return found


def _observe_dates() -> None:
    """Note which dates have changed, for those who follow them."""
    try:
        observe()
    except WorkspaceError:
        # A page must not depend on whether it could be noted; the next run tries again.
        return


def _say_faults(reference: Reference) -> None:
    if not reference.faults:
        return
    rows = _("1 fault") if len(reference.faults) == 1 else _("{count} faults").format(count=len(reference.faults))
    with st.expander(
        _("The reference data has {rows}; the faulty rows are left out of the calendar").format(rows=rows),
        icon=":material/error:",
    ):
        st.markdown(_("Correct the rows in the data folder, then reload this page. `make check` shows the same list."))
        st.dataframe(
            pd.DataFrame(
                [(f.file, f.line, f.column, f.value, f.expected) for f in reference.faults],
                columns=[_("File"), _("Line"), _("Column"), _("Value"), _("Expected")],
            ),
            hide_index=True,
        )
