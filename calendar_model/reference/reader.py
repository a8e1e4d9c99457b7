"""Reads and checks the reference facts in ``data/``.

:func:`load` raises nothing for mistakes in a CSV file. Every mistake becomes a :class:`Fault` with file, line, column,
the value found and the value expected; the row is left out, and the good rows are returned. A row that refers to a
faulty row is left out with it, without a fault of its own: the cause is reported once.
"""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args

import holidays
from dateutil.rrule import rrulestr
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from calendar_model.reference.overlay import CorrectedRow, RowCorrection, apply_corrections, row_key
from calendar_model.reference.rows import (
    COLUMN_ERROR,
    EXPECTED_BY_PATTERN,
    Cadence,
    DateRule,
    ForecastNote,
    MandateHolder,
    Meeting,
    MemberState,
    Milestone,
    MilestoneDate,
    Observance,
    OfficialPublisher,
    Organisation,
    RecurringMeeting,
    ReferenceRow,
    Resolution,
    Review,
    Season,
    Session,
    Track,
)
from calendar_model.reference.un_holidays import UNITED_NATIONS, UnitedNationsHolidays
from calendar_model.vocabulary import Level

DATA_VARIABLE = "HRD_CALENDAR_DATA"
"""Environment variable that names another folder with the same files."""

_BEYOND = 10**6
"""Higher than any line of a file: rows that exist only in corrections are numbered from here."""

_RECENT_YEAR = 2020

_LEAP_CYCLE = timedelta(days=8 * 366)
"""A period that contains every day of the year, including 29 February."""

R = TypeVar("R", bound=ReferenceRow)


@dataclass(frozen=True, order=True)
class Fault:
    """A fault in a reference file. ``line`` counts from 1 with the header; 0 means the whole file.

    ``correction`` names the row whose recorded correction is at fault: the correction is left out, and the file's own
    row is used. A row that is only in a correction has the line 0.
    """

    file: str
    line: int
    column: str
    value: str
    expected: str
    correction: str = field(default="", compare=False)
    whole_file: bool = field(default=False, compare=False)
    """Whether the file, or all of it from this line on, could not be read, so that good rows are missing too."""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        if self.correction:
            place = f"The correction of {self.correction} is not valid and is left out: {place}"
        column = f", column {self.column}" if self.column else ""
        found = f"“{self.value}” found" if self.value else "nothing found"
        return f"{place}{column}: {found}; expected {self.expected}."


