"""Events of calendars of others: what taking them over would do, and doing it, in one transaction.

An event is known again by the identifier that its calendar gives it. What somebody has set here by hand since it was
last taken over stays as it is; everything else follows the calendar.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import EditConflict, reading, upsert
from calendar_model.clock import today
from calendar_model.imports.plan import ImportLine, ImportPlan, ImportRefused, Outcome, Progress, when
from calendar_model.imports.sandbox import UNREADABLE, read_in_sandbox
from calendar_model.mission.events import problems
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Event, Imported
from calendar_model.terms import EventKind
from calendar_model.vocabulary import UID_DOMAIN, Sensitivity, Standing

LONGEST = timedelta(days=3660)
"""How far ``since`` and ``until`` may be sandbox."""

_WHEN = ("start", "end", "start_time", "end_time", "timezone")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Title": ("title",),
    "When": _WHEN,
    "Standing": ("standing",),
    "Place": ("location",),
    "Programme": ("programme",),
}
"""What is taken over of an event, by its name for readers: columns that only make sense together change together."""
_COLUMNS = tuple(column for columns in _FIELDS.values() for column in columns)
_SHORT = 80


@dataclass(frozen=True)
class CalendarSettings:
    """How the events of a calendar are taken over.

    They become events of ``body`` (a code of the reference) and ``event_kind``, at the level ``sensitivity``. Hours
    without a zone of their own are in ``timezone`` (IANA). ``source_name`` is what readers know the calendar by,
    ``source`` the identifier of the remote calendar, empty for a file. What lies outside ``since`` and ``until`` (days,
    both included; without them from a year ago to three years ahead) is left out.
    """

    body: str
    event_kind: EventKind
    sensitivity: Sensitivity
    timezone: str
    source_name: str
    source: str = ""
    since: date = field(default_factory=lambda: today() - timedelta(days=366))
    until: date = field(default_factory=lambda: today() + timedelta(days=3 * 366))


def no_progress(_done: int, _of: int) -> None:
    """Says nothing."""


def plan_calendar(
    viewer: Viewer, data: bytes, settings: CalendarSettings, workspace: Workspace | None = None
) -> ImportPlan:
    """What taking over the events of an iCalendar file would do; nothing is written.

    Events are compared with those that ``viewer`` may see. Raises
    :class:`~calendar_model.imports.plan.ImportRefused` for a file that is not taken at all.
    """
    _check(settings)
    found = read_in_sandbox(
        "calendar",
        data,
        timezone=settings.timezone,
        since=settings.since.isoformat(),
        until=settings.until.isoformat(),
    )
    with reading(viewer, workspace) as session:
        here = _Here(session)
    try:
        return _plan(found, settings, here)
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        # What comes from the child is as strange as the file that it has read.
        if isinstance(fault, ImportRefused):
            raise
        raise ImportRefused(UNREADABLE) from None


def write_calendar(
    viewer: Viewer, plan: ImportPlan, progress: Progress = no_progress, workspace: Workspace | None = None
) -> ImportPlan:
    """Writes what a plan says, all of it in one transaction or nothing, and gives the plan back.

    Raises :class:`~calendar_model.access.problems.Refused` for what a rule forbids, and
    :class:`~calendar_model.access.unit_of_work.EditConflict` where an event was changed, or taken over, since the
    plan was made.
    """
    lines = plan.to_write
    if not lines:
        return plan
    reason = f"Taken from the calendar “{lines[0].more['source_name']}”."
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        _not_here_yet(session, lines)
        public: list[Event] = []
        for done, line in enumerate(lines, 1):
            event = upsert(session, viewer, Event, line.values, record_id=line.record_id, seen=line.seen)
            if line.outcome is Outcome.NEW:
                event.imported = Imported(record_id=event.id)
                if event.sensitivity is Sensitivity.PUBLIC:
                    public.append(event)
            if event.imported is None:
                raise EditConflict
            for column in ("uid", "occurrence", "source", "source_name", "values"):
                setattr(event.imported, column, line.more[column])
            event.imported.taken_on = today()
            progress(done, len(lines))
        # An event is born internal, whoever says what; that it is shown to more people is a change with its reason.
        session.flush()
        for event in public:
            event.sensitivity = Sensitivity.PUBLIC
    return plan


def _check(settings: CalendarSettings) -> None:
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImportRefused("Choose the time zone in which hours without a zone of their own are.") from None
    if settings.until < settings.since:
        raise ImportRefused(f"Choose a last day on or after {wording.day(settings.since)}.")
    if settings.until - settings.since > LONGEST:
        raise ImportRefused("Choose days that are no more than ten years sandbox.")


def _not_here_yet(session: Session, lines: Sequence[ImportLine]) -> None:
    """Two who import the same file at the same time do not make its events twice."""
    new = {(line.more["uid"], line.more["occurrence"]) for line in lines if line.outcome is Outcome.NEW}
    kept = select(Imported.uid, Imported.occurrence).where(Imported.uid.in_({uid for uid, _ in new}))
    if any((uid, occurrence) in new for uid, occurrence in session.execute(kept)):
        raise EditConflict


class _Here:
    """The events that somebody may see, by what they are known again by."""

    def __init__(self, session: Session) -> None:
        events = list(
            session.scalars(
                select(Event).options(selectinload(Event.imported)).order_by(Event.start, Event.title, Event.id)
            )
        )
        self.imported = [event for event in events if event.imported is not None]
        self._by_hand: dict[tuple[str, str, date], list[Event]] = defaultdict(list)
        self._known: dict[tuple[str, str], Event] = {}
        self._series: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            if (taken := event.imported) is not None:
                self._known[(taken.uid, taken.occurrence)] = event
                self._series[taken.uid].append(event)
            else:
                self._by_hand[(event.title.casefold().strip(), event.body, event.start)].append(event)

    def known(self, row: Mapping[str, Any], values: Mapping[str, Any]) -> Event | None:
        """The event that was taken over as this one. One that recurs by now is known by its first occurrence.

        Where others shared its identifier it is known by its alias, though it may be the only one by now; where others
        do by now, by its title and day.
        """
        uid, occurrence = row["uid"], row["occurrence"]
        found = self._known.get((row["alias"], occurrence)) or self._known.get((uid, occurrence))
        if found is None and (base := uid.rpartition("#")[0]):
            alone = self._known.get((base, occurrence))
            same = alone is not None and (alone.title, alone.start) == (values["title"], values["start"])
            found = alone if same else None
        if found is not None or not occurrence:
            return found
        single = self._known.get((uid, ""))
        return single if single is not None and single.start == values["start"] else None

    def series(self, uid: str) -> Sequence[Event]:
        """All that was taken over of a series."""
        return self._series.get(uid, ())

    def alike(self, body: str, values: Mapping[str, Any]) -> Event | None:
        """An event that somebody has entered by hand, with the same title, body and beginning."""
        hour = values["start_time"]
        entered = self._by_hand.get((values["title"].casefold().strip(), body, values["start"]), ())
        return next((event for event in entered if None in (hour, event.start_time) or hour == event.start_time), None)


def _plan(found: Mapping[str, Any], settings: CalendarSettings, here: _Here) -> ImportPlan:
    rows: list[Mapping[str, Any]] = found["rows"]
    followed = [event for event in here.imported if event.imported and event.imported.source == settings.source]
    if settings.source and followed and not any(not row["fault"] for row in rows):
        raise ImportRefused(
            "The calendar came back without an event that can be read, though it had some before. Nothing was changed; "
            "look at it in a browser, and refresh again once it is right."
        )
    lines: list[ImportLine] = []
    met: set[str] = set()
    """Events here that the calendar still has."""
    left_out = 0
    for row in rows:
        if row["fault"]:
            lines.append(ImportLine(row["number"], row["title"], Outcome.REFUSED, says=row["fault"]))
            met.update(event.id for event in here.series(row["uid"]) if row["uid"])
        elif row["uid"].endswith(f"@{UID_DOMAIN}"):
            says = "It comes from a feed of this calendar, and is in it already."
            lines.append(_line(row, Outcome.REFUSED, _values(row) if row["start"] else {}, says))
        elif row["series_cancelled"]:
            lines += _called_off(row, here.series(row["uid"]), settings)
            met.update(event.id for event in here.series(row["uid"]))
        else:
            values = _values(row)
            event = here.known(row, values)
            if event is None and row["outside"]:
                left_out += 1
                continue
            if event is not None:
                met.add(event.id)
                lines.append(_compared(row, values, event, settings))
            else:
                lines.append(_unknown(row, values, settings, here.alike(settings.body, values)))
    if found["complete"]:
        series = set(found["series"])
        gone = [event for event in here.imported if event.id not in met]
        if settings.source:
            lines += _gone((event for event in gone if event in followed), settings, len(rows))
        else:
            of_series = [event for event in gone if _is_of(event, series)]
            lines += _gone(of_series, settings, len(rows))
            if str(found["method"]) in _WHOLE and any(not row["fault"] for row in rows):
                others = (event for event in gone if event not in of_series and _came_with(event, settings))
                lines += (
                    replace(line, says=f"{line.says} {ONLY_OFFERED}", offered=True)
                    for line in _gone(others, settings, len(lines))
                    if line.outcome is Outcome.CANCELLED
                )
    remarks = [str(remark) for remark in found["remarks"]]
    if any(row["fault"] for row in rows):
        remarks.append(REFUSED_EVENTS)
    if left_out:
        remarks.append(
            f"{left_out} {'event lies' if left_out == 1 else 'events lie'} outside "
            f"{wording.span(settings.since, settings.until)} and {'is' if left_out == 1 else 'are'} left out."
        )
    return ImportPlan(tuple(lines), tuple(remarks))


_WHOLE = ("", "PUBLISH")
"""Methods of a file that holds all of a calendar; a message about one event (RFC 5546) says nothing of the others."""

REFUSED_EVENTS = (
    "Correct what is refused in the calendar that it comes from and export that again, or enter the event by hand. "
    "The other events are imported without it."
)
ONLY_OFFERED = "It stays as it is unless you choose to cancel what is gone."


def _is_of(event: Event, series: Container[str]) -> bool:
    """Whether an event was taken over as an occurrence of one of the series, by their identifiers."""
    taken = event.imported
    return taken is not None and bool(taken.occurrence) and taken.uid in series


def _came_with(event: Event, settings: CalendarSettings) -> bool:
    """Whether an event came from a file of this calendar before."""
    taken = event.imported
    came = taken is not None and not taken.source and taken.source_name == settings.source_name
    return came and event.body == settings.body


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a row of the child brings, checked again. Raises what they raise for what they are not."""

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


