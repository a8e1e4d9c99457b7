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
_TEXT, _LANGUAGE = "statement_new_text", "statement_new_language"
"""The keys of the first text of a new statement, and of its language."""
_BROUGHT = "statement_text_brought"


def bring_text(text: str, language: str) -> None:
    """Have a text come into the form of a new statement that is opened next."""
    st.session_state[_BROUGHT] = text, language


def take_text() -> None:
    """Take in a text that was brought from another page; to be called before the fields are drawn."""
    if (brought := st.session_state.pop(_BROUGHT, None)) is not None:
        _add(*brought)


def _add(text: str, language: str) -> None:
    """Put a text below what is there already, which decides on the language."""
    typed = str(st.session_state.get(_TEXT) or "").strip()
    st.session_state[_TEXT] = f"{typed}\n\n{text}" if typed else text
    if not typed:
        st.session_state[_LANGUAGE] = language


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
    """Put in the text of the template; what has no value yet stays in square brackets."""
    template = known.get(str(st.session_state.get(_CHOSEN)))
    if template is not None:
        _add(filled_in(template.text, form.values(), context.reference, context.today), template.language)
