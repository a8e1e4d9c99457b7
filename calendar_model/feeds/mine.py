"""What a subscription holds: what its filter keeps of what its level lets see, and what its person still has to do.

Whoever the person is, nothing restricted is in it: everything here is read at the level public or internal.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter, Item
from calendar_model.feeds.ical import FOLLOW_UP
from calendar_model.mission.events import event_of
from calendar_model.mission.follow_ups import Line, open_follow_ups
from calendar_model.mission.subscriptions import Subscriber
from calendar_model.mission.visible_calendar import calendar_parts_for
from calendar_model.reference import Reference
from calendar_model.store.models import Change, Event, FollowUp, ItemLink
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing

STAFF = Viewer("", Sensitivity.INTERNAL)
"""What all of the staff may see, whoever they are."""

BASIS = "A follow-up, due on the day that its owner has set."


@dataclass(frozen=True)
class Mine:
    """What a subscription holds, before it is worked out. ``key`` stands for all of it: the same key, the same events.

    ``chosen`` is its filter, for the calendar ``table`` and the mission's ``own`` events; ``follow_ups`` no filter
    keeps out.
    """

    subscriber: Subscriber
    reference: Reference
    table: pd.DataFrame
    own: tuple[Item, ...]
    chosen: Filter
    follow_ups: tuple[Item, ...]

    @property
    def key(self) -> Hashable:
        """Changes only with what is in it, unlike the state of the workspace."""
        attrs, asked = self.table.attrs, self.subscriber
        told = (asked.name, asked.query, asked.level, asked.alarm_days)
        return attrs["version"], attrs["as_of"], told, self.own, self.follow_ups


def mine(subscriber: Subscriber) -> Mine:
    """What a subscription holds now: fictional events for a fictional person alone.

    Raises :class:`~calendar_model.store.database.WorkspaceError` where the workspace cannot be read, and
    :class:`~calendar_model.calendar.FilterError` where the filter is none.
    """
    chosen = Filter.from_query(subscriber.query)
    eyes = STAFF if subscriber.level is Sensitivity.INTERNAL else ANONYMOUS
    reference, table, own = calendar_parts_for(eyes)
    with reading(eyes) as session:
        fictional = () if subscriber.sample else session.scalars(select(Event.id).where(Event.sample)).all()
        own = tuple(item for item in own if event_of(item.item) not in fictional)
        follow_ups = tuple(_follow_ups(session, subscriber, table, own)) if subscriber.follow_ups else ()
    return Mine(subscriber, reference, table, own, chosen, follow_ups)


def _follow_ups(session: Session, subscriber: Subscriber, table: pd.DataFrame, own: tuple[Item, ...]) -> Iterator[Item]:
    """A person's open follow-ups as whole days, those of restricted records left out altogether."""
    lines = [
        line
        for line in open_follow_ups(session)
        if line.owner_id == subscriber.person_id and not line.restricted and (subscriber.sample or not line.sample)
    ]
    changed = _changed(session, lines)
    linked = _linked(session, lines)
    bodies = {item.item: item.body for item in own}
    if linked:
        bodies |= zip(table["item"], map(str, table["body"]), strict=True)
    for line in lines:
        # A follow-up stands where its record hangs in the calendar; one of a record that hangs nowhere, under no body.
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


def _changed(session: Session, lines: list[Line]) -> dict[str, date]:
    """The day (UTC) on which each follow-up was last changed."""
    asked = (
        select(Change.row_id, func.max(Change.at))
        .where(Change.table == FollowUp.__tablename__, Change.row_id.in_([line.id for line in lines]))
        .group_by(Change.row_id)
    )
    return {row_id: at.date() for row_id, at in session.execute(asked)}


def _linked(session: Session, lines: list[Line]) -> dict[str, list[str]]:
    """The calendar items to which each record is linked."""
    asked = (
        select(ItemLink.record_id, ItemLink.item)
        .where(ItemLink.record_id.in_({line.record_id for line in lines}))
        .order_by(ItemLink.item)
    )
    found: dict[str, list[str]] = {}
    for record_id, item in session.execute(asked):
        found.setdefault(record_id, []).append(item)
    return found
