"""Settings: users and their accounts, access, and the sample workspace."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.roles import MEANING, Operation, Subject, missing_role
from calendar_model.access.unit_of_work import staff, workspace_url
from calendar_model.mission import accounts, sample
from calendar_model.mission.handover import hand_over, holdings
from calendar_model.mission.missions import missions
from calendar_model.mission.persons import add_person, administers, change_person, roles_of_new
from calendar_model.terms import Role
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.data_protection.personal import draw_data_of_user
from pages.components.record import forms
from pages.components.record.access_requests import requests_of_nobody
from pages.components.record.deleted_records import deleted_records
from pages.components.record.forms import RecordForm, words
from pages.components.record.sample import counted, offer_sample
from pages.components.settings.audit import draw_audit
from pages.components.settings.mail import draw_mail, draw_mail_policy
from pages.components.settings.missions import (
    draw_missions,
    draw_missions_of,
    draw_role_groups,
    given_words,
    mission_names,
    roles_at_missions,
)
from pages.components.shell import item_panel, rights, sign_in
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import act_as_sample, current_person, local_person, use_computer
from pages.components.shell.navigation import NEW, RECORD, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person

WHAT_THE_SAMPLE_IS = _(
    "Three fictional users with contacts, engagements, statements in every state, cases, events and follow-ups, linked "
    "to real upcoming items. All of it is invented, marked as sample and kept apart from your own records."
)


# --- Users


def people(everyone: Sequence[Person], person: Person | None) -> None:
    st.subheader(_("Users"))
    if not everyone:
        st.markdown(_("No users yet. Add yourself, or load the sample data to explore."))
    elif person is None:
        st.markdown(_("Pages show public items only until you select your name."))
    is_free = not sign_in.is_set_up() and local_person() is None
    names = mission_names(writer())
    with st.container(key="lines_people", gap="small"):
        for one in everyone:
            line(one, person, names, is_free=is_free)
    st.button(
        _("Add user") if everyone else _("Add yourself"),
        key="add_person",
        type="primary" if not everyone else "secondary",
        icon=":material/person_add:",
        on_click=forms.begin,
        **rights.button_options(why_not_administer()),
    )


def line(one: Person, person: Person | None, names: Mapping[str, str], *, is_free: bool) -> None:
    """Draw a user; ``names`` are those of missions, ``is_free``: nobody has said yet that they use this computer."""
    acts = person is not None and one.id == person.id
    about = [one.post, given_words(one, names) or _("no role"), "" if one.active else _("inactive")]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"person_{one.id}"):
        with st.container(gap=None, width=420):
            st.markdown(f"**{plain(one.name)}**{_(' · current user') if acts else ''}")
            if small := " · ".join(plain(part) for part in about if part):
                st.caption(small)
        if is_free and one.active and not one.sample:
            st.button(_("This is me"), key=f"use_{one.id}", type="tertiary", on_click=take_this_computer, args=(one,))
        st.button(_("Edit"), key=f"edit_{one.id}", type="tertiary", on_click=forms.open_record, args=(one.id,))


def take_this_computer(person: Person) -> None:
    def act() -> str:
        use_computer(person.id)
        return _("You are now working as {name}.").format(name=plain(person.name))

    forms.attempt(act)


def person_form(kept: Person | None, context: PageContext, everyone: Sequence[Person]) -> None:
    form = RecordForm("person", context, kept, table="person", why_not=why_not_administer())
    with form:
        form.text("name", _("Name"), help=_("Shown next to everything this person writes."))
        form.text("post", _("Post"), help=_("For example desk officer, or the mission."))
        known = missions(writer())
        form.choices(
            "roles_everywhere" if known else "roles",
            _("Roles at all missions") if known else _("Roles"),
            Role,
            default=[] if known else [role for role in Role if role in roles_of_new()],
            help="\n".join(f"- **{words(role)}**: {MEANING[role]}" for role in Role),
        )
        if known:
            draw_missions_of(form, known)
        if kept is not None:
            form.tick(
                "active",
                _("Active"),
                help=_("Inactive users cannot make changes; their entries are kept."),
            )

    def keep(drawn: RecordForm) -> str:
        values = {**drawn.values(), **roles_at_missions(drawn)}
        if kept is not None:
            change_person(writer(), kept.id, drawn.seen, values)
            forms.leave()
            return _("{name} saved.").format(name=values["name"])
        added = add_person(writer(), values)
        forms.leave()
        if sign_in.is_set_up() or local_person() is not None or any(not one.sample for one in everyone):
            return _("{name} added.").format(name=values["name"])
        use_computer(added)
        return _("{name} added. You are now working as {name}.").format(name=values["name"])

    form.submit(_("Save") if kept is not None else _("Add"), keep)


def left_behind(kept: Person, everyone: Sequence[Person]) -> None:
    """For administrators: how much an inactive user holds, and the form that hands it over."""
    if kept.active or why_not_administer() or current_person() is None:
        return
    held = holdings(writer(), kept.id)
    st.subheader(_("Records of this user"))
    counts = [f"{words(kind)}: {count}" for kind, count in sorted(held.records.items())]
    counts.append(_("Open follow-ups: {count}").format(count=held.follow_ups))
    st.markdown(" · ".join(counts))
    if held.guarded:
        st.caption(
            _("Restricted records: {count}. People with access take them over on each record's page.").format(
                count=held.guarded
            )
        )
    if not held.total:
        return
    names = {one.id: one.name for one in everyone if one.active and one.sample == kept.sample}
    key = f"successor_{kept.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(_("Successor"), list(names), index=None, format_func=names.__getitem__, key=key, width=320)
        st.button(_("Hand over"), key=f"hand_over_{kept.id}", on_click=give_on, args=(kept.id, key))


def give_on(person_id: str, key: str) -> None:
    def act() -> str:
        hand_over(writer(), person_id, st.session_state.get(key) or "")
        return _("Handed over.")

    forms.attempt(act)


def why_not_administer() -> str:
    """Why the current user may not change users, roles and sample data; empty if they may."""
    return "" if administers(writer()) else str(missing_role(Subject.PERSON, Operation.CHANGE))


def writer() -> Viewer:
    """The viewer who changes the list of users: the current user, or none, because the first user must be addable."""
    person = current_person()
    return Viewer(person.id if person else "", Sensitivity.INTERNAL)


# --- Accounts


def user_accounts(context: PageContext, everyone: Sequence[Person]) -> None:
    """Draw which account is whose, and link those that wait to a user."""
    if not (sign_in.is_set_up() and administers(context.viewer)):
        return
    st.subheader(_("Accounts"))
    names = {one.id: one.name for one in everyone if one.active and not one.sample}
    waiting = accounts.waiting_accounts(context.viewer)
    if not waiting:
        st.markdown(_("Nobody waits for access. Colleagues who sign in for the first time appear here."))
    for one in waiting:
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"waiting_{one.id[:8]}"):
            with st.container(gap=None, width=320):
                st.markdown(f"**{plain(one.known_as or one.subject)}**")
                st.caption(plain(f"{accounts.code_of(one.id)} · {wording.moment(one.since, context.zone)}"))
            key = f"bind_{one.id[:8]}"
            st.selectbox(
                _("Is the account of"),
                ["", *names],
                format_func=lambda person: names.get(person, _("Choose a user")),
                key=f"{key}_person",
                width=260,
            )
            st.button(_("Link"), key=key, on_click=bind, args=(context.viewer, one.id, f"{key}_person"))
    of_all = {one.id: one.name for one in everyone}
    for account in accounts.bound_accounts(context.viewer):
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"account_{account.id}"):
            with st.container(gap=None, width=420):
                st.markdown(plain(of_all.get(account.person_id, "")))
                st.caption(plain(account.known_as or account.subject))
            st.button(
                _("Remove"),
                key=f"unbind_{account.id}",
                type="tertiary",
                on_click=unbind,
                args=(context.viewer, account.id),
            )


def bind(viewer: Viewer, account: str, field: str) -> None:
    def act() -> str:
        accounts.bind(viewer, account, st.session_state[field])
        return _("Account linked. Your colleague has access after reloading the page.")

    forms.attempt(act)


def unbind(viewer: Viewer, account: str) -> None:
    def act() -> str:
        accounts.unbind(viewer, account)
        return _("Account removed; it gives no access from now on.")

    forms.attempt(act)


# --- The sample


def the_sample(context: PageContext) -> None:
    st.subheader(_("Sample data"))
    st.markdown(WHAT_THE_SAMPLE_IS)
    if sample.loaded():
        st.button(
            _("Remove sample data"),
            key="remove_sample",
            icon=":material/delete:",
            on_click=remove,
            **rights.button_options(why_not_administer()),
        )
        st.caption(
            _(
                "Anything linked to sample records is removed with them, no matter who wrote it. Your own records "
                "are kept."
            )
        )
    else:
        offer_sample(context)


def remove() -> None:
    def act() -> str:
        person = current_person()
        with st.spinner(_("Removing sample data")):
            counts = sample.remove(by=writer())
        if person is not None and person.sample:
            act_as_sample("")
        return _("Sample data removed: {counts}.").format(counts=counted(counts))

    forms.attempt(act)


def in_a_calendar() -> None:
    st.subheader(_("Subscribe in Outlook, Google or Apple"))
    st.markdown(
        _(
            "Subscribe to any filtered view through your own secret address, with internal events and your "
            "follow-ups if you like. Create, replace and revoke subscriptions on the Feeds page."
        )
    )
    link("feeds", _("My subscriptions"))


# --- Access and storage


def who_sees_what() -> None:
    st.subheader(_("Access"))
    st.markdown(
        _(
            "- **Public**: everyone who opens the calendar, also in feeds.\n"
            "- **Internal**: all users listed above; what belongs to a mission, those with a role there.\n"
            "- **Restricted**: only people given access in the record; lists, counts and searches hide it from "
            "others. Defenders, cases and reprisals are restricted by default. Feeds, lists and calendar files "
            "never include them. Word documents that you create for yourself do, by code: briefing notes and "
            "statements to be read out. Each says so at the top."
        )
    )
    st.markdown(
        _(
            "What a user may write depends on their roles. As long as nobody is an administrator, anyone can change "
            "users and roles."
        )
    )
    if not sign_in.is_set_up():
        st.markdown(
            _(
                "There is no sign-in, so the calendar is served on this computer only, to one user. Anyone who uses "
                "the computer sees everything that this user may see. To share the calendar, an administrator sets up "
                "sign-in."
            )
        )
    st.subheader(_("Storage"))
    st.code(workspace_url(), language=None, wrap_lines=True)
    st.caption(_("The history records every change: who, when and why."))


context = current()
st.title(_("Settings"))
if not context.workspace:
    st.stop()
forms.outcome()
everyone, person = staff(), current_person()
record, new = st.query_params.get(RECORD, ""), st.query_params.get(NEW, "")
if record or new:
    forms.back(_("All settings"))
    kept = next((one for one in everyone if one.id == record), None)
    if record and kept is None:
        st.markdown(_("This user is no longer listed. Go back to Settings."))
    else:
        st.subheader(_("Add user") if kept is None else plain(kept.name), anchor=False)
        with st.container(width=640):
            person_form(kept, context, everyone)
        if kept is not None:
            left_behind(kept, everyone)
            draw_data_of_user(kept, context)
else:
    draw_audit(context, everyone)
    people(everyone, person)
    if person is not None and administers(writer()):
        draw_missions(writer())
        draw_role_groups(writer())
    user_accounts(context, everyone)
    draw_mail(context, is_sample=person is not None and person.sample)
    draw_mail_policy(context.viewer, {one.id: one.name for one in everyone})
    requests_of_nobody(context.viewer)
    in_a_calendar()
    the_sample(context)
    deleted_records(context, everyone)
    who_sees_what()
item_panel.draw_panel(context)
