"""Sentences about statements: what is missing before a move, and why a change is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model.terms import StatementState

Template = str | Callable[[Mapping[str, Any]], str]


def state_label(state: StatementState) -> str:
    """A state in words that fit into a sentence: ``in consultation``."""
    labels = {StatementState.CONSULTATION: "in consultation", StatementState.FOLLOWED_UP: "followed up"}
    return labels.get(state, state.value)


_DECISIONS: Mapping[str, tuple[str, str]] = {
    "risk-not-acceptable": ("the risk of reprisals was weighed as not acceptable.", "Take the case out."),
    "works-quietly": ("it was decided to work quietly.", "Take the case out, or decide anew."),
}
"""What was decided about a case, and what that means for a statement that raises it."""

_GAPS: Mapping[str, str] = {
    "mission-not-consulted": "the bilateral mission has not been consulted.",
    "mission-advice-missing": "which bilateral mission was consulted, and what it advises, is not filled in.",
    "not-consulted-before": "nobody has talked it over with the defender, or with civil society for them.",
    "consultation-incomplete": "with whom it was talked over, and what civil society wants for them, is not filled in.",
    "risk-not-assessed": "the risk of reprisals has not been weighed, with its reasons.",
    "risk-not-mitigated": "the risk of reprisals is high, and nothing says what would lessen it.",
    "prospects-not-assessed": "the prospects have not been weighed, with their reasons.",
    "publicity-not-decided": "publicity has not been decided, with its reason.",
    "not-followed-up": "no contact with the defender, or civil society for them, since the statement.",
    "follow-up-incomplete": "enter who was contacted after the statement, and what civil society says.",
}


def decision(code: str) -> str:
    """What was decided about a case, without what that means for a statement."""
    return _capitalised(_DECISIONS[code][0])


def _about_case(says: str) -> Template:
    """The sentence with the case in front, where there is a name for it."""

    def sentence(values: Mapping[str, Any]) -> str:
        name = "A case that you may not see" if values["is_hidden"] else values["case"]
        return f"{name}: {says}" if name else _capitalised(says)

    return sentence


def _capitalised(says: str) -> str:
    return says[:1].upper() + says[1:]


def _no_such_move(values: Mapping[str, Any]) -> str:
    return f"A statement does not go from {state_label(values['state'])} to {state_label(values['to'])}."


def _not_yet(values: Mapping[str, Any]) -> str:
    return f"Not {state_label(values['to'])} yet."


def _already(values: Mapping[str, Any]) -> str:
    return f"This statement is {state_label(values['state'])} already."


def _not_writable(values: Mapping[str, Any]) -> str:
    return (
        f"This statement is {state_label(values['state'])}: its text stays as it is. Start a new statement, or take a "
        "dropped one up again first."
    )


def _ask_somebody_else(says: str) -> Template:
    def sentence(values: Mapping[str, Any]) -> str:
        why = "it raises an individual case" if values["raises_case"] else "an individual case was linked to it"
        return f"{says}, and {why}: ask somebody else to clear it."

    return sentence


def _unreadable(values: Mapping[str, Any]) -> str:
    hidden, hidden_cases = values["records"], values["cases"]
    records = "one restricted record" if hidden == 1 else f"{hidden} restricted records"
    cases = "" if not hidden_cases else f", {hidden_cases} of them individual cases"
    if hidden == hidden_cases == 1:
        records, cases = "one individual case", ""
    return (
        f"The statement is linked to {records} that you cannot read{cases}. Ask somebody with access to add you there, "
        "or somebody who reads all of it to clear."
    )


MESSAGES: Mapping[str, Template] = {
    **{code: _about_case(says) for code, says in _GAPS.items()},
    **{code: _about_case(f"{says} {advice}") for code, (says, advice) in _DECISIONS.items()},
    # Who changes what.
    "statement-gone": "This statement is not there any more, or not for you to see. Go back to the list.",
    "statement-not-an-idea": "A statement begins as an idea; it becomes a draft with its first text.",
    "statement-raises-case": "It raises an individual case: until it is delivered it stays with those named.",
    "clearance-without-move": "A clearance and a delivery are given by moving the statement, not by themselves.",
    # Texts.
    "version-of-another-person": "A text is saved in the name of whoever writes it.",
    "version-not-newest": "A text is saved as the newest version. Load the newest one first, then save yours.",
    "statement-not-writable": _not_writable,
    "unsaved-of-another-person": "What is typed and not saved is kept for whoever types it, and for nobody else.",
    "text-or-override-changed": "A saved text and an override never change; add a new one.",
    "text-or-override-removed": "A saved text and an override are kept; add a new one.",
    "newer-text": (
        "{writer} has saved version {number} since you began. Your text is kept: merge the two below, then save."
    ),
    "no-cosponsors-chosen": "Choose the states first.",
    "typing-not-kept": "The workspace could not be written just now. Nothing is lost; try again.",
    "text-unchanged": "Nothing has changed since version {number}: there is nothing to save.",
    "unsaved-before-restore": "You have typed something that is not saved. Save or discard it first, then restore.",
    # Overrides.
    "override-gone": "This override is not there, or not for you to see.",
    "override-without-reason": "Give the reason in a sentence: it is shown with the statement for ever.",
    "override-not-needed": "There is nothing to override here: what misses, if anything, has to be mended.",
    "override-not-asked": "Confirm an override that somebody has asked for on this statement.",
    "override-needs-second-person": (
        "An override is confirmed by a second person, who may clear. Ask one of them to open this page."
    ),
    "override-of-older-text": (
        "The text has changed since the override was asked for: ask again for the text as it is now."
    ),
    # Moves, and what is missing before them.
    "newer-text-unread": (
        "Another text has been saved since you opened this page. Read it first, then move the statement."
    ),
    "state-already": _already,
    "no-such-move": _no_such_move,
    "not-yet": _not_yet,
    "no-text": "There is no text yet: write and save one first.",
    "may-not-clear": "Clearing is for somebody who may clear: ask one of them, or set it in Settings.",
    "is-writer": _ask_somebody_else("You have written some of this text since it was last cleared"),
    "asked-override": _ask_somebody_else("You have asked to override a check of this text"),
    "unreadable-records": _unreadable,
    "text-not-cleared": "The text was changed after it was cleared: have it cleared again.",
    "no-delivery-day": "Say on which day it was delivered.",
    "open-follow-ups": "Follow-ups still open: {count}. Do them, or say what came of them.",
}
