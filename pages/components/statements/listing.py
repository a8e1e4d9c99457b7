"""The desk of statements: what waits for whom, what is due, and a search through titles and newest texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st
from sqlalchemy import select

from calendar_model import wording
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.messages.statements import state_label
from calendar_model.mission.statements.queries import (
    Group,
    Hangs,
    Line,
    desk,
    hanging,
)
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.store.models import Person, Statement
from calendar_model.terms import RecordKind, StatementForm, StatementState
from pages.components.record import forms
from pages.components.record.forms import words
from pages.components.shell.context import PageContext
from pages.components.shell.words import plain
from pages.components.statements.parts import next_step
from pages.components.widgets import labels, lines
from pages.components.widgets.tables import csv_download

_AT_FIRST, _MORE = 10, 30
"""Lines of a group at first, and how many more a click shows."""

_EMPTY = {
    Group.WAITING: "Nothing waits for you. What is sent to you for your word, or asks you to confirm an override, "
    "stands here.",
    Group.MINE: "None of yours is open. What you begin stands here until it is followed up.",
    Group.SOON: "Nothing else is due in the next two weeks.",
}


def list_statements(context: PageContext, person: Person) -> None:
    """The whole desk: how a statement is begun, the search, the groups in the order of attention, the file."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = st.selectbox("New statement", StatementForm, format_func=words, key="new_form", width=260)
        st.button("Begin it", key="new_statement", type="primary", on_click=forms.begin, args=(str(form),))
    with st.container(horizontal=True):
        search = st.text_input("Search titles and texts", key="statements_search")
        states = st.multiselect("State", StatementState, format_func=_state, key="statements_states", select_all=False)
        kinds = st.multiselect("Form", StatementForm, format_func=words, key="statements_forms", select_all=False)
    with reading(context.viewer) as session:
        found = desk(
            session,
            person.id,
            context.today,
            search=search,
            states=[StatementState(state) for state in states],
            forms=[StatementForm(kind) for kind in kinds],
            may_clear=person.may_clear,
        )
    groups = {
        group: [line for line in listed if context.keeps(RecordKind.STATEMENT, line)] for group, listed in found.items()
    }
    total = sum(map(len, found.values()))
    count = sum(map(len, groups.values()))
    narrowed = bool(search or states or kinds)
    if not total:
        st.markdown(
            "No statement under this search."
            if narrowed
            else "No statement yet. Drafts stand here from the first idea to what followed from them: what waits for "
            "you, what is yours, what is due."
        )
        return
    if count < total:
        st.caption(f"{total - count} more in forums that the filter above leaves out.")
    names = {one.id: one.name for one in staff()}
    for group, listed in groups.items():
        if not listed and (narrowed or group is Group.OTHERS):
            continue
        st.subheader(f"{group} ({len(listed)})")
        if listed:
            _group(group, listed, context, person, names)
        else:
            st.markdown(_EMPTY[group])
    everything = [line for listed in groups.values() for line in listed if not line.restricted]
    csv_download(_frame(everything, context, names), "statements")
    st.caption("Restricted statements are left out of these files.")


def _state(state: str) -> str:
    return state_label(StatementState(state)).capitalize()


def _group(
    group: Group, listed: Sequence[Line], context: PageContext, person: Person, names: Mapping[str, str]
) -> None:
    many = f"many_{group.name}"
    shown = listed[: st.session_state.get(many, _AT_FIRST)]
    ids = [line.id for line in shown]
    with reading(context.viewer) as session:
        hangs = hanging(session, ids)
        records = {one.id: one for one in session.scalars(select(Statement).where(Statement.id.in_(ids)))}
        misses = {id_: next_step(session, one, person.id)[1] for id_, one in records.items()}
    with st.container(key=f"lines_{group.name}", gap="small"):
        for line in shown:
            _line(line, hangs[line.id], misses.get(line.id, ""), context, names)
    if len(listed) > len(shown):
        more = min(_MORE, len(listed) - len(shown))
        st.button(f"Show {more} more of {len(listed)}", key=f"more_{group.name}", on_click=_show_more, args=(many,))


def _show_more(many: str) -> None:
    st.session_state[many] = st.session_state.get(many, _AT_FIRST) + _MORE


def _line(line: Line, hangs: Hangs, misses: str, context: PageContext, names: Mapping[str, str]) -> None:
    items = context.table[context.table["item"].isin(hangs.items)]
    about = [
        words(line.form),
        labels.short_organisation(line.forum, context.reference) if line.forum else "no forum yet",
        f"item {line.agenda_item}" if line.agenda_item else "",
        *items["title"],
        f"waiting for {names[line.waiting_for_id]}" if line.waiting_for_id and line.waiting_for_id in names else "",
        f"raises {', '.join(hangs.cases)}" if hangs.cases else "",
        "restricted" if line.restricted else "",
        "you have typed something that is not saved" if line.typed else "",
    ]
    with st.container(horizontal=True, gap="small"):
        with st.container(key=f"when_{line.id}", width=lines.LEFT, gap=None):
            st.markdown(_due(line, context.today))
        with st.container(width="stretch", gap=None, key=f"what_{line.id}"):
            title = f"**{plain(line.title)}**{' (sample)' if line.sample else ''}"
            st.button(
                title, key=f"open_{line.id}", type="tertiary", on_click=forms.open_record, args=(line.id,), wrap=True
            )
            st.caption(" · ".join([f"**{_state(line.state)}**", *(plain(part) for part in about if part)]))
            if misses:
                st.caption(plain(misses))


def _due(line: Line, today: date) -> str:
    if line.state not in BEFORE_DELIVERY:
        return _state(line.state)
    if line.due is None:
        return "No day set"
    days = (line.due - today).days
    how = "Due today" if not days else f"Overdue by {_days(-days)}" if days < 0 else f"In {_days(days)}"
    return f"**{how}** · {wording.day(line.due)}"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _frame(listed: Sequence[Line], context: PageContext, names: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "title": line.title,
                "form": str(line.form),
                "state": str(line.state),
                "forum": line.forum,
                "agenda_item": line.agenda_item,
                "due": line.due,
                "waiting_for": names.get(line.waiting_for_id or "", ""),
                "owner": names.get(line.owner_id, ""),
                "sample": line.sample,
            }
            for line in listed
        ],
        columns=["title", "form", "state", "forum", "agenda_item", "due", "waiting_for", "owner", "sample"],
    )
