"""A briefing note on one week, Monday to Sunday: deadlines, events and our own tasks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.calendar import Filter, describe
from calendar_model.documents import word
from calendar_model.documents.note import BriefingNote, Reader
from calendar_model.messages.coverage import EXPECTATION_LABELS, readiness_words
from calendar_model.mission import briefing
from calendar_model.mission.coverage import coverage
from calendar_model.mission.week import week
from calendar_model.reference import Reference
from calendar_model.terms import ReadinessState
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Kind, Precision, Standing


@word.bounded
def week_note(
    session: Session | None, monday: date, reference: Reference, table: pd.DataFrame, reader: Reader, chosen: Filter
) -> bytes:
    """Write a note on the week of ``monday``, to its Sunday, as a Word document.

    ``chosen`` narrows the calendar, except its period; the mission's own tasks that week are always listed. Otherwise
    as :func:`briefing_note`.
    """
    return _WeekNote(reference, table, reader, session).write(monday, chosen)


class _WeekNote(BriefingNote):
    """A note on one week."""

    def write(self, monday: date, chosen: Filter) -> bytes:
        self.monday, self.sunday = monday, monday + timedelta(days=6)
        kept = Filter(**{**vars(chosen), "start": None, "end": None})
        narrowed = (
            _("calendar filtered by {filter}").format(filter=describe(kept, self.reference))
            if kept.active
            else _("whole calendar")
        )
        self.start(
            _("Week of {monday}").format(monday=wording.span(self.monday, self.sunday)),
            _("Briefing note · week {week} · {narrowed}").format(week=monday.isocalendar().week, narrowed=narrowed),
            "",
        )
        view = kept.apply(self.table, self.reference)
        first, last = pd.Timestamp(self.monday), pd.Timestamp(self.sunday)
        # Terms of mandate holders include every week for years.
        standing = ~view["departure"] & (view["standing"] != Standing.CANCELLED)
        standing &= view["kind"] != Kind.MANDATE_HOLDER
        here = view[(view["start"] <= last) & (view["end"] >= first) & standing]
        exact = ~here["date_precision"].isin(WINDOWS)
        due = here["kind"] == Kind.DEADLINE
        self.listed(_("Deadlines"), here[exact & due], _("No deadlines known or expected this week."), whom=True)
        self.listed(_("This week"), here[exact & ~due], _("Nothing known or expected this week."))
        if self.session is not None:
            self.our_week(self.session)
            self.behind(self.session)
        # Items expected in another week may still fall in this one.
        lasts = view["end"] - view["start"]
        near = (view["earliest"] <= last) & (view["latest"] + lasts >= first) & ~view["item"].isin(here["item"])
        expected = view["date_precision"] == Precision.EXPECTED
        self.may_fall(pd.concat([view[near & expected & standing], here[~exact]]))
        return self.finish()

    def listed(self, head: str, rows: pd.DataFrame, nothing: str, *, whom: bool = False) -> None:
        self.heading(head)
        if rows.empty:
            word.line(self.document, nothing)
        else:
            self.dated(rows, whom=whom)

    def may_fall(self, rows: pd.DataFrame) -> None:
        """Write the items that may fall in the week: expected close to it, or with dates not set."""
        if rows.empty:
            return
        self.heading(_("Possibly this week"))
        self.mark_shown_rows(rows)
        found = briefing.entries(rows, self.reference, self.reader.today, self.reader.zone)
        lines = [(one.when, one.title, one.detail, one.standing) for one in found]
        word.table(self.document, (_("When"), _("What"), _("Details"), _("Date status")), lines, (3.4, 5.0, 5.4, 2.8))

    def our_week(self, session: Session) -> None:
        ours = week(session, self.monday, self.sunday)
        self.heading(_("Our week"))
        anything = [
            self.engagements(_("Engagements"), ours.engagements, ours.with_whom),
            self.drafts(ours.statements, _("Texts due or delivered")),
            self.follow_ups(_("Follow-ups due or late"), ours.follow_ups),
        ]
        if not any(anything):
            word.line(self.document, _("No work of the mission this week."))

    def behind(self, session: Session) -> None:
        """Write what is outstanding for our items by the end of the week."""
        found = coverage(session, self.table, self.reference, self.reader.today)
        unmet = found["ours"] & (found["state"] != ReadinessState.DONE)
        due = found[unmet & (found["by"] <= pd.Timestamp(self.sunday))]
        if due.empty:
            return
        self.heading(_("Outstanding by the end of the week"))
        self.mark_shown_ids(record for records in due["records"] for record in records.split())
        shown = self.table[self.table["item"].isin(due["item"])]
        self.mark_shown_rows(shown.assign(source_url="", confidence="sourced"))
        for _unused, rows in due.groupby("item", sort=False):
            found_of_it: Any = rows.to_dict("records")
            sentences = [f"{EXPECTATION_LABELS[one['expectation']]}: {readiness_words(**one)}." for one in found_of_it]
            word.bullet(self.document, " ".join(sentences), lead=f"{rows['title'].iloc[0]}.")
