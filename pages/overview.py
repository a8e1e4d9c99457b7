"""Overview: what is under way today, what comes next with deadlines first, and the state of every cycle."""

from pages.components.shell.guard import require_entrance

require_entrance()

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.mission import briefing
from calendar_model.mission.briefing import CycleStep, TrackCycle
from calendar_model.mission.open_tasks import open_tasks
from calendar_model.translation import gettext as _
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import link
from pages.components.shell.words import plain
from pages.components.widgets.lines import lines
from pages.components.widgets.tables import csv_download, item_table
from pages.components.widgets.word_files import week_buttons

AHEAD = 90


def for_you(context: PageContext) -> None:
    """Draw the current user's open tasks in a line; nothing where there are none."""
    if not context.viewer.person_id:
        return
    found = open_tasks(context.viewer, context.today)
    person = current_person()
    wanted = _("clearance") if person is not None and person.may_clear else _("reply")
    counts = [
        (
            "statements",
            found.statements_awaiting_reply,
            _("statement awaits your {wanted}").format(wanted=wanted),
            _("statements await your {wanted}").format(wanted=wanted),
        ),
        (
            "statements",
            found.statements_soon,
            _("statement of yours is due within two weeks"),
            _("statements of yours are due within two weeks"),
        ),
        ("follow_ups", found.late_follow_ups, _("follow-up is late"), _("follow-ups are late")),
        (
            "follow_ups",
            found.follow_ups_soon,
            _("follow-up is due within two weeks"),
            _("follow-ups are due within two weeks"),
        ),
    ]
    if not any(count for _unused, count, _unused_2, _unused_3 in counts):
        return
    with st.container(horizontal=True, key="for_you", gap="small"):
        for page, count, one, many in counts:
            if count:
                link(page, f"**{count}** {one if count == 1 else many}")


def now(context: PageContext) -> None:
    st.subheader(_("Now, {day}").format(day=wording.full_day(context.today)))
    kept = replace(context.filter, start=None, end=None).apply(context.table, context.reference)
    today = briefing.items_on(kept, context.today)
    found = briefing.entries(today, context.reference, context.today, context.zone)
    if not found:
        st.markdown(_("Nothing under way today matches this filter."))
        return
    first = [e for e in found if e.exact or e.weighs]
    rest = [e for e in found if not (e.exact or e.weighs)]
    lines(first, "now")
    if rest:
        count = sum(len(e.items) for e in rest)
        more = _("1 more item") if count == 1 else _("{count} more items").format(count=count)
        with st.expander(_("{more} may be under way (dates to be confirmed)").format(more=more), expanded=not first):
            lines(rest, "window", fold=False)


def coming(context: PageContext) -> pd.DataFrame:
    start, end = context.filter.start, context.filter.end
    if start is not None and end is not None:
        st.subheader(wording.span(start, end))
        view = context.filtered
    else:
        until = context.today + timedelta(days=AHEAD)
        st.subheader(_("Next {ahead} days (to {until})").format(ahead=AHEAD, until=wording.day(until)))
        view = briefing.items_between(context.filtered, context.today + timedelta(days=1), until)
    found = briefing.entries(view, context.reference, context.today, context.zone)
    due, rest = [e for e in found if e.due], [e for e in found if not e.due]
    if not found:
        st.markdown(_("Nothing in this period matches the filter. Choose a longer period, or remove a filter."))
        return view
    st.markdown(_("#### Deadlines"))
    if not due:
        st.markdown(_("No deadlines in this period match the filter."))
    lines(due, "due")
    if rest:
        st.markdown(_("#### Sessions, meetings and international days"))
        lines(rest, "next")
    return view


def draw_step(label: str, found: CycleStep | None, track: str, nothing: str) -> None:
    """Draw one step of a cycle, or ``nothing``, the words for its absence."""
    st.caption(_("{label}, under way").format(label=label) if found and found.open else label)
    if found is None:
        st.markdown(nothing)
        return
    st.button(
        f"**{plain(found.what)}**",
        key=f"cycle_{track}_{label}",
        type="tertiary",
        on_click=item_panel.choose,
        args=(found.item,),
    )
    st.markdown(f"{plain(found.when)}  \n{plain(found.how)}")


def cycle_rows(found: tuple[TrackCycle, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Cycle"): c.track.title,
                _("Interval"): c.rule,
                **{
                    f"{name} {part}": getattr(t, field) if t else ""
                    for name, t in ((_("Last"), c.last), (_("Next"), c.next), (_("Then"), c.then))
                    for part, field in (("text", "what"), ("date", "when"), (_("date status"), "how"))
                },
                _("Guidelines"): c.parting,
            }
            for c in found
        ]
    )


def the_cycles(context: PageContext) -> None:
    st.subheader(_("The cycles"))
    found = briefing.cycles(context.table, context.reference, context.filter, context.today)
    if not found:
        st.markdown(_("No cycles match this filter. Remove a filter to see the resolutions, the mandate and the UPR."))
        return
    for cycle in found:
        with st.container(key=f"lines_cycle_{cycle.track.code}", gap="small"):
            name, *cells = st.columns([1.3, 1, 1, 1])
            with name.container(gap="xxsmall"):
                st.markdown(f"**{plain(cycle.track.title)}**")
                st.caption(plain(cycle.rule.capitalize()))
                if cycle.parting:
                    st.caption(f":material/flag: {plain(cycle.parting)}")
            steps = (
                (_("Last"), cycle.last, _("None known")),
                (_("Next"), cycle.next, _("None scheduled")),
                (_("Then"), cycle.then, _("None scheduled")),
            )
            for cell, (label, which, nothing) in zip(cells, steps, strict=True):
                with cell.container(gap="xxsmall"):
                    draw_step(label, which, cycle.track.code, nothing)
    csv_download(cycle_rows(found), "cycles", label=_("Download cycles as CSV"))


context = current()
st.title(_("Overview"))
for_you(context)
now(context)
week_buttons(context, current_person() if context.workspace else None)
listed = coming(context)
the_cycles(context)
if not listed.empty:
    st.subheader(_("Table view"))
    item_table(listed, context, "overview_items")
item_panel.draw_panel(context)
