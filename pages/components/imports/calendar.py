"""A calendar file on the page Import: whose it is, where it belongs, and what of it is taken over."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import PurePath
from typing import Any

import streamlit as st

from calendar_model.access.problems import Problem
from calendar_model.calendar import city
from calendar_model.imports.calendar_comparison import CalendarSettings
from calendar_model.imports.calendar_import import plan_calendar, problems_of, write_calendar
from calendar_model.imports.explanations import explain_event
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity
from pages.components.imports.plan import ImportSource, dry_run, fingerprint
from pages.components.record.forms import words
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import link
from pages.components.shell.zones import zone_choices
from pages.components.widgets import labels

BACK, AHEAD = timedelta(days=31), timedelta(days=730)
"""The period that is proposed, around today."""

LEVELS = {
    Sensitivity.INTERNAL: "Internal: all who are kept in Settings",
    Sensitivity.PUBLIC: "Public: everybody, and every feed",
}


def calendar_file(data: bytes, file_name: str, context: PageContext) -> None:
    """The settings for a file of this name with these bytes, and its dry run."""
    st.subheader("How to take it over")
    # What was typed for a file stays when the same file comes again with other content.
    named = hashlib.sha256(file_name.encode()).hexdigest()[:12]
    with st.container(horizontal=True):
        name = st.text_input(
            "Whose calendar it is",
            value=PurePath(file_name).stem,
            key=f"import_name_{named}",
            help="Shown with every event of the file, and by this name the calendar is known when it comes again.",
        )
        body = choose_body("import_body", context)
    with st.container(horizontal=True):
        kinds = list(EventKind)
        kind: EventKind = st.selectbox(
            "Kind",
            kinds,
            index=kinds.index(EventKind.MEETING),
            format_func=words,
            key="import_kind",
            help="A meeting is held by others and followed by the mission; the other kinds are the mission's own.",
        )
        level = st.selectbox("Who may see it", list(LEVELS), format_func=LEVELS.__getitem__, key="import_level")
    with st.container(horizontal=True):
        zone = choose_zone("import_zone", body, context)
        since = st.date_input("From", value=context.today - BACK, format="YYYY-MM-DD", key="import_since")
        until = st.date_input("Until", value=context.today + AHEAD, format="YYYY-MM-DD", key="import_until")
    if level is Sensitivity.PUBLIC:
        st.caption("Title, time and place go to everybody and into every feed; the programme does not.")
    settings = CalendarSettings(
        body=body or "",
        event_kind=kind,
        sensitivity=level,
        timezone=zone,
        source_name=name.strip(),
        since=since or context.today,
        until=until or context.today,
    )
    source = ImportSource(
        make=lambda: plan_calendar(context.viewer, data, settings),
        write=lambda plan, progress: write_calendar(context.viewer, plan, progress),
        explain=explain_event,
        draw_links=draw_links,
    )
    problems = problems_of(settings)
    if None in (since, until):
        problems = (*problems, Problem("ics-no-period"))
    missing = str(problems[0]) if problems else ""
    dry_run(fingerprint(data, settings, context.viewer), source, missing=missing)


def draw_links() -> None:
    """The links to the events that were imported."""
    link("meetings", "Side events and meetings")
    link("timeline", "Timeline")


def choose_body(key: str, context: PageContext, index: int | None = None) -> str | None:
    """The organisation or body in whose lane something shall stand."""
    known = context.reference
    chosen: str | None = st.selectbox(
        "Organisation or body",
        list(known.organisations),
        index=index,
        format_func=lambda code: labels.organisation(code, known),
        placeholder="Choose",
        key=key,
        help="The events stand in its lane on the timeline.",
    )
    return chosen


def choose_zone(key: str, body: str | None, context: PageContext) -> str:
    """The IANA zone of hours that name none; proposed is that of the body's seat."""
    zones = zones_for(body, context)
    propose(key, zones[0])
    chosen: Any = st.selectbox(
        "Hours without a zone are in",
        zones,
        format_func=zone_words,
        key=key,
        help="Most calendars name the zone of each event; this is for those that do not.",
    )
    return str(chosen)


def zones_for(body: str | None, context: PageContext) -> list[str]:
    """The IANA zones to choose from: first that of the body's seat, if it is known, then the reader's."""
    seat = context.reference.seat(body or "")
    return list(dict.fromkeys([*([seat.timezone] if seat else []), context.zone, *zone_choices()]))


def zone_words(zone: str) -> str:
    """``Zurich (Europe/Zurich)``."""
    return f"{city(zone)} ({zone})"


def propose(key: str, proposed: str) -> None:
    """Sets the field of this key to what is proposed for it, unless the reader has chosen something else."""
    followed = f"{key}_proposed"
    if st.session_state.get(key) in (None, st.session_state.get(followed)):
        st.session_state[key] = proposed
    st.session_state[followed] = proposed
