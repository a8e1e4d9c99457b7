"""What we said: delivered statements, recommendations and proposed language, found by words and what narrows them."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

from datetime import date
from typing import Any

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.messages.statements import made_as
from calendar_model.mission.said import SaidHit, SaidQuery, what_was_said
from calendar_model.mission.statements import languages
from calendar_model.mission.themes import themes_in_use
from calendar_model.terms import RecordKind, StatementFormat
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.shell import item_panel, rights
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person
from pages.components.shell.filter_bar import EARLIEST, LATEST
from pages.components.shell.navigation import IN, NEW, PAGE_OF, link, open_page
from pages.components.shell.words import plain
from pages.components.statements.templates import bring_text
from pages.components.widgets import labels
from pages.components.widgets.more import show_more, shown_count
from pages.components.widgets.passage import draw_passage

AT_FIRST, MORE = 20, 40
"""Hits at first, and how many more a click shows."""

NARROWED = ("said_country", "said_theme", "said_forum", "said_start", "said_end")


def draw_fields(context: PageContext) -> SaidQuery:
    """Draw the field for words, what narrows the search, and the order; return what is asked."""
    forms.remember("said_text", "said_order", *NARROWED)
    with st.container(horizontal=True, vertical_alignment="bottom", key="said_fields"):
        text = st.text_input(
            _("Words, or a phrase in quotation marks"),
            key="said_text",
            placeholder=_("“human rights defenders” reprisals"),
            width=420,
        )
        active = sum(bool(st.session_state.get(key)) for key in NARROWED)
        label = _("State, theme, forum, period")
        with st.popover(f"{label} ({active})" if active else label, icon=":material/filter_list:", key="said_narrow"):
            narrowed = draw_narrowing(context)
        by_match = st.segmented_control(
            _("Order"),
            [False, True],
            default=False,
            format_func=lambda best: _("Best match") if best else _("Newest"),
            key="said_order",
            label_visibility="collapsed",
        )
    return SaidQuery(text=text, by_match=bool(by_match), **narrowed)


def draw_narrowing(context: PageContext) -> dict[str, Any]:
    """Draw the fields that narrow a search; return their values by field of the question."""
    states, organisations = context.reference.state_names, context.reference.organisations
    themes = themes_in_use(context.viewer, RecordKind.STATEMENT, RecordKind.LANGUAGE)
    country = _choice(_("State"), "said_country", dict(sorted(states.items(), key=lambda pair: pair[1])))
    theme = _choice(_("Theme"), "said_theme", {one: one for one in themes})
    forum = _choice(
        _("Forum"), "said_forum", {code: labels.organisation(code, context.reference) for code in organisations}
    )
    start, end = _day(_("From"), "said_start"), _day(_("To"), "said_end")
    if start is not None and end is not None and end < start:
        st.error(_("Choose an end date on or after {day}.").format(day=wording.day(start)))
    return {"country": country, "theme": theme, "forum": forum, "start": start, "end": end}


def _choice(label: str, key: str, names: dict[str, str]) -> str:
    chosen: str | None = st.selectbox(
        label, list(names), index=None, format_func=lambda one: names.get(one, one), key=key, placeholder=_("All")
    )
    return chosen or ""


def _day(label: str, key: str) -> date | None:
    chosen: date | None = st.date_input(
        label, value=None, min_value=EARLIEST, max_value=LATEST, key=key, format="YYYY-MM-DD"
    )
    return chosen


def draw_hits(query: SaidQuery, context: PageContext) -> None:
    """Draw what was found, or what to do where nothing was."""
    if not query.asks:
        st.markdown(
            _(
                "Search the texts of delivered statements, UPR recommendations and language proposals. Passages "
                "appear here, each with its date and forum."
            )
        )
        return
    shown = shown_count("said_shown", AT_FIRST)
    with st.spinner(_("Searching"), show_time=False):
        found = what_was_said(context.viewer, query, context.table, context.reference, most=shown)
    if not found.count:
        st.markdown(_("Nothing found. Use fewer words, or only the beginning of a word."))
        return
    st.caption(wording.count(found.count, "{number} passage", "{number} passages"))
    for number, hit in enumerate(found.hits):
        draw_hit(number, hit, context)
    show_more("said_shown", len(found.hits), found.count, MORE, button="more_said")


def draw_hit(number: int, hit: SaidHit, context: PageContext) -> None:
    with st.container(key=f"said_hit_{number}", gap="xsmall"):
        title = f"**{plain(hit.title)}**{_(' (sample)') if hit.sample else ''}"
        in_language = {IN: hit.language} if hit.kind is RecordKind.STATEMENT else {}
        link(PAGE_OF[hit.kind], title, record=hit.record_id, **in_language)
        st.caption(" · ".join(plain(part) for part in about(hit, context) if part))
        draw_passage(hit.passage, hit.language)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            with st.popover(_("Copy"), icon=":material/content_copy:", type="tertiary", key=f"copy_{number}"):
                st.code(hit.passage.text, language=None, wrap_lines=True)
            # What is restricted does not go into a new statement, which others may read.
            if not hit.restricted and st.button(
                _("Use in a new statement"),
                key=f"use_{number}",
                type="tertiary",
                **rights.button_options(rights.why_not(Operation.CREATE, Subject.STATEMENT)),
            ):
                bring_text(hit.passage.text, hit.language)
                open_page("statements", **{NEW: str(StatementFormat.STATEMENT)})


def about(hit: SaidHit, context: PageContext) -> list[str]:
    """When, where, in what form and in which version it was said."""
    if hit.format is not None and hit.voice is not None:
        made = made_as(hit.voice, hit.format)
        version = _("version {number}, {language}").format(number=hit.number, language=languages.name(hit.language))
    else:
        made, version = _("Agreed language") if hit.is_agreed else _("Proposed language"), ""
    return [
        wording.day(hit.day) if hit.day is not None else "",
        labels.short_organisation(hit.forum, context.reference) if hit.forum else "",
        made,
        version,
        _("Restricted") if hit.restricted else "",
    ]


context = current()
st.title(_("What we said"))
if not context.workspace:
    st.stop()
forms.outcome()
require_person(_("Statements are"))
draw_hits(draw_fields(context), context)
item_panel.draw_panel(context)
