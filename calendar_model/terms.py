"""The terms of what staff write, as types; their values are what the database holds.

The kinds of engagement are those of the guidelines' sections 3.1 and 3.2, what is asked of a case those of 3.4.
"""

from __future__ import annotations

from enum import StrEnum


class RecordKind(StrEnum):
    """What a record of the workspace is."""

    EVENT = "event"
    CONTACT = "contact"
    ENGAGEMENT = "engagement"
    STATEMENT = "statement"
    LANGUAGE = "language"
    CASE = "case"
    REPRISAL = "reprisal"
    CORRECTION = "correction"


class EventKind(StrEnum):
    """A dated thing of the mission's own, or, as a ``meeting``, one that others hold and the mission follows."""

    SIDE_EVENT = "side-event"
    MISSION_MEETING = "mission-meeting"
    CONFERENCE = "conference"
    INFORMAL_CONSULTATION = "informal-consultation"
    PANEL = "panel"
    MEETING = "meeting"


class ContactKind(StrEnum):
    """Whom the mission is in contact with."""

    DEFENDER = "defender"
    ORGANISATION = "organisation"
    COALITION = "coalition"


class EngagementKind(StrEnum):
    """What was done with or for defenders (3.1), with missions and desks (3.1), with an organisation (3.2)."""

    INVITED = "invited"
    CONSULTED = "consulted"
    PARTICIPATION_SUPPORTED = "participation-supported"
    ATTENDED_THEIR_EVENT = "attended-their-event"
    PUBLIC_SUPPORT = "public-support"
    SECURITY_MEASURES = "security-measures"
    BILATERAL_MISSION = "bilateral-mission"
    COUNTRY_DESK = "country-desk"
    ORGANISATION_DIALOGUE = "organisation-dialogue"


class EngagementForm(StrEnum):
    """How an engagement took place."""

    IN_PERSON = "in-person"
    ONLINE = "online"
    PHONE = "phone"
    WRITTEN = "written"


class StatementForm(StrEnum):
    """What is said or tabled."""

    NATIONAL = "national"
    JOINT = "joint"
    RESOLUTION_TEXT = "resolution-text"
    AMENDMENT = "amendment"
    UPR_RECOMMENDATION = "upr-recommendation"
    UPR_ADVANCE_QUESTION = "upr-advance-question"
    INTERACTIVE_DIALOGUE = "interactive-dialogue"
    GENERAL_DEBATE = "general-debate"
    EXPLANATION_OF_VOTE = "explanation-of-vote"
    PUBLIC_STATEMENT = "public-statement"


class StatementState(StrEnum):
    """Where a statement stands; :mod:`calendar_model.mission.statements.workflow` says which way leads on."""

    IDEA = "idea"
    DRAFT = "draft"
    CONSULTATION = "consultation"
    CLEARED = "cleared"
    DELIVERED = "delivered"
    FOLLOWED_UP = "followed-up"
    DROPPED = "dropped"


class CosponsorStanding(StrEnum):
    """What a state that was asked to join a joint statement has answered."""

    ASKED = "asked"
    JOINED = "joined"
    DECLINED = "declined"


class ProposalOutcome(StrEnum):
    """What became of language on defenders that was proposed in another text."""

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
    """With whom a case was talked over: the defender, or civil society for them."""

    DEFENDER = "defender"
    CIVIL_SOCIETY = "civil-society"


class RiskLevel(StrEnum):
    """The risk of reprisals if the case is raised."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    NOT_ACCEPTABLE = "not-acceptable"


class Prospect(StrEnum):
    """What raising the case is likely to bring."""

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
    """Where an allegation of reprisal stands."""

    ALLEGED = "alleged"
    REPORTED = "reported"
    ANSWERED = "answered"
    CLOSED = "closed"


class Step(StrEnum):
    """A move of a statement that safeguards stand before and a second person can override."""

    CLEAR = "clear"
    CLOSE = "close"
