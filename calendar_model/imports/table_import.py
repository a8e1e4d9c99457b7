"""The rows of a table as records: what each would do, before it does anything; then all of it in one transaction.

A row that is wrong is refused by itself, with everything that is wrong with it, and the others are not held up. A cell
that is empty, or whose column is not there, leaves what a record has; nothing is ever deleted.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading, upsert
from calendar_model.clock import now, today
from calendar_model.imports.plan import ImportLine, ImportPlan, ImportRefused, Outcome, Progress
from calendar_model.imports.tables import cell_parsing
from calendar_model.imports.tables.cell_parsing import UnclearCell
from calendar_model.imports.tables.columns import EVENT_STANDINGS, EXAMPLE, FIELDS, Target, folded, label_of
from calendar_model.imports.tables.reader import MOST_LETTERS, TableSheet
from calendar_model.mission import events
from calendar_model.mission.corrections import corrected, kept
from calendar_model.mission.events import event_of
from calendar_model.mission.rules import born_at
from calendar_model.mission.transactions import writing
from calendar_model.reference import Reference, RowCorrection
from calendar_model.reference.corrections import correction_title
from calendar_model.reference.corrections import faults as faults_of
from calendar_model.reference.rows import Organisation, Review, Session
from calendar_model.store.database import Workspace
from calendar_model.store.models import (
    Correction,
    Engagement,
    Event,
    FollowUp,
    Imported,
    ItemLink,
    Record,
    new_id,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import EngagementForm, EngagementKind, EventKind
from calendar_model.vocabulary import Confidence, Precision, Sensitivity, Standing

LONGEST_TITLE = 300
"""Letters of a title, as in the forms."""

_ROW = "row:"
"""What begins the identifier under which an event from a table is kept, followed by the table's own reference."""
_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
"""What Excel shows for a formula that failed."""
_ORDER = (Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.RESTRICTED)

REASON = "Taken over from a table."
"""What the history says of it."""
MOST_AHEAD = 12
"""Sessions after the last one of a body in the reference that a table can date."""

_MOST_FAULTS = 3
"""Sentences on what of the reference would not fit any more."""
_TOGETHER = frozenset({Target.SESSIONS, Target.REVIEWS})
"""What is checked as a whole: whether it fits into the reference."""

R = TypeVar("R", bound=Record)
_Rows = Sequence[tuple[int, dict[str, str]]]


def plan_table(
    viewer: Viewer,
    target: Target,
    sheet: TableSheet,
    columns: Mapping[str, int | None],
    *,
    reference: Reference,
    table: pd.DataFrame,
    source_url: str = "",
    workspace: Workspace | None = None,
) -> ImportPlan:
    """What the rows of ``sheet`` would do as ``target``: one line a row, in the order of the file; writes nothing.

    ``columns`` say in which column, from 0, each field of the target stands (None: in none). ``reference`` and
    ``table`` are the facts and the calendar that ``viewer`` sees, against which organisations, states, sessions and
    items are looked up. ``source_url`` is the source of all rows that give none; new dates need one.

    A record is known again by the reference that its table gives it, else by title, first day and organisation (an
    engagement: title, day and kind), among what the viewer sees. Raises
    :class:`~calendar_model.imports.plan.ImportRefused` where nothing can be read at all.
    """
    fields = {one.name: one for one in FIELDS[target]}
    places = {name: place for name, place in columns.items() if name in fields and place is not None}
    if missing := [one.label for one in fields.values() if one.needed and one.name not in places]:
        raise ImportRefused(
            f"Say in which column these stand: {', '.join(missing)}. Without them nothing can be taken over."
        )
    if any(not 0 <= place < len(sheet.header) for place in places.values()):
        raise ImportRefused("The columns chosen are not those of this file. Choose them again.")
    rows, remarks = [], []
    for number, row in sheet.numbered:
        said = {name: text for name, place in places.items() if (text := row[place].strip())}
        if not said:
            continue
        if any(text.casefold().endswith(EXAMPLE) for text in said.values()):
            remarks.append(f"Row {number} is the example of the template, and is left out.")
            continue
        rows.append((number, said))
    if not rows:
        remarks.append("There is no row to take over.")
    facts = _Facts(reference, table, source_url.strip())
    with reading(viewer, workspace) as session:
        lines = _PLANNERS[target](session, facts, rows)
    return ImportPlan(tuple(lines), tuple(remarks))


def _nothing_said(_done: int, _of: int) -> None:
    pass


