"""The words that readers see for the codes of the model."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.reference import Reference
from calendar_model.translation import N_, SOURCE, Translated, in_language
from calendar_model.vocabulary import Kind, Standing
from calendar_model.wording import standing_words

KINDS: Mapping[str, str] = Translated(
    {
        Kind.SESSION: N_("Sessions"),
        Kind.RESOLUTION: N_("Resolutions"),
        Kind.MANDATE_RENEWAL: N_("Mandate renewals"),
        Kind.UPR_REVIEW: N_("UPR reviews"),
        Kind.DEADLINE: N_("Deadlines"),
        Kind.MEETING: N_("Meetings"),
        Kind.SIDE_EVENT: N_("Side events"),
        Kind.OBSERVANCE: N_("Observances"),
        Kind.MILESTONE: N_("Milestones"),
        Kind.MANDATE_HOLDER: N_("Mandate holders"),
    }
)

with in_language(SOURCE):
    STANDINGS: Mapping[str, str] = Translated({standing: standing_words(standing) for standing in Standing})


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
