"""What is expected around an item of the calendar, and what is there.

Which expectation goes with which kind of item (:data:`EXPECTED`) is read from the guidelines for missions to
international organisations. They would have defenders consulted on initiatives, resolutions among them, and their
participation supported (3.1); bilateral missions and country desks kept in touch with (3.1); a standing dialogue with
the organisations, the regional ones by name (3.2); defenders spoken for in resolutions, statements and the UPR (3.3),
hence a draft, and its clearance; the risk weighed before a case is raised, and the dialogue kept up afterwards (3.4),
hence follow-up.

The guidelines name no times. :data:`WEEKS` and :data:`DEADLINES` are conventions of this house, nothing more.

Only what is linked to the item itself counts, and only what the session's reader may see: the same item can look better
to somebody who sees more. A consultation that is still planned counts once its day has come, one after the item does
not count any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.mission.events import event_of
from calendar_model.store.models import Case, Engagement, FollowUp, ItemLink, Record, RecordLink, Statement
from calendar_model.terms import EngagementKind, Expectation, RecordKind, RiskLevel, StatementForm, StatementState
from calendar_model.vocabulary import Kind, Precision, Standing

HEADS: Mapping[Expectation, str] = {
    Expectation.CONSULTED: "Consulted",
    Expectation.PARTICIPATION: "Participation",
    Expectation.BILATERAL: "Bilateral",
    Expectation.DIALOGUE: "Dialogue",
    Expectation.DRAFT: "Draft",
    Expectation.RISKS: "Risks",
    Expectation.CLEARED: "Cleared",
    Expectation.FOLLOW_UP: "Follow-up",
}
"""A word for the head of a column."""

ASKS: Mapping[Expectation, str] = {
    Expectation.CONSULTED: "Defenders or their organisations were asked for their view, and not only invited.",
    Expectation.PARTICIPATION: "Somebody was helped to take part: travel, accreditation, visa; or invited to our own.",
    Expectation.BILATERAL: "The mission in the country or the country desk was asked.",
    Expectation.DIALOGUE: "We talked with the organisation itself about what it does for defenders.",
    Expectation.DRAFT: "What we are going to say or table exists as a draft.",
    Expectation.RISKS: "For every case that is to be raised, the risk of reprisals is weighed, with its reasons.",
    Expectation.CLEARED: "Every text for it is cleared.",
    Expectation.FOLLOW_UP: "Afterwards somebody went back to those concerned, and nothing promised is left open.",
}
"""What each expectation is met by, in a sentence."""


class State(StrEnum):
    """How an expectation stands. What a kind of item does not call for has no state."""

    DONE = "done"
    OPEN = "open"
    DUE_SOON = "due soon"
    LATE = "late"


SOON_DAYS = 14
"""How many days before its day something is due soon."""

PAST_DAYS, AHEAD_DAYS = 90, 365
"""How far :func:`coverage` looks back, for the follow-up, and ahead."""

_TEXT = (
    Expectation.CONSULTED,
    Expectation.PARTICIPATION,
    Expectation.DRAFT,
    Expectation.RISKS,
    Expectation.CLEARED,
    Expectation.FOLLOW_UP,
)
_ARENA = (Expectation.CONSULTED, Expectation.DIALOGUE, Expectation.RISKS, Expectation.FOLLOW_UP)

OWN_EVENT, REGIONAL_MEETING = "own event", "regional meeting"
"""Kinds of item as far as expectations go; the others have the calendar's name (:class:`Kind`)."""

EXPECTED: Mapping[str, tuple[Expectation, ...]] = {
    # Initiatives on which defenders are to be heard, that we write ourselves, and that stay with us afterwards.
    Kind.RESOLUTION: _TEXT,
    Kind.MANDATE_RENEWAL: _TEXT,
    # Our recommendation speaks of one country: its civil society and our mission there know what is worth saying.
    Kind.UPR_REVIEW: (
        Expectation.CONSULTED,
        Expectation.BILATERAL,
        Expectation.DRAFT,
        Expectation.RISKS,
        Expectation.CLEARED,
        Expectation.FOLLOW_UP,
    ),
    # An event of ours is for defenders to be heard at: with them from the start, and with a way to get there.
    OWN_EVENT: (Expectation.CONSULTED, Expectation.PARTICIPATION, Expectation.RISKS, Expectation.FOLLOW_UP),
    # Arenas of others: what to work for there comes from defenders, and the organisation is a partner to talk to.
    Kind.SESSION: _ARENA,
    REGIONAL_MEETING: _ARENA,
    # A day may be marked by a statement. Nobody has to; once one is begun, it is to come to its end.
    Kind.OBSERVANCE: (Expectation.DRAFT, Expectation.RISKS, Expectation.CLEARED),
}
"""What is expected around which kind of item. For all others, deadlines and milestones among them, nothing is.

Risks are asked only where a case is linked to the item, or to a text that is; follow-up only once the item is over, and
if anything was linked to it or it was our own event; draft and clearance of an observance only once a text is linked.
Of an item that is over only the follow-up can still miss.
"""

