"""All pages, where they stand in the menu, and links from one to another that carry what it is about."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from calendar_model.workspace.terms import RecordKind

PAGES = Path(__file__).resolve().parents[1]

_KEY = "navigation_pages"

_MENU: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (
        ("overview", "Overview", ""),
        ("timeline", "Timeline", ""),
        ("coverage", "Coverage", ""),
        ("statements", "Statements", ""),
        ("engagements", "Engagements", ""),
        ("cases", "Cases", ""),
        ("follow_ups", "Follow-ups", "follow-ups"),
    ),
    "Cycles and bodies": (
        ("resolutions", "Resolutions", ""),
        ("upr", "UPR", ""),
        ("meetings", "Side events and meetings", "meetings"),
        ("organisations", "Organisations", ""),
    ),
    "More": (
        ("contacts", "Contacts", ""),
        ("language", "Language tracker", "language"),
        # Not "feeds": that is where the server's own feeds are.
        ("feeds", "Feeds", "subscribe"),
        ("settings", "Settings", ""),
    ),
}
"""Heading of the menu, then file, title and address; an address left out is the file's name."""

PAGE_OF = {
    RecordKind.CASE: "cases",
    RecordKind.CONTACT: "contacts",
    RecordKind.ENGAGEMENT: "engagements",
    RecordKind.EVENT: "meetings",
    RecordKind.LANGUAGE: "language",
    RecordKind.REPRISAL: "cases",
    RecordKind.STATEMENT: "statements",
}
"""The page that shows a record of a kind."""

_HIDDEN = (("dossier", "Dossier", ""),)
"""Pages that are opened from others and have no place in the menu."""


def navigation() -> st.Page:
    """The menu above the page; gives back the page that the reader opened. For ``dashboard.py``."""
    pages = {entry[0]: _page(*entry) for entries in _MENU.values() for entry in entries}
    pages |= {entry[0]: _page(*entry, hidden=True) for entry in _HIDDEN}
    menu = {heading: [pages[name] for name, _, _ in entries] for heading, entries in _MENU.items()}
    menu[""] += [pages[name] for name, _, _ in _HIDDEN]
    st.session_state[_KEY] = pages
    return st.navigation(menu, position="top")


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
