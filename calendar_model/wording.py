"""Dates, numbers and file names as text, in one format everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.numbers import format_decimal

from calendar_model.translation import SOURCE, gettext, language, ngettext
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Precision, Standing

_ALPHA_2 = {
    code: names[0] for code, names in get_global("territory_aliases").items() if len(code) == 3 and code.isalpha()
}
"""The two-letter codes of States by their three-letter ones, as CLDR has them."""


_locale = cache(Locale)


@lru_cache(maxsize=16384)
def _formatted(skeleton: str, value: date, code: str) -> str:
    """A day by a skeleton of CLDR; a calendar has each of its days many times."""
    return str(format_skeleton(skeleton, value, locale=_locale(code)))


def day(value: date, *, year: bool = True, weekday: bool = True) -> str:
    """Return ``Mon 23 Feb 2026``, or a shorter form without ``weekday`` or ``year``."""
    if (code := language()) != SOURCE:
        return _formatted(f"{'y' if year else ''}MMM{'E' if weekday else ''}d", value, code)
    parts = [f"{value:%a}"] if weekday else []
    return " ".join([*parts, f"{value.day} {value:%b}", *([f"{value.year}"] if year else [])])


def month(value: date, *, year: bool = True) -> str:
    """Return ``Feb 2027``, or ``Feb`` without ``year``."""
    if (code := language()) != SOURCE:
        return _formatted("yMMM" if year else "MMM", value, code)
    return f"{value:%b %Y}" if year else f"{value:%b}"


def weekday_name(value: date) -> str:
    """Return ``Mon``."""
    return format_skeleton("E", value, locale=language())


def weekday(number: int) -> str:
    """Return ``Monday`` for 0, as :meth:`datetime.date.weekday` counts."""
    return str(get_day_names("wide", locale=_locale(language()))[number])


def month_name(number: int) -> str:
    """Return ``January`` for 1."""
    return str(get_month_names("wide", locale=_locale(language()))[number])


def state(code: str, english: str) -> str:
    """Return the name of a State by its ISO 3166 alpha-3 code: CLDR's, but in English the one that is given."""
    if language() == SOURCE or code not in _ALPHA_2:
        return english
    return str(_locale(language()).territories.get(_ALPHA_2[code], english))


def full_month(value: date) -> str:
    """Return ``February 2027``."""
    return format_skeleton("yMMMM", value, locale=language())


def full_day(value: date) -> str:
    """Return ``Monday 22 February 2027``."""
    if (code := language()) != SOURCE:
        return format_date(value, "full", locale=code)
    return f"{value:%A} {value.day} {value:%B %Y}"


def moment(at: datetime, zone: str = "") -> str:
    """Return an instant as ``Tue 24 Nov 2026, 10:31``, in ``zone`` or in its own zone."""
    local = at.astimezone(ZoneInfo(zone)) if zone else at
    return f"{day(local.date())}, {local:%H:%M}"


def span(start: date, end: date, precision: Precision | str = Precision.DAY) -> str:
    """Return a span of days or a window in words, ``end`` inclusive.

    ``Mon 23 Feb – Tue 31 Mar 2026`` for days; ``Feb–Mar 2028`` or ``2028`` for a window.
    """
    if precision == Precision.YEAR:
        return f"{start.year}" if start.year == end.year else f"{start.year}–{end.year}"
    if precision == Precision.MONTH:
        if (start.year, start.month) == (end.year, end.month):
            return month(start)
        return f"{month(start, year=start.year != end.year)}–{month(end)}"
    if start == end:
        return day(start)
    return f"{day(start, year=start.year != end.year)} – {day(end)}"


def when_known(start: date, end: date, precision: Precision | str, *, held: bool = False) -> str:
    """Return days with their precision: ``expected Mon 22 Feb – Tue 30 Mar 2027``, ``Feb–Mar 2028 (dates not set)``.

    ``end`` is inclusive. Exact days are as in :func:`span`; for an item ``held`` in a window, only the window is given.
    """
    days = span(start, end, precision)
    if precision == Precision.EXPECTED:
        return _("expected {days}").format(days=days)
    return f"{days} ({_('days not known') if held else _('dates not set')})" if precision in WINDOWS else days


