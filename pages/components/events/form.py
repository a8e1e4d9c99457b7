"""The form of the mission's own events: date and place, participants, links and access."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from calendar_model.calendar import city, when
from calendar_model.mission import briefing
from calendar_model.mission.events import item_of, save_event
from calendar_model.mission.undo import latest
from calendar_model.reference import Reference
from calendar_model.terms import EventKind, RecordKind
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Kind, Sensitivity, Standing
from pages.components.record.forms import RecordForm, open_record, words
from pages.components.record.in_place import new_contact
from pages.components.record.page import RecordView
from pages.components.record.parts import linked_by_kind, linked_items, side_by_side
from pages.components.shell import item_panel, undo
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import LINK, NEW, link
from pages.components.shell.words import plain
from pages.components.shell.zones import zone_choices
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import Contact, Event, Person

STANDINGS = (Standing.PROVISIONAL, Standing.CONFIRMED, Standing.HELD, Standing.CANCELLED)
"""The possible standings of our own events; they are never projected."""


_DAY = 160
"""Width in pixels of a day or a time, two of which fit a phone."""


def speaks(event: Event, contacts: Iterable[Contact] = ()) -> str:
    """The speakers of an event, by their codes, as a sentence in Markdown; empty if unknown."""
    codes = plain(", ".join(contact.title for contact in contacts))
    if event.defenders_speak:
        return _("Defenders speak: {codes}.").format(codes=codes) if codes else _("Defenders speak.")
    return _("Speakers: {codes}.").format(codes=codes) if codes else ""


def _draw_in_calendar(event: Event, _everyone: Sequence[Person], context: PageContext) -> None:
    """Draws the event's date in the calendar, and the link to its dossier."""
    item = item_of(event.id)
    st.subheader(_("In the calendar"))
    rows = context.table[context.table["item"] == item]
    for row in rows.itertuples():
        st.markdown(plain(when(row, context.zone)))
        st.button(_("Show details"), key="event_in_calendar", type="tertiary", on_click=item_panel.choose, args=(item,))
    link("dossier", _("Dossier"), of=item)


