"""All pages, where they stand in the menu, and links from one to another that carry what it is about."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from calendar_model.terms import RecordKind

PAGES = Path(__file__).resolve().parents[2]

_KEY = "navigation_pages"

_MENU = (
    ("overview", "Overview", ""),
    ("timeline", "Timeline", ""),
    ("coverage", "Coverage", ""),
    ("statements", "Statements", ""),
    ("engagements", "Engagements", ""),
    ("cases", "Cases", ""),
    ("follow_ups", "Follow-ups", "follow-ups"),
    ("resolutions", "Resolutions", ""),
    ("upr", "UPR", ""),
    ("meetings", "Side events", ""),
    ("organisations", "Organisations", ""),
    ("contacts", "Contacts", ""),
    ("language", "Language", ""),
    # Not "feeds": that is where the server's own feeds are.
    ("feeds", "Feeds", "subscribe"),
    ("imports", "Import", "import"),
    ("settings", "Settings", ""),
    ("corrections", "Corrections", ""),
)
"""File, title and address, in the order of the menu; an address left out is the file's name. Without headings: on a
narrow screen Streamlit draws those in a list that a screen reader cannot read."""

PAGE_OF = {
    RecordKind.CASE: "cases",
    RecordKind.CONTACT: "contacts",
    RecordKind.CORRECTION: "corrections",
    RecordKind.ENGAGEMENT: "engagements",
    RecordKind.EVENT: "meetings",
    RecordKind.LANGUAGE: "language",
    RecordKind.REPRISAL: "cases",
    RecordKind.STATEMENT: "statements",
}
"""The page that shows a record of a kind."""

_UNFILTERED = ("imports", "settings", "corrections")
"""Pages of which nothing is filtered."""

_HIDDEN = (("dossier", "Dossier", ""),)
"""Pages that are opened from others and have no place in the menu."""


def navigation() -> st.Page:
    """The menu above the page; gives back the page that the reader opened. For ``dashboard.py``."""
    pages = {entry[0]: _page(*entry) for entry in _MENU} | {entry[0]: _page(*entry, hidden=True) for entry in _HIDDEN}
    st.session_state[_KEY] = pages
    return st.navigation([*pages.values()], position="top")


def filters(page: st.Page) -> bool:
    """Whether a page lists what the filter keeps."""
    return page.url_path not in {address_of(name) for name in _UNFILTERED}


def address_of(page: str) -> str:
    """The name under which a page stands in addresses, by its file's name."""
    return next(address or file for file, _, address in (*_MENU, *_HIDDEN) if file == page)


def _page(file: str, title: str, address: str, *, hidden: bool = False) -> st.Page:
    return st.Page(
        PAGES / f"{file}.py",
        title=title,
        url_path=address or file,
        default=file == "overview",
        visibility="hidden" if hidden else "visible",
    )


def link(page: str, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """A link to a page by its file's name, with what its address shall carry, such as ``record=…`` or ``item=…``."""
    st.page_link(st.session_state[_KEY][page], label=label, icon=icon, query_params=parameters or None)
