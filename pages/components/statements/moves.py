"""The moves of a statement from state to state, and overrides of unmet requirements by two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.mission.statements import commands, workflow
from calendar_model.mission.statements.queries import StatementView
from calendar_model.mission.statements.requirements import asking_effect, step_to_override
from calendar_model.mission.statements.workflow import NEXT, StatementFacts
from calendar_model.terms import StatementState, Step
from pages.components.record import fields, forms
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Override, Person, Statement

STEP_LABELS = {Step.CLEAR: "clearance", Step.CLOSE: "closing"}


def draw_moves(
    statement: Statement, facts: StatementFacts, everyone: Sequence[Person], actor: Person, today: date
) -> None:
    """Draw the moves from the present state, the next one first, with the fields that they need."""
    to = NEXT.get(statement.state)
    others = [state for state in workflow.MOVES[statement.state] if state is not to]
    if to is StatementState.CONSULTATION or statement.state is StatementState.CONSULTATION:
        _draw_who_is_asked(statement, everyone, actor)
    if to is StatementState.DELIVERED:
        st.date_input(
            "Delivered on",
            value=today,
            max_value=today,
            format="YYYY-MM-DD",
            key=f"delivered_{statement.id}",
            width=220,
        )
    with st.container(horizontal=True):
        for state in [*([to] if to in workflow.MOVES[statement.state] else []), *others]:
            st.button(
                _label(statement.state, state, facts.version),
                key=f"move_{state}",
                type="primary" if state is to else "secondary",
                on_click=_move,
                args=(statement.id, state, facts.version),
            )


def _label(state: StatementState, to: StatementState, version: int) -> str:
    if to is StatementState.DRAFT:
        return {StatementState.IDEA: "Start draft", StatementState.DROPPED: "Reopen as draft"}.get(
            state, "Return to draft"
        )
    return {
        StatementState.CONSULTATION: "Send for consultation",
        StatementState.CLEARED: f"Clear version {version}" if version else "Clear",
        StatementState.DELIVERED: "Mark as delivered",
        StatementState.FOLLOWED_UP: "Close",
        StatementState.DROPPED: "Drop statement",
    }[to]


def _draw_who_is_asked(statement: Statement, everyone: Sequence[Person], actor: Person) -> None:
    names = {person.id: person.name for person in everyone if person.active or person.id == statement.waiting_for_id}
    usual = next((person.id for person in everyone if person.active and person.may_clear and person != actor), None)
    first = statement.waiting_for_id if statement.state is StatementState.CONSULTATION else usual
    key = f"waiting_{statement.id}"
    st.selectbox(
        "Reply requested from",
        list(names),
        index=list(names).index(first) if first in names else None,
        format_func=names.__getitem__,
        placeholder="No one in particular",
        key=key,
    )
    chosen: str | None = st.session_state[key]
    if chosen is not None and (says := _effect_of_asking(statement, chosen, names[chosen])):
        st.caption(plain(says))
    if statement.state is StatementState.CONSULTATION and chosen != statement.waiting_for_id:
        st.button("Forward statement", key="pass_on", on_click=_pass_on, args=(statement.id, statement.version, key))


def _effect_of_asking(statement: Statement, person_id: str, name: str) -> str:
    """Say what asking a person means: whether it gives them access, and what they still cannot read."""
    effect = asking_effect(viewer(), statement, person_id)
    says = f"{name} will get access to this statement." if effect.gives_access else ""
    hidden = [*effect.unreadable, *([f"{effect.hidden_count} more"] if effect.hidden_count else [])]
    if hidden:
        says += f" {name} has no access to {', '.join(hidden)}, and cannot clear the statement without it."
    return says.strip()


def _pass_on(statement_id: str, seen: int, key: str) -> None:
    def act() -> str:
        commands.ask_somebody(viewer(), statement_id, seen, st.session_state[key])
        return "Forwarded."

    forms.attempt(act)


_MOVED = {
    StatementState.DRAFT: "The statement is now a draft.",
    StatementState.CONSULTATION: "Sent for consultation.",
    StatementState.CLEARED: "Cleared.",
    StatementState.DELIVERED: "Marked as delivered.",
    StatementState.FOLLOWED_UP: "Closed.",
    StatementState.DROPPED: "Dropped.",
}


_MOVED = {
    StatementState.DRAFT: "The statement is now a draft.",
    StatementState.CONSULTATION: "Sent for consultation.",
    StatementState.CLEARED: "Cleared.",
    StatementState.DELIVERED: "Marked as delivered.",
    StatementState.FOLLOWED_UP: "Closed.",
    StatementState.DROPPED: "Dropped.",
}


def _move(statement_id: str, to: StatementState, seen: int) -> None:
    on: date | None = st.session_state.get(f"delivered_{statement_id}")
    waiting_for: str | None = st.session_state.get(f"waiting_{statement_id}")

    def act() -> str:
        commands.move(viewer(), statement_id, to, seen=seen, on=on, waiting_for=waiting_for)
        return _MOVED[to]

    if forms.attempt(act):
        st.session_state.pop(f"waiting_{statement_id}", None)


# --- Overrides


def draw_overrides(view: StatementView, facts: StatementFacts, actor: Person, zone: str) -> None:
    """Draw all overrides of a statement, which are kept for ever, and the fields to confirm or request one."""
    statement = view.statement
    if statement.overrides:
        st.markdown("**Overrides**")
    confirmed = {one.confirms_id: one for one in statement.overrides if one.confirms_id}
    open_ids = {one.id for one in view.open_overrides}
    for asked in (one for one in statement.overrides if one.confirms_id is None):
        _draw_override(asked, confirmed.get(asked.id), asked.id in open_ids, zone)
    for asked in view.open_overrides:
        _draw_confirmation(asked, actor, view.clearers)
    step = step_to_override(facts, view.open_overrides)
    if step is None:
        return
    with st.expander("Override outstanding checks"):
        st.markdown(
            "For urgent cases. Give a reason; a second person who can clear statements must confirm. The override "
            "covers the present text only. Both names and reasons are kept here permanently."
        )
        key = f"override_reason_{statement.id}"
        fields.area("Reason", commands.LONGEST_REASON, key=key)
        st.button("Request override", key="ask_override", on_click=_ask, args=(statement.id, step, key))


def _draw_override(asked: Override, confirmed: Override | None, is_open: bool, zone: str) -> None:
    end = (
        f"Confirmed by {confirmed.person.name} on {wording.moment(confirmed.at, zone)}: “{confirmed.reason}”"
        if confirmed
        else "Awaiting confirmation by a second person."
        if is_open
        else "Not confirmed before the text changed."
    )
    st.markdown(
        f"{plain(asked.person.name)} requested an override on {wording.moment(asked.at, zone)}, for "
        f"{STEP_LABELS[asked.step]} of version {asked.version_number}: “{plain(asked.reason)}” {plain(end)}"
    )
    st.caption(plain(f"Outstanding: {' '.join(asked.missing.splitlines())}"))


def _draw_confirmation(asked: Override, actor: Person, clearers: Sequence[Person]) -> None:
    if asked.person_id == actor.id or not actor.may_clear:
        names = ", ".join(person.name for person in clearers if person.id != asked.person_id)
        st.caption(plain(f"Can be confirmed by: {names or 'no one yet (see Can clear statements in Settings)'}."))
        return
    key = f"confirm_reason_{asked.id}"
    fields.area("Reason for confirming", commands.LONGEST_REASON, key=key)
    st.button("Confirm override", key=f"confirm_{asked.id}", on_click=_confirm, args=(asked.id, key))


def _ask(statement_id: str, step: Step, key: str) -> None:
    def act() -> str:
        commands.ask_override(viewer(), statement_id, step, st.session_state[key])
        return "Override requested. It takes effect once a second person confirms it."

    forms.attempt(act)


def _confirm(asked_id: str, key: str) -> None:
    def act() -> str:
        commands.confirm_override(viewer(), asked_id, st.session_state[key])
        return "Override confirmed."

    forms.attempt(act)
