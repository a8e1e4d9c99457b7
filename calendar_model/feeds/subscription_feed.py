"""The content of a subscription: the calendar at its level, filtered, and its person's open follow-ups.

It never contains restricted records: everything here is read at the level public or internal, and of the missions at
which its person has a role.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, staff_of
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter, Item
from calendar_model.feeds.ical import FOLLOW_UP
from calendar_model.feeds.selection import feed_rows
from calendar_model.mission.events import event_of
from calendar_model.mission.follow_ups import FollowUpLine, open_follow_ups
from calendar_model.mission.missions import missions_read
from calendar_model.mission.subscriptions import Subscriber
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.store.models import Change, Event, FollowUp, ItemLink
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing

BASIS = "A follow-up, due on the date set by its owner."


@dataclass(frozen=True)
class SubscriptionItems:
    """The content of a subscription, before it is filtered and written.

    ``table`` is the calendar at the subscription's level. ``filter`` applies to it, and not to ``follow_ups``.
    """

    subscriber: Subscriber
    reference: Reference
    table: pd.DataFrame
    filter: Filter
    follow_ups: tuple[Item, ...]

    @property
    def version(self) -> Hashable:
        """Changes only with what is in the feed, unlike the change token of the workspace."""
        attrs, of = self.table.attrs, self.subscriber
        settings = of.name, of.query, of.level, of.alarm_days, of.windows
        return attrs["version"], attrs["as_of"], *settings, self.follow_ups

    def filtered(self) -> pd.DataFrame:
        """The rows of the calendar in the feed, without the follow-ups."""
        return feed_rows(self.table, self.filter, self.reference, windows=self.subscriber.windows)

    def with_follow_ups(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows and the follow-ups in one reading order."""
        return calendar.with_items(rows, self.follow_ups, self.reference)


def items_of(subscriber: Subscriber) -> SubscriptionItems:
    """Return the present content of a subscription. Fictional events are included only for a fictional person.

    Raises :class:`~calendar_model.store.database.WorkspaceError` where the workspace cannot be read, and
    :class:`~calendar_model.calendar.FilterError` where the saved filter is none.
    """
    chosen = Filter.from_query(subscriber.query)
    viewer = staff_of(missions_read(subscriber.person_id)) if subscriber.level is Sensitivity.INTERNAL else ANONYMOUS
    reference, table = calendar_for(viewer)
    with reading(viewer) as session:
        if not subscriber.sample:
            table = _without_events(table, set(session.scalars(select(Event.id).where(Event.sample))))
        follow_ups = tuple(_follow_ups(session, subscriber, table)) if subscriber.follow_ups else ()
    return SubscriptionItems(subscriber, reference, table, chosen, follow_ups)


def _without_events(table: pd.DataFrame, event_ids: set[str]) -> pd.DataFrame:
    """The table without the rows of these events of the mission."""
    if not event_ids:
        return table
    return table[~table["item"].map(event_of).isin(event_ids)]


def _follow_ups(session: Session, subscriber: Subscriber, table: pd.DataFrame) -> Iterator[Item]:
    """A person's open follow-ups as whole days, those of restricted records left out altogether."""
    lines = [
        line
        for line in open_follow_ups(session)
        if line.owner_id == subscriber.person_id and not line.restricted and (subscriber.sample or not line.sample)
    ]
    if not lines:
        return
    changed = _last_changes(session, lines)
    linked = _linked_items(session, lines)
    bodies = dict(zip(table["item"], map(str, table["body"]), strict=True)) if linked else {}
    for line in lines:
        # A follow-up belongs to the item that its record is linked to. Without one it belongs to no body.
        item = next((item for item in linked.get(line.record_id, []) if item in bodies), "")
        sample = " (sample)" if line.sample else ""
        yield Item(
            item=f"{FOLLOW_UP}{line.id}",
            title=f"Follow-up: {line.what}{sample}",
            kind=Kind.DEADLINE,
            body=bodies.get(item, ""),
            start=line.due,
            end=line.due,
            date_precision=Precision.DAY,
            standing=Standing.CONFIRMED,
            confidence=Confidence.SOURCED,
            basis=BASIS,
            updated=changed.get(line.id, line.due),
            revision=line.version,
            description=f"{str(line.record_kind).replace('-', ' ').capitalize()}: {line.record_title}",
            for_whom="yourself",
            related_to=item,
            sensitivity=line.sensitivity,
        )


def _last_changes(session: Session, lines: list[FollowUpLine]) -> dict[str, date]:
    """The day (UTC) on which each follow-up was last changed."""
    query = (
        select(Change.row_id, func.max(Change.at))
        .where(Change.table == FollowUp.__tablename__, Change.row_id.in_([line.id for line in lines]))
        .group_by(Change.row_id)
    )
    return {row_id: at.date() for row_id, at in session.execute(query)}


def _linked_items(session: Session, lines: list[FollowUpLine]) -> dict[str, list[str]]:
    """The calendar items to which each record is linked, by the record's identifier."""
    query = (
        select(ItemLink.record_id, ItemLink.item)
        .where(ItemLink.record_id.in_({line.record_id for line in lines}))
        .order_by(ItemLink.item)
    )
    found: dict[str, list[str]] = {}
    for record_id, item in session.execute(query):
        found.setdefault(record_id, []).append(item)
    return found
