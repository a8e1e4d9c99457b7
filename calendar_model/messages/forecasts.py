"""Sentences about expected days: how a day is known, and how far to trust it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from calendar_model import wording
from calendar_model.translation import gettext as _
from calendar_model.translation import ngettext

_FEW_PAST_DAYS = 6
"""Past days fewer than these leave most rules open."""


def _between(day: date, earliest: date, latest: date) -> str:
    if earliest == latest:
        return _("Expected {day}").format(day=wording.day(day))
    return _("Expected {day}, between {short_span}").format(
        day=wording.day(day), short_span=wording.short_span(earliest, latest)
    )


def _expected_from_habit(values: Mapping[str, Any]) -> str:
    """Of ``what`` that opened by ``rule`` in ``hits`` of the last ``of`` years, or of the texts of a ``body``."""
    if "body" in values:
        record = ngettext(
            "{said}: texts of the {body} were adopted {rule} in {hits} of the last {of} year.",
            "{said}: texts of the {body} were adopted {rule} in {hits} of the last {of} years.",
            values["of"],
        )
    else:
        record = ngettext(
            "{said}: {what} opened {rule} in {hits} of the last {of} year.",
            "{said}: {what} opened {rule} in {hits} of the last {of} years.",
            values["of"],
        )
    said = _between(values["day"], values["earliest"], values["latest"])
    sentence = record.format(**{**values, "said": said})
    if values.get("holiday") is None:
        return sentence
    moved = _("{holiday} is a holiday, so the next working day.").format(holiday=wording.day(values["holiday"]))
    return f"{sentence} {moved}"


def _expected_from_procedure(values: Mapping[str, Any]) -> str:
    said = _between(values["day"], values["earliest"], values["latest"])
    return _(
        "{expected_day}: by rule of procedure {what} opens {rule}; it did so in {hits} of the last {total} years."
    ).format(expected_day=said, what=values["what"], rule=values["rule"], hits=values["hits"], total=values["of"])


def _expected_from_order(values: Mapping[str, Any]) -> str:
    said = _between(values["day"], values["earliest"], values["latest"])
    return _(
        "{said}: number {order} in the order, two states a day; "
        "{hits} of {of} reviews with a known place kept that day."
    ).format(said=said, order=values["order"], hits=values["hits"], of=values["of"])


def _expected_by_count(values: Mapping[str, Any]) -> str:
    """``how`` it is counted is the rest of the sentence."""
    return f"{_between(values['day'], values['earliest'], values['latest'])}: {values['how']}"


def _expected_close(values: Mapping[str, Any]) -> str:
    said = _between(values["day"], values["earliest"], values["latest"])
    return _("{expected_day}: the session closes when the next one opens.").format(expected_day=said)


def _error(values: Mapping[str, Any]) -> str:
    """The reason for an error: the ``note`` that is recorded, or that only ``past`` days were known."""
    if values["note"]:
        return str(values["note"])
    if values["past"] < _FEW_PAST_DAYS:
        return _("Only {past} earlier {part} known.").format(
            past=values["past"], part=_("day was") if values["past"] == 1 else _("days were")
        )
    return _("No reason is recorded.")


def _announced(values: Mapping[str, Any]) -> str:
    """By how many days the opening ``moved`` from that ``expected`` a year before, and how early it was known."""
    parts = []
    if values["expected"] is not None:
        by, moved = wording.count(abs(values["moved"]), "{number} day", "{number} days"), values["moved"]
        came = f"{by} {_('later') if moved > 0 else _('earlier')}" if moved else _("that day")
        parts.append(
            _("expected {expected} a year before, and announced for {came}").format(
                expected=wording.day(values["expected"]), came=came
            )
        )
    if values["known_ahead"] is not None:
        parts.append(
            _("known {count} ahead").format(count=wording.count(values["known_ahead"], "{number} day", "{number} days"))
        )
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "expected-from-habit": _expected_from_habit,
    "expected-from-procedure": _expected_from_procedure,
    "expected-from-order": _expected_from_order,
    "expected-by-count": _expected_by_count,
    "expected-close": _expected_close,
    "forecast-error": _error,
    "announced": _announced,
}
