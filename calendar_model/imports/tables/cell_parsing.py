"""Parses the cells of a table: days, hours, zones, organisations, States, terms.

Ambiguous cells are not guessed: every function raises :class:`UnclearCell` with a problem that says what is unclear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendar_model import wording
from calendar_model.access.problems import Problem
from calendar_model.imports.tables.columns import folded
from calendar_model.imports.zones import zones_by_name, zones_by_town
from calendar_model.reference import Reference
from calendar_model.reference.rows import Organisation
from calendar_model.translation import LANGUAGES, in_language

T = TypeVar("T", bound=StrEnum)

FIRST_YEAR, LAST_YEAR = 1948, 2100
"""The range of accepted years: from the Universal Declaration to beyond any planning."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janv janvier",
            "feb february februar fev fevr fevrier",
            "mar march mars",
            "apr april avr avril",
            "may mai",
            "jun june juni juin",
            "jul july juli juil juillet",
            "aug august aout",
            "sep sept september septembre",
            "oct october okt oktober octobre",
            "nov november novembre",
            "dec december des desember decembre",
        ),
        1,
    )
    for name in names.split()
}
"""English, Norwegian and French, without accents."""
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mon monday man mandag lun lundi",
            "tue tues tuesday tir tirsdag mar mardi",
            "wed wednesday ons onsdag mer mercredi",
            "thu thur thurs thursday tor tors torsdag jeu jeudi",
            "fri friday fre fredag ven vendredi",
            "sat saturday lør lørdag sam samedi",
            "sun sunday søn søndag dim dimanche",
        )
    )
    for name in names.split()
}
_WEEKDAY = re.compile(r"([^\W\d_]+)\.?,?\s+(?=\S)")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_WITH_DOTS = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
_EITHER_WAY = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_DAY_MONTH = re.compile(
    r"(?:(?:le|den)\s+)?([0-9]{1,2})(?:st|nd|rd|th|er|\.)?(?:\s+of)?\s*[\s/-]\s*([^\W\d_]+)\.?,?\s*[\s/-]\s*([0-9]{4})"
)
_MONTH_DAY = re.compile(r"([^\W\d_]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?(Z|[+-][0-9:]{5})?"
)
_PHRASE = re.compile(
    r"(?P<days>.+?)"
    r"(?:, (?P<at>[0-9]{2}:[0-9]{2})(?:–(?P<until>[0-9]{2}:[0-9]{2}))? \((?P<town>[^()]+) time\)(?:, .*)?)?"
)
_HOUR = re.compile(r"(?:kl\.?|klokken)?\s*([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?::[0-9]{2})?(?:\s*([ap])\.?m\.?)?")


class UnclearCell(ValueError):  # noqa: N818  what is unclear is not an error of the program
    """An unclear cell; ``problem`` says why, with the text of the ``cell`` among its values."""

    def __init__(self, code: str, cell: str = "", **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, values={"cell": cell, **values})


@dataclass(frozen=True)
class CellPeriod:
    """The dates and times in one cell. Hours are local; ``town`` names the place, if given.

    With ``instant`` the hours are in its own offset.
    """

    first: date
    last: date | None = None
    at: time | None = None
    until: time | None = None
    town: str = ""
    instant: datetime | None = None


