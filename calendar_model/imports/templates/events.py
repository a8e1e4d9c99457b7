"""Side events and meetings: rows that become the mission's own events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import selectinload

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import upsert
from calendar_model.clock import today
from calendar_model.imports.plan import ImportLine, ImportNote
from calendar_model.imports.tables.cell_parsing import (
    parse_day,
    parse_hours,
    parse_organisation,
    parse_period,
    parse_term,
    parse_zone,
    time_at,
)
from calendar_model.imports.tables.columns import EXAMPLE, TemplateColumn
from calendar_model.imports.tables.reader import MAX_CELL_LENGTH
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.imports.templates.records import (
    KnownRecords,
    RecordTemplate,
    link_items,
    linked_items,
    new_items,
    read_sensitivity,
    record_key,
    record_line,
)
from calendar_model.imports.templates.row import (
    ANNOUNCED_STANDINGS,
    BODY_HELP,
    DAY_HELP,
    HOUR_HELP,
    STANDING_CHOICES,
    RowReader,
    given,
)
from calendar_model.mission.events import event_of
from calendar_model.mission.events import problems as problems_of_event
from calendar_model.mission.rules import born_at
from calendar_model.store.models import Event, Imported
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity, Standing

COLUMNS: tuple[TemplateColumn, ...] = (
    TemplateColumn(
        "reference",
        "Reference",
        "Your own number or code for the event. It identifies the event if the title or date changes.",
        aliases=("uid", "id", "ref", "referanse", "number", "nummer", "nr"),
        example="SE-01",
    ),
    TemplateColumn(
        "title",
        "Title",
        "Everyone with access to the event sees it on the timeline. Name no individuals.",
        needed=True,
        aliases=("tittel", "name", "navn", "event", "side event", "what", "subject", "summary", "arrangement", "emne"),
        example=f"Defenders and elections {EXAMPLE}",
    ),
    TemplateColumn(
        "event_kind",
        "Kind",
        "Choose from the list. Empty: side event.",
        choices=tuple(wording.english_term(kind) for kind in EventKind),
        aliases=("type", "event kind", "event type", "slag", "kategori", "category"),
        example=wording.english_term(EventKind.SIDE_EVENT),
    ),
    TemplateColumn(
        "body",
        "Organisation or body",
        BODY_HELP,
        needed=True,
        aliases=(
            "organisasjon eller organ",
            "body",
            "organisation",
            "organization",
            "organ",
            "organisasjon",
            "forum",
            "un body",
        ),
        example="HRC",
    ),
    TemplateColumn(
        "start",
        "First day",
        DAY_HELP,
        needed=True,
        aliases=(
            "date",
            "day",
            "start",
            "start date",
            "starts",
            "when",
            "from date",
            "begins on",
            "dato",
            "startdato",
            "dag",
            "fra dato",
            "første dag",
            "når",
        ),
        example="2027-03-03",
        format="day",
    ),
    TemplateColumn(
        "end",
        "Last day",
        f"{DAY_HELP} Empty: the first day.",
        aliases=("end", "end date", "ends", "until date", "to date", "ends on", "sluttdato", "til dato", "siste dag"),
        example="2027-03-03",
        format="day",
    ),
    TemplateColumn(
        "start_time",
        "Begins",
        HOUR_HELP,
        aliases=(
            "from",
            "time",
            "start time",
            "begins at",
            "hour",
            "fra",
            "kl",
            "klokken",
            "tid",
            "klokkeslett",
            "starttid",
        ),
        example="13:00",
        format="hour",
    ),
    TemplateColumn(
        "end_time",
        "Ends",
        "As 14:30. Empty: no end time known.",
        aliases=("to", "until", "end time", "ends at", "til", "slutt", "sluttid", "slutttid"),
        example="14:30",
        format="hour",
    ),
    TemplateColumn(
        "timezone",
        "Time zone",
        "Of the venue, as Europe/Zurich or Geneva. Empty: that of the organisation's seat.",
        aliases=("zone", "timezone", "tz", "tidssone", "time zone of the place"),
        example="Europe/Zurich",
    ),
    TemplateColumn(
        "location",
        "Place",
        "Town last: Palais des Nations, Geneva. Empty: the organisation's seat.",
        aliases=("location", "venue", "town", "city", "sted", "by", "lokasjon", "where", "hvor"),
        example="Palais des Nations, Geneva",
    ),
    TemplateColumn("room", "Room", "If known.", aliases=("rom", "sal", "møterom"), example="Room XXI"),
    TemplateColumn(
        "request_due",
        "Room request due",
        f"{DAY_HELP} It appears in the calendar as a deadline.",
        aliases=(
            "ask for the room by",
            "room request",
            "room request by",
            "room deadline",
            "request due",
            "romfrist",
            "frist",
            "deadline",
        ),
        example="2027-02-10",
        format="day",
    ),
    TemplateColumn(
        "organisers",
        "Organisers",
        "The States and organisations that hold it.",
        aliases=(
            "organiser",
            "organizer",
            "organizers",
            "organised by",
            "organized by",
            "host",
            "hosts",
            "arrangør",
            "arrangører",
        ),
        example="Norway",
    ),
    TemplateColumn(
        "cosponsors",
        "Co-sponsors",
        "States and organisations.",
        aliases=("cosponsors", "sponsors", "co sponsored by", "medarrangører", "medsponsorer", "partners"),
        example="",
    ),
    TemplateColumn(
        "programme",
        "Programme",
        "Kept with the record; not included in calendars or feeds.",
        aliases=("program", "agenda", "description", "beskrivelse", "notes", "notater"),
    ),
    TemplateColumn(
        "standing",
        "Status",
        "Choose from the list. Empty: provisional.",
        choices=STANDING_CHOICES,
        aliases=("status", "state", "date status", "datostatus"),
        example="Provisional",
    ),
    TemplateColumn(
        "sensitivity",
        "Visibility",
        "Internal: all users; restricted: only you, until you give others access. Empty: internal. An event is made "
        "public on its own page, with a reason.",
        choices=(wording.english_term(Sensitivity.INTERNAL), wording.english_term(Sensitivity.RESTRICTED)),
        aliases=("sensitivity", "level", "who sees it", "gradering", "classification"),
        example="Internal",
    ),
    TemplateColumn(
        "items",
        "Linked to",
        "The calendar items it relates to: the code of a session such as HRC67, or an item's identifier or title. "
        "Separate several with semicolons. Existing links are kept.",
        aliases=("belongs to", "tied to", "session", "item", "items", "related to", "sesjon", "around"),
    ),
)

_REFERENCE = "row:"
"""Prefix of the identifier of an event from a table; the table's own reference follows."""
_CHECKED_TOGETHER = (
    "title", "body", "start", "end", "start_time", "end_time", "timezone", "request_due",
)  # fmt: skip
"""Columns of an event that can contradict each other."""