_DATED = (*_WHEN, "standing")


def _line(
    row: Mapping[str, Any], outcome: Outcome, dated: Mapping[str, Any], says: str = "", **more: Any
) -> ImportLine:
    moments = {column: dated[column] for column in _DATED if column in dated}
    series = row["uid"] if row["occurrence"] else ""
    return ImportLine(row["number"], row["title"], outcome, says=says, series=series, **moments, **more)


def _unknown(
    row: Mapping[str, Any], values: Mapping[str, Any], settings: CalendarSettings, alike: Event | None
) -> ImportLine:
    if wrong := problems({**values, "body": settings.body}):
        return _line(row, Outcome.REFUSED, values, " ".join(map(str, wrong)))
    if values["standing"] is Standing.CANCELLED:
        return _line(row, Outcome.UNCHANGED, values, "It is called off, and was never here.")
    if alike is not None:
        return _line(row, Outcome.UNCHANGED, values, "Somebody has entered it here already.", record_id=alike.id)
    level, says = settings.sensitivity, ""
    if row["private"] and level is Sensitivity.PUBLIC:
        level, says = Sensitivity.INTERNAL, "Its calendar marks it as private: it is taken as internal."
    columns = {**values, "event_kind": settings.event_kind, "body": settings.body, "sensitivity": level}
    more = _more(row["uid"], row["occurrence"], settings, values)
    return _line(row, Outcome.NEW, values, says, values=columns, more=more)


