"""Compares the events of a calendar with those here, to plan an import.

An event is recognised by its identifier in the calendar. Values set here by hand since the last import stay; all
others follow the calendar.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from calendar_model.access.problems import Problem
from calendar_model.clock import today
from calendar_model.imports.plan import FieldChange, ImportLine, ImportNote, ImportPlan, ImportRefused, Outcome, Period
from calendar_model.imports.worker_json import note_from_json, problem_from_json
from calendar_model.mission.events import problems as problems_of_event
from calendar_model.store.models import Event
from calendar_model.terms import EventKind
from calendar_model.vocabulary import UID_DOMAIN, Sensitivity, Standing

_PERIOD = ("start", "end", "start_time", "end_time", "timezone")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "period": _PERIOD,
    "standing": ("standing",),
    "location": ("location",),
    "programme": ("programme",),
}
"""The imported columns of an event, in groups that change together."""
_COLUMNS = tuple(column for columns in _FIELDS.values() for column in columns)
_WHOLE_CALENDAR = ("", "PUBLISH")
"""Methods of a file with a whole calendar; a message about one event (RFC 5546) says nothing about the others."""


@dataclass(frozen=True)
class CalendarSettings:
    """Settings of an import of a calendar.

    Its events become events of ``body`` (a code of the reference) and ``event_kind``, at the level ``sensitivity``.
    Hours without a zone of their own are in ``timezone`` (IANA). ``source_name`` is the name of the calendar,
    ``source`` the identifier of the remote calendar, empty for a file. Events outside ``since`` and ``until`` (days,
    both inclusive; default: a year ago to three years ahead) are left out.
    """

    body: str
    event_kind: EventKind
    sensitivity: Sensitivity
    timezone: str
    source_name: str
    source: str = ""
    since: date = field(default_factory=lambda: today() - timedelta(days=366))
    until: date = field(default_factory=lambda: today() + timedelta(days=3 * 366))


class KnownEvents:
    """The events that a reader may see, by the keys that identify them; each has ``imported`` loaded."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.imported: list[Event] = []
        self._by_hand: dict[tuple[str, str, date], list[Event]] = defaultdict(list)
        self._by_uid: dict[tuple[str, str], Event] = {}
        self._series: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            if (origin := event.imported) is not None:
                self.imported.append(event)
                self._by_uid[(origin.uid, origin.occurrence)] = event
                self._series[origin.uid].append(event)
            else:
                self._by_hand[(event.title.casefold().strip(), event.body, event.start)].append(event)

    def find(self, row: Mapping[str, Any], values: Mapping[str, Any]) -> Event | None:
        """Return the imported event. An event that has begun to recur is recognised by its first occurrence.

        Where others shared its identifier it is known by its alias, though it may be the only one by now; where others
        do by now, by its title and day.
        """
        uid, occurrence = row["uid"], row["occurrence"]
        found = self._by_uid.get((row["alias"], occurrence)) or self._by_uid.get((uid, occurrence))
        if found is None and (base := uid.rpartition("#")[0]):
            alone = self._by_uid.get((base, occurrence))
            same = alone is not None and (alone.title, alone.start) == (values["title"], values["start"])
            found = alone if same else None
        if found is not None or not occurrence:
            return found
        single = self._by_uid.get((uid, ""))
        return single if single is not None and single.start == values["start"] else None

    def series(self, uid: str) -> Sequence[Event]:
        """All imported events of a series."""
        return self._series.get(uid, ())

    def entered(self, body: str, values: Mapping[str, Any]) -> Event | None:
        """An event entered by hand with the same title, body and start."""
        hour = values["start_time"]
        alike = self._by_hand.get((values["title"].casefold().strip(), body, values["start"]), ())
        return next((event for event in alike if None in (hour, event.start_time) or hour == event.start_time), None)


