"""All pages, the menu that leads to them, and links between them with parameters.

The menu has an entry a section. The pages of the open section are tabs below it; what is needed seldom is listed under
the reader's name (:data:`SELDOM`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from calendar_model.calendar.filters import PARAMETERS
from calendar_model.feeds.http import FEEDS_PAGE
from calendar_model.feeds.links import RECORD_PAGES
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _

FOLDER = Path(__file__).resolve().parents[2]
"""The folder of the page files."""

RECORD, NEW = "record", "new"
"""URL parameters: the record that is open, and the kind of record whose empty form is open."""

LINK, WITH = "tie", "with"
"""URL parameters: the calendar items, and the records, that a new record is linked to from the start."""

OF = "of"
"""URL parameter: the item whose dossier is open."""

IN = "in"
"""URL parameter: the language in which the text of a statement is shown first."""

ZOOM, FROM = "zoom", "from"
"""URL parameters: the length of the period that the pages of the calendar show, and a day of it."""

FILTER = (*PARAMETERS, "tz")
"""URL parameters to which fields on every page are bound: those of the filter, and the time zone."""

_KEY, _START = "navigation_pages", "start"


class Section(StrEnum):
    """The entries of the menu, in its order."""

    TODAY = "today"
    CALENDAR = "calendar"
    CYCLES = "cycles"
    STATEMENTS = "statements"
    ENGAGEMENTS = "engagements"
    CASES = "cases"


_SECTION_TITLES = Translated(
    {
        Section.TODAY: N_("Today"),
        Section.CALENDAR: N_("Calendar"),
        Section.CYCLES: N_("Cycles"),
        Section.STATEMENTS: N_("Statements"),
        Section.ENGAGEMENTS: N_("Engagements"),
        Section.CASES: N_("Cases"),
    }
)


@dataclass(frozen=True)
class PageEntry:
    """A page: its ``file`` without the suffix, its title, and its address if that differs from the file's name.

    ``section`` is the entry of the menu under which it is found, None for a page under the reader's name. ``is_tab``:
    whether it is a tab of the section; if not, other pages open it. ``filtered``: whether the filter applies to it.
    ``is_start``: the page that opens first.
    """

    file: str
    title: str
    section: Section | None
    url_path: str = ""
    is_tab: bool = True
    filtered: bool = True
    is_start: bool = False

    @property
    def address(self) -> str:
        """The page's name in addresses; empty for the start page."""
        return "" if self.is_start else self.url_path or self.file


PAGES = (
    PageEntry("today", N_("Today"), Section.TODAY, is_start=True),
    PageEntry("coverage", N_("Coverage"), Section.TODAY),
    PageEntry("timeline", N_("Timeline"), Section.CALENDAR),
    PageEntry("agenda", N_("Agenda"), Section.CALENDAR),
    PageEntry("month", N_("Month"), Section.CALENDAR),
    PageEntry("organisations", N_("Organisations"), Section.CALENDAR),
    PageEntry("dossier", N_("Dossier"), Section.CALENDAR, is_tab=False),
    PageEntry("resolutions", N_("Resolutions"), Section.CYCLES),
    PageEntry("upr", N_("UPR"), Section.CYCLES),
    PageEntry("language", N_("Language"), Section.CYCLES),
    PageEntry("statements", N_("Statements"), Section.STATEMENTS),
    PageEntry("said", N_("What we said"), Section.STATEMENTS, filtered=False),
    PageEntry("templates", N_("Templates"), Section.STATEMENTS, filtered=False),
    PageEntry("engagements", N_("Engagements"), Section.ENGAGEMENTS),
    PageEntry("contacts", N_("Contacts"), Section.ENGAGEMENTS),
    PageEntry("meetings", N_("Side events"), Section.ENGAGEMENTS),
    PageEntry("follow_ups", N_("Follow-ups"), Section.ENGAGEMENTS, "follow-ups"),
    PageEntry("cases", N_("Cases"), Section.CASES),
    # Not "feeds": the server's own feeds have that address.
    PageEntry("feeds", N_("Feeds"), None, FEEDS_PAGE),
    PageEntry("confirm", N_("Dates to confirm"), None),
    PageEntry("corrections", N_("Corrections"), None, filtered=False),
    PageEntry("imports", N_("Import"), None, "import", filtered=False),
    PageEntry("data_protection", N_("Data protection"), None, "data-protection", filtered=False),
    PageEntry("settings", N_("Settings"), None, filtered=False),
)
"""All pages; those of a section in the order of its tabs."""

SELDOM = tuple(page for page in PAGES if page.section is None)
"""The pages under the reader's name."""

PAGE_OF = {kind: next(page.file for page in PAGES if page.address == address) for kind, address in RECORD_PAGES.items()}
"""The file of the page that shows records of a kind."""

