"""Side events and meetings: what recurs, where and when, and by when a side event has to be asked for."""

from pages.components.guard import require_entrance

require_entrance()

from datetime import timedelta

import pandas as pd
import streamlit as st

from calendar_model import briefing, wording
from calendar_model.briefing import MONTHS, Rhythm
from calendar_model.figures.palette import with_alpha
from calendar_model.vocabulary import Kind
from pages.components import labels, panel
from pages.components.context import PageContext, current
from pages.components.lines import lines
from pages.components.tables import csv_download, item_table
from pages.components.words import plain

SOON = timedelta(days=540)


def side_events(context: PageContext) -> None:
    st.subheader("Side events: by when to ask for a room")
    view = briefing.side_event_items(context.filtered, context.reference)
    if context.filter.start is None:
        view = view[(view["end"] >= pd.Timestamp(context.today))]
        view = view[view["start"] <= pd.Timestamp(context.today + SOON)]
    if view.empty:
        st.markdown(
            "No request deadline under this filter. The deadlines by which a mission asks for a room stand here, "
            "counted from the session that the side event belongs to."
        )
    else:
        item_table(view, context, "side_event_deadlines")
    for rule in briefing.side_event_rules(context.reference, context.filter):
        body = labels.short_organisation(rule.body, context.reference)
        how = "from memory" if rule.confidence == "recalled" else "seen in a source"
        source = f", [source]({rule.source_url})" if rule.source_url else ""
        st.caption(f"{body}, {plain(rule.name)}: {plain(rule.rule.rstrip('.'))} ({how}{source}).")


def rhythm_table(found: tuple[Rhythm, ...], context: PageContext) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Organisation": labels.short_organisation(r.meeting.organisation, context.reference),
                "Meeting": r.meeting.name,
                "Next": r.next,
                "Last known": r.last,
                "Usual months": r.months,
                "Rhythm": r.meeting.rhythm,
                "Place": r.meeting.location,
                "For defenders": r.meeting.relevance,
                "How known": "seen in a source" if r.meeting.confidence == "sourced" else "from memory",
                "Source": r.meeting.source_url,
            }
            for r in found
        ]
    )


def year(found: tuple[Rhythm, ...], context: PageContext) -> None:
    strip = pd.DataFrame(
        [{"Meeting": _name(r), **briefing.year_of(r.meeting)} for r in found], columns=["Meeting", *MONTHS]
    )
    colours = [context.reference.organisations[r.meeting.organisation].colour for r in found]
    strengths = {"meets": 0.45, "may": 0.18}

    def tint(row: pd.Series) -> list[str]:
        colour = colours[int(str(row.name))]
        return [f"background-color: {with_alpha(colour, strengths[v])}" if v in strengths else "" for v in row]

    st.dataframe(
        strip.style.apply(tint, axis=1),
        hide_index=True,
        height="content",
        column_config={"Meeting": st.column_config.TextColumn(pinned=True)},
        alt="A year of meetings: a row a meeting, a column a month; “meets” where it meets, “may” where it may.",
    )
    st.caption(
        "“Meets”: an edition falls in this month. “May”: it falls in one of these months, it is not known in which."
    )
    csv_download(strip, "meetings_year")


def _name(rhythm: Rhythm) -> str:
    every = rhythm.meeting.interval_years
    return rhythm.meeting.name if every == 1 else f"{rhythm.meeting.name}, {wording.every(every)}"


def meetings(context: PageContext) -> None:
    st.subheader("What recurs")
    found = briefing.recurring(context.filtered, context.table, context.reference, context.today)
    if not found:
        st.markdown(
            "No recurring meeting under this filter. Meetings that come back stand here by organisation, with their "
            "months, the last known edition and the next."
        )
        return
    table = rhythm_table(found, context)
    st.dataframe(
        table,
        key="recurring_meetings",
        hide_index=True,
        height=35 * (min(len(table), 14) + 1) + 3,
        selection_mode="single-row",
        on_select=lambda: _open_next([r.next_item for r in found]),
        column_config={
            "Meeting": st.column_config.TextColumn(width=300),
            "Next": st.column_config.TextColumn(width=230),
            "Last known": st.column_config.TextColumn(width=210),
            "Usual months": st.column_config.TextColumn(width=170),
            "Rhythm": st.column_config.TextColumn(width=330),
            "Source": st.column_config.LinkColumn(display_text="Source"),
        },
        alt="Recurring meetings: organisation, name, next and last edition, usual months, rhythm, place, source.",
    )
    st.caption("A row that you choose opens the next edition.")
    csv_download(table, "recurring_meetings")
    st.subheader("The year")
    year(found, context)


def _open_next(items: list[str]) -> None:
    rows = st.session_state["recurring_meetings"]["selection"]["rows"]
    if rows and rows[0] < len(items) and items[rows[0]]:
        panel.choose(items[rows[0]])


def observances(context: PageContext) -> None:
    st.subheader("Days to mark")
    days = context.filtered[context.filtered["kind"] == Kind.OBSERVANCE]
    if context.filter.start is None:
        days = days[days["end"] >= pd.Timestamp(context.today)].drop_duplicates("title")
    if days.empty:
        st.markdown("No day to mark under this filter. Days such as 9 December stand here.")
        return
    lines(briefing.entries(days, context.reference, context.today, context.zone), "days")
    csv_download(days, "days_to_mark")


context = current()
st.title("Side events and meetings")
side_events(context)
meetings(context)
observances(context)
panel.draw_panel(context)
