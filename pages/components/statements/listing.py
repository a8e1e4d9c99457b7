"""The list of statements: those awaiting the reader, those due, and a search through titles and newest texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import staff
from calendar_model.messages.statements import made_as, state_label
from calendar_model.mission.statements.queries import (
    StatementGroup,
    StatementLinks,
    StatementSummary,
    list_statements,
    statement_links,
)
from calendar_model.mission.statements.requirements import next_steps
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.terms import RecordKind, Role, StatementFormat, StatementState, Voice
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.record.changed import changed_lately, changed_words
from pages.components.record.forms import words
from pages.components.record.own_mission import choose_own_mission, kept_at
from pages.components.record.themes import chosen_theme
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.words import plain
from pages.components.statements.consultation import answered_words
from pages.components.statements.parts import next_step_words
from pages.components.widgets import labels, lines
from pages.components.widgets.tables import csv_download

if TYPE_CHECKING:
    from calendar_model.store.models import Person

T = TypeVar("T", bound=StrEnum)

_AT_FIRST, _MORE = 10, 30
"""Lines of a group at first, and how many more a click shows."""

_HEADINGS = Translated(
    {
        StatementGroup.AWAITING_ME: N_("Awaiting my reply"),
        StatementGroup.MINE: N_("My statements"),
        StatementGroup.SOON: N_("Due in two weeks"),
        StatementGroup.OTHERS: N_("Other statements"),
    }
)

_EMPTY = Translated(
    {
        StatementGroup.AWAITING_ME: N_("Nothing awaits your action."),
        StatementGroup.MINE: N_("You have no open statements."),
        StatementGroup.SOON: N_("Nothing else is due in the next two weeks."),
    }
)


def draw_list(context: PageContext, person: Person) -> None:
    """Draw the title with the search and the button for a new statement, the groups in the order of attention, and the
    files."""
    with st.container(horizontal=True, vertical_alignment="center", key="list_bar"):
        st.title(_("Statements"), width="content")
        search = st.text_input(
            _("Search titles and texts"),
            key="statements_search",
            placeholder=_("Search titles and texts"),
            label_visibility="collapsed",
            width=280,
        )
        with st.popover(_("Status and format"), icon=":material/filter_list:", key="statements_narrow"):
            states = _choices("statements_states", _("Status"), StatementState, _state)
            voices = _choices("statements_voices", _("Who speaks"), Voice, words)
            formats = _choices("statements_formats", _("Format"), StatementFormat, words)
            only_unreviewed = st.checkbox(_("With an override to be reviewed"), key="statements_unreviewed")
            with_theme = chosen_theme(context, RecordKind.STATEMENT)
            mission_id = choose_own_mission(context)
        st.button(
            _("New statement"),
            key="new_statement",
            type="primary",
            on_click=forms.begin,
            args=(str(StatementFormat.STATEMENT),),
            **rights.button_options(rights.why_not(Operation.CREATE, Subject.STATEMENT)),
        )
    forms.outcome()
    found = list_statements(
        context.viewer,
        context.today,
        search=search,
        states=states,
        voices=voices,
        formats=formats,
        only_unreviewed=only_unreviewed,
        may_clear=Role.CLEARER in person.roles,
    )
    groups = {
        group: [
            statement
            for statement in kept_at(mission_id, listed)
            if context.keeps(RecordKind.STATEMENT, statement) and (with_theme is None or statement.id in with_theme)
        ]
        for group, listed in found.items()
    }
    total = sum(map(len, found.values()))
    count = sum(map(len, groups.values()))
    narrowed = bool(search or states or voices or formats or mission_id or only_unreviewed or with_theme is not None)
    if not total:
        st.markdown(
            _("No statement matches. Broaden your search.") if narrowed else _("No drafts yet. Start a new statement.")
        )
        return
    if count < total:
        st.caption(_("Hidden by the filter: {total}.").format(total=total - count))
    unreviewed = sum(one.unreviewed for listed in groups.values() for one in listed)
    if unreviewed and not only_unreviewed:
        st.button(
            _("Overrides not reviewed yet: {count}").format(count=unreviewed),
            key="show_unreviewed",
            type="tertiary",
            on_click=_show_unreviewed,
        )
    names = {one.id: one.name for one in staff()}
    shown = {group: listed[: st.session_state.get(_many(group), _AT_FIRST)] for group, listed in groups.items()}
    ids = [one.id for listed in shown.values() for one in listed]
    links, steps = statement_links(context.viewer, ids), next_steps(context.viewer, ids)
    changed = changed_lately(context)
    for group, listed in groups.items():
        if not listed and (narrowed or group is StatementGroup.OTHERS):
            continue
        st.subheader(f"{_HEADINGS[group]} ({len(listed)})")
        if listed:
            with st.container(key=f"lines_{group.name}", gap="small"):
                for one in shown[group]:
                    missing = next_step_words(steps[one.id]) if one.id in steps else ""
                    _draw_summary(one, links[one.id], [missing, changed_words(one.id, changed)], context, names)
            _draw_more(group, len(listed), len(shown[group]))
        else:
            st.markdown(_EMPTY[group])
    everything = [statement for listed in groups.values() for statement in listed if not statement.restricted]
    csv_download(_frame(everything, context, names), "statements")
    st.caption(_("These files leave out restricted statements."))


def _show_unreviewed() -> None:
    st.session_state["statements_unreviewed"] = True


def _choices(key: str, label: str, terms: type[T], called: Callable[[str], str]) -> list[T]:
    """Draw a field of several terms and return those that are chosen."""
    chosen: list[str] = st.multiselect(
        label,
        terms,
        # What the browser shows when the list is opened again.
        default=st.session_state.get(key, []),
        format_func=called,
        key=key,
        select_all=False,
        placeholder=_("All"),
    )
    return [terms(one) for one in chosen]


def _state(state: str) -> str:
    return state_label(StatementState(state)).capitalize()


def _many(group: StatementGroup) -> str:
    """The key of how many lines of a group are shown."""
    return f"many_{group.name}"


def _draw_more(group: StatementGroup, count: int, shown: int) -> None:
    if count > shown:
        st.button(
            _("Show {more} more of {count}").format(more=min(_MORE, count - shown), count=count),
            key=f"more_{group.name}",
            on_click=_show_more,
            args=(_many(group),),
        )


def _show_more(many: str) -> None:
    st.session_state[many] = st.session_state.get(many, _AT_FIRST) + _MORE


def _draw_summary(
    statement: StatementSummary,
    links: StatementLinks,
    notes: Sequence[str],
    context: PageContext,
    names: Mapping[str, str],
) -> None:
    items = context.table[context.table["item"].isin(links.items)]
    asked = names.get(statement.waiting_for_id or "", "")
    about = [
        made_as(statement.voice, statement.format),
        labels.short_organisation(statement.forum, context.reference) if statement.forum else _("no forum yet"),
        _("item {agenda_item}").format(agenda_item=statement.agenda_item) if statement.agenda_item else "",
        *items["title"],
        _("awaiting reply from {asked}").format(asked=asked) if asked else "",
        answered_words(links.answers) if links.answers else "",
        _("raises {cases}").format(cases=", ".join(links.cases)) if links.cases else "",
        _("restricted") if statement.restricted else "",
        _("agreed text") if statement.is_agreed else "",
        _("override not reviewed") if statement.unreviewed else "",
        _("you have unsaved text") if statement.is_typed else "",
    ]
    with st.container(horizontal=True, gap="small"):
        with st.container(key=f"when_{statement.id}", width=lines.LEFT, gap=None):
            st.markdown(_due(statement, context.today))
        with st.container(width="stretch", gap=None, key=f"what_{statement.id}"):
            title = f"**{plain(statement.title)}**{_(' (sample)') if statement.sample else ''}"
            st.button(
                title,
                key=f"open_{statement.id}",
                type="tertiary",
                on_click=forms.open_record,
                args=(statement.id,),
                wrap=True,
            )
            st.caption(" · ".join([f"**{_state(statement.state)}**", *(plain(part) for part in about if part)]))
            for note in filter(None, notes):
                st.caption(plain(note))


def _due(statement: StatementSummary, today: date) -> str:
    if statement.state not in BEFORE_DELIVERY:
        return _state(statement.state)
    if statement.due is None:
        return _("No due date")
    days = (statement.due - today).days
    how = (
        _("Due today")
        if not days
        else _("Overdue by {days}").format(days=_days(-days))
        if days < 0
        else _("In {days}").format(days=_days(days))
    )
    return f"**{how}** · {wording.day(statement.due)}"


def _days(days: int) -> str:
    return _("1 day") if days == 1 else _("{days} days").format(days=days)


def _frame(listed: Sequence[StatementSummary], context: PageContext, names: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "title": statement.title,
                "voice": str(statement.voice),
                "format": str(statement.format),
                "state": str(statement.state),
                "forum": statement.forum,
                "agenda_item": statement.agenda_item,
                "due": statement.due,
                "waiting_for": names.get(statement.waiting_for_id or "", ""),
                "owner": names.get(statement.owner_id, ""),
                "sample": statement.sample,
            }
            for statement in listed
        ],
        columns=["title", "voice", "format", "state", "forum", "agenda_item", "due", "waiting_for", "owner", "sample"],
    )
