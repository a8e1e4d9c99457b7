"""Individual cases (section 3.4 of the guidelines) and reprisals (3.2): assessments, reports and responses."""

from __future__ import annotations

from pages.components.record.work_links import engagement_links, statement_links
from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import UnmetRequirement
from calendar_model.access.unit_of_work import reading
from calendar_model.messages.statements import decision, state_label
from calendar_model.mission import cases
from calendar_model.mission.cases import Attention
from calendar_model.mission.links import linked_of_kind, linked_records
from calendar_model.mission.statements.case_checks import CaseFacts, Question, unanswered
from calendar_model.mission.statements.workflow import AFTER_DELIVERY, BEFORE_DELIVERY
from calendar_model.terms import (
    EngagementKind,
    InTheLoop,
    Prospect,
    Publicity,
    RecordKind,
    ReprisalState,
    RiskLevel,
    StatementFormat,
    Suggester,
)
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.record.follow_ups import follow_ups_of
from pages.components.record.forms import RecordForm, words
from pages.components.record.page import RecordPage, RecordView, draw_page
from pages.components.record.parts import (
    entry,
    left_out_caption,
    linked_by_kind,
    linked_items,
    linked_statements,
)
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import NEW, WITH, link
from pages.components.shell.words import plain
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import Case, Person, Reprisal, Statement

    R = TypeVar("R", Case, Reprisal)

RESTRICTED_FROM_THE_START = _("Restricted from the start: only people with access can see that it exists.")
CODE = _("Use a code such as “Case 014”, never a name: titles appear in lists and in the history.")

TODAY_IF_EMPTY = _("Defaults to today.")
STATEMENT, CONSULTED = str(StatementFormat.STATEMENT), str(EngagementKind.CONSULTED)

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


def draw_list(context: PageContext) -> None:
    """Draw the cases by the attention that they need, then the reprisals by status."""
    with reading(context.viewer) as session:
        all_cases, all_reprisals = cases.list_cases(session), cases.list_reprisals(session)
        raised_in = linked_records(session, RecordKind.STATEMENT, [case.id for case in all_cases])
    draw_cases(all_cases, raised_in, context)
    draw_reprisals(all_reprisals, context)
    st.caption(
        _(
            "Cases and reprisals never appear in feeds, lists or calendar files. A Word briefing note that you make "
            "for yourself gives their codes, and says so at the top."
        )
    )


def draw_cases(found: Sequence[Case], raised_in: dict[str, list[Statement]], context: PageContext) -> None:
    st.subheader(_("Cases"))
    st.button(_("New case"), key="new_case", type="primary", on_click=forms.begin, args=(str(RecordKind.CASE),))
    if not found:
        st.markdown(
            _(
                "No cases that you have access to. Start a case when it is first suggested; it lists what the "
                "guidelines require before it is raised."
            )
        )
        return
    groups: dict[Attention, list[Case]] = {attention: [] for attention in Attention}
    kept = [case for case in found if context.keeps(RecordKind.CASE, case)]
    for case in kept:
        groups[cases.attention(case, _delivered(raised_in[case.id]))].append(case)
    for attention, title in GROUPS.items():
        if groups[attention]:
            st.markdown(f"### {title}: {len(groups[attention])}")
            _draw_case_lines(groups[attention], raised_in, context, attention)
    _draw_folded(
        groups[Attention.CLOSED], lambda rows: _draw_case_lines(rows, raised_in, context, Attention.CLOSED), _("cases")
    )
    left_out_caption(len(found) - len(kept))


def _delivered(found: Iterable[Statement]) -> list[date | None]:
    """Return the days of delivery of the statements that have been delivered."""
    return [one.delivered_on for one in found if one.state in AFTER_DELIVERY]


def _draw_case_lines(
    found: Iterable[Case], raised_in: dict[str, list[Statement]], context: PageContext, attention: Attention
) -> None:
    with st.container(key=f"lines_cases_{attention}", gap="small"):
        for case in found:
            about = [
                labels.state_name(case.country, context.reference),
                _("Suggested by {suggesters}").format(suggesters=SUGGESTERS[case.suggested_by]),
                _("Closed on {closed_on}").format(closed_on=wording.day(case.closed_on)) if case.closed_on else "",
            ]
            entry(case, _case_sentences(case, raised_in[case.id], attention), about)