OURS = frozenset({Kind.RESOLUTION.value, Kind.MANDATE_RENEWAL.value, OWN_EVENT})
"""What the mission answers for even while nothing is linked to it: texts whose penholder it is, and its own events."""

REGIONAL = frozenset({"osce", "coe", "eu", "au", "au-achpr", "oas", "oas-iachr", "asean", "asean-aichr"})
"""Organisations whose recurring meetings call for dialogue; those of the United Nations come with its sessions."""

NOT_AS_A_WHOLE = frozenset({"un-ga", "un-hrc-upr"})
"""Bodies of whose sessions nothing is expected as such: the plenary sits the year round, and the Working Group's
sessions are their reviews."""

WEEKS: Mapping[Expectation, int] = {
    Expectation.PARTICIPATION: -10,
    Expectation.CONSULTED: -8,
    Expectation.BILATERAL: -6,
    Expectation.DIALOGUE: -4,
    Expectation.DRAFT: -4,
    Expectation.RISKS: -2,
    Expectation.CLEARED: -1,
    Expectation.FOLLOW_UP: 4,
}
"""By when: weeks from the item's first day, for the follow-up from its last. Conventions of this house.

A visa takes longest, so participation comes first; who is consulted before the draft can still change it.
"""


@dataclass(frozen=True)
class Before:
    """An item's own deadline that takes the place of its first day, by the codes of the milestones that set it.

    ``weeks`` is counted from the deadline. ``same_house``: where no deadline names the item or its session, the last
    one of the organisation before the item ends; a plenary's text is tabled in the committee.
    """

    milestones: tuple[str, ...]
    weeks: Mapping[Expectation, int]
    same_house: bool = False


_TABLING = Before(
    ("hrc-tabling", "ga-c3-tabling"),
    {Expectation.DRAFT: -4, Expectation.RISKS: -2, Expectation.CLEARED: -1},
    same_house=True,
)

DEADLINES: Mapping[str, Before] = {
    Kind.RESOLUTION: _TABLING,
    Kind.MANDATE_RENEWAL: _TABLING,
    Kind.UPR_REVIEW: Before(
        ("upr-advance-questions",), {Expectation.DRAFT: -2, Expectation.RISKS: -1, Expectation.CLEARED: -1}
    ),
}
"""Where the table has the deadline, what is written counts from it. Conventions of this house as well."""

_MET_BY_ENGAGEMENTS = tuple(e for e in Expectation if any(kind.traits.meets is e for kind in EngagementKind))
"""The expectations that engagements meet; the others are met by statements, cases and follow-ups."""


def kinds_that_meet(expectation: Expectation, *, own_event: bool) -> tuple[EngagementKind, ...]:
    """The kinds of engagement that meet an expectation; an event of the mission's own may be met by more of them."""
    return tuple(
        kind
        for kind in EngagementKind
        if kind.traits.meets is expectation or (own_event and kind.traits.meets_at_own_event is expectation)
    )


def kind_to_log(expectation: Expectation) -> EngagementKind:
    """The kind of engagement to log where an expectation is not met; for a follow-up a consultation."""
    return next(iter(kinds_that_meet(expectation, own_event=False)), EngagementKind.CONSULTED)


_FORMS: Mapping[str, StatementForm] = {
    Kind.RESOLUTION: StatementForm.RESOLUTION_TEXT,
    Kind.MANDATE_RENEWAL: StatementForm.RESOLUTION_TEXT,
    Kind.UPR_REVIEW: StatementForm.UPR_RECOMMENDATION,
}

_FURTHEST = (
    StatementState.DRAFT,
    StatementState.CONSULTATION,
    StatementState.CLEARED,
    StatementState.DELIVERED,
    StatementState.FOLLOWED_UP,
)
_CLEARED = frozenset(_FURTHEST[2:])


