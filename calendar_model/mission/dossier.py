"""The dossier of a calendar item: all of the mission's work on it that the reader may see.

It contains the records linked to the item and, for the mission's own event, those linked to its record. It adds the
contacts, cases and reprisals linked to its drafts, cases and events, and engagements linked only to these. Dropped and
cancelled records are listed, but their links are not followed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from calendar_model.access.problems import UnmetRequirement
from calendar_model.mission.coverage import Readiness, readiness
from calendar_model.mission.events import event_of
from calendar_model.mission.statements.requirements import steps_of
from calendar_model.mission.statements.workflow import NEXT
from calendar_model.reference import Reference
from calendar_model.store.history import of_item, of_record
from calendar_model.store.models import (
    Access,
    Case,
    Change,
    Contact,
    Engagement,
    Event,
    FollowUp,
    ItemLink,
    LanguageProposal,
    Record,
    RecordLink,
    Reprisal,
    Statement,
    Version,
)
from calendar_model.terms import RecordKind, StatementState
from calendar_model.vocabulary import Kind, Sensitivity, Standing

R = TypeVar("R", bound=Record)

_BATCH = 500


@dataclass(frozen=True)
class LinkedStatement:
    """A statement with its newest text's number (0: none), its next state (None: none) and its unmet requirements."""

    statement: Statement
    version: int
    next: StatementState | None
    unmet: tuple[UnmetRequirement, ...]


@dataclass(frozen=True)
class Dossier:
    """All records linked to one item.

    ``engagements`` are linked to the item, newest first, ``through`` only to one of its drafts, cases or events.
    ``with_whom`` has the contacts of an engagement, and those who speak at an event, by its id. ``to_consult`` are
    the contacts around it with none of these engagements, and ``because`` by their id the titles of what they are
    linked to. ``follow_ups`` are the open ones, the first due first. ``kinds`` and ``titles`` are by record id.
    """

    item: str
    readiness: tuple[Readiness, ...]
    engagements: tuple[Engagement, ...]
    through: tuple[Engagement, ...]
    with_whom: Mapping[str, tuple[Contact, ...]]
    to_consult: tuple[Contact, ...]
    because: Mapping[str, tuple[str, ...]]
    drafts: tuple[LinkedStatement, ...]
    cases: tuple[Case, ...]
    events: tuple[Event, ...]
    proposals: tuple[LanguageProposal, ...]
    reprisals: tuple[Reprisal, ...]
    follow_ups: tuple[FollowUp, ...]
    history: tuple[Change, ...]
    kinds: Mapping[str, RecordKind]
    titles: Mapping[str, str]

    @property
    def own(self) -> str:
        """The id of the mission's own event behind the item; empty if there is none, or the reader cannot see it."""
        event = event_of(self.item)
        return event if self.kinds.get(event) is RecordKind.EVENT else ""


def dossier(
    session: Session, item: str, table: pd.DataFrame, reference: Reference, today: date, person_id: str
) -> Dossier:
    """Return the dossier of ``item`` for the reader of ``session``; empty if nothing is linked.

    ``table`` is the whole calendar table, made from ``reference``; ``person_id`` is the person for whom the next state
    of a draft is checked. The result can be used after the session.
    """
    records = _LinkedRecords(session)
    linked = _linked(records, item)
    records.load_links(linked)
    statements = records.load(Statement, linked, selectinload(Statement.waiting_for))
    events = records.load(Event, linked)
    hubs = {one.id for one in statements if one.state is not StatementState.DROPPED}
    hubs |= {one.id for one in events if one.standing is not Standing.CANCELLED}
    cases = records.of_kind(RecordKind.CASE, linked | records.linked_to(hubs))
    records.load_links(cases)
    hubs |= cases
    engaged = records.of_kind(RecordKind.ENGAGEMENT, linked)
    through = records.of_kind(RecordKind.ENGAGEMENT, records.linked_to(hubs)) - engaged
    records.load_links(through)
    reprisals = records.of_kind(RecordKind.REPRISAL, linked | records.linked_to(hubs | engaged))

    contacts = {one.id: one for one in records.load(Contact, records.kinds)}
    in_order = list(contacts)
    with_whom = {
        one: tuple(contacts[id_] for id_ in in_order if id_ in records.links[one])
        for one in (*engaged, *through, *(event.id for event in events))
    }
    reached = {contact.id for one in (*engaged, *through) for contact in with_whom[one]}
    to_consult = ((linked | records.linked_to(hubs)) & contacts.keys()) - reached
    newest = (Engagement.on.desc(), Engagement.title, Engagement.id)
    return Dossier(
        item=item,
        readiness=tuple(readiness(session, item, table, reference, today)),
        engagements=records.load(Engagement, engaged, order=newest),
        through=records.load(Engagement, through, order=newest),
        with_whom=with_whom,
        to_consult=tuple(contacts[id_] for id_ in in_order if id_ in to_consult),
        because={id_: tuple(sorted(records.titles[one] for one in records.links[id_] & hubs)) for id_ in to_consult},
        drafts=tuple(_drafts(session, statements, person_id)),
        cases=records.load(Case, cases),
        events=tuple(sorted(events, key=lambda event: (event.start, event.title, event.id))),
        proposals=records.load(LanguageProposal, linked),
        reprisals=records.load(Reprisal, reprisals),
        follow_ups=tuple(_follow_ups(session, linked | cases | through | reprisals)),
        history=tuple(_changes(session, item)),
        kinds=records.kinds,
        titles=records.titles,
    )


