"""The row above the pages of the calendar: the title, the length of the period, and the steps through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from calendar_model.figures.zoom import Zoom, step, window, window_around
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.wording import day
from pages.components.shell.context import PageContext
from pages.components.shell.filter_bar import EARLIEST, LATEST
from pages.components.shell.navigation import FROM, ZOOM, link, open_page
from pages.components.shell.printing import print_button
from pages.components.widgets.coded_choice import coded_choice

_ZOOMS = Translated(
    {
        Zoom.WEEK: N_("week"),
        Zoom.MONTH: N_("month"),
        Zoom.QUARTER: N_("quarter"),
        Zoom.YEAR: N_("year"),
        Zoom.FIVE_YEARS: N_("5 years"),
        Zoom.FIFTEEN_YEARS: N_("15 years"),
    }
)


_ASKED_OF_AGENDA = "asked_of_agenda"
"""The session's key for what the agenda is to show: the zoom, and the day as in addresses."""


@dataclass(frozen=True)
class CalendarPeriod:
    """What a page of the calendar shows: ``days`` days from ``start``, in the detail of ``zoom``."""

    zoom: Zoom
    start: date
    days: int

    @property
    def last(self) -> date:
        return self.start + timedelta(days=self.days - 1)

    def __str__(self) -> str:
        return f"{day(self.start)} – {day(self.last)}"


def list_in_agenda(day: date, zoom: Zoom = Zoom.WEEK) -> None:
    """For callbacks: what a page has no room for is listed in the agenda, from ``day``; see :func:`lead_to_agenda`."""
    st.session_state[_ASKED_OF_AGENDA] = zoom.value, day.isoformat()


def lead_to_agenda() -> None:
    """For pages that call :func:`list_in_agenda`, before :func:`draw_period_bar`: ends the run and opens the agenda, if
    it was asked for. Once the field of the day is drawn, this parameter of the address is bound to it."""
    if asked := st.session_state.pop(_ASKED_OF_AGENDA, ()):
        open_page("agenda", **dict(zip((ZOOM, FROM), asked, strict=True)))


def draw_period_bar(title: str, context: PageContext, fixed: Zoom | None = None) -> CalendarPeriod:
    """Draws the row and returns the chosen period, which is in the address as ``zoom`` and ``from``.

    A page that shows periods of one length only gives it as ``fixed``; ``zoom`` stays as it is for the other pages.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key="period_bar"):
        st.title(title, width="content")
        zoom = fixed or _chosen_zoom()
        turns = st.container(horizontal=True, vertical_alignment="bottom", width="content", gap="xsmall", key="turns")
        asked = turns.date_input(
            _("From"),
            value=None,
            min_value=EARLIEST,
            max_value=LATEST,
            format="YYYY-MM-DD",
            key=FROM,
            bind="query-params",
            width=170,
            label_visibility="collapsed",
        )
        link("feeds", _("Subscribe"), icon=":material/event_repeat:")
        print_button()
    for label, says, direction in (("‹", _("Earlier"), -1), (_("Today"), None, 0), ("›", _("Later"), 1)):
        turns.button(
            label, key=f"timeline_turn_{direction}", help=says, on_click=_go, args=(direction, context.today, fixed)
        )
    start, days = window(zoom, asked) if isinstance(asked, date) else window_around(zoom, context.today)
    return CalendarPeriod(zoom, start, days)


def _chosen_zoom() -> Zoom:
    code = coded_choice(
        _("Zoom"),
        [zoom.value for zoom in Zoom],
        default=Zoom.YEAR.value,
        key=ZOOM,
        format_func=lambda code: _ZOOMS[Zoom(code)],
        wrap=True,
        label_visibility="collapsed",
    )
    return Zoom(code)


def _go(direction: int, today: date, fixed: Zoom | None) -> None:
    """Moves one step earlier (-1) or later (1), or back to today (0). Uses the zoom and day at the time of the click,
    which a fast reader may have changed since the button was drawn."""
    zoom, asked = fixed or Zoom(st.session_state[ZOOM]), st.session_state[FROM]
    start, _unused = window(zoom, asked) if isinstance(asked, date) else window_around(zoom, today)
    st.session_state[FROM] = min(max(step(zoom, start, direction), EARLIEST), LATEST) if direction else None