def _more(uid: str, occurrence: str, settings: CalendarSettings, taken: Mapping[str, Any]) -> dict[str, str]:
    return {
        "uid": uid,
        "occurrence": occurrence,
        "source": settings.source,
        "source_name": settings.source_name,
        "values": json.dumps({column: _text(taken[column]) for column in _COLUMNS}, ensure_ascii=False),
    }


def _text(value: Any) -> str:
    """A column as :attr:`Imported.values` keeps it."""
    return "" if value is None else value.isoformat() if isinstance(value, (date, time)) else str(value)


def _compared(
    row: Mapping[str, Any], values: Mapping[str, Any], event: Event, settings: CalendarSettings
) -> ImportLine:
    """What becomes of an event that was taken over before, field by field."""
    taken, now = _taken(event), {column: getattr(event, column) for column in _COLUMNS}
    changes: dict[str, Any] = {}
    said, kept = [], []
    for name, columns in _FIELDS.items():
        if all(_text(values[column]) == _text(now[column]) for column in columns):
            continue
        if all(_text(now[column]) == taken.get(column) for column in columns):
            changes |= {column: values[column] for column in columns}
            said.append(f"{name}: {_told(name, now)} → {_told(name, values)}.")
        elif any(_text(values[column]) != taken.get(column) for column in columns):
            kept.append(
                f"{name} stays as it was set by hand, {_told(name, now)}; the calendar has {_told(name, values)}."
            )
    says = " ".join([*said, *kept])
    known: dict[str, Any] = {"record_id": event.id, "seen": event.version}
    if not changes:
        return _line(row, Outcome.KEPT if kept else Outcome.UNCHANGED, values, says, **known)
    if wrong := problems({"body": event.body, **now, **changes}):
        return _line(row, Outcome.REFUSED, values, " ".join(map(str, wrong)), **known)
    outcome = Outcome.CANCELLED if changes.get("standing") is Standing.CANCELLED else Outcome.CHANGED
    # A field that stays by hand goes on being measured against what was taken over when it was set.
    assert event.imported is not None
    uid = event.imported.uid if event.imported.uid == row["alias"] else row["uid"]
    more = _more(uid, row["occurrence"], _following(event, settings), {**_missing(taken), **taken, **changes})
    return _line(row, outcome, values, says, values=changes, more=more, **known)