@dataclass(frozen=True)
class Mark:
    """How one expectation stands around one item.

    ``by`` is the day, and ``by_precision`` month where it is counted from a window: it then says no more than its
    month. ``says`` is for people. ``records`` are the ids of what meets it; ``acts`` is what to open where it is not
    met: ``engagement:<kind>`` to log one, ``statement:<form>`` to begin one, ``open:<what>:<record id>`` for what is
    there already (``statement``, ``case``, or ``follow-up`` with the record on which it hangs); empty where it is met.
    """

    expectation: Expectation
    state: State
    by: date
    by_precision: Precision
    says: str
    records: tuple[str, ...]
    acts: str


COLUMNS = (
    "item",
    "title",
    "kind",
    "body",
    "start",
    "end",
    "date_precision",
    "ours",
    "expectation",
    "state",
    "by",
    "by_precision",
    "says",
    "records",
    "acts",
)


def coverage(session: Session, table: pd.DataFrame, today: date, *, until: date | None = None) -> pd.DataFrame:
    """How every expectation stands around the items from :data:`PAST_DAYS` ago to ``until``.

    In: a session that reads as somebody; ``table``, the whole calendar table, because deadlines stand in it too;
    ``until``, the last day on which an item may begin, :data:`AHEAD_DAYS` from today unless given.

    Out: one row an item and expectation, in the table's order and then in that of :class:`Expectation`, with the
    :data:`COLUMNS`. The first seven are the table's; ``ours`` says whether the mission has taken the item up: something
    is linked to it, or it is of :data:`OURS`; the others are as in :class:`Mark` (``by`` datetime64[s], ``records`` ids
    separated by spaces). Cancelled items are left out. The number of queries does not grow with that of the items.
    """
    first, last = today - timedelta(days=PAST_DAYS), until or today + timedelta(days=AHEAD_DAYS)
    near = (table["end"].to_numpy() >= np.datetime64(first, "s")) & (
        table["start"].to_numpy() <= np.datetime64(last, "s")
    )
    items = _items(table, near)
    found = [
        (item, linked or item.subject in OURS, mark)
        for item, linked, marks_ in _judged(session, items, table, today)
        for mark in marks_
    ]
    columns: dict[str, Any] = {
        **{name: [getattr(item, name) for item, _, _ in found] for name in COLUMNS[:7]},
        "ours": np.array([ours for _, ours, _ in found], dtype=bool),
        **{name: [getattr(mark, name) for _, _, mark in found] for name in COLUMNS[8:]},
    }
    columns["records"] = [" ".join(mark.records) for _, _, mark in found]
    for name in ("start", "end", "by"):
        columns[name] = np.array(columns[name], dtype="datetime64[s]")
    for name in ("item", "title", "kind", "body", "date_precision", "expectation", "state", "by_precision", "acts"):
        columns[name] = pd.array([str(value) for value in columns[name]], dtype="str")
    for name in ("says", "records"):
        columns[name] = pd.array(columns[name], dtype="str")
    return pd.DataFrame(columns, columns=list(COLUMNS))


def readiness(session: Session, item: str, table: pd.DataFrame, today: date) -> list[Mark]:
    """How every expectation stands around one item of ``table``, by the same rules as in :func:`coverage`.

    In the order of :class:`Expectation`; empty for an item of which nothing is expected, that was cancelled, or that
    the table does not have.
    """
    items = _items(table, (table["item"] == item).to_numpy())
    return [mark for _, _, marks_ in _judged(session, items, table, today) for mark in marks_]


def marks(session: Session, table: pd.DataFrame, today: date) -> dict[str, str]:
    """By item a word or two for its label on a timeline: ``2 engagements · 1 draft · behind``.

    Every item of the table to which something is linked has one, whenever it is; ``behind`` is said where an
    expectation is late around an item that the mission has taken up. Ideas and what was dropped do not count.
    """
    words = _counted(session)
    found = coverage(session, table, today)
    late = set(found.loc[((found["state"] == State.LATE) & found["ours"]).to_numpy(), "item"])
    shown = set(table["item"]) & (words.keys() | late)
    return {item: " · ".join([*words.get(item, ()), *(["behind"] if item in late else [])]) for item in sorted(shown)}


