"""What has changed since the reader's last visit, and the list of all that they follow: a part of Today."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import staff
from calendar_model.messages import message
from calendar_model.mission.follows import (
    DateChange,
    DateSource,
    Followed,
    KnownDates,
    RecordNews,
    changed_dates,
    changed_records,
    followed,
)
from calendar_model.terms import FollowKind
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Precision, Standing
from pages.components.cycles.upr_address import link_to_state
from pages.components.record.changed import since_last_visit
from pages.components.shell import follow, item_panel
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import PAGE_OF, RECORD, link
from pages.components.shell.words import linked, plain
from pages.components.widgets.more import show_more, shown_count

AT_FIRST, MORE = 5, 20
"""Changes at first, and how many more a click shows."""
_STEPS = 3
"""How many actions on one record are listed; the newest."""

_HEADINGS = Translated(
    {
        FollowKind.ITEM: N_("Calendar items"),
        FollowKind.TRACK: N_("Tracks of texts"),
        FollowKind.STATE: N_("States"),
        FollowKind.RECORD: N_("Records"),
    }
)


def draw_changes(context: PageContext) -> None:
    """Draw what has changed since the last visit of what the reader follows or owns, and what they follow.

    Nothing for a reader without a user.
    """
    if not context.viewer.person_id:
        return
    since = since_last_visit(context)
    dates, records = changed_dates(context.viewer, since), changed_records(context.viewer, since)
    all_followed = followed(context.viewer)
    count = len(dates) + len(records)
    if context.last_visit is None:
        st.subheader(_("Changed today ({count})").format(count=count), anchor=False)
    else:
        day = wording.day(context.last_visit)
        st.subheader(_("Changed since your last visit, {day} ({count})").format(day=day, count=count), anchor=False)
    if not count:
        st.markdown(
            _("Nothing that you follow or own has changed.")
            if all_followed
            else _(
                "Dates and records that you follow are listed here once they change. Open an item of the calendar, a "
                "track, a State or a record, and follow it there."
            )
        )
    names = {one.id: one.name for one in staff()}
    shown = shown_count("changes", AT_FIRST)
    with st.container(key="lines_changes", gap="xsmall"):
        for change in dates[:shown]:
            _draw_date(change, names, context)
        for news in records[: max(shown - len(dates), 0)]:
            _draw_record(news, names, context)
    show_more("changes", min(shown, count), count, MORE, button="more_changes")
    _draw_followed(all_followed, context)


def _draw_date(change: DateChange, names: dict[str, str], context: PageContext) -> None:
    with st.container(gap=None, key=f"changed_{change.item}"):
        st.button(
            plain(change.title),
            key=f"changed_open_{change.item}",
            type="tertiary",
            on_click=item_panel.choose,
            args=(change.item,),
            wrap=True,
        )
        new, old = _dates_words(change.new, context.zone), _dates_words(change.old, context.zone)
        st.markdown(_("**{new}**, before: {old}").format(new=plain(new), old=plain(old)))
        source = f" {linked(_('Source'), change.source_url)}" if change.source_url else ""
        st.caption(f"{plain(_source_words(change, names, context.zone))}{source}")


def _dates_words(dates: KnownDates, zone: str) -> str:
    """The dates with their standing, where the phrase does not say it already."""
    if dates.standing is Standing.PROJECTED and dates.precision is not Precision.DAY:
        return dates.when(zone)
    return f"{dates.when(zone)}, {wording.standing_words(dates.standing).lower()}"


def _source_words(change: DateChange, names: dict[str, str], zone: str) -> str:
    at, name = wording.moment(change.at, zone), names.get(change.person_id, "")
    if change.source is DateSource.CORRECTION and name:
        return _("Recorded by {name}, {at}.").format(name=name, at=at)
    if change.source is DateSource.IMPORT:
        return _("Imported from the calendar “{calendar}”, {at}.").format(calendar=change.source_name, at=at)
    if change.source is DateSource.STAFF:
        return _("Changed by {name}, {at}.").format(name=name or _("another user"), at=at)
    if change.source is DateSource.FORECAST:
        return _("A new forecast, {at}.").format(at=at)
    return _("From the reference data, {at}.").format(at=at)


def _draw_record(news: RecordNews, names: dict[str, str], context: PageContext) -> None:
    with st.container(gap=None, key=f"changed_{news.record_id}"):
        link(PAGE_OF[news.kind], plain(news.title), **{RECORD: news.record_id})
        for line in news.lines[:_STEPS]:
            steps = ", ".join(message(step.code, vars(step)) for step in line.steps)
            who = names.get(line.person_id, _("Another user"))
            st.caption(plain(f"{who} {steps} · {wording.moment(line.at, context.zone)}"))
        if len(news.lines) > _STEPS:
            st.caption(
                wording.count(len(news.lines) - _STEPS, "and {number} earlier change", "and {number} earlier changes")
            )


def _draw_followed(found: Sequence[Followed], context: PageContext) -> None:
    if not found:
        return
    with st.expander(_("You follow: {count}").format(count=len(found)), key="followed", on_change="rerun") as fold:
        if not fold.open:
            return
        for kind in FollowKind:
            theirs = [one for one in found if one.kind is kind]
            if theirs:
                st.caption(_HEADINGS[kind])
            with st.container(key=f"lines_followed_{kind}", gap="xsmall"):
                for one in theirs:
                    _draw_one(one, context)


def _draw_one(one: Followed, context: PageContext) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"followed_{one.kind}_{one.key}"):
        title = plain(one.title) or _("No longer visible to you")
        if one.kind is FollowKind.ITEM and one.title:
            key = f"followed_open_{one.key}"
            st.button(title, key=key, type="tertiary", on_click=item_panel.choose, args=(one.key,), wrap=True)
        elif one.kind is FollowKind.TRACK and one.title:
            link("resolutions", title, track=one.key)
        elif one.kind is FollowKind.STATE and one.title:
            link_to_state(one.key, context)
        elif one.record_kind is not None:
            link(PAGE_OF[one.record_kind], title, **{RECORD: one.key})
        else:
            st.markdown(title)
        st.button(
            _("Stop following"),
            key=f"unfollow_{one.kind}_{one.key}",
            type="tertiary",
            icon=":material/close:",
            on_click=follow.stop,
            args=(one.kind, one.key),
        )