def parse_day(text: str) -> date:
    """Return the day in a cell: ISO, ``3 March 2027`` in English, Norwegian or French, ``03.03.2027``, day first.

    ``03/04/2027`` raises, because it is a different day in American notation.
    """
    written = _without_accents(text.strip().casefold())
    weekday = None
    # "Mar" is a month before a day, but a French Tuesday before a whole date.
    if (begins := _WEEKDAY.match(written)) and begins[1] in _WEEKDAYS and not _MONTH_DAY.fullmatch(written):
        weekday, written = _WEEKDAYS[begins[1]], written[begins.end() :]
    found = _day(written, text)
    if weekday is not None and found.weekday() != weekday:
        raise UnclearCell("cell-other-weekday", text, day=found)
    return found


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _day(written: str, text: str) -> date:
    if match := _YEAR_FIRST.fullmatch(written):
        return _date(match[1], match[3], match[4], text)
    if match := _WITH_DOTS.fullmatch(written):
        return _date(match[3], match[2], match[1], text)
    if match := _EITHER_WAY.fullmatch(written):
        first, second = int(match[1]), int(match[3])
        if first != second and 1 <= first <= 12 and 1 <= second <= 12:
            day_first, month_first = date(2000, second, first), date(2000, first, second)
            raise UnclearCell(
                "cell-day-or-month-first", text, day_first=day_first, month_first=month_first, year=match[4]
            )
        return _date(match[4], *((match[3], match[1]) if second <= 12 else (match[1], match[3])), text)
    if (match := _DAY_MONTH.fullmatch(written)) and match[2] in _MONTHS:
        return _date(match[3], _MONTHS[match[2]], match[1], text)
    if (match := _MONTH_DAY.fullmatch(written)) and match[1] in _MONTHS:
        return _date(match[3], _MONTHS[match[1]], match[2], text)
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", written):
        raise UnclearCell("cell-excel-number", text)
    if re.search(r"\b[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}\b", written):
        raise UnclearCell("cell-no-year", text)
    raise UnclearCell("cell-not-a-day", text)


def _date(year: str, month: str | int, day_: str, text: str) -> date:
    try:
        found = date(int(year), int(month), int(day_))
    except ValueError:
        raise UnclearCell("cell-no-such-day", text) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise UnclearCell("cell-year-out-of-range", text, first=FIRST_YEAR, last=LAST_YEAR)
    return found


def parse_period(text: str) -> CellPeriod:
    """Return the period in a cell: a day as in :func:`parse_day`; with a time as ``2027-03-03T13:00+01:00``; or as in
    our own lists: ``Mon 23 Feb – Tue 31 Mar 2026``, ``Wed 3 Mar 2027, 13:00–14:30 (Geneva time)``."""
    written = text.strip()
    if match := _INSTANT.fullmatch(written):
        first, begins = parse_day(match[1]), parse_hour(match[2][:5])
        if not match[3]:
            return CellPeriod(first, at=begins)
        try:
            return CellPeriod(first, at=begins, instant=datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3]}"))
        except ValueError:
            raise UnclearCell("cell-not-an-instant", text) from None
    match = _PHRASE.fullmatch(written)
    days = match["days"] if match else written
    at, until = (parse_hour(match[name]) if match and match[name] else None for name in ("at", "until"))
    town = (match["town"] if match else "") or ""
    first_text, dash, last_text = days.partition(" – ")
    if not dash:
        return CellPeriod(parse_day(days), None, at, until, town)
    last = parse_day(last_text)
    return CellPeriod(
        parse_day(first_text if re.search("[0-9]{4}", first_text) else f"{first_text} {last.year}"),
        last,
        at,
        until,
        town,
    )


def parse_hour(text: str) -> time:
    """Return the time in a cell: ``13:00``, ``kl. 13.00``, ``1 pm``."""
    written = text.strip().casefold()
    # An Excel cell with a time and no date has the date from which Excel counts.
    written = re.sub(r"^(1899-12-3[01]|1900-01-0[01])[t ]", "", written)
    match = _HOUR.fullmatch(written)
    if match is None or not (match[2] or match[3]):
        raise UnclearCell("cell-not-an-hour", text)
    hours, minutes = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hours <= 12:
            raise UnclearCell("cell-not-an-hour", text)
        hours = hours % 12 + (12 if match[3] == "p" else 0)
    if hours > 23 or minutes > 59:
        raise UnclearCell("cell-no-such-hour", text)
    return time(hours, minutes)


