"""All pages in the order of the menu, and links between them with parameters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from calendar_model.terms import RecordKind
from calendar_model.translation import N_
from calendar_model.translation import gettext as _

FOLDER = Path(__file__).resolve().parents[2]
"""The folder of the page files."""

_KEY = "navigation_pages"


@dataclass(frozen=True)
class PageEntry:
    """A page: its ``file`` without the suffix, its title, and its address if that differs from the file's name.

    ``filtered``: whether the filter applies to it. ``in_menu``: whether the menu lists it; if not, other pages open it.
    ``shows``: the kinds of record that it can show.
    """

    file: str
    title: str
    url_path: str = ""
    filtered: bool = True
    in_menu: bool = True
    shows: tuple[RecordKind, ...] = ()

    @property
    def address(self) -> str:
        """The page's name in addresses."""
        return self.url_path or self.file


PAGES = (
    PageEntry("overview", N_("Overview")),
    PageEntry("timeline", N_("Timeline")),
    PageEntry("coverage", N_("Coverage")),
    PageEntry("statements", N_("Statements"), shows=(RecordKind.STATEMENT,)),
    PageEntry("engagements", N_("Engagements"), shows=(RecordKind.ENGAGEMENT,)),
    PageEntry("cases", N_("Cases"), shows=(RecordKind.CASE, RecordKind.REPRISAL)),
    PageEntry("follow_ups", N_("Follow-ups"), "follow-ups"),
    PageEntry("resolutions", N_("Resolutions")),
    PageEntry("upr", N_("UPR")),
    PageEntry("meetings", N_("Side events"), shows=(RecordKind.EVENT,)),
    PageEntry("organisations", N_("Organisations")),
    PageEntry("contacts", N_("Contacts"), shows=(RecordKind.CONTACT,)),
    PageEntry("language", N_("Language"), shows=(RecordKind.LANGUAGE,)),
    # Not "feeds": the server's own feeds have that address.
    PageEntry("feeds", N_("Feeds"), "subscribe"),
    PageEntry("imports", N_("Import"), "import", filtered=False),
    PageEntry("settings", N_("Settings"), filtered=False),
    PageEntry("confirm", N_("Dates to confirm")),
    PageEntry("corrections", N_("Corrections"), filtered=False, shows=(RecordKind.CORRECTION,)),
    PageEntry("dossier", N_("Dossier"), in_menu=False),
)
"""All pages, in the order of the menu. No headings: on a narrow screen Streamlit draws them in a list that a screen
reader cannot read."""

PAGE_OF = {kind: page.file for page in PAGES for kind in page.shows}
"""The file of the page that shows records of a kind."""


def navigation() -> st.Page:
    """For ``dashboard.py``: draws the menu above the page and returns the page that the reader opened."""
    pages = {page.file: _streamlit_page(page) for page in PAGES}
    st.session_state[_KEY] = pages
    return st.navigation([*pages.values()], position="top")


def filters(page: st.Page) -> bool:
    """Whether the filter applies to a page."""
    return page.url_path not in {entry.address for entry in PAGES if not entry.filtered}


def address_of(page: str) -> str:
    """The name of a page in addresses, by its file's name."""
    return next(entry.address for entry in PAGES if entry.file == page)


def _streamlit_page(page: PageEntry) -> st.Page:
    return st.Page(
        FOLDER / f"{page.file}.py",
        title=_(page.title),
        url_path=page.address,
        default=page is PAGES[0],
        visibility="visible" if page.in_menu else "hidden",
    )


def link(page: str, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """Draws a link to a page, by its file's name, with parameters such as ``record=…`` or ``item=…``."""
    st.page_link(st.session_state[_KEY][page], label=label, icon=icon, query_params=parameters or None)
