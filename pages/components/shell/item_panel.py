"""The panel of one item: its details in a drawer on the right, on every page.

The open item is in the URL (``item``), so that a link shows a colleague the same panel. To open an item,
call :func:`choose` in a callback; every page ends with :func:`draw_panel`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import ChangeToken, change_token, reading
from calendar_model.calendar import when
from calendar_model.cycles import Announcement, announcement_of, meeting_announcement
from calendar_model.feeds import CalendarProperties, calendar_bytes
from calendar_model.messages.coverage import item_work_words
from calendar_model.mission.coverage import work_by_item
from calendar_model.mission.dossier import deadlines
from calendar_model.mission.events import event_of
from calendar_model.reference import Reference
from calendar_model.terms import FollowKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Precision, Sensitivity
from calendar_model.wording import standing_words
from pages.components.record import forms
from pages.components.shell import item_outcomes, outage
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import for_reader
from pages.components.shell.follow import follow_button
from pages.components.shell.item_work import draw_work
from pages.components.shell.navigation import address_of
from pages.components.shell.words import plain
from pages.components.widgets.item_dates import date_html, deadline_caption

ITEM = "item"
"""The URL's name for the open item."""

RECORD_ANCHOR = "past-forecasts"
"""Where the record of an organisation's forecasts is on the page of organisations, as the end of an address."""


def choose(item: str) -> None:
    """Opens the panel of this item; for callbacks."""
    item_outcomes.close_form()
    st.query_params[ITEM] = item


def close() -> None:
    """Closes the panel; for callbacks."""
    item_outcomes.close_form()
    if ITEM in st.query_params:
        del st.query_params[ITEM]


def work_words(context: PageContext) -> Mapping[str, str]:
    """Short words by item on our linked work, as far as the reader may see; computed once for each state of the
    workspace."""
    if not context.workspace or context.viewer == ANONYMOUS:
        return {}
    version = str(context.version)
    found: Mapping[str, str] = _work_words(
        context.table, context.reference, version, context.today, context.viewer, change_token()
    )
    return found


@st.cache_resource(max_entries=16, show_spinner=False)
def _work_words(
    _table: pd.DataFrame, _reference: Reference, version: str, today: date, viewer: Viewer, token: ChangeToken
) -> Mapping[str, str]:
    with reading(viewer) as session:
        found = work_by_item(session, _table, _reference, today)
    return {item: item_work_words(**vars(work)) for item, work in found.items()}


def draw_panel(context: PageContext) -> None:
    """Opens the panel of the item in the URL, if there is one. The last statement of a page."""
    if item := st.query_params.get(ITEM):
        open_panel(item, context)


def open_panel(item: str, context: PageContext) -> None:
    """Draws the panel of an item of the whole table, or a sentence for an unknown id."""
    row = _row(context.table, item)
    title = _("Not in the calendar") if row is None else plain(row["title"])
    dialog = st.dialog(title, position="right", width="medium", on_dismiss=close)
    dialog(outage.part(_body))(item, item_outcomes.asked(), context)


def _row(table: pd.DataFrame, item: str) -> Any:
    found = table[table["item"] == item]
    return None if found.empty else found.iloc[0]


def _body(item: str, form: str, context: PageContext) -> None:
    if st.query_params.get(ITEM, item) != item or item_outcomes.asked() != form:
        # A button in the panel chose another item, whose title only a run of the page sets; or it opened a form, whose
        # fields the page keeps; or it saved one, and the calendar has changed.
        st.rerun()
    forms.outcome()
    row = _row(context.table, item)
    if row is None:
        st.markdown(
            _(
                "“{item}” is not in the calendar. It may have been renamed or removed. Close this panel and search "
                "by title."
            ).format(item=plain(item))
        )
        return
    with st.container(key="panel_body"):
        st.html(_facts(row, context))
        _actions(row, context)
        item_outcomes.draw_outcomes(row, context)
        draw_work(row, context)
        _dates(row, context)
        _cycle(row, context)
        st.caption(_("Link to this item"))
        st.code(_link(item), language=None, wrap_lines=True)


def _facts(row: Any, context: PageContext) -> str:
    reference = context.reference
    organisation, body = (reference.organisations.get(row[name]) for name in ("organisation", "body"))
    track, session = reference.tracks.get(row["track"]), reference.sessions.get(row["session"])
    states = [reference.states[code].name if code in reference.states else code for code in row["countries"].split()]
    announced = _announcement(row, reference)
    facts = {
        _("Organisation"): organisation.name if organisation else row["organisation"],
        _("Body"): body.name if body and row["body"] != row["organisation"] else "",
        _("Track"): track.title if track else "",
        _("Session"): session.title if session and row["kind"] != Kind.SESSION else "",
        _("State") if len(states) == 1 else _("States"): ", ".join(states),
        _("Place"): row["location"],
        _("Applies to"): _(row["for_whom"]),
        _("About"): row["description"],
        _("Forecast"): str(announced) if announced is not None else "",
        _("Notes"): row["notes"],
    }
    lines = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    date_and_basis = date_html(row, context.zone, "item") + _record_link(row, reference)
    return f'{date_and_basis}<dl class="item-facts">{lines}</dl>'


