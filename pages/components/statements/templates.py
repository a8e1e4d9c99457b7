"""Templates in the form of a new statement: chosen, and filled into its first text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.mission.statements.templates import filled_in, fits, templates
from calendar_model.translation import gettext as _
from pages.components.record.forms import RecordForm
from pages.components.shell.context import PageContext

if TYPE_CHECKING:
    from calendar_model.store.models import StatementTemplate

_CHOSEN = "statement_template"
TEXT = "statement_new_text"
"""The key of the first text of a new statement."""

_LANGUAGE = "statement_template_language"


def draw_templates(form: RecordForm, context: PageContext) -> None:
    """Draw the templates of the mission, those for the chosen format first, and the button that fills one in."""
    known = {one.id: one for one in templates(context.viewer)}
    if not known:
        return
    chosen = form.values("format", "voice", "forum")
    made_as, voice, forum = chosen.get("format"), chosen.get("voice"), chosen.get("forum") or ""

    def is_other(template_id: str) -> bool:
        return made_as is not None and voice is not None and not fits(known[template_id], made_as, voice, forum)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Template"),
            sorted(known, key=is_other),
            index=None,
            format_func=lambda template_id: known[template_id].name,
            key=_CHOSEN,
            placeholder=_("Select"),
            width=320,
        )
        st.button(
            _("Fill in the text"),
            key="fill_in_template",
            on_click=_fill_in,
            args=(form, context, known),
            disabled=st.session_state.get(_CHOSEN) is None,
        )


def _fill_in(form: RecordForm, context: PageContext, known: dict[str, StatementTemplate]) -> None:
    """Put the text of the template below what is there already; what has no value yet stays in square brackets."""
    template = known.get(str(st.session_state.get(_CHOSEN)))
    if template is None:
        return
    typed = str(st.session_state.get(TEXT) or "").strip()
    text = filled_in(template.text, form.values(), context.reference, context.today)
    st.session_state[TEXT] = f"{typed}\n\n{text}" if typed else text
    st.session_state[_LANGUAGE] = template.language


def language_of(form: RecordForm) -> str:
    """The language of the first text: that of the template from which it was begun, else English."""
    return str(st.session_state.pop(_LANGUAGE, "en")) if form.record is None else "en"
