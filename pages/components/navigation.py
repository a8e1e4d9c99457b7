"""All pages, where they stand in the menu, and links from one to another that carry what it is about."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from calendar_model.workspace.terms import RecordKind

PAGES = Path(__file__).resolve().parents[1]


def _there(*entries: tuple[str, str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(entry for entry in entries if (PAGES / f"{entry[0]}.py").is_file())


_KEY = "navigation_pages"

_MENU: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": _there(
        ("overview", "Overview", ""),
        ("timeline", "Timeline", ""),
        ("coverage", "Coverage", ""),
        ("statements", "Statements", ""),
        ("engagements", "Engagements", ""),
        ("cases", "Cases", ""),
        ("follow_ups", "Follow-ups", "follow-ups"),
    ),
    "Cycles and bodies": _there(
        ("resolutions", "Resolutions", ""),
        ("upr", "UPR", ""),
        ("meetings", "Side events and meetings", "meetings"),
        ("organisations", "Organisations", ""),
    ),
    "More": _there(
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

_HIDDEN = _there(("dossier", "Dossier", ""))
"""Pages that are opened from others and have no place in the menu."""


def navigation() -> st.Page:
    """The menu above the page; gives back the page that the reader opened. For ``dashboard.py``."""
    menu = {
        heading: [_page(*entry, default=entry[0] == "overview") for entry in entries]
        for heading, entries in _MENU.items()
    }
    menu[""] += [_page(*entry, hidden=True) for entry in _HIDDEN]
    names = [name for entries in (*_MENU.values(), _HIDDEN) for name, _, _ in entries]
    shown = [*menu[""][: len(_MENU[""])], *menu["Cycles and bodies"], *menu["More"], *menu[""][len(_MENU[""]) :]]
    st.session_state[_KEY] = dict(zip(names, shown, strict=True))
    return st.navigation(menu, position="top")


def _page(file: str, title: str, address: str, *, default: bool = False, hidden: bool = False) -> st.Page:
    return st.Page(
        PAGES / f"{file}.py",
        title=title,
        url_path=address or file,
        default=default,
        visibility="hidden" if hidden else "visible",
    )


def link(page: str, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """A link to a page by its file's name, with what its address shall carry, such as ``record=…`` or ``item=…``.

    The label alone where this installation does not have the page.
    """
    if page not in st.session_state[_KEY]:
        st.markdown(label)
        return
    st.page_link(st.session_state[_KEY][page], label=label, icon=icon, query_params=parameters or None)
