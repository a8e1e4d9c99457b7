"""The form of a case: what is still open as fields, first; what is answered as lines, edited when wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import UnmetRequirement
from calendar_model.messages.statements import decision
from calendar_model.mission import cases
from calendar_model.mission.cases import Attention
from calendar_model.mission.links import linked_of_kind
from calendar_model.mission.statements.case_checks import CaseFacts, Question, unanswered
from calendar_model.terms import (
    EngagementKind,
    InTheLoop,
    Prospect,
    Publicity,
    RecordKind,
    RiskLevel,
    StatementFormat,
    Suggester,
)
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from pages.components.cases.parts import CODE, LINKED_RECORDS, RESTRICTED_FROM_THE_START, draw_submit
from pages.components.record import forms
from pages.components.record.follow_ups import follow_ups_of, pressing_follow_ups
from pages.components.record.forms import RecordForm, words
from pages.components.record.in_place import new_contact
from pages.components.record.page import RecordView
from pages.components.record.parts import linked_items, side_by_side
from pages.components.record.work_links import engagement_links, statement_links
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import NEW, WITH
from pages.components.shell.new import link_to_new
from pages.components.shell.words import plain, plain_lines
from pages.components.widgets import labels
from pages.components.widgets.lines import LEFT

if TYPE_CHECKING:
    from calendar_model.store.models import Case, Person

_TODAY_IF_EMPTY = N_("Defaults to today.")
_DAY, _CHOICE = 160, 180
"""Widths of fields in pixels, two of which fit a phone; texts of several lines take the rest of their row."""


class _Other(StrEnum):
    """The parts of a case that are no question before it is raised."""

    SUGGESTION = "suggestion"
    AFTER = "after"
    DEVELOPMENTS = "developments"
    LINKS = "links"


@dataclass(frozen=True)
class _Part:
    """A part of a case: drawn as ``fields`` by ``draw``, or as one line with what ``says`` says, in Markdown.

    ``why`` is the reason why it is asked, from the guidelines.
    """

    name: Question | _Other
    label: str
    why: str
    fields: tuple[str, ...]
    draw: Callable[[RecordForm], None]
    says: Callable[[Case], str]


def _draw_form(case: Case | None, everyone: Sequence[Person], context: PageContext) -> None:
    raised = linked_of_kind(context.viewer, RecordKind.STATEMENT, case.id) if case is not None else []
    delivered = cases.delivered_days(raised)
    parts = _parts(everyone, context)
    first = _open_parts(case, delivered)
    form = RecordForm("case", context, case, table="case_file")
    with form:
        summary = st.container()
        # The contact that is due after a statement is more pressing than what was missing before it.
        asked = sorted((part for part in parts if part.name in first), key=lambda part: part.name is not _Other.AFTER)
        marks = {part.name: _draw_fields(form, part) for part in asked}
        if case is not None:
            marks |= _draw_lines(form, case, [part for part in parts if part.name not in first], delivered)
        if not form.is_empty:
            draw_submit(form, _("Save case"), _save)
    known = cases.facts_of_form(form.values(), case)
    suggested = form.values("suggested_by").get("suggested_by")
    for name, mark in marks.items():
        if name is not _Other.SUGGESTION:
            mark.markdown(_status(name, known, delivered))
        elif not suggested:
            mark.markdown(_("**Outstanding:** who suggested it."))
    if case is None or case.closed_on is None:
        with summary:
            _draw_summary(known, delivered, {part.name: part.label for part in parts})


def _open_parts(case: Case | None, delivered: Sequence[date | None]) -> set[Question | _Other]:
    """Return what is asked before anything else: all that a new case needs, or what is missing from a kept one."""
    if case is None:
        return {_Other.SUGGESTION, *Question, _Other.LINKS}
    attention = cases.attention(case, delivered)
    if attention not in (Attention.MISSING, Attention.WAITING):
        return set()
    known = cases.facts(case)
    unmet = {one: unanswered(known, one) for one in Question}
    missing = {one for one, found in unmet.items() if found is not None and found.can_be_overridden}
    return {*missing, _Other.AFTER} if attention is Attention.WAITING else set(missing)


def _draw_summary(known: CaseFacts, delivered: Sequence[date | None], names: Mapping[Question | _Other, str]) -> None:
    """Draw how much is still open, with links to the fields that answer it; ``names`` are those of the parts."""
    open_ = [question for question in Question if _is_gap(unanswered(known, question))]
    decided = cases.reasons_not_to_raise(known)
    if cases.awaits_contact(known, delivered):
        st.warning(
            _(
                "This case has been raised, but nobody has contacted the defender, or civil society on their "
                "behalf, since."
            )
        )
    elif decided:
        st.info(plain(" ".join(decision(one.code) for one in decided)))
    elif not open_:
        st.markdown(_("**All questions answered**: a statement can raise this case."))
    if open_ and not decided:
        st.markdown(
            _(
                "**{outstanding} of {total} questions outstanding** before a statement can raise this case: "
                "{questions}."
            ).format(
                outstanding=len(open_),
                total=len(Question),
                questions=", ".join(f"[{names[question]}](#{_anchor(question)})" for question in open_),
            )
        )


def _is_gap(unmet: UnmetRequirement | None) -> bool:
    """Whether an answer is missing; a decision not to raise the case is an answer."""
    return unmet is not None and unmet.can_be_overridden


def _status(name: Question | _Other, known: CaseFacts, delivered: Sequence[date | None]) -> str:
    """Return in Markdown whether a part is answered; empty for one that asks nothing."""
    if isinstance(name, Question):
        unmet = unanswered(known, name)
        if unmet is None:
            return _("**Answered**")
        return f"**{_('Outstanding') if _is_gap(unmet) else _('Decided')}:** {plain(str(unmet))}"
    if name is not _Other.AFTER:
        return ""
    days = [day for day in delivered if day]
    if cases.awaits_contact(known, days):
        return _("**Outstanding:** contact since the case was raised on {raised_on}.").format(
            raised_on=wording.day(max(days))
        )
    return _("**Answered**") if days else _("Not due yet: no statement has raised this case.")


# --- A part, as fields or as a line


def _anchor(name: Question | _Other) -> str:
    return f"case-{name}"


def _draw_fields(form: RecordForm, part: _Part) -> st.delta_generator.DeltaGenerator:
    """Draw a part as fields; return the place for its status."""
    with st.container(gap="xsmall", key=f"case_part_{part.name}"):
        with st.container(gap=None):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.subheader(part.label, anchor=_anchor(part.name), width="content")
                mark = st.empty()
            if part.why:
                st.caption(part.why)
        part.draw(form)
    return mark


def _draw_lines(
    form: RecordForm, case: Case, parts: Iterable[_Part], delivered: Sequence[date | None]
) -> dict[Question | _Other, st.delta_generator.DeltaGenerator]:
    """Draw parts as lines, and those that are being edited as fields; return the places for the status of these."""
    marks: dict[Question | _Other, st.delta_generator.DeltaGenerator] = {}
    st.subheader(_("On record"), anchor=False)
    with st.container(gap="small", key="case_recorded"):
        for part in parts:
            asked = f"{form.prefix}_edit_{part.name}"
            # Once they are drawn, the fields stay until what they hold is saved or discarded.
            if st.session_state.pop(asked, False) or form.holds(*part.fields):
                marks[part.name] = _draw_fields(form, part)
            else:
                _draw_line(case, part, asked, delivered)
    return marks


def _draw_line(case: Case, part: _Part, asked: str, delivered: Sequence[date | None]) -> None:
    """Draw a part as a line; its button keeps under the key ``asked`` that it is to be edited."""
    status = _status(part.name, cases.facts(case), delivered)
    texts = [status if status != _("**Answered**") else "", part.says(case)]
    with st.container(horizontal=True, gap="small", key=f"lines_case_{part.name}"):
        with st.container(
            horizontal=True, gap="small", vertical_alignment="center", width=LEFT, key=f"when_case_{part.name}"
        ):
            st.markdown(f"**{part.label}**", width="content")
            with st.container(width="content", key=f"on_screen_edit_{part.name}"):
                # The stylesheet hides which part it is: a listener needs it, a reader sees it beside the button.
                st.button(
                    _("Edit **{part}**").format(part=part.label),
                    key=f"case_edit_{part.name}",
                    type="tertiary",
                    on_click=_edit,
                    args=(asked,),
                )
        st.markdown("  \n".join(text for text in texts if text), width="stretch")


def _edit(asked: str) -> None:
    st.session_state[asked] = True


def _row(*parts: str) -> str:
    """Return short answers beside each other, in Markdown."""
    return " · ".join(plain(part) for part in parts if part)


def _answer(short: Sequence[object], *texts: str) -> str:
    """Return an answer in Markdown: its choices, names and days in the first line, then its texts."""
    shown = [
        wording.day(one) if isinstance(one, date) else words(one) if isinstance(one, StrEnum) else str(one)
        for one in short
        if one
    ]
    return "  \n".join(part for part in (_row(*shown), *(plain_lines(text) for text in texts if text.strip())) if part)


def _parts(everyone: Sequence[Person], context: PageContext) -> tuple[_Part, ...]:
    """Return the parts of a case in the order of section 3.4."""
    return (
        _Part(
            _Other.SUGGESTION,
            _("Suggestion"),
            _(
                "Any mission may suggest a case to the Ministry. Consult the bilateral mission on cases from civil "
                "society."
            ),
            ("title", "country", "suggested_by", "suggested_note"),
            _draw_suggestion,
            lambda case: _answer(
                [case.suggested_by, labels.state_name(case.country, context.reference)], case.suggested_note
            ),
        ),
        _Part(
            Question.MISSION,
            _("Bilateral mission"),
            _("Colleagues in the country know what is under way there, and what a public statement could lead to."),
            ("mission_consulted_on", "mission", "mission_advice"),
            _draw_mission,
            lambda case: _answer([case.mission, case.mission_consulted_on], case.mission_advice),
        ),
        _Part(
            Question.BEFORE,
            _("Prior consultation"),
            _("Consult the defender, or those acting for them, first: what would help, and what could cause harm?"),
            ("before_on", "before_with", "before_note"),
            _draw_before,
            lambda case: _answer([case.before_with, case.before_on], case.before_note),
        ),
        _Part(
            Question.RISK,
            _("Risk of reprisals"),
            _("International attention may put the person, family or colleagues at risk. Assess the risk first."),
            ("risk", "risk_weighed_on", "risk_reasons", "risk_mitigation"),
            _draw_risk,
            lambda case: _answer(
                [case.risk, case.risk_weighed_on],
                case.risk_reasons,
                _("Mitigation: {mitigation}").format(mitigation=case.risk_mitigation) if case.risk_mitigation else "",
            ),
        ),
        _Part(
            Question.PROSPECTS,
            _("Prospects"),
            _("Raise a case if that may improve the situation or prevent deterioration, not for its own sake."),
            ("prospect", "prospect_weighed_on", "prospect_reasons"),
            _draw_prospects,
            lambda case: _answer([case.prospect, case.prospect_weighed_on], case.prospect_reasons),
        ),
        _Part(
            Question.PUBLICITY,
            _("Publicity"),
            _(
                "Quiet diplomacy, a statement and a public campaign each have benefits and risks. Decide, and give the "
                "reason."
            ),
            ("publicity", "publicity_decided_on", "publicity_reason"),
            _draw_publicity,
            lambda case: _answer([case.publicity, case.publicity_decided_on], case.publicity_reason),
        ),
        _Part(
            _Other.AFTER,
            _("Follow-up after the statement"),
            _("Only those concerned know whether it helped or harmed. Ask them before the statement is closed."),
            ("after_on", "after_with", "after_note"),
            _draw_after,
            lambda case: _answer([case.after_with, case.after_on], case.after_note),
        ),
        _Part(
            _Other.DEVELOPMENTS,
            _("Developments and closing"),
            _("Close the case once nothing more can be done."),
            ("since", "closed_on"),
            _draw_developments,
            lambda case: plain_lines(case.since) or _("No developments recorded yet."),
        ),
        _Part(
            _Other.LINKS,
            _("Access and links"),
            "",
            ("named", "items", *_LINKS),
            lambda form: _draw_links(form, everyone),
            lambda _case: _("Who can see this case, and what it is linked to."),
        ),
    )


_LINKS = ("links_contacts", "links_statements", "links_engagements", "links_others")


def _draw_suggestion(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.text("title", _("Code"), help=_(CODE), placeholder=_("Case 014"), width=_DAY)
        form.country("country", width=_CHOICE)
        form.choice(
            "suggested_by",
            _("Suggested by"),
            list(Suggester),
            optional=True,
            placeholder=_("Choose"),
            # The request takes the rest of the row, or on a phone a row of its own.
            width=260,
        )
        form.area("suggested_note", _("Request"), height=68)


def _draw_mission(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.day("mission_consulted_on", _("Consulted on"), width=_DAY)
        form.text("mission", _("Mission"), width=_CHOICE)
        form.area("mission_advice", _("Advice from the mission"), height=68)


def _draw_before(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.day("before_on", _("Date of consultation"), width=_DAY)
        form.choice(
            "before_with",
            _("With whom"),
            list(InTheLoop),
            optional=True,
            placeholder=_("Not stated"),
            width=_CHOICE,
        )
        form.area("before_note", _("Their wishes"), height=68)


def _draw_risk(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.choice(
            "risk", _("Risk level"), list(RiskLevel), optional=True, placeholder=_("Not assessed"), width=_CHOICE
        )
        form.day("risk_weighed_on", _("Assessed on"), help=_(_TODAY_IF_EMPTY), width=_DAY)
        form.area("risk_reasons", _("Reasons"), height=68)
        form.area("risk_mitigation", _("Mitigation"), height=68)


def _draw_prospects(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.choice(
            "prospect", _("Likely effect"), list(Prospect), optional=True, placeholder=_("Not assessed"), width=_CHOICE
        )
        form.day("prospect_weighed_on", _("Assessed on"), help=_(_TODAY_IF_EMPTY), width=_DAY)
        form.area("prospect_reasons", _("Reasons for this assessment"), height=68)


def _draw_publicity(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.choice(
            "publicity", _("Decision"), list(Publicity), optional=True, placeholder=_("Not decided"), width=_CHOICE
        )
        form.day("publicity_decided_on", _("Decided on"), help=_(_TODAY_IF_EMPTY), width=_DAY)
        form.area("publicity_reason", _("Reason for the decision"), height=68)


def _draw_after(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.day("after_on", _("Contacted on"), width=_DAY)
        form.choice(
            "after_with",
            _("Contact with"),
            list(InTheLoop),
            optional=True,
            placeholder=_("Not stated"),
            width=_CHOICE,
        )
        form.area("after_note", _("Their assessment"), height=68)


def _draw_developments(form: RecordForm) -> None:
    with st.container(horizontal=True):
        form.area("since", _("Developments since"), height=68)
        form.day("closed_on", _("Closed on"), help=_("Leave blank to keep the case open."), width=_DAY)


def _draw_links(form: RecordForm, everyone: Sequence[Person]) -> None:
    form.mission()
    side_by_side(lambda: form.named(_("Visible only to"), everyone), form.items)
    side_by_side(
        lambda: form.records(_("Contacts"), RecordKind.CONTACT, field="links_contacts", beside=new_contact),
        lambda: form.records(_("Engagements"), RecordKind.ENGAGEMENT, field="links_engagements"),
    )
    side_by_side(
        lambda: form.records(
            _("Statements that raise this case"),
            RecordKind.STATEMENT,
            field="links_statements",
            help=_("A statement that raises a case becomes restricted; a cleared one must be cleared again."),
        ),
        lambda: form.records(
            _("Other cases and reprisals"), RecordKind.CASE, RecordKind.REPRISAL, field="links_others"
        ),
    )


def _save(form: RecordForm) -> str:
    made = cases.save_case(viewer(), form.values(), case_id=form.record_id, seen=form.seen, **form.options)
    forms.open_record(made)
    return _("Case saved.")


# --- Beside the form


def _draw_statements(case: Case, _everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader(_("Statements"))
    statement_links(linked_of_kind(context.viewer, RecordKind.STATEMENT, case.id))
    link_to_new(
        RecordKind.STATEMENT,
        _("Raise case in a statement"),
        **{NEW: str(StatementFormat.STATEMENT), WITH: case.id},
    )


def _draw_engagements(case: Case, _everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader(_("Engagements"))
    engagement_links(linked_of_kind(context.viewer, RecordKind.ENGAGEMENT, case.id))
    consulted = {NEW: str(EngagementKind.CONSULTED), WITH: case.id}
    link_to_new(RecordKind.ENGAGEMENT, _("Log engagement"), **consulted)


def _state(case: Case, _context: PageContext) -> str:
    return _("Closed on {closed_on}.").format(closed_on=wording.day(case.closed_on)) if case.closed_on else ""


CASE_VIEW = RecordView(
    RecordKind.CASE,
    new_title=N_("New case"),
    new_caption=RESTRICTED_FROM_THE_START,
    form=_draw_form,
    state=_state,
    above=(pressing_follow_ups,),
    side=(follow_ups_of, _draw_statements, _draw_engagements, LINKED_RECORDS, linked_items()),
    delete=N_("this case"),
)