def parse_hours(text: str) -> tuple[time, time | None]:
    """Return the start time and, if given, the end time: ``13:00``, ``13.00–14.30``."""
    first, dash, last = re.sub(r"\s*(–|—|-|\bto\b|\btil\b)\s*", "–", text.strip(), count=1).partition("–")
    return (parse_hour(first), parse_hour(last)) if dash else (parse_hour(text), None)


def parse_zone(text: str, reference: Reference) -> str:
    """Return the IANA name of a time zone, from that name, its Windows name, or a town: the seat of an organisation, or
    the town in the name of a zone."""
    written = text.strip()
    seats = [*reference.organisations.values(), *reference.as_recorded.organisations.values()]
    towns = {folded(one.seat_city): one.timezone for one in seats if one.timezone}
    for known in (zones_by_name(), _windows(), towns, zones_by_town()):
        if found := known.get(written.casefold()) or known.get(folded(written)):
            return found
    raise UnclearCell("cell-unknown-zone", text)


def time_at(instant: datetime, zone_name: str) -> tuple[date, time]:
    """Return the local day and time of an instant."""
    there = instant.astimezone(ZoneInfo(zone_name))
    return there.date(), there.time().replace(second=0, microsecond=0)


@cache
def _windows() -> Mapping[str, str]:
    return {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}


def _in_every_language(term: StrEnum) -> Iterator[str]:
    for code in LANGUAGES:
        with in_language(code):
            yield wording.term(term)


def parse_term(text: str, terms: Iterable[T]) -> T:
    """Return one of the terms, by its value or label, in any case."""
    known = {folded(name): one for one in terms for name in (one.value, *_in_every_language(one))}
    if (found := known.get(folded(text))) is not None:
        return found
    raise UnclearCell("cell-not-in-list", text, terms=tuple(dict.fromkeys(known.values())))


def parse_organisation(text: str, reference: Reference) -> str:
    """Return the code of an organisation or body, by code, short name, name, or both names as in our lists.

    Names are English or in the language of ``reference``.
    """
    written = folded(text)
    ways = (
        {one.casefold(): [one] for one in reference.organisations},
        _by(reference, lambda one: (one.short_name,)),
        _by(reference, lambda one: (one.name, f"{one.short_name}, {one.name}")),
    )
    for known in ways:
        found = known.get(text.strip().casefold()) or known.get(written) or []
        if len(found) == 1:
            return found[0]
        if found:
            raise UnclearCell("cell-several-organisations", text, codes=tuple(sorted(found)))
    names = [name for one in reference.organisations.values() for name in (one.code, one.short_name, one.name)]
    raise UnclearCell("cell-unknown-organisation", text, nearest=_nearest(text, names))


def _by(reference: Reference, names: Callable[[Organisation], tuple[str, ...]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, one in reference.organisations.items():
        for name in {folded(name) for own in (one, reference.as_recorded.organisations[code]) for name in names(own)}:
            found.setdefault(name, []).append(code)
    return found


def parse_state(text: str, reference: Reference) -> str:
    """Return the ISO 3166 alpha-3 code of a UN member State, by code or name.

    Names are English or in the language of ``reference``.
    """
    written = folded(text)
    for code, one in reference.states.items():
        if written in (code.casefold(), folded(one.name), folded(reference.as_recorded.states[code].name)):
            return code
    names = [one.name for one in reference.states.values()]
    raise UnclearCell("cell-unknown-state", text, nearest=_nearest(text, names))


def parse_address(text: str) -> str:
    """Return the address of a web page."""
    written = text.strip()
    if not re.fullmatch(r"https?://[^\s/.]+\.\S+", written):
        raise UnclearCell("cell-not-an-address", text)
    return written


def _nearest(text: str, names: Iterable[str]) -> str:
    """Return the closest known name; empty if none is close."""
    known = {name.casefold(): name for name in names if name}
    near = get_close_matches(text.strip().casefold(), known, n=1, cutoff=0.7)
    return known[near[0]] if near else ""
