"""The moves of a statement from state to state, and overrides of unmet requirements by two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject, roles_at
from calendar_model.mission.statements import commands, workflow
from calendar_model.mission.statements.queries import StatementView
from calendar_model.mission.statements.requirements import asking_effect, step_to_override
from calendar_model.mission.statements.workflow import NEXT, StatementFacts
from calendar_model.terms import Role, StatementState, Step
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.shell import rights, undo
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain
from pages.components.statements.consultation import chosen_consultees, draw_whom_to_consult, forget_consultees
from pages.components.statements.reviews import draw_review

if TYPE_CHECKING:
    from calendar_model.store.models import Override, Person, Statement

STEP_LABELS = Translated({Step.CLEAR: N_("clearance"), Step.CLOSE: N_("closing")})


def draw_moves(
    statement: Statement, facts: StatementFacts, everyone: Sequence[Person], actor: Person, today: date
) -> None:
    """Draw the moves from the present state, the next one first, with the fields that they need.

    One that is not possible yet is disabled and says why.
    """
    to = NEXT.get(statement.state)
    others = [state for state in workflow.MOVES[statement.state] if state is not to]
    if to is StatementState.CONSULTATION or statement.state is StatementState.CONSULTATION:
        _draw_who_is_asked(statement, everyone, actor)
    if to is StatementState.CONSULTATION:
        draw_whom_to_consult(statement, everyone)
    if to is StatementState.DELIVERED:
        st.date_input(
            _("Delivered on"),
            value=today,
            max_value=today,
            format="YYYY-MM-DD",
            key=f"delivered_{statement.id}",
            width=220,
        )
    with st.container(horizontal=True):
        for state in [*([to] if to in workflow.MOVES[statement.state] else []), *others]:
            # The day of delivery is entered above, and is checked when it is sent.
            then = workflow.on_day(facts, today) if state is StatementState.DELIVERED else facts
            unmet = [*workflow.unmet_requirements(then, state)]
            why = " ".join(filter(None, [*map(str, unmet), _why_not_move(statement, state)]))
            st.button(
                _label(statement.state, state, facts.version),
                key=f"move_{state}",
                type="primary" if state is to else "secondary",
                **rights.button_options(plain(why)),
                on_click=_move,
                args=(statement.id, state, facts.version),
            )


def _why_not_move(statement: Statement, to: StatementState) -> str:
    """Why the current user's roles do not allow a move; whether they may clear is among the requirements."""
    if to is StatementState.CLEARED:
        return ""
    is_return = statement.state is StatementState.CONSULTATION and to is StatementState.DRAFT
    if is_return and not rights.why_not(Operation.CLEAR, Subject.STATEMENT, at=statement.mission_id):
        return ""
    return rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)


def _label(state: StatementState, to: StatementState, version: int) -> str:
    if to is StatementState.DRAFT:
        return {StatementState.IDEA: _("Start draft"), StatementState.DROPPED: _("Reopen as draft")}.get(
            state, _("Return to draft")
        )
    return {
        StatementState.CONSULTATION: _("Send for consultation"),
        StatementState.CLEARED: _("Clear version {version}").format(version=version) if version else _("Clear text"),
        StatementState.DELIVERED: _("Mark as delivered"),
        StatementState.FOLLOWED_UP: _("Close"),
        StatementState.DROPPED: _("Drop statement"),
    }[to]


def _draw_who_is_asked(statement: Statement, everyone: Sequence[Person], actor: Person) -> None:
    names = {person.id: person.name for person in everyone if person.active or person.id == statement.waiting_for_id}
    clearers = (one for one in everyone if one.active and Role.CLEARER in roles_at(one.given, statement.mission_id))
    usual = next((one.id for one in clearers if one != actor), None)
    first = statement.waiting_for_id if statement.state is StatementState.CONSULTATION else usual
    key = f"waiting_{statement.id}"
    st.selectbox(
        _("Reply requested from"),
        list(names),
        index=list(names).index(first) if first in names else None,
        format_func=names.__getitem__,
        placeholder=_("No one in particular"),
        key=key,
    )
    chosen: str | None = st.session_state[key]
    if chosen is not None and (says := _effect_of_asking(statement, chosen, names[chosen])):
        st.caption(plain(says))
    if statement.state is StatementState.CONSULTATION and chosen != statement.waiting_for_id:
        st.button(
            _("Forward statement"),
            key="pass_on",
            on_click=_pass_on,
            args=(statement.id, statement.version, key),
            **rights.button_options(rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)),
        )


def _effect_of_asking(statement: Statement, person_id: str, name: str) -> str:
    """Say what asking a person means: whether it gives them access, and what they still cannot read."""
    effect = asking_effect(viewer(), statement, person_id)
    says = _("{name} will get access to this statement.").format(name=name) if effect.gives_access else ""
    hidden = [
        *effect.unreadable,
        *([_("{hidden_count} more").format(hidden_count=effect.hidden_count)] if effect.hidden_count else []),
    ]
    if hidden:
        says += _(" {name} has no access to {hidden}, and cannot clear the statement without it.").format(
            name=name, hidden=", ".join(hidden)
        )
    return says.strip()


