"""Individual cases (section 3.4 of the guidelines) and reprisals (3.2): assessments, reports and responses."""

from __future__ import annotations

from pages.components.record.changed import changed_lately, changed_words
from pages.components.record.own_mission import choose_own_mission, kept_at
from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import reading
from calendar_model.messages.statements import decision, state_label
from calendar_model.mission import cases
from calendar_model.mission.cases import Attention
from calendar_model.mission.links import linked_records
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.terms import RecordKind, ReprisalState, Suggester
from calendar_model.translation import gettext as _
from pages.components.cases.form import CASE_VIEW
from pages.components.cases.reprisal import REPRISAL_VIEW
from pages.components.record import forms
from pages.components.record.page import RecordPage, draw_page
from pages.components.record.parts import entry, left_out_caption
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import Case, Reprisal, Statement

    R = TypeVar("R", Case, Reprisal)

GROUPS = {
    Attention.MISSING: _("Questions outstanding"),
    Attention.WAITING: _("Raised: follow-up with the defender outstanding"),
    Attention.REST: _("Open: nothing outstanding"),
}
SUGGESTERS = {
    Suggester.BILATERAL_MISSION: _("the bilateral mission"),
    Suggester.MULTILATERAL_MISSION: _("the multilateral mission"),
    Suggester.CIVIL_SOCIETY: _("civil society"),
    Suggester.DEFENDER: _("the defender"),
    Suggester.MINISTRY: _("the Ministry"),
}
STANDING = {
    ReprisalState.ALLEGED: _("Not reported yet"),
    ReprisalState.REPORTED: _("Reported, no response yet"),
    ReprisalState.ANSWERED: _("Answered"),
}


# --- The list


def draw_buttons(_context: PageContext) -> None:
    st.button(
        _("New case"),
        key="new_case",
        type="primary",
        on_click=forms.begin,
        args=(str(RecordKind.CASE),),
        **rights.button_options(rights.why_not(Operation.CREATE, Subject.CASE)),
    )
    st.button(
        _("New reprisal"),
        key="new_reprisal",
        on_click=forms.begin,
        args=(str(RecordKind.REPRISAL),),
        **rights.button_options(rights.why_not(Operation.CREATE, Subject.REPRISAL)),
    )


def draw_list(context: PageContext) -> None:
    """Draw the cases by the attention that they need, then the reprisals by status."""
    with reading(context.viewer) as session:
        all_cases, all_reprisals = cases.list_cases(session), cases.list_reprisals(session)
        raised_in = linked_records(session, RecordKind.STATEMENT, [case.id for case in all_cases])
    mission_id = choose_own_mission(context)
    draw_cases(kept_at(mission_id, all_cases), raised_in, context)
    draw_reprisals(kept_at(mission_id, all_reprisals), context)
    st.caption(
        _(
            "Cases and reprisals never appear in feeds, lists or calendar files. A Word briefing note that you make "
            "for yourself gives their codes, and says so at the top."
        )
    )


def draw_cases(found: Sequence[Case], raised_in: dict[str, list[Statement]], context: PageContext) -> None:
    if not found:
        st.markdown(
            _(
                "No cases that you have access to. Start a case when it is first suggested; it lists what the "
                "guidelines require before it is raised."
            )
        )
        return
    groups: dict[Attention, list[Case]] = {attention: [] for attention in Attention}
    changed = changed_lately(context)
    kept = [case for case in found if context.keeps(RecordKind.CASE, case)]
    for case in kept:
        groups[cases.attention(case, cases.delivered_days(raised_in[case.id]))].append(case)
    for attention, title in GROUPS.items():
        if groups[attention]:
            st.markdown(f"### {title}: {len(groups[attention])}")
            _draw_case_lines(groups[attention], raised_in, context, attention, changed)
    _draw_folded(
        groups[Attention.CLOSED],
        lambda rows: _draw_case_lines(rows, raised_in, context, Attention.CLOSED, changed),
        _("cases"),
    )
    left_out_caption(len(found) - len(kept))


