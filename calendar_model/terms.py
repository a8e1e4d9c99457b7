"""The terms of what staff write, as types; their values are what the database holds.

:class:`Expectation` and :class:`ReadinessState` are not kept: coverage works them out, and its words are keyed by them.

The kinds of engagement are those of the guidelines' sections 3.1 and 3.2, what is asked of a case those of 3.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeAlias

from calendar_model.translation import N_


class RecordKind(StrEnum):
    """The kind of a record in the workspace."""

    EVENT = "event"
    CONTACT = "contact"
    ENGAGEMENT = "engagement"
    STATEMENT = "statement"
    LANGUAGE = "language"
    CASE = "case"
    REPRISAL = "reprisal"
    CORRECTION = "correction"


class ReadKind(StrEnum):
    """How a person has read a restricted record: its page, a document made with it, its history on the command line."""

    OPENED = "opened"
    DOCUMENT = "document"
    COMMAND_LINE = "command-line"


class MailRhythm(StrEnum):
    """How often a person gets the digest by e-mail."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


class MailStop(StrEnum):
    """Why mail to an address was stopped: its server refused it, or a message came back."""

    REFUSED = "address-refused"
    BOUNCED = "message-came-back"


class FollowKind(StrEnum):
    """What a person follows: an item of the calendar, a track of texts, a State, or a record."""

    ITEM = "item"
    TRACK = "track"
    STATE = "state"
    RECORD = "record"


class Role(StrEnum):
    """What a person does in the mission; :mod:`calendar_model.access.roles` says what each allows."""

    READER = "reader"
    EDITOR = "editor"
    CLEARER = "clearer"
    CASE_OFFICER = "case-officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


GivenRole: TypeAlias = tuple[Role, str | None]
"""A role with the identifier of the mission at which it holds; None for all missions."""


class RoleSource(StrEnum):
    """Where a person's role comes from: given by hand, or by a group of the sign-in."""

    HAND = "hand"
    GROUP = "group"


class EventKind(StrEnum):
    """The mission's own dated event or, as a ``meeting``, one held by others that the mission follows."""

    SIDE_EVENT = "side-event"
    MISSION_MEETING = "mission-meeting"
    CONFERENCE = "conference"
    INFORMAL_CONSULTATION = "informal-consultation"
    PANEL = "panel"
    MEETING = "meeting"


class ContactKind(StrEnum):
    """The kind of a contact of the mission."""

    DEFENDER = "defender"
    ORGANISATION = "organisation"
    COALITION = "coalition"


class ItemOutcome(StrEnum):
    """The outcome of a calendar item, as staff record it.

    ``confirmed``: its days are announced. ``review-outcome``: the Council adopted the outcome of a UPR review.
    """

    CONFIRMED = "confirmed"
    HELD = "held"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ADOPTED = "adopted"
    NOT_TABLED = "not-tabled"
    POSTPONED = "postponed"
    REVIEW_OUTCOME = "review-outcome"


class Expectation(StrEnum):
    """What is expected around an item of the calendar, in the order in which it is shown.

    Around which items, and by when, says :mod:`calendar_model.mission.coverage.expectations`.
    """

    CONSULTED = "consulted"
    PARTICIPATION = "participation"
    BILATERAL = "bilateral"
    DIALOGUE = "dialogue"
    DRAFT = "draft"
    RISKS = "risks"
    CLEARED = "cleared"
    FOLLOW_UP = "follow-up"


class ReadinessState(StrEnum):
    """The state of an expectation. An expectation that does not apply to a kind of item has no state."""

    DONE = "done"
    OPEN = "open"
    DUE_SOON = "due soon"
    LATE = "late"


