"""The mission's own events as calendar items: the event, and the deadline of its room request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from typing import Any, Unpack
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model import clock, wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.access.unit_of_work import set_links, upsert
from calendar_model.calendar import Item, city, in_every_language
from calendar_model.mission.checks import Checks, is_changed
from calendar_model.mission.transactions import SaveOptions, save, with_access_where_restricted, writing
from calendar_model.store.models import Base, Event
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import EventKind
from calendar_model.translation import gettext as _
from calendar_model.translation import language
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing

KINDS = {EventKind.SIDE_EVENT: Kind.SIDE_EVENT, EventKind.PANEL: Kind.SIDE_EVENT}
"""The calendar's kinds of event; any other kind is a meeting."""


def item_of(event_id: str) -> str:
    """The permanent calendar identifier of an event."""
    return f"event-{event_id}"


def event_of(item: str) -> str:
    """The identifier of the event behind a calendar item; empty if there is none."""
    return item.removeprefix("event-").removesuffix("-request") if item.startswith("event-") else ""


def problems(values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return the problems of the columns of an event; empty if there are none.

    A missing column counts as empty. An event needs a title, its days and the organisation or body in whose
    lane it is listed; with hours, a zone and an end after the start.
    """
    get = values.get
    start, end, request = get("start"), get("end"), get("request_due")
    found: list[Problem] = []
    if not (get("title") or "").strip():
        found.append(Problem("event-title-missing", "title"))
    if not get("body"):
        found.append(Problem("event-body-missing", "body"))
    if start is None or end is None:
        return (*found, Problem("event-days-missing", "start" if start is None else "end"))
    if end < start:
        found.append(Problem("event-ends-before-start", "end", {"start": start, "end": end}))
    if request is not None and request > start:
        found.append(Problem("event-request-after-start", "request_due", {"request_due": request}))
    if get("standing") is Standing.HELD and not clock.has_come(start):
        found.append(Problem("event-held-before-start", "standing", {"start": start}))
    if get("standing") is Standing.NOT_CONFIRMED:
        found.append(Problem("event-standing-not-recorded", "standing"))
    return (*found, *_problems_of_hours(start, end, get("start_time"), get("end_time"), get("timezone") or ""))


def _problems_of_hours(start: date, end: date, first: time | None, last: time | None, zone: str) -> Iterator[Problem]:
    if first is None and last is not None:
        yield Problem("event-start-time-missing", "start_time")
    elif first is not None and zone_of(zone) is None:
        yield Problem("event-zone-missing", "timezone")
    elif first is not None and last is not None and start <= end:
        at, ends = instant(start, first, zone), instant(end, last, zone)
        # As instants: within one zone datetimes compare by local time, which changes with summer time.
        if at is not None and ends is not None and ends.timestamp() <= at.timestamp():
            yield Problem("event-ends-before-start-time", "end_time", {"start_time": first, "end_time": last})


_PLACE_AND_TIME = ("start", "end", "start_time", "end_time", "timezone", "standing", "location", "room")
"""Columns whose change raises the sequence in subscribed calendars."""


def _count_moves(_session: WorkspaceSession, event: Event) -> None:
    event.moved += any(is_changed(event, name) for name in _PLACE_AND_TIME)


CHECKS: Mapping[type[Base], Checks] = {Event: Checks(problems=problems, changed=_count_moves)}


def own_events(session: Session) -> list[Event]:
    """The events that the reader may see, in order of time, with their items, people with access and import source."""
    eager = (selectinload(Event.items), selectinload(Event.named), selectinload(Event.imported))
    return list(session.scalars(select(Event).options(*eager).order_by(Event.start, Event.start_time, Event.id)))


def own_items(session: Session) -> list[Item]:
    """The items of all events that the session's reader may see, in the reader's language.

    The programme of an event and who speaks are left out: they hold names.
    """
    eager = (selectinload(Event.items), selectinload(Event.imported))
    events = session.scalars(select(Event).options(*eager).order_by(Event.start, Event.id)).all()
    made, search = in_every_language(lambda: (item for event in events for item in _items(event)), {})
    return [replace(item, search=search[item.item]) for item in made[language()]]


def _items(event: Event) -> Iterator[Item]:
    linked = [link.item for link in event.items]
    title = f"{event.title}{_(' (sample)')}" if event.sample else event.title
    at = instant(event.start, event.start_time, event.timezone)
    yield Item(
        item=item_of(event.id),
        title=title,
        kind=KINDS.get(event.event_kind, Kind.MEETING),
        body=event.body,
        start=event.start,
        end=event.end,
        at=at,
        ends=instant(event.end, event.end_time, event.timezone) if at else None,
        date_precision=Precision.DAY,
        standing=event.standing,
        timezone=event.timezone,
        location=_place(event, timed=at is not None),
        description=". ".join(
            words.format(names=names.strip().rstrip("."))
            for words, names in (
                (_("Organised by: {names}"), event.organisers),
                (_("Co-sponsored by: {names}"), event.cosponsors),
            )
            if names.strip()
        ),
        related_to=linked[0] if linked else "",
        revision=event.moved,
        **_shared(event),
    )
    if event.request_due is not None and event.standing is not Standing.CANCELLED:
        yield Item(
            item=f"{item_of(event.id)}-request",
            title=_("Room request: {title}").format(title=title),
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
        "basis": _basis(event),
        "sensitivity": event.sensitivity,
        "updated": event.updated_at.date(),
    }


def _basis(event: Event) -> str:
    taken = event.imported
    if taken is None:
        return _("The mission's own event, as entered by staff.")
    return _("Imported from the calendar “{name}” on {day}.").format(
        name=taken.source_name, day=wording.day(taken.taken_on)
    )


def _place(event: Event, *, timed: bool) -> str:
    """Room and place; for a timed event it ends with a town, which the calendar uses to name the time zone."""
    town = city(event.timezone) if timed and not event.location.strip() else event.location
    return ", ".join(part.strip() for part in (event.room, town) if part.strip())


def instant(day: date, at: time | None, zone: str) -> datetime | None:
    """The instant of a local time; None without a zone, in which case the event takes the whole day."""
    known = zone_of(zone)
    return datetime.combine(day, at, known) if at is not None and known is not None else None


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The time zone (IANA) of this name; None if there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


# --- Commands


def save_event(
    viewer: Viewer, values: Mapping[str, Any], *, event_id: str = "", seen: int = 0, **options: Unpack[SaveOptions]
) -> str:
    """Save an event, new or the ``seen`` version changed, and return its identifier.

    Options and exceptions as in :func:`~calendar_model.mission.transactions.save`; ``named`` counts if the event is
    restricted. An event without an ``end`` ends on its first day. A new public event is first saved as internal and
    then made public with its ``reason``, like any other record.
    """
    if not event_id or {"start", "end"} <= values.keys():
        values = {**values, "end": values.get("end") or values.get("start")}
    options = with_access_where_restricted(values, options)
    if not event_id and (wrong := problems(values)):
        raise Refused(*wrong)
    if event_id or values.get("sensitivity") != Sensitivity.PUBLIC:
        return save(viewer, Event, values, record_id=event_id, seen=seen, **options)
    reason = options.get("reason", "").strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(Problem("event-public-without-reason", "reason"))
    with writing(viewer, workspace=options.get("workspace")) as session, session.no_autoflush:
        event = upsert(session, viewer, Event, {**values, "sensitivity": Sensitivity.INTERNAL})
        set_links(event, options.get("items"), options.get("links"))
        session.flush()
        # An event restricted by a link stays restricted.
        if event.sensitivity is Sensitivity.INTERNAL:
            session.reason, event.sensitivity = reason, Sensitivity.PUBLIC
        return event.id
