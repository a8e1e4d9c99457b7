"""What staff have linked to calendar items, as far as the viewer of the session may see it.

Only records linked to the item itself count. The same item can look better to a viewer who sees more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from calendar_model.mission.coverage.expectations import OWN_EVENT
from calendar_model.mission.coverage.items import CoveredItem
from calendar_model.mission.engagements import further_kinds
from calendar_model.mission.events import event_of
from calendar_model.store.models import Case, Engagement, FollowUp, ItemLink, Record, RecordLink, Statement
from calendar_model.terms import EngagementKind, RecordKind, RiskLevel, StatementState, ordered_kinds

STATES = (
    StatementState.DRAFT,
    StatementState.CONSULTATION,
    StatementState.CLEARED,
    StatementState.DELIVERED,
    StatementState.FOLLOWED_UP,
)
"""The states of a statement with a text, in order: all but idea and dropped."""

CLEARED_STATES = frozenset(STATES[2:])
"""The states of a statement that is cleared, delivered or followed up."""


class LinkedEngagement(NamedTuple):
    """An engagement: its day, its kinds and its identifier."""

    on: date
    kinds: tuple[EngagementKind, ...]
    record_id: str


class LinkedFollowUp(NamedTuple):
    """A follow-up: when it is due, when it was done (None if it is open), and its record."""

    due: date
    done_on: date | None
    record_id: str


@dataclass
class LinkedWork:
    """What is linked to one item. Statements and cases are by identifier; dropped statements are left out."""

    engagements: list[LinkedEngagement] = field(default_factory=list)
    statements: dict[str, StatementState] = field(default_factory=dict)
    cases: dict[str, bool] = field(default_factory=dict)
    """For each case, whether its risk is assessed."""
    follow_ups: list[LinkedFollowUp] = field(default_factory=list)
    """Filled only for items that are over."""

    @property
    def any(self) -> bool:
        """Whether anything is linked to the item."""
        return bool(self.engagements or self.statements or self.cases or self.follow_ups)


def linked_work(session: Session, items: Sequence[CoveredItem], today: date) -> Mapping[str, LinkedWork]:
    """Return what is linked to the items, by item; items without linked records may be absent.

    There is one query for the links and one for each kind of record, so the number does not grow with the items.
    """
    found: defaultdict[str, LinkedWork] = defaultdict(LinkedWork)
    items_of: defaultdict[str, list[str]] = defaultdict(list)
    # An expression instead of the bare column: SQLite would otherwise look up every record with every item in the index
    # of both, millions of steps instead of thousands.
    wanted = func.coalesce(ItemLink.item, "").in_([item.item for item in items])
    for item, record in session.execute(select(ItemLink.item, ItemLink.record_id).where(wanted)):
        items_of[record].append(item)
    for ids in _batches(list(items_of)):
        further = further_kinds(session, ids)
        for record, kind, on in session.execute(
            select(Engagement.id, Engagement.engagement_kind, Engagement.on).where(Engagement.id.in_(ids))
        ):
            for item in items_of[record]:
                kinds = ordered_kinds(kind, further.get(record, ()))
                found[item].engagements.append(LinkedEngagement(on, kinds, record))
        for record, state in session.execute(
            select(Statement.id, Statement.state).where(
                Statement.id.in_(ids), Statement.state != StatementState.DROPPED
            )
        ):
            for item in items_of[record]:
                found[item].statements[record] = state
    _add_cases(session, items_of, found)
    _add_follow_ups(session, [item for item in items if item.end < today], items_of, found)
    return found


def _batches(ids: list[str]) -> Iterator[list[str]]:
    """Split identifiers into batches that any database accepts as parameters of one query; usually there is one."""
    return (ids[i : i + 10_000] for i in range(0, len(ids), 10_000))


def _add_cases(session: Session, items_of: Mapping[str, Sequence[str]], found: Mapping[str, LinkedWork]) -> None:
    """Add the cases linked to an item, or to a statement that is linked to it and was not dropped."""
    assessed = {
        case: _risk_assessed(risk, reasons, mitigation)
        for case, risk, reasons, mitigation in session.execute(
            select(Case.id, Case.risk, Case.risk_reasons, Case.risk_mitigation)
        )
    }
    for case in assessed.keys() & items_of.keys():
        for item in items_of[case]:
            found[item].cases[case] = assessed[case]
    if not assessed:
        return
    # The query starts from the cases: to look up every link among all visible records would take SQLite minutes.
    for one, other, case in session.execute(
        select(RecordLink.record_id, RecordLink.other_id, Case.id).join(
            Case, or_(Case.id == RecordLink.other_id, Case.id == RecordLink.record_id)
        )
    ):
        statement = other if one == case else one
        for item in items_of.get(statement, ()):
            if statement in found[item].statements:
                found[item].cases[case] = assessed[case]


def _risk_assessed(risk: RiskLevel | None, reasons: str, mitigation: str) -> bool:
    """Whether a risk is assessed as clearance requires: a level with reasons, and mitigation if it is high."""
    return risk is not None and bool(reasons.strip()) and (risk is not RiskLevel.HIGH or bool(mitigation.strip()))


def _add_follow_ups(
    session: Session,
    over: Sequence[CoveredItem],
    items_of: Mapping[str, Sequence[str]],
    found: Mapping[str, LinkedWork],
) -> None:
    """Add the follow-ups of records linked to an item that is over, and those of an own event's record."""
    names = {item.item for item in over}
    over_of = {record: [item for item in items if item in names] for record, items in items_of.items()}
    for event in (item.item for item in over if item.key == OWN_EVENT):
        over_of[event_of(event)] = list({*over_of.get(event_of(event), ()), event})
    for ids in _batches([record for record, items in over_of.items() if items]):
        for record, due, done_on in session.execute(
            select(FollowUp.record_id, FollowUp.due, FollowUp.done_on).where(FollowUp.record_id.in_(ids))
        ):
            for item in over_of[record]:
                found[item].follow_ups.append(LinkedFollowUp(due, done_on, record))


class WorkCounts(NamedTuple):
    """How many engagements, drafts and cleared statements are linked to an item."""

    engagements: int = 0
    drafts: int = 0
    cleared: int = 0


def count_work(session: Session) -> dict[str, WorkCounts]:
    """Return the counts by item, without items that have none; ideas and dropped statements do not count."""
    found: defaultdict[str, WorkCounts] = defaultdict(WorkCounts)
    engagements = (
        select(ItemLink.item, func.count())
        .join(Record, Record.id == ItemLink.record_id)
        .where(Record.kind == RecordKind.ENGAGEMENT)
        .group_by(ItemLink.item)
    )
    for item, count in session.execute(engagements):
        found[item] = WorkCounts(engagements=count)
    statements = (
        select(ItemLink.item, Statement.state, func.count())
        .join(Statement, Statement.id == ItemLink.record_id)
        .where(Statement.state.in_(STATES))
        .group_by(ItemLink.item, Statement.state)
    )
    for item, state, count in session.execute(statements):
        known, cleared = found[item], state in CLEARED_STATES
        found[item] = WorkCounts(
            known.engagements, known.drafts + (0 if cleared else count), known.cleared + (count if cleared else 0)
        )
    return dict(found)