def _draw_form(event: Event | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("event", context, event, table="event")
    with form:
        asked = st.query_params.get(NEW, "")
        first = EventKind(asked) if asked in set(EventKind) else EventKind.SIDE_EVENT
        left, right = st.columns((1, 3))
        with left:
            kind = form.choice("event_kind", _("Kind"), list(EventKind), default=first)
        with right:
            form.text("title", _("Title"), help=_("Shown on the timeline to everyone with access. Do not name anyone."))
        left, right = st.columns(2)
        with left:
            items = form.items(_("Linked to"), help=_("The session, text, review or day for which it is organised."))
        with right:
            body = _body(form, event, context)
        start = _when_and_where(form, event, body, context)
        _room(form, event, kind, request_rule(items, start, context))
        st.subheader(_("Participants"))
        _pair(
            lambda: form.text("organisers", _("Organisers")),
            lambda: form.text("cosponsors", _("Co-sponsors"), help=_("States and organisations.")),
        )
        form.tick("defenders_speak", _("Defenders speak"))
        form.records(
            _("Speakers"),
            RecordKind.CONTACT,
            field="links_speakers",
            beside=new_contact,
            help=_(
                "Contacts, by code. Shown here and in the dossier to people with access; never in a calendar or feed."
            ),
        )
        form.area("programme", _("Programme"), help=_("Shown with this record only, never in calendars or feeds."))
        st.subheader(_("Linked records and access"))
        side_by_side(
            lambda: form.records(_("Statements"), RecordKind.STATEMENT, field="links_statements"),
            lambda: form.records(_("Engagements"), RecordKind.ENGAGEMENT, field="links_engagements"),
        )
        _draw_level(form, everyone)
        form.submit(_("Save event"), _save)


def _pair(*fields: Callable[[], Any]) -> None:
    """Draws fields side by side, if there is room."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for field in fields:
            with st.container(width="stretch", key=None):
                field()


def _body(form: RecordForm, event: Event | None, context: PageContext) -> str:
    known = context.reference
    choices = list(known.organisations)
    linked = context.table[context.table["item"].isin(st.query_params.get_all(LINK))]
    proposed = next((body for body in linked["body"] if body in known.organisations), None) if event is None else None
    return str(
        form.choice(
            "body",
            _("Organisation or body"),
            choices,
            optional=True,
            default=proposed,
            placeholder=_("Select"),
            format_func=lambda code: labels.organisation(code, known),
            on_change=_propose_place,
            args=(form.prefix, known),
            help=_("The event appears in its lane on the timeline."),
        )
        or ""
    )


def _propose_place(prefix: str, reference: Reference) -> None:
    """For a new body: proposes its seat, but never replaces what was typed."""
    seat = reference.seat(st.session_state[f"{prefix}_body"] or "")
    if seat is None:
        return
    proposed = reference.organisations.values()
    zone, place = f"{prefix}_timezone", f"{prefix}_location"
    if st.session_state.get(zone, "") in {"", *(one.timezone for one in proposed)}:
        st.session_state[zone] = seat.timezone
    if st.session_state.get(place, "") in {"", *(one.seat_city for one in proposed)}:
        st.session_state[place] = seat.seat_city


def _when_and_where(form: RecordForm, event: Event | None, body: str, context: PageContext) -> date | None:
    """Draws the fields of time and place; returns the first day, if it is set."""
    st.subheader(_("When and where"))
    seat = context.reference.seat(body)
    with st.container(horizontal=True):
        form.day("start", _("First day"), width=_DAY)
        form.day("end", _("Last day"), help=_("Leave empty for a one-day event."), width=_DAY)
        form.hour("start_time", _("From"), step=300, help=_("Leave empty for an all-day event."), width=_DAY)
        form.hour("end_time", _("To"), step=300, help=_("Leave empty if unknown."), width=_DAY)
    kept = [event.timezone] if event is not None and event.timezone else []
    zones = dict.fromkeys([*kept, *([seat.timezone] if seat else []), context.zone, *zone_choices()])
    side_by_side(
        lambda: form.choice(
            "timezone",
            _("Time zone"),
            ["", *zones],
            default=seat.timezone if seat else "",
            format_func=lambda zone: f"{city(zone)} ({zone})" if zone else _("None (all day)"),
        ),
        lambda: form.choice(
            "standing",
            _("Status"),
            STANDINGS,
            default=Standing.PROVISIONAL,
            format_func=labels.STANDINGS.__getitem__,
            help=_("A cancelled event stays in calendars, struck through, so that nobody goes there."),
        ),
    )
    _pair(
        lambda: form.text(
            "location",
            _("Place"),
            default=seat.seat_city if seat else "",
            help=_("End with the city, such as “Palais des Nations, Geneva”; or “Online”."),
        ),
        lambda: form.text("room", _("Room")),
    )
    return form.values("start")["start"]  # type: ignore[no-any-return]


def _room(form: RecordForm, event: Event | None, kind: EventKind, rule: Any) -> None:
    """Draws the deadline of the room request, with the body's own rule."""
    exact = rule is not None and rule["date_precision"] not in WINDOWS
    day = rule["start"].date() if rule is not None and exact else None
    for_a_room = kind in (EventKind.SIDE_EVENT, EventKind.PANEL)
    proposed = day if for_a_room and event is None else None
    chosen = form.day("request_due", _("Request room by"), default=proposed, width=_DAY)
    if rule is None:
        return
    how = "" if rule["confidence"] == "sourced" else _(" Unsourced.")
    known = "" if exact else _(", dates to be announced")
    st.caption(f"{plain(rule['title'])}: {plain(when(rule))}{known}. {plain(rule['description'])}{how}")
    if day is not None and chosen != day:
        key = f"{form.prefix}_request_due"
        st.button(_("Use this date"), key="event_take_day", type="tertiary", on_click=_take_day, args=(key, day))


def _take_day(key: str, day: date) -> None:
    st.session_state[key] = day


def request_rule(items: Sequence[str], start: date | None, context: PageContext) -> Any:
    """The calendar row with the deadline for requesting a side event around one of these items; None if there is none.
    Of several, the last before the event begins, or the first."""
    table = context.table
    linked = table[table["item"].isin(items)]
    homes = {*items, *linked["related_to"], *(f"session-{session}" for session in linked["session"] if session)} - {""}
    asked = briefing.side_event_items(table, context.reference)
    asked = asked[(asked["kind"] == Kind.DEADLINE) & (asked["standing"] != Standing.CANCELLED)]
    asked = asked[asked["related_to"].isin(homes)].sort_values("start", kind="stable")
    before = asked[asked["start"] <= pd.Timestamp(start)] if start is not None else asked[:0]
    if not before.empty:
        return before.iloc[-1]
    return None if asked.empty else asked.iloc[0]


def _draw_level(form: RecordForm, everyone: Sequence[Person]) -> None:
    form.level(Sensitivity.INTERNAL, everyone)
    # A new event is internal; any other level needs a reason.
    if form.opens_up(Sensitivity.INTERNAL):
        form.ask_reason(help=_("One sentence; kept in the history."))
        if form.values("sensitivity")["sensitivity"] == Sensitivity.PUBLIC:
            st.caption(
                _(
                    "Everyone sees title, time, place, organisers and co-sponsors, also in feeds. Programme, links and "
                    "speakers are not shared."
                )
            )


def _save(form: RecordForm) -> str:
    values = form.values()
    made = save_event(viewer(), values, event_id=form.record_id, seen=form.seen, **form.options)
    if form.record is None:
        open_record(made)
    if values["standing"] == Standing.CANCELLED:
        says = _("Saved as cancelled. It stays in the calendar, struck through, without a reminder to request a room.")
        return undo.offer(says, latest(viewer(), made)) if form.record is not None else says
    return _("Saved; visible in the calendar to everyone with access.")


EVENT_VIEW = RecordView(
    RecordKind.EVENT,
    new_title=N_("New event"),
    form=_draw_form,
    state=lambda event, _context: f"{words(event.event_kind)}, {event.standing!s}.",
    side=(
        _draw_in_calendar,
        linked_items("Linked to"),
        linked_by_kind(
            {
                "Speakers": RecordKind.CONTACT,
                "Statements": RecordKind.STATEMENT,
                "Engagements": RecordKind.ENGAGEMENT,
            }
        ),
    ),
)
