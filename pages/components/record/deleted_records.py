"""The deleted records whose history the reader can still read."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import reading
from calendar_model.store.history import DeletedRecord, deleted, of_record
from calendar_model.store.models import Person
from pages.components.record.forms import words
from pages.components.record.parts import history
from pages.components.shell.context import PageContext

CHOSEN = "deleted_record"
"""Key of the choice, which is in no address."""


def deleted_records(context: PageContext, everyone: Sequence[Person]) -> None:
    """A choice of the deleted records, and the history of the one that is chosen; nothing where there are none."""
    with reading(context.viewer) as session:
        found = {one.record_id: one for one in deleted(session)}
    if not found:
        return
    st.subheader("Deleted records")
    st.markdown("The history of a deleted record is kept. You can read here what you could read at the time.")
    chosen = st.selectbox(
        "Deleted record",
        list(found),
        index=None,
        format_func=lambda id_: _label(found[id_], context.zone),
        placeholder="Choose a record",
        key=CHOSEN,
        width=560,
    )
    if chosen is None:
        return
    with reading(context.viewer) as session:
        changes = of_record(session, chosen)
    history(changes, everyone, {}, context.zone)


def _label(one: DeletedRecord, zone: str) -> str:
    return (
        f"{one.title} ({words(one.kind).lower()}), deleted on {wording.day(one.at.astimezone(ZoneInfo(zone)).date())}"
    )
