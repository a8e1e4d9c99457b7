"""Missions in Settings: their list, the roles of a user at them, and groups of the sign-in that give roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.roles import OF_THE_INSTALLATION
from calendar_model.mission.missions import add_mission, change_mission, missions
from calendar_model.mission.persons import GroupRole, role_groups, set_role_groups
from calendar_model.mission.records import text_limit
from calendar_model.terms import GivenRole, Role
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.record.forms import RecordForm
from pages.components.shell import sign_in
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Mission, Person

_LONGEST_NAME = text_limit("mission", "name")
_AT_MISSIONS = "at_missions"
_EVERYWHERE = N_("All missions")


def mission_names(viewer: Viewer) -> dict[str, str]:
    """The names of all missions, by identifier."""
    return {one.id: one.name for one in missions(viewer)}


def given_words(person: Person, names: Mapping[str, str]) -> str:
    """The roles of a person as text, those of one mission after its name; empty without any."""
    parts = [_roles(person.roles_everywhere)]
    for mission_id, name in names.items():
        if at := _roles(role for role, place in person.given if place == mission_id):
            parts.append(f"{name}: {at}")
    return " · ".join(part for part in parts if part)


def _roles(roles: Iterable[Role]) -> str:
    known = set(roles)
    return wording.terms(role for role in Role if role in known)


# --- A user's home, and roles at missions


def draw_missions_of(form: RecordForm, known: Sequence[Mission]) -> None:
    """Draw the roles of a user at one mission, which :func:`roles_at_missions` reads, and the home mission."""
    offered = {one.id for one in known if one.active}
    given = form.record.roles_at_missions if form.record is not None else frozenset()
    kept = [_code(one) for one in given]
    names = {
        _code((role, one.id)): f"{one.name}: {wording.term(role)}"
        for one in known
        for role in Role
        if role not in OF_THE_INSTALLATION and (one.id in offered or (role, one.id) in given)
    }
    form.several(
        _AT_MISSIONS, N_("Roles at one mission"), names, [one for one in names if one in kept], placeholder=_("Select")
    )
    form.choose_mission(
        N_("Home mission"),
        known,
        offered,
        default=None,
        nothing=_("None"),
        help=_("New records of this person belong to it."),
    )


def roles_at_missions(form: RecordForm) -> dict[str, Any]:
    """The column of the roles at missions, as chosen in a form; none while there are no missions."""
    if not form.holds(_AT_MISSIONS):
        return {}
    return {"roles_at_missions": [_decoded(code) for code in form.chosen(_AT_MISSIONS)]}


def _code(given: GivenRole) -> str:
    return f"{given[0]} {given[1] or ''}"


def _decoded(code: str) -> GivenRole:
    role, mission_id = code.split(" ")
    return Role(role), mission_id or None


# --- The list of missions


def draw_missions(viewer: Viewer) -> None:
    """Draw the missions, each with its name to change, and the field for another one; for administrators."""
    known = missions(viewer)
    st.subheader(_("Missions"))
    st.markdown(
        _("A role holds at one mission or at all. Internal records of a mission are read by those with a role there.")
        if known
        else _("This calendar serves one mission. Add missions if several share it.")
    )
    for one in known:
        _draw_mission(viewer, one)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields.line(_("New mission"), _LONGEST_NAME, key="mission_new", width=320)
        st.button(_("Add mission"), key="mission_add", on_click=_add, args=(viewer,))


def _draw_mission(viewer: Viewer, mission: Mission) -> None:
    key = f"mission_name_{mission.id}"
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"mission_{mission.id}"):
        label = _("Name") if mission.active else _("Name (retired)")
        fields.line(label, _LONGEST_NAME, key=key, value=mission.name, width=320)
        st.button(_("Rename"), key=f"mission_rename_{mission.id}", on_click=_rename, args=(viewer, mission, key))
        st.button(
            _("Retire") if mission.active else _("Use again"),
            key=f"mission_retire_{mission.id}",
            type="tertiary",
            on_click=_retire,
            args=(viewer, mission),
        )


def _add(viewer: Viewer) -> None:
    def act() -> str:
        name = st.session_state["mission_new"] or ""
        add_mission(viewer, name)
        st.session_state["mission_new"] = ""
        return _("{name} added.").format(name=name.strip())

    forms.attempt(act)


def _rename(viewer: Viewer, mission: Mission, key: str) -> None:
    def act() -> str:
        name = st.session_state[key] or ""
        change_mission(viewer, mission.id, mission.version, {"name": name.strip()})
        return _("{name} saved.").format(name=name.strip())

    forms.attempt(act)


def _retire(viewer: Viewer, mission: Mission) -> None:
    def act() -> str:
        change_mission(viewer, mission.id, mission.version, {"active": not mission.active})
        return _("{name} saved.").format(name=mission.name)

    forms.attempt(act)


# --- Groups


def draw_role_groups(viewer: Viewer) -> None:
    """Draw the groups of the sign-in with the roles that they give, and the fields for another one."""
    if not sign_in.is_set_up():
        return
    names, groups = mission_names(viewer), role_groups()
    st.subheader(_("Groups of the sign-in"))
    st.markdown(_("The members of a group have its roles from their next sign-in."))
    for number, one in enumerate(groups):
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"group_{number}"):
            place = names.get(one.mission_id or "", _(_EVERYWHERE) if names else "")
            about = " · ".join(part for part in (wording.term(one.role), place) if part)
            st.markdown(f"**{plain(one.name)}**  \n{plain(about)}", width=420)
            st.button(_("Remove"), key=f"group_remove_{number}", type="tertiary", on_click=_take, args=(viewer, one))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields.line(_("Group"), text_limit("role_group", "name"), key="group_name", width=240)
        st.selectbox(_("Role"), list(Role), format_func=wording.term, key="group_role", width=200)
        if names:
            places = ["", *(one.id for one in missions(viewer) if one.active)]
            st.selectbox(
                _("Mission"),
                places,
                format_func=lambda mission: names.get(mission, _(_EVERYWHERE)),
                key="group_mission",
                width=220,
            )
        st.button(_("Add group"), key="group_add", on_click=_give, args=(viewer,))


def _give(viewer: Viewer) -> None:
    def act() -> str:
        state = st.session_state
        name = (state["group_name"] or "").strip()
        set_role_groups(
            viewer, [*role_groups(), GroupRole(name, state["group_role"], state.get("group_mission") or None)]
        )
        state["group_name"] = ""
        return _("{name} added.").format(name=name)

    forms.attempt(act)


def _take(viewer: Viewer, group: GroupRole) -> None:
    def act() -> str:
        set_role_groups(viewer, [one for one in role_groups() if one != group])
        return _("{name} removed.").format(name=group.name)

    forms.attempt(act)