def write_table(
    viewer: Viewer,
    target: Target,
    plan: ImportPlan,
    progress: Progress = _nothing_said,
    workspace: Workspace | None = None,
) -> ImportPlan:
    """Does what ``plan`` says, all of it in one transaction, or nothing; gives the plan with the records' identifiers.

    ``progress`` is called after every line. Raises :class:`~calendar_model.access.problems.Refused`, with the row, for
    what a rule forbids, and where a record that the plan changes, or one of the same name that it would add, has been
    written meanwhile: nothing of the plan is written then.
    """
    write, found = _WRITERS[target], dict[int, str]()
    if not plan.to_write:
        return plan
    with writing(viewer, REASON, workspace) as session, session.no_autoflush:
        still_so = _still_so(session, target)
        for done, line in enumerate(plan.to_write, 1):
            try:
                if not still_so(line):
                    raise EditConflict
                found[line.number] = write(session, viewer, line)
                if target not in _TOGETHER:
                    # One by one, so that a rule that refuses says which row.
                    session.flush()
            except (EditConflict, StaleDataError):
                raise Refused(
                    f"Row {line.number}, “{line.title}”: somebody has written it since you looked. Look at the file "
                    "again."
                ) from None
            except Refused as refused:
                raise Refused(f"Row {line.number}, “{line.title}”: {refused}") from None
            progress(done, len(plan.to_write))
    lines = (replace(line, record_id=found.get(line.number, line.record_id)) for line in plan.lines)
    return replace(plan, lines=tuple(lines))


# --- What a row says


@dataclass(frozen=True)
class _Facts:
    """What rows are looked up in; ``source_url`` is the source of those that give none."""

    reference: Reference
    table: pd.DataFrame
    source_url: str

    @cached_property
    def _items(self) -> Mapping[str, list[str]]:
        """The calendar's items by everything that they are called by."""
        found: dict[str, list[str]] = defaultdict(list)
        for item, uid, title in zip(*(self.table[name].astype(str) for name in ("item", "uid", "title")), strict=True):
            code = item.removeprefix("session-")
            for name in {item.casefold(), uid.casefold(), code.casefold(), folded(title)}:
                found[name].append(item)
        return found

    def items(self, text: str) -> tuple[str, ...]:
        """The calendar's items that a cell names by identifier, code of a session or title."""
        found: list[str] = []
        for part in filter(None, (part.strip() for part in text.split(";"))):
            same = self._items.get(part.casefold()) or self._items.get(folded(part)) or []
            if len(same) != 1:
                many = "more than one item" if same else "no item"
                raise UnclearCell(
                    f"“{part}” is {many} of the calendar. Write the code of a session such as HRC67, or leave it."
                )
            found += same
        return tuple(dict.fromkeys(found))

    def seat(self, body: str) -> Organisation | None:
        """The nearest organisation at or above a body of which the seat is known."""
        line = (self.reference.organisations[code] for code in self.reference.lineage(body))
        return next((one for one in line if one.timezone), None)


class _Row:
    """Reads the cells of a row, and gathers what is wrong with them."""

    def __init__(self, target: Target, said: Mapping[str, str]) -> None:
        self.said = dict(said)
        self.wrong: list[str] = []
        self._fields = {one.name: one for one in FIELDS[target]}
        for name, text in said.items():
            if text in _ERRORS:
                self._fault(name, f"the formula failed in Excel ({text}). Mend it, or write what it should be.")
                del self.said[name]
        for one in self._fields.values():
            if one.needed and one.name not in said:
                self._fault(one.name, "it is empty, and has to be filled in.")

    def read(self, name: str, how: Callable[[str], Any]) -> Any:
        """What a cell means, or None: it is empty, or wrong and kept as such."""
        text = self.said.get(name)
        if text is None:
            return None
        try:
            return how(text)
        except UnclearCell as unclear:
            self._fault(name, str(unclear))
            return None

    def known(self, find: Callable[[], R | None]) -> R | None:
        """The record that the row is of, if it is there already and certain."""
        try:
            return find()
        except UnclearCell as unclear:
            self.wrong.append(str(unclear))
            return None

    def line(self, name: str, longest: int = LONGEST_TITLE) -> str:
        """A text in one line."""
        text = " ".join(self.said.get(name, "").split())
        if len(text) > longest:
            self._fault(name, f"it has {len(text)} letters; up to {longest} fit. Shorten it.")
        return text

    def label(self, name: str) -> str:
        """What readers call a field."""
        return self._fields[name].label

    def _fault(self, name: str, says: str) -> None:
        self.wrong.append(f"{self.label(name)}: {says}")


def _given(**values: Any) -> dict[str, Any]:
    """The columns of which a row says something."""
    return {name: value for name, value in values.items() if value not in (None, "", ())}