@dataclass(frozen=True)
class Reference:
    """The facts, checked. Mappings are by code and keep the order of the file."""

    folder: Path
    organisations: dict[str, Organisation]
    states: dict[str, MemberState]
    sessions: dict[str, Session]
    seasons: dict[str, Season]
    date_rules: tuple[DateRule, ...]
    tracks: dict[str, Track]
    cadences: tuple[Cadence, ...]
    resolutions: tuple[Resolution, ...]
    mandate_holders: tuple[MandateHolder, ...]
    reviews: tuple[Review, ...]
    recurring_meetings: dict[str, RecurringMeeting]
    meetings: tuple[Meeting, ...]
    milestones: dict[str, Milestone]
    milestone_dates: tuple[MilestoneDate, ...]
    forecast_notes: tuple[ForecastNote, ...]
    observances: tuple[Observance, ...]
    official_publishers: tuple[OfficialPublisher, ...]
    faults: tuple[Fault, ...] = field(default=())
    corrected: Mapping[tuple[str, str], CorrectedRow] = field(default_factory=lambda: MappingProxyType({}))
    """Rows corrected from the dashboard, by file and key, including those with which the file has caught up."""
    recorded: Reference | None = field(default=None, repr=False)

    @property
    def as_recorded(self) -> Reference:
        """The same facts with the texts of the files and corrections, of a reference in another language."""
        return self.recorded or self

    def is_official(self, address: str) -> bool:
        """Return whether a web address is that of an official document: published by an organisation or a State."""
        return any(publisher.publishes(address) for publisher in self.official_publishers)

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read to its end; if not, a missing row must not be reported as gone."""
        return not any(fault.whole_file for fault in self.faults)

    def rows_by_key(self, file: str) -> dict[str, ReferenceRow]:
        """Return the rows of a file, corrected, by the key with its parts separated by a blank."""
        rows = getattr(self, "reviews" if file == Review.FILE else Path(file).stem)
        rows = rows.values() if isinstance(rows, dict) else rows
        return {" ".join(str(part) for part in row.key).rstrip(): row for row in rows}

    def lineage(self, code: str) -> tuple[str, ...]:
        """Return the code of an organisation or body and those above it, nearest first."""
        codes: list[str] = []
        while code in self.organisations and code not in codes:
            codes.append(code)
            code = self.organisations[code].parent
        return tuple(codes)

    def seat(self, code: str) -> Organisation | None:
        """Return the nearest organisation at or above a body that has a known seat and time zone."""
        line = (self.organisations[one] for one in self.lineage(code))
        return next((one for one in line if one.timezone), None)

    def short_name(self, code: str) -> str:
        """Return ``HRC``: the short name, else the name, else the code itself if it is unknown."""
        known = self.organisations.get(code)
        return code if known is None else known.short_name or known.name

    def mission_to(self, code: str) -> str:
        """Return Norway's mission to an organisation, or to the nearest one above it; empty if there is none."""
        missions = (self.organisations[one].norway_mission for one in self.lineage(code))
        return next((mission for mission in missions if mission), "")

    def organisation_of(self, code: str) -> str:
        """Return the organisation at or above a body; for a family, which has none, its own code."""
        return next((c for c in self.lineage(code) if self.organisations[c].level is Level.ORGANISATION), code)

    @cached_property
    def beneath(self) -> dict[str, frozenset[str]]:
        """For each code of an organisation, itself and all codes below it."""
        below: defaultdict[str, set[str]] = defaultdict(set)
        for code in self.organisations:
            for ancestor in self.lineage(code):
                below[ancestor].add(code)
        return {code: frozenset(codes) for code, codes in below.items()}

    @cached_property
    def state_names(self) -> dict[str, str]:
        """The name of each UN member state by its ISO 3166 alpha-3 code."""
        return {code: state.name for code, state in self.states.items()}

    @cached_property
    def sessions_of(self) -> dict[str, tuple[Session, ...]]:
        """The sessions of each body, by number."""
        grouped: defaultdict[str, list[Session]] = defaultdict(list)
        for session in self.sessions.values():
            grouped[session.body].append(session)
        return {body: tuple(sorted(rows, key=lambda s: s.number)) for body, rows in grouped.items()}


ROW_CLASSES: tuple[type[ReferenceRow], ...] = (
    Organisation,
    MemberState,
    Session,
    Season,
    DateRule,
    Track,
    Cadence,
    Resolution,
    MandateHolder,
    Review,
    RecurringMeeting,
    Meeting,
    Milestone,
    MilestoneDate,
    ForecastNote,
    Observance,
    OfficialPublisher,
)
"""In reading order: a file refers only to earlier files, or to itself."""


def data_folder() -> Path:
    """Return the folder of the reference: the one in ``HRD_CALENDAR_DATA``, else the project's ``data``."""
    return Path(os.environ.get(DATA_VARIABLE) or Path(__file__).resolve().parents[2] / "data")


def load(folder: Path | None = None, corrections: Sequence[RowCorrection] = ()) -> Reference:
    """Read every file of ``folder`` (default: :func:`data_folder`) and check each row and the whole.

    The ``corrections`` are applied over the files, in their order. One that causes a fault, because the files have
    changed since, is left out, and the fault names it. Returns the good rows and all faults. Raises nothing for
    missing, unreadable or faulty files.
    """
    folder = folder or data_folder()
    reference = _read(folder, corrections)
    if not reference.faults or not corrections:
        return reference
    bare = _read(folder, ())
    if not set(reference.faults) - set(bare.faults):
        return reference
    fitting, left_out = _fitting_corrections(folder, bare, corrections)
    reference = _read(folder, fitting)
    return replace(reference, faults=tuple(sorted([*reference.faults, *left_out])))


