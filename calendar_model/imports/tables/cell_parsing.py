"""What people write into the cells of a table, as what they mean: days, hours, zones, organisations, states, terms.

What can be read in two ways is not guessed: every function here raises :class:`UnclearCell` with a sentence that says
how to write it instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendar_model.imports.tables.columns import folded, label_of
from calendar_model.imports.zones import zones_by_name, zones_by_town
from calendar_model.reference import Reference
from calendar_model.reference.rows import Organisation

T = TypeVar("T", bound=StrEnum)

FIRST_YEAR, LAST_YEAR = 1948, 2100
"""Of the days that a table can hold: the Universal Declaration, and what nobody plans for."""

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

AS_A_DAY = "Write it as 2027-03-03 or 3 March 2027."


class UnclearCell(ValueError):  # noqa: N818  what is unclear is not an error of the program
    """A cell that says nothing certain; ``str()`` is a sentence that says how to write it."""


@dataclass(frozen=True)
class CellPeriod:
    """When something is, as far as one cell says. Hours are at the place; ``town`` says where, if that is said.

    With ``instant`` the hours are in the offset that it carries.
    """

    first: date
    last: date | None = None
    at: time | None = None
    until: time | None = None
    town: str = ""
    instant: datetime | None = None


def parse_day(text: str) -> date:
    """The day that a cell names: ISO, ``3 March 2027`` in English, Norwegian or French, ``03.03.2027``, day first.

    ``03/04/2027`` raises: it is another day on the other side of the Atlantic.
    """
    said = _without_accents(text.strip().casefold())
    weekday = None
    # "Mar" is a month before its day, and a Tuesday in French before a whole date.
    if (begins := _WEEKDAY.match(said)) and begins[1] in _WEEKDAYS and not _MONTH_DAY.fullmatch(said):
        weekday, said = _WEEKDAYS[begins[1]], said[begins.end() :]
    found = _day(said, text)
    if weekday is not None and found.weekday() != weekday:
        raise UnclearCell(f"“{text}” is a {found:%A}: mend the day or the weekday.")
    return found


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _day(said: str, text: str) -> date:
    if match := _YEAR_FIRST.fullmatch(said):
        return _date(match[1], match[3], match[4], text)
    if match := _WITH_DOTS.fullmatch(said):
        return _date(match[3], match[2], match[1], text)
    if match := _EITHER_WAY.fullmatch(said):
        first, second = int(match[1]), int(match[3])
        if first != second and 1 <= first <= 12 and 1 <= second <= 12:
            one, other = date(2000, second, first), date(2000, first, second)
            raise UnclearCell(
                f"“{text}” can be {one.day} {one:%B} or {other.day} {other:%B}. Write it as "
                f"{match[4]}-{second:02}-{first:02} or {one.day} {one:%B} {match[4]}."
            )
        return _date(match[4], *((match[3], match[1]) if second <= 12 else (match[1], match[3])), text)
    if (match := _DAY_MONTH.fullmatch(said)) and match[2] in _MONTHS:
        return _date(match[3], _MONTHS[match[2]], match[1], text)
    if (match := _MONTH_DAY.fullmatch(said)) and match[1] in _MONTHS:
        return _date(match[3], _MONTHS[match[1]], match[2], text)
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", said):
        raise UnclearCell(
            f"“{text}” is how Excel counts days: give the column the format of a date, or {_lower(AS_A_DAY)}"
        )
    if re.search(r"\b[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}\b", said):
        raise UnclearCell(f"“{text}” leaves open which year it is. {AS_A_DAY}")
    raise UnclearCell(f"“{_short(text)}” is no day. {AS_A_DAY}")


def _date(year: str, month: str | int, day_: str, text: str) -> date:
    try:
        found = date(int(year), int(month), int(day_))
    except ValueError:
        raise UnclearCell(f"“{text}” is no day of any calendar. {AS_A_DAY}") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise UnclearCell(f"“{text}” is not between {FIRST_YEAR} and {LAST_YEAR}: see whether the year is right.")
    return found


def parse_period(text: str) -> CellPeriod:
    """When something is: a day as :func:`parse_day` has it; with an hour as ``2027-03-03T13:00+01:00``; or whole, as
    our own lists say it: ``Mon 23 Feb – Tue 31 Mar 2026``, ``Wed 3 Mar 2027, 13:00–14:30 (Geneva time)``."""
    said = text.strip()
    if match := _INSTANT.fullmatch(said):
        first, begins = parse_day(match[1]), parse_hour(match[2][:5])
        if not match[3]:
            return CellPeriod(first, at=begins)
        try:
            return CellPeriod(first, at=begins, instant=datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3]}"))
        except ValueError:
            raise UnclearCell(f"“{text}” is no hour of any zone. Write it as 2027-03-03T13:00.") from None
    match = _PHRASE.fullmatch(said)
    days = match["days"] if match else said
    at, until = (parse_hour(match[name]) if match and match[name] else None for name in ("at", "until"))
    town = (match["town"] if match else "") or ""
    first_said, dash, last_said = days.partition(" – ")
    if not dash:
        return CellPeriod(parse_day(days), None, at, until, town)
    last = parse_day(last_said)
    return CellPeriod(
        parse_day(first_said if re.search("[0-9]{4}", first_said) else f"{first_said} {last.year}"),
        last,
        at,
        until,
        town,
    )


def parse_hour(text: str) -> time:
    """The hour that a cell names: ``13:00``, ``kl. 13.00``, ``1 pm``."""
    said = text.strip().casefold()
    # A cell of Excel with an hour and no day has the day from which it counts.
    said = re.sub(r"^(1899-12-3[01]|1900-01-0[01])[t ]", "", said)
    match = _HOUR.fullmatch(said)
    if match is None or not (match[2] or match[3]):
        raise UnclearCell(f"“{_short(text)}” is no hour. Write it as 13:00.")
    hours, minutes = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hours <= 12:
            raise UnclearCell(f"“{text}” is no hour. Write it as 13:00.")
        hours = hours % 12 + (12 if match[3] == "p" else 0)
    if hours > 23 or minutes > 59:
        raise UnclearCell(f"“{text}” is no hour of a day. Write it as 13:00.")
    return time(hours, minutes)


def parse_hours(text: str) -> tuple[time, time | None]:
    """From when, and, where the cell says it, to when: ``13:00``, ``13.00–14.30``."""
    first, dash, last = re.sub(r"\s*(–|—|-|\bto\b|\btil\b)\s*", "–", text.strip(), count=1).partition("–")
    return (parse_hour(first), parse_hour(last)) if dash else (parse_hour(text), None)


def parse_zone(text: str, reference: Reference) -> str:
    """The IANA name of a time zone, from that name, from what Windows calls it, or from a town: that of the seat of an
    organisation, or by which a zone is called."""
    said = text.strip()
    towns = {folded(one.seat_city): one.timezone for one in reference.organisations.values() if one.timezone}
    for known in (zones_by_name(), _windows(), towns, zones_by_town()):
        if found := known.get(said.casefold()) or known.get(folded(said)):
            return found
    raise UnclearCell(
        f"“{_short(text)}” is no time zone that is known here. Write it as Europe/Zurich or America/New_York."
    )


def local(instant: datetime, zone_name: str) -> tuple[date, time]:
    """Day and hour of an instant at a place."""
    there = instant.astimezone(ZoneInfo(zone_name))
    return there.date(), there.time().replace(second=0, microsecond=0)


@cache
def _windows() -> Mapping[str, str]:
    return {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}


def parse_term(text: str, terms: Iterable[T]) -> T:
    """One of the terms, by its value or its label, whatever the case."""
    known = {folded(said): one for one in terms for said in (one.value, label_of(one))}
    if (found := known.get(folded(text))) is not None:
        return found
    raise UnclearCell(f"“{_short(text)}” is none of: {', '.join(dict.fromkeys(map(label_of, known.values())))}.")


def parse_organisation(text: str, reference: Reference) -> str:
    """The code of an organisation or body, by its code, its short name, its name, or both as our lists have them."""
    said = folded(text)
    ways = (
        {one.casefold(): [one] for one in reference.organisations},
        _by(reference, lambda one: (one.short_name,)),
        _by(reference, lambda one: (one.name, f"{one.short_name}, {one.name}")),
    )
    for known in ways:
        found = known.get(text.strip().casefold()) or known.get(said) or []
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(sorted(found))
            raise UnclearCell(f"“{text}” can be each of {codes}: write the code.")
    names = [name for one in reference.organisations.values() for name in (one.code, one.short_name, one.name)]
    raise UnclearCell(f"“{_short(text)}” is no organisation or body of the reference{_nearest(text, names)}.")


def _by(reference: Reference, names: Callable[[Organisation], tuple[str, ...]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, one in reference.organisations.items():
        for name in {folded(name) for name in names(one)}:
            found.setdefault(name, []).append(code)
    return found


def parse_state(text: str, reference: Reference) -> str:
    """The ISO 3166 alpha-3 code of a UN member state, by it or by the name."""
    said = folded(text)
    for code, one in reference.states.items():
        if said in (code.casefold(), folded(one.name)):
            return code
    names = [one.name for one in reference.states.values()]
    raise UnclearCell(f"“{_short(text)}” is no member state of the reference{_nearest(text, names)}.")


def parse_address(text: str) -> str:
    """The address of a page."""
    said = text.strip()
    if not re.fullmatch(r"https?://[^\s/.]+\.\S+", said):
        raise UnclearCell(f"“{_short(text)}” is no address of a page. Write it with https:// at its beginning.")
    return said


def _nearest(text: str, names: Iterable[str]) -> str:
    known = {name.casefold(): name for name in names if name}
    near = get_close_matches(text.strip().casefold(), known, n=1, cutoff=0.7)
    return f"; perhaps {known[near[0]]} is meant" if near else ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]} …"


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