def _counted(session: Session) -> dict[str, list[str]]:
    words: defaultdict[str, list[str]] = defaultdict(list)
    engagements = (
        select(ItemLink.item, func.count())
        .join(Record, Record.id == ItemLink.record_id)
        .where(Record.kind == RecordKind.ENGAGEMENT)
        .group_by(ItemLink.item)
    )
    for item, count in session.execute(engagements):
        words[item].append(_many(count, "engagement"))
    statements = (
        select(ItemLink.item, Statement.state, func.count())
        .join(Statement, Statement.id == ItemLink.record_id)
        .where(Statement.state.in_(_FURTHEST))
        .group_by(ItemLink.item, Statement.state)
    )
    texts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item, state, count in session.execute(statements):
        texts[item][state in _CLEARED] += count
    for item, (drafts, cleared) in texts.items():
        words[item] += [_many(n, word) for n, word in ((drafts, "draft"), (cleared, "cleared text")) if n]
    return words


@dataclass(frozen=True)
class _Item:
    """A row of the table, as far as it matters here; ``subject`` is the key of :data:`EXPECTED`."""

    subject: str
    item: str
    title: str
    kind: str
    body: str
    organisation: str
    start: date
    end: date
    date_precision: str
    related_to: str
    countries: str

    @property
    def exact(self) -> bool:
        return self.date_precision == Precision.DAY


_COVERED = (*(kind for kind in EXPECTED if kind in set(Kind)), Kind.MEETING, Kind.SIDE_EVENT)


def _items(table: pd.DataFrame, near: np.ndarray) -> list[_Item]:
    """The rows of a mask around which anything is expected, in their order."""
    wanted = near & table["kind"].isin(_COVERED).to_numpy() & (table["standing"] != Standing.CANCELLED).to_numpy()
    rows = table.loc[
        wanted,
        [
            "item",
            "title",
            "kind",
            "body",
            "organisation",
            "start",
            "end",
            "date_precision",
            "related_to",
            "countries",
        ],
    ]
    days = {name: rows[name].dt.date for name in ("start", "end")}
    lists = [days.get(name, rows[name]).to_list() for name in rows.columns]
    found = []
    for values in zip(*lists, strict=True):
        subject = _subject(item=values[0], kind=values[2], body=values[3], organisation=values[4])
        if subject in EXPECTED:
            found.append(_Item(subject, *values))
    return found


def _subject(*, item: str, kind: str, body: str, organisation: str) -> str:
    if kind in (Kind.MEETING, Kind.SIDE_EVENT):
        if event_of(item):
            return OWN_EVENT
        return REGIONAL_MEETING if organisation in REGIONAL else ""
    return "" if kind == Kind.SESSION and body in NOT_AS_A_WHOLE else kind


@dataclass
class _Linked:
    """What hangs on one item, as far as it matters here."""

    engagements: list[tuple[date, EngagementKind, str]] = field(default_factory=list)
    statements: dict[str, StatementState] = field(default_factory=dict)
    cases: dict[str, bool] = field(default_factory=dict)
    """By id, whether the risk is weighed."""
    follow_ups: list[tuple[date, date | None, str]] = field(default_factory=list)
    """When due, when done, and the record on which it hangs."""

    @property
    def any(self) -> bool:
        return bool(self.engagements or self.statements or self.cases or self.follow_ups)


def _judged(
    session: Session, items: Sequence[_Item], table: pd.DataFrame, today: date
) -> Iterator[tuple[_Item, bool, list[Mark]]]:
    """Each item, whether anything is linked to it, and how its expectations stand."""
    if not items:
        return
    linked = _linked(session, items, today)
    deadlines = _Deadlines(table)
    nothing = _Linked()
    for item in items:
        here = linked.get(item.item, nothing)
        yield item, here.any, list(_around(item, here, deadlines.of(item), today))


