"""What is checked of proposals for the language of texts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import save
from calendar_model.store.models import (
    LanguageProposal,
)
from calendar_model.terms import (
    ProposalOutcome,
)
from tests.refusals import refused_field

PROPOSAL: dict[str, Any] = {"title": "PP12", "text": "A draft", "wording": "and defenders"}


def test_weakened_language_says_how_and_what_was_kept_is_as_proposed(staff_member: Viewer) -> None:
    weakened = {"outcome": ProposalOutcome.WEAKENED}
    assert refused_field(staff_member, LanguageProposal, {**PROPOSAL, **weakened}) == "final_wording"
    made = save(staff_member, LanguageProposal, PROPOSAL)
    assert refused_field(staff_member, LanguageProposal, weakened, record_id=made, seen=1) == "final_wording"
    save(staff_member, LanguageProposal, {"outcome": ProposalOutcome.KEPT}, record_id=made, seen=1)
    with reading(staff_member) as session:
        assert session.scalars(select(LanguageProposal.final_wording)).one() == PROPOSAL["wording"]
