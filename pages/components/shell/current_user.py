"""The current user: the person whose account has signed in.

Without sign-in the calendar answers this machine only, and the current user is the one person who uses it; while sample
data is loaded, one of the fictional users can be selected instead, and this browser remembers which. The current user
decides what a page may read and in whose name it writes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextvars import ContextVar
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import WorkspaceError, staff
from calendar_model.mission import accounts
from calendar_model.mission.accounts import LOCAL_ISSUER
from calendar_model.mission.persons import apply_groups
from calendar_model.translation import gettext as _
from pages.components.shell import sign_in
from pages.components.shell.navigation import SELDOM, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person

COOKIE = "hrd_person"
"""The cookie of this browser that remembers the selected user of the sample."""
_SAMPLE = "acting_sample"
"""The key of the selected sample user's identifier in the session's state; empty if the reader has left the sample."""
_GROUPS = "groups_taken"
"""The key in the session's state that says that the groups of the sign-in have been looked at."""
_NOBODY = "-"
"""A reader that no person is."""
_asked_by: ContextVar[str] = ContextVar("the reader for whom a file is made outside a run", default=_NOBODY)

_remember = st.components.v2.component(
    "remember_person",
    html="<div></div>",
    js=(Path(__file__).parent / "reader.js").read_text(encoding="utf-8"),
)


def current_person() -> Person | None:
    """The current user; None before one is known, and for one who is inactive or whose session has ended.

    Asks the workspace each time, so that a person who is made inactive is out at the next click.
    """
    if sign_in.is_set_up():
        signed_in = sign_in.current_sign_in()
        return accounts.person_of(signed_in) if signed_in is not None else None
    return _sample_person() or local_person()


def local_person() -> Person | None:
    """Without sign-in, the only user of this machine; None until one is chosen."""
    return accounts.local_person()


def reader_id() -> str:
    """Whose browser this is, without asking the workspace: what a reader has typed is kept under it while the workspace
    is away."""
    if sign_in.is_set_up():
        signed_in = sign_in.current_sign_in()
        return signed_in.account if signed_in is not None else ""
    return _sample_id() or LOCAL_ISSUER


def file_reader() -> str:
    """For whom a file is that is being named: the current user, "" before anybody has signed in."""
    if not sign_in.is_set_up():
        return ""
    if get_script_run_ctx(suppress_warning=True) is None:
        return _asked_by.get()
    try:
        person = current_person()
    except WorkspaceError:
        return _NOBODY
    return person.id if person is not None else ""


def for_reader(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """What makes the file of a download button for the current user, at the click: outside a run of their page."""
    reader = file_reader()

    def made() -> bytes:
        # Streamlit names the file next, in the same thread and context, which end with it.
        _asked_by.set(reader)
        return make()

    return made


def may_enter() -> bool:
    """Whether the reader may see more than the way to sign in. Raises WorkspaceError."""
    return not sign_in.is_set_up() or current_person() is not None


def take_groups() -> None:
    """Give the current user the roles of their groups at the identity provider, once in each session.

    Only where the administrator has named the claim that lists them. Raises WorkspaceError.
    """
    claim = os.environ.get(sign_in.GROUPS_CLAIM_VARIABLE, "").strip()
    if not (claim and sign_in.is_set_up()) or st.session_state.get(_GROUPS):
        return
    if (person := current_person()) is not None:
        apply_groups(person.id, sign_in.groups(claim))
        st.session_state[_GROUPS] = True


def _sample_id() -> str:
    chosen: str | None = st.session_state.get(_SAMPLE)
    return st.context.cookies.get(COOKIE, "") if chosen is None else chosen


def _sample_person() -> Person | None:
    chosen = _sample_id()
    return next((one for one in staff() if one.id == chosen and one.sample and one.active), None) if chosen else None


def viewer() -> Viewer:
    """The viewer for this page: the current user, or the anonymous one."""
    person = current_person()
    return member(person.id) if person else ANONYMOUS


def act_as_sample(person_id: str) -> None:
    """Without sign-in, makes a user of the sample the current one; for callbacks. Empty: the user of this machine."""
    st.session_state[_SAMPLE] = person_id


def choose_person() -> None:
    """For the entrance: draws the name of the current user, with the way to sign out or to select a sample user."""
    person = current_person()
    if person is not None and sign_in.is_set_up():
        sign_in.return_to_page()
    remembered = person.id if person is not None and person.sample and not sign_in.is_set_up() else ""
    _remember(data={"name": COOKIE, "person": remembered}, key="remember_person", height=1)
    with st.popover(plain(person.name) if person else _("Select user"), type="tertiary", key="acting_person"):
        if not sign_in.is_set_up():
            _draw_local(person)
        elif person is not None and person.post:
            st.caption(plain(person.post))
        with st.container(key="seldom", gap=None):
            for page in SELDOM:
                link(page.file, _(page.title))
        if sign_in.is_set_up():
            st.button(_("Sign out"), key="sign_out", on_click=st.logout)


def _draw_local(person: Person | None) -> None:
    """Draw what there is to choose without sign-in: the user of this machine once, and sample users at any time."""
    everyone = [one for one in staff() if one.active]
    own, fictional = local_person(), [one for one in everyone if one.sample]
    if own is None and not any(not one.sample for one in everyone):
        link("settings", _("Set up your profile"))
    elif own is None:
        names = {"": "–", **{one.id: one.name for one in everyone if not one.sample}}
        st.selectbox(
            _("Who uses this computer?"),
            list(names),
            format_func=names.__getitem__,
            key="choose_local",
            on_change=_chosen,
        )
    if fictional:
        names = {own.id if own else "": own.name if own else "–", **{one.id: one.name for one in fictional}}
        chosen = person.id if person else ""
        if st.session_state.get("choose_acting") != chosen:
            st.session_state["choose_acting"] = chosen
        st.selectbox(
            _("Try the calendar as"),
            list(names),
            format_func=names.__getitem__,
            key="choose_acting",
            on_change=_chosen_sample,
            args=({one.id for one in fictional},),
        )
    note = _("No sign-in: anyone who uses this computer sees everything that is yours.")
    st.html(f'<p class="local-note">{escape(note)}</p>')


def _chosen() -> None:
    if not (chosen := st.session_state["choose_local"]):
        return
    try:
        use_computer(chosen)
    except (Refused, WorkspaceError) as fault:
        st.toast(plain(str(fault)))


def use_computer(person_id: str) -> None:
    """Without sign-in, make a person the user of this machine, once; for callbacks. Raises Refused, WorkspaceError."""
    if accounts.local_person() is None:
        accounts.bind_local(person_id)
    act_as_sample("")


def _chosen_sample(fictional: set[str]) -> None:
    chosen = st.session_state["choose_acting"]
    act_as_sample(chosen if chosen in fictional else "")


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
