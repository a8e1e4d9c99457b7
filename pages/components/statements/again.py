"""A statement used again: duplicated for the next session, and kept as a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.mission.records import text_limit
from calendar_model.mission.statements.duplicates import DuplicatePlan, duplicate, duplicate_plan
from calendar_model.mission.statements.templates import save_as_template
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Statement


def draw_again(statement: Statement, context: PageContext) -> None:
    """Draw what a duplicate would be, with its button, and the field that keeps the text as a template; folded."""
    with st.expander(_("Duplicate, or save as template")):
        plan = duplicate_plan(statement, context.table)
        st.markdown("\n".join(f"- {plain(line)}" for line in _sentences(statement, plan, context)))
        st.button(
            _("Duplicate for the next session"),
            key="duplicate",
            on_click=_duplicate,
            args=(statement.id, plan, context),
            **rights.button_options(rights.why_not(Operation.CREATE, Subject.STATEMENT)),
        )
        if statement.sensitivity is Sensitivity.RESTRICTED:
            st.caption(_("A restricted text cannot become a template."))
        elif statement.versions:
            _draw_save_as_template(statement)


def _sentences(statement: Statement, plan: DuplicatePlan, context: PageContext) -> list[str]:
    """What a duplicate takes along, what moves on and what it leaves out."""
    found = [_("New draft “{title}” with the same format, forum, themes and newest text.").format(title=plan.title)]
    found += [_("Linked to {to} instead of {item}.").format(to=one.to_title, item=one.title) for one in plan.moved]
    found += [_("Not linked: the calendar has nothing after {item}.").format(item=one.title) for one in plan.left]
    if plan.due is not None and plan.due >= context.today:
        due = wording.day(plan.due)
        counted = _("Due {due}, counted from the next item as before.").format(due=due)
        found.append(counted if plan.is_counted else _("Due {due}, the day of the same deadline.").format(due=due))
    elif statement.due is not None:
        found.append(_("No due date: enter one under Details."))
    if plan.cases:
        cases = wording.count(plan.cases, "{number} case", "{number} cases")
        found.append(_("Not linked: {cases}. Link a case again once it has been assessed.").format(cases=cases))
    return found


def _duplicate(statement_id: str, plan: DuplicatePlan, context: PageContext) -> None:
    def act() -> str:
        forms.open_record(duplicate(viewer(), statement_id, context.table, context.today))
        moved, left = len(plan.moved), len(plan.left)
        if left:
            return _("Duplicated. Links moved to the next item: {moved}; not moved: {left}.").format(
                moved=moved, left=left
            )
        return _("Duplicated. Links moved to the next item: {moved}.").format(moved=moved)

    forms.attempt(act)


def _draw_save_as_template(statement: Statement) -> None:
    name = f"template_name_{statement.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields.line(_("Name of the template"), text_limit("statement_template", "name"), key=name, width=320)
        st.button(
            _("Save as template"),
            key="save_as_template",
            on_click=_save_as_template,
            args=(statement.id, statement.versions[-1].language, name),
            **rights.button_options(rights.why_not(Operation.CREATE, Subject.TEMPLATE, at=statement.mission_id)),
        )


def _save_as_template(statement_id: str, language: str, name: str) -> None:
    def act() -> str:
        save_as_template(viewer(), statement_id, str(st.session_state.get(name) or ""), language)
        st.session_state[name] = ""
        return _("Template saved. It is offered for new statements.")

    forms.attempt(act)
