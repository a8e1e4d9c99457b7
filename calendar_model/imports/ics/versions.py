"""Distinguishes versions of one event from different events with the same identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calendar_model.access.problems import Problem
from calendar_model.imports.ics.events import SourceEvent, alias_of, identity
from calendar_model.imports.ics.moments import moment_key
from calendar_model.imports.ics.rows import EventRow, Reading


def newest_versions(events: Sequence[SourceEvent], reading: Reading) -> list[SourceEvent]:
    """Return the latest version of each event, and refuse the earlier ones.

    Different events with the same identifier are all kept, under identifiers of their own.
    """
    groups: dict[tuple[str, str], list[SourceEvent]] = {}
    for event in events:
        groups.setdefault((event.uid, moment_key(event.recurrence) if event.recurrence else ""), []).append(event)
    kept: list[SourceEvent] = []
    shared: dict[str, str] = {}
    for (uid, recurrence), same in groups.items():
        distinct: list[SourceEvent] = []
        for event in sorted(same, key=lambda one: one.age, reverse=True):
            if any(recurrence or _is_older(event, newer) for newer in distinct):
                problem = Problem("ics-older-version")
                reading.add(EventRow(event.number, event.title, event.uid, problem=problem))
            else:
                distinct.append(event)
        kept += distinct if len(distinct) == 1 or recurrence else [replace(one, uid=alias_of(one)) for one in distinct]
        shared |= {uid: next((alias_of(one) for one in distinct if one.recurs), uid)} if len(distinct) > 1 else {}
    # A change to an occurrence belongs to the event that recurs.
    kept = [replace(one, uid=shared.get(one.uid, one.uid)) if one.recurrence else one for one in kept]
    return sorted(kept, key=lambda event: event.number)


def _is_older(event: SourceEvent, newer: SourceEvent) -> bool:
    """Whether two events with the same identifier are versions of one event.

    They are if SEQUENCE differs, or if DTSTAMP differs and they share the day or the title. Two that were written at
    the same time and differ are two events.
    """
    (start, title), (other_start, other_title) = identity(event), identity(newer)
    if event.age[0] != newer.age[0] or (start, title) == (other_start, other_title) or not start or not other_start:
        return True
    return event.stamp != newer.stamp and (start == other_start or title == other_title)
