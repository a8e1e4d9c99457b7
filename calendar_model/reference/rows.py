"""The rows of the reference in ``data/``: one class a file, one attribute a column.

They are frozen, and pydantic checks every value; :mod:`calendar_model.reference.reader` turns its errors
into sentences. A new column is an attribute here and a column of the file: the checks and the corrections follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from calendar_model.vocabulary import (
    RECORDED_PRECISIONS,
    RECORDED_STANDINGS,
    Anchor,
    Confidence,
    DialogueAt,
    Kind,
    Level,
    MilestoneKind,
    Precision,
    ResolutionStatus,
    ReviewDeparture,
    SeasonLength,
    Standing,
    TrackSubject,
    Unit,
    View,
    Vote,
)

COLUMN_ERROR = "column"
"""The type of pydantic's error for a value that contradicts the rest of its row; see :func:`_column_error`."""


def _column_error(column: str, expected: str) -> PydanticCustomError:
    """Build the error of a row whose ``column`` does not fit the others; its context holds both arguments."""
    return PydanticCustomError(COLUMN_ERROR, "{expected}", {"column": column, "expected": expected})


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


def _split(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(";") if part.strip()) if isinstance(value, str) else value


def _known_zone(value: Any) -> Any:
    if value:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("an IANA time zone such as Europe/Zurich, or nothing") from None
    return value


