"""The readiness of items of the calendar: for every expectation what was found, and the day by which it is due."""

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
"""How many days before its day something is due soon."""

PAST_DAYS, AHEAD_DAYS = 90, 365
"""How far :func:`coverage` looks back, for the follow-up, and ahead."""


@dataclass(frozen=True)
class Readiness:
    """Whether one expectation around one item is met, and if not, by when it is due and what to do.

    ``by`` is the day by which it is due, and ``by_precision`` month where it is counted from a window: it then says no
    more than its month. ``by_passed``: that day is over; of a window the expectation is late only once it has opened.
    ``finding`` is what was found, a code with its ``details``, ``records`` the ids of what meets it, and ``action``
    what to do where it is not met, otherwise None.

    :func:`calendar_model.messages.coverage.readiness_words` is the sentence for it.
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


def coverage(
    session: Session, table: pd.DataFrame, reference: Reference, today: date, *, until: date | None = None
) -> pd.DataFrame:
    """The readiness of the items from :data:`PAST_DAYS` ago to ``until``.

    In: a session with the scope of a viewer; ``table``, the whole calendar table, because deadlines are in it too, and
    the ``reference`` that it was made from; ``until``, the last day on which an item may begin, :data:`AHEAD_DAYS` from
    today unless given.

    Out: one row an item and expectation, in the table's order and then in that of :class:`Expectation`, with the
    :data:`COLUMNS`. The first seven are the table's; ``ours`` says whether the mission has taken the item up: something
    is linked to it, or it answers for it anyway (``ours`` in ``EXPECTED``); the others are those of :class:`Readiness`
    (``by`` datetime64[s], ``records`` ids separated by spaces, ``details`` and ``action`` objects, codes as text).
    Cancelled items are left out. The number of queries does not grow with that of the items.
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
    """The readiness of one item of ``table``, by the same rules as in :func:`coverage`.

    In the order of :class:`Expectation`; empty for an item of which nothing is expected, that was cancelled, or that
    the table does not have.
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
    """What is counted from a window is late only once that has opened: till then nobody knows that it is."""
    if due.day < today and (due.exact or item.start <= today):
        return ReadinessState.LATE
    return ReadinessState.DUE_SOON if (due.day - today).days <= SOON_DAYS else ReadinessState.OPEN


@dataclass(frozen=True)
class ItemWork:
    """The mission's work that is linked to an item, counted; ``behind``: an expectation around it is late, and it is
    ours."""

    engagements: int = 0
    drafts: int = 0
    cleared: int = 0
    behind: bool = False


def work_by_item(session: Session, table: pd.DataFrame, reference: Reference, today: date) -> dict[str, ItemWork]:
    """By item what is linked to it, for its label on a timeline; items of ``table`` without any are absent.

    :func:`calendar_model.messages.coverage.item_work_words` are the words for it.
    """
    counted = count_work(session)
    found = coverage(session, table, reference, today)
    late = set(found.loc[((found["state"] == ReadinessState.LATE) & found["ours"]).to_numpy(), "item"])
    shown = set(table["item"]) & (counted.keys() | late)
    return {item: ItemWork(**counted.get(item, WorkCounts())._asdict(), behind=item in late) for item in sorted(shown)}


def count_states(states: Iterable[str]) -> dict[ReadinessState, int]:
    """How many of the states are which, without those that do not occur."""
    listed = list(states)
    return {state: listed.count(state) for state in ReadinessState if state in listed}
