"""A calendar file on the Import page: its settings and its preview."""

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
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.imports.plan import ImportSource, dry_run, fingerprint
from pages.components.record.forms import words
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import link
from pages.components.shell.zones import zone_choices
from pages.components.widgets import labels

BACK, AHEAD = timedelta(days=31), timedelta(days=730)
"""How far the proposed period reaches before and after today."""

LEVELS = Translated(
    {
        Sensitivity.INTERNAL: N_("Internal: all users"),
        Sensitivity.PUBLIC: N_("Public: everyone, and every feed"),
    }
)


def calendar_file(data: bytes, file_name: str, context: PageContext) -> None:
    """Draws the settings for a file with this name and content, and its preview."""
    st.subheader(_("Import settings"))
    # Settings are kept when a newer version of the same file is uploaded.
    named = hashlib.sha256(file_name.encode()).hexdigest()[:12]
    with st.container(horizontal=True):
        name = st.text_input(
            _("Calendar name"),
            value=PurePath(file_name).stem,
            key=f"import_name_{named}",
            help=_("Shown with every event. Use the same name when you import this calendar again."),
        )
        body = choose_body("import_body", context)
    with st.container(horizontal=True):
        kinds = list(EventKind)
        kind: EventKind = st.selectbox(
            _("Kind"),
            kinds,
            index=kinds.index(EventKind.MEETING),
            format_func=words,
            key="import_kind",
            help=_("Others hold a meeting and the mission follows it; the other kinds are the mission's own events."),
        )
        level = st.selectbox(_("Visible to"), list(LEVELS), format_func=LEVELS.__getitem__, key="import_level")
    with st.container(horizontal=True):
        zone = choose_zone("import_zone", body, context)
        since = st.date_input(_("From"), value=context.today - BACK, format="YYYY-MM-DD", key="import_since")
        until = st.date_input(_("Until"), value=context.today + AHEAD, format="YYYY-MM-DD", key="import_until")
    if level is Sensitivity.PUBLIC:
        st.caption(_("Everyone sees title, time and place, also in feeds. The programme is not shared."))
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
    """Draws links to the pages that list the imported events."""
    link("meetings", _("Side events and meetings"))
    link("timeline", _("Timeline"))


def choose_body(key: str, context: PageContext, index: int | None = None) -> str | None:
    """Draws the choice of an organisation or body for the imported events."""
    known = context.reference
    chosen: str | None = st.selectbox(
        _("Organisation or body"),
        list(known.organisations),
        index=index,
        format_func=lambda code: labels.organisation(code, known),
        placeholder=_("Select"),
        key=key,
        help=_("The events appear in its lane on the timeline."),
    )
    return chosen


def choose_zone(key: str, body: str | None, context: PageContext) -> str:
    """Draws the choice of the IANA zone for times without one; proposes the zone of the body's seat."""
    zones = zones_for(body, context)
    propose(key, zones[0])
    chosen: Any = st.selectbox(
        _("Default time zone"),
        zones,
        format_func=zone_words,
        key=key,
        help=_("Used for times that name no time zone."),
    )
    return str(chosen)


def zones_for(body: str | None, context: PageContext) -> list[str]:
    """The IANA zones to choose from: the zone of the body's seat first, if known, then the reader's."""
    seat = context.reference.seat(body or "")
    return list(dict.fromkeys([*([seat.timezone] if seat else []), context.zone, *zone_choices()]))


def zone_words(zone: str) -> str:
    """``Zurich (Europe/Zurich)``."""
    return f"{city(zone)} ({zone})"


def propose(key: str, proposed: str) -> None:
    """Sets a field to the proposed value, unless the reader has chosen another."""
    followed = f"{key}_proposed"
    if st.session_state.get(key) in (None, st.session_state.get(followed)):
        st.session_state[key] = proposed
    st.session_state[followed] = proposed