def compare(found: Mapping[str, Any], settings: CalendarSettings, known: KnownEvents) -> ImportPlan:
    """Return the plan of an import.

    ``found`` is the result of :func:`calendar_model.imports.ics.reader.read_calendar`, as sent by the worker.

    Raises ImportRefused for a followed calendar that came back empty, and KeyError, TypeError, AttributeError or
    ValueError for invalid data from the worker.
    """
    rows: list[Mapping[str, Any]] = found["rows"]
    readable = any(row["problem"] is None for row in rows)
    followed = [event for event in known.imported if event.imported and event.imported.source == settings.source]
    if settings.source and followed and not readable:
        raise ImportRefused("ics-no-events-left")
    lines: list[ImportLine] = []
    met: set[str] = set()
    """Events here that are still in the calendar."""
    left_out = 0
    for row in rows:
        if row["problem"] is not None:
            unreadable = (problem_from_json(row["problem"]),)
            lines.append(ImportLine(row["number"], row["title"], Outcome.REFUSED, problems=unreadable))
            met.update(event.id for event in known.series(row["uid"]) if row["uid"])
        elif row["uid"].endswith(f"@{UID_DOMAIN}"):
            values = _values(row) if row["start"] else {}
            lines.append(_line(row, Outcome.REFUSED, values, problems=(Problem("ics-from-here"),)))
        elif row["series_cancelled"]:
            lines += _series_called_off(row, known.series(row["uid"]), settings)
            met.update(event.id for event in known.series(row["uid"]))
        else:
            values = _values(row)
            event = known.find(row, values)
            if event is not None:
                met.add(event.id)
                lines.append(_changed(row, values, event, settings))
            elif row["outside"]:
                left_out += 1
            else:
                lines.append(_new(row, values, settings, known.entered(settings.body, values)))
    if found["complete"]:
        gone = [event for event in known.imported if event.id not in met]
        if settings.source:
            lines += _gone((event for event in gone if event in followed), settings, len(rows))
        else:
            series = set(found["series"])
            of_series = [event for event in gone if _is_of(event, series)]
            lines += _gone(of_series, settings, len(rows))
            if str(found["method"]) in _WHOLE_CALENDAR and readable:
                others = (event for event in gone if event not in of_series and _came_with(event, settings))
                lines += _offered(_gone(others, settings, len(lines)))
    remarks = [note_from_json(remark) for remark in found["remarks"]]
    if any(row["problem"] is not None for row in rows):
        remarks.append(ImportNote("ics-some-refused"))
    if left_out:
        period = {"since": settings.since, "until": settings.until}
        remarks.append(ImportNote("ics-outside-period", {"count": left_out, **period}))
    return ImportPlan(tuple(lines), tuple(remarks))


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a row from the worker, checked again. Raises ValueError and the like for invalid data."""

    def hour(text: str) -> time | None:
        return time.fromisoformat(text) if text else None

    return {
        "title": str(row["title"]),
        "start": date.fromisoformat(row["start"]),
        "end": date.fromisoformat(row["end"]),
        "start_time": hour(row["start_time"]),
        "end_time": hour(row["end_time"]),
        "timezone": str(row["timezone"]),
        "standing": Standing(row["standing"]),
        "location": str(row["location"]),
        "programme": str(row["programme"]),
    }


def _line(row: Mapping[str, Any], outcome: Outcome, found: Mapping[str, Any], **more: Any) -> ImportLine:
    moments = {column: found[column] for column in (*_PERIOD, "standing") if column in found}
    series = row["uid"] if row["occurrence"] else ""
    return ImportLine(row["number"], row["title"], outcome, series=series, **moments, **more)


def _refused(row: Mapping[str, Any], values: Mapping[str, Any], wrong: Sequence[Problem], **more: Any) -> ImportLine:
    return _line(row, Outcome.REFUSED, values, problems=tuple(wrong), **more)


def _new(
    row: Mapping[str, Any], values: Mapping[str, Any], settings: CalendarSettings, entered: Event | None
) -> ImportLine:
    """Return the line of an event not imported before; ``entered`` is the same event, entered by hand."""
    if wrong := problems_of_event({**values, "body": settings.body}):
        return _refused(row, values, wrong)
    if values["standing"] is Standing.CANCELLED:
        return _line(row, Outcome.UNCHANGED, values, notes=(ImportNote("ics-never-here"),))
    if entered is not None:
        return _line(row, Outcome.UNCHANGED, values, notes=(ImportNote("ics-entered-by-hand"),), record_id=entered.id)
    level, notes = settings.sensitivity, tuple[ImportNote, ...]()
    if row["private"] and level is Sensitivity.PUBLIC:
        level, notes = Sensitivity.INTERNAL, (ImportNote("ics-taken-as-internal"),)
    columns = {**values, "event_kind": settings.event_kind, "body": settings.body, "sensitivity": level}
    origin = _origin(row["uid"], row["occurrence"], settings, values)
    return _line(row, Outcome.NEW, values, notes=notes, values=columns, more=origin)


def _changed(row: Mapping[str, Any], values: Mapping[str, Any], event: Event, settings: CalendarSettings) -> ImportLine:
    """Return the line of an event imported before, compared field by field."""
    before, here = _last_import(event), {column: getattr(event, column) for column in _COLUMNS}
    columns: dict[str, Any] = {}
    changes, kept = [], []
    for name, of_field in _FIELDS.items():
        if all(_as_text(values[column]) == _as_text(here[column]) for column in of_field):
            continue
        change = FieldChange(name, _field_value(name, here), _field_value(name, values))
        if all(_as_text(here[column]) == before.get(column) for column in of_field):
            columns |= {column: values[column] for column in of_field}
            changes.append(change)
        elif any(_as_text(values[column]) != before.get(column) for column in of_field):
            kept.append(change)
    record: dict[str, Any] = {"record_id": event.id, "seen": event.version}
    if not columns:
        return _line(row, Outcome.KEPT if kept else Outcome.UNCHANGED, values, kept=tuple(kept), **record)
    if wrong := problems_of_event({"body": event.body, **here, **columns}):
        return _refused(row, values, wrong, **record)
    outcome = Outcome.CANCELLED if columns.get("standing") is Standing.CANCELLED else Outcome.CHANGED
    # A field kept by hand is still compared with the value imported when it was set.
    assert event.imported is not None
    uid = event.imported.uid if event.imported.uid == row["alias"] else row["uid"]
    origin = _origin(uid, row["occurrence"], _keeping_source(event, settings), {**before, **columns})
    return _line(row, outcome, values, changes=tuple(changes), kept=tuple(kept), values=columns, more=origin, **record)


def _field_value(name: str, values: Mapping[str, Any]) -> object:
    return Period(*(values[column] for column in _PERIOD)) if name == "period" else values[name]


def _origin(uid: str, occurrence: str, settings: CalendarSettings, imported: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns of ``Imported`` for an imported event; missing ones are empty."""
    values = {column: _as_text(imported.get(column)) for column in _COLUMNS}
    return {
        "uid": uid,
        "occurrence": occurrence,
        "source": settings.source,
        "source_name": settings.source_name,
        "values": json.dumps(values, ensure_ascii=False),
    }