_BELONGS = frozenset({RecordKind.ENGAGEMENT, RecordKind.STATEMENT, RecordKind.LANGUAGE, RecordKind.REPRISAL})
"""Records linked to an event's record count as linked to its item."""


def _linked(records: _LinkedRecords, item: str) -> set[str]:
    linked = set(records.session.scalars(select(ItemLink.record_id).where(ItemLink.item == item)))
    own = event_of(item)
    if own and records.session.scalar(select(Event.id).where(Event.id == own)):
        records.load_links({own})
        linked |= {own} | {id_ for id_ in records.links[own] if records.kinds[id_] in _BELONGS}
    return linked


class _LinkedRecords:
    """The records read so far, by id: their kinds and titles, and the ids of what is linked to them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.kinds: dict[str, RecordKind] = {}
        self.titles: dict[str, str] = {}
        self.links: defaultdict[str, set[str]] = defaultdict(set)
        self._links_loaded: set[str] = set()

    def load_links(self, ids: Collection[str]) -> None:
        """Read the links of these records, and the records at their other ends."""
        for batch in _batches(set(ids) - self._links_loaded):
            for end in (RecordLink.record_id, RecordLink.other_id):
                links = select(RecordLink.record_id, RecordLink.other_id).where(end.in_(batch))
                for one, other in self.session.execute(links):
                    self.links[one].add(other)
                    self.links[other].add(one)
            self._links_loaded.update(batch)
        for batch in _batches({*ids, *self.linked_to(ids)} - self.kinds.keys()):
            for id_, kind, title in self.session.execute(
                select(Record.id, Record.kind, Record.title).where(Record.id.in_(batch))
            ):
                self.kinds[id_], self.titles[id_] = kind, title

    def linked_to(self, ids: Iterable[str]) -> set[str]:
        """The records linked to any of these."""
        return {other for id_ in ids for other in self.links[id_]}

    def of_kind(self, kind: RecordKind, ids: Iterable[str]) -> set[str]:
        """Those of these records that are of a kind."""
        return {id_ for id_ in ids if self.kinds.get(id_) is kind}

    def load(
        self, kind: type[R], ids: Iterable[str], *options: ExecutableOption, order: Sequence[Any] = ()
    ) -> tuple[R, ...]:
        """Those of these records that are of a class, with owners and people with access, in ``order`` or by title."""
        rows = (
            select(kind)
            .where(kind.id.in_(self.of_kind(RecordKind(str(kind.__mapper__.polymorphic_identity)), ids)))
            .options(selectinload(kind.owner), selectinload(kind.named).selectinload(Access.person), *options)
            .order_by(*(order or (kind.title, kind.id)))
        )
        return tuple(self.session.scalars(rows))


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """The identifiers in batches that every database accepts."""
    listed = sorted(ids)
    return (listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH))


def _drafts(session: Session, statements: Iterable[Statement], person_id: str) -> Iterator[LinkedStatement]:
    """The statements, current ones first, with the requirements for the next state."""
    found = list(statements)
    newest = (
        select(Version.statement_id, func.max(Version.number).label("number"))
        .where(Version.statement_id.in_([one.id for one in found]))
        .group_by(Version.statement_id)
    )
    numbers = {row.statement_id: row.number for row in session.execute(newest)}
    steps = steps_of(session, found, person_id)
    for one in sorted(found, key=lambda one: (one.state not in NEXT, one.due or date.max, one.title, one.id)):
        step = steps[one.id]
        yield LinkedStatement(one, numbers.get(one.id, 0), step.to, step.unmet)


def newest_texts(session: Session, statements: Iterable[LinkedStatement]) -> dict[str, Version]:
    """The newest text of each statement that has one, by the statement's id."""
    numbers = {one.statement.id: one.version for one in statements}
    versions = session.scalars(select(Version).where(Version.statement_id.in_(numbers)))
    return {one.statement_id: one for one in versions if one.number == numbers[one.statement_id]}


