"""Recurrence of events: rules, and occurrences with their exceptions (RFC 5545, 3.8.5)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
from dateutil.rrule import rrulestr
from icalendar.cal import Component
from icalendar.prop import vDDDLists, vDDDTypes, vRecur
from recurring_ical_events import CalendarQuery, ComponentsWithName, Occurrence

from calendar_model.access.problems import Problem
from calendar_model.imports.ics.content_lines import Property
from calendar_model.imports.ics.events import SourceEvent
from calendar_model.imports.ics.moments import EventFault, day_of, moment_key, parse_moment
from calendar_model.imports.ics.plain_text import plain
from calendar_model.imports.ics.rows import EventRow, Reading, occurrence_row

_ENOUGH = 20_000
"""Maximum number of occurrences, after which no further series is expanded."""
_TIMES_A_DAY = 24
"""Maximum recurrences a day; more frequent ones are machine-made or malicious."""
_RULE_PARTS = frozenset({"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSECOND", "BYMINUTE", "BYHOUR"}) | frozenset(
    {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"}
)


def with_rules(event: SourceEvent, reading: Reading) -> SourceEvent:
    """Return an event with its recurrence rules; raises EventFault for an unreadable rule."""
    if event.start is None:
        return event
    rules = (_parse_rule(one.value, event, reading) for one in event.part.properties.get("RRULE", ()))
    return replace(event, rules=tuple(rules))


def expand(events: Sequence[SourceEvent], reading: Reading) -> None:
    """Add the occurrences of all events with the same identifier."""
    first = events[0]
    series = next((event for event in events if event.recurrence is None), None)
    if series is not None and series.calendar.method == "CANCEL" and not series.recurs:
        reading.add(EventRow(series.number, series.title, series.uid, standing="cancelled", series_cancelled=True))
        return
    if reading.inside > _ENOUGH:
        reading.complete = False
        return
    try:
        if series is not None and not series.recurs and len(events) == 1:
            # An event that does not recur is always returned: it may have moved since its import.
            found = [occurrence_row(series, series.start, series.end, "", reading)]
        else:
            found = list(_occurrences(events, series, reading))
    except Exception as fault:  # noqa: BLE001  whatever the rule does to the library, the other events go on
        problem = fault.problem if isinstance(fault, EventFault) else Problem("ics-unworkable-rule")
        reading.add(EventRow(first.number, first.title, first.uid, problem=problem))
        return
    for row in found:
        reading.add(row)
    if series is not None:
        reading.series.add(series.uid)


class _PlannedOccurrence(Occurrence):  # type: ignore[misc]  # the library has no types
    """An occurrence with its original moment, before it was moved."""

    def source(self) -> Component:
        """The event of the occurrence."""
        component: Component = self._adapter._component
        return component

    def was_to_be(self) -> date:
        """The start by the rule of its series."""
        moved = self._adapter
        if moved.is_modification() and not moved.this_and_future:
            planned: date = moved._component["RECURRENCE-ID"].dt
        else:
            planned = self.start - moved.move_recurrences_by
        return planned


_ALL_EVENTS = (ComponentsWithName("VEVENT", occurrence=_PlannedOccurrence),)


def _occurrences(events: Sequence[SourceEvent], series: SourceEvent | None, reading: Reading) -> Iterator[EventRow]:
    together = icalendar.Calendar()
    of: dict[int, SourceEvent] = {}
    for event in events:
        component = _component(event, series or event, reading)
        together.add_component(component)
        of[id(component)] = event
    for one in CalendarQuery(together, components=_ALL_EVENTS).series:
        for occurrence in one.between(reading.since, reading.until + timedelta(days=1)):
            event = of[id(occurrence.source())]
            planned = _as_written(series or event, occurrence.was_to_be())
            yield occurrence_row(
                event,
                _as_written(event, occurrence.start),
                _as_written(event, occurrence.end),
                moment_key(planned, floats=(series or event).floats),
                reading,
            )


def _as_written(event: SourceEvent, moment: date) -> date:
    """Return a day for an event written in days, which the library turns into midnights when mixed with times."""
    return day_of(moment) if not isinstance(event.start, datetime) else moment


def _component(event: SourceEvent, series: SourceEvent, reading: Reading) -> Component:
    """Return an event for the library that expands recurrences, with every moment in the form of its start."""
    assert event.start is not None
    assert event.end is not None
    component = icalendar.Event()
    component["UID"] = event.uid
    component["DTSTART"], component["DTEND"] = vDDDTypes(event.start), vDDDTypes(event.end)
    if event.recurrence is not None:
        range_ = event.part.properties["RECURRENCE-ID"][0].parameters.get("RANGE", "")
        component["RECURRENCE-ID"] = named = vDDDTypes(series.like_start(event.recurrence))
        if range_.upper() == "THISANDFUTURE":
            named.params["RANGE"] = "THISANDFUTURE"
        return component
    if event.rules:
        component["RRULE"] = list(event.rules)
    if event.extra:
        component["RDATE"] = vDDDLists([vDDDTypes(_extra(one, event)) for one in event.extra])
    excluded = [event.like_start(one) for one in event.excluded]
    for rule in event.excluding_rules:
        excluded += _excluded_by(rule, event, reading)
    if excluded:
        component["EXDATE"] = vDDDLists([vDDDTypes(one) for one in excluded])
    return component


def _extra(one: date | tuple[date, date | timedelta], event: SourceEvent) -> Any:
    """Return a moment of RDATE, or a period as a pair, in the form of the event's start."""
    if not isinstance(one, tuple):
        return event.like_start(one)
    start, end = one
    return event.like_start(start), end if isinstance(end, timedelta) else event.like_start(end)


