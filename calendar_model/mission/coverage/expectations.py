"""What is expected around an item of the calendar, and by when: declarations and nothing else.

:data:`EXPECTED` follows the guidelines for missions to international organisations:

- section 3.1: consult defenders on initiatives, such as resolutions, and support their participation; keep in contact
  with bilateral missions and country desks;
- section 3.2: keep up a dialogue with the organisations, and with the regional ones in particular;
- section 3.3: raise defenders in resolutions, statements and the UPR; this needs a draft, and its clearance;
- section 3.4: assess the risk before a case is raised, and keep up the dialogue afterwards; this is the follow-up.

The guidelines set no deadlines. :data:`WEEKS`, and the weeks before an item's own deadline, are our own conventions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calendar_model.mission.events import event_of
from calendar_model.reference import Reference
from calendar_model.terms import EngagementKind, Expectation, StatementFormat
from calendar_model.vocabulary import DialogueAt, Kind

OWN_EVENT, REGIONAL_MEETING = "own event", "regional meeting"
"""Keys of :data:`EXPECTED` that are not a :class:`Kind` of the calendar."""

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
"""When each expectation is due, in weeks from the item's first day, or for the follow-up from its last day.

Participation comes first, because a visa takes longest. Defenders are consulted before the draft is due, so that they
can still change it.
"""


@dataclass(frozen=True)
class ItemExpectations:
    """What is expected around one kind of item.

    ``weeks_from_deadline`` has the expectations that are counted from the item's own deadline (``drafts_for`` in
    milestones.csv) instead of its first day, if the calendar has that deadline. ``deadline_of_organisation`` says that,
    if no deadline names the item or its session, the organisation's last one before the item ends is used instead: a
    text of the plenary is tabled in the committee.

    ``statement_format`` is the format in which a statement on the item is started. ``ours`` says that the mission is
    responsible for the item even if nothing is linked to it. ``once_drafted`` says that nothing is expected until a
    statement is linked to it.
    """

    expectations: tuple[Expectation, ...]
    weeks_from_deadline: Mapping[Expectation, int] = field(default_factory=dict)
    deadline_of_organisation: bool = False
    statement_format: StatementFormat = StatementFormat.STATEMENT
    ours: bool = False
    once_drafted: bool = False


# Initiatives of our own: we consult defenders on them, write them and follow them up.
_TEXT = ItemExpectations(
    (
        Expectation.CONSULTED,
        Expectation.PARTICIPATION,
        Expectation.DRAFT,
        Expectation.RISKS,
        Expectation.CLEARED,
        Expectation.FOLLOW_UP,
    ),
    weeks_from_deadline={Expectation.DRAFT: -4, Expectation.RISKS: -2, Expectation.CLEARED: -1},
    deadline_of_organisation=True,
    statement_format=StatementFormat.RESOLUTION_TEXT,
    ours=True,
)

# Meetings of others: defenders say what to work for there, and the organisation is a partner for dialogue.
_ARENA = ItemExpectations(
    (Expectation.CONSULTED, Expectation.DIALOGUE, Expectation.RISKS, Expectation.FOLLOW_UP),
)

EXPECTED: Mapping[str, ItemExpectations] = {
    Kind.RESOLUTION: _TEXT,
    Kind.MANDATE_RENEWAL: _TEXT,
    # A recommendation concerns one country, which its civil society and our mission there know best.
    Kind.UPR_REVIEW: ItemExpectations(
        (
            Expectation.CONSULTED,
            Expectation.BILATERAL,
            Expectation.DRAFT,
            Expectation.RISKS,
            Expectation.CLEARED,
            Expectation.FOLLOW_UP,
        ),
        weeks_from_deadline={Expectation.DRAFT: -2, Expectation.RISKS: -1, Expectation.CLEARED: -1},
        statement_format=StatementFormat.UPR_RECOMMENDATION,
    ),
    # Defenders speak at our events, so they are consulted from the start and helped to come.
    OWN_EVENT: ItemExpectations(
        (Expectation.CONSULTED, Expectation.PARTICIPATION, Expectation.RISKS, Expectation.FOLLOW_UP),
        ours=True,
    ),
    Kind.SESSION: _ARENA,
    REGIONAL_MEETING: _ARENA,
    # A statement on an international day is optional; once started, it should be completed.
    Kind.OBSERVANCE: ItemExpectations(
        (Expectation.DRAFT, Expectation.RISKS, Expectation.CLEARED),
        statement_format=StatementFormat.PUBLIC_STATEMENT,
        once_drafted=True,
    ),
}
"""What is expected around each kind of item. Nothing is expected around other kinds, such as deadlines and milestones.

A risk assessment is expected only if a case is linked to the item, or to a statement that is linked to it. A follow-up
is expected only once the item is over, and only if something was linked to it or it was our own event. Nothing else can
be missing once an item is over.
"""

KINDS_COVERED = (*(kind for kind in EXPECTED if kind in set(Kind)), Kind.MEETING, Kind.SIDE_EVENT)
"""The kinds of the calendar table that can have expectations; :func:`key_of` decides for each item."""

MET_BY_ENGAGEMENTS = tuple(e for e in Expectation if any(kind.traits.meets is e for kind in EngagementKind))
"""The expectations that engagements meet; the others are met by statements, cases and follow-ups."""


def key_of(reference: Reference, *, item: str, kind: str, body: str, organisation: str) -> str:
    """Return the key of :data:`EXPECTED` for a row of the calendar table; empty if nothing is expected around it.

    Meetings and side events have expectations if they are the mission's own, or if their organisation has dialogues at
    meetings. Sessions have them if their body has dialogues at sessions (``dialogue_at`` in organisations.csv).
    """
    if kind in (Kind.MEETING, Kind.SIDE_EVENT):
        if event_of(item):
            return OWN_EVENT
        return REGIONAL_MEETING if _calls_for_dialogue(reference, organisation, DialogueAt.MEETINGS) else ""
    if kind == Kind.SESSION and not _calls_for_dialogue(reference, body, DialogueAt.SESSIONS):
        return ""
    return kind if kind in EXPECTED else ""


def _calls_for_dialogue(reference: Reference, code: str, at: DialogueAt) -> bool:
    organisation = reference.organisations.get(code)
    return organisation is not None and organisation.dialogue_at is at


def statement_format(kind: str) -> StatementFormat:
    """Return the format in which a statement on an item is started; ``kind`` is the item's in the calendar table."""
    return EXPECTED[kind].statement_format if kind in EXPECTED else StatementFormat.STATEMENT


def kinds_that_meet(expectation: Expectation, *, own_event: bool) -> tuple[EngagementKind, ...]:
    """Return the kinds of engagement that meet an expectation; more of them count around the mission's own events."""
    return tuple(
        kind
        for kind in EngagementKind
        if kind.traits.meets is expectation or (own_event and kind.traits.meets_at_own_event is expectation)
    )


def kind_to_log(expectation: Expectation) -> EngagementKind:
    """Return the kind of engagement to log if an expectation is not met; for a follow-up it is a consultation."""
    return next(iter(kinds_that_meet(expectation, own_event=False)), EngagementKind.CONSULTED)
