"""What a person follows, and what has changed of it: the dates of items, and records.

An item is followed by itself, or through its track, its State or a record that is linked to it. Who follows what is
known to that person alone. Changes of dates of the organisations come from
:mod:`calendar_model.mission.observed_dates`, those of the mission's own events from their history, as far as the reader
may see it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from calendar_model import calendar, wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, has_left
from calendar_model.mission.events import event_of, instant, item_of
from calendar_model.mission.history_lines import HistoryLine, history_lines
from calendar_model.mission.observed_dates import observe
from calendar_model.mission.transactions import writing
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.store import observed_dates
from calendar_model.store.database import Workspace, current_workspace
from calendar_model.store.history import UPDATE, newest_number
from calendar_model.store.models import Base, Change, Event, Follow, ItemLink, Record, RecordLink
from calendar_model.store.observed_dates import Observation, ObservedDate
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import FollowKind, RecordKind
from calendar_model.vocabulary import Kind, Precision, Standing

MOST_FOLLOWS = 500
"""How much a person can follow."""
MOST_LINES = 500
"""How many of the newest lines of the history tell what has changed of records."""
LOOKED_THROUGH = 20_000
"""How many of the newest lines of the whole history are looked through for them: lists ask at every run."""


def _check_new(session: WorkspaceSession, row: Follow) -> None:
    _check_own(session, row)
    if row.followed_kind is FollowKind.RECORD and session.get(Record, row.followed_key) is None:
        raise Refused(Problem("record-gone"))
    if len(session.scalars(select(Follow.id).limit(MOST_FOLLOWS)).all()) >= MOST_FOLLOWS:
        raise Refused(Problem("follow-too-many", values={"limit": MOST_FOLLOWS}))


def _check_own(session: WorkspaceSession, row: Follow) -> None:
    if row.person_id != session.actor:
        raise Refused(Problem("follow-of-another"))


def _refuse(_session: WorkspaceSession, _row: Follow) -> None:
    raise Refused(Problem("follow-changed"))


def _check_deleted(session: WorkspaceSession, row: Follow) -> None:
    if not has_left(session, row.person_id):
        _check_own(session, row)


CHECKS: Mapping[type[Base], Checks] = {Follow: Checks(new=_check_new, changed=_refuse, deleted=_check_deleted)}


# --- What is followed


@dataclass(frozen=True)
class Followed:
    """What a person follows. ``title`` is empty, and ``record_kind`` None, of what they cannot see any more."""

    kind: FollowKind
    key: str
    title: str
    record_kind: RecordKind | None = None


def follow(viewer: Viewer, kind: FollowKind, key: str, workspace: Workspace | None = None) -> None:
    """Follow an item, a track, a State or a record; nothing if it is followed already.

    Raises Refused for what is not in the calendar, or cannot be seen.
    """
    if kind is not FollowKind.RECORD and not _title(kind, key, *calendar_for(viewer)):
        raise Refused(Problem("follow-unknown", values={"key": key[:40]}))
    with writing(viewer, workspace=workspace) as session:
        if session.scalar(_row(kind, key)) is None:
            session.add(Follow(person_id=viewer.person_id, followed_kind=kind, followed_key=key))
    # What is known of the dates today is what a later change is compared with.
    observe(workspace)


def unfollow(viewer: Viewer, kind: FollowKind, key: str, workspace: Workspace | None = None) -> None:
    """Follow something no more; nothing if it was not followed."""
    with writing(viewer, workspace=workspace) as session:
        if (row := session.scalar(_row(kind, key))) is not None:
            session.delete(row)


def _row(kind: FollowKind, key: str) -> Any:
    return select(Follow).where(Follow.followed_kind == kind, Follow.followed_key == key)


def follows(viewer: Viewer, workspace: Workspace | None = None) -> frozenset[tuple[FollowKind, str]]:
    """What the viewer follows, each with its kind."""
    if not viewer.person_id:
        return frozenset()
    with reading(viewer, workspace) as session:
        return _follows(session)


def _follows(session: WorkspaceSession) -> frozenset[tuple[FollowKind, str]]:
    rows = session.execute(select(Follow.followed_kind, Follow.followed_key))
    return frozenset((row.followed_kind, row.followed_key) for row in rows)


def followed(viewer: Viewer, workspace: Workspace | None = None) -> Sequence[Followed]:
    """What the viewer follows, with its title as they may see it: by kind and title."""
    if not (found := follows(viewer, workspace)):
        return ()
    reference, table = calendar_for(viewer)
    records = [key for kind, key in found if kind is FollowKind.RECORD]
    with reading(viewer, workspace) as session:
        seen = select(Record.id, Record.kind, Record.title).where(Record.id.in_(records))
        known = {row.id: row for row in session.execute(seen)}
    titled = []
    for kind, key in found:
        if kind is not FollowKind.RECORD:
            titled.append(Followed(kind, key, _title(kind, key, reference, table)))
        elif key in known:
            titled.append(Followed(kind, key, known[key].title, known[key].kind))
        else:
            titled.append(Followed(kind, key, ""))
    order = list(FollowKind)
    return sorted(titled, key=lambda one: (order.index(one.kind), one.title, one.key))


def _title(kind: FollowKind, key: str, reference: Reference, table: pd.DataFrame) -> str:
    if kind is FollowKind.TRACK:
        return reference.tracks[key].title if key in reference.tracks else ""
    if kind is FollowKind.STATE:
        return wording.state(key, reference.states[key].name) if key in reference.states else ""
    rows = table.loc[table["item"] == key, "title"]
    return "" if rows.empty else str(rows.iloc[0])


def followed_items(viewer: Viewer, workspace: Workspace | None = None) -> frozenset[str]:
    """The items of the calendar that the viewer follows: by themselves, or through a track, a State or a record."""
    if not viewer.person_id:
        return frozenset()
    _reference, table = calendar_for(viewer)
    with reading(viewer, workspace) as session:
        return _items(session, _follows(session), table)


def _items(session: WorkspaceSession, found: Collection[tuple[FollowKind, str]], table: pd.DataFrame) -> frozenset[str]:
    keys: dict[FollowKind, set[str]] = {kind: {key for one, key in found if one is kind} for kind in FollowKind}
    items = set(keys[FollowKind.ITEM])
    if tracks := keys[FollowKind.TRACK]:
        items.update(table.loc[table["track"].isin(tracks), "item"])
    if states := keys[FollowKind.STATE]:
        # A session names all States under review in it; each has its own items.
        rows = table.loc[(table["countries"] != "") & (table["kind"] != Kind.SESSION), ["item", "countries"]]
        items.update(item for item, codes in rows.itertuples(index=False) if not states.isdisjoint(codes.split()))
    if records := keys[FollowKind.RECORD]:
        # The criteria of the session leave out links of records that the reader cannot see.
        items.update(session.scalars(select(ItemLink.item).where(ItemLink.record_id.in_(records))))
        items.update(map(item_of, session.scalars(select(Event.id).where(Event.id.in_(records)))))
    return frozenset(items)


# --- Dates that have changed


class DateSource(StrEnum):
    """From where the new dates of an item come.

    ``correction``: recorded in this dashboard. ``reference``: in the files of the reference, with a new release.
    ``forecast``: worked out from the past. ``staff``: the mission's own event. ``import``: a calendar of others that
    the mission reads.
    """

    CORRECTION = "correction"
    REFERENCE = "reference"
    FORECAST = "forecast"
    STAFF = "staff"
    IMPORT = "import"


@dataclass(frozen=True)
class KnownDates:
    """The dates of an item as known at one time: days of the place, both inclusive, and how sure they are.

    ``starts_at`` is the instant of a timed item (UTC), ``timezone`` its place's (IANA).
    """

    start: date
    end: date
    precision: Precision
    standing: Standing
    starts_at: datetime | None = None
    timezone: str = ""

    def when(self, zone: str | None = None) -> str:
        """The dates in the reader's language: ``Mon 22 Feb – Tue 30 Mar 2027``; ``zone`` as in
        :func:`calendar_model.calendar.when`."""
        at = None if self.starts_at is None else pd.Timestamp(self.starts_at)
        row = {
            "start": self.start,
            "end": self.end,
            "date_precision": self.precision,
            "standing": self.standing,
            "starts_at": at,
            "ends_at": at,
            "timezone": self.timezone,
            "location": "",
        }
        return calendar.when({**row, "start": pd.Timestamp(self.start), "end": pd.Timestamp(self.end)}, zone)


@dataclass(frozen=True)
class DateChange:
    """That the dates of an item were changed from ``old`` to ``new``.

    ``source_url`` is the address of the source of the new dates, or empty; ``source_name`` that of a calendar from
    which they were imported. ``person_id`` is who confirmed or entered them, empty where no person did. ``at`` is when
    (UTC): recorded by that person, or first seen.
    """

    item: str
    title: str
    old: KnownDates
    new: KnownDates
    source: DateSource
    source_url: str
    person_id: str
    at: datetime
    source_name: str = ""


def changed_dates(viewer: Viewer, since: datetime, workspace: Workspace | None = None) -> Sequence[DateChange]:
    """What has changed since an instant (aware) of the dates that the viewer follows, the newest change first.

    Several changes of an item are one, from what was known at that instant to what is known now. The number of queries
    does not depend on how much is followed, but for each 500 items. Raises
    :class:`~calendar_model.store.database.WorkspaceError`.
    """
    workspace = workspace or current_workspace()
    if not viewer.person_id:
        return ()
    observe(workspace)
    _reference, table = calendar_for(viewer)
    with reading(viewer, workspace) as session:
        items = _items(session, _follows(session), table)
        noted = observed_dates.noted_since(workspace, [one for one in items if not event_of(one)], since)
        confirmed = _confirmations(session, [after.dates.correction_id for _before, after in noted.values()], since)
        changes = [_noted_change(*pair, confirmed) for pair in noted.values()]
        changes += _changes_of_events(session, {event_of(one) for one in items if event_of(one)}, since)
    rows = table.loc[table["item"].isin([one.item for one in changes]), ["item", "title"]]
    titles: dict[str, str] = dict(rows.itertuples(index=False, name=None))
    titled = [replace(one, title=titles[one.item]) for one in changes if one.item in titles]
    return sorted(titled, key=lambda one: (one.at, one.item), reverse=True)


def _confirmations(session: WorkspaceSession, corrections: Collection[str], since: datetime) -> dict[str, Change]:
    """The last line of the history since an instant about each of these corrections."""
    ids = sorted({one for one in corrections if one})
    if not ids:
        return {}
    lines = select(Change).where(Change.row_id.in_(ids), Change.at > since).order_by(Change.number)
    return {line.row_id: line for line in session.scalars(lines)}


def _noted_change(before: Observation, after: Observation, confirmed: Mapping[str, Change]) -> DateChange:
    line, dates = confirmed.get(after.dates.correction_id), after.dates
    if dates.correction_id:
        source = DateSource.CORRECTION
    else:
        source = DateSource.FORECAST if dates.standing == Standing.PROJECTED else DateSource.REFERENCE
    return DateChange(
        item=dates.item,
        title="",
        old=_known(before.dates),
        new=_known(dates),
        source=source,
        source_url=dates.source_url,
        person_id=line.person_id if line is not None else "",
        at=line.at if line is not None else after.at,
    )


def _known(dates: ObservedDate) -> KnownDates:
    return KnownDates(
        dates.start,
        dates.end,
        Precision(dates.date_precision),
        Standing(dates.standing),
        dates.starts_at,
        dates.timezone,
    )


_DATES_OF_EVENT = ("start", "end", "start_time", "timezone", "standing")


def _changes_of_events(session: WorkspaceSession, ids: Collection[str], since: datetime) -> list[DateChange]:
    """The changes of the mission's own events, from the lines of their history that the reader may see."""
    if not ids:
        return []
    about = select(Change).where(Change.row_id.in_(sorted(ids)), Change.action == UPDATE, Change.at > since)
    before: dict[str, dict[str, Any]] = {}
    last: dict[str, Change] = {}
    for line in session.scalars(about.order_by(Change.number)):
        was = json.loads(line.before)
        dated = {name: was[name] for name in _DATES_OF_EVENT if name in was}
        if dated:
            before[line.row_id] = {**dated, **before.get(line.row_id, {})}
            last[line.row_id] = line
    events = select(Event).where(Event.id.in_(before)).options(selectinload(Event.imported))
    found = []
    for event in session.scalars(events):
        now_known = {name: getattr(event, name) for name in _DATES_OF_EVENT}
        was_known = now_known | _read(before[event.id])
        if was_known == now_known:
            continue
        taken, line = event.imported, last[event.id]
        is_imported = taken is not None and _came_with(taken.values, now_known, before[event.id])
        found.append(
            DateChange(
                item=item_of(event.id),
                title="",
                old=_known_of_event(was_known),
                new=_known_of_event(now_known),
                source=DateSource.IMPORT if is_imported else DateSource.STAFF,
                source_url="",
                person_id=line.person_id,
                at=line.at,
                source_name=taken.source_name if taken is not None and is_imported else "",
            )
        )
    return found


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the history as those of a row."""
    read: dict[str, Any] = {}
    for name, value in values.items():
        if name in ("start", "end"):
            read[name] = date.fromisoformat(value)
        elif name == "start_time":
            read[name] = None if value is None else time.fromisoformat(value)
        else:
            read[name] = Standing(value) if name == "standing" else value
    return read


def _came_with(imported: str, values: Mapping[str, Any], changed: Collection[str]) -> bool:
    """Whether the changed values are those that the calendar of others had when it was last read.

    A column that it did not have was changed by staff.
    """
    theirs = json.loads(imported)
    compared = [name for name in changed if name in theirs]
    return bool(compared) and all(str(theirs[name] or "") == str(values[name] or "") for name in compared)


def _known_of_event(values: Mapping[str, Any]) -> KnownDates:
    at = instant(values["start"], values["start_time"], values["timezone"])
    return KnownDates(
        values["start"],
        values["end"],
        Precision.DAY,
        Standing(values["standing"]),
        None if at is None else at.astimezone(UTC),
        values["timezone"],
    )


# --- Records that have changed


@dataclass(frozen=True)
class RecordNews:
    """What others have done with a record, the newest first, as far as the reader may see.

    ``is_followed``: the reader follows it; else it is theirs, or linked to one that is either.
    """

    record_id: str
    kind: RecordKind
    title: str
    is_followed: bool
    is_own: bool
    lines: Sequence[HistoryLine]


def changed_records(viewer: Viewer, since: datetime, workspace: Workspace | None = None) -> Sequence[RecordNews]:
    """What others have changed of records since an instant (aware), the newest change first.

    These are the records that the viewer follows or owns, and those that are linked to one of them or to an item that
    the viewer follows. At most :data:`MOST_LINES` lines of the history tell of them, of the newest
    :data:`LOOKED_THROUGH`.
    """
    if not viewer.person_id:
        return ()
    _reference, table = calendar_for(viewer)
    with reading(viewer, workspace) as session:
        found = _follows(session)
        theirs = {key for kind, key in found if kind is FollowKind.RECORD}
        owned = set(session.scalars(select(Record.id).where(Record.owner_id == viewer.person_id)))
        items = _items(session, found, table)
        # What has changed lately is little; what is followed and owned, and linked to it, can be much.
        lines = history_lines(session.scalars(_by_others(viewer, since)))
        changed = {line.record_id for line in lines}
        linked = _linked(session, changed - theirs - owned, theirs | owned, items)
        shown = select(Record.id, Record.kind, Record.title).where(
            Record.id.in_(changed & (theirs | owned | linked)), Record.kind != RecordKind.CORRECTION
        )
        rows = {row.id: row for row in session.execute(shown)}
    of_record: dict[str, list[HistoryLine]] = {}
    for line in lines:
        if line.record_id in rows:
            of_record.setdefault(line.record_id, []).append(line)
    return [
        RecordNews(id_, rows[id_].kind, rows[id_].title, id_ in theirs, id_ in owned, news)
        for id_, news in of_record.items()
    ]


def changed_by_others(viewer: Viewer, since: datetime, workspace: Workspace | None = None) -> frozenset[str]:
    """The identifiers of the records that others have changed since an instant (aware), as far as the viewer may see.

    What :func:`changed_records` tells of counts, of all records; none for a viewer who is nobody.
    """
    if not viewer.person_id:
        return frozenset()
    with reading(viewer, workspace) as session:
        return frozenset(line.record_id for line in history_lines(session.scalars(_by_others(viewer, since))))


def _by_others(viewer: Viewer, since: datetime) -> Select[Change]:
    """The newest lines of the history about records that others have written since an instant."""
    # By number, because lines are kept in its order.
    lately = (Change.record_id != "", Change.at > since, Change.person_id != viewer.person_id)
    return (
        select(Change)
        .where(Change.number > newest_number() - LOOKED_THROUGH, *lately)
        .order_by(Change.number.desc())
        .limit(MOST_LINES)
    )


def _linked(
    session: WorkspaceSession, ids: Collection[str], to_records: Collection[str], to_items: Collection[str]
) -> set[str]:
    """Those of these records that are linked to one of others, or to one of these items."""
    ends = select(RecordLink.record_id, RecordLink.other_id).where(
        or_(RecordLink.record_id.in_(ids), RecordLink.other_id.in_(ids))
    )
    pairs = {pair for one, other in session.execute(ends) for pair in ((one, other), (other, one))}
    linked = {one for one, other in pairs if one in ids and other in to_records}
    by_item = session.execute(select(ItemLink.record_id, ItemLink.item).where(ItemLink.record_id.in_(ids)))
    return linked | {row.record_id for row in by_item if row.item in to_items}
