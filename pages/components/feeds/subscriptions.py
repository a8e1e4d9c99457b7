"""A person's subscriptions: the view on the screen kept as one, its address shown once, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from calendar_model import clock, wording
from calendar_model.access.permissions import Viewer
from calendar_model.calendar import Filter, FilterError, describe
from calendar_model.feeds import subscription_url, webcal
from calendar_model.mission import subscriptions
from calendar_model.mission.subscriptions import (
    LONGEST_ALARM,
    LONGEST_NAME,
    SubscriptionSummary,
    default_last_day,
    latest_last_day,
)
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

_SHOWN = "subscription_secret"
"""The person and the secret that was just made: nobody else is shown it, and it is shown until the page is left."""
_DONE = "subscription_done"
_OPEN = "subscription_open"
"""The subscription whose settings are being changed."""

_LEVELS = {
    Sensitivity.INTERNAL: "Internal: with the mission's own internal events",
    Sensitivity.PUBLIC: "Public: only what everybody sees",
}
_ALARM = "Alarm, days before each deadline"
_FOLLOW_UPS = "With my open follow-ups, whatever the filter"
_WINDOWS = "Include items whose dates are not set"
_NAME = "Name"
_WIDTH = 640
"""Pixels of a form: one looks from field to field."""


def draw_subscriptions(context: PageContext, base_url: str) -> None:
    """Draws what a person keeps of their own: the form that keeps the view, and the list.

    ``base_url`` is the dashboard's address from outside, empty if it cannot be told.
    """
    st.subheader("Keep this view as a subscription of mine")
    person = current_person()
    if not context.workspace or person is None:
        st.markdown(
            "A subscription is a secret address of your own for the view on the screen, with what is internal in it, "
            "alarms and your follow-ups if you like. You can end it at any time. Choose who you are, or add yourself, "
            "and make one here."
        )
        link("settings", "Choose who you are")
        return
    st.markdown(
        "A secret address of your own for the view on the screen: "
        f"**{plain(describe(context.filter, context.reference))}**. Nothing restricted is ever in it. Whoever has the "
        "address can read it, so keep it to yourself; revoke it here when it has got about."
    )
    if context.filter.end is not None:
        st.caption(
            f"The view ends on {wording.day(context.filter.end)}, and so does what comes into the subscription. Take "
            "the period out of the filter for one that goes on."
        )
    _new(context, person.id)
    forms.outcome()
    _show_secret(person.id, base_url)
    st.subheader("My subscriptions")
    kept = subscriptions.list_subscriptions(context.viewer)
    if not kept:
        st.markdown(
            "None yet. Each one that you make stands here with what it holds, when it was last fetched and when it "
            "ends; several can live side by side, one for each calendar or each device."
        )
        return
    with st.container(key="subscriptions", gap="medium"):
        for address in kept:
            _line(address, context)


def _new(context: PageContext, person_id: str) -> None:
    prefix = f"subscription_new_{person_id}"
    today = clock.today()
    with st.container(key="subscription_new", width=_WIDTH):
        fields.line(
            _NAME,
            LONGEST_NAME,
            key=f"{prefix}_name",
            placeholder=describe(context.filter, context.reference),
            help="Your calendar program shows it. Left empty, the subscription is named after what it holds.",
        )
        level = st.radio("Level", list(_LEVELS), format_func=_LEVELS.__getitem__, key=f"{prefix}_level")
        _alarm_field(prefix, None)
        internal = level == Sensitivity.INTERNAL
        st.checkbox(
            _FOLLOW_UPS if internal else "With my open follow-ups: only where the level is internal",
            key=f"{prefix}_follow_ups",
            disabled=not internal,
        )
        st.checkbox(_WINDOWS, key=f"{prefix}_windows")
        st.date_input(
            "Ends on",
            value=default_last_day(today),
            max_value=latest_last_day(today),
            format="YYYY-MM-DD",
            key=f"{prefix}_expires_on",
            help="It opens nothing after that day, at most two years from now. You can renew it then.",
        )
        st.button(
            "Keep as a subscription",
            type="primary",
            key="subscription_make",
            on_click=_make,
            args=(context.viewer, prefix, context.filter, describe(context.filter, context.reference)),
        )


def _alarm_field(prefix: str, days: int | None) -> None:
    key = f"{prefix}_alarm_days"
    # Not as its value: a field that begins with a number cannot be emptied again.
    st.session_state.setdefault(key, days)
    st.number_input(
        _ALARM,
        value=None,
        min_value=1,
        max_value=LONGEST_ALARM,
        step=1,
        placeholder="none",
        key=key,
        help="Left empty, nothing rings. At nine in the morning where a deadline has no hour.",
    )


def _line(address: SubscriptionSummary, context: PageContext) -> None:
    changing = st.session_state.get(_OPEN) == address.id
    with st.container(key=f"lines_subscription_{address.id}", gap="xsmall"):
        with st.container(gap=None):
            ended = " has ended. Replace it to go on with a new address." if address.expired else ""
            st.markdown(f"**{plain(address.name)}**{ended}")
            st.markdown(plain(_holds(address, context)))
            st.caption(plain(_told(address, ZoneInfo(context.zone))))
        if not changing:
            _buttons(address, context.viewer)
    if changing:
        _change(address, context.viewer)


def _buttons(address: SubscriptionSummary, viewer: Viewer) -> None:
    with st.container(horizontal=True, gap="medium"):
        for label, act, says in (
            ("Change", _open, "Its name, its reminders and what is in it beside the view; the address stays."),
            ("Replace", _replace, "Makes a new address of the same settings; the one before opens nothing more."),
            ("Revoke", _revoke, "Ends it at once and for ever."),
        ):
            st.button(
                label,
                key=f"subscription_{label.lower()}_{address.id}",
                type="tertiary",
                help=says,
                on_click=act,
                args=(viewer, address),
            )


def _holds(address: SubscriptionSummary, context: PageContext) -> str:
    try:
        what = describe(Filter.from_query(address.query), context.reference)
    except FilterError as fault:
        return str(fault)
    further = [
        str(address.level),
        f"alarm {_days(address.alarm_days)} before deadlines" if address.alarm_days else "",
        "with my follow-ups" if address.follow_ups else "",
        "with items whose dates are not set" if address.windows else "",
    ]
    return f"{what[0].upper()}{what[1:]} · {' · '.join(part for part in further if part)}"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _told(address: SubscriptionSummary, zone: ZoneInfo) -> str:
    used = f"last fetched on {wording.day(address.last_used)}" if address.last_used else "not fetched yet"
    ends = f"{'ended' if address.expired else 'ends'} on {wording.day(address.ends_on)}"
    return f"Made on {wording.day(address.made_at.astimezone(zone))}, {ends}, {used}"


def _change(address: SubscriptionSummary, viewer: Viewer) -> None:
    prefix = f"subscription_edit_{address.id}"
    with st.container(key=f"{prefix}_form", width=_WIDTH):
        fields.line(_NAME, LONGEST_NAME, value=address.name, key=f"{prefix}_name")
        _alarm_field(prefix, address.alarm_days)
        if address.level == Sensitivity.INTERNAL:
            st.checkbox(_FOLLOW_UPS, value=address.follow_ups, key=f"{prefix}_follow_ups")
        st.checkbox(_WINDOWS, value=address.windows, key=f"{prefix}_windows")
        st.caption("What it holds and its level stay as they are: keep another one for another view.")
        with st.container(horizontal=True, gap="small"):
            st.button("Save", key=f"{prefix}_save", type="primary", on_click=_save, args=(viewer, address, prefix))
            st.button("Leave it as it is", key=f"{prefix}_leave", type="tertiary", on_click=_close)


def _show_secret(person_id: str, base_url: str) -> None:
    shown = st.session_state.get(_SHOWN)
    # A widget's key is gone once a page without it was drawn.
    if shown is not None and (shown["person"] != person_id or (shown["drawn"] and _DONE not in st.session_state)):
        _forget()
        shown = None
    if shown is None:
        return
    shown["drawn"] = True
    address = subscription_url(base_url, shown["token"])
    if not base_url:
        st.markdown("The address of this dashboard cannot be told: put it before this.")
    st.caption("The address, to paste where your program subscribes to a calendar. It is shown this once.")
    st.code(address, language=None, wrap_lines=True)
    if base_url:
        st.caption("The same as a webcal address, which opens the calendar program of this machine")
        st.code(webcal(address), language=None, wrap_lines=True)
    st.button("I have copied it", key=_DONE, on_click=_forget)


def _forget() -> None:
    st.session_state.pop(_SHOWN, None)


def _shown_once(viewer: Viewer, make: Callable[[], str], says: str) -> bool:
    def act() -> str:
        st.session_state[_SHOWN] = {"person": viewer.person_id, "token": make(), "drawn": False}
        return f"{says} Copy its address now: it is shown this once."

    return forms.attempt(act)


def _make(viewer: Viewer, prefix: str, chosen: Filter, holds: str) -> None:
    typed = _typed(prefix)
    name = _named(typed) or holds[:LONGEST_NAME]

    def make() -> str:
        level = typed["level"]
        return subscriptions.create_subscription(
            viewer,
            name=name,
            chosen=chosen,
            level=level,
            alarm_days=typed["alarm_days"],
            follow_ups=typed["follow_ups"] and level == Sensitivity.INTERNAL,
            windows=typed["windows"],
            expires_on=typed["expires_on"],
        )

    if _shown_once(viewer, make, f"“{name}” is kept."):
        for field in typed:
            del st.session_state[f"{prefix}_{field}"]


def _typed(prefix: str) -> dict[str, Any]:
    """What is typed in the fields of a subscription, by their names."""
    fields = ("name", "level", "alarm_days", "follow_ups", "windows", "expires_on")
    return {name: st.session_state[key] for name in fields if (key := f"{prefix}_{name}") in st.session_state}


def _named(typed: dict[str, Any]) -> str:
    return (typed["name"] or "").strip()


def _replace(viewer: Viewer, address: SubscriptionSummary) -> None:
    says = f"“{address.name}” has a new address. The one before opens nothing any more."
    _shown_once(viewer, lambda: subscriptions.replace_address(viewer, address.id), says)


def _open(_viewer: Viewer, address: SubscriptionSummary) -> None:
    st.session_state[_OPEN] = address.id


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def _save(viewer: Viewer, address: SubscriptionSummary, prefix: str) -> None:
    def act() -> str:
        typed = _typed(prefix)
        name = _named(typed)
        subscriptions.change_subscription(
            viewer,
            address.id,
            name=name,
            alarm_days=typed["alarm_days"],
            follow_ups=typed.get("follow_ups", False),
            windows=typed["windows"],
        )
        _close()
        return f"“{name or subscriptions.DEFAULT_NAME}” is changed."

    forms.attempt(act)


def _revoke(viewer: Viewer, address: SubscriptionSummary) -> None:
    def act() -> str:
        subscriptions.revoke_subscription(viewer, address.id)
        _forget()
        return f"“{address.name}” is revoked: whoever asks there gets nothing any more."

    forms.attempt(act)
