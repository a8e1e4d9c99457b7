"""The form of a reprisal: the allegation, the report made and the response."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.mission import cases
from calendar_model.mission.links import linked_of_kind
from calendar_model.terms import EngagementKind, RecordKind, ReprisalState
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from pages.components.cases.parts import CODE, LINKED_RECORDS, RESTRICTED_FROM_THE_START, draw_submit
from pages.components.record import forms
from pages.components.record.follow_ups import (
    draw_first_follow_up,
    follow_ups_of,
    pressing_follow_ups,
    take_first_follow_up,
)
from pages.components.record.forms import RecordForm, words
from pages.components.record.in_place import new_contact
from pages.components.record.page import RecordView
from pages.components.record.parts import linked_items, linked_statements, side_by_side
from pages.components.record.work_links import engagement_links
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import NEW, WITH
from pages.components.shell.new import link_to_new

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Reprisal


def _draw_form(reprisal: Reprisal | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("reprisal", context, reprisal, table="reprisal")
    with form:
        st.subheader(_("Allegation"))
        side_by_side(
            lambda: form.text("title", _("Code"), help=_(CODE), placeholder=_("Reprisal 03")),
            lambda: form.country("country"),
        )
        side_by_side(
            lambda: form.organisation("organisation", _("Organisation they cooperated with")),
            lambda: form.day("alleged_on", _("Date alleged")),
        )
        form.area("account", _("Account"), height=120)
        st.subheader(_("Report and response"))
        st.caption(
            _("Organisations should address reprisals against those who cooperate with them. Ask what they have done.")
        )
        side_by_side(
            lambda: form.text(
                "reported_to", _("Reported to"), placeholder=_("Office, mandate or procedure, not a person")
            ),
            lambda: form.day("reported_on", _("Reported on")),
        )
        form.area("response", _("Response"), height=120)
        form.choice("state", _("Status"), list(ReprisalState))
        if reprisal is None:
            draw_first_follow_up(form, everyone)
        st.subheader(_("Access and links"))
        form.mission()
        side_by_side(lambda: form.named(_("Visible only to"), everyone), form.items)
        side_by_side(
            lambda: form.records(_("Contacts"), RecordKind.CONTACT, field="links_contacts", beside=new_contact),
            lambda: form.records(_("Cases"), RecordKind.CASE, field="links_cases"),
        )
        side_by_side(
            lambda: form.records(
                _("Engagements, such as dialogue with the organisation"),
                RecordKind.ENGAGEMENT,
                field="links_engagements",
            ),
            lambda: form.records(
                _("Statements and other reprisals"), RecordKind.STATEMENT, RecordKind.REPRISAL, field="links_others"
            ),
        )
        draw_submit(form, _("Save reprisal"), _save)


def _save(form: RecordForm) -> str:
    values, follow_up = take_first_follow_up(form.values())
    made = cases.save_reprisal(
        viewer(), values, reprisal_id=form.record_id, seen=form.seen, follow_up=follow_up, **form.options
    )
    forms.open_record(made)
    return _("Reprisal saved.")


def _draw_dialogue(reprisal: Reprisal, _everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader(_("Dialogue and other engagements"))
    engagement_links(linked_of_kind(context.viewer, RecordKind.ENGAGEMENT, reprisal.id))
    dialogue = {NEW: str(EngagementKind.ORGANISATION_DIALOGUE), WITH: reprisal.id}
    link_to_new(RecordKind.ENGAGEMENT, _("Log dialogue with the organisation"), **dialogue)


REPRISAL_VIEW = RecordView(
    RecordKind.REPRISAL,
    new_title=N_("New reprisal"),
    new_caption=RESTRICTED_FROM_THE_START,
    form=_draw_form,
    state=lambda reprisal, _context: f"{words(reprisal.state)}.",
    above=(pressing_follow_ups,),
    side=(follow_ups_of, _draw_dialogue, linked_statements("Statements"), LINKED_RECORDS, linked_items()),
    delete=N_("this reprisal"),
)