def _missing(taken: Mapping[str, str]) -> dict[str, str]:
    return {column: "" for column in _COLUMNS if column not in taken}


def _following(event: Event, settings: CalendarSettings) -> CalendarSettings:
    """A file changes an event that is followed at an address without taking it from there."""
    taken = event.imported
    if settings.source or taken is None or not taken.source:
        return settings
    return replace(settings, source=taken.source, source_name=taken.source_name)


def _taken(event: Event) -> dict[str, str]:
    """What was taken over of an event last."""
    assert event.imported is not None
    taken = json.loads(event.imported.values)
    return {column: str(taken[column]) for column in _COLUMNS if column in taken}


def _called_off(row: Mapping[str, Any], events: Sequence[Event], settings: CalendarSettings) -> Iterator[ImportLine]:
    if not events:
        yield ImportLine(row["number"], row["title"], Outcome.UNCHANGED, says="It is called off, and was never here.")
    for event in events:
        yield _cancelled(row["number"], event, settings, "It is called off.")


def _gone(events: Iterable[Event], settings: CalendarSettings, after: int) -> Iterator[ImportLine]:
    """What the calendar had, and has no more. What is over stays: calendars forget what is past."""
    first = max(settings.since, today())
    for number, event in enumerate(events, after + 1):
        if first <= event.start <= settings.until and event.standing is not Standing.CANCELLED:
            yield _cancelled(number, event, settings, "It is gone from the calendar.")


def _cancelled(number: int, event: Event, settings: CalendarSettings, says: str) -> ImportLine:
    taken, imported = _taken(event), event.imported
    assert imported is not None
    outcome, values = Outcome.CANCELLED, {"standing": Standing.CANCELLED}
    if event.standing is Standing.CANCELLED:
        outcome, values, says = Outcome.UNCHANGED, {}, f"{says} It is cancelled here already."
    elif event.standing != taken.get("standing"):
        outcome, values = Outcome.KEPT, {}
        says = f"{says} Its standing was set by hand and stays {_told('Standing', {'standing': event.standing})}."
    more = _more(
        imported.uid,
        imported.occurrence,
        _following(event, settings),
        {**_missing(taken), **taken, "standing": Standing.CANCELLED},
    )
    return ImportLine(
        number,
        event.title,
        outcome,
        says=says,
        values=values,
        record_id=event.id,
        seen=event.version,
        more=more,
        series=imported.uid if imported.occurrence else "",
        **{column: getattr(event, column) for column in _WHEN},
        standing=values.get("standing", event.standing),
    )


def _told(name: str, values: Mapping[str, Any]) -> str:
    """A field as a reader is told of it."""
    if name == "When":
        return when(*(values[column] for column in _WHEN))
    if name == "Standing":
        return wording.standing_words(values["standing"]).casefold()
    text = " ".join(str(values[_FIELDS[name][0]]).split())
    return f"“{text if len(text) <= _SHORT else f'{text[: _SHORT - 1]}…'}”" if text else "nothing"
