"""What an auditor sees: who changed what kind of entry, and who read which restricted record, without contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.mission.audit import AuditedRead, audit_lines, audited_reads
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record.forms import words
from pages.components.record.reads import HOW
from pages.components.shell import rights
from pages.components.shell.context import PageContext

if TYPE_CHECKING:
    from calendar_model.store.models import Person

_SHOWN = 200
"""How many lines are listed; the newest."""
_ACTIONS = Translated({"create": N_("added"), "update": N_("changed"), "delete": N_("removed")})
_READER = "audited_reader"


def draw_audit(context: PageContext, everyone: Sequence[Person]) -> None:
    """Draw both lists, newest first; nothing for users who are no auditors."""
    if rights.why_not(Operation.READ, Subject.HISTORY):
        return
    names = {one.id: one.name for one in everyone}
    _changes(context, names)
    _reads(context, names)


def _changes(context: PageContext, names: Mapping[str, str]) -> None:
    st.subheader(_("Changes, without contents"))
    lines = audit_lines(context.viewer, _SHOWN)
    rows = [
        {
            _("When"): wording.moment(line.at, context.zone),
            _("Who"): names.get(line.person_id, ""),
            _("Action"): _ACTIONS[line.action],
            _("Kind of entry"): words(line.table.replace("_", "-")),
        }
        for line in lines
    ]
    _table(rows, "audit")


def _reads(context: PageContext, names: Mapping[str, str]) -> None:
    st.subheader(_("Who has read restricted records"))
    st.selectbox(
        _("Read by"),
        ["", *names],
        format_func=lambda person: names.get(person, _("All users")),
        key=_READER,
        width=320,
    )
    found = audited_reads(context.viewer, _SHOWN, st.session_state[_READER] or "")
    if not found:
        st.markdown(_("No reading of a restricted record is noted yet."))
        return
    rows = [
        {
            _("When"): wording.moment(one.at, context.zone),
            _("Who"): names.get(one.person_id, _("a former user")),
            _("Action"): HOW[one.how],
            _("Record"): _which(one),
        }
        for one in found
    ]
    _table(rows, "audited_reads")
    st.caption(_("The code of a record is the beginning of the one in the address of its page."))


def _which(one: AuditedRead) -> str:
    kind = words(one.kind) if one.kind is not None else _("deleted record")
    return f"{kind} {one.record_id[:8]}"


def _table(rows: Sequence[Mapping[str, str]], key: str) -> None:
    with st.container(height=400 if len(rows) > 10 else "content", key=key):
        st.table(pd.DataFrame(rows), hide_index=True)
