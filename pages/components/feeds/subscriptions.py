"""A person's subscriptions: subscribe to the current view, see the address once, and manage the list."""

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
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

_SHOWN = "subscription_secret"
"""The person and the new secret, which only they see, until they leave the page."""
_DONE = "subscription_done"
_OPEN = "subscription_open"
"""The subscription whose settings are open."""

_LEVELS = Translated(
    {
        Sensitivity.INTERNAL: N_("Internal: includes our internal events"),
        Sensitivity.PUBLIC: N_("Public: public items only"),
    }
)
_ALARM = N_("Reminder, days before each deadline")
_FOLLOW_UPS = N_("Include my open follow-ups, regardless of the filter")
_WINDOWS = N_("Include items whose dates are not set")
_NAME = N_("Name")
_WIDTH = 640
"""The width of a form in pixels, narrow enough to read from field to field."""


def draw_subscriptions(context: PageContext, base_url: str) -> None:
    """Draws a person's subscriptions: the form for the current view, and the list.

    ``base_url`` is the dashboard's public address, empty if unknown.
    """
    st.subheader(_("Subscribe to this view"))
    person = current_person()
    if not context.workspace or person is None:
        st.markdown(
            _(
                "A subscription is your own secret address for the current view, with internal items, reminders and "
                "your follow-ups if you like. You can revoke it at any time. Select your name to create one."
            )
        )
        link("settings", _("Select user"))
        return
    st.markdown(
        _(
            "Your own secret address for the current view: **{describe}**. It never includes restricted items. "
            "Anyone with the address can read it: keep it to yourself, and revoke it if it is shared by mistake."
        ).format(describe=plain(describe(context.filter, context.reference)))
    )
    if context.filter.end is not None:
        st.caption(
            _(
                "The filter ends on {end}, so later items will not appear. Clear the period for a subscription "
                "without this limit."
            ).format(end=wording.day(context.filter.end))
        )
    _new(context, person.id)
    forms.outcome()
    _show_secret(person.id, base_url)
    st.subheader(_("My subscriptions"))
    kept = subscriptions.list_subscriptions(context.viewer)
    if not kept:
        st.markdown(
            _(
                "No subscriptions yet. You can create several, one for each calendar or device. Each is listed here "
                "with its content, last fetch and expiry date."
            )
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
            _(_NAME),
            LONGEST_NAME,
            key=f"{prefix}_name",
            placeholder=describe(context.filter, context.reference),
            help=_("Shown in your calendar program. Leave empty for a name based on the filter."),
        )
        level = st.radio(_("Level"), list(_LEVELS), format_func=_LEVELS.__getitem__, key=f"{prefix}_level")
        _alarm_field(prefix, None)
        internal = level == Sensitivity.INTERNAL
        st.checkbox(
            _(_FOLLOW_UPS) if internal else _("Include my open follow-ups (internal level only)"),
            key=f"{prefix}_follow_ups",
            disabled=not internal,
        )
        st.checkbox(_(_WINDOWS), key=f"{prefix}_windows")
        st.date_input(
            _("Expires"),
            value=default_last_day(today),
            max_value=latest_last_day(today),
            format="YYYY-MM-DD",
            key=f"{prefix}_expires_on",
            help=_("The address stops working after this day, at most two years from now. You can renew it then."),
        )
        st.button(
            _("Create subscription"),
            type="primary",
            key="subscription_make",
            on_click=_make,
            args=(context.viewer, prefix, context.filter, describe(context.filter, context.reference)),
        )


def _alarm_field(prefix: str, days: int | None) -> None:
    key = f"{prefix}_alarm_days"
    # Not as its value: a field with an initial number cannot be cleared.
    st.session_state.setdefault(key, days)
    st.number_input(
        _(_ALARM),
        value=None,
        min_value=1,
        max_value=LONGEST_ALARM,
        step=1,
        placeholder=_("none"),
        key=key,
        help=_("Leave blank for no reminders. Reminders count from the deadline, or from 9 a.m. if it has no time."),
    )


