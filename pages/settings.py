"""Settings: who works here, who acts in this browser, who sees what, and the sample workspace."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import staff, workspace_url
from calendar_model.mission import sample
from calendar_model.mission.persons import add_person, change_person
from calendar_model.vocabulary import Sensitivity
from pages.components.record import forms
from pages.components.record.access_requests import requests_of_nobody
from pages.components.record.deleted_records import deleted_records
from pages.components.record.forms import NEW, RECORD, RecordForm
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import act_as, current_person
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person

WHAT_THE_SAMPLE_IS = (
    "Three fictional colleagues and what they keep: contacts, engagements, statements in every state, cases, events "
    "and follow-ups, linked to the real items of the calendar that come next. Everything of it is marked as sample, "
    "nobody and nothing in it exists, and it never mixes with what is yours."
)


# --- Who works here


def people(everyone: Sequence[Person], person: Person | None) -> None:
    st.subheader("Who works here")
    if not everyone:
        st.markdown(
            "Nobody yet. Add yourself, and what you write is kept in your name; or load the sample below and look "
            "around as one of its colleagues."
        )
    elif person is None:
        st.markdown("Nobody acts in this browser: pages show what is public. Choose who you are.")
    with st.container(key="lines_people", gap="small"):
        for one in everyone:
            line(one, person)
    st.button(
        "Add somebody" if everyone else "Add yourself",
        key="add_person",
        type="primary" if not everyone else "secondary",
        icon=":material/person_add:",
        on_click=forms.begin,
    )


def line(one: Person, person: Person | None) -> None:
    acts = person is not None and one.id == person.id
    about = [one.post, "may clear" if one.may_clear else "", "" if one.active else "not active any more"]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"person_{one.id}"):
        with st.container(gap=None, width=420):
            st.markdown(f"**{plain(one.name)}**{' · you act as this person' if acts else ''}")
            if small := " · ".join(plain(part) for part in about if part):
                st.caption(small)
        if one.active and not acts:
            name = plain(one.name)
            st.button(f"Act as {name}", key=f"act_{one.id}", type="tertiary", on_click=act_as, args=(one.id,))
        st.button("Edit", key=f"edit_{one.id}", type="tertiary", on_click=forms.open_record, args=(one.id,))


def person_form(kept: Person | None, context: PageContext, everyone: Sequence[Person]) -> None:
    form = RecordForm("person", context, kept, table="person")
    with form:
        form.text("name", "Name", help="As colleagues know you; it stands beside all that you write.")
        form.text("post", "Post", help="Such as desk officer, or the mission at which you work.")
        form.tick(
            "may_clear",
            "May clear",
            help="Clears statements, and confirms as the second person what somebody else asks to pass over.",
        )
        if kept is not None:
            form.tick(
                "active",
                "Active",
                help="Who is not active cannot act any more. What they wrote stays, with their name.",
            )

    def keep(drawn: RecordForm) -> str:
        values = drawn.values()
        if kept is not None:
            change_person(writer(), kept.id, drawn.seen, values)
            forms.leave()
            return f"{values['name']} is saved."
        added = add_person(writer(), values)
        forms.leave()
        if everyone:
            return f"{values['name']} is added."
        act_as(added)
        return f"{values['name']} is added, and acts in this browser from now on."

    form.submit("Save" if kept is not None else "Add", keep)


def writer() -> Viewer:
    """Who changes the list of persons: the current user, or nobody, since somebody has to be the first."""
    person = current_person()
    return Viewer(person.id if person else "", Sensitivity.INTERNAL)


# --- The sample


def the_sample(context: PageContext) -> None:
    st.subheader("Sample workspace")
    st.markdown(WHAT_THE_SAMPLE_IS)
    if sample.loaded():
        st.button("Remove the sample", key="remove_sample", icon=":material/delete:", on_click=remove)
        st.caption("What hangs on its records goes with it, whoever wrote it. Your own records stay.")
    else:
        st.button("Load the sample", key="load_sample", icon=":material/science:", on_click=load, args=(context,))


def load(context: PageContext) -> None:
    def act() -> str:
        nobody = current_person() is None
        with st.spinner("Loading the sample"):
            counts = sample.load(context.table, context.today)
        officer = next((one for one in staff() if one.sample and not one.may_clear), None)
        if nobody and officer is not None:
            act_as(officer.id)
            return f"The sample is here: {said(counts)}. You act as {officer.name}."
        return f"The sample is here: {said(counts)}. Act as one of its colleagues to see all of it."

    forms.attempt(act)


def remove() -> None:
    def act() -> str:
        person = current_person()
        with st.spinner("Removing the sample"):
            counts = sample.remove()
        if person is not None and person.sample:
            act_as("")
        return f"The sample is gone: {said(counts)}."

    forms.attempt(act)


def said(counts: dict[str, int]) -> str:
    return f"{counts.get('person', 0)} persons and {sum(counts.values()) - counts.get('person', 0)} records"


def in_a_calendar() -> None:
    st.subheader("Your calendar in your own program")
    st.markdown(
        "A view of the calendar, with what is internal and your follow-ups if you like, can be kept under a secret "
        "address of your own, for Outlook and the like. Make, replace and revoke them on the page Feeds."
    )
    link("feeds", "Subscriptions of mine")


# --- Who sees what, and where it is kept


def who_sees_what() -> None:
    st.subheader("Who sees what")
    st.markdown(
        "- **Public**: everybody who opens the calendar, also in feeds.\n"
        "- **Internal**: all who are listed above.\n"
        "- **Restricted**: only those who are named in the record, in lists, counts and searches too. Defenders, cases "
        "and reprisals begin so. No feed, list or calendar file holds them. Papers in Word that you make for yourself "
        "do, by their codes: a briefing note, or a statement to be read out. Each says so at its head."
    )
    st.markdown(
        "There is no sign-in on this computer: anybody who opens this page may say who they are. The choice tells "
        "colleagues apart, it does not keep anybody out: keep the computer and the workspace to yourselves."
    )
    st.subheader("Where it is kept")
    st.code(workspace_url(), language=None, wrap_lines=True)
    st.caption("Every change is kept in a history of who, when and why.")


context = current()
st.title("Settings")
if not context.workspace:
    st.stop()
forms.outcome()
everyone, person = staff(), current_person()
record, new = st.query_params.get(RECORD, ""), st.query_params.get(NEW, "")
if record or new:
    forms.back("All settings")
    kept = next((one for one in everyone if one.id == record), None)
    if record and kept is None:
        st.markdown("This person is not in the list any more. Go back to it.")
    else:
        st.subheader("Add somebody" if kept is None else plain(kept.name), anchor=False)
        person_form(kept, context, everyone)
else:
    people(everyone, person)
    requests_of_nobody(context.viewer)
    in_a_calendar()
    the_sample(context)
    deleted_records(context, everyone)
    who_sees_what()
item_panel.draw_panel(context)