def _as_text(value: Any) -> str:
    """A column as stored in ``Imported.values``."""
    return "" if value is None else value.isoformat() if isinstance(value, (date, time)) else str(value)


def _last_import(event: Event) -> dict[str, str]:
    """The columns of an event as they were last imported."""
    assert event.imported is not None
    imported = json.loads(event.imported.values)
    return {column: str(imported[column]) for column in _COLUMNS if column in imported}


def _keeping_source(event: Event, settings: CalendarSettings) -> CalendarSettings:
    """Return the settings with the event's followed calendar as source, because a file does not replace it."""
    origin = event.imported
    if settings.source or origin is None or not origin.source:
        return settings
    return replace(settings, source=origin.source, source_name=origin.source_name)


def _series_called_off(
    row: Mapping[str, Any], events: Sequence[Event], settings: CalendarSettings
) -> Iterator[ImportLine]:
    if not events:
        yield ImportLine(row["number"], row["title"], Outcome.UNCHANGED, notes=(ImportNote("ics-never-here"),))
    for event in events:
        yield _cancelled(row["number"], event, settings, ImportNote("ics-called-off"))


def _is_of(event: Event, series: Container[str]) -> bool:
    """Whether an event was imported as an occurrence of one of the series, given by identifier."""
    origin = event.imported
    return origin is not None and bool(origin.occurrence) and origin.uid in series


def _came_with(event: Event, settings: CalendarSettings) -> bool:
    """Whether an event was imported earlier from a file of this calendar."""
    origin = event.imported
    came = origin is not None and not origin.source and origin.source_name == settings.source_name
    return came and event.body == settings.body


def _gone(events: Iterable[Event], settings: CalendarSettings, after: int) -> Iterator[ImportLine]:
    """Return the lines of events that are gone from the calendar. Past events stay, because calendars drop them."""
    first = max(settings.since, today())
    for number, event in enumerate(events, after + 1):
        if first <= event.start <= settings.until and event.standing is not Standing.CANCELLED:
            yield _cancelled(number, event, settings, ImportNote("ics-gone"))


def _offered(lines: Iterable[ImportLine]) -> Iterator[ImportLine]:
    """Return the lines that would cancel an event, to be written only if the reader agrees."""
    for line in lines:
        if line.outcome is Outcome.CANCELLED:
            yield replace(line, notes=(*line.notes, ImportNote("ics-only-offered")), offered=True)


def _cancelled(number: int, event: Event, settings: CalendarSettings, reason: ImportNote) -> ImportLine:
    before, origin = _last_import(event), event.imported
    assert origin is not None
    outcome, values, notes = Outcome.CANCELLED, {"standing": Standing.CANCELLED}, [reason]
    if event.standing is Standing.CANCELLED:
        outcome, values = Outcome.UNCHANGED, {}
        notes.append(ImportNote("ics-cancelled-already"))
    elif event.standing != before.get("standing"):
        outcome, values = Outcome.KEPT, {}
        notes.append(ImportNote("ics-standing-by-hand", {"standing": event.standing}))
    return ImportLine(
        number,
        event.title,
        outcome,
        notes=tuple(notes),
        values=values,
        record_id=event.id,
        seen=event.version,
        more=_origin(
            origin.uid,
            origin.occurrence,
            _keeping_source(event, settings),
            {**before, "standing": Standing.CANCELLED},
        ),
        series=origin.uid if origin.occurrence else "",
        **{column: getattr(event, column) for column in _PERIOD},
        standing=values.get("standing", event.standing),
    )
