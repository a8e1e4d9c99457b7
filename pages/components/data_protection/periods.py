"""How long each kind of record is kept and why, and the form with which an administrator changes it."""

from __future__ import annotations

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.messages.data_protection import COUNTED_FROM, PURPOSES, period_words
from calendar_model.mission.data_protection.retention import LEAST_MONTHS, MOST_MONTHS, RULES, periods, set_period
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain

_KIND, _MONTHS = "retention_kind", "retention_months"


def draw_periods(context: PageContext) -> None:
    """Draw the period and the purpose of each kind of record and, for administrators, the form that changes one."""
    st.subheader(_("How long records are kept"))
    kept = periods(context.viewer)
    with st.container(key="lines_periods", gap="xsmall"):
        for subject, months in kept.items():
            counted = "" if months is None else COUNTED_FROM[RULES[subject].counted_from]
            period = f"{period_words(months)} {counted}".strip()
            st.markdown(f"**{plain(_name(subject))}:** {plain(period)}. {plain(PURPOSES[subject])}")
    st.markdown(
        _(
            "The mission is responsible for these periods and decides them. The history keeps what was deleted, but "
            "not identities."
        )
    )
    if rights.why_not(Operation.CHANGE, Subject.RETENTION):
        return
    changeable = [subject for subject, months in kept.items() if months is not None]
    with st.container(horizontal=True, vertical_alignment="bottom", key="retention_form"):
        chosen = st.selectbox(_("Kind of record"), changeable, format_func=_name, key=_KIND, width=260)
        st.number_input(
            _("Months"),
            min_value=None,
            value=kept[chosen],
            step=1,
            key=f"{_MONTHS}_{chosen}",
            help=_("From {least} to {most} months.").format(least=LEAST_MONTHS, most=MOST_MONTHS),
            width=140,
        )
        st.button(_("Set period"), key="retention_set", on_click=_set, args=(chosen,))


def _name(subject: Subject) -> str:
    """``Case``; a contact is a defender's or an organisation's."""
    return wording.term(
        {Subject.DEFENDER: "defender", Subject.ORGANISATION: "organisation"}.get(subject, subject.value)
    )


def _set(subject: Subject) -> None:
    def act() -> str:
        set_period(viewer(), subject, int(st.session_state.get(f"{_MONTHS}_{subject}") or 0))
        return _("Period set.")

    forms.attempt(act)
