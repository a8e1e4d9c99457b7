"""The Word file of a template: chosen, downloaded, replaced and removed."""

from __future__ import annotations

import streamlit as st

from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.documents import word
from calendar_model.imports.word_templates import MEGABYTES, checked, kept_name
from calendar_model.mission.statements.templates import content_of_file, keep_file, remove_file, template_files
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.record.forms import RecordForm
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import for_reader, viewer
from pages.components.shell.words import plain
from pages.components.widgets.uploads import upload

_CHOSEN_AGAIN = "template_file_chosen"
"""How often a file was saved in this session: each time the field begins anew, empty."""


def draw_file(form: RecordForm, context: PageContext) -> None:
    """Draw the Word file of a saved template, and for those who may save the template the field for another."""
    known = template_files(context.viewer).get(form.record_id)
    if known is None and form.why_not:
        return
    st.subheader(_("Word file"))
    st.markdown(
        plain(
            _(
                "Delivery copies of statements of this format use the layout of this file. The text replaces {text}, "
                "in the style of that paragraph. The other placeholders work too, also in headers, footers and tables."
            ).format(text="{text}")
        )
    )
    if known is not None:
        facts = f"**{plain(known.name)}**, {max(1, round(known.size / 1000)):,} kB"
        st.markdown(facts)
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                _("Download Word file"),
                data=for_reader(lambda: _content(form.record_id, context)),
                file_name="statement-template.docx",
                mime=word.WORD,
                key="download_template_file",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
            )
            if not form.why_not:
                st.button(
                    _("Remove Word file"), key="remove_template_file", type="tertiary", on_click=_remove, args=(form,)
                )
    if not form.why_not:
        _draw_field(form, replaces=known is not None)


def _draw_field(form: RecordForm, *, replaces: bool) -> None:
    label = (
        _("Another Word document (.docx), up to {megabytes} MB")
        if replaces
        else _("Word document (.docx), up to {megabytes} MB")
    )
    key = f"template_file_{st.session_state.get(_CHOSEN_AGAIN, 0)}"
    chosen = upload(label.format(megabytes=MEGABYTES), ["docx"], megabytes=MEGABYTES, key=key)
    st.button(
        _("Replace Word file") if replaces else _("Save Word file"),
        key="save_template_file",
        on_click=_save,
        args=(form, key),
        disabled=chosen is None,
    )
    # What is left here is a refusal of this button: those of others are shown by now.
    if forms.has_result():
        forms.say(forms.take())


def _content(template_id: str, context: PageContext) -> bytes:
    try:
        return content_of_file(context.viewer, template_id)
    except (Refused, WorkspaceError) as fault:
        # A download can only answer with a file.
        return word.excuse(str(fault), word.MadeFor("", context.today))


def _save(form: RecordForm, key: str) -> None:
    def act() -> str:
        chosen = st.session_state[key]
        keep_file(
            viewer(), form.record_id, kept_name(chosen.name), checked(chosen.getvalue(), chosen.name), seen=form.seen
        )
        return _("Word file saved.")

    if forms.attempt(act, "template_file"):
        st.session_state[_CHOSEN_AGAIN] = st.session_state.get(_CHOSEN_AGAIN, 0) + 1


def _remove(form: RecordForm) -> None:
    def act() -> str:
        remove_file(viewer(), form.record_id, seen=form.seen)
        return _("Word file removed.")

    forms.attempt(act)