class EventTemplate(RecordTemplate[Event]):
    """Rows that become events.

    An event is recognised by its reference in the table, else by title, first day and body. A value changed by hand
    stays unless the file has changed it too.
    """

    key = "events"
    label = "Side events and meetings"
    page = "meetings"
    columns = COLUMNS

    def records(self, session: OrmSession) -> Iterable[Event]:
        return session.scalars(select(Event).options(selectinload(Event.items), selectinload(Event.imported)))

    def keys(self, event: Event) -> tuple[str, ...]:
        """The event's identifier; its title, day and body; and its reference in the table, if any."""
        named = record_key(event.title, event.start, event.body)
        reference = _table_reference(event)
        return (event.id, named, reference) if reference else (event.id, named)

    def line(self, lookup: RowLookup, known: KnownRecords[Event], number: int, cells: Mapping[str, str]) -> ImportLine:
        row = RowReader(COLUMNS, cells)
        values = _values(row, lookup)
        items = row.read("items", lookup.items) or ()
        event_id, reference = _read_reference(row)
        named = record_key(values.get("title", ""), values.get("start"), values.get("body"))
        existing = row.attempt("", lambda: _find(known, event_id, reference, named))
        level, notes = read_sensitivity(row, existing, born_at(Event))
        values |= given(sensitivity=level)
        if existing is not None and "room" not in values and values.get("location") == _room_and_place(existing):
            del values["location"]
        from_file = json.dumps({name: str(value) for name, value in values.items()}, ensure_ascii=False)
        if existing is None:
            values = _with_defaults(lookup, values)
        elif "start" in values and "end" not in values:
            values["end"] = values["start"] + (existing.end - existing.start)
        if not row.problems:
            before = {name: getattr(existing, name) for name in _CHECKED_TOGETHER} if existing is not None else {}
            row.problems += problems_of_event({**before, **values})
        links = new_items(existing, items)
        additions = linked_items(links)
        if existing is not None and reference and existing.imported is None:
            additions.append(ImportNote("row-new-reference", {"reference": reference.removeprefix(_REFERENCE)}))
        line = record_line(
            number,
            row,
            existing,
            values,
            (values.get("start"), values.get("end")),
            more={"key": reference or named, "items": links, "reference": reference, "from_file": from_file},
            additions=additions,
            kept=_kept_by_hand(existing, values) if existing is not None else (),
            notes=notes,
        )
        return known.once(_with_hours(line, existing, values), reference or named)

    def write(self, session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
        event = upsert(session, viewer, Event, line.values, record_id=line.record_id, seen=line.seen)
        link_items(event, line.more["items"])
        if reference := line.more["reference"]:
            if event.imported is None:
                event.imported = Imported(record_id=event.id, uid=reference, taken_on=today())
            if event.imported.uid == reference:
                event.imported.taken_on, event.imported.values = today(), line.more["from_file"]
        return event.id


def _table_reference(event: Event) -> str:
    """The stored reference of an event in its table; empty if there is none."""
    uid = event.imported.uid if event.imported is not None and not event.imported.source else ""
    return uid if uid.startswith(_REFERENCE) else ""


def _values(row: RowReader, lookup: RowLookup) -> dict[str, Any]:
    """The columns of an event given by a row, except its sensitivity."""
    title = row.line("title")
    body = row.read("body", lambda text: parse_organisation(text, lookup.reference))
    return given(
        title=title,
        event_kind=row.read("event_kind", lambda text: parse_term(text, EventKind)),
        body=body,
        **_times(row, lookup, body or ""),
        location=row.line("location"),
        room=row.line("room"),
        request_due=row.read("request_due", parse_day),
        organisers=row.line("organisers", MAX_CELL_LENGTH),
        cosponsors=row.line("cosponsors", MAX_CELL_LENGTH),
        programme=row.cells.get("programme", ""),
        standing=row.read("standing", lambda text: parse_term(text, ANNOUNCED_STANDINGS)),
    )


def _times(row: RowReader, lookup: RowLookup, body: str) -> dict[str, Any]:
    """The date and time columns; days and hours can be in one cell or in four."""
    first, last = (row.read(name, parse_period) for name in ("start", "end"))
    begins, ends = (row.read(name, parse_hours) for name in ("start_time", "end_time"))
    zone = row.read("timezone", lambda text: parse_zone(text, lookup.reference))
    if zone is None and first is not None and first.town and "timezone" not in row.cells:
        town = first.town
        zone = row.attempt("", lambda: parse_zone(town, lookup.reference))
    if zone is None and "timezone" not in row.cells and (seat := lookup.reference.seat(body)) is not None:
        zone = seat.timezone
    found: dict[str, Any] = {}
    for period, day_name, hour_name in ((first, "start", "start_time"), (last, "end", "end_time")):
        if period is not None:
            if period.instant is not None and zone:
                found[day_name], found[hour_name] = time_at(period.instant, zone)
            else:
                found[day_name], found[hour_name] = period.first, period.at
    if first is not None:
        found["end"] = found.get("end") or first.last
        found["end_time"] = found.get("end_time") or first.until
    if begins is not None:
        found["start_time"] = begins[0]
        found["end_time"] = begins[1] or found.get("end_time")
    if ends is not None:
        found["end_time"] = ends[0]
    timed = found.get("start_time") is not None or "timezone" in row.cells
    return {**found, "timezone": zone if timed else None}


def _read_reference(row: RowReader) -> tuple[str, str]:
    """The identifier of an event exported from here, or the table's own reference; the other is empty."""
    text = row.line("reference", 200)
    event_id = event_of(text.partition("@")[0])
    return (event_id, "") if event_id else ("", f"{_REFERENCE}{text}" if text else "")


def _find(known: KnownRecords[Event], event_id: str, reference: str, named: str) -> Event | None:
    for key in filter(None, (event_id, reference)):
        if (found := known.find(key)) is not None:
            return found
    found = known.find(named)
    # With a different reference it is a different event, even under the same name.
    return None if found is not None and reference and _table_reference(found) else found


def _with_defaults(lookup: RowLookup, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a new event; empty ones get the defaults of the form."""
    seat = lookup.reference.as_recorded.seat(values.get("body", ""))
    return {
        "event_kind": EventKind.SIDE_EVENT,
        "standing": Standing.PROVISIONAL,
        "sensitivity": Sensitivity.INTERNAL,
        "location": seat.seat_city if seat is not None else "",
        **({"end": values["start"]} if "start" in values else {}),
        **values,
    }


def _with_hours(line: ImportLine, existing: Event | None, values: Mapping[str, Any]) -> ImportLine:
    """The line with the hours, zone and standing after the import."""

    def would_be(column: str) -> Any:
        return values.get(column, getattr(existing, column, None))

    return replace(
        line,
        start_time=would_be("start_time"),
        end_time=would_be("end_time"),
        timezone=would_be("timezone") or "",
        standing=would_be("standing"),
    )


def _kept_by_hand(event: Event, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that differ from the file because they were changed here and not in the file."""
    before = json.loads(event.imported.values) if event.imported is not None and _table_reference(event) else {}
    return tuple(
        name for name, value in values.items() if getattr(event, name) != value and before.get(name) == str(value)
    )


def _room_and_place(event: Event) -> str:
    """Room and place together, as in our own lists, which have no column for the room."""
    return ", ".join(filter(None, (event.room, event.location)))
