"""Deleting a record with a reason, folded at the foot of its page."""

from __future__ import annotations

import streamlit as st

from calendar_model.access.unit_of_work import load_for_update
from calendar_model.mission.transactions import writing
from calendar_model.store.models import Change, Record, longest
from pages.components.record import fields, forms
from pages.components.shell import typed
from pages.components.shell.current_user import viewer


def deletion(record: Record, kind: type[Record], what: str) -> None:
    """The field for the reason and the button that deletes a record of this kind; ``what`` completes “Delete …”.

    Afterwards the page's list is shown. Kinds of record that are never deleted are refused.
    """
    reason = f"delete_reason_{record.id}"
    with st.expander(f"Delete {what}"):
        st.markdown("It goes with its links and follow-ups. The history keeps that it was there, and why it went.")
        fields.line(
            "Why it is deleted",
            longest(Change, "reason"),
            key=reason,
            help="A sentence that names nobody: it stays in the history.",
        )
        st.button(
            f"Delete {what}",
            key=f"delete_{record.id}",
            on_click=_delete,
            args=(kind, record.id, record.version, reason),
        )


def _delete(kind: type[Record], record_id: str, seen: int, reason: str) -> None:
    def act() -> str:
        with writing(viewer(), st.session_state.get(reason) or "") as session:
            session.delete(load_for_update(session, kind, record_id, seen))
        return "Deleted."

    if forms.attempt(act):
        typed.forget([reason])
        forms.leave()
