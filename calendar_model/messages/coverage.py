"""Sentences of coverage: labels of the expectations, and what was found for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from calendar_model import wording
from calendar_model.terms import Expectation, ReadinessState, StatementState
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Precision

EXPECTATION_LABELS: Mapping[str, str] = Translated(
    {
        Expectation.CONSULTED: N_("Consulted"),
        Expectation.PARTICIPATION: N_("Participation"),
        Expectation.BILATERAL: N_("Bilateral"),
        Expectation.DIALOGUE: N_("Dialogue"),
        Expectation.DRAFT: N_("Draft"),
        Expectation.RISKS: N_("Risks"),
        Expectation.CLEARED: N_("Cleared"),
        Expectation.FOLLOW_UP: N_("Follow-up"),
    }
)
"""A word for the header of a column."""

EXPECTATION_MEANINGS: Mapping[str, str] = Translated(
    {
        Expectation.CONSULTED: N_("Defenders or their organisations were asked for their views, not only invited."),
        Expectation.PARTICIPATION: (
            N_("We helped defenders to take part (travel, accreditation, visa), or invited them to our own event.")
        ),
        Expectation.BILATERAL: N_("We consulted the mission in the country, or the country desk."),
        Expectation.DIALOGUE: N_("We discussed with the organisation what it does for defenders."),
        Expectation.DRAFT: N_("There is a draft of our statement or text."),
        Expectation.RISKS: N_("The risk of reprisals is assessed, with reasons, for every case to be raised."),
        Expectation.CLEARED: N_("All texts for the item are cleared."),
        Expectation.FOLLOW_UP: N_("Those concerned were contacted afterwards, and no follow-up is open."),
    }
)
"""What meets each expectation, in a sentence."""

_ENGAGED: Mapping[str, str] = Translated(
    {
        Expectation.CONSULTED: N_("Consulted"),
        Expectation.PARTICIPATION: N_("Participation supported"),
        Expectation.BILATERAL: N_("Bilateral mission or country desk consulted"),
        Expectation.DIALOGUE: N_("Dialogue with the organisation"),
    }
)
_NOT_ENGAGED: Mapping[str, str] = Translated(
    {
        Expectation.CONSULTED: N_("No consultation yet"),
        Expectation.PARTICIPATION: N_("Participation not yet supported"),
        Expectation.BILATERAL: N_("No bilateral mission or country desk consulted yet"),
        Expectation.DIALOGUE: N_("No dialogue with the organisation yet"),
    }
)
_PLANNED: Mapping[str, str] = Translated(
    {
        Expectation.CONSULTED: N_("Consultation planned"),
        Expectation.PARTICIPATION: N_("Support planned"),
        Expectation.BILATERAL: N_("Contact with a bilateral mission or country desk planned"),
        Expectation.DIALOGUE: N_("Dialogue planned"),
    }
)
_POSSIBLE: Mapping[str, str] = Translated({"first": N_("earliest"), "last": N_("latest")})
_STATEMENT_STATES: Mapping[str, str] = Translated(
    {
        StatementState.IDEA: N_("still an idea"),
        StatementState.DRAFT: N_("in draft"),
        StatementState.CONSULTATION: N_("in consultation"),
        StatementState.CLEARED: N_("cleared"),
        StatementState.DELIVERED: N_("delivered"),
        StatementState.FOLLOWED_UP: N_("followed up"),
    }
)


def readiness_words(
    *,
    expectation: str,
    finding: str,
    details: Mapping[str, Any],
    state: str,
    by: date,
    by_precision: str,
    by_passed: bool,
    **_others: object,
) -> str:
    """Return what was found for an expectation, and when it is due if it is not met; without a full stop.

    In: the fields of a :class:`calendar_model.mission.coverage.Readiness`, or of a row of the table of coverage.
    """
    found = MESSAGES[finding](details)
    if state == ReadinessState.DONE:
        return found
    end = "last" if expectation == Expectation.FOLLOW_UP else "first"
    if by_passed and state != ReadinessState.LATE:
        return _("{found}; due now, based on the {possible} possible date").format(found=found, possible=_POSSIBLE[end])
    due = {Precision.DAY: _day, Precision.EXPECTED: _expected_day}.get(Precision(by_precision))
    due_by = due(by) if due is not None else _month(by, end)
    return _("{found}; {part}by {due_by}").format(
        found=found, part=_("was due ") if state == ReadinessState.LATE else "", due_by=due_by
    )


def item_work_words(*, engagements: int, drafts: int, cleared: int, behind: bool) -> str:
    """Return counts of the work linked to an item: ``2 engagements · 1 draft · behind``."""
    words = [
        wording.count(engagements, "{number} engagement", "{number} engagements") if engagements else "",
        wording.count(drafts, "{number} draft", "{number} drafts") if drafts else "",
        wording.count(cleared, "{number} cleared text", "{number} cleared texts") if cleared else "",
        _("behind") if behind else "",
    ]
    return " · ".join(filter(None, words))


def _day(day: date) -> str:
    return wording.day(day)


def _expected_day(day: date) -> str:
    """A day counted from a forecast, which moves with it."""
    return _("{day}, based on the expected dates").format(day=wording.day(day))


def _month(day: date, end: str) -> str:
    """The month of a day counted from a window, and the end of the window from which it is counted."""
    return _("{day}, based on the {possible} possible date").format(
        day=wording.span(day, day, Precision.MONTH), possible=_POSSIBLE[end]
    )


def _engaged(values: Mapping[str, Any]) -> str:
    last = f"{_('on') if values['count'] == 1 else _('last on')} {_day(values['last'])}"
    return f"{_ENGAGED[values['expectation']]} {_times(values['count'])}, {last}"


def _planned(values: Mapping[str, Any]) -> str:
    return _("{planned} for {day}").format(planned=_PLANNED[values["expectation"]], day=_day(values["on"]))


def _drafted(values: Mapping[str, Any]) -> str:
    state = _STATEMENT_STATES[values["furthest"]]
    return (
        _("One text, {state}").format(state=state)
        if values["count"] == 1
        else _("{count} texts, the most advanced {state}").format(count=values["count"], state=state)
    )


def _cleared(values: Mapping[str, Any]) -> str:
    return _("Cleared") if values["count"] == 1 else _("All {count} texts cleared").format(count=values["count"])


def _not_cleared(values: Mapping[str, Any]) -> str:
    if values["count"] == 1:
        return _("Not cleared, {statement_states}").format(statement_states=_STATEMENT_STATES[values["furthest"]])
    return _("{cleared} of {count} texts cleared").format(cleared=values["cleared"], count=values["count"])


def _risks_assessed(values: Mapping[str, Any]) -> str:
    return (
        _("Risk assessed")
        if values["count"] == 1
        else _("Risk assessed in all {count} cases").format(count=values["count"])
    )


def _risks_not_assessed(values: Mapping[str, Any]) -> str:
    if values["count"] == 1:
        return _("Risk not assessed")
    return _("Risk assessed in {assessed} of {count} cases").format(assessed=values["assessed"], count=values["count"])


def _followed_up(values: Mapping[str, Any]) -> str:
    return (
        _("Followed up") if values["last"] is None else _("Followed up, last on {day}").format(day=_day(values["last"]))
    )


def _times(count: int) -> str:
    return {1: _("once"), 2: _("twice")}.get(count, _("{count} times").format(count=count))


MESSAGES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "coverage-engaged": _engaged,
    "coverage-engagement-planned": _planned,
    "coverage-invited-only": lambda values: _("Invited {times}, no consultation yet").format(
        times=_times(values["count"])
    ),
    "coverage-not-engaged": lambda values: _NOT_ENGAGED[values["expectation"]],
    "coverage-drafted": _drafted,
    "coverage-idea-only": lambda _unused: _("Idea only, no draft yet"),
    "coverage-no-draft": lambda _unused: _("No draft yet"),
    "coverage-cleared": _cleared,
    "coverage-not-cleared": _not_cleared,
    "coverage-nothing-to-clear": lambda _unused: _("Nothing to clear yet"),
    "coverage-risks-assessed": _risks_assessed,
    "coverage-risks-not-assessed": _risks_not_assessed,
    "coverage-followed-up": _followed_up,
    "coverage-follow-ups-open": lambda values: _("{count} open").format(
        count=wording.count(values["count"], "{number} follow-up", "{number} follow-ups")
    ),
    "coverage-not-followed-up": lambda _unused: _("No follow-up since"),
}
