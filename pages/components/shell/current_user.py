"""The current user: selected from the users in Settings and remembered by this browser.

There is no sign-in yet. The selected user decides what a page may read and in whose name it writes. A confirmation by a
second person compares these selections.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import staff
from calendar_model.translation import gettext as _
from pages.components.shell.navigation import SELDOM, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person

COOKIE = "hrd_person"
_KEY = "acting"
"""The key of the selected user's identifier in the session's state; the value is empty if the reader chose no user."""

_remember = st.components.v2.component(
    "remember_person",
    html="<div></div>",
    js=(Path(__file__).parent / "reader.js").read_text(encoding="utf-8"),
)


def current_person() -> Person | None:
    """The current user; None until one is selected, and for one who is inactive or no longer listed."""
    return _chosen_among(staff()) if chosen_id() else None


def chosen_id() -> str:
    """The identifier of the selected user, whether still listed or not; empty for none."""
    chosen: str | None = st.session_state.get(_KEY)
    return st.context.cookies.get(COOKIE, "") if chosen is None else chosen


def _chosen_among(everyone: Iterable[Person]) -> Person | None:
    return next((person for person in everyone if person.id == chosen_id() and person.active), None)


def viewer() -> Viewer:
    """The viewer for this page: the current user, or the anonymous one."""
    person = current_person()
    return member(person.id) if person else ANONYMOUS


def act_as(person_id: str) -> None:
    """Makes this person the current user; for callbacks. Empty: no user."""
    st.session_state[_KEY] = person_id


def choose_person() -> None:
    """For the entrance: draws the name of the current user, and the list to select another."""
    everyone = [person for person in staff() if person.active]
    person = _chosen_among(everyone)
    _remember(data={"name": COOKIE, "person": person.id if person else ""}, key="remember_person", height=1)
    with st.popover(plain(person.name) if person else _("Select user"), type="tertiary", key="acting_person"):
        if everyone:
            options = ["", *(one.id for one in everyone)]
            names = {"": _("No user: public items only"), **{one.id: one.name for one in everyone}}
            chosen = person.id if person else ""
            if st.session_state.get("choose_acting") != chosen:
                st.session_state["choose_acting"] = chosen
            st.selectbox(
                _("Working as"), options, format_func=names.__getitem__, key="choose_acting", on_change=_chosen
            )
        if not everyone:
            link("settings", _("Set up your profile"))
        with st.container(key="seldom", gap=None):
            for page in SELDOM:
                link(page.file, _(page.title))


def _chosen() -> None:
    act_as(st.session_state["choose_acting"])


def require_person(what: str, title: str = "") -> Person:
    """The current user. Without one, says that ``what`` ("Engagements are") needs a user, and ends the page; under its
    ``title``, if the page would have set another by now."""
    person = current_person()
    if person is None:
        if title:
            st.title(title)
        st.markdown(
            _(
                "{what} visible to users only. Select your name to see this page; new users: add yourself in Settings."
            ).format(what=what)
        )
        link("settings", _("Select user"))
        st.stop()
    return person
