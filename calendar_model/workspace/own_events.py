"""The mission's own events as items of the calendar: the event, and the day by which its room must be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model.calendar import Item
from calendar_model.vocabulary import Confidence, Kind, Precision, Standing
from calendar_model.workspace.records import Event
from calendar_model.workspace.terms import EventKind

KINDS = {EventKind.SIDE_EVENT: Kind.SIDE_EVENT, EventKind.PANEL: Kind.SIDE_EVENT}
"""What the calendar calls an event; any other kind is a meeting."""

BASIS = "An event of the mission's own, as its staff entered it."


def item_of(event_id: str) -> str:
    """The calendar's identifier of an event, the same for ever."""
    return f"event-{event_id}"


def event_of(item: str) -> str:
    """The event that stands behind an item of the calendar, or nothing."""
    return item.removeprefix("event-").removesuffix("-request") if item.startswith("event-") else ""


def own_items(session: Session) -> list[Item]:
    """The items of all events that the session's reader may see.

    What is said of an event in the programme, and who speaks, stays with the record: names stand there.
    """
    events = session.scalars(select(Event).options(selectinload(Event.items)).order_by(Event.start, Event.id))
    return [item for event in events for item in _items(event)]


def _items(event: Event) -> Iterator[Item]:
    tied = [tie.item for tie in event.items]
    title = f"{event.title} (sample)" if event.sample else event.title
    yield Item(
        item=item_of(event.id),
        title=title,
        kind=KINDS.get(event.event_kind, Kind.MEETING),
        body=event.body,
        start=event.start,
        end=event.end,
        at=_instant(event.start, event.start_time, event.timezone),
        ends=_instant(event.end, event.end_time, event.timezone) if event.start_time else None,
        date_precision=Precision.DAY,
        standing=event.standing,
        timezone=event.timezone,
        location=", ".join(part for part in (event.room, event.location) if part),
        description=". ".join(
            f"{name}: {text.strip().rstrip('.')}"
            for name, text in (("Organised by", event.organisers), ("Co-sponsored by", event.cosponsors))
            if text.strip()
        ),
        related_to=tied[0] if tied else "",
        revision=event.moved,
        **_shared(event),
    )
    if event.request_due is not None and event.standing is not Standing.CANCELLED:
        yield Item(
            item=f"{item_of(event.id)}-request",
            title=f"Ask for the room: {title}",
            kind=Kind.DEADLINE,
            body=event.body,
            start=event.request_due,
            end=event.request_due,
            date_precision=Precision.DAY,
            standing=Standing.CONFIRMED,
            for_whom="mission",
            related_to=item_of(event.id),
            **_shared(event),
        )


def _shared(event: Event) -> dict[str, Any]:
    return {
        "confidence": Confidence.SOURCED,
        "basis": BASIS,
        "sensitivity": event.sensitivity,
        "updated": event.updated_at.date(),
    }


def _instant(day: date, at: time | None, zone: str) -> datetime | None:
    return datetime.combine(day, at, ZoneInfo(zone or "UTC")) if at is not None else None
