"""Side events and meetings: our own events, recurring meetings, and deadlines for room requests."""

from __future__ import annotations

from pages.components.record.changed import changed_lately, changed_words
from pages.components.record.own_mission import choose_own_mission, kept_at
from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar import when
from calendar_model.figures.palette import with_alpha
from calendar_model.mission import briefing
from calendar_model.mission.briefing import MONTHS, RecurringMeetingDates
from calendar_model.mission.events import event_of, item_of, own_events
from calendar_model.mission.links import linked_records
from calendar_model.terms import EventKind, RecordKind
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Sensitivity, Standing
from pages.components.events.form import EVENT_VIEW, speaks
from pages.components.record import forms
from pages.components.record.forms import words
from pages.components.record.page import RecordPage, draw_record, draw_title
from pages.components.record.parts import left_out_caption, who_sees
from pages.components.shell import item_panel, rights
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person
from pages.components.shell.navigation import NEW, RECORD, link
from pages.components.shell.words import linked, plain
from pages.components.widgets import labels
from pages.components.widgets.lines import dated_line, lines
from pages.components.widgets.tables import csv_download, item_table

if TYPE_CHECKING:
    from calendar_model.store.models import Contact, Event

SOON = timedelta(days=540)
WHEN = 380
"""Pixels of the column of dates: a day, hours and the place whose time they are, in one line."""
PRESSING = timedelta(days=14)
"""How long before its due date a room request is shown in bold."""


def draw_ways_to_plan(context: PageContext) -> None:
    """Draws the button for a new event, and the way to import some, for users."""
    if context.workspace and context.viewer != ANONYMOUS:
        why = rights.why_not(Operation.CREATE, Subject.EVENT)
        st.button(
            _("New event"),
            key="plan_event",
            type="primary",
            on_click=forms.begin,
            args=(EventKind.SIDE_EVENT,),
            **rights.button_options(why),
        )
        if not why:
            link("imports", _("Import events from a file"))


def draw_own_events(context: PageContext) -> None:
    """Draws our own events that match the filter: upcoming ones by date, past and cancelled ones folded."""
    st.subheader(_("Our side events and meetings"))
    if context.viewer == ANONYMOUS:
        st.caption(_("Public events only. Select user to see internal events and plan your own."))
        link("settings", _("Select user"))
    with reading(context.viewer) as session:
        events = own_events(session)
        speakers = linked_records(session, RecordKind.CONTACT, [event.id for event in events])
    kept = set(context.filtered["item"])
    mission_id = choose_own_mission(context)
    found = [event for event in kept_at(mission_id, events) if item_of(event.id) in kept]
    ahead = [event for event in found if event.end >= context.today and event.standing is not Standing.CANCELLED]
    over = [event for event in found if event not in ahead]
    if ahead:
        draw_event_lines(ahead, speakers, context, "ahead")
    else:
        st.markdown(
            _(
                "No upcoming events match the filter. Add our side events, meetings, conferences, informal "
                "consultations and panels here; they also appear on the timeline."
            )
        )
    if over:
        with st.expander(_("Past or cancelled: {count}").format(count=len(over))):
            draw_event_lines(over[::-1], speakers, context, "over")
    left_out_caption(len(events) - len(found))
    if filed := [event for event in found if event.sensitivity is not Sensitivity.RESTRICTED]:
        csv_download(
            event_rows(filed, context),
            "own_events",
            label=_("Our events as CSV"),
            listed=[_(name) for name in LISTED],
        )


def draw_event_lines(
    events: Sequence[Event], speakers: dict[str, list[Contact]], context: PageContext, place: str
) -> None:
    everyone = staff() if context.viewer != ANONYMOUS else []
    rows = {row.item: row for row in context.table[context.table["item"].isin(map(_item, events))].itertuples()}
    around = context.table[context.table["item"].isin({link.item for event in events for link in event.items})]
    titles = dict(zip(around["item"].astype(str), around["title"].astype(str), strict=True))
    changed = changed_lately(context)
    with st.container(key=f"lines_events_{place}", gap="small"):
        for event in events:
            with dated_line(event.id, plain(when(rows[_item(event)], context.zone)), stacked=True, width=WHEN):
                draw_event(event, speakers[event.id], titles, context.today)
                if news := changed_words(event.id, changed):
                    st.caption(news)
                if event.sensitivity is Sensitivity.RESTRICTED:
                    st.caption(plain(who_sees(event, everyone)))