def _parse_rule(text: str, event: SourceEvent, reading: Reading, *, naive: bool = False) -> vRecur:
    """Return a recurrence rule without unsupported parts, its end in the form of the event's start.

    ``naive``: the end as local time without a zone. Raises EventFault for an unreadable rule, and for one that recurs
    too often.
    """
    parts: dict[str, str] = {}
    for name, _, value in (part.partition("=") for part in text.strip().upper().split(";")):
        name, value = name.strip(), value.strip()
        if name in _RULE_PARTS and value:
            parts[name] = _until(value, event, naive=naive) if name == "UNTIL" else value
        elif name == "RSCALE" and value != "GREGORIAN":
            raise EventFault("ics-rule-not-gregorian")
        elif name and value and name not in ("RSCALE", "SKIP"):
            reading.remark("ics-rule-part-left-out", part=plain(name, 40))
    try:
        rule: vRecur = vRecur.from_ical(";".join(f"{name}={value}" for name, value in parts.items()))
    except Exception:  # noqa: BLE001  a parser raises what it likes at what strangers write
        raise EventFault("ics-unreadable-rule") from None
    if not rule.get("FREQ") or any(not isinstance(every, int) or every < 1 for every in rule.get("INTERVAL", ())):
        raise EventFault("ics-unreadable-rule")
    times = math.prod(len(rule.get(name, ())) or 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if rule["FREQ"][0] in ("SECONDLY", "MINUTELY", "HOURLY") or times > _TIMES_A_DAY:
        raise EventFault("ics-recurs-too-often")
    return rule


def _until(text: str, event: SourceEvent, *, naive: bool) -> str:
    """Return the end of a rule in the form of the event's start, from any form (RFC 5545, 3.3.10).

    A day is included as a whole; a time without a zone is in the zone of the event.
    """
    try:
        moment = parse_moment(text, Property(text, {}), event.calendar)
    except EventFault:
        raise EventFault("ics-unreadable-rule") from None
    last = event.like_start(moment)
    if not isinstance(last, datetime):
        return f"{last:%Y%m%d}"
    if not isinstance(moment, datetime):
        last = last.replace(hour=23, minute=59, second=59)
    return moment_key(last, floats=naive)


def _excluded_by(text: str, event: SourceEvent, reading: Reading) -> list[date]:
    """Return the occurrences excluded by an EXRULE (RFC 2445, 4.8.5.2), which only old files have."""
    start = event.start
    first = datetime.combine(day_of(start), start.time() if isinstance(start, datetime) else time()) if start else None
    try:
        written = _parse_rule(text, event, reading, naive=True)
        rule = rrulestr(written.to_ical().decode(), dtstart=first)  # type: ignore[no-untyped-call]
        window = (reading.since - timedelta(days=367), reading.until + timedelta(days=2))
        found = rule.between(*(datetime.combine(day, time()) for day in window), inc=True)
    except (EventFault, ValueError):
        reading.remark("ics-exclusion-not-understood")
        return []
    return [event.like_start(moment) for moment in found]
