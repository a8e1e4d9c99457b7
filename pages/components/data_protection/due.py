"""The records that are due for deletion: each with its reason, to be deleted or kept longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.messages.data_protection import due_words
from calendar_model.mission.data_protection.retention import DueRecord, due_records, keep_longer
from calendar_model.mission.records import delete_record, text_limit
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.record.documents import draw_reference
from pages.components.record.forms import words
from pages.components.shell import typed, undo
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import PAGE_OF, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person

_SHOWN = 40
"""How many records are listed; the longest due."""
_USUAL_EXTENSION = timedelta(days=365)


def draw_due_records(context: PageContext, everyone: Sequence[Person]) -> None:
    """Draw the records that are due and that the current user may delete."""
    found = due_records(context.viewer)
    st.subheader(_("Due for deletion: {count}").format(count=len(found)))
    if not found:
        st.markdown(
            _(
                "Nothing that you may delete is due. Records are listed here once their period has ended and nothing "
                "of them is open."
            )
        )
        return
    st.markdown(_("Nothing is deleted by itself. Delete each record, or keep it longer with a reason."))
    names = {one.id: one.name for one in everyone}
    with st.container(key="due_records"):
        for one in found[:_SHOWN]:
            _draw_line(one, names.get(one.owner_id, ""), context)
    if len(found) > _SHOWN:
        st.caption(_("The first {shown} of {count}.").format(shown=_SHOWN, count=len(found)))


def _draw_line(one: DueRecord, owner: str, context: PageContext) -> None:
    key = {name: f"due_{name}_{one.record_id}" for name in ("reason", "until", "delete", "keep")}
    with st.container(gap="xsmall", key=f"due_{one.record_id}"):
        with st.container(gap=None, key=f"lines_due_{one.record_id}"):
            link(PAGE_OF[one.kind], plain(one.title), record=one.record_id)
            about = [words(one.kind), _("restricted") if one.sensitivity is Sensitivity.RESTRICTED else "", owner]
            st.caption(plain(" · ".join(part for part in about if part)))
            missing = _(" **Not in the archive yet.**") if one.needs_archive else ""
            st.markdown(plain(due_words(one.counted_from, one.months, one.due)) + missing)
        with st.expander(_("Delete or keep longer"), key=f"due_open_{one.record_id}", on_change="rerun") as fold:
            if not fold.open:
                return
            if one.needs_archive:
                st.markdown(_("Before you delete it, enter its reference in the archive."))
                draw_reference(one.record_id, "", context)
            fields.line(
                _("Reason"),
                text_limit("change", "reason"),
                key=key["reason"],
                help=_("One sentence that names nobody; kept in the history."),
            )
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                st.button(_("Delete"), key=key["delete"], on_click=_delete, args=(one, key["reason"]))
                st.date_input(
                    _("Keep until"),
                    value=context.today + _USUAL_EXTENSION,
                    format="YYYY-MM-DD",
                    key=key["until"],
                    width=160,
                )
                st.button(
                    _("Keep longer"),
                    key=key["keep"],
                    on_click=_keep,
                    args=(one.record_id, key["until"], key["reason"]),
                )


def _delete(one: DueRecord, reason: str) -> None:
    def act() -> str:
        why = st.session_state.get(reason) or ""
        done = delete_record(viewer(), one.kind, one.record_id, seen=one.version, reason=why)
        return undo.offer(_("Deleted."), done)

    if forms.attempt(act):
        typed.forget([reason])


def _keep(record_id: str, until: str, reason: str) -> None:
    def act() -> str:
        why = st.session_state.get(reason) or ""
        keep_longer(viewer(), record_id, until=st.session_state.get(until), reason=why)
        return _("Kept longer.")

    if forms.attempt(act):
        typed.forget([until, reason])
