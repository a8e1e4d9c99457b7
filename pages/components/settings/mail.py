"""The digest by e-mail in Settings: each user's own choice, and for administrators what mails may hold."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from babel import Locale

from calendar_model import clock, wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.roles import RECORD_READERS
from calendar_model.mails import sending, smtp
from calendar_model.mission.digest.choice import (
    MailSettings,
    MailStatus,
    holds_contents,
    own_choice,
    save_choice,
    set_contents,
    stopped_mails,
)
from calendar_model.mission.digest.schedule import MONDAY_TO_FRIDAY, next_begin
from calendar_model.mission.persons import administers
from calendar_model.mission.records import text_limit
from calendar_model.terms import MailRhythm, MailStop
from calendar_model.translation import LANGUAGES, N_, Translated, language
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.shell import rights, sign_in, typed
from pages.components.shell.context import PageContext
from pages.components.shell.words import plain
from pages.components.shell.zones import zone_choices

_FIELDS = tuple(f"mail_{name}" for name in ("rhythm", "day", "days", "hour", "zone", "language", "address"))
_RHYTHM, _DAY, _DAYS, _HOUR, _ZONE, _LANGUAGE, _ADDRESS = _FIELDS
_CONTENTS = "contents_of_mails"
_WEEK = tuple(range(1, 8))
"""Days of the week by ISO 8601."""
_FIRST_HOUR = 7
_RHYTHMS = Translated(
    {MailRhythm.OFF: N_("No digest"), MailRhythm.WEEKLY: N_("Every week"), MailRhythm.DAILY: N_("On chosen days")}
)
_STOPPED = Translated(
    {
        MailStop.REFUSED: N_("Mail was stopped on {day}: the mail server refused the address."),
        MailStop.BOUNCED: N_("Mail was stopped on {day}: a message came back."),
    }
)


def draw_mail(context: PageContext, *, is_sample: bool) -> None:
    """Draw the choice of the current user, who reads records and is not ``is_sample``."""
    if not context.viewer.person_id or is_sample or RECORD_READERS.isdisjoint(rights.roles()):
        return
    st.subheader(_("E-mail"))
    st.markdown(
        _(
            "A digest of your tasks, the replies that you are waiting for, coming deadlines and changed dates. It "
            "contains nothing restricted. None is sent when there is nothing to report."
        )
    )
    if not smtp.is_set_up():
        st.markdown(_("No mail server is set up here. Ask the administrator of the server to set one up."))
        return
    status = own_choice(context.viewer)
    if status is not None:
        _draw_status(status, context)
    _draw_form(status, context)


def _draw_status(status: MailStatus, context: PageContext) -> None:
    """Say whether digests arrive, or what is missing for that."""
    of = status.settings
    if of.rhythm is MailRhythm.OFF:
        return
    if status.is_on:
        begin = next_begin(status.schedule, clock.now())
        if begin is not None:
            when = wording.moment(begin, of.timezone)
            st.markdown(plain(_("Next digest: {when}, to {address}.").format(when=when, address=of.address)))
        return
    if status.stopped is not None and status.stopped_at is not None:
        day = wording.day(status.stopped_at.date())
        st.markdown(plain(_STOPPED[status.stopped].format(day=day)))
        st.markdown(_("Enter another address, or have a new link sent to this one."))
    else:
        text = _("Open the link in the message to {address}. Until then no digest is sent.")
        st.markdown(plain(text.format(address=of.address)))
    st.button(_("Send the link again"), key="mail_ask", on_click=_ask, args=(context.viewer,))


def _draw_form(status: MailStatus | None, context: PageContext) -> None:
    of = status.settings if status is not None else _first_choice(context)
    rhythm = st.selectbox(
        _("Digest"),
        list(_RHYTHMS),
        index=list(_RHYTHMS).index(of.rhythm),
        format_func=_RHYTHMS.__getitem__,
        key=_RHYTHM,
        width=320,
    )
    if rhythm is MailRhythm.OFF and (status is None or not of.address):
        if status is not None and status.settings.rhythm is not MailRhythm.OFF:
            _draw_save(context.viewer)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="mail_when"):
        if rhythm is MailRhythm.WEEKLY:
            first = of.workdays[0] if of.rhythm is MailRhythm.WEEKLY else 1
            st.selectbox(_("Day"), _WEEK, index=first - 1, format_func=_weekday, key=_DAY, width=180)
        elif rhythm is MailRhythm.DAILY:
            days = of.workdays if of.rhythm is MailRhythm.DAILY else tuple(sorted(MONDAY_TO_FRIDAY))
            st.multiselect(
                _("Days"),
                _WEEK,
                default=list(days),
                format_func=_weekday,
                key=_DAYS,
                select_all=False,
                placeholder=_("Select"),
                width=420,
            )
        if rhythm is not MailRhythm.OFF:
            st.selectbox(_("From"), range(24), index=of.hour, format_func="{:02d}:00".format, key=_HOUR, width=110)
            zones = list(dict.fromkeys([of.timezone, "UTC", *zone_choices()]))
            st.selectbox(_("Time zone"), zones, index=0, key=_ZONE, width=240)
            st.selectbox(
                _("Language of the digest"),
                LANGUAGES,
                index=LANGUAGES.index(of.language),
                format_func=_language_name,
                key=_LANGUAGE,
                width=180,
            )
    fields.line(
        _("Address"),
        text_limit("mail_choice", "address"),
        value=of.address,
        key=_ADDRESS,
        width=420,
        help=_(
            "A new address first gets a message with a link to confirm it. To delete your address, choose “No digest” "
            "and empty this field."
        ),
    )
    _draw_save(context.viewer)


def _draw_save(viewer: Viewer) -> None:
    st.button(_("Save e-mail settings"), key="mail_save", on_click=_save, args=(viewer,))


def _first_choice(context: PageContext) -> MailSettings:
    """What is offered to a user who has chosen nothing yet: no digest; once they want one, every week on Monday."""
    return MailSettings(MailRhythm.OFF, (1,), _FIRST_HOUR, context.zone, language(), sign_in.mail_address())


def _save(viewer: Viewer) -> None:
    def act() -> str:
        state = st.session_state
        known = own_choice(viewer)
        rhythm = state[_RHYTHM]
        before = known.settings if known is not None else None
        days: tuple[int, ...] = before.workdays if before is not None else (1,)
        if rhythm is MailRhythm.WEEKLY:
            days = (state[_DAY],)
        elif rhythm is MailRhythm.DAILY:
            days = tuple(state[_DAYS] or ())
        settings = MailSettings(
            rhythm,
            days,
            state.get(_HOUR, before.hour if before is not None else _FIRST_HOUR),
            state.get(_ZONE, before.timezone if before is not None else "UTC"),
            state.get(_LANGUAGE, before.language if before is not None else language()),
            state.get(_ADDRESS) or "",
        )
        save_choice(viewer, settings)
        status = own_choice(viewer)
        if status is None or rhythm is MailRhythm.OFF:
            return _("No digest is sent to you from now on.")
        saved = _("E-mail settings saved.")
        if status.confirmed_at is not None or status.stopped is not None:
            return saved
        try:
            sending.ask_for_confirmation(viewer)
        except Refused as refused:
            # The settings are saved all the same.
            return f"{saved} {refused}"
        return _("Saved. Open the link in the message that was sent to you.")

    if forms.attempt(act):
        # What is saved can change elsewhere, as by the link in a digest.
        typed.forget(_FIELDS)
        for key in _FIELDS:
            st.session_state.pop(key, None)


def _ask(viewer: Viewer) -> None:
    def act() -> str:
        sending.ask_for_confirmation(viewer)
        return _("A message with a new link was sent.")

    forms.attempt(act)


def _weekday(day: int) -> str:
    return wording.weekday(day - 1)


def _language_name(code: str) -> str:
    return str(Locale(code).get_display_name(code)).capitalize()


# --- For administrators


def draw_mail_policy(viewer: Viewer, names: Mapping[str, str]) -> None:
    """Draw whether mails hold contents, and to whom mail was stopped; for administrators."""
    if not (smtp.is_set_up() and administers(viewer)):
        return
    st.subheader(_("Mails to users"))
    contents = holds_contents()
    st.toggle(
        _("Digests name tasks, deadlines and dates"),
        value=contents,
        key=_CONTENTS,
        help=_("If this is off, they contain counts and a link only."),
        on_change=_set_contents,
        args=(viewer,),
    )
    stopped = stopped_mails(viewer)
    for one in stopped:
        day = wording.day(one.at.date()) if one.at is not None else ""
        st.markdown(f"**{plain(names.get(one.person_id, ''))}**: {plain(_STOPPED[one.stopped].format(day=day))}")


def _set_contents(viewer: Viewer) -> None:
    def act() -> str:
        set_contents(viewer, contents=bool(st.session_state[_CONTENTS]))
        return _("Saved.")

    forms.attempt(act)
