"""The field's terms as types.

Dates are calendar dates of the place where a body sits. A date's *precision* says how much of it is known: with
``day`` the days are announced or past; with ``expected`` they are forecast from the past, and come with the interval in
which the first of them lies; with ``month`` or ``year`` the start and end are the first and the last day of a window
inside which the thing takes place, and nothing may draw, sort or export them as exact days.
"""

from __future__ import annotations

from enum import StrEnum

UID_DOMAIN = "hrd-calendar.example"
"""The fixed domain of every identifier in feeds and exports, as RFC 5545 (3.8.4.7) asks for."""


class Kind(StrEnum):
    """The kind of a dated item. A ``milestone`` is a step around a session that is no deadline."""

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
    """How firm a date is, from one that was held to one that is only projected.

    ``not-confirmed``: it was projected or provisional, its last possible day has passed, and nobody has recorded what
    became of it. No record has this standing: it follows from the day.
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
    """How much of a date is known: ``day`` is announced or past, ``expected`` forecast, ``month`` and ``year`` windows.

    No record has the precision ``expected``: it is worked out.
    """

    DAY = "day"
    EXPECTED = "expected"
    MONTH = "month"
    YEAR = "year"

    @property
    def is_window(self) -> bool:
        """Whether no day is claimed: the dates are not set, and lie between the first and last day of the window."""
        return self in (Precision.MONTH, Precision.YEAR)


WINDOWS = frozenset(precision for precision in Precision if precision.is_window)
"""The precisions of windows; a cell of the calendar table can be looked up in it as text."""

RECORDED_PRECISIONS = tuple(precision for precision in Precision if precision is not Precision.EXPECTED)
"""The precisions that a row of the reference can have."""


class Confidence(StrEnum):
    """``sourced``: seen in the document at the source address. ``recalled``: from memory or derived."""

    SOURCED = "sourced"
    RECALLED = "recalled"


class View(StrEnum):
    """Whose rule a cadence is: that of the guidelines, or the penholder's practice since."""

    PRACTICE = "practice"
    GUIDELINES = "guidelines"


class Sensitivity(StrEnum):
    """Who may see a record: everybody, all of the workspace, or those named in it and no others.

    What could point at a person is restricted from birth, and a level goes down only by an act that is recorded
    with its reason.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"

    @property
    def rank(self) -> int:
        """0 for public, and the higher, the fewer may see it."""
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
    """How long a body's session lasts, where that is no number of days."""

    UNTIL_NEXT_OPENING = "next-opening"


class TrackSubject(StrEnum):
    """What recurs in a track: one text, or the review of each state."""

    TEXT = "text"
    STATE = "state"


class ReviewDeparture(StrEnum):
    """How a UPR review left the place in the calendar that it should have had."""

    RESCHEDULED = "rescheduled"
    POSTPONED = "postponed"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


class Vote(StrEnum):
    """How a text was adopted."""

    CONSENSUS = "consensus"
    RECORDED = "recorded"


class ResolutionStatus(StrEnum):
    """``not-tabled``: the text was due and did not come. ``postponed``: it is to come in another session."""

    ADOPTED = "adopted"
    NOT_TABLED = "not-tabled"
    POSTPONED = "postponed"
