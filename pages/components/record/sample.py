"""The button that loads the sample workspace."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from calendar_model.access.roles import Operation, Subject, missing_role
from calendar_model.access.unit_of_work import staff
from calendar_model.mission import sample
from calendar_model.mission.persons import administers
from calendar_model.terms import Role
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.shell import rights, sign_in
from pages.components.shell.context import PageContext, in_english
from pages.components.shell.current_user import act_as_sample, current_person, viewer


def offer_sample(context: PageContext) -> None:
    """Draw the button; the page says what came of it with :func:`forms.outcome`."""
    why_not = "" if administers(viewer()) else str(missing_role(Subject.SAMPLE, Operation.CREATE))
    st.button(
        _("Load sample data"),
        key="load_sample",
        icon=":material/science:",
        on_click=_load,
        args=(context,),
        **rights.button_options(why_not),
    )


def _load(context: PageContext) -> None:
    def act() -> str:
        nobody = current_person() is None
        with st.spinner(_("Loading sample data")):
            counts = sample.load(in_english(context)[1], context.today, by=viewer())
        officer = next((one for one in staff() if one.sample and Role.CLEARER not in one.roles), None)
        if nobody and officer is not None and not sign_in.is_set_up():
            act_as_sample(officer.id)
            return _("Sample data loaded: {counts}. You are working as {name}.").format(
                counts=counted(counts), name=officer.name
            )
        return _("Sample data loaded: {counts}. Select a sample user to see all of it.").format(counts=counted(counts))

    forms.attempt(act)


def counted(counts: Mapping[str, int]) -> str:
    """Say how many users and records the sample has, by the counts of each kind."""
    return _("{users} users and {records} records").format(
        users=counts.get("person", 0), records=sum(counts.values()) - counts.get("person", 0)
    )