@dataclass(frozen=True)
class EngagementTraits:
    """The traits of one kind of engagement.

    ``meaning`` is a sentence for the form. ``meets`` is the expectation that an engagement of this kind meets, and
    ``meets_at_own_event`` one that it meets only where the event is the mission's own. ``log_label`` is written on the
    link that logs one where the expectation is not met; of several kinds that meet one the first is offered.
    ``born_restricted``: only the people named may see it, from its creation. ``participants`` are label and example of
    the field for participants, where they are not those of most kinds.
    """

    meaning: str = ""
    meets: Expectation | None = None
    meets_at_own_event: Expectation | None = None
    log_label: str = N_("Log an engagement")
    born_restricted: bool = False
    participants: tuple[str, str] = (N_("Other participants"), N_("Two from civil society in Geneva"))


_NO_TRAITS = EngagementTraits()


class EngagementKind(StrEnum):
    """What was done with or for defenders (3.1), with missions and desks (3.1), with an organisation (3.2).

    A kind is declared here and nowhere else: its value, which the database holds and from which its label is made
    (:func:`calendar_model.wording.term`), and its :class:`EngagementTraits`.
    """

    _value_: str
    traits: EngagementTraits

    def __new__(cls, value: str, traits: EngagementTraits = _NO_TRAITS) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.traits = traits
        return member

    INVITED = (
        "invited",
        EngagementTraits(
            N_("Defenders came to a meeting, a reception or an event at the mission."),
            # An invitation is contact, not consultation; to our own event it is support for participation.
            meets_at_own_event=Expectation.PARTICIPATION,
        ),
    )
    CONSULTED = (
        "consulted",
        EngagementTraits(
            N_(
                "We asked defenders for their views on something we plan: a text, a joint statement or an "
                "initiative on their country."
            ),
            meets=Expectation.CONSULTED,
            log_label=N_("Log a consultation"),
        ),
    )
    PARTICIPATION_SUPPORTED = (
        "participation-supported",
        EngagementTraits(
            N_("We helped someone to take part: travel, accreditation, a visa, speaking time."),
            meets=Expectation.PARTICIPATION,
            log_label=N_("Log support for participation"),
        ),
    )
    ATTENDED_THEIR_EVENT = (
        "attended-their-event",
        EngagementTraits(N_("We attended an event where defenders met or spoke: their meeting, panel or side event.")),
    )
    PUBLIC_SUPPORT = (
        "public-support",
        EngagementTraits(N_("We showed public support, in the media or on social media, as agreed with them.")),
    )
    SECURITY_MEASURES = (
        "security-measures",
        EngagementTraits(
            N_("We agreed security measures with them in case of reprisals. Restricted by default."),
            born_restricted=True,
        ),
    )
    BILATERAL_MISSION = (
        "bilateral-mission",
        EngagementTraits(
            N_("We asked the embassy in or for the country for information and advice."),
            meets=Expectation.BILATERAL,
            log_label=N_("Log contact with the mission or desk"),
            participants=(N_("Mission, and other participants"), N_("Embassy in Nairobi, political section")),
        ),
    )
    COUNTRY_DESK = (
        "country-desk",
        EngagementTraits(
            N_("We consulted the country desk at the Ministry."),
            meets=Expectation.BILATERAL,
            participants=(N_("Desk, and other participants"), N_("Desk for the Horn of Africa")),
        ),
    )
    ORGANISATION_DIALOGUE = (
        "organisation-dialogue",
        EngagementTraits(
            N_(
                "We raised defenders with the organisation: what it does for them, and reprisals against those who "
                "work with it."
            ),
            meets=Expectation.DIALOGUE,
            log_label=N_("Log a dialogue"),
            participants=(N_("Participants from the organisation"), N_("OHCHR, reprisals team")),
        ),
    )


def ordered_kinds(main: EngagementKind | None, further: Iterable[EngagementKind]) -> tuple[EngagementKind, ...]:
    """The kinds of one engagement, each once: the main one, then the further ones in the order of their declaration."""
    others = set(further) - {main}
    return (*([main] if main is not None else []), *(kind for kind in EngagementKind if kind in others))


