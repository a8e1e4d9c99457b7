"""What the address of the page UPR says: by session or by State, and which State."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import streamlit as st

from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import asked_code, link
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.coded_choice import coded_choice

BY, STATE = "by", "state"
"""URL parameters: what the page goes by, and the code of the State."""
CHOICE, PHONE_CHOICE = "choose_upr_state", "choose_upr"


class UprView(StrEnum):
    """What the page of the UPR goes by."""

    SESSION = "session"
    STATE = "state"


_VIEWS = Translated({UprView.SESSION: N_("By session"), UprView.STATE: N_("By State")})


def choose_view(states: Sequence[str], context: PageContext, *, narrow: bool) -> tuple[UprView, list[str]]:
    """Draws the choice, and returns what the page goes by and the codes of the States to show.

    ``states`` are the codes on offer. A link with countries in its filter and nothing else goes by State, and shows
    these countries. On a phone both choices are one list.
    """
    asked = asked_code(STATE).upper()
    shown = [asked] if asked in states else list(context.filter.countries)
    default = UprView.STATE if context.filter.countries or asked else UprView.SESSION
    in_list = shown[0] if len(shown) == 1 and shown[0] in states else None
    if narrow:
        view = _view_in_address(default)
        _choose_on_phone(states, in_list, view, context)
    else:
        view = UprView(
            coded_choice(
                _("Show"),
                list(_VIEWS),
                default=default.value,
                key=BY,
                format_func=lambda code: _VIEWS[UprView(code)],
                label_visibility="collapsed",
            )
        )
        if view is UprView.STATE:
            _choose_state(states, in_list, context)
    if view is UprView.SESSION:
        return view, []
    if asked and asked not in states:
        st.warning(_("Unknown State in the link: “{asked}”. Choose one from the list.").format(asked=plain(asked)))
    return view, shown


def _view_in_address(default: UprView) -> UprView:
    asked = asked_code(BY)
    return UprView(asked) if asked in list(UprView) else default


def _choose_state(states: Sequence[str], shown: str | None, context: PageContext) -> None:
    _show_in_list(CHOICE, shown)
    st.selectbox(
        _("State"),
        states,
        index=states.index(shown) if shown else None,
        format_func=lambda code: labels.state_name(code, context.reference),
        key=CHOICE,
        on_change=_set_state,
        args=(CHOICE,),
        placeholder=_("Choose a State"),
        label_visibility="collapsed",
        width=300,
    )


def _choose_on_phone(states: Sequence[str], shown: str | None, view: UprView, context: PageContext) -> None:
    session = UprView.SESSION.value
    options, in_list = [session, *states], session if view is UprView.SESSION else shown
    _show_in_list(PHONE_CHOICE, in_list)

    def name(code: str) -> str:
        return _VIEWS[UprView.SESSION] if code == session else labels.state_name(code, context.reference)

    st.selectbox(
        _("Show"),
        options,
        index=options.index(in_list) if in_list else None,
        format_func=name,
        key=PHONE_CHOICE,
        on_change=_set_state,
        args=(PHONE_CHOICE,),
        placeholder=_("Choose a State"),
        label_visibility="collapsed",
        width=230,
    )


def _show_in_list(key: str, code: str | None) -> None:
    """What the list shows follows the address."""
    if st.session_state.get(key) != code:
        st.session_state[key] = code


def _set_state(key: str) -> None:
    """Writes the choice of a list into the address."""
    code = st.session_state[key]
    by_session = code == UprView.SESSION
    st.query_params[BY] = UprView.SESSION.value if by_session else UprView.STATE.value
    if code and not by_session:
        st.query_params[STATE] = code
    else:
        st.query_params.pop(STATE, None)


def link_to_state(code: str, context: PageContext) -> None:
    """Draws a link to a State's reviews."""
    link("upr", plain(labels.state_name(code, context.reference)), **{BY: UprView.STATE.value, STATE: code})