def _linked(session: Session, items: Sequence[_Item], today: date) -> Mapping[str, _Linked]:
    """What is linked to the items: their links, then one query a kind of record, columns only."""
    found: defaultdict[str, _Linked] = defaultdict(_Linked)
    at: defaultdict[str, list[str]] = defaultdict(list)
    # An expression and not the bare column: SQLite would otherwise seek every record with every item in the index of
    # both, some millions of steps instead of some thousands.
    here = func.coalesce(ItemLink.item, "").in_([item.item for item in items])
    for item, record in session.execute(select(ItemLink.item, ItemLink.record_id).where(here)):
        at[record].append(item)
    for ids in _batches(list(at)):
        for record, kind, on in session.execute(
            select(Engagement.id, Engagement.engagement_kind, Engagement.on).where(Engagement.id.in_(ids))
        ):
            for item in at[record]:
                found[item].engagements.append((on, kind, record))
        for record, state in session.execute(
            select(Statement.id, Statement.state).where(
                Statement.id.in_(ids), Statement.state != StatementState.DROPPED
            )
        ):
            for item in at[record]:
                found[item].statements[record] = state
    _cases(session, at, found)
    over = {item.item for item in items if item.end < today}
    after = {record: [item for item in linked if item in over] for record, linked in at.items()}
    for ours in (item.item for item in items if item.subject == OWN_EVENT and item.item in over):
        after[event_of(ours)] = list({*after.get(event_of(ours), ()), ours})
    for ids in _batches([record for record, linked in after.items() if linked]):
        for record, due, done_on in session.execute(
            select(FollowUp.record_id, FollowUp.due, FollowUp.done_on).where(FollowUp.record_id.in_(ids))
        ):
            for item in after[record]:
                found[item].follow_ups.append((due, done_on, record))
    return found


def _batches(ids: list[str]) -> Iterator[list[str]]:
    """Pieces that any database takes as the parameters of one query; as a rule there is one."""
    return (ids[i : i + 10_000] for i in range(0, len(ids), 10_000))


def _cases(session: Session, at: Mapping[str, Sequence[str]], found: Mapping[str, _Linked]) -> None:
    """The cases linked to an item, or to a text that is linked to it and was not dropped."""
    weighed = {
        case: _weighed(risk, reasons, mitigation)
        for case, risk, reasons, mitigation in session.execute(
            select(Case.id, Case.risk, Case.risk_reasons, Case.risk_mitigation)
        )
    }
    for case in weighed.keys() & at.keys():
        for item in at[case]:
            found[item].cases[case] = weighed[case]
    if not weighed:
        return
    # From the cases to their links: all links, each looked up among all that is visible, would take SQLite minutes.
    for one, other, case in session.execute(
        select(RecordLink.record_id, RecordLink.other_id, Case.id).join(
            Case, or_(Case.id == RecordLink.other_id, Case.id == RecordLink.record_id)
        )
    ):
        text = other if one == case else one
        for item in at.get(text, ()):
            if text in found[item].statements:
                found[item].cases[case] = weighed[case]


def _weighed(risk: RiskLevel | None, reasons: str, mitigation: str) -> bool:
    """As before a clearance: a level with its reasons, and of a high one what would lessen it."""
    return risk is not None and bool(reasons.strip()) and (risk is not RiskLevel.HIGH or bool(mitigation.strip()))


_Day = tuple[date, bool]
"""A day to count from, and whether it is exact; of a window it is the first."""


class _Deadlines:
    """The deadlines of a table that items have for their own."""

    def __init__(self, table: pd.DataFrame) -> None:
        kinds = {f"deadline-{code}-": code for before in DEADLINES.values() for code in before.milestones}
        due = table[((table["kind"] == Kind.DEADLINE) & (table["standing"] != Standing.CANCELLED)).to_numpy()]
        due = due[due["item"].str.startswith(tuple(kinds)).to_numpy(dtype=bool)]
        self._of: dict[tuple[str, str, str], _Day] = {}
        self._in_house: defaultdict[tuple[str, str], list[_Day]] = defaultdict(list)
        row: Any
        for row in due.itertuples(index=False):
            milestone = next(code for start, code in kinds.items() if row.item.startswith(start))
            day = row.start.date(), row.date_precision == Precision.DAY
            key = (milestone, row.related_to, row.countries)
            self._of[key] = min(day, self._of.get(key, day))
            self._in_house[milestone, row.organisation].append(day)

    def of(self, item: _Item) -> _Day | None:
        before = DEADLINES.get(item.subject)
        if before is None:
            return None
        homes = [home for home in (item.item, item.related_to) if home]
        for home in homes:
            for countries in dict.fromkeys((item.countries, "")):
                for milestone in before.milestones:
                    if (day := self._of.get((milestone, home, countries))) is not None:
                        return day
        if not before.same_house:
            return None
        earliest = item.start - timedelta(days=180)
        return max(
            (
                day
                for milestone in before.milestones
                for day in self._in_house.get((milestone, item.organisation), ())
                if earliest <= day[0] <= item.end
            ),
            default=None,
        )


