"""What is expected around an item of the calendar, and by when: declarations and nothing else.

Which expectation goes with which kind of item (:data:`EXPECTED`) is read from the guidelines for missions to
international organisations. They would have defenders consulted on initiatives, resolutions among them, and their
participation supported (3.1); bilateral missions and country desks kept in touch with (3.1); a standing dialogue with
the organisations, the regional ones by name (3.2); defenders spoken for in resolutions, statements and the UPR (3.3),
hence a draft, and its clearance; the risk assessed before a case is raised, and the dialogue kept up afterwards (3.4),
hence follow-up.

The guidelines name no times. :data:`WEEKS`, and the weeks before an item's own deadline, are conventions of this house.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calendar_model.mission.events import event_of
from calendar_model.reference import Reference
from calendar_model.terms import EngagementKind, Expectation, StatementForm
from calendar_model.vocabulary import DialogueAt, Kind

OWN_EVENT, REGIONAL_MEETING = "own event", "regional meeting"
"""Kinds of item as far as expectations go; the others have the calendar's name (:class:`Kind`)."""

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
"""By when: weeks from the item's first day, for the follow-up from its last.

A visa takes longest, so participation comes first; who is consulted before the draft can still change it.
"""


@dataclass(frozen=True)
class ItemExpectations:
    """What is expected around one kind of item.

    ``weeks_from_deadline``: where the calendar has the item's own deadline (``drafts_for`` in milestones.csv), these
    expectations are counted from it instead of from the item's first day. ``deadline_of_organisation``: where no
    deadline names the item or its session, the last one of the organisation before the item ends; a plenary's text is
    tabled in the committee.

    ``statement_form`` is the form in which a statement on the item is started. ``ours``: the mission answers for it
    even while nothing is linked to it. ``once_drafted``: nothing is expected before a statement is linked to it.
    """

    expectations: tuple[Expectation, ...]
    weeks_from_deadline: Mapping[Expectation, int] = field(default_factory=dict)
    deadline_of_organisation: bool = False
    statement_form: StatementForm = StatementForm.NATIONAL
    ours: bool = False
    once_drafted: bool = False


# Initiatives on which defenders are to be heard, that we write ourselves, and that stay with us afterwards.
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
    statement_form=StatementForm.RESOLUTION_TEXT,
    ours=True,
)

# Arenas of others: what to work for there comes from defenders, and the organisation is a partner to talk to.
_ARENA = ItemExpectations(
    (Expectation.CONSULTED, Expectation.DIALOGUE, Expectation.RISKS, Expectation.FOLLOW_UP),
)

EXPECTED: Mapping[str, ItemExpectations] = {
    Kind.RESOLUTION: _TEXT,
    Kind.MANDATE_RENEWAL: _TEXT,
    # Our recommendation speaks of one country: its civil society and our mission there know what is worth saying.
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
        statement_form=StatementForm.UPR_RECOMMENDATION,
    ),
    # An event of ours is for defenders to be heard at: with them from the start, and with a way to get there.
    OWN_EVENT: ItemExpectations(
        (Expectation.CONSULTED, Expectation.PARTICIPATION, Expectation.RISKS, Expectation.FOLLOW_UP),
        ours=True,
    ),
    Kind.SESSION: _ARENA,
    REGIONAL_MEETING: _ARENA,
    # A day may be marked by a statement. Nobody has to; once one is started, it is to come to its end.
    Kind.OBSERVANCE: ItemExpectations(
        (Expectation.DRAFT, Expectation.RISKS, Expectation.CLEARED),
        statement_form=StatementForm.PUBLIC_STATEMENT,
        once_drafted=True,
    ),
}
"""What is expected around which kind of item. For all others, deadlines and milestones among them, nothing is.

Risks are asked only where a case is linked to the item, or to a statement that is; follow-up only once the item is
over, and if anything was linked to it or it was our own event. Of an item that is over only the follow-up can still be
missing.
"""

KINDS_COVERED = (*(kind for kind in EXPECTED if kind in set(Kind)), Kind.MEETING, Kind.SIDE_EVENT)
"""The kinds of the calendar table that can have expectations; :func:`key_of` says of each item whether it has any."""

MET_BY_ENGAGEMENTS = tuple(e for e in Expectation if any(kind.traits.meets is e for kind in EngagementKind))
"""The expectations that engagements meet; the others are met by statements, cases and follow-ups."""


def key_of(reference: Reference, *, item: str, kind: str, body: str, organisation: str) -> str:
    """The key of :data:`EXPECTED` for a row of the calendar table; empty for an item of which nothing is expected.

    Of meetings and side events these are the mission's own, and the recurring ones of organisations that call for
    dialogue at their meetings; of sessions those of bodies that call for it at sessions (``dialogue_at`` in
    organisations.csv).
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


def statement_form(kind: str) -> StatementForm:
    """The form in which a statement on an item of this kind is started."""
    return EXPECTED[kind].statement_form if kind in EXPECTED else StatementForm.NATIONAL


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