def _item(event: Event) -> str:
    return item_of(event.id)


def draw_event(event: Event, speakers: Sequence[Contact], titles: dict[str, str], today: date) -> None:
    title = plain(event.title)
    title = f"~~{title}~~" if event.standing is Standing.CANCELLED else f"**{title}**"
    st.button(
        f"{title}{_(' (sample)') if event.sample else ''}",
        key=f"open_{event.id}",
        type="tertiary",
        on_click=forms.open_record,
        args=(event.id,),
        wrap=True,
    )
    place = ", ".join(part for part in (event.room, event.location) if part)
    about = [words(event.event_kind), labels.STANDINGS[event.standing].lower(), place or _("place to be confirmed")]
    if event.sensitivity is Sensitivity.PUBLIC:
        about.append(_("public"))
    st.caption(plain(" · ".join(about)))
    sentences = []
    if who := speaks(event, speakers):
        sentences.append(who)
    if request := room_request(event, today):
        sentences.append(request)
    around = [titles[link.item] for link in event.items if link.item in titles]
    if around:
        sentences.append(_("Linked to {around}.").format(around=plain("; ".join(around))))
    if sentences:
        st.markdown(" ".join(sentences))


def room_request(event: Event, today: date) -> str:
    """The deadline of the room request, in bold once it is close; empty for a past or cancelled event."""
    if event.request_due is None or event.end < today or event.standing is Standing.CANCELLED:
        return ""
    day = wording.day(event.request_due)
    if event.request_due < today:
        return _("The room request was due {day}.").format(day=day)
    sentence = _("Request a room by {day}.").format(day=day)
    return f"**{sentence}**" if event.request_due <= today + PRESSING else sentence


LISTED = (
    N_("Title"),
    N_("First day"),
    N_("Last day"),
    N_("Begins"),
    N_("Kind"),
    N_("Organisation or body"),
    N_("Place"),
    N_("Date status"),
)
"""The columns of our events on the first sheet of an Excel file."""


def event_rows(events: Sequence[Event], context: PageContext) -> pd.DataFrame:
    """The events as rows of a file, without programme and speakers.

    The Import page recognises these columns. Dates are those of the place, times are texts.
    """
    return pd.DataFrame(
        [
            {
                _("First day"): event.start,
                _("Last day"): event.end,
                _("Begins"): f"{event.start_time:%H:%M}" if event.start_time else "",
                _("Ends"): f"{event.end_time:%H:%M}" if event.end_time else "",
                _("Time zone"): event.timezone if event.start_time else "",
                _("Title"): event.title,
                _("Kind"): words(event.event_kind),
                _("Date status"): labels.STANDINGS[event.standing],
                _("Organisation or body"): labels.short_organisation(event.body, context.reference),
                _("Room"): event.room,
                _("Place"): event.location,
                _("Ask for the room by"): event.request_due,
                _("Organisers"): event.organisers,
                _("Co-sponsors"): event.cosponsors,
                _("Defenders speak"): "yes" if event.defenders_speak else "",
                _("Who sees it"): str(event.sensitivity),
            }
            for event in events
        ]
    )


def draw_room_deadlines(context: PageContext) -> None:
    st.subheader(_("Room request deadlines"))
    view = briefing.side_event_items(context.filtered, context.reference)
    view = view[~view["item"].map(event_of).astype(bool)]
    if context.filter.start is None:
        view = view[(view["end"] >= pd.Timestamp(context.today))]
        view = view[view["start"] <= pd.Timestamp(context.today + SOON)]
    if view.empty:
        st.markdown(
            _("No room request deadlines match the filter. They are calculated from the dates of each session.")
        )
    else:
        item_table(view, context, "side_event_deadlines")
    for rule in briefing.side_event_rules(context.reference, context.filter):
        body = labels.short_organisation(rule.body, context.reference)
        how = "unsourced" if rule.confidence == "recalled" else "sourced"
        source = f", {linked('source', rule.source_url)}" if rule.source_url else ""
        st.caption(f"{plain(body)}, {plain(rule.name)}: {plain(rule.rule.rstrip('.'))} ({how}{source}).")


