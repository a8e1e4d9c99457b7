"""Today: what is to be done and by when, what is under way and next, and where each cycle stands."""

from pages.components.record.access_requests import draw_news
from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import staff
from calendar_model.messages import message
from calendar_model.mission import briefing
from calendar_model.mission.briefing import BriefingEntry, CycleStep, TrackCycle
from calendar_model.mission.tasks import Task, own_tasks
from calendar_model.terms import ReadinessState
from calendar_model.translation import gettext as _
from pages.components.coverage.covered import covered
from pages.components.follows.changes import draw_changes
from pages.components.record import forms
from pages.components.record.sample import offer_sample
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import PAGE_OF, RECORD, link
from pages.components.shell.words import plain
from pages.components.widgets.lines import dated_line, lines
from pages.components.widgets.more import show_more, shown_count
from pages.components.widgets.tables import csv_download, item_table
from pages.components.widgets.word_files import week_buttons

WEEK = timedelta(days=7)
AHEAD = timedelta(days=90)
COVERED = 91
"""Days ahead of which the coverage is summed up."""
AT_FIRST, MORE = 6, 20
"""Lines of a list at first, and how many more a click shows."""


def welcome(context: PageContext) -> None:
    """Draw what a reader without a profile needs first: one sentence on the calendar, and the ways to begin."""
    if not context.workspace or current_person() is not None:
        return
    everyone = staff()
    if everyone:
        st.markdown(_("Select your name above to see your tasks and the mission's own records."))
        return
    st.markdown(
        _(
            "A calendar of the multilateral bodies, with the mission's own engagements, statements and cases for human "
            "rights defenders beside it."
        )
    )
    with st.container(horizontal=True, vertical_alignment="center", key="welcome"):
        link("settings", _("Add yourself"), icon=":material/person_add:", new="person")
        offer_sample(context)


def tasks(context: PageContext) -> None:
    """Draw the reader's tasks: the next one in the first line, then theirs beside those that wait for others."""
    if not context.viewer.person_id:
        return
    found = own_tasks(context.viewer, context.today)
    first = next((task for task in found.mine if task.due is not None), None)
    if first is not None and first.due is not None:
        with st.container(key="next_task", horizontal=True, gap="xsmall", vertical_alignment="center"):
            days = (first.due - context.today).days
            due = briefing.countdown(days) if days >= 0 else _("late")
            st.markdown(
                _("**Next for you** · {due}, {day}:").format(due=due, day=wording.day(first.due)), width="content"
            )
            link_to_task(first)
    mine, waiting = st.columns(2, gap="large")
    with mine:
        st.subheader(_("Mine to do ({count})").format(count=len(found.mine)), anchor=False)
        draw_tasks(found.mine, "mine", context, _("Nothing of yours is late or due within two weeks."))
    with waiting:
        st.subheader(_("Waiting for others ({count})").format(count=len(found.waiting)), anchor=False)
        draw_tasks(found.waiting, "waiting", context, _("You are not waiting for any replies."))
        late_and_soon(context)
        draw_news(context.viewer, context.zone)


def draw_tasks(found: Sequence[Task], place: str, context: PageContext, nothing: str) -> None:
    if not found:
        st.markdown(nothing)
        return
    names = {one.id: one.name for one in staff()}
    key = f"tasks_{place}"
    shown = found[: shown_count(key, AT_FIRST)]
    with st.container(key=f"lines_{place}", gap="xsmall"):
        for number, task in enumerate(shown):
            when = _("No due date") if task.due is None else wording.day(task.due)
            if task.due is not None and task.due < context.today:
                when = _("**Late** · {day}").format(day=when)
            with dated_line(f"{place}_{number}", when, stacked=True, width=150):
                link_to_task(task)
                st.caption(plain(task_words(task, names)))
    show_more(key, len(shown), len(found), MORE, button=f"more_{place}")


def link_to_task(task: Task) -> None:
    """Draw the link to what a task is about, or to Settings, where a request for a record unseen is answered."""
    if task.what:
        link(PAGE_OF[task.record_kind], plain(task.what), **{RECORD: task.record_id})
    else:
        link("settings", _("A restricted record"))


def task_words(task: Task, names: dict[str, str]) -> str:
    """Say what kind of task it is, and whom or what it concerns."""
    name = names.get(task.waiting_for, _("another user"))
    says = message(task.code, {"about": task.about, "name": name})
    return f"{says}{_(' (sample)') if task.sample else ''}"


