"""Follow-ups: the reader's own first, then those of others, then those done recently."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar import Filter
from calendar_model.mission.follow_ups import (
    FollowUpLine,
    Nearness,
    by_owner,
    follow_ups_done_since,
    follow_ups_table,
    open_follow_ups,
)
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.record.follow_ups import follow_up_lines
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person
from pages.components.shell.words import plain
from pages.components.widgets.more import show_more, shown_count
from pages.components.widgets.tables import csv_download

if TYPE_CHECKING:
    from calendar_model.store.models import Person

TITLE = _("Follow-ups")
HEADINGS = {Nearness.LATE: "late", Nearness.SOON: _("next seven days"), Nearness.LATER: "later"}
LOOKS_BACK = timedelta(days=30)
AT_FIRST, MORE = 8, 30
"""Lines of a group at first, and how many more a click shows."""


def draw_list(context: PageContext, person: Person) -> None:
    """Draw the reader's own by nearness, then those of others, those done recently, and the files."""
    with reading(context.viewer) as session:
        found = open_follow_ups(session)
        done = follow_ups_done_since(session, context.today - LOOKS_BACK)
    names = {one.id: one.name for one in staff()}
    if context.filter != Filter():
        st.caption(_("The filter does not apply to follow-ups; all are shown."))
    if not found and not done:
        st.markdown(
            _("No follow-ups yet. Add one on the page of an engagement, a statement, a case or another record.")
        )
        return
    mine, others = by_owner(found, person.id, context.today)
    if not any(mine.values()):
        st.markdown(_("You have no open follow-ups."))
    for due, listed in mine.items():
        if listed:
            st.subheader(
                _("My follow-ups, {headings}: {count}").format(headings=HEADINGS[due], count=len(listed)), anchor=False
            )
            draw_group(listed, names, f"mine_{due}", context)
    for owner_id, listed in by_name(others, names):
        st.subheader(f"{plain(names.get(owner_id, _('Another user')))}: {len(listed)}", anchor=False)
        draw_group(listed, names, f"of_{owner_id}", context)
    if done:
        with st.expander(
            _("Done since {today}: {count}").format(today=wording.day(context.today - LOOKS_BACK), count=len(done))
        ):
            draw_group(done, names, "done", context)
    csv_download(follow_ups_table([*found, *done], names), "follow_ups")
    st.caption(
        _("These files leave out follow-ups to restricted records. Add a new follow-up on the page of its record.")
    )


def by_name(found: Sequence[FollowUpLine], names: Mapping[str, str]) -> list[tuple[str, list[FollowUpLine]]]:
    """Return the follow-ups by owner, first the owner whose first one is due first."""
    owners: dict[str, list[FollowUpLine]] = defaultdict(list)
    for line in found:
        owners[line.owner_id].append(line)
    return sorted(owners.items(), key=lambda pair: (pair[1][0].due, names.get(pair[0], ""), pair[0]))


def draw_group(found: Sequence[FollowUpLine], names: Mapping[str, str], place: str, context: PageContext) -> None:
    """Draw the first follow-ups of a group and a button for more; ``place`` is the group's name on the page."""
    shown = found[: shown_count(f"follow_ups_{place}", AT_FIRST)]
    follow_up_lines(shown, names, place, today=context.today)
    show_more(f"follow_ups_{place}", len(shown), len(found), MORE, button=f"more_{place}")


context = current()
st.title(TITLE)
if not context.workspace:
    st.stop()
forms.outcome()
draw_list(context, require_person(_("Follow-ups are")))
item_panel.draw_panel(context)