def _pass_on(statement_id: str, seen: int, key: str) -> None:
    def act() -> str:
        commands.ask_somebody(viewer(), statement_id, seen, st.session_state[key])
        return _("Forwarded.")

    forms.attempt(act)


_MOVED = Translated(
    {
        StatementState.DRAFT: N_("The statement is now a draft."),
        StatementState.CONSULTATION: N_("Sent for consultation."),
        StatementState.CLEARED: N_("Cleared."),
        StatementState.DELIVERED: N_("Marked as delivered."),
        StatementState.FOLLOWED_UP: N_("Closed."),
        StatementState.DROPPED: N_("Dropped."),
    }
)


def _move(statement_id: str, to: StatementState, seen: int) -> None:
    on: date | None = st.session_state.get(f"delivered_{statement_id}")
    waiting_for: str | None = st.session_state.get(f"waiting_{statement_id}")
    consultees, answer_by = chosen_consultees(statement_id) if to is StatementState.CONSULTATION else ((), None)

    def act() -> str:
        done = commands.move(
            viewer(),
            statement_id,
            to,
            seen=seen,
            on=on,
            waiting_for=waiting_for,
            consultees=consultees,
            answer_by=answer_by,
        )
        return undo.offer(_MOVED[to], done)

    if forms.attempt(act):
        st.session_state.pop(f"waiting_{statement_id}", None)
        forget_consultees(statement_id)


# --- Overrides


def draw_overrides(view: StatementView, facts: StatementFacts, actor: Person, zone: str) -> None:
    """Draw all overrides of a statement, which are kept for ever, and the fields to confirm or request one."""
    statement = view.statement
    if statement.overrides:
        st.markdown(_("**Overrides**"))
    confirmed = {one.confirms_id: one for one in statement.overrides if one.confirms_id}
    open_ids = {one.id for one in view.open_overrides}
    for asked in (one for one in statement.overrides if one.confirms_id is None):
        _draw_override(asked, confirmed.get(asked.id), asked.id in open_ids, zone)
        draw_review(statement, asked, actor, zone)
    for asked in view.open_overrides:
        _draw_confirmation(asked, actor, view.clearers)
    step = step_to_override(facts, view.open_overrides)
    if step is None:
        return
    with st.expander(_("Override outstanding checks")):
        st.markdown(
            _(
                "For urgent cases. Give a reason; a second person who can clear statements must confirm. The override "
                "covers the present text only. Both names and reasons are kept here permanently. A person who neither "
                "wrote the text nor asked for the override reviews afterwards what was said."
            )
        )
        key = f"override_reason_{statement.id}"
        fields.area(_("Reason"), commands.LONGEST_REASON, key=key)
        st.button(
            _("Request override"),
            key="ask_override",
            on_click=_ask,
            args=(statement.id, step, key),
            **rights.button_options(rights.why_not(Operation.CREATE, Subject.OVERRIDE, at=statement.mission_id)),
        )


def _draw_override(asked: Override, confirmed: Override | None, is_open: bool, zone: str) -> None:
    end = (
        _("Confirmed by {name} on {at}: “{reason}”").format(
            name=confirmed.person.name, at=wording.moment(confirmed.at, zone), reason=confirmed.reason
        )
        if confirmed
        else _("Awaiting confirmation by a second person.")
        if is_open
        else _("Not confirmed before the text changed.")
    )
    st.markdown(
        _(
            "{name} requested an override on {at}, for {step_labels} of version {version_number}: “{reason}” {end}"
        ).format(
            name=plain(asked.person.name),
            at=wording.moment(asked.at, zone),
            step_labels=STEP_LABELS[asked.step],
            version_number=asked.version_number,
            reason=plain(asked.reason),
            end=plain(end),
        )
    )
    st.caption(plain(_("Outstanding: {requirements}").format(requirements=" ".join(asked.missing.splitlines()))))


def _draw_confirmation(asked: Override, actor: Person, clearers: Sequence[Person]) -> None:
    if asked.person_id == actor.id or actor.id not in {one.id for one in clearers}:
        names = ", ".join(person.name for person in clearers if person.id != asked.person_id)
        st.caption(
            plain(_("Can be confirmed by: {value}.").format(value=names or _("no one yet (see the roles in Settings)")))
        )
        return
    key = f"confirm_reason_{asked.id}"
    fields.area(_("Reason for confirming"), commands.LONGEST_REASON, key=key)
    st.button(_("Confirm override"), key=f"confirm_{asked.id}", on_click=_confirm, args=(asked.id, key))


def _ask(statement_id: str, step: Step, key: str) -> None:
    def act() -> str:
        commands.ask_override(viewer(), statement_id, step, st.session_state[key])
        return _("Override requested. It takes effect once a second person confirms it.")

    forms.attempt(act)


def _confirm(asked_id: str, key: str) -> None:
    def act() -> str:
        commands.confirm_override(viewer(), asked_id, st.session_state[key])
        return _("Override confirmed.")

    forms.attempt(act)
