"""Deleting a record with a reason, folded at the foot of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.roles import DELETED_ONCE_DUE, subject_of
from calendar_model.mission.data_protection.retention import due_record
from calendar_model.mission.records import delete_record, text_limit
from calendar_model.terms import RecordKind
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.shell import rights, typed, undo
from pages.components.shell.current_user import viewer

if TYPE_CHECKING:
    from calendar_model.store.models import Record


def deletion(record: Record, what: str) -> None:
    """Draw the field for the reason and the button that deletes a record; ``what`` completes “Delete …”.

    Afterwards the page's list is shown. A kind of record that is deleted only once it is due has no button before.
    """
    if subject_of(record.kind) in DELETED_ONCE_DUE and due_record(viewer(), record.id) is None:
        return
    what = _(what)
    reason = f"delete_reason_{record.id}"
    with st.expander(_("Delete {what}").format(what=what)):
        st.markdown(_("Its links and follow-ups are deleted too. The history keeps that it existed, and the reason."))
        if getattr(record, "identity", None) is not None:
            st.markdown(_("The identity is erased for good: this deletion cannot be undone."))
        fields.line(
            _("Reason for deletion"),
            text_limit("change", "reason"),
            key=reason,
            help=_("One sentence that names nobody; kept in the history."),
        )
        st.button(
            _("Delete {what}").format(what=what),
            key=f"delete_{record.id}",
            on_click=_delete,
            args=(record.kind, record.id, record.version, reason),
            **rights.button_options(rights.why_not_delete(record)),
        )


def _delete(kind: RecordKind, record_id: str, seen: int, reason: str) -> None:
    def act() -> str:
        done = delete_record(viewer(), kind, record_id, seen=seen, reason=st.session_state.get(reason) or "")
        return undo.offer(_("Deleted."), done)

    if forms.attempt(act):
        typed.forget([reason])
        forms.leave()