def _draw_case_lines(
    found: Iterable[Case],
    raised_in: dict[str, list[Statement]],
    context: PageContext,
    attention: Attention,
    changed: Collection[str],
) -> None:
    with st.container(key=f"lines_cases_{attention}", gap="small"):
        for case in found:
            about = [
                labels.state_name(case.country, context.reference),
                _("Suggested by {suggesters}").format(suggesters=SUGGESTERS[case.suggested_by]),
                _("Closed on {closed_on}").format(closed_on=wording.day(case.closed_on)) if case.closed_on else "",
                changed_words(case.id, changed),
            ]
            entry(case, _case_sentences(case, raised_in[case.id], attention), about)


def _case_sentences(case: Case, raised_in: Sequence[Statement], attention: Attention) -> list[str]:
    known = cases.facts(case)
    days = [day for day in cases.delivered_days(raised_in) if day]
    found: list[str] = []
    if days:
        found.append(_("Raised on {raised_on}.").format(raised_on=wording.day(max(days))))
    if attention is Attention.WAITING:
        found.append(_("Nobody has contacted the defender, or civil society on their behalf, since."))
    if attention in (Attention.WAITING, Attention.MISSING):
        found += map(str, cases.missing(known))
    if attention is Attention.REST:
        found += [decision(one.code) for one in cases.reasons_not_to_raise(known)] or (
            [] if days else [_("Ready to be raised.")]
        )
        found += [
            _("In a statement: {state_label}.").format(state_label=state_label(s.state))
            for s in raised_in
            if s.state in BEFORE_DELIVERY
        ]
    if attention is Attention.CLOSED and case.since.strip():
        found.append(case.since.strip().splitlines()[0])
    return found


def draw_reprisals(found: Sequence[Reprisal], context: PageContext) -> None:
    st.subheader(_("Reprisals"))
    if not found:
        st.markdown(
            _(
                "No reprisals that you have access to. Record reprisals against people who cooperate with an "
                "organisation: the allegation, the report made and the response."
            )
        )
        return
    changed = changed_lately(context)
    kept = [one for one in found if context.keeps(RecordKind.REPRISAL, one)]
    for state, title in STANDING.items():
        rows = [one for one in kept if one.state is state]
        if rows:
            st.markdown(f"### {title}: {len(rows)}")
            _draw_reprisal_lines(rows, context, state, changed)
    closed = [one for one in kept if one.state is ReprisalState.CLOSED]
    _draw_folded(
        closed, lambda rows: _draw_reprisal_lines(rows, context, ReprisalState.CLOSED, changed), _("reprisals")
    )
    left_out_caption(len(found) - len(kept))


def _draw_reprisal_lines(
    found: Iterable[Reprisal], context: PageContext, state: ReprisalState, changed: Collection[str]
) -> None:
    with st.container(key=f"lines_reprisals_{state}", gap="small"):
        for one in found:
            about = [
                labels.state_name(one.country, context.reference),
                labels.short_organisation(one.organisation, context.reference) if one.organisation else "",
                _("Date alleged: {alleged_on}").format(alleged_on=wording.day(one.alleged_on))
                if one.alleged_on
                else "",
                changed_words(one.id, changed),
            ]
            sentence = ""
            if one.reported_on:
                whom = (
                    _(" to {reported_to}").format(reported_to=one.reported_to.strip().rstrip("."))
                    if one.reported_to.strip()
                    else ""
                )
                sentence = _("Reported{whom} on {reported_on}.").format(
                    whom=whom, reported_on=wording.day(one.reported_on)
                )
            entry(one, [sentence], about)


def _draw_folded(rows: list[R], draw: Callable[[list[R]], None], what: str) -> None:
    if rows:
        with st.expander(_("Closed {what}: {count}").format(what=what, count=len(rows))):
            draw(rows)


draw_page(
    RecordPage(
        page_title=_("Cases and reprisals"),
        subject=_("Cases and reprisals are"),
        back=_("All cases and reprisals"),
        if_missing=_("This case or reprisal no longer exists, or you do not have access."),
        views=(CASE_VIEW, REPRISAL_VIEW),
        draw_list=draw_list,
        draw_beside=draw_buttons,
    )
)