def _level(row: _Row, existing: Record | None, born: Sensitivity) -> tuple[Sensitivity | None, list[str]]:
    """The level that a row gives, and what is said where it would open something to more people: no file does that.

    ``born`` is the level below which nothing of its kind begins.
    """
    level: Sensitivity | None = row.read("sensitivity", lambda text: cell_parsing.parse_term(text, Sensitivity))
    if level is None:
        return None, []
    if existing is None:
        opens = level is Sensitivity.PUBLIC
        says = f"{row.label('sensitivity')}: {born}; it is made public on its own page, with a reason"
        return max(level, born, key=_ORDER.index), [says] if opens else []
    if born is Sensitivity.RESTRICTED:
        # It was taken over as restricted, whatever the row said, and is so until somebody opens it by hand.
        level = max(level, existing.sensitivity, key=_ORDER.index)
    if _ORDER.index(level) < _ORDER.index(existing.sensitivity):
        return None, [
            f"{row.label('sensitivity')}: it stays {existing.sensitivity}, a file opens nothing to more people"
        ]
    return level, []


# --- Events


def _plan_events(session: OrmSession, facts: _Facts, rows: _Rows) -> list[ImportLine]:
    known = _Known(_events(session), _event_keys)
    return [_event(facts, known, number, said) for number, said in rows]


def _events(session: OrmSession) -> list[Event]:
    return list(session.scalars(select(Event).options(selectinload(Event.items), selectinload(Event.imported))))


def _event_keys(event: Event) -> tuple[str, ...]:
    """By what an event is known again: its identifier, the reference of its table, its title, day and body."""
    named = _key(event.title, event.start, event.body)
    return (event.id, named, uid) if (uid := _own_reference(event)) else (event.id, named)


def _own_reference(event: Event) -> str:
    uid = event.imported.uid if event.imported is not None and not event.imported.source else ""
    return uid if uid.startswith(_ROW) else ""


def _key(title: str, on: date | None, which: object) -> str:
    return json.dumps([folded(title), str(on), str(which)])


def _event(facts: _Facts, known: _Known[Event], number: int, said: Mapping[str, str]) -> ImportLine:
    row = _Row(Target.EVENTS, said)
    title = row.line("title")
    body = row.read("body", lambda text: cell_parsing.parse_organisation(text, facts.reference))
    given = _given(
        title=title,
        event_kind=row.read("event_kind", lambda text: cell_parsing.parse_term(text, EventKind)),
        body=body,
        **_when(row, facts, body or ""),
        location=row.line("location"),
        room=row.line("room"),
        request_due=row.read("request_due", cell_parsing.parse_day),
        organisers=row.line("organisers", MOST_LETTERS),
        cosponsors=row.line("cosponsors", MOST_LETTERS),
        programme=row.said.get("programme", ""),
        standing=row.read("standing", lambda text: cell_parsing.parse_term(text, EVENT_STANDINGS)),
    )
    items = row.read("items", facts.items) or ()
    own, reference = _reference(row)
    named = _key(title, given.get("start"), body)
    existing = row.known(lambda: _find(known, own, reference, named))
    level, opens = _level(row, existing, born_at(Event))
    given |= _given(sensitivity=level)
    if existing is not None and "room" not in given and given.get("location") == _together(existing):
        del given["location"]
    taken = dict(given)
    if existing is None:
        given = _born(facts, given)
    elif "start" in given and "end" not in given:
        given["end"] = given["start"] + (existing.end - existing.start)
    if not row.wrong:
        columns = {name: getattr(existing, name) for name in _EVENT_COLUMNS} if existing is not None else {}
        row.wrong += map(str, events.problems({**columns, **given}))
    linked = _new_items(existing, items)
    also = _tied_words(linked)
    if existing is not None and reference and existing.imported is None:
        also.append(f"Reference: {reference.removeprefix(_ROW)}")
    line = _line(
        number,
        row,
        existing,
        given,
        (given.get("start"), given.get("end")),
        more={"key": reference or named, "items": linked, "reference": reference, "taken": _taken(taken)},
        also=also,
        kept=_kept_by_hand(existing, given) if existing is not None else (),
        notes=opens,
    )
    return known.once(_with_hours(line, existing, given), reference or named)


def _with_hours(line: ImportLine, existing: Event | None, given: Mapping[str, Any]) -> ImportLine:
    """The line with hours, zone and standing as they would be."""

    def would_be(column: str) -> Any:
        return given.get(column, getattr(existing, column, None))

    return replace(
        line,
        start_time=would_be("start_time"),
        end_time=would_be("end_time"),
        timezone=would_be("timezone") or "",
        standing=would_be("standing"),
    )