def _line(address: SubscriptionSummary, context: PageContext) -> None:
    changing = st.session_state.get(_OPEN) == address.id
    with st.container(key=f"lines_subscription_{address.id}", gap="xsmall"):
        with st.container(gap=None):
            ended = _(" has expired. Replace it to get a new address.") if address.expired else ""
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
            (_("Change"), _open, _("Change name, reminders and what is included. The address stays the same.")),
            (_("Replace"), _replace, _("Create a new address with the same settings. The old address stops working.")),
            (_("Revoke"), _revoke, _("The address stops working at once and permanently.")),
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
        _("reminder {days} before deadlines").format(days=_days(address.alarm_days)) if address.alarm_days else "",
        _("includes my follow-ups") if address.follow_ups else "",
        _("includes items whose dates are not set") if address.windows else "",
    ]
    return f"{what[0].upper()}{what[1:]} · {' · '.join(part for part in further if part)}"


def _days(days: int) -> str:
    return _("1 day") if days == 1 else _("{days} days").format(days=days)


def _told(address: SubscriptionSummary, zone: ZoneInfo) -> str:
    used = (
        _("last fetched {last_used}").format(last_used=wording.day(address.last_used))
        if address.last_used
        else _("not fetched yet")
    )
    day = wording.day(address.ends_on)
    ends = _("expired {day}").format(day=day) if address.expired else _("expires {day}").format(day=day)
    return _("Created {created_on}, {ends}, {used}").format(
        created_on=wording.day(address.made_at.astimezone(zone)), ends=ends, used=used
    )


def _change(address: SubscriptionSummary, viewer: Viewer) -> None:
    prefix = f"subscription_edit_{address.id}"
    with st.container(key=f"{prefix}_form", width=_WIDTH):
        fields.line(_(_NAME), LONGEST_NAME, value=address.name, key=f"{prefix}_name")
        _alarm_field(prefix, address.alarm_days)
        if address.level == Sensitivity.INTERNAL:
            st.checkbox(_(_FOLLOW_UPS), value=address.follow_ups, key=f"{prefix}_follow_ups")
        st.checkbox(_(_WINDOWS), value=address.windows, key=f"{prefix}_windows")
        st.caption(_("You cannot change the view or the level. Create another subscription for another view."))
        with st.container(horizontal=True, gap="small"):
            st.button(_("Save"), key=f"{prefix}_save", type="primary", on_click=_save, args=(viewer, address, prefix))
            st.button(_("Cancel"), key=f"{prefix}_leave", type="tertiary", on_click=_close)


def _show_secret(person_id: str, base_url: str) -> None:
    shown = st.session_state.get(_SHOWN)
    # A widget's key disappears once a page without it is drawn.
    if shown is not None and (shown["person"] != person_id or (shown["drawn"] and _DONE not in st.session_state)):
        _forget()
        shown = None
    if shown is None:
        return
    shown["drawn"] = True
    address = subscription_url(base_url, shown["token"])
    if not base_url:
        st.markdown(_("The dashboard's own address is unknown: add it in front of this path."))
    st.caption(_("Address to paste into your calendar program. It is shown only once."))
    st.code(address, language=None, wrap_lines=True)
    if base_url:
        st.caption(_("The same as a webcal address, which opens your calendar program"))
        st.code(webcal(address), language=None, wrap_lines=True)
    st.button(_("I have copied it"), key=_DONE, on_click=_forget)


def _forget() -> None:
    st.session_state.pop(_SHOWN, None)


def _shown_once(viewer: Viewer, make: Callable[[], str], says: str) -> bool:
    def act() -> str:
        st.session_state[_SHOWN] = {"person": viewer.person_id, "token": make(), "drawn": False}
        return _("{says} Copy the address now: it is shown only once.").format(says=says)

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

    if _shown_once(viewer, make, _("“{name}” created.").format(name=name)):
        for field in typed:
            del st.session_state[f"{prefix}_{field}"]


def _typed(prefix: str) -> dict[str, Any]:
    """The input of a subscription's fields, by name."""
    fields = ("name", "level", "alarm_days", "follow_ups", "windows", "expires_on")
    return {name: st.session_state[key] for name in fields if (key := f"{prefix}_{name}") in st.session_state}


def _named(typed: dict[str, Any]) -> str:
    return (typed["name"] or "").strip()


def _replace(viewer: Viewer, address: SubscriptionSummary) -> None:
    says = _("“{name}” has a new address. The old one no longer works.").format(name=address.name)
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
        return _("“{name}” saved.").format(name=name or subscriptions.DEFAULT_NAME)

    forms.attempt(act)


def _revoke(viewer: Viewer, address: SubscriptionSummary) -> None:
    def act() -> str:
        subscriptions.revoke_subscription(viewer, address.id)
        _forget()
        return _("“{name}” revoked. Its address no longer works.").format(name=address.name)

    forms.attempt(act)