class EngagementForm(StrEnum):
    """How an engagement took place."""

    IN_PERSON = "in-person"
    ONLINE = "online"
    PHONE = "phone"
    WRITTEN = "written"


class Voice(StrEnum):
    """Who speaks in a statement, or proposes a text."""

    NATIONAL = "national"
    JOINT = "joint"
    GROUP = "group"
    CROSS_REGIONAL = "cross-regional"

    @property
    def is_shared(self) -> bool:
        """Whether other States have to agree to it."""
        return self is not Voice.NATIONAL


class StatementFormat(StrEnum):
    """What a statement is made as: the debate in which it is made, or the kind of text.

    ``STATEMENT`` is one whose debate is not decided, or that is made in another one.
    """

    STATEMENT = "statement"
    INTERACTIVE_DIALOGUE = "interactive-dialogue"
    GENERAL_DEBATE = "general-debate"
    PANEL_DISCUSSION = "panel-discussion"
    EXPLANATION_OF_VOTE = "explanation-of-vote"
    UPR_RECOMMENDATION = "upr-recommendation"
    UPR_ADVANCE_QUESTION = "upr-advance-question"
    RESOLUTION_TEXT = "resolution-text"
    AMENDMENT = "amendment"
    PUBLIC_STATEMENT = "public-statement"


class UprResponse(StrEnum):
    """The answer of the State under review to a recommendation."""

    SUPPORTED = "supported"
    NOTED = "noted"


class StatementState(StrEnum):
    """The state of a statement; :mod:`calendar_model.mission.statements.workflow` defines the transitions."""

    IDEA = "idea"
    DRAFT = "draft"
    CONSULTATION = "consultation"
    CLEARED = "cleared"
    DELIVERED = "delivered"
    FOLLOWED_UP = "followed-up"
    DROPPED = "dropped"


AFTER_DELIVERY = frozenset({StatementState.DELIVERED, StatementState.FOLLOWED_UP})
"""States after the statement has been made."""


class CosponsorStanding(StrEnum):
    """The answer of a State that was asked to join a joint statement."""

    ASKED = "asked"
    JOINED = "joined"
    DECLINED = "declined"


class ProposalOutcome(StrEnum):
    """The outcome of language on defenders proposed in another text."""

    PROPOSED = "proposed"
    KEPT = "kept"
    WEAKENED = "weakened"
    DROPPED = "dropped"


class Suggester(StrEnum):
    """Who suggested that a case be raised."""

    BILATERAL_MISSION = "bilateral-mission"
    MULTILATERAL_MISSION = "multilateral-mission"
    CIVIL_SOCIETY = "civil-society"
    DEFENDER = "defender"
    MINISTRY = "ministry"


class InTheLoop(StrEnum):
    """Who was consulted about a case: the defender, or civil society on their behalf."""

    DEFENDER = "defender"
    CIVIL_SOCIETY = "civil-society"


class RiskLevel(StrEnum):
    """The risk of reprisals if the case is raised."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    NOT_ACCEPTABLE = "not-acceptable"


class Prospect(StrEnum):
    """The prospects of raising the case."""

    IMPROVEMENT = "improvement"
    PREVENTS_WORSENING = "prevents-worsening"
    UNCLEAR = "unclear"
    NONE = "none"


class Publicity(StrEnum):
    """How a case is taken up."""

    QUIET = "quiet"
    STATEMENT = "statement"
    PUBLIC = "public"


class ReprisalState(StrEnum):
    """The state of an allegation of reprisal."""

    ALLEGED = "alleged"
    REPORTED = "reported"
    ANSWERED = "answered"
    CLOSED = "closed"


class Step(StrEnum):
    """A change of state with safeguards, which a second person can override."""

    CLEAR = "clear"
    CLOSE = "close"


class ConsultationAnswer(StrEnum):
    """The answer of a person who was consulted on a text."""

    AGREE = "agree"
    AGREE_WITH_CHANGES = "agree-with-changes"
    OBJECT = "object"
    NO_VIEW = "no-view"