def new_faults(
    folder: Path | None, before: Sequence[RowCorrection], after: Sequence[RowCorrection]
) -> tuple[Fault, ...]:
    """Return the faults that the reference has with the corrections ``after`` and not with those ``before``."""
    folder = folder or data_folder()
    faults = _read(folder, after).faults
    known = set(_read(folder, before).faults) if faults else set()
    return tuple(fault for fault in faults if fault not in known)


def _fitting_corrections(
    folder: Path, reference: Reference, corrections: Sequence[RowCorrection]
) -> tuple[tuple[RowCorrection, ...], list[Fault]]:
    """Return the corrections that cause no fault, each on top of those before it, and the faults of the others."""
    fitting: tuple[RowCorrection, ...] = ()
    left_out: list[Fault] = []
    for one in corrections:
        tried = _read(folder, (*fitting, one))
        if wrong := [fault for fault in tried.faults if fault not in set(reference.faults)]:
            left_out += [replace(fault, correction=f"{one.row} ({one.file})") for fault in wrong]
        else:
            fitting, reference = (*fitting, one), tried
    return fitting, left_out


def _read(folder: Path, corrections: Sequence[RowCorrection]) -> Reference:
    reader = _Reader(folder, corrections)
    for kind in ROW_CLASSES:
        reader.read(kind)
    reader.check_the_whole()
    return Reference(
        folder=reader.folder,
        organisations=reader.by_code(Organisation),
        states=reader.by_code(MemberState),
        sessions=reader.by_code(Session),
        seasons=reader.by_code(Season),
        date_rules=reader.rows(DateRule),
        tracks=reader.by_code(Track),
        cadences=reader.rows(Cadence),
        resolutions=reader.rows(Resolution),
        mandate_holders=reader.rows(MandateHolder),
        reviews=reader.rows(Review),
        recurring_meetings=reader.by_code(RecurringMeeting),
        meetings=reader.rows(Meeting),
        milestones=reader.by_code(Milestone),
        milestone_dates=reader.rows(MilestoneDate),
        forecast_notes=reader.rows(ForecastNote),
        observances=reader.rows(Observance),
        official_publishers=reader.rows(OfficialPublisher),
        faults=tuple(sorted(reader.faults)),
        corrected=MappingProxyType(reader.corrected),
    )


