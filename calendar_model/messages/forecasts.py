"""Sentences about expected days: how a day is known, and how far to trust it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from calendar_model import wording

_FEW_PAST_DAYS = 6
"""Past days fewer than these leave most rules open."""


def _between(day: date, earliest: date, latest: date) -> str:
    if earliest == latest:
        return f"Expected {wording.day(day)}"
    return f"Expected {wording.day(day)}, between {wording.short_span(earliest, latest)}"


def _expected_from_habit(values: Mapping[str, Any]) -> str:
    """Of ``what`` that ``happened`` ``rule`` in ``hits`` of the last ``of`` years."""
    day, holiday = values["day"], values.get("holiday")
    said = _between(day, values["earliest"], values["latest"])
    times = "year" if values["of"] == 1 else "years"
    record = f"in {values['hits']} of the last {values['of']} {times}"
    moved = f" {wording.day(holiday)} is a holiday, so the next working day." if holiday else ""
    return f"{said}: {values['what']} {values['happened']} {values['rule']} {record}.{moved}"


def _expected_from_procedure(values: Mapping[str, Any]) -> str:
    said = _between(values["day"], values["earliest"], values["latest"])
    return (
        f"{said}: by rule of procedure {values['what']} opens {values['rule']}; "
        f"it did so in {values['hits']} of the last {values['of']} years."
    )


def _expected_from_order(values: Mapping[str, Any]) -> str:
    said = _between(values["day"], values["earliest"], values["latest"])
    record = f"{values['hits']} of {values['of']} reviews with a known place kept that day"
    return f"{said}: number {values['order']} in the order, two states a day; {record}."


def _expected_by_count(values: Mapping[str, Any]) -> str:
    """``how`` it is counted is the rest of the sentence."""
    return f"{_between(values['day'], values['earliest'], values['latest'])}: {values['how']}"


def _expected_close(values: Mapping[str, Any]) -> str:
    said = _between(values["day"], values["earliest"], values["latest"])
    return f"{said}: the session closes when the next one opens."


def _error(values: Mapping[str, Any]) -> str:
    """The reason for an error: the ``note`` that is recorded, or that only ``past`` days were known."""
    if values["note"]:
        return str(values["note"])
    if values["past"] < _FEW_PAST_DAYS:
        return f"Only {values['past']} earlier {'day was' if values['past'] == 1 else 'days were'} known."
    return "No reason is recorded."


def _announced(values: Mapping[str, Any]) -> str:
    """By how many days the opening ``moved`` from that ``expected`` a year before, and how early it was known."""
    parts = []
    if values["expected"] is not None:
        by, moved = wording.count(abs(values["moved"]), "day"), values["moved"]
        came = f"{by} {'later' if moved > 0 else 'earlier'}" if moved else "that day"
        parts.append(f"expected {wording.day(values['expected'])} a year before, and announced for {came}")
    if values["known_ahead"] is not None:
        parts.append(f"known {wording.count(values['known_ahead'], 'day')} ahead")
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
