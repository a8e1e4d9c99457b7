"""Asking for access to a record, and granting it as the second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.access_rules import LONGEST_ACCESS
from calendar_model.access.permissions import Viewer
from calendar_model.mission.access_requests import (
    USUAL_ACCESS,
    AccessAnswer,
    GrantNotice,
    OpenAccessRequest,
    grant_access,
    last_refusal,
    list_open_requests,
    notices,
    recent_answers,
    refuse_access,
    request_access,
)
from calendar_model.mission.records import text_limit
from calendar_model.terms import RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.record.forms import words
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import PAGE_OF, RECORD, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Record


_DAYS = (1, 3, USUAL_ACCESS.days, 14, LONGEST_ACCESS.days)
"""How many days access can last that is granted here."""


def ask_for_access(record_id: str) -> None:
    """Draw the form to request access, below the notice that a record does not exist or is not visible.

    The form and its answer are the same in both cases.
    """
    reason = f"ask_access_reason_{record_id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields.line(
            _("Reason for access"),
            text_limit("access_request", "reason"),
            key=reason,
            width=420,
            help=_(
                "One sentence; kept in the history. A person with access grants it or, where none is active, a "
                "person who can clear statements."
            ),
        )
        st.button(_("Request access"), key=f"ask_access_{record_id}", on_click=_ask, args=(record_id, reason))
    if refusal := last_refusal(viewer(), record_id):
        st.caption(plain(_("Your last request was refused: {reason} You can ask again.").format(reason=refusal)))


def requests_for(record: Record, everyone: Sequence[Person]) -> None:
    """Draw the open requests for a record, each with the button that grants it.

    Where its owner is no longer active, also the form to ask to become the owner.
    """
    if record.sensitivity is not Sensitivity.RESTRICTED and record.kind is not RecordKind.CONTACT:
        return
    reader = viewer()
    _listed(list_open_requests(reader, record.id))
    for one in notices(reader, record.id):
        st.caption(plain(_told(one)))
    owner = next((one for one in everyone if one.id == record.owner_id), None)
    is_named = reader.person_id in {access.person_id for access in record.named if access.holds}
    if owner is not None and not owner.active and is_named:
        st.caption(_("The owner is no longer active. Request access again to become the owner."))
        ask_for_access(record.id)


def requests_of_nobody(reader: Viewer) -> None:
    """Draw the open requests that a reader can grant, under a heading; nothing where there are none."""
    if reader.person_id and (found := list_open_requests(reader)):
        st.subheader(_("Access requests"))
        _listed(found)


def draw_news(reader: Viewer, zone: str) -> None:
    """Draw what came of the reader's own requests, and who was given access to records in which they are named.

    Nothing where there is no news.
    """
    answered, told = recent_answers(reader), notices(reader)
    if not answered and not told:
        return
    st.subheader(_("Access"), anchor=False)
    with st.container(key="lines_access", gap="xsmall"):
        for answer in answered:
            with st.container(gap=None):
                if answer.title:
                    link(PAGE_OF[answer.kind], plain(answer.title), **{RECORD: answer.record_id})
                st.caption(plain(_answered(answer, zone)))
        for one in told:
            with st.container(gap=None):
                link(PAGE_OF[one.kind], plain(one.title), **{RECORD: one.record_id})
                st.caption(plain(_told(one)))


def _answered(answer: AccessAnswer, zone: str) -> str:
    if answer.refusal:
        return _("Your request for access was refused by {name}: {reason} You can ask again.").format(
            name=answer.answered_by, reason=answer.refusal
        )
    if answer.until is None:
        return _("{name} gave you access.").format(name=answer.answered_by)
    until = wording.moment(answer.until, zone)
    return _("{name} gave you access until {until}.").format(name=answer.answered_by, until=until)


def _told(one: GrantNotice) -> str:
    """Say who was given access by whom, for how long, and why."""
    if one.until is None:
        return _("{granted_by} gave {person} access: {reason}").format(
            granted_by=one.granted_by, person=one.person, reason=one.reason
        )
    return _("{granted_by} gave {person} access until {until}: {reason}").format(
        granted_by=one.granted_by, person=one.person, until=wording.moment(one.until), reason=one.reason
    )


def _listed(found: Sequence[OpenAccessRequest]) -> None:
    for one in found:
        with st.container(gap="xxsmall", key=f"access_request_{one.request_id}"):
            what = one.title or _("a restricted record ({kind}) owned by {owner}").format(
                kind=words(one.kind).lower(), owner=one.owner
            )
            st.markdown(
                plain(
                    _("{person} requests access to {what}: {reason}").format(
                        person=one.person, what=what, reason=one.reason
                    )
                )
            )
            st.caption(
                plain(
                    _("{person} will see everything in the record. The history keeps who granted access.").format(
                        person=one.person
                    )
                )
            )
            with st.container(horizontal=True, vertical_alignment="bottom"):
                lasts = f"grant_lasts_{one.request_id}"
                st.selectbox(
                    _("Access lasts"),
                    list(_DAYS),
                    index=list(_DAYS).index(USUAL_ACCESS.days),
                    format_func=lambda days: wording.count(days, "{number} day", "{number} days"),
                    key=lasts,
                    width=140,
                )
                st.button(
                    _("Grant access to {person}").format(person=plain(one.person)),
                    key=f"grant_access_{one.request_id}",
                    on_click=_grant,
                    args=(one.request_id, lasts),
                )
                refusal = f"refuse_reason_{one.request_id}"
                fields.line(_("Reason for refusing"), text_limit("access_request", "refusal"), key=refusal, width=320)
                st.button(
                    _("Refuse"),
                    key=f"refuse_access_{one.request_id}",
                    on_click=_refuse,
                    args=(one.request_id, refusal),
                )


def _ask(record_id: str, reason: str) -> None:
    def act() -> str:
        request_access(viewer(), record_id, st.session_state.get(reason) or "")
        return _("If this record exists, the people who can grant access will see your request.")

    if forms.attempt(act):
        st.session_state.pop(reason, None)


def _refuse(request_id: str, refusal: str) -> None:
    def act() -> str:
        refuse_access(viewer(), request_id, st.session_state.get(refusal) or "")
        return _("Request refused. The person who asked reads the reason, and can ask again.")

    if forms.attempt(act):
        st.session_state.pop(refusal, None)


def _grant(request_id: str, lasts: str) -> None:
    days = st.session_state.get(lasts) or USUAL_ACCESS.days

    def act() -> str:
        grant_access(viewer(), request_id, timedelta(days=days))
        return _("Access granted. The history keeps who asked, why, and who granted it.")

    forms.attempt(act)
