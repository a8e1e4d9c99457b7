"""The current user: a person chosen from those kept in Settings, remembered by this browser.

Sign-in comes later. Until then the choice says as whom a page reads and in whose name it writes, and what needs a
second person compares these choices.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import staff
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person

COOKIE = "hrd_person"
_KEY = "acting"
"""The identifier of the chosen person in the session's state; empty where the reader has said that it is nobody."""

_remember = st.components.v2.component(
    "remember_person",
    html="<div></div>",
    js=(Path(__file__).parent / "reader.js").read_text(encoding="utf-8"),
)


def current_person() -> Person | None:
    """Who acts in this session; nobody until somebody has been chosen, or if they are no longer kept."""
    return _chosen_among(staff()) if chosen_id() else None


def chosen_id() -> str:
    """The identifier of the person whom the reader has chosen to be, kept or not; empty for nobody."""
    chosen: str | None = st.session_state.get(_KEY)
    return st.context.cookies.get(COOKIE, "") if chosen is None else chosen


def _chosen_among(everyone: Iterable[Person]) -> Person | None:
    return next((person for person in everyone if person.id == chosen_id() and person.active), None)


def viewer() -> Viewer:
    """As whom this page reads: the current person, or anybody."""
    person = current_person()
    return member(person.id) if person else ANONYMOUS


def act_as(person_id: str) -> None:
    """Makes this person the one who acts; for callbacks. Empty: nobody."""
    st.session_state[_KEY] = person_id


def choose_person() -> None:
    """For the entrance: the name of who acts, and the list to choose another from."""
    everyone = [person for person in staff() if person.active]
    person = _chosen_among(everyone)
    _remember(data={"name": COOKIE, "person": person.id if person else ""}, key="remember_person", height=1)
    with st.popover(plain(person.name) if person else "Nobody chosen", type="tertiary", key="acting_person"):
        if everyone:
            options = ["", *(one.id for one in everyone)]
            names = {"": "Nobody: public only", **{one.id: one.name for one in everyone}}
            chosen = person.id if person else ""
            if st.session_state.get("choose_acting") != chosen:
                st.session_state["choose_acting"] = chosen
            st.selectbox("You act as", options, format_func=names.__getitem__, key="choose_acting", on_change=_chosen)
        link("settings", "Settings" if everyone else "Say who you are in Settings")


def _chosen() -> None:
    act_as(st.session_state["choose_acting"])


def require_person(what: str, title: str = "") -> Person:
    """Who acts. Where it is nobody, says that ``what`` ("Engagements are") needs somebody, and ends the page; under
    its ``title``, where the page would have set another by now."""
    person = current_person()
    if person is None:
        if title:
            st.title(title)
        st.markdown(f"{what} shown to staff, each as much as they may see. Choose who you are, or add yourself.")
        link("settings", "Choose who you are")
        st.stop()
    return person
