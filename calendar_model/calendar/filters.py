"""The filter with which pages, feeds, exports and the command line narrow the calendar table and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, quote, urlencode

import numpy as np
import pandas as pd

from calendar_model import wording
from calendar_model.reference import Reference
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Standing

LISTS: Mapping[str, str] = {
    "organisation": "organisations",
    "body": "bodies",
    "kind": "kinds",
    "track": "tracks",
    "country": "countries",
    "standing": "standings",
}
"""URL parameter to field, for the parameters that may be repeated."""

PARAMETERS = (*LISTS, "period", "q")
"""Every parameter of the filter, in the order in which :meth:`Filter.to_params` writes them."""

LONGEST_TEXT, MOST_WORDS = 200, 12
"""The limits of a search text, because each word is searched in every row."""

MOST_VALUES = 400
"""The limit for values of all parameters together: more than all countries, organisations and cycles."""

_QUOTED = 60
"""How many characters of a wrong value a message shows."""


class FilterError(ValueError):
    """A parameter or value that the filter does not allow; ``str()`` is a sentence that names those allowed."""


@dataclass(frozen=True)
class RecordFacts:
    """The facts of a record that the filter checks; None: its kind has no such fact and is not narrowed by it.

    ``organisation`` and ``country`` are codes, empty where the record names none; ``day`` is a date of the place.
    """

    organisation: str | None = None
    country: str | None = None
    day: date | None = None


@dataclass(frozen=True)
class Filter:
    """The items to keep. An empty field keeps everything.

    ``organisations`` are codes that include all bodies below them, ``bodies`` are codes without those below;
    ``countries`` are ISO 3166 alpha-3 codes. ``start`` and ``end`` (inclusive) keep what overlaps that period, and a
    window counts as overlapping if any of its days does. ``text`` keeps items in whose title, description, session,
    country names or location every word occurs, in whatever case.
    """

    organisations: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    text: str = ""

    @classmethod
    def from_params(cls, params: Iterable[tuple[str, str]], reference: Reference) -> Filter:
        """Read the filter from URL parameters; lists are repeated names, ``period`` is two ISO dates.

        Raises FilterError for a name or a value that is not allowed, and for too many or too long ones.
        """
        params = list(params)
        if len(params) > MOST_VALUES:
            raise FilterError(f"The filter takes at most {MOST_VALUES} values. Choose fewer, or a whole organisation.")
        lists: dict[str, list[str]] = {field: [] for field in LISTS.values()}
        period: list[str] = []
        text = ""
        allowed = allowed_values(reference)
        for name, raw in params:
            value = raw.strip()
            if name == "period":
                period.append(value)
            elif name == "q":
                text = _checked_text(value)
            elif name in LISTS:
                code = value.upper() if name == "country" else value.lower()
                if code not in allowed[name]:
                    raise FilterError(_not_allowed(name, value, allowed[name]))
                if code not in lists[LISTS[name]]:
                    lists[LISTS[name]].append(code)
            else:
                raise FilterError(f"Unknown parameter “{_shortened(name)}”. Use {_listed(PARAMETERS)}.")
        start, end = _period(period)
        return cls(**{field: tuple(sorted(values)) for field, values in lists.items()}, start=start, end=end, text=text)

    def to_params(self) -> list[tuple[str, str]]:
        """Return the URL parameters from which :meth:`from_params` reads an equal filter, always in the same order."""
        params = [(name, value) for name, field in LISTS.items() for value in sorted(getattr(self, field))]
        if self.start is not None and self.end is not None:
            params += [("period", self.start.isoformat()), ("period", self.end.isoformat())]
        if self.text:
            params.append(("q", self.text))
        return params

    @property
    def query(self) -> str:
        """:meth:`to_params` as an address has them, percent-encoded; empty for a filter that keeps everything."""
        # HTML forms write a space as a plus sign; calendar clients read it as a plus.
        return urlencode(self.to_params(), quote_via=quote, safe="")

    @classmethod
    def from_query(cls, query: str) -> Filter:
        """Read the filter that :attr:`query` wrote, regardless of later changes in the reference.

        A value no longer in the reference stays in the filter and matches nothing: without it the filter would show
        more than before. Raises FilterError for a query that no filter wrote.
        """
        lists: dict[str, list[str]] = {field: [] for field in LISTS.values()}
        period: list[str] = []
        text = ""
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name in LISTS:
                lists[LISTS[name]].append(value)
            elif name == "period":
                period.append(value)
            else:
                text = _checked_text(value)
        start, end = _period(period)
        found = cls(**{field: tuple(values) for field, values in lists.items()}, start=start, end=end, text=text)
        # A blank value, like a missing one, would keep everything.
        if found.query != query or not all(value.strip() for _unused, value in found.to_params()):
            raise FilterError("The saved filter is not valid. Set it again on the Feeds page.")
        return found

    @property
    def active(self) -> bool:
        """Whether anything is set."""
        return self != Filter()

    def organisation_codes(self, reference: Reference) -> frozenset[str] | None:
        """The codes of organisations and bodies whose records are kept; None: all records, with or without a code."""
        chosen = [_beneath(self.organisations, reference)] if self.organisations else []
        chosen += [frozenset(self.bodies)] if self.bodies else []
        return frozenset.intersection(*chosen) if chosen else None

    def keeps(self, record: RecordFacts, reference: Reference) -> bool:
        """Whether the filter keeps a record of staff with these facts."""
        codes = self.organisation_codes(reference)
        if record.organisation is not None and codes is not None and record.organisation not in codes:
            return False
        if record.country is not None and self.countries and record.country not in self.countries:
            return False
        return record.day is None or (
            (self.start is None or record.day >= self.start) and (self.end is None or record.day <= self.end)
        )

    def apply(self, table: pd.DataFrame, reference: Reference) -> pd.DataFrame:
        """Return the rows of the calendar table that the filter keeps: same columns, same order, index from 0."""
        keep = np.ones(len(table), dtype=bool)
        if self.organisations:
            keep &= _in(table["body"], _beneath(self.organisations, reference)) | _in(
                table["organisation"], frozenset(self.organisations)
            )
        for column, values in (
            ("body", self.bodies),
            ("kind", self.kinds),
            ("track", self.tracks),
            ("standing", self.standings),
        ):
            if values:
                keep &= _in(table[column], frozenset(values))
        if self.start is not None:
            keep &= (table["end"] >= pd.Timestamp(self.start)).to_numpy()
        if self.end is not None:
            keep &= (table["start"] <= pd.Timestamp(self.end)).to_numpy()
        if self.countries:
            codes = "|".join(map(re.escape, self.countries))
            keep &= table["countries"].str.contains(codes, regex=True).to_numpy(dtype=bool)
        for word in self.text.casefold().split():
            keep &= table["search"].str.contains(word, regex=False).to_numpy(dtype=bool)
        found = table[keep].reset_index(drop=True)
        found.attrs = dict(table.attrs)
        return found


def _beneath(codes: Iterable[str], reference: Reference) -> frozenset[str]:
    """These organisations and all their bodies."""
    return frozenset(code for one in codes for code in reference.beneath.get(one, {one}))


def _in(column: pd.Series, values: frozenset[str]) -> np.ndarray:
    """Return which rows of a categorical column hold one of the values, computed once a category, not once a row."""
    wanted = np.array([category in values for category in column.cat.categories], dtype=bool)
    codes = column.cat.codes.to_numpy()
    return np.where(codes >= 0, wanted[codes], False) if len(wanted) else np.zeros(len(column), dtype=bool)


def allowed_values(reference: Reference) -> dict[str, tuple[str, ...]]:
    """Return the values that each repeatable parameter may have."""
    organisations = tuple(reference.organisations)
    return {
        "organisation": organisations,
        "body": organisations,
        "kind": tuple(Kind),
        "track": tuple(reference.tracks),
        "country": tuple(reference.states),
        "standing": tuple(Standing),
    }


def _period(values: list[str]) -> tuple[date | None, date | None]:
    if not values:
        return None, None
    try:
        days = [date.fromisoformat(value) for value in values]
    except ValueError:
        days = []
    if len(days) != 2 or days[0] > days[1]:
        raise FilterError(
            "Enter “period” twice, with a start date and an end date on or after it, such as "
            "period=2026-11-24&period=2027-02-22."
        )
    return days[0], days[1]


def _checked_text(text: str) -> str:
    """Return the text to search for; raise FilterError where it is too long or has too many words."""
    if len(text) > LONGEST_TEXT or len(text.split()) > MOST_WORDS:
        raise FilterError(f"A search takes at most {LONGEST_TEXT} characters and {MOST_WORDS} words. Shorten it.")
    return text


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _not_allowed(name: str, value: str, allowed: tuple[str, ...]) -> str:
    value = _shortened(value)
    if name == "country":
        return _(
            "“{value}” is not a country of the calendar. Use a three-letter code of a UN member state, such as NOR."
        ).format(value=value)
    return _("“{value}” is not a value of “{name}”. Use {listed}.").format(
        value=value, name=name, listed=_listed(allowed)
    )


def _listed(values: Iterable[str]) -> str:
    *most, last = values
    return _("{most} or {last}").format(most=", ".join(most), last=last) if most else last


def describe(chosen: Filter, reference: Reference) -> str:
    """Return a phrase for people that describes the filter."""
    short_names = {code: row.short_name for code, row in reference.organisations.items()}
    names: tuple[tuple[tuple[str, ...], Mapping[str, str]], ...] = (
        (chosen.organisations, short_names),
        (chosen.bodies, short_names),
        (chosen.kinds, {kind.value: wording.term(kind).lower() for kind in Kind}),
        (chosen.tracks, {code: track.short_title for code, track in reference.tracks.items()}),
        (chosen.countries, reference.state_names),
        (chosen.standings, {standing.value: wording.standing_words(standing).lower() for standing in Standing}),
    )
    parts = [", ".join(labels.get(value, value) for value in values) for values, labels in names if values]
    if chosen.start is not None and chosen.end is not None:
        parts.append(wording.span(chosen.start, chosen.end))
    elif chosen.start is not None:
        parts.append(_("from {start}").format(start=wording.day(chosen.start)))
    elif chosen.end is not None:
        parts.append(_("until {end}").format(end=wording.day(chosen.end)))
    if chosen.text:
        parts.append(_("with “{text}”").format(text=chosen.text))
    return "; ".join(parts) if parts else _("everything in the calendar")