def short_span(start: date, end: date) -> str:
    """Return two days without weekdays, to follow "between": ``22 Feb and 1 Mar 2027``."""
    return _("{first_day} and {last_day}").format(
        first_day=day(start, weekday=False, year=start.year != end.year), last_day=day(end, weekday=False)
    )


def count(number: int, singular: str, plural: str) -> str:
    """Return ``1 day``, ``1,204 days``: the form for ``number``, which is in both as ``{number}``."""
    return ngettext(singular, plural, number).format(number=format_decimal(number, locale=language()))


def ordinal(number: int) -> str:
    """Return ``1st``, ``22nd``, ``113th``."""
    if language() != SOURCE:
        return _("{number}th").format(number=number)
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def every(years: float, years_max: float | None = None) -> str:
    """Return an interval in words: ``every year``, ``every third year``, ``every 4½ to 5 years``."""
    if years_max is not None and years_max != years:
        return _("every {shortest} to {longest} years").format(shortest=_half(years), longest=_half(years_max))
    words = {1: _("every year"), 2: _("every second year"), 3: _("every third year"), 4: _("every fourth year")}
    return (
        words.get(int(years), _("every {half} years").format(half=_half(years)))
        if years == int(years)
        else _("every {half} years").format(half=_half(years))
    )


def _half(years: float) -> str:
    whole, rest = divmod(years, 1)
    return f"{int(whole)}½" if rest == 0.5 else f"{years:g}"


_ABBREVIATIONS = ("UPR",)
_HYPHENATED = ("cross-regional",)
"""Terms that are written with their hyphen."""


def term(value: str) -> str:
    """Return a term of the model as a label, in the reader's language: ``Side event``, ``UPR recommendation``."""
    return gettext(english_term(value))


def terms(values: Iterable[str]) -> str:
    """Return several terms as one label, in the reader's language: ``Consulted, public support``."""
    labels = [term(value) for value in values]
    return ", ".join([*labels[:1], *(label[:1].lower() + label[1:] for label in labels[1:])])


def english_term(value: str) -> str:
    """Return the same label in English, as files for other programs have it."""
    words = (str(value) if value in _HYPHENATED else str(value).replace("-", " ")).capitalize()
    first, space, rest = words.partition(" ")
    return f"{first.upper()}{space}{rest}" if first.upper() in _ABBREVIATIONS else words


def standing_words(standing: str, *, departure: bool = False) -> str:
    """Return the label of a standing."""
    if departure:
        return _("Did not take place")
    return {
        Standing.HELD: _("Held"),
        Standing.CONFIRMED: _("Confirmed"),
        Standing.PROVISIONAL: _("Provisional"),
        Standing.PROJECTED: _("Projected"),
        Standing.NOT_CONFIRMED: _("Not confirmed"),
        Standing.CANCELLED: _("Cancelled"),
    }[Standing(standing)]


def shortened(text: str, longest: int) -> str:
    """Return a text on one line of at most ``longest`` characters, with an ellipsis if it is cut."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def comparable_name(name: str) -> str:
    """The same text for names that differ only in case, blanks and how their letters are composed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


_LONGEST_NAME = 100
"""Characters of a file name without its extension."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')


def file_name(text: str, otherwise: str) -> str:
    """Return a text as a file name without extension; ``otherwise`` if nothing of it is left.

    Leaves out characters with a meaning for file systems or shells and invisible ones: controls, and format characters
    that change the direction of writing, with which ``invoice\u202efdp.exe`` looks like a PDF.
    """
    seen = "".join(
        " " if _NOT_IN_NAMES.match(sign) or unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in text
        if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join(seen.split())[:_LONGEST_NAME].strip(" .") or otherwise