class _Reader:
    """Collects the good rows of each file with their lines, and the faults."""

    def __init__(self, folder: Path, corrections: Sequence[RowCorrection] = ()) -> None:
        self.folder = folder
        self.corrections = corrections
        self.corrected: dict[tuple[str, str], CorrectedRow] = {}
        self.faults: list[Fault] = []
        self.good: dict[type[ReferenceRow], dict[int, ReferenceRow]] = {kind: {} for kind in ROW_CLASSES}
        self.codes: dict[str, set[str]] = {}
        self.seen: dict[str, set[str]] = {}

    def rows(self, kind: type[R]) -> tuple[R, ...]:
        return tuple(self.good[kind].values())  # type: ignore[arg-type]

    def by_code(self, kind: type[R]) -> dict[str, R]:
        return {row.code: row for row in self.rows(kind)}  # type: ignore[attr-defined]

    def lines(self, kind: type[R]) -> Iterator[tuple[int, R]]:
        yield from list(self.good[kind].items())  # type: ignore[misc]

    def fault(
        self, file: str, line: int, column: str, value: object, expected: str, *, whole_file: bool = False
    ) -> None:
        line = line if line < _BEYOND else 0
        found = "" if value is None else str(value)
        self.faults.append(Fault(file, line, column, found, expected, whole_file=whole_file))

    def refuse(self, kind: type[ReferenceRow], line: int, column: str, value: object, expected: str) -> None:
        """Record a fault in a row that is valid by itself, and remove the row."""
        self.fault(kind.FILE, line, column, value, expected)
        self.good[kind].pop(line, None)

    def read(self, kind: type[ReferenceRow]) -> None:
        codes_of_file: set[str] = set()
        for line, cells in self._corrected(kind):
            if "code" in cells:
                codes_of_file.add(cells["code"].strip())
            try:
                self.good[kind][line] = kind.model_validate({k: v for k, v in cells.items() if v != ""})
            except ValidationError as error:
                for details in error.errors(include_url=False):
                    column, value, expected = _error_details(kind, details, cells)
                    self.fault(kind.FILE, line, column, value, expected)
        self.seen[kind.FILE] = codes_of_file
        self._check_keys(kind)
        self._check_references(kind)
        self.codes[kind.FILE] = self._own_codes(kind)

    def _corrected(self, kind: type[ReferenceRow]) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Yield the cells of each line with the corrections applied; rows that only corrections have come last."""
        lines: dict[int, Mapping[str, str]] = dict(self._cells(kind))
        if any(fault.file == kind.FILE and fault.line == 0 for fault in self.faults):
            return  # A correction applies to a row of a file that can be read.
        of_row: dict[str, int] = {}
        for line, cells in lines.items():
            of_row.setdefault(row_key(kind, cells), line)
        made = apply_corrections(kind, {row: lines[line] for row, line in of_row.items()}, self.corrections)
        for number, (row, one) in enumerate(made.items()):
            self.corrected[kind.FILE, row] = one
            lines[of_row.get(row, _BEYOND + number)] = one.cells
        yield from lines.items()

    def _cells(self, kind: type[ReferenceRow]) -> Iterator[tuple[int, dict[str, str]]]:
        path = self.folder / kind.FILE
        columns = list(kind.model_fields)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            expected = f"the file in {self.folder}; restore it from version control"
            self.fault(kind.FILE, 0, "", "", expected, whole_file=True)
            return
        except (OSError, UnicodeDecodeError) as error:
            self.fault(kind.FILE, 0, "", type(error).__name__, "a readable CSV file in UTF-8", whole_file=True)
            return
        reader = csv.reader(text.splitlines(keepends=True), strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            required = [name for name, f in kind.model_fields.items() if f.is_required()]
            for name in (name for name in required if name not in header):
                self.fault(kind.FILE, 1, name, "", f"a column {name} in the header", whole_file=True)
            for name, count in Counter(header).items():
                if name not in columns:
                    self.fault(kind.FILE, 1, name, name, f"one of the columns {', '.join(columns)}")
                elif count > 1:
                    self.fault(kind.FILE, 1, name, name, "each column once")
            for row in reader:
                line = reader.line_num
                if not row:
                    continue
                if len(row) != len(header):
                    self.fault(
                        kind.FILE,
                        line,
                        "",
                        f"{len(row)} cells",
                        f"{len(header)} cells; put quotation marks around a cell that contains a comma",
                    )
                    continue
                yield line, {k: v for k, v in zip(header, row, strict=True) if k in columns}
        except csv.Error as error:
            expected = "a CSV row with closed quotation marks"
            self.fault(kind.FILE, reader.line_num, "", str(error), expected, whole_file=True)

    def _check_keys(self, kind: type[ReferenceRow]) -> None:
        first: dict[tuple[Any, ...], int] = {}
        for line, row in self.lines(kind):
            if row.key in first:
                value = " ".join(str(part) for part in row.key if part)
                self.refuse(kind, line, kind.KEY[0], value, f"a code used once; it is already in line {first[row.key]}")
            first.setdefault(row.key, line)

    def _check_references(self, kind: type[ReferenceRow]) -> None:
        for column, file in kind.REFERENCES.items():
            named = self.seen.get(file, set())
            before = -1
            while before != len(self.good[kind]):  # In a file that refers to itself, one removed row can remove more.
                before = len(self.good[kind])
                known = self._own_codes(kind) if file == kind.FILE else self.codes.get(file, set())
                for line, row in self.lines(kind):
                    value = getattr(row, column)
                    for code in value if isinstance(value, tuple) else (value,):
                        self._check_reference(kind, line, column, code, known, named, file)

    def _check_reference(
        self, kind: type[ReferenceRow], line: int, column: str, code: str, known: set[str], named: set[str], file: str
    ) -> None:
        if not code or code in known:
            return
        if code in named:
            self.good[kind].pop(line, None)
        else:
            self.refuse(kind, line, column, code, f"a code of {file}{_nearest(code, named)}")

    def _own_codes(self, kind: type[ReferenceRow]) -> set[str]:
        return {getattr(row, "code", "") for row in self.good[kind].values()}

    def check_the_whole(self) -> None:
        self._check_tree()
        self._check_seasons()
        self._check_resolutions()
        self._check_reviews()
        self._check_meetings()
        self._check_items_of_two_files()
        self._check_yearly_rules()

    def _check_tree(self) -> None:
        rows = self.by_code(Organisation)
        for line, row in self.lines(Organisation):
            passed, code = [], row.code
            while code in rows and code not in passed:
                passed.append(code)
                code = rows[code].parent
            if code in passed:
                self.refuse(Organisation, line, "parent", row.parent, "a parent that is not below the row itself")
            elif row.level is Level.BODY and not any(rows[c].level is Level.ORGANISATION for c in passed):
                self.refuse(
                    Organisation, line, "parent", row.parent, "a parent that is an organisation or belongs to one"
                )
            if row.holidays and not _holidays_known(row.holidays):
                expected = "a calendar such as UN-GE or UN-NY, one from the holidays library such as CH-GE, or nothing"
                self.refuse(Organisation, line, "holidays", row.holidays, expected)

    def _check_seasons(self) -> None:
        for line, row in self.lines(Season):
            if row.opens_until < row.opens_from or row.window_until < row.window_from:
                self.refuse(
                    Season,
                    line,
                    "opens_until",
                    row.opens_until,
                    "months in order, the first not after the last",
                )

    def _check_resolutions(self) -> None:
        sessions = self.by_code(Session)
        for line, row in self.lines(Resolution):
            session = sessions.get(row.session)
            if session is None or row.adopted is None:
                continue
            if not session.start <= row.adopted <= session.end:
                expected = f"a day of {session.code}, {session.start} to {session.end}"
                self.refuse(Resolution, line, "adopted", row.adopted, expected)

    def _check_reviews(self) -> None:
        sessions, states = self.by_code(Session), self.by_code(MemberState)
        first: dict[tuple[int, str], int] = {}
        for line, row in self.lines(Review):
            session = sessions.get(row.session)
            if session is not None and row.date is not None and not session.start <= row.date <= session.end:
                expected = f"a day of {session.code}, {session.start} to {session.end}"
                self.refuse(Review, line, "date", row.date, expected)
            if session is not None and session.cycle != row.cycle:
                self.refuse(Review, line, "cycle", row.cycle, f"{session.cycle}, the cycle of {session.code}")
            place = (row.cycle, row.country)
            if place in first:
                expected = f"each State once in a cycle; {row.country} is already in line {first[place]}"
                self.refuse(Review, line, "country", row.country, expected)
            first.setdefault(place, line)
        faulty = {fault.file for fault in self.faults} & {Review.FILE, MemberState.FILE, Session.FILE}
        for cycle in sorted({cycle for cycle, _ in first}) if not faulty else ():
            for country in states:
                if (cycle, country) not in first:
                    expected = (
                        f"a row for {states[country].name} in cycle {cycle}, in which every member State is reviewed"
                    )
                    self.fault(Review.FILE, 0, "country", country, expected)

    def _check_meetings(self) -> None:
        recurring = self.by_code(RecurringMeeting)
        for line, row in self.lines(Meeting):
            slots = len(recurring[row.meeting].slots)
            if row.slot > slots:
                self.refuse(
                    Meeting,
                    line,
                    "slot",
                    row.slot,
                    f"a number from 1 to {slots}, the editions of {row.meeting}",
                )

    def _check_items_of_two_files(self) -> None:
        """Check the columns that refer to two files: to a session or an edition of a meeting."""
        files = (Session.FILE, Meeting.FILE)
        known = set().union(*(self.codes[file] for file in files))
        named = set().union(*(self.seen[file] for file in files))
        for line, row in self.lines(MilestoneDate):
            self._check_reference(MilestoneDate, line, "session", row.session, known, named, " or ".join(files))
        for line, note in self.lines(ForecastNote):
            self._check_reference(ForecastNote, line, "item", note.item, known, named, " or ".join(files))

    def _check_yearly_rules(self) -> None:
        for line, row in self.lines(Observance):
            if not _days_of_rule(row.rrule, row.first_year):
                expected = "an RFC 5545 rule with at least one date, such as FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=9"
                self.refuse(Observance, line, "rrule", row.rrule, expected)
        once_a_year = "an RFC 5545 rule with exactly one date a year, such as FREQ=YEARLY;BYMONTH=9;BYDAY=2TU"
        for line, season in self.lines(Season):
            if season.main_part_until and not _is_once_a_year(season.main_part_until, _RECENT_YEAR):
                self.refuse(Season, line, "main_part_until", season.main_part_until, once_a_year)
        for line, rule in self.lines(DateRule):
            if not _is_once_a_year(rule.rrule, rule.first_year):
                self.refuse(DateRule, line, "rrule", rule.rrule, once_a_year)


def _days_of_rule(rrule: str, first_year: int) -> list[datetime]:
    """Return the days of a rule in a leap cycle from ``first_year``; none for a rule that cannot be read."""
    first = datetime(first_year, 1, 1)  # noqa: DTZ001  a day has no zone
    try:
        return list(rrulestr(rrule, dtstart=first).between(first, first + _LEAP_CYCLE, inc=True))
    except ValueError:
        return []


def _is_once_a_year(rrule: str, first_year: int) -> bool:
    years = Counter(day.year for day in _days_of_rule(rrule, first_year))
    return all(years[first_year + more] == 1 for more in range(8))


def working_calendar(code: str, years: Iterable[int] = ()) -> holidays.HolidayBase:
    """Return the public holidays of a seat by its code (``CH-GE``, ``PL``); raise NotImplementedError if unknown.

    ``UN-GE``, ``UN-NY`` and ``UN-VIC`` are the United Nations' own at Geneva, New York and Vienna.
    """
    country, _, subdivision = code.partition("-")
    if country == UNITED_NATIONS and subdivision:
        return UnitedNationsHolidays(subdiv=subdivision, years=tuple(years))
    return holidays.country_holidays(country, subdiv=subdivision or None, years=tuple(years))


def _holidays_known(code: str) -> bool:
    try:
        working_calendar(code)
    except NotImplementedError:
        return False
    return True


def _nearest(code: str, codes: Iterable[str]) -> str:
    near = get_close_matches(code, sorted(codes), n=1)
    return f"; did you mean {near[0]}" if near else ""


def _choices(annotation: Any) -> Sequence[str]:
    """Return the values of the enumeration in an annotation, however deep in Annotated, Optional and tuples."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [member.value for member in annotation]
    return [choice for part in get_args(annotation) for choice in _choices(part)]


