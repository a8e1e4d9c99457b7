"""The readiness of calendar items: what was found for each expectation, and the day by which it is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from calendar_model.mission.coverage.expectations import OWN_EVENT, WEEKS
from calendar_model.mission.coverage.findings import Action, FindingCode, find
from calendar_model.mission.coverage.items import CountedDay, CoveredItem, OwnDeadlines, covered_items
from calendar_model.mission.coverage.linked import LinkedWork, WorkCounts, count_work, linked_work
from calendar_model.reference import Reference
from calendar_model.terms import Expectation, ReadinessState
from calendar_model.vocabulary import Precision

SOON_DAYS = 14
"""An expectation is due soon from this many days before its due day."""

PAST_DAYS, AHEAD_DAYS = 90, 365
"""How many days :func:`coverage` looks back, for the follow-up, and ahead."""


@dataclass(frozen=True)
class Readiness:
    """Whether one expectation around one item is met, and if not, by when it is due and what to do.

    ``by`` is the day by which it is due; ``by_precision`` is month if it is counted from a window, because then only
    its month is known. ``by_passed`` says whether ``by`` is before today; an expectation counted from a window is still
    late only once the window has opened. ``finding`` is the code of what was found, with its ``details``. ``records``
    are the identifiers of the records that meet the expectation. ``action`` is what to do, or None if it is met.

    :func:`calendar_model.messages.coverage.readiness_words` gives the sentence for it.
    """

    expectation: Expectation
    state: ReadinessState
    by: date
    by_precision: Precision
    by_passed: bool
    finding: FindingCode
    details: Mapping[str, Any]
    records: tuple[str, ...]
    action: Action | None


@dataclass(frozen=True)
class _ItemReadiness:
    item: CoveredItem
    linked: bool
    expectations: Sequence[Readiness]


_OF_ITEM = ("item", "title", "kind", "body", "start", "end", "date_precision")
_OF_READINESS = (
    "expectation",
    "state",
    "by",
    "by_precision",
    "by_passed",
    "finding",
    "details",
    "records",
    "action",
)
COLUMNS = (*_OF_ITEM, "ours", *_OF_READINESS)
"""Columns of :func:`coverage`."""


def coverage(
    session: Session, table: pd.DataFrame, reference: Reference, today: date, *, until: date | None = None
) -> pd.DataFrame:
    """Return the readiness of the items that end at most :data:`PAST_DAYS` ago and begin by ``until``.

    ``session`` has the scope of a viewer. ``table`` is the whole calendar table, because it also has the deadlines, and
    ``reference`` is the one that it was built from. ``until`` is :data:`AHEAD_DAYS` after ``today`` unless given.

    The result has a row for each item and expectation, in the order of the table and then of :class:`Expectation`, with
    the :data:`COLUMNS`. The first seven are the table's. ``ours`` (bool) says whether the mission works on the item:
    records are linked to it, or ``EXPECTED`` says so. The others are those of :class:`Readiness`.

    ``start``, ``end`` and ``by`` are datetime64[s] without a zone, and ``by_passed`` is bool. ``records`` holds
    identifiers separated by spaces, ``details`` and ``action`` hold objects, and the rest is text. Cancelled items are
    left out. The number of queries does not grow with the number of items.
    """
    first, last = today - timedelta(days=PAST_DAYS), until or today + timedelta(days=AHEAD_DAYS)
    near = (table["end"].to_numpy() >= np.datetime64(first, "s")) & (
        table["start"].to_numpy() <= np.datetime64(last, "s")
    )
    items = covered_items(table, near, reference)
    rows = [(found, one) for found in _read(session, items, table, reference, today) for one in found.expectations]
    columns: dict[str, Any] = {
        **{name: [getattr(found.item, name) for found, _ in rows] for name in _OF_ITEM},
        "ours": np.array([found.linked or found.item.expected.ours for found, _ in rows], dtype=bool),
        **{name: [getattr(one, name) for _, one in rows] for name in _OF_READINESS},
    }
    columns["records"] = [" ".join(one.records) for _, one in rows]
    for name in ("start", "end", "by"):
        columns[name] = np.array(columns[name], dtype="datetime64[s]")
    columns["by_passed"] = np.array(columns["by_passed"], dtype=bool)
    for name in ("details", "action"):
        columns[name] = pd.Series(columns[name], dtype="object")
    for name in columns.keys() - {"start", "end", "by", "ours", "by_passed", "details", "action"}:
        columns[name] = pd.array([str(value) for value in columns[name]], dtype="str")
    return pd.DataFrame(columns, columns=list(COLUMNS))


def readiness(session: Session, item: str, table: pd.DataFrame, reference: Reference, today: date) -> list[Readiness]:
    """Return the readiness of one item of ``table``, by the same rules as :func:`coverage`.

    It is in the order of :class:`Expectation`. It is empty for an item without expectations, a cancelled one, or one
    that is not in the table.
    """
    items = covered_items(table, (table["item"] == item).to_numpy(), reference)
    return [one for found in _read(session, items, table, reference, today) for one in found.expectations]


def _read(
    session: Session, items: Sequence[CoveredItem], table: pd.DataFrame, reference: Reference, today: date
) -> Iterator[_ItemReadiness]:
    if not items:
        return
    linked = linked_work(session, items, today)
    deadlines = OwnDeadlines(table, reference)
    nothing = LinkedWork()
    for item in items:
        work = linked.get(item.item, nothing)
        yield _ItemReadiness(item, work.any, list(_around(item, work, deadlines.of(item), today)))


def _around(item: CoveredItem, linked: LinkedWork, deadline: CountedDay | None, today: date) -> Iterator[Readiness]:
    over = item.end < today
    for expectation in Expectation:
        if expectation not in item.expected.expectations or not _applies(expectation, item, linked, over):
            continue
        due = _due(expectation, item, linked, deadline)
        found = find(expectation, item, linked, today)
        if over and found.action is not None and expectation is not Expectation.FOLLOW_UP:
            continue
        yield Readiness(
            expectation=expectation,
            state=ReadinessState.DONE if found.action is None else _state(due, item, today),
            by=due.day,
            by_precision=due.precision if due.exact else Precision.MONTH,
            by_passed=due.day < today,
            finding=found.code,
            details=found.details,
            records=found.records,
            action=found.action,
        )


def _applies(expectation: Expectation, item: CoveredItem, linked: LinkedWork, over: bool) -> bool:
    if expectation is Expectation.RISKS:
        return bool(linked.cases)
    if expectation is Expectation.FOLLOW_UP:
        return over and (linked.any or item.key == OWN_EVENT)
    return bool(linked.statements) or not item.expected.once_drafted


def _due(expectation: Expectation, item: CoveredItem, linked: LinkedWork, deadline: CountedDay | None) -> CountedDay:
    if expectation is Expectation.FOLLOW_UP:
        still_open = [one.due for one in linked.follow_ups if one.done_on is None]
        if still_open:
            return CountedDay(min(still_open), Precision.DAY)
        return CountedDay(item.end + timedelta(weeks=WEEKS[expectation]), item.precision)
    weeks = item.expected.weeks_from_deadline
    if deadline is not None and expectation in weeks:
        return CountedDay(deadline.day + timedelta(weeks=weeks[expectation]), deadline.precision)
    return CountedDay(item.start + timedelta(weeks=WEEKS[expectation]), item.precision)


def _state(due: CountedDay, item: CoveredItem, today: date) -> ReadinessState:
    """Return the state of an unmet expectation; one counted from a window is not late before the window opens."""
    if due.day < today and (due.exact or item.start <= today):
        return ReadinessState.LATE
    return ReadinessState.DUE_SOON if (due.day - today).days <= SOON_DAYS else ReadinessState.OPEN


@dataclass(frozen=True)
class ItemWork:
    """How many engagements, drafts and cleared statements are linked to an item.

    ``behind`` says whether an expectation around the item is late and the item is ours (see :func:`coverage`).
    """

    engagements: int = 0
    drafts: int = 0
    cleared: int = 0
    behind: bool = False


def work_by_item(session: Session, table: pd.DataFrame, reference: Reference, today: date) -> dict[str, ItemWork]:
    """Return the work on each item of ``table``, by its identifier, for its label on a timeline.

    Items without linked work or late expectations are absent.
    :func:`calendar_model.messages.coverage.item_work_words` gives the words for it.
    """
    counted = count_work(session)
    found = coverage(session, table, reference, today)
    late = set(found.loc[((found["state"] == ReadinessState.LATE) & found["ours"]).to_numpy(), "item"])
    shown = set(table["item"]) & (counted.keys() | late)
    return {item: ItemWork(**counted.get(item, WorkCounts())._asdict(), behind=item in late) for item in sorted(shown)}


def count_states(states: Iterable[str]) -> dict[ReadinessState, int]:
    """Count the states, in the order of :class:`ReadinessState`; those that do not occur are absent."""
    listed = list(states)
    return {state: listed.count(state) for state in ReadinessState if state in listed}
