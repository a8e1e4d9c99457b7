"""Calendars of others at an address on the page Import: added, looked at, refreshed, changed and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from calendar_model import wording
from calendar_model.imports import fetching, remote
from calendar_model.imports.explanations import explain_event
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity
from pages.components.imports.calendar import LEVELS, draw_links, propose, zone_words, zones_for
from pages.components.imports.plan import ImportSource, counts, dry_run, fingerprint, request_plan
from pages.components.record import forms
from pages.components.record.forms import RECORD, RecordForm, words
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import RemoteCalendar

HOURS = {
    0: "By hand only",
    1: "Every hour",
    3: "Every 3 hours",
    6: "Every 6 hours",
    12: "Every 12 hours",
    24: "Every day",
    168: "Every week",
}


def calendars(context: PageContext) -> None:
    """The list of the calendars that the reader follows, and the way to another."""
    followed, allowed = remote.followed_by(context.viewer), fetching.allowed()
    if not allowed:
        explain_empty_list()
    elif not followed:
        st.markdown(
            "A calendar that others keep at an address, such as the one of a secretariat, can be followed: its events "
            "come into the lane of its organisation, what moves there moves here, and what goes there is shown as "
            "cancelled. It is read again when you say so, or every so many hours."
        )
    if allowed:
        st.button("Follow a calendar", key="remote_add", type="primary", on_click=forms.begin, args=("calendar",))
        _draw_beginnings(allowed)
    for one in followed:
        _draw_calendar(one, context)


def explain_empty_list() -> None:
    """Who lists the addresses that may be read, and how."""
    st.markdown(
        "No address may be read yet. Whoever runs this dashboard lists the beginnings of those that may, separated by "
        f"commas, in `{fetching.VARIABLE}`, and starts it again:"
    )
    st.code(f'{fetching.VARIABLE}="https://calendar.example.org/public/"', language=None, wrap_lines=True)
    st.caption("Only https. Nothing else is ever asked, so that an address typed here cannot reach into your network.")


def _draw_beginnings(allowed: Sequence[str]) -> None:
    # As code: what an address begins with is no page to go to.
    st.caption(f"Addresses that may be read begin with {', '.join(f'`{beginning}`' for beginning in allowed)}")


def _draw_calendar(one: RemoteCalendar, context: PageContext) -> None:
    known = context.reference
    about = [
        labels.short_organisation(one.body, known),
        words(one.event_kind),
        str(one.sensitivity),
        how_often(one.every_hours).lower(),
    ]
    name = plain(one.name)
    with st.container(gap="xsmall", key=f"remote_{one.id}"):
        with st.container(gap=None, key=f"lines_remote_{one.id}"):
            st.button(
                f"**{name}**",
                key=f"open_{one.id}",
                type="tertiary",
                on_click=forms.open_record,
                args=(one.id,),
                wrap=True,
            )
            st.caption(plain(" · ".join(about)))
            st.markdown(plain(visit_text(one, context.zone)))
        with st.container(horizontal=True, gap="small"):
            st.button(f"Look now at {name}", key=f"remote_look_{one.id}", on_click=_look, args=(one.id,))
            st.button(f"Refresh {name}", key=f"remote_refresh_{one.id}", on_click=_refresh, args=(one.id,))


def how_often(hours: int) -> str:
    """``By hand only``, ``Every 6 hours``."""
    return HOURS.get(hours, f"Every {hours} hours")


def visit_text(one: RemoteCalendar, zone: str) -> str:
    """When it was last asked, in the reader's zone, and what came of it."""
    if one.visit is None:
        return "Not read yet."
    return f"Last read {wording.moment(one.visit.asked_at, zone)}. {one.visit.outcome}"


def _look(remote_id: str) -> None:
    forms.open_record(remote_id)
    request_plan()


def _refresh(remote_id: str) -> None:
    def act() -> str:
        with st.spinner("Reading the calendar at its address", show_time=False):
            plan = remote.refresh(viewer(), remote_id)
        written = counts(plan.to_write)
        return f"Read again: {written}." if written else "Read again: nothing has changed."

    forms.attempt(act)


def one_calendar(context: PageContext) -> None:
    """The page of one calendar that is followed, or of one to be added."""
    record = st.query_params.get(RECORD, "")
    forms.back("All calendars at an address")
    one = next((one for one in remote.followed_by(context.viewer) if one.id == record), None)
    if record and one is None:
        st.markdown("This calendar is not followed any more, or not by you. Go back to the list.")
        return
    allowed = fetching.allowed()
    if one is None and not allowed:
        explain_empty_list()
        return
    st.subheader(plain(one.name) if one is not None else "Follow a calendar", anchor=False)
    if one is not None:
        last = st.empty()
        source = ImportSource(
            make=lambda: remote.preview(context.viewer, record),
            write=lambda plan, progress: remote.write_preview(context.viewer, record, plan, progress),
            explain=explain_event,
            draw_links=draw_links,
            look_label="Look now",
        )
        dry_run(fingerprint(b"", one.id, one.version, context.viewer), source)
        # Said of the calendar as it is now, which may have been taken over just here.
        now = next((now for now in remote.followed_by(context.viewer) if now.id == record), one)
        last.markdown(plain(visit_text(now, context.zone)))
        st.subheader("How it is followed")
    _form(one, allowed, context)
    if one is not None:
        with st.expander("Stop following it"):
            st.markdown("The address is forgotten. The events that it brought stay, and are yours to keep.")
            st.button("Stop following", key="remote_remove", on_click=_remove, args=(one.id,))


def _form(one: RemoteCalendar | None, allowed: Sequence[str], context: PageContext) -> None:
    form = RecordForm("remote", context, one, table="remote_calendar")
    with form:
        form.text("name", "Whose calendar it is", help="Stands with every event that comes from it.")
        form.text(
            "new_address",
            "Its address" if one is None else "Another address",
            type="password",
            autocomplete="off",
            help="It may hold a secret of its own, so it is not shown again"
            + ("." if one is None else "; left empty, it stays what it is."),
        )
        _draw_beginnings(allowed)
        known = context.reference
        body: str | None = form.choice(
            "body",
            "Organisation or body",
            known.organisations,
            optional=True,
            format_func=lambda code: labels.organisation(code, known),
            placeholder="Choose",
            help="The events stand in its lane on the timeline.",
        )
        form.choice("event_kind", "Kind", list(EventKind), default=EventKind.MEETING)
        form.choice(
            "sensitivity", "Who may see it", list(LEVELS), default=Sensitivity.INTERNAL, format_func=LEVELS.__getitem__
        )
        zones = zones_for(body, context)
        if one is None:
            propose(f"{form.prefix}_timezone", zones[0])
        form.choice("timezone", "Hours without a zone are in", zones, format_func=zone_words)
        hours = sorted({*HOURS, *([one.every_hours] if one is not None else [])})
        form.choice("every_hours", "Read again", hours, format_func=how_often)

        def keep(drawn: RecordForm) -> str:
            values: dict[str, Any] = drawn.values()
            address = values.pop("new_address")
            if one is None:
                values["address"] = address
                forms.open_record(remote.follow(viewer(), values))
                return "It is followed from now on. Look now to see what it would bring."
            if address:
                values["address"] = address
            remote.change(viewer(), one.id, drawn.seen, values)
            return "Saved."

        form.submit("Follow it" if one is None else "Save", keep)


def _remove(remote_id: str) -> None:
    def act() -> str:
        remote.unfollow(viewer(), remote_id)
        return "It is not followed any more. What it brought stays."

    if forms.attempt(act):
        forms.leave()
