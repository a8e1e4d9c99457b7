"""What stands in a person's own calendar: the whole calendar as staff see it, and what they still have to do.

Whoever the person is, nothing restricted is in it: everything here is read at the level internal.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calendar_model import calendar
from calendar_model.calendar import Item
from calendar_model.feeds.ical import FOLLOW_UP
from calendar_model.reference import Reference
from calendar_model.safeguards.desk import reading
from calendar_model.safeguards.sight import Viewer
from calendar_model.safeguards.sighted import calendar_of
from calendar_model.safeguards.subscriptions import Subscriber
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing
from calendar_model.workspace.follow_ups import Line, open_follow_ups
from calendar_model.workspace.own_events import event_of
from calendar_model.workspace.records import Change, Event, FollowUp, TieToItem

STAFF = Viewer("", Sensitivity.INTERNAL)
"""What all of the staff may see, whoever they are."""

BASIS = "A follow-up, due on the day that its owner has set."


@dataclass(frozen=True)
class Mine:
    """A person's own calendar before it is worked out. ``key`` stands for all that is in it."""

    reference: Reference
    staff_table: pd.DataFrame
    follow_ups: tuple[Item, ...]
    _fictional: frozenset[str]

    @property
    def key(self) -> Hashable:
        """The same key, the same table."""
        attrs = self.staff_table.attrs
        return attrs["version"], attrs["as_of"], attrs.get("files_changed"), self._fictional, self.follow_ups

    def table(self) -> pd.DataFrame:
        """The calendar table: with fictional events for a fictional person alone."""
        table = self.staff_table
        if self._fictional:
            attrs = table.attrs
            table = table[~table["item"].map(event_of).isin(self._fictional)]
            table.attrs = attrs
        return calendar.with_items(table, self.follow_ups, self.reference)


def mine(subscriber: Subscriber) -> Mine:
    """What stands in a person's own calendar now.

    Raises :class:`~calendar_model.workspace.database.WorkspaceError` where the workspace cannot be read.
    """
    reference, table = calendar_of(STAFF)
    with reading(STAFF) as session:
        fictional = () if subscriber.sample else session.scalars(select(Event.id).where(Event.sample)).all()
        own = tuple(_follow_ups(session, subscriber, table)) if subscriber.follow_ups else ()
    return Mine(reference, table, own, frozenset(fictional))


def _follow_ups(session: Session, subscriber: Subscriber, table: pd.DataFrame) -> Iterator[Item]:
    """A person's open follow-ups as whole days, those of restricted records left out altogether."""
    lines = [
        line
        for line in open_follow_ups(session)
        if line.owner_id == subscriber.person_id and not line.restricted and (subscriber.sample or not line.sample)
    ]
    changed = _changed(session, lines)
    tied = _tied(session, lines)
    bodies = dict(zip(table["item"], table["body"], strict=True)) if tied else {}
    for line in lines:
        # A follow-up stands where its record hangs in the calendar; one of a record that hangs nowhere, under no body.
        item = next((item for item in tied.get(line.record_id, []) if item in bodies), "")
        sample = " (sample)" if line.sample else ""
        yield Item(
            item=f"{FOLLOW_UP}{line.id}",
            title=f"Follow-up: {line.what}{sample}",
            kind=Kind.DEADLINE,
            body=str(bodies.get(item, "")),
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


def _tied(session: Session, lines: list[Line]) -> dict[str, list[str]]:
    """The calendar items to which each record is tied."""
    asked = (
        select(TieToItem.record_id, TieToItem.item)
        .where(TieToItem.record_id.in_({line.record_id for line in lines}))
        .order_by(TieToItem.item)
    )
    found: dict[str, list[str]] = {}
    for record_id, item in session.execute(asked):
        found.setdefault(record_id, []).append(item)
    return found
