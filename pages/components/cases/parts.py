"""What the forms of cases and of reprisals share."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from calendar_model.terms import RecordKind
from calendar_model.translation import N_
from pages.components.data_protection.notice import draw_folded_notice
from pages.components.record.forms import RecordForm
from pages.components.record.parts import linked_by_kind

RESTRICTED_FROM_THE_START = N_("Restricted from the start: only people with access can see that it exists.")
CODE = N_("Use a code such as “Case 014”, never a name: titles appear in lists and in the history.")

LINKED_RECORDS = linked_by_kind(
    {N_("Contacts"): RecordKind.CONTACT, N_("Cases"): RecordKind.CASE, N_("Reprisals"): RecordKind.REPRISAL}
)


def draw_submit(form: RecordForm, label: str, act: Callable[[RecordForm], str]) -> None:
    """Draw what may be entered, folded, and the button of a form that is longer than the screen: it stays in sight."""
    draw_folded_notice("form")
    with st.container(key="foot_of_form"):
        form.submit(label, act)
