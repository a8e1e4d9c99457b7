"""Templates of statements: the mission's own, to be filled into a new statement."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.roles import Operation, Subject
from calendar_model.messages.statements import made_as
from calendar_model.mission.missions import missions
from calendar_model.mission.statements import languages
from calendar_model.mission.statements.templates import (
    PLACEHOLDERS,
    delete_template,
    save_template,
    template_files,
    templates,
)
from calendar_model.terms import StatementFormat, Voice
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.record.forms import RecordForm, words
from pages.components.record.parts import shortened
from pages.components.shell import item_panel, rights
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person, viewer
from pages.components.shell.navigation import NEW, RECORD
from pages.components.shell.words import plain
from pages.components.statements.template_file import draw_file
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import StatementTemplate

MOST_SIGNS = 220
"""Characters of a text in the list."""


def draw_list(found: Sequence[StatementTemplate], context: PageContext) -> None:
    """Draw the button for a new template, and the templates by format."""
    st.button(
        _("New template"),
        key="new_template",
        type="primary",
        on_click=forms.begin,
        **rights.button_options(rights.why_not(Operation.CREATE, Subject.TEMPLATE)),
    )
    if not found:
        st.markdown(_("No templates yet. Write one here, or open a statement and save its text as a template."))
    names = {one.id: one.name for one in missions(context.viewer)}
    with_file = template_files(context.viewer)
    with st.container(key="lines_templates", gap="small"):
        for one in found:
            about = [
                made_as(one.voice, one.format) if one.voice is not None else words(one.format),
                labels.short_organisation(one.forum, context.reference) if one.forum else "",
                languages.name(one.language),
                names.get(one.mission_id or "", ""),
                _("Word file") if one.id in with_file else "",
            ]
            with st.container(gap=None, key=f"entry_{one.id}"):
                st.button(
                    f"**{plain(one.name)}**",
                    key=f"open_{one.id}",
                    type="tertiary",
                    on_click=forms.open_record,
                    args=(one.id,),
                    wrap=True,
                )
                st.caption(" · ".join(plain(part) for part in about if part))
                st.markdown(plain(shortened(one.text, MOST_SIGNS)))


def draw_form(kept: StatementTemplate | None, context: PageContext) -> None:
    """Draw the form of a template, new or kept."""
    form = RecordForm("template", context, kept, table="statement_template")
    with form:
        form.text("name", _("Name"))
        with st.container(horizontal=True):
            form.choice("format", _("Format"), StatementFormat, default=StatementFormat.STATEMENT)
            form.choice("voice", _("Who speaks"), Voice, optional=True, placeholder=_("Anyone"))
            form.organisation("forum", _("Forum"), "")
            form.choice("language", _("Language"), list(languages.NAMES), default="en", format_func=languages.name)
        form.area("text", _("Text"), height=320)
        st.caption(
            plain(
                _("Filled in from the statement: {placeholders}. Other words in braces become notes.").format(
                    placeholders=", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
                )
            )
        )
        form.mission()
        form.submit(_("Save template"), save)
    if kept is None:
        return
    draw_file(form, context)
    if not form.why_not:
        st.button(_("Delete template"), key="delete_template", type="tertiary", on_click=delete, args=(form,))


def save(form: RecordForm) -> str:
    save_template(viewer(), form.values(), template_id=form.record_id, seen=form.seen)
    forms.leave()
    return _("Template saved.")


def delete(form: RecordForm) -> None:
    def act() -> str:
        delete_template(viewer(), form.record_id, seen=form.seen)
        forms.leave()
        return _("Template deleted.")

    if forms.attempt(act):
        form.forget()


context = current()
record, new = st.query_params.get(RECORD, ""), st.query_params.get(NEW, "")
if record or new:
    forms.back(_("All templates"))
st.title(_("New template") if new else _("Templates"))
if not context.workspace:
    st.stop()
forms.outcome()
require_person(_("Templates are"))
found = templates(context.viewer)
if new:
    draw_form(None, context)
elif record:
    kept = next((one for one in found if one.id == record), None)
    if kept is None:
        st.markdown(_("This template no longer exists, or you do not have access."))
    else:
        draw_form(kept, context)
else:
    draw_list(found, context)
item_panel.draw_panel(context)