def any_restricted(session: Session, ids: Iterable[str]) -> bool:
    """Whether any of these records is restricted."""
    wanted = sorted(set(ids))
    if not wanted:
        return False
    restricted = select(Record.id).where(Record.id.in_(wanted), Record.sensitivity == Sensitivity.RESTRICTED)
    return session.scalar(restricted.limit(1)) is not None


def _follow_ups(session: Session, ids: Iterable[str]) -> list[FollowUp]:
    found: list[FollowUp] = []
    for batch in _batches(ids):
        open_ = select(FollowUp).where(FollowUp.record_id.in_(batch), FollowUp.done_on.is_(None))
        found += session.scalars(open_.options(selectinload(FollowUp.owner), selectinload(FollowUp.record)))
    return sorted(found, key=lambda one: (one.due, one.what, one.id))


def _changes(session: Session, item: str) -> list[Change]:
    own = event_of(item)
    changes = [*of_item(session, item), *(of_record(session, own) if own else ())]
    return sorted(changes, key=lambda change: change.number)


def deadlines(table: pd.DataFrame, item: str) -> pd.DataFrame:
    """The rows of the deadlines of a calendar item, its session or its parent item, by day.

    The item itself is excluded, and so are deadlines of a review's session that concern only another country.
    """
    row = _row(table, item)
    if row is None:
        return table[:0]
    homes = {item, str(row["related_to"]), f"session-{row['session']}" if row["session"] else ""} - {""}
    found = table[table["related_to"].isin(homes) & (table["kind"] == Kind.DEADLINE) & (table["item"] != item)]
    if own := set(str(row["countries"]).split()):
        found = found[[not (theirs := set(codes.split())) or bool(theirs & own) for codes in found["countries"]]]
    return found.sort_values("start", kind="stable")


_HELD_IN = (Kind.RESOLUTION, Kind.MANDATE_RENEWAL, Kind.UPR_REVIEW, Kind.MEETING, Kind.SIDE_EVENT)


def held_in(table: pd.DataFrame, item: str) -> pd.DataFrame:
    """The rows within a session or a meeting: its texts and reviews; not our own events, which are records of the
    dossier."""
    row = _row(table, item)
    if row is None or row["kind"] not in (Kind.SESSION, Kind.MEETING):
        return table[:0]
    within = table["related_to"] == item
    if row["kind"] == Kind.SESSION and row["session"]:
        within |= table["session"] == row["session"]
    within &= table["kind"].isin(_HELD_IN) & (table["item"] != item)
    return table[within & ~table["item"].map(event_of).astype(bool)]


def _row(table: pd.DataFrame, item: str) -> Any:
    found = table[table["item"] == item]
    return None if found.empty else found.iloc[0]


@dataclass(frozen=True)
class LinkedCounts:
    """A summary of the records linked to an item: their number by kind, the states of statements, and the first due
    date of an open follow-up."""

    kinds: Mapping[RecordKind, int]
    states: Mapping[StatementState, int]
    next_follow_up: date | None


def newest_work(session: Session, item: str, limit: int) -> tuple[list[Statement], list[Engagement]]:
    """Return the statements and the engagements linked to an item, at most ``limit`` of each, newest first."""
    linked = _linked(_LinkedRecords(session), item)
    if not linked:
        return [], []
    statements = select(Statement).where(Statement.id.in_(linked)).order_by(Statement.updated_at.desc(), Statement.id)
    engagements = select(Engagement).where(Engagement.id.in_(linked)).order_by(Engagement.on.desc(), Engagement.id)
    return [*session.scalars(statements.limit(limit))], [*session.scalars(engagements.limit(limit))]


def work_on(session: Session, item: str) -> LinkedCounts:
    """Return the summary of an item, in a few small queries; our own event does not count itself."""
    linked = _linked(_LinkedRecords(session), item)
    if not linked:
        return LinkedCounts({}, {}, None)
    own = event_of(item)
    kinds = session.scalars(select(Record.kind).where(Record.id.in_(linked - {own})))
    states = session.scalars(select(Statement.state).where(Statement.id.in_(linked)))
    open_ = select(func.min(FollowUp.due)).where(FollowUp.record_id.in_(linked), FollowUp.done_on.is_(None))
    return LinkedCounts(Counter(kinds), Counter(states), session.scalar(open_))
