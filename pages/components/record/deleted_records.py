"""The deleted records whose history the reader can still read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import streamlit as st

from calendar_model import wording
from calendar_model.mission import records
from calendar_model.translation import gettext as _
from pages.components.record.forms import words
from pages.components.record.history import history
from pages.components.shell.context import PageContext

if TYPE_CHECKING:
    from calendar_model.store.history import DeletedRecord
    from calendar_model.store.models import Person

CHOSEN = "deleted_record"
"""Key of the choice, which is in no address."""


def deleted_records(context: PageContext, everyone: Sequence[Person]) -> None:
    """Draw a choice of deleted records and the history of the chosen one; nothing where there are none."""
    found = {one.record_id: one for one in records.deleted_records(context.viewer)}
    if not found:
        return
    st.subheader(_("Deleted records"))
    st.markdown(_("The history of a deleted record is kept. You see what you had access to at the time."))
    chosen = st.selectbox(
        _("Deleted record"),
        list(found),
        index=None,
        format_func=lambda id_: _label(found[id_], context.zone),
        placeholder=_("Select a record"),
        key=CHOSEN,
        width=560,
    )
    if chosen is None:
        return
    history(records.changes_of(context.viewer, chosen), everyone, {}, context.zone)


def _label(one: DeletedRecord, zone: str) -> str:
    return _("{title} ({kind}), deleted on {date}").format(
        title=one.title, kind=words(one.kind).lower(), date=wording.day(one.at.astimezone(ZoneInfo(zone)).date())
    )
