"""The mission's work on a cycle: on some items of the calendar together, such as the next text of a track and its
session, and on the reviews of a State.

Everything is read through the caller's session, so it is what the session's reader may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from calendar_model.store.models import (
    Case,
    Engagement,
    Event,
    FollowUp,
    ItemLink,
    Record,
    RecordLink,
    Reprisal,
    Statement,
)
from calendar_model.terms import StatementState

R = TypeVar("R", bound=Record)

_STATES = list(StatementState)


@dataclass(frozen=True)
class CycleWork:
    """Records around some items of the calendar.

    ``engagements`` are newest first; ``statements`` by state, from idea to dropped, in each state the first due first;
    ``events`` in order of time; ``cases`` and ``reprisals`` by title. ``items`` has by record id those of the items to
    which the record itself is linked.
    """

    engagements: tuple[Engagement, ...]
    statements: tuple[Statement, ...]
    events: tuple[Event, ...]
    cases: tuple[Case, ...]
    reprisals: tuple[Reprisal, ...]
    items: Mapping[str, frozenset[str]]

    @property
    def any(self) -> bool:
        """Whether there is any record."""
        return bool(self.engagements or self.statements or self.events or self.cases or self.reprisals)


def work_on_items(session: Session, items: Collection[str]) -> CycleWork:
    """Return the records that are linked to any of these calendar items; cases and reprisals are left out.

    The result can be used after the session.
    """
    linked = _linked_to(items)
    return CycleWork(
        engagements=_engagements(session, linked),
        statements=_statements(session, linked),
        events=_events(session, linked),
        cases=(),
        reprisals=(),
        items=_items_of(session, items),
    )


def work_on_state(session: Session, state: str, reviews: Collection[str]) -> CycleWork:
    """Return the work on a State: what is linked to its ``reviews``, and its cases and reprisals.

    In: ``state``, an ISO 3166 alpha-3 code; ``reviews``, the calendar items of its reviews. Engagements that are linked
    only to one of the statements, cases or reprisals count too. Statements have their texts and follow-ups loaded. The
    result can be used after the session.
    """
    linked = _linked_to(reviews)
    statements = _statements(session, linked, selectinload(Statement.versions), selectinload(Statement.follow_ups))
    cases = _by_title(session, Case, or_(Case.country == state, Case.id.in_(linked)))
    reprisals = _by_title(session, Reprisal, or_(Reprisal.country == state, Reprisal.id.in_(linked)))
    # As in the dossier, links of what was dropped are not followed.
    followed = [one.id for one in statements if one.state is not StatementState.DROPPED]
    followed += [one.id for one in (*cases, *reprisals)]
    ends = ((RecordLink.record_id, RecordLink.other_id), (RecordLink.other_id, RecordLink.record_id))
    through = [Engagement.id.in_(select(mine).where(other.in_(followed))) for mine, other in ends]
    return CycleWork(
        engagements=_engagements(session, linked, *through),
        statements=statements,
        events=_events(session, linked),
        cases=cases,
        reprisals=reprisals,
        items=_items_of(session, reviews),
    )


def what_became_of(statement: Statement) -> tuple[FollowUp, ...]:
    """Return the completed follow-ups of a statement that have an outcome, in order: what has come of it."""
    found = [one for one in statement.follow_ups if one.done_on is not None and one.outcome.strip()]
    return tuple(sorted(found, key=lambda one: (one.done_on or date.max, one.what, one.id)))


def _linked_to(items: Collection[str]) -> Any:
    """The identifiers of the records linked to any of these items, as a subquery."""
    return select(ItemLink.record_id).where(ItemLink.item.in_(items))


def _items_of(session: Session, items: Collection[str]) -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    links = select(ItemLink.record_id, ItemLink.item).where(ItemLink.item.in_(items))
    for record_id, item in session.execute(links):
        found[record_id].add(item)
    return {record_id: frozenset(its) for record_id, its in found.items()}


def _engagements(session: Session, linked: Any, *through: ColumnElement[bool]) -> tuple[Engagement, ...]:
    newest = (Engagement.on.desc(), Engagement.title, Engagement.id)
    rows = select(Engagement).where(or_(Engagement.id.in_(linked), *through)).order_by(*newest)
    return tuple(session.scalars(rows))


def _statements(session: Session, linked: Any, *options: ExecutableOption) -> tuple[Statement, ...]:
    found = session.scalars(select(Statement).where(Statement.id.in_(linked)).options(*options))
    return tuple(sorted(found, key=lambda one: (_STATES.index(one.state), one.due or date.max, one.title, one.id)))


def _events(session: Session, linked: Any) -> tuple[Event, ...]:
    in_time = (Event.start, Event.start_time, Event.title, Event.id)
    return tuple(session.scalars(select(Event).where(Event.id.in_(linked)).order_by(*in_time)))


def _by_title(session: Session, kind: type[R], condition: ColumnElement[bool]) -> tuple[R, ...]:
    return tuple(session.scalars(select(kind).where(condition).order_by(kind.title, kind.id)))