def late_and_soon(context: PageContext) -> None:
    """Say how many expectations on our items are late and due soon, with the way to the coverage."""
    frame = covered(context, COVERED)
    ours = frame[frame["ours"].to_numpy()]
    late, soon = (int((ours["state"] == state).sum()) for state in (ReadinessState.LATE, ReadinessState.DUE_SOON))
    if late or soon:
        label = _("Coverage of our items: **{late} late**, {soon} due soon").format(late=late, soon=soon)
        with st.container(key="late_and_soon"):
            link("coverage", label)


def this_week(context: PageContext) -> None:
    """Draw what is under way, and what begins within a week."""
    st.subheader(_("This week"), anchor=False)
    kept = replace(context.filter, start=None, end=None).apply(context.table, context.reference)
    tomorrow = context.today + timedelta(days=1)
    under_way = briefing.items_on(kept, context.today)
    begins = briefing.items_between(kept, tomorrow, context.today + WEEK)
    found = briefing.entries(
        pd.concat([under_way, begins[~begins["item"].isin(under_way["item"]).to_numpy()]]),
        context.reference,
        context.today,
        context.zone,
    )
    if not found:
        st.markdown(_("Nothing this week matches the filter."))
        return
    first = [entry for entry in found if entry.exact or entry.weighs]
    rest = [entry for entry in found if not (entry.exact or entry.weighs)]
    lines(first, "now")
    if rest:
        count = sum(len(entry.items) for entry in rest)
        more = _("1 more item") if count == 1 else _("{count} more items").format(count=count)
        with st.expander(_("{more} may be under way (dates to be confirmed)").format(more=more), expanded=not first):
            lines(rest, "window", fold=False)


def coming(context: PageContext) -> pd.DataFrame:
    """Draw what comes after this week, deadlines first, or in the period of the filter; return its rows."""
    start, end = context.filter.start, context.filter.end
    if start is not None and end is not None:
        st.subheader(wording.span(start, end), anchor=False)
        view = context.filtered
    else:
        until = context.today + AHEAD
        st.subheader(_("Then, to {until}").format(until=wording.day(until)), anchor=False)
        view = briefing.items_between(context.filtered, context.today + WEEK + timedelta(days=1), until)
    found = briefing.entries(view, context.reference, context.today, context.zone)
    due, rest = [entry for entry in found if entry.due], [entry for entry in found if not entry.due]
    if not found:
        st.markdown(_("Nothing in this period matches the filter. Choose a longer period, or remove a filter."))
        return view
    st.markdown(_("#### Deadlines"))
    if not due:
        st.markdown(_("No deadlines in this period match the filter."))
    first_lines(due, "due")
    if rest:
        st.markdown(_("#### Sessions, meetings and international days"))
        first_lines(rest, "next")
    return view


def first_lines(entries: Sequence[BriefingEntry], place: str) -> None:
    key = f"today_{place}"
    shown = entries[: shown_count(key, AT_FIRST)]
    lines(shown, place)
    show_more(key, len(shown), len(entries), MORE, button=f"more_{place}")


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


@st.cache_resource(max_entries=32, show_spinner=False)
def cycles_of(_context: PageContext, version: str, chosen: str, today: date) -> tuple[TrackCycle, ...]:
    """Return the cycles; ``version`` and ``chosen`` stand for the calendar and the filter."""
    return briefing.cycles(_context.table, _context.reference, _context.filter, today)


def the_cycles(context: PageContext) -> None:
    st.subheader(_("The cycles"))
    found = cycles_of(context, context.version, repr(context.filter), context.today)
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
    rows = cycle_rows(found)
    # How well the last date is known goes without saying.
    past = f"{_('Last')} {_('date status')}"
    listed = [name for name in rows.columns if name != past and not name.startswith(_("Then"))]
    csv_download(rows, "cycles", label=_("Download cycles as CSV"), listed=listed)


context = current()
day = wording.full_day(context.today)
st.title(f"{day[:1].upper()}{day[1:]}", anchor=False)
forms.outcome()
welcome(context)
tasks(context)
draw_changes(context)
this_week(context)
week_buttons(context, current_person() if context.workspace else None)
listed = coming(context)
the_cycles(context)
if not listed.empty:
    st.subheader(_("Table view"))
    item_table(listed, context, "today_items")
item_panel.draw_panel(context)
