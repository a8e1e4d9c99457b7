"""Sentences about statements: requirements for a change of state, and why a change is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model.terms import ConsultationAnswer, StatementFormat, StatementState, Voice
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.wording import count, term

Template = str | Callable[[Mapping[str, Any]], str]


_STATES: Mapping[str, str] = Translated(
    {
        StatementState.IDEA: N_("idea"),
        StatementState.DRAFT: N_("draft"),
        StatementState.CONSULTATION: N_("in consultation"),
        StatementState.CLEARED: N_("cleared"),
        StatementState.DELIVERED: N_("delivered"),
        StatementState.FOLLOWED_UP: N_("followed up"),
        StatementState.DROPPED: N_("dropped"),
    }
)


_SPOKEN_BY: Mapping[str, str] = Translated(
    {
        Voice.NATIONAL: N_("National statement"),
        Voice.JOINT: N_("Joint statement"),
        Voice.GROUP: N_("Group statement"),
        Voice.CROSS_REGIONAL: N_("Cross-regional statement"),
    }
)


def made_as(voice: Voice, statement_format: StatementFormat) -> str:
    """What a statement is: ``Joint statement``, ``General debate``, ``Resolution text, cross-regional``."""
    if statement_format is StatementFormat.STATEMENT:
        return _SPOKEN_BY[voice]
    label = term(statement_format)
    return f"{label}, {term(voice).lower()}" if voice.is_shared else label


_ANSWERS: Mapping[str, str] = Translated(
    {
        ConsultationAnswer.AGREE: N_("agrees"),
        ConsultationAnswer.AGREE_WITH_CHANGES: N_("agrees with changes"),
        ConsultationAnswer.OBJECT: N_("objects"),
        ConsultationAnswer.NO_VIEW: N_("no view"),
    }
)


def answer_label(answer: ConsultationAnswer) -> str:
    """The answer of a consultee for use within a sentence: ``agrees with changes``."""
    return _ANSWERS[answer]


def state_label(state: StatementState) -> str:
    """A state for use within a sentence: ``in consultation``."""
    return _STATES[state]


_DECISIONS: Mapping[str, tuple[str, str]] = {
    "risk-not-acceptable": (N_("the risk of reprisals was assessed as not acceptable."), N_("Take the case out.")),
    "works-quietly": (N_("it was decided to work quietly."), N_("Take the case out, or change the decision.")),
}
"""By code: what was decided about a case, and the advice for a statement that raises it."""

_GAPS: Mapping[str, str] = {
    "mission-not-consulted": N_("the bilateral mission has not been consulted."),
    "mission-advice-missing": N_("enter which bilateral mission was consulted and what it advises."),
    "not-consulted-before": N_("neither the defender nor civil society on their behalf has been consulted."),
    "consultation-incomplete": N_("enter who was consulted and what civil society wants for the defender."),
    "risk-not-assessed": N_("the risk of reprisals has not been assessed, with reasons."),
    "risk-not-mitigated": N_("the risk of reprisals is high, and no mitigation is entered."),
    "prospects-not-assessed": N_("the prospects have not been assessed, with reasons."),
    "publicity-not-decided": N_("publicity has not been decided, with a reason."),
    "not-followed-up": N_("no contact since the statement with the defender, or with civil society on their behalf."),
    "follow-up-incomplete": N_("enter who was contacted after the statement and what civil society says."),
}


def decision(code: str) -> str:
    """What was decided about a case, without the advice for a statement."""
    return _capitalised(_(_DECISIONS[code][0]))


def _about_case(*parts: str) -> Template:
    """The sentence of these parts, preceded by the case where it has a name."""

    def sentence(values: Mapping[str, Any]) -> str:
        name = _("A case you cannot see") if values["is_hidden"] else values["case"]
        says = " ".join(map(_, parts))
        return f"{name}: {says}" if name else _capitalised(says)

    return sentence


def _capitalised(says: str) -> str:
    return says[:1].upper() + says[1:]


def _no_such_move(values: Mapping[str, Any]) -> str:
    return _("A statement cannot go from “{old_state}” to “{new_state}”.").format(
        old_state=state_label(values["state"]), new_state=state_label(values["to"])
    )


def _not_yet(values: Mapping[str, Any]) -> str:
    return _("Not {state_label} yet.").format(state_label=state_label(values["to"]))


def _already(values: Mapping[str, Any]) -> str:
    return _("This statement is already {state_label}.").format(state_label=state_label(values["state"]))


def _in_brackets(values: Mapping[str, Any]) -> str:
    passages = count(values["count"], "{number} passage", "{number} passages")
    return _("Version {number} has {passages} in square brackets. Settle them, then mark the text as agreed.").format(
        number=values["number"], passages=passages
    )


def _not_writable(values: Mapping[str, Any]) -> str:
    return _(
        "This statement is {state_label}, so its text cannot change. Start a new statement; reopen a dropped one first."
    ).format(state_label=state_label(values["state"]))


def _over(says: str) -> Template:
    def sentence(values: Mapping[str, Any]) -> str:
        return _(says).format(state_label=state_label(values["state"]))

    return sentence


def _ask_another_person(says: str) -> Template:
    def sentence(values: Mapping[str, Any]) -> str:
        why = _("it raises an individual case") if values["raises_case"] else _("an individual case was linked to it")
        return _("{says}, and {why}. Ask someone else to clear it.").format(says=_(says), why=why)

    return sentence


def _unreadable(values: Mapping[str, Any]) -> str:
    hidden, hidden_cases = values["records"], values["cases"]
    records = _("one restricted record") if hidden == 1 else _("{hidden} restricted records").format(hidden=hidden)
    cases = "" if not hidden_cases else _(", {hidden_cases} of them individual cases").format(hidden_cases=hidden_cases)
    if hidden == hidden_cases == 1:
        records, cases = _("one individual case"), ""
    return _(
        "The statement is linked to {records} that you cannot read{cases}. Ask for access, or ask someone who can "
        "read everything to clear it."
    ).format(records=records, cases=cases)


MESSAGES: Mapping[str, Template] = {
    # Templates and duplicates.
    "template-of-restricted": N_(
        "This statement is restricted or linked to a case, so its text cannot become a template. Write one under "
        "Templates."
    ),
    "template-without-text": N_("There is no saved text in this language. Save one first."),
    "template-file-too-large": N_(
        "The Word file is larger than {megabytes} MB. Make its pictures smaller in Word, then choose it again."
    ),
    "template-file-gone": N_("This template no longer has a Word file. Open the template again."),
    **{code: _about_case(says) for code, says in _GAPS.items()},
    **{code: _about_case(says, advice) for code, (says, advice) in _DECISIONS.items()},
    # Who changes what.
    "statement-gone": N_("This statement no longer exists, or you do not have access. Go back to the list."),
    "statement-not-an-idea": N_("A statement starts as an idea and becomes a draft with its first text."),
    "statement-raises-case": N_("It raises an individual case, so it stays restricted until it is delivered."),
    "response-without-recommendation": (
        N_("Only a UPR recommendation that was delivered has a response. Change the format, or mark it as delivered.")
    ),
    "clearance-without-move": N_("Clear or deliver the statement by changing its state."),
    # Texts.
    "version-of-another-person": N_("A text is saved in its writer's name."),
    "version-not-newest": N_("Load the newest version first, then save yours."),
    "statement-not-writable": _not_writable,
    "unsaved-of-another-person": N_("Unsaved text is kept only for the person who typed it."),
    "text-or-override-changed": N_("Saved texts and overrides cannot be changed. Add a new one."),
    "text-or-override-removed": N_("Saved texts and overrides cannot be deleted. Add a new one."),
    "newer-text": (
        N_("{writer} saved version {number} while you were writing. Your text is kept: merge the two below, then save.")
    ),
    "no-cosponsors-chosen": N_("Choose the States first."),
    "typing-not-kept": N_("The text could not be saved just now. Nothing is lost; try again."),
    "text-unchanged": N_("Nothing has changed since version {number}."),
    "unsaved-before-restore": N_("You have unsaved text. Save or discard it first, then restore."),
    # Consultation.
    "not-in-consultation": N_("Send the statement for consultation first, then ask for views."),
    "consultee-unknown": N_("Choose colleagues who are active users."),
    "no-consultees-chosen": N_("Choose whom to ask first."),
    "consultee-changed": N_("Who was consulted stays on record. Withdraw the request, or ask another colleague."),
    "not-consulted": N_("You are not consulted on this statement. Add a comment instead."),
    "answer-for-another": N_("Consultees answer for themselves."),
    "answer-without-remark": N_("Write which changes you ask for, or why you object."),
    "answer-to-no-text": N_("There is no such version of the text. Open the page again, then answer."),
    "answer-changed": N_("An answer stays on record. Answer again instead."),
    "consultation-over": _over(N_("This statement is {state_label}; the consultation has ended.")),
    # Comments.
    "comment-gone": N_("This comment no longer exists. Open the page again."),
    "comment-of-another": N_("Only its author deletes a comment. Reply to it, or resolve it."),
    "comment-changed": N_("What was said stays as it is. Reply to the comment instead."),
    "comment-has-replies": N_("Colleagues have replied to this comment, so it stays. Resolve it instead."),
    "comment-not-yours-to-settle": N_(
        "Ask its author, or an editor of the statement, to resolve or move this comment."
    ),
    "comments-closed": _over(N_("This statement is {state_label}; its comments can only be read.")),
    "passage-unknown": N_("Select the passage in the text again."),
    "passage-not-saved": N_(
        "This passage is not in the newest saved version. Save the text first, then comment on it."
    ),
    "passage-too-long": N_("Select a passage of at most {longest} characters."),
    "presence-of-another": N_("Presence is noted only for oneself."),
    # Overrides.
    "override-gone": N_("This override does not exist, or you do not have access."),
    "override-without-reason": N_("Enter the reason in a sentence; it stays with the statement permanently."),
    "override-not-needed": N_("There is nothing to override: complete any requirement that is still outstanding."),
    "override-not-asked": N_("Confirm an override that has been requested for this statement."),
    "override-needs-second-person": (
        N_("A second person who can clear statements must confirm the override. Ask one of them to open this page.")
    ),
    "override-of-older-text": (
        N_("The text has changed since the override was requested. Request it again for the current text.")
    ),
    "nothing-to-review": (
        N_("There is nothing to review here: the statement has not been delivered, or a review is on record already.")
    ),
    "review-needs-another-person": (
        N_("A person who can clear statements, and neither wrote this text nor requested its override, must review it.")
    ),
    "review-without-assessment": N_("Enter your assessment in a sentence; it stays with the statement permanently."),
    # Agreed texts.
    "agreed-already": N_("Version {number} is already marked as agreed."),
    "not-negotiated": N_("Only a joint statement, a resolution text or an amendment can be marked as agreed."),
    "text-in-brackets": _in_brackets,
    # Changes of state, and their requirements.
    "newer-text-unread": (
        N_("A new text has been saved since you opened this page. Read it first, then change the state.")
    ),
    "state-already": _already,
    "no-such-move": _no_such_move,
    "not-yet": _not_yet,
    "no-text": N_("There is no text yet. Write and save one first."),
    "may-not-clear": N_("You are not authorised to clear. Ask someone who is, or change it in Settings."),
    "is-writer": _ask_another_person(N_("You have written part of this text since it was last cleared")),
    "asked-override": _ask_another_person(N_("You requested an override for this text")),
    "unreadable-records": _unreadable,
    "text-not-cleared": N_("The text has changed since it was cleared. Have it cleared again."),
    "no-delivery-day": N_("Enter the date of delivery."),
    "open-follow-ups": N_("Open follow-ups: {count}. Complete them, or enter their outcome."),
}
