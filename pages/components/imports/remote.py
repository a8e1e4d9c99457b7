"""Remote calendars on the Import page: follow, preview, refresh, edit and stop following."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.imports import fetching, remote
from calendar_model.imports.explanations import explain_event
from calendar_model.terms import EventKind
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.imports.calendar import LEVELS, draw_links, propose, zone_words, zones_for
from pages.components.imports.plan import ImportSource, counts, dry_run, fingerprint, request_plan
from pages.components.record import forms
from pages.components.record.forms import RecordForm, words
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import RECORD
from pages.components.shell.words import plain
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import RemoteCalendar

HOURS = Translated(
    {
        0: N_("Only on request"),
        1: N_("Every hour"),
        3: N_("Every 3 hours"),
        6: N_("Every 6 hours"),
        12: N_("Every 12 hours"),
        24: N_("Every day"),
        168: N_("Every week"),
    }
)


def calendars(context: PageContext) -> None:
    """Draws the list of calendars that the reader follows, and the button to follow another."""
    followed, allowed = remote.followed_by(context.viewer), fetching.allowed()
    if not allowed:
        explain_empty_list()
    elif not followed:
        st.markdown(
            _(
                "No calendars yet. Follow one that is published at a web address, such as a secretariat's. Its events "
                "appear under its organisation. Changes appear here too; events that disappear are shown as cancelled."
            )
        )
    if allowed:
        st.button(
            _("Follow a calendar"),
            key="remote_add",
            type="primary",
            on_click=forms.begin,
            args=("calendar",),
            **rights.button_options(rights.why_not(Operation.CREATE, Subject.REMOTE_CALENDAR)),
        )
        _draw_beginnings(allowed)
    for one in followed:
        _draw_calendar(one, context)


def explain_empty_list() -> None:
    """Explains who permits addresses, and how."""
    st.markdown(
        _(
            "No addresses are permitted yet. An administrator lists the beginnings of permitted addresses, "
            "separated by commas, in `{variable}` and restarts the dashboard:"
        ).format(variable=fetching.VARIABLE)
    )
    st.code(f'{fetching.VARIABLE}="https://calendar.example.org/public/"', language=None, wrap_lines=True)
    st.caption(
        _("Only https addresses. No other address is fetched, so nobody can use this page to reach into your network.")
    )


def _draw_beginnings(allowed: Sequence[str]) -> None:
    # As code: the beginning of an address is not a page to open.
    st.caption(
        _("Permitted addresses begin with {beginnings}").format(
            beginnings=", ".join(f"`{beginning}`" for beginning in allowed)
        )
    )


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
            st.button(
                _("Preview {name}").format(name=name), key=f"remote_look_{one.id}", on_click=_look, args=(one.id,)
            )
            st.button(
                _("Refresh {name}").format(name=name), key=f"remote_refresh_{one.id}", on_click=_refresh, args=(one.id,)
            )


def how_often(hours: int) -> str:
    """``Only on request``, ``Every 6 hours``."""
    return HOURS.get(hours, _("Every {hours} hours").format(hours=hours))


def visit_text(one: RemoteCalendar, zone: str) -> str:
    """When the calendar was last read, in the reader's zone, and with what result."""
    if one.visit is None:
        return _("Not read yet.")
    return _("Last read {asked_at}. {outcome}").format(
        asked_at=wording.moment(one.visit.asked_at, zone), outcome=one.visit.outcome
    )


def _look(remote_id: str) -> None:
    forms.open_record(remote_id)
    request_plan()


def _refresh(remote_id: str) -> None:
    def act() -> str:
        with st.spinner(_("Reading the calendar"), show_time=False):
            plan = remote.refresh(viewer(), remote_id)
        written = counts(plan.to_write)
        return _("Refreshed: {counts}.").format(counts=written) if written else _("Refreshed: no changes.")

    forms.attempt(act)


def one_calendar(context: PageContext) -> None:
    """Draws the page of one followed calendar, or the form to follow another."""
    record = st.query_params.get(RECORD, "")
    forms.back(_("All followed calendars"))
    one = next((one for one in remote.followed_by(context.viewer) if one.id == record), None)
    if record and one is None:
        st.markdown(_("You do not follow this calendar, or no longer do. Go back to the list."))
        return
    allowed = fetching.allowed()
    if one is None and not allowed:
        explain_empty_list()
        return
    st.subheader(plain(one.name) if one is not None else _("Follow a calendar"), anchor=False)
    if one is not None:
        last = st.empty()
        source = ImportSource(
            make=lambda: remote.preview(context.viewer, record),
            write=lambda plan, progress: remote.write_preview(context.viewer, record, plan, progress),
            explain=explain_event,
            draw_links=draw_links,
            preview_label=_("Preview changes"),
        )
        dry_run(fingerprint(b"", one.id, one.version, context.viewer), source)
        # Describes the calendar as it is now: it may just have been imported above.
        now = next((now for now in remote.followed_by(context.viewer) if now.id == record), one)
        last.markdown(plain(visit_text(now, context.zone)))
        st.subheader(_("Settings"))
    _form(one, allowed, context)
    if one is not None:
        with st.expander(_("Stop following")):
            st.markdown(_("The address is deleted. Events already imported stay in the calendar."))
            st.button(_("Stop following this calendar"), key="remote_remove", on_click=_remove, args=(one.id,))


def _form(one: RemoteCalendar | None, allowed: Sequence[str], context: PageContext) -> None:
    form = RecordForm("remote", context, one, table="remote_calendar")
    with form:
        form.text("name", _("Calendar name"), help=_("Shown with every event from this calendar."))
        form.text(
            "new_address",
            _("Address") if one is None else _("New address"),
            type="password",
            autocomplete="off",
            help=_("Not shown again, because an address can contain a secret.")
            + ("" if one is None else _(" Leave empty to keep the present one.")),
        )
        _draw_beginnings(allowed)
        known = context.reference
        body: str | None = form.choice(
            "body",
            _("Organisation or body"),
            known.organisations,
            optional=True,
            format_func=lambda code: labels.organisation(code, known),
            placeholder=_("Select"),
            help=_("The events appear in its lane on the timeline."),
        )
        form.choice("event_kind", _("Kind"), list(EventKind), default=EventKind.MEETING)
        form.choice(
            "sensitivity", _("Visible to"), list(LEVELS), default=Sensitivity.INTERNAL, format_func=LEVELS.__getitem__
        )
        zones = zones_for(body, context)
        if one is None:
            propose(f"{form.prefix}_timezone", zones[0])
        form.choice("timezone", _("Default time zone"), zones, format_func=zone_words)
        hours = sorted({*HOURS, *([one.every_hours] if one is not None else [])})
        form.choice("every_hours", _("Refresh"), hours, format_func=how_often)

        def keep(drawn: RecordForm) -> str:
            values: dict[str, Any] = drawn.values()
            address = values.pop("new_address")
            if one is None:
                values["address"] = address
                forms.open_record(remote.follow(viewer(), values))
                return _("You now follow this calendar. Preview changes to see its events.")
            if address:
                values["address"] = address
            remote.change(viewer(), one.id, drawn.seen, values)
            return _("Saved.")

        form.submit(_("Follow calendar") if one is None else _("Save"), keep)


def _remove(remote_id: str) -> None:
    def act() -> str:
        remote.unfollow(viewer(), remote_id)
        return _("You no longer follow this calendar. Its events stay.")

    if forms.attempt(act):
        forms.leave()