def _case_sentences(case: Case, raised_in: Sequence[Statement], attention: Attention) -> list[str]:
    known = cases.facts(case)
    days = [day for day in _delivered(raised_in) if day]
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
    st.button(_("New reprisal"), key="new_reprisal", on_click=forms.begin, args=(str(RecordKind.REPRISAL),))
    if not found:
        st.markdown(
            _(
                "No reprisals that you have access to. Record reprisals against people who cooperate with an "
                "organisation: the allegation, the report made and the response."
            )
        )
        return
    kept = [one for one in found if context.keeps(RecordKind.REPRISAL, one)]
    for state, title in STANDING.items():
        rows = [one for one in kept if one.state is state]
        if rows:
            st.markdown(f"### {title}: {len(rows)}")
            _draw_reprisal_lines(rows, context, state)
    closed = [one for one in kept if one.state is ReprisalState.CLOSED]
    _draw_folded(closed, lambda rows: _draw_reprisal_lines(rows, context, ReprisalState.CLOSED), _("reprisals"))
    left_out_caption(len(found) - len(kept))


def _draw_reprisal_lines(found: Iterable[Reprisal], context: PageContext, state: ReprisalState) -> None:
    with st.container(key=f"lines_reprisals_{state}", gap="small"):
        for one in found:
            about = [
                labels.state_name(one.country, context.reference),
                labels.short_organisation(one.organisation, context.reference) if one.organisation else "",
                _("Date alleged: {alleged_on}").format(alleged_on=wording.day(one.alleged_on))
                if one.alleged_on
                else "",
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


# --- One case


def draw_case_form(case: Case | None, everyone: Sequence[Person], context: PageContext) -> None:
    """Draw the questions in the order of section 3.4, each with words that say whether it is answered."""
    raised = linked_of_kind(context.viewer, RecordKind.STATEMENT, case.id) if case is not None else []
    form = RecordForm("case", context, case, table="case_file")
    with form:
        summary = st.container()
        form.text("title", _("Code"), help=CODE, placeholder=_("Case 014"))
        form.country("country")
        _draw_suggested(form, case)
        marks = {
            Question.MISSION: _draw_mission(form),
            Question.BEFORE: _draw_before(form),
            Question.RISK: _draw_risk(form),
            Question.PROSPECTS: _draw_prospects(form),
            Question.PUBLICITY: _draw_publicity(form),
        }
        _draw_after(form, raised)
        st.subheader(_("Access and links"))
        form.named(_("Visible only to"), everyone)
        form.items()
        form.records(_("Contacts"), RecordKind.CONTACT, field="links_contacts")
        form.records(
            _("Statements that raise this case"),
            RecordKind.STATEMENT,
            field="links_statements",
            help=_("A statement that raises a case becomes restricted; a cleared one must be cleared again."),
        )
        form.records(_("Engagements"), RecordKind.ENGAGEMENT, field="links_engagements")
        form.records(_("Other cases and reprisals"), RecordKind.CASE, RecordKind.REPRISAL, field="links_others")
        _draw_submit(form, _("Save case"), save_case)
    known = cases.facts_of_form(form.values())
    for question, mark in marks.items():
        with mark:
            _draw_answer(unanswered(known, question))
    with summary:
        _draw_summary(known, _delivered(raised))


def _draw_summary(known: CaseFacts, delivered: list[date | None]) -> None:
    open_ = cases.missing(known)
    if cases.awaits_contact(known, delivered):
        st.warning(
            _(
                "This case has been raised, but nobody has contacted the defender, or civil society on their "
                "behalf, since."
            )
        )
    elif decided := cases.reasons_not_to_raise(known):
        st.info(plain(" ".join(decision(one.code) for one in decided)))
    elif open_:
        st.markdown(
            _("**{outstanding} of {total} questions outstanding** before a statement can raise this case.").format(
                outstanding=len(open_), total=len(Question)
            )
        )
    else:
        st.markdown(_("**All questions answered**: a statement can raise this case."))


def _draw_answer(unmet: UnmetRequirement | None) -> None:
    if unmet is None:
        st.markdown(_("**Answered**"))
    else:
        st.markdown(f"**{_('Outstanding') if unmet.can_be_overridden else _('Decided')}:** {plain(str(unmet))}")


def _draw_question(number: int, title: str, why: str) -> st.delta_generator.DeltaGenerator:
    """Draw the heading of a question and why it is asked; return the place for its status."""
    with st.container(gap=None):
        st.subheader(f"{number}. {title}")
        st.caption(why)
        return st.container()


def _draw_suggested(form: RecordForm, case: Case | None) -> None:
    mark = _draw_question(
        1,
        _("Who suggested it"),
        _("Any mission may suggest a case to the Ministry. Consult the bilateral mission on cases from civil society."),
    )
    chosen = form.choice(
        "suggested_by",
        _("Suggested by"),
        list(Suggester),
        optional=True,
        placeholder=_("Choose"),
    )
    form.area("suggested_note", _("Request"), height=68)
    with mark:
        st.markdown(_("**Answered**") if chosen else _("**Outstanding:** who suggested it."))


def _draw_mission(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _draw_question(
        2,
        _("Bilateral mission"),
        _("Colleagues in the country know what is under way there, and what a public statement could lead to."),
    )
    _side_by_side(
        lambda: form.day("mission_consulted_on", _("Consulted on")), lambda: form.text("mission", _("Mission"))
    )
    form.area("mission_advice", _("Advice from the mission"), height=68)
    return mark


def _draw_before(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _draw_question(
        3,
        _("Prior consultation"),
        _("Consult the defender, or those acting for them, first: what would help, and what could cause harm?"),
    )
    _side_by_side(
        lambda: form.day("before_on", _("Date of consultation")),
        lambda: form.choice("before_with", _("With whom"), list(InTheLoop), optional=True, placeholder=_("Not stated")),
    )
    form.area("before_note", _("Their wishes"), height=68)
    return mark


def _draw_risk(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _draw_question(
        4,
        _("Risk of reprisals"),
        _("International attention may put the person, family or colleagues at risk. Assess the risk first."),
    )
    _side_by_side(
        lambda: form.choice("risk", _("Risk level"), list(RiskLevel), optional=True, placeholder=_("Not assessed")),
        lambda: form.day("risk_weighed_on", _("Assessed on"), help=TODAY_IF_EMPTY),
    )
    form.area("risk_reasons", _("Reasons"), height=68)
    form.area("risk_mitigation", _("Mitigation"), height=68)
    return mark


def _draw_prospects(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _draw_question(
        5,
        _("Prospects"),
        _("Raise a case if that may improve the situation or prevent deterioration, not for its own sake."),
    )
    _side_by_side(
        lambda: form.choice(
            "prospect", _("Likely effect"), list(Prospect), optional=True, placeholder=_("Not assessed")
        ),
        lambda: form.day("prospect_weighed_on", _("Assessed on"), help=TODAY_IF_EMPTY),
    )
    form.area("prospect_reasons", _("Reasons for this assessment"), height=68)
    return mark


def _draw_publicity(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _draw_question(
        6,
        _("Publicity"),
        _(
            "Quiet diplomacy, a statement and a public campaign each have benefits and risks. Decide, and give the "
            "reason."
        ),
    )
    _side_by_side(
        lambda: form.choice("publicity", _("Decision"), list(Publicity), optional=True, placeholder=_("Not decided")),
        lambda: form.day("publicity_decided_on", _("Decided on"), help=TODAY_IF_EMPTY),
    )
    form.area("publicity_reason", _("Reason for the decision"), height=68)
    return mark


def _draw_after(form: RecordForm, raised: Sequence[Statement]) -> None:
    mark = _draw_question(
        7,
        _("Follow-up after the statement"),
        _("Only those concerned know whether it helped or harmed. Ask them before the statement is closed."),
    )
    _side_by_side(
        lambda: form.day("after_on", _("Contacted on")),
        lambda: form.choice(
            "after_with", _("Contact with"), list(InTheLoop), optional=True, placeholder=_("Not stated")
        ),
    )
    form.area("after_note", _("Their assessment"), height=68)
    form.area("since", _("Developments since"), height=120)
    with mark:
        known, days = cases.facts_of_form(form.values()), [day for day in _delivered(raised) if day]
        if cases.awaits_contact(known, days):
            st.markdown(
                _("**Outstanding:** contact since the case was raised on {raised_on}.").format(
                    raised_on=wording.day(max(days))
                )
            )
        elif days:
            st.markdown(_("**Answered**"))
        else:
            st.markdown(_("Not due yet: no statement has raised this case."))
    st.subheader(_("8. Closing"))
    st.caption(_("Close the case once nothing more can be done."))
    form.day("closed_on", _("Closed on"), help=_("Leave blank to keep the case open."))


def _draw_submit(form: RecordForm, label: str, act: Callable[[RecordForm], str]) -> None:
    """Draw the button of a form that is longer than the screen; it stays visible at the bottom."""
    with st.container(key="foot_of_form"):
        form.submit(label, act)


def _side_by_side(one: Callable[[], object], other: Callable[[], object]) -> None:
    with st.container(horizontal=True):
        one()
        other()


def save_case(form: RecordForm) -> str:
    made = cases.save_case(viewer(), form.values(), case_id=form.record_id, seen=form.seen, **form.options)
    forms.open_record(made)
    return _("Case saved.")


def draw_statements(case: Case, _everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader(_("Statements"))
    statement_links(linked_of_kind(context.viewer, RecordKind.STATEMENT, case.id))
    link("statements", _("Raise case in a statement"), icon=":material/add:", **{NEW: STATEMENT, WITH: case.id})


def draw_engagements(case: Case, _everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader(_("Engagements"))
    engagement_links(linked_of_kind(context.viewer, RecordKind.ENGAGEMENT, case.id))
    link("engagements", _("Log engagement"), icon=":material/add:", **{NEW: CONSULTED, WITH: case.id})


# --- One reprisal


def draw_reprisal_form(reprisal: Reprisal | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("reprisal", context, reprisal, table="reprisal")
    with form:
        st.subheader(_("Allegation"))
        form.text("title", _("Code"), help=CODE, placeholder=_("Reprisal 03"))
        form.country("country")
        form.organisation("organisation", _("Organisation they cooperated with"))
        form.day("alleged_on", _("Date alleged"))
        form.area("account", _("Account"), height=150)
        st.subheader(_("Report and response"))
        st.caption(
            _("Organisations should address reprisals against those who cooperate with them. Ask what they have done.")
        )
        form.text("reported_to", _("Reported to"), placeholder=_("Office, mandate or procedure, not a person"))
        form.day("reported_on", _("Reported on"))
        form.area("response", _("Response"), height=120)
        form.choice("state", _("Status"), list(ReprisalState))
        st.subheader(_("Access and links"))
        form.named(_("Visible only to"), everyone)
        form.items()
        form.records(_("Contacts"), RecordKind.CONTACT, field="links_contacts")
        form.records(_("Cases"), RecordKind.CASE, field="links_cases")
        form.records(
            _("Engagements, such as dialogue with the organisation"),
            RecordKind.ENGAGEMENT,
            field="links_engagements",
        )
        form.records(
            _("Statements and other reprisals"), RecordKind.STATEMENT, RecordKind.REPRISAL, field="links_others"
        )
        _draw_submit(form, _("Save reprisal"), save_reprisal)


def save_reprisal(form: RecordForm) -> str:
    made = cases.save_reprisal(viewer(), form.values(), reprisal_id=form.record_id, seen=form.seen, **form.options)
    forms.open_record(made)
    return _("Reprisal saved.")


def draw_dialogue(reprisal: Reprisal, _everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader(_("Dialogue and other engagements"))
    engagement_links(linked_of_kind(context.viewer, RecordKind.ENGAGEMENT, reprisal.id))
    dialogue = {NEW: str(EngagementKind.ORGANISATION_DIALOGUE), WITH: reprisal.id}
    link("engagements", _("Log dialogue with the organisation"), icon=":material/add:", **dialogue)


LINKED_RECORDS = linked_by_kind(
    {_("Contacts"): RecordKind.CONTACT, _("Cases"): RecordKind.CASE, _("Reprisals"): RecordKind.REPRISAL}
)

draw_page(
    RecordPage(
        page_title=_("Cases and reprisals"),
        subject=_("Cases and reprisals are"),
        back=_("All cases and reprisals"),
        if_missing=_("This case or reprisal no longer exists, or you do not have access."),
        views=(
            RecordView(
                RecordKind.CASE,
                new_title=_("New case"),
                new_caption=RESTRICTED_FROM_THE_START,
                form=draw_case_form,
                state=lambda case, _context: (
                    _("Closed on {closed_on}.").format(closed_on=wording.day(case.closed_on)) if case.closed_on else ""
                ),
                side=(draw_statements, draw_engagements, LINKED_RECORDS, linked_items(), follow_ups_of),
            ),
            RecordView(
                RecordKind.REPRISAL,
                new_title=_("New reprisal"),
                new_caption=RESTRICTED_FROM_THE_START,
                form=draw_reprisal_form,
                state=lambda reprisal, _context: f"{words(reprisal.state)}.",
                side=(
                    draw_dialogue,
                    linked_statements("Statements"),
                    LINKED_RECORDS,
                    linked_items(),
                    follow_ups_of,
                ),
            ),
        ),
        draw_list=draw_list,
    )
)
