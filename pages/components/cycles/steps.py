"""The steps towards a text or a review, counted from its session: when, what, for whom, and how far away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import streamlit as st

from calendar_model import wording
from calendar_model.calendar import city, interval_words
from calendar_model.cycles import DueMilestone, due_for_session
from calendar_model.reference import Reference
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import MilestoneKind, Standing
from calendar_model.wording import standing_words
from pages.components.cycles.next_line import how_far
from pages.components.shell.context import PageContext
from pages.components.shell.words import plain
from pages.components.widgets.lines import dated_line, line

EVERYONE = "all"
"""The value of a milestone that concerns everyone."""


@st.cache_data(max_entries=64, show_spinner=False)
def _of_session(_reference: Reference, version: str, session: str, as_of: date) -> tuple[DueMilestone, ...]:
    return due_for_session(_reference, session, as_of)


def coming_steps(session: str, context: PageContext, country: str = "") -> list[DueMilestone]:
    """The coming milestones of a session and of its reviews, in order, also of a session that is only projected.

    With ``country``, a State's code, those that concern another State alone are left out. Without it, a milestone that
    each State has on a day of its own is there once, with the first of these days.
    """
    coming = [
        due
        for due in _of_session(context.reference, context.version, session, context.today)
        if due.end >= context.today and due.standing is not Standing.CANCELLED
    ]
    if country:
        return [due for due in coming if due.country in ("", country)]
    first: dict[str, DueMilestone] = {}
    for due in coming:
        first.setdefault(due.milestone.code, due)
    return list(first.values())


def due_days(due: DueMilestone) -> str:
    """The day or the window of a milestone, with the interval of an expected day."""
    return f"{_days(due)} {_interval(due)}".rstrip()


def due_when(due: DueMilestone, reference: Reference) -> str:
    """The same with the hour, if there is one."""
    hour = _hour(due, reference)
    return ", ".join(filter(None, (_days(due), hour, _interval(due)))) if hour else due_days(due)


def _days(due: DueMilestone) -> str:
    return wording.when_known(due.start, due.end, due.precision, held=due.standing is Standing.HELD)


def _hour(due: DueMilestone, reference: Reference) -> str:
    """The hour of a milestone in its place, ``13:00 (Geneva time)``; empty if it has none."""
    hour = due.at.time() if due.at else due.milestone.time
    if hour is None:
        return ""
    place = reference.organisations[due.milestone.body].seat_city or city(due.timezone)
    return _("{hours} ({place} time)").format(hours=f"{hour:%H:%M}", place=place)


def _interval(due: DueMilestone) -> str:
    return interval_words(
        {
            "start": due.start,
            "earliest": due.earliest or due.start,
            "latest": due.latest or due.start,
            "date_precision": due.precision,
        }
    )


def draw_steps(
    steps: Iterable[DueMilestone], ours: Sequence[str], key: str, context: PageContext, undated: Iterable[str] = ()
) -> None:
    """Draws the steps as lines, and the names of the ``undated`` ones as the last line.

    Coming deadlines of ``ours``, whom a milestone may concern, are bold. ``key`` is unique on the page.
    """
    known = set(context.table["item"])
    with st.container(key=f"lines_steps_{key}", gap=None):
        for due in steps:
            _step(due, ours, f"step_{key}_{due.item}", context, in_calendar=due.item in known)
        if names := list(undated):
            with dated_line(f"steps_{key}_undated", _("no fixed date")):
                st.caption(plain(" · ".join(names)), width="content")


def _step(due: DueMilestone, ours: Sequence[str], key: str, context: PageContext, *, in_calendar: bool) -> None:
    milestone, over = due.milestone, due.end < context.today
    bold = milestone.for_whom in ours and not over and milestone.kind in (MilestoneKind.DEADLINE, MilestoneKind.PROCESS)
    name = f"**{plain(milestone.name)}**" if bold else plain(milestone.name)
    facts = (
        _hour(due, context.reference),
        _(milestone.for_whom) if milestone.for_whom != EVERYONE else "",
        how_far(due.start, due.end, due.precision, context.today),
        "" if due.standing is Standing.PROJECTED and not over else standing_words(_standing(due, over=over)).lower(),
    )
    about = plain(" · ".join(filter(None, facts)))
    if in_calendar:
        line(key, plain(due_days(due)), name, about, due.item)
        return
    with dated_line(key, plain(due_days(due))):
        st.markdown(name, width="content")
        st.caption(about, width="content")


def _standing(due: DueMilestone, *, over: bool) -> Standing:
    """The standing on the day of the page: what has passed without a record is not confirmed."""
    unrecorded = over and due.standing in (Standing.PROJECTED, Standing.PROVISIONAL)
    return Standing.NOT_CONFIRMED if unrecorded else due.standing
