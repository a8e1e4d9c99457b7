"""The words that readers see for the codes of the model."""

from __future__ import annotations

from calendar_model.reference import Reference
from calendar_model.vocabulary import Kind, Standing
from calendar_model.wording import standing_words

KINDS: dict[str, str] = {
    Kind.SESSION: "Sessions",
    Kind.RESOLUTION: "Resolutions",
    Kind.MANDATE_RENEWAL: "Mandate renewals",
    Kind.UPR_REVIEW: "UPR reviews",
    Kind.DEADLINE: "Deadlines",
    Kind.MEETING: "Meetings",
    Kind.SIDE_EVENT: "Side events",
    Kind.OBSERVANCE: "Observances",
    Kind.MILESTONE: "Milestones",
    Kind.MANDATE_HOLDER: "Mandate holders",
}

STANDINGS: dict[str, str] = {standing: standing_words(standing) for standing in Standing}


def organisation(code: str, reference: Reference) -> str:
    """``HRC, UN Human Rights Council``: the short name first, so that it survives where there is little room."""
    known = reference.organisations.get(code)
    if known is None:
        return code
    return known.name if known.short_name in ("", known.name) else f"{known.short_name}, {known.name}"


def short_organisation(code: str, reference: Reference) -> str:
    """``HRC``; the code itself if the reference does not have it."""
    return reference.short_name(code)


def state_name(code: str, reference: Reference) -> str:
    """``Kenya``; the code itself if the reference does not have it."""
    return reference.state_names.get(code, code)