def _around(item: _Item, linked: _Linked, deadline: _Day | None, today: date) -> Iterator[Mark]:
    over = item.end < today
    for expectation in Expectation:
        if expectation not in EXPECTED[item.subject] or not _applies(expectation, item, linked, over):
            continue
        by, exact = _by(expectation, item, linked, deadline)
        records, says, acts = _FOUND[expectation](expectation, item, linked, today)
        done = not acts
        if over and not done and expectation is not Expectation.FOLLOW_UP:
            continue
        state = State.DONE if done else _state(by, exact, item, today)
        if not done:
            possible = "last" if expectation is Expectation.FOLLOW_UP else "first"
            if by < today and state is not State.LATE:
                says = f"{says}; due now, counted from the {possible} possible day"
            else:
                when = _said(by) if exact else _about(by, possible)
                says = f"{says}; {'was due ' if state is State.LATE else ''}by {when}"
        yield Mark(expectation, state, by, Precision.DAY if exact else Precision.MONTH, says, records, acts)


def _applies(expectation: Expectation, item: _Item, linked: _Linked, over: bool) -> bool:
    if expectation is Expectation.RISKS:
        return bool(linked.cases)
    if expectation is Expectation.FOLLOW_UP:
        return over and (linked.any or item.subject == OWN_EVENT)
    if item.subject == Kind.OBSERVANCE:
        return bool(linked.statements)
    return True


def _by(expectation: Expectation, item: _Item, linked: _Linked, deadline: _Day | None) -> _Day:
    if expectation is Expectation.FOLLOW_UP:
        open_ = [due for due, done_on, _ in linked.follow_ups if done_on is None]
        if open_:
            return min(open_), True
        return item.end + timedelta(weeks=WEEKS[expectation]), item.exact
    before = DEADLINES.get(item.subject)
    if deadline is not None and before is not None and expectation in before.weeks:
        return deadline[0] + timedelta(weeks=before.weeks[expectation]), deadline[1]
    return item.start + timedelta(weeks=WEEKS[expectation]), item.exact


def _state(by: date, exact: bool, item: _Item, today: date) -> State:
    """What is counted from a window is late only once that has opened: till then nobody knows that it is."""
    if by < today and (exact or item.start <= today):
        return State.LATE
    return State.DUE_SOON if (by - today).days <= SOON_DAYS else State.OPEN


@lru_cache(maxsize=4096)
def _said(day: date) -> str:
    return wording.day(day)


@lru_cache(maxsize=4096)
def _about(day: date, possible: str) -> str:
    """What is counted from a window says no more than its month, and from which end of the window."""
    return f"{wording.span(day, day, Precision.MONTH)}, counted from the {possible} possible day"


_Found = tuple[tuple[str, ...], str, str]
"""The records that meet an expectation, what there is to say, and what to open if it is not met."""

_DID: Mapping[Expectation, tuple[str, str, str]] = {
    Expectation.CONSULTED: ("Consulted", "Nobody consulted yet", "Consultation planned"),
    Expectation.PARTICIPATION: ("Participation supported", "Nobody helped to take part yet", "Support planned"),
    Expectation.BILATERAL: (
        "Bilateral mission or country desk asked",
        "No bilateral mission or country desk asked yet",
        "Contact with a bilateral mission or country desk planned",
    ),
    Expectation.DIALOGUE: ("Talked with the organisation", "No dialogue with the organisation yet", "Dialogue planned"),
}


def _engaged(expectation: Expectation, item: _Item, linked: _Linked, today: date) -> _Found:
    meets = kinds_that_meet(expectation, own_event=item.subject == OWN_EVENT)
    did, missing, planned = _DID[expectation]
    own = sorted((on, record) for on, kind, record in linked.engagements if kind in meets and on <= item.end)
    held = [(on, record) for on, record in own if on <= today]
    if held:
        last = f"{'on' if len(held) == 1 else 'last on'} {_said(held[-1][0])}"
        return tuple(record for _, record in held), f"{did} {_times(len(held))}, {last}", ""
    acts = f"engagement:{kind_to_log(expectation)}"
    if own:
        return (), f"{planned} for {_said(own[0][0])}", acts
    invited = sum(kind is EngagementKind.INVITED and on <= today for on, kind, _ in linked.engagements)
    if invited and expectation is Expectation.CONSULTED:
        missing = f"Invited {_times(invited)}, nobody consulted yet"
    return (), missing, acts