_EVENT_COLUMNS = (
    "title", "body", "start", "end", "start_time", "end_time", "timezone", "request_due",
)  # fmt: skip
"""What can be wrong with an event together."""


def _find(known: _Known[Event], own: str, reference: str, named: str) -> Event | None:
    for key in filter(None, (own, reference)):
        if (found := known.one(key)) is not None:
            return found
    found = known.one(named)
    # Under another reference it is another event, of whatever name.
    return None if found is not None and reference and _own_reference(found) else found


def _taken(values: Mapping[str, Any]) -> str:
    """The columns that a row gives, as JSON, for the next time."""
    return json.dumps({name: str(value) for name, value in values.items()}, ensure_ascii=False)


def _kept_by_hand(event: Event, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that differ from what the file says because somebody changed them here since, and not the file."""
    before = json.loads(event.imported.values) if event.imported is not None and _own_reference(event) else {}
    return tuple(
        name for name, value in given.items() if getattr(event, name) != value and before.get(name) == str(value)
    )


def _together(event: Event) -> str:
    """Room and place in one, as our own lists have them that have no column for the room."""
    return ", ".join(filter(None, (event.room, event.location)))


def _reference(row: _Row) -> tuple[str, str]:
    """The identifier of our own event that the row names as our own lists do, or the reference of its table."""
    said = row.line("reference", 200)
    own = event_of(said.partition("@")[0])
    return (own, "") if own else ("", f"{_ROW}{said}" if said else "")


def _when(row: _Row, facts: _Facts, body: str) -> dict[str, Any]:
    """The columns of time: days and hours can stand in one cell or in four."""
    first, last = (row.read(name, cell_parsing.parse_period) for name in ("start", "end"))
    begins, ends = (row.read(name, cell_parsing.parse_hours) for name in ("start_time", "end_time"))
    zone = row.read("timezone", lambda text: cell_parsing.parse_zone(text, facts.reference))
    if zone is None and first is not None and first.town and "timezone" not in row.said:
        try:
            zone = cell_parsing.parse_zone(first.town, facts.reference)
        except UnclearCell as unclear:
            row.wrong.append(str(unclear))
    if zone is None and "timezone" not in row.said and (seat := facts.seat(body)) is not None:
        zone = seat.timezone
    found: dict[str, Any] = {}
    for said, day_name, hour_name in ((first, "start", "start_time"), (last, "end", "end_time")):
        if said is not None:
            if said.instant is not None and zone:
                found[day_name], found[hour_name] = cell_parsing.local(said.instant, zone)
            else:
                found[day_name], found[hour_name] = said.first, said.at
    if first is not None:
        found["end"] = found.get("end") or first.last
        found["end_time"] = found.get("end_time") or first.until
    if begins is not None:
        found["start_time"] = begins[0]
        found["end_time"] = begins[1] or found.get("end_time")
    if ends is not None:
        found["end_time"] = ends[0]
    timed = found.get("start_time") is not None or "timezone" in row.said
    return {**found, "timezone": zone if timed else None}


def _born(facts: _Facts, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a new event: what its row leaves open is as the form of the page proposes it."""
    seat = facts.seat(given.get("body", ""))
    return {
        "event_kind": EventKind.SIDE_EVENT,
        "standing": Standing.PROVISIONAL,
        "sensitivity": Sensitivity.INTERNAL,
        "location": seat.seat_city if seat is not None else "",
        **({"end": given["start"]} if "start" in given else {}),
        **given,
    }


def _write_event(session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
    event = upsert(session, viewer, Event, line.values, record_id=line.record_id, seen=line.seen)
    _set_links(event, line.more["items"])
    if reference := line.more["reference"]:
        if event.imported is None:
            event.imported = Imported(record_id=event.id, uid=reference, taken_on=today())
        if event.imported.uid == reference:
            event.imported.taken_on, event.imported.values = today(), line.more["taken"]
    return event.id


# --- Engagements


def _plan_engagements(session: OrmSession, facts: _Facts, rows: _Rows) -> list[ImportLine]:
    known = _Known(_engagements(session), _engagement_keys)
    return [_engagement(facts, known, number, said) for number, said in rows]


def _engagements(session: OrmSession) -> list[Engagement]:
    eager = (selectinload(Engagement.items), selectinload(Engagement.follow_ups))
    return list(session.scalars(select(Engagement).options(*eager)))


def _engagement_keys(engagement: Engagement) -> tuple[str, ...]:
    return (_key(engagement.title, engagement.on, engagement.engagement_kind),)


def _engagement(facts: _Facts, known: _Known[Engagement], number: int, said: Mapping[str, str]) -> ImportLine:
    row = _Row(Target.ENGAGEMENTS, said)
    title = row.line("title")
    kind = row.read("engagement_kind", lambda text: cell_parsing.parse_term(text, EngagementKind))
    on = row.read("on", cell_parsing.parse_day)
    given = _given(
        title=title,
        engagement_kind=kind,
        on=on,
        place=row.line("place"),
        form=row.read("form", lambda text: cell_parsing.parse_term(text, EngagementForm)),
        organisation=row.read("organisation", lambda text: cell_parsing.parse_organisation(text, facts.reference)),
        participants=row.line("participants", MOST_LETTERS),
        outcome=row.said.get("outcome", ""),
    )
    items = row.read("items", facts.items) or ()
    named = _key(title, on, kind)
    existing = row.known(lambda: known.one(named))
    born = born_at(Engagement, kind)
    level, opens = _level(row, existing, born)
    given |= _given(sensitivity=level)
    follow_up, following = _following(row, existing)
    if existing is None:
        given = {"form": EngagementForm.IN_PERSON, "sensitivity": born, **given}
    linked = _new_items(existing, items)
    line = _line(
        number,
        row,
        existing,
        given,
        (on, on),
        more={"key": named, "items": linked, "follow_up": follow_up},
        also=[*_tied_words(linked), *([following] if following else [])],
        notes=opens,
    )
    return known.once(line, named)


def _following(row: _Row, existing: Engagement | None) -> tuple[tuple[str, date] | None, str]:
    """The follow-up that a row adds, or of which it changes the day; and that in words."""
    what, due = row.line("follow_up"), row.read("follow_up_due", cell_parsing.parse_day)
    if not what:
        if due is not None:
            row.wrong.append(
                "What is to be followed up: there is a day by which, and nothing to do. Say what, or take it out."
            )
        return None, ""
    if due is None:
        if "follow_up_due" not in row.said:
            row.wrong.append("Follow-up by: say by when it is to be done.")
        return None, ""
    kept = _same_follow_up(existing, what)
    if kept is not None and (kept.due == due or kept.done_on is not None):
        return None, ""
    was = f"{wording.day(kept.due)} → " if kept is not None else ""
    return (what, due), f"To be followed up: {what}, by {was}{wording.day(due)}"


def _same_follow_up(engagement: Engagement | None, what: str) -> FollowUp | None:
    kept = engagement.follow_ups if engagement is not None else []
    return next((one for one in kept if folded(one.what) == folded(what)), None)


def _write_engagement(session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
    engagement = upsert(session, viewer, Engagement, line.values, record_id=line.record_id, seen=line.seen)
    _set_links(engagement, line.more["items"])
    if line.more["follow_up"] is not None:
        what, due = line.more["follow_up"]
        kept = _same_follow_up(engagement, what)
        if kept is None:
            engagement.follow_ups.append(FollowUp(what=what, due=due, owner_id=viewer.person_id))
        else:
            kept.due = due
    return engagement.id


# --- What both have


class _Known(Generic[R]):
    """The records that a reader sees, by what makes them known again, and the rows that a file has had for each."""

    def __init__(self, records: Iterable[R], keys: Callable[[R], Iterable[str]]) -> None:
        self._by: dict[str, list[R]] = defaultdict(list)
        self._rows: dict[str, int] = {}
        for record in records:
            for key in keys(record):
                self._by[key].append(record)

    def one(self, key: str) -> R | None:
        """The record of this key, if any. Raises UnclearCell where there are several."""
        found = self._by.get(key, [])
        if len(found) > 1:
            raise UnclearCell(
                "More than one record here has this title, on this day: change one of them on its page, or give the "
                "events a reference of your own."
            )
        return found[0] if found else None

    def once(self, line: ImportLine, key: str) -> ImportLine:
        """The line, refused if a row before it was of the same record."""
        if line.outcome is Outcome.REFUSED:
            return line
        before = self._rows.setdefault(line.record_id or key, line.number)
        if before == line.number:
            return line
        says = f"Row {before} of this file is the same: take one of the two out."
        return ImportLine(line.number, line.title, Outcome.REFUSED, line.start, line.end, says)


def _line(
    number: int,
    row: _Row,
    existing: Record | None,
    given: Mapping[str, Any],
    days: tuple[date | None, date | None],
    *,
    more: Mapping[str, Any],
    also: Sequence[str] = (),
    kept: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> ImportLine:
    """A row as a line of the plan. ``given`` are the columns as they shall be, ``also`` says what else it changes;
    ``kept`` are columns that stay as they are here, and ``notes`` say what else does."""
    first, last = days
    title = str(given.get("title") or " ".join(row.said.get("title", "").split()))
    if row.wrong:
        return ImportLine(number, title, Outcome.REFUSED, first, last, " ".join(dict.fromkeys(row.wrong)))
    if existing is None:
        return ImportLine(
            number, title, Outcome.NEW, first, last, "; ".join([*also, *notes]), values=dict(given), more=more
        )
    values = {name: value for name, value in given.items() if getattr(existing, name) != value and name not in kept}
    says = [
        *(f"{row.label(name)}: {_words(getattr(existing, name))} → {_words(value)}" for name, value in values.items()),
        *also,
    ]
    outcome = Outcome.CHANGED if says else Outcome.KEPT if kept or notes else Outcome.UNCHANGED
    says += notes
    if kept:
        labels = ", ".join(row.label(name) for name in kept)
        says.append(f"{labels}: changed here by hand, and stays so, because the file says what it said before")
    return ImportLine(
        number,
        title,
        outcome,
        first,
        last,
        "; ".join(says),
        values,
        record_id=existing.id,
        seen=existing.version,
        more=more,
    )


def _words(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, StrEnum):
        return label_of(value)
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]} …"


def _new_items(record: Event | Engagement | None, items: Sequence[str]) -> tuple[str, ...]:
    has = {link.item for link in record.items} if record is not None else set()
    return tuple(item for item in items if item not in has)


def _tied_words(items: Sequence[str]) -> list[str]:
    return [f"Belongs to: {', '.join(items)}"] if items else []


def _set_links(record: Event | Engagement, items: Iterable[str]) -> None:
    record.items += [ItemLink(item=item) for item in _new_items(record, tuple(items))]


# --- New dates of the reference


def _plan_sessions(session: OrmSession, facts: _Facts, rows: _Rows) -> list[ImportLine]:
    return _fitting(session, facts, [_session(facts, number, said) for number, said in rows])


def _plan_reviews(session: OrmSession, facts: _Facts, rows: _Rows) -> list[ImportLine]:
    return _fitting(session, facts, [_review(facts, number, said) for number, said in rows])


def _session(facts: _Facts, number: int, said: Mapping[str, str]) -> ImportLine:
    row = _Row(Target.SESSIONS, said)
    known = facts.reference.sessions
    code = row.read("code", lambda text: _session_code(text, facts.reference))
    start, end = row.read("start", cell_parsing.parse_day), row.read("end", cell_parsing.parse_day)
    if start is not None and end is not None and end < start:
        row.wrong.append(
            f"Last day: {wording.day(end)} is before the first, {wording.day(start)}. Mend one of the days."
        )
    existing = known.get(code or "")
    born: dict[str, str] = {}
    if existing is None and code:
        born = _new_session(code, facts.reference)
    values = {
        **born,
        "start": str(start or ""),
        "end": str(end or ""),
        "date_precision": Precision.DAY.value,
        "standing": _standing(row, existing, end),
        **_given(location=row.line("location")),
    }
    title = existing.title if existing is not None else born.get("title") or said.get("code", "")
    return _correction(number, row, facts, Session.FILE, code or "", existing, values, (title, start, end))


def _session_code(text: str, reference: Reference) -> str:
    """The code of a session, of one that the reference has or of the next ones of a body that it knows."""
    said = folded(text)
    for code, one in reference.sessions.items():
        if said in (folded(code), folded(one.title)):
            return code
    code = "".join(text.split()).upper()
    if _new_session(code, reference):
        return code
    near = get_close_matches(code, reference.sessions, n=1, cutoff=0.6)
    perhaps = f"; perhaps {near[0]} is meant" if near else ""
    raise UnclearCell(
        f"“{text}” is no session of a body that the reference has{perhaps}. Write its code, such as HRC67."
    )


def _new_session(code: str, reference: Reference) -> dict[str, str]:
    """The columns of a session that the reference has not yet, from those that its body held before; or nothing."""
    match = re.fullmatch(r"([A-Z-]*[A-Z])([1-9][0-9]{0,3})", code)
    before = [one for one in reference.sessions.values() if match and one.code == f"{match[1]}{one.number}"]
    if match is None or not before:
        return {}
    last, number = max(before, key=lambda one: one.number), int(match[2])
    if not last.number < number <= last.number + MOST_AHEAD:
        return {}
    return _given(
        body=last.body,
        number=str(number),
        cycle=_cycle(before, last, number),
        title=f"{reference.organisations[last.body].name}, {wording.ordinal(number)} session",
        location=last.location,
    )


def _cycle(before: Sequence[Session], last: Session, number: int) -> str:
    """The cycle of a session to come, if its body counts any: each has as many sessions as the last whole one."""
    length = sum(last.cycle is not None and one.cycle == last.cycle - 1 for one in before)
    first = min(one.number for one in before if one.cycle == last.cycle)
    return str((last.cycle or 0) + (number - first) // length) if length else ""


def _review(facts: _Facts, number: int, said: Mapping[str, str]) -> ImportLine:
    row = _Row(Target.REVIEWS, said)
    known = facts.reference
    country = row.read("country", lambda text: cell_parsing.parse_state(text, known))
    code = row.read("session", lambda text: _upr_session(text, known))
    on = row.read("date", cell_parsing.parse_day)
    turns = {one.cycle: one for one in known.reviews if one.country == country}
    cycle = known.sessions[code].cycle if code else max(turns, default=None)
    existing = turns.get(cycle or 0)
    if code is None and "session" not in said and existing is not None:
        code = existing.session
    if country and code is None and "session" not in said:
        row.wrong.append("Session: the reference has no review of this state. Say in which session it is.")
    if code and on and not known.sessions[code].start <= on <= known.sessions[code].end:
        sits = known.sessions[code]
        days = wording.span(sits.start, sits.end, sits.date_precision)
        row.wrong.append(f"Day: {wording.day(on)} is not in {code} ({days}). Mend the day, or name its session.")
    values = {
        **({} if existing is not None else _given(cycle=str(cycle or ""), country=country)),
        **_given(session=code),
        "date": str(on or ""),
        "standing": _standing(row, existing, on),
    }
    key = existing.code if existing is not None else f"upr-{cycle}-{country}"
    title = f"UPR of {known.state_names.get(country or '', said.get('country', ''))}"
    return _correction(number, row, facts, Review.FILE, key, existing, values, (title, on, on))


def _upr_session(text: str, reference: Reference) -> str:
    said = "".join(text.split()).upper()
    code = f"UPR{said}" if said.isdecimal() else said
    found = reference.sessions.get(code)
    if found is None or found.cycle is None:
        raise UnclearCell(f"“{text}” is no session of the UPR Working Group that the reference has. Write it as UPR55.")
    return code


def _standing(row: _Row, existing: Session | Review | None, last: date | None) -> str:
    """How firm the dates are: as the row says, else confirmed; what is held stays so while its days are over."""
    said: Standing | None = row.read("standing", lambda text: cell_parsing.parse_term(text, EVENT_STANDINGS))
    held = existing is not None and existing.standing is Standing.HELD and last is not None and last < today()
    return (said or (Standing.HELD if held else Standing.CONFIRMED)).value


def _correction(
    number: int,
    row: _Row,
    facts: _Facts,
    file: str,
    key: str,
    existing: Session | Review | None,
    values: Mapping[str, str],
    about: tuple[str, date | None, date | None],
) -> ImportLine:
    title, first, last = about
    source = row.read("source_url", cell_parsing.parse_address)
    if source is None and "source_url" not in row.said:
        try:
            source = cell_parsing.parse_address(facts.source_url) if facts.source_url else None
        except UnclearCell as unclear:
            row.wrong.append(f"Source: {unclear}")
        else:
            if source is None:
                row.wrong.append("Source: give the address at which it was read, here or for the whole file.")
    note = row.line("note", MOST_LETTERS)
    if row.wrong:
        return ImportLine(number, title, Outcome.REFUSED, first, last, " ".join(dict.fromkeys(row.wrong)))
    before = {name: str(getattr(existing, name) or "") for name in values} if existing is not None else {}
    changes = {name: value for name, value in values.items() if before.get(name, "") != value}
    if existing is not None and not changes and existing.confidence is Confidence.SOURCED:
        return ImportLine(number, title, Outcome.UNCHANGED, first, last)
    says = [] if existing is not None else [f"Not in the reference yet: {_in_words(values)}"]
    if isinstance(existing, Session) and first is not None and last is not None and not _DATES.isdisjoint(changes):
        was = wording.span(existing.start, existing.end, existing.date_precision)
        says.append(f"When: {was} → {wording.span(first, last)}")
    says += [
        f"{_COLUMNS[name]}: {_said(before[name])} → {_said(value)}"
        for name, value in changes.items()
        if before and name in _COLUMNS
    ]
    if existing is not None and existing.confidence is Confidence.RECALLED:
        says.append("it has a source now, and is not from memory any more")
    columns = {
        "file": file,
        "row": key,
        "values": json.dumps(dict(values), ensure_ascii=False),
        "source_url": source,
        "note": note,
    }
    outcome = Outcome.NEW if existing is None else Outcome.CHANGED
    return ImportLine(number, title, outcome, first, last, "; ".join(says), values=columns)


def _in_words(values: Mapping[str, str]) -> str:
    """What a row that the reference has not yet is counted as."""
    parts = [f"{name} {values[name]}" for name in ("number", "session", "cycle") if values.get(name)]
    return f"it will be {', '.join(parts)}"


_DATES = frozenset({"start", "end", "date_precision"})
_COLUMNS = {"date": "Day", "standing": "Standing", "location": "Place", "session": "Session"}


def _said(value: str) -> str:
    if value in set(Standing):
        return _words(Standing(value))
    return _words(date.fromisoformat(value)) if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}", value) else _words(value)


def _fitting(session: OrmSession, facts: _Facts, lines: Sequence[ImportLine]) -> list[ImportLine]:
    """The lines, those refused that would not fit into the reference, or say the same as one before them."""
    standing = kept(session)
    first: dict[str, int] = {}
    candidates: list[tuple[ImportLine, RowCorrection]] = []
    refused: dict[int, str] = {}
    for line in lines:
        if not line.values:
            continue
        before = first.setdefault(line.values["row"], line.number)
        if before != line.number:
            refused[line.number] = f"Row {before} of this file is the same: take one of the two out."
        else:
            candidates.append((line, corrected(line.values, record_id="", at=now())))
    _sift(facts, standing, candidates, refused)
    of_row: dict[str, tuple[str, ...]] = {}
    for one in standing:
        of_row[one.row] = (*of_row.get(one.row, ()), f"{one.record_id} {one.written}")
    return [
        ImportLine(line.number, line.title, Outcome.REFUSED, line.start, line.end, refused[line.number])
        if line.number in refused
        else replace(line, more={"stood": of_row.get(line.values["row"], ())})
        if line.values
        else line
        for line in lines
    ]


def _sift(
    facts: _Facts,
    standing: tuple[RowCorrection, ...],
    candidates: Sequence[tuple[ImportLine, RowCorrection]],
    refused: dict[int, str],
) -> tuple[RowCorrection, ...]:
    """Finds by halves which candidates do not fit on top of those standing; gives those that stand in the end."""
    if not candidates:
        return standing
    wrong = faults_of(facts.reference.folder, standing, *(one for _, one in candidates))
    if not wrong:
        return (*standing, *(one for _, one in candidates))
    if len(candidates) == 1:
        more = f" And {len(wrong) - _MOST_FAULTS} more such rows." if len(wrong) > _MOST_FAULTS else ""
        refused[candidates[0][0].number] = " ".join(wrong[:_MOST_FAULTS]) + more
        return standing
    middle = len(candidates) // 2
    standing = _sift(facts, standing, candidates[:middle], refused)
    return _sift(facts, standing, candidates[middle:], refused)


def _write_correction(session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
    columns = dict(line.values)
    record = Correction(
        id=new_id(),
        owner_id=viewer.person_id,
        title=correction_title(columns["file"], columns["row"]),
        sensitivity=Sensitivity.PUBLIC,
        **columns,
    )
    session.add(record)
    return record.id


# --- Which does what


_PLANNERS: Mapping[Target, Callable[[OrmSession, _Facts, _Rows], list[ImportLine]]] = {
    Target.EVENTS: _plan_events,
    Target.ENGAGEMENTS: _plan_engagements,
    Target.SESSIONS: _plan_sessions,
    Target.REVIEWS: _plan_reviews,
}
_WRITERS: Mapping[Target, Callable[[WorkspaceSession, Viewer, ImportLine], str]] = {
    Target.EVENTS: _write_event,
    Target.ENGAGEMENTS: _write_engagement,
    Target.SESSIONS: _write_correction,
    Target.REVIEWS: _write_correction,
}


def _still_so(session: OrmSession, target: Target) -> Callable[[ImportLine], bool]:
    """Says of a line whether what it would add is still not there, and what it would put right still the same."""
    if target in (Target.SESSIONS, Target.REVIEWS):
        stood: dict[str, tuple[str, ...]] = {}
        for one in kept(session):
            stood[one.row] = (*stood.get(one.row, ()), f"{one.record_id} {one.written}")
        return lambda line: stood.get(line.values["row"], ()) == line.more["stood"]
    there: set[str] = set()
    if target is Target.EVENTS:
        there.update(key for event in _events(session) for key in _event_keys(event))
    else:
        there.update(key for engagement in _engagements(session) for key in _engagement_keys(engagement))
    return lambda line: line.outcome is not Outcome.NEW or line.more["key"] not in there