_EXPECTED = {
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "date_from_datetime_parsing": "a date written as 2026-02-23",
    "date_parsing": "a date written as 2026-02-23",
    "time_parsing": "a time written as 13:00",
    "missing": "a value",
    "string_too_short": "a value",
}


def _error_details(kind: type[ReferenceRow], details: ErrorDetails, cells: Mapping[str, str]) -> tuple[str, str, str]:
    """Return column, value and the value expected, from one pydantic error."""
    error, context = details["type"], details.get("ctx", {})
    if error == COLUMN_ERROR:
        return context["column"], cells.get(context["column"], ""), context["expected"]
    column = str(details["loc"][0]) if details["loc"] else ""
    value = cells.get(column, "")
    info = kind.model_fields.get(column)
    if error == "value_error":
        return column, value, str(context["error"])
    if error == "enum" and info is not None:
        return column, value, f"one of {', '.join(_choices(info.annotation))}"
    if error == "string_pattern_mismatch":
        return column, value, EXPECTED_BY_PATTERN[context["pattern"]]
    if error in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return column, value, _bounds(details)
    return column, value, _EXPECTED.get(error, details["msg"].removeprefix("Input should be ").rstrip("."))


def _bounds(details: ErrorDetails) -> str:
    limits = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    return " and ".join(f"{limits[name]} {limit}" for name, limit in details["ctx"].items() if name in limits)