def _drafted(_expectation: Expectation, item: _Item, linked: _Linked, _today: date) -> _Found:
    drafts = sorted(linked.statements.items(), key=lambda pair: (_rank(pair[1]), pair[0]), reverse=True)
    drafts = [(record, state) for record, state in drafts if state in _FURTHEST]
    if drafts:
        words = _state_words(drafts[0][1])
        says = f"One text, {words}" if len(drafts) == 1 else f"{len(drafts)} texts, the furthest {words}"
        return tuple(record for record, _ in drafts), says, ""
    if linked.statements:
        return (), "An idea, no draft yet", f"open:statement:{min(linked.statements)}"
    return (), "No draft yet", _begin(item)


def _cleared(_expectation: Expectation, item: _Item, linked: _Linked, _today: date) -> _Found:
    cleared = tuple(sorted(record for record, state in linked.statements.items() if state in _CLEARED))
    waiting = sorted((-_rank(state), record) for record, state in linked.statements.items() if state not in _CLEARED)
    if not linked.statements:
        return (), "Nothing to clear yet", _begin(item)
    if waiting:
        count = len(linked.statements)
        furthest = _state_words(linked.statements[waiting[0][1]])
        says = f"Not cleared, {furthest}" if count == 1 else f"{len(cleared)} of {count} texts cleared"
        return cleared, says, f"open:statement:{waiting[0][1]}"
    return cleared, "Cleared" if len(cleared) == 1 else f"All {len(cleared)} texts cleared", ""


def _begin(item: _Item) -> str:
    return f"statement:{_FORMS.get(item.subject, StatementForm.NATIONAL)}"


def _risks(_expectation: Expectation, _item: _Item, linked: _Linked, _today: date) -> _Found:
    weighed = tuple(sorted(case for case, done in linked.cases.items() if done))
    left = sorted(case for case, done in linked.cases.items() if not done)
    count = len(linked.cases)
    if left:
        says = "Risk not weighed" if count == 1 else f"Risk weighed in {len(weighed)} of {count} cases"
        return weighed, says, f"open:case:{left[0]}"
    return weighed, "Risk weighed" if count == 1 else f"Risk weighed in all {count} cases", ""


def _followed_up(_expectation: Expectation, item: _Item, linked: _Linked, today: date) -> _Found:
    after = [(on, record) for on, _, record in linked.engagements if item.end < on <= today]
    after += [(done, record) for _, done, record in linked.follow_ups if done is not None and item.end <= done <= today]
    closed = [record for record, state in linked.statements.items() if state is StatementState.FOLLOWED_UP]
    records = tuple(dict.fromkeys([*(record for _, record in sorted(after)), *sorted(closed)]))
    open_ = sorted((due, record) for due, done, record in linked.follow_ups if done is None)
    if open_:
        return records, f"{_many(len(open_), 'follow-up')} open", f"open:follow-up:{open_[0][1]}"
    if after:
        return records, f"Followed up, last on {_said(max(after)[0])}", ""
    if closed:
        return records, "Followed up", ""
    return (), "Nothing heard or done since", f"engagement:{kind_to_log(Expectation.FOLLOW_UP)}"


_FOUND = {
    **dict.fromkeys(_MET_BY_ENGAGEMENTS, _engaged),
    Expectation.DRAFT: _drafted,
    Expectation.CLEARED: _cleared,
    Expectation.RISKS: _risks,
    Expectation.FOLLOW_UP: _followed_up,
}


def _rank(state: StatementState) -> int:
    return _FURTHEST.index(state) if state in _FURTHEST else -1


def _state_words(state: StatementState) -> str:
    return {
        StatementState.IDEA: "still an idea",
        StatementState.DRAFT: "in draft",
        StatementState.CONSULTATION: "in consultation",
        StatementState.FOLLOWED_UP: "followed up",
    }.get(state, state.value)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def counts(states: Iterable[str]) -> dict[State, int]:
    """How many of the states are which, without those that do not occur."""
    listed = list(states)
    return {state: listed.count(state) for state in State if state in listed}


__all__ = [
    "ASKS",
    "COLUMNS",
    "DEADLINES",
    "EXPECTED",
    "HEADS",
    "WEEKS",
    "Mark",
    "State",
    "counts",
    "coverage",
    "marks",
    "readiness",
]