def _iso_date(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("a date written as 2026-02-23")
    return value


def _slots(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    slots = []
    for part in value.split(";"):
        match = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= 12:
            raise ValueError("months or month ranges separated by semicolons, such as 1 or 9-10 or 3;6;9;12")
        slots.append((first, last))
    return tuple(slots)


def _one_of(values: tuple[StrEnum, ...]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in values:
            raise ValueError(f"one of {', '.join(values)}")
        return value

    return check


def _yearly(value: Any) -> Any:
    if value and not re.fullmatch(_YEARLY_RULE, str(value)):
        raise ValueError(EXPECTED_BY_PATTERN[_YEARLY_RULE])
    return value


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
OptionalDate = Annotated[IsoDate | None, BeforeValidator(_empty_is_none)]
OptionalTime = Annotated[time | None, BeforeValidator(_empty_is_none)]
OptionalInt = Annotated[int | None, BeforeValidator(_empty_is_none)]
OptionalFloat = Annotated[float | None, BeforeValidator(_empty_is_none)]
Month = Annotated[int, Field(ge=1, le=12)]
SpanMonth = Annotated[int, Field(ge=1, le=24)]
OptionalSpanMonth = Annotated[SpanMonth | None, BeforeValidator(_empty_is_none)]
Codes = Annotated[tuple[str, ...], BeforeValidator(_split)]
Zone = Annotated[str, BeforeValidator(_known_zone)]
KnownStanding = Annotated[Standing, AfterValidator(_one_of(RECORDED_STANDINGS))]
KnownPrecision = Annotated[Precision, AfterValidator(_one_of(RECORDED_PRECISIONS))]
_ISO3, _OPTIONAL_ISO3 = r"^[A-Z]{3}$", r"^([A-Z]{3})?$"
_CODE = r"^[A-Za-z0-9][A-Za-z0-9-]*$"
_OPTIONAL_CODE = r"^([A-Za-z0-9][A-Za-z0-9-]*)?$"
_URL = r"^(https?://\S+)?$"
_DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"
_COLOUR = r"^#[0-9a-fA-F]{6}$"
_YEARLY_RULE = r"^FREQ=YEARLY(;[A-Z]+=[^;]+)+$"

EXPECTED_BY_PATTERN: Mapping[str, str] = {
    _ISO3: "a country as three capital letters, such as NOR",
    _OPTIONAL_ISO3: "a country as three capital letters, such as NOR",
    _CODE: "letters, digits and hyphens",
    _OPTIONAL_CODE: "letters, digits and hyphens, or nothing",
    _URL: "an address that starts with https:// or http://, without spaces",
    _DOMAIN: "a domain in small letters, such as ohchr.org",
    _COLOUR: "a colour written as #1f4e79",
    _YEARLY_RULE: "an RFC 5545 rule such as FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=9",
}
"""The expected value, by the pattern that was not matched."""

Iso3 = Annotated[str, Field(pattern=_ISO3)]
OptionalIso3 = Annotated[str, Field(pattern=_OPTIONAL_ISO3)]
Code = Annotated[str, Field(pattern=_CODE)]
OptionalCode = Annotated[str, Field(pattern=_OPTIONAL_CODE)]
Url = Annotated[str, Field(pattern=_URL)]
YearlyRule = Annotated[str, BeforeValidator(_yearly)]


class ReferenceRow(BaseModel):
    """A row of a reference file. ``source_url`` is its source, ``updated`` the date of its last change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    FILE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]] = ("code",)
    REFERENCES: ClassVar[dict[str, str]] = {}
    """Which columns hold codes of which file; an empty cell refers to nothing."""

    source_url: Url = ""
    source_note: str = ""
    confidence: Confidence
    recalled_fields: Codes = ()
    notes: str = ""
    updated: IsoDate

    @property
    def key(self) -> tuple[Any, ...]:
        """The key that is unique within the file."""
        return tuple(getattr(self, name) for name in self.KEY)

    def confidence_in(self, column: str) -> Confidence:
        """The confidence of one column: the source of a row need not cover every column."""
        return Confidence.RECALLED if column in self.recalled_fields else self.confidence

    @model_validator(mode="after")
    def _sourced_has_a_source(self) -> ReferenceRow:
        if self.confidence is Confidence.SOURCED and not self.source_url:
            raise _column_error("confidence", "recalled, because source_url is empty")
        unknown = [name for name in self.recalled_fields if name not in type(self).model_fields]
        if unknown:
            raise _column_error("recalled_fields", f"names of columns in this file; “{unknown[0]}” is not one")
        return self


class DatedRow(ReferenceRow):
    """A row whose date, place or standing can change; ``revision`` rises with each such change."""

    revision: int = Field(default=0, ge=0)


def _in_order(record: Any) -> None:
    """Check that the start is not after the end, and that a window consists of whole months or years."""
    start, end, precision = record.start, record.end, record.date_precision
    if end is None:
        return
    if end < start:
        raise _column_error("end", f"a date on or after the start, {start}")
    if precision is Precision.DAY:
        return
    if start.day != 1 or (precision is Precision.YEAR and start.month != 1):
        raise _column_error("start", f"the first day of the {precision}, because only the {precision} is known")
    tomorrow = date.fromordinal(end.toordinal() + 1)
    if tomorrow.day != 1 or (precision is Precision.YEAR and tomorrow.month != 1):
        raise _column_error("end", f"the last day of the {precision}, because only the {precision} is known")


def _announced_in_order(record: Any) -> None:
    """Check that both dates first announced are given, in order, or neither."""
    if (record.announced_start is None) != (record.announced_end is None):
        missing = "announced_end" if record.announced_end is None else "announced_start"
        raise _column_error(missing, "a date, because the other announced date is given")
    if record.announced_start is not None and record.announced_end < record.announced_start:
        raise _column_error("announced_end", f"a date on or after announced_start, {record.announced_start}")


class Organisation(ReferenceRow):
    """A family (UN), an organisation in it (Human Rights Council) or a body below that (UPR Working Group).

    ``holidays`` names the working-day calendar of the seat (``UN-GE``: the United Nations at Geneva, ``BE``: Belgium);
    ``mechanism`` is what the organisation has for human rights defenders, ``colour`` its colour in every picture.
    ``dialogue_at``: the dates that call for dialogue with it; meetings include those of its bodies.
    """

    FILE = "organisations.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"parent": "organisations.csv"}

    code: Code
    name: str = Field(min_length=1)
    short_name: str = Field(min_length=1)
    parent: str = ""
    level: Level
    type: str = ""
    mechanism: str = ""
    mechanism_basis: str = ""
    dialogue_at: Annotated[DialogueAt | None, BeforeValidator(_empty_is_none)] = None
    seat_city: str = ""
    country: OptionalIso3 = ""
    timezone: Zone = ""
    holidays: str = ""
    website: Url = ""
    norway_mission: str = ""
    colour: Annotated[str, Field(pattern=_COLOUR)]


class MemberState(ReferenceRow):
    """A member state of the United Nations, by its ISO 3166 alpha-3 code."""

    FILE = "states.csv"

    code: Iso3
    name: str = Field(min_length=1)


class Session(DatedRow):
    """A session of a body. ``known_from``: the day from which its dates could be known; empty: its opening.

    ``announced_start`` and ``announced_end`` are the days announced first, of a session that was held or is to be held
    on others, and ``moved_because`` says why.
    """

    FILE = "sessions.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"body": "organisations.csv"}

    code: Code
    body: str
    number: int = Field(ge=1)
    cycle: OptionalInt = None
    title: str = Field(min_length=1)
    start: IsoDate
    end: IsoDate
    date_precision: KnownPrecision
    standing: KnownStanding
    interruption: str = ""
    location: str = ""
    known_from: OptionalDate = None
    announced_start: OptionalDate = None
    announced_end: OptionalDate = None
    moved_because: str = ""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Session:
        _in_order(self)
        _announced_in_order(self)
        return self


class Season(ReferenceRow):
    """A body's habit of meeting at one time of the year, by which sessions not yet dated are projected.

    A session belongs to the season in whose months ``opens_from``-``opens_until`` it opens; while its dates are
    not known it lies in ``window_from``-``window_until``, where months 13-24 are those of the next year.
    ``sessions_per_year`` is how many sessions the body numbers in a year, all seasons together. ``counted_from`` is the
    season from whose opening this one's may be counted. A season that ``lasts`` until the ``next-opening`` closes on
    the day on which the next one opens; ``main_part_until`` is the rule (RFC 5545) for the last day of its main part.
    """

    FILE = "seasons.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"body": "organisations.csv", "counted_from": "seasons.csv"}

    code: Code
    body: str
    name: str
    opens_from: Month
    opens_until: Month
    window_from: SpanMonth
    window_until: SpanMonth
    sessions_per_year: int = Field(ge=1)
    session_prefix: str = Field(min_length=1)
    counted_from: str = ""
    lasts: Annotated[SeasonLength | None, BeforeValidator(_empty_is_none)] = None
    main_part_until: YearlyRule = ""
    first_year: OptionalInt = None
    last_year: OptionalInt = None


class DateRule(ReferenceRow):
    """A rule of procedure for the first day of a season's session: one day a year.

    ``rrule`` is its rule as in RFC 5545, in force for the years ``first_year`` to ``last_year`` and known from a day;
    ``statement`` completes "opened …".
    """

    FILE = "date_rules.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"season": "seasons.csv"}

    code: Code
    season: str
    rrule: Annotated[str, Field(pattern=_YEARLY_RULE)]
    first_year: int
    last_year: OptionalInt = None
    known_from: IsoDate
    statement: str = Field(min_length=1)


class Track(ReferenceRow):
    """A series of texts, or of reviews, that recur at an interval.

    ``negotiated_in`` is the committee that prepares the text, where it is not the body that adopts it.
    """

    FILE = "tracks.csv"
    REFERENCES: ClassVar[dict[str, str]] = {
        "organisation": "organisations.csv",
        "body": "organisations.csv",
        "negotiated_in": "organisations.csv",
    }

    code: Code
    title: str = Field(min_length=1)
    short_title: str = Field(min_length=1)
    organisation: str
    body: str
    negotiated_in: str = ""
    kind: Kind
    subject: TrackSubject
    penholder: str = ""
    description: str = ""


class Cadence(ReferenceRow):
    """A rule of cadence: its interval, in force from ``first_year`` to ``last_year``, known from a day.

    A text comes ``interval_years`` after the one before, in the ``season``'s session and there between the months
    ``window_from`` and ``window_until`` (empty: any day of the session). With ``interval_sessions`` a
    state's review comes so many sessions later, in about ``interval_years`` to ``interval_years_max``.
    """

    FILE = "cadences.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"track": "tracks.csv", "season": "seasons.csv"}

    code: Code
    track: str
    view: View
    interval_years: float = Field(gt=0)
    interval_years_max: OptionalFloat = None
    interval_sessions: OptionalInt = None
    season: str = ""
    window_from: OptionalSpanMonth = None
    window_until: OptionalSpanMonth = None
    first_year: int
    last_year: OptionalInt = None
    known_from: IsoDate
    statement: str = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> Cadence:
        if not self.season and self.interval_sessions is None:
            raise _column_error("season", "a code of seasons.csv, or a value in interval_sessions")
        if self.interval_sessions is None and self.interval_years != int(self.interval_years):
            raise _column_error("interval_years", "a whole number of years, or a value in interval_sessions")
        if self.last_year is not None and self.last_year < self.first_year:
            raise _column_error("last_year", f"first_year ({self.first_year}) or a later year")
        return self


class Resolution(DatedRow):
    """A text adopted, or one that was due and was not tabled or was postponed. Votes are counts of states.

    ``postponed_to`` is the session, by its code, or the year in which the text is expected instead; ``theme`` says why
    a text was not tabled. ``cosponsors`` counts the states that sponsored the text with the penholder.
    ``published_as`` is the identifier of its item where that is an older one than track and session give: subscribed
    calendars know it.
    """

    FILE = "resolutions.csv"
    REFERENCES: ClassVar[dict[str, str]] = {
        "track": "tracks.csv",
        "body": "organisations.csv",
        "session": "sessions.csv",
    }

    code: Code
    track: str = ""
    body: str
    session: str
    symbol: str = ""
    title: str = ""
    theme: str = ""
    status: ResolutionStatus
    adopted: OptionalDate = None
    postponed_to: OptionalCode = ""
    vote: Annotated[Vote | None, BeforeValidator(_empty_is_none)] = None
    yes: OptionalInt = None
    no: OptionalInt = None
    abstain: OptionalInt = None
    cosponsors: Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_empty_is_none)] = None
    penholder: str = ""
    draft_symbol: str = ""
    record_url: Url = ""
    published_as: OptionalCode = ""

    @model_validator(mode="after")
    def _complete(self) -> Resolution:
        if self.status is ResolutionStatus.ADOPTED and not (self.adopted and self.symbol and self.vote):
            missing = "adopted" if not self.adopted else "symbol" if not self.symbol else "vote"
            raise _column_error(missing, "a value, because the text is adopted")
        if self.status is not ResolutionStatus.ADOPTED and self.adopted:
            raise _column_error("adopted", "empty, because the text was not adopted")
        if (self.status is ResolutionStatus.POSTPONED) != bool(self.postponed_to):
            expected = "a session or a year, because" if not self.postponed_to else "empty, unless"
            raise _column_error("postponed_to", f"{expected} the text is postponed")
        if self.vote is Vote.RECORDED and None in (self.yes, self.no, self.abstain):
            raise _column_error("yes", "the three counts of the recorded vote")
        return self


class MandateHolder(ReferenceRow):
    """Who holds a mandate, from when to when; ``holder`` is empty where the name is not known."""

    FILE = "mandate_holders.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"organisation": "organisations.csv"}

    code: Code
    mandate: str = Field(min_length=1)
    organisation: str
    holder: str = ""
    nationality: OptionalIso3 = ""
    title: str = ""
    start: IsoDate
    end: OptionalDate = None
    date_precision: KnownPrecision
    appointed_at: str = ""

    @model_validator(mode="after")
    def _dates_in_order(self) -> MandateHolder:
        if self.end is not None and self.end < self.start:
            raise _column_error("end", f"a date on or after the start, {self.start}")
        return self


class Review(DatedRow):
    """A state's review in a UPR cycle. ``moved_from`` is the session in which it should have been."""

    FILE = "upr_reviews.csv"
    REFERENCES: ClassVar[dict[str, str]] = {
        "session": "sessions.csv",
        "country": "states.csv",
        "moved_from": "sessions.csv",
        "outcome_session": "sessions.csv",
    }

    code: Code
    cycle: int = Field(ge=1)
    session: str
    country: Iso3
    order: OptionalInt = None
    date: OptionalDate = None
    standing: KnownStanding
    departure: Annotated[ReviewDeparture | None, BeforeValidator(_empty_is_none)] = None
    moved_from: str = ""
    outcome_session: str = ""
    outcome_date: OptionalDate = None
    outcome_decision: str = ""


class RecurringMeeting(ReferenceRow):
    """A recurring meeting: ``slots`` are the months of its editions in a year, first and last of each.

    ``counted_from`` is the season from whose opening its first day may be counted.
    """

    FILE = "recurring_meetings.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"organisation": "organisations.csv", "counted_from": "seasons.csv"}

    code: Code
    organisation: str
    name: str = Field(min_length=1)
    slots: Annotated[tuple[tuple[int, int], ...], BeforeValidator(_slots)]
    interval_years: int = Field(default=1, ge=1)
    anchor_year: OptionalInt = None
    typical_days: OptionalInt = None
    counted_from: str = ""
    location: str = ""
    timezone: Zone = ""
    relevance: str = ""
    rhythm: str = ""
    first_year: OptionalInt = None
    last_year: OptionalInt = None

    @model_validator(mode="after")
    def _anchored(self) -> RecurringMeeting:
        if self.interval_years > 1 and self.anchor_year is None:
            raise _column_error(
                "anchor_year", "a year in which the meeting takes place, because it is not held every year"
            )
        return self


class Meeting(DatedRow):
    """One edition of a recurring meeting; ``slot`` says which of the year's editions (from 1).

    ``announced_start``, ``announced_end`` and ``moved_because`` are as in :class:`Session`.
    """

    FILE = "meetings.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"meeting": "recurring_meetings.csv"}

    code: Code
    meeting: str
    slot: int = Field(default=1, ge=1)
    title: str = ""
    start: IsoDate
    end: IsoDate
    date_precision: KnownPrecision
    standing: KnownStanding
    location: str = ""
    announced_start: OptionalDate = None
    announced_end: OptionalDate = None
    moved_because: str = ""

    @property
    def year(self) -> int:
        """The year of the edition, also of one that was moved into another."""
        return (self.announced_start or self.start).year

    @model_validator(mode="after")
    def _dates_in_order(self) -> Meeting:
        _in_order(self)
        _announced_in_order(self)
        return self


class Milestone(ReferenceRow):
    """A rule for what is due around a session, a review or a meeting.

    ``offset`` and ``unit`` count from ``anchor`` (negative: before it); ``time`` is the hour at ``timezone``, the
    place of the body. A rule without an offset is a process, a speaking time or a length, or is dated by hand in
    ``milestone_dates.csv``. ``tracks`` narrows it to sessions in which a text of those tracks is due, ``season`` to the
    sessions of one season. ``about`` is the
    kind of item that the rule is about, where it is not the session as a whole; ``drafts_for`` are the kinds of item
    whose drafts are counted back from this deadline.
    """

    FILE = "milestones.csv"
    REFERENCES: ClassVar[dict[str, str]] = {
        "body": "organisations.csv",
        "meeting": "recurring_meetings.csv",
        "tracks": "tracks.csv",
        "season": "seasons.csv",
    }

    code: Code
    body: str
    name: str = Field(min_length=1)
    kind: MilestoneKind
    offset: OptionalInt = None
    unit: Annotated[Unit | None, BeforeValidator(_empty_is_none)] = None
    anchor: Annotated[Anchor | None, BeforeValidator(_empty_is_none)] = None
    meeting: str = ""
    tracks: Codes = ()
    season: str = ""
    about: Annotated[Kind | None, BeforeValidator(_empty_is_none)] = None
    drafts_for: Annotated[tuple[Kind, ...], BeforeValidator(_split)] = ()
    time: OptionalTime = None
    timezone: Zone = ""
    seconds: str = ""
    seconds_for: str = ""
    for_whom: str = ""
    rule: str = ""
    first_year: OptionalInt = None
    last_year: OptionalInt = None

    @model_validator(mode="after")
    def _countable(self) -> Milestone:
        if self.offset is not None and (self.unit is None or self.anchor is None):
            raise _column_error("unit", "a unit and an anchor, because there is an offset")
        if self.anchor is Anchor.MEETING_START and not self.meeting:
            raise _column_error("meeting", "a code of recurring_meetings.csv, because the anchor is a meeting")
        if self.drafts_for and self.kind is not MilestoneKind.DEADLINE:
            raise _column_error("drafts_for", "nothing, because drafts are counted back from deadlines only")
        return self


class MilestoneDate(DatedRow):
    """A date set by hand for a milestone of one session, meeting or state; it replaces the one by the rule."""

    FILE = "milestone_dates.csv"
    KEY = ("milestone", "session", "country")
    REFERENCES: ClassVar[dict[str, str]] = {"milestone": "milestones.csv", "country": "states.csv"}

    milestone: str
    session: str = ""
    country: OptionalIso3 = ""
    date: IsoDate
    time: OptionalTime = None
    standing: KnownStanding


class ForecastNote(ReferenceRow):
    """Why a session or an edition of a meeting was on other days than its habit, for readers of the record."""

    FILE = "forecast_notes.csv"
    KEY = ("item",)

    item: Code
    reason: str = Field(min_length=1)


class OfficialPublisher(ReferenceRow):
    """An organisation, a government or a parliament, and the ``domain`` at which it publishes its own documents."""

    FILE = "official_publishers.csv"
    KEY = ("domain",)

    domain: Annotated[str, Field(pattern=_DOMAIN)]
    name: str = Field(min_length=1)

    def publishes(self, address: str) -> bool:
        """Whether a web address is on the domain or below it."""
        host = urlsplit(address).hostname or ""
        return host == self.domain or host.endswith(f".{self.domain}")


class Observance(ReferenceRow):
    """A day observed every year; ``rrule`` is its rule as in RFC 5545."""

    FILE = "observances.csv"
    REFERENCES: ClassVar[dict[str, str]] = {"organisation": "organisations.csv"}

    code: Code
    name: str = Field(min_length=1)
    organisation: str
    rrule: Annotated[str, Field(pattern=_YEARLY_RULE)]
    first_year: int
    relevance: str = ""
