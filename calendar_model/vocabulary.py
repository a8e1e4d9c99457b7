"""The field's terms as types.

Dates are calendar dates of the place where a body sits. Their *precision*: with ``day`` they are announced or past;
with ``expected`` they are forecast from the past, with an interval for the first day; with ``month`` or ``year`` the
start and end are the first and last day of a window in which the item takes place, and must not be drawn, sorted or
exported as exact days.
"""

from __future__ import annotations

from enum import StrEnum

UID_DOMAIN = "hrd-calendar.example"
"""The fixed domain of every identifier in feeds and exports, as RFC 5545 (3.8.4.7) asks for."""


class Kind(StrEnum):
    """The kind of a dated item. A ``milestone`` is a step around a session, other than a deadline."""

    SESSION = "session"
    RESOLUTION = "resolution"
    MANDATE_RENEWAL = "mandate-renewal"
    UPR_REVIEW = "upr-review"
    DEADLINE = "deadline"
    MILESTONE = "milestone"
    MEETING = "meeting"
    SIDE_EVENT = "side-event"
    OBSERVANCE = "observance"
    MANDATE_HOLDER = "mandate-holder"


class Standing(StrEnum):
    """The status of a date, from held to projected.

    ``not-confirmed``: projected or provisional, with the last possible day passed and no outcome recorded. No record
    has this standing; it follows from the day.
    """

    HELD = "held"
    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"
    PROJECTED = "projected"
    NOT_CONFIRMED = "not-confirmed"
    CANCELLED = "cancelled"


RECORDED_STANDINGS = tuple(standing for standing in Standing if standing is not Standing.NOT_CONFIRMED)
"""The standings that a row of the reference or an event of the mission can have."""


class Precision(StrEnum):
    """The precision of a date: ``day`` is announced or past, ``expected`` forecast, ``month`` and ``year`` windows.

    No record has the precision ``expected``; it is calculated.
    """

    DAY = "day"
    EXPECTED = "expected"
    MONTH = "month"
    YEAR = "year"

    @property
    def is_window(self) -> bool:
        """Whether the dates are not set, and lie between the first and last day of the window."""
        return self in (Precision.MONTH, Precision.YEAR)


WINDOWS = frozenset(precision for precision in Precision if precision.is_window)
"""The precisions of windows; a cell of the calendar table can be looked up as text."""

RECORDED_PRECISIONS = tuple(precision for precision in Precision if precision is not Precision.EXPECTED)
"""The precisions that a row of the reference can have."""


class Confidence(StrEnum):
    """``sourced``: found in the document at the source address. ``recalled``: from memory or derived."""

    SOURCED = "sourced"
    RECALLED = "recalled"


class View(StrEnum):
    """The origin of a cadence: the guidelines, or the penholder's practice since."""

    PRACTICE = "practice"
    GUIDELINES = "guidelines"


class Sensitivity(StrEnum):
    """Who may see a record: everyone, all users of the workspace, or only the people with access.

    Records that could identify a person are created as restricted. A level is lowered only with a recorded reason.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"

    @property
    def rank(self) -> int:
        """0 for public; a higher rank is visible to fewer people."""
        return list(Sensitivity).index(self)


class Level(StrEnum):
    """The level of a code in the tree of organisations."""

    FAMILY = "family"
    ORGANISATION = "organisation"
    BODY = "body"


class DialogueAt(StrEnum):
    """Which dates of an organisation call for dialogue with it: sessions of the body itself, or recurring meetings."""

    SESSIONS = "sessions"
    MEETINGS = "meetings"


class Anchor(StrEnum):
    """The day from which a milestone is counted."""

    SESSION_START = "session-start"
    SESSION_END = "session-end"
    REVIEW = "review"
    MEETING_START = "meeting-start"
    TEXT = "text"


class Unit(StrEnum):
    """What a milestone's offset counts."""

    DAYS = "days"
    WORKING_DAYS = "working-days"
    WEEKS = "weeks"
    MONTHS = "months"
    HOURS = "hours"


class MilestoneKind(StrEnum):
    """What a milestone rule describes."""

    DEADLINE = "deadline"
    EVENT = "event"
    PUBLICATION = "publication"
    PROCESS = "process"
    SPEAKING_TIME = "speaking-time"
    DURATION = "duration"


class SeasonLength(StrEnum):
    """The length of a body's session, where it is not a number of days."""

    UNTIL_NEXT_OPENING = "next-opening"


class TrackSubject(StrEnum):
    """What recurs in a track: one text, or the review of each state."""

    TEXT = "text"
    STATE = "state"


class ReviewDeparture(StrEnum):
    """Why a UPR review is not where it should be in the calendar."""

    RESCHEDULED = "rescheduled"
    POSTPONED = "postponed"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


class Vote(StrEnum):
    """How a text was adopted."""

    CONSENSUS = "consensus"
    RECORDED = "recorded"


class ResolutionStatus(StrEnum):
    """``not-tabled``: due but not tabled. ``postponed``: expected in another session."""

    ADOPTED = "adopted"
    NOT_TABLED = "not-tabled"
    POSTPONED = "postponed"