def _announcement(row: Any, reference: Reference) -> Announcement | None:
    """How the announced days of a session or meeting compare with the forecast of a year before."""
    if row["kind"] == Kind.SESSION:
        return announcement_of(reference, row["session"])
    return meeting_announcement(reference, row["item"]) if row["kind"] == Kind.MEETING else None


def _record_link(row: Any, reference: Reference) -> str:
    """HTML: the way from an expected day to the record of its body's forecasts; empty for other days.

    It is not a page link of Streamlit: on its way from the timeline, whose own ``show`` is bound to the address, such a
    link loses the one for the other page.
    """
    if row["date_precision"] != Precision.EXPECTED or row["body"] not in reference.organisations:
        return ""
    address = f"{address_of('organisations')}?{urlencode({'show': row['body']})}#{RECORD_ANCHOR}"
    label = _("Past forecasts for {short_name}").format(short_name=reference.short_name(row["body"]))
    return f'<p class="item-known"><a href="{escape(address)}">{escape(label)}</a></p>'


def _actions(row: Any, context: PageContext) -> None:
    if row["sensitivity"] == Sensitivity.RESTRICTED:
        st.caption(_("Restricted: not included in feeds or calendar files."))
        follow_button(FollowKind.ITEM, row["item"], context)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if event_of(row["item"]):
            _own_file(row["item"], context)
        else:
            st.link_button(
                _("Add to my calendar"),
                f"/feeds/item/{quote(row['item'], safe='')}.ics",
                type="primary",
                icon=":material/event:",
            )
        if row["source_url"]:
            st.link_button(_("Source"), row["source_url"], icon=":material/open_in_new:")
        follow_button(FollowKind.ITEM, row["item"], context)


def _own_file(item: str, context: PageContext) -> None:
    """One of our own events as a file from this page; the server has no address for events that are not public."""
    rows = context.table[context.table["item"] == item]
    st.download_button(
        _("Add to my calendar"),
        data=for_reader(lambda: calendar_bytes(rows, CalendarProperties(_("HRD calendar")))),
        file_name=f"{wording.file_name(item, 'event')}.ics",
        mime="text/calendar",
        key="panel_file",
        icon=":material/event:",
        on_click="ignore",
        type="primary",
    )


def _dates(row: Any, context: PageContext) -> None:
    """Draws the deadlines of the item, or of its session, in order."""
    dates = deadlines(context.table, row["item"])
    if dates.empty:
        return
    st.markdown(_("#### Deadlines"))
    for other in dates.itertuples():
        _deadline(other, context)


def _deadline(row: Any, context: PageContext) -> None:
    with st.container(gap=None):
        _opener(plain(row.title), row.item, "deadline")
        st.caption(deadline_caption(row, context.zone))


def _cycle(row: Any, context: PageContext) -> None:
    """Draws the previous and next occurrence of the cycle, and the texts of a session or the session of an item."""
    found = {_("Previous"): _row(context.table, row["previous"]), _("Next"): _row(context.table, row["next"])}
    turns = {name: turn for name, turn in found.items() if turn is not None}
    if turns:
        st.markdown(_("#### Cycle"))
    for name, turn in turns.items():
        with st.container(gap=None):
            _opener(f"{name}: {plain(turn['title'])}", turn["item"], name.lower())
            st.caption(plain(f"{when(turn, context.zone)} · {standing_words(turn['standing']).lower()}"))
    _together(row, context)


def _together(row: Any, context: PageContext) -> None:
    table = context.table
    if row["kind"] == Kind.SESSION:
        here = table[(table["session"] == row["session"]) & table["kind"].isin((Kind.RESOLUTION, Kind.MANDATE_RENEWAL))]
        _listed(_("Texts"), here.itertuples(), context)
    elif row["session"]:
        here = table[(table["item"] == f"session-{row['session']}") & (table["item"] != row["item"])]
        _listed(_("Session"), here.itertuples(), context)


def _listed(heading: str, rows: Iterable[Any], context: PageContext) -> None:
    rows = list(rows)
    if not rows:
        return
    st.markdown(f"#### {heading}")
    for other in rows:
        with st.container(gap=None):
            _opener(plain(other.title), other.item, "beside")
            st.caption(plain(f"{when(other, context.zone)} · {standing_words(other.standing).lower()}"))


def _opener(label: str, item: str, place: str) -> None:
    st.button(label, key=f"panel_{place}_{item}", type="tertiary", on_click=choose, args=(item,))


def _link(item: str) -> str:
    """The address of this page with the item open and the current filter."""
    address = urlsplit(st.context.url or "")
    parameters = [(name, value) for name in st.query_params for value in st.query_params.get_all(name) if name != ITEM]
    return urlunsplit(address._replace(query=urlencode([*parameters, (ITEM, item)]), fragment=""))
