"""The consultation on a statement: who is asked for their view, what each answered, and the reader's own answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject, reads, roles_at
from calendar_model.messages.statements import answer_label
from calendar_model.mission.statements import consultation, workflow
from calendar_model.mission.statements.consultation import ConsultationCount, ConsulteeView, consultees_of
from calendar_model.mission.statements.requirements import asking_effect
from calendar_model.terms import ConsultationAnswer, StatementState
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.shell import rights, typed
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain, plain_lines

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Statement

# --- Who is asked


def draw_whom_to_consult(statement: Statement, everyone: Sequence[Person], asked: Sequence[str] = ()) -> None:
    """Draw the fields for whom to ask for their view, and until when; ``asked`` are those who are asked already."""
    names = {one.id: one.name for one in everyone if one.id not in asked and _can_read(one, statement)}
    chosen = st.multiselect(
        _("Views requested from"),
        list(names),
        format_func=names.__getitem__,
        key=_whom(statement.id),
        select_all=False,
        placeholder=_("Select"),
    )
    st.date_input(_("Answer by"), value=None, format="YYYY-MM-DD", key=_by(statement.id), width=220)
    gain = [names[one] for one in chosen if asking_effect(viewer(), statement, one).gives_access]
    if gain:
        st.caption(plain(_("Will get access to this statement: {names}.").format(names=", ".join(gain))))


def _can_read(person: Person, statement: Statement) -> bool:
    roles = roles_at(person.given, statement.mission_id)
    is_of_sample = person.sample and not statement.sample
    return person.active and not is_of_sample and reads(roles, statement.sensitivity, is_named=True)


def _whom(statement_id: str) -> str:
    return f"consultees_{statement_id}"


def _by(statement_id: str) -> str:
    return f"answer_by_{statement_id}"


def chosen_consultees(statement_id: str) -> tuple[tuple[str, ...], date | None]:
    """Whom the reader has chosen to ask, and until when; for callbacks."""
    return tuple(st.session_state.get(_whom(statement_id), ())), st.session_state.get(_by(statement_id))


def forget_consultees(statement_id: str) -> None:
    """Empty the fields for whom to ask, once they are asked; for callbacks."""
    keys = [_whom(statement_id), _by(statement_id)]
    typed.forget(keys)
    for key in keys:
        st.session_state.pop(key, None)


def _ask(statement_id: str) -> None:
    persons, due = chosen_consultees(statement_id)

    def act() -> str:
        consultation.ask_consultees(viewer(), statement_id, persons, due)
        return _("Views requested.")

    if forms.attempt(act):
        forget_consultees(statement_id)


# --- What they answered


def draw_consultation(statement: Statement, everyone: Sequence[Person], version: int, context: PageContext) -> None:
    """Draw the consultees with their answers, the reader's own answer to ``version``, and the fields to ask others."""
    consultees = consultees_of(context.viewer, statement.id)
    is_consultation = statement.state is StatementState.CONSULTATION
    if not consultees and not is_consultation:
        return
    count = consultation.count_answers(consultees)
    st.subheader(_("Consultation"), anchor=False)
    st.markdown(f"{plain(answered_words(count)).capitalize()}." if count.asked else _("No one has been consulted yet."))
    may_ask = rights.why_not(Operation.CREATE, Subject.CONSULTEE, at=statement.mission_id)
    for one in consultees:
        _draw_consultee(one, context, can_withdraw=not may_ask and statement.state in workflow.WRITABLE)
    mine = next((one for one in consultees if one.person_id == context.viewer.person_id), None)
    if mine is not None and mine.withdrawn_at is None and version and statement.state in workflow.WRITABLE:
        _draw_answer(statement.id, version)
    if is_consultation and not may_ask:
        with st.expander(_("Request more views")):
            awaited = [one.person_id for one in consultees if one.is_awaited]
            draw_whom_to_consult(statement, everyone, awaited)
            st.button(_("Request views"), key="ask_consultees", on_click=_ask, args=(statement.id,))


def answered_words(count: ConsultationCount) -> str:
    """Say how many have answered: ``2 of 3 answered, 1 objects``."""
    says = _("{answered} of {asked} answered").format(answered=count.answered, asked=count.asked)
    if count.objecting:
        says += _(", {objecting} objecting").format(objecting=count.objecting)
    return says


def _draw_consultee(one: ConsulteeView, context: PageContext, *, can_withdraw: bool) -> None:
    with st.container(key=f"consultee_{one.id}", gap=None):
        st.markdown(f"**{plain(one.name)}**: {plain(_state(one, context))}")
        if one.remark:
            st.markdown(plain_lines(one.remark))
        if can_withdraw and one.is_awaited:
            st.button(
                _("Withdraw request"),
                key=f"withdraw_{one.id}",
                type="tertiary",
                on_click=_withdraw,
                args=(one.id,),
            )


def _state(one: ConsulteeView, context: PageContext) -> str:
    parts = []
    if one.answer is not None:
        parts.append(
            _("{answer}, version {version}").format(answer=answer_label(one.answer), version=one.version)
            + (_(" (an older text)") if one.is_older else "")
        )
    if one.withdrawn_at is not None:
        parts.append(_("request withdrawn"))
    elif one.is_awaited:
        late = one.due is not None and one.due < context.today
        by = _(" by {due}").format(due=wording.day(one.due)) if one.due else ""
        parts.append((_("late: answer due{by}") if late else _("answer awaited{by}")).format(by=by))
    return "; ".join(parts)


def _withdraw(consultee_id: str) -> None:
    def act() -> str:
        consultation.withdraw_consultee(viewer(), consultee_id)
        return _("Request withdrawn.")

    forms.attempt(act)


# --- The reader's own answer


def _draw_answer(statement_id: str, version: int) -> None:
    answer, remark = f"answer_{statement_id}", f"answer_remark_{statement_id}"
    st.radio(
        _("Your answer to version {version}").format(version=version),
        list(ConsultationAnswer),
        index=None,
        format_func=lambda one: answer_label(ConsultationAnswer(one)).capitalize(),
        key=answer,
    )
    fields.area(_("Remark"), consultation.LONGEST_REMARK, key=remark, height=100)
    st.button(
        _("Send answer"),
        key="send_answer",
        type="primary",
        on_click=_answer,
        args=(statement_id, answer, remark, version),
    )


def _answer(statement_id: str, answer: str, remark: str, version: int) -> None:
    def act() -> str:
        given = st.session_state[answer]
        consultation.answer_consultation(
            viewer(), statement_id, given, st.session_state.get(remark) or "", seen=version
        )
        st.session_state[answer], st.session_state[remark] = None, ""
        return _("Answer sent.")

    forms.attempt(act)


# --- Among the checks


def draw_open_answers(statement: Statement, context: PageContext) -> None:
    """Name those who object or have not answered, for the person who clears to decide: they keep nobody from it."""
    if statement.state not in (StatementState.CONSULTATION, StatementState.CLEARED):
        return
    consultees = [one for one in consultees_of(context.viewer, statement.id) if one.counts]
    lines = [
        _("{name} objects (version {version}).").format(name=one.name, version=one.version)
        for one in consultees
        if one.objects
    ]
    lines += [_("{name} has not answered.").format(name=one.name) for one in consultees if one.is_awaited]
    if lines:
        st.markdown(_("**To consider before clearance**"))
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))