def rhythm_table(found: tuple[RecurringMeetingDates, ...], context: PageContext) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Organisation"): labels.short_organisation(r.meeting.organisation, context.reference),
                _("Meeting"): r.meeting.name,
                _("Next"): r.next,
                _("Last known"): r.last,
                _("Usual months"): r.months,
                _("Frequency"): r.meeting.rhythm,
                _("Place"): r.meeting.location,
                _("For defenders"): r.meeting.relevance,
                _("Basis"): "sourced" if r.meeting.confidence == "sourced" else "unsourced",
                _("Source"): r.meeting.source_url,
            }
            for r in found
        ]
    )


def draw_year(found: tuple[RecurringMeetingDates, ...], context: PageContext) -> None:
    strip = pd.DataFrame(
        [{_("Meeting"): _name(r), **briefing.months_of(r.meeting)} for r in found], columns=[_("Meeting"), *MONTHS]
    )
    colours = [context.reference.organisations[r.meeting.organisation].colour for r in found]
    strengths = {"meets": 0.45, "may": 0.18}

    def tint(row: pd.Series) -> list[str]:
        colour = colours[int(str(row.name))]
        return [
            f"background-color: {with_alpha(colour, strengths[value])}" if value in strengths else "" for value in row
        ]

    st.dataframe(
        strip.style.apply(tint, axis=1),
        hide_index=True,
        height="content",
        column_config={_("Meeting"): st.column_config.TextColumn(pinned=True)},
        alt=_("A year of meetings, one row each, by month: “meets” in its month, “may” in possible months."),
    )
    st.caption(_("“Meets”: takes place in this month. “May”: takes place in one of these months."))
    csv_download(strip, "meetings_year", listed=list(strip.columns))


def _name(rhythm: RecurringMeetingDates) -> str:
    every = rhythm.meeting.interval_years
    return rhythm.meeting.name if every == 1 else f"{rhythm.meeting.name}, {wording.every(every)}"


def draw_recurring(context: PageContext) -> None:
    st.subheader(_("Recurring meetings"))
    found = briefing.recurring_meeting_dates(context.filtered, context.table, context.reference, context.today)
    if not found:
        st.markdown(_("No recurring meetings match the filter."))
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
            _("Meeting"): st.column_config.TextColumn(width=300),
            _("Next"): st.column_config.TextColumn(width=230),
            _("Last known"): st.column_config.TextColumn(width=210),
            _("Usual months"): st.column_config.TextColumn(width=170),
            _("Frequency"): st.column_config.TextColumn(width=330),
            _("Source"): st.column_config.LinkColumn(display_text=_("Source")),
        },
        alt=_("Recurring meetings: organisation, name, next and last edition, usual months, frequency, place, source."),
    )
    st.caption(_("Select a row to open the next edition."))
    csv_download(table, "recurring_meetings")
    # Drawn only once it is opened: it is the largest table of the page.
    year = st.expander(_("Year overview"), key="meetings_year", on_change="rerun")
    if year.open:
        with year:
            draw_year(found, context)


def _open_next(items: list[str]) -> None:
    rows = st.session_state["recurring_meetings"]["selection"]["rows"]
    if rows and rows[0] < len(items) and items[rows[0]]:
        item_panel.choose(items[rows[0]])


def draw_days_to_mark(context: PageContext) -> None:
    st.subheader(_("International days"))
    days = context.filtered[context.filtered["kind"] == Kind.OBSERVANCE]
    if context.filter.start is None:
        days = days[days["end"] >= pd.Timestamp(context.today)].drop_duplicates("title")
    if days.empty:
        st.markdown(_("No international days match the filter."))
        return
    lines(briefing.entries(days, context.reference, context.today, context.zone), "days")
    csv_download(days, "days_to_mark")


def draw_list(context: PageContext) -> None:
    """Draws our own events, room request deadlines, international days and recurring meetings."""
    if context.workspace:
        draw_own_events(context)
    draw_room_deadlines(context)
    draw_days_to_mark(context)
    draw_recurring(context)


PAGE = RecordPage(
    page_title=_("Side events and meetings"),
    subject=_("Our own events are"),
    back=_("All side events and meetings"),
    if_missing=_("This event no longer exists or you do not have access. Go back to the list."),
    views=(EVENT_VIEW,),
    draw_list=draw_list,
    draw_beside=draw_ways_to_plan,
)

context = current()
if context.workspace and (RECORD in st.query_params or NEW in st.query_params):
    require_person(PAGE.subject)
if not (context.workspace and draw_record(PAGE, context)):
    draw_title(PAGE, context)
    forms.outcome()
    draw_list(context)
item_panel.draw_panel(context)
