"""The secret address of a person's own calendar: made, shown once, replaced and revoked."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import streamlit as st

from calendar_model import wording
from calendar_model.feeds import PUBLIC_URL_VARIABLE, my_url, public_url
from calendar_model.safeguards import subscriptions
from calendar_model.safeguards.sight import Viewer
from calendar_model.safeguards.subscriptions import Address
from calendar_model.workspace.records import Person
from pages.components import forms
from pages.components.context import PageContext

_SHOWN = "my_feed_secret"
"""The person and the secret that was just made: nobody else is shown it, and it is shown until the page is left."""
_DONE = "my_feed_done"


def subscription(context: PageContext, person: Person) -> None:
    """Draws the address of ``person``, who acts, with its heading; what came of a click says ``forms.outcome``."""
    st.subheader("Your calendar in your own program")
    st.markdown(
        "An address of your own, for Outlook and the like: the whole calendar, with what is internal in it. "
        "Nothing restricted ever is. Whoever has the address can read it, so keep it to yourself."
    )
    address = subscriptions.address_of(context.viewer)
    _show_secret(person)
    if address is None:
        wanted = st.checkbox("With my follow-ups", key=f"my_feed_wanted_{person.id}", value=True)
        st.button(
            "Make my address", type="primary", key="my_feed_make", on_click=_make, args=(context.viewer, wanted, False)
        )
        return
    st.markdown(_told(address, ZoneInfo(context.zone)))
    key = f"my_feed_follow_ups_{person.id}"
    st.checkbox("With my follow-ups", value=address.follow_ups, key=key, on_change=_choose, args=(context.viewer, key))
    with st.container(horizontal=True, gap="small"):
        again = (context.viewer, address.follow_ups, True)
        st.button("Replace my address", key="my_feed_replace", on_click=_make, args=again)
        st.button("Revoke my address", key="my_feed_revoke", on_click=_revoke, args=(context.viewer,))


def _told(address: Address, zone: ZoneInfo) -> str:
    used = f"last fetched on {wording.day(address.last_used)}" if address.last_used else "not fetched yet"
    return f"You have one, made on {wording.day(address.made_at.astimezone(zone))}, {used}."


def _show_secret(person: Person) -> None:
    shown = st.session_state.get(_SHOWN)
    # A widget's key is gone once a page without it was drawn.
    if shown is not None and (shown["person"] != person.id or (shown["drawn"] and _DONE not in st.session_state)):
        _forget()
        shown = None
    if shown is None:
        return
    shown["drawn"] = True
    address = urlsplit(st.context.url or "")
    try:
        base = public_url(address.scheme or "http", address.netloc)
    except ValueError:
        base = ""
        st.markdown(
            f"The address of this dashboard cannot be told. Set {PUBLIC_URL_VARIABLE} to it, and put it before this:"
        )
    st.caption("Your address, to paste where your program subscribes to a calendar. It is shown this once.")
    st.code(my_url(base, shown["token"]), language=None, wrap_lines=True)
    st.button("I have copied it", key=_DONE, on_click=_forget)


def _forget() -> None:
    st.session_state.pop(_SHOWN, None)


def _make(viewer: Viewer, follow_ups: bool, replaces: bool) -> None:
    def act() -> str:
        token = subscriptions.make(viewer, follow_ups=follow_ups)
        st.session_state[_SHOWN] = {"person": viewer.person_id, "token": token, "drawn": False}
        replaced = "The address before it opens nothing any more. " if replaces else ""
        return f"Your address is made. {replaced}Copy it now: it is shown this once."

    forms.attempt(act)


def _choose(viewer: Viewer, key: str) -> None:
    def act() -> str:
        wanted = bool(st.session_state[key])
        subscriptions.choose_follow_ups(viewer, wanted)
        return "Your follow-ups are in your calendar." if wanted else "Your follow-ups are no longer in your calendar."

    forms.attempt(act)


def _revoke(viewer: Viewer) -> None:
    def act() -> str:
        subscriptions.revoke(viewer)
        _forget()
        return "Your address is revoked: whoever asks there gets nothing any more."

    forms.attempt(act)
