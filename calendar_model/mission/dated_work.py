"""The mission's own work by its day: engagements and statements, as the timeline shows them beside the calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.calendar import Filter
from calendar_model.mission import record_filter
from calendar_model.mission.engagements import further_kinds
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.reference import Reference
from calendar_model.store.models import Engagement, ItemLink, Statement
from calendar_model.terms import (
    AFTER_DELIVERY,
    EngagementKind,
    RecordKind,
    StatementFormat,
    StatementState,
    Voice,
    ordered_kinds,
)


@dataclass(frozen=True)
class DatedEngagement:
    """An engagement on its day; ``body`` is the code of an organisation or body, or empty, ``items`` those linked."""

    id: str
    title: str
    day: date
    body: str
    kinds: tuple[EngagementKind, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatedStatement:
    """A statement on the day on which it is due, or was delivered; ``body`` is its forum, ``items`` those linked."""

    id: str
    title: str
    day: date
    body: str
    voice: Voice
    format: StatementFormat
    state: StatementState
    items: tuple[str, ...] = ()

    @property
    def is_delivered(self) -> bool:
        """Whether it has been made."""
        return self.state in AFTER_DELIVERY


DatedWork = DatedEngagement | DatedStatement


def dated_work(
    session: Session, first: date, last: date, chosen: Filter, reference: Reference, items: Collection[str]
) -> list[DatedWork]:
    """Return the work from ``first`` to ``last``, both inclusive, as far as the session sees it, by day and title.

    It is that which the filter ``chosen`` keeps, and that which is linked to one of ``items``, the calendar items that
    it keeps; only these are named. A dropped statement and one without a day are left out.
    """
    engagements = session.execute(
        select(
            Engagement.id, Engagement.title, Engagement.on, Engagement.organisation, Engagement.engagement_kind
        ).where(Engagement.on.between(first, last))
    ).all()
    further = further_kinds(session, [row.id for row in engagements])
    statements = session.execute(
        select(
            Statement.id,
            Statement.title,
            Statement.due,
            Statement.delivered_on,
            Statement.forum,
            Statement.voice,
            Statement.format,
            Statement.state,
        ).where(
            (Statement.state.in_(BEFORE_DELIVERY) & Statement.due.between(first, last))
            | (Statement.state.in_(AFTER_DELIVERY) & Statement.delivered_on.between(first, last))
        )
    ).all()
    known, linked = set(items), defaultdict[str, list[str]](list)
    ids = [row.id for row in (*engagements, *statements)]
    links = select(ItemLink.record_id, ItemLink.item).where(ItemLink.record_id.in_(ids)).order_by(ItemLink.item)
    for record_id, item in session.execute(links):
        if item in known:
            linked[record_id].append(item)

    # What no record has by itself is that of the items to which it is linked.
    by_item = any((chosen.kinds, chosen.tracks, chosen.countries, chosen.standings, chosen.text))

    def kept(kind: RecordKind, row: object, record_id: str) -> bool:
        return record_id in linked or (not by_item and record_filter.keeps(chosen, kind, row, reference))

    found: list[DatedWork] = [
        DatedEngagement(
            row.id,
            row.title,
            row.on,
            row.organisation,
            ordered_kinds(row.engagement_kind, further.get(row.id, ())),
            tuple(linked.get(row.id, ())),
        )
        for row in engagements
        if kept(RecordKind.ENGAGEMENT, row, row.id)
    ]
    found += [
        DatedStatement(
            row.id,
            row.title,
            row.delivered_on if row.state in AFTER_DELIVERY else row.due,
            row.forum,
            row.voice,
            row.format,
            row.state,
            tuple(linked.get(row.id, ())),
        )
        for row in statements
        if kept(RecordKind.STATEMENT, row, row.id)
    ]
    return sorted(found, key=lambda one: (one.day, one.title, one.id))