MOVED = {"overview": "today", "today": "today"}
"""Earlier addresses, and others that one may type, with the file of the page that each leads to."""

ADDRESSES = frozenset({*(page.address for page in PAGES), *MOVED})
"""The names of all pages in addresses, earlier ones included."""

_SHOWN_AS = "show"
"""URL parameter: earlier, the agenda was a part of the timeline (``timeline?show=agenda``)."""


def navigation() -> st.Page:
    """For ``dashboard.py``: returns the page that the reader opened; from an earlier address it leads on.

    :func:`draw_sections` draws the menu.
    """
    pages = {page.file: _streamlit_page(page) for page in PAGES}
    st.session_state[_KEY] = pages
    moved = [st.Page(_nothing, url_path=address) for address in MOVED]
    page = st.navigation([*pages.values(), *moved], position="hidden")
    if page.url_path in MOVED:
        open_page(MOVED[page.url_path])
    if page.url_path == "timeline" and st.query_params.get(_SHOWN_AS) == "agenda":
        open_page("agenda", without=(_SHOWN_AS,))
    return page


def draw_sections(page: st.Page) -> None:
    """For the entrance: draws the menu. The entry of the open section leads to the list of the open page."""
    open_entry = _entry_of(page)
    with st.container(key="sections", horizontal=True, gap=None, width="content"):
        for section in Section:
            is_open = open_entry is not None and open_entry.section is section
            first = next(entry for entry in PAGES if entry.section is section)
            with st.container(key=f"section_{'open' if is_open else section}", width="content"):
                link(open_entry.file if is_open and open_entry else first.file, _SECTION_TITLES[section])


def draw_tabs(page: st.Page) -> None:
    """For the entrance: draws the pages of the open section, if there is more than one."""
    open_entry = _entry_of(page)
    section = open_entry.section if open_entry is not None else None
    tabs = [entry for entry in PAGES if section is not None and entry.section is section and entry.is_tab]
    # Always there, so that what follows keeps its place: a field that moves loses its part of the address.
    with st.container(key="tabs", horizontal=True, gap=None, width="content", wrap=False):
        if section is None or len(tabs) < 2:
            return
        for entry in tabs:
            with st.container(key=f"tab_{'open' if entry is open_entry else entry.file}", width="content"):
                link(entry.file, _(entry.title), **_carried(section))


def _carried(section: Section) -> dict[str, str]:
    """What the pages of a section share beside the filter: in the calendar the period."""
    shared = (ZOOM, FROM) if section is Section.CALENDAR else ()
    return {name: code for name in shared if (code := asked_code(name))}


def asked_code(name: str) -> str:
    """The value of a parameter of this address, to be taken along in a link; empty if it cannot be a code."""
    value: str = st.query_params.get(name, "")
    return value if re.fullmatch(r"[\w -]{1,80}", value) else ""


def filters(page: st.Page) -> bool:
    """Whether the filter applies to a page."""
    entry = _entry_of(page)
    return entry is not None and entry.filtered


def address_of(page: str) -> str:
    """The name of a page in addresses, by its file's name."""
    return next(entry.address for entry in PAGES if entry.file == page)


def _entry_of(page: st.Page) -> PageEntry | None:
    """The entry of a page of Streamlit's; None for one that only leads on."""
    return next((entry for entry in PAGES if entry.address == page.url_path), None)


def _streamlit_page(page: PageEntry) -> st.Page:
    # The start page has no address of its own; Streamlit wants a name that no other page has.
    name = page.address or _START
    return st.Page(FOLDER / f"{page.file}.py", title=_(page.title), url_path=name, default=page.is_start)


def _nothing() -> None:
    """The content of a page at an earlier address, which nobody sees."""


def open_page(file: str, *, without: Iterable[str] = (), **parameters: str) -> NoReturn:
    """Ends the run and opens a page, by its file's name.

    It gets the parameters of this address but those ``without``, and ``parameters`` in their place. Those of the filter
    stay by themselves once its fields are drawn.
    """
    left = {*without, *(name for name in FILTER if name in st.session_state)}
    if FROM in st.session_state:
        # The field is bound to the address, which then takes the day from it and from nowhere else.
        left.add(FROM)
        if day := parameters.pop(FROM, ""):
            st.session_state[FROM] = date.fromisoformat(day)
    kept: dict[str, Any] = {name: st.query_params.get_all(name) for name in st.query_params if name not in left}
    st.switch_page(st.session_state[_KEY][file], query_params={**kept, **parameters})


def link(page: str, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """Draws a link to a page, by its file's name, with parameters such as ``record=…`` or ``item=…``."""
    st.page_link(st.session_state[_KEY][page], label=label, icon=icon, query_params=parameters or None)
